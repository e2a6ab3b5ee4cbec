#![no_main]

#[path = "../entries.rs"]
mod entries;
#[path = "../memory.rs"]
mod memory;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entries::open(bytes));
