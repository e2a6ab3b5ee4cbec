//! Two means or shares of rows that may be weighted and may belong together, also across both sides.

use super::clustered::share_and_size;
use super::design::Design;
use super::normal::{Z, cdf, t_quantile};
use super::power::detectable_from_se;
use super::proportion::wilson;
use super::welch::{on_log_scale, t_two_sided};
use crate::estimate::{Estimate, IntervalMethod};

/// A row of the design, and its value.
pub(crate) type Valued = (usize, f64);

/// Two weighted means with the covariance of their linearised forms.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Contrast {
    means: [f64; 2],
    covariance: [[f64; 2]; 2],
    /// Variance of the difference when both means are the same: influences about the mean of all rows.
    null: f64,
    units: f64,
    /// Effective size behind each side as a share.
    sizes: [f64; 2],
    n: u64,
}

impl Contrast {
    /// Of two sets of rows that share no row.
    pub(crate) fn of(design: &Design, a: &[Valued], b: &[Valued]) -> Self {
        let total = |side: &[Valued]| design.total(side.iter().map(|r| r.0));
        let sum = |side: &[Valued]| side.iter().map(|(row, v)| design.weight(*row) * v).sum::<f64>();
        let (totals, sums) = ([total(a), total(b)], [sum(a), sum(b)]);
        let means = [sums[0] / totals[0], sums[1] / totals[1]];
        let pooled = (sums[0] + sums[1]) / (totals[0] + totals[1]);
        // Influences on the first mean, on the second, and on the difference about the common mean.
        let mut parts: Vec<(usize, [f64; 3])> = Vec::with_capacity(a.len() + b.len());
        for (row, v) in a {
            let w = design.weight(*row) / totals[0];
            parts.push((*row, [w * (v - means[0]), 0.0, w * (v - pooled)]));
        }
        for (row, v) in b {
            let w = design.weight(*row) / totals[1];
            parts.push((*row, [0.0, w * (v - means[1]), -w * (v - pooled)]));
        }
        let (c, units) = design.covariance(&parts);
        let size = |side: &[Valued]| {
            let own = design.take(side.iter().map(|r| r.0));
            share_and_size(&side.iter().map(|r| r.1 > 0.0).collect::<Vec<_>>(), &own).1
        };
        Self {
            means,
            covariance: [[c[0][0], c[0][1]], [c[1][0], c[1][1]]],
            null: c[2][2],
            units,
            sizes: [size(a), size(b)],
            n: (a.len() + b.len()) as u64,
        }
    }

    /// Rows of both sides.
    pub(crate) fn rows(&self) -> u64 {
        self.n
    }

    /// First less second.
    pub(crate) fn value(&self) -> f64 {
        self.means[0] - self.means[1]
    }

    /// Standard error of the difference.
    pub(crate) fn se(&self) -> f64 {
        let [[a, ab], [_, b]] = self.covariance;
        (a + b - 2.0 * ab).max(0.0).sqrt()
    }

    /// The score statistic, with `G / (G - 1)`, and `G`.
    #[cfg(test)]
    pub(crate) fn score(&self) -> (f64, f64) {
        (self.value() * self.value() / self.null, self.units)
    }

    /// Two-sided p-value that both means are equal, by the robust score test (Boos 1992; Guo and Pan 2005: the variance is
    /// that about the common mean, so that a side without a hit has one too) against t with `G - 1` degrees of freedom. 1
    /// when all values are equal; `None` for fewer than two entities.
    pub(crate) fn score_p(&self) -> Option<f64> {
        match self.null {
            v if v.is_nan() => None,
            v if v <= 0.0 => Some(1.0),
            v => Some(t_two_sided(self.value() / v.sqrt(), self.units - 1.0)),
        }
    }

    /// Difference of means with the t interval of `G - 1` degrees of freedom, and the p-value of Wald's test; neither without
    /// a spread.
    pub(crate) fn of_means(&self) -> (Estimate, Option<f64>) {
        let (d, se, df) = (self.value(), self.se(), self.units - 1.0);
        if !(se > 0.0 && df >= 1.0) {
            return (Estimate::with_interval(d, f64::NAN, f64::NAN, self.n, IntervalMethod::T), None);
        }
        let half = t_quantile(df) * se;
        let estimate = Estimate::with_interval(d, d - half, d + half, self.n, IntervalMethod::T);
        (estimate, Some(t_two_sided(d / se, df)))
    }

    /// Difference of shares: square and add of Wilson's intervals at the effective sizes, with the correlation that both
    /// sides have through entities that they share (Newcombe 1998, methods 10 for independent and paired shares; Zou and
    /// Donner 2008).
    pub(crate) fn of_shares(&self) -> Estimate {
        let ends = [0, 1].map(|i| wilson(self.means[i].min(1.0) * self.sizes[i], self.sizes[i]));
        let [[va, vab], [_, vb]] = self.covariance;
        let r = if va > 0.0 && vb > 0.0 { (vab / (va * vb).sqrt()).clamp(-1.0, 1.0) } else { 0.0 };
        let apart = |x: f64, y: f64| (x * x + y * y - 2.0 * r * x * y).max(0.0).sqrt();
        let [p1, p2] = self.means;
        let d = self.value();
        let low = d - apart(p1 - ends[0].0, ends[1].1 - p2);
        let high = d + apart(ends[0].1 - p1, p2 - ends[1].0);
        Estimate::with_interval(d, low, high, self.n, IntervalMethod::Newcombe)
    }

    /// First share over the second on the log scale by the delta method. Without a hit in the first the lower end is 0 and
    /// the upper one that of half a hit among as many rows as its effective size; without one in the second there is no
    /// ratio.
    pub(crate) fn ratio_of_shares(&self) -> Estimate {
        let [p1, p2] = self.means;
        if p2 <= 0.0 {
            return Estimate::not_estimable(self.n);
        }
        let [[va, vab], [_, vb]] = self.covariance;
        if p1 <= 0.0 {
            let half_a_hit = 0.5 / self.sizes[0];
            let se = ((1.0 - half_a_hit) / 0.5 + vb / (p2 * p2)).max(0.0).sqrt();
            let high = half_a_hit / p2 * (Z * se).exp();
            return Estimate::with_interval(0.0, 0.0, high, self.n, IntervalMethod::LogDelta);
        }
        let se = (va / (p1 * p1) + vb / (p2 * p2) - 2.0 * vab / (p1 * p2)).max(0.0).sqrt();
        let less_one = on_log_scale(p1, p2, se, self.n);
        let more = |v: Option<f64>| v.map(|v| v + 1.0);
        Estimate { value: more(less_one.value), low: more(less_one.low), high: more(less_one.high), ..less_one }
    }

    /// Difference, relative difference and normal test of means.
    pub(crate) fn normal(&self) -> (Estimate, Estimate, Option<f64>) {
        let ([a, b], se, d) = (self.means, self.se(), self.value());
        let [[va, vab], [_, vb]] = self.covariance;
        let log_se = (va / (a * a) + vb / (b * b) - 2.0 * vab / (a * b)).max(0.0).sqrt();
        let excess = Estimate::with_interval(d, d - Z * se, d + Z * se, self.n, IntervalMethod::Normal);
        let p = (se > 0.0).then(|| super::normal::two_sided(d / se));
        (excess, on_log_scale(a, b, log_se, self.n), p)
    }

    /// Power to see a difference of `size` at 5 %, and the least that is seen with 80 % power; `None` without a spread.
    pub(crate) fn power(&self, size: f64) -> (Option<f64>, Option<f64>) {
        let se = Some(self.se()).filter(|se| *se > 0.0);
        (se.map(|se| cdf(size / se - Z) + cdf(-size / se - Z)), se.map(detectable_from_se))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::spread;
    use crate::stats::proportion::{log_ratio, newcombe, pooled_z};
    use crate::stats::welch::{Moments, difference};

    fn sides(values: &[f64], first: usize) -> (Vec<Valued>, Vec<Valued>) {
        let all: Vec<Valued> = values.iter().copied().enumerate().collect();
        (all[..first].to_vec(), all[first..].to_vec())
    }

    fn near(own: &Estimate, usual: &Estimate, within: f64) {
        for (a, b) in [(own.value, usual.value), (own.low, usual.low), (own.high, usual.high)] {
            assert!((a.expect("a") - b.expect("b")).abs() < within, "{own:?} {usual:?}");
        }
    }

    /// Rows of their own give the intervals and tests of independent rows, but for `n / (n - 1)`.
    #[test]
    fn plain_rows_give_the_usual_intervals_and_tests() {
        let hits: Vec<f64> =
            (0..700).map(|i| f64::from(u8::from(if i < 300 { i % 3 == 0 } else { i % 2 == 0 }))).collect();
        let (a, b) = sides(&hits, 300);
        let c = Contrast::of(&Design::new(700, None, None), &a, &b);
        near(&c.of_shares(), &newcombe(100, 300, 200, 400), 1e-12);
        near(&c.ratio_of_shares(), &log_ratio(100, 300, 200, 400), 1e-3);
        assert!((c.score_p().expect("p") / pooled_z(100, 300, 200, 400) - 1.0).abs() < 0.15);
        let values = spread(500, 0.3);
        let (a, b) = sides(&values, 200);
        let own = Contrast::of(&Design::new(500, None, None), &a, &b).of_means();
        let welch = difference(&Moments::of(&values[..200]), &Moments::of(&values[200..]));
        near(&own.0, &welch.0, 1e-4);
    }

    /// Four copies of every row under one entity say what the rows alone say.
    #[test]
    fn copies_under_one_entity_add_nothing() {
        let hits: Vec<f64> =
            (0..160).map(|i| f64::from(u8::from(if i < 70 { i % 4 == 0 } else { i % 2 == 0 }))).collect();
        let copies: Vec<f64> = hits.iter().flat_map(|h| [*h; 4]).collect();
        let entities = (0..160).flat_map(|e| [e; 4]).collect();
        let (a, b) = sides(&hits, 70);
        let one = Contrast::of(&Design::new(160, None, None), &a, &b);
        let (a, b) = sides(&copies, 280);
        let many = Contrast::of(&Design::new(640, None, Some(entities)), &a, &b);
        assert!((one.se() - many.se()).abs() < 1e-12);
        assert!((one.score_p().expect("p") - many.score_p().expect("p")).abs() < 1e-12);
        near(&one.of_shares(), &many.of_shares(), 2e-3);
    }

    /// A side without a hit still has a test and ends.
    #[test]
    fn nothing_hit_on_one_side() {
        let hits: Vec<f64> = (0..120).map(|i| f64::from(u8::from(i >= 60 && i % 3 == 0))).collect();
        let entities = (0..120).map(|i| i / 3).collect();
        let (a, b) = sides(&hits, 60);
        let c = Contrast::of(&Design::new(120, None, Some(entities)), &a, &b);
        assert!(c.score_p().is_some_and(|p| (1e-12..1e-3).contains(&p)), "{c:?}");
        assert_eq!(c.ratio_of_shares().low, Some(0.0));
        assert!(c.ratio_of_shares().high.is_some_and(|h| h > 0.0 && h < 2.0));
        assert!(c.of_shares().high.is_some_and(|h| h < 0.0));
    }
}
