//! The two tables and how much evidence their rows are.

use std::collections::HashMap;

use fine_table::{Column, Table};

use crate::stage::StageError;
use crate::subject::{Reference, Subject};

/// Rows of one table with weights and entities.
pub(crate) struct Side {
    pub(crate) rows: usize,
    pub(crate) weights: Option<Vec<f64>>,
    /// Entity of each row; both tables share the numbers.
    pub(crate) entities: Option<Vec<u32>>,
    groups: usize,
}

impl Side {
    pub(crate) fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |w| w[row])
    }

    /// Effective number of the rows kept: `(Σ w)² / Σ_e (Σ_e w)²`, where `e` are the entities (rows without one stand
    /// alone). It is Kish's size for weights alone; rows of one entity count as if they were alike.
    pub(crate) fn size(&self, keep: impl Fn(usize) -> bool) -> f64 {
        let kept = (0..self.rows).filter(|row| keep(*row));
        if self.weights.is_none() && self.entities.is_none() {
            return kept.count() as f64;
        }
        let (mut all, mut squares) = (0.0, 0.0);
        let mut sums = vec![0.0; self.groups];
        for row in kept {
            let w = self.weight(row);
            all += w;
            match &self.entities {
                Some(entities) => sums[entities[row] as usize] += w,
                None => squares += w * w,
            }
        }
        squares += sums.iter().map(|s| s * s).sum::<f64>();
        if squares > 0.0 { all * all / squares } else { 0.0 }
    }
}

/// Reference first. The reference is weighted when it has the weight column.
///
/// # Errors
/// Reference weights that are no weights.
pub(crate) fn sides(subject: &Subject, reference: &Reference) -> Result<[Side; 2], StageError> {
    let weights = match subject.roles.weight.as_ref().and_then(|w| reference.table.column(w)) {
        Some(column) if subject.weights.is_some() => Some(checked(column)?),
        _ => None,
    };
    let [of_reference, of_audited] = match &subject.roles.entity {
        Some(name) => entities([&reference.table, &subject.table], name),
        None => [None, None],
    };
    let groups = |e: &Option<Vec<u32>>| e.as_ref().map_or(0, |e| e.iter().max().map_or(0, |most| *most as usize + 1));
    Ok([
        Side { rows: reference.table.rows(), weights, groups: groups(&of_reference), entities: of_reference },
        Side {
            rows: subject.rows(),
            weights: subject.weights.clone(),
            groups: groups(&of_audited),
            entities: of_audited,
        },
    ])
}

fn checked(column: &Column) -> Result<Vec<f64>, StageError> {
    let usable = |w: &[f64]| w.iter().all(|w| w.is_finite() && *w >= 0.0) && w.iter().any(|w| *w > 0.0);
    match column.numbers().filter(|w| usable(w)) {
        Some(weights) => Ok(weights.to_vec()),
        None => Err(StageError::Failed { id: "reference-weights", detail: format!("column {:?}", column.name) }),
    }
}

fn entities(tables: [&Table; 2], name: &str) -> [Option<Vec<u32>>; 2] {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut next = 0u32;
    tables.map(|table| {
        let column = table.column(name)?;
        let entity = |row: usize| {
            let fresh = next;
            let known = column.display_at(row).map(|text| *seen.entry(text).or_insert(fresh));
            let entity = known.unwrap_or(fresh);
            next += u32::from(entity == fresh);
            entity
        };
        Some((0..column.len()).map(entity).collect())
    })
}
