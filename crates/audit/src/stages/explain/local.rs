//! Explanations of single rows.

use fine_table::Task;

use super::attribution::Explained;
use super::prototypes::prototypes;
use super::report::RowExplanation;
use super::{Params, reasons};
use crate::counterfactual::{Answer, Case, Search};
use crate::rerun::Progress;
use crate::stage::StageError;
use crate::subject::Subject;

/// Contributions listed a row; the others are added up.
pub(super) const LISTED: usize = 20;

/// Rows that counterfactuals are searched for at most, and what they predict.
pub(super) fn predicted_rows(subject: &Subject, params: &Params) -> u64 {
    let rows = (3 * u64::from(params.local_rows)).min(subject.rows() as u64);
    if searches(subject, params) { rows * params.counterfactuals.queries } else { 0 }
}

fn searches(subject: &Subject, params: &Params) -> bool {
    let wanted = params.counterfactuals.answers > 0 && params.counterfactuals.queries > 0;
    wanted && (subject.task != Task::Regression || params.counterfactuals.goal.is_some())
}

/// Prototypes, worst errors and boundary rows, up to `local_rows` of each, among the explained rows.
pub(super) fn explanations(
    subject: &Subject,
    explained: &Explained,
    params: &Params,
    progress: &Progress<'_>,
) -> Result<Vec<RowExplanation>, StageError> {
    let count = params.local_rows as usize;
    let typical = prototypes(explained, subject.seed, count);
    let mut rows = typical
        .iter()
        .map(|p| RowExplanation {
            stands_for: Some(p.share),
            ..explanation(subject, explained, "prototype", p.position)
        })
        .collect::<Vec<_>>();
    let kinds =
        [("worst-error", worst_errors(subject, explained, count)), ("boundary", boundary(subject, explained, count))];
    for (kind, positions) in kinds {
        rows.extend(positions.into_iter().map(|p| explanation(subject, explained, kind, p)));
    }
    if searches(subject, params) {
        let search = Search::new(subject, &params.counterfactuals)?;
        let mut asked = rows.iter().map(|r| r.row).collect::<Vec<_>>();
        asked.sort_unstable();
        asked.dedup();
        let answers = progress.ctx.blocks("counterfactuals", asked.len(), |at| {
            counterfactuals(&search, subject, asked[at] as usize, progress)
        })?;
        for row in &mut rows {
            row.counterfactuals = asked.binary_search(&row.row).ok().map(|at| answers[at].clone());
        }
    }
    Ok(rows)
}

fn counterfactuals(
    search: &Search<'_>,
    subject: &Subject,
    row: usize,
    progress: &Progress<'_>,
) -> Result<Answer, StageError> {
    let case = Case::of_row(subject, row).map_err(|e| StageError::Failed { id: "predict", detail: e.to_string() })?;
    search.find(&case, &|rows| progress.add(rows))
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
        stands_for: None,
        reasons: reasons::of_row(subject, explained, position),
        counterfactuals: None,
    }
}
