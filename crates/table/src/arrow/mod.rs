//! Parquet and Arrow IPC.

mod cells;
mod ipc;
mod parquet;

pub(crate) use self::ipc::{file as ipc_file, stream as ipc_stream};
pub(crate) use self::parquet::read as parquet;

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_schema::{DataType, Schema};

use crate::error::Problem;

fn damaged(format: &str, detail: impl std::fmt::Display) -> Problem {
    Problem::DamagedFile { format: format.to_owned(), detail: detail.to_string() }
}

/// Runs a foreign decoder; a panic inside it on hostile bytes becomes an error like any other damage.
fn guarded<T>(format: &str, decode: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|_| Err(damaged(format, "the decoder gave up")))
}

/// Column names, with types a flat table can hold.
fn flat_names(schema: &Schema) -> Result<Vec<String>, Problem> {
    for field in schema.fields() {
        let mut kind = field.data_type();
        if let DataType::Dictionary(_, values) = kind {
            kind = values;
        }
        if !is_flat(kind) {
            return Err(Problem::UnsupportedColumn {
                column: field.name().clone(),
                kind: field.data_type().to_string(),
            });
        }
    }
    let names = schema.fields().iter().map(|f| f.name().clone()).collect();
    crate::header::name_columns(names, &mut Vec::new())
}

fn is_flat(kind: &DataType) -> bool {
    kind.is_numeric()
        || kind.is_binary()
        || matches!(
            kind,
            DataType::Null
                | DataType::Boolean
                | DataType::Utf8
                | DataType::LargeUtf8
                | DataType::Utf8View
                | DataType::Date32
                | DataType::Date64
                | DataType::Timestamp(..)
                | DataType::Time32(_)
                | DataType::Time64(_)
        )
}
