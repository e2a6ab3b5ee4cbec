//! Integration tests of the model crate.

#![allow(clippy::print_stdout)]

mod attacks;
mod chain;
mod golden;
mod hostile;
mod lifted;
mod matrix;
mod models;
mod mutations;
mod parts;
mod sklearn;
mod sklearn_hostile;
