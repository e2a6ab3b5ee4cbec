//! Settings: command line and environment, checked before anything starts.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use axum::http::HeaderValue;
use clap::Args;

/// Options of `fine serve`. Every option is also an environment variable.
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Folder for the database, files and keys [default: the system's place for application data].
    #[arg(long, env = "FINE_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
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
    /// The project's JWT secret (HS256).
    #[arg(long, env = "SUPABASE_JWT_SECRET", hide_env_values = true)]
    pub supabase_jwt_secret: Option<String>,
    /// The project's public key, handed to the web client.
    #[arg(long, env = "SUPABASE_ANON_KEY", hide_env_values = true)]
    pub supabase_anon_key: Option<String>,
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
    /// Longest audit, in seconds.
    #[arg(long, env = "FINE_MAX_AUDIT_SECONDS", default_value = "21600", value_parser = positive)]
    pub max_audit_seconds: u64,
    /// Requests a second that one person (or address) may make in the long run.
    #[arg(long, env = "FINE_RATE_PER_SECOND", default_value = "20", value_parser = positive)]
    pub rate_per_second: u64,
    /// Requests that one person (or address) may make at once.
    #[arg(long, env = "FINE_RATE_BURST", default_value = "120", value_parser = positive)]
    pub rate_burst: u64,
    /// Takes the client's address from X-Forwarded-For; only behind a proxy that sets it.
    #[arg(long, env = "FINE_TRUST_PROXY", default_value = "false", value_parser = truth)]
    pub trust_proxy: bool,
    /// Audits that run at the same time.
    #[arg(long, env = "FINE_AUDITS_AT_ONCE", default_value = "2", value_parser = positive)]
    pub audits_at_once: u64,
    /// `human` or `json`.
    #[arg(long, env = "FINE_LOG_FORMAT", default_value = "human", value_parser = log_format)]
    pub log_format: LogFormat,
    /// What to log, as in `info,fine_server=debug`.
    #[arg(long, env = "FINE_LOG", default_value = "info,ort=warn", value_parser = log_filter)]
    pub log: String,
}

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

/// Who signs people in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthMode {
    /// This server.
    Embedded,
    /// A Supabase project.
    Supabase {
        /// Project address without a slash at the end.
        url: String,
        /// HS256 secret.
        secret: String,
        /// Public key for the web client.
        anon_key: String,
    },
}

/// Checked settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// Data folder.
    pub data_dir: PathBuf,
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
    /// Audits at once.
    pub audits_at_once: usize,
}

/// Variables of the scale-out mode. They are refused now rather than ignored.
const SCALE_OUT: [&str; 7] = [
    "DATABASE_URL",
    "REDIS_URL",
    "S3_ENDPOINT",
    "S3_BUCKET_DATASETS",
    "S3_BUCKET_MODELS",
    "S3_BUCKET_REPORTS",
    "S3_BUCKET_ARTIFACTS",
];

impl ServeArgs {
    /// Checks what belongs together.
    ///
    /// # Errors
    /// Names the variable and what was expected.
    pub fn check(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Config> {
        let set = |name: &str| variable(name).filter(|v| !v.is_empty());
        if let Some(name) = SCALE_OUT.iter().find(|n| set(n).is_some()) {
            bail!(
                "use {name}: it belongs to the scale-out mode, which this version does not have yet; unset it to start \
                 with the embedded database, queue and files in the data folder"
            );
        }
        match set("AUTO_CREATE_DB").as_deref() {
            None | Some("true" | "1") => {}
            Some(_) => bail!(
                "use AUTO_CREATE_DB: expected true; `false` comes with the scale-out mode, the embedded database is \
                 always brought to this version at the start"
            ),
        }
        Ok(Config {
            data_dir: self.data_dir.clone().unwrap_or_else(|| default_data_dir(set)),
            host: self.host,
            port: self.port,
            demo: self.demo.clone(),
            public_url: self.public_url.clone(),
            cors_origins: self.cors_origins.clone().unwrap_or_default().0,
            auth: self.auth()?,
            max_dataset_bytes: self.max_dataset_bytes,
            max_model_bytes: self.max_model_bytes,
            max_columns: usize::try_from(self.max_columns).unwrap_or(usize::MAX),
            max_memory_bytes: self.max_memory_bytes,
            max_audit_time: Duration::from_secs(self.max_audit_seconds),
            executable: None,
            rate_per_second: u32::try_from(self.rate_per_second).unwrap_or(u32::MAX),
            rate_burst: u32::try_from(self.rate_burst).unwrap_or(u32::MAX),
            trust_proxy: self.trust_proxy,
            audits_at_once: usize::try_from(self.audits_at_once).unwrap_or(usize::MAX).min(64),
        })
    }

    fn auth(&self) -> Result<AuthMode> {
        let given = |v: &Option<String>| v.clone().filter(|v| !v.is_empty());
        match (given(&self.supabase_url), given(&self.supabase_jwt_secret)) {
            (None, None) => Ok(AuthMode::Embedded),
            (Some(_), None) => bail!("use SUPABASE_URL: expected SUPABASE_JWT_SECRET with it"),
            (None, Some(_)) => bail!("use SUPABASE_JWT_SECRET: expected SUPABASE_URL with it"),
            (Some(_), Some(secret)) if secret.len() < 32 => {
                bail!("use SUPABASE_JWT_SECRET: expected at least 32 characters, the secret of the project's settings")
            }
            (Some(_), Some(_)) if self.demo.is_some() => {
                bail!("use --demo: expected the embedded sign-in; unset SUPABASE_URL and SUPABASE_JWT_SECRET")
            }
            (Some(url), Some(secret)) => {
                Ok(AuthMode::Supabase { url, secret, anon_key: given(&self.supabase_anon_key).unwrap_or_default() })
            }
        }
    }
}

/// The system's place for application data, from the environment only; `./.data` where it names none.
pub(crate) fn default_data_dir(set: impl Fn(&str) -> Option<String>) -> PathBuf {
    let base = if cfg!(windows) {
        set("LOCALAPPDATA").or_else(|| set("APPDATA")).map(PathBuf::from)
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|h| PathBuf::from(h).join("Library").join("Application Support"))
    } else {
        set("XDG_DATA_HOME")
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
            .or_else(|| set("HOME").map(|h| PathBuf::from(h).join(".local").join("share")))
    };
    base.map_or_else(|| PathBuf::from(".data"), |b| b.join("fine"))
}

fn port(text: &str) -> Result<u16, String> {
    text.trim().parse().map_err(|_| "FINE_PORT: expected a number from 0 to 65535".to_owned())
}

fn host(text: &str) -> Result<IpAddr, String> {
    match text.trim() {
        "localhost" => Ok(IpAddr::from([127, 0, 0, 1])),
        other => other.parse().map_err(|_| "FINE_HOST: expected an IP address such as 127.0.0.1 or 0.0.0.0".to_owned()),
    }
}

fn positive(text: &str) -> Result<u64, String> {
    match text.trim().parse() {
        Ok(n) if n > 0 => Ok(n),
        _ => Err("expected a whole number above 0".to_owned()),
    }
}

fn truth(text: &str) -> Result<bool, String> {
    match text.trim() {
        "true" | "1" => Ok(true),
        "" | "false" | "0" => Ok(false),
        _ => Err("FINE_TRUST_PROXY: expected true or false".to_owned()),
    }
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text.trim() {
        "human" => Ok(LogFormat::Human),
        "json" => Ok(LogFormat::Json),
        _ => Err("FINE_LOG_FORMAT: expected human or json".to_owned()),
    }
}

fn log_filter(text: &str) -> Result<String, String> {
    tracing_subscriber::EnvFilter::try_new(text)
        .map(|_| text.to_owned())
        .map_err(|e| format!("FINE_LOG: expected directives such as info,fine_server=debug ({e})"))
}

fn origin_or_base(text: &str) -> Result<String, String> {
    let text = text.trim().trim_end_matches('/');
    if text.is_empty() {
        return Ok(String::new());
    }
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(['?', '#', ' ']) => Ok(text.to_owned()),
        _ => Err("expected an address such as https://abc.supabase.co".to_owned()),
    }
}

fn cors_origins(text: &str) -> Result<Origins, String> {
    let expected = "CORS_ORIGINS: expected origins such as https://app.example.org,http://localhost:5173 without a path \
                    and never *";
    let mut origins = Vec::new();
    for part in text.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let rest = part.strip_prefix("https://").or_else(|| part.strip_prefix("http://"));
        let fine = rest.is_some_and(|r| !r.is_empty() && !r.contains(['/', '?', '#', ' ', '*', '@']));
        if !fine || HeaderValue::from_str(part).is_err() {
            return Err(expected.to_owned());
        }
        origins.push(part.to_owned());
    }
    Ok(Origins(origins))
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
    fn scale_out_variables_are_refused_by_name() {
        for name in SCALE_OUT {
            let error = check(&[], &[(name, "x")]).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("scale-out"), "{error}");
        }
        check(&[], &[("DATABASE_URL", "")]).unwrap();
        assert!(check(&[], &[("AUTO_CREATE_DB", "false")]).unwrap_err().to_string().contains("AUTO_CREATE_DB"));
    }

    #[test]
    fn wrong_values_say_what_was_expected() {
        for (option, value, words) in [
            ("--port", "99999", "FINE_PORT: expected"),
            ("--host", "nowhere", "FINE_HOST: expected"),
            ("--cors-origins", "*", "CORS_ORIGINS: expected"),
            ("--cors-origins", "https://a.org/path", "CORS_ORIGINS: expected"),
            ("--supabase-url", "abc", "expected an address"),
            ("--log-format", "xml", "FINE_LOG_FORMAT: expected"),
            ("--max-dataset-bytes", "0", "expected a whole number"),
        ] {
            let error = check(&[option, value], &[]).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn supabase_needs_both_values() {
        assert!(
            check(&["--supabase-url", "https://a.co"], &[]).unwrap_err().to_string().contains("SUPABASE_JWT_SECRET")
        );
        let secret = "s".repeat(32);
        let both = check(&["--supabase-url", "https://a.co/", "--supabase-jwt-secret", &secret], &[]).unwrap();
        assert!(matches!(both.auth, AuthMode::Supabase { url, .. } if url == "https://a.co"));
    }
}
