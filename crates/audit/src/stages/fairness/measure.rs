//! Measures the fairness of a subject's decisions.

use fine_model::ScoreKind;

use super::counts::{Counts, FEWEST, Rate, differential_epsilon, theil, treatment};
use super::gaps;
use super::params::Params;
use super::report::{AttributeFairness, Comparison, GroupFairness, Inequality, Report};
use crate::estimate::Estimate;
use crate::groups::{Grouping, UNKNOWN};
use crate::stage::{Context, StageError};
use crate::stats::describe::mean_t;
use crate::stats::multiple::adjust_some;
use crate::stats::proportion::{equal_p, log_ratio, newcombe, share};
use crate::stats::rank::{Auc, auc, logit_interval};
use crate::stats::recalibration::logistic;
use crate::stats::reliability::decompose;
use crate::subject::Subject;

/// Groups below this share of the rows are flagged.
const SMALL_SHARE: f64 = 0.02;
/// Groups below this many rows have no recalibration.
const CALIBRATED: usize = 50;
/// Attributes with more values are not flipped.
const FLIPPED_VALUES: usize = 10;

/// Truth, decision and score of every row for the favourable class.
struct Decisions {
    truth: Vec<bool>,
    decision: Vec<bool>,
    score: Vec<f64>,
    kind: ScoreKind,
}

/// One attribute before the adjustment of p-values.
struct Measured {
    report: AttributeFairness,
    gaps: Vec<gaps::Raw>,
    p: Vec<Option<f64>>,
}

pub(super) fn measure(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    let favourable = favourable(subject, params)?;
    let decisions = Decisions::new(subject, favourable);
    let groupings = groupings(subject, params)?;
    let steps = groupings.len() as u64;
    let mut measured = Vec::with_capacity(groupings.len());
    for (done, (grouping, reference)) in groupings.iter().enumerate() {
        ctx.tick(done as u64, steps)?;
        let mut one = attribute(&decisions, grouping, reference.as_deref(), subject.seed);
        if params.flips {
            one.report.flip_rate = flip_rate(subject, grouping, favourable)?;
        }
        measured.push(one);
    }
    ctx.tick(steps, steps)?;
    Ok(Report { positive: subject.classes[favourable].clone(), attributes: adjusted(measured) })
}

/// Index of the favourable class.
fn favourable(subject: &Subject, params: &Params) -> Result<usize, StageError> {
    let Some(label) = params.positive_label.as_ref().map(super::params::Scalar::text) else {
        return Ok(subject.positive);
    };
    let same = |class: &String| {
        class.trim() == label.trim()
            || matches!((class.trim().parse::<f64>(), label.trim().parse::<f64>()), (Ok(a), Ok(b)) if a == b)
    };
    let unknown =
        || StageError::Failed { id: "positive-unknown", detail: format!("{label:?} is none of {:?}", subject.classes) };
    subject.classes.iter().position(same).ok_or_else(unknown)
}

/// The groups of each protected attribute, with the reference group where one was chosen.
fn groupings(subject: &Subject, params: &Params) -> Result<Vec<(Grouping, Option<String>)>, StageError> {
    let columns = subject.roles.protected.iter().filter_map(|name| subject.table.column(name));
    let mut any = params.privileged_values.is_empty();
    let out: Vec<_> = columns
        .map(|column| {
            let grouping = Grouping::of(column);
            let (grouping, reference) = match params.privileged_values.of(&column.name) {
                values if values.is_empty() => (grouping, None),
                values => grouping.merge(&values),
            };
            any |= reference.is_some();
            let (grouping, _) = match params.unprivileged_values.of(&column.name) {
                values if values.is_empty() => (grouping, None),
                values => grouping.merge(&values),
            };
            (grouping, reference)
        })
        .collect();
    if any {
        return Ok(out);
    }
    let detail = "no protected attribute has the privileged values".to_owned();
    Err(StageError::Failed { id: "privileged-unknown", detail })
}

impl Decisions {
    fn new(subject: &Subject, favourable: usize) -> Self {
        Self {
            truth: subject.target.iter().map(|t| *t as usize == favourable).collect(),
            decision: subject.prediction.labels.iter().map(|l| *l as usize == favourable).collect(),
            score: subject.prediction.column(favourable),
            kind: subject.prediction.kind,
        }
    }

    fn counts(&self, grouping: &Grouping) -> Vec<Counts> {
        let mut counts = vec![[0; 4]; grouping.labels.len()];
        for (row, group) in grouping.codes.iter().enumerate().filter(|c| *c.1 != UNKNOWN) {
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

fn attribute(decisions: &Decisions, grouping: &Grouping, reference: Option<&str>, seed: u64) -> Measured {
    let counts = decisions.counts(grouping);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); counts.len()];
    for (row, group) in grouping.codes.iter().enumerate().filter(|c| *c.1 != UNKNOWN) {
        rows[*group as usize].push(row);
    }
    // Sums in an order that does not depend on that of the file.
    for rows in &mut rows {
        rows.sort_by(|a, b| {
            let by_score = decisions.score[*a].total_cmp(&decisions.score[*b]);
            by_score.then(decisions.truth[*a].cmp(&decisions.truth[*b]))
        });
    }
    let aucs: Vec<Option<Auc>> = rows.iter().map(|r| decisions.auc(r)).collect();
    let known: u64 = counts.iter().flatten().sum();
    let groups = (0..counts.len())
        .map(|g| group(decisions, &grouping.labels[g], &counts[g], &rows[g], aucs[g].as_ref(), known))
        .collect();
    let reference = grouping.labels.iter().position(|l| Some(l.as_str()) == reference).unwrap_or(0);
    let (comparisons, p) = compare(decisions, grouping, &counts, &rows, reference);
    let (theil, between) = theil(&counts);
    let topic = format!("fairness/{}", grouping.attribute);
    Measured {
        gaps: gaps::measure(&grouping.labels, &counts, &aucs, seed, &topic),
        p,
        report: AttributeFairness {
            attribute: grouping.attribute.clone(),
            edges: grouping.edges.clone(),
            unknown: grouping.unknown(),
            reference: grouping.labels.get(reference).cloned().unwrap_or_default(),
            groups,
            gaps: Vec::new(),
            comparisons,
            ratio_one_more: ratio_one_more(&counts),
            inequality: Inequality { theil, between, within: theil - between },
            differential_epsilon: differential_epsilon(&counts),
            flip_rate: None,
        },
    }
}

fn rate(rate: Rate, counts: &Counts) -> Estimate {
    let (k, n) = rate.of(counts);
    if n < FEWEST { Estimate::not_estimable(n) } else { share(k, n) }
}

fn group(
    decisions: &Decisions,
    label: &str,
    counts: &Counts,
    rows: &[usize],
    auc: Option<&Auc>,
    known: u64,
) -> GroupFairness {
    let n = rows.len() as u64;
    let share = n as f64 / known.max(1) as f64;
    let (slope, intercept, miscalibration) = decisions.recalibration(rows);
    GroupFairness {
        group: label.to_owned(),
        n,
        share,
        small: share < SMALL_SHARE,
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
    grouping: &Grouping,
    counts: &[Counts],
    rows: &[Vec<usize>],
    reference: usize,
) -> (Vec<Comparison>, Vec<Option<f64>>) {
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
                group: grouping.labels[g].clone(),
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

/// One family of gaps and one of comparisons over all attributes.
fn adjusted(measured: Vec<Measured>) -> Vec<AttributeFairness> {
    let p: Vec<Option<f64>> = measured.iter().flat_map(|m| m.p.clone()).collect();
    let mut p = adjust_some(&p).into_iter();
    let (mut reports, raw): (Vec<_>, Vec<_>) = measured.into_iter().map(|m| (m.report, m.gaps)).unzip();
    for (report, gaps) in reports.iter_mut().zip(gaps::adjust(raw)) {
        report.gaps = gaps;
        report.comparisons.iter_mut().for_each(|c| c.p_adjusted = p.next().flatten());
    }
    reports
}

/// Share of rows whose decision differs for at least one other value of the attribute, all else kept.
fn flip_rate(subject: &Subject, grouping: &Grouping, favourable: usize) -> Result<Option<Estimate>, StageError> {
    if !flips(subject, &grouping.attribute, grouping.labels.len(), !grouping.edges.is_empty()) {
        return Ok(None);
    }
    let Some(column) = subject.table.column(&grouping.attribute) else { return Ok(None) };
    let before = |row: usize| subject.prediction.labels[row] as usize == favourable;
    let mut flipped = vec![false; subject.rows()];
    for group in 0..grouping.labels.len() as u32 {
        let Some(example) = grouping.codes.iter().position(|c| *c == group) else { continue };
        let changed = column.take(&vec![example as u32; subject.rows()]);
        let Some(table) = subject.table.with_column(changed) else { continue };
        let after = subject.model.predict(&table)?;
        for (row, flipped) in flipped.iter_mut().enumerate() {
            *flipped |= (after.labels[row] as usize == favourable) != before(row);
        }
    }
    Ok(Some(share(flipped.iter().filter(|f| **f).count() as u64, flipped.len() as u64)))
}

/// Whether an attribute with so many groups is predicted again with other values.
pub(super) fn flips(subject: &Subject, attribute: &str, groups: usize, cut: bool) -> bool {
    let feature = subject.model.features.iter().any(|f| f.name == attribute);
    subject.has_model && feature && !cut && groups <= FLIPPED_VALUES
}
