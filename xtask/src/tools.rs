//! What the system must provide: a browser for the page tests, installed from the system's packages where possible.

use std::path::PathBuf;

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

fn install(package: &str) -> Result<()> {
    let root_user = std::env::var("USER").is_ok_and(|u| u == "root") || answers_as_root();
    let mut update = if root_user { command("apt-get", ".") } else { command("sudo", ".") };
    let mut install = if root_user { command("apt-get", ".") } else { command("sudo", ".") };
    if !root_user {
        update.args(["-n", "apt-get"]);
        install.args(["-n", "apt-get"]);
    }
    shown(update.args(["update", "-qq"]))?;
    shown(
        install
            .args(["install", "-y", "-qq", "--no-install-recommends", package])
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn answers_as_root() -> bool {
    crate::run::captured(command("id", ".").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
