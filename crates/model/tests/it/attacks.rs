//! Every file of `golden/hostile`: the right refusal, quickly, and nothing of it is run.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fine_model::import::{self, Limits, Opened};
use serde::Deserialize;

/// What every payload of the corpus would make.
const SENTINEL: &str = "fine-hostile-sentinel";
/// Longest time for one file.
const LONGEST: Duration = Duration::from_secs(1);

/// A row of `cases.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attack {
    /// Unique id.
    pub name: String,
    #[allow(dead_code)]
    about: String,
    /// Stable codes of the refusal, one of which must be met; `opens` for a model that can be run.
    pub codes: Vec<String>,
    /// Names that must be listed as dangers.
    #[serde(default)]
    dangers: Vec<String>,
    /// A file in `golden/hostile/files`.
    file: Option<String>,
    /// Hexadecimal bytes and how often they stand there.
    parts: Option<Vec<(String, usize)>>,
    /// A file in `golden`.
    base: Option<String>,
    /// Hexadecimal bytes in it and what they become, everywhere.
    #[serde(default)]
    edits: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Corpus {
    case: Vec<Attack>,
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden")
}

/// The corpus.
pub fn attacks() -> Vec<Attack> {
    let text = std::fs::read_to_string(golden().join("hostile/cases.toml")).expect("cases.toml");
    toml::from_str::<Corpus>(&text).expect("cases.toml").case
}

impl Attack {
    /// The file's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        if let Some(parts) = &self.parts {
            return parts
                .iter()
                .flat_map(|(hex, times)| hex::decode(hex).expect("hexadecimal").repeat(*times))
                .collect();
        }
        let path = match (&self.file, &self.base) {
            (Some(file), _) => golden().join("hostile/files").join(file),
            (None, Some(base)) => golden().join(base),
            (None, None) => panic!("{} has no content", self.name),
        };
        let mut bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for (old, new) in &self.edits {
            bytes = replaced(&bytes, &hex::decode(old).expect("hexadecimal"), &hex::decode(new).expect("hexadecimal"));
        }
        bytes
    }
}

fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let (mut out, mut at, mut count) = (Vec::with_capacity(bytes.len()), 0, 0);
    while at < bytes.len() {
        if bytes[at..].starts_with(old) {
            out.extend_from_slice(new);
            at += old.len();
            count += 1;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    assert!(count > 0, "nothing to replace");
    out
}

/// Code of the refusal (`opens` without one), and the names of the dangers that are listed.
fn open(bytes: &[u8]) -> (&'static str, Vec<String>) {
    match import::open(bytes, &Limits::default(), None) {
        Ok(Opened { facts, model }) => {
            let dangers = facts.dangers.into_iter().map(|danger| danger.name).collect();
            (model.map_or_else(|error| error.stable_code(), |_| "opens"), dangers)
        }
        Err(error) => (error.stable_code(), Vec::new()),
    }
}

/// Time of a piece of work: that of this thread on a processor where the system says it, so that a busy machine does not
/// count, else by the clock.
pub fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let on_processor = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    };
    let (clock, before) = (Instant::now(), on_processor());
    let outcome = work();
    match (before, on_processor()) {
        (Some(before), Some(after)) => (after.saturating_sub(before), outcome),
        _ => (clock.elapsed(), outcome),
    }
}

#[test]
fn every_attack_is_refused_as_it_should_and_nothing_of_it_runs() {
    let mut wrong = Vec::new();
    let all = attacks();
    assert!(all.len() >= 300, "{} attacks", all.len());
    for attack in &all {
        let bytes = attack.bytes();
        let (time, (code, dangers)) = timed(|| open(&bytes));
        if time > LONGEST {
            wrong.push(format!("{}: {time:?}", attack.name));
        }
        if !attack.codes.iter().any(|expected| expected == code) {
            wrong.push(format!("{}: {code}, expected {:?}", attack.name, attack.codes));
        }
        if let Some(missing) = attack.dangers.iter().find(|name| !dangers.contains(name)) {
            wrong.push(format!("{}: {missing} is not listed, but {dangers:?}", attack.name));
        }
        if attack.dangers.is_empty() && !dangers.is_empty() {
            wrong.push(format!("{}: {dangers:?} are no dangers", attack.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
    let home = std::env::var_os("HOME").map(PathBuf::from);
    for folder in [Some(".".into()), Some(std::env::temp_dir()), home, Some(golden())].into_iter().flatten() {
        assert!(!folder.join(SENTINEL).exists(), "{} was run", folder.display());
    }
}

#[test]
fn names_are_unique_and_every_file_is_used() {
    let all = attacks();
    let mut names: Vec<&str> = all.iter().map(|attack| attack.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all.len());
    for entry in std::fs::read_dir(golden().join("hostile/files")).expect("files") {
        let file = entry.expect("entry").file_name().to_string_lossy().into_owned();
        assert!(all.iter().any(|attack| attack.file.as_ref() == Some(&file)), "{file} is in no case");
    }
}

/// A danger says where it is and with what, in at most 120 printable characters.
#[test]
fn dangers_are_listed_with_offset_and_escaped_arguments() {
    for attack in attacks().iter().filter(|attack| !attack.dangers.is_empty()) {
        let bytes = attack.bytes();
        let opened = import::open(&bytes, &Limits::default(), None).expect("listed");
        for danger in &opened.facts.dangers {
            assert!(danger.arguments.chars().count() <= 120, "{}: {}", attack.name, danger.arguments);
            assert!(!danger.arguments.contains(char::is_control), "{}: {}", attack.name, danger.arguments);
        }
        let calls = &opened.facts.calls;
        assert_eq!(calls.len() as u64, opened.facts.call_count.min(200), "{}", attack.name);
        assert!(calls.windows(2).all(|pair| pair[0].offset < pair[1].offset), "{}", attack.name);
        let called = opened.facts.dangers.iter().filter(|danger| !danger.arguments.is_empty());
        for danger in called {
            assert!(calls.iter().any(|call| call.offset == danger.offset), "{}: {danger:?}", attack.name);
        }
    }
}
