//! A walk along the boundary of any model, after HopSkipJump (Chen, Jordan and Wainwright 2020) in its form for the largest
//! change: from a plausible point with another label, the direction to the boundary is estimated from labels of random
//! neighbours, and each step is pulled back towards the row. All rows walk side by side, so that the model predicts many at once.

use rand::RngExt;
use rand_distr::StandardNormal;

use super::space::Oracle;
use crate::rerun::{Progress, RerunError};
use crate::rng::unit_rng;
use crate::trees_box::{Axis, distance};

/// Rows of another label that are tried as a start, nearest first.
const STARTS: usize = 10;
/// Halvings of the way between a row and a point with another label.
const HALVINGS: usize = 8;
/// Steps along the boundary.
const STEPS: usize = 5;
/// Neighbours that are asked for a direction.
const NEIGHBOURS: usize = 20;
/// Halvings of the length of a step.
const LENGTHS: usize = 5;
/// Neighbours lie within this part of the distance to the row.
const NEAR: f64 = 0.1;

/// Most predictions a row.
pub(crate) const QUERIES: usize = STARTS + HALVINGS + STEPS * (NEIGHBOURS + LENGTHS + HALVINGS);

/// Points with another label, as near as they were found; `None` for rows without a start.
pub(super) fn walk(
    oracle: &Oracle<'_>,
    axes: &[Axis],
    points: &[Vec<f64>],
    progress: &Progress<'_>,
) -> Result<Vec<Option<Vec<f64>>>, RerunError> {
    let walk = Walk { oracle, axes, points, progress };
    let mut best = walk.starts()?;
    walk.pull(&mut best)?;
    for step in 1..=STEPS {
        walk.step(&mut best, step)?;
    }
    Ok(best)
}

struct Walk<'a> {
    oracle: &'a Oracle<'a>,
    axes: &'a [Axis],
    points: &'a [Vec<f64>],
    progress: &'a Progress<'a>,
}

/// A point of a row.
type At = (u32, Vec<f64>);

impl Walk<'_> {
    /// Whether each point has another label than its row.
    fn turned(&self, at: &[At]) -> Result<Vec<bool>, RerunError> {
        let labels = self.oracle.labels_at(self.axes, at).map_err(RerunError::Refused)?;
        self.progress.add(at.len() as u64).map_err(RerunError::Stopped)?;
        Ok(labels.iter().zip(at).map(|(l, (row, _))| *l != self.oracle.labels[*row as usize]).collect())
    }

    /// The plausible point nearest to another one, whole numbers rounded towards the row.
    fn plausible(&self, row: u32, point: &[f64]) -> Vec<f64> {
        let x = &self.points[row as usize];
        let of = |((axis, x), v): ((&Axis, &f64), &f64)| {
            if x.is_nan() {
                return *x;
            }
            let v = v.clamp(axis.low, axis.high);
            if !axis.whole {
                return v;
            }
            if v > *x { v.floor().max(*x) } else { v.ceil().min(*x) }
        };
        self.axes.iter().zip(x).zip(point).map(of).collect()
    }

    /// The point cut to a ball around its row.
    fn within(&self, row: u32, point: &[f64], radius: f64) -> Vec<f64> {
        let x = &self.points[row as usize];
        let of = |((axis, x), v): ((&Axis, &f64), &f64)| x + (v - x).clamp(-radius * axis.scale, radius * axis.scale);
        let cut: Vec<f64> = self.axes.iter().zip(x).zip(point).map(of).collect();
        self.plausible(row, &cut)
    }

    fn distance(&self, row: u32, point: &[f64]) -> f64 {
        distance(self.axes, &self.points[row as usize], point)
    }

    /// The coordinates of the nearest row whose coordinates give this row another label.
    fn starts(&self) -> Result<Vec<Option<Vec<f64>>>, RerunError> {
        let labels = &self.oracle.labels;
        let mut tried: Vec<At> = Vec::new();
        for row in 0..labels.len() as u32 {
            let mut others: Vec<(f64, usize)> = (0..labels.len())
                .filter(|o| labels[*o] != labels[row as usize])
                .map(|o| (self.distance(row, &self.points[o]), o))
                .collect();
            others.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let x = &self.points[row as usize];
            tried.extend(others.iter().take(STARTS).map(|(_, o)| {
                let taken = self.points[*o].iter().zip(x).map(|(o, x)| if o.is_nan() || x.is_nan() { *x } else { *o });
                (row, taken.collect())
            }));
        }
        let mut best: Vec<Option<Vec<f64>>> = vec![None; labels.len()];
        for ((row, point), turned) in tried.iter().zip(self.turned(&tried)?) {
            let own = &mut best[*row as usize];
            if turned && own.is_none() {
                *own = Some(point.clone());
            }
        }
        Ok(best)
    }

    /// Shrinks the ball of each point by halves as long as the cut point keeps its other label.
    fn pull(&self, best: &mut [Option<Vec<f64>>]) -> Result<(), RerunError> {
        let mut low = vec![0.0; best.len()];
        for _ in 0..HALVINGS {
            let mut at: Vec<At> = Vec::new();
            let mut tried = Vec::new();
            for (row, own) in best.iter().enumerate() {
                let Some(point) = own else { continue };
                let row = row as u32;
                let middle = 0.5 * (low[row as usize] + self.distance(row, point));
                tried.push(middle);
                at.push((row, self.within(row, point, middle)));
            }
            for (((row, point), turned), middle) in at.iter().zip(self.turned(&at)?).zip(tried) {
                let row = *row as usize;
                if turned { best[row] = Some(point.clone()) } else { low[row] = middle }
            }
        }
        Ok(())
    }

    /// One step along the boundary, kept where it ends nearer.
    fn step(&self, best: &mut [Option<Vec<f64>>], step: usize) -> Result<(), RerunError> {
        let rows: Vec<u32> = (0..best.len() as u32).filter(|r| best[*r as usize].is_some()).collect();
        let at = |row: u32| best[row as usize].as_deref().unwrap_or_default();
        let mut shifts: Vec<Vec<f64>> = Vec::new();
        let mut asked: Vec<At> = Vec::new();
        for &row in &rows {
            let key = format!("robustness/walk/{step}");
            let mut rng = unit_rng(self.oracle.subject.seed, &key, u64::from(row));
            let near = NEAR * self.distance(row, at(row));
            for _ in 0..NEIGHBOURS {
                let shift: Vec<f64> = self.axes.iter().map(|_| rng.sample(StandardNormal)).collect();
                let moved = at(row).iter().zip(&shift).zip(self.axes).map(|((v, s), a)| v + near * s * a.scale);
                asked.push((row, self.plausible(row, &moved.collect::<Vec<f64>>())));
                shifts.push(shift);
            }
        }
        let turned = self.turned(&asked)?;
        let groups = turned.chunks(NEIGHBOURS).zip(shifts.chunks(NEIGHBOURS));
        let directions: Vec<Vec<f64>> = groups.map(|(turned, shifts)| direction(turned, shifts)).collect();
        let mut next: Vec<Option<Vec<f64>>> = vec![None; best.len()];
        for length in 0..LENGTHS {
            let part = 0.5f64.powi(length as i32) / (step as f64).sqrt();
            let open = rows.iter().zip(&directions).filter(|(row, _)| next[**row as usize].is_none());
            let tried: Vec<At> = open
                .map(|(&row, direction)| {
                    let long = part * self.distance(row, at(row));
                    let moved = at(row).iter().zip(direction).zip(self.axes).map(|((v, d), a)| v + long * d * a.scale);
                    (row, self.plausible(row, &moved.collect::<Vec<f64>>()))
                })
                .collect();
            for ((row, point), turned) in tried.iter().zip(self.turned(&tried)?) {
                if turned {
                    next[*row as usize] = Some(point.clone());
                }
            }
        }
        self.pull(&mut next)?;
        for (row, (own, next)) in best.iter_mut().zip(next).enumerate() {
            let far = |p: &Option<Vec<f64>>| p.as_ref().map_or(f64::INFINITY, |p| self.distance(row as u32, p));
            if far(&next) < far(own) {
                *own = next;
            }
        }
        Ok(())
    }
}

/// The sign of the mean shift towards the other label, less the mean of all (equation 16 of the paper).
fn direction(turned: &[bool], shifts: &[Vec<f64>]) -> Vec<f64> {
    let signs: Vec<f64> = turned.iter().map(|t| if *t { 1.0 } else { -1.0 }).collect();
    let mean = signs.iter().sum::<f64>() / signs.len() as f64;
    // All on one side: the shifts themselves, so that the walk goes on.
    let centre = if mean.abs() < 1.0 { mean } else { 0.0 };
    let axes = shifts.first().map_or(0, Vec::len);
    let sum = |axis: usize| signs.iter().zip(shifts).map(|(s, shift)| (s - centre) * shift[axis]).sum::<f64>();
    (0..axes).map(|axis| if sum(axis) < 0.0 { -1.0 } else { 1.0 }).collect()
}
