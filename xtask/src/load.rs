//! `cargo xtask load`: what a site takes on this machine.

use anyhow::Result;

use crate::run::{command, root, shown};
use crate::tools;

/// Builds the program and the tool that measures it, and runs it; the arguments are the tool's. With `--dev` the build of the
/// tests is measured, which says nothing about the product but whether the measurement works.
pub fn load(mut arguments: Vec<String>) -> Result<()> {
    if let Some(missing) = tools::services() {
        anyhow::bail!("load needs {missing}, which is not here and could not be installed");
    }
    let dev = arguments.iter().position(|a| a == "--dev").map(|at| arguments.remove(at)).is_some();
    let build = ["build", "--locked", "-p", "fine-server", "--bin", "fine", "--example", "load_site"];
    let folder = if dev { "target/debug" } else { "target/release" };
    let mut cargo = command("cargo", ".");
    if !dev {
        shown(cargo.args(build).arg("--release"))?;
    }
    let folder = root().join(folder);
    let program = |name: &str| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let mut tool = command(&program("examples/load_site").to_string_lossy(), ".");
    shown(tool.arg("--fine").arg(program("fine")).args(arguments))
}
