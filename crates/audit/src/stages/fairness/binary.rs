//! Two classes: rates of decisions and errors.

use fine_model::ScoreKind;

use super::axes::Axis;
use super::counts::{FEWEST, Rate, differential_epsilon, theil};
use super::gaps;
use super::outcomes::{Outcomes, Pair};
use super::report::{AttributeFairness, Comparison, GroupFairness, Inequality};
use crate::estimate::Estimate;
use crate::stage::StageError;
use crate::stats::clustered;
use crate::stats::design::{Design, whole};
use crate::stats::distance::{Numbers, kolmogorov_smirnov};
use crate::stats::multiple::adjust_some;
use crate::stats::rank::{Auc, auc, logit_interval};
use crate::stats::recalibration::logistic_of;
use crate::stats::reliability::decompose;
use crate::subject::Subject;

/// Groups below this many rows have no recalibration.
const CALIBRATED: u64 = 50;

/// Truth, decision and score of every row for the favourable class.
pub(super) struct Decisions {
    pub(super) truth: Vec<bool>,
    pub(super) decision: Vec<bool>,
    pub(super) score: Vec<f64>,
    pub(super) kind: ScoreKind,
    pub(super) design: Design,
}

/// One attribute or intersection before the adjustment of p-values.
pub(super) struct Measured {
    report: AttributeFairness,
    gaps: Vec<gaps::Raw>,
    p: Vec<Option<f64>>,
}

impl Decisions {
    pub(super) fn new(subject: &Subject, favourable: usize) -> Self {
        Self {
            truth: subject.target.iter().map(|t| *t as usize == favourable).collect(),
            decision: subject.prediction.labels.iter().map(|l| *l as usize == favourable).collect(),
            score: subject.prediction.column(favourable),
            kind: subject.prediction.kind,
            design: Design::of(subject),
        }
    }

    /// Place of a row among true and false positives, false and true negatives.
    fn outcome(&self, row: usize) -> usize {
        match (self.truth[row], self.decision[row]) {
            (true, true) => 0,
            (false, true) => 1,
            (true, false) => 2,
            (false, false) => 3,
        }
    }

    fn auc(&self, rows: &[usize]) -> Option<Auc> {
        let truth: Vec<bool> = rows.iter().map(|r| self.truth[*r]).collect();
        let of = |truth: bool| whole(self.design.support(rows.iter().copied().filter(|r| self.truth[*r] == truth)));
        let smaller = of(true).min(of(false));
        if smaller < FEWEST || self.kind == ScoreKind::Label {
            return None;
        }
        let score: Vec<f64> = rows.iter().map(|r| self.score[*r]).collect();
        if self.design.is_plain() {
            return auc(&score, &truth, None);
        }
        let own = self.design.take(rows.iter().copied());
        let found = auc(&score, &truth, own.weights())?;
        let variance = own.variance(found.influence.iter().copied().enumerate()).0;
        Some(Auc { variance, smaller, ..found })
    }

    /// mean(y - s), when scores are probabilities.
    fn calibration_gap(&self, rows: &[usize]) -> Estimate {
        let n = rows.len() as u64;
        if self.kind != ScoreKind::Probability || !self.is_enough(rows, FEWEST) {
            return Estimate::not_estimable(n);
        }
        let mut gaps: Vec<(f64, usize)> =
            rows.iter().map(|r| (f64::from(u8::from(self.truth[*r])) - self.score[*r], *r)).collect();
        gaps.sort_by(|a, b| a.0.total_cmp(&b.0));
        let values: Vec<f64> = gaps.iter().map(|g| g.0).collect();
        clustered::mean(&values, &self.design.take(gaps.iter().map(|g| g.1)))
    }

    /// At least so many rows, or effective ones.
    fn is_enough(&self, rows: &[usize], fewest: u64) -> bool {
        whole(self.design.support(rows.iter().copied())) >= fewest
    }

    /// Slope, intercept and miscalibration of the probabilities; not estimable below [`CALIBRATED`] rows.
    fn recalibration(&self, rows: &[usize]) -> (Estimate, Estimate, Option<f64>) {
        let n = rows.len() as u64;
        if self.kind != ScoreKind::Probability || !self.is_enough(rows, CALIBRATED) {
            return (Estimate::not_estimable(n), Estimate::not_estimable(n), None);
        }
        let p: Vec<f64> = rows.iter().map(|r| self.score[*r]).collect();
        let y: Vec<f64> = rows.iter().map(|r| f64::from(u8::from(self.truth[*r]))).collect();
        let own = self.design.take(rows.iter().copied());
        let (slope, intercept) = logistic_of(&p, &y, &own);
        (slope, intercept, Some(decompose(&p, &y, own.weights()).mcb))
    }

    /// AUC of the positives of some rows against the negatives of others.
    fn cross_auc(&self, positives: &[usize], negatives: &[usize]) -> Estimate {
        let some = |rows: &[usize], truth: bool| -> Vec<usize> {
            rows.iter().copied().filter(|r| self.truth[*r] == truth).collect()
        };
        let rows = [some(positives, true), some(negatives, false)].concat();
        interval(self.auc(&rows).as_ref(), rows.len() as u64)
    }

    /// Two-sample Kolmogorov-Smirnov distance of the scores.
    fn score_ks(&self, a: &[usize], b: &[usize]) -> Option<f64> {
        if self.kind == ScoreKind::Label || !self.is_enough(a, FEWEST) || !self.is_enough(b, FEWEST) {
            return None;
        }
        let numbers = |rows: &[usize]| {
            let weighed: Vec<(f64, f64)> = rows.iter().map(|r| (self.score[*r], self.design.weight(*r))).collect();
            Numbers::new(weighed, rows.len() as f64)
        };
        kolmogorov_smirnov(&numbers(a), &numbers(b)).map(|t| t.distance)
    }
}

/// Everything about one attribute or intersection but what is predicted anew. `tick` is called while replicates are drawn row
/// by row.
///
/// # Errors
/// What `tick` returns.
pub(super) fn attribute(
    decisions: &Decisions,
    axis: &Axis,
    seed: u64,
    tick: impl Fn(usize) -> Result<(), StageError>,
) -> Result<Measured, StageError> {
    let mut rows = axis.rows();
    // Sums in an order that does not depend on that of the file.
    for rows in &mut rows {
        rows.sort_by(|a, b| {
            let by_score = decisions.score[*a].total_cmp(&decisions.score[*b]);
            by_score.then(decisions.truth[*a].cmp(&decisions.truth[*b]))
        });
    }
    let aucs: Vec<Option<Auc>> = rows.iter().map(|r| decisions.auc(r)).collect();
    let outcomes = Outcomes::new(&decisions.design, &rows, |row| decisions.outcome(row));
    let groups = (0..rows.len()).map(|g| group(decisions, axis, g, &outcomes, &rows[g], aucs[g].as_ref())).collect();
    let (comparisons, p) = compare(decisions, axis, &outcomes, &rows);
    let weighed = outcomes.weighed();
    let (theil, between) = theil(&weighed);
    let topic = format!("fairness/{}", axis.name());
    Ok(Measured {
        gaps: gaps::measure(axis.labels(), &outcomes, &rows, &aucs, seed, &topic, tick)?,
        p,
        report: AttributeFairness {
            attribute: axis.name().to_owned(),
            of: axis.of.clone(),
            edges: axis.grouping.edges.clone(),
            unknown: axis.grouping.unknown(),
            reference: axis.reference_label(),
            groups,
            gaps: Vec::new(),
            comparisons,
            ratio_one_more: ratio_one_more(&outcomes),
            inequality: Inequality { theil, between, within: theil - between },
            differential_epsilon: differential_epsilon(&weighed),
            flip_rate: None,
            proxy_flip_rate: None,
        },
    })
}

fn group(
    decisions: &Decisions,
    axis: &Axis,
    index: usize,
    outcomes: &Outcomes<'_>,
    rows: &[usize],
    auc: Option<&Auc>,
) -> GroupFairness {
    let n = rows.len() as u64;
    let (share, small) = axis.share(rows, &decisions.design);
    let rate = |rate: Rate| outcomes.rate(index, rate);
    let (slope, intercept, miscalibration) = decisions.recalibration(rows);
    GroupFairness {
        group: axis.labels()[index].clone(),
        n,
        share,
        small,
        counts: outcomes.counts[index],
        selection_rate: rate(Rate::Selection),
        base_rate: rate(Rate::Base),
        tpr: rate(Rate::Tpr),
        fpr: rate(Rate::Fpr),
        ppv: rate(Rate::Ppv),
        npv: rate(Rate::Npv),
        false_omission_rate: rate(Rate::FalseOmission),
        accuracy: rate(Rate::Accuracy),
        roc_auc: interval(auc, n),
        treatment_ratio: outcomes.treatment(index),
        calibration_gap: decisions.calibration_gap(rows),
        calibration_slope: slope,
        calibration_intercept: intercept,
        miscalibration,
    }
}

fn interval(auc: Option<&Auc>, n: u64) -> Estimate {
    auc.map_or_else(|| Estimate::not_estimable(n), |a| logit_interval(a.value, a.variance, a.smaller, n))
}

/// Every group against the reference, and the raw p-values of the selection rates.
fn compare(
    decisions: &Decisions,
    axis: &Axis,
    outcomes: &Outcomes<'_>,
    rows: &[Vec<usize>],
) -> (Vec<Comparison>, Vec<Option<f64>>) {
    let reference = axis.reference;
    let best = (0..rows.len()).filter_map(|g| outcomes.estimable(g, Rate::Selection)).fold(0.0, f64::max);
    let others = (0..rows.len()).filter(|g| *g != reference);
    others
        .map(|g| {
            let pair = |rate: Rate| outcomes.pair(rate, g, reference);
            let rows_of = |rate: Rate| rate.of(&outcomes.counts[g]).1 + rate.of(&outcomes.counts[reference]).1;
            let made = |rate: Rate, of: &dyn Fn(&Pair) -> Estimate| {
                pair(rate).map_or_else(|| Estimate::not_estimable(rows_of(rate)), |found| of(&found))
            };
            let comparison = Comparison {
                group: axis.labels()[g].clone(),
                selection_difference: made(Rate::Selection, &Pair::difference),
                selection_ratio: made(Rate::Selection, &Pair::ratio),
                tpr_difference: made(Rate::Tpr, &Pair::difference),
                fpr_difference: made(Rate::Fpr, &Pair::difference),
                p_adjusted: None,
                impact_ratio: outcomes.estimable(g, Rate::Selection).filter(|_| best > 0.0).map(|r| r / best),
                score_ks: decisions.score_ks(&rows[g], &rows[reference]),
                cross_auc: decisions.cross_auc(&rows[g], &rows[reference]),
                cross_auc_reference: decisions.cross_auc(&rows[reference], &rows[g]),
            };
            (comparison, pair(Rate::Selection).and_then(|found| found.p()))
        })
        .unzip()
}

/// Smallest over largest selection rate if the least selected group had one selection more; `None` for weighted rows, of which
/// one is no unit.
fn ratio_one_more(outcomes: &Outcomes<'_>) -> Option<f64> {
    if outcomes.design.weights().is_some() {
        return None;
    }
    let counts = &outcomes.counts;
    let rates: Vec<Option<f64>> = (0..counts.len()).map(|g| outcomes.estimable(g, Rate::Selection)).collect();
    let (low, _, _) = gaps::extremes(&rates)?;
    let more = |g: usize| {
        let (k, n) = Rate::Selection.of(&counts[g]);
        (k + u64::from(g == low && k < n)) as f64 / n as f64
    };
    let rates: Vec<f64> = (0..counts.len()).filter(|g| rates[*g].is_some()).map(more).collect();
    let (least, most) = rates.iter().fold((f64::INFINITY, 0.0f64), |(l, m), r| (l.min(*r), m.max(*r)));
    (most > 0.0).then(|| least / most)
}

/// One family of gaps and one of comparisons over all attributes and intersections.
pub(super) fn adjusted(measured: Vec<Measured>) -> Vec<AttributeFairness> {
    let p: Vec<Option<f64>> = measured.iter().flat_map(|m| m.p.clone()).collect();
    let mut p = adjust_some(&p).into_iter();
    let (mut reports, raw): (Vec<_>, Vec<_>) = measured.into_iter().map(|m| (m.report, m.gaps)).unzip();
    for (report, gaps) in reports.iter_mut().zip(gaps::adjust(raw)) {
        report.gaps = gaps;
        report.comparisons.iter_mut().for_each(|c| c.p_adjusted = p.next().flatten());
    }
    reports
}
