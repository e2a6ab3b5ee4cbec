//! pandas `Series` and `DataFrame` of numbers inside of fitted encoders.

use fine_pickle::{Scalar, Value};

use super::{Fitted, ImportError};

/// A table of numbers with a label a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) index: Vec<Scalar>,
    /// Names of the columns, where all are text; `None` for a series.
    pub(super) columns: Option<Vec<String>>,
    /// Number of columns; 1 for a series.
    pub(super) width: usize,
    /// Row-major `[index x width]`; missing is `NaN`.
    pub(super) values: Vec<f64>,
}

/// Reads a series or a frame, in the layout of pandas before 2 (`{'0.14.1': …}`) or later (blocks as arguments).
pub(super) fn read(fitted: &Fitted<'_>, attr: &str, value: Value<'_>) -> Result<Frame, ImportError> {
    let wrong = |detail: &str| fitted.malformed(attr, format!("{detail}, where pandas data is expected"));
    let class = value.class_key().filter(|(package, _)| *package == "pandas").map(|(_, class)| class);
    let is_series = match class {
        Some("Series") => true,
        Some("DataFrame") => false,
        _ => return Err(wrong(&format!("is {}", value.preview(40)))),
    };
    let manager = value.attr("_mgr").or_else(|| value.attr("_data")).ok_or_else(|| wrong("has no blocks"))?;
    let (axes, blocks) = parts(manager).ok_or_else(|| wrong("has unknown blocks"))?;
    let index = if is_series { axes.first() } else { axes.get(1) };
    let index = fitted.scalars(attr, *index.ok_or_else(|| wrong("has no index"))?)?;
    let (width, columns_named) = if is_series {
        (1, None)
    } else {
        let labels = fitted.scalars(attr, axes[0])?;
        let name = |label: &Scalar| if let Scalar::Text(name) = label { Some(name.clone()) } else { None };
        (labels.len(), labels.iter().map(name).collect())
    };
    let mut parts = Vec::new();
    for (own, place) in blocks {
        let numbers = own.array().and_then(|array| array.to_f64()).map_err(|error| fitted.wrong(attr, &error))?;
        let columns = if is_series { vec![0] } else { columns(place, width).ok_or_else(|| wrong("has odd blocks"))? };
        if columns.len().checked_mul(index.len()) != Some(numbers.len()) {
            return Err(wrong("has blocks of another size"));
        }
        parts.push((columns, numbers));
    }
    // Sized by the numbers that were read, not by the labels.
    let cells = parts.iter().map(|(_, numbers)| numbers.len()).sum();
    if index.len().checked_mul(width) != Some(cells) {
        return Err(wrong("lacks blocks"));
    }
    let mut values = vec![f64::NAN; cells];
    let mut filled = vec![index.is_empty(); width];
    for (columns, numbers) in parts {
        for (column, numbers) in columns.iter().zip(numbers.chunks_exact(index.len().max(1))) {
            filled[*column] = true;
            values.iter_mut().skip(*column).step_by(width.max(1)).zip(numbers).for_each(|(to, from)| *to = *from);
        }
    }
    match filled.iter().all(|filled| *filled) {
        true => Ok(Frame { index, columns: columns_named, width, values }),
        false => Err(wrong("has blocks of the same columns")),
    }
}

/// Axes, and blocks with their places.
type Parts<'p> = (Vec<Value<'p>>, Vec<(Value<'p>, Value<'p>)>);

fn parts(manager: Value<'_>) -> Option<Parts<'_>> {
    if let Some(state) = manager.state().and_then(Value::tuple) {
        // (axes, block values, block items, {'0.14.1': {'axes': …, 'blocks': [{'values': …, 'mgr_locs': …}]}})
        let newest = state.get(3)?.get("0.14.1")?;
        let blocks = newest.get("blocks")?.items().ok()?.into_iter();
        let blocks = blocks.map(|block| Some((block.get("values")?, block.get("mgr_locs")?)));
        return Some((newest.get("axes")?.items().ok()?, blocks.collect::<Option<_>>()?));
    }
    let args = manager.args();
    let [blocks, axes] = args.as_slice() else { return None };
    // `_unpickle_block(values, placement, ndim)`
    let mut out = Vec::new();
    for block in blocks.items().ok()? {
        let args = block.args();
        out.push((*args.first()?, *args.get(1)?));
    }
    Some((axes.items().ok()?, out))
}

/// Columns of a block: a slice or positions.
fn columns(place: Value<'_>, width: usize) -> Option<Vec<usize>> {
    let inside = |column: i64| usize::try_from(column).ok().filter(|column| *column < width);
    if place.class() == Some("builtins.slice") {
        let args = place.args();
        let (start, stop, step) = (args.first()?.as_i64()?, args.get(1)?.as_i64()?, args.get(2)?.as_i64().unwrap_or(1));
        if step < 1 || stop > width as i64 {
            return None;
        }
        return (start..stop).step_by(usize::try_from(step).ok()?).map(inside).collect();
    }
    place.array().ok()?.to_i64().ok()?.into_iter().map(inside).collect()
}
