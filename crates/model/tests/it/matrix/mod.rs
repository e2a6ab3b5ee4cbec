//! The matrix: estimators x versions of their libraries, from the archives of `golden/matrix/frozen/` or, with
//! `FINE_MATRIX`, from a folder that `golden/matrix/make.py` wrote.
//!
//! Every case passes, or is refused with the error that `golden/matrix/refused.toml` says. A wrong number always fails.
//! `FINE_MATRIX_ONLY` chooses cases by a part of their name; `FINE_MATRIX_WRITE` writes `docs/model-matrix.md`.

mod answers;
mod archive;
mod compare;
mod graph;
mod page;
mod refused;

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use answers::{Case, Files};
use compare::Outcome;

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What became of a case.
pub struct Result {
    /// The case.
    pub case: Case,
    /// What became of it.
    pub outcome: Outcome,
}

fn run_all(cases: Vec<Files>) -> Vec<Result> {
    let run = |files: Files| {
        let case: Case =
            serde_json::from_slice(files.get("case.json")).unwrap_or_else(|e| panic!("{}: {e}", files.path));
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            match files.files.get("graph.txt").map_or(Ok(()), |graph| graph::check(files.get(&case.model), graph)) {
                Ok(()) => compare::run(&case, &files),
                Err(why) => Outcome::Failed { why },
            }
        }));
        let outcome = outcome.unwrap_or_else(|_| Outcome::Failed { why: "panicked".to_owned() });
        Result { case, outcome }
    };
    let mut results: Vec<Result> = cases.into_par_iter().map(run).collect();
    results.sort_by(|a, b| {
        (&a.case.area, &a.case.name).cmp(&(&b.case.area, &b.case.name)).then(a.case.by_version(&b.case))
    });
    results
}

/// The results as `target/model-matrix.json`, for other programs.
fn keep(results: &[Result]) {
    let rows: Vec<serde_json::Value> = results
        .iter()
        .map(|r| {
            let (outcome, detail, differences) = match &r.outcome {
                Outcome::Passed { differences } => ("passed", String::new(), differences.clone()),
                Outcome::Refused { code, why } => ("refused", format!("{code}: {why}"), Default::default()),
                Outcome::Failed { why } => ("failed", why.clone(), Default::default()),
            };
            let c = &r.case;
            serde_json::json!({
                "case": c.name, "version": c.version(), "area": c.area, "library": c.library, "estimator": c.estimator,
                "outcome": outcome, "detail": detail, "differences": differences,
            })
        })
        .collect();
    let folder = root().join("target");
    std::fs::create_dir_all(&folder).expect("target folder");
    std::fs::write(folder.join("model-matrix.json"), serde_json::to_string_pretty(&rows).expect("JSON"))
        .expect("written");
}

/// One line for each case and reason, with its versions.
fn table(title: &str, lines: &[(String, String, String)]) -> String {
    let mut rows: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for (name, version, what) in lines {
        match rows.iter_mut().find(|row| row.0 == name && row.1 == what) {
            Some(row) => row.2.push(version),
            None => rows.push((name, what, vec![version])),
        }
    }
    let width = rows.iter().map(|row| row.0.len()).max().unwrap_or(0);
    let text: Vec<String> = rows
        .iter()
        .map(|(name, what, versions)| format!("  {name:width$}  {what} ({})", versions.join(", ")))
        .collect();
    if rows.is_empty() { String::new() } else { format!("{title} ({}):\n{}\n", lines.len(), text.join("\n")) }
}

#[test]
fn every_case_passes_or_is_refused_as_listed() {
    let folder = std::env::var_os("FINE_MATRIX").map(PathBuf::from);
    let only = std::env::var("FINE_MATRIX_ONLY").unwrap_or_default();
    let whole = folder.is_none() && only.is_empty();
    let mut cases = match &folder {
        Some(folder) => archive::folder(folder),
        None => archive::frozen(&root().join("golden/matrix/frozen")),
    };
    cases.retain(|files| files.path.contains(&only));
    assert!(!cases.is_empty(), "no case was found");
    let results = run_all(cases);
    keep(&results);
    let list = refused::read(&root().join("golden/matrix/refused.toml"));
    let line = |r: &Result, what: String| (r.case.name.clone(), r.case.version().to_owned(), what);
    let (mut wrong, mut unlisted, mut welcome, mut passed) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for r in &results {
        let entry = refused::entry(&list, &r.case);
        match (&r.outcome, entry) {
            (Outcome::Failed { why }, _) => wrong.push(line(r, why.clone())),
            (Outcome::Passed { .. }, None) => passed += 1,
            (Outcome::Passed { .. }, Some(e)) => welcome.push(line(r, format!("the list says {}", e.error))),
            (Outcome::Refused { code, .. }, Some(e)) if *code == e.error => {}
            (Outcome::Refused { code, why }, _) => unlisted.push(line(r, format!("{code}: {why}"))),
        }
    }
    let unused: Vec<_> = list
        .iter()
        .filter(|_| whole)
        .flat_map(|e| e.unused(results.iter().map(|r| &r.case)).into_iter().map(move |name| (name, e)))
        .map(|(name, e)| (name.clone(), e.versions.join(" "), "covers no case".to_owned()))
        .collect();
    let report = [
        table("Wrong", &wrong),
        table("Refused, not on golden/matrix/refused.toml", &unlisted),
        table("On golden/matrix/refused.toml, but passes: shorten the list", &welcome),
        table("Unused names in golden/matrix/refused.toml", &unused),
    ]
    .concat();
    println!("{report}{passed} of {} cases pass", results.len());
    if whole {
        page::check(&root().join("docs/model-matrix.md"), &page::render(&results, &list));
    }
    assert!(report.is_empty(), "the tables above say which cases");
}

/// Estimators and transformers that keep rows of the fit say so, with their number.
#[test]
fn training_rows_inside_of_a_file_are_remarked() {
    let mut found = std::collections::BTreeSet::new();
    let expected = [
        ("gaussian-process", "50", "GaussianProcessRegressor"),
        ("gaussian-process-classifier-three", "30", "GaussianProcessClassifier"),
        ("gaussian-process-classifier-pairs", "30", "GaussianProcessClassifier"),
        ("local-outlier-factor", "160", "LocalOutlierFactor"),
        ("kernel-pca", "160", "kernelpca"),
        ("nystroem", "10", "nystroem"),
        ("knn-imputer-distance", "160", "knnimputer"),
    ];
    for files in archive::frozen(&root().join("golden/matrix/frozen")) {
        let Some(name) = files.path.strip_prefix("1.9.1/") else { continue };
        let Some((_, rows, estimator)) = expected.iter().find(|(own, ..)| *own == name) else { continue };
        let case: Case = serde_json::from_slice(files.get("case.json")).expect("a case");
        let opened = fine_model::import::open(files.get(&case.model), &fine_model::import::Limits::default(), None);
        let remarks = opened.expect("opened").facts.warnings;
        let own: Vec<_> = remarks.iter().filter(|remark| remark.id == "training-rows").collect();
        let args: Vec<_> = own.iter().map(|remark| (&*remark.args["rows"], &*remark.args["estimator"])).collect();
        assert_eq!(args, [(*rows, *estimator)], "{name}");
        found.insert(name.to_owned());
    }
    assert_eq!(found.len(), expected.len(), "{found:?}");
}
