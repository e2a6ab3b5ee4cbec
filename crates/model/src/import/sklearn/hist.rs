//! `HistGradientBoostingClassifier` and `HistGradientBoostingRegressor`.

use fine_pickle::Value;
use fine_table::Task;

use super::super::builder::{ForestBuilder, RawNode, RawTree};
use super::estimator::{Head, class_task};
use super::forest::count;
use super::{Context, Fitted, ImportError, boosting, columns};
use crate::steps::{Known, Step};
use crate::trees::{Cast, Link, Missing, Sum};
use crate::{CoreModel, Label, ModelFacts};

const CLASSIFIER_LOSSES: [&str; 4] = ["log_loss", "auto", "binary_crossentropy", "categorical_crossentropy"];
const REGRESSOR_LOSSES: [&str; 7] =
    ["squared_error", "least_squares", "absolute_error", "least_absolute_deviation", "quantile", "gamma", "poisson"];

pub(super) fn read(
    fitted: &Fitted<'_>,
    classifier: bool,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    let outputs = fitted.count("n_trees_per_iteration_")?;
    let (link, task, classes) = outcome(fitted, classifier, outputs)?;
    let features = match fitted.input_width() {
        Some(features) => features,
        None => fitted.count("n_features_in_")?,
    };
    let mut builder = ForestBuilder::new(features, outputs, context.limits)?;
    for (iteration, group) in fitted.list("_predictors")?.into_iter().enumerate() {
        let group = group.items().map_err(|error| fitted.wrong("_predictors", &error))?;
        if group.len() != outputs {
            return Err(fitted.malformed("_predictors", format!("{} trees for {outputs} outputs", group.len())));
        }
        for (output, predictor) in group.into_iter().enumerate() {
            let name = format!("_predictors[{iteration}][{output}]");
            let predictor: Fitted<'_> = Fitted::new(predictor, &fitted.path, &name)?;
            builder.add(&predictor.path, raw_tree(&predictor, output)?)?;
        }
    }
    let base = boosting::baseline(fitted, fitted.need("_baseline_prediction")?, outputs)?;
    let forest = builder.finish(base, Cast::F64, Sum::F64, link)?;
    count(&forest, facts);
    let mut head = Head::new(CoreModel::Trees(forest), task, classes, features);
    head.decides = classifier;
    head.steps = preprocessing(fitted, features, context)?;
    Ok(head)
}

fn outcome(fitted: &Fitted<'_>, classifier: bool, outputs: usize) -> Result<(Link, Task, Vec<Label>), ImportError> {
    if !classifier {
        let loss = fitted.choice("loss", &REGRESSOR_LOSSES)?;
        if outputs != 1 {
            return Err(fitted.malformed("n_trees_per_iteration_", "is not 1"));
        }
        let link = if matches!(loss.as_str(), "poisson" | "gamma") { Link::Exp } else { Link::Identity };
        return Ok((link, Task::Regression, Vec::new()));
    }
    fitted.choice("loss", &CLASSIFIER_LOSSES)?;
    let classes = fitted.classes()?;
    let expected = if classes.len() == 2 { 1 } else { classes.len() };
    if outputs != expected {
        return Err(fitted.malformed("n_trees_per_iteration_", format!("{outputs} for {} classes", classes.len())));
    }
    let link = if outputs == 1 { Link::Logistic { scale: 1.0 } } else { Link::Softmax };
    Ok((link, class_task(&classes), classes))
}

/// What happens to the columns first. Since 1.4 a hidden `ColumnTransformer` encodes the categories and puts their
/// columns first; before, a categorical column held the codes itself.
fn preprocessing(fitted: &Fitted<'_>, features: usize, context: &mut Context<'_>) -> Result<Vec<Step>, ImportError> {
    if let Some(value) = fitted.get("_preprocessor") {
        let transformer = Fitted::new(value, &fitted.path, "_preprocessor")?;
        return Ok(vec![columns::step(&transformer, false, context, 1)?.0]);
    }
    if fitted.version < (0, 24) && fitted.version != (0, 0) {
        // No categories yet.
        return Ok(Vec::new());
    }
    let mapper = Fitted { value: fitted.need("_bin_mapper")?, path: fitted.at("_bin_mapper"), ..fitted.clone() };
    let Some(flags) = mapper.get("is_categorical_") else { return Ok(Vec::new()) };
    let flags = mapper.whole("is_categorical_", flags)?;
    if flags.iter().all(|flag| *flag == 0) {
        return Ok(Vec::new());
    }
    let thresholds = mapper.list("bin_thresholds_")?;
    if flags.len() != features || thresholds.len() != features {
        return Err(mapper.malformed("is_categorical_", format!("{} flags for {features} columns", flags.len())));
    }
    let known = flags.iter().zip(thresholds).map(|(flag, values)| {
        if *flag == 0 {
            return Ok(None);
        }
        let mut codes: Vec<u8> = mapper.whole("bin_thresholds_", values)?.into_iter().map(|code| code as u8).collect();
        codes.sort_unstable();
        Ok(Some(codes))
    });
    Ok(vec![Step::Known(Known { columns: known.collect::<Result<_, ImportError>>()? })])
}

/// One `TreePredictor`. An unknown category is missing by the time it gets here, so a category that is in no set goes
/// right.
fn raw_tree(predictor: &Fitted<'_>, output: usize) -> Result<RawTree, ImportError> {
    let wrong = |error: fine_pickle::PickleError| predictor.wrong("nodes", &error);
    let array = predictor.need("nodes")?.array().map_err(wrong)?;
    let field = |name: &str| array.field(name).map_err(wrong);
    let threshold = field(if array.has_field("num_threshold") { "num_threshold" } else { "threshold" })?;
    let (value, feature, is_leaf) = (field("value")?, field("feature_idx")?, field("is_leaf")?);
    let (left, right, missing_left) = (field("left")?, field("right")?, field("missing_go_to_left")?);
    let categorical = if array.has_field("is_categorical") { field("is_categorical")? } else { Vec::new() };
    let bitset = if categorical.is_empty() { Vec::new() } else { field("bitset_idx")? };
    let sets = match predictor.get("raw_left_cat_bitsets") {
        Some(bits) => sets(predictor, bits)?,
        None => Vec::new(),
    };
    let mut raw = RawTree {
        nodes: Vec::with_capacity(value.len()),
        covers: field("count")?,
        sets,
        values: Vec::new(),
        output: Some(output),
        weight: 1.0,
    };
    for at in 0..value.len() {
        if is_leaf[at] != 0.0 {
            raw.nodes.push(RawNode::Leaf(raw.values.len()));
            raw.values.push(value[at]);
            continue;
        }
        let index = |child: f64| (child > at as f64 && child < value.len() as f64).then_some(child as usize);
        let (Some(left), Some(right)) = (index(left[at]), index(right[at])) else {
            let detail = format!("node {at} points outside of the tree or back up");
            return Err(predictor.malformed("nodes", detail));
        };
        if feature[at] < 0.0 {
            return Err(predictor.malformed("nodes", format!("node {at} splits on no feature")));
        }
        let set = categorical.get(at).is_some_and(|flag| *flag != 0.0).then(|| bitset[at] as usize);
        let missing = if missing_left[at] != 0.0 { Missing::Left } else { Missing::Right };
        raw.nodes.push(RawNode::Split {
            feature: feature[at] as usize,
            threshold: threshold[at],
            set,
            left,
            right,
            missing,
        });
    }
    Ok(raw)
}

/// Bit sets of eight 32-bit words each.
fn sets(predictor: &Fitted<'_>, bits: Value<'_>) -> Result<Vec<Vec<u32>>, ImportError> {
    let words = predictor.whole("raw_left_cat_bitsets", bits)?;
    let members = |words: &[i64; 8]| -> Vec<u32> {
        (0..256u32).filter(|code| words[(code / 32) as usize] >> (code % 32) & 1 == 1).collect()
    };
    Ok(words.as_chunks::<8>().0.iter().map(members).collect())
}
