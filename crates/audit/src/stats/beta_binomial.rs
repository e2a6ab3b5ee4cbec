//! The beta-binomial distribution: hits among `m` when the chance is drawn from Beta(a, b).

use statrs::function::beta::ln_beta;
use statrs::function::factorial::ln_binomial;

/// Terms below this part of their sum are left out.
const TINY: f64 = 1e-18;

/// `m` draws with a chance from Beta(`a`, `b`), `a, b > 0`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BetaBinomial {
    pub(crate) m: u64,
    pub(crate) a: f64,
    pub(crate) b: f64,
}

impl BetaBinomial {
    /// `C(m, k) B(k + a, m - k + b) / B(a, b)`.
    pub(crate) fn pmf(&self, k: u64) -> f64 {
        let choose = ln_binomial(self.m, k);
        let (m, k) = (self.m as f64, k as f64);
        (choose + ln_beta(k + self.a, m - k + self.b) - ln_beta(self.a, self.b)).exp()
    }

    /// P(K <= k), summed from `k` away from the mean by the ratio of neighbours.
    pub(crate) fn cdf(&self, k: u64) -> f64 {
        if k >= self.m {
            return 1.0;
        }
        let mean = self.m as f64 * self.a / (self.a + self.b);
        if k as f64 <= mean {
            return self.tail(k, |k| k.checked_sub(1), |k| 1.0 / self.ratio(k - 1)).min(1.0);
        }
        (1.0 - self.tail(k + 1, |k| (k < self.m).then_some(k + 1), |k| self.ratio(k))).max(0.0)
    }

    /// The smallest `k` with P(K <= k) at least `p`.
    pub(crate) fn quantile(&self, p: f64) -> u64 {
        let (mut low, mut high) = (0, self.m);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.cdf(middle) >= p { high = middle } else { low = middle + 1 }
        }
        low
    }

    /// pmf(k + 1) / pmf(k).
    fn ratio(&self, k: u64) -> f64 {
        let (m, k) = (self.m as f64, k as f64);
        (m - k) / (k + 1.0) * (k + self.a) / (m - k - 1.0 + self.b)
    }

    fn tail(&self, start: u64, next: impl Fn(u64) -> Option<u64>, ratio: impl Fn(u64) -> f64) -> f64 {
        let (mut k, mut term) = (start, self.pmf(start));
        let mut sum = term;
        while let Some(further) = next(k) {
            term *= ratio(k);
            sum += term;
            k = further;
            if term <= TINY * sum {
                break;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sums_to_one_and_a_flat_prior_makes_all_counts_alike() {
        let flat = BetaBinomial { m: 20, a: 1.0, b: 1.0 };
        (0..=20).for_each(|k| assert!((flat.pmf(k) - 1.0 / 21.0).abs() < 1e-12));
        let d = BetaBinomial { m: 300, a: 181.0, b: 20.0 };
        let mut sum = 0.0;
        for k in 0..=300 {
            sum += d.pmf(k);
            assert!((d.cdf(k) - sum).abs() < 1e-10, "{k}");
        }
        assert!((sum - 1.0).abs() < 1e-10);
        let q = d.quantile(0.025);
        assert!(d.cdf(q) >= 0.025 && d.cdf(q - 1) < 0.025);
    }
}
