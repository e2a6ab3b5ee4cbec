use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use super::*;
use crate::fixture;
use crate::judge::Measured;
use crate::stage::Stage;

#[derive(Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Params {
    value: f64,
    panic: bool,
    rows: u64,
}

#[derive(Serialize, Deserialize)]
struct Report {
    value: f64,
}

macro_rules! stage {
    ($name:ident, $id:literal, $check:literal) => {
        struct $name;
        impl Stage for $name {
            const ID: &'static str = $id;
            const VERSION: u32 = 1;
            const CHECKS: &'static [&'static str] = &[$check];
            type Params = Params;
            type Report = Report;
            fn applies(_: &Subject, _: &Params) -> Result<(), &'static str> {
                Ok(())
            }
            fn cost(_: &Subject, params: &Params) -> Cost {
                Cost { predicted_rows: params.rows, row_operations: 0 }
            }
            fn run(_: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
                ctx.tick(1, 2)?;
                assert!(!params.panic, "planted");
                Ok(Report { value: params.value })
            }
            fn findings(report: &Report, _: &Subject, _: &Params, policy: &Policy) -> Vec<Finding> {
                let m = Measured::new($check, $id, Estimate::plain(report.value, 9));
                vec![m.evidence("/value").judge(policy)]
            }
        }
    };
}
stage!(First, "first", "DATA-CONSTANT");
stage!(Second, "second", "SENS-FLIP-RATE");

const ENTRIES: &[Entry] = &[Entry::of::<First>(), Entry::of::<Second>()];

fn options(first: Value, second: Value) -> RunOptions {
    let policy = Policy { required: vec!["DATA-CONSTANT".into(), "SENS-FLIP-RATE".into()], ..Policy::default() };
    let params = BTreeMap::from([("first".to_owned(), first), ("second".to_owned(), second)]);
    RunOptions { policy, params, ..RunOptions::default() }
}

fn run(options: &RunOptions) -> AuditResult {
    let subject = fixture::binary(&[0.0, 1.0], &[0.2, 0.8], Vec::new());
    run_entries(&subject, ENTRIES, options, &Silent)
}

#[test]
fn verdict_is_the_worst_required_outcome() {
    use serde_json::json;
    assert_eq!(run(&options(json!({}), json!({}))).verdict, Outcome::Pass);
    assert_eq!(run(&options(json!({}), json!({"value": 0.07}))).verdict, Outcome::Watch);
    assert_eq!(run(&options(json!({}), json!({"value": 0.2}))).verdict, Outcome::Issue);
    let mut o = options(json!({}), json!({"value": 0.2}));
    o.policy.required.pop();
    assert_eq!(run(&o).verdict, Outcome::Pass, "a check that is not required does not count");
    o.policy.required.clear();
    assert_eq!(run(&o).verdict, Outcome::Inconclusive, "nothing required settles nothing");
}

#[test]
fn a_crashed_check_is_errored_and_never_passed() {
    let r = run(&options(serde_json::json!({}), serde_json::json!({"panic": true})));
    assert_eq!(r.verdict, Outcome::Errored);
    assert!(
        matches!(&r.stages[1].status, StageStatus::Failed { error, detail } if error == "panic" && detail == "planted")
    );
    assert_eq!(r.stages[0].status, StageStatus::Done, "one failure never loses the rest");
    let f = r.findings.iter().find(|f| f.check == "SENS-FLIP-RATE").expect("an outcome for every required check");
    assert_eq!((f.outcome, f.reason.as_deref()), (Outcome::Errored, Some("stage-failed")));
    assert_eq!(f.evidence, "/stages/1/status");
}

#[test]
fn over_budget_is_not_run_and_blocks_a_pass() {
    let mut o = options(serde_json::json!({}), serde_json::json!({"rows": 11}));
    o.budget.predicted_rows = Some(10);
    let r = run(&o);
    assert_eq!(r.stages[1].status, StageStatus::NotRun { reason: "over-budget".into() });
    assert_eq!(r.stages[1].cost.predicted_rows, 11);
    assert_eq!(r.verdict, Outcome::Errored);
}

#[test]
fn a_skipped_check_is_listed_and_never_counts_as_good() {
    let mut o = options(serde_json::json!({}), serde_json::json!({}));
    o.stages = Some(Vec::new());
    let r = run(&o);
    assert_eq!(r.verdict, Outcome::Inconclusive);
    let reasons: Vec<_> = r.findings.iter().map(|f| (f.outcome, f.reason.as_deref())).collect();
    assert_eq!(reasons, [(Outcome::NotApplicable, Some("not-selected")); 2]);
}

#[test]
fn unknown_parameters_fail_the_stage_and_unknown_required_checks_block() {
    let mut o = options(serde_json::json!({"colour": 1}), serde_json::json!({}));
    o.policy.required.push("NO-SUCH-CHECK".into());
    let r = run(&o);
    assert!(matches!(&r.stages[0].status, StageStatus::Failed { error, .. } if error == "params"));
    assert_eq!(r.findings.last().map(|f| f.outcome), Some(Outcome::Errored));
    let problems = RunOptions { stages: Some(vec!["nonsense".into()]), ..RunOptions::default() }.problems();
    assert!(problems.contains(&OptionError::UnknownStage("nonsense".into())));
}

#[test]
fn a_report_with_a_nan_fails_rather_than_writing_null() {
    struct Nan;
    impl Stage for Nan {
        const ID: &'static str = "nan";
        const VERSION: u32 = 1;
        const CHECKS: &'static [&'static str] = &[];
        type Params = Params;
        type Report = Report;
        fn applies(_: &Subject, _: &Params) -> Result<(), &'static str> {
            Ok(())
        }
        fn cost(_: &Subject, _: &Params) -> Cost {
            Cost::default()
        }
        fn run(_: &Subject, _: &Params, _: &Context<'_>) -> Result<Report, StageError> {
            Ok(Report { value: f64::NAN })
        }
        fn findings(_: &Report, _: &Subject, _: &Params, _: &Policy) -> Vec<Finding> {
            Vec::new()
        }
    }
    let subject = fixture::binary(&[0.0, 1.0], &[0.2, 0.8], Vec::new());
    let r = run_entries(&subject, &[Entry::of::<Nan>()], &RunOptions::default(), &Silent);
    assert!(matches!(&r.stages[0].status, StageStatus::Failed { error, .. } if error == "report-not-finite"));
}

#[test]
fn evidence_pointers_are_absolute_and_resolve() {
    let r = run(&options(serde_json::json!({}), serde_json::json!({})));
    let value = serde_json::to_value(&r).expect("a result is JSON");
    for f in &r.findings {
        assert!(value.pointer(&f.evidence).is_some_and(Value::is_number), "{}", f.evidence);
    }
}

struct StopAfter(AtomicU64, Mutex<Vec<String>>);

impl Observer for StopAfter {
    fn event(&self, event: &Event<'_>) {
        let line = match event {
            Event::StageStarted { id, .. } => format!("start {id}"),
            Event::Tick { id, done, total } => {
                self.0.fetch_add(1, Ordering::SeqCst);
                format!("tick {id} {done}/{total}")
            }
            Event::StageFinished { record, findings } => format!("end {} {}", record.id, findings.len()),
        };
        self.1.lock().expect("no panic while held").push(line);
    }
    fn cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst) >= 2
    }
}

#[test]
fn cancelling_stops_the_stage_and_the_rest_and_blocks_a_pass() {
    let subject = fixture::binary(&[0.0, 1.0], &[0.2, 0.8], Vec::new());
    let stop = StopAfter(AtomicU64::new(0), Mutex::new(Vec::new()));
    let r = run_entries(&subject, ENTRIES, &options(Value::Null, Value::Null), &stop);
    assert_eq!(r.stages[0].status, StageStatus::Done);
    assert_eq!(r.stages[1].status, StageStatus::Cancelled);
    assert_eq!(r.verdict, Outcome::Errored);
    let log = stop.1.into_inner().expect("no panic while held");
    assert_eq!(
        log,
        ["start first", "tick first 1/2", "end first 1", "start second", "tick second 1/2", "end second 1"]
    );
}

/// A whole audit of a real model through every stage of the registry.
fn whole(task: fine_table::Task) -> Subject {
    use fine_table::{Column, NumberKind, Roles, Table};
    let n = 400;
    let (u, v) = (fixture::spread(n, 0.1), fixture::spread(n, 0.77));
    let x: Vec<f64> = u.iter().map(|u| 4.0 * (u - 0.5)).collect();
    let y: Vec<f64> = (0..n)
        .map(|i| match task {
            fine_table::Task::Regression => x[i] + v[(i * 13) % n],
            _ => f64::from(u8::from(v[(i * 13) % n] < 1.0 / (1.0 + (-x[i]).exp()))),
        })
        .collect();
    let sex = Column::text("sex", (0..n).map(|i| Some(if (i * 7) % 10 < 6 { "M" } else { "F" })));
    let age = Column::number("age", NumberKind::Int, v.iter().map(|v| (18.0 + 60.0 * v).round()).collect());
    let columns = vec![Column::number("x", NumberKind::Float, x), Column::number("y", NumberKind::Float, y), sex, age];
    let roles = Roles { target: "y".into(), protected: vec!["sex".into(), "age".into()], ..Roles::default() };
    Subject::build(crate::subject::Inputs {
        table: Table::new(columns).expect("equal lengths"),
        data_file: crate::subject::DataFile::default(),
        roles,
        model: Some(fixture::logistic_model(task)),
        reference: None,
        seed: 42,
    })
    .expect("a subject")
}

#[test]
fn a_whole_audit_gives_the_same_bytes_for_one_and_two_threads() {
    for task in [fine_table::Task::Binary, fine_table::Task::Regression] {
        let subject = whole(task);
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            let result = pool.install(|| run_audit(&subject, &RunOptions::default(), &Silent));
            serde_json::to_string(&result).expect("a result is JSON")
        };
        let (one, two) = (run(1), run(2));
        assert!(one == two, "results differ between one and two threads");
        let result: AuditResult = serde_json::from_str(&one).expect("a result reads back");
        assert_eq!(result.stages.len(), REGISTRY.len());
        for stage in &result.stages {
            let fine = matches!(stage.status, StageStatus::Done | StageStatus::NotRun { .. });
            assert!(fine, "{} {:?}", stage.id, stage.status);
        }
        let value: Value = serde_json::from_str(&one).expect("json");
        for f in &result.findings {
            assert!(value.pointer(&f.evidence).is_some() || f.stage.is_empty(), "{} {}", f.check, f.evidence);
        }
        let other = run_audit(&Subject { seed: 43, ..subject }, &RunOptions::default(), &Silent);
        assert!(serde_json::to_string(&other).expect("json") != one, "the seed matters");
    }
}

#[test]
fn the_registry_is_in_order_and_owns_every_limit_of_the_policy() {
    let order = [
        "data",
        "leakage",
        "drift",
        "performance",
        "calibration",
        "uncertainty",
        "slices",
        "explain",
        "sensitivity",
        "robustness",
        "fairness",
        "model-file",
    ];
    let at = |id: &str| order.iter().position(|o| *o == id).expect("a known stage");
    assert!(REGISTRY.windows(2).all(|w| at(w[0].id) < at(w[1].id)));
    let policy = Policy::default();
    for check in REGISTRY.iter().flat_map(|e| e.checks) {
        assert!(policy.limits.contains_key(*check), "{check} has no limit");
    }
}
