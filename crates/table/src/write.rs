//! Tables as CSV and Parquet bytes, for predictions.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::{Column, NumberKind, Table, Values};

/// A table that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("write the table: {0}")]
pub struct WriteError(String);

/// CSV with a header, commas, quotes where needed and `\n` line ends. Numbers are the shortest text that reads back to the
/// same `f64`; whole-number columns have no fraction; missing cells are empty; truth values are `True` and `False` as pandas
/// writes them; times are microseconds since 1970.
///
/// # Errors
/// When the writer fails, which memory alone can cause.
pub fn write_csv(table: &Table) -> Result<Vec<u8>, WriteError> {
    let failed = |e: &dyn std::fmt::Display| WriteError(e.to_string());
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(table.columns().iter().map(|c| &c.name)).map_err(|e| failed(&e))?;
    let mut number = String::new();
    for row in 0..table.rows() {
        for column in table.columns() {
            let cell = column.str_at(row).unwrap_or_else(|| {
                spell(column, row, &mut number);
                &number
            });
            writer.write_field(cell).map_err(|e| failed(&e))?;
        }
        writer.write_record(None::<&[u8]>).map_err(|e| failed(&e))?;
    }
    writer.into_inner().map_err(|e| failed(&e))
}

fn spell(column: &Column, row: usize, to: &mut String) {
    use std::fmt::Write;
    to.clear();
    let Values::Number { kind, values } = &column.values else { return };
    let v = values[row];
    let written = match kind {
        _ if v.is_nan() => Ok(()),
        NumberKind::Bool => write!(to, "{}", if v == 0.0 { "False" } else { "True" }),
        NumberKind::Int | NumberKind::Time => write!(to, "{v}"),
        NumberKind::Float => write!(to, "{v:?}"),
    };
    written.expect("writing to a string cannot fail");
}

/// Parquet with Zstandard: `DOUBLE`, `INT64`, `BOOLEAN`, `STRING` and `TIMESTAMP(MICROS, UTC)` columns, missing cells null.
///
/// # Errors
/// When the writer fails, which memory alone can cause.
pub fn write_parquet(table: &Table) -> Result<Vec<u8>, WriteError> {
    let failed = |e: &dyn std::fmt::Display| WriteError(e.to_string());
    let arrays = table.columns().iter().map(|c| (c.name.as_str(), array(c), true));
    let batch = RecordBatch::try_from_iter_with_nullable(arrays).map_err(|e| failed(&e))?;
    let level = ZstdLevel::try_new(3).map_err(|e| failed(&e))?;
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).map_err(|e| failed(&e))?;
    writer.write(&batch).map_err(|e| failed(&e))?;
    writer.into_inner().map_err(|e| failed(&e))
}

fn array(column: &Column) -> ArrayRef {
    let present = |v: &f64| (!v.is_nan()).then_some(*v);
    match &column.values {
        Values::Text { .. } => Arc::new(StringArray::from_iter((0..column.len()).map(|r| column.str_at(r)))),
        Values::Number { kind: NumberKind::Bool, values } => {
            Arc::new(BooleanArray::from_iter(values.iter().map(|v| present(v).map(|v| v != 0.0))))
        }
        Values::Number { kind: NumberKind::Int, values } => {
            Arc::new(Int64Array::from_iter(values.iter().map(|v| present(v).map(|v| v as i64))))
        }
        Values::Number { kind: NumberKind::Float, values } => {
            Arc::new(Float64Array::from_iter(values.iter().map(present)))
        }
        Values::Number { kind: NumberKind::Time, values } => Arc::new(
            TimestampMicrosecondArray::from_iter(values.iter().map(|v| present(v).map(|v| v as i64)))
                .with_timezone("UTC"),
        ),
    }
}
