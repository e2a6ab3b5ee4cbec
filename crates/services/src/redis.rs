//! A Redis server of one test.

use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::{answers, free_port, program, wait};

/// A Redis server that keeps nothing; it ends when this is dropped.
#[derive(Debug)]
pub struct Redis {
    port: u16,
    folder: TempDir,
    child: Child,
}

impl Redis {
    /// Starts a server.
    ///
    /// # Panics
    /// When there is no `redis-server`, or it does not start.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let port = free_port();
        let child = serve(port, &folder);
        Self { port, folder, child }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Kills it (SIGKILL).
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child can be killed");
        self.child.wait().expect("a child can be waited for");
    }

    /// Starts it again at the same address, without its data.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_empty(&mut self) {
        self.child = serve(self.port, &self.folder);
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // Already dead is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(port: u16, folder: &TempDir) -> Child {
    let server = program("redis-server", &[]).expect(
        "the tests need redis-server: install Debian's package redis-server (`cargo xtask test` does where it may)",
    );
    let child = Command::new(server)
        .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server starts");
    wait("Redis to start", || answers(port));
    child
}
