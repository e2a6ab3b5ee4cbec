//! Shares and means of rows that may belong together.

use std::collections::HashMap;

use super::describe::mean_t;
use super::normal::t_quantile;
use super::proportion::{share, wilson};
use crate::estimate::{Estimate, IntervalMethod};

/// Share of hits with Wilson's interval. With entities it is that of an effective size: the rows over the design effect,
/// which is the variance of the share by entities over that of independent rows, at least 1; the number of entities when
/// all rows are alike (Korn and Graubard 1998, with Wilson's interval).
pub(crate) fn share_of(hits: &[bool], clusters: Option<&[u32]>) -> Estimate {
    let (k, n) = (hits.iter().filter(|h| **h).count() as u64, hits.len() as u64);
    let Some(clusters) = clusters.filter(|_| n > 0) else { return share(k, n) };
    let p = k as f64 / n as f64;
    let values: Vec<f64> = hits.iter().map(|h| f64::from(u8::from(*h))).collect();
    let (variance, entities) = of_mean(&values, clusters);
    let independent = p * (1.0 - p) / n as f64;
    let size = match independent > 0.0 {
        true => n as f64 / (variance / independent).max(1.0),
        false => entities as f64,
    };
    let (low, high) = wilson(p * size, size);
    Estimate::with_interval(p, low, high, n, IntervalMethod::Wilson)
}

/// Mean with its t interval; with entities the variance and the degrees of freedom are those of the entities.
pub(crate) fn mean(values: &[f64], clusters: Option<&[u32]>) -> Estimate {
    mean_with_t(values, clusters).0
}

/// The same with the t statistic of a mean of 0 and its degrees of freedom; without both when there is no spread.
pub(crate) fn mean_with_t(values: &[f64], clusters: Option<&[u32]>) -> (Estimate, Option<(f64, f64)>) {
    let n = values.len();
    let Some(clusters) = clusters.filter(|_| n > 0) else {
        let e = mean_t(values);
        let df = n as f64 - 1.0;
        let se = e.low.zip(e.high).map(|(low, high)| (high - low) / 2.0 / t_quantile(df));
        let t = e.value.zip(se.filter(|se| *se > 0.0)).map(|(mean, se)| (mean / se, df));
        return (e, t);
    };
    let (variance, entities) = of_mean(values, clusters);
    let mean = values.iter().sum::<f64>() / n as f64;
    let df = entities as f64 - 1.0;
    let half = if entities > 1 { t_quantile(df) * variance.sqrt() } else { f64::NAN };
    let t = (variance > 0.0).then(|| (mean / variance.sqrt(), df));
    (Estimate::with_interval(mean, mean - half, mean + half, n as u64, IntervalMethod::T), t)
}

/// Variance of a mean by entities (linearised, with `G / (G - 1)`), and `G`.
fn of_mean(values: &[f64], clusters: &[u32]) -> (f64, usize) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let mut place = HashMap::new();
    let mut sums: Vec<f64> = Vec::new();
    for (v, c) in values.iter().zip(clusters) {
        let at = *place.entry(*c).or_insert(sums.len());
        if at == sums.len() {
            sums.push(0.0);
        }
        sums[at] += v - mean;
    }
    let g = sums.len() as f64;
    let squares: f64 = sums.iter().map(|s| s * s).sum();
    (if g > 1.0 { squares / (n * n) * g / (g - 1.0) } else { f64::NAN }, sums.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_their_own_give_the_usual_intervals_and_copies_give_wider_ones() {
        let hits: Vec<bool> = (0..80).map(|i| i % 8 != 0).collect();
        let own: Vec<u32> = (0..80).collect();
        let close = |a: Estimate, b: Estimate| {
            let ends = [(a.low, b.low), (a.high, b.high)];
            assert!(ends.iter().all(|(a, b)| (a.expect("end") - b.expect("end")).abs() < 2e-3), "{a:?} {b:?}");
        };
        close(share_of(&hits, Some(&own)), share_of(&hits, None));
        let copied: Vec<bool> = hits.iter().flat_map(|h| [*h; 4]).collect();
        let of_four: Vec<u32> = (0..80).flat_map(|c| [c; 4]).collect();
        close(share_of(&copied, Some(&of_four)), share_of(&hits, None));
        let alike = share_of(&[true; 40], Some(&(0..40).map(|i| i / 4).collect::<Vec<_>>()));
        assert_eq!(alike.low, share(10, 10).low);
        let values: Vec<f64> = crate::fixture::spread(60, 0.4);
        let four: Vec<f64> = values.iter().flat_map(|v| [*v; 4]).collect();
        close(mean(&four, Some(&of_four[..240])), mean(&values, None));
    }
}
