//! `docs/model-matrix.md`: the results, for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use super::Result;
use super::answers::numbers;
use super::compare::Outcome;
use super::refused::Entry;

/// Results of one estimator, method and version.
#[derive(Default)]
struct Cell {
    passed: usize,
    refused: usize,
    failed: usize,
    largest: f64,
}

/// Versions of the library that the result is about, e.g. of XGBoost.
fn library_version(result: &Result) -> String {
    result.case.versions.get(&result.case.library).cloned().unwrap_or_default()
}

fn newest_first(versions: BTreeSet<String>) -> Vec<String> {
    let mut versions: Vec<String> = versions.into_iter().collect();
    versions.sort_by_key(|v| std::cmp::Reverse(numbers(v)));
    versions
}

/// A difference, rounded up to a power of ten.
fn bound(difference: f64) -> String {
    if difference == 0.0 { "0".to_owned() } else { format!("1e{}", difference.log10().ceil()) }
}

fn shown(cell: &Cell) -> String {
    let all = cell.passed + cell.refused + cell.failed;
    let mut text = match (cell.passed, cell.refused) {
        (0, 0) => String::new(),
        (0, _) => "refused".to_owned(),
        _ => bound(cell.largest),
    };
    if cell.passed > 0 && cell.passed < all {
        let _ = write!(text, " ({}/{all})", cell.passed);
    }
    if cell.failed > 0 {
        let _ = write!(text, " **{} failed**", cell.failed);
    }
    text
}

/// The page of these results.
pub fn render(results: &[Result], list: &[Entry]) -> String {
    let count = |test: fn(&Outcome) -> bool| results.iter().filter(|r| test(&r.outcome)).count();
    let passed = count(|o| matches!(o, Outcome::Passed { .. }));
    let refused = count(|o| matches!(o, Outcome::Refused { .. }));
    let failed = count(|o| matches!(o, Outcome::Failed { .. }));
    let estimators: BTreeSet<_> = results.iter().map(|r| (&r.case.library, &r.case.estimator)).collect();
    let versions = newest_first(results.iter().map(|r| r.case.version().to_owned()).collect());
    let mut out = String::from("# Model matrix\n\n");
    out += "Made by `cargo xtask golden --matrix-docs` from a test run; do not edit. Each case is a model file that a library\n\
            wrote, sixty rows, and what the library itself answered for them (`golden/matrix/`). Fine reads the file without\n\
            Python, predicts the same rows, and the answers are compared.\n\n";
    let _ = writeln!(
        out,
        "**{} cases of {} estimators with scikit-learn {}: {passed} pass, {refused} are refused, {failed} fail.**\n",
        results.len(),
        estimators.len(),
        versions.join(", ")
    );
    out += "A number is the largest difference to the library, relative to the largest value of its column and rounded up to a\n\
            power of ten; 0 is equal to the last bit. `predict` of a classifier compares labels. `transform` compares the matrix\n\
            that the steps make. *Refused* means that Fine says that it does not run the model, and why; (8/10) means that 8 of\n\
            10 cases run and the others are refused. An empty cell was not tested: the class or option is not in that version.\n";
    let areas: BTreeSet<&str> = results.iter().map(|r| r.case.area.as_str()).collect();
    for area in areas {
        section(&mut out, area, &results.iter().filter(|r| r.case.area == area).collect::<Vec<_>>());
    }
    out += "\n## Refused\n\n| cases | scikit-learn | error | why |\n|---|---|---|---|\n";
    for entry in list {
        let versions = if entry.versions.is_empty() { "all".to_owned() } else { entry.versions.join(", ") };
        let _ = writeln!(out, "| `{}` | {versions} | {} | {} |", entry.cases.join("`, `"), entry.error, entry.why);
    }
    let failures: Vec<&Result> = results.iter().filter(|r| matches!(r.outcome, Outcome::Failed { .. })).collect();
    if !failures.is_empty() {
        out += "\n## Failed\n\n";
        for r in failures {
            let Outcome::Failed { why } = &r.outcome else { continue };
            let _ = writeln!(out, "- `{}` {}: {why}", r.case.name, r.case.version());
        }
    }
    out
}

fn section(out: &mut String, area: &str, results: &[&Result]) {
    let mut rows: BTreeMap<(&str, &str, &str), BTreeMap<String, Cell>> = BTreeMap::new();
    // An estimator that some version runs has its refusals in those rows, otherwise in a row without a method.
    let mut methods: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for r in results {
        let known = methods.entry((&r.case.library, &r.case.estimator)).or_default();
        if let Outcome::Passed { differences } = &r.outcome {
            known.extend(differences.keys());
        }
    }
    for r in results {
        let (library, estimator) = (r.case.library.as_str(), r.case.estimator.as_str());
        let known = &methods[&(library, estimator)];
        let none = BTreeSet::from([""]);
        for method in if known.is_empty() { &none } else { known } {
            let cell = rows.entry((library, estimator, method)).or_default().entry(library_version(r)).or_default();
            match &r.outcome {
                Outcome::Passed { differences } => {
                    if let Some(difference) = differences.get(method) {
                        cell.passed += 1;
                        cell.largest = cell.largest.max(*difference);
                    }
                }
                Outcome::Refused { .. } => cell.refused += 1,
                Outcome::Failed { .. } => cell.failed += 1,
            }
        }
    }
    let libraries: BTreeSet<&str> = results.iter().map(|r| r.case.library.as_str()).collect();
    for library in libraries {
        let versions =
            newest_first(results.iter().filter(|r| r.case.library == library).map(|r| library_version(r)).collect());
        let title =
            if library == "sklearn" || library == area { area.to_owned() } else { format!("{area}: {library}") };
        let _ = write!(out, "\n## {title}\n\n| {library} | method |");
        versions.iter().for_each(|v| _ = write!(out, " {v} |"));
        out.push_str("\n|---|---|");
        versions.iter().for_each(|_| out.push_str("---|"));
        out.push('\n');
        for ((own, estimator, method), cells) in &rows {
            if *own != library {
                continue;
            }
            let _ = write!(out, "| {estimator} | {method} |");
            versions.iter().for_each(|v| _ = write!(out, " {} |", cells.get(v).map(shown).unwrap_or_default()));
            out.push('\n');
        }
    }
}

/// Fails when the page in the repository is another one; writes it with `FINE_MATRIX_WRITE`.
pub fn check(path: &Path, page: &str) {
    if std::env::var_os("FINE_MATRIX_WRITE").is_some() {
        std::fs::write(path, page).expect("written");
        return;
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let differs = committed.lines().zip(page.lines()).find(|(a, b)| a != b);
    assert!(
        committed == page,
        "docs/model-matrix.md is not of this run; make it with `cargo xtask golden --matrix-docs`: {differs:?}"
    );
}
