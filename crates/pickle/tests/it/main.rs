//! Files written by Python, and files written to break the reader.
#![allow(clippy::unwrap_used)]

mod canonical;
mod hostile;
mod mutations;
mod values;

use std::path::PathBuf;

fn data(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
