//! The server against its own OpenAPI document: schemathesis makes the requests.

use anyhow::{Result, bail};

use crate::python::environment;
use crate::run::{command, root, teed};

/// Requests for each operation and round.
const EXAMPLES: &str = "15";

/// Why schemathesis cannot run here, if it cannot: its environment is made from the package index.
pub fn prepare() -> Result<()> {
    python().map(|_| ())
}

fn python() -> Result<std::path::PathBuf> {
    environment("contract-venv", "tools/contract/requirements.txt", &[])
}

/// Runs it against the binary that the Rust tests have built; answers whether all went well, and the output.
pub fn contract() -> Result<(bool, String)> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into);
    let fine = target.join("debug").join(if cfg!(windows) { "fine.exe" } else { "fine" });
    let mut run = command(&python()?.to_string_lossy(), ".");
    teed(run.args(["tools/contract/run.py"]).arg(fine).arg(EXAMPLES))
}

/// `cargo xtask contract`: this part alone.
pub fn only() -> Result<()> {
    if !contract()?.0 {
        bail!("the API is not as it is described");
    }
    Ok(())
}
