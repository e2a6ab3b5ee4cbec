//! Estimators that predict by a formula of their own.

mod bayes;
mod discriminant;
mod dummy;
mod latent;
mod neighbours;
mod network;
mod process;
mod svm;

use fine_table::Task;

use super::estimator::Head;
use super::{Context, Fitted, ImportError, describe, fitted};
use crate::estimators::Estimator;
use crate::{Label, ModelFacts, Remark};

pub(super) use svm::novelty;

/// Estimators that say a cluster.
const CLUSTERS: [&str; 6] =
    ["KMeans", "MiniBatchKMeans", "BisectingKMeans", "Birch", "MeanShift", "AffinityPropagation"];

/// The head of a class that belongs here; `None` for any other.
pub(super) fn read(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Option<Result<Head, ImportError>> {
    Some(match fitted.class {
        "SVC" | "NuSVC" => svm::classifier(fitted, facts),
        "SVR" | "NuSVR" => svm::regressor(fitted, facts),
        "SGDOneClassSVM" => svm::linear_novelty(fitted, facts),
        "KernelRidge" => svm::ridge(fitted, context, facts),
        "OneClassSVM" => svm::one_class(fitted, facts),
        "KNeighborsClassifier" | "RadiusNeighborsClassifier" => neighbours::classifier(fitted, context, facts),
        "KNeighborsRegressor" | "RadiusNeighborsRegressor" => neighbours::regressor(fitted, context, facts),
        "LocalOutlierFactor" => neighbours::outliers(fitted, facts),
        "GaussianProcessRegressor" => process::regressor(fitted, context, facts),
        "GaussianProcessClassifier" => process::classifier(fitted, context, facts),
        "_BinaryGaussianProcessClassifierLaplace" => process::laplace(fitted, context, facts),
        "PLSRegression" | "PLSCanonical" | "CCA" => latent::regressor(fitted, context),
        class if CLUSTERS.contains(&class) => Err(fitted.unsupported(
            "it puts rows into clusters: their numbers are no classes that a column could hold the truth of, so there is \
             nothing to compare its answers with",
        )),
        "NearestCentroid" => discriminant::centroids(fitted),
        "QuadraticDiscriminantAnalysis" => discriminant::quadratic(fitted),
        "GaussianNB" => bayes::gaussian(fitted),
        "MultinomialNB" | "ComplementNB" => bayes::weighted(fitted),
        "BernoulliNB" => bayes::bernoulli(fitted),
        "CategoricalNB" => bayes::categorical(fitted),
        "MLPClassifier" => network::classifier(fitted, context, facts),
        "MLPRegressor" => network::regressor(fitted, context, facts),
        "DummyClassifier" => dummy::classifier(fitted, context),
        "DummyRegressor" => dummy::regressor(fitted, context),
        _ => return None,
    })
}

/// A head that takes finite numbers only.
fn head(estimator: impl Estimator + 'static, task: Task, classes: Vec<Label>, features: usize) -> Head {
    Head::of(estimator, task, classes, features).refusing_missing()
}

/// A remark when an attribute holds numbers of 32 bits, in which the library then computes.
fn narrow(fitted: &Fitted<'_>, attr: &str, facts: &mut ModelFacts) {
    if fitted.is_narrow(attr) {
        facts.warnings.push(describe::remark("float32-coefficients", [("estimator", fitted.path.clone())]));
    }
}

/// A remark that the file holds rows of the data that the model was trained with.
fn training_rows(fitted: &Fitted<'_>, rows: usize, facts: &mut ModelFacts) {
    facts.warnings.push(describe::training_rows(fitted, rows));
}

/// How many rows such a remark counts; `None` for another one.
fn remark_rows(remark: &Remark) -> Option<usize> {
    remark.args.get("rows").filter(|_| remark.id == describe::TRAINING_ROWS)?.parse().ok()
}
