//! Encoders of the package `category_encoders`, whose tables are pandas objects inside of the file.

use fine_pickle::{Scalar, Value};

use super::frame::{self, Frame};
use super::transform::category;
use super::{Fitted, ImportError};
use crate::steps::{Categories, Category, Lookup, Step, Table};

/// Codes that the package reserves.
const UNKNOWN: f64 = -1.0;
const ABSENT: f64 = -2.0;

/// Encoders whose numbers are looked up by the code of the category in a series a column.
const BY_CODE: [&str; 4] = ["TargetEncoder", "JamesSteinEncoder", "WOEEncoder", "MEstimateEncoder"];

pub(super) fn step(fitted: &Fitted<'_>) -> Result<Step, ImportError> {
    let Some(inner) = fitted.get("base_n_encoder") else { return own_step(fitted) };
    // Until 2.5 the encoder of bits was a shell around one of any base.
    let inner = Fitted::new(inner, &fitted.path, "base_n_encoder")?;
    match inner.class {
        "BaseNEncoder" => own_step(&inner),
        _ => Err(inner.unsupported("it stands in the place of a BaseNEncoder")),
    }
}

fn own_step(fitted: &Fitted<'_>) -> Result<Step, ImportError> {
    const KNOWN: [&str; 6] =
        ["OrdinalEncoder", "OneHotEncoder", "BinaryEncoder", "BaseNEncoder", "CountEncoder", "LeaveOneOutEncoder"];
    if !KNOWN.contains(&fitted.class) && !BY_CODE.contains(&fitted.class) {
        return Err(fitted.unsupported("this encoder is not supported yet"));
    }
    let own: [&str; 4] = ["min_group_size", "composite_cols", "hierarchy", "min_group_name"];
    if let Some(attr) = own.iter().find(|attr| fitted.get(attr).is_some()) {
        return Err(fitted.unsupported(format!("{attr} is set")));
    }
    if fitted.flag("drop_invariant", false)? {
        return Err(fitted.unsupported("drop_invariant=True"));
    }
    let names = match fitted.feature_names() {
        Some(names) => names?,
        None => {
            let why =
                "the file names the columns that are encoded, but not the place of each; a version from 2.4 on does";
            return Err(fitted.unsupported(why));
        }
    };
    let encoded: Vec<String> = texts(fitted, "cols")?;
    let mut columns: Vec<Option<Table>> = vec![None; names.len()];
    for name in encoded {
        let at = names.iter().position(|own| *own == name);
        let at = at.ok_or_else(|| fitted.malformed("cols", format!("names {name:?}, which is no input")))?;
        columns[at] = Some(column(fitted, &name)?);
    }
    Ok(Step::Lookup(Lookup { columns }))
}

fn texts(fitted: &Fitted<'_>, attr: &str) -> Result<Vec<String>, ImportError> {
    let texts = fitted.scalars(attr, fitted.need(attr)?)?.into_iter().map(|name| match name {
        Scalar::Text(name) => Ok(name),
        other => Err(fitted.malformed(attr, format!("holds {other}"))),
    });
    texts.collect()
}

fn column(fitted: &Fitted<'_>, name: &str) -> Result<Table, ImportError> {
    match fitted.class {
        "OrdinalEncoder" => ordinal(fitted, name),
        "CountEncoder" => count(fitted, name),
        "LeaveOneOutEncoder" => left_out(fitted, name),
        _ => coded(fitted, name),
    }
}

/// The entry of a column in a list of `{'col': …, 'mapping': …}`, or in a dictionary by column.
fn entry<'p>(fitted: &Fitted<'p>, attr: &str, name: &str) -> Result<Value<'p>, ImportError> {
    let mapping = fitted.need(attr)?;
    if let Some(own) = mapping.get(name) {
        return Ok(own);
    }
    let entries = mapping.items().unwrap_or_default();
    let own = entries.into_iter().find(|entry| entry.get("col").and_then(Value::text).is_some_and(|col| col == name));
    let own = own.and_then(|entry| entry.get("mapping"));
    own.ok_or_else(|| fitted.malformed(attr, format!("has no entry for {name:?}")))
}

/// A policy of the whole encoder, or of one column.
fn policy<'p>(fitted: &Fitted<'p>, attr: &str, name: &str) -> Option<Value<'p>> {
    let own = fitted.get(&format!("_{attr}")).and_then(|by_column| by_column.get(name));
    own.or_else(|| fitted.get(attr))
}

fn known<'a>(
    fitted: &Fitted<'_>,
    attr: &str,
    value: Option<Value<'_>>,
    known: &[&'a str],
) -> Result<&'a str, ImportError> {
    let text = value.and_then(Value::text);
    let found = text.as_deref().and_then(|text| known.iter().find(|known| **known == text));
    found.copied().ok_or_else(|| {
        let shown = value.map_or_else(|| "None".to_owned(), |value| value.preview(40));
        fitted.unsupported(format!("{attr}={shown} is not known"))
    })
}

/// Category of an index entry; `NaN` and `None` are empty cells.
fn keys(frame: &Frame) -> Vec<Category> {
    frame.index.iter().cloned().map(category).collect()
}

/// From category to code.
struct Codes {
    categories: Vec<Category>,
    codes: Vec<f64>,
    /// Code of an unknown category; refused without.
    unknown: Option<f64>,
    /// An empty cell is refused.
    refuses_missing: bool,
}

/// The codes of an `OrdinalEncoder` of the package.
fn codes(fitted: &Fitted<'_>, name: &str) -> Result<Codes, ImportError> {
    let series = series(fitted, name)?;
    let unknown = known(fitted, "handle_unknown", fitted.get("handle_unknown"), &["value", "error", "return_nan"])?;
    let missing = known(fitted, "handle_missing", fitted.get("handle_missing"), &["value", "error", "return_nan"])?;
    let own = |code: f64| if missing == "return_nan" && code == ABSENT { f64::NAN } else { code };
    Ok(Codes {
        categories: keys(&series),
        codes: series.values.iter().copied().map(own).collect(),
        unknown: match unknown {
            "value" => Some(UNKNOWN),
            "error" => None,
            _ => Some(f64::NAN),
        },
        refuses_missing: missing == "error",
    })
}

fn series(fitted: &Fitted<'_>, name: &str) -> Result<Frame, ImportError> {
    let series = frame::read(fitted, "mapping", entry(fitted, "mapping", name)?)?;
    if series.width == 1 { Ok(series) } else { Err(fitted.malformed("mapping", "is no series")) }
}

/// What becomes of an empty cell that has no row of its own.
#[derive(Clone, Debug, PartialEq)]
enum Missing {
    /// It is refused, also where there is a row for it.
    Refused,
    /// The row of an unknown category.
    AsUnknown,
    /// A row.
    Row(Vec<f64>),
}

impl Missing {
    fn refused_if(refused: bool) -> Self {
        if refused { Self::Refused } else { Self::AsUnknown }
    }
}

/// A table of these rows.
fn table(
    fitted: &Fitted<'_>,
    categories: Vec<Category>,
    rows: Vec<Vec<f64>>,
    unknown: Option<Vec<f64>>,
    missing: Missing,
) -> Result<Table, ImportError> {
    let outputs = rows.first().or(unknown.as_ref()).map_or(0, Vec::len);
    let kept = categories.into_iter().zip(rows);
    let kept = kept.filter(|(category, _)| !(missing == Missing::Refused && *category == Category::Missing));
    let (categories, rows): (Vec<Category>, Vec<Vec<f64>>) = kept.unzip();
    let even = rows.iter().all(|row| row.len() == outputs);
    let missing = match missing {
        Missing::Refused => None,
        Missing::AsUnknown => unknown.clone(),
        Missing::Row(row) => Some(row),
    };
    let table = Table::new(Categories::new(categories), rows.concat(), outputs, unknown, missing);
    table.filter(|_| even).ok_or_else(|| fitted.malformed("mapping", "does not fit its categories"))
}

fn ordinal(fitted: &Fitted<'_>, name: &str) -> Result<Table, ImportError> {
    let Codes { categories, codes, unknown, refuses_missing } = codes(fitted, name)?;
    let one = |code: f64| vec![code];
    table(
        fitted,
        categories,
        codes.into_iter().map(one).collect(),
        unknown.map(one),
        Missing::refused_if(refuses_missing),
    )
}

/// Codes by the inner `ordinal_encoder`, then the row of each code.
fn coded(fitted: &Fitted<'_>, name: &str) -> Result<Table, ImportError> {
    let inner = Fitted::new(fitted.need("ordinal_encoder")?, &fitted.path, "ordinal_encoder")?;
    let codes = codes(&inner, name)?;
    let rows = frame::read(fitted, "mapping", entry(fitted, "mapping", name)?)?;
    let by_code = |code: f64| match rows.index.iter().position(|label| label.as_f64() == Some(code)) {
        Some(at) => rows.values[at * rows.width..][..rows.width].to_vec(),
        None => vec![f64::NAN; rows.width],
    };
    let refuses = |attr: &str, modes: &[&'static str]| -> Result<bool, ImportError> {
        Ok(known(fitted, attr, fitted.get(attr), modes)? == "error")
    };
    let refuses_unknown = refuses("handle_unknown", &["value", "error", "return_nan", "indicator"])?;
    let refuses_missing = refuses("handle_missing", &["value", "error", "return_nan", "indicator", "ignore"])?;
    // Indicators take a code that is not there for the one of missing cells.
    let one_hot = fitted.class == "OneHotEncoder";
    let by_code = |code: f64| by_code(if one_hot && code.is_nan() { ABSENT } else { code });
    let unknown = codes.unknown.filter(|_| !refuses_unknown).map(by_code);
    let numbers = codes.codes.iter().map(|code| by_code(*code)).collect();
    let missing = Missing::refused_if(refuses_missing || codes.refuses_missing);
    table(fitted, codes.categories, numbers, unknown, missing)
}

/// Counts by category.
fn count(fitted: &Fitted<'_>, name: &str) -> Result<Table, ImportError> {
    let series = series(fitted, name)?;
    let groups = fitted.get("_min_group_size").and_then(|groups| groups.get(name)).filter(|own| !own.is_none());
    if let Some(groups) = groups {
        return Err(fitted.unsupported(format!("min_group_size={}", groups.preview(40))));
    }
    let missing = policy(fitted, "handle_missing", name);
    let missing = known(fitted, "handle_missing", missing, &["value", "error", "return_nan"])?;
    let unknown = policy(fitted, "handle_unknown", name);
    let fill = match unknown.filter(|value| value.text().is_none()).and_then(Value::as_i64) {
        Some(number) => Some(number as f64),
        None => match known(fitted, "handle_unknown", unknown, &["value", "error", "return_nan"])? {
            "value" if missing != "return_nan" => Some(0.0),
            "error" => None,
            _ => Some(f64::NAN),
        },
    };
    let one = |value: f64| vec![value];
    // A count that is missing is filled as that of an unknown category is.
    let numbers = series.values.iter().map(|value| one(if value.is_nan() { fill.unwrap_or(*value) } else { *value }));
    table(fitted, keys(&series), numbers.collect(), fill.map(one), Missing::refused_if(missing == "error"))
}

/// `sum / count` of the target by category. A category that the fit met once, and one that it never met, has the mean of
/// all rows: nothing is left when its own row is left out.
fn left_out(fitted: &Fitted<'_>, name: &str) -> Result<Table, ImportError> {
    let sums = frame::read(fitted, "mapping", entry(fitted, "mapping", name)?)?;
    if sums.width != 2 || sums.columns.as_deref().is_none_or(|columns| columns != ["sum", "count"]) {
        return Err(fitted.malformed("mapping", "is no table of sum and count"));
    }
    let mean = fitted.number("_mean")?;
    let unknown = known(fitted, "handle_unknown", fitted.get("handle_unknown"), &["value", "error", "return_nan"])?;
    let missing = known(fitted, "handle_missing", fitted.get("handle_missing"), &["value", "error", "return_nan"])?;
    let categories = keys(&sums);
    let rows = categories.iter().zip(sums.values.chunks_exact(2)).map(|(category, row)| match row {
        _ if *category == Category::Missing && missing == "return_nan" => vec![f64::NAN],
        [sum, count] if *count > 1.0 => vec![sum / count],
        _ => vec![mean],
    });
    let rows = rows.collect();
    let of = |policy: &str| if policy == "return_nan" { f64::NAN } else { mean };
    let unknown = (unknown != "error").then(|| vec![of(unknown)]);
    let missing = if missing == "error" { Missing::Refused } else { Missing::Row(vec![of(missing)]) };
    table(fitted, categories, rows, unknown, missing)
}
