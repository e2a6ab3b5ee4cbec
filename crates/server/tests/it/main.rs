//! The server as its clients see it: real HTTP on a free port, a data folder of its own.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod account;
mod app;
mod asked;
mod attacks;
mod audits;
mod auth;
mod backup;
mod bad_input;
mod files;
mod http;
mod issuer;
mod keys;
mod keysets;
mod kill;
mod many;
mod metrics;
mod model_reading;
mod narrative;
mod openapi;
mod ownership;
mod policy;
mod questions;
mod sandbox;
mod scan;
mod selftest;
mod settings;
mod tokens;
mod uploads;
mod words;
