//! ROC AUC with DeLong's variance, and average precision.

use super::normal::Z;
use super::proportion::all_hits;
use crate::estimate::{Estimate, IntervalMethod};

/// An AUC with what each row contributes to it.
#[derive(Clone, Debug)]
pub(crate) struct Auc {
    /// P(score of a positive > score of a negative) + half of P(equal), weighted.
    pub(crate) value: f64,
    /// Placement of each row, minus the AUC, over its class's weight: the linearised AUC is their sum.
    pub(crate) influence: Vec<f64>,
    /// DeLong's variance.
    pub(crate) variance: f64,
    /// Rows of the smaller class.
    pub(crate) smaller: u64,
}

/// Indices in ascending order of score; rows of equal score in ascending order of index.
pub(crate) fn ascending(scores: &[f64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_unstable_by(|a, b| scores[*a as usize].total_cmp(&scores[*b as usize]).then(a.cmp(b)));
    order
}

/// Ends of the runs of equal score in an ascending order, as positions one past the run.
pub(crate) fn tie_ends(scores: &[f64], order: &[u32]) -> Vec<u32> {
    let new = |i: usize| i + 1 == order.len() || scores[order[i] as usize] != scores[order[i + 1] as usize];
    (0..order.len()).filter(|i| new(*i)).map(|i| i as u32 + 1).collect()
}

/// AUC by one sort and one sweep over tie groups (DeLong et al. 1988 in the O(n log n) form of Sun and Xu 2014).
/// `None` without a positive or a negative row. With weights the placements are weighted shares and the variance is
/// the sum of squared influences.
pub(crate) fn auc(scores: &[f64], positive: &[bool], weights: Option<&[f64]>) -> Option<Auc> {
    let weight = |i: usize| weights.map_or(1.0, |w| w[i]);
    let order = ascending(scores);
    let (mut n1, mut n0, mut w1, mut w0) = (0u64, 0u64, 0.0, 0.0);
    for (i, positive) in positive.iter().enumerate() {
        let (n, w) = if *positive { (&mut n1, &mut w1) } else { (&mut n0, &mut w0) };
        *n += 1;
        *w += weight(i);
    }
    if w1 <= 0.0 || w0 <= 0.0 {
        return None;
    }
    let mut placement = vec![0.0; scores.len()];
    let (mut below1, mut below0, mut start) = (0.0, 0.0, 0);
    for end in tie_ends(scores, &order) {
        let run = &order[start..end as usize];
        let (mut tie1, mut tie0) = (0.0, 0.0);
        for &i in run {
            *(if positive[i as usize] { &mut tie1 } else { &mut tie0 }) += weight(i as usize);
        }
        for &i in run {
            placement[i as usize] =
                if positive[i as usize] { (below0 + 0.5 * tie0) / w0 } else { (w1 - below1 - 0.5 * tie1) / w1 };
        }
        below1 += tie1;
        below0 += tie0;
        start = end as usize;
    }
    let value = (0..scores.len()).filter(|i| positive[*i]).map(|i| weight(i) * placement[i]).sum::<f64>() / w1;
    Some(finish(value, placement, positive, weights, [(n0, w0), (n1, w1)]))
}

fn finish(value: f64, placement: Vec<f64>, positive: &[bool], weights: Option<&[f64]>, class: [(u64, f64); 2]) -> Auc {
    let mut squares = [0.0; 2];
    let mut influence = placement;
    for (i, v) in influence.iter_mut().enumerate() {
        let c = usize::from(positive[i]);
        *v = weights.map_or(1.0, |w| w[i]) * (*v - value) / class[c].1;
        squares[c] += *v * *v;
    }
    // Σ (V - A)² / (n (n - 1)): the squared influences times n / (n - 1).
    let unbiased = |c: usize| class[c].0 as f64 / (class[c].0.max(2) - 1) as f64;
    let variance = squares[0] * unbiased(0) + squares[1] * unbiased(1);
    Auc { value, influence, variance, smaller: class[0].0.min(class[1].0) }
}

/// Interval of an AUC on the logit scale. Where the variance is 0 the interval is Wilson's for as many of as many hits
/// as the smaller class has rows, at the separated end.
pub(crate) fn logit_interval(value: f64, variance: f64, smaller: u64, n: u64) -> Estimate {
    let spread = value * (1.0 - value);
    if variance <= 0.0 || spread <= 0.0 {
        let (low, high) = all_hits(smaller as f64);
        let (low, high) = match value {
            v if v >= 1.0 => (low, high),
            v if v <= 0.0 => (1.0 - high, 1.0 - low),
            v => (v, v),
        };
        return Estimate::with_interval(value, low, high, n, IntervalMethod::Wilson);
    }
    let logit = (value / (1.0 - value)).ln();
    let half = Z * variance.sqrt() / spread;
    let back = |x: f64| 1.0 / (1.0 + (-x).exp());
    Estimate::with_interval(value, back(logit - half), back(logit + half), n, IntervalMethod::DelongLogit)
}

/// Variance of a sum of influences when rows of one cluster belong together (Obuchowski 1997).
pub(crate) fn clustered_variance(influence: &[f64], clusters: &[u32]) -> f64 {
    let mut sums = vec![0.0; clusters.iter().max().map_or(0, |c| *c as usize + 1)];
    for (v, c) in influence.iter().zip(clusters) {
        sums[*c as usize] += v;
    }
    let k = sums.len() as f64;
    sums.iter().map(|s| s * s).sum::<f64>() * k / (k - 1.0).max(1.0)
}

/// The AUC of scores with its interval; cluster-robust when clusters are given.
pub(crate) fn auc_estimate(
    scores: &[f64],
    positive: &[bool],
    weights: Option<&[f64]>,
    clusters: Option<&[u32]>,
) -> Estimate {
    let n = scores.len() as u64;
    match auc(scores, positive, weights) {
        None => Estimate::not_estimable(n),
        Some(a) => {
            let variance = clusters.map_or(a.variance, |c| clustered_variance(&a.influence, c));
            logit_interval(a.value, variance, a.smaller, n)
        }
    }
}

/// Rows sorted once by score, for average precision under many weightings.
#[derive(Clone, Debug)]
pub(crate) struct Ranking {
    order: Vec<u32>,
    /// 1 for a positive row, else 0.
    positive: Vec<f64>,
    ends: Vec<u32>,
}

impl Ranking {
    /// Descending order of score.
    pub(crate) fn new(scores: &[f64], positive: &[bool]) -> Self {
        let mut order = ascending(scores);
        order.reverse();
        let ends = tie_ends(scores, &order);
        let positive = order.iter().map(|i| f64::from(u8::from(positive[*i as usize]))).collect();
        Self { order, positive, ends }
    }

    /// Average precision `Σ (R_k - R_{k-1}) P_k` over distinct scores (scikit-learn's definition); NaN without a
    /// positive row.
    pub(crate) fn average_precision(&self, weights: &[f64]) -> f64 {
        let (mut all, mut hits, mut sum, mut start) = (0.0, 0.0, 0.0, 0);
        for &end in &self.ends {
            let mut found = 0.0;
            let run = start..end as usize;
            for (row, positive) in self.order[run.clone()].iter().zip(&self.positive[run]) {
                let w = weights[*row as usize];
                all += w;
                found += positive * w;
            }
            hits += found;
            // Without a branch: chance decides where a bootstrap draws a positive row.
            let part = found * hits / all;
            sum += if found > 0.0 { part } else { 0.0 };
            start = end as usize;
        }
        sum / hits
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Pairs counted one by one, and DeLong's covariance from explicit placements.
    fn brute(scores: &[f64], positive: &[bool]) -> Option<(f64, f64)> {
        let of =
            |c: bool| -> Vec<f64> { scores.iter().zip(positive).filter(|(_, p)| **p == c).map(|(s, _)| *s).collect() };
        let (x, y) = (of(true), of(false));
        if x.is_empty() || y.is_empty() {
            return None;
        }
        let psi = |a: f64, b: f64| {
            if a > b {
                1.0
            } else if a == b {
                0.5
            } else {
                0.0
            }
        };
        let v10: Vec<f64> = x.iter().map(|a| y.iter().map(|b| psi(*a, *b)).sum::<f64>() / y.len() as f64).collect();
        let v01: Vec<f64> = y.iter().map(|b| x.iter().map(|a| psi(*a, *b)).sum::<f64>() / x.len() as f64).collect();
        let auc = v10.iter().sum::<f64>() / x.len() as f64;
        let s = |v: &[f64]| {
            v.iter().map(|t| (t - auc) * (t - auc)).sum::<f64>() / (v.len().max(2) - 1) as f64 / v.len() as f64
        };
        Some((auc, s(&v10) + s(&v01)))
    }

    proptest! {
        #[test]
        fn delong_equals_the_pairwise_definition(rows in prop::collection::vec((0u8..8, any::<bool>()), 2..40)) {
            let scores: Vec<f64> = rows.iter().map(|r| f64::from(r.0) / 8.0).collect();
            let positive: Vec<bool> = rows.iter().map(|r| r.1).collect();
            match (auc(&scores, &positive, None), brute(&scores, &positive)) {
                (Some(a), Some((value, variance))) => {
                    prop_assert!((a.value - value).abs() < 1e-12);
                    prop_assert!((a.variance - variance).abs() < 1e-12);
                }
                (a, b) => prop_assert!(a.is_none() && b.is_none()),
            }
        }

        #[test]
        fn whole_weights_count_as_repeated_rows(rows in prop::collection::vec((0u8..6, any::<bool>(), 1u8..4), 2..25)) {
            let scores: Vec<f64> = rows.iter().map(|r| f64::from(r.0)).collect();
            let positive: Vec<bool> = rows.iter().map(|r| r.1).collect();
            let weights: Vec<f64> = rows.iter().map(|r| f64::from(r.2)).collect();
            let copies: Vec<usize> = rows.iter().enumerate().flat_map(|(i, r)| vec![i; r.2 as usize]).collect();
            let (s, p): (Vec<f64>, Vec<bool>) = copies.iter().map(|i| (scores[*i], positive[*i])).unzip();
            if let (Some(a), Some(b)) = (auc(&scores, &positive, Some(&weights)), auc(&s, &p, None)) {
                prop_assert!((a.value - b.value).abs() < 1e-12);
                let ap = Ranking::new(&scores, &positive).average_precision(&weights);
                let repeated = Ranking::new(&s, &p).average_precision(&vec![1.0; s.len()]);
                prop_assert!((ap - repeated).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn separated_classes_have_an_interval_that_knows_n() {
        let e = auc_estimate(&[0.1, 0.2, 0.8, 0.9], &[false, false, true, true], None, None);
        assert_eq!((e.value, e.high, e.method), (Some(1.0), Some(1.0), IntervalMethod::Wilson));
        assert!(e.low.expect("a lower end") < 0.4);
        assert_eq!(auc_estimate(&[0.1], &[true], None, None).value, None);
    }
}
