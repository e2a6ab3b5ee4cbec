//! A small CART tree: Gini or squared-error splits over all thresholds (Breiman et al. 1984); categories are ordered by the node's mean (of the
//! most frequent class's share); a missing number goes left, a missing category is a category. The same code grows the
//! trees of [`super::Boosting`], whose rows carry gradients.

use fine_table::{Column, MISSING, Values};
use rayon::prelude::*;

use super::Lesson;

/// Depth of every challenger's trees.
pub(crate) const DEPTH: u32 = 3;
/// Text columns with more categories are left out: their groups would be memorised.
const MOST_CATEGORIES: usize = 256;
/// Fewest rows of a leaf.
pub(crate) const LEAF_ROWS: usize = 20;

/// One input column as dense codes; 0 is missing.
pub(crate) struct Input {
    codes: Vec<u32>,
    size: usize,
    /// A number of code 1, 2, …, ascending; `None` for categories.
    numbers: Option<Vec<f64>>,
}

/// A tree or a part of it.
pub(crate) enum Node {
    Leaf(Vec<f64>),
    Split {
        input: usize,
        left: Vec<bool>,
        /// What the split adds to the purity.
        gain: f64,
        children: Box<[Node; 2]>,
    },
}

struct Best {
    gain: f64,
    input: usize,
    left: Vec<bool>,
}

/// Rows and targets of a fit: `width` numbers a row (weight by class, or weight and weighted target).
pub(crate) struct Data {
    pub(crate) inputs: Vec<Input>,
    pub(crate) stats: Vec<f64>,
    pub(crate) width: usize,
    pub(crate) regression: bool,
    /// Fewest rows of a leaf.
    pub(crate) least: usize,
    /// Added to the weight of a node (ridge penalty on leaf values; 0 for CART).
    pub(crate) ridge: f64,
}

impl Data {
    /// All usable features and the truth; `classes` is 0 for regression.
    pub(crate) fn new(lesson: &Lesson<'_>) -> Self {
        let regression = lesson.classes == 0;
        let width = if regression { 2 } else { lesson.classes };
        let mut stats = vec![0.0; lesson.rows() * width];
        for (row, stats) in stats.chunks_exact_mut(width).enumerate() {
            let weight = lesson.weights.map_or(1.0, |w| w[row]);
            if regression {
                stats.copy_from_slice(&[weight, weight * lesson.target[row]]);
            } else {
                stats[lesson.target[row] as usize] = weight;
            }
        }
        Self { inputs: lesson.inputs(), stats, width, regression, least: lesson.leaf_rows(), ridge: 0.0 }
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
        if weight > 0.0 { top / (weight + self.ridge) } else { 0.0 }
    }

    /// The tree of some rows.
    pub(crate) fn grow(&self, rows: &[u32], depth: u32) -> Node {
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
        Node::Split { input: best.input, left: best.left, gain: best.gain, children }
    }

    fn leaf(&self, total: &[f64]) -> Node {
        if self.regression {
            return Node::Leaf(vec![if total[0] > 0.0 { total[1] / (total[0] + self.ridge) } else { 0.0 }]);
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
    /// False for text of too many categories.
    pub(crate) fn is_usable(column: &Column) -> bool {
        !matches!(&column.values, Values::Text { dictionary, .. } if dictionary.len() > MOST_CATEGORIES)
    }

    /// `None` for text of too many categories.
    pub(crate) fn new(column: &Column) -> Option<Self> {
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

    /// The same with numbers in at most `bins` groups of about equal size; fewer distinct numbers stay as they are.
    pub(crate) fn binned(mut self, bins: usize) -> Self {
        let Some(numbers) = self.numbers.as_ref().filter(|n| n.len() > bins) else { return self };
        let mut counts = vec![0usize; self.size];
        self.codes.iter().for_each(|c| counts[*c as usize] += 1);
        let present = (self.codes.len() - counts[0]).max(1);
        let (mut bin_of, mut tops, mut before, mut last) = (vec![0u32; self.size], Vec::new(), 0, usize::MAX);
        for code in 1..self.size {
            let bin = before * bins / present;
            if bin != last {
                tops.push(numbers[code - 1]);
                last = bin;
            }
            if let Some(top) = tops.last_mut() {
                *top = numbers[code - 1];
            }
            bin_of[code] = tops.len() as u32;
            before += counts[code];
        }
        self.codes.iter_mut().for_each(|c| *c = bin_of[*c as usize]);
        (self.size, self.numbers) = (tops.len() + 1, Some(tops));
        self
    }

    /// Which codes go left when the split is after `order[at]`; numbers by the midpoint, unseen categories with the
    /// larger side.
    fn sides(&self, order: &[usize], at: usize, larger_left: bool) -> Vec<bool> {
        if let Some(numbers) = &self.numbers {
            let value = |code: usize| if code == 0 { f64::NEG_INFINITY } else { numbers[code - 1] };
            let (a, b) = (value(order[at]), value(order[at + 1]));
            // Between neighbours that are infinitely far apart there is no midpoint.
            let threshold = if (b - a).is_finite() { a + (b - a) / 2.0 } else { a };
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
    /// The leaf of a row.
    pub(crate) fn leaf(&self, inputs: &[Input], row: usize) -> &[f64] {
        match self {
            Self::Leaf(values) => values,
            Self::Split { input, left, children, .. } => {
                let side = usize::from(!left[inputs[*input].codes[row] as usize]);
                children[side].leaf(inputs, row)
            }
        }
    }
}

impl Node {
    /// Adds the gain of each split to its input's sum.
    pub(crate) fn gains(&self, sums: &mut [f64]) {
        if let Self::Split { input, gain, children, .. } = self {
            sums[*input] += gain;
            children.iter().for_each(|child| child.gains(sums));
        }
    }
}

fn add(sum: &mut [f64], part: &[f64]) {
    sum.iter_mut().zip(part).for_each(|(s, p)| *s += p);
}
