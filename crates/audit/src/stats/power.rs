//! Power of the two-proportion test.

use super::normal::{Z, cdf, quantile};

/// Power of the two-sided 5 % pooled z-test when the rates are `base` and `base + gap` in samples of `n_base` and
/// `n_other` (normal approximation with the variances of null and alternative; Fleiss, Levin and Paik 2003).
pub(crate) fn two_proportions(base: f64, gap: f64, n_base: u64, n_other: u64) -> f64 {
    let (n1, n2) = (n_other as f64, n_base as f64);
    let (p1, p2) = (base + gap, base);
    let pooled = (p1 * n1 + p2 * n2) / (n1 + n2);
    let null = (pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2)).max(0.0).sqrt();
    let alternative = (p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2).max(0.0).sqrt();
    if alternative == 0.0 {
        return if gap.abs() > Z * null { 1.0 } else { 0.0 };
    }
    cdf((gap.abs() - Z * null) / alternative) + cdf((-gap.abs() - Z * null) / alternative)
}

/// The gap of `size` away from `base` on the side where the other rate stays a rate.
pub(crate) fn direction(base: f64, size: f64) -> f64 {
    if base + size <= 1.0 { size } else { -size }
}

/// Smallest gap that is seen with 80 % power, to 1e-6; `None` when not even the largest possible one is.
pub(crate) fn detectable(base: f64, n_base: u64, n_other: u64) -> Option<f64> {
    let power = |size: f64| two_proportions(base, direction(base, size), n_base, n_other);
    let most = base.max(1.0 - base);
    if n_base == 0 || n_other == 0 || power(most) < 0.8 {
        return None;
    }
    let (mut low, mut high) = (0.0, most);
    while high - low > 1e-6 {
        let middle = 0.5 * (low + high);
        if power(middle) < 0.8 { low = middle } else { high = middle }
    }
    Some(high)
}

/// Smallest mean difference seen with 80 % power at a two-sided 5 % level, for a standard error.
pub(crate) fn detectable_from_se(se: f64) -> f64 {
    (Z + quantile(0.8)) * se
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_rises_with_rows_and_detectable_gap_has_80_percent() {
        assert!(two_proportions(0.3, 0.1, 50, 50) < two_proportions(0.3, 0.1, 500, 500));
        let gap = detectable(0.3, 400, 300).expect("enough rows");
        assert!((two_proportions(0.3, gap, 400, 300) - 0.8).abs() < 1e-4);
        assert!(detectable(0.5, 3, 3).is_none());
    }
}
