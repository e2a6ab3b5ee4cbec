//! Split conformal prediction: scores, thresholds and the sets they give.
//!
//! A score says how ill a value fits a row. The threshold is the `ceil((n + 1) target)`-th smallest score of `n`
//! calibration rows; the set of a new row holds every value whose score is not above it (Vovk, Gammerman and Shafer 2005;
//! Angelopoulos and Bates 2021, section 1 and appendix C).

use crate::stats::beta_binomial::BetaBinomial;
use crate::stats::design::{kish, whole};

/// How well the values fit the rows of a subject.
pub(super) enum Scores<'a> {
    /// Least ambiguous set-valued classifier (Sadinle, Lei and Wasserman 2019): one minus the probability.
    Lac { p: &'a [f64], width: usize },
    /// Adaptive prediction sets (Romano, Sesia and Candès 2020), randomised: the probability of all likelier classes plus
    /// `u` times the own one, with one uniform `u` a row.
    Aps { p: &'a [f64], width: usize, u: &'a [f64] },
    /// Distance to the prediction in units of the row's scale.
    Residual { predicted: &'a [f64], scale: &'a [f64] },
}

impl Scores<'_> {
    /// Score of the truth `y` of a row: a class index, or a value.
    pub(super) fn of(&self, row: usize, y: f64) -> f64 {
        match self {
            Self::Lac { p, width } => 1.0 - p[row * width + y as usize],
            Self::Aps { p, width, u } => adaptive(&p[row * width..][..*width], u[row])[y as usize],
            Self::Residual { predicted, scale } => (y - predicted[row]).abs() / scale[row],
        }
    }

    /// Classes in the set of a row, or the width of its interval.
    pub(super) fn size(&self, row: usize, threshold: f64) -> f64 {
        match self {
            Self::Lac { width, .. } => (0..*width).filter(|k| self.of(row, *k as f64) <= threshold).count() as f64,
            Self::Aps { p, width, u } => {
                adaptive(&p[row * width..][..*width], u[row]).iter().filter(|s| **s <= threshold).count() as f64
            }
            Self::Residual { scale, .. } => 2.0 * threshold * scale[row],
        }
    }
}

/// Adaptive scores of all classes of a row; of equal probabilities the first class comes first.
fn adaptive(p: &[f64], u: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*b].total_cmp(&p[*a]).then(a.cmp(b)));
    let (mut scores, mut likelier) = (vec![0.0; p.len()], 0.0);
    for class in order {
        scores[class] = likelier + u * p[class];
        likelier += p[class];
    }
    scores
}

/// A threshold and the rows behind it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Threshold {
    /// The threshold; of weighted rows that of a row of mean weight.
    pub(super) value: f64,
    pub(super) rows: u64,
    /// Effective rows: all, or Kish's number.
    effective: u64,
    /// Its place among the (effective) scores, from 1.
    pub(super) place: u64,
    /// Of weighted rows.
    weighted: Option<Weighted>,
}

/// Weighted scores.
#[derive(Clone, Debug, PartialEq)]
struct Weighted {
    target: f64,
    /// Ascending scores, each with the weight up to it.
    steps: Vec<(f64, f64)>,
}

impl Weighted {
    /// Weighted split conformal prediction (Tibshirani, Foygel Barber, Candès and Ramdas 2019): the least score up to which
    /// `target` of the calibration weight and of the row's own lies, the own one at infinity. Weights are taken as those of
    /// the population that the promise is about, relative to how the rows were drawn.
    fn at(&self, weight: f64) -> f64 {
        let Some(total) = self.steps.last().map(|s| s.1) else { return f64::INFINITY };
        let wanted = self.target * (total + weight);
        let place = self.steps.partition_point(|s| s.1 < wanted - 1e-9 * wanted);
        self.steps.get(place).map_or(f64::INFINITY, |s| s.0)
    }
}

impl Threshold {
    /// `None` when there are too few scores to promise `target`.
    pub(super) fn of(mut scores: Vec<f64>, target: f64) -> Option<Self> {
        let rows = scores.len() as u64;
        let place = place(rows, target);
        if place > rows {
            return None;
        }
        scores.sort_by(f64::total_cmp);
        Some(Self { value: scores[place as usize - 1], rows, effective: rows, place, weighted: None })
    }

    /// Of scores with weights, for rows up to the weight `heaviest`; `None` when there are too few scores, or too light ones,
    /// to promise `target` to all of these.
    pub(super) fn of_weighted(mut scores: Vec<(f64, f64)>, target: f64, heaviest: f64) -> Option<Self> {
        if !promises(scores.iter().map(|s| s.1), target, heaviest) {
            return None;
        }
        let (rows, effective) = (scores.len() as u64, whole(kish(scores.iter().map(|s| s.1))));
        let mean = scores.iter().map(|s| s.1).sum::<f64>() / rows as f64;
        scores.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut below = 0.0;
        for step in &mut scores {
            below += step.1;
            step.1 = below;
        }
        let weighted = Weighted { target, steps: scores };
        let value = weighted.at(mean);
        Some(Self { value, rows, effective, place: place(effective, target), weighted: Some(weighted) })
    }

    /// The threshold of a row of some weight.
    pub(super) fn at(&self, weight: f64) -> f64 {
        self.weighted.as_ref().map_or(self.value, |w| w.at(weight))
    }

    /// Parameters of the law of its coverage: `n + 1 - l` and `l`.
    pub(super) fn shape(&self) -> (u64, u64) {
        (self.place, self.effective + 1 - self.place)
    }

    /// The law of the hits among `m` rows that are like those behind the threshold.
    pub(super) fn law(&self, m: u64) -> BetaBinomial {
        let (a, b) = self.shape();
        BetaBinomial { m, a: a as f64, b: b as f64 }
    }
}

/// `ceil((n + 1) target)`, safe against the last bits of `target`.
fn place(rows: u64, target: f64) -> u64 {
    (((rows + 1) as f64 * target - 1e-9).ceil() as u64).max(1)
}

/// Whether calibration rows of these weights can promise `target` to a row of the weight `heaviest`.
pub(super) fn promises(weights: impl Iterator<Item = f64> + Clone, target: f64, heaviest: f64) -> bool {
    let (total, effective) = (weights.clone().sum::<f64>(), whole(kish(weights)));
    place(effective, target) <= effective && target * (total + heaviest) <= total * (1.0 + 1e-9)
}

/// Fewest rows that can promise `target`.
pub(super) fn fewest(target: f64) -> u64 {
    (1..).find(|n| place(*n, target) <= *n).unwrap_or(u64::MAX)
}
