//! Why a decision goes against somebody.

use fine_table::Task;

use super::attribution::Explained;
use super::report::{Reason, ReasonCodes, ReasonShare};
use crate::estimate::{Estimate, IntervalMethod};
use crate::stats::proportion::wilson;
use crate::subject::Subject;

/// Reasons listed a row: the number that the commentary to Regulation B (12 CFR 1002.9, comment 9(b)(2)-1) finds helpful.
const LISTED: usize = 4;

/// Raw features that lower the score of the positive class most, at most four, of an explained row that is not predicted
/// positive; none for other rows and other tasks.
fn against(subject: &Subject, explained: &Explained, position: usize) -> Vec<usize> {
    let row = explained.rows[position] as usize;
    if subject.task != Task::Binary || subject.prediction.labels[row] as usize == subject.positive {
        return Vec::new();
    }
    let shap = explained.shap.row(position, 0);
    let mut lower = (0..shap.len()).filter(|f| shap[*f] < 0.0).collect::<Vec<_>>();
    lower.sort_by(|a, b| shap[*a].total_cmp(&shap[*b]).then(a.cmp(b)));
    lower.truncate(LISTED);
    lower
}

/// The reasons against one explained row.
pub(super) fn of_row(subject: &Subject, explained: &Explained, position: usize) -> Vec<Reason> {
    let row = explained.rows[position] as usize;
    let reason = |f: usize| Reason {
        feature: subject.model.features[f].name.clone(),
        value: subject.table.columns()[subject.feature_columns[f]].display_at(row).unwrap_or_default(),
        contribution: explained.shap.row(position, 0)[f],
    };
    against(subject, explained, position).into_iter().map(reason).collect()
}

/// How often each feature is the first reason, and among the first four; `None` for tasks without a positive class, and when
/// every decision is positive.
pub(super) fn of_all(subject: &Subject, explained: &Explained) -> Option<ReasonCodes> {
    if subject.task != Task::Binary {
        return None;
    }
    let mut first = vec![0u64; explained.shap.players];
    let mut listed = first.clone();
    let mut rows = 0u64;
    for position in 0..explained.rows.len() {
        let row = explained.rows[position] as usize;
        rows += u64::from(subject.prediction.labels[row] as usize != subject.positive);
        for (place, f) in against(subject, explained, position).into_iter().enumerate() {
            first[f] += u64::from(place == 0);
            listed[f] += 1;
        }
    }
    if rows == 0 {
        return None;
    }
    let share = |count: u64| {
        let (low, high) = wilson(count as f64, rows as f64);
        Estimate::with_interval(count as f64 / rows as f64, low, high, rows, IntervalMethod::Wilson)
    };
    let mut order = (0..first.len()).filter(|f| listed[*f] > 0).collect::<Vec<_>>();
    order.sort_by(|a, b| (first[*b], listed[*b]).cmp(&(first[*a], listed[*a])).then(a.cmp(b)));
    let entry = |f: usize| ReasonShare {
        feature: subject.model.features[f].name.clone(),
        first: share(first[f]),
        listed: share(listed[f]),
    };
    Some(ReasonCodes { rows, features: order.into_iter().map(entry).collect() })
}
