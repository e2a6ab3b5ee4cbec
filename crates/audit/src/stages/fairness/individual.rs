//! The same rows with another value of an attribute: what changes when only it changes, or it and its proxies.

use fine_model::Prediction;
use fine_table::{Column, MISSING, Table, Task, Values};
use rand::{Rng, RngExt};

use super::axes::Axis;
use super::params::Params;
use crate::estimate::Estimate;
use crate::groups::UNKNOWN;
use crate::rng::unit_rng;
use crate::stage::StageError;
use crate::stats::clustered;
use crate::stats::describe::sorted;
use crate::stats::design::Design;
use crate::subject::Subject;

/// Attributes with more values are not flipped.
const FLIPPED_VALUES: usize = 10;

/// What changes when an attribute alone is set to its other values, and together with its declared proxies.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Flips {
    pub(super) alone: Option<Estimate>,
    pub(super) with_proxies: Option<Estimate>,
}

/// Which of both are predicted for an attribute.
pub(super) struct Wanted {
    alone: bool,
    proxies: Vec<String>,
}

impl Wanted {
    /// An attribute that was cut into ranges has no value to be set to, and one with very many values is not tried.
    pub(super) fn of(subject: &Subject, params: &Params, axis: &Axis) -> Self {
        let possible = params.flips
            && subject.has_model
            && axis.grouping.edges.is_empty()
            && axis.is_single()
            && axis.labels().len() <= FLIPPED_VALUES;
        let feature = subject.model.features.iter().any(|f| f.name == axis.name());
        let proxies = if possible { params.proxies.of(axis.name()) } else { Vec::new() };
        Self { alone: possible && feature, proxies }
    }

    /// Times that all rows are predicted.
    pub(super) fn predictions(&self, groups: usize) -> u64 {
        groups as u64 * (u64::from(self.alone) + u64::from(!self.proxies.is_empty()))
    }
}

/// Refuses proxies that are no features of the model: changing them would change nothing.
///
/// # Errors
/// [`StageError::Failed`] with the id `proxy-unknown`.
pub(super) fn check_proxies(subject: &Subject, params: &Params) -> Result<(), StageError> {
    let names = subject.roles.protected.iter().flat_map(|a| params.proxies.of(a));
    let mut unknown = names.filter(|name| !subject.model.features.iter().any(|f| f.name == *name));
    match unknown.next() {
        Some(name) => {
            let detail = format!("{name:?} is no feature of the model");
            Err(StageError::Failed { id: "proxy-unknown", detail })
        }
        None => Ok(()),
    }
}

/// Predicts all rows with every value of the attribute. The largest change of a row counts: for classes another class, for
/// numbers the distance in standard deviations of the predictions.
///
/// # Errors
/// When the model refuses the changed rows.
pub(super) fn flips(subject: &Subject, axis: &Axis, wanted: &Wanted, design: &Design) -> Result<Flips, StageError> {
    let alone = if wanted.alone { Some(changes(subject, axis, &[], design)?) } else { None };
    let with_proxies = match wanted.proxies.is_empty() {
        true => None,
        false => Some(changes(subject, axis, &wanted.proxies, design)?),
    };
    Ok(Flips { alone, with_proxies })
}

fn changes(subject: &Subject, axis: &Axis, proxies: &[String], design: &Design) -> Result<Estimate, StageError> {
    let column = subject.table.column(axis.name());
    let mut largest = vec![0.0f64; subject.rows()];
    for group in 0..axis.labels().len() as u32 {
        let example = axis.grouping.codes.iter().position(|c| *c == group);
        let Some((column, example)) = column.zip(example) else { continue };
        let mut table = subject.table.with_column(column.take(&vec![example as u32; subject.rows()]));
        for name in proxies {
            let carried = subject.table.column(name).map(|proxy| carried(subject.seed, proxy, axis, group));
            table = table.zip(carried).and_then(|(table, column): (Table, Column)| table.with_column(column));
        }
        let Some(table) = table else { continue };
        let after = subject.model.predict(&table)?;
        let change = |row: usize| change(subject.task, &subject.prediction, &after, row);
        largest.iter_mut().enumerate().for_each(|(row, most)| *most = most.max(change(row)));
    }
    // A row whose group is unknown has no place from which a proxy could be carried over.
    let counts = |row: &usize| proxies.is_empty() || axis.grouping.codes[*row] != UNKNOWN;
    let kept: Vec<usize> = (0..subject.rows()).filter(counts).collect();
    if subject.task != Task::Regression {
        let changed: Vec<bool> = kept.iter().map(|row| largest[*row] > 0.0).collect();
        return Ok(clustered::share_of(&changed, &design.take(kept)));
    }
    let sd = weighted_spread(&subject.prediction.scores, design);
    if sd <= 0.0 {
        return Ok(Estimate::not_estimable(kept.len() as u64));
    }
    Ok(mean_of(kept.iter().map(|row| (*row, largest[*row] / sd)), design))
}

/// Mean of the values of some rows, with the t interval, in an order that does not depend on that of the rows.
pub(super) fn mean_of(rows: impl Iterator<Item = (usize, f64)>, design: &Design) -> Estimate {
    let mut rows: Vec<(usize, f64)> = rows.collect();
    rows.sort_by(|a, b| a.1.total_cmp(&b.1));
    let values: Vec<f64> = rows.iter().map(|r| r.1).collect();
    clustered::mean(&values, &design.take(rows.iter().map(|r| r.0)))
}

/// Standard deviation of the values of all rows (divisor: effective rows less 1).
pub(super) fn weighted_spread(values: &[f64], design: &Design) -> f64 {
    let Some(weights) = design.weights() else { return spread(values) };
    let total: f64 = weights.iter().sum();
    let mean = values.iter().zip(weights).map(|(v, w)| w * v).sum::<f64>() / total;
    (values.iter().zip(weights).map(|(v, w)| w * (v - mean) * (v - mean)).sum::<f64>() / (total - 1.0)).sqrt()
}

fn change(task: Task, before: &Prediction, after: &Prediction, row: usize) -> f64 {
    match task {
        Task::Regression => (after.scores[row] - before.scores[row]).abs(),
        _ => f64::from(u8::from(after.labels[row] != before.labels[row])),
    }
}

/// Standard deviation (divisor n - 1), in an order that does not depend on that of the rows.
pub(super) fn spread(values: &[f64]) -> f64 {
    let values = sorted(values);
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0)).sqrt()
}

/// A proxy as it would be if the row belonged to `group`, so that nothing changes where the groups do not differ in it.
/// Numbers keep their rank: the value at the same rank of that group (a quantile of observed values). Categories are kept as
/// often as possible: with probability `min(1, q/p)` of their shares in both groups, else drawn from what that group has
/// more of (the maximal coupling; seeded). Missing numbers stay missing; a missing category is a category.
pub(super) fn carried(seed: u64, proxy: &Column, axis: &Axis, group: u32) -> Column {
    let codes = &axis.grouping.codes;
    let values = match &proxy.values {
        Values::Number { kind, values } => {
            Values::Number { kind: *kind, values: by_rank(values, codes, axis.labels().len(), group) }
        }
        Values::Text { codes: cells, dictionary } => {
            let mut rng = unit_rng(seed, &format!("fairness/{}/{}", axis.name(), proxy.name), u64::from(group));
            let cells = coupled(cells, dictionary.len(), codes, axis.labels().len(), group, &mut rng);
            Values::Text { codes: cells, dictionary: dictionary.clone() }
        }
    };
    Column { name: proxy.name.clone(), values, null_spellings: Vec::new() }
}

fn by_rank(values: &[f64], groups: &[u32], count: usize, to: u32) -> Vec<f64> {
    let mut known: Vec<Vec<f64>> = vec![Vec::new(); count];
    for (value, group) in values.iter().zip(groups).filter(|(v, g)| !v.is_nan() && **g != UNKNOWN) {
        known[*group as usize].push(*value);
    }
    known.iter_mut().for_each(|v| v.sort_by(f64::total_cmp));
    let target = &known[to as usize];
    let carry = |(value, group): (&f64, &u32)| {
        if value.is_nan() || *group == UNKNOWN || *group == to || target.is_empty() {
            return *value;
        }
        let own = &known[*group as usize];
        let (below, up_to) = (own.partition_point(|v| v < value), own.partition_point(|v| v <= value));
        // The middle of the ranks of equal values.
        let rank = (below + up_to) as f64 / (2 * own.len()) as f64;
        target[((rank * target.len() as f64) as usize).min(target.len() - 1)]
    };
    values.iter().zip(groups).map(carry).collect()
}

fn coupled(cells: &[u32], categories: usize, groups: &[u32], count: usize, to: u32, rng: &mut impl Rng) -> Vec<u32> {
    let place = |cell: u32| if cell == MISSING { categories } else { cell as usize };
    let mut counts = vec![vec![0.0f64; categories + 1]; count];
    let known = cells.iter().zip(groups).filter(|(_, g)| **g != UNKNOWN);
    known.for_each(|(cell, group)| counts[*group as usize][place(*cell)] += 1.0);
    let shares: Vec<Vec<f64>> = counts
        .iter()
        .map(|own| {
            let all: f64 = own.iter().sum();
            own.iter().map(|c| if all > 0.0 { c / all } else { 0.0 }).collect()
        })
        .collect();
    let target = &shares[to as usize];
    let carry = |(cell, group): (&u32, &u32)| {
        // Both numbers are drawn for every row, so that a row's draw does not depend on the rows before it.
        let (keep, pick) = (rng.random::<f64>(), rng.random::<f64>());
        if *group == UNKNOWN || *group == to {
            return *cell;
        }
        let own = &shares[*group as usize];
        if keep * own[place(*cell)] <= target[place(*cell)] {
            return *cell;
        }
        let more: Vec<f64> = target.iter().zip(own).map(|(t, o)| (t - o).max(0.0)).collect();
        let mut left = pick * more.iter().sum::<f64>();
        let drawn = more.iter().position(|m| {
            left -= m;
            left < 0.0
        });
        let last = more.iter().rposition(|m| *m > 0.0);
        drawn.or(last).map_or(*cell, |at| if at == categories { MISSING } else { at as u32 })
    };
    cells.iter().zip(groups).map(carry).collect()
}

#[cfg(test)]
mod tests {
    use fine_table::NumberKind;

    use super::*;
    use crate::fixture;

    fn axis(groups: Vec<Option<&str>>) -> Axis {
        let n = groups.len();
        let s = fixture::binary(&vec![0.0; n], &vec![0.5; n], vec![Column::text("g", groups)]);
        super::super::axes::axes(&s, &Params::default()).expect("axes").0.remove(0)
    }

    #[test]
    fn a_number_keeps_its_rank() {
        let groups = (0..9).map(|i| Some(if i < 6 { "a" } else { "b" })).collect();
        let x = vec![1.0, 2.0, 3.0, 4.0, 5.0, f64::NAN, 10.0, 20.0, 30.0];
        let moved = carried(1, &Column::number("x", NumberKind::Int, x.clone()), &axis(groups), 1);
        let Values::Number { values, .. } = moved.values else { panic!("numbers") };
        assert_eq!(values[..5], [10.0, 10.0, 20.0, 30.0, 30.0]);
        assert!(values[5].is_nan() && values[6..] == x[6..]);
    }

    #[test]
    fn categories_are_kept_as_often_as_possible() {
        let n = 4000;
        let groups: Vec<Option<&str>> = (0..n).map(|i| Some(if i % 2 == 0 { "a" } else { "b" })).collect();
        // Group a has half u, half v; group b a quarter u, three quarters v.
        let cells =
            (0..n).map(|i| Some(if i % 2 == 0 { ["u", "v"][i / 2 % 2] } else { ["u", "v", "v", "v"][i / 2 % 4] }));
        let column = Column::text("c", cells);
        let axis = axis(groups);
        let moved = carried(1, &column, &axis, 1);
        let (mut kept, mut u) = (0, 0);
        for row in (0..n).step_by(2) {
            kept += usize::from(moved.str_at(row) == column.str_at(row));
            u += usize::from(moved.str_at(row) == Some("u"));
            // What b has more of is never given up.
            assert!(column.str_at(row) != Some("v") || moved.str_at(row) == Some("v"));
        }
        assert!((kept as f64 / 2000.0 - 0.75).abs() < 0.04 && (u as f64 / 2000.0 - 0.25).abs() < 0.04, "{kept} {u}");
        assert_eq!(carried(1, &column, &axis, 0).str_at(0), column.str_at(0));
    }

    #[test]
    fn nothing_changes_where_the_groups_are_alike() {
        let n = 120;
        let groups: Vec<Option<&str>> = (0..n).map(|i| Some(if i % 2 == 0 { "a" } else { "b" })).collect();
        let text = Column::text("c", (0..n).map(|i| Some(["u", "v", "w"][i / 2 % 3])));
        let number = Column::number("x", NumberKind::Float, (0..n).map(|i| (i / 2) as f64).collect());
        let axis = axis(groups);
        assert_eq!(carried(1, &text, &axis, 1).values, text.values);
        assert_eq!(carried(1, &number, &axis, 1).values, number.values);
    }
}
