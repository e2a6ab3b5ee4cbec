//! Mutations of every golden and hostile file through the same functions as the fuzz targets (`fuzz/`), with a seeded
//! generator: nothing panics, nothing takes long, and the same bytes give the same answer.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use entries::{ENTRIES, Entry};
use fine_model::import::{self, Limits};

use crate::attacks::{attacks, timed};

#[path = "../../../../fuzz/entries.rs"]
pub mod entries;
#[path = "../../../../fuzz/seeds.rs"]
mod seeds;

/// Seeds beyond this are left to the fuzzer.
const LARGEST: usize = 64 << 10;

/// How much is tried with one entry. How many mutants that is depends on the machine, which ones come first does not.
struct Bounds {
    /// Time after which no more mutants are made, when each seed had one.
    time: Duration,
    /// Most mutants.
    count: usize,
    /// Longest time for one mutant.
    longest: Duration,
}

impl Bounds {
    fn of(time: Duration) -> Self {
        Self { time, count: 40_000, longest: Duration::from_secs(5) }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// What readers trip over: opcodes, lengths, text of numbers.
const TOKENS: &[&[u8]] = &[
    b"\x80\x05",
    b"(",
    b".",
    b"0",
    b"1",
    b"2",
    b"N",
    b"R",
    b"b",
    b"]",
    b"}",
    b"t",
    b"u",
    b"e",
    b"\x81",
    b"\x85",
    b"\x93",
    b"h\x00",
    b"h\x01",
    b"q\x00",
    b"\x94",
    b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"B\xff\xff\xff\xff",
    b"K\xff",
    b"J\xff\xff\xff\x7f",
    b"J\xff\xff\xff\xff",
    b"cos\nsystem\n",
    b"[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"[",
    b"{",
    b"\"",
    b",",
    b"-1",
    b"1e999",
    b"NaN",
    b"4294967296",
    b"18446744073709551616",
    b"=",
    b"\n",
    b"\x00",
    b"\xff",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\x00\x00\x00\x00\x00\x00\xf8\x7f",
    b"\x00\x00\x00\x00\x00\x00\xf0\x7f",
];

fn mutated(seed: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..1 + random.below(4) {
        if bytes.is_empty() {
            break;
        }
        let at = random.below(bytes.len());
        let length = 1 + random.below(24);
        let end = (at + length).min(bytes.len());
        match random.below(9) {
            0 => bytes[at] = random.next() as u8,
            1 => bytes[at] ^= 1 << random.below(8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => {
                let token = TOKENS[random.below(TOKENS.len())];
                bytes.splice(at..at, token.iter().copied());
            }
            5 => {
                let token = TOKENS[random.below(TOKENS.len())];
                let end = (at + token.len()).min(bytes.len());
                bytes.splice(at..end, token.iter().copied());
            }
            6 => bytes[at..end].fill([0, 0xff, 0x7f, b'9'][random.below(4)]),
            7 if random.below(4) == 0 => bytes.truncate(at),
            _ if !other.is_empty() => {
                let from = random.below(other.len());
                let piece = &other[from..(from + length).min(other.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            _ => {}
        }
    }
    bytes
}

/// Mutants through one entry: how many there were and the longest time of one, or what is wrong with which input.
fn tried(name: &str, entry: Entry, seeds: &[Vec<u8>], bounds: &Bounds) -> Result<(usize, Duration), String> {
    let start = Instant::now();
    let mut random = Random(name.bytes().fold(20_260_101, |sum, byte| sum.rotate_left(8) ^ u64::from(byte)));
    let mut slowest = Duration::ZERO;
    // Round by round, so that a slow machine has seen every seed too.
    for (count, seed) in seeds.iter().cycle().enumerate().take(bounds.count) {
        if count >= seeds.len() && start.elapsed() > bounds.time {
            return Ok((count, slowest));
        }
        let other = &seeds[random.below(seeds.len())];
        let mutant = mutated(seed, other, &mut random);
        let (time, outcome) = timed(|| catch_unwind(AssertUnwindSafe(|| entry(&mutant))));
        slowest = slowest.max(time);
        let wrong = match outcome {
            Err(_) => "panicked".to_owned(),
            Ok(()) if time > bounds.longest => format!("took {time:?}"),
            Ok(()) => continue,
        };
        let file = std::env::temp_dir().join(format!("fine-mutant-{name}"));
        let kept = std::fs::write(&file, &mutant).map_or_else(|e| e.to_string(), |()| file.display().to_string());
        return Err(format!("{name} {wrong} at mutant {count}, seed {}; the input is {kept}", count % seeds.len()));
    }
    Ok((bounds.count, slowest))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("entry").path()).collect();
    files.sort();
    files
}

/// Golden models, attacks, and the seeds of the targets, with the name of the target for those.
fn all_seeds() -> Vec<(Option<String>, Vec<u8>)> {
    let cases = files(&folder().join("golden")).into_iter().filter(|path| path.is_dir());
    let models = cases.flat_map(|case| files(&case)).filter(|path| path.file_stem().is_some_and(|s| s == "model"));
    let mut seeds: Vec<_> = models.map(|path| (None, std::fs::read(path).expect("a model"))).collect();
    assert!(seeds.len() >= 200, "{} models", seeds.len());
    seeds.extend(attacks().iter().map(|attack| (None, attack.bytes())));
    for target in files(&folder().join("fuzz/seeds")) {
        let name = target.file_name().expect("a name").to_string_lossy().into_owned();
        let own = files(&target).into_iter().filter(|path| path.extension().is_some_and(|e| e == "bin"));
        seeds.extend(own.map(|path| (Some(name.clone()), std::fs::read(path).expect("a seed"))));
    }
    seeds.retain(|(_, bytes)| bytes.len() <= LARGEST);
    seeds
}

fn seeds_of(name: &str, all: &[(Option<String>, Vec<u8>)]) -> Vec<Vec<u8>> {
    let takes = |(target, bytes): &&(Option<String>, Vec<u8>)| match target {
        Some(target) => target == name,
        None => seeds::takes(name, bytes),
    };
    all.iter().filter(takes).map(|(_, bytes)| bytes.clone()).collect()
}

#[test]
fn mutants_of_every_file_end_in_an_answer() {
    let all = all_seeds();
    let mut wrong = Vec::new();
    for (name, entry) in ENTRIES {
        let seeds = seeds_of(name, &all);
        assert!(seeds.len() >= 3, "{name} has {} seeds", seeds.len());
        // Most readers are behind `open`.
        let seconds = if *name == "open" { 5 } else { 1 };
        match tried(name, *entry, &seeds, &Bounds::of(Duration::from_secs(seconds))) {
            Ok((count, slowest)) => {
                println!("{name:<14} {count:>6} mutants of {:>3} files, slowest {slowest:?}", seeds.len())
            }
            Err(error) => wrong.push(error),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_bytes_give_the_same_answer() {
    let twice = |bytes: &[u8]| assert_eq!(entries::outcome(bytes), entries::outcome(bytes));
    let seeds = seeds_of("open", &all_seeds());
    tried("twice", twice, &seeds, &Bounds::of(Duration::from_secs(1))).expect("the same answers");
}

#[test]
fn a_panic_and_a_slow_answer_are_found() {
    let bounds = Bounds { time: Duration::from_secs(5), count: 1_000, longest: Duration::from_millis(5) };
    let seeds = [b"0123456789".to_vec()];
    let falls = |bytes: &[u8]| assert!(!bytes.contains(&0xff));
    let error = tried("falls", falls, &seeds, &bounds).expect_err("it panics");
    assert!(error.starts_with("falls panicked at mutant "), "{error}");
    let sleeps = |bytes: &[u8]| {
        let start = Instant::now();
        while bytes.contains(&0xff) && start.elapsed() < Duration::from_millis(100) {}
    };
    let error = tried("sleeps", sleeps, &seeds, &bounds).expect_err("it is slow");
    assert!(error.starts_with("sleeps took "), "{error}");
    tried("fine", |_| {}, &seeds, &bounds).expect("nothing is wrong");
}

/// An entry that is on no list, a target without an entry, an entry without a target.
#[test]
fn every_entry_is_a_fuzz_target_and_is_tried_here() {
    let fuzz = folder().join("fuzz");
    let text = std::fs::read_to_string(fuzz.join("entries.rs")).expect("the entries");
    let functions = text.lines().filter_map(|line| line.strip_prefix("pub fn ")?.strip_suffix("(bytes: &[u8]) {"));
    let functions: BTreeSet<&str> = functions.collect();
    let listed: BTreeSet<&str> = ENTRIES.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, functions, "fuzz/entries.rs");
    for name in &listed {
        let target = std::fs::read_to_string(fuzz.join(format!("fuzz_targets/{name}.rs"))).expect("a target");
        assert!(target.contains(&format!("entries::{name}(bytes)")), "fuzz_targets/{name}.rs");
    }
    let targets = files(&fuzz.join("fuzz_targets"));
    assert_eq!(targets.len(), listed.len(), "{targets:?}");
    let manifest: toml::Table =
        toml::from_str(&std::fs::read_to_string(fuzz.join("Cargo.toml")).expect("a manifest")).expect("a manifest");
    let binaries = manifest["bin"].as_array().expect("binaries");
    let binaries: BTreeSet<&str> = binaries.iter().map(|bin| bin["name"].as_str().expect("a name")).collect();
    assert_eq!(binaries, listed, "fuzz/Cargo.toml");
}

/// Bytes that the targets put into a container open like any file.
#[test]
fn containers_are_put_right() {
    let opens = |bytes: &[u8]| {
        let opened = import::open(bytes, &Limits::default(), None).expect("a file");
        opened.model.expect("a model");
    };
    let whole = std::fs::read(folder().join("golden/model-catboost-binary/model.cbm")).expect("a model");
    opens(&entries::catboost_file(&whole[8..]));
    for path in
        files(&folder().join("fuzz/seeds/skops")).iter().filter(|path| path.extension().is_some_and(|e| e == "bin"))
    {
        opens(&entries::skops_file(&std::fs::read(path).expect("a seed")));
    }
}
