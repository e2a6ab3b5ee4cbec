//! Everything that is bootstrapped for a classifier, in one pass over the rows a replicate.

use super::challengers::Challenger;
use super::sample::Sample;
use crate::estimate::Estimate;
use crate::stage::StageError;
use crate::stats::bootstrap::{Rows, cells};
use crate::stats::confusion::Confusion;
use crate::stats::rank::Ranking;
use crate::stats::sums::Columns;

/// Above this number of classes average precision has no interval.
pub(super) const RANKED_CLASSES: usize = 10;

/// Names of the first count statistics; then per class precision, recall, F1, specificity.
const COUNTS: [&str; 12] = [
    "accuracy",
    "balanced_accuracy",
    "precision",
    "recall",
    "f1",
    "specificity",
    "mcc",
    "kappa",
    "majority.advantage",
    "majority.gain",
    "stratified.advantage",
    "stratified.gain",
];

/// Named estimates in order of computation.
pub(super) struct Named(Vec<(String, Estimate)>);

impl Named {
    /// The estimate of that name; not estimable when it was not computed.
    pub(super) fn take(&self, name: &str, rows: usize) -> Estimate {
        let found = self.0.iter().find(|n| n.0 == name).map(|n| n.1.clone());
        found.unwrap_or_else(|| Estimate::not_estimable(rows as u64))
    }
}

/// Per-row columns whose weighted means the bootstrap needs.
pub(super) struct Losses {
    pub(super) log_loss: Option<Vec<f64>>,
    pub(super) brier: Option<Vec<f64>>,
    pub(super) rivals: Vec<Rival>,
    rankings: Vec<Ranking>,
    /// One, whether the answer is right, then the losses above that there are, then the classes when they are few.
    columns: Columns,
}

/// A challenger's hits and losses, row by row.
pub(super) struct Rival {
    pub(super) id: &'static str,
    pub(super) fitted_rows: u64,
    pub(super) hit: Vec<f64>,
    /// Where the model has probabilities to compare with.
    pub(super) log_loss: Option<Vec<f64>>,
}

impl Losses {
    pub(super) fn new(s: &Sample, challengers: &[Challenger]) -> Self {
        let k = s.classes;
        let log_loss_of =
            |scores: &[f64], truth: u32| -scores[truth as usize].clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln();
        let rows = || (0..s.rows).map(|r| (&s.scores[r * k..][..k], s.truth[r]));
        let probable = s.has_probabilities();
        let rival = |c: &Challenger| {
            let rows = |of: &dyn Fn(&[f64], u32) -> f64| -> Vec<f64> {
                (0..s.rows).map(|r| of(&c.scores[s.order[r] as usize * k..][..k], s.truth[r])).collect()
            };
            Rival {
                id: c.id,
                fitted_rows: c.fitted_rows,
                hit: rows(&|p, t| f64::from(u8::from(fine_model::first_max(p) == t as usize))),
                log_loss: probable.then(|| rows(&log_loss_of)),
            }
        };
        let brier = |(p, t): (&[f64], u32)| {
            let all: f64 = p.iter().enumerate().map(|(c, p)| (p - f64::from(u8::from(c == t as usize))).powi(2)).sum();
            if s.positive.is_some() { all / 2.0 } else { all }
        };
        let ranked = if s.has_ranking() && s.classes <= RANKED_CLASSES { s.classes } else { 0 };
        let mut losses = Self {
            log_loss: probable.then(|| rows().map(|(p, t)| log_loss_of(p, t)).collect()),
            brier: probable.then(|| rows().map(brier).collect()),
            rivals: challengers.iter().map(rival).collect(),
            rankings: (0..ranked).map(|c| Ranking::new(&s.column(c), &s.is(c))).collect(),
            columns: Columns::new(&[]),
        };
        losses.columns = losses.columns(s);
        losses
    }

    fn columns(&self, s: &Sample) -> Columns {
        let flag = |is: bool| f64::from(u8::from(is));
        let mut columns = vec![vec![1.0; s.rows], (0..s.rows).map(|r| flag(s.truth[r] == s.label[r])).collect()];
        columns.extend([&self.log_loss, &self.brier].into_iter().flatten().cloned());
        columns.extend(self.rivals.iter().flat_map(|r| std::iter::once(&r.hit).chain(&r.log_loss)).cloned());
        if s.classes <= RANKED_CLASSES {
            columns.extend((0..s.classes).map(|k| s.is(k).into_iter().map(flag).collect()));
        }
        Columns::new(&columns)
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        if self.log_loss.is_some() {
            names.extend(["log_loss", "brier", "prior.advantage", "prior.gain"].map(str::to_owned));
        }
        for rival in &self.rivals {
            let metrics = if rival.log_loss.is_some() { &["accuracy", "log_loss"][..] } else { &["accuracy"] };
            names.extend(metrics.iter().flat_map(|m| ["advantage", "gain"].map(|n| format!("{}.{m}.{n}", rival.id))));
        }
        names.extend((0..self.rankings.len()).map(|c| format!("ap.{c}")));
        names.push("ap.mean".to_owned());
        names
    }

    fn statistics(&self, s: &Sample, w: &[f64]) -> Vec<f64> {
        let mut sums = self.columns.sums(w).into_iter();
        let mut next = || sums.next().unwrap_or(f64::NAN);
        let (total, right) = (next(), next());
        // In the order of the columns.
        let mut mean = |is_there: bool| is_there.then(|| next() / total);
        let (log_loss, brier) = (mean(self.log_loss.is_some()), mean(self.brier.is_some()));
        let rivals: Vec<_> = self.rivals.iter().map(|r| (mean(true), mean(r.log_loss.is_some()))).collect();
        let mut out = Vec::new();
        if let (Some(loss), Some(brier)) = (log_loss, brier) {
            let entropy = if s.classes <= RANKED_CLASSES { entropy_of(sums.as_slice()) } else { entropy(s, w) };
            out.extend([loss, brier, entropy - loss, (entropy - loss) / entropy]);
        }
        let hits = right / total;
        for (own, own_loss) in rivals {
            if let Some(own) = own {
                out.extend([hits - own, (hits - own) / (1.0 - own)]);
            }
            if let (Some(loss), Some(own)) = (log_loss, own_loss) {
                out.extend([own - loss, (own - loss) / own]);
            }
        }
        let first = out.len();
        out.extend(self.rankings.iter().map(|r| r.average_precision(w)));
        out.push(out[first..].iter().sum::<f64>() / self.rankings.len() as f64);
        out
    }
}

/// Log loss of the class shares themselves, the best constant probabilities.
pub(super) fn entropy(s: &Sample, w: &[f64]) -> f64 {
    let mut shares = vec![0.0; s.classes];
    (0..s.rows).for_each(|r| shares[s.truth[r] as usize] += w[r]);
    entropy_of(&shares)
}

/// The same from the weight of each class.
fn entropy_of(shares: &[f64]) -> f64 {
    let total: f64 = shares.iter().sum();
    shares.iter().filter(|c| **c > 0.0).map(|c| -c / total * (c / total).ln()).sum()
}

fn count_statistics(s: &Sample, cells: &[f64]) -> Vec<f64> {
    let c = Confusion { cells, classes: s.classes };
    let (mean, specificity) = match s.positive {
        Some(k) => (c.of_class(k), c.specificity(k)),
        None => (c.macro_mean(), c.mean_specificity()),
    };
    let (accuracy, majority, stratified) = (c.accuracy(), c.majority(), c.stratified());
    let mut out = vec![
        accuracy,
        c.balanced_accuracy(),
        mean.precision,
        mean.recall,
        mean.f1,
        specificity,
        c.mcc(),
        c.kappa(),
        accuracy - majority,
        (accuracy - majority) / (1.0 - majority),
        accuracy - stratified,
        (accuracy - stratified) / (1.0 - stratified),
    ];
    for k in 0..s.classes {
        let t = c.of_class(k);
        out.extend([t.precision, t.recall, t.f1, c.specificity(k)]);
    }
    out
}

fn count_names(classes: usize) -> Vec<String> {
    let of_class = |k| ["precision", "recall", "f1", "specificity"].map(|m| format!("{m}.{k}"));
    COUNTS.iter().map(|n| (*n).to_owned()).chain((0..classes).flat_map(of_class)).collect()
}

/// Every bootstrapped number. Without weights and clusters the counts are resampled as cells.
pub(super) fn estimates(
    seed: u64,
    s: &Sample,
    losses: &Losses,
    tick: impl Fn(usize) -> Result<(), StageError>,
) -> Result<Named, StageError> {
    let by_cells = s.weights.is_none() && s.clusters.is_none();
    let rows = Rows {
        rows: s.rows,
        weights: s.weights.as_deref(),
        clusters: s.clusters.as_deref(),
        seed,
        topic: "performance/rows",
    };
    let statistics = |w: &[f64]| {
        let mut out = losses.statistics(s, w);
        if !by_cells {
            out.extend(count_statistics(s, &s.confusion(w)));
        }
        out
    };
    let mut names = losses.names();
    names.extend(count_names(s.classes));
    let mut values = rows.estimates(statistics, tick)?;
    if by_cells {
        let ones = vec![1.0; s.rows];
        let counts: Vec<u64> = s.confusion(&ones).iter().map(|c| *c as u64).collect();
        let count = |c: &[f64]| count_statistics(s, c);
        values.extend(cells(&counts, &[counts.len()], seed, "performance/cells", count));
    }
    Ok(Named(names.into_iter().zip(values).collect()))
}
