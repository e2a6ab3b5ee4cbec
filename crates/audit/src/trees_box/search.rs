//! Upper bounds on the distance to the other label: a search through the boxes of the trees (after Zhang, Zhang and Hsieh 2020).
//!
//! The margin is constant in a cell, the box that the leaves of all trees share, so that only cells are looked at. Within a ball,
//! one coordinate after the other moves to its best cell, found exactly by a sweep over the thresholds of that axis, until the
//! label changes. The ball then shrinks by halves; each point found is pulled to the nearest plausible point of its own cell.

use super::local::{LEAF, Local};
use super::{Axis, distance};

/// Sweeps over all axes in one ball.
pub(crate) const PASSES: usize = 3;
/// Balls tried.
pub(crate) const STEPS: usize = 12;
/// Rows of the other label that are tried as a start, nearest first.
const STARTS: usize = 50;
/// The search ends when the ball to try is this near to the best one.
const CLOSE: f64 = 1e-3;

/// The nearest plausible point with the other label that is found: inside the observed ranges, whole where only whole numbers
/// are plausible. `others` are points of rows with another label.
pub(crate) fn nearest_flip(local: &Local, axes: &[Axis], x: &[f64], others: &[Vec<f64>]) -> Option<Vec<f64>> {
    let search = Search { local, axes, x };
    let mut best = search.start(others);
    let far = axes.iter().zip(x).map(|(a, x)| (x - a.low).max(a.high - x) / a.scale).fold(0.0, f64::max);
    let reach = best.as_ref().map_or(far, |b| distance(axes, x, b));
    if let Some(found) = search.within(reach, x) {
        best = search.nearer(best, found);
    }
    let mut best = best?;
    let mut low = 0.0;
    for _ in 0..STEPS {
        let high = distance(axes, x, &best);
        if high - low <= CLOSE * high {
            break;
        }
        let middle = 0.5 * (low + high);
        match search.within(middle, x).or_else(|| search.within(middle, &best)) {
            Some(found) => best = search.pulled(found),
            None => low = middle,
        }
    }
    Some(best)
}

struct Search<'a> {
    local: &'a Local,
    axes: &'a [Axis],
    x: &'a [f64],
}

impl Search<'_> {
    /// The nearest of the other rows whose coordinates give this row the other label.
    fn start(&self, others: &[Vec<f64>]) -> Option<Vec<f64>> {
        let mut order: Vec<(f64, usize)> =
            others.iter().enumerate().map(|(i, o)| (distance(self.axes, self.x, o), i)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let taken = |other: &Vec<f64>| -> Vec<f64> {
            other.iter().zip(self.x).map(|(o, x)| if o.is_nan() || x.is_nan() { *x } else { *o }).collect()
        };
        let starts = order.iter().take(STARTS).map(|(_, i)| taken(&others[*i]));
        starts.filter(|p| self.local.is_flip(self.local.margin(p))).map(|p| self.pulled(p)).next()
    }

    /// A point with the other label no farther than `radius`, started from `from`.
    fn within(&self, radius: f64, from: &[f64]) -> Option<Vec<f64>> {
        let ball = |a: &Axis, x: f64| (x - radius * a.scale, x + radius * a.scale);
        let inside = |((a, x), from): ((&Axis, &f64), &f64)| {
            let (low, high) = ball(a, *x);
            a.nearest(low.next_down(), high, *from).unwrap_or(*x)
        };
        let mut point: Vec<f64> = self.axes.iter().zip(self.x).zip(from).map(inside).collect();
        let mut margin = self.local.margin(&point);
        for _ in 0..PASSES {
            let before = margin;
            for (j, axis) in self.axes.iter().enumerate() {
                if self.local.is_flip(margin) {
                    return Some(point);
                }
                if self.x[j].is_nan() {
                    continue;
                }
                let (low, high) = ball(axis, self.x[j]);
                let cells = sweep(self.local, &point, j, low, high);
                let plausible =
                    |c: &Cell| Some((axis.nearest(c.low.max(low.next_down()), c.high.min(high), self.x[j])?, c.margin));
                let all = cells.iter().filter_map(plausible);
                let least = all.min_by(|a, b| a.1.total_cmp(&b.1));
                if let Some((value, least)) = least.filter(|l| l.1 < margin) {
                    point[j] = value;
                    margin = least;
                }
            }
            if margin >= before {
                break;
            }
        }
        // Sums along a sweep are in another order: the point itself decides.
        self.local.is_flip(self.local.margin(&point)).then_some(point)
    }

    /// The plausible point of the same cell that is nearest to the row.
    fn pulled(&self, mut point: Vec<f64>) -> Vec<f64> {
        let cell = self.local.cell(&point);
        let mut cut = vec![(f64::NEG_INFINITY, f64::INFINITY); point.len()];
        cell.iter().for_each(|s| cut[s.axis as usize] = (s.low, s.high));
        for (j, axis) in self.axes.iter().enumerate().filter(|(j, _)| !self.x[*j].is_nan()) {
            point[j] = axis.nearest(cut[j].0, cut[j].1, self.x[j]).unwrap_or(point[j]);
        }
        point
    }

    fn nearer(&self, best: Option<Vec<f64>>, found: Vec<f64>) -> Option<Vec<f64>> {
        let found = self.pulled(found);
        let far = |p: &[f64]| distance(self.axes, self.x, p);
        match best {
            Some(best) if far(&best) <= far(&found) => Some(best),
            _ => Some(found),
        }
    }
}

/// Values of one axis, `(low, high]`, with the margin when it alone moves there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) margin: f64,
}

/// The margin as a function of axis `j` from `low` to `high`, all other coordinates as in `point`: a step function, whose steps
/// are the thresholds of the paths that can still be taken.
pub(super) fn sweep(local: &Local, point: &[f64], j: usize, low: f64, high: f64) -> Vec<Cell> {
    let mut start = local.base;
    // Where the sum changes, and by how much.
    let mut steps: Vec<(f64, f64)> = Vec::new();
    let mut open: Vec<(u32, f64, f64)> = Vec::new();
    for root in &local.roots {
        open.push((*root, f64::NEG_INFINITY, f64::INFINITY));
        let mut last: Option<f64> = None;
        while let Some((at, from, to)) = open.pop() {
            let node = &local.nodes[at as usize];
            if node.axis == LEAF {
                match last {
                    None => start += node.at,
                    Some(value) => steps.push((from, node.at - value)),
                }
                last = Some(node.at);
            } else if node.axis as usize != j {
                let next = if point[node.axis as usize] <= node.at { node.low } else { node.high };
                open.push((next, from, to));
            } else {
                // The lower part is popped first, so that leaves come from left to right.
                if node.at < to && node.at < high {
                    open.push((node.high, from.max(node.at), to));
                }
                if node.at > from && node.at >= low {
                    open.push((node.low, from, to.min(node.at)));
                }
            }
        }
    }
    steps.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut cells = Vec::new();
    let (mut at, mut margin) = (f64::NEG_INFINITY, start);
    for run in steps.chunk_by(|a, b| a.0 == b.0) {
        cells.push(Cell { low: at, high: run[0].0, margin });
        margin += run.iter().map(|s| s.1).sum::<f64>();
        at = run[0].0;
    }
    cells.push(Cell { low: at, high: f64::INFINITY, margin });
    cells
}
