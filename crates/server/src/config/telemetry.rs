//! Settings of metrics and traces.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Result, bail};
use clap::Args;
use sha2::{Digest, Sha256};

use super::values::{host, port};

/// Options of metrics; traces have the standard variables of OpenTelemetry.
#[derive(Args, Clone, Debug)]
pub struct TelemetryArgs {
    /// A port of its own for `/metrics` and `/healthz`; 0 takes a free one [default: none].
    #[arg(long, env = "FINE_METRICS_PORT", value_parser = metrics_port)]
    pub metrics_port: Option<Port>,
    /// Address that port listens on.
    #[arg(long, env = "FINE_METRICS_HOST", default_value = "127.0.0.1",
        value_parser = |t: &str| host(t).map_err(|e| e.replace("FINE_HOST", "FINE_METRICS_HOST")))]
    pub metrics_host: IpAddr,
    /// Bearer token for `/metrics`; without one, the server's own port answers it only while it listens on this machine.
    #[arg(long, env = "FINE_METRICS_TOKEN", hide_env_values = true)]
    pub metrics_token: Option<String>,
}

/// A port, or an empty value, which means none.
#[derive(Clone, Copy, Debug)]
pub struct Port(Option<u16>);

fn metrics_port(text: &str) -> Result<Port, String> {
    if text.trim().is_empty() {
        return Ok(Port(None));
    }
    port(text).map(|port| Port(Some(port))).map_err(|e| e.replace("FINE_PORT", "FINE_METRICS_PORT"))
}

/// Checked settings of metrics and traces.
#[derive(Clone, Debug)]
pub struct Telemetry {
    /// The separate port.
    pub port: Option<u16>,
    /// Where it listens.
    pub host: IpAddr,
    /// What `/metrics` asks for.
    pub token: Option<Token>,
    /// Spans are sent.
    pub traces: bool,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { port: None, host: IpAddr::V4(Ipv4Addr::LOCALHOST), token: None, traces: false }
    }
}

/// A secret that is compared and never shown.
#[derive(Clone)]
pub struct Token([u8; 32]);

impl Token {
    /// Keeps the token's digest.
    pub fn new(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Whether this is it. Digests are compared, so that the time says nothing about the token.
    pub fn is(&self, given: &str) -> bool {
        self.0 == Self::new(given).0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Shortest token.
const TOKEN_LENGTH: usize = 16;

/// Samplers that the library knows.
const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

impl TelemetryArgs {
    /// Checks what belongs together.
    ///
    /// # Errors
    /// Names the variable and what was expected.
    pub fn check(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Telemetry> {
        let token = self.metrics_token.as_deref().filter(|token| !token.is_empty());
        if token.is_some_and(|token| token.len() < TOKEN_LENGTH) {
            bail!("use FINE_METRICS_TOKEN: expected at least {TOKEN_LENGTH} characters");
        }
        Ok(Telemetry {
            port: self.metrics_port.and_then(|port| port.0),
            host: self.metrics_host,
            token: token.map(Token::new),
            traces: traces(|name| variable(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()))?,
        })
    }
}

/// Whether the standard variables ask for traces. Their values are read by the library, which would fall back in silence.
fn traces(set: impl Fn(&str) -> Option<String>) -> Result<bool> {
    if set("OTEL_SDK_DISABLED").is_some_and(|v| v.eq_ignore_ascii_case("true")) {
        return Ok(false);
    }
    match set("OTEL_TRACES_EXPORTER").as_deref() {
        None | Some("otlp") => {}
        Some("none") => return Ok(false),
        Some(_) => bail!("use OTEL_TRACES_EXPORTER: expected otlp or none"),
    }
    let endpoints = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
    let mut asked = false;
    for name in endpoints {
        let Some(endpoint) = set(name) else { continue };
        let rest = endpoint.strip_prefix("http://").or_else(|| endpoint.strip_prefix("https://"));
        if rest.is_none_or(str::is_empty) {
            bail!("use {name}: expected an address such as http://collector:4318");
        }
        asked = true;
    }
    for name in ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"] {
        if asked && set(name).is_some_and(|protocol| protocol != "http/protobuf") {
            bail!("use {name}: expected http/protobuf, the one protocol that is spoken (port 4318 of a collector)");
        }
    }
    let sampler = set("OTEL_TRACES_SAMPLER");
    if asked && sampler.as_deref().is_some_and(|s| !SAMPLERS.contains(&s)) {
        bail!("use OTEL_TRACES_SAMPLER: expected one of {}", SAMPLERS.join(", "));
    }
    let ratio = set("OTEL_TRACES_SAMPLER_ARG").map(|ratio| ratio.parse::<f64>());
    let wanted = asked && sampler.is_some_and(|s| s.ends_with("traceidratio"));
    if wanted && !matches!(ratio, Some(Ok(r)) if (0.0..=1.0).contains(&r)) {
        bail!("use OTEL_TRACES_SAMPLER_ARG: expected a share from 0 to 1");
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(all: &[(&str, &str)]) -> Result<bool> {
        traces(|name| all.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn traces_are_off_until_an_endpoint_is_set() {
        const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
        assert!(!with(&[]).unwrap());
        assert!(!with(&[("OTEL_SERVICE_NAME", "x"), ("OTEL_TRACES_SAMPLER", "nonsense")]).unwrap());
        assert!(with(&[ENDPOINT]).unwrap());
        assert!(with(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://c/v1/traces")]).unwrap());
        assert!(!with(&[ENDPOINT, ("OTEL_SDK_DISABLED", "true")]).unwrap());
        assert!(!with(&[ENDPOINT, ("OTEL_TRACES_EXPORTER", "none")]).unwrap());
        assert!(
            with(&[ENDPOINT, ("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0.1")]).unwrap()
        );
        for (name, value) in [
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector:4318"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_TRACES_EXPORTER", "zipkin"),
            ("OTEL_TRACES_SAMPLER", "sometimes"),
        ] {
            let error = with(&[ENDPOINT, (name, value)]).unwrap_err().to_string();
            assert!(error.contains(&format!("use {name}: expected")), "{error}");
        }
        let error = with(&[ENDPOINT, ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")]).unwrap_err().to_string();
        assert!(error.contains("OTEL_TRACES_SAMPLER_ARG: expected"), "{error}");
    }

    #[test]
    fn a_token_is_compared_and_not_shown() {
        let token = Token::new("a secret of the collector");
        assert!(token.is("a secret of the collector") && !token.is("a secret"));
        assert!(!format!("{token:?}").contains("secret"));
    }
}
