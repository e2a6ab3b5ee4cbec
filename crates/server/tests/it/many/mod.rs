//! Several processes around one PostgreSQL: servers without a worker, workers without a server.

mod faults;
mod files;
mod operator;
mod share;
mod site;
mod spread;
