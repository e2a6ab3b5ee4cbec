//! Python environments in `target/`, for the programs that Fine is compared with.

use std::path::PathBuf;

use anyhow::Result;

use crate::run::{command, root, shown};

/// The interpreter of the environment `target/<name>`, made from a requirements file, with these options, when it is not there.
pub fn environment(name: &str, requirements: &str, options: &[&str]) -> Result<PathBuf> {
    let venv = root().join("target").join(name);
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !python.is_file() {
        let system = if cfg!(windows) { "python" } else { "python3" };
        shown(command(system, ".").args(["-m", "venv"]).arg(&venv))?;
        let mut install = command(&python.to_string_lossy(), ".");
        let made = shown(install.args(["-m", "pip", "install", "-q"]).args(options).args(["-r", requirements]));
        if made.is_err() {
            // A half-made environment would be taken for a whole one.
            let _ = std::fs::remove_dir_all(&venv);
        }
        made?;
    }
    Ok(python)
}
