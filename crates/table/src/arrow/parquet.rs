//! Parquet: columns are read in parallel, each straight into its final place.

use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use rayon::prelude::*;

use super::{cells, damaged, flat_names, guarded};
use crate::builder::Builder;
use crate::error::Problem;
use crate::read::check_shape;
use crate::{Column, Limits};

const BATCH_ROWS: usize = 16 << 10;

/// Reads a Parquet file.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Column>, Problem> {
    if bytes.len() < 12 || !bytes.ends_with(b"PAR1") {
        return Err(Problem::TruncatedParquet { bytes: bytes.len() as u64 });
    }
    let file = Bytes::copy_from_slice(bytes);
    let metadata = guarded("parquet", || {
        ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|e| damaged("parquet", e))
    })?;
    let names = flat_names(metadata.schema())?;
    let parquet = metadata.metadata();
    let rows = u64::try_from(parquet.file_metadata().num_rows()).map_err(|e| damaged("parquet", e))?;
    check_shape(rows, names.len(), limits)?;
    let expanded: i128 = parquet.row_groups().iter().map(|g| i128::from(g.total_byte_size())).sum();
    if expanded > i128::from(limits.decompressed_bytes) {
        return Err(Problem::TooLarge { limit: limits.decompressed_bytes });
    }
    let columns: Vec<Result<Column, Problem>> = names
        .into_par_iter()
        .enumerate()
        .map(|(i, name)| guarded("parquet", || column(&file, &metadata, i, name, rows, limits)))
        .collect();
    columns.into_iter().collect()
}

fn column(
    file: &Bytes,
    metadata: &ArrowReaderMetadata,
    index: usize,
    name: String,
    rows: u64,
    limits: &Limits,
) -> Result<Column, Problem> {
    let mask = ProjectionMask::roots(metadata.parquet_schema(), [index]);
    let batches = ParquetRecordBatchReaderBuilder::new_with_metadata(file.clone(), metadata.clone())
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS)
        .build()
        .map_err(|e| damaged("parquet", e))?;
    let mut builder = Builder::default();
    for batch in batches {
        let batch = batch.map_err(|e| damaged("parquet", format!("column {name:?}: {e}")))?;
        if builder.rows() as u64 + batch.num_rows() as u64 > rows {
            return Err(damaged("parquet", format!("column {name:?} has more rows than the file says")));
        }
        cells::append(batch.column(0), &name, &mut builder, limits)?;
    }
    if builder.rows() as u64 != rows {
        return Err(damaged("parquet", format!("column {name:?} has {} of {rows} rows", builder.rows())));
    }
    Ok(builder.finish(name, rows as usize))
}
