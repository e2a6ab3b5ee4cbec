//! Rules about files that no linter knows.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::run::{captured, command, root};

const LONGEST_RUST: usize = 800;
const LONGEST_TSX: usize = 400;
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helpers", "helper", "manager", "misc"];

/// Sizes, names, and traces of a developer's machine.
pub fn tidy() -> Result<()> {
    let listed = captured(command("git", ".").args(["ls-files"]))?;
    for name in listed.lines() {
        let path = root().join(name);
        let stem = Path::new(name).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let generated = name.contains(".gen.") || name.ends_with("schema.ts");
        let source = name.ends_with(".rs") || name.ends_with(".ts") || name.ends_with(".tsx");
        if source && EMPTY_NAMES.contains(&stem.as_str()) {
            bail!("{name}: a name that says nothing; name the file after what it does");
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let lines = text.lines().count();
        let limit = if name.ends_with(".tsx") { LONGEST_TSX } else { LONGEST_RUST };
        if source && !generated && lines > limit {
            bail!("{name} has {lines} lines; split it (limit {limit})");
        }
        if source
            && (text.contains("todo!(") || text.contains("unimplemented!(") || text.contains("#[ignore"))
            && !name.starts_with("xtask/")
        {
            bail!("{name} holds a stub or an ignored test");
        }
        if source
            && ["it.skip(", "test.skip(", "describe.skip(", ".only("].iter().any(|w| text.contains(w))
            && !name.starts_with("xtask/")
        {
            bail!("{name} holds a skipped or an only-test");
        }
    }
    Ok(())
}

/// Fails when a word stands in a Rust file of the folders (tests and comments left out).
pub fn forbidden_words(folders: &[&str], words: &[&str]) -> Result<()> {
    for folder in folders {
        let mut files = Vec::new();
        rust_files(&root().join(folder), &mut files)?;
        for file in files {
            let text = fs::read_to_string(&file)?;
            let code = text.split("#[cfg(test)]").next().unwrap_or("");
            for (i, line) in code.lines().enumerate() {
                let line = line.split("//").next().unwrap_or("");
                if let Some(word) = words.iter().find(|w| line.contains(**w)) {
                    bail!("{}:{}: {word} has no place in this crate", file.display(), i + 1);
                }
            }
        }
    }
    Ok(())
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && path.file_name().is_some_and(|n| n == "tests") {
            continue;
        }
        if path.is_dir() {
            rust_files(&path, into)?;
        } else if path.extension().is_some_and(|e| e == "rs")
            && path.file_stem().is_some_and(|s| !s.to_string_lossy().ends_with("tests") && s != "fixture")
        {
            into.push(path);
        }
    }
    Ok(())
}
