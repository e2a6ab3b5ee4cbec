//! Integration tests of the model crate.

#![allow(clippy::print_stdout)]

mod chain;
mod golden;
mod hostile;
mod models;
mod sklearn;
mod sklearn_hostile;
