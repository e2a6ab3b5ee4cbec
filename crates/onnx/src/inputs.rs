//! What a graph takes, and its tensors for a block of rows.

use fine_model::import::{ImportError, onnx};
use fine_model::{Feature, FeatureKind, PredictError};
use fine_table::{Column, Values};
use ort::session::Session;
use ort::value::{DynValue, Tensor, TensorElementType, ValueType};

/// One input of a graph.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    name: String,
    element: TensorElementType,
    /// Columns of the table that it takes, the first one's position among the features.
    first: usize,
    width: usize,
    /// `[rows]` instead of `[rows, width]`.
    flat: bool,
    /// What a missing text is.
    missing: &'static str,
}

/// All inputs of a graph.
#[derive(Clone, Debug)]
pub(crate) struct Inputs {
    pub(crate) inputs: Vec<Input>,
    pub(crate) features: Vec<Feature>,
    /// False when a matrix input hides the column names.
    pub(crate) named: bool,
    /// Rows that one run takes, when the graph fixes it.
    pub(crate) rows: Option<usize>,
}

/// Most rows that a graph may fix for a run: all of them are filled for the last few rows of a table.
const MOST_ROWS: usize = 65_536;
/// Most columns of one input.
const MOST_COLUMNS: i64 = 100_000;

impl Inputs {
    pub(crate) fn read(session: &Session, model: &[u8]) -> Result<Self, ImportError> {
        let missing = onnx::missing_text(model);
        let mut all = Self { inputs: Vec::new(), features: Vec::new(), named: true, rows: None };
        for outlet in session.inputs() {
            let fail = |why: String, advice| {
                Err(ImportError::GraphForm { what: format!("the graph's input {:?}", outlet.name()), why, advice })
            };
            let ValueType::Tensor { ty, shape, .. } = outlet.dtype() else {
                return fail("it is not a tensor".into(), "export it with tensors of one row a record");
            };
            let (width, flat) = match shape.as_ref() {
                [_] => (1, true),
                [_, width] if (1..=MOST_COLUMNS).contains(width) => (*width as usize, false),
                [_, _] => {
                    let advice = "export it with a fixed number of columns and only the first dimension free";
                    return fail("its number of columns is not stored".into(), advice);
                }
                _ => {
                    let advice = "export a model that takes rows and columns of a table";
                    return fail(format!("it has {} dimensions", shape.len()), advice);
                }
            };
            let Some(kind) = kind(*ty) else {
                let advice = "export it with inputs of 32- or 64-bit numbers, truth values or text";
                return fail(format!("its type {ty} is none of a table"), advice);
            };
            if let Some(rows) = shape.first().filter(|r| **r > 0).map(|r| *r as usize) {
                let advice = "export it with a free first dimension";
                if rows > MOST_ROWS {
                    return fail(format!("a run takes {rows} rows, more than {MOST_ROWS}"), advice);
                }
                if let Some(other) = all.rows.filter(|other| *other != rows) {
                    return fail(format!("a run takes {rows} rows of it and {other} of another input"), advice);
                }
                all.rows = Some(rows);
            }
            let first = all.features.len();
            all.named &= width == 1;
            for j in 0..width {
                let name = if width == 1 { outlet.name().to_owned() } else { format!("x{}", first + j) };
                all.features.push(Feature { name, kind });
            }
            all.inputs.push(Input { name: outlet.name().to_owned(), element: *ty, first, width, flat, missing });
        }
        if all.features.is_empty() {
            let why = "it takes no input".to_owned();
            let advice = "export a model that takes rows of a table";
            return Err(ImportError::GraphForm { what: "the graph".to_owned(), why, advice });
        }
        Ok(all)
    }
}

fn kind(element: TensorElementType) -> Option<FeatureKind> {
    use TensorElementType as T;
    match element {
        T::Float32 | T::Float64 | T::Int64 | T::Int32 | T::Bool => Some(FeatureKind::Number),
        T::String => Some(FeatureKind::Any),
        _ => None,
    }
}

impl Input {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The tensor of some rows of the table, in the order given. Missing text is [`onnx::missing_text`]; a missing
    /// number is `NaN` and is refused where the graph takes whole numbers.
    pub(crate) fn tensor(&self, columns: &[&Column], rows: &[usize]) -> Result<DynValue, PredictError> {
        use TensorElementType as T;
        let columns = &columns[self.first..self.first + self.width];
        match self.element {
            T::String => self.text(columns, rows),
            T::Float64 => self.shaped(&numbers(columns, rows)?, |v| v),
            T::Int64 => self.shaped(&whole(columns, rows)?, |v| v as i64),
            T::Int32 => self.shaped(&whole(columns, rows)?, |v| v as i32),
            T::Bool => self.shaped(&whole(columns, rows)?, |v| v != 0.0),
            _ => self.shaped(&numbers(columns, rows)?, |v| v as f32),
        }
    }

    fn shape(&self, cells: usize) -> Vec<i64> {
        if self.flat { vec![cells as i64] } else { vec![(cells / self.width) as i64, self.width as i64] }
    }

    fn shaped<T>(&self, values: &[f64], cast: impl Fn(f64) -> T) -> Result<DynValue, PredictError>
    where
        T: ort::value::PrimitiveTensorElementType + std::fmt::Debug + Clone + 'static,
    {
        let cells: Vec<T> = values.iter().map(|v| cast(*v)).collect();
        Tensor::from_array((self.shape(values.len()), cells))
            .map(|t| t.into_dyn())
            .map_err(|e| PredictError::Runtime(e.to_string()))
    }

    fn text(&self, columns: &[&Column], rows: &[usize]) -> Result<DynValue, PredictError> {
        let cells: Vec<String> = rows
            .iter()
            .flat_map(|row| columns.iter().map(move |c| c.display_at(*row).unwrap_or_else(|| self.missing.to_owned())))
            .map(|cell| cell.replace('\0', ""))
            .collect();
        Tensor::from_string_array((self.shape(cells.len()), cells.as_slice()))
            .map(|t| t.into_dyn())
            .map_err(|e| PredictError::Runtime(e.to_string()))
    }
}

/// Row-major numbers of some rows.
fn numbers(columns: &[&Column], rows: &[usize]) -> Result<Vec<f64>, PredictError> {
    let slices: Vec<&[f64]> = columns
        .iter()
        .map(|column| match &column.values {
            Values::Number { values, .. } => Ok(values.as_slice()),
            Values::Text { .. } => {
                let row = (0..column.len()).find(|r| !column.is_missing(*r)).unwrap_or(0);
                let value = column.display_at(row).unwrap_or_default();
                Err(PredictError::NotNumeric { name: column.name.clone(), row, value })
            }
        })
        .collect::<Result<_, _>>()?;
    Ok(rows.iter().flat_map(|row| slices.iter().map(move |s| s[*row])).collect())
}

/// [`numbers`] that must be whole.
fn whole(columns: &[&Column], rows: &[usize]) -> Result<Vec<f64>, PredictError> {
    let values = numbers(columns, rows)?;
    if let Some(i) = values.iter().position(|v| v.fract() != 0.0 || v.is_nan()) {
        let (column, row) = (columns[i % columns.len()], rows[i / columns.len()]);
        let name = column.name.clone();
        return Err(if values[i].is_nan() {
            PredictError::MissingValue { name, row }
        } else {
            PredictError::NotNumeric { name, row, value: values[i].to_string() }
        });
    }
    Ok(values)
}
