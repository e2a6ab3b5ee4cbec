//! `cargo xtask new-stage ID`: lays the folders of a stage; the compiler then says what is missing.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::run::root;

const README: &str = "## What it measures\n\n## Why it matters\n\n## How to read it\n\n## Limits\n\n## References\n";
const README_ES: &str = "## Qué mide\n\n## Por qué importa\n\n## Cómo leerlo\n\n## Límites\n\n## Referencias\n";

/// Lays `crates/audit/src/stages/<id>/` and `web/src/stages/<id>/`.
pub fn new_stage(id: &str) -> Result<()> {
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
        bail!("a stage id is lower-case letters and hyphens, not {id:?}");
    }
    let rust = root().join("crates/audit/src/stages").join(id.replace('-', "_"));
    let web = root().join("web/src/stages").join(id);
    if rust.exists() || web.exists() {
        bail!("stage {id} is there already");
    }
    fs::create_dir_all(&rust)?;
    fs::create_dir_all(&web)?;
    let files = [
        (
            rust.join("mod.rs"),
            format!(
                "#![doc = include_str!(\"README.md\")]\n\npub mod report;\n\n// impl crate::stage::Stage with ID \"{id}\"; then add one line to REGISTRY in ../mod.rs.\n"
            ),
        ),
        (rust.join("report.rs"), format!("//! What the `{id}` stage measures.\n")),
        (rust.join("README.md"), README.to_owned()),
        (rust.join("README.es.md"), README_ES.to_owned()),
        (web.join("en.json"), "{}\n".to_owned()),
        (web.join("es.json"), "{}\n".to_owned()),
    ];
    for (path, text) in files {
        fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
        println!("{}", path.strip_prefix(root()).unwrap_or(&path).display());
    }
    Ok(())
}
