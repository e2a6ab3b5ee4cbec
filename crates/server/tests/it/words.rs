//! Every error that a person can meet has words in both languages, and its arguments fill them.

use std::collections::BTreeSet;

use fine_audit::cohort::{FilterError, FilterProblem};
use fine_audit::compare::CompareError;
use fine_audit::row::RowError;
use fine_audit::row::report::CellKind;
use fine_audit::stage::StageError;
use fine_audit::subject::{SubjectError, Wrong};
use fine_model::PredictError;
use fine_model::import::ImportError;
use fine_pickle::{Compression, PickleError};
use fine_table::{Problem, TableError, Task};
use serde_json::Value;

/// Samples of every variant of an enum; a variant that is left out does not compile.
macro_rules! every {
    ($kind:ident { $($variant:ident $({ $($field:ident: $value:expr),* })? $(($inner:expr))?,)* }) => {{
        fn _all(error: &$kind) {
            match error {
                $($kind::$variant { .. } => {})*
            }
        }
        vec![$($kind::$variant $({ $($field: $value),* })? $(($inner))?),*]
    }};
}

fn text() -> String {
    "x".to_owned()
}

fn tables() -> Vec<Problem> {
    every!(Problem {
        EmptyFile,
        NoRows { columns: 1 },
        TooLarge { limit: 1 },
        TooManyRows { limit: 1 },
        TooManyColumns { found: 1, limit: 1 },
        TooManyCells { found: 1, limit: 1 },
        CellTooLarge { line: 1, column: text(), bytes: 1, limit: 1 },
        ZipBomb { compression: text(), limit: 1 },
        DamagedCompression { compression: text(), byte: 1, detail: text() },
        LfsPointer { bytes: None },
        NotATable { found: text() },
        WrongEncoding { encoding: text(), byte: 1, line: 1 },
        RaggedRow { line: 1, byte: 1, expected: 1, found: 1 },
        UnclosedQuote { line: 1, byte: 1 },
        DuplicateColumn { name: text(), first: 1, second: 1 },
        TruncatedParquet { bytes: 1 },
        DamagedFile { format: text(), detail: text() },
        UnsupportedColumn { column: text(), kind: text() },
        BadJson { line: 1, detail: text() },
    })
}

fn pickles() -> Vec<PickleError> {
    every!(PickleError {
        Empty,
        Truncated { offset: 1, needed: 1, left: 1 },
        CompressedTruncated { compression: Compression::Gzip, bytes: 1 },
        Decompress { compression: Compression::Gzip, reason: text() },
        Nested { outer: Compression::Gzip, inner: Compression::Gzip },
        ZipBomb { compression: Compression::Gzip, limit: 1 },
        Limit { what: "x", limit: 1, offset: 1 },
        GitLfs,
        Torch,
        Keras,
        Zip { hint: text() },
        OldJoblib { offset: 1 },
        PersistentId { offset: 1 },
        OutOfBand { offset: 1 },
        Extension { offset: 1 },
        Protocol { version: 9 },
        Build { offset: 1, on: "x" },
        NotPickle { offset: 1, opcode: 1 },
        Malformed { offset: 1, reason: "x" },
        Value { what: text(), expected: "x", found: text() },
    })
}

fn models() -> Vec<ImportError> {
    let own = every!(ImportError {
        Empty,
        UnknownFormat { start: text() },
        GitLfs { bytes: 1 },
        UnsupportedFormat { format: "x" },
        Unsupported { what: text(), why: text() },
        SeveralOutputs { what: text(), outputs: vec![text()] },
        Truncated { offset: 1, needed: 1, left: 1 },
        Malformed { place: text(), detail: text() },
        TooLarge { limit: 1 },
        ZipBomb { compression: "x", limit: 1 },
        CutCompression { compression: "x", byte: 1 },
        OldJoblib { offset: 1 },
        OldXgboost,
        NoPart { name: text(), available: vec![] },
        Limit { what: "x", value: 1, limit: 1 },
        CustomCode { what: text() },
        Danger { name: text(), arguments: text() },
        DangerImport { name: text() },
        NotFitted { what: text() },
        OnnxRuntimeMissing { detail: text() },
        GraphForm { what: text(), why: text(), advice: "x" },
        Graph(text()),
        Before { file: text(), error: Box::new(ImportError::Empty) },
        Pickle(PickleError::Protocol { version: 9 }),
    });
    own.into_iter().chain(pickles().into_iter().map(ImportError::from)).collect()
}

fn subjects() -> Vec<SubjectError> {
    let predictions = every!(PredictError {
        MissingFeature { name: text(), available: vec![] },
        NotNumeric { name: text(), row: 1, value: text() },
        MissingValue { name: text(), row: 1 },
        InfiniteValue { name: text(), row: 1 },
        UnknownCategory { name: text(), row: 1, value: text() },
        NoNeighbours { row: 1 },
        OutOfRange { name: text(), row: 1, value: text() },
        NoEncodedForm,
        Shape { rows: 1, width: 1, values: 1 },
        Runtime(text()),
    });
    let own = every!(SubjectError {
        TargetMissing { name: text(), available: vec![] },
        ColumnMissing { role: "weight", name: text(), available: vec![] },
        FeatureMissing { names: vec![], available: vec![] },
        FeatureCount { needed: 1, found: 1 },
        TooFewRows { rows: 1, needed: 1 },
        OneClass { column: text(), value: text() },
        TaskMismatch { column: text(), model: Task::Binary, target: "text", distinct: 1 },
        UnknownClasses { column: text(), values: vec![text()], count: 1, classes: vec![text()] },
        PositiveUnknown { value: text(), classes: vec![] },
        BadWeight { column: text(), row: 1, value: text() },
        BadTarget { column: text(), row: 1 },
        BadPrediction { row: 1 },
        NothingToAudit,
        StoredClasses { classes: vec![text()], named: vec![text()] },
        BadStored { column: text(), row: 1, value: text(), why: Wrong::Missing },
        PredictionsDiffer { rows: 1, row: 1, difference: 1.0, tolerance: 1.0 },
        Predict(PredictError::NoEncodedForm),
        Reference(Box::new(SubjectError::TooFewRows { rows: 1, needed: 1 })),
    });
    own.into_iter().chain(predictions.into_iter().map(SubjectError::Predict)).collect()
}

fn comparisons() -> Vec<CompareError> {
    every!(CompareError {
        Table { old: text(), new: text() },
        Target { old: text(), new: text() },
        Task { old: Task::Binary, new: Task::Regression },
        Weights,
        Classes { old: vec![text()], new: vec![text()] },
        Positive { old: text(), new: text() },
        Truths,
        Stage(StageError::Cancelled),
    })
}

fn rows() -> Vec<RowError> {
    every!(RowError {
        NoRow { row: 1, rows: 1 },
        NoModel,
        NoInput { column: text(), at: text(), available: vec![] },
        WrongCell { column: text(), value: text(), kind: CellKind::Int },
        Predict(PredictError::NoEncodedForm),
        NotFinite,
        NoClass { class: text(), available: vec![] },
        WrongGoal { task: Task::Regression },
        EmptyRange { low: 1.0, high: 0.0 },
        NoOrder { column: text(), at: text() },
        Limit { field: "count", value: 0.0, low: 1.0, high: 10.0 },
        Stage(StageError::Cancelled),
    })
}

fn filters() -> Vec<FilterError> {
    let problems = every!(FilterProblem {
        TooLong { length: 1, limit: 1 },
        TooDeep { limit: 1 },
        NoColumn,
        NoCondition,
        NoValue,
        NotClosed,
        NotOpened,
        NoMissing,
        NoEnd,
        NoQuote,
        BadNumber { text: text() },
        UnknownColumn { name: text(), available: vec![] },
        NotNumber { name: text(), value: text() },
        NotBool { name: text(), value: text() },
        NotText { name: text(), value: text() },
        NoOrder { name: text() },
        UnknownValue { name: text(), value: text(), available: vec![] },
    });
    problems.into_iter().map(|problem| FilterError { at: 0, problem }).collect()
}

/// Stable id and names of the arguments.
type Known = (String, BTreeSet<String>);

fn known() -> Vec<Known> {
    let of = |slug: &str, args: Vec<String>| (slug.to_owned(), args.into_iter().collect());
    let mut all: Vec<Known> = Vec::new();
    all.extend(fine_server::KINDS.iter().map(|kind| {
        of(kind.slug, vec!["limit".into(), "seconds".into(), "how".into(), "model".into(), "file".into()])
    }));
    all.extend(tables().into_iter().map(|problem| {
        let error = TableError { file: text(), problem };
        of(error.slug(), error.args().keys().cloned().collect())
    }));
    all.extend(models().iter().map(|e| of(e.code(), e.args().into_keys().chain(["file".into()]).collect())));
    all.extend(subjects().iter().map(|e| of(e.code(), e.args().keys().cloned().collect())));
    all.extend(comparisons().iter().map(|e| of(e.code(), e.args().keys().cloned().collect())));
    all.extend(rows().iter().map(|e| of(e.code(), e.args().keys().cloned().collect())));
    all.extend(filters().iter().map(|e| of(e.code(), e.args().keys().cloned().collect())));
    all
}

fn placeholders(words: &str) -> Vec<&str> {
    words.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()).map(str::trim).collect()
}

#[test]
fn every_error_has_words_in_both_languages_and_the_values_for_them() {
    let page = [
        include_str!("../../../../web/src/features/shell/en.json"),
        include_str!("../../../../web/src/features/shell/es.json"),
    ];
    let shared = [include_str!("../../../report/catalogue/en.json"), include_str!("../../../report/catalogue/es.json")];
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let mut wrong = Vec::new();
    for (page, shared) in page.map(read).into_iter().zip(shared.map(read)) {
        for (slug, args) in known() {
            match page["problems"][&slug].as_str().or(shared["errors"][&slug].as_str()) {
                None => wrong.push(format!("{slug} has no words")),
                Some(words) => {
                    let missing = placeholders(words).into_iter().filter(|name| !args.contains(*name));
                    wrong.extend(missing.map(|name| format!("{slug} has no {name} for: {words}")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn messages_are_one_line_that_completes_failed_to() {
    let models = models().into_iter().map(|e| e.to_string());
    let subjects = subjects().into_iter().map(|e| e.to_string());
    let asked = comparisons().into_iter().map(|e| e.to_string()).chain(rows().into_iter().map(|e| e.to_string()));
    for message in models.chain(subjects).chain(asked).chain(filters().into_iter().map(|e| e.to_string())) {
        assert!(message.starts_with(|c: char| c.is_ascii_lowercase()) && !message.ends_with('.'), "{message}");
        assert!(!message.contains('\n') && !message.contains("  "), "{message}");
    }
}

/// Code and words of every refusal, as `docs/model-errors.md` must list them.
fn refusals() -> BTreeSet<(String, String)> {
    let formats = ["pytorch", "keras-hdf5", "pmml"].map(|format| ImportError::UnsupportedFormat { format });
    let bytecode = ImportError::CustomCode { what: "f: cloudpickle.cloudpickle._make_function".to_owned() };
    // A pickle's own errors may also come as they are.
    let raw = pickles().into_iter().filter(|error| {
        !matches!(error, PickleError::GitLfs | PickleError::Torch | PickleError::Keras | PickleError::Zip { .. })
    });
    let all = models().into_iter().chain(formats).chain([bytecode]).chain(raw.map(ImportError::from));
    all.filter(|error| !matches!(error, ImportError::Pickle(PickleError::GitLfs)))
        .map(|error| (error.stable_code().to_owned(), error.code().to_owned()))
        .chain([("E-ZIP".to_owned(), "unsupported-format".to_owned())])
        .chain(subjects().iter().filter_map(|e| Some((e.stable_code()?.to_owned(), e.code().to_owned()))))
        .collect()
}

#[test]
fn every_code_of_a_refusal_is_explained() {
    let page = include_str!("../../../../docs/model-errors.md");
    let mut listed = BTreeSet::new();
    for line in page.lines().filter(|line| line.starts_with("| E-")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [code, words, meaning, advice] = cells.as_slice() else { panic!("four cells: {line}") };
        assert!(meaning.len() > 10 && advice.len() > 5, "{line}");
        for slug in words.split(", ") {
            assert!(listed.insert(((*code).to_owned(), slug.trim_matches('`').to_owned())), "twice: {line}");
        }
    }
    let known = refusals();
    let missing: Vec<_> = known.difference(&listed).collect();
    let stale: Vec<_> = listed.difference(&known).collect();
    assert!(missing.is_empty() && stale.is_empty(), "not explained: {missing:?}\nnot there any more: {stale:?}");
}
