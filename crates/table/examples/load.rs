//! Reads a table and prints its shape and the time taken: `cargo run --release -p fine-table --example load -- FILE`.
#![allow(clippy::print_stdout)]

use std::time::Instant;

use fine_table::{Limits, Values};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: load FILE")?;
    let bytes = std::fs::read(&path)?;
    let start = Instant::now();
    let read = fine_table::read(&bytes, &path, &Limits::default())?;
    let seconds = start.elapsed().as_secs_f64();
    let table_bytes: usize = read
        .table
        .columns()
        .iter()
        .map(|c| match &c.values {
            Values::Number { values, .. } => values.len() * 8,
            Values::Text { codes, dictionary } => {
                codes.len() * 4 + dictionary.iter().map(|s| s.len() + 24).sum::<usize>()
            }
        })
        .sum();
    println!(
        "{} rows x {} columns, file {:.1} MB, table {:.1} MB, read in {seconds:.3} s",
        read.table.rows(),
        read.table.columns().len(),
        bytes.len() as f64 / 1e6,
        table_bytes as f64 / 1e6
    );
    Ok(())
}
