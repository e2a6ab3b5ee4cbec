//! Residual diagnostics of a regression.

use super::normal::chi2_sf;

/// Skewness, excess kurtosis (both of the population form, divisor n) and the p-value of Jarque and Bera (1980).
pub(crate) fn normality(residuals: &[f64]) -> (f64, f64, f64) {
    let n = residuals.len() as f64;
    let mean = residuals.iter().sum::<f64>() / n;
    let moment = |k: i32| residuals.iter().map(|r| (r - mean).powi(k)).sum::<f64>() / n;
    let m2 = moment(2);
    if m2 == 0.0 {
        return (0.0, 0.0, 1.0);
    }
    let (skewness, kurtosis) = (moment(3) / m2.powf(1.5), moment(4) / (m2 * m2) - 3.0);
    let statistic = n / 6.0 * (skewness * skewness + kurtosis * kurtosis / 4.0);
    (skewness, kurtosis, chi2_sf(statistic, 2.0))
}

/// p-value of the Breusch-Pagan test in Koenker's (1981) studentised form: `n R²` of the squared residuals on the
/// prediction, chi-squared with 1 degree of freedom. 1 when either side is constant.
pub(crate) fn breusch_pagan(residuals: &[f64], prediction: &[f64]) -> f64 {
    let n = residuals.len() as f64;
    let squares: Vec<f64> = residuals.iter().map(|r| r * r).collect();
    let (my, mx) = (squares.iter().sum::<f64>() / n, prediction.iter().sum::<f64>() / n);
    let (mut sxy, mut sxx, mut syy) = (0.0, 0.0, 0.0);
    for (y, x) in squares.iter().zip(prediction) {
        sxy += (y - my) * (x - mx);
        sxx += (x - mx) * (x - mx);
        syy += (y - my) * (y - my);
    }
    if sxx == 0.0 || syy == 0.0 {
        return 1.0;
    }
    chi2_sf(n * (sxy * sxy) / (sxx * syy), 1.0)
}
