//! Feature selection: which columns stay.

use fine_pickle::Scalar;

use super::forest::allows_missing;
use super::importance;
use super::numeric::checked;
use super::{Fitted, ImportError};
use crate::steps::{Branch, Step};

/// Classes that are read here.
pub(super) const CLASSES: &[&str] = &[
    "SelectKBest",
    "SelectPercentile",
    "SelectFpr",
    "SelectFdr",
    "SelectFwe",
    "GenericUnivariateSelect",
    "VarianceThreshold",
    "RFE",
    "RFECV",
    "SequentialFeatureSelector",
    "SelectFromModel",
];

/// The columns that stay, as a step.
pub(super) fn step(fitted: &Fitted<'_>) -> Result<Step, ImportError> {
    let (mask, refuses) = match fitted.class {
        "VarianceThreshold" => {
            let threshold = fitted.number("threshold")?;
            (above(&fitted.numbers("variances_")?, threshold), false)
        }
        "RFE" | "RFECV" | "SequentialFeatureSelector" => {
            let inner = inner(fitted)?;
            (flags(fitted, "support_")?, !accepts_missing(&inner))
        }
        "SelectFromModel" => {
            let inner = inner(fitted)?;
            (from_model(fitted, &inner)?, !accepts_missing(&inner))
        }
        _ => (univariate(fitted)?, true),
    };
    let columns: Vec<u32> = (0..).zip(&mask).filter(|(_, stays)| **stays).map(|(column, _)| column).collect();
    if columns.is_empty() {
        return Err(fitted.unsupported("it selects no column at all"));
    }
    if fitted.input_width().is_some_and(|width| width != mask.len()) {
        return Err(fitted.malformed("support_", format!("is about {} columns", mask.len())));
    }
    let step = Step::Columns(vec![Branch { columns: Some(columns), step: Step::Keep, weight: 1.0 }]);
    Ok(if refuses { checked(step) } else { step })
}

/// The estimator that chose: the fitted copy, or the one given when it was fitted before.
fn inner<'p>(fitted: &Fitted<'p>) -> Result<Fitted<'p>, ImportError> {
    let attr = if fitted.get("estimator_").is_some() { "estimator_" } else { "estimator" };
    Fitted::new(fitted.need(attr)?, &fitted.path, attr)
}

/// Whether a selector passes missing cells on: what its estimator's tags say. In doubt it does not.
fn accepts_missing(estimator: &Fitted<'_>) -> bool {
    match estimator.class {
        "HistGradientBoostingClassifier" | "HistGradientBoostingRegressor" => true,
        class if class.starts_with("XGB") || class.starts_with("LGBM") => true,
        "DecisionTreeClassifier" | "DecisionTreeRegressor" => allows_missing(estimator),
        "RandomForestClassifier" | "RandomForestRegressor" => estimator.version >= (1, 4),
        "ExtraTreesClassifier" | "ExtraTreesRegressor" => estimator.version >= (1, 6),
        _ => false,
    }
}

fn above(values: &[f64], threshold: f64) -> Vec<bool> {
    values.iter().map(|value| *value > threshold).collect()
}

fn below(values: &[f64], threshold: f64) -> Vec<bool> {
    values.iter().map(|value| *value < threshold).collect()
}

fn flags(fitted: &Fitted<'_>, attr: &str) -> Result<Vec<bool>, ImportError> {
    let flags = fitted.scalars(attr, fitted.need(attr)?)?.into_iter().map(|flag| match flag {
        Scalar::Bool(flag) => Ok(flag),
        other => Err(fitted.malformed(attr, format!("holds {other}"))),
    });
    flags.collect()
}

/// One of the univariate tests, with its parameter.
fn univariate(fitted: &Fitted<'_>) -> Result<Vec<bool>, ImportError> {
    let (mode, attr) = match fitted.class {
        "SelectKBest" => ("k_best".to_owned(), "k"),
        "SelectPercentile" => ("percentile".to_owned(), "percentile"),
        "SelectFpr" => ("fpr".to_owned(), "alpha"),
        "SelectFdr" => ("fdr".to_owned(), "alpha"),
        "SelectFwe" => ("fwe".to_owned(), "alpha"),
        _ => (fitted.choice("mode", &["percentile", "k_best", "fpr", "fdr", "fwe"])?, "param"),
    };
    let every = fitted.text(attr).is_some_and(|text| text == "all");
    match mode.as_str() {
        "k_best" | "percentile" => {
            let scores = fitted.numbers("scores_")?;
            match mode.as_str() {
                "k_best" if every => Ok(vec![true; scores.len()]),
                "k_best" => Ok(best(&scores, fitted.count(attr)?)),
                _ => {
                    let share = fitted.number(attr)?;
                    let share = Some(share).filter(|share| (0.0..=100.0).contains(share));
                    Ok(percentile(&scores, share.ok_or_else(|| fitted.malformed(attr, "is no percentage"))?))
                }
            }
        }
        _ => {
            let (p, alpha) = (fitted.numbers("pvalues_")?, fitted.number(attr)?);
            Ok(match mode.as_str() {
                "fpr" => below(&p, alpha),
                "fwe" => below(&p, alpha / p.len() as f64),
                _ => false_discoveries(&p, alpha),
            })
        }
    }
}

/// NaN as the lowest score.
fn clean(scores: &[f64]) -> Vec<f64> {
    scores.iter().map(|score| if score.is_nan() { f64::MIN } else { *score }).collect()
}

/// The last `count` in a stable ascending order.
fn best(scores: &[f64], count: usize) -> Vec<bool> {
    let scores = clean(scores);
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    let mut mask = vec![false; scores.len()];
    order.iter().rev().take(count).for_each(|column| mask[*column] = true);
    mask
}

fn percentile(scores: &[f64], share: f64) -> Vec<bool> {
    if share == 100.0 || share == 0.0 || scores.is_empty() {
        return vec![share == 100.0; scores.len()];
    }
    let scores = clean(scores);
    let threshold = quantile(&scores, (100.0 - share) / 100.0);
    let mut mask = above(&scores, threshold);
    let ties: Vec<usize> = (0..scores.len()).filter(|column| scores[*column] == threshold).collect();
    let room = (scores.len() as f64 * share / 100.0) as i64 - mask.iter().filter(|stays| **stays).count() as i64;
    // A negative end of a Python slice counts from its end.
    let kept = if room < 0 { (ties.len() as i64 + room).max(0) } else { room };
    ties.iter().take(kept as usize).for_each(|column| mask[*column] = true);
    mask
}

/// `numpy.quantile`, linear.
fn quantile(values: &[f64], at: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() - 1) as f64 * at;
    let lower = place.floor();
    let (a, b) = (sorted[lower as usize], sorted[(lower as usize + 1).min(sorted.len() - 1)]);
    let t = place - lower;
    if t >= 0.5 { b - (b - a) * (1.0 - t) } else { a + (b - a) * t }
}

/// Benjamini and Hochberg (1995).
fn false_discoveries(p: &[f64], alpha: f64) -> Vec<bool> {
    let mut sorted = p.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = p.len() as f64;
    let within = sorted.iter().enumerate().filter(|(at, p)| **p <= alpha / count * (at + 1) as f64);
    match within.map(|(_, p)| *p).fold(None, |most: Option<f64>, p| Some(most.map_or(p, |most| most.max(p)))) {
        None => vec![false; p.len()],
        Some(most) => p.iter().map(|p| *p <= most).collect(),
    }
}

/// `SelectFromModel`: importances against a threshold that is worked out again.
fn from_model(fitted: &Fitted<'_>, estimator: &Fitted<'_>) -> Result<Vec<bool>, ImportError> {
    let scores = importance::of(fitted, estimator)?;
    let threshold = threshold(fitted, estimator, &scores)?;
    let mut mask = vec![true; scores.len()];
    if fitted.get("max_features").is_some() {
        // A function of the data has left its result here.
        let attr = if fitted.get("max_features_").is_some() { "max_features_" } else { "max_features" };
        let most = fitted.count(attr)?;
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|a, b| (-scores[*a]).total_cmp(&-scores[*b]));
        order.iter().skip(most).for_each(|column| mask[*column] = false);
    }
    mask.iter_mut().zip(&scores).for_each(|(stays, score)| *stays &= *score >= threshold);
    Ok(mask)
}

fn threshold(fitted: &Fitted<'_>, estimator: &Fitted<'_>, scores: &[f64]) -> Result<f64, ImportError> {
    let text = match fitted.get("threshold") {
        None if sets_weights_to_zero(fitted, estimator) => return Ok(1e-5),
        None => "mean".to_owned(),
        Some(value) => match value.text() {
            Some(text) => text.into_owned(),
            None => return value.as_f64().ok_or_else(|| fitted.malformed("threshold", "is no number")),
        },
    };
    let (factor, reference) = match text.split_once('*') {
        Some((factor, reference)) => (factor.trim().parse::<f64>().ok(), reference.trim()),
        None => (Some(1.0), text.as_str()),
    };
    let value = match reference {
        "mean" => importance::mean(scores),
        "median" => quantile(scores, 0.5),
        _ => return Err(fitted.unsupported(format!("threshold={text:?} is not known"))),
    };
    let factor = factor.ok_or_else(|| fitted.unsupported(format!("threshold={text:?} is not known")))?;
    Ok(factor * value)
}

/// Whether the default threshold is zero: the estimator is fitted with an l1 penalty, by the rules of each version.
fn sets_weights_to_zero(fitted: &Fitted<'_>, estimator: &Fitted<'_>) -> bool {
    let close = |attr: &str| {
        let values = estimator.get(attr).and_then(|value| match value.as_f64() {
            Some(value) => Some(vec![value]),
            None => value.array().and_then(|array| array.to_f64()).ok(),
        });
        values.is_some_and(|values| values.iter().all(|value| (value - 1.0).abs() <= 1e-8 + 1e-5))
    };
    if estimator.text("penalty").is_some_and(|penalty| penalty == "l1") || estimator.class.contains("Lasso") {
        return true;
    }
    match estimator.class {
        "ElasticNet" => fitted.version >= (1, 2) && close("l1_ratio"),
        "ElasticNetCV" => fitted.version >= (1, 2) && close("l1_ratio_"),
        "LogisticRegression" => fitted.version >= (1, 8) && close("l1_ratio"),
        "LogisticRegressionCV" => fitted.version >= (1, 8) && close("l1_ratio_"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_and_missing_scores() {
        let scores = [3.0, f64::NAN, 3.0, 1.0];
        assert_eq!(best(&scores, 1), [false, false, true, false]);
        assert_eq!(best(&scores, 3), [true, false, true, true]);
        assert_eq!(percentile(&scores, 50.0), [true, false, true, false]);
        assert_eq!(percentile(&[1.0, 1.0, 1.0, 1.0], 50.0), [true, true, false, false]);
        assert_eq!(percentile(&scores, 0.0), [false; 4]);
        assert_eq!(false_discoveries(&[0.01, 0.04, 0.03, 0.9], 0.05), [true, false, false, false]);
        assert_eq!(false_discoveries(&[0.9], 0.05), [false]);
        assert_eq!(quantile(&[4.0, 1.0, 3.0, 2.0], 0.5), 2.5);
    }
}
