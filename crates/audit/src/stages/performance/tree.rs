//! The challenger: a small CART tree, cross-fitted on the audited rows.
//!
//! Gini or squared-error splits over all thresholds (Breiman et al. 1984); categories are ordered by the node's mean
//! (of the most frequent class's share); a missing number goes left, a missing category is a category.

use fine_table::{Column, MISSING, Values};
use rand::seq::SliceRandom;
use rayon::prelude::*;

use crate::rng::unit_rng;
use crate::stage::StageError;
use crate::subject::Subject;

const DEPTH: u32 = 3;
/// Folds of the cross-fit.
pub(super) const FOLDS: usize = 5;
/// Text columns with more categories are left out: their groups would be memorised.
const MOST_CATEGORIES: usize = 256;
/// Fewest rows of a leaf.
const LEAF_ROWS: usize = 20;

/// One input column as dense codes; 0 is missing.
struct Input {
    codes: Vec<u32>,
    size: usize,
    /// Distinct numbers of code 1, 2, …; `None` for categories.
    numbers: Option<Vec<f64>>,
}

enum Node {
    Leaf(Vec<f64>),
    Split { input: usize, left: Vec<bool>, children: Box<[Node; 2]> },
}

struct Best {
    gain: f64,
    input: usize,
    left: Vec<bool>,
}

/// Rows and targets of a fit: `width` numbers a row (weight by class, or weight and weighted target).
struct Data {
    inputs: Vec<Input>,
    stats: Vec<f64>,
    width: usize,
    regression: bool,
    least: usize,
}

/// What each row's tree, fitted without the row, says: row-major class probabilities (Laplace-smoothed), or one value
/// a row when `classes` is 0. `None` when no column can be used.
pub(super) fn cross_fit(
    subject: &Subject,
    classes: usize,
    tick: impl Fn(usize) -> Result<(), StageError>,
) -> Result<Option<Vec<f64>>, StageError> {
    let rows = subject.rows();
    let data = Data::new(subject, classes);
    if data.inputs.is_empty() || rows < 2 * FOLDS {
        return Ok(None);
    }
    let mut order: Vec<u32> = (0..rows as u32).collect();
    order.shuffle(&mut unit_rng(subject.seed, "performance/folds", 0));
    let out = classes.max(1);
    let mut scores = vec![0.0; rows * out];
    for fold in 0..FOLDS {
        tick(fold)?;
        let rows_where = |test: bool| -> Vec<u32> {
            (0..rows).filter(|at| (at % FOLDS == fold) == test).map(|at| order[at]).collect()
        };
        let tree = data.grow(&rows_where(false), DEPTH);
        for row in rows_where(true) {
            let at = row as usize * out;
            scores[at..at + out].copy_from_slice(tree.leaf(&data.inputs, row as usize));
        }
    }
    Ok(Some(scores))
}

impl Data {
    fn new(subject: &Subject, classes: usize) -> Self {
        let columns = subject.table.columns();
        let inputs = subject.feature_columns.iter().filter_map(|c| Input::new(&columns[*c])).collect();
        let regression = classes == 0;
        let width = if regression { 2 } else { classes };
        let mut stats = vec![0.0; subject.rows() * width];
        for (row, stats) in stats.chunks_exact_mut(width).enumerate() {
            let weight = subject.weights.as_ref().map_or(1.0, |w| w[row]);
            if regression {
                stats.copy_from_slice(&[weight, weight * subject.target[row]]);
            } else {
                stats[subject.target[row] as usize] = weight;
            }
        }
        let least = (subject.rows() / 20).clamp(1, LEAF_ROWS);
        Self { inputs, stats, width, regression, least }
    }

    fn sum(&self, rows: &[u32]) -> Vec<f64> {
        let mut total = vec![0.0; self.width];
        for &row in rows {
            add(&mut total, self.of(row));
        }
        total
    }

    fn of(&self, row: u32) -> &[f64] {
        &self.stats[row as usize * self.width..][..self.width]
    }

    /// The part of the impurity that a split can change, with the sign turned: larger is purer.
    fn purity(&self, stats: &[f64]) -> f64 {
        let (top, weight) = match self.regression {
            true => (stats[1] * stats[1], stats[0]),
            false => (stats.iter().map(|s| s * s).sum(), stats.iter().sum()),
        };
        if weight > 0.0 { top / weight } else { 0.0 }
    }

    fn grow(&self, rows: &[u32], depth: u32) -> Node {
        let total = self.sum(rows);
        let best = match depth {
            0 => None,
            _ => (0..self.inputs.len())
                .into_par_iter()
                .map(|input| self.split(rows, &total, input))
                .collect::<Vec<_>>()
                .into_iter()
                .flatten()
                .reduce(|a, b| if b.gain > a.gain { b } else { a }),
        };
        let Some(best) = best else { return self.leaf(&total) };
        let codes = &self.inputs[best.input].codes;
        let side = |left: bool| -> Vec<u32> {
            rows.iter().copied().filter(|r| best.left[codes[*r as usize] as usize] == left).collect()
        };
        let children = Box::new([true, false].map(|left| self.grow(&side(left), depth - 1)));
        Node::Split { input: best.input, left: best.left, children }
    }

    fn leaf(&self, total: &[f64]) -> Node {
        if self.regression {
            return Node::Leaf(vec![if total[0] > 0.0 { total[1] / total[0] } else { 0.0 }]);
        }
        let sum: f64 = total.iter().sum::<f64>() + total.len() as f64;
        Node::Leaf(total.iter().map(|t| (t + 1.0) / sum).collect())
    }

    /// The best split of one input, if any improves on none.
    fn split(&self, rows: &[u32], total: &[f64], index: usize) -> Option<Best> {
        let input = &self.inputs[index];
        let width = self.width;
        let mut sums = vec![0.0; input.size * width];
        let mut counts = vec![0usize; input.size];
        for &row in rows {
            let code = input.codes[row as usize] as usize;
            counts[code] += 1;
            add(&mut sums[code * width..][..width], self.of(row));
        }
        let order = self.order(input, &sums, &counts, total);
        let whole = self.purity(total);
        let (mut left, mut left_rows) = (vec![0.0; width], 0);
        let mut best: Option<(f64, usize)> = None;
        for (at, &code) in order.iter().enumerate().take(order.len().saturating_sub(1)) {
            add(&mut left, &sums[code * width..][..width]);
            left_rows += counts[code];
            if left_rows < self.least || rows.len() - left_rows < self.least {
                continue;
            }
            let right: Vec<f64> = total.iter().zip(&left).map(|(t, l)| t - l).collect();
            let gain = self.purity(&left) + self.purity(&right) - whole;
            if gain > best.map_or(1e-9 * whole.abs(), |b| b.0) {
                best = Some((gain, at));
            }
        }
        let (gain, at) = best?;
        let larger_left = 2 * order[..=at].iter().map(|c| counts[*c]).sum::<usize>() > rows.len();
        Some(Best { gain, input: index, left: input.sides(&order, at, larger_left) })
    }

    /// The codes that occur, in the order in which they can be split.
    fn order(&self, input: &Input, sums: &[f64], counts: &[usize], total: &[f64]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..input.size).filter(|c| counts[*c] > 0).collect();
        if input.numbers.is_none() {
            let key = match self.regression {
                true => 1,
                false => (0..total.len()).fold(0, |b, k| if total[k] > total[b] { k } else { b }),
            };
            let mean = |code: usize| {
                let s = &sums[code * self.width..][..self.width];
                let weight = if self.regression { s[0] } else { s.iter().sum() };
                if weight > 0.0 { s[key] / weight } else { 0.0 }
            };
            order.sort_by(|a, b| mean(*a).total_cmp(&mean(*b)).then(a.cmp(b)));
        }
        order
    }
}

impl Input {
    fn new(column: &Column) -> Option<Self> {
        match &column.values {
            Values::Text { codes, dictionary } => (dictionary.len() <= MOST_CATEGORIES).then(|| Self {
                codes: codes.iter().map(|c| if *c == MISSING { 0 } else { c + 1 }).collect(),
                size: dictionary.len() + 1,
                numbers: None,
            }),
            Values::Number { values, .. } => {
                let mut numbers: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
                numbers.sort_by(f64::total_cmp);
                numbers.dedup();
                let code = |v: f64| {
                    if v.is_nan() { 0 } else { numbers.partition_point(|n| *n < v) as u32 + 1 }
                };
                let codes = values.iter().map(|v| code(*v)).collect();
                Some(Self { codes, size: numbers.len() + 1, numbers: Some(numbers) })
            }
        }
    }

    /// Which codes go left when the split is after `order[at]`; numbers by the midpoint, unseen categories with the
    /// larger side.
    fn sides(&self, order: &[usize], at: usize, larger_left: bool) -> Vec<bool> {
        if let Some(numbers) = &self.numbers {
            let value = |code: usize| if code == 0 { f64::NEG_INFINITY } else { numbers[code - 1] };
            let (a, b) = (value(order[at]), value(order[at + 1]));
            let threshold = if a == f64::NEG_INFINITY { a } else { a + (b - a) / 2.0 };
            return (0..self.size).map(|code| code == 0 || value(code) <= threshold).collect();
        }
        let mut left = vec![larger_left; self.size];
        for (place, code) in order.iter().enumerate() {
            left[*code] = place <= at;
        }
        left
    }
}

impl Node {
    fn leaf(&self, inputs: &[Input], row: usize) -> &[f64] {
        match self {
            Self::Leaf(values) => values,
            Self::Split { input, left, children } => {
                let side = usize::from(!left[inputs[*input].codes[row] as usize]);
                children[side].leaf(inputs, row)
            }
        }
    }
}

fn add(sum: &mut [f64], part: &[f64]) {
    sum.iter_mut().zip(part).for_each(|(s, p)| *s += p);
}

#[cfg(test)]
pub(super) mod tests {
    use fine_table::NumberKind;

    use super::*;
    use crate::fixture;

    fn fitted(subject: &Subject, classes: usize) -> Vec<f64> {
        let data = Data::new(subject, classes);
        let rows: Vec<u32> = (0..subject.rows() as u32).collect();
        let tree = data.grow(&rows, DEPTH);
        rows.iter().map(|r| *tree.leaf(&data.inputs, *r as usize).last().expect("a value")).collect()
    }

    /// Trees on all rows of three columns against scikit-learn's.
    pub(in super::super) fn equals(x: &[f64], y: &[f64], z: &[f64], probability: &[f64], value: &[f64]) {
        let columns = |target: &[f64], classes: usize| {
            let extra = (0..3)
                .map(|c| {
                    Column::number(format!("c{c}"), NumberKind::Float, x.iter().skip(c).step_by(3).copied().collect())
                })
                .collect();
            let mut s = match classes {
                0 => fixture::regression(target, target, extra),
                _ => fixture::binary(target, &vec![0.5; target.len()], extra),
            };
            s.feature_columns = vec![2, 3, 4];
            fitted(&s, classes)
        };
        for (own, expected) in [(columns(y, 2), probability), (columns(z, 0), value)] {
            own.iter().zip(expected).for_each(|(a, b)| assert!((a - b).abs() < 1e-9, "{a} {b}"));
        }
    }

    #[test]
    fn categories_split_and_missing_numbers_have_a_side() {
        let n = 200;
        let y: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i % 4 < 2))).collect();
        let text = Column::text("t", (0..n).map(|i| Some(["a", "b", "c", "d"][i % 4])));
        let holes = (0..n).map(|i| if i % 4 < 2 { f64::NAN } else { 1.0 }).collect();
        let number = Column::number("h", NumberKind::Float, holes);
        for (column, extra) in [(2, text), (2, number)] {
            let mut s = fixture::binary(&y, &vec![0.5; n], vec![extra]);
            s.feature_columns = vec![column];
            let scores = cross_fit(&s, 2, |_| Ok(())).expect("no stop").expect("a column");
            assert!(scores.chunks(2).zip(&y).all(|(p, y)| (p[1] > 0.9) == (*y == 1.0)));
        }
    }

    #[test]
    fn rows_are_never_predicted_by_a_tree_that_saw_them() {
        let y: Vec<f64> = fixture::spread(400, 0.3).iter().map(|v| v.round()).collect();
        let id = Column::number("id", NumberKind::Int, (0..400).map(f64::from).collect());
        let mut s = fixture::binary(&y, &vec![0.5; 400], vec![id]);
        s.feature_columns = vec![2];
        let scores = cross_fit(&s, 2, |_| Ok(())).expect("no stop").expect("a column");
        let hits = scores.chunks(2).zip(&y).filter(|(p, y)| (p[1] > 0.5) == (**y == 1.0)).count();
        assert!(hits < 260, "{hits} of 400 on noise");
    }
}
