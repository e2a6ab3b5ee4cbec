//! Two classes: rates of decisions and errors.

use fine_model::ScoreKind;

use super::axes::Axis;
use super::counts::{Counts, FEWEST, Rate, differential_epsilon, theil, treatment};
use super::gaps;
use super::report::{AttributeFairness, Comparison, GroupFairness, Inequality};
use crate::estimate::Estimate;
use crate::groups::UNKNOWN;
use crate::stats::describe::mean_t;
use crate::stats::multiple::adjust_some;
use crate::stats::proportion::{equal_p, log_ratio, newcombe, share};
use crate::stats::rank::{Auc, auc, logit_interval};
use crate::stats::recalibration::logistic;
use crate::stats::reliability::decompose;
use crate::subject::Subject;

/// Groups below this many rows have no recalibration.
const CALIBRATED: usize = 50;

/// Truth, decision and score of every row for the favourable class.
pub(super) struct Decisions {
    pub(super) truth: Vec<bool>,
    pub(super) decision: Vec<bool>,
    pub(super) score: Vec<f64>,
    pub(super) kind: ScoreKind,
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
        }
    }

    fn counts(&self, axis: &Axis) -> Vec<Counts> {
        let mut counts = vec![[0; 4]; axis.labels().len()];
        for (row, group) in axis.grouping.codes.iter().enumerate().filter(|c| *c.1 != UNKNOWN) {
            let cell = match (self.truth[row], self.decision[row]) {
                (true, true) => 0,
                (false, true) => 1,
                (true, false) => 2,
                (false, false) => 3,
            };
            counts[*group as usize][cell] += 1;
        }
        counts
    }

    fn auc(&self, rows: &[usize]) -> Option<Auc> {
        let truth: Vec<bool> = rows.iter().map(|r| self.truth[*r]).collect();
        let hits = truth.iter().filter(|t| **t).count() as u64;
        let enough = hits >= FEWEST && rows.len() as u64 - hits >= FEWEST && self.kind != ScoreKind::Label;
        let score: Vec<f64> = rows.iter().map(|r| self.score[*r]).collect();
        enough.then(|| auc(&score, &truth, None)).flatten()
    }

    /// mean(y - s), when scores are probabilities.
    fn calibration_gap(&self, rows: &[usize]) -> Estimate {
        let n = rows.len() as u64;
        if self.kind != ScoreKind::Probability || n < FEWEST {
            return Estimate::not_estimable(n);
        }
        let mut gaps: Vec<f64> = rows.iter().map(|r| f64::from(u8::from(self.truth[*r])) - self.score[*r]).collect();
        gaps.sort_by(f64::total_cmp);
        mean_t(&gaps)
    }

    /// Slope, intercept and miscalibration of the probabilities; not estimable below [`CALIBRATED`] rows.
    fn recalibration(&self, rows: &[usize]) -> (Estimate, Estimate, Option<f64>) {
        let n = rows.len() as u64;
        if self.kind != ScoreKind::Probability || rows.len() < CALIBRATED {
            return (Estimate::not_estimable(n), Estimate::not_estimable(n), None);
        }
        let p: Vec<f64> = rows.iter().map(|r| self.score[*r]).collect();
        let y: Vec<f64> = rows.iter().map(|r| f64::from(u8::from(self.truth[*r]))).collect();
        let (slope, intercept) = logistic(&p, &y, None);
        (slope, intercept, Some(decompose(&p, &y, None).mcb))
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
        if self.kind == ScoreKind::Label || (a.len().min(b.len()) as u64) < FEWEST {
            return None;
        }
        let sorted =
            |rows: &[usize]| crate::stats::describe::sorted(&rows.iter().map(|r| self.score[*r]).collect::<Vec<_>>());
        let (a, b) = (sorted(a), sorted(b));
        let (mut i, mut j, mut largest) = (0, 0, 0.0f64);
        while i < a.len() && j < b.len() {
            let at = a[i].min(b[j]);
            i += a[i..].iter().take_while(|v| **v <= at).count();
            j += b[j..].iter().take_while(|v| **v <= at).count();
            largest = largest.max((i as f64 / a.len() as f64 - j as f64 / b.len() as f64).abs());
        }
        Some(largest)
    }
}

/// Everything about one attribute or intersection but what is predicted anew.
pub(super) fn attribute(decisions: &Decisions, axis: &Axis, seed: u64) -> Measured {
    let counts = decisions.counts(axis);
    let mut rows = axis.rows();
    // Sums in an order that does not depend on that of the file.
    for rows in &mut rows {
        rows.sort_by(|a, b| {
            let by_score = decisions.score[*a].total_cmp(&decisions.score[*b]);
            by_score.then(decisions.truth[*a].cmp(&decisions.truth[*b]))
        });
    }
    let aucs: Vec<Option<Auc>> = rows.iter().map(|r| decisions.auc(r)).collect();
    let groups = (0..counts.len()).map(|g| group(decisions, axis, g, &counts[g], &rows[g], aucs[g].as_ref())).collect();
    let (comparisons, p) = compare(decisions, axis, &counts, &rows);
    let (theil, between) = theil(&counts);
    let topic = format!("fairness/{}", axis.name());
    Measured {
        gaps: gaps::measure(axis.labels(), &counts, &aucs, seed, &topic),
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
            ratio_one_more: ratio_one_more(&counts),
            inequality: Inequality { theil, between, within: theil - between },
            differential_epsilon: differential_epsilon(&counts),
            flip_rate: None,
            proxy_flip_rate: None,
        },
    }
}

/// A rate with Wilson's interval; not estimable below [`FEWEST`] rows in the denominator.
pub(super) fn rate(rate: Rate, counts: &Counts) -> Estimate {
    let (k, n) = rate.of(counts);
    if n < FEWEST { Estimate::not_estimable(n) } else { share(k, n) }
}

fn group(
    decisions: &Decisions,
    axis: &Axis,
    index: usize,
    counts: &Counts,
    rows: &[usize],
    auc: Option<&Auc>,
) -> GroupFairness {
    let n = rows.len() as u64;
    let (share, small) = axis.share(n);
    let (slope, intercept, miscalibration) = decisions.recalibration(rows);
    GroupFairness {
        group: axis.labels()[index].clone(),
        n,
        share,
        small,
        counts: *counts,
        selection_rate: rate(Rate::Selection, counts),
        base_rate: rate(Rate::Base, counts),
        tpr: rate(Rate::Tpr, counts),
        fpr: rate(Rate::Fpr, counts),
        ppv: rate(Rate::Ppv, counts),
        npv: rate(Rate::Npv, counts),
        false_omission_rate: rate(Rate::FalseOmission, counts),
        accuracy: rate(Rate::Accuracy, counts),
        roc_auc: interval(auc, n),
        treatment_ratio: treatment(counts),
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
    counts: &[Counts],
    rows: &[Vec<usize>],
) -> (Vec<Comparison>, Vec<Option<f64>>) {
    let reference = axis.reference;
    let best = counts.iter().filter_map(|c| Rate::Selection.estimable(c)).fold(0.0, f64::max);
    let others = (0..counts.len()).filter(|g| *g != reference);
    others
        .map(|g| {
            let pair = |rate: Rate, of: &dyn Fn(u64, u64, u64, u64) -> Estimate| {
                let ((k1, n1), (k2, n2)) = (rate.of(&counts[g]), rate.of(&counts[reference]));
                if n1.min(n2) < FEWEST { Estimate::not_estimable(n1 + n2) } else { of(k1, n1, k2, n2) }
            };
            let ((k1, n1), (k2, n2)) = (Rate::Selection.of(&counts[g]), Rate::Selection.of(&counts[reference]));
            let comparison = Comparison {
                group: axis.labels()[g].clone(),
                selection_difference: pair(Rate::Selection, &newcombe),
                selection_ratio: pair(Rate::Selection, &log_ratio),
                tpr_difference: pair(Rate::Tpr, &newcombe),
                fpr_difference: pair(Rate::Fpr, &newcombe),
                p_adjusted: None,
                impact_ratio: Rate::Selection.estimable(&counts[g]).filter(|_| best > 0.0).map(|r| r / best),
                score_ks: decisions.score_ks(&rows[g], &rows[reference]),
                cross_auc: decisions.cross_auc(&rows[g], &rows[reference]),
                cross_auc_reference: decisions.cross_auc(&rows[reference], &rows[g]),
            };
            let p = if n1.min(n2) < FEWEST { None } else { equal_p(k1, n1, k2, n2) };
            (comparison, p)
        })
        .unzip()
}

/// Smallest over largest selection rate if the least selected group had one selection more.
fn ratio_one_more(counts: &[Counts]) -> Option<f64> {
    let rates: Vec<Option<f64>> = counts.iter().map(|c| Rate::Selection.estimable(c)).collect();
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
