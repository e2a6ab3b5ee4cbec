//! `case.json`: what was fitted and what the library answered.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use fine_table::{Column, NumberKind, Table};
use serde::Deserialize;
use serde_json::Value;

/// The files of one case.
pub struct Files {
    /// `<version>/<name>`.
    pub path: String,
    /// File name and content.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Files {
    /// A file that every case has.
    pub fn get(&self, name: &str) -> &[u8] {
        self.files.get(name).unwrap_or_else(|| panic!("{} has no {name}", self.path))
    }
}

/// How exact an answer must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// To the last bit.
    Exact,
    /// A few units in the last place: one `exp`, `log` or division more or less.
    Ulp,
    /// Sums in another order.
    Close,
    /// Numbers of 32 bits.
    Single,
    /// Not compared.
    None,
}

impl How {
    /// Largest difference, relative to the largest value of the column.
    pub fn allowed(self) -> f64 {
        match self {
            Self::Exact => 0.0,
            Self::Ulp => 1e-15,
            Self::Close => 1e-12,
            Self::Single => 1e-6,
            Self::None => f64::INFINITY,
        }
    }
}

/// `case.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Name of its folder.
    pub name: String,
    /// Chapter of the page.
    pub area: String,
    /// Key of `versions` that the case is about.
    pub library: String,
    /// Class that the case is about.
    pub estimator: String,
    /// What was fitted.
    #[allow(dead_code)]
    pub about: String,
    /// File name of the model.
    pub model: String,
    /// `pickle`, `joblib` or `skops`.
    #[allow(dead_code)]
    pub format: String,
    /// Exactness of the predictions.
    pub how: How,
    /// Exactness of the matrix before the last estimator.
    pub transform: How,
    /// Kinds of the table's columns.
    pub columns: serde_json::Map<String, Value>,
    /// Library versions.
    pub versions: BTreeMap<String, String>,
    /// Class labels in column order.
    pub classes: Option<Vec<Value>>,
    /// What each method answered.
    pub answers: BTreeMap<String, Answer>,
}

/// An array, or one array an output.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// An array in row-major order.
    Array {
        /// Its shape.
        shape: Vec<usize>,
        /// Type in numpy.
        #[allow(dead_code)]
        dtype: String,
        /// Numbers, texts, truth values; `null` is `NaN`.
        data: Vec<Value>,
    },
    /// One array an output.
    Outputs {
        /// The arrays.
        #[allow(dead_code)]
        outputs: Vec<Answer>,
    },
}

impl Answer {
    /// Number of columns of a matrix.
    pub fn columns(&self) -> Option<usize> {
        match self {
            Self::Array { shape, .. } => shape.get(1).copied(),
            Self::Outputs { .. } => None,
        }
    }

    /// The answer for one of several targets: its array, or its column. A column of probabilities is that of label 1.
    pub fn of_target(&self, target: usize, method: &str) -> Self {
        match self {
            Self::Outputs { outputs } => outputs[target].clone(),
            Self::Array { shape, dtype, data } => {
                let column: Vec<Value> = data.iter().skip(target).step_by(shape[1].max(1)).cloned().collect();
                let (shape, data) = match method {
                    "predict_proba" => {
                        // In the library's own precision.
                        let rest = |p: f64| if dtype == "float32" { f64::from(1.0 - p as f32) } else { 1.0 - p };
                        let both = |p: &Value| [number(p).map_or(Value::Null, |p| rest(p).into()), p.clone()];
                        (vec![shape[0], 2], column.iter().flat_map(both).collect())
                    }
                    _ => (vec![shape[0]], column),
                };
                Self::Array { shape, dtype: dtype.clone(), data }
            }
        }
    }
}

impl Case {
    /// Version of scikit-learn.
    pub fn version(&self) -> &str {
        self.versions.get("sklearn").map_or("", String::as_str)
    }

    /// Newer versions first.
    pub fn by_version(&self, other: &Self) -> Ordering {
        numbers(other.version()).cmp(&numbers(self.version()))
    }

    /// The rows to predict.
    pub fn table(&self, csv: &[u8]) -> Table {
        let mut reader = csv::Reader::from_reader(csv);
        let names: Vec<String> = reader.headers().expect("header").iter().map(str::to_owned).collect();
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows");
        let column = |(j, name): (usize, String)| {
            let cells = || rows.iter().map(move |r| Some(&r[j]).filter(|c| !c.is_empty()));
            let kind = match self.columns[&name].as_str() {
                Some("float") => NumberKind::Float,
                Some("int") => NumberKind::Int,
                Some("bool") => NumberKind::Bool,
                _ => return Column::text(name, cells()),
            };
            let number = |cell: Option<&str>| match cell {
                None => f64::NAN,
                Some("true") => 1.0,
                Some("false") => 0.0,
                Some(text) => text.parse().expect("a number"),
            };
            Column::number(name, kind, cells().map(number).collect())
        };
        Table::new(names.into_iter().enumerate().map(column).collect()).expect("equal lengths")
    }
}

/// The numbers of a version.
pub fn numbers(version: &str) -> Vec<u32> {
    version.split('.').filter_map(|part| part.parse().ok()).collect()
}

/// A number of an answer.
pub fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Null => Some(f64::NAN),
        Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
        Value::Number(number) => number.as_f64(),
        Value::String(text) if text == "inf" => Some(f64::INFINITY),
        Value::String(text) if text == "-inf" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// A class label as it would stand in a cell.
pub fn label(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
