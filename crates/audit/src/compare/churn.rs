//! Rows whose answer changes.

use fine_table::Task;

use super::report::{Churn, GroupChurn, ImportanceChange};
use crate::groups::Grouping;
use crate::stats::describe::mean_t;
use crate::stats::multiple::adjust_some;
use crate::stats::proportion::{equal_p, share};
use crate::subject::Subject;

/// Columns by whose groups the change is listed, protected attributes apart.
const COLUMNS: usize = 8;
/// Groups of one column.
const GROUPS: usize = 12;

pub(super) fn churn(old: &Subject, new: &Subject, places: &[usize], importances: &[ImportanceChange]) -> Churn {
    let rows = old.rows();
    let mut columns = old.roles.protected.clone();
    for change in importances.iter().take(COLUMNS) {
        if !columns.contains(&change.feature) {
            columns.push(change.feature.clone());
        }
    }
    let groupings: Vec<Grouping> =
        columns.iter().filter_map(|name| old.table.column(name)).map(|column| Grouping::of(column)).collect();
    if old.task == Task::Regression {
        let moved: Vec<f64> =
            old.prediction.scores.iter().zip(&new.prediction.scores).map(|(a, b)| (b - a).abs()).collect();
        let of = |rows: &[usize]| mean_t(&rows.iter().map(|row| moved[*row]).collect::<Vec<f64>>());
        let overall = mean_t(&moved);
        return Churn {
            overall,
            mended: 0,
            broken: 0,
            other: 0,
            groups: by_group(&groupings, |rows| (of(rows), None)),
        };
    }
    let flipped: Vec<bool> = (0..rows)
        .map(|row| places[old.prediction.labels[row] as usize] != new.prediction.labels[row] as usize)
        .collect();
    let right = |subject: &Subject, row: usize| subject.prediction.labels[row] as usize == subject.target[row] as usize;
    let (mut mended, mut broken, mut other) = (0, 0, 0);
    for row in (0..rows).filter(|row| flipped[*row]) {
        *(match (right(old, row), right(new, row)) {
            (false, true) => &mut mended,
            (true, false) => &mut broken,
            _ => &mut other,
        }) += 1;
    }
    let all = flipped.iter().filter(|flip| **flip).count() as u64;
    let of = |group: &[usize]| {
        let (k, n) = (group.iter().filter(|row| flipped[**row]).count() as u64, group.len() as u64);
        (share(k, n), equal_p(k, n, all - k, rows as u64 - n))
    };
    Churn { overall: share(all, rows as u64), mended, broken, other, groups: by_group(&groupings, of) }
}

/// Every group of every column, most changed first.
fn by_group(
    groupings: &[Grouping],
    of: impl Fn(&[usize]) -> (crate::estimate::Estimate, Option<f64>),
) -> Vec<GroupChurn> {
    let mut groups = Vec::new();
    for grouping in groupings {
        for (code, label) in grouping.labels.iter().enumerate().take(GROUPS) {
            let rows: Vec<usize> =
                (0..grouping.codes.len()).filter(|row| grouping.codes[*row] == code as u32).collect();
            let (churn, p_value) = of(&rows);
            groups.push(GroupChurn {
                column: grouping.attribute.clone(),
                group: label.clone(),
                n: rows.len() as u64,
                churn,
                p_value,
            });
        }
    }
    let adjusted = adjust_some(&groups.iter().map(|group| group.p_value).collect::<Vec<_>>());
    groups.iter_mut().zip(adjusted).for_each(|(group, p)| group.p_value = p);
    let value = |group: &GroupChurn| group.churn.value.unwrap_or(0.0);
    groups
        .sort_by(|a, b| value(b).total_cmp(&value(a)).then_with(|| (&a.column, &a.group).cmp(&(&b.column, &b.group))));
    groups
}
