//! Which object of the file is the model.

use fine_pickle::{Node, Value};

/// The model: the root itself, or the one estimator with a `predict` inside of a dictionary, tuple or list (people
/// save a model together with its encoders). The second part is its key.
pub(super) fn pick(root: Value<'_>) -> (Value<'_>, Option<String>) {
    let mut predictors = entries(root).into_iter().filter(|(_, value)| predicts(*value));
    match (predictors.next(), predictors.next()) {
        (Some((key, value)), None) => (value, Some(key)),
        _ => (root, None),
    }
}

/// The value under a key of a dictionary, or at a position of a tuple or list.
///
/// # Errors
/// The keys that there are, at most a hundred.
pub(super) fn picked<'p>(root: Value<'p>, key: &str) -> Result<Value<'p>, Vec<String>> {
    let entries = entries(root);
    match entries.iter().rfind(|(own, _)| own == key) {
        Some((_, value)) => Ok(*value),
        None => Err(entries.into_iter().map(|(own, _)| own).take(100).collect()),
    }
}

/// Keys of the models in a file that holds more than one thing to choose from; empty otherwise.
pub(super) fn keys(root: Value<'_>) -> Vec<String> {
    let keys: Vec<String> =
        entries(root).into_iter().filter(|(_, value)| predicts(*value)).map(|(key, _)| key).take(100).collect();
    if keys.len() > 1 { keys } else { Vec::new() }
}

fn entries(root: Value<'_>) -> Vec<(String, Value<'_>)> {
    match root.node() {
        Node::Dict(_) => {
            let key = |key: Value<'_>| key.text().map_or_else(|| key.preview(60), |text| text.into_owned());
            root.entries().into_iter().map(|(own, value)| (key(own), value)).collect()
        }
        Node::Tuple(_) | Node::List(_) => {
            root.items().unwrap_or_default().into_iter().enumerate().map(|(i, value)| (i.to_string(), value)).collect()
        }
        _ => Vec::new(),
    }
}

/// True for a class with `predict`, by its name.
fn predicts(value: Value<'_>) -> bool {
    let Some((package, class)) = value.class_key() else { return false };
    const NAMES: &[&str] = &[
        "Ridge",
        "Lasso",
        "ElasticNet",
        "SVC",
        "NuSVC",
        "LinearSVC",
        "SVR",
        "NuSVR",
        "LinearSVR",
        "GaussianNB",
        "MultinomialNB",
        "BernoulliNB",
        "ComplementNB",
        "CategoricalNB",
        "Perceptron",
        "Booster",
        "BayesianRidge",
        "LinearDiscriminantAnalysis",
        "QuadraticDiscriminantAnalysis",
        "IsolationForest",
        "OneClassSVM",
        "SGDOneClassSVM",
        "KernelRidge",
        "NearestCentroid",
        "LocalOutlierFactor",
        "PLSCanonical",
        "CCA",
    ];
    let by_name = class.ends_with("Classifier")
        || class.ends_with("Regressor")
        || class.ends_with("Regression")
        || class.ends_with("SearchCV")
        || class.ends_with("CV")
        || class.ends_with("Ranker")
        || NAMES.contains(&class);
    match (package, class) {
        ("sklearn" | "xgboost" | "lightgbm" | "catboost", _) if by_name => true,
        ("sklearn" | "imblearn", "Pipeline") => {
            let last = value.attr("steps").and_then(|steps| steps.items().ok()).and_then(|steps| steps.last().copied());
            last.and_then(super::fitted::pair).is_some_and(|(_, step)| step.id() != value.id() && final_predicts(step))
        }
        _ => false,
    }
}

/// As [`predicts`], without looking into pipelines again.
fn final_predicts(value: Value<'_>) -> bool {
    match value.class_key() {
        Some((_, "Pipeline")) => true,
        _ => predicts(value),
    }
}
