//! Integration tests of the model crate.

#![allow(clippy::print_stdout)]

/// Counts what is allocated.
#[global_allocator]
static MEMORY: &stats_alloc::StatsAlloc<std::alloc::System> = &stats_alloc::INSTRUMENTED_SYSTEM;

mod attacks;
mod chain;
mod golden;
mod hostile;
mod lifted;
mod matrix;
mod memory;
mod models;
mod mutations;
mod parts;
mod sklearn;
mod sklearn_hostile;
