//! Gaps over all groups of an attribute.

use super::counts::Rate;
use super::outcomes::Outcomes;
use super::report::Gap;
use crate::estimate::{Estimate, IntervalMethod};
use crate::stage::StageError;
use crate::stats::multiple::adjust_some;
use crate::stats::normal::{Z, cdf, two_sided};
use crate::stats::power::detectable_from_se;
use crate::stats::rank::Auc;

const DIFFERENCES: [(&str, Rate); 7] = [
    ("demographic_parity_diff", Rate::Selection),
    ("equal_opportunity_diff", Rate::Tpr),
    ("predictive_equality_diff", Rate::Fpr),
    ("predictive_parity_diff", Rate::Ppv),
    ("false_omission_diff", Rate::FalseOmission),
    ("npv_diff", Rate::Npv),
    ("accuracy_diff", Rate::Accuracy),
];

/// Selection, true and false positive rate: the gaps that one class against the rest has.
pub(super) const OF_A_CLASS: [(&str, Rate); 3] = [DIFFERENCES[0], DIFFERENCES[1], DIFFERENCES[2]];

/// A gap with what its adjustment needs.
pub(super) struct Raw {
    pub(super) gap: Gap,
    /// Pairs from which the extremes were chosen; 0 keeps the gap out of the family.
    pub(super) pairs: u64,
}

/// Lowest and highest group of a statistic, among those that can be estimated; ties go to the larger group.
pub(super) fn extremes(values: &[Option<f64>]) -> Option<(usize, usize, u64)> {
    let known: Vec<(usize, f64)> = values.iter().enumerate().filter_map(|(i, v)| v.map(|v| (i, v))).collect();
    if known.len() < 2 {
        return None;
    }
    let low = known.iter().copied().reduce(|a, b| if b.1 < a.1 { b } else { a })?;
    let high = known.iter().copied().filter(|k| k.0 != low.0).reduce(|a, b| if b.1 > a.1 { b } else { a })?;
    let m = known.len() as u64;
    Some((low.0, high.0, m * (m - 1) / 2))
}

/// All gaps of one attribute, without adjusted p-values. `tick` is called while replicates are drawn row by row.
///
/// # Errors
/// What `tick` returns.
pub(super) fn measure(
    labels: &[String],
    groups: &Outcomes<'_>,
    rows: &[Vec<usize>],
    aucs: &[Option<Auc>],
    seed: u64,
    topic: &str,
    tick: impl Fn(usize) -> Result<(), StageError>,
) -> Result<Vec<Raw>, StageError> {
    let of_groups = |of: &dyn Fn(usize) -> Option<f64>| extremes(&(0..labels.len()).map(of).collect::<Vec<_>>());
    let pair = |rate: Rate| of_groups(&|g| groups.estimable(g, rate));
    let (tpr, fpr) = (|g| groups.estimable(g, Rate::Tpr), |g| groups.estimable(g, Rate::Fpr));
    let balanced_pair = of_groups(&|g| Some(0.5 * (tpr(g)? + 1.0 - fpr(g)?)));
    let odds_pair = of_groups(&|g| Some(0.5 * (tpr(g)? + fpr(g)?)));
    let treated_pair = of_groups(&|g| groups.treatment(g).value);
    let pairs = DIFFERENCES.map(|d| pair(d.1));
    // The extremes stay those of the data, so that the interval is that of a difference between two given groups.
    let signed = |c: &[f64]| -> Vec<f64> {
        let of = |g: usize| &c[4 * g..][..4];
        let rate = |(low, high, _): (usize, usize, u64), r: Rate| r.value(of(high)) - r.value(of(low));
        let rates = DIFFERENCES.iter().zip(&pairs).map(|(d, p)| p.map_or(f64::NAN, |p| rate(p, d.1)));
        let mut out: Vec<f64> = rates.collect();
        let between = |pair: Option<(usize, usize, u64)>, value: &dyn Fn(usize) -> f64| {
            pair.map_or(f64::NAN, |(low, high, _)| value(high) - value(low))
        };
        out.push(0.5 * (out[1] + out[2]));
        out.push(between(odds_pair, &|g| 0.5 * (Rate::Tpr.value(of(g)) + Rate::Fpr.value(of(g)))));
        out.push(between(balanced_pair, &|g| 0.5 * (Rate::Tpr.value(of(g)) + 1.0 - Rate::Fpr.value(of(g)))));
        out.push(between(treated_pair, &|g| of(g)[2] / of(g)[1]));
        out
    };
    let estimates = groups.bootstrap(seed, topic, signed, tick)?;
    let mut out: Vec<Raw> = DIFFERENCES
        .iter()
        .zip(&pairs)
        .zip(&estimates)
        .map(|((d, pair), e)| difference(labels, groups, d, *pair, not_negative(e)))
        .collect();
    out.insert(1, impact(labels, groups, &out[0]));
    out.insert(4, equalized_odds(&out[2], &out[3]));
    let named =
        |pair: Option<(usize, usize, u64)>| pair.map(|(low, high, _)| [labels[low].clone(), labels[high].clone()]);
    out.insert(5, plain("equalized_odds_mean", not_negative(&estimates[7]), None));
    out.insert(6, plain("average_odds_diff", not_negative(&estimates[8]), named(odds_pair)));
    out.push(plain("balanced_accuracy_diff", not_negative(&estimates[9]), named(balanced_pair)));
    out.push(treatment_gap(
        groups,
        plain("treatment_equality_diff", not_negative(&estimates[10]), named(treated_pair)),
        treated_pair,
    ));
    out.push(auc_gap(labels, groups, rows, aucs));
    Ok(out)
}

/// The gaps of some rates over all groups.
///
/// # Errors
/// What `tick` returns.
pub(super) fn rates(
    labels: &[String],
    groups: &Outcomes<'_>,
    which: &[(&str, Rate)],
    seed: u64,
    topic: &str,
    tick: impl Fn(usize) -> Result<(), StageError>,
) -> Result<Vec<Raw>, StageError> {
    let pair = |rate: Rate| extremes(&(0..labels.len()).map(|g| groups.estimable(g, rate)).collect::<Vec<_>>());
    let pairs: Vec<_> = which.iter().map(|w| pair(w.1)).collect();
    let signed = |c: &[f64]| -> Vec<f64> {
        let of = |g: usize| &c[4 * g..][..4];
        let between = |rate: Rate, (low, high, _): (usize, usize, u64)| rate.value(of(high)) - rate.value(of(low));
        which.iter().zip(&pairs).map(|(w, p)| p.map_or(f64::NAN, |p| between(w.1, p))).collect()
    };
    let estimates = groups.bootstrap(seed, topic, signed, tick)?;
    let all = which.iter().zip(&pairs).zip(&estimates);
    Ok(all.map(|((w, pair), e)| difference(labels, groups, w, *pair, not_negative(e))).collect())
}

/// A gap is a largest minus a smallest rate: its interval ends at 0.
pub(super) fn not_negative(e: &Estimate) -> Estimate {
    Estimate { low: e.low.map(|l| l.max(0.0)), high: e.high.map(|h| h.max(0.0)), ..e.clone() }
}

pub(super) fn plain(id: &str, estimate: Estimate, extremes: Option<[String; 2]>) -> Raw {
    let gap = Gap {
        id: id.to_owned(),
        estimate,
        p_raw: None,
        p_adjusted: None,
        extremes,
        power_at_10: None,
        detectable: None,
    };
    Raw { gap, pairs: 0 }
}

fn difference(
    labels: &[String],
    groups: &Outcomes<'_>,
    (id, rate): &(&str, Rate),
    pair: Option<(usize, usize, u64)>,
    estimate: Estimate,
) -> Raw {
    let Some((low, high, pairs)) = pair else {
        let most = groups.counts.iter().map(|g| rate.of(g).1).sum();
        return plain(id, Estimate::not_estimable(most), None);
    };
    let found = groups.pair_of_any(*rate, low, high);
    let (power_at_10, detectable) = found.power();
    let gap = Gap {
        estimate: Estimate { n: found.n(), ..estimate },
        p_raw: found.p(),
        power_at_10,
        detectable,
        ..plain(id, Estimate::not_estimable(0), Some([labels[low].clone(), labels[high].clone()])).gap
    };
    Raw { gap, pairs }
}

/// Smallest over largest selection rate, of the groups with the largest difference.
fn impact(labels: &[String], groups: &Outcomes<'_>, parity: &Raw) -> Raw {
    let at = |name: &String| labels.iter().position(|l| l == name);
    let pair = parity.gap.extremes.as_ref().and_then(|[low, high]| Some((at(low)?, at(high)?)));
    let estimate = pair.map_or_else(
        || parity.gap.estimate.clone(),
        |(low, high)| groups.pair_of_any(Rate::Selection, low, high).ratio(),
    );
    let gap = Gap { p_raw: parity.gap.p_raw, ..plain("disparate_impact", estimate, parity.gap.extremes.clone()).gap };
    Raw { gap, pairs: 0 }
}

/// The larger of the gaps in true and false positive rate; not estimable without both.
fn equalized_odds(tpr: &Raw, fpr: &Raw) -> Raw {
    let larger = match (tpr.gap.estimate.value, fpr.gap.estimate.value) {
        (Some(a), Some(b)) => Some(if b > a { fpr } else { tpr }),
        _ => None,
    };
    let n = tpr.gap.estimate.n + fpr.gap.estimate.n;
    larger.map_or_else(
        || plain("equalized_odds_diff", Estimate::not_estimable(n), None),
        |g| Raw { gap: Gap { id: "equalized_odds_diff".to_owned(), ..g.gap.clone() }, pairs: 0 },
    )
}

/// The test is that of equal shares of false negatives among the errors: the same as equal ratios.
fn treatment_gap(groups: &Outcomes<'_>, mut raw: Raw, pair: Option<(usize, usize, u64)>) -> Raw {
    if let Some((low, high, pairs)) = pair {
        let errors = groups.pair_of_any(Rate::Missed, low, high);
        raw.gap.estimate.n = errors.n();
        (raw.gap.p_raw, raw.pairs) = (errors.p(), pairs);
    }
    raw
}

/// AUC gap with DeLong's variances of the two groups, which are independent; or that of the difference of the rows'
/// influences by entity (Obuchowski 1997). `rows` are those behind the AUCs.
fn auc_gap(labels: &[String], groups: &Outcomes<'_>, rows: &[Vec<usize>], aucs: &[Option<Auc>]) -> Raw {
    let values: Vec<Option<f64>> = aucs.iter().map(|a| a.as_ref().map(|a| a.value)).collect();
    let found = extremes(&values)
        .and_then(|(low, high, pairs)| Some((low, high, pairs, aucs[low].as_ref()?, aucs[high].as_ref()?)));
    let Some((low, high, pairs, a, b)) = found else {
        let n = aucs.iter().flatten().map(|a| a.influence.len() as u64).sum();
        return plain("auc_diff", Estimate::not_estimable(n), None);
    };
    let variance = match groups.design.is_plain() {
        true => a.variance + b.variance,
        false => {
            let part = |group: usize, auc: &Auc, sign: f64| {
                rows[group].iter().zip(&auc.influence).map(|(row, v)| (*row, sign * v)).collect::<Vec<_>>()
            };
            groups.design.variance(part(low, a, -1.0).into_iter().chain(part(high, b, 1.0))).0
        }
    };
    let (gap, se) = (b.value - a.value, variance.sqrt());
    let n = (a.influence.len() + b.influence.len()) as u64;
    let names = Some([labels[low].clone(), labels[high].clone()]);
    let estimate = Estimate::with_interval(gap, gap - Z * se, gap + Z * se, n, IntervalMethod::Normal);
    let mut raw = plain("auc_diff", not_negative(&estimate), names);
    if se > 0.0 {
        raw.gap.p_raw = Some(two_sided(gap / se));
        raw.gap.detectable = Some(detectable_from_se(se));
        raw.pairs = pairs;
    }
    raw
}

/// A gap whose test and detectable size come with it rather than from counts: `unit` says that 0.10 is a size on its scale.
pub(super) fn tested(id: &str, estimate: Estimate, names: [String; 2], p: Option<f64>, pairs: u64, unit: bool) -> Raw {
    let se = estimate.low.zip(estimate.high).map(|(low, high)| (high - low) / (2.0 * Z)).filter(|se| *se > 0.0);
    let mut raw = plain(id, estimate, Some(names));
    raw.gap.p_raw = p;
    raw.gap.detectable = se.map(detectable_from_se);
    raw.gap.power_at_10 = se.filter(|_| unit).map(|se| cdf(0.1 / se - Z) + cdf(-0.1 / se - Z));
    raw.pairs = if p.is_some() { pairs } else { 0 };
    raw
}

/// Adjusts the tests of all lists as one family. A raw p-value is first multiplied by the number of pairs from which its
/// extremes were chosen.
pub(super) fn family(lists: Vec<Vec<Raw>>) -> Vec<Vec<Gap>> {
    let paid = |r: &Raw| r.gap.p_raw.filter(|_| r.pairs > 0).map(|p| (p * r.pairs as f64).min(1.0));
    let mut adjusted = adjust_some(&lists.iter().flatten().map(paid).collect::<Vec<_>>()).into_iter();
    let mut gap = |r: Raw| Gap { p_adjusted: adjusted.next().flatten(), ..r.gap };
    lists.into_iter().map(|list| list.into_iter().map(&mut gap).collect()).collect()
}

/// The family of the gaps of two classes. Gaps that repeat a test take its adjusted value; equalized odds takes that of the
/// gap that it is.
pub(super) fn adjust(mut attributes: Vec<Vec<Raw>>) -> Vec<Vec<Gap>> {
    // The negative predictive value is one minus the false omission rate: the same test.
    attributes.iter_mut().flatten().filter(|r| r.gap.id == "npv_diff").for_each(|r| r.pairs = 0);
    let mut out = family(attributes);
    for gaps in &mut out {
        let repeats = [
            ("disparate_impact", "demographic_parity_diff"),
            ("npv_diff", "false_omission_diff"),
            ("equalized_odds_diff", larger_odds(gaps)),
        ];
        for (id, of) in repeats {
            let p = gaps.iter().find(|g| g.id == of).and_then(|g| g.p_adjusted);
            gaps.iter_mut().filter(|g| g.id == id && g.p_raw.is_some()).for_each(|g| g.p_adjusted = p);
        }
    }
    out
}

/// Which of the two gaps the equalized odds difference is.
fn larger_odds(gaps: &[Gap]) -> &'static str {
    let value = |id: &str| gaps.iter().find(|g| g.id == id).and_then(|g| g.estimate.value);
    match value("predictive_equality_diff") > value("equal_opportunity_diff") {
        true => "predictive_equality_diff",
        false => "equal_opportunity_diff",
    }
}
