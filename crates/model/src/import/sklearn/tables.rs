//! `TargetEncoder`, `LabelEncoder`, `LabelBinarizer`.

use super::transform::{categories, category};
use super::{Fitted, ImportError};
use crate::steps::{Categories, Category, Lookup, Step, Table, label_codes};

/// `sklearn.preprocessing.TargetEncoder`: an unknown or missing category is the mean of the target.
pub(super) fn target(fitted: &Fitted<'_>) -> Result<Step, ImportError> {
    let kind = fitted.choice("target_type_", &["binary", "multiclass", "continuous"])?;
    let lists = categories(fitted)?;
    let outputs = match kind.as_str() {
        "multiclass" => fitted.classes()?.len(),
        _ => 1,
    };
    let means = fitted.numbers("target_mean_")?;
    let encodings = fitted.list("encodings_")?;
    let wrong = || fitted.malformed("encodings_", "does not fit its categories");
    if encodings.len() != lists.len() * outputs || means.len() != outputs {
        return Err(wrong());
    }
    let mut encodings = encodings.into_iter();
    let mut columns = Vec::with_capacity(lists.len());
    for list in lists {
        let own = encodings.by_ref().take(outputs).map(|encoding| {
            encoding.array().and_then(|array| array.to_f64()).map_err(|error| fitted.wrong("encodings_", &error))
        });
        let own: Vec<Vec<f64>> = own.collect::<Result<_, _>>()?;
        if own.iter().any(|encoding| encoding.len() != list.len()) {
            return Err(wrong());
        }
        let values = (0..list.len()).flat_map(|code| own.iter().map(move |encoding| encoding[code])).collect();
        let table = Table::new(list, values, outputs, Some(means.clone()), Some(means.clone())).ok_or_else(wrong)?;
        columns.push(Some(table));
    }
    Ok(Step::Lookup(Lookup { columns }))
}

fn labels(fitted: &Fitted<'_>) -> Result<Vec<Category>, ImportError> {
    Ok(fitted.scalars("classes_", fitted.need("classes_")?)?.into_iter().map(category).collect())
}

/// `LabelEncoder` over one column.
pub(super) fn label_encoder(fitted: &Fitted<'_>) -> Result<Step, ImportError> {
    let table = label_codes(labels(fitted)?).ok_or_else(|| fitted.malformed("classes_", "is too long"))?;
    Ok(Step::Lookup(Lookup { columns: vec![Some(table)] }))
}

/// `LabelBinarizer` over one column: an indicator a class, one column for two classes; an unknown label is in no class.
pub(super) fn label_binarizer(fitted: &Fitted<'_>) -> Result<(Step, bool), ImportError> {
    fitted.choice("y_type_", &["binary", "multiclass"])?;
    let (no, yes) = (fitted.number("neg_label")?, fitted.number("pos_label")?);
    let labels = labels(fitted)?;
    let count = labels.len();
    let outputs = if count <= 2 { 1 } else { count };
    /// Classes, each of which is a column.
    const MOST: usize = 1 << 12;
    if count > MOST {
        return Err(ImportError::Limit { what: "classes", value: count as u64, limit: MOST as u64 });
    }
    let cell = |code: usize, output: usize| match count {
        0 | 1 => no,
        2 => {
            if code == 1 {
                yes
            } else {
                no
            }
        }
        _ => {
            if code == output {
                yes
            } else {
                no
            }
        }
    };
    let values = (0..count).flat_map(|code| (0..outputs).map(move |output| cell(code, output))).collect();
    let table = Table::new(Categories::new(labels), values, outputs, Some(vec![no; outputs]), None);
    let table = table.ok_or_else(|| fitted.malformed("classes_", "is too long"))?;
    Ok((Step::Lookup(Lookup { columns: vec![Some(table)] }), fitted.flag("sparse_output", false)?))
}
