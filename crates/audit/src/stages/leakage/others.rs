//! Entities and times of both tables.

use std::collections::HashSet;

use fine_table::{Column, NumberKind, Values};

use super::report::{Ids, Times};
use crate::estimate::Estimate;
use crate::joint::Cells;
use crate::subject::{Reference, Subject};

/// Entities that are in both tables, written as text. A count of the table, not an estimate.
///
/// # Errors
/// The reason id when there is nothing to compare.
pub(super) fn ids(subject: &Subject, reference: &Reference) -> Result<Ids, &'static str> {
    let name = subject.roles.entity.as_ref().ok_or("no-entity")?;
    let (own, audited) = both(subject, reference, name)?;
    let Cells::Categories { codes, names } = Cells::of(&written(own), &written(audited)).0 else {
        return Err("column-empty");
    };
    let sets = codes.map(|codes| codes.into_iter().filter(|c| (*c as usize) < names.len()).collect::<HashSet<u32>>());
    let shared = sets[1].intersection(&sets[0]).count() as u64;
    let audited = sets[1].len() as u64;
    if audited == 0 || sets[0].is_empty() {
        return Err("column-empty");
    }
    Ok(Ids {
        column: name.clone(),
        reference: sets[0].len() as u64,
        audited,
        shared,
        share: Estimate::plain(shared as f64 / audited as f64, audited),
    })
}

/// Whether the audited rows come after the reference rows. A count of the table, not an estimate.
///
/// # Errors
/// The reason id when there is nothing to compare.
pub(super) fn times(subject: &Subject, reference: &Reference) -> Result<Times, &'static str> {
    let name = subject.roles.time.as_ref().ok_or("no-time")?;
    let (own, audited) = both(subject, reference, name)?;
    let finite = |column: &Column| -> Result<Vec<f64>, &'static str> {
        let values = column.numbers().ok_or("time-is-text")?;
        Ok(values.iter().copied().filter(|v| v.is_finite()).collect())
    };
    let is_time = |c: &Column| matches!(c.values, Values::Number { kind: NumberKind::Time, .. });
    if is_time(own) != is_time(audited) {
        return Err("time-is-text");
    }
    let (before, after) = (finite(own)?, finite(audited)?);
    let ends = |v: &[f64]| -> Option<[f64; 2]> {
        let low = v.iter().copied().min_by(f64::total_cmp)?;
        Some([low, v.iter().copied().max_by(f64::total_cmp)?])
    };
    let (reference, span) = ends(&before).zip(ends(&after)).ok_or("column-empty")?;
    let overlap = after.iter().filter(|t| **t <= reference[1]).count();
    Ok(Times {
        column: name.clone(),
        is_time: is_time(audited),
        reference,
        audited: span,
        overlap: Estimate::plain(overlap as f64 / after.len() as f64, after.len() as u64),
    })
}

fn both<'a>(
    subject: &'a Subject,
    reference: &'a Reference,
    name: &str,
) -> Result<(&'a Column, &'a Column), &'static str> {
    let own = reference.table.column(name).ok_or("column-missing")?;
    let audited = subject.table.column(name).ok_or("column-missing")?;
    Ok((own, audited))
}

/// A column written out, so that numbers and text can be the same name.
fn written(column: &Column) -> Column {
    match column.values {
        Values::Text { .. } => column.clone(),
        Values::Number { .. } => Column::text(column.name.clone(), (0..column.len()).map(|row| column.display_at(row))),
    }
}
