//! `cargo xtask start`.

use anyhow::Result;

use crate::run::{command, root, shown};
use crate::web;

/// Builds the web client and the release binary, then serves the demo workspace. Arguments go to `fine serve`.
pub fn start(arguments: Vec<String>) -> Result<()> {
    web::need_node()?;
    println!("==> 1/3 web client");
    web::build()?;
    println!("==> 2/3 ONNX Runtime");
    web::install("tools/onnxruntime")?;
    println!("==> 3/3 release binary (the first build takes several minutes, later ones seconds)");
    shown(command("cargo", ".").args(["build", "--release", "--locked", "-p", "fine-server"]))?;
    let binary = root().join("target/release").join(format!("fine{}", std::env::consts::EXE_SUFFIX));
    let mut serve = command(&binary.to_string_lossy(), ".");
    serve.args(["serve", "--data-dir", ".data", "--demo", "examples"]).args(arguments);
    shown(&mut serve)
}
