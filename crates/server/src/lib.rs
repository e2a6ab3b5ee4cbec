//! The Fine server: API, sign-in, worker and web client in one process, and the command line around it.
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

pub mod api;
pub mod app;
pub mod auth;
pub mod cli;
pub mod config;
mod demo;
mod limits;
mod listen;
mod logs;
mod narrator;
mod observe;
mod problem;
mod reading;
mod sandbox;
pub mod serve;
mod spa;
mod state;
mod steady;
pub mod telemetry;
pub mod tls;
mod trail;
mod upload;
pub mod user;
mod worker;

pub use problem::{KINDS, Kind};
pub use sandbox::main as sandboxed;
