//! Lower bounds on the distance to the other label (Chen, Zhang, Boning and Hsieh 2019).
//!
//! A point reaches one leaf of every tree, and the boxes of those leaves share it. Boxes that meet in pairs share a point (Helly),
//! so that the tuples of leaves that some point of a ball reaches are the cliques of a multipartite graph. The least margin in
//! the ball is at least the sum, over groups of trees, of the least sum of a group's cliques; a second level joins the cliques
//! of two groups. A ball whose bound is positive holds no other label. Where the cliques of all trees together are few, they are
//! walked through, and the distance is exact.

use serde::{Deserialize, Serialize};

use super::Axis;
use super::local::{Leaf, Local};
use super::shapes::{both, gap};

/// Trees, then groups, that are joined.
const CLIQUE: usize = 2;
/// Levels of joining.
const LEVELS: usize = 2;
/// Pairs of a join above which its groups stay apart: a looser bound, but a bound.
const PAIRS: usize = 1024;
/// Pairs that the walk through all cliques may look at.
pub(crate) const EXHAUSTIVE: usize = 100_000;
/// Halvings of the interval in which the largest certified radius lies.
pub(crate) const STEPS: usize = 7;

/// What is known about the distance to the other label.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Certificate {
    /// No point nearer than this (in scales) has the other label.
    pub(crate) radius: f64,
    /// It is the distance itself, or there is no nearer one up to the largest radius looked at.
    pub(crate) exact: bool,
}

/// A certificate up to the radius `most`, for all real values of the axes.
pub(crate) fn certify(local: &Local, axes: &[Axis], x: &[f64], most: f64) -> Certificate {
    let ball = Ball::new(axes, x, most);
    let (constant, trees) = ball.reached(local);
    if let Some(nearest) = exhaustive(local, axes, x, constant, trees) {
        return Certificate { radius: nearest.map_or(most, |n| n.min(most)), exact: true };
    }
    let (mut sure, mut open) = (0.0, most);
    for _ in 0..STEPS {
        let middle = 0.5 * (sure + open);
        let (constant, trees) = Ball::new(axes, x, middle).reached(local);
        if bound(constant, trees, local.slack) > local.slack {
            sure = middle;
        } else {
            open = middle;
        }
    }
    Certificate { radius: sure, exact: false }
}

/// Corners of a ball around a row, both inside, a little outwards of any rounding.
struct Ball {
    low: Vec<f64>,
    high: Vec<f64>,
}

impl Ball {
    fn new(axes: &[Axis], x: &[f64], radius: f64) -> Self {
        let corner = |sign: f64| -> Vec<f64> {
            let at = axes.iter().zip(x).map(|(a, x)| x + sign * radius * a.scale * (1.0 + 4.0 * f64::EPSILON));
            at.map(|v| if sign < 0.0 { v.next_down() } else { v.next_up() }).collect()
        };
        Self { low: corner(-1.0), high: corner(1.0) }
    }

    /// The sum of the trees that are constant in the ball, and the leaves of all others.
    fn reached(&self, local: &Local) -> (f64, Vec<Vec<Leaf>>) {
        let mut constant = local.base;
        let mut trees = Vec::new();
        for root in &local.roots {
            let leaves = local.leaves(*root, &self.low, &self.high);
            match leaves.as_slice() {
                [only] => constant += only.value,
                _ => trees.push(leaves),
            }
        }
        (constant, trees)
    }
}

fn least(group: &[Leaf]) -> f64 {
    group.iter().map(|l| l.value).fold(f64::INFINITY, f64::min)
}

/// A lower bound on the signed margin of all points that reach these leaves; no work is done for more than `enough`.
fn bound(constant: f64, mut groups: Vec<Vec<Leaf>>, enough: f64) -> f64 {
    let sum = |groups: &[Vec<Leaf>]| constant + groups.iter().map(|g| least(g)).sum::<f64>();
    for _ in 0..LEVELS {
        if groups.len() < 2 || sum(&groups) > enough {
            break;
        }
        let mut joined = Vec::with_capacity(groups.len().div_ceil(CLIQUE));
        for group in groups.chunks(CLIQUE) {
            let mut cliques = group[0].clone();
            for next in &group[1..] {
                if cliques.len() * next.len() > PAIRS {
                    joined.push(std::mem::replace(&mut cliques, next.clone()));
                } else {
                    cliques = join(&cliques, next);
                }
            }
            joined.push(cliques);
        }
        groups = joined;
    }
    sum(&groups)
}

fn join(a: &[Leaf], b: &[Leaf]) -> Vec<Leaf> {
    let pair = |a: &Leaf, b: &Leaf| Some(Leaf { sides: both(&a.sides, &b.sides)?, value: a.value + b.value });
    a.iter().flat_map(|a| b.iter().filter_map(move |b| pair(a, b))).collect()
}

/// The distance of the nearest clique of all trees that is not surely on the label's side, `Some(None)` when there is none in the
/// ball, or `None` when the walk would be too long. Cliques that the least values of the trees to come keep on the label's
/// side are dropped.
#[allow(clippy::option_option, reason = "too long, none, and a distance are three answers")]
fn exhaustive(
    local: &Local,
    axes: &[Axis],
    x: &[f64],
    constant: f64,
    mut trees: Vec<Vec<Leaf>>,
) -> Option<Option<f64>> {
    // Trees that differ most decide soonest.
    let spread = |t: &Vec<Leaf>| t.iter().map(|l| l.value).fold(f64::NEG_INFINITY, f64::max) - least(t);
    trees.sort_by(|a, b| spread(b).total_cmp(&spread(a)));
    let mut rest: f64 = trees.iter().map(|t| least(t)).sum();
    let mut cliques = vec![Leaf { sides: Vec::new(), value: constant }];
    let mut pairs = 0;
    for tree in &trees {
        pairs += cliques.len() * tree.len();
        if pairs > EXHAUSTIVE {
            return None;
        }
        rest -= least(tree);
        cliques = join(&cliques, tree);
        cliques.retain(|c| c.value + rest <= 2.0 * local.slack);
    }
    let undecided = cliques.iter().filter(|c| c.value <= local.slack);
    Some(undecided.map(|c| gap(&c.sides, axes, x)).min_by(f64::total_cmp))
}
