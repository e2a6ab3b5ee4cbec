//! Values of options: each refusal says what was expected.

use std::net::IpAddr;
use std::path::PathBuf;

use axum::http::HeaderValue;
use fine_store::Address;

use super::{LogFormat, Origins};

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

pub(super) fn port(text: &str) -> Result<u16, String> {
    text.trim().parse().map_err(|_| "FINE_PORT: expected a number from 0 to 65535".to_owned())
}

pub(super) fn host(text: &str) -> Result<IpAddr, String> {
    match text.trim() {
        "localhost" => Ok(IpAddr::from([127, 0, 0, 1])),
        other => other.parse().map_err(|_| "FINE_HOST: expected an IP address such as 127.0.0.1 or 0.0.0.0".to_owned()),
    }
}

pub(super) fn positive(text: &str) -> Result<u64, String> {
    match text.trim().parse() {
        Ok(n) if n > 0 => Ok(n),
        _ => Err("expected a whole number above 0".to_owned()),
    }
}

pub(super) fn whole(text: &str) -> Result<u64, String> {
    text.trim().parse().map_err(|_| "expected a whole number".to_owned())
}

/// The address of a PostgreSQL database; empty is none.
pub(super) fn address(text: &str) -> Result<String, String> {
    let text = text.trim();
    if !text.is_empty() {
        Address::postgres(text).map_err(|expected| format!("DATABASE_URL: {expected}"))?;
    }
    Ok(text.to_owned())
}

/// The address of a Redis server; empty is none.
pub(super) fn redis(text: &str) -> Result<String, String> {
    let text = text.trim();
    if !text.is_empty() {
        Address::redis(text).map_err(|expected| format!("REDIS_URL: {expected}"))?;
    }
    Ok(text.to_owned())
}

/// The address of an S3-compatible server; empty is none.
pub(super) fn endpoint(text: &str) -> Result<String, String> {
    let text = text.trim().trim_end_matches('/');
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host {
        _ if text.is_empty() => Ok(String::new()),
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@']) => Ok(text.to_owned()),
        _ => Err("S3_ENDPOINT: expected an address such as https://fra1.digitaloceanspaces.com".to_owned()),
    }
}

/// The address of a service under any path, without a slash at the end; empty is none.
pub(super) fn service_base(variable: &str, text: &str) -> Result<String, String> {
    let text = text.trim().trim_end_matches('/');
    let place = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match place {
        _ if text.is_empty() => Ok(String::new()),
        Some(place) if !place.is_empty() && !place.starts_with('/') && !place.contains(['?', '#', ' ', '@']) => {
            Ok(text.to_owned())
        }
        _ => Err(format!("{variable}: expected an address such as http://127.0.0.1:8080/v1")),
    }
}

/// The name of a bucket; empty is none.
pub(super) fn bucket(text: &str) -> Result<String, String> {
    let text = text.trim();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let is_name = (3..=63).contains(&text.len()) && text.chars().all(plain) && !text.contains("..");
    if text.is_empty() || is_name {
        return Ok(text.to_owned());
    }
    Err("expected a bucket's name: 3 to 63 lower-case letters, digits, hyphens and dots".to_owned())
}

/// The name of a region; empty is none.
pub(super) fn region(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Ok(text.to_owned());
    }
    Err("AWS_REGION: expected a region such as eu-central-1".to_owned())
}

pub(super) fn truth(name: &str, empty: bool, text: &str) -> Result<bool, String> {
    match text.trim() {
        "" => Ok(empty),
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(format!("{name}: expected true or false")),
    }
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    match text.trim() {
        "human" => Ok(LogFormat::Human),
        "json" => Ok(LogFormat::Json),
        _ => Err("FINE_LOG_FORMAT: expected human or json".to_owned()),
    }
}

pub(super) fn log_filter(text: &str) -> Result<String, String> {
    tracing_subscriber::EnvFilter::try_new(text)
        .map(|_| text.to_owned())
        .map_err(|e| format!("FINE_LOG: expected directives such as info,fine_server=debug ({e})"))
}

pub(super) fn origin_or_base(text: &str) -> Result<String, String> {
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

pub(super) fn cors_origins(text: &str) -> Result<Origins, String> {
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
