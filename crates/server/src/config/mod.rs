//! Settings: command line and environment, checked before anything starts.

mod args;
mod llm;
mod storage;
mod telemetry;
mod values;

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use fine_store::{Address, Place};

use crate::auth::KeyTimes;

pub use args::{AccessArgs, PlaceArgs, ServeArgs, WorkArgs, WorkerArgs};
pub use llm::{Llm, LlmArgs, Protocol};
pub use storage::{Storage, StorageArgs};
pub use telemetry::{Telemetry, TelemetryArgs, Token};
pub(crate) use values::default_data_dir;

/// Form of the log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// Origins of other sites.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(pub Vec<String>);

/// Text that nothing prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Who signs people in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthMode {
    /// This server.
    Embedded,
    /// A Supabase project.
    Supabase {
        /// Project address without a slash at the end.
        url: String,
        /// HS256 secret; the keys that the project publishes are taken in any case.
        secret: Option<Secret>,
        /// Public key for the web client.
        anon_key: String,
    },
}

/// Checked settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// Data folder.
    pub data_dir: PathBuf,
    /// PostgreSQL instead of the embedded database.
    pub database: Option<Address>,
    /// Redis that wakes workers.
    pub redis: Option<Address>,
    /// The tables are brought to this version at the start.
    pub auto_create_db: bool,
    /// Where the files are.
    pub storage: Storage,
    /// Address.
    pub host: IpAddr,
    /// Port.
    pub port: u16,
    /// Demo folder.
    pub demo: Option<PathBuf>,
    /// Public address, when it is not that of host and port.
    pub public_url: Option<String>,
    /// Other origins.
    pub cors_origins: Vec<String>,
    /// Sign-in.
    pub auth: AuthMode,
    /// Largest dataset, bytes.
    pub max_dataset_bytes: u64,
    /// Largest model, bytes.
    pub max_model_bytes: u64,
    /// Most columns of a dataset.
    pub max_columns: usize,
    /// Most memory of one process that reads or audits files, bytes.
    pub max_memory_bytes: u64,
    /// Threads of one audit; all cores without.
    pub audit_threads: Option<usize>,
    /// Longest audit.
    pub max_audit_time: Duration,
    /// The executable that is started again to read files; this one without.
    pub executable: Option<PathBuf>,
    /// Requests a second.
    pub rate_per_second: u32,
    /// Requests at once.
    pub rate_burst: u32,
    /// X-Forwarded-For is believed.
    pub trust_proxy: bool,
    /// Days for which the trail is kept.
    pub trail_days: i64,
    /// How long published keys of the sign-in service are kept.
    pub key_times: KeyTimes,
    /// Audits at once.
    pub audits_at_once: usize,
    /// Metrics and traces.
    pub telemetry: Telemetry,
    /// The language model that puts audits into words; rules do without.
    pub llm: Option<Llm>,
}

impl PlaceArgs {
    /// Where the data is.
    ///
    /// # Errors
    /// Names the variable and what was expected.
    pub fn place(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Place> {
        let set = |name: &str| variable(name).filter(|v| !v.is_empty());
        let database = self.database_url.as_deref().filter(|text| !text.is_empty());
        let database = database.map(Address::postgres).transpose();
        let storage = self.storage.check()?;
        Ok(Place {
            folder: self.data_dir.clone().unwrap_or_else(|| default_data_dir(set)),
            database: database.map_err(|expected| anyhow!("use DATABASE_URL: {expected}"))?,
            create: self.auto_create_db,
            s3: storage.s3,
            scratch_bytes: storage.scratch_bytes,
        })
    }
}

impl Config {
    /// Where the data is.
    pub fn place(&self) -> Place {
        Place {
            folder: self.data_dir.clone(),
            database: self.database.clone(),
            create: self.auto_create_db,
            s3: self.storage.s3.clone(),
            scratch_bytes: self.storage.scratch_bytes,
        }
    }

    /// The settings of every process; what concerns requests is for a server on any free port of this machine.
    fn checked(place: &PlaceArgs, work: &WorkArgs, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let storage = place.storage.check()?;
        let place = place.place(&variable)?;
        let redis = work.redis_url.as_deref().filter(|text| !text.is_empty());
        let redis = redis.map(Address::redis).transpose().map_err(|e| anyhow!("use REDIS_URL: {e}"))?;
        if redis.is_some() && place.database.is_none() {
            bail!("use REDIS_URL: expected DATABASE_URL with it; the embedded database needs no Redis");
        }
        Ok(Self {
            data_dir: place.folder,
            database: place.database,
            redis,
            auto_create_db: place.create,
            storage,
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            demo: None,
            public_url: None,
            cors_origins: Vec::new(),
            auth: AuthMode::Embedded,
            max_dataset_bytes: work.max_dataset_bytes,
            max_model_bytes: work.max_model_bytes,
            max_columns: usize::try_from(work.max_columns).unwrap_or(usize::MAX),
            max_memory_bytes: work.max_memory_bytes,
            audit_threads: usize::try_from(work.audit_threads).ok().filter(|threads| *threads > 0),
            max_audit_time: Duration::from_secs(work.max_audit_seconds),
            executable: None,
            rate_per_second: 1,
            rate_burst: 1,
            trust_proxy: false,
            trail_days: 365,
            key_times: KeyTimes::default(),
            audits_at_once: usize::try_from(work.audits_at_once).unwrap_or(usize::MAX).min(64),
            telemetry: Telemetry::default(),
            llm: work.llm.check()?,
        })
    }
}

impl WorkerArgs {
    /// Checks what belongs together.
    ///
    /// # Errors
    /// Names the variable and what was expected.
    pub fn check(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Config> {
        let config = Config::checked(&self.place, &self.work, &variable)?;
        if config.database.is_none() {
            bail!(
                "use `fine worker`: expected DATABASE_URL, the address of a PostgreSQL database; the embedded database \
                 has its worker inside `fine serve`"
            );
        }
        if config.audits_at_once == 0 {
            bail!("use FINE_AUDITS_AT_ONCE: expected at least 1 in a worker");
        }
        Ok(Config { telemetry: self.telemetry.check(&variable)?, ..config })
    }
}

impl ServeArgs {
    /// Checks what belongs together.
    ///
    /// # Errors
    /// Names the variable and what was expected.
    pub fn check(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Config> {
        let config = Config::checked(&self.place, &self.work, &variable)?;
        if config.database.is_none() && config.audits_at_once == 0 {
            bail!(
                "use FINE_AUDITS_AT_ONCE: expected at least 1 with the embedded database, whose only worker is in this \
                 process; DATABASE_URL names a database that `fine worker` can reach, too"
            );
        }
        Ok(Config {
            host: self.host,
            port: self.port,
            demo: self.demo.clone(),
            public_url: self.public_url.clone(),
            cors_origins: self.cors_origins.clone().unwrap_or_default().0,
            auth: self.auth()?,
            rate_per_second: u32::try_from(self.access.rate_per_second).unwrap_or(u32::MAX),
            rate_burst: u32::try_from(self.access.rate_burst).unwrap_or(u32::MAX),
            trust_proxy: self.access.trust_proxy,
            trail_days: i64::try_from(self.access.trail_days).unwrap_or(i64::MAX).min(36_500),
            telemetry: self.telemetry.check(&variable)?,
            ..config
        })
    }

    fn auth(&self) -> Result<AuthMode> {
        let given = |v: &Option<String>| v.clone().filter(|v| !v.is_empty());
        let secret = self.supabase_jwt_secret.clone().filter(|secret| !secret.reveal().is_empty());
        match (given(&self.supabase_url), secret) {
            (None, None) => Ok(AuthMode::Embedded),
            (None, Some(_)) => bail!("use SUPABASE_JWT_SECRET: expected SUPABASE_URL with it"),
            (Some(_), Some(secret)) if secret.reveal().len() < 32 => {
                bail!("use SUPABASE_JWT_SECRET: expected at least 32 characters, the secret of the project's settings")
            }
            (Some(_), _) if self.demo.is_some() => {
                bail!("use --demo: expected the embedded sign-in; unset SUPABASE_URL and SUPABASE_JWT_SECRET")
            }
            (Some(url), secret) => {
                Ok(AuthMode::Supabase { url, secret, anon_key: given(&self.supabase_anon_key).unwrap_or_default() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Probe {
        #[command(flatten)]
        serve: ServeArgs,
    }

    fn check(arguments: &[&str], env: &[(&str, &str)]) -> Result<Config> {
        let probe = Probe::try_parse_from([&["fine"], arguments].concat()).map_err(anyhow::Error::from)?;
        probe.serve.check(|name| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn redis_and_workers_need_a_database_for_many() {
        let error = check(&["--redis-url", "redis://:secret@c"], &[]).unwrap_err().to_string();
        assert!(error.contains("REDIS_URL: expected DATABASE_URL"), "{error}");
        let both = ["--redis-url", "redis://:secret@c", "--database-url", "postgres://a:b@c/d"];
        assert!(check(&both, &[]).unwrap().redis.is_some());

        #[derive(Parser)]
        struct Probe {
            #[command(flatten)]
            worker: WorkerArgs,
        }
        let worker =
            |arguments: &[&str]| Probe::try_parse_from([&["fine"], arguments].concat()).unwrap().worker.check(|_| None);
        assert!(worker(&[]).unwrap_err().to_string().contains("expected DATABASE_URL"));
        let none = ["--audits-at-once", "0", "--database-url", "postgres://a:b@c/d"];
        assert!(worker(&none).unwrap_err().to_string().contains("at least 1"));
        assert_eq!(worker(&both).unwrap().audits_at_once, 2);
    }

    #[test]
    fn the_embedded_database_needs_its_worker_here() {
        let error = check(&["--audits-at-once", "0"], &[]).unwrap_err().to_string();
        assert!(error.contains("FINE_AUDITS_AT_ONCE: expected at least 1"), "{error}");
        let config = check(&["--audits-at-once", "0", "--database-url", "postgres://a:b@c/d"], &[]).unwrap();
        assert_eq!((config.audits_at_once, config.auto_create_db), (0, true));
        assert!(!format!("{config:?}").contains("a:b"), "an address is not shown");
        assert!(check(&["--database-url", ""], &[]).unwrap().database.is_none());
        assert!(!check(&["--auto-create-db", "false"], &[]).unwrap().auto_create_db);
    }

    #[test]
    fn wrong_values_say_what_was_expected() {
        for (option, value, words) in [
            ("--port", "99999", "FINE_PORT: expected"),
            ("--host", "nowhere", "FINE_HOST: expected"),
            ("--cors-origins", "*", "CORS_ORIGINS: expected"),
            ("--cors-origins", "https://a.org/path", "CORS_ORIGINS: expected"),
            ("--supabase-url", "abc", "expected an address"),
            ("--database-url", "mysql://a:b@c/d", "DATABASE_URL: expected"),
            ("--redis-url", "localhost", "REDIS_URL: expected"),
            ("--auto-create-db", "maybe", "AUTO_CREATE_DB: expected"),
            ("--log-format", "xml", "FINE_LOG_FORMAT: expected"),
            ("--metrics-port", "x", "FINE_METRICS_PORT: expected"),
            ("--metrics-host", "x", "FINE_METRICS_HOST: expected"),
            ("--metrics-token", "short", "FINE_METRICS_TOKEN: expected"),
            ("--max-dataset-bytes", "0", "expected a whole number"),
        ] {
            let error = check(&[option, value], &[]).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn supabase_needs_its_address_and_takes_a_secret() {
        let alone = check(&["--supabase-url", "https://a.co"], &[]).unwrap();
        assert!(matches!(alone.auth, AuthMode::Supabase { secret: None, .. }));
        for (arguments, words) in [
            (["--supabase-jwt-secret", "s"], "SUPABASE_JWT_SECRET: expected SUPABASE_URL"),
            (["--supabase-url", "https://a.co?x"], "expected an address"),
        ] {
            let error = check(&arguments, &[]).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        let short = ["--supabase-url", "https://a.co", "--supabase-jwt-secret", "short"];
        assert!(check(&short, &[]).unwrap_err().to_string().contains("at least 32 characters"));
        let demo = ["--supabase-url", "https://a.co", "--demo", "examples"];
        assert!(check(&demo, &[]).unwrap_err().to_string().contains("--demo"));
        let secret = "s".repeat(32);
        let both = check(&["--supabase-url", "https://a.co/", "--supabase-jwt-secret", &secret], &[]).unwrap();
        assert!(!format!("{both:?}").contains(&secret), "a secret is not shown");
        assert!(matches!(both.auth, AuthMode::Supabase { url, .. } if url == "https://a.co"));
    }
}
