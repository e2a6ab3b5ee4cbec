//! Mutations of every golden and hostile file through the same functions as the fuzz targets (`fuzz/`), with a seeded
//! generator: nothing panics, memory stays bounded by the file, and the same bytes give the same answer.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::attacks::{attacks, timed};

#[path = "../../../../fuzz/entries.rs"]
mod entries;

/// Time for all seeds together; how many mutants that is depends on the machine, which ones come first does not.
const BUDGET: Duration = Duration::from_secs(20);
/// Mutants of one seed.
const EACH: u64 = 400;
/// Seeds beyond this are left to the fuzzer.
const LARGEST: usize = 64 << 10;

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

fn seeds() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden");
    let mut files: Vec<PathBuf> = std::fs::read_dir(root)
        .expect("golden folder")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.is_dir())
        .flat_map(|folder| std::fs::read_dir(folder).expect("a case").map(|entry| entry.expect("entry").path()))
        .filter(|path| path.file_stem().is_some_and(|stem| stem == "model"))
        .collect();
    files.sort();
    assert!(files.len() >= 60, "{} models", files.len());
    let models = files.into_iter().map(|path| std::fs::read(path).expect("a model"));
    models.chain(attacks().iter().map(|attack| attack.bytes())).filter(|bytes| bytes.len() <= LARGEST).collect()
}

#[test]
fn mutants_of_every_file_end_in_an_answer() {
    let seeds = seeds();
    let start = Instant::now();
    let mut random = Random(20_260_101);
    let (mut count, mut slowest) = (0u64, Duration::ZERO);
    // Round by round, so that a slow machine has seen every seed too.
    'all: for round in 0..EACH {
        for (index, seed) in seeds.iter().enumerate() {
            let other = &seeds[random.below(seeds.len())];
            let mutant = mutated(seed, other, &mut random);
            let (time, first) = timed(|| entries::outcome(&mutant));
            slowest = slowest.max(time);
            if count.is_multiple_of(16) {
                assert_eq!(
                    first,
                    entries::outcome(&mutant),
                    "seed {index}, round {round}: two answers to the same bytes"
                );
            }
            // The parsers that a whole file seldom reaches.
            match count % 8 {
                1 => entries::pickle(&mutant),
                2 => entries::arrays(&mutant),
                3 => entries::decompress(&mutant),
                4 => entries::json(&mutant),
                5 => entries::lightgbm(&mutant),
                6 => entries::onnx(&mutant),
                _ => {}
            }
            count += 1;
            if start.elapsed() > BUDGET && round >= 3 {
                break 'all;
            }
        }
    }
    println!("{count} mutants of {} files, slowest {slowest:?}", seeds.len());
    assert!(count >= 3 * seeds.len() as u64, "{count} mutants");
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
}
