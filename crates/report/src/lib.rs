//! An audit in words: language catalogues and the text report.
//!
//! The engine emits ids and numbers; this crate turns them into sentences. The catalogues in `catalogue/` are the only
//! source of those words; the web client reads the same files.
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

pub mod answers;
mod catalogue;
mod figures;
pub mod narrative;
mod text;
mod words;

pub use catalogue::{Catalogue, Language};
pub use text::{InWords, comparison_report, text_report};
pub use words::{finding_sentence, finding_title, recommendation, statement_sentence};

#[cfg(test)]
mod tests;
