//! What groups are made of: protected attributes, and intersections of two and three of them.

use std::collections::BTreeMap;

use fine_table::{Column, MISSING, Values};

use super::params::Params;
use super::report::LeftOut;
use crate::groups::{Grouping, UNKNOWN};
use crate::stage::StageError;
use crate::stats::design::Design;
use crate::subject::Subject;

/// Between the names of joined attributes and of joined groups.
const JOINED: &str = " × ";
/// Groups below this share of the rows are flagged.
const SMALL_SHARE: f64 = 0.02;

/// Rows by the groups of one attribute or intersection.
pub(super) struct Axis {
    pub(super) grouping: Grouping,
    /// The columns of an intersection; empty for one attribute.
    pub(super) of: Vec<String>,
    /// Index of the reference group: chosen or largest.
    pub(super) reference: usize,
    /// The reference group was chosen.
    chosen: bool,
}

impl Axis {
    fn new(grouping: Grouping, of: Vec<String>, reference: Option<&str>) -> Self {
        let at = reference.and_then(|name| grouping.labels.iter().position(|l| l == name));
        Self { grouping, of, reference: at.unwrap_or(0), chosen: at.is_some() }
    }

    pub(super) fn name(&self) -> &str {
        &self.grouping.attribute
    }

    pub(super) fn labels(&self) -> &[String] {
        &self.grouping.labels
    }

    pub(super) fn reference_label(&self) -> String {
        self.labels().get(self.reference).cloned().unwrap_or_default()
    }

    /// One attribute, not an intersection.
    pub(super) fn is_single(&self) -> bool {
        self.of.is_empty()
    }

    /// Rows of each group, ascending.
    pub(super) fn rows(&self) -> Vec<Vec<usize>> {
        let mut rows = vec![Vec::new(); self.labels().len()];
        let known = self.grouping.codes.iter().enumerate().filter(|c| *c.1 != UNKNOWN);
        known.for_each(|(row, group)| rows[*group as usize].push(row));
        rows
    }

    /// Weighted share of the rows of a group among those with a known value, and whether it is small.
    pub(super) fn share(&self, rows: &[usize], design: &Design) -> (f64, bool) {
        let codes = self.grouping.codes.iter().enumerate();
        let known = match design.weights() {
            None => (self.grouping.codes.len() as u64 - self.grouping.unknown()).max(1) as f64,
            Some(_) => design.total(codes.filter(|c| *c.1 != UNKNOWN).map(|c| c.0)),
        };
        let share = design.total(rows.iter().copied()) / known;
        (share, share < SMALL_SHARE)
    }
}

/// The attributes in their order, then their intersections of two, then of three; and the intersections that have too
/// many groups.
///
/// # Errors
/// When no attribute has the privileged values.
pub(super) fn axes(subject: &Subject, params: &Params) -> Result<(Vec<Axis>, Vec<LeftOut>), StageError> {
    let columns = subject.roles.protected.iter().filter_map(|name| subject.table.column(name));
    let mut out: Vec<Axis> = columns.map(|column| single(column, params)).collect();
    if !params.privileged_values.is_empty() && !out.iter().any(|axis| axis.chosen) {
        let detail = "no protected attribute has the privileged values".to_owned();
        return Err(StageError::Failed { id: "privileged-unknown", detail });
    }
    let (singles, mut left_out) = (out.len(), Vec::new());
    for chosen in subsets(singles, params.depth()) {
        let parts: Vec<&Axis> = chosen.iter().map(|i| &out[*i]).collect();
        let (grouping, groups) = joined(&parts.iter().map(|a| &a.grouping).collect::<Vec<_>>());
        if groups > u64::from(params.most_groups) {
            let most = u64::from(params.most_groups);
            left_out.push(LeftOut { attribute: grouping.attribute, groups, most });
            continue;
        }
        let names: Vec<&str> = parts.iter().filter(|a| a.chosen).map(|a| a.labels()[a.reference].as_str()).collect();
        let reference = (names.len() == parts.len()).then(|| names.join(JOINED));
        let of = parts.iter().map(|a| a.name().to_owned()).collect();
        out.push(Axis::new(grouping, of, reference.as_deref()));
    }
    Ok((out, left_out))
}

/// An attribute with the groups that were named put together.
fn single(column: &Column, params: &Params) -> Axis {
    let merge = |grouping: Grouping, values: Vec<String>| match values.is_empty() {
        true => (grouping, None),
        false => grouping.merge(&values),
    };
    let (grouping, reference) = merge(Grouping::of(column), params.privileged_values.of(&column.name));
    let (grouping, _) = merge(grouping, params.unprivileged_values.of(&column.name));
    Axis::new(grouping, Vec::new(), reference.as_deref())
}

/// All sets of two, then of three, of `n` things, in order.
fn subsets(n: usize, most: usize) -> Vec<Vec<usize>> {
    let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| vec![a, b]));
    let triples = (0..n).flat_map(|a| (a + 1..n).flat_map(move |b| (b + 1..n).map(move |c| vec![a, b, c])));
    pairs.filter(|_| most >= 2).chain(triples.filter(|_| most >= 3)).collect()
}

/// The groups that occur of several groupings together, and their number; unknown where one of them is.
pub(super) fn joined(parts: &[&Grouping]) -> (Grouping, u64) {
    let rows = parts.first().map_or(0, |p| p.codes.len());
    let mut seen: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
    let mut names = Vec::new();
    let codes = (0..rows)
        .map(|row| {
            let key: Vec<u32> = parts.iter().map(|p| p.codes[row]).collect();
            if key.contains(&UNKNOWN) {
                return MISSING;
            }
            if let Some(code) = seen.get(&key) {
                return *code;
            }
            let name: Vec<&str> = parts.iter().zip(&key).map(|(p, c)| p.labels[*c as usize].as_str()).collect();
            names.push(name.join(JOINED));
            let code = names.len() as u32 - 1;
            seen.insert(key, code);
            code
        })
        .collect();
    let name: Vec<&str> = parts.iter().map(|p| p.attribute.as_str()).collect();
    let groups = names.len() as u64;
    let values = Values::Text { codes, dictionary: names.into() };
    (Grouping::of(&Column { name: name.join(JOINED), values, null_spellings: Vec::new() }), groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_joined_where_both_are_known() {
        let a = Grouping::of(&Column::text("a", [Some("x"), Some("y"), None, Some("x"), Some("x")]));
        let b = Grouping::of(&Column::text("b", [Some("1"), Some("1"), Some("1"), Some("2"), Some("1")]));
        let (both, groups) = joined(&[&a, &b]);
        assert_eq!((both.attribute.as_str(), groups, both.unknown()), ("a × b", 3, 1));
        assert_eq!(both.labels, ["x × 1", "x × 2", "y × 1"]);
        assert_eq!(both.codes, [0, 2, UNKNOWN, 1, 0]);
    }

    #[test]
    fn all_sets_of_two_and_three() {
        assert_eq!(subsets(3, 3), [vec![0, 1], vec![0, 2], vec![1, 2], vec![0, 1, 2]]);
        assert_eq!((subsets(4, 2).len(), subsets(4, 1).len(), subsets(4, 3).len()), (6, 0, 10));
    }
}
