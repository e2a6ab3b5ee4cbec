//! Integration tests of the model crate.

#![allow(clippy::print_stdout)]

mod golden;
mod hostile;
mod matrix;
mod models;
mod sklearn;
mod sklearn_hostile;
