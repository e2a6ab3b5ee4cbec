//! PostgreSQL: one server for all test processes of a user, with a database a test, and servers of their own for tests
//! that stop and start them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;

use crate::{answers, free_port, program, run, wait};

const ROLE: &str = "fine";
/// Never shown by the programs under test; the server itself trusts everybody on this machine.
const PASSWORD: &str = "not-to-be-shown";

/// A PostgreSQL server.
#[derive(Debug)]
pub struct Postgres {
    port: u16,
    folder: PathBuf,
    hold: Hold,
}

/// What keeps the server.
#[derive(Debug)]
enum Hold {
    /// A lock that every process with tests holds; the server goes when nobody does.
    Shared(#[expect(dead_code, reason = "held, not read")] File),
    /// This value.
    Own(#[expect(dead_code, reason = "held, not read")] TempDir),
}

/// An empty database; dropping it drops the database.
#[derive(Debug)]
pub struct Database {
    port: u16,
    name: String,
}

impl Postgres {
    /// The server that the test processes of this user share. The first one starts it; it ends by itself a few seconds
    /// after the last one.
    ///
    /// # Panics
    /// When there is no PostgreSQL, or it does not start.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(|| {
            let base = std::env::temp_dir().join(format!("fine-services-{}", id("-u")));
            fs::create_dir_all(&base).expect("the temporary folder can be written");
            let open = |name: &str| {
                let file = File::options().create(true).append(true).open(base.join(name));
                file.expect("the temporary folder can be written")
            };
            let users = open("users.lock");
            users.lock_shared().expect("a file can be locked");
            let starting = open("start.lock");
            starting.lock().expect("a file can be locked");
            let folder = base.join("postgres");
            let known = fs::read_to_string(folder.join("port")).ok().and_then(|text| text.parse().ok());
            let port = known.filter(|port| answers(*port)).unwrap_or_else(|| {
                let port = free_port();
                // A folder that a killed server left is no use.
                let _ = fs::remove_dir_all(&folder);
                fs::create_dir(&folder).expect("the temporary folder can be written");
                make(&folder);
                begin(&folder, port, &["-c", "fsync=off", "-c", "synchronous_commit=off"]);
                fs::write(folder.join("port"), port.to_string()).expect("the temporary folder can be written");
                look_after(&base);
                port
            });
            Self { port, folder, hold: Hold::Shared(users) }
        })
    }

    /// A server of one test, which may stop and start it.
    ///
    /// # Panics
    /// As [`Postgres::shared`].
    pub fn own() -> Self {
        let base = tempfile::tempdir().expect("a temporary folder can be made");
        // The server's user must be able to go through it.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(base.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
        }
        let folder = base.path().join("postgres");
        fs::create_dir(&folder).expect("the temporary folder can be written");
        make(&folder);
        let server = Self { port: free_port(), folder, hold: Hold::Own(base) };
        server.start();
        server
    }

    /// An empty database.
    ///
    /// # Panics
    /// When the server does not answer.
    pub fn database(&self) -> Database {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("t_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        // A process of the same number may have been killed before it could tidy up.
        sql(self.port, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        sql(self.port, &format!("CREATE DATABASE {name}"));
        Database { port: self.port, name }
    }

    /// Ends the server as a crash would: no connection is warned, nothing is written. Only for a server of one's own.
    ///
    /// # Panics
    /// When it cannot be stopped.
    pub fn crash(&self) {
        assert!(matches!(self.hold, Hold::Own(_)), "others use this server");
        stop(&self.folder, "immediate");
    }

    /// Starts the server again, with its data. Only for a server of one's own.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(&self) {
        assert!(matches!(self.hold, Hold::Own(_)), "others use this server");
        begin(&self.folder, self.port, &[]);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if matches!(self.hold, Hold::Own(_)) && answers(self.port) {
            stop(&self.folder, "immediate");
        }
    }
}

impl Database {
    /// Its address, with a password.
    pub fn url(&self) -> String {
        format!("postgres://{ROLE}:{PASSWORD}@127.0.0.1:{}/{}", self.port, self.name)
    }

    /// Runs SQL in it.
    ///
    /// # Panics
    /// When it is refused.
    pub fn sql(&self, text: &str) {
        run(psql(self.port, &self.name).args(["-c", text]));
    }

    /// The answer to a question, without a heading.
    pub fn ask(&self, text: &str) -> String {
        let mut psql = psql(self.port, &self.name);
        let answer = psql.args(["-tA", "-c", text]).current_dir("/").output().expect("psql starts");
        assert!(answer.status.success(), "psql ended with {}", answer.status);
        String::from_utf8(answer.stdout).expect("text").trim().to_owned()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The server may be gone, which is as good.
        let _ = psql(self.port, "postgres")
            .args(["-c", &format!("DROP DATABASE {} WITH (FORCE)", self.name)])
            .current_dir("/")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

fn sql(port: u16, text: &str) {
    run(psql(port, "postgres").args(["-c", text]));
}

fn psql(port: u16, database: &str) -> Command {
    let mut psql = Command::new(binary("psql"));
    psql.args([
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        "127.0.0.1",
        "-p",
        &port.to_string(),
        "-U",
        ROLE,
        "-d",
        database,
    ]);
    psql
}

/// Lays the files of a server.
fn make(folder: &Path) {
    if let Some(user) = other_user() {
        run(Command::new("chown").arg(user).arg(folder));
    }
    let data = folder.join("data");
    let options = ["--no-sync", "--no-instructions", "-A", "trust", "-E", "UTF8", "--locale=C", "-U", ROLE, "-D"];
    run(as_server("initdb").args(options).arg(data));
}

fn begin(folder: &Path, port: u16, more: &[&str]) {
    let options = format!(
        "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=400 -c shared_buffers=64MB {}",
        more.join(" ")
    );
    let (data, log) = (folder.join("data"), folder.join("log"));
    run(as_server("pg_ctl").args(["-w", "-o", &options, "-l"]).arg(log).arg("-D").arg(data).arg("start"));
    wait("PostgreSQL to start", || answers(port));
}

fn stop(folder: &Path, how: &str) {
    run(as_server("pg_ctl").args(["-w", "-m", how, "-D"]).arg(folder.join("data")).arg("stop"));
}

/// Leaves a process behind that ends the shared server when no test has held the lock for a moment.
fn look_after(base: &Path) {
    const SCRIPT: &str = r#"
        base=$0
        while sleep 5; do
            flock -n -x "$base/users.lock" sh -c '"$@" >/dev/null 2>&1; rm -rf "$0/postgres"' "$base" "$@" && exit 0
        done"#;
    let mut stop = as_server("pg_ctl");
    stop.args(["-w", "-m", "immediate", "-D"]).arg(base.join("postgres/data")).arg("stop");
    let mut watch = Command::new("setsid");
    watch.args(["--fork", "sh", "-c", SCRIPT]).arg(base).arg(stop.get_program()).args(stop.get_args());
    run(&mut watch);
}

/// A program of PostgreSQL, run as the user who may run it: the server refuses to run as root.
fn as_server(name: &str) -> Command {
    let binary = binary(name);
    match other_user() {
        None => Command::new(binary),
        Some(user) => {
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--"]).arg(binary);
            command
        }
    }
}

/// The user to run servers as, when this is root.
fn other_user() -> Option<&'static str> {
    static USER: OnceLock<Option<&str>> = OnceLock::new();
    *USER.get_or_init(|| (id("-u") == "0").then(|| if knows("postgres") { "postgres" } else { "nobody" }))
}

fn knows(user: &str) -> bool {
    Command::new("id").arg(user).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

fn id(option: &str) -> String {
    let output = Command::new("id").arg(option).output().expect("id is part of the base system");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Debian keeps the server's programs off the search path, in a folder a version.
fn binary(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    program(name, &folders).unwrap_or_else(|| {
        panic!("the tests need PostgreSQL ({name}): install Debian's package postgresql (`cargo xtask test` does where it may)")
    })
}
