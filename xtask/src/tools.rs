//! What the system must provide: a browser for the page tests, PostgreSQL and Redis for the tests of many processes; all
//! installed from the system's packages where possible.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::run::{answers, command, shown};

const BROWSERS: &[&str] = &[
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/// A Chromium to drive, installing Debian's package when that needs no password.
pub fn chromium() -> Result<Option<PathBuf>> {
    if let Some(found) = find_chromium() {
        return Ok(Some(found));
    }
    if cfg!(target_os = "linux") && answers("apt-get", "--version") {
        println!("==> installing Chromium from the system's packages");
        let attempt = install("chromium");
        if let Err(error) = attempt {
            println!("    not installed: {error:#}");
        }
    }
    Ok(find_chromium())
}

fn find_chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from).filter(|p| p.is_file());
    named.or_else(|| BROWSERS.iter().map(PathBuf::from).find(|p| p.is_file()))
}

/// Whether PostgreSQL and Redis are here to be started, installing Debian's packages when that needs no password; otherwise
/// what is missing.
pub fn services() -> Option<&'static str> {
    if !cfg!(target_os = "linux") {
        return Some("Linux, whose programs start and end the servers,");
    }
    let missing = || match (has_postgres(), has_redis(), answers("faketime", "--version")) {
        (false, ..) => Some("PostgreSQL"),
        (_, false, _) => Some("Redis"),
        (.., false) => Some("faketime"),
        _ => None,
    };
    missing()?;
    if answers("apt-get", "--version") {
        println!("==> installing PostgreSQL, Redis and faketime from the system's packages");
        if let Err(error) = install_services() {
            println!("    not installed: {error:#}");
        }
    }
    missing()
}

fn has_postgres() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|v| v.path().join("bin/initdb")).any(|p| p.is_file()) || answers("initdb", "--version")
}

fn has_redis() -> bool {
    answers("redis-server", "--version")
}

/// The packages only, no servers of the system: the tests start their own.
fn install_services() -> Result<()> {
    install("postgresql-common")?;
    const NO_CLUSTER: &str = "f=/etc/postgresql-common/createcluster.conf; grep -qs '^create_main_cluster = false' $f \
                              || echo 'create_main_cluster = false' >> $f";
    shown(as_root("sh").args(["-c", NO_CLUSTER]))?;
    install("postgresql")?;
    install("redis-server")?;
    // For processes whose clocks are wrong.
    install("faketime")
}

fn install(package: &str) -> Result<()> {
    shown(as_root("apt-get").args(["update", "-qq"]))?;
    // A service that cannot start here is no reason to fail: only its program is needed.
    shown(
        as_root("env")
            .args(["DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "install", "-y", "-qq"])
            .args(["--no-install-recommends", "-o", "Dpkg::Options::=--force-confold", package]),
    )
}

/// A command as root, without asking for a password.
fn as_root(program: &str) -> Command {
    if std::env::var("USER").is_ok_and(|u| u == "root") || answers_as_root() {
        return command(program, ".");
    }
    let mut sudo = command("sudo", ".");
    sudo.args(["-n", program]);
    sudo
}

fn answers_as_root() -> bool {
    crate::run::captured(command("id", ".").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
