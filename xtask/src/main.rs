//! Developer commands. `cargo xtask start` runs Fine, `cargo xtask test` runs every test; the README explains both.
#![allow(clippy::print_stdout, reason = "a command line talks to a person")]

mod bench;
mod check;
mod contract;
mod fuzz;
mod golden;
mod load;
mod matrix;
mod new_stage;
mod python;
mod run;
mod start;
mod suite;
mod tidy;
mod tools;
mod web;
mod words;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask start       build everything and start Fine with the demo workspace
cargo xtask test        run every check and test (Rust, web, browser) and count them
cargo xtask check       formatting, lints, file sizes, invariants, licences
cargo xtask golden      make the expected numbers again from the reference libraries (needs Python 3.11)
cargo xtask fuzz [SECONDS] [TARGET …] [--docs]  run each fuzz target for that long (60); --docs writes docs/fuzzing.md
cargo xtask golden --matrix       the same for the matrix of estimators and versions (needs Python 3.7 to 3.12)
cargo xtask golden --matrix-docs  write docs/model-matrix.md from a run of the matrix
cargo xtask bench       run Fine and the Python pipeline in turn on the same files: time, memory, agreement
cargo xtask contract    call every operation of the API as schemathesis would (after a build)
cargo xtask words       a small real language model beside an audit (after a build)
cargo xtask load [--audits N] [--docs docs/load.md] …  a server, a worker and the queue under load (needs PostgreSQL and Redis)
cargo xtask new-stage ID    lay the folders of a new audit stage";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let outcome = match (args.next().as_deref(), args.next()) {
        (Some("start"), rest) => start::start(rest.into_iter().chain(args).collect()),
        (Some("test"), None) => suite::test(),
        (Some("check"), None) => check::check(),
        (Some("contract"), None) => contract::only(),
        (Some("words"), None) => words::only(),
        (Some("golden"), None) => golden::golden(),
        (Some("fuzz"), rest) => fuzz::fuzz(&rest.into_iter().chain(args).collect::<Vec<_>>()),
        (Some("golden"), Some(what)) if what == "--matrix" => matrix::make(),
        (Some("golden"), Some(what)) if what == "--matrix-docs" => matrix::page(),
        (Some("bench"), rest) => bench::bench(rest.as_deref()),
        (Some("load"), rest) => load::load(rest.into_iter().chain(args).collect()),
        (Some("new-stage"), Some(id)) => new_stage::new_stage(&id),
        _ => {
            println!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
