//! Real servers for tests: PostgreSQL and Redis of the system's packages, and an S3 server that checks signatures, in
//! temporary folders and on free ports. A server that is already there is never touched.
//!
//! Everything here panics when it cannot be had: a test that needs a server must not pass without one.

mod llm;
mod postgres;
mod redis;
mod s3;

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub use llm::{Answer, Asked, ScriptedLlm};
pub use postgres::{Database, Postgres};
pub use redis::Redis;
pub use s3::S3;

/// How long a server may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("it is bound").port()
}

fn answers(port: u16) -> bool {
    TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), Duration::from_secs(1)).is_ok()
}

/// Waits until `done` says yes.
fn wait(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "still waiting for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Runs a program of a server to its end, with nothing of ours left open in what it leaves behind.
fn run(command: &mut Command) {
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status().unwrap_or_else(|e| panic!("{command:?} did not start: {e}"));
    assert!(status.success(), "{command:?} ended with {status}");
}

/// A program on the search path or in one of these folders.
fn program(name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = folders.iter().cloned().chain(std::env::split_paths(&path).collect::<Vec<_>>());
    places.map(|folder| folder.join(name)).find(|file| file.is_file())
}
