//! The readers from outside: files of other libraries, bad input, hostile input, round trips.

mod bad_input;
mod formats;
mod hostile;
mod large;
mod round_trip;

/// Counts every byte that the tests ask for.
#[global_allocator]
static MEMORY: &stats_alloc::StatsAlloc<std::alloc::System> = &stats_alloc::INSTRUMENTED_SYSTEM;

use fine_table::{Limits, ReadTable, TableError};

fn read(bytes: &[u8]) -> Result<ReadTable, TableError> {
    fine_table::read(bytes, "file", &Limits::default())
}

fn golden(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/table-readers").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
