//! Two predictors on the same rows.

use statrs::function::factorial::ln_binomial;

use super::normal::{Z, two_sided};
use super::rank::{Auc, clustered_variance};
use crate::estimate::{Estimate, IntervalMethod};

/// From this number of discordant pairs on the test is the asymptotic one.
const EXACT_BELOW: u64 = 25;

/// McNemar's test of the rows that only one of two predictors gets right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct McNemar {
    /// Two-sided p-value; 1 without a discordant row.
    pub(crate) p: f64,
    /// True for the exact mid-p form.
    pub(crate) exact: bool,
}

/// McNemar (1947): `(b - c)² / (b + c)` against chi-squared with one degree of freedom, without continuity correction;
/// below 25 discordant pairs the exact binomial test with the mid-p value (Fagerland, Lydersen, Laake 2013):
/// the exact two-sided p minus the probability of the observed table, and 1 minus half of that for equal counts.
pub(crate) fn mcnemar(only_first: u64, only_second: u64) -> McNemar {
    let n = only_first + only_second;
    if n == 0 {
        return McNemar { p: 1.0, exact: true };
    }
    if n >= EXACT_BELOW {
        let z = (only_first as f64 - only_second as f64) / (n as f64).sqrt();
        return McNemar { p: two_sided(z), exact: false };
    }
    let mass = |k: u64| (ln_binomial(n, k) - n as f64 * std::f64::consts::LN_2).exp();
    let least = only_first.min(only_second);
    let tail: f64 = (0..=least).map(mass).sum();
    let p = if only_first == only_second { 1.0 - 0.5 * mass(least) } else { 2.0 * tail - mass(least) };
    McNemar { p: p.clamp(0.0, 1.0), exact: true }
}

/// Difference of two AUCs of the same rows with the interval and the p-value of DeLong et al. (1988): the variance is that
/// of the difference of the rows' influences. Cluster-robust when clusters are given (Obuchowski 1997).
pub(crate) fn auc_difference(
    first: &Auc,
    second: &Auc,
    positive: &[bool],
    clusters: Option<&[u32]>,
) -> (Estimate, Option<f64>) {
    let n = positive.len() as u64;
    let change: Vec<f64> = second.influence.iter().zip(&first.influence).map(|(b, a)| b - a).collect();
    let variance = match clusters {
        Some(clusters) => clustered_variance(&change, clusters),
        None => [true, false]
            .into_iter()
            .map(|class| {
                let own = change.iter().zip(positive).filter(|(_, p)| **p == class);
                let (count, squares) = own.fold((0u64, 0.0), |(count, sum), (d, _)| (count + 1, sum + d * d));
                squares * count as f64 / (count.max(2) - 1) as f64
            })
            .sum(),
    };
    let difference = second.value - first.value;
    let error = variance.sqrt();
    let estimate =
        Estimate::with_interval(difference, difference - Z * error, difference + Z * error, n, IntervalMethod::Normal);
    let p = if error > 0.0 { Some(two_sided(difference / error)) } else { (difference == 0.0).then_some(1.0) };
    (estimate, p)
}

/// Kendall's tau-b of two rankings (Kendall 1945); `None` when a side does not vary.
pub(crate) fn kendall_tau_b(x: &[f64], y: &[f64]) -> Option<f64> {
    let (mut agree, mut only_x, mut only_y) = (0i64, 0i64, 0i64);
    for i in 0..x.len() {
        for j in 0..i {
            let (a, b) = (x[i].total_cmp(&x[j]) as i64, y[i].total_cmp(&y[j]) as i64);
            agree += a * b;
            only_x += a * a;
            only_y += b * b;
        }
    }
    let scale = (only_x as f64 * only_y as f64).sqrt();
    (scale > 0.0).then(|| agree as f64 / scale)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::stats::rank::auc;

    fn golden() -> Value {
        serde_json::from_str(include_str!("../../../../golden/compare/expected.json")).expect("a golden case")
    }

    fn numbers(v: &Value) -> Vec<f64> {
        v.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
    }

    #[test]
    fn mcnemar_equals_scipy_and_statsmodels() {
        for case in golden()["mcnemar"].as_array().expect("cases") {
            let (b, c) = (case["b"].as_u64().expect("b"), case["c"].as_u64().expect("c"));
            let (own, p) = (mcnemar(b, c), case["p"].as_f64().expect("p"));
            assert!((own.p - p).abs() < 1e-12, "{b} {c}: {} against {p}", own.p);
            assert_eq!(own.exact, case["exact"].as_bool().expect("exact"));
        }
    }

    #[test]
    fn paired_delong_equals_the_reference() {
        for case in golden()["delong"].as_array().expect("cases") {
            let positive: Vec<bool> = numbers(&case["truth"]).iter().map(|t| *t == 1.0).collect();
            let of = |key: &str| auc(&numbers(&case[key]), &positive, None).expect("two classes");
            let (estimate, p) = auc_difference(&of("first"), &of("second"), &positive, None);
            let close = |own: Option<f64>, key: &str| {
                let (own, wanted) = (own.expect(key), case[key].as_f64().expect(key));
                assert!((own - wanted).abs() < 1e-10, "{key}: {own} against {wanted}");
            };
            close(estimate.value, "difference");
            close(estimate.low, "low");
            close(estimate.high, "high");
            close(p, "p");
        }
    }

    #[test]
    fn kendall_equals_scipy() {
        for case in golden()["kendall"].as_array().expect("cases") {
            let own = kendall_tau_b(&numbers(&case["x"]), &numbers(&case["y"])).expect("tau");
            let wanted = case["tau"].as_f64().expect("tau");
            assert!((own - wanted).abs() < 1e-12, "{own} against {wanted}");
        }
        assert_eq!(kendall_tau_b(&[1.0, 1.0], &[1.0, 2.0]), None);
    }

    proptest! {
        #[test]
        fn mcnemar_is_symmetric_and_a_probability(b in 0u64..60, c in 0u64..60) {
            let (one, other) = (mcnemar(b, c), mcnemar(c, b));
            prop_assert!((one.p - other.p).abs() < 1e-12 && (0.0..=1.0).contains(&one.p));
        }

        #[test]
        fn a_predictor_does_not_differ_from_itself(rows in prop::collection::vec((0u8..9, any::<bool>()), 4..40)) {
            let scores: Vec<f64> = rows.iter().map(|r| f64::from(r.0)).collect();
            let positive: Vec<bool> = rows.iter().map(|r| r.1).collect();
            if let Some(own) = auc(&scores, &positive, None) {
                let (estimate, p) = auc_difference(&own, &own, &positive, None);
                prop_assert_eq!((estimate.value, p), (Some(0.0), Some(1.0)));
            }
        }
    }
}
