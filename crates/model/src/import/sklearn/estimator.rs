//! From an estimator object to a core: search wrappers and pipelines are unwrapped, the rest is dispatched by class.

use std::sync::Arc;

use fine_pickle::Value;
use fine_table::Task;

use super::fitted::{Fitted, pair};
use super::{Context, ImportError, assemble, boosting, columns, forest, heads, hist, linear, meta, wrapper};
use crate::estimators::{Additive, Answer, Ensemble, Estimator, Member, Rule, Stepped, Sums};
use crate::steps::{Branch, Step};
use crate::trees::Walker;
use crate::{CoreModel, Input, Label, Model, ModelFacts, PredictError};

/// What an estimator predicts with.
pub(super) enum Core {
    /// One core on encoded columns.
    One(CoreModel),
    /// Members with steps of their own.
    Many(Vec<Seat>, Arc<dyn Rule>),
}

/// A member: its own steps, and what stands behind them.
pub(super) struct Seat {
    pub(super) chain: Vec<Step>,
    pub(super) head: Head,
}

/// The last estimator, ready to stand behind the steps.
pub(super) struct Head {
    pub(super) core: Core,
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
    /// Its class has a `decision_function`.
    pub(super) decides: bool,
}

impl Head {
    pub(super) fn new(core: CoreModel, task: Task, classes: Vec<Label>, features: usize) -> Self {
        Self {
            core: Core::One(core),
            task,
            classes,
            features,
            steps: Vec::new(),
            zeros_missing: false,
            native: None,
            usable_alone: false,
            names: None,
            any_width: false,
            decides: false,
        }
    }

    /// A head of an estimator with a formula of its own.
    pub(super) fn of(estimator: impl Estimator + 'static, task: Task, classes: Vec<Label>, features: usize) -> Self {
        Self::new(CoreModel::Other(Arc::new(estimator)), task, classes, features)
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
    /// The columns come from steps that are left out and that end in a sparse matrix.
    sparse: bool,
}

impl<'p> Unwrapped<'p> {
    /// `from_step` names the first step of the outermost pipeline that is run.
    pub(super) fn new(
        root: Value<'p>,
        from_step: Option<&str>,
        context: &mut Context<'_>,
    ) -> Result<Self, ImportError> {
        Self::of(Fitted::new(root, "", "")?, true, from_step, context)
    }

    fn of(
        mut last: Fitted<'p>,
        outermost: bool,
        mut from_step: Option<&str>,
        context: &mut Context<'_>,
    ) -> Result<Self, ImportError> {
        let (mut transformers, mut sparse) = (Vec::new(), false);
        let mut depth = 0;
        loop {
            context.visit(depth)?;
            depth += 1;
            match last.class {
                "GridSearchCV" | "RandomizedSearchCV" | "HalvingGridSearchCV" | "HalvingRandomSearchCV" => {
                    let parent = if outermost { "" } else { last.path.as_str() };
                    last = Fitted::new(last.need("best_estimator_")?, parent, "best_estimator_")?;
                }
                "RANSACRegressor" => last = Fitted::new(last.need("estimator_")?, &last.path, "estimator_")?,
                "SelfTrainingClassifier" => {
                    // `base_estimator_` until 1.5.
                    let attr = if last.get("estimator_").is_some() { "estimator_" } else { "base_estimator_" };
                    last = Fitted::new(last.need(attr)?, &last.path, attr)?;
                }
                "FrozenEstimator" => last = Fitted::new(last.need("estimator")?, &last.path, "estimator")?,
                // A selection of columns before the estimator that chose them.
                "RFE" | "RFECV" => {
                    let inner = Fitted::new(last.need("estimator_")?, "", "estimator_")?;
                    transformers.push(std::mem::replace(&mut last, inner));
                }
                "Pipeline" => {
                    let mut steps = pipeline_steps(&last)?;
                    if let Some(first) = from_step.take() {
                        sparse = leave_out(&last, &mut steps, first)?;
                    }
                    let Some(end) = steps.pop() else { return Err(last.malformed("steps", "is empty")) };
                    for (name, step) in steps {
                        transformers.extend(transformer(&last, &name, step)?);
                    }
                    let parent = if outermost && depth == 1 { String::new() } else { last.path.clone() };
                    last = Fitted::new(end.1, &parent, &end.0)?;
                }
                _ => {
                    return match from_step {
                        None => Ok(Self { transformers, last, sparse }),
                        Some(name) => Err(ImportError::NoPart { name: name.to_owned(), available: Vec::new() }),
                    };
                }
            }
        }
    }

    /// The estimator that sees the raw columns.
    pub(super) fn first(&self) -> &Fitted<'p> {
        self.transformers.first().unwrap_or(&self.last)
    }

    /// Number of raw columns. A transformer that does not know (up to 0.23, functions up to 1.0) because it makes as many as
    /// it gets leaves the question to the next.
    pub(super) fn input_width(&self, head: usize) -> Option<usize> {
        const KEEPING: [&str; 3] = ["FunctionTransformer", "Normalizer", "Binarizer"];
        for transformer in &self.transformers {
            let leaf = transformer.first_leaf();
            let width = leaf.input_width().or_else(|| leaf.old_input_width());
            if width.is_some() || !KEEPING.contains(&transformer.class) {
                return width;
            }
        }
        self.last.input_width().or((!self.is_bare()).then_some(head))
    }

    /// True without transformers.
    pub(super) fn is_bare(&self) -> bool {
        self.transformers.is_empty()
    }

    /// The steps of the transformers and whether they end in a sparse matrix.
    pub(super) fn transforms(&self, context: &mut Context<'_>) -> Result<(Vec<Step>, bool), ImportError> {
        let (mut steps, mut sparse) = (Vec::new(), self.sparse);
        for transformer in &self.transformers {
            sparse = columns::push(&mut steps, transformer, sparse, context, 1)?;
        }
        Ok((steps, sparse))
    }
}

/// Removes the steps before `first`. True when what they make is a sparse matrix.
fn leave_out<'p>(
    pipeline: &Fitted<'p>,
    steps: &mut Vec<(String, Value<'p>)>,
    first: &str,
) -> Result<bool, ImportError> {
    let Some(place) = steps.iter().position(|(name, _)| name == first) else {
        let available = steps.iter().map(|(name, _)| name.clone()).collect();
        return Err(ImportError::NoPart { name: first.to_owned(), available });
    };
    let left_out: Vec<_> = steps.drain(..place).collect();
    let before = left_out.last().filter(|(_, step)| step.class_key().is_some_and(|(package, _)| package == "sklearn"));
    let Some((name, step)) = before else { return Ok(false) };
    let before = Fitted::new(*step, &pipeline.path, name)?;
    match before.class {
        "ColumnTransformer" => before.flag("sparse_output_", false),
        "OneHotEncoder" if before.get("sparse_output").is_some() => before.flag("sparse_output", true),
        "OneHotEncoder" => before.flag("sparse", true),
        _ => Ok(false),
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
    const SAMPLERS: [&str; 4] =
        ["imblearn.over_sampling.", "imblearn.under_sampling.", "imblearn.combine.", "imblearn.base.FunctionSampler"];
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
        ("xgboost", _) => wrapper::xgboost(fitted, context, facts),
        ("lightgbm", _) => wrapper::lightgbm(fitted, context.limits, facts),
        ("catboost", _) => wrapper::catboost(fitted, context.limits, facts),
        (_, "DecisionTreeClassifier" | "ExtraTreeClassifier") => forest::tree(fitted, true, context, facts),
        (_, "DecisionTreeRegressor" | "ExtraTreeRegressor") => forest::tree(fitted, false, context, facts),
        (_, "RandomForestClassifier" | "ExtraTreesClassifier") => forest::forest(fitted, true, context, facts),
        (_, "RandomForestRegressor" | "ExtraTreesRegressor") => forest::forest(fitted, false, context, facts),
        (_, "GradientBoostingClassifier") => boosting::classifier(fitted, context, facts),
        (_, "GradientBoostingRegressor") => boosting::regressor(fitted, context, facts),
        (_, "HistGradientBoostingClassifier") => hist::read(fitted, true, context, facts),
        (_, "HistGradientBoostingRegressor") => hist::read(fitted, false, context, facts),
        (_, class) if linear::REGRESSORS.contains(&class) => linear::regressor(fitted, context, facts),
        (_, class) if linear::CLASSIFIERS.contains(&class) => linear::classifier(fitted, facts),
        _ => match heads::read(fitted, context, facts).or_else(|| meta::read(fitted, context, facts)) {
            Some(head) => head,
            None => Err(fitted.unsupported("this class is not supported yet")),
        },
    }
}

/// Whether a booster's own model reads raw columns: categories of its own, or parts that are not on encoded rows.
pub(super) fn reads_raw(native: &Model) -> bool {
    native.steps.is_some()
        || matches!(native.core, CoreModel::Graph(_))
        || native.inputs.iter().any(|input| matches!(input, Input::Category { .. }))
}

/// A member of a composite estimator.
pub(super) fn seat(
    parent: &Fitted<'_>,
    name: &str,
    value: Value<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Result<Seat, ImportError> {
    context.enter()?;
    let unwrapped = Unwrapped::of(Fitted::new(value, &parent.path, name)?, false, None, context)?;
    let (mut chain, sparse) = unwrapped.transforms(context)?;
    let mut head = head(&unwrapped.last, context, facts)?;
    if let Some(native) = head.native.take()
        && reads_raw(&native)
    {
        return Err(unwrapped.last.unsupported("it reads its raw columns itself inside of another estimator"));
    }
    if sparse && head.zeros_missing {
        chain.push(Step::MissingZeros);
    }
    chain.append(&mut head.steps);
    context.leave();
    Ok(Seat { chain, head })
}

impl Seat {
    /// It sees the columns as they are, but may refuse some cells.
    pub(super) fn is_plain(&self) -> bool {
        self.chain.iter().all(|step| matches!(step, Step::Keep | Step::RefuseMissing))
    }

    pub(super) fn refuses_missing(&self) -> bool {
        self.chain.contains(&Step::RefuseMissing)
    }

    /// The answer to no rows: what it can say.
    pub(super) fn sample(&self, fitted: &Fitted<'_>) -> Result<Answer, ImportError> {
        let refused = |error: PredictError| fitted.unsupported(error.to_string());
        match &self.head.core {
            Core::One(CoreModel::Other(estimator)) => estimator.answer(0, &[]).map_err(refused),
            Core::One(CoreModel::Trees(forest)) => {
                Ok(Answer::of_trees(self.head.task, forest, self.head.decides, 0, Vec::new()))
            }
            Core::One(CoreModel::Linear(linear)) => {
                Ok(Answer::of_linear(self.head.task, linear, self.head.decides, 0, Vec::new()))
            }
            Core::One(CoreModel::Members(_) | CoreModel::Graph(_)) => Err(refused(PredictError::NoEncodedForm)),
            Core::Many(seats, rule) => {
                let answers: Vec<Answer> = seats.iter().map(|seat| seat.sample(fitted)).collect::<Result<_, _>>()?;
                rule.combine(0, &answers).map_err(refused)
            }
        }
    }

    /// As an estimator on rows of so many numbers.
    pub(super) fn into_estimator(
        self,
        fitted: &Fitted<'_>,
        features: usize,
    ) -> Result<Arc<dyn Estimator>, ImportError> {
        let plain = self.is_plain();
        let Head { core, task, decides, .. } = self.head;
        let core = match core {
            Core::One(CoreModel::Trees(forest)) if plain => {
                let walker = Walker::new(&forest);
                return Ok(Arc::new(Additive { sums: Sums::Trees(forest, walker), task, decides }));
            }
            Core::One(CoreModel::Linear(linear)) if plain => {
                return Ok(Arc::new(Additive { sums: Sums::Linear(linear), task, decides }));
            }
            Core::One(CoreModel::Other(estimator)) if plain => return Ok(estimator),
            core => core,
        };
        let seat = Self { chain: self.chain, head: Head { core, ..self.head } };
        let names: Vec<String> = (0..features).map(|column| format!("x{column}")).collect();
        let model = assemble(names, true, seat).map_err(|error| match error {
            ImportError::Malformed { detail, .. } => fitted.malformed("final_estimator_", detail),
            other => other,
        })?;
        Ok(Arc::new(Stepped(model)))
    }
}

/// The head of a composite estimator. Members without steps of their own share the encoded rows; `columns` chooses
/// those that each member sees.
pub(super) fn ensemble(
    fitted: &Fitted<'_>,
    seats: Vec<Seat>,
    columns: Option<Vec<Vec<u32>>>,
    rule: Arc<dyn Rule>,
    task: Task,
    classes: Vec<Label>,
) -> Result<Head, ImportError> {
    let samples: Vec<Answer> = seats.iter().map(|seat| seat.sample(fitted)).collect::<Result<_, _>>()?;
    rule.combine(0, &samples).map_err(|error| fitted.unsupported(error.to_string()))?;
    let first = seats.iter().find(|seat| !seat.head.any_width).map_or(0, |seat| seat.head.features);
    let width = fitted.input_width().unwrap_or(first);
    let shared = seats.iter().all(|seat| seat.is_plain() && matches!(seat.head.core, Core::One(_)));
    if !shared {
        let mut seats = seats;
        for (seat, columns) in seats.iter_mut().zip(columns.into_iter().flatten()) {
            let branch = Branch { columns: Some(columns), step: Step::Keep, weight: 1.0 };
            seat.chain.insert(0, Step::Columns(vec![branch]));
        }
        let mut head = Head::new(CoreModel::Other(Arc::new(crate::estimators::Row(width))), task, classes, width);
        head.core = Core::Many(seats, rule);
        head.any_width = true;
        return Ok(head);
    }
    let refuses = seats.iter().any(Seat::refuses_missing);
    let mut members = Vec::with_capacity(seats.len());
    let mut columns = columns.into_iter().flatten();
    for seat in seats {
        let own = columns.next();
        let seen = own.as_ref().map_or(width, Vec::len);
        let within = own.iter().flatten().all(|column| (*column as usize) < width);
        if !within || (seat.head.features != seen && !seat.head.any_width) {
            let detail = format!("a member takes {} of {width} columns", seat.head.features);
            return Err(fitted.malformed("estimators_", detail));
        }
        members.push(Member { columns: own, estimator: seat.into_estimator(fitted, seen)? });
    }
    let head = Head::of(Ensemble { features: width, members, rule }, task, classes, width);
    Ok(if refuses { head.refusing_missing() } else { head })
}
