//! Partial dependence, and the curves of single rows behind it.

use fine_table::{Column, MISSING, Task, Values};
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::{Explain, Params};
use crate::rerun::{Progress, Rerun, Scores, sample};
use crate::rng::unit_rng;
use crate::stage::{Stage, StageError};
use crate::subject::Subject;

/// How predictions depend on one feature.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Shape {
    /// (value label, mean prediction).
    pub(crate) dependence: Vec<(String, f64)>,
    /// Curves of single rows at the same values; empty beyond the first features.
    pub(crate) ice: Vec<Vec<f64>>,
    /// Rows whose mean the dependence is.
    pub(crate) rows: u64,
}

impl Shape {
    /// The curves of single rows, each less its value at the first point.
    pub(super) fn centred(&self) -> Vec<Vec<f64>> {
        let less_first = |curve: &Vec<f64>| curve.iter().map(|y| y - curve[0]).collect();
        self.ice.iter().map(less_first).collect()
    }
}

/// The shape of each feature asked for, in the order asked; `features` are (raw feature, class), most important first.
///
/// Partial dependence is the mean prediction over a sample of rows with the feature set to each of its values (Friedman 2001):
/// numbers on a grid of evenly spaced ranks, categories and numbers with few values by value. The curves of single rows
/// (Goldstein, Kapelner, Bleich and Pitkin 2015) are those of a seeded sample. Binary: score of the positive class; multiclass:
/// score of the class given; regression: the value.
pub(crate) fn shapes(
    subject: &Subject,
    params: &Params,
    features: &[(usize, usize)],
    progress: &Progress<'_>,
) -> Result<Vec<Shape>, StageError> {
    let rows = sample::stratified(subject, params.dependence_rows, &format!("{}/dependence", Explain::ID));
    let rerun = Rerun::of_rows(subject, rows)?;
    let single = single_rows(&rerun, params.ice_rows as usize);
    progress.ctx.blocks("dependence", features.len(), |place| {
        let (feature, class) = features[place];
        let source = &subject.table.columns()[subject.feature_columns[feature]];
        let grid = grid(source, params.dependence_points as usize);
        let runs = rerun.repeat(
            grid.len() as u32,
            &|chunk, point| {
                let cell = grid[point as usize];
                vec![(feature, source.take(&vec![cell; chunk.len()]))]
            },
            progress,
        )?;
        let label = |row: &u32| source.display_at(*row as usize).unwrap_or_default();
        let class = if subject.task == Task::Regression { 0 } else { class };
        let shown = if place < params.ice_features as usize { single.as_slice() } else { &[] };
        Ok(Shape {
            dependence: grid.iter().map(label).zip(runs.iter().map(|s| mean(s, class))).collect(),
            ice: shown.iter().map(|row| runs.iter().map(|s| s.row(*row)[class]).collect()).collect(),
            rows: rerun.rows.len() as u64,
        })
    })
}

/// Positions among the rows of single curves: a seeded sample.
fn single_rows(rerun: &Rerun<'_>, count: usize) -> Vec<usize> {
    let mut all = (0..rerun.rows.len()).collect::<Vec<_>>();
    if count < all.len() {
        all.shuffle(&mut unit_rng(rerun.subject.seed, &format!("{}/ice", Explain::ID), 0));
        all.truncate(count);
        all.sort_unstable();
    }
    all
}

fn mean(scores: &Scores, class: usize) -> f64 {
    let rows = scores.values.len() / scores.width.max(1);
    scores.values.iter().skip(class).step_by(scores.width.max(1)).sum::<f64>() / rows.max(1) as f64
}

/// Rows of the column whose cells make the grid: every observed cell value is one that the model may know. Numbers on evenly
/// spaced ranks, all of them where they are few; the most frequent texts.
pub(crate) fn grid(source: &Column, points: usize) -> Vec<u32> {
    let Values::Number { values, .. } = &source.values else {
        return frequent(source).into_iter().take(points).collect();
    };
    let mut order = (0..values.len() as u32).filter(|r| values[*r as usize].is_finite()).collect::<Vec<_>>();
    order.sort_by(|a, b| values[*a as usize].total_cmp(&values[*b as usize]).then(a.cmp(b)));
    let same = |a: &u32, b: &u32| values[*a as usize] == values[*b as usize];
    let distinct = order.chunk_by(same).map(|c| c[0]).take(points + 1).collect::<Vec<_>>();
    if distinct.len() <= points {
        return distinct;
    }
    let step = (order.len() - 1) as f64 / (points.max(2) - 1) as f64;
    let mut grid = (0..points).map(|i| order[(i as f64 * step).round() as usize]).collect::<Vec<_>>();
    grid.dedup_by(|a, b| same(a, b));
    grid
}

/// The first row of each text of a column, the most frequent text first, equal ones by name.
pub(crate) fn frequent(column: &Column) -> Vec<u32> {
    let Values::Text { codes, dictionary } = &column.values else { return Vec::new() };
    let mut first = vec![u32::MAX; dictionary.len()];
    let mut counts = vec![0u64; dictionary.len()];
    for (row, code) in codes.iter().enumerate().filter(|(_, code)| **code != MISSING) {
        counts[*code as usize] += 1;
        first[*code as usize] = first[*code as usize].min(row as u32);
    }
    let mut seen = (0..dictionary.len()).filter(|code| counts[*code] > 0).collect::<Vec<_>>();
    seen.sort_by(|a, b| counts[*b].cmp(&counts[*a]).then_with(|| dictionary[*a].cmp(&dictionary[*b])));
    seen.into_iter().map(|code| first[code]).collect()
}
