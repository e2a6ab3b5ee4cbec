//! `cargo xtask fuzz [SECONDS] [TARGET …] [--docs]`: fuzz targets for a bounded time, one after the other.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::run::{captured, command, root, shown};

#[path = "../../fuzz/seeds.rs"]
mod seeds;

/// Time for one target without a number.
const SECONDS: u64 = 60;
/// Longest input that is made.
const LONGEST: usize = 16 << 10;
/// Most bytes that an attack is spelled out to.
const PARTS: usize = 4 << 10;
/// Longest time in seconds and most memory in MiB for one input.
const BOUNDS: [&str; 2] = ["-timeout=30", "-rss_limit_mb=1024"];
const PAGE: &str = "docs/fuzzing.md";
const MARKS: [&str; 2] = ["<!-- runs -->\n", "<!-- /runs -->"];
const HEAD: &str = "\
| target | executions | seconds | seeds | inputs kept | edges reached | peak MiB |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
";

/// What one target did.
#[derive(Clone, Debug, PartialEq)]
struct Run {
    target: String,
    executions: u64,
    seconds: u64,
    /// Files that the search began with.
    seeds: u64,
    /// Inputs that each reach something new.
    inputs: u64,
    edges: u64,
    /// Most memory of the process in MiB.
    memory: u64,
}

/// Runs targets of `fuzz/` one after the other, all of them when none is named.
///
/// # Errors
/// A target that found a crash, a hang or too much memory; its input is in `fuzz/artifacts/`.
pub fn fuzz(arguments: &[String]) -> Result<()> {
    let (docs, words): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|word| *word == "--docs");
    let (numbers, named): (Vec<&String>, Vec<&String>) =
        words.into_iter().partition(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let seconds: u64 = match numbers[..] {
        [] => SECONDS,
        [seconds] => seconds.parse().context("SECONDS is a whole number")?,
        _ => bail!("SECONDS is given once"),
    };
    if captured(command("cargo", ".").args(["fuzz", "--version"])).is_err() {
        bail!("cargo-fuzz is not installed: cargo install cargo-fuzz --locked");
    }
    let listed = captured(command("cargo", ".").args(["fuzz", "list"]))?;
    let all: Vec<&str> = listed.lines().map(str::trim).filter(|target| !target.is_empty()).collect();
    if let Some(unknown) = named.iter().find(|name| !all.contains(&name.as_str())) {
        bail!("{unknown} is no target; there are {}", all.join(", "));
    }
    let targets = all.iter().filter(|target| named.is_empty() || named.iter().any(|name| name == *target));
    let programs = build()?;
    let (mut runs, mut broken) = (Vec::new(), Vec::new());
    for target in targets {
        println!("==> {target}");
        let (ok, run) = run(&programs.join(target), target, seconds)?;
        println!("{}", row(&run));
        if !ok || run.executions == 0 {
            broken.push(*target);
        }
        runs.push(run);
    }
    println!("\n{}", table(&runs));
    if !docs.is_empty() {
        runs.retain(|run| !broken.contains(&run.target.as_str()));
        let page = root().join(PAGE);
        let text = fs::read_to_string(&page).with_context(|| format!("read {PAGE}"))?;
        fs::write(&page, documented(&text, &runs, &all)?).with_context(|| format!("write {PAGE}"))?;
    }
    if !broken.is_empty() {
        bail!("{} broke; the inputs are in fuzz/artifacts/", broken.join(", "));
    }
    Ok(())
}

/// Builds the targets; the folder of the programs.
///
/// Coverage counters need no sanitizer, and so no nightly compiler: the crates have no unsafe code. A cargo-fuzz that was not
/// built here takes the system that it was built for, unless it is told another.
fn build() -> Result<PathBuf> {
    let version = captured(command("rustc", ".").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    shown(command("cargo", ".").args(["fuzz", "build", "--sanitizer", "none", "--target", host]))?;
    Ok(root().join("fuzz/target").join(host).join("release"))
}

/// Runs one target; whether it found nothing, and what it did.
fn run(program: &Path, target: &str, seconds: u64) -> Result<(bool, Run)> {
    let seeds = seed(target)?;
    let log = root().join(format!("fuzz/target/{target}.log"));
    let file = File::create(&log).with_context(|| format!("write {}", log.display()))?;
    let artifacts = root().join("fuzz/artifacts").join(target);
    fs::create_dir_all(&artifacts).context("make the folder of findings")?;
    let mut run = command(&program.to_string_lossy(), ".");
    run.arg(format!("fuzz/corpus/{target}")).args(BOUNDS).args(["-dict=fuzz/tokens.dict", "-print_final_stats=1"]);
    run.arg(format!("-artifact_prefix={}/", artifacts.display()));
    run.args([format!("-max_total_time={seconds}"), format!("-max_len={LONGEST}")]);
    run.env("RAYON_NUM_THREADS", "1").stdout(file.try_clone()?).stderr(file);
    let start = Instant::now();
    let ok = run.status().context("start the target")?.success();
    let took = start.elapsed().as_secs();
    let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    if !ok {
        let lines: Vec<&str> = text.lines().collect();
        println!("{}", lines[lines.len().saturating_sub(60)..].join("\n"));
    }
    let said = Run { target: target.to_owned(), seconds: took, seeds, ..read(&text) };
    Ok((ok, said))
}

/// The numbers that libFuzzer prints at its end.
fn read(text: &str) -> Run {
    let number = |text: &str| -> u64 {
        let digits = text.trim().split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        digits.parse().unwrap_or(0)
    };
    let stat = |name: &str| {
        let line = text.lines().rev().find_map(|line| line.trim().strip_prefix("stat::")?.strip_prefix(name));
        line.and_then(|line| line.strip_prefix(':')).map_or(0, number)
    };
    let status = text.lines().rev().find(|line| line.starts_with('#') && line.contains(" cov: ")).unwrap_or_default();
    let after = |word: &str| status.split_once(word).map_or(0, |(_, rest)| number(rest));
    Run {
        target: String::new(),
        executions: stat("number_of_executed_units"),
        seconds: 0,
        seeds: 0,
        inputs: after(" corp: "),
        edges: after(" cov: "),
        memory: stat("peak_rss_mb"),
    }
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn row(run: &Run) -> String {
    let numbers = [run.executions, run.seconds, run.seeds, run.inputs, run.edges, run.memory].map(thousands);
    format!("| `{}` | {} |", run.target, numbers.join(" | "))
}

/// The runs, and what they are together.
fn table(runs: &[Run]) -> String {
    let rows: String = runs.iter().map(|run| row(run) + "\n").collect();
    let [executions, seconds] = [|run: &Run| run.executions, |run: &Run| run.seconds]
        .map(|number: fn(&Run) -> u64| thousands(runs.iter().map(number).sum()));
    format!("{HEAD}{rows}| **together** | {executions} | {seconds} | | | | |\n")
}

/// A row of the page.
fn parsed(line: &str) -> Option<Run> {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let target = cells.get(1)?.strip_prefix('`')?.strip_suffix('`')?.to_owned();
    let numbers: Option<Vec<u64>> = cells[2..].iter().take(6).map(|cell| cell.replace(',', "").parse().ok()).collect();
    let [executions, seconds, seeds, inputs, edges, memory] = numbers?[..] else { return None };
    Some(Run { target, executions, seconds, seeds, inputs, edges, memory })
}

/// The page with these runs in place of older ones of the same targets.
fn documented(page: &str, runs: &[Run], targets: &[&str]) -> Result<String> {
    let (before, rest) = page.split_once(MARKS[0]).with_context(|| format!("{PAGE} has no {}", MARKS[0].trim()))?;
    let (old, after) = rest.split_once(MARKS[1]).with_context(|| format!("{PAGE} has no {}", MARKS[1]))?;
    let old: Vec<Run> = old.lines().filter_map(parsed).collect();
    let of = |target: &&str| runs.iter().chain(&old).find(|run| run.target == **target).cloned();
    let all: Vec<Run> = targets.iter().filter_map(of).collect();
    Ok(format!("{before}{}{}{}{after}", MARKS[0], table(&all), MARKS[1]))
}

/// Copies golden models, attacks and the target's own seeds into its corpus; how many there are.
fn seed(target: &str) -> Result<u64> {
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
    for case in children(&root().join("golden"))? {
        let Ok(files) = children(&case) else { continue };
        for file in files.iter().filter(|file| file.file_stem().is_some_and(|stem| stem == "model")) {
            let bytes = fs::read(file).context("read a model")?;
            if seeds::takes(target, &bytes) {
                keep(format!("golden-{}", name(&case)), &bytes)?;
            }
        }
    }
    for (name, bytes) in attacks(&root().join("golden/hostile"))? {
        keep(format!("attack-{name}"), &bytes)?;
    }
    let own = root().join("fuzz/seeds").join(target);
    for file in children(&own).unwrap_or_default().iter().filter(|file| file.extension().is_some_and(|e| e == "bin")) {
        keep(format!("seed-{}", name(file)), &fs::read(file).context("read a seed")?)?;
    }
    Ok(count)
}

fn children(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Names and bytes of the corpus of attacks, as far as they are short.
fn attacks(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    for path in children(&folder.join("files"))? {
        found.push((name(&path), fs::read(&path)?));
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

    const LOG: &str = "\
INFO: Loaded 1 modules   (312345 inline 8-bit counters)
#4096\tpulse  cov: 11 ft: 22 corp: 33/44Kb lim: 4096 exec/s: 2048 rss: 55Mb
#52131\tDONE   cov: 1204 ft: 3300 corp: 310/88Kb lim: 65536 exec/s: 868 rss: 120Mb
Done 52131 runs in 61 second(s)
stat::number_of_executed_units: 52131
stat::peak_rss_mb:              121
";

    fn run(target: &str, executions: u64) -> Run {
        Run { target: target.into(), executions, seconds: 61, seeds: 7, inputs: 310, edges: 1204, memory: 121 }
    }

    #[test]
    fn the_numbers_of_a_run_are_read() {
        assert_eq!(Run { target: "pickle".into(), seconds: 61, seeds: 7, ..read(LOG) }, run("pickle", 52_131));
        assert_eq!(read("crashed").executions, 0);
        assert_eq!(unhex("80ff0a"), [0x80, 0xff, 0x0a]);
    }

    #[test]
    fn the_page_keeps_the_rows_of_other_targets() {
        let page = format!("before\n{}{}after\n", MARKS[0], MARKS[1]);
        let targets = ["json", "pickle"];
        let page =
            documented(&page, &[run("json", 5), run("pickle", 1_234_567), run("gone", 9)], &targets).expect("a page");
        assert!(page.contains("| `pickle` | 1,234,567 | 61 | 7 | 310 | 1,204 | 121 |\n"), "{page}");
        let page = documented(&page, &[run("json", 1_000)], &targets).expect("a page");
        assert!(page.contains("| **together** | 1,235,567 | 122 | | | | |\n"), "{page}");
        assert!(page.starts_with("before\n") && page.ends_with("after\n") && !page.contains("gone"), "{page}");
        assert!(documented("no marks", &[], &targets).is_err());
    }

    #[test]
    fn attacks_become_seeds() {
        let attacks = attacks(&root().join("golden/hostile")).expect("the corpus");
        assert!(attacks.len() > 200, "{}", attacks.len());
    }
}
