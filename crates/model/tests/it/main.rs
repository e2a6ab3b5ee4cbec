//! Integration tests of the model crate.

#![allow(clippy::print_stdout)]

mod golden;
mod hostile;
mod models;
mod parts;
mod sklearn;
mod sklearn_hostile;
