//! Which column is the truth, and what sort of question it asks.

use std::collections::BTreeSet;

use super::{Reason, Seen};
use crate::{Column, NumberKind, Task, Values, infer::names};

/// More distinct values than this make a whole-number target a regression.
const MAX_NUMBER_CLASSES: usize = 20;
/// Classes listed and compared at most.
const MAX_CLASSES: usize = 1000;

/// The most probable target: not a model feature, not settled otherwise; names count most, then values that are the
/// model's classes, then being the only column left, then being the last.
pub(super) fn find(seen: &[Seen<'_>], model_classes: Option<&[String]>) -> Option<(usize, Reason)> {
    let free = |s: &Seen<'_>| !s.in_model && s.own.is_none();
    let candidates: Vec<usize> = (0..seen.len()).filter(|i| free(&seen[*i])).collect();
    let model_known = seen.iter().any(|s| s.in_model);
    let coordinates = ["x", "y", "z"].iter().all(|c| seen.iter().any(|s| s.words == [*c]));
    let score = |i: usize| {
        let s = &seen[i];
        let mut best = (0, Reason::LastColumn);
        let mut sum = 0;
        let mut add = |points: u32, reason| {
            sum += points;
            if points > best.0 {
                best = (points, reason);
            }
        };
        let coordinate = coordinates && s.words == ["y"];
        add(if coordinate { 0 } else { names::target(&s.words) }, Reason::Name);
        if model_classes.is_some_and(|c| are_classes(s.column, c)) {
            add(60, Reason::ModelClasses);
        }
        if model_known && candidates.len() == 1 {
            add(40, Reason::OnlyColumnLeft);
        }
        if i + 1 == seen.len() {
            add(20, Reason::LastColumn);
        }
        if s.protected {
            sum = sum.saturating_sub(15);
        }
        if s.distinct_to(2) < 2 {
            sum = 0;
        }
        (sum, best.1)
    };
    let scored: Vec<(usize, (u32, Reason))> = candidates.iter().map(|i| (*i, score(*i))).collect();
    let top = scored.iter().map(|(_, (points, _))| *points).max().unwrap_or(0);
    if top > 0 {
        return scored.iter().rev().find(|(_, (points, _))| *points == top).map(|(i, (_, reason))| (*i, *reason));
    }
    candidates.last().map(|i| (*i, Reason::LastColumn))
}

/// True when the column's values are some of the model's classes, at least two.
fn are_classes(column: &Column, classes: &[String]) -> bool {
    let values = distinct(column, classes.len() + 1);
    (2..=classes.len()).contains(&values.len()) && values.iter().all(|v| classes.iter().any(|c| same_label(v, c)))
}

fn same_label(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || matches!((a.trim().parse::<f64>(), b.trim().parse::<f64>()), (Ok(x), Ok(y)) if x == y)
}

/// The task, and the classes when it is a classification.
pub(super) fn task(target: Option<&Column>, model_classes: Option<&[String]>) -> (Task, Vec<String>) {
    let Some(column) = target else {
        let classes = model_classes.unwrap_or_default().to_vec();
        return (by_count(classes.len()), classes);
    };
    match model_classes {
        Some([]) => return (Task::Regression, Vec::new()),
        Some(classes) => return (by_count(classes.len()), classes.to_vec()),
        None => {}
    }
    let values = distinct(column, MAX_CLASSES);
    let regression = match &column.values {
        Values::Text { .. } | Values::Number { kind: NumberKind::Bool, .. } => false,
        Values::Number { kind: NumberKind::Time, .. } => true,
        Values::Number { values: cells, .. } => {
            let whole = cells.iter().all(|v| v.is_nan() || v.fract() == 0.0);
            values.len() > 2 && (!whole || values.len() > MAX_NUMBER_CLASSES)
        }
    };
    if regression { (Task::Regression, Vec::new()) } else { (by_count(values.len()), values) }
}

fn by_count(classes: usize) -> Task {
    match classes {
        0 => Task::Regression,
        1 | 2 => Task::Binary,
        _ => Task::Multiclass,
    }
}

/// Distinct values as text, numbers ascending, text by code point; at most `stop`.
fn distinct(column: &Column, stop: usize) -> Vec<String> {
    match &column.values {
        Values::Text { dictionary, .. } => {
            let mut values: Vec<String> = dictionary.iter().take(stop).cloned().collect();
            values.sort_unstable();
            values
        }
        Values::Number { kind, values } => {
            let mut seen = BTreeSet::new();
            for v in values.iter().filter(|v| !v.is_nan()) {
                seen.insert(Ordered(*v));
                if seen.len() >= stop {
                    break;
                }
            }
            let spell = |v: Ordered| if *kind == NumberKind::Bool { (v.0 != 0.0).to_string() } else { v.0.to_string() };
            seen.into_iter().map(spell).collect()
        }
    }
}

/// A number that is not `NaN`, in numeric order.
#[derive(Clone, Copy, PartialEq)]
struct Ordered(f64);

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0 + 0.0).total_cmp(&(other.0 + 0.0))
    }
}
