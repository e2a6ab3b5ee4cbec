//! Columns that name rows.

use std::collections::HashSet;

use fine_table::{Column, MISSING, NumberKind, Values};

use crate::subject::Subject;

/// The entity column, text features that are nearly unique, and unused columns of nearly unique text or whole numbers: each
/// as numbers in the order of its names.
pub(super) fn identifiers(subject: &Subject, share: f64) -> Vec<Column> {
    let roles = &subject.roles;
    let stored: Vec<&String> = roles.prediction.iter().flat_map(|p| p.columns()).collect();
    let columns = subject.table.columns().iter().enumerate();
    columns
        .filter(|(at, column)| {
            let name = &column.name;
            if roles.entity.as_ref() == Some(name) {
                return true;
            }
            let taken = *name == roles.target
                || roles.weight.as_ref() == Some(name)
                || roles.time.as_ref() == Some(name)
                || roles.ignore.contains(name)
                || stored.contains(&name);
            let is_feature = subject.feature_columns.contains(at);
            !taken && is_unique(column, share) && (!is_feature || matches!(column.values, Values::Text { .. }))
        })
        .map(|(_, column)| ordered(column))
        .collect()
}

/// Text or whole numbers of which more than a share of the present cells are different.
fn is_unique(column: &Column, share: f64) -> bool {
    let (distinct, present) = match &column.values {
        Values::Text { codes, .. } => {
            let present = codes.iter().filter(|c| **c != MISSING);
            (present.clone().collect::<HashSet<_>>().len(), present.count())
        }
        Values::Number { kind: NumberKind::Int, values } => {
            let present = values.iter().filter(|v| !v.is_nan());
            (present.clone().map(|v| (v + 0.0).to_bits()).collect::<HashSet<_>>().len(), present.count())
        }
        Values::Number { .. } => return false,
    };
    present > 1 && distinct as f64 > share * present as f64
}

/// Text by its place among the names, shorter ones first, so that `k9` comes before `k10`.
fn ordered(column: &Column) -> Column {
    let Values::Text { codes, dictionary } = &column.values else { return column.clone() };
    let mut names: Vec<u32> = (0..dictionary.len() as u32).collect();
    names.sort_by_key(|code| (dictionary[*code as usize].chars().count(), &dictionary[*code as usize]));
    let mut place = vec![0.0; names.len()];
    names.iter().enumerate().for_each(|(at, code)| place[*code as usize] = at as f64);
    let values = codes.iter().map(|c| if *c == MISSING { f64::NAN } else { place[*c as usize] }).collect();
    Column::number(column.name.clone(), NumberKind::Int, values)
}
