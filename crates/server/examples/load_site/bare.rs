//! A handler of axum that does nothing: what the machine and the framework give at most.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

/// Runs until it is killed.
pub async fn serve() {
    let router = Router::new().route("/", get(async || Json(json!({"id": "0", "email": "nobody@example.org"}))));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("Listening on http://{}", listener.local_addr().unwrap());
    axum::serve(listener, router).await.unwrap();
}

/// This program again, as that server: a process of its own, as the product's is.
pub struct Bare {
    child: Child,
    pub address: String,
}

impl Bare {
    pub fn start() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--bare", "--fine", "none"]);
        let (child, address) = started(command, "Listening on http://");
        Self { child, address }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // Already dead is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a process and waits for the line that says it is ready; answers the rest of that line.
pub fn started(mut command: Command, ready: &str) -> (Child, String) {
    let program = Path::new(command.get_program()).display().to_string();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let rest = lines.find_map(|line| line.unwrap().strip_prefix(ready).map(str::to_owned));
    std::thread::spawn(move || lines.for_each(drop));
    (child, rest.unwrap_or_else(|| panic!("{program} did not start")))
}
