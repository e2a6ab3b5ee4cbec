//! `cargo xtask golden --matrix`: many estimators by many versions of their libraries, and the page about them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::run::{captured, command, root, shown};

const FOLDER: &str = "golden/matrix";

/// Makes the cases of every version with an interpreter here, and the archives when all versions could be made.
///
/// `golden/matrix/requirements/<version>.txt` names the interpreter in its first line: `# python 3.11`.
pub fn make() -> Result<()> {
    let folder = root().join(FOLDER);
    let cases = root().join("target/matrix");
    let mut lists: Vec<_> =
        fs::read_dir(folder.join("requirements")).context("read requirements")?.collect::<Result<_, _>>()?;
    lists.sort_by_key(fs::DirEntry::path);
    let (mut left_out, mut newest) = (Vec::new(), PathBuf::new());
    for list in lists.iter().map(fs::DirEntry::path) {
        let version = list.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&list)?;
        let wanted = text.lines().next().and_then(|line| line.strip_prefix("# python ")).unwrap_or("").trim();
        let Some(interpreter) = interpreter(wanted) else {
            left_out.push(format!("{version} (needs Python {wanted})"));
            continue;
        };
        println!("==> scikit-learn {version}, Python {wanted}");
        let python = environment(&interpreter, &version, &list)?;
        let out = cases.join(&version);
        let _ = fs::remove_dir_all(&out);
        shown(command(&python.to_string_lossy(), FOLDER).arg("make.py").arg(&out))?;
        newest = python;
    }
    if !left_out.is_empty() {
        bail!("left out {}; the archives were not written", left_out.join(", "));
    }
    shown(command(&newest.to_string_lossy(), FOLDER).arg("freeze.py").arg(&cases).arg("frozen"))?;
    page()
}

/// Takes off `refused.toml` what passes now, and writes `docs/model-matrix.md` from a run of the test over the archives.
pub fn page() -> Result<()> {
    let run = || {
        let mut test = command("cargo", ".");
        test.args(["test", "--workspace", "--locked", "--test", "it", "matrix::", "--", "--nocapture"]);
        test.env("FINE_MATRIX_WRITE", "1");
        test
    };
    let results = root().join("target/model-matrix.json");
    let _ = fs::remove_file(&results);
    if shown(&mut run()).is_ok() {
        return Ok(());
    }
    if !results.is_file() {
        bail!("the test of the matrix did not run");
    }
    let system = if cfg!(windows) { "python" } else { "python3" };
    shown(command(system, FOLDER).arg("shrink.py").arg(&results).arg("refused.toml"))?;
    shown(&mut run())
}

/// An interpreter of `major.minor` that answers, on the path or among those of pyenv, whose shims are there without their versions, too.
fn interpreter(version: &str) -> Option<PathBuf> {
    let name = format!("python{version}");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> = std::env::split_paths(&path).map(|folder| folder.join(&name)).collect();
    let versions = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv/versions"));
    let mut own: Vec<PathBuf> = versions
        .and_then(|folder| fs::read_dir(folder).ok())
        .map(|entries| entries.filter_map(|e| Some(e.ok()?.path().join("bin").join(&name))).collect())
        .unwrap_or_default();
    own.sort();
    found.extend(own.into_iter().rev());
    found
        .into_iter()
        .find(|file| file.is_file() && captured(command(&file.to_string_lossy(), ".").arg("--version")).is_ok())
}

fn program(venv: &Path) -> PathBuf {
    venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

fn environment(interpreter: &Path, version: &str, list: &Path) -> Result<PathBuf> {
    let venv = root().join(format!("target/matrix-venv-{version}"));
    let python = program(&venv);
    if !python.is_file() {
        shown(command(&interpreter.to_string_lossy(), ".").args(["-m", "venv"]).arg(&venv))?;
        let made = shown(command(&python.to_string_lossy(), ".").args(["-m", "pip", "install", "-q", "-r"]).arg(list));
        if made.is_err() {
            // A half-made environment would be taken for a whole one.
            let _ = fs::remove_dir_all(&venv);
        }
        made?;
    }
    Ok(python)
}
