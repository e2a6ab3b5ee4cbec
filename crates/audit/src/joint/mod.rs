//! The audited table beside its reference: columns in one form, and what the rows of each count as evidence.

mod cells;
mod sides;

pub(crate) use cells::Cells;
pub(crate) use sides::{Side, sides};
