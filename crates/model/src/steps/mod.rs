//! Preprocessing: from raw table columns to the matrix that a core sees, by the formulas of scikit-learn.
//!
//! A [`Steps`] is a tree of [`Step`]s over columns. Columns stay columns until the end: a one-hot block is one vector
//! of codes, however wide it is. A step that mixes columns ([`Rows`]) works on blocks of rows. Every encoded column
//! knows the raw features it came from.

mod categories;
mod city;
mod curve;
mod encode;
pub(crate) mod hashed;
mod impute;
mod lane;
mod lookup;
mod normal;
mod origin;
mod rows;
mod scale;
mod spline;
mod text;

use std::borrow::Cow;
use std::sync::Arc;

use fine_table::{Column, NumberKind};
use rayon::prelude::*;

pub use categories::{Categories, Category};
pub use curve::{Curve, Family, Quantile};
pub use encode::{Known, OneHot, Ordinal, Unknown};
pub use hashed::Hashed;
pub use impute::{Impute, Indicate, Marker, Statistic};
pub use lane::{Need, Slot};
pub use lookup::{Lookup, Table, label_codes};
pub use origin::Origin;
pub use rows::{
    Centre, Centring, Distances, Iterative, Kernels, Leaves, Neighbours, Norm, Polynomial, Project, Regressor, Round,
    Rows, Topics, polynomial_terms,
};
pub use scale::{Function, Scale};
pub use spline::{Basis, Extrapolation, Spline};
pub use text::{Accents, Analyser, Pattern, Terms, Text, Unit, Weighting, english_stop_words};

use crate::trees::sliced::Source;
use crate::{Feature, FeatureKind, PredictError};
use lane::{Cells, Lane, Plan};

/// One preprocessing step.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Columns pass as they are.
    Keep,
    /// One step after the other.
    Chain(Vec<Step>),
    /// A step that stands before several estimators.
    Shared(Arc<Step>),
    /// Branches over chosen columns, results side by side (`ColumnTransformer`, `FeatureUnion`).
    Columns(Vec<Branch>),
    /// Missing cells are filled.
    Impute(Impute),
    /// Indicators of missing cells.
    Indicate(Indicate),
    /// Numbers of categories.
    Lookup(Lookup),
    /// A formula for each column.
    Scale(Scale),
    /// The same function on every cell.
    Map(Function),
    /// One indicator a category.
    OneHot(OneHot),
    /// The position of the category.
    Ordinal(Ordinal),
    /// Codes and target statistics of hashed categories (CatBoost).
    Hashed(Hashed),
    /// Categories that the core does not know become missing (`HistGradientBoosting` up to 1.3).
    Known(Known),
    /// Cells equal to this value (as `f32`) become missing (XGBoost `missing`).
    Missing(f64),
    /// Zeros become missing: XGBoost reads the implicit zeros of a sparse matrix so.
    MissingZeros,
    /// A function of each cell with fitted parts.
    Curve(Curve),
    /// Basis functions of each column.
    Spline(Spline),
    /// Counts of terms in a column of text.
    Text(Text),
    /// A function of whole rows.
    Rows(Rows),
    /// A missing cell is refused, and an infinite one (scikit-learn's `check_array`).
    RefuseMissing,
    /// An infinite cell is refused (the same with `ensure_all_finite="allow-nan"`).
    RefuseInfinite,
}

/// A step over some of the columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Indices of the columns it takes, in its order; `None` for all of them.
    pub columns: Option<Vec<u32>>,
    /// What it does with them.
    pub step: Step,
    /// Factor on its results.
    pub weight: f64,
}

impl Branch {
    fn take<T: Clone>(&self, columns: &[T]) -> Result<Vec<T>, WidthError> {
        let Some(chosen) = &self.columns else { return Ok(columns.to_vec()) };
        let expected = chosen.iter().max().map_or(0, |column| *column as usize + 1);
        let taken: Option<Vec<T>> = chosen.iter().map(|column| columns.get(*column as usize).cloned()).collect();
        taken.ok_or(WidthError { step: "columns", expected, found: columns.len() })
    }
}

/// A step that does not fit the columns it is given.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("apply {step}: it was fitted on {expected} columns and is given {found}")]
pub struct WidthError {
    /// Which step.
    pub step: &'static str,
    /// Columns it knows.
    pub expected: usize,
    /// Columns it would get.
    pub found: usize,
}

/// A checked tree of steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps {
    root: Step,
    slots: Vec<Slot>,
    plan: Plan,
}

impl Steps {
    /// Checks that every step fits its columns, starting from the raw features of these names.
    ///
    /// # Errors
    /// [`WidthError`] for the first step that does not.
    pub fn new(names: &[String], root: Step) -> Result<Self, WidthError> {
        let mut plan = Plan { needs: vec![Need::default(); names.len()], ..Plan::default() };
        let raw = names.iter().zip(0..);
        let raw = raw.map(|(name, feature)| Slot { origin: Origin::One(feature), name: name.clone(), number: false });
        let slots = root.outline(raw.collect(), &mut plan)?;
        slots.iter().for_each(|slot| plan.need(slot, FeatureKind::Number));
        Ok(Self { root, slots, plan })
    }

    /// The tree itself.
    pub(crate) fn root(&self) -> &Step {
        &self.root
    }

    /// The encoded columns.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Number of encoded columns.
    pub fn width(&self) -> usize {
        self.slots.len()
    }

    /// What each raw feature must hold; `None` for one that no step uses.
    pub fn kinds(&self) -> Vec<Option<FeatureKind>> {
        self.plan.needs.iter().map(|need| need.kind()).collect()
    }

    /// True when some step works on whole rows: all columns are then needed for any of them.
    pub fn mixes(&self) -> bool {
        self.plan.mixes
    }

    /// The most columns that are held at once, encoded ones and those between mixing steps.
    pub(crate) fn widest(&self) -> usize {
        self.plan.widest.max(self.width())
    }

    /// The encoded matrix of these raw columns (one a feature, in order), row-major `[rows x width]`.
    ///
    /// # Errors
    /// A cell that a step refuses: text where numbers are needed, an unknown category, a missing value.
    pub fn encode(&self, features: &[Feature], columns: &[&Column], rows: usize) -> Result<Vec<f64>, PredictError> {
        Ok(self.prepare(features, columns)?.rows(0..rows))
    }

    /// Runs the steps, leaving the columns as columns; [`Prepared::rows`] then writes any rows of the matrix. A wide
    /// one-hot block costs no memory until then.
    ///
    /// # Errors
    /// As [`Steps::encode`].
    pub fn prepare<'a>(&self, features: &[Feature], columns: &[&'a Column]) -> Result<Prepared<'a>, PredictError> {
        let lanes: Vec<Lane<'a>> =
            columns.iter().zip(0..).map(|(column, feature)| Lane::raw(feature, column)).collect();
        let lanes = self.root.apply(lanes, features)?;
        let lanes = lanes.into_iter().map(|lane| lane.into_numbers(features)).collect::<Result<_, _>>()?;
        Ok(Prepared { lanes })
    }
}

/// Encoded columns, not yet a matrix.
#[derive(Debug)]
pub struct Prepared<'a> {
    lanes: Vec<Lane<'a>>,
}

/// Rows written together.
const BLOCK_ROWS: usize = 1024;

impl<'a> Prepared<'a> {
    /// Columns that need no step.
    pub(crate) fn of_numbers(columns: Vec<Cow<'a, [f64]>>) -> Self {
        let cells = |values| Cells::Numbers { kind: NumberKind::Float, values };
        let lane = |(values, feature)| Lane { origin: Origin::One(feature), cells: cells(values) };
        Self { lanes: columns.into_iter().zip(0..).map(lane).collect() }
    }

    /// Number of encoded columns.
    pub(crate) fn width(&self) -> usize {
        self.lanes.len()
    }

    /// The raw features that an encoded column came from.
    pub(crate) fn origin(&self, column: usize) -> &Origin {
        &self.lanes[column].origin
    }

    /// These rows of one encoded column.
    pub(crate) fn source(&self, column: usize, rows: std::ops::Range<usize>) -> Source<'_> {
        match &self.lanes[column].cells {
            Cells::Numbers { values, .. } => Source::Numbers(&values[rows]),
            Cells::Indicator { codes, hit, on, off } => {
                Source::Indicator { codes: &codes[rows], hit: *hit, on: *on, off: *off }
            }
            Cells::Text { .. } => Source::Missing,
            Cells::Sparse { rows: own, values, off, .. } => {
                let place = |row: usize| own.partition_point(|own| (*own as usize) < row);
                let cells = place(rows.start)..place(rows.end);
                let (own, values) = (&own[cells.clone()], &values[cells]);
                Source::Sparse { rows: own, first: rows.start, values, off: *off, count: rows.len() }
            }
        }
    }

    /// Row and column of the first missing value, row by row.
    pub(crate) fn first_missing(&self) -> Option<(usize, usize)> {
        let first = |(column, lane): (usize, &Lane<'_>)| Some((lane.first_missing()?, column));
        self.lanes.iter().enumerate().filter_map(first).min()
    }

    /// These rows of the matrix, row-major.
    pub fn rows(&self, rows: std::ops::Range<usize>) -> Vec<f64> {
        let width = self.lanes.len();
        let mut values = vec![0.0; rows.len() * width];
        values.par_chunks_mut((BLOCK_ROWS * width).max(1)).enumerate().for_each(|(block, out)| {
            let start = rows.start + block * BLOCK_ROWS;
            let rows = start..start + out.len() / width;
            for (column, lane) in self.lanes.iter().enumerate() {
                lane.write(rows.clone(), out.iter_mut().skip(column).step_by(width));
            }
        });
        values
    }
}

/// Columns side by side: more than any model has.
const MOST_COLUMNS: usize = 1 << 22;

fn expect(step: &'static str, expected: usize, slots: &[Slot]) -> Result<(), WidthError> {
    if expected == slots.len() { Ok(()) } else { Err(WidthError { step, expected, found: slots.len() }) }
}

impl Step {
    /// The columns that this step makes of those columns.
    fn outline(&self, mut slots: Vec<Slot>, plan: &mut Plan) -> Result<Vec<Slot>, WidthError> {
        match self {
            Self::Keep => Ok(slots),
            Self::Chain(steps) => steps.iter().try_fold(slots, |slots, step| step.outline(slots, plan)),
            Self::Shared(step) => step.outline(slots, plan),
            Self::Columns(branches) => {
                let mut out = Vec::new();
                for branch in branches {
                    let taken = branch.take(&slots)?;
                    let mut made = branch.step.outline(taken, plan)?;
                    if branch.weight != 1.0 {
                        plan.need_numbers(&mut made);
                    }
                    out.extend(made);
                    if out.len() > MOST_COLUMNS {
                        return Err(WidthError { step: "columns", expected: MOST_COLUMNS, found: out.len() });
                    }
                }
                Ok(out)
            }
            Self::Impute(impute) => impute.outline(slots, plan),
            Self::Indicate(indicate) => indicate.outline(slots, plan),
            Self::Lookup(lookup) => lookup.outline(slots, plan),
            Self::Scale(scale) => {
                if let Some(expected) = scale.width() {
                    expect("scaler", expected, &slots)?;
                }
                plan.need_numbers(&mut slots);
                Ok(slots)
            }
            Self::OneHot(one_hot) => one_hot.outline(slots, plan),
            Self::Ordinal(ordinal) => ordinal.outline(slots, plan),
            Self::Hashed(hashed) => hashed.outline(slots, plan),
            Self::Known(known) => {
                expect("categories", known.columns.len(), &slots)?;
                plan.need_numbers(&mut slots);
                Ok(slots)
            }
            Self::Map(_) | Self::Missing(_) | Self::MissingZeros => {
                plan.need_numbers(&mut slots);
                Ok(slots)
            }
            Self::Curve(curve) => {
                if let Some(expected) = curve.width() {
                    expect("transformer", expected, &slots)?;
                }
                plan.need_numbers(&mut slots);
                Ok(slots)
            }
            Self::Spline(spline) => spline.outline(slots, plan),
            Self::Text(text) => text.outline(slots, plan),
            Self::Rows(rows) => rows.outline(slots, plan),
            Self::RefuseMissing | Self::RefuseInfinite => Ok(slots),
        }
    }

    fn apply<'a>(&self, lanes: Vec<Lane<'a>>, features: &[Feature]) -> Result<Vec<Lane<'a>>, PredictError> {
        match self {
            Self::Keep => Ok(lanes),
            Self::Chain(steps) => steps.iter().try_fold(lanes, |lanes, step| step.apply(lanes, features)),
            Self::Shared(step) => step.apply(lanes, features),
            Self::Columns(branches) => {
                let mut out = Vec::new();
                for branch in branches {
                    let taken = branch.take(&lanes).unwrap_or_default();
                    let made = branch.step.apply(taken, features)?;
                    if branch.weight == 1.0 {
                        out.extend(made);
                    } else {
                        out.extend(lane::map_all(made, features, |_, x| x * branch.weight)?);
                    }
                }
                Ok(out)
            }
            Self::Impute(impute) => impute.apply(lanes, features),
            Self::Indicate(indicate) => indicate.apply(lanes, features),
            Self::Lookup(lookup) => lookup.apply(lanes, features),
            Self::Scale(scale) => lane::map_all(lanes, features, |column, x| scale.of(column, x)),
            Self::Map(function) => lane::map_all(lanes, features, |_, x| function.of(x)),
            Self::OneHot(one_hot) => one_hot.apply(lanes, features),
            Self::Ordinal(ordinal) => ordinal.apply(lanes, features),
            Self::Hashed(hashed) => hashed.apply(lanes, features),
            Self::Known(known) => lane::map_all(lanes, features, |column, x| known.of(column, x)),
            Self::Missing(value) => {
                let value = *value as f32;
                lane::map_all(lanes, features, |_, x| if x as f32 == value { f64::NAN } else { x })
            }
            Self::MissingZeros => lane::map_all(lanes, features, |_, x| if x == 0.0 { f64::NAN } else { x }),
            Self::Curve(curve) => {
                if curve.refuses() {
                    lanes.iter().try_for_each(|lane| lane.refuse(features, |cells| curve.refused(cells)))?;
                }
                lane::map_all(lanes, features, |column, x| curve.of(column, x))
            }
            Self::Spline(spline) => spline.apply(lanes, features),
            Self::Text(text) => text.apply(lanes, features),
            Self::Rows(rows) => rows.apply(lanes, features),
            Self::RefuseMissing => {
                lanes.iter().try_for_each(|lane| lane.refuse_missing(features))?;
                Ok(lanes)
            }
            Self::RefuseInfinite => {
                lanes.iter().try_for_each(|lane| lane.refuse_infinite(features))?;
                Ok(lanes)
            }
        }
    }
}

#[cfg(test)]
mod tests;
