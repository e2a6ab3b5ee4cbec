//! Arrow arrays into columns.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, DecimalType, Float16Type,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};

use super::damaged;
use crate::Limits;
use crate::builder::Builder;
use crate::error::Problem;

/// Appends the cells of one array to a column.
pub(super) fn append(array: &ArrayRef, name: &str, to: &mut Builder, limits: &Limits) -> Result<(), Problem> {
    let int = |b: &mut Builder, v: i128| b.push_int(v);
    match array.data_type() {
        DataType::Null => to.push_missing(array.len()),
        DataType::Boolean => {
            for value in array.as_boolean() {
                match value {
                    Some(v) => to.push_bool(v),
                    None => to.push_missing(1),
                }
            }
        }
        DataType::Int8 => each(array.as_primitive::<Int8Type>(), to, |b, v| int(b, v.into())),
        DataType::Int16 => each(array.as_primitive::<Int16Type>(), to, |b, v| int(b, v.into())),
        DataType::Int32 => each(array.as_primitive::<Int32Type>(), to, |b, v| int(b, v.into())),
        DataType::Int64 => each(array.as_primitive::<Int64Type>(), to, |b, v| int(b, v.into())),
        DataType::UInt8 => each(array.as_primitive::<UInt8Type>(), to, |b, v| int(b, v.into())),
        DataType::UInt16 => each(array.as_primitive::<UInt16Type>(), to, |b, v| int(b, v.into())),
        DataType::UInt32 => each(array.as_primitive::<UInt32Type>(), to, |b, v| int(b, v.into())),
        DataType::UInt64 => each(array.as_primitive::<UInt64Type>(), to, |b, v| int(b, v.into())),
        DataType::Float16 => each(array.as_primitive::<Float16Type>(), to, |b, v| b.push_float(v.to_f64())),
        DataType::Float32 => each(array.as_primitive::<Float32Type>(), to, |b, v| b.push_float(v.into())),
        DataType::Float64 => each(array.as_primitive::<Float64Type>(), to, |b, v| b.push_float(v)),
        DataType::Decimal32(..) => decimal::<Decimal32Type>(array, to),
        DataType::Decimal64(..) => decimal::<Decimal64Type>(array, to),
        DataType::Decimal128(..) => decimal::<Decimal128Type>(array, to),
        DataType::Decimal256(..) => decimal::<Decimal256Type>(array, to),
        DataType::Dictionary(_, values) => return dictionary(array, values, name, to, limits),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => return strings(array, name, to, limits),
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => times(array, to),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            return binaries(array, name, to, limits);
        }
        DataType::Time32(_) | DataType::Time64(_) => {
            let text = arrow_cast::cast(array, &DataType::Utf8).map_err(|e| damaged("arrow", e))?;
            return strings(&text, name, to, limits);
        }
        other => return Err(Problem::UnsupportedColumn { column: name.to_owned(), kind: other.to_string() }),
    }
    Ok(())
}

fn each<T: arrow_array::ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    to: &mut Builder,
    push: impl Fn(&mut Builder, T::Native),
) {
    for value in array {
        match value {
            Some(v) => push(to, v),
            None => to.push_missing(1),
        }
    }
}

/// Decimals to the nearest `f64`, through their text.
fn decimal<T: DecimalType>(array: &ArrayRef, to: &mut Builder) {
    let array = array.as_primitive::<T>();
    for row in 0..array.len() {
        if array.is_null(row) {
            to.push_missing(1);
        } else {
            to.push_float(array.value_as_string(row).parse().unwrap_or(f64::NAN));
        }
    }
}

fn times(array: &ArrayRef, to: &mut Builder) {
    const DAY: f64 = 86_400e6;
    match array.data_type() {
        DataType::Date32 => each(array.as_primitive::<Date32Type>(), to, |b, v| b.push_time(f64::from(v) * DAY)),
        DataType::Date64 => each(array.as_primitive::<Date64Type>(), to, |b, v| b.push_time(v as f64 * 1e3)),
        DataType::Timestamp(TimeUnit::Second, _) => {
            each(array.as_primitive::<TimestampSecondType>(), to, |b, v| b.push_time(v as f64 * 1e6));
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            each(array.as_primitive::<TimestampMillisecondType>(), to, |b, v| b.push_time(v as f64 * 1e3));
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            each(array.as_primitive::<TimestampMicrosecondType>(), to, |b, v| b.push_time(v as f64));
        }
        _ => each(array.as_primitive::<TimestampNanosecondType>(), to, |b, v| b.push_time(v.div_euclid(1000) as f64)),
    }
}

fn push_text(text: &str, name: &str, to: &mut Builder, limits: &Limits) -> Result<(), Problem> {
    if text.len() > limits.cell_bytes {
        return Err(Problem::CellTooLarge {
            line: to.rows() as u64 + 1,
            column: name.to_owned(),
            bytes: text.len(),
            limit: limits.cell_bytes,
        });
    }
    to.push_text(text.as_bytes());
    if to.text_bytes() as u64 > limits.decompressed_bytes {
        return Err(Problem::TooLarge { limit: limits.decompressed_bytes });
    }
    Ok(())
}

fn push_cell(cell: Option<&str>, name: &str, to: &mut Builder, limits: &Limits) -> Result<(), Problem> {
    match cell {
        Some(text) => push_text(text, name, to, limits),
        None => {
            to.push_missing(1);
            Ok(())
        }
    }
}

fn strings(array: &ArrayRef, name: &str, to: &mut Builder, limits: &Limits) -> Result<(), Problem> {
    let mut push = |cell: Option<&str>| push_cell(cell, name, to, limits);
    match array.data_type() {
        DataType::LargeUtf8 => array.as_string::<i64>().iter().try_for_each(&mut push),
        DataType::Utf8View => array.as_string_view().iter().try_for_each(&mut push),
        _ => array.as_string::<i32>().iter().try_for_each(&mut push),
    }
}

/// Dictionary columns: strings are looked up row by row, so that categories come in order of first appearance and a few
/// long strings are not multiplied; other values are expanded.
fn dictionary(
    array: &ArrayRef,
    values: &DataType,
    name: &str,
    to: &mut Builder,
    limits: &Limits,
) -> Result<(), Problem> {
    let dictionary = array.as_any_dictionary();
    if dictionary.values().is_empty() {
        to.push_missing(array.len());
        return Ok(());
    }
    let distinct = dictionary.values();
    let text = |key: usize| match values {
        DataType::Utf8 => Some(distinct.as_string::<i32>().value(key)),
        DataType::LargeUtf8 => Some(distinct.as_string::<i64>().value(key)),
        DataType::Utf8View => Some(distinct.as_string_view().value(key)),
        _ => None,
    };
    if !matches!(values, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) {
        let plain = arrow_cast::cast(array, values).map_err(|e| damaged("arrow", e))?;
        return append(&plain, name, to, limits);
    }
    let keys = dictionary.normalized_keys();
    for (row, key) in keys.into_iter().enumerate() {
        let present = dictionary.keys().is_valid(row) && distinct.is_valid(key);
        push_cell(if present { text(key) } else { None }, name, to, limits)?;
    }
    Ok(())
}

/// Bytes that are UTF-8 (old Parquet writers mark no text).
fn binaries(array: &ArrayRef, name: &str, to: &mut Builder, limits: &Limits) -> Result<(), Problem> {
    let mut push = |cell: Option<&[u8]>| {
        let text = cell
            .map(std::str::from_utf8)
            .transpose()
            .map_err(|_| Problem::UnsupportedColumn { column: name.to_owned(), kind: array.data_type().to_string() })?;
        push_cell(text, name, to, limits)
    };
    match array.data_type() {
        DataType::LargeBinary => array.as_binary::<i64>().iter().try_for_each(&mut push),
        DataType::BinaryView => array.as_binary_view().iter().try_for_each(&mut push),
        DataType::FixedSizeBinary(_) => array.as_fixed_size_binary().iter().try_for_each(&mut push),
        _ => array.as_binary::<i32>().iter().try_for_each(&mut push),
    }
}
