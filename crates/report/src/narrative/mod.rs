//! Sentences about an audit that others write, and the proof that they say what the audit says.
//!
//! [`facts`] takes the aggregates out of a result; [`digest`] writes them for a language model without one byte of the
//! data's own words; [`fill`] puts names and numbers into its answer; [`verify`] refuses every sentence that it cannot prove.

mod bind;
mod claims;
mod compare;
mod context;
mod digest;
mod fact;
mod facts;
mod groups;
mod guards;
mod lexicon;
mod meaning;
mod names;
mod number;
mod order;
mod phrasing;
mod reading;
mod tables;
mod token;
mod verify;

pub use digest::{FillError, digest, fill, forms, glossary};
pub use fact::{Area, Fact, Facts, Part, Place, Role, Scoped, Unit};
pub use facts::facts;
pub use names::Name;
pub use verify::{Checked, Kind, Rejection, lexicon_version, verify};

#[cfg(test)]
mod corpus_tests;
#[cfg(test)]
mod say_tests;
#[cfg(test)]
mod tests;
