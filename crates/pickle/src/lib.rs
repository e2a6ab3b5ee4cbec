//! Pickle, joblib and numpy content as an inert value graph. Nothing in a file is ever imported, called or built.
//!
//! [`Pickle::open`] takes the bytes of a file and [`Limits`]. It removes at most one layer of compression, runs the
//! pickle opcodes on an arena of [`Node`]s (an opcode can only add nodes, so sharing never expands and no walk
//! recurses), and keeps a log of every call that Python would have made, also of those whose result is thrown away.
//! [`Value`] reads the graph: attributes, dictionaries, numpy arrays and scalars in every form they are pickled in.
//!
//! The crate does no I/O and has no unsafe code. A file that breaks a rule ends in a [`PickleError`] with a stable
//! [`code`](PickleError::code); nothing is skipped in silence.
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

mod array;
mod calls;
mod classify;
mod container;
mod cursor;
mod dtype;
mod error;
mod graph;
mod joblib;
mod limits;
mod machine;
mod names;
mod opcodes;
mod pandas;
mod pickle;
mod text;
mod value;
mod zip;

pub use array::{Array, Scalar};
pub use calls::{Call, DangerousCall};
pub use classify::{NameKind, classify};
pub use container::{Compression, decompress, looks_like_pickle};
pub use dtype::{DType, Field, Kind};
pub use error::PickleError;
pub use graph::{Id, Import, Made, Node, Object, Span};
pub use limits::Limits;
pub use names::canonical;
pub use pickle::Pickle;
pub use value::Value;
pub use zip::Archive;
