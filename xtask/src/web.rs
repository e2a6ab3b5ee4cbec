//! The web client and other things that npm brings, done again only when their inputs changed.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::run::{answers, captured, command, root, shown};

/// Refuses early when Node is absent or too old.
pub fn need_node() -> Result<()> {
    if !answers("node", "--version") || !answers("npm", "--version") {
        bail!("Node.js with npm is needed (20.19 or newer): install it from your package manager or nodejs.org");
    }
    let version = captured(command("node", ".").arg("--version"))?;
    let major: u32 = version.trim().trim_start_matches('v').split('.').next().and_then(|v| v.parse().ok()).unwrap_or(0);
    if major < 20 {
        bail!("Node.js {} is too old: 20.19 or newer is needed", version.trim());
    }
    Ok(())
}

/// `npm ci` in a folder, when its lock file changed.
pub fn install(folder: &str) -> Result<()> {
    let lock = root().join(folder).join("package-lock.json");
    let stamp = root().join(folder).join("node_modules/.fine-lock");
    let wanted = digest(&[lock])?;
    if fs::read_to_string(&stamp).is_ok_and(|s| s == wanted) {
        return Ok(());
    }
    println!("==> npm ci in {folder}");
    let mut npm = command("npm", folder);
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    shown(&mut npm)?;
    fs::write(&stamp, wanted).with_context(|| format!("write {}", stamp.display()))
}

/// Builds the web client into `web/dist`, when anything it is made of changed.
pub fn build() -> Result<()> {
    install("web")?;
    let mut inputs = Vec::new();
    for folder in ["web/src", "web/public", "crates/report/catalogue", "crates/audit/src/stages"] {
        collect(&root().join(folder), &mut inputs)?;
    }
    for file in ["web/index.html", "web/package-lock.json", "web/vite.config.ts", "web/tsconfig.json"] {
        inputs.push(root().join(file));
    }
    inputs.retain(|p| p.extension().is_none_or(|e| e != "rs") && p.is_file());
    let wanted = digest(&inputs)?;
    let stamp = root().join("web/node_modules/.fine-dist");
    if root().join("web/dist/index.html").is_file() && fs::read_to_string(&stamp).is_ok_and(|s| s == wanted) {
        println!("==> web client is up to date");
        return Ok(());
    }
    println!("==> building the web client");
    shown(command("npm", "web").args(["run", "build"]))?;
    fs::write(&stamp, wanted).with_context(|| format!("write {}", stamp.display()))
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    let mut paths: Vec<_> = entries.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() { collect(&path, into)? } else { into.push(path) }
    }
    Ok(())
}

fn digest(files: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(file).with_context(|| format!("read {}", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}
