//! `cargo xtask golden`: expected numbers again from the reference libraries.

use std::fs;

use anyhow::{Context, Result};

use crate::python::environment;
use crate::run::{command, root, shown};

/// Makes a Python environment in `target/` from `golden/requirements.txt` and runs every `golden/<case>/make.py`.
pub fn golden() -> Result<()> {
    let python = environment("golden-venv", "golden/requirements.txt", &[])?;
    let mut cases: Vec<_> = fs::read_dir(root().join("golden")).context("read golden/")?.collect::<Result<_, _>>()?;
    cases.sort_by_key(|c| c.path());
    for case in cases.iter().map(|c| c.path()).filter(|c| c.join("make.py").is_file()) {
        println!("==> {}", case.display());
        shown(command(&python.to_string_lossy(), &case).arg("make.py"))?;
    }
    Ok(())
}
