//! Audited rows that the reference has too, by hashes of their features; equal hashes are compared cell by cell.

use std::cmp::Reverse;
use std::collections::HashMap;

use fine_table::{Column, MISSING};
use rayon::prelude::*;

use super::report::Shared;
use crate::estimate::Estimate;
use crate::joint::Cells;
use crate::stage::StageError;
use crate::stats::proportion::share;
use crate::subject::{Reference, Subject};

/// Fewest features of a near-duplicate: with fewer, rows that differ in one of them are nothing special.
pub(super) const LEAST_FEATURES: usize = 5;

/// One feature of both tables as keys: equal cells have equal keys, missing equals missing.
struct Feature {
    name: String,
    keys: [Vec<u64>; 2],
}

/// `tick(done)` is called before each feature that is left out, of which there are as many as features.
///
/// # Errors
/// What `tick` returns.
pub(super) fn shared(
    subject: &Subject,
    reference: &Reference,
    examples: usize,
    tick: impl Fn(usize) -> Result<(), StageError>,
) -> Result<Option<Shared>, StageError> {
    let (mut features, mut absent) = (Vec::new(), Vec::new());
    for at in &subject.feature_columns {
        let audited = &subject.table.columns()[*at];
        match reference.table.column(&audited.name) {
            Some(own) => features.push(Feature { name: audited.name.clone(), keys: keys(own, audited) }),
            None => absent.push(audited.name.clone()),
        }
    }
    if features.is_empty() {
        return Ok(None);
    }
    let rows = [reference.table.rows(), subject.rows()];
    let sums = [0, 1].map(|s| sums(&features, s, rows[s]));
    let first = index(&sums[0]);
    let found: Vec<Option<u32>> =
        (0..rows[1]).into_par_iter().map(|row| equal(&features, &first, sums[1][row], row, None)).collect();
    let hits = found.iter().flatten().count() as u64;
    let n = rows[1] as u64;
    let mut pairs: Vec<[u64; 2]> =
        found.iter().enumerate().filter_map(|(row, own)| own.map(|own| [row as u64, u64::from(own)])).collect();
    pairs.truncate(examples);
    let (near, near_by_feature) = near(&features, &sums, &found, &tick)?;
    Ok(Some(Shared {
        reference_rows: rows[0] as u64,
        features: features.len() as u64,
        absent,
        rows: share(hits, n),
        repeated: share(repeated(&features, &sums[1]), n),
        examples: pairs,
        near,
        near_by_feature,
    }))
}

/// A share, and rows by feature.
type Near = (Option<Estimate>, Vec<(String, u64)>);

/// Audited rows without an equal that differ from a reference row in exactly one feature.
fn near(
    features: &[Feature],
    sums: &[Vec<u64>; 2],
    found: &[Option<u32>],
    tick: &impl Fn(usize) -> Result<(), StageError>,
) -> Result<Near, StageError> {
    if features.len() < LEAST_FEATURES {
        return Ok((None, Vec::new()));
    }
    let mut is_near = vec![false; found.len()];
    let mut by_feature = Vec::new();
    for (left_out, feature) in features.iter().enumerate() {
        tick(left_out)?;
        let without = |s: usize| -> Vec<u64> {
            let keys = feature.keys[s].iter();
            sums[s].iter().zip(keys).map(|(sum, key)| sum.wrapping_sub(mixed(left_out, *key))).collect()
        };
        let first = index(&without(0));
        let own = without(1);
        let hits: Vec<u32> = (0..found.len() as u32)
            .into_par_iter()
            .filter(|row| {
                let at = *row as usize;
                found[at].is_none() && equal(features, &first, own[at], at, Some(left_out)).is_some()
            })
            .collect();
        hits.iter().for_each(|row| is_near[*row as usize] = true);
        if !hits.is_empty() {
            by_feature.push((feature.name.clone(), hits.len() as u64));
        }
    }
    by_feature.sort_by_key(|(_, rows)| Reverse(*rows));
    let others = found.iter().filter(|own| own.is_none()).count() as u64;
    let near = is_near.iter().filter(|near| **near).count() as u64;
    Ok((Some(share(near, others)), by_feature))
}

/// Reference rows by hash, ascending.
fn index(hashes: &[u64]) -> HashMap<u64, Vec<u32>> {
    let mut out: HashMap<u64, Vec<u32>> = HashMap::with_capacity(hashes.len());
    hashes.iter().enumerate().for_each(|(row, hash)| out.entry(*hash).or_default().push(row as u32));
    out
}

/// The first reference row that really equals an audited row, one feature left out or none. Of rows that are equal among
/// themselves only the first need be looked at, so that a value that all rows share costs no more.
fn equal(
    features: &[Feature],
    index: &HashMap<u64, Vec<u32>>,
    hash: u64,
    row: usize,
    left_out: Option<usize>,
) -> Option<u32> {
    let same = |own: u32| {
        let mut kept = features.iter().enumerate().filter(|(at, _)| Some(*at) != left_out);
        kept.all(|(_, f)| f.keys[0][own as usize] == f.keys[1][row])
    };
    index.get(&hash)?.iter().copied().find(|own| same(*own))
}

/// Audited rows that equal another audited row.
fn repeated(features: &[Feature], hashes: &[u64]) -> u64 {
    let mut groups: HashMap<u64, Vec<u32>> = index(hashes);
    let same = |a: u32, b: u32| features.iter().all(|f| f.keys[1][a as usize] == f.keys[1][b as usize]);
    let in_group = |rows: &mut Vec<u32>| -> u64 {
        let mut count = 0;
        while let Some(first) = rows.pop() {
            let before = rows.len();
            rows.retain(|row| !same(*row, first));
            let equal = (before - rows.len()) as u64;
            count += if equal > 0 { equal + 1 } else { 0 };
        }
        count
    };
    groups.values_mut().filter(|rows| rows.len() > 1).map(in_group).sum()
}

/// Sum of the mixed keys of each row: one feature is left out by taking its part away.
fn sums(features: &[Feature], side: usize, rows: usize) -> Vec<u64> {
    let of = |row: usize| {
        features.iter().enumerate().fold(0u64, |sum, (at, f)| sum.wrapping_add(mixed(at, f.keys[side][row])))
    };
    (0..rows).into_par_iter().map(of).collect()
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014), apart for each feature.
fn mixed(feature: usize, key: u64) -> u64 {
    let mut z = key ^ (feature as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn keys(reference: &Column, audited: &Column) -> [Vec<u64>; 2] {
    match Cells::of(reference, audited).0 {
        Cells::Numbers(values) => {
            values.map(|side| side.iter().map(|v| if v.is_nan() { u64::MAX } else { (v + 0.0).to_bits() }).collect())
        }
        Cells::Categories { codes, .. } => {
            codes.map(|side| side.iter().map(|c| if *c == MISSING { u64::MAX } else { u64::from(*c) }).collect())
        }
    }
}
