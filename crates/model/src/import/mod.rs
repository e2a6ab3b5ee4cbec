//! Opening model files: bytes and limits in, a validated [`crate::Model`] or a typed error out.

mod error;
mod limits;

pub use error::ImportError;
pub use limits::Limits;
