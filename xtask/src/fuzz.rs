//! `cargo xtask fuzz [SECONDS]`: every fuzz target for a bounded time, and the executions of all together.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::run::{captured, command, root, teed};

/// Time for one target without a number.
const SECONDS: u64 = 60;
/// Longest input that is made.
const LONGEST: usize = 64 << 10;
/// Most bytes that an attack is spelled out to.
const PARTS: usize = 4 << 10;

/// Runs all targets of `fuzz/` one after the other.
///
/// # Errors
/// A target that found a crash, a hang or too much memory; its input is in `fuzz/artifacts/`.
pub fn fuzz(seconds: Option<&str>) -> Result<()> {
    let seconds: u64 = seconds.map_or(Ok(SECONDS), str::parse).context("SECONDS is a whole number")?;
    if captured(command("cargo", ".").args(["fuzz", "--version"])).is_err() {
        bail!("cargo-fuzz is not installed: cargo install cargo-fuzz --locked");
    }
    let targets = captured(command("cargo", "fuzz").args(["fuzz", "list"]))?;
    let (mut total, mut broken) = (0, Vec::new());
    let mut lines = Vec::new();
    for target in targets.lines().map(str::trim).filter(|target| !target.is_empty()) {
        println!("\n==> {target}");
        let seeds = seeds(target)?;
        // Coverage counters need no sanitizer, and so no nightly compiler: the crates have no unsafe code.
        let mut run = command("cargo", "fuzz");
        run.args(["fuzz", "run", "--sanitizer", "none", target, "--"]);
        run.args([format!("-max_total_time={seconds}"), format!("-max_len={LONGEST}"), "-dict=tokens.dict".to_owned()]);
        run.args(["-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1", "-verbosity=0"]);
        let (ok, text) = teed(&mut run)?;
        let executions = executions(&text);
        total += executions;
        lines.push(format!(
            "{target:<12} {executions:>12} executions, {seeds} seeds{}",
            if ok { "" } else { ", BROKEN" }
        ));
        if !ok {
            broken.push(target.to_owned());
        }
    }
    println!("\n{}\n{total} executions", lines.join("\n"));
    if !broken.is_empty() {
        bail!("{} broke; the inputs are in fuzz/artifacts/", broken.join(", "));
    }
    Ok(())
}

/// The number that libFuzzer prints at its end.
fn executions(text: &str) -> u64 {
    let line = text.lines().rev().find_map(|line| line.trim().strip_prefix("stat::number_of_executed_units:"));
    line.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

/// Copies golden models and attacks into the corpus of a target; how many there are.
fn seeds(target: &str) -> Result<usize> {
    let corpus = root().join("fuzz/corpus").join(target);
    fs::create_dir_all(&corpus).context("make the corpus")?;
    let mut count = 0;
    let mut keep = |name: String, bytes: &[u8]| -> Result<()> {
        if !bytes.is_empty() && bytes.len() <= LONGEST {
            fs::write(corpus.join(name), bytes).context("write a seed")?;
            count += 1;
        }
        Ok(())
    };
    for case in fs::read_dir(root().join("golden")).context("read golden/")? {
        let case = case?.path();
        let name = case.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        for file in ["model.pkl", "model.joblib", "model.json", "model.ubj", "model.txt", "model.onnx", "model.cbm"] {
            let path = case.join(file);
            if let Ok(bytes) = fs::read(&path)
                && takes(target, file, &bytes)
            {
                keep(format!("golden-{name}"), &bytes)?;
            }
        }
    }
    for (name, bytes) in attacks(&root().join("golden/hostile"))? {
        keep(format!("attack-{name}"), &bytes)?;
    }
    Ok(count)
}

/// Whole models are of use to the targets that read their format.
fn takes(target: &str, file: &str, bytes: &[u8]) -> bool {
    match target {
        "pickle" | "arrays" => bytes.first() == Some(&0x80),
        "decompress" => file == "model.joblib",
        "json" => matches!(file, "model.json" | "model.ubj"),
        "lightgbm" => file == "model.txt",
        "onnx" => file == "model.onnx",
        _ => true,
    }
}

/// Names and bytes of the corpus of attacks, as far as they are short.
fn attacks(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder.join("files")).context("read the attacks")? {
        let path = file?.path();
        found.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), fs::read(&path)?));
    }
    // The values of `cases.toml` are written as JSON.
    let text = fs::read_to_string(folder.join("cases.toml")).context("read the attacks")?;
    let parts = text.lines().filter_map(|line| line.strip_prefix("parts = "));
    for (index, parts) in parts.enumerate() {
        let parts: Vec<(String, usize)> = serde_json::from_str(parts).context("read the attacks")?;
        let bytes: Vec<u8> = parts.iter().flat_map(|(hex, times)| unhex(hex).repeat((*times).min(PARTS))).collect();
        found.push((format!("{index}"), bytes));
    }
    Ok(found)
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or(0) as u8;
    text.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_executions_is_read() {
        assert_eq!(executions("Done 5\nstat::number_of_executed_units: 52131\nstat::peak_rss_mb: 40\n"), 52131);
        assert_eq!(executions("crashed"), 0);
        assert_eq!(unhex("80ff0a"), [0x80, 0xff, 0x0a]);
    }

    #[test]
    fn attacks_become_seeds() {
        let attacks = attacks(&root().join("golden/hostile")).expect("the corpus");
        assert!(attacks.len() > 200, "{}", attacks.len());
    }
}
