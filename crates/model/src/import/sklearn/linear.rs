//! Linear estimators.

use super::estimator::{Head, class_task};
use super::{Context, Fitted, ImportError, describe, fitted};
use crate::linear::Linear;
use crate::trees::Link;
use crate::{CoreModel, ModelFacts};
use fine_table::Task;

/// Regressors that predict `link(X w + b)`.
pub(super) const REGRESSORS: &[&str] = &[
    "LinearRegression",
    "Ridge",
    "RidgeCV",
    "Lasso",
    "LassoCV",
    "ElasticNet",
    "ElasticNetCV",
    "BayesianRidge",
    "ARDRegression",
    "HuberRegressor",
    "SGDRegressor",
    "PassiveAggressiveRegressor",
    "LinearSVR",
    "Lars",
    "LassoLars",
    "LassoLarsIC",
    "OrthogonalMatchingPursuit",
    "TheilSenRegressor",
    "QuantileRegressor",
    "PoissonRegressor",
    "GammaRegressor",
    "TweedieRegressor",
    "LarsCV",
    "LassoLarsCV",
    "OrthogonalMatchingPursuitCV",
    "MultiTaskLasso",
    "MultiTaskLassoCV",
    "MultiTaskElasticNet",
    "MultiTaskElasticNetCV",
];

/// Classifiers that decide by `X w + b`.
pub(super) const CLASSIFIERS: &[&str] = &[
    "LogisticRegression",
    "LogisticRegressionCV",
    "RidgeClassifier",
    "RidgeClassifierCV",
    "LinearSVC",
    "Perceptron",
    "PassiveAggressiveClassifier",
    "SGDClassifier",
    "LinearDiscriminantAnalysis",
];

struct Weights {
    rows: usize,
    features: usize,
    coef: Vec<f64>,
    intercept: Vec<f64>,
}

fn weights(fitted: &Fitted<'_>, facts: &mut ModelFacts) -> Result<Weights, ImportError> {
    let (shape, coef) = fitted.shaped("coef_")?;
    let (rows, features) = match shape.as_slice() {
        [features] => (1, *features),
        [rows, features] => (*rows, *features),
        _ => return Err(fitted.malformed("coef_", format!("has {} dimensions", shape.len()))),
    };
    let narrow = fitted.need("coef_")?.array().is_ok_and(|array| array.dtype.size < 8);
    if narrow {
        facts.warnings.push(describe::remark("float32-coefficients", [("estimator", fitted.path.clone())]));
    }
    let mut intercept = fitted.numbers("intercept_")?;
    if intercept.len() == 1 && rows > 1 {
        intercept = vec![intercept[0]; rows];
    }
    if features == 0 || intercept.len() != rows {
        return Err(fitted.malformed("intercept_", format!("{} numbers for {rows} outputs", intercept.len())));
    }
    if coef.iter().chain(&intercept).any(|value| !value.is_finite()) {
        return Err(fitted.malformed("coef_", "holds a number that is not finite"));
    }
    Ok(Weights { rows, features, coef, intercept })
}

impl Weights {
    /// Those of one target.
    fn row(mut self, row: usize) -> Self {
        self.coef = self.coef[row * self.features..][..self.features].to_vec();
        self.intercept = vec![self.intercept[row]];
        Self { rows: 1, ..self }
    }

    fn head(self, link: Link, task: Task, classes: Vec<crate::Label>) -> Head {
        let Self { rows: outputs, features, coef, intercept } = self;
        let linear = Linear { features, outputs, coef, intercept, link };
        Head::new(CoreModel::Linear(linear), task, classes, features).refusing_missing()
    }
}

pub(super) fn regressor(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let weights = weights(fitted, facts)?;
    if weights.rows == 0 || weights.rows > context.limits.outputs {
        return Err(fitted.malformed("coef_", format!("has {} rows", weights.rows)));
    }
    let target = context.pick(fitted, fitted::numbers(weights.rows))?;
    let weights = weights.row(target);
    let link = match fitted.class {
        "PoissonRegressor" | "GammaRegressor" => Link::Exp,
        "TweedieRegressor" => match fitted.choice("link", &["auto", "log", "identity"])?.as_str() {
            "log" => Link::Exp,
            "auto" if fitted.number("power")? > 0.0 => Link::Exp,
            _ => Link::Identity,
        },
        _ => Link::Identity,
    };
    Ok(weights.head(link, Task::Regression, Vec::new()))
}

pub(super) fn classifier(fitted: &Fitted<'_>, facts: &mut ModelFacts) -> Result<Head, ImportError> {
    let classes = fitted.classes()?;
    let mut weights = weights(fitted, facts)?;
    let expected = if classes.len() == 2 { 1 } else { classes.len() };
    if weights.rows != expected {
        let detail = format!("{} rows for {} classes", weights.rows, classes.len());
        return Err(fitted.malformed("coef_", detail));
    }
    let link = match fitted.class {
        "LogisticRegression" | "LogisticRegressionCV" => logistic(fitted, classes.len())?,
        "LinearDiscriminantAnalysis" if classes.len() == 2 => Link::Logistic { scale: 1.0 },
        // Until 0.21 the logistic of each class, normalised.
        "LinearDiscriminantAnalysis" if fitted.version < (0, 22) && fitted.version != (0, 0) => {
            one_vs_rest(classes.len())
        }
        "LinearDiscriminantAnalysis" => Link::Softmax,
        "SGDClassifier" => {
            let known = [
                "hinge",
                "log_loss",
                "log",
                "squared_hinge",
                "perceptron",
                "squared_error",
                "squared_loss",
                "huber",
                "epsilon_insensitive",
                "squared_epsilon_insensitive",
                "modified_huber",
            ];
            match fitted.choice("loss", &known)?.as_str() {
                "log" | "log_loss" => one_vs_rest(classes.len()),
                "modified_huber" => Link::Clipped,
                _ => Link::Identity,
            }
        }
        _ => Link::Identity,
    };
    // A multinomial fit of two classes keeps one row `w`; its margins are `[-d, d]`.
    if link == Link::Softmax && weights.rows == 1 {
        let flip = |values: &[f64]| values.iter().map(|value| -value).chain(values.iter().copied()).collect();
        weights.coef = flip(&weights.coef);
        weights.intercept = flip(&weights.intercept);
        weights.rows = 2;
    }
    let task = class_task(&classes);
    let mut head = weights.head(link, task, classes);
    head.decides = true;
    Ok(head)
}

fn one_vs_rest(classes: usize) -> Link {
    if classes == 2 { Link::Logistic { scale: 1.0 } } else { Link::OneVsRest { scale: 1.0, normalise: true } }
}

/// `LogisticRegression.predict_proba`: one-vs-rest by `multi_class`, which is gone since 1.8.
fn logistic(fitted: &Fitted<'_>, classes: usize) -> Result<Link, ImportError> {
    let multi_class = match fitted.get("multi_class") {
        None => "auto".to_owned(),
        Some(_) => fitted.choice("multi_class", &["ovr", "warn", "auto", "deprecated", "multinomial"])?,
    };
    let ovr = match multi_class.as_str() {
        "ovr" | "warn" => true,
        "multinomial" => false,
        _ => classes == 2 || fitted.text("solver").as_deref() == Some("liblinear"),
    };
    Ok(if ovr { one_vs_rest(classes) } else { Link::Softmax })
}
