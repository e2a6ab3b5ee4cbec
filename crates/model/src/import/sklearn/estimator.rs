//! From an estimator object to a core: search wrappers and pipelines are unwrapped, the rest is dispatched by class.

use fine_pickle::Value;
use fine_table::Task;

use super::fitted::{Fitted, pair};
use super::{Context, ImportError, boosting, columns, forest, heads, hist, linear, wrapper};
use crate::steps::Step;
use crate::{CoreModel, Label, Model, ModelFacts};

/// The last estimator, ready to stand behind the steps.
pub(super) struct Head {
    pub(super) core: CoreModel,
    pub(super) task: Task,
    pub(super) classes: Vec<Label>,
    /// Encoded columns it takes.
    pub(super) features: usize,
    /// What it does with its columns before the core sees them.
    pub(super) steps: Vec<Step>,
    /// The zeros of a sparse matrix are missing to it.
    pub(super) zeros_missing: bool,
    /// The model as its own library's file describes it.
    pub(super) native: Option<Model>,
    /// Whether that model predicts the same when nothing stands before it.
    pub(super) usable_alone: bool,
    /// Column names that its own library stores.
    pub(super) names: Option<Vec<String>>,
    /// It takes any number of columns.
    pub(super) any_width: bool,
}

impl Head {
    pub(super) fn new(core: CoreModel, task: Task, classes: Vec<Label>, features: usize) -> Self {
        Self {
            core,
            task,
            classes,
            features,
            steps: Vec::new(),
            zeros_missing: false,
            native: None,
            usable_alone: false,
            names: None,
            any_width: false,
        }
    }

    pub(super) fn refusing_missing(mut self) -> Self {
        self.steps.push(Step::RefuseMissing);
        self
    }
}

/// The task of a classifier with these classes.
pub(super) fn class_task(classes: &[Label]) -> Task {
    if classes.len() == 2 { Task::Binary } else { Task::Multiclass }
}

/// A model without its wrappers: transformers in order, then the last estimator.
pub(super) struct Unwrapped<'p> {
    transformers: Vec<Fitted<'p>>,
    pub(super) last: Fitted<'p>,
}

impl<'p> Unwrapped<'p> {
    pub(super) fn new(root: Value<'p>, context: &mut Context<'_>) -> Result<Self, ImportError> {
        let mut transformers = Vec::new();
        let mut last = Fitted::new(root, "", "")?;
        let mut depth = 0;
        loop {
            context.visit(depth)?;
            depth += 1;
            match last.class {
                "GridSearchCV" | "RandomizedSearchCV" | "HalvingGridSearchCV" | "HalvingRandomSearchCV" => {
                    last = Fitted::new(last.need("best_estimator_")?, "", "best_estimator_")?;
                }
                "Pipeline" => {
                    let mut steps = pipeline_steps(&last)?;
                    let Some(end) = steps.pop() else { return Err(last.malformed("steps", "is empty")) };
                    for (name, step) in steps {
                        transformers.extend(transformer(&last, &name, step)?);
                    }
                    let parent = if depth == 1 { String::new() } else { last.path.clone() };
                    last = Fitted::new(end.1, &parent, &end.0)?;
                }
                _ => return Ok(Self { transformers, last }),
            }
        }
    }

    /// The estimator that sees the raw columns.
    pub(super) fn first(&self) -> &Fitted<'p> {
        self.transformers.first().unwrap_or(&self.last)
    }

    /// True without transformers.
    pub(super) fn is_bare(&self) -> bool {
        self.transformers.is_empty()
    }

    /// The steps of the transformers and whether they end in a sparse matrix.
    pub(super) fn transforms(&self, context: &mut Context<'_>) -> Result<(Vec<Step>, bool), ImportError> {
        let (mut steps, mut sparse) = (Vec::new(), false);
        for transformer in &self.transformers {
            let (step, out) = columns::step(transformer, sparse, context, 1)?;
            steps.push(step);
            sparse = out;
        }
        Ok((steps, sparse))
    }
}

/// Name and object of each step of a pipeline.
pub(super) fn pipeline_steps<'p>(pipeline: &Fitted<'p>) -> Result<Vec<(String, Value<'p>)>, ImportError> {
    let wrong = || pipeline.malformed("steps", "is no list of (name, estimator)");
    pipeline.list("steps")?.into_iter().map(|step| pair(step).ok_or_else(wrong)).collect()
}

/// The transformer of a pipeline step; `None` for a step that does nothing at a prediction.
pub(super) fn transformer<'p>(
    parent: &Fitted<'p>,
    name: &str,
    step: Value<'p>,
) -> Result<Option<Fitted<'p>>, ImportError> {
    if step.is_none() || step.text().is_some_and(|text| text == "passthrough") {
        return Ok(None);
    }
    let path = if parent.path == parent.class { "" } else { parent.path.as_str() };
    // imblearn's samplers act at the fit only.
    const SAMPLERS: [&str; 3] = ["imblearn.over_sampling", "imblearn.under_sampling", "imblearn.combine"];
    let sampler = step.class().is_some_and(|class| SAMPLERS.iter().any(|module| class.starts_with(module)));
    if sampler { Ok(None) } else { Fitted::new(step, path, name).map(Some) }
}

/// The last estimator as a core.
pub(super) fn head(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Head, ImportError> {
    context.visit(0)?;
    match (fitted.package, fitted.class) {
        ("xgboost", _) => wrapper::xgboost(fitted, context.limits, facts),
        ("lightgbm", _) => wrapper::lightgbm(fitted, context.limits, facts),
        (_, "DecisionTreeClassifier" | "ExtraTreeClassifier") => forest::tree(fitted, true, context.limits, facts),
        (_, "DecisionTreeRegressor" | "ExtraTreeRegressor") => forest::tree(fitted, false, context.limits, facts),
        (_, "RandomForestClassifier" | "ExtraTreesClassifier") => forest::forest(fitted, true, context.limits, facts),
        (_, "RandomForestRegressor" | "ExtraTreesRegressor") => forest::forest(fitted, false, context.limits, facts),
        (_, "GradientBoostingClassifier") => boosting::classifier(fitted, context.limits, facts),
        (_, "GradientBoostingRegressor") => boosting::regressor(fitted, context.limits, facts),
        (_, "HistGradientBoostingClassifier") => hist::read(fitted, true, context, facts),
        (_, "HistGradientBoostingRegressor") => hist::read(fitted, false, context, facts),
        (_, class) if linear::REGRESSORS.contains(&class) => linear::regressor(fitted, facts),
        (_, class) if linear::CLASSIFIERS.contains(&class) => linear::classifier(fitted, facts),
        _ => match heads::read(fitted, facts) {
            Some(head) => head,
            None => Err(fitted.unsupported("this class is not supported yet")),
        },
    }
}
