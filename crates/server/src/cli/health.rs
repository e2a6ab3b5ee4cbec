//! `fine health`: asks a server or worker of this machine whether it is ready. For containers, which have no other client.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;

/// Longest wait for the connection, and for the answer.
const PATIENCE: Duration = Duration::from_secs(4);

/// Options of `fine health`.
#[derive(Args, Clone, Debug)]
pub struct HealthArgs {
    /// Port of the server, or FINE_METRICS_PORT of a worker.
    #[arg(long, env = "FINE_PORT", default_value = "8000")]
    port: u16,
}

/// Runs the command: 0 when the process answers that it is ready.
///
/// # Errors
/// When it does not answer, or is not ready.
pub fn health(args: &HealthArgs) -> Result<ExitCode> {
    let (port, address) = (args.port, (Ipv4Addr::LOCALHOST, args.port).into());
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).with_context(|| format!("reach port {port}"))?;
    stream.set_read_timeout(Some(PATIENCE)).context("set a time limit")?;
    stream.write_all(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n").context("ask")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).context("hear an answer")?;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    if status != "200" {
        bail!("find it ready: it answered {status:?}");
    }
    println!("ready");
    Ok(ExitCode::SUCCESS)
}
