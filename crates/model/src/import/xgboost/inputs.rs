//! Feature names, kinds and stored categories.

use super::super::ImportError;
use super::super::doc::{Doc, malformed};
use crate::{Feature, FeatureKind, Input, Label};

/// The raw columns of a booster.
pub(super) struct Columns {
    pub(super) features: Vec<Feature>,
    pub(super) inputs: Vec<Input>,
    pub(super) named: bool,
}

/// `zero_missing` is for `gblinear`, which skips missing values.
pub(super) fn read(
    learner: &Doc,
    model: Option<&Doc>,
    count: usize,
    zero_missing: bool,
) -> Result<Columns, ImportError> {
    let names = learner.texts("feature_names")?;
    let named = !names.is_empty();
    if named && names.len() != count {
        return Err(malformed("feature_names", format!("{} names for {count} features", names.len())));
    }
    let mut columns = Columns { features: Vec::new(), inputs: Vec::new(), named };
    let stored = match model.and_then(|m| m.find("cats.enc")) {
        Some(Doc::List(list)) => list.as_slice(),
        _ => &[],
    };
    for i in 0..count {
        let name = names.get(i).cloned().unwrap_or_else(|| format!("x{i}"));
        let categories = stored.get(i).map_or(Ok(Vec::new()), categories)?;
        let (kind, input) = if categories.is_empty() {
            (FeatureKind::Number, if zero_missing { Input::NumberOrZero } else { Input::Number })
        } else {
            let text = matches!(categories[0], Label::Text(_));
            let kind = if text { FeatureKind::Text } else { FeatureKind::Any };
            // The library refuses a category that it was not trained with.
            (kind, Input::Category { categories: categories.into(), strict: true })
        };
        columns.features.push(Feature { name, kind });
        columns.inputs.push(input);
    }
    Ok(columns)
}

/// The categories of one feature: text as `offsets` into UTF-8 `values`, or numbers as `values` (XGBoost 3.1 and later).
fn categories(column: &Doc) -> Result<Vec<Label>, ImportError> {
    let values = column.numbers("values")?;
    if column.find("offsets").is_none() {
        let whole = values.iter().all(|v| v.fract() == 0.0 && v.abs() < 9e15);
        let label = |v: &f64| if whole { Label::Int(*v as i64) } else { Label::Float(*v) };
        return Ok(values.iter().map(label).collect());
    }
    let bytes: Vec<u8> = values.iter().map(|v| *v as i64 as u8).collect();
    let offsets = column.numbers("offsets")?;
    offsets
        .windows(2)
        .map(|pair| {
            let text = bytes.get(pair[0] as usize..pair[1] as usize);
            text.map(|b| Label::Text(String::from_utf8_lossy(b).into_owned()))
                .ok_or_else(|| malformed("cats.enc", "offsets do not rise within the values"))
        })
        .collect()
}

/// True when a category is not ASCII. With pandas text XGBoost counts characters where it means bytes, so such
/// categories may be cut at the wrong place; their cells are then refused as unknown.
pub(super) fn beyond_ascii(columns: &Columns) -> bool {
    columns.inputs.iter().any(|input| match input {
        Input::Category { categories, .. } => categories.iter().any(|c| matches!(c, Label::Text(s) if !s.is_ascii())),
        Input::Number | Input::NumberOrZero => false,
    })
}
