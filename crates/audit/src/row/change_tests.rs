//! Tests of counterfactuals and effects of single rows.

use std::collections::{BTreeMap, BTreeSet};

use fine_model::linear::Linear;
use fine_model::trees::Link;
use fine_model::{CoreModel, Feature, FeatureKind, Label, Model};
use fine_table::{Column, NumberKind, Task, Values};
use serde_json::{Value, json};

use super::tests::{changes, three};
use super::*;
use crate::rerun::fixture;
use crate::stage::{Context, StageError};
use crate::stages::explain::Explain;
use crate::subject::Subject;

fn ask_of(subject: &Subject, ask: &Ask) -> Result<Counterfactuals, RowError> {
    counterfactuals(subject, ask, &[], &Context::new(&|_, _| true))
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

/// A cell as the API takes it.
fn typed(column: &Column, text: &str) -> Value {
    match &column.values {
        Values::Text { .. } => json!(text),
        Values::Number { kind: NumberKind::Bool, .. } => json!(text == "true"),
        Values::Number { kind: NumberKind::Int | NumberKind::Time, .. } => json!(text.parse::<i64>().expect("whole")),
        Values::Number { .. } => json!(text.parse::<f64>().expect("a number")),
    }
}

/// Everything that is promised, checked from the outside: what the model says then is asked by `what_if`.
fn holds(subject: &Subject, ask: &Ask, got: &Counterfactuals) {
    let free = got.free.iter().map(|free| free.column.as_str()).collect::<BTreeSet<_>>();
    assert_eq!(free.len() + got.stayed.len(), subject.feature_columns.len());
    assert!(got.tried.queries <= 20_001 && got.tried.singles <= got.tried.queries);
    assert_eq!(got.found.is_empty(), got.reason.is_some());
    assert!(got.closest.is_none() || got.found.is_empty());
    let mut taken = BTreeSet::new();
    for found in &got.found {
        assert!((1..=ask.max_changes.unwrap_or(3) as usize).contains(&found.changes.len()));
        let total = found.changes.iter().map(|change| change.distance).sum::<f64>();
        assert!((found.distance - total).abs() < 1e-12 && total <= ask.max_distance.unwrap_or(f64::INFINITY));
        let mut cells = ask.changes.clone();
        for change in &found.changes {
            assert!(taken.insert(change.column.clone()), "{} changes twice", change.column);
            assert!(free.contains(change.column.as_str()) && !ask.must_stay.contains(&change.column));
            let column = subject.table.column(&change.column).expect("a column");
            let holders = (0..column.len()).filter(|row| column.display_at(*row).as_ref() == Some(&change.new)).count();
            assert!(holders > 0 && holders as u64 == change.rows, "{change:?}");
            let number = |text: Option<&String>| text.and_then(|text| text.parse::<f64>().ok());
            let (old, new) = (number(change.old.as_ref()), number(Some(&change.new)));
            assert!(!ask.only_rise.contains(&change.column) || new > old, "{change:?}");
            assert!(!ask.only_fall.contains(&change.column) || new < old, "{change:?}");
            cells.insert(change.column.clone(), typed(column, &change.new));
        }
        let then = what_if(subject, ask.row, &cells, None, &Params::default()).expect("an answer").new.answer;
        assert_eq!(then, found.answer);
        match subject.task {
            Task::Regression => {
                let value = then.scores[0].value;
                assert!(ask.wanted.at_least.is_none_or(|low| value >= low));
                assert!(ask.wanted.at_most.is_none_or(|high| value <= high));
            }
            _ => {
                assert_ne!(then.label, got.start.label);
                assert!(ask.wanted.class.is_none() || then.label == ask.wanted.class);
            }
        }
        let nearest = found.nearest.as_ref().expect("other rows");
        assert!(nearest.row != ask.row && nearest.distance >= 0.0 && (0.0..=1.0).contains(&nearest.lonelier));
    }
}

#[test]
fn every_counterfactual_keeps_its_promises() {
    let plain = Ask::default();
    let asks = [
        plain.clone(),
        Ask { only_rise: names(&["income", "age"]), only_fall: names(&["rate"]), ..plain.clone() },
        Ask { must_stay: names(&["income"]), max_changes: Some(5), count: Some(10), ..plain.clone() },
        Ask { max_distance: Some(0.3), max_changes: Some(2), ..plain.clone() },
        Ask { changes: changes(&[("income", json!(81_234.5)), ("member", json!(true))]), ..plain.clone() },
        Ask { may_change: Some(names(&["region", "rate", "income"])), ..plain },
    ];
    let mut found = 0;
    for subject in [fixture::forest(200, Task::Binary), fixture::linear(200, Task::Binary)] {
        for ask in &asks {
            for row in (0..200).step_by(23) {
                let ask = Ask { row, ..ask.clone() };
                let got = ask_of(&subject, &ask).expect("an answer");
                holds(&subject, &ask, &got);
                found += got.found.len();
            }
        }
    }
    assert!(found > 100, "{found}");
}

/// The first claim: when every observed value was tried alone, none is nearer than a single change that was found, and none
/// suffices when several changes were.
#[test]
fn brute_force_finds_no_nearer_single_change_where_the_search_says_so() {
    let mut without = 0;
    for (subject, stays) in [
        (fixture::forest(150, Task::Binary), &["noise"][..]),
        (fixture::linear(150, Task::Binary), &[][..]),
        (fixture::linear(150, Task::Binary), &["income"][..]),
        (three(150), &[][..]),
    ] {
        for row in (0..150).step_by(7) {
            let ask = Ask { row, must_stay: names(stays), ..Ask::default() };
            let got = ask_of(&subject, &ask).expect("an answer");
            assert!(got.tried.exhaustive);
            let mut nearest = f64::INFINITY;
            for free in &got.free {
                let column = subject.table.column(&free.column).expect("a column");
                let own = column.display_at(row as usize);
                let values = (0..150).filter_map(|r| column.display_at(r)).collect::<BTreeSet<_>>();
                for value in values.iter().filter(|value| Some(*value) != own.as_ref()) {
                    let cells = BTreeMap::from([(free.column.clone(), typed(column, value))]);
                    let at = Edited::new(&subject, row as u32, cells_of(&subject, &cells));
                    let label = subject.model.predict(&at.alone()).expect("a prediction").labels[0];
                    if label != subject.prediction.labels[row as usize] {
                        nearest = nearest.min(share_between(column, row as usize, value));
                    }
                }
            }
            match got.found.first().filter(|first| first.changes.len() == 1) {
                Some(first) => assert!((first.distance - nearest).abs() < 1e-12, "row {row}: {nearest} {first:?}"),
                None => {
                    assert_eq!(nearest, f64::INFINITY, "row {row}");
                    without += 1;
                }
            }
        }
    }
    assert!(without > 0, "a single change sufficed for every row");
}

fn cells_of(subject: &Subject, cells: &BTreeMap<String, Value>) -> Vec<(usize, NewCell)> {
    let read = |(name, value): (&String, &Value)| {
        let at = subject.table.columns().iter().position(|column| column.name == *name).expect("a column");
        (at, NewCell::read(&subject.table.columns()[at], value).expect("a cell"))
    };
    cells.iter().map(read).collect()
}

/// The share of rows between two cells, written out from the definition: middle ranks of equal numbers.
fn share_between(column: &Column, row: usize, value: &str) -> f64 {
    let Some(numbers) = column.numbers() else { return 1.0 };
    let rank = |v: f64| {
        let (below, equal) = (numbers.iter().filter(|own| **own < v), numbers.iter().filter(|own| **own == v));
        (below.count() as f64 + 0.5 * equal.count() as f64) / numbers.len() as f64
    };
    let new = match value {
        "true" => 1.0,
        "false" => 0.0,
        text => text.parse().expect("a number"),
    };
    (rank(numbers[row]) - rank(new)).abs()
}

#[test]
fn what_nobody_can_change_stays_and_says_why() {
    let mut subject = fixture::forest(120, Task::Binary);
    let stayed =
        |got: &Counterfactuals| got.stayed.iter().map(|s| (s.column.clone(), s.reason.clone())).collect::<Vec<_>>();
    let own = |list: &[(&str, &str)]| list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
    let got = ask_of(&subject, &Ask::default()).expect("an answer");
    assert_eq!(stayed(&got), own(&[("region", "protected")]));
    // What is chosen may change, also a protected attribute.
    let chosen = Ask { may_change: Some(names(&["region", "age"])), only_fall: names(&["age"]), ..Ask::default() };
    let got = ask_of(&subject, &chosen).expect("an answer");
    let open = got.free.iter().map(|f| (f.column.as_str(), f.only.as_deref())).collect::<Vec<_>>();
    assert_eq!(open, [("age", Some("fall")), ("region", None)]);
    assert!(stayed(&got).iter().all(|(_, why)| why == "not-chosen"));
    let also = Ask { also_change: names(&["region"]), must_stay: names(&["rate"]), ..Ask::default() };
    assert_eq!(stayed(&ask_of(&subject, &also).expect("an answer")), own(&[("rate", "asked")]));
    // Roles, declarations, and what was asked for.
    subject.roles.weight = Some("income".into());
    subject.roles.time = Some("rate".into());
    subject.roles.entity = Some("age".into());
    subject.roles.ignore = vec!["member".into()];
    let all = Ask { must_stay: names(&["region"]), ..Ask::default() };
    let ctx = Context::new(&|_, _| true);
    let got = counterfactuals(&subject, &all, &names(&["noise"]), &ctx).expect("an answer");
    let expected = [
        ("income", "weight"),
        ("rate", "time"),
        ("age", "entity"),
        ("member", "ignored"),
        ("noise", "declared"),
        ("region", "asked"),
    ];
    assert_eq!(stayed(&got), own(&expected));
    assert_eq!((got.reason.as_deref(), got.found.len()), (Some("nothing-may-change"), 0));
    // A column that neither rises nor falls, and one that never varies.
    let mut subject = fixture::forest(120, Task::Binary);
    let same = Column::number("rate", NumberKind::Float, vec![0.1; 120]);
    subject.table = subject.table.with_column(same).expect("a column");
    let both = Ask { only_rise: names(&["income"]), only_fall: names(&["income"]), ..Ask::default() };
    let got = ask_of(&subject, &both).expect("an answer");
    assert_eq!(stayed(&got), own(&[("income", "asked"), ("rate", "constant"), ("region", "protected")]));
}

#[test]
fn identifiers_stay() {
    let plain = three(60);
    let ids = Column::number("customer_id", NumberKind::Int, (0..60).map(f64::from).collect());
    let columns = plain.table.columns().iter().map(|c| (**c).clone()).chain([ids]).collect();
    let names = ["customer_id", "b"];
    let features = names.map(|n| Feature { name: n.into(), kind: FeatureKind::Number }).to_vec();
    let (coef, link) = (vec![-0.1, 1.0, 0.0, 0.0, 0.1, -1.0], Link::Softmax);
    let linear = Linear { features: 2, outputs: 3, coef, intercept: vec![3.0, 0.0, -3.0], link };
    let classes = ["blue", "green", "red"].map(|c| Label::Text(c.into())).to_vec();
    let model = Model::native(features, Task::Multiclass, classes, CoreModel::Linear(linear));
    let subject = fixture::subject(fine_table::Table::new(columns).expect("columns"), model);
    let got = ask_of(&subject, &Ask { row: 3, ..Ask::default() }).expect("an answer");
    let stayed = got.stayed.iter().map(|s| (s.column.as_str(), s.reason.as_str())).collect::<Vec<_>>();
    assert_eq!(stayed, [("customer_id", "identifier")]);
}

#[test]
fn classes_and_ranges_are_reached() {
    let subject = three(150);
    for class in ["blue", "green", "red"] {
        let wanted = Wanted { class: Some(class.to_owned()), ..Wanted::default() };
        for row in (0..150).step_by(31) {
            let ask = Ask { row, wanted: wanted.clone(), ..Ask::default() };
            let got = ask_of(&subject, &ask).expect("an answer");
            if got.start.label.as_deref() == Some(class) {
                assert_eq!((got.reason.as_deref(), got.tried.singles), (Some("already-there"), 0));
            } else {
                holds(&subject, &ask, &got);
                assert!(!got.found.is_empty(), "{class} from row {row}");
            }
        }
    }
    for subject in [fixture::linear(150, Task::Regression), fixture::forest(150, Task::Regression)] {
        let now = subject.prediction.scores[9];
        for (low, high) in [(Some(now + 0.2), None), (None, Some(now - 0.2)), (Some(now + 0.2), Some(now + 2.0))] {
            let wanted = Wanted { at_least: low, at_most: high, ..Wanted::default() };
            let ask = Ask { row: 9, wanted, ..Ask::default() };
            let got = ask_of(&subject, &ask).expect("an answer");
            holds(&subject, &ask, &got);
            let reachable = matches!(subject.model.core(), fine_model::Core::Linear(_));
            assert!(!reachable || !got.found.is_empty());
        }
        let there = Wanted { at_least: Some(now - 1.0), at_most: Some(now + 1.0), ..Wanted::default() };
        let got = ask_of(&subject, &Ask { row: 9, wanted: there, ..Ask::default() }).expect("an answer");
        assert_eq!(got.reason.as_deref(), Some("already-there"));
    }
}

/// Nothing within the limits: what was tried, and what came nearest, whose answer is the model's.
#[test]
fn nothing_found_says_what_was_tried() {
    let subject = fixture::linear(200, Task::Binary);
    let near = Ask { row: 5, max_distance: Some(0.02), max_changes: Some(1), ..Ask::default() };
    let row = (0..200).find(|row| {
        let got = ask_of(&subject, &Ask { row: *row, ..near.clone() }).expect("an answer");
        got.found.is_empty() && got.closest.is_some()
    });
    let ask = Ask { row: row.expect("a row far from the border"), ..near };
    let got = ask_of(&subject, &ask).expect("an answer");
    assert_eq!(got.reason.as_deref(), Some("nothing-found"));
    assert!(got.tried.exhaustive && got.tried.complete && got.tried.singles > 0);
    assert_eq!((got.tried.changes, got.tried.max_distance), (1, Some(0.02)));
    let closest = got.closest.expect("a try");
    let column = subject.table.column(&closest.changes[0].column).expect("a column");
    let cells = BTreeMap::from([(closest.changes[0].column.clone(), typed(column, &closest.changes[0].new))]);
    let then = what_if(&subject, ask.row, &cells, None, &Params::default()).expect("an answer");
    assert_eq!(then.new.answer, closest.answer);
    assert_eq!(closest.answer.label, got.start.label);
    let score = |answer: &Answer| answer.scores.iter().find(|s| s.class == got.start.label).expect("a score").value;
    assert!(score(&closest.answer) < score(&got.start));
}

#[test]
fn requests_that_mean_nothing_are_refused_where_they_do() {
    let subject = fixture::forest(60, Task::Binary);
    let plain = Ask::default;
    let class = |name: &str| Wanted { class: Some(name.into()), ..Wanted::default() };
    let low = Wanted { at_least: Some(1.0), ..Wanted::default() };
    for (ask, code, pointer) in [
        (Ask { row: 60, ..plain() }, "no-such-row", "/row"),
        (Ask { wanted: class("maybe"), ..plain() }, "no-such-class", "/wanted/class"),
        (Ask { wanted: low.clone(), ..plain() }, "wrong-goal", "/wanted"),
        (Ask { may_change: Some(names(&["age", "y"])), ..plain() }, "no-such-input", "/may_change/1"),
        (Ask { also_change: names(&["sex"]), ..plain() }, "no-such-input", "/also_change/0"),
        (Ask { must_stay: names(&["wealth"]), ..plain() }, "no-such-input", "/must_stay/0"),
        (Ask { only_rise: names(&["age", "region"]), ..plain() }, "no-order", "/only_rise/1"),
        (Ask { only_fall: names(&["wealth"]), ..plain() }, "no-such-input", "/only_fall/0"),
        (Ask { count: Some(0), ..plain() }, "beyond-limit", "/count"),
        (Ask { count: Some(11), ..plain() }, "beyond-limit", "/count"),
        (Ask { max_changes: Some(6), ..plain() }, "beyond-limit", "/max_changes"),
        (Ask { max_distance: Some(0.0), ..plain() }, "beyond-limit", "/max_distance"),
        (Ask { changes: changes(&[("age", json!("old"))]), ..plain() }, "wrong-cell", "/changes/age"),
        (Ask { changes: changes(&[("region", json!("mars"))]), ..plain() }, "unknown-category", "/changes"),
    ] {
        let error = ask_of(&subject, &ask).expect_err("refused");
        assert_eq!((error.code(), error.pointer().as_str()), (code, pointer));
    }
    let amounts = fixture::forest(60, Task::Regression);
    let both = Wanted { at_least: Some(2.0), at_most: Some(1.0), ..Wanted::default() };
    let refused = |wanted| ask_of(&amounts, &Ask { wanted, ..plain() }).expect_err("refused").code();
    assert_eq!(
        (refused(both), refused(class("yes")), refused(Wanted::default())),
        ("empty-range", "wrong-goal", "wrong-goal")
    );
    let mut stored = subject.clone();
    stored.has_model = false;
    assert_eq!(ask_of(&stored, &plain()).expect_err("refused").code(), "no-model");
    let stop = Context::new(&|_, _| false);
    let stopped = counterfactuals(&subject, &plain(), &[], &stop).expect_err("stopped");
    assert_eq!(stopped, RowError::Stage(StageError::Cancelled));
}

#[test]
fn same_bytes_for_one_and_two_threads() {
    let subject = fixture::forest(700, Task::Binary);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let got = ask_of(&subject, &Ask { row: 3, count: Some(5), ..Ask::default() }).expect("an answer");
            let ctx = Context::new(&|_, _| true);
            let effect = effect(&subject, 3, "rate", &Params::default(), &ctx).expect("an effect");
            serde_json::to_string(&(got, effect)).expect("json")
        })
    };
    assert_eq!(with(1), with(2));
}

/// A row that another one equals is at no distance from the data; all others are as lonely or lonelier.
#[test]
fn a_twin_is_the_nearest_row() {
    let mut subject = fixture::forest(100, Task::Binary);
    let rows = (0..100u32).map(|row| if row == 99 { 0 } else { row }).collect::<Vec<_>>();
    subject.table = subject.table.take(&rows);
    let near = crate::counterfactual::near::Neighbourhood::new(&subject);
    let case = crate::counterfactual::Case::of_row(&subject, 0).expect("a row");
    let nearest = near.nearest(&case, 0).expect("a row");
    assert_eq!((nearest.row, nearest.distance, nearest.lonelier), (99, 0.0, 1.0));
    assert_eq!(near.nearest(&case, 99).map(|n| n.row), Some(0));
}

/// The mean is that of the single curves, the row's own one is among them, and all are those of the stage.
#[test]
fn effects_are_those_of_the_stage() {
    let params =
        Params { bootstrap: 20, repeats: 1, permutation_rows: 20, ice_rows: 90, ice_features: 8, ..Params::default() };
    let ctx = Context::new(&|_, _| true);
    for subject in [fixture::forest(90, Task::Binary), fixture::forest(90, Task::Regression), three(90)] {
        let report = fixture::run::<Explain>(&subject, &params);
        for listed in &report.features {
            let own = effect(&subject, 7, &listed.feature, &params, &ctx).expect("an effect");
            assert_eq!((own.rows, own.others.len()), (90, 90));
            assert_eq!(own.others[7], own.row.points.iter().map(|p| p.score).collect::<Vec<_>>());
            for (at, mean) in own.mean.iter().enumerate() {
                let sum = own.others.iter().map(|curve| curve[at]).sum::<f64>();
                assert!((mean - sum / 90.0).abs() < 1e-9 * sum.abs().max(1.0));
            }
            if subject.task != Task::Multiclass {
                let stage = listed.dependence.iter().map(|(_, mean)| *mean).collect::<Vec<_>>();
                assert_eq!((&own.mean, &own.ale), (&stage, &listed.ale));
            }
        }
        let refused = effect(&subject, 7, "wealth", &params, &ctx).expect_err("refused");
        assert_eq!((refused.code(), refused.pointer().as_str()), ("no-such-input", "/feature"));
    }
}
