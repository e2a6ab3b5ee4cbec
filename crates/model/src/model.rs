//! The public face of an opened model.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use crate::Label;
use crate::input::Input;
use crate::steps::{Origin, Steps};
use crate::trees::{Forest, Walker};

/// What a model accepts in one input column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatureKind {
    /// Numbers only.
    Number,
    /// Text categories only.
    Text,
    /// Either.
    Any,
}

/// One raw input column of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// The name the model was fitted with; `x0`, `x1`, … when it stored none.
    pub name: String,
    /// What it accepts.
    pub kind: FeatureKind,
}

/// What the numbers of a [`Prediction`] are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScoreKind {
    /// Class probabilities, one column a class.
    Probability,
    /// Decision values, one column a class (binary: `[-d, d]`), no probability.
    Decision,
    /// Only labels: one-hot 0/1.
    Label,
    /// A predicted number, one column.
    Value,
}

/// Predictions for all rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns of `scores`: classes, or 1 for regression.
    pub width: usize,
    /// What `scores` holds.
    pub kind: ScoreKind,
    /// Row-major `[rows x width]`.
    pub scores: Vec<f64>,
    /// The library's own `predict`: class index a row; empty for regression.
    pub labels: Vec<u32>,
}

impl Prediction {
    /// Scores of one column (class).
    pub fn column(&self, class: usize) -> Vec<f64> {
        self.scores.iter().skip(class).step_by(self.width).copied().collect()
    }

    /// Adds the rows of another prediction of the same model.
    pub(crate) fn append(&mut self, other: Self) {
        self.rows += other.rows;
        self.scores.extend(other.scores);
        self.labels.extend(other.labels);
    }

    /// The rows named, in that order.
    pub(crate) fn take(&self, rows: &[u32]) -> Self {
        let scores = |row: &u32| self.scores[*row as usize * self.width..][..self.width].iter().copied();
        Self {
            rows: rows.len(),
            width: self.width,
            kind: self.kind,
            scores: rows.iter().flat_map(scores).collect(),
            labels: rows.iter().filter_map(|row| self.labels.get(*row as usize).copied()).collect(),
        }
    }
}

/// In [`Encoded::origin`]: a column that is made of several raw features.
pub const MIXED: u32 = u32::MAX;

/// The matrix that the core estimator sees, after every preprocessing step.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoded {
    /// Number of rows.
    pub rows: usize,
    /// Number of encoded columns.
    pub width: usize,
    /// Row-major `[rows x width]`; missing is `NaN` (also a sparse zero that the core reads as missing).
    pub values: Vec<f64>,
    /// For each encoded column, the index of the raw feature ([`Feature`]) it came from; [`MIXED`] for a column made of
    /// several, which [`Model::origins`] lists.
    pub origin: Vec<u32>,
    /// A name for each encoded column (`sex=Female`).
    pub names: Vec<String>,
}

/// The estimator at the heart of a pipeline, for stages with an exact method.
#[derive(Debug)]
pub enum Core<'a> {
    /// A tree ensemble.
    Trees(&'a crate::trees::Forest),
    /// A linear model.
    Linear(&'a crate::linear::Linear),
    /// Anything else: use `predict` only.
    Other,
}

/// The estimator that an opened model owns.
#[derive(Clone, Debug)]
pub enum CoreModel {
    /// A tree ensemble.
    Trees(crate::trees::Forest),
    /// A linear model.
    Linear(crate::linear::Linear),
    /// Anything else on encoded rows.
    Other(Arc<dyn crate::estimators::Estimator>),
    /// Members that read the raw columns by steps of their own.
    Members(Arc<crate::estimators::Committee>),
    /// A graph that a runtime executes on the raw columns (ONNX).
    Graph(Arc<dyn crate::Graph>),
}

/// Why a table could not be predicted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PredictError {
    /// A column the model needs is not in the table.
    #[error(
        "find column {name:?}, which the model needs, among {}; add it, or choose a table that has it",
        fine_table::listed(.available)
    )]
    MissingFeature {
        /// The feature.
        name: String,
        /// Column names of the table.
        available: Vec<String>,
    },
    /// A text column where the model needs numbers.
    #[error("read column {name:?} as numbers: row {} holds {value:?}; the model takes numbers there", .row + 1)]
    NotNumeric {
        /// The feature.
        name: String,
        /// First offending row, from 0.
        row: usize,
        /// The cell.
        value: String,
    },
    /// A missing cell where the model refuses one.
    #[error(
        "predict with a missing value in {name:?}, row {}: the model takes none; fill it in, or leave the row out",
        .row + 1
    )]
    MissingValue {
        /// The encoded feature.
        name: String,
        /// First offending row, from 0.
        row: usize,
    },
    /// An infinite cell where the library refuses one.
    #[error(
        "predict with an infinite value in {name:?}, row {}: the library takes finite numbers only; correct it, or leave \
         the row out",
        .row + 1
    )]
    InfiniteValue {
        /// The encoded feature.
        name: String,
        /// First offending row, from 0.
        row: usize,
    },
    /// A category the model was not fitted with, where the library refuses one.
    #[error(
        "encode column {name:?}: row {} holds {value:?}, a category that the model does not know and refuses; correct the \
         value, or leave such rows out",
        .row + 1
    )]
    UnknownCategory {
        /// The feature.
        name: String,
        /// First offending row, from 0.
        row: usize,
        /// The cell.
        value: String,
    },
    /// A cell outside of what a step takes.
    #[error("transform column {name:?}: row {} holds {value}, which a step of the model refuses; correct it, or leave the row out", .row + 1)]
    OutOfRange {
        /// The feature.
        name: String,
        /// First offending row, from 0.
        row: usize,
        /// The cell.
        value: String,
    },
    /// The model takes its raw columns itself and has no encoded form.
    #[error("encode rows for a model that has no encoded form")]
    NoEncodedForm,
    /// Encoded rows of the wrong size.
    #[error("read {values} encoded values as {rows} rows of {width}")]
    Shape {
        /// Rows said.
        rows: usize,
        /// Encoded features of the model.
        width: usize,
        /// Values given.
        values: usize,
    },
    /// A model of neighbours within a radius that finds none.
    #[error(
        "predict row {}: no training row is within the radius of the model, and the library predicts nothing there; leave \
         the row out",
        .row + 1
    )]
    NoNeighbours {
        /// The row, from 0.
        row: usize,
    },
    /// The library that runs the model's graph failed.
    #[error("run the model's graph: {0}")]
    Runtime(String),
}

impl PredictError {
    /// The short code that people quote; `docs/model-errors.md` explains each.
    pub fn stable_code(&self) -> &'static str {
        match self {
            Self::MissingFeature { .. } => "E-FEATURES",
            Self::NotNumeric { .. } => "E-NUMBER",
            Self::MissingValue { .. } => "E-MISSING",
            Self::InfiniteValue { .. } => "E-INFINITE",
            Self::UnknownCategory { .. } => "E-UNKNOWNCAT",
            Self::OutOfRange { .. } => "E-RANGE",
            _ => "E-PREDICT",
        }
    }
}

impl PredictError {
    /// The same for rows that stand behind `rows` others.
    pub(crate) fn after(mut self, rows: usize) -> Self {
        match &mut self {
            Self::NotNumeric { row, .. }
            | Self::MissingValue { row, .. }
            | Self::InfiniteValue { row, .. }
            | Self::UnknownCategory { row, .. }
            | Self::OutOfRange { row, .. }
            | Self::NoNeighbours { row } => *row += rows,
            Self::MissingFeature { .. } | Self::NoEncodedForm | Self::Shape { .. } | Self::Runtime(_) => {}
        }
        self
    }
}

/// An opened, validated model.
#[derive(Clone, Debug)]
pub struct Model {
    /// What the file says.
    pub facts: crate::ModelFacts,
    /// Raw input columns in model order.
    pub features: Vec<Feature>,
    /// What it predicts.
    pub task: fine_table::Task,
    /// Class labels in column order; empty for regression.
    pub classes: Vec<Label>,
    pub(crate) core: CoreModel,
    pub(crate) inputs: Vec<Input>,
    pub(crate) steps: Option<Arc<Steps>>,
    /// The fast form of the core when that is a forest, made at the first prediction: it is as large as half of the forest,
    /// and who only opens a file needs none.
    pub(crate) walker: Arc<OnceLock<Walker>>,
    pub(crate) naming: Naming,
    /// The library's class has a `decision_function`: what a tree ensemble or linear model says as a member.
    pub(crate) decides: bool,
}

/// How feature names meet column names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// Letter for letter.
    Exact,
    /// The file writes `_` for white space (LightGBM) or for every other sign (skl2onnx).
    Underscored,
    /// The file stores no names: in order.
    Positional,
}

impl Model {
    /// A model of raw numeric features straight into a core, without preprocessing.
    pub fn native(features: Vec<Feature>, task: fine_table::Task, classes: Vec<Label>, core: CoreModel) -> Self {
        let inputs = vec![Input::Number; features.len()];
        Self {
            facts: crate::ModelFacts::default(),
            features,
            task,
            classes,
            core,
            inputs,
            steps: None,
            walker: Arc::default(),
            naming: Naming::Exact,
            decides: false,
        }
    }

    /// The fast form of the core, which is this forest.
    pub(crate) fn walker(&self, forest: &Forest) -> &Walker {
        self.walker.get_or_init(|| Walker::new(forest))
    }

    /// The same model with its own reading of raw columns, one a feature.
    pub(crate) fn with_inputs(mut self, inputs: Vec<Input>) -> Self {
        debug_assert_eq!(inputs.len(), self.features.len());
        self.inputs = inputs;
        self
    }

    /// The same model behind preprocessing steps, which then read the raw columns and make the core's matrix.
    pub fn with_steps(mut self, steps: Steps) -> Self {
        self.steps = Some(Arc::new(steps));
        self
    }

    /// The same model, whose class has a `decision_function` or not.
    pub(crate) fn deciding(mut self, decides: bool) -> Self {
        self.decides = decides;
        self
    }

    /// The same model, whose file writes `_` for other signs in names.
    pub(crate) fn with_underscored_names(mut self) -> Self {
        self.naming = Naming::Underscored;
        self
    }

    /// The same model, marked as one whose file stores no feature names.
    pub(crate) fn unnamed(mut self) -> Self {
        self.naming = Naming::Positional;
        self
    }

    /// False when the file stores no feature names: [`Model::features`] are then called `x0`, `x1`, … and
    /// [`Model::rename`] gives them the names of a table's columns in order.
    pub fn is_named(&self) -> bool {
        self.naming != Naming::Positional
    }

    /// Names the features of a model whose file stores none. Does nothing when the number of names differs.
    pub fn rename(&mut self, names: &[String]) {
        if names.len() == self.features.len() {
            for (feature, name) in self.features.iter_mut().zip(names) {
                feature.name.clone_from(name);
            }
        }
    }

    /// Index of the class that a cell of the target column holds, as [`fine_table::Column::display_at`] writes it.
    pub fn class_of(&self, cell: &str) -> Option<usize> {
        crate::label::position(&self.classes, cell)
    }

    /// Whether its library computes scores in `f32`, so that stored ones agree to about 1e-7 only.
    pub fn is_single(&self) -> bool {
        match &self.core {
            CoreModel::Trees(forest) => forest.sum == crate::trees::Sum::F32,
            CoreModel::Graph(_) => true,
            CoreModel::Linear(_) | CoreModel::Other(_) | CoreModel::Members(_) => {
                self.facts.warnings.iter().any(|w| w.id == "float32-coefficients")
            }
        }
    }

    /// The raw features that each encoded column is made of: one, unless a step mixes columns.
    pub fn origins(&self) -> Vec<Origin> {
        match &self.steps {
            Some(steps) => steps.slots().iter().map(|slot| slot.origin.clone()).collect(),
            None => (0..self.features.len() as u32).map(Origin::One).collect(),
        }
    }

    /// The estimator at the heart of the model.
    pub fn core(&self) -> Core<'_> {
        match &self.core {
            CoreModel::Trees(f) => Core::Trees(f),
            CoreModel::Linear(l) => Core::Linear(l),
            CoreModel::Other(_) | CoreModel::Members(_) | CoreModel::Graph(_) => Core::Other,
        }
    }
}
