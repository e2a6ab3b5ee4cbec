//! Explanations of single rows.

use fine_table::Task;

use super::attribution::Explained;
use super::report::RowExplanation;
use crate::subject::Subject;

/// Contributions listed a row; the others are added up.
const LISTED: usize = 20;

/// Prototypes, worst errors and boundary rows, up to `count` of each, among the explained rows.
pub(super) fn explanations(subject: &Subject, explained: &Explained, count: u32) -> Vec<RowExplanation> {
    let count = count as usize;
    let kinds = [
        ("prototype", prototypes(subject, explained, count)),
        ("worst-error", worst_errors(subject, explained, count)),
        ("boundary", boundary(subject, explained, count)),
    ];
    let entry = |kind: &str, position: usize| explanation(subject, explained, kind, position);
    kinds.iter().flat_map(|(kind, rows)| rows.iter().map(|p| entry(kind, *p))).collect()
}

/// The group a row is a possible prototype of: its predicted class, or the third of the predictions it lies in.
fn groups(subject: &Subject, explained: &Explained) -> Vec<Vec<usize>> {
    let positions = 0..explained.rows.len();
    if subject.task != Task::Regression {
        let mut groups = vec![Vec::new(); subject.classes.len()];
        for p in positions {
            let label = subject.prediction.labels[explained.rows[p] as usize] as usize;
            if let Some(group) = groups.get_mut(label) {
                group.push(p);
            }
        }
        return groups;
    }
    let score = |p: &usize| subject.prediction.scores[explained.rows[*p] as usize];
    let mut order = positions.collect::<Vec<_>>();
    order.sort_by(|a, b| score(a).total_cmp(&score(b)).then(a.cmp(b)));
    order.chunks(order.len().div_ceil(3).max(1)).map(<[usize]>::to_vec).collect()
}

/// The most typical row of each group: nearest to the group's mean vector of SHAP values.
fn prototypes(subject: &Subject, explained: &Explained, count: usize) -> Vec<usize> {
    let shap = &explained.shap;
    let width = shap.outputs * shap.players;
    let vector = |p: usize| &shap.values[p * width..][..width];
    let mut groups = groups(subject, explained);
    groups.retain(|g| !g.is_empty());
    groups.sort_by_key(|g| std::cmp::Reverse(g.len()));
    let typical = |group: &Vec<usize>| {
        let mut mean = vec![0.0; width];
        for p in group {
            mean.iter_mut().zip(vector(*p)).for_each(|(m, v)| *m += v / group.len() as f64);
        }
        let distance = |p: usize| vector(p).iter().zip(&mean).map(|(v, m)| (v - m) * (v - m)).sum::<f64>();
        smallest(group.iter().map(|p| (*p, distance(*p))), 1)
    };
    groups.iter().take(count).flat_map(typical).collect()
}

/// Wrong rows whose true class got the lowest score; regression: largest residuals.
fn worst_errors(subject: &Subject, explained: &Explained, count: usize) -> Vec<usize> {
    let p = &subject.prediction;
    let badness = |position: usize| {
        let row = explained.rows[position] as usize;
        let truth = subject.target[row];
        match subject.task {
            Task::Regression => Some((position, -(truth - p.scores[row]).abs())),
            _ if p.labels[row] as usize == truth as usize => None,
            _ => Some((position, p.scores[row * p.width..][..p.width].get(truth as usize).copied()?)),
        }
    };
    smallest((0..explained.rows.len()).filter_map(badness), count)
}

/// Rows whose two best classes are nearest to each other; none for regression, which decides nothing.
fn boundary(subject: &Subject, explained: &Explained, count: usize) -> Vec<usize> {
    let p = &subject.prediction;
    if subject.task == Task::Regression || p.width < 2 {
        return Vec::new();
    }
    let gap = |position: usize| {
        let mut scores = p.scores[explained.rows[position] as usize * p.width..][..p.width].to_vec();
        scores.sort_by(|a, b| b.total_cmp(a));
        (position, scores[0] - scores[1])
    };
    smallest((0..explained.rows.len()).map(gap), count)
}

/// Positions with the smallest numbers; the earlier row wins a tie.
fn smallest(rows: impl Iterator<Item = (usize, f64)>, count: usize) -> Vec<usize> {
    let mut all = rows.collect::<Vec<_>>();
    all.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    all.into_iter().take(count).map(|(p, _)| p).collect()
}

fn explanation(subject: &Subject, explained: &Explained, kind: &str, position: usize) -> RowExplanation {
    let row = explained.rows[position] as usize;
    let slot = match subject.task {
        Task::Multiclass => (subject.prediction.labels[row] as usize).min(explained.shap.outputs - 1),
        _ => 0,
    };
    let shap = explained.shap.row(position, slot);
    let base = explained.shap.base[slot];
    let mut order = (0..shap.len()).collect::<Vec<_>>();
    order.sort_by(|a, b| shap[*b].abs().total_cmp(&shap[*a].abs()).then(a.cmp(b)));
    let contribution = |f: &usize| {
        let column = &subject.table.columns()[subject.feature_columns[*f]];
        (subject.model.features[*f].name.clone(), column.display_at(row).unwrap_or_default(), shap[*f])
    };
    let class = explained.classes.get(slot).and_then(|c| subject.classes.get(*c)).cloned();
    let truth = match subject.task {
        Task::Regression => format!("{}", subject.target[row]),
        _ => subject.classes.get(subject.target[row] as usize).cloned().unwrap_or_default(),
    };
    RowExplanation {
        kind: kind.to_owned(),
        row: row as u64,
        class,
        prediction: base + shap.iter().sum::<f64>(),
        base,
        truth,
        contributions: order.iter().take(LISTED).map(contribution).collect(),
        rest: order.iter().skip(LISTED).map(|f| shap[*f]).sum(),
    }
}
