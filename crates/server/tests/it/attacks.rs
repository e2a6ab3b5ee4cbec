//! The whole corpus of `golden/hostile` through the child process: the same answers in little memory, and no file made.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::sandbox::child;

/// Memory of a child; the largest content that a small file may unpack to is 64 MiB.
const MEMORY: u64 = 512 << 20;

#[derive(Deserialize)]
struct Corpus {
    case: Vec<Attack>,
}

#[derive(Deserialize)]
struct Attack {
    name: String,
    codes: Vec<String>,
    #[serde(default)]
    dangers: Vec<String>,
    file: Option<String>,
    parts: Option<Vec<(String, usize)>>,
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/hostile")
}

impl Attack {
    /// The bytes; `None` for an edited golden model, which is like any other model to the child.
    fn bytes(&self) -> Option<Vec<u8>> {
        match (&self.file, &self.parts) {
            (Some(file), _) => Some(std::fs::read(golden().join("files").join(file)).expect("an attack")),
            (None, Some(parts)) => Some(
                parts.iter().flat_map(|(hex, times)| hex::decode(hex).expect("hexadecimal").repeat(*times)).collect(),
            ),
            (None, None) => None,
        }
    }
}

/// Code of the answer, and names of the listed dangers.
fn answer(path: &Path) -> Result<(String, Vec<String>), String> {
    let output = child(&json!({
        "task": {"describe": {"path": path, "name": "attack"}},
        "allowance": {"memory_bytes": MEMORY, "time": {"secs": 60, "nanos": 0}, "threads": 1},
    }));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let last = text.lines().last().and_then(|line| serde_json::from_str::<Value>(line).ok());
    let Some(last) = last.filter(|_| output.status.success()) else {
        return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)));
    };
    let code = |problem: &Value| problem["code"].as_str().unwrap_or("no code").to_owned();
    if let Some(problem) = last["refused"].get("file") {
        return Ok((code(problem), Vec::new()));
    }
    let details = &last["answer"]["value"]["details"];
    let dangers = details["facts"]["dangers"].as_array().into_iter().flatten();
    let dangers = dangers.map(|danger| danger["name"].as_str().unwrap_or_default().to_owned()).collect();
    Ok((if details["problem"].is_null() { "opens".to_owned() } else { code(&details["problem"]) }, dangers))
}

#[test]
fn every_attack_costs_a_child_nothing_but_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let corpus: Corpus = toml::from_str(&std::fs::read_to_string(golden().join("cases.toml")).unwrap()).unwrap();
    let attacks: Vec<(Attack, PathBuf)> = corpus
        .case
        .into_iter()
        .filter_map(|attack| {
            let bytes = attack.bytes()?;
            let path = folder.path().join(&attack.name);
            std::fs::write(&path, bytes).unwrap();
            Some((attack, path))
        })
        .collect();
    assert!(attacks.len() >= 250, "{}", attacks.len());
    let next = AtomicUsize::new(0);
    let wrong = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((attack, path)) = attacks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let fail = |text: String| wrong.lock().unwrap().push(format!("{}: {text}", attack.name));
                    match answer(path) {
                        Err(end) => fail(end),
                        // Without a runtime no graph is opened; which one is missing does not matter here.
                        Ok((code, dangers)) => {
                            if !attack.codes.contains(&code) {
                                fail(format!("{code}, expected {:?}", attack.codes));
                            }
                            if attack.dangers.iter().any(|name| !dangers.contains(name)) {
                                fail(format!("{dangers:?}, expected {:?}", attack.dangers));
                            }
                        }
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), attacks.len(), wrong.join("\n"));
    // Nothing was made beside the attacks themselves, here or where the tests run.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), attacks.len());
    assert!(!Path::new("fine-hostile-sentinel").exists());
}
