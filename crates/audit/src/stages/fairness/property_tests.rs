use fine_table::{Column, NumberKind};
use rand::RngExt;
use serde_json::json;

use super::*;
use crate::finding::Outcome;
use crate::fixture;
use crate::rng::unit_rng;

fn run(subject: &Subject, params: serde_json::Value) -> Report {
    let params: Params = serde_json::from_value(params).expect("parameters");
    Fairness::run(subject, &params, &Context::new(&|_, _| true)).expect("a report")
}

fn outcome(subject: &Subject, report: &Report, check: &str) -> Outcome {
    let found = findings::findings(report, subject.task, &Policy::default());
    found.iter().find(|f| f.check == check).unwrap_or_else(|| panic!("no {check}")).outcome
}

/// Two attributes, a truth and a score that depends on both only together.
struct Rows {
    y: Vec<f64>,
    p: Vec<f64>,
    sex: Vec<&'static str>,
    race: Vec<&'static str>,
}

/// `planted` is what the rows of one crossing lose.
fn crossing(n: usize, planted: f64, seed: u64) -> Rows {
    let mut rng = unit_rng(seed, "crossing", 0);
    let mut rows = Rows { y: Vec::new(), p: Vec::new(), sex: Vec::new(), race: Vec::new() };
    for _ in 0..n {
        let (sex, race) =
            (["F", "M"][usize::from(rng.random::<f64>() < 0.55)], ["b", "w"][usize::from(rng.random::<f64>() < 0.5)]);
        // Both diagonals lose, so that neither attribute alone shows it.
        let hit = (sex == "F") == (race == "b");
        let score = rng.random::<f64>() - if hit { planted } else { -planted };
        rows.y.push(f64::from(u8::from(rng.random::<f64>() < 0.5)));
        rows.p.push(score.clamp(0.01, 0.99));
        rows.sex.push(sex);
        rows.race.push(race);
    }
    rows
}

fn binary(rows: &Rows) -> Subject {
    let column = |name: &str, v: &[&str]| Column::text(name, v.iter().map(|s| Some(*s)));
    fixture::binary(&rows.y, &rows.p, vec![column("sex", &rows.sex), column("race", &rows.race)])
}

const PLAIN: &str = r#"{"flips": false, "tell_attributes": false, "consistency_rows": 0, "mitigation": false}"#;

fn plain(subject: &Subject) -> Report {
    run(subject, serde_json::from_str(PLAIN).expect("JSON"))
}

/// The defect: a gap that only the crossing of two attributes shows.
#[test]
fn a_gap_of_a_crossing_is_seen_where_its_parts_show_none() {
    let s = binary(&crossing(4000, 0.15, 1));
    let report = plain(&s);
    for attribute in &report.attributes[..2] {
        assert!(attribute.gaps[0].estimate.value.is_some_and(|v| v < 0.1), "{}", attribute.attribute);
    }
    assert_eq!(outcome(&s, &report, "FAIR-INTERSECTION-PARITY"), Outcome::Issue);
    let clean = binary(&crossing(8000, 0.0, 2));
    assert_eq!(outcome(&clean, &plain(&clean), "FAIR-INTERSECTION-PARITY"), Outcome::Pass);
}

fn order(n: usize) -> Vec<u32> {
    (0..n as u32).map(|i| (i * 37 + 11) % n as u32).collect()
}

fn pick<T: Copy>(v: &[T], order: &[u32]) -> Vec<T> {
    order.iter().map(|i| v[*i as usize]).collect()
}

#[test]
fn the_order_of_the_rows_does_not_matter_to_crossings_and_strata() {
    let rows = crossing(600, 0.1, 3);
    let order = order(600);
    let turned = Rows {
        y: pick(&rows.y, &order),
        p: pick(&rows.p, &order),
        sex: pick(&rows.sex, &order),
        race: pick(&rows.race, &order),
    };
    let params = json!({"flips": false, "tell_attributes": false, "mitigation": false, "conditional_on": ["race"]});
    assert_eq!(run(&binary(&rows), params.clone()), run(&binary(&turned), params));
}

/// A rows-to-classes and a rows-to-numbers subject of the same groups.
fn others(groups: &[&str], n: usize, seed: u64, planted: f64) -> (Subject, Subject) {
    let mut rng = unit_rng(seed, "others", 0);
    let g: Vec<&str> = (0..n).map(|_| groups[rng.random_range(0..10usize).min(groups.len() - 1)]).collect();
    let (mut y, mut scores, mut truth, mut predicted) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for group in &g {
        let other = *group == groups[0];
        let class = rng.random_range(0..3usize);
        y.push(class as f64);
        let told = if other && rng.random::<f64>() < planted { 2 } else { rng.random_range(0..3usize) };
        scores.extend((0..3).map(|c| if c == told { 0.8 } else { 0.1 }));
        let value: f64 = rng.random::<f64>() * 10.0;
        truth.push(value);
        predicted.push(
            value
                + (rng.random::<f64>() - 0.5) * if other { 1.0 + 8.0 * planted } else { 1.0 }
                + 4.0 * planted * f64::from(u8::from(other)),
        );
    }
    let column = || vec![Column::text("g", g.iter().map(|s| Some(*s)))];
    (fixture::multiclass(&["u", "v", "w"], &y, &scores, column()), fixture::regression(&truth, &predicted, column()))
}

fn turned(s: &Subject) -> Subject {
    let order = order(s.rows());
    let mut out = s.clone();
    out.table = s.table.take(&order);
    out.target = pick(&s.target, &order);
    out.prediction.scores = order
        .iter()
        .flat_map(|i| s.prediction.scores[*i as usize * s.prediction.width..][..s.prediction.width].to_vec())
        .collect();
    if !s.prediction.labels.is_empty() {
        out.prediction.labels = pick(&s.prediction.labels, &order);
    }
    out
}

#[test]
fn the_order_of_the_rows_does_not_matter_to_classes_and_numbers() {
    let (classes, numbers) = others(&["a", "b"], 500, 4, 0.3);
    assert_eq!(plain(&classes).labels, plain(&turned(&classes)).labels);
    assert_eq!(plain(&numbers).values, plain(&turned(&numbers)).values);
}

/// The same report when the groups have other names, of the same order of sizes.
#[test]
fn names_of_groups_do_not_matter() {
    let named = |names: &[&str]| {
        let (classes, numbers) = others(names, 500, 5, 0.3);
        let text = serde_json::to_string(&(plain(&classes).labels, plain(&numbers).values)).expect("JSON");
        names.iter().enumerate().fold(text, |t, (i, n)| t.replace(&format!("\"{n}\""), &format!("\"group {i}\"")))
    };
    assert_eq!(named(&["zeta", "alpha"]), named(&["anna", "zoe"]));
    let crossed = |sex: [&'static str; 2]| {
        let mut rows = crossing(500, 0.1, 6);
        rows.sex.iter_mut().for_each(|s| *s = sex[usize::from(*s == "M")]);
        let report = plain(&binary(&rows));
        let gaps: Vec<Vec<_>> = report
            .attributes
            .iter()
            .map(|a| a.gaps.iter().map(|g| (g.estimate.clone(), g.p_adjusted)).collect())
            .collect();
        gaps
    };
    assert_eq!(crossed(["F", "M"]), crossed(["x", "a"]));
}

#[test]
fn planted_differences_of_classes_and_numbers_are_found_and_clean_ones_pass() {
    let checks = ["FAIR-LABEL-DISTANCE", "FAIR-LABEL-ERRORS"];
    let (classes, numbers) = others(&["a", "b"], 6000, 7, 0.4);
    let (report, other) = (plain(&classes), plain(&numbers));
    checks.iter().for_each(|c| assert_eq!(outcome(&classes, &report, c), Outcome::Issue, "{c}"));
    assert_eq!(outcome(&numbers, &other, "FAIR-PREDICTION-DISTANCE"), Outcome::Issue);
    assert_eq!(outcome(&numbers, &other, "FAIR-GROUP-LOSS"), Outcome::Issue);
    let binary_only = findings::findings(&report, classes.task, &Policy::default());
    let parity = binary_only.iter().find(|f| f.check == "FAIR-PARITY-DIFFERENCE").expect("a finding");
    assert_eq!((parity.outcome, parity.reason.as_deref()), (Outcome::NotApplicable, Some("not-binary")));
    let (classes, numbers) = others(&["a", "b"], 30_000, 18, 0.0);
    let report = plain(&classes);
    checks.iter().for_each(|c| assert_eq!(outcome(&classes, &report, c), Outcome::Pass, "{c}"));
    let report = plain(&numbers);
    assert_eq!(outcome(&numbers, &report, "FAIR-PREDICTION-DISTANCE"), Outcome::Pass);
    assert_eq!(outcome(&numbers, &report, "FAIR-GROUP-LOSS"), Outcome::Pass);
}

/// With no difference planted, classes and numbers raise an issue in at most about 5 % of samples.
#[test]
fn false_alarms_of_classes_and_numbers_are_rare() {
    let mut alarms = 0;
    for seed in 0..30 {
        let (classes, numbers) = others(&["a", "b", "c"], 200, 100 + seed, 0.0);
        for (s, checks) in [
            (classes, ["FAIR-LABEL-DISTANCE", "FAIR-LABEL-ERRORS"]),
            (numbers, ["FAIR-PREDICTION-DISTANCE", "FAIR-GROUP-LOSS"]),
        ] {
            let report = plain(&s);
            let found = findings::findings(&report, s.task, &Policy::default());
            let by_test = |f: &Finding| f.outcome == Outcome::Issue && f.p_value.is_some_and(|p| p < 0.05);
            alarms += usize::from(found.iter().any(|f| checks.contains(&f.check.as_str()) && by_test(f)));
        }
    }
    assert!(alarms <= 7, "{alarms} of 60");
}

#[test]
fn a_copy_of_the_attribute_is_a_proxy_and_noise_is_none() {
    let n = 1000;
    let mut rng = unit_rng(9, "proxy", 0);
    let y: Vec<f64> = (0..n).map(|_| f64::from(rng.random_range(0..2u8))).collect();
    let p: Vec<f64> = (0..n).map(|_| rng.random()).collect();
    let g: Vec<&str> = (0..n).map(|_| ["a", "b", "b"][rng.random_range(0..3)]).collect();
    let copy: Vec<f64> =
        g.iter().map(|g| f64::from(u8::from(*g == "a")) + if rng.random::<f64>() < 0.05 { 0.5 } else { 0.0 }).collect();
    let noise: Vec<f64> = (0..n).map(|_| rng.random()).collect();
    let number = |name: &str, v: &[f64]| Column::number(name, NumberKind::Float, v.to_vec());
    let group = || Column::text("g", g.iter().map(|s| Some(*s)));
    let mut s = fixture::binary(&y, &p, vec![group(), number("copy", &copy), number("noise", &noise)]);
    s.roles.protected = vec!["g".into()];
    let at = |s: &Subject, names: &[&str]| names.iter().map(|n| s.table.position(n).expect("a column")).collect();
    s.feature_columns = at(&s, &["noise", "copy", "g"]);
    let report = run(&s, json!({"flips": false, "mitigation": false}));
    let own = &report.proxies[0];
    assert!(own.separation.low.is_some_and(|l| l > 0.9) && own.group.as_deref() == Some("a"), "{:?}", own.separation);
    assert_eq!(
        (own.features.len(), own.features[0].feature.as_str()),
        (2, "copy"),
        "the attribute is not asked about itself"
    );
    assert!(own.features[0].association.is_some_and(|a| a > 0.9));
    assert_eq!(outcome(&s, &report, "FAIR-PROXY"), Outcome::Issue);
    s.feature_columns = at(&s, &["noise"]);
    let report = run(&s, json!({"flips": false, "mitigation": false}));
    let separation = &report.proxies[0].separation;
    assert!(separation.low < Some(0.0) && separation.high.is_some_and(|h| h < 0.3), "{separation:?}");
    assert_eq!(outcome(&s, &report, "FAIR-PROXY"), Outcome::Pass);
    s.feature_columns = at(&s, &["g"]);
    let report = run(&s, json!({"flips": false, "mitigation": false}));
    assert_eq!(report.proxies[0].reason.as_deref(), Some("no-other-feature"));
    assert_eq!(outcome(&s, &report, "FAIR-PROXY"), Outcome::NotApplicable);
}

/// The fixture's model says 1 when its single feature `x` is above 0: `x` is declared a proxy of `g`.
#[test]
fn a_declared_proxy_changes_with_its_attribute() {
    let n = 400;
    let x: Vec<f64> = (0..n).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 } * (1.0 + (i / 2 % 7) as f64)).collect();
    let scores: Vec<f64> = x.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect();
    let y: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i % 3 == 0))).collect();
    let g = Column::text("g", (0..n).map(|i| Some(if i % 2 == 0 { "a" } else { "b" })));
    let mut s = fixture::binary(&y, &scores, vec![g]);
    s.table = s.table.with_column(Column::number("x", NumberKind::Float, x)).expect("the same length");
    let report = run(&s, json!({"proxies": ["x"]}));
    let flips = report.attributes[0].proxy_flip_rate.clone().expect("a proxy");
    assert_eq!((report.attributes[0].flip_rate.clone(), flips.value, flips.n), (None, Some(1.0), 400));
    assert!(report.proxies[0].features.iter().any(|f| f.feature == "x" && f.declared));
    let refused = |params: serde_json::Value| {
        let params: Params = serde_json::from_value(params).expect("parameters");
        Fairness::run(&s, &params, &Context::new(&|_, _| true))
    };
    assert!(matches!(refused(json!({"proxies": ["none"]})), Err(StageError::Failed { id: "proxy-unknown", .. })));
    assert!(matches!(
        refused(json!({"conditional_on": ["none"]})),
        Err(StageError::Failed { id: "stratum-unknown", .. })
    ));
}

/// Rows that are alike get one answer: consistency is 1; it falls when answers are drawn by lot.
#[test]
fn consistency_sees_whether_neighbours_agree_and_says_when_it_is_a_sample() {
    let n = 900;
    let x = fixture::spread(n, 0.3);
    let steady: Vec<f64> = x.iter().map(|x| if *x > 0.5 { 0.9 } else { 0.1 }).collect();
    let lot: Vec<f64> = fixture::spread(n, 0.9)
        .iter()
        .enumerate()
        .map(|(i, u)| if (u * 7.0 + i as f64 * 0.37).fract() > 0.5 { 0.9 } else { 0.1 })
        .collect();
    let of = |p: &[f64], rows: u32| {
        let g = Column::text("g", (0..n).map(|i| Some(if i % 2 == 0 { "a" } else { "b" })));
        let mut s = fixture::binary(&vec![1.0; n], p, vec![g]);
        s.table = s.table.with_column(Column::number("x", NumberKind::Float, x.clone())).expect("the same length");
        run(&s, json!({"consistency_rows": rows, "tell_attributes": false, "mitigation": false}))
            .consistency
            .expect("rows")
    };
    assert!(of(&steady, 2000).value.value.is_some_and(|v| v > 0.99));
    let whole = of(&lot, 2000);
    assert!(whole.value.value.is_some_and(|v| v < 0.9) && whole.sampling_error == 0.0);
    let part = of(&lot, 300);
    assert_eq!((part.looked_up, part.rows), (300, 900));
    let apart = (part.value.value.expect("v") - whole.value.value.expect("v")).abs();
    assert!(part.sampling_error > 0.0 && apart < 2.0 * part.sampling_error, "{apart}");
    assert_eq!(part.groups.len(), 2);
}

#[test]
fn remedies_close_the_gap_that_they_are_for_and_say_what_they_cost() {
    let n = 4000;
    let mut rng = unit_rng(12, "remedy", 0);
    let (mut y, mut p, mut g) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..n {
        let group = ["a", "b"][usize::from(rng.random::<f64>() < 0.4)];
        let score: f64 = (rng.random::<f64>() - if group == "b" { 0.25 } else { 0.0 }).clamp(0.01, 0.99);
        y.push(f64::from(u8::from(rng.random::<f64>() < score)));
        p.push(score);
        g.push(Some(group));
    }
    let mut s = fixture::binary(&y, &p, vec![Column::text("g", g)]);
    // Weights work through the group: the model that is fitted with them must see it.
    s.feature_columns = vec![0, 2];
    let report = run(&s, json!({"flips": false, "tell_attributes": false, "consistency_rows": 0}));
    let own = &report.mitigation[0];
    assert_eq!(
        (own.fitted_rows + own.test_rows, own.note.as_str(), own.reason.is_none()),
        (4000, "group-treatment", true)
    );
    assert_eq!(own.methods.len(), 4);
    for method in &own.methods {
        let (before, after) = (method.before.expect("a gap"), method.after.expect("a gap"));
        assert!(after < before, "{}: {before} to {after}", method.id);
        assert!(method.accuracy_change.low <= method.accuracy_change.value && method.accuracy_change.low.is_some());
    }
    let parity = &own.methods[0];
    assert!(parity.before.is_some_and(|b| b > 0.15) && parity.after.is_some_and(|a| a < 0.06), "{parity:?}");
    assert_eq!((parity.rules.len(), own.methods[3].weights.len()), (2, 4));
    // A group with too few rows of one truth keeps its decisions.
    let few = fixture::binary(
        &y[..300],
        &p[..300],
        vec![Column::text(
            "g",
            (0..300).map(|i| {
                Some(if i < 12 {
                    "c"
                } else if i % 2 == 0 {
                    "a"
                } else {
                    "b"
                })
            }),
        )],
    );
    let report = run(&few, json!({"flips": false, "tell_attributes": false, "consistency_rows": 0}));
    assert_eq!(report.mitigation[0].unchanged, ["c"]);
}
