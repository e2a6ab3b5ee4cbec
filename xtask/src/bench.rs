//! `cargo xtask bench`: Fine against the Python pipeline, in turn on the same files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::python::environment;
use crate::run::{command, root, shown};

/// Pairs of runs when none are asked for.
const PAIRS: usize = 3;
/// Most memory that an audit of this table may take, in MB.
const MEMORY_MB: f64 = 1000.0;

/// What one run took.
struct Took {
    wall_s: f64,
    cpu_s: f64,
    memory_mb: f64,
}

/// Runs both programs `pairs` times, prints what each run took, and compares what both computed.
///
/// # Errors
/// A program that fails, quantities that differ, or an audit that is slower than the pipeline or needs too much memory.
pub fn bench(pairs: Option<&str>) -> Result<()> {
    let pairs = pairs.map_or(Ok(PAIRS), str::parse).context("read the number of runs")?.max(1);
    shown(command("cargo", ".").args(["build", "--release", "--locked", "-p", "fine-server"]))?;
    let python = environment("bench-venv", "bench/requirements.txt", &[])?;
    let folder = root().join("target/bench");
    fs::create_dir_all(&folder).context("make target/bench")?;
    println!("\n{:<10} {:>8} {:>8} {:>10}", "", "wall s", "CPU s", "memory MB");
    let (mut pipeline, mut fine) = (Vec::new(), Vec::new());
    for _ in 0..pairs {
        pipeline.push(took("python", &python, &pipeline_command(&python, &folder), &folder)?);
        fine.push(took("fine", &python, &fine_command(&folder), &folder)?);
    }
    let least = |runs: &[Took], of: fn(&Took) -> f64| runs.iter().map(of).fold(f64::INFINITY, f64::min);
    let most = |runs: &[Took], of: fn(&Took) -> f64| runs.iter().map(of).fold(0.0, f64::max);
    let (theirs, ours) = (least(&pipeline, |t| t.wall_s), least(&fine, |t| t.wall_s));
    println!("\nfastest runs: python {theirs:.1} s, fine {ours:.1} s: {:.1} times as fast", theirs / ours);
    let cpu = (least(&pipeline, |t| t.cpu_s), least(&fine, |t| t.cpu_s));
    let memory = (most(&pipeline, |t| t.memory_mb), most(&fine, |t| t.memory_mb));
    println!(
        "least CPU: python {:.1} s, fine {:.1} s; most memory: python {:.0} MB, fine {:.0} MB\n",
        cpu.0, cpu.1, memory.0, memory.1
    );
    let contributions = folder.join("contributions.json");
    let (data, model) = (example("adult_test.csv"), example("income_xgboost.joblib"));
    let mut own = command(&python.to_string_lossy(), ".");
    shown(own.args(["bench/contributions.py", &data, &model, "income"]).arg(&contributions))?;
    shown(
        command(&python.to_string_lossy(), ".")
            .arg("bench/compare.py")
            .args([folder.join("python.json"), folder.join("fine/result.json")])
            .arg("--contributions")
            .arg(contributions),
    )?;
    if ours >= theirs {
        bail!("the audit took longer than the Python pipeline");
    }
    if memory.1 > MEMORY_MB {
        bail!("the audit took more than {MEMORY_MB:.0} MB of memory");
    }
    Ok(())
}

fn took(name: &str, python: &Path, program: &[String], folder: &Path) -> Result<Took> {
    let out = folder.join("took.json");
    let log = |end: &str| fs::File::create(folder.join(format!("{name}.{end}"))).context("write a log");
    let mut measured = command(&python.to_string_lossy(), ".");
    measured.arg("bench/measure.py").arg(&out).args(program).stdout(log("out")?).stderr(log("err")?);
    let status = measured.stdin(Stdio::null()).status().context("start bench/measure.py")?;
    if !status.success() {
        bail!("bench/measure.py ended with {status}; see target/bench/{name}.err");
    }
    let text = fs::read_to_string(&out).context("read what a run took")?;
    let json: Value = serde_json::from_str(&text).context("read what a run took")?;
    // `fine audit` ends with 1 or 3 when the verdict is an issue or inconclusive; 2 is an error.
    let ended = json["status"].as_i64().unwrap_or(-1);
    if ended != 0 && !(name == "fine" && matches!(ended, 1 | 3)) {
        bail!("{name} ended with {ended}; see target/bench/{name}.err");
    }
    let number = |key: &str| json[key].as_f64().with_context(|| format!("read {key}"));
    let took = Took { wall_s: number("wall_s")?, cpu_s: number("cpu_s")?, memory_mb: number("memory_mb")? };
    println!("{name:<10} {:>8.1} {:>8.1} {:>10.0}", took.wall_s, took.cpu_s, took.memory_mb);
    Ok(took)
}

fn example(name: &str) -> String {
    root().join("examples/adult").join(name).to_string_lossy().into_owned()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

fn pipeline_command(python: &Path, folder: &Path) -> Vec<String> {
    let (data, model) = (example("adult_test.csv"), example("income_xgboost.joblib"));
    let out = folder.join("python.json");
    let (python, out) = (python.to_string_lossy(), out.to_string_lossy());
    let start = [&*python, "bench/python_pipeline.py", "--data", &data, "--model", &model];
    // The attack of the adversarial robustness toolbox halves its step for ever on some row of this table: it is left out, which
    // is time that the pipeline saves.
    [words(&start), words(&["--target", "income", "--sensitive", "sex,race", "--skip", "art", "--out", &out])].concat()
}

/// The whole audit, with reference data, which the pipeline does not use.
fn fine_command(folder: &Path) -> Vec<String> {
    let binary: PathBuf = root().join("target/release").join(format!("fine{}", std::env::consts::EXE_SUFFIX));
    let (data, model, reference) =
        (example("adult_test.csv"), example("income_xgboost.joblib"), example("adult_train.parquet"));
    let out = folder.join("fine");
    let (binary, out) = (binary.to_string_lossy(), out.to_string_lossy());
    let start = [&*binary, "audit", "--data", &data, "--model", &model, "--reference", &reference];
    [words(&start), words(&["--target", "income", "--positive", "1", "--protected", "sex,race", "--out", &out])]
        .concat()
}
