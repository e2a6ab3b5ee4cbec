//! Shares and means of rows that may be weighted and may belong together.

use super::describe::mean_t;
use super::design::Design;
use super::normal::t_quantile;
use super::proportion::{share, wilson};
use crate::estimate::{Estimate, IntervalMethod};

/// Share of hits with Wilson's interval at the effective size of [`share_and_size`].
pub(crate) fn share_of(hits: &[bool], design: &Design) -> Estimate {
    let (k, n) = (hits.iter().filter(|h| **h).count() as u64, hits.len() as u64);
    if design.is_plain() || n == 0 {
        return share(k, n);
    }
    let (p, size) = share_and_size(hits, design);
    let (low, high) = wilson(p * size, size);
    Estimate::with_interval(p, low, high, n, IntervalMethod::Wilson)
}

/// Weighted share of hits and the effective size behind it: Kish's of the weights; with entities not more than rows of
/// their own would need for the variance of the share by entities (Korn and Graubard 1998), and that of the entities in
/// place of the rows when all rows are alike.
pub(crate) fn share_and_size(hits: &[bool], design: &Design) -> (f64, f64) {
    let n = hits.len();
    let values: Vec<f64> = hits.iter().map(|h| f64::from(u8::from(*h))).collect();
    let (p, variance, entities) = design.mean(&values);
    let kish = design.kish(0..n);
    if design.clusters().is_none() {
        return (p.min(1.0), kish);
    }
    let independent = p * (1.0 - p) / kish;
    let size = match independent > 0.0 {
        true => kish / (variance / independent).max(1.0),
        false => entities * kish / n as f64,
    };
    (p.min(1.0), size)
}

/// Mean with its t interval; variance and degrees of freedom are those of the entities, or of the rows.
pub(crate) fn mean(values: &[f64], design: &Design) -> Estimate {
    mean_with_t(values, design).0
}

/// The same with the t statistic of a mean of 0 and its degrees of freedom; without both when there is no spread.
pub(crate) fn mean_with_t(values: &[f64], design: &Design) -> (Estimate, Option<(f64, f64)>) {
    let n = values.len();
    if design.is_plain() || n == 0 {
        let e = mean_t(values);
        let df = n as f64 - 1.0;
        let se = e.low.zip(e.high).map(|(low, high)| (high - low) / 2.0 / t_quantile(df));
        let t = e.value.zip(se.filter(|se| *se > 0.0)).map(|(mean, se)| (mean / se, df));
        return (e, t);
    }
    let (mean, variance, entities) = design.mean(values);
    let df = entities - 1.0;
    let half = if entities > 1.0 { t_quantile(df) * variance.sqrt() } else { f64::NAN };
    let t = (variance > 0.0).then(|| (mean / variance.sqrt(), df));
    (Estimate::with_interval(mean, mean - half, mean + half, n as u64, IntervalMethod::T), t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::proportion::weighted_share;

    fn entities(clusters: Vec<u32>) -> Design {
        Design::new(clusters.len(), None, Some(clusters))
    }

    #[test]
    fn rows_of_their_own_give_the_usual_intervals_and_copies_give_wider_ones() {
        let hits: Vec<bool> = (0..80).map(|i| i % 8 != 0).collect();
        let close = |a: Estimate, b: Estimate| {
            let ends = [(a.low, b.low), (a.high, b.high)];
            assert!(ends.iter().all(|(a, b)| (a.expect("end") - b.expect("end")).abs() < 2e-3), "{a:?} {b:?}");
        };
        let plain = Design::default();
        assert_eq!(share_of(&hits, &entities((0..80).collect())), share_of(&hits, &plain));
        let copied: Vec<bool> = hits.iter().flat_map(|h| [*h; 4]).collect();
        let of_four = entities((0..80).flat_map(|c| [c; 4]).collect());
        close(share_of(&copied, &of_four), share_of(&hits, &plain));
        let alike = share_of(&[true; 40], &entities((0..40).map(|i| i / 4).collect()));
        assert_eq!(alike.low, share(10, 10).low);
        let values: Vec<f64> = crate::fixture::spread(60, 0.4);
        let four: Vec<f64> = values.iter().flat_map(|v| [*v; 4]).collect();
        close(mean(&four, &entities((0..60).flat_map(|c| [c; 4]).collect())), mean(&values, &plain));
    }

    #[test]
    fn weights_give_kishs_size() {
        let hits: Vec<bool> = (0..30).map(|i| i % 3 == 0).collect();
        let w: Vec<f64> = (0..30).map(|i| 1.0 + f64::from(i % 4)).collect();
        let own = share_of(&hits, &Design::new(30, Some(&w), None));
        let (all, squares): (f64, f64) = (w.iter().sum(), w.iter().map(|w| w * w).sum());
        let hit = hits.iter().zip(&w).filter(|h| *h.0).map(|h| h.1).sum();
        let usual = weighted_share(hit, all, squares, 30);
        let apart = |a: Option<f64>, b: Option<f64>| (a.expect("a") - b.expect("b")).abs();
        assert!(apart(own.value, usual.value) < 1e-12 && apart(own.low, usual.low) < 1e-12);
        assert!(apart(own.high, usual.high) < 1e-12);
    }
}
