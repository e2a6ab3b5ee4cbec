//! Importances of fitted estimators, as `SelectFromModel` asks for them.

use super::forest::pairwise_sum;
use super::{Fitted, ImportError};

/// `numpy.mean`.
pub(super) fn mean(values: &[f64]) -> f64 {
    pairwise_sum(values) / values.len() as f64
}

/// Importances of the estimator inside of a selector: the norm of its coefficients, or those of its trees.
pub(super) fn of(selector: &Fitted<'_>, estimator: &Fitted<'_>) -> Result<Vec<f64>, ImportError> {
    let getter = match selector.get("importance_getter") {
        None => "auto".to_owned(),
        Some(value) => match value.text() {
            Some(text) => text.into_owned(),
            None => return Err(ImportError::CustomCode { what: selector.at("importance_getter") }),
        },
    };
    let coefficients = match getter.as_str() {
        "auto" => estimator.get("coef_").is_some(),
        "coef_" => true,
        "feature_importances_" => false,
        _ => return Err(selector.unsupported(format!("importance_getter={getter:?} is not known"))),
    };
    let scores = if coefficients {
        norms(selector, estimator)?
    } else {
        of_ensemble(estimator)?.into_iter().map(f64::abs).collect()
    };
    if scores.is_empty() || scores.iter().any(|score| score.is_nan()) {
        return Err(estimator.malformed("coef_", "gives no importances"));
    }
    Ok(scores)
}

fn norms(selector: &Fitted<'_>, estimator: &Fitted<'_>) -> Result<Vec<f64>, ImportError> {
    let (shape, values) = estimator.shaped("coef_")?;
    let width = match shape.as_slice() {
        [_] => return Ok(values.into_iter().map(f64::abs).collect()),
        [_, width] if *width > 0 => *width,
        _ => return Err(estimator.malformed("coef_", format!("has {} dimensions", shape.len()))),
    };
    let order = match selector.get("norm_order") {
        None => 1.0,
        Some(_) => selector.number("norm_order")?,
    };
    let column = |at: usize| values.iter().skip(at).step_by(width).copied();
    let norm = |at: usize| {
        let magnitudes = column(at).map(f64::abs);
        match order {
            1.0 => Some(magnitudes.fold(0.0, |sum, x| sum + x)),
            2.0 => Some(column(at).fold(0.0, |sum, x| sum + x * x).sqrt()),
            f64::INFINITY => Some(magnitudes.fold(0.0, f64::max)),
            f64::NEG_INFINITY => Some(magnitudes.fold(f64::INFINITY, f64::min)),
            _ => None,
        }
    };
    let norms: Option<Vec<f64>> = (0..width).map(norm).collect();
    norms.ok_or_else(|| selector.unsupported(format!("norm_order={order} is not known")))
}

/// `feature_importances_`; only a boosted ensemble has ensembles inside.
fn of_ensemble(estimator: &Fitted<'_>) -> Result<Vec<f64>, ImportError> {
    match estimator.class {
        "AdaBoostClassifier" | "AdaBoostRegressor" => weighted(estimator),
        _ => of_trees(estimator),
    }
}

fn of_trees(estimator: &Fitted<'_>) -> Result<Vec<f64>, ImportError> {
    match estimator.class {
        "DecisionTreeClassifier" | "DecisionTreeRegressor" | "ExtraTreeClassifier" | "ExtraTreeRegressor" => {
            Ok(tree(estimator, true)?.sums)
        }
        "RandomForestClassifier" | "RandomForestRegressor" | "ExtraTreesClassifier" | "ExtraTreesRegressor" => {
            average(estimator, true)
        }
        "GradientBoostingClassifier" | "GradientBoostingRegressor" => average(estimator, false),
        _ => Err(estimator.unsupported("its importances are not worked out yet")),
    }
}

struct Importances {
    sums: Vec<f64>,
    /// More than a root.
    splits: bool,
}

/// `Tree.compute_feature_importances`: the weighted decrease of impurity at the splits on each column.
fn tree(estimator: &Fitted<'_>, normalise: bool) -> Result<Importances, ImportError> {
    let value = estimator.need("tree_")?;
    let tree = Fitted { value, path: estimator.at("tree_"), ..estimator.clone() };
    let wrong = |error: fine_pickle::PickleError| tree.wrong("nodes", &error);
    let array = tree.need("nodes")?.array().map_err(wrong)?;
    let field = |name: &str| array.field(name).map_err(wrong);
    let (left, right, feature) = (field("left_child")?, field("right_child")?, field("feature")?);
    let (impurity, weight) = (field("impurity")?, field("weighted_n_node_samples")?);
    let width = estimator.input_width().ok_or_else(|| estimator.malformed("n_features_in_", "is not there"))?;
    // An attribute alone must not size anything.
    let said = value.args().first().and_then(|width| width.as_usize());
    const MOST: usize = 1_000_000;
    if said != Some(width) || width > MOST || left.is_empty() {
        return Err(tree.malformed("nodes", "was fitted on another number of columns"));
    }
    let mut sums = vec![0.0; width];
    for at in 0..left.len() {
        if left[at] == -1.0 {
            continue;
        }
        let inside = |child: f64| (child >= 0.0 && child < left.len() as f64).then_some(child as usize);
        let (Some(left), Some(right)) = (inside(left[at]), inside(right[at])) else {
            return Err(tree.malformed("nodes", format!("node {at} points outside of the tree")));
        };
        let column = sums.get_mut(feature[at] as usize).filter(|_| feature[at] >= 0.0);
        let column = column.ok_or_else(|| tree.malformed("nodes", format!("node {at} splits on no feature")))?;
        *column += weight[at] * impurity[at] - weight[left] * impurity[left] - weight[right] * impurity[right];
    }
    sums.iter_mut().for_each(|sum| *sum /= weight[0]);
    if normalise {
        let total = pairwise_sum(&sums);
        if total > 0.0 {
            sums.iter_mut().for_each(|sum| *sum /= total);
        }
    }
    Ok(Importances { sums, splits: left.len() > 1 })
}

fn members<'p>(ensemble: &Fitted<'p>) -> Result<Vec<Fitted<'p>>, ImportError> {
    let members = ensemble.list("estimators_")?.into_iter().enumerate();
    members.map(|(at, tree)| Fitted::new(tree, &ensemble.path, &format!("estimators_[{at}]"))).collect()
}

/// The mean over the trees that split, made to sum to 1.
fn average(ensemble: &Fitted<'_>, normalised: bool) -> Result<Vec<f64>, ImportError> {
    let (mut sums, mut count) = (Vec::new(), 0usize);
    for member in members(ensemble)? {
        let own = tree(&member, normalised)?;
        if sums.is_empty() {
            sums = vec![0.0; own.sums.len()];
        }
        if own.sums.len() != sums.len() {
            return Err(member.malformed("tree_", "was fitted on another number of columns"));
        }
        if own.splits {
            sums.iter_mut().zip(own.sums).for_each(|(sum, own)| *sum += own);
            count += 1;
        }
    }
    if count == 0 {
        return Ok(sums);
    }
    sums.iter_mut().for_each(|sum| *sum /= count as f64);
    let total = pairwise_sum(&sums);
    sums.iter_mut().for_each(|sum| *sum /= total);
    Ok(sums)
}

/// The mean over the members with their weights.
fn weighted(ensemble: &Fitted<'_>) -> Result<Vec<f64>, ImportError> {
    let members = members(ensemble)?;
    let weights = ensemble.numbers("estimator_weights_")?;
    let total = pairwise_sum(&weights);
    let mut sums: Vec<f64> = Vec::new();
    for (member, weight) in members.iter().zip(&weights) {
        let own = of_trees(member)?;
        if sums.is_empty() {
            sums = vec![0.0; own.len()];
        }
        sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += weight * own);
    }
    sums.iter_mut().for_each(|sum| *sum /= total);
    Ok(sums)
}
