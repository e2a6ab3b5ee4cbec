//! Arrow IPC files (Feather v2) and streams. Before the library decodes a message, its declared sizes are checked against
//! the bytes that are there, so that a hostile file cannot make it allocate what it does not hold.

use std::io::Cursor;

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::{Block, Message, root_as_footer, root_as_message};
use arrow_schema::{ArrowError, SchemaRef};
use rayon::prelude::*;

use super::{cells, damaged, flat_names, guarded};
use crate::builder::Builder;
use crate::error::Problem;
use crate::read::check_shape;
use crate::{Column, Limits};

/// Reads an IPC file.
pub(crate) fn file(bytes: &[u8], limits: &Limits) -> Result<Vec<Column>, Problem> {
    guarded("arrow-file", || {
        check_file(bytes, limits)?;
        let reader = FileReader::try_new(Cursor::new(bytes), None).map_err(|e| damaged("arrow-file", e))?;
        columns(&reader.schema(), reader, "arrow-file", limits)
    })
}

/// Reads an IPC stream.
pub(crate) fn stream(bytes: &[u8], limits: &Limits) -> Result<Vec<Column>, Problem> {
    guarded("arrow-stream", || {
        check_stream(bytes, limits)?;
        let reader = StreamReader::try_new(Cursor::new(bytes), None).map_err(|e| damaged("arrow-stream", e))?;
        columns(&reader.schema(), reader, "arrow-stream", limits)
    })
}

fn columns(
    schema: &SchemaRef,
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
    format: &str,
    limits: &Limits,
) -> Result<Vec<Column>, Problem> {
    let names = flat_names(schema)?;
    check_shape(0, names.len(), limits)?;
    let mut builders: Vec<Builder> = names.iter().map(|_| Builder::default()).collect();
    let mut rows = 0u64;
    for batch in batches {
        let batch = batch.map_err(|e| damaged(format, e))?;
        rows += batch.num_rows() as u64;
        check_shape(rows, names.len(), limits)?;
        let done: Vec<Result<(), Problem>> = builders
            .par_iter_mut()
            .zip(&names)
            .zip(batch.columns())
            .map(|((builder, name), array)| cells::append(array, name, builder, limits))
            .collect();
        done.into_iter().collect::<Result<(), _>>()?;
    }
    Ok(builders.into_iter().zip(names).map(|(b, name)| b.finish(name, rows as usize)).collect())
}

fn check_file(bytes: &[u8], limits: &Limits) -> Result<(), Problem> {
    let cut = || damaged("arrow-file", format!("cut off: {} bytes without the closing ARROW1", bytes.len()));
    let body = bytes.strip_suffix(b"ARROW1").ok_or_else(cut)?;
    let (body, length) = body.split_last_chunk::<4>().ok_or_else(cut)?;
    let length = usize::try_from(i32::from_le_bytes(*length)).map_err(|_| cut())?;
    let footer = body.len().checked_sub(length).and_then(|at| body.get(at..)).ok_or_else(cut)?;
    let footer = root_as_footer(footer).map_err(|e| damaged("arrow-file", e))?;
    let mut expanded = 0;
    for block in footer.dictionaries().into_iter().flatten().chain(footer.recordBatches().into_iter().flatten()) {
        check_block(bytes, block, &mut expanded, limits)?;
    }
    Ok(())
}

fn check_block(bytes: &[u8], block: &Block, expanded: &mut u64, limits: &Limits) -> Result<(), Problem> {
    let cut = || damaged("arrow-file", "a block lies outside the file");
    let start = usize::try_from(block.offset()).map_err(|_| cut())?;
    let meta = usize::try_from(block.metaDataLength()).map_err(|_| cut())?;
    let body = usize::try_from(block.bodyLength()).map_err(|_| cut())?;
    let meta_end = start.checked_add(meta).ok_or_else(cut)?;
    let body_end = meta_end.checked_add(body).ok_or_else(cut)?;
    let (head, body) = (bytes.get(start..meta_end).ok_or_else(cut)?, bytes.get(meta_end..body_end).ok_or_else(cut)?);
    let head = match head {
        [0xff, 0xff, 0xff, 0xff, _, _, _, _, rest @ ..] | [_, _, _, _, rest @ ..] => rest,
        _ => return Err(cut()),
    };
    let message = root_as_message(head).map_err(|e| damaged("arrow-file", e))?;
    check_buffers(&message, body, expanded, limits)
}

fn check_stream(bytes: &[u8], limits: &Limits) -> Result<(), Problem> {
    let cut = |at: usize| damaged("arrow-stream", format!("cut off in the message at byte {at}"));
    let (mut at, mut expanded) = (0, 0);
    while at < bytes.len() {
        let begin = at;
        let mut length = word(bytes, at).ok_or_else(|| cut(begin))?;
        at += 4;
        if length == u32::MAX {
            length = word(bytes, at).ok_or_else(|| cut(begin))?;
            at += 4;
        }
        if length == 0 {
            break;
        }
        let head = bytes.get(at..at + length as usize).ok_or_else(|| cut(begin))?;
        let message = root_as_message(head).map_err(|e| damaged("arrow-stream", e))?;
        at += length as usize;
        let body = usize::try_from(message.bodyLength()).map_err(|_| cut(begin))?;
        let end = at.checked_add(body).ok_or_else(|| cut(begin))?;
        check_buffers(&message, bytes.get(at..end).ok_or_else(|| cut(begin))?, &mut expanded, limits)?;
        at = end;
    }
    Ok(())
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.first_chunk::<4>().map(|b| u32::from_le_bytes(*b))
}

/// Buffers must lie inside the body; compressed ones say their real size in their first 8 bytes, which count against the
/// limit of decompressed bytes.
fn check_buffers(message: &Message<'_>, body: &[u8], expanded: &mut u64, limits: &Limits) -> Result<(), Problem> {
    let batch =
        message.header_as_record_batch().or_else(|| message.header_as_dictionary_batch().and_then(|d| d.data()));
    let Some(batch) = batch else { return Ok(()) };
    let compressed = batch.compression().is_some();
    for buffer in batch.buffers().into_iter().flatten() {
        let outside = || damaged("arrow", "a buffer lies outside its message");
        let start = usize::try_from(buffer.offset()).map_err(|_| outside())?;
        let length = usize::try_from(buffer.length()).map_err(|_| outside())?;
        let data = start.checked_add(length).and_then(|end| body.get(start..end)).ok_or_else(outside)?;
        if let (true, Some(size)) = (compressed, data.first_chunk::<8>()) {
            *expanded = expanded.saturating_add(u64::try_from(i64::from_le_bytes(*size)).unwrap_or(0));
            if *expanded > limits.decompressed_bytes {
                return Err(Problem::TooLarge { limit: limits.decompressed_bytes });
            }
        }
    }
    Ok(())
}
