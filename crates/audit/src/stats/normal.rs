//! The normal, t and chi-squared distributions (statrs).

use statrs::distribution::{ChiSquared, ContinuousCDF, Normal, StudentsT};

/// 97.5 % point of the standard normal distribution.
pub(crate) const Z: f64 = 1.959_963_984_540_054;

/// P(N <= x).
pub(crate) fn cdf(x: f64) -> f64 {
    Normal::standard().cdf(x)
}

/// The point with probability `p` below it.
pub(crate) fn quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// Two-sided p-value of a standard normal statistic.
pub(crate) fn two_sided(z: f64) -> f64 {
    (2.0 * Normal::standard().sf(z.abs())).min(1.0)
}

/// 97.5 % point of Student's t; the normal's for unusable degrees of freedom.
pub(crate) fn t_quantile(df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(Z, |t| t.inverse_cdf(0.975))
}

/// P(chi-squared with `df` degrees of freedom > x).
pub(crate) fn chi2_sf(x: f64, df: f64) -> f64 {
    ChiSquared::new(df).map_or(f64::NAN, |d| d.sf(x))
}
