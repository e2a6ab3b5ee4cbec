//! Few changes, each to any plausible value: the greedy search for the fewest features that turn a decision.
//!
//! One change is exact over the values tried: every open feature at 11 evenly spaced ranks of its numbers, or at its 20 most
//! frequent categories. Further changes are greedy: the change that lowers the lead of the decision most is kept, and the
//! next is looked for beside it. So the shares for two and more changes are lower bounds.

use fine_table::{Column, MISSING, Values};

use super::super::report::{Few, FewFeature};
use super::space::{Oracle, Space};
use crate::rerun::noise::Scales;
use crate::rerun::{Progress, Rerun, RerunError};
use crate::stats::proportion::share;

/// Ranks tried of a number.
pub(crate) const RANKS: usize = 11;
/// Categories tried.
pub(crate) const CATEGORIES: usize = 20;

/// Attacks all rows of the oracle.
pub(super) fn few(
    rerun: &Rerun<'_>,
    oracle: &Oracle<'_>,
    space: &Space,
    scales: &Scales,
    most: u32,
    progress: &Progress<'_>,
) -> Result<Few, RerunError> {
    let subject = rerun.subject;
    let source = |f: usize| &subject.table.columns()[subject.feature_columns[f]];
    let values: Vec<(usize, Vec<Column>)> =
        space.open.iter().map(|f| (*f, candidates(source(*f), scales.grid(*f, RANKS)))).collect();
    let queries = u64::from(most) * values.iter().map(|v| v.1.len() as u64).sum::<u64>();
    let rows = oracle.rows();
    let mut cells = oracle.cells.clone();
    let mut changed: Vec<Vec<usize>> = vec![Vec::new(); rows];
    let mut lead = vec![f64::INFINITY; rows];
    let mut active: Vec<u32> = (0..rows as u32).collect();
    let mut turned = Vec::new();
    let (mut done, mut alone) = (0u64, vec![0u64; values.len()]);
    for step in 0..most {
        let mut best: Vec<Option<Choice>> = vec![None; rows];
        for (place, (feature, values)) in values.iter().enumerate() {
            let mut by_feature = vec![false; rows];
            for (value, cell) in values.iter().enumerate() {
                let free =
                    |r: &&u32| !changed[**r as usize].contains(feature) && !cells[*feature].is_missing(**r as usize);
                let tried: Vec<u32> = active.iter().filter(free).copied().collect();
                if tried.is_empty() {
                    continue;
                }
                let mut columns: Vec<(usize, Column)> =
                    cells.iter().enumerate().map(|(f, c)| (f, c.take(&tried))).collect();
                columns[*feature].1 = cell.take(&vec![0; tried.len()]);
                let p = oracle.ask(&tried, columns).map_err(RerunError::Refused)?;
                progress.add(tried.len() as u64).map_err(RerunError::Stopped)?;
                for (i, row) in tried.iter().map(|r| *r as usize).enumerate() {
                    let own = oracle.labels[row];
                    let left = match p.labels[i] == own {
                        true => ahead(&p.scores[i * p.width..][..p.width], own),
                        false => f64::NEG_INFINITY,
                    };
                    by_feature[row] |= p.labels[i] != own;
                    if best[row].as_ref().is_none_or(|b| left < b.lead) {
                        best[row] = Some(Choice { lead: left, place, value });
                    }
                }
            }
            if step == 0 {
                alone[place] = by_feature.iter().filter(|t| **t).count() as u64;
            }
        }
        active.retain(|row| {
            let row = *row as usize;
            let Some(choice) = best[row].filter(|b| b.lead < lead[row]) else { return false };
            if choice.lead == f64::NEG_INFINITY {
                done += 1;
                return false;
            }
            let (feature, values) = &values[choice.place];
            put(&mut cells[*feature], row, &values[choice.value]);
            changed[row].push(*feature);
            lead[row] = choice.lead;
            true
        });
        turned.push(share(done, rows as u64));
    }
    let name = |place: usize| rerun.name(values[place].0).to_owned();
    let mut alone: Vec<FewFeature> = alone
        .iter()
        .enumerate()
        .map(|(place, count)| FewFeature { feature: name(place), turned: share(*count, rows as u64) })
        .collect();
    alone.sort_by(|a, b| b.turned.value.unwrap_or(0.0).total_cmp(&a.turned.value.unwrap_or(0.0)));
    Ok(Few { queries, turned, alone })
}

/// The best change of a row.
#[derive(Clone, Copy)]
struct Choice {
    /// What is left of the lead of its label.
    lead: f64,
    place: usize,
    value: usize,
}

/// The score of a label less the best other one.
fn ahead(scores: &[f64], label: u32) -> f64 {
    let others = scores.iter().enumerate().filter(|(k, _)| *k != label as usize).map(|(_, s)| *s);
    scores[label as usize] - others.fold(f64::NEG_INFINITY, f64::max)
}

/// Single cells that a feature may take: the grid of a number, else its most frequent values (of equal ones the first seen).
fn candidates(source: &Column, grid: Vec<f64>) -> Vec<Column> {
    let cell = |values: Values| Column { name: String::new(), values, null_spellings: Vec::new() };
    match &source.values {
        Values::Number { kind, values } => {
            let numbers = if grid.is_empty() { frequent(values) } else { grid };
            numbers.into_iter().map(|v| cell(Values::Number { kind: *kind, values: vec![v] })).collect()
        }
        Values::Text { codes, dictionary } => {
            let mut counts = vec![0u64; dictionary.len()];
            codes.iter().filter(|c| **c != MISSING).for_each(|c| counts[*c as usize] += 1);
            let mut order: Vec<u32> = (0..counts.len() as u32).filter(|c| counts[*c as usize] > 0).collect();
            order.sort_by_key(|c| (std::cmp::Reverse(counts[*c as usize]), *c));
            let text = |code: u32| cell(Values::Text { codes: vec![code], dictionary: dictionary.clone() });
            order.into_iter().take(CATEGORIES).map(text).collect()
        }
    }
}

fn frequent(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let mut runs: Vec<(usize, f64)> = sorted.chunk_by(|a, b| a == b).map(|run| (run.len(), run[0])).collect();
    runs.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)));
    runs.into_iter().take(CATEGORIES).map(|run| run.1).collect()
}

fn put(column: &mut Column, row: usize, cell: &Column) {
    match (&mut column.values, &cell.values) {
        (Values::Number { values, .. }, Values::Number { values: new, .. }) => values[row] = new[0],
        (Values::Text { codes, .. }, Values::Text { codes: new, .. }) => codes[row] = new[0],
        _ => {}
    }
}
