//! Options of the commands that run Fine; each is also an environment variable.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{ArgAction, Args};

use super::llm::LlmArgs;
use super::storage::StorageArgs;
use super::telemetry::TelemetryArgs;
use super::values::{
    address, cors_origins, host, log_filter, log_format, origin_or_base, port, positive, redis, truth, whole,
};
use super::{LogFormat, Origins, Secret};

/// Where the data is.
#[derive(Args, Clone, Debug)]
pub struct PlaceArgs {
    /// Folder for the embedded database, files and keys [default: the system's place for application data].
    #[arg(long, env = "FINE_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// PostgreSQL instead of the embedded database, as in postgres://user:password@host:5432/fine.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_parser = address)]
    pub database_url: Option<String>,
    /// Brings the tables to this version at the start; with `false`, `fine migrate` does.
    #[arg(long, env = "AUTO_CREATE_DB", default_value = "true", action = ArgAction::Set,
        value_parser = |t: &str| truth("AUTO_CREATE_DB", true, t))]
    pub auto_create_db: bool,
    /// Where the files are.
    #[command(flatten)]
    pub storage: StorageArgs,
}

/// How work is brought and what it may cost.
#[derive(Args, Clone, Debug)]
pub struct WorkArgs {
    /// Redis that wakes workers, as in redis://:password@host:6379/0; without, the database does.
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_parser = redis)]
    pub redis_url: Option<String>,
    /// Audits that run at the same time in this process; `fine serve` with 0 leaves them to `fine worker`.
    #[arg(long, env = "FINE_AUDITS_AT_ONCE", default_value = "2", value_parser = whole)]
    pub audits_at_once: u64,
    /// Largest dataset, in bytes.
    #[arg(long, env = "FINE_MAX_DATASET_BYTES", default_value = "1073741824", value_parser = positive)]
    pub max_dataset_bytes: u64,
    /// Largest model file, in bytes.
    #[arg(long, env = "FINE_MAX_MODEL_BYTES", default_value = "536870912", value_parser = positive)]
    pub max_model_bytes: u64,
    /// Most columns of a dataset.
    #[arg(long, env = "FINE_MAX_COLUMNS", default_value = "2000", value_parser = positive)]
    pub max_columns: u64,
    /// Most memory of one process that reads or audits files, in bytes.
    #[arg(long, env = "FINE_MAX_MEMORY_BYTES", default_value = "8589934592", value_parser = positive)]
    pub max_memory_bytes: u64,
    /// Threads of one audit; 0 takes all cores.
    #[arg(long, env = "FINE_AUDIT_THREADS", default_value = "0", value_parser = whole)]
    pub audit_threads: u64,
    /// Longest audit, in seconds.
    #[arg(long, env = "FINE_MAX_AUDIT_SECONDS", default_value = "21600", value_parser = positive)]
    pub max_audit_seconds: u64,
    /// `human` or `json`.
    #[arg(long, env = "FINE_LOG_FORMAT", default_value = "human", value_parser = log_format)]
    pub log_format: LogFormat,
    /// What to log, as in `info,fine_server=debug`.
    #[arg(long, env = "FINE_LOG", default_value = "info,ort=warn", value_parser = log_filter)]
    pub log: String,
    /// The language model that puts audits into words.
    #[command(flatten)]
    pub llm: LlmArgs,
}

/// Options of `fine worker`.
#[derive(Args, Clone, Debug)]
pub struct WorkerArgs {
    /// Where the data is.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// How work is brought and what it may cost.
    #[command(flatten)]
    pub work: WorkArgs,
    /// Metrics and traces.
    #[command(flatten)]
    pub telemetry: TelemetryArgs,
}

/// Options of `fine serve`.
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Where the data is.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// How work is brought and what it may cost.
    #[command(flatten)]
    pub work: WorkArgs,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, env = "FINE_PORT", default_value = "8000", value_parser = port)]
    pub port: u16,
    /// Address to listen on.
    #[arg(long, env = "FINE_HOST", default_value = "127.0.0.1", value_parser = host)]
    pub host: IpAddr,
    /// Loads the demo workspace described by `demo.toml` in this folder, and shows its sign-in on the login page.
    #[arg(long, value_name = "DIR", env = "FINE_DEMO")]
    pub demo: Option<PathBuf>,
    /// Address under which people reach this server, for links in mails [default: http://HOST:PORT].
    #[arg(long, env = "FINE_PUBLIC_URL", value_parser = origin_or_base)]
    pub public_url: Option<String>,
    /// Other origins whose pages may call the API, separated by commas.
    #[arg(long, env = "CORS_ORIGINS", value_parser = cors_origins)]
    pub cors_origins: Option<Origins>,
    /// Sign-in by this Supabase project instead of the embedded service.
    #[arg(long, env = "SUPABASE_URL", value_parser = origin_or_base)]
    pub supabase_url: Option<String>,
    /// The project's JWT secret, where it still signs with one (HS256); the keys that it publishes are taken anyway.
    #[arg(long, env = "SUPABASE_JWT_SECRET", hide_env_values = true)]
    pub supabase_jwt_secret: Option<Secret>,
    /// The project's public key, handed to the web client.
    #[arg(long, env = "SUPABASE_ANON_KEY", hide_env_values = true)]
    pub supabase_anon_key: Option<String>,
    /// Who may do how much.
    #[command(flatten)]
    pub access: AccessArgs,
    /// Metrics and traces.
    #[command(flatten)]
    pub telemetry: TelemetryArgs,
}

/// Who may do how much, and how long it is remembered.
#[derive(Args, Clone, Debug)]
pub struct AccessArgs {
    /// Requests a second that one person (or address) may make in the long run.
    #[arg(long, env = "FINE_RATE_PER_SECOND", default_value = "20", value_parser = positive)]
    pub rate_per_second: u64,
    /// Requests that one person (or address) may make at once.
    #[arg(long, env = "FINE_RATE_BURST", default_value = "120", value_parser = positive)]
    pub rate_burst: u64,
    /// Takes the client's address from X-Forwarded-For; only behind a proxy that sets it.
    #[arg(long, env = "FINE_TRUST_PROXY", default_value = "false", value_parser = |t: &str| truth("FINE_TRUST_PROXY", false, t))]
    pub trust_proxy: bool,
    /// Days for which the trail of who did what is kept.
    #[arg(long, env = "FINE_TRAIL_DAYS", default_value = "365", value_parser = positive)]
    pub trail_days: u64,
}
