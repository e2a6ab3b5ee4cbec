//! The one door for table files: bytes in, typed table or typed error out.

use crate::error::{Problem, TableError};
use crate::facts::{Compression, Format, ReadFacts, ReadTable};
use crate::identify::{self, Content};
use crate::{Column, Limits, Table, arrow, csv, decompress, json, text};

/// Reads a table. What the file is (CSV, TSV, Parquet, Arrow IPC, JSON; gzip or Zstandard around it; encoding, delimiter,
/// decimal mark) is found in its bytes; `name` only labels errors.
///
/// # Errors
/// [`TableError`] with a stable slug, naming line, column or byte, when the file is no table, is damaged, or is beyond a
/// limit. No input panics.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<ReadTable, TableError> {
    read_any(bytes, limits).map_err(|problem| TableError { file: name.to_owned(), problem })
}

fn read_any(bytes: &[u8], limits: &Limits) -> Result<ReadTable, Problem> {
    if bytes.len() as u64 > limits.bytes {
        return Err(Problem::TooLarge { limit: limits.bytes });
    }
    match identify::compression(bytes) {
        None => read_plain(bytes, None, limits),
        Some(compression) => {
            let inner = decompress::decompress(bytes, compression, limits)?;
            read_plain(&inner, Some(compression), limits)
        }
    }
}

fn read_plain(bytes: &[u8], compression: Option<Compression>, limits: &Limits) -> Result<ReadTable, Problem> {
    if bytes.trim_ascii().is_empty() {
        return Err(Problem::EmptyFile);
    }
    let (columns, mut facts) = match identify::content(bytes)? {
        Content::Table(Format::Parquet) => (arrow::parquet(bytes, limits)?, ReadFacts::of(Format::Parquet)),
        Content::Table(Format::ArrowFile) => (arrow::ipc_file(bytes, limits)?, ReadFacts::of(Format::ArrowFile)),
        Content::Table(_) => (arrow::ipc_stream(bytes, limits)?, ReadFacts::of(Format::ArrowStream)),
        Content::Text => read_text(bytes, limits)?,
    };
    facts.compression = compression;
    let count = columns.len();
    let table = Table::new(columns).ok_or_else(|| Problem::DamagedFile {
        format: facts.format.id().to_owned(),
        detail: "uneven columns".into(),
    })?;
    if table.rows() == 0 {
        return Err(Problem::NoRows { columns: count });
    }
    Ok(ReadTable { table, facts })
}

fn read_text(bytes: &[u8], limits: &Limits) -> Result<(Vec<Column>, ReadFacts), Problem> {
    let decoded = text::decode(bytes)?;
    let start = decoded.text.trim_start();
    if start.is_empty() {
        return Err(Problem::EmptyFile);
    }
    let (columns, mut facts) = match json::layout(start) {
        Some(json::Layout::Lines) => (json::lines(&decoded.text, limits)?, ReadFacts::of(Format::JsonLines)),
        Some(json::Layout::Array) => (json::array(&decoded.text, limits)?, ReadFacts::of(Format::JsonArray)),
        Some(json::Layout::Document) => return Err(Problem::NotATable { found: "json-document".to_owned() }),
        None => csv::read(&decoded.text, limits)?,
    };
    facts.encoding = Some(decoded.encoding);
    facts.warnings.extend(decoded.warning);
    Ok((columns, facts))
}

/// Refuses a table beyond the limits.
pub(crate) fn check_shape(rows: u64, columns: usize, limits: &Limits) -> Result<(), Problem> {
    if columns > limits.columns {
        return Err(Problem::TooManyColumns { found: columns, limit: limits.columns });
    }
    if rows > limits.rows {
        return Err(Problem::TooManyRows { limit: limits.rows });
    }
    let cells = rows.saturating_mul(columns as u64);
    if cells > limits.cells {
        return Err(Problem::TooManyCells { found: cells, limit: limits.cells });
    }
    Ok(())
}
