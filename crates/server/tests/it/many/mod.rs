//! Several processes around one PostgreSQL: servers without a worker, workers without a server.

mod access;
mod faults;
mod files;
mod observed;
mod operator;
mod secrets;
mod share;
mod site;
mod spread;
mod traced;
