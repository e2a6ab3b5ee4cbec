//! Rows that are equal in some columns.

use fine_table::{Column, Table, Values};
use rayon::prelude::*;

const BLOCK: usize = 1 << 14;

/// Groups of two or more rows that are equal in every one of the columns, missing equal to missing, `0` equal to `-0`. Rows
/// ascend within a group; groups come in a fixed order.
pub(in super::super) fn equal_rows(table: &Table, columns: &[usize]) -> Vec<Vec<u32>> {
    if columns.is_empty() {
        return Vec::new();
    }
    let columns: Vec<&Column> = columns.iter().map(|i| table.columns()[*i].as_ref()).collect();
    let mut hashed: Vec<(u64, u32)> = (0..table.rows() as u32).map(|r| (0, r)).collect();
    hashed.par_chunks_mut(BLOCK).for_each(|block| {
        for column in &columns {
            for (hash, row) in block.iter_mut() {
                *hash = mix(*hash ^ key(column, *row as usize));
            }
        }
    });
    hashed.par_sort_unstable();
    hashed.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1).flat_map(|run| split(run, &columns)).collect()
}

/// Rows of one hash, apart where they are not really equal.
fn split(run: &[(u64, u32)], columns: &[&Column]) -> Vec<Vec<u32>> {
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for (_, row) in run {
        let same = |group: &&mut Vec<u32>| columns.iter().all(|c| key(c, group[0] as usize) == key(c, *row as usize));
        match groups.iter_mut().find(same) {
            Some(group) => group.push(*row),
            None => groups.push(vec![*row]),
        }
    }
    groups.retain(|g| g.len() > 1);
    groups
}

/// The identity of a cell within its column.
fn key(column: &Column, row: usize) -> u64 {
    match &column.values {
        Values::Text { codes, .. } => u64::from(codes[row]),
        Values::Number { values, .. } if values[row].is_nan() => u64::MAX,
        Values::Number { values, .. } => (values[row] + 0.0).to_bits(),
    }
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
