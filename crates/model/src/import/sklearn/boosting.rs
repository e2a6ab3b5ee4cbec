//! `GradientBoostingClassifier` and `GradientBoostingRegressor`: `init + learning rate · Σ leaf`, stage by stage.

use fine_pickle::Value;
use fine_table::Task;

use super::super::builder::ForestBuilder;
use super::estimator::{Head, class_task, seat};
use super::fitted::pair;
use super::forest::{Leaves, count, raw_tree};
use super::{Context, Fitted, ImportError, Limits};
use crate::estimators::{Start, Started};
use crate::trees::{Cast, Forest, Link, Sum};
use crate::{CoreModel, ModelFacts};

const CLASSIFIER_LOSSES: [&str; 3] = ["deviance", "log_loss", "exponential"];
const REGRESSOR_LOSSES: [&str; 6] = ["ls", "squared_error", "lad", "absolute_error", "huber", "quantile"];

pub(super) fn classifier(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let loss = fitted.choice("loss", &CLASSIFIER_LOSSES)?;
    let classes = fitted.classes()?;
    let outputs = if classes.len() == 2 { 1 } else { classes.len() };
    let start = start(fitted.version, &loss);
    let init = init(fitted, "DummyClassifier")?;
    let base = match &init {
        Init::Dummy(dummy) => {
            let prior = dummy.numbers("class_prior_")?;
            if prior.len() != classes.len() || dummy.choice("strategy", &["prior"]).is_err() {
                return Err(fitted.unsupported("its init_ is no prior of its classes"));
            }
            start.raw(&prior)
        }
        Init::Zero | Init::Other(_) => vec![0.0; outputs],
    };
    let link = match (outputs, loss.as_str()) {
        (1, "exponential") => Link::Logistic { scale: 2.0 },
        (1, _) => Link::Logistic { scale: 1.0 },
        _ => Link::Softmax,
    };
    let (forest, features) = stages(fitted, outputs, base, link, context.limits, facts)?;
    let task = class_task(&classes);
    if let Init::Other(value) = init {
        return started(fitted, value, forest, (task, classes, Some(start)), context, facts);
    }
    let mut head = Head::new(CoreModel::Trees(forest), task, classes, features).refusing_missing();
    head.decides = true;
    Ok(head)
}

pub(super) fn regressor(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    fitted.choice("loss", &REGRESSOR_LOSSES)?;
    let init = init(fitted, "DummyRegressor")?;
    let base = match &init {
        Init::Dummy(dummy) => dummy.number("constant_")?,
        Init::Zero | Init::Other(_) => 0.0,
    };
    let (forest, features) = stages(fitted, 1, vec![base], Link::Identity, context.limits, facts)?;
    if let Init::Other(value) = init {
        return started(fitted, value, forest, (Task::Regression, Vec::new(), None), context, facts);
    }
    Ok(Head::new(CoreModel::Trees(forest), Task::Regression, Vec::new(), features).refusing_missing())
}

/// Where start values come from.
enum Init<'p> {
    /// `init='zero'`.
    Zero,
    /// The default.
    Dummy(Fitted<'p>),
    /// An estimator that was given.
    Other(Value<'p>),
}

fn init<'p>(fitted: &Fitted<'p>, expected: &str) -> Result<Init<'p>, ImportError> {
    let value = fitted.need("init_")?;
    if value.text().is_some_and(|text| text == "zero") {
        return Ok(Init::Zero);
    }
    let dummy = Fitted::new(value, &fitted.path, "init_")?;
    // 0.20 had classes of its own for the default.
    const OLD: [&str; 5] = [
        "LogOddsEstimator",
        "ScaledLogOddsEstimator",
        "PriorProbabilityEstimator",
        "MeanEstimator",
        "QuantileEstimator",
    ];
    match dummy.class {
        class if class == expected => Ok(Init::Dummy(dummy)),
        class if OLD.contains(&class) || class.ends_with("ZeroEstimator") => {
            Err(fitted.unsupported(format!("its start values come from {class}")))
        }
        _ => Ok(Init::Other(value)),
    }
}

/// The trees on top of an estimator that was given.
fn started(
    fitted: &Fitted<'_>,
    value: Value<'_>,
    forest: Forest,
    (task, classes, start): (Task, Vec<crate::Label>, Option<Start>),
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let features = forest.features;
    if forest.outputs > 1 && fitted.version < (1, 4) && !lays_out_by_rows(value) {
        let why = "up to 1.3 the library adds its trees to the wrong cells of what this init_ says, so that a row's \
                   answer depends on the other rows";
        return Err(fitted.unsupported(why));
    }
    let seat = seat(fitted, "init_", value, context, facts)?;
    let sample = seat.sample(fitted)?;
    let known = match &sample.probability {
        Some(grid) => start.is_some() && grid.width == classes.len(),
        None => start.is_none() && seat.head.task == Task::Regression,
    };
    if !known {
        return Err(fitted.unsupported("its init_ gives no start values"));
    }
    let first = seat.into_estimator(fitted, features)?;
    Ok(Head::of(Started::new(first, forest, task, start), task, classes, features).refusing_missing())
}

/// Whether the class probabilities of an estimator lie row by row in memory: up to 1.3 the trees are added as if they did.
/// Those of these classes do in every version; those of `GaussianNB` and `HistGradientBoostingClassifier` do not.
fn lays_out_by_rows(mut value: Value<'_>) -> bool {
    const KNOWN: [&str; 6] = [
        "DecisionTreeClassifier",
        "ExtraTreeClassifier",
        "RandomForestClassifier",
        "ExtraTreesClassifier",
        "LogisticRegression",
        "KNeighborsClassifier",
    ];
    for _ in 0..super::DEPTH {
        let Some(("sklearn", class)) = value.class_key() else { return false };
        let inner = match class {
            "Pipeline" => {
                value.attr("steps").and_then(|steps| pair(*steps.items().ok()?.last()?)).map(|(_, step)| step)
            }
            "GridSearchCV" | "RandomizedSearchCV" => value.attr("best_estimator_"),
            _ => return KNOWN.contains(&class),
        };
        let Some(inner) = inner else { return false };
        value = inner;
    }
    false
}

/// Up to 1.3 the multiclass link is `ln p`, later it is centred; probabilities are cut at the epsilon of `f32` up to 1.7,
/// of `f64` later.
fn start(version: (u32, u32), loss: &str) -> Start {
    let epsilon = if version >= (1, 8) { f64::EPSILON } else { f64::from(f32::EPSILON) };
    Start { epsilon, centred: version >= (1, 4), half: loss == "exponential" }
}

fn stages(
    fitted: &Fitted<'_>,
    outputs: usize,
    base: Vec<f64>,
    link: Link,
    limits: &Limits,
    facts: &mut ModelFacts,
) -> Result<(Forest, usize), ImportError> {
    let rate = fitted.number("learning_rate")?;
    let shape = fitted.need("estimators_")?.array().map_err(|error| fitted.wrong("estimators_", &error))?.shape;
    if shape.len() != 2 || shape[1] != outputs {
        return Err(fitted.malformed("estimators_", format!("has shape {shape:?} for {outputs} outputs")));
    }
    let features = match fitted.input_width() {
        Some(features) => features,
        None => fitted.count("n_features_in_")?,
    };
    let mut builder = ForestBuilder::new(features, outputs, limits)?;
    for (index, tree) in fitted.list("estimators_")?.into_iter().enumerate() {
        let name = format!("estimators_[{}, {}]", index / outputs, index % outputs);
        let tree: Fitted<'_> = Fitted::new(tree, &fitted.path, &name)?;
        builder.add(&tree.path, raw_tree(&tree, features, Leaves::Value(index % outputs), rate)?)?;
    }
    let forest = builder.finish(base, Cast::F32, Sum::F64, link)?;
    count(&forest, facts);
    Ok((forest, features))
}

/// Start value of a pickled loss or baseline: a number, or an array with one number an output.
pub(super) fn baseline(fitted: &Fitted<'_>, value: Value<'_>, outputs: usize) -> Result<Vec<f64>, ImportError> {
    let attr = "_baseline_prediction";
    let numbers = match value.as_f64() {
        Some(number) => vec![number],
        None => value.array().and_then(|array| array.to_f64()).map_err(|error| fitted.wrong(attr, &error))?,
    };
    match numbers.len() {
        1 => Ok(vec![numbers[0]; outputs]),
        count if count == outputs => Ok(numbers),
        count => Err(fitted.malformed(attr, format!("holds {count} numbers for {outputs} outputs"))),
    }
}
