//! A Redis server of one test.

use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::{answers, free_port, program, wait};

/// A Redis server; it ends when this is dropped.
#[derive(Debug)]
pub struct Redis {
    port: u16,
    keeps: bool,
    folder: TempDir,
    child: Child,
}

impl Redis {
    /// Starts a server that forgets everything when it ends.
    ///
    /// # Panics
    /// When there is no `redis-server`, or it does not start.
    pub fn start() -> Self {
        Self::with(false)
    }

    /// Starts a server that has every write on disk before it answers.
    ///
    /// # Panics
    /// As [`Redis::start`].
    pub fn keeping() -> Self {
        Self::with(true)
    }

    fn with(keeps: bool) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let port = free_port();
        let child = serve(port, &folder, keeps);
        Self { port, keeps, folder, child }
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

    /// Starts it again at the same address, with what it kept.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&mut self) {
        self.child = serve(self.port, &self.folder, self.keeps);
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // Already dead is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(port: u16, folder: &TempDir, keeps: bool) -> Child {
    let server = program("redis-server", &[]).expect(
        "the tests need redis-server: install Debian's package redis-server (`cargo xtask test` does where it may)",
    );
    let child = Command::new(server)
        .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", ""])
        .args(["--appendonly", if keeps { "yes" } else { "no" }, "--appendfsync", "always"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server starts");
    wait("Redis to start", || answers(port));
    child
}
