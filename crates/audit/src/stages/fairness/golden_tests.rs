use fine_table::{Column, NumberKind};
use serde_json::{Value, json};

use super::*;
use crate::estimate::Estimate;
use crate::fixture;
use crate::groups::Grouping;
use crate::rerun::Progress;
use crate::stats::design::Design;

fn golden(part: &str) -> Value {
    let text = include_str!("../../../../../golden/stage-fairness-more/expected.json");
    serde_json::from_str::<Value>(text).expect("a golden case")[part].clone()
}

fn list(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
}

fn letters(name: &str, v: &Value) -> Column {
    Column::text(name, v.as_str().expect("letters").chars().map(|c| Some(c.to_string())))
}

fn run(subject: &Subject, params: Value) -> Report {
    let params: Params = serde_json::from_value(params).expect("parameters");
    let report = Fairness::run(subject, &params, &Context::new(&|_, _| true)).expect("a report");
    let value = serde_json::to_value(&report).expect("JSON");
    assert_eq!(serde_json::from_value::<Report>(value.clone()).expect("every number is finite"), report);
    for f in Fairness::findings(&report, subject, &params, &Policy::default()) {
        assert!(value.pointer(&f.evidence).is_some(), "{} {}", f.check, f.evidence);
    }
    report
}

fn close(what: &str, a: f64, b: &Value, tolerance: f64) {
    let b = b.as_f64().unwrap_or_else(|| panic!("{what}: no number"));
    assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{what}: {a} against {b}");
}

fn whole(what: &str, e: &Estimate, want: &Value, tolerance: f64) {
    for (i, own) in [e.value, e.low, e.high].into_iter().enumerate() {
        close(what, own.unwrap_or_else(|| panic!("{what}: no end")), &want[i], tolerance);
    }
}

fn gap<'a>(gaps: &'a [report::Gap], id: &str) -> &'a report::Gap {
    gaps.iter().find(|g| g.id == id).unwrap_or_else(|| panic!("no {id}"))
}

/// Two bootstraps agree up to their own noise.
fn about(e: &Estimate, want: &Value) {
    let want = list(want);
    let slack = 0.07 * (want[1] - want[0]);
    assert!((e.low.expect("low") - want[0]).abs() < slack && (e.high.expect("high") - want[1]).abs() < slack, "{e:?}");
}

#[test]
fn intersections_equal_fairlearn() {
    let case = golden("intersections");
    let s =
        fixture::binary(&list(&case["y"]), &list(&case["p"]), vec![letters("g", &case["g"]), letters("h", &case["h"])]);
    let report = run(&s, json!({"tell_attributes": false, "consistency_rows": 0, "mitigation": false}));
    assert_eq!(report.attributes.len(), 3);
    let both = &report.attributes[2];
    assert_eq!((both.attribute.as_str(), both.of.as_slice()), ("g × h", &["g".to_owned(), "h".to_owned()][..]));
    assert_eq!(both.groups.len(), case["selection"].as_object().expect("groups").len());
    for g in &both.groups {
        close(&g.group, g.selection_rate.value.expect("a rate"), &case["selection"][&g.group], 1e-12);
    }
    for (id, want) in case["gaps"].as_object().expect("gaps") {
        close(id, gap(&both.gaps, id).estimate.value.expect("a gap"), want, 1e-12);
    }
    // One family: the adjusted values of an attribute change when its intersections are measured.
    let alone =
        run(&s, json!({"intersections": 1, "tell_attributes": false, "consistency_rows": 0, "mitigation": false}));
    let p = |r: &Report| gap(&r.attributes[0].gaps, "demographic_parity_diff").p_adjusted.expect("p");
    assert!(alone.attributes.len() == 2 && p(&alone) < p(&report));
    let few = run(&s, json!({"most_groups": 5, "mitigation": false}));
    assert_eq!((few.attributes.len(), few.left_out[0].groups, few.left_out[0].most), (2, 6, 5));
}

#[test]
fn classes_equal_scipy_and_fairlearn() {
    let case = golden("labels");
    let d = list(&case["d"]);
    let scores: Vec<f64> = d.iter().flat_map(|d| (0..4).map(move |c| f64::from(u8::from(*d as usize == c)))).collect();
    let s = fixture::multiclass(&["0", "1", "2", "3"], &list(&case["y"]), &scores, vec![letters("g", &case["g"])]);
    let report = run(&s, json!({"flips": false}));
    assert!(report.attributes.is_empty() && report.values.is_empty() && report.mitigation.is_empty());
    let own = &report.labels[0];
    for g in &own.groups {
        assert_eq!(g.predicted, list(&case["predicted"][&g.group]).iter().map(|v| *v as u64).collect::<Vec<_>>());
    }
    let distance = gap(&own.gaps, "label_distance");
    let same = |gap: &report::Gap, want: &Value, what: &str| {
        close(what, gap.estimate.value.expect("a distance"), &want["value"], 1e-12);
        close(what, gap.p_raw.expect("a test"), &want["p"], 1e-9);
        let (low, value, high) = (gap.estimate.low, gap.estimate.value, gap.estimate.high);
        assert!(low <= value && value <= high, "{what}");
        let mut names = gap.extremes.clone().expect("two groups").to_vec();
        names.sort();
        assert_eq!(json!(names), want["pair"], "{what}");
    };
    same(distance, &case["distance"], "all");
    about(&distance.estimate, &case["distance_bootstrap"]);
    for (class, want) in own.given.iter().zip(case["given"].as_array().expect("classes")) {
        same(&class.gap, want, &class.class);
    }
    close("accuracy", gap(&own.gaps, "accuracy_diff").estimate.value.expect("a gap"), &case["accuracy_diff"], 1e-12);
    for (class, want) in own.classes.iter().zip(case["classes"].as_array().expect("classes")) {
        for g in &class.groups {
            let want = &want["groups"][&g.group];
            close("selection", g.selection_rate.value.expect("a rate"), &want["selection_rate"], 1e-12);
            close("fpr", g.fpr.value.expect("a rate"), &want["fpr"], 1e-12);
            if let Some(tpr) = g.tpr.value {
                close("tpr", tpr, &want["tpr"], 1e-12);
            }
        }
        let ids = [("demographic_parity_diff", "selection_rate"), ("equal_opportunity_diff", "tpr")];
        for (id, key) in ids.into_iter().chain([("predictive_equality_diff", "fpr")]) {
            close(id, gap(&class.gaps, id).estimate.value.expect("a gap"), &want["gaps"][key], 1e-12);
        }
    }
}

#[test]
fn numbers_equal_scipy_statsmodels_and_fairlearn() {
    let case = golden("values");
    let s = fixture::regression(&list(&case["y"]), &list(&case["p"]), vec![letters("g", &case["g"])]);
    let report = run(&s, json!({"flips": false}));
    let own = &report.values[0];
    close("sd", own.prediction_sd, &case["sd"], 1e-10);
    close("mae", own.mae, &case["mae"], 1e-12);
    for (id, want) in case["gaps"].as_object().expect("gaps") {
        let e = &gap(&own.gaps, id).estimate;
        close(id, e.value.expect("a gap"), want, 1e-9);
        assert!(e.low <= e.value && e.value <= e.high && e.low.is_some(), "{id} {e:?}");
    }
    for (id, want) in case["pairs"].as_object().expect("pairs") {
        assert_eq!(json!(gap(&own.gaps, id).extremes), *want, "{id}");
    }
    for (id, want) in case["p_raw"].as_object().expect("tests") {
        close(id, gap(&own.gaps, id).p_raw.expect("a test"), want, 1e-8);
    }
    about(&gap(&own.gaps, "mae_diff").estimate, &case["mae_bootstrap"]);
    for g in &own.groups {
        let want = &case["groups"][&g.group];
        for (what, e) in
            [("prediction", &g.prediction), ("truth", &g.truth), ("residual", &g.residual), ("mae", &g.mae)]
        {
            whole(what, e, &want[what], 1e-9);
        }
        close("rmse", g.rmse.value.expect("an error"), &want["rmse"], 1e-10);
        g.quantiles.iter().zip(list(&want["quantiles"])).for_each(|(a, b)| assert!((a - b).abs() < 1e-9));
    }
}

#[test]
fn strata_equal_statsmodels() {
    let case = golden("strata");
    let d = list(&case["d"]);
    let scores: Vec<f64> = d.iter().map(|d| 0.2 + 0.6 * d).collect();
    let mut s = fixture::binary(&d, &scores, vec![letters("g", &case["g"]), letters("s", &case["s"])]);
    s.roles.protected = vec!["g".into()];
    let report = run(&s, json!({"conditional_on": ["s"], "privileged_values": ["a"], "mitigation": false}));
    let own = &report.conditional[0];
    assert_eq!((own.group.as_str(), own.reference.as_str(), own.strata, own.informative), ("b", "a", 4, 3));
    whole("common", &own.common, &case["common"], 1e-9);
    whole("crude", &own.crude, &case["crude"], 1e-9);
    close("p", own.p_raw.expect("a test"), &case["p"], 1e-9);
    let homogeneity = own.homogeneity.as_ref().expect("three strata");
    close("statistic", homogeneity.statistic, &case["statistic"], 1e-8);
    close("equal odds", homogeneity.p, &case["equal_p"], 1e-8);
    assert_eq!((homogeneity.degrees, own.tables.len()), (2.0, 4));
}

#[test]
fn neighbours_equal_scikit_learn() {
    let case = golden("neighbours");
    let d = list(&case["d"]);
    let scores: Vec<f64> = d.iter().map(|d| 0.2 + 0.6 * d).collect();
    let number = |name: &str| Column::number(name, NumberKind::Float, list(&case[name]));
    let own = |mut s: Subject| {
        s.feature_columns = ["a", "z", "c"].iter().map(|name| s.table.position(name).expect("a column")).collect();
        s.roles.protected.clear();
        consistency::consistency(&s, &[], &Design::of(&s), 2000, &Progress::new(&Context::new(&|_, _| true), 1))
            .expect("no stop")
            .expect("rows")
    };
    let columns = || {
        let mut a = number("x");
        a.name = "a".into();
        vec![a, number("z"), letters("c", &case["c"])]
    };
    let classes = own(fixture::binary(&d, &scores, columns()));
    close("classes", classes.value.value.expect("a value"), &case["consistency"], 1e-12);
    assert_eq!((classes.looked_up, classes.sampling_error, classes.features.len()), (300, 0.0, 3));
    let numbers = own(fixture::regression(&list(&case["f"]), &list(&case["f"]), columns()));
    close("numbers", numbers.value.value.expect("a value"), &case["number"], 1e-12);
}

#[test]
fn thresholds_equal_fairlearn() {
    let case = golden("remedies");
    let (y, p, fitted) = (list(&case["y"]), list(&case["p"]), case["fitted"].as_u64().expect("rows") as usize);
    let g = Grouping::of(&letters("g", &case["g"]));
    // Groups in the order of their names, as the library adds them up.
    let mut names: Vec<usize> = (0..g.labels.len()).collect();
    names.sort_by_key(|i| g.labels[*i].clone());
    let scored: Vec<thresholds::Scored> = names
        .iter()
        .map(|i| thresholds::Scored {
            group: g.labels[*i].clone(),
            rows: (0..fitted).filter(|r| g.codes[*r] as usize == *i).map(|r| (p[r], y[r] == 1.0, 1.0)).collect(),
        })
        .collect();
    let kinds = [
        ("demographic-parity", thresholds::Equal::Selection),
        ("equal-opportunity", thresholds::Equal::TruePositives),
        ("equalized-odds", thresholds::Equal::Odds),
    ];
    for (id, equal) in kinds {
        let rules = thresholds::rules(&scored, equal);
        let want = &case["thresholds"][id];
        let mut right = 0.0;
        for (row, selected) in (fitted..y.len()).zip(list(&want["selected"])) {
            let rule = rules.iter().find(|r| r.group == g.labels[g.codes[row] as usize]).expect("a rule");
            let own = thresholds::selected(rule, p[row]);
            assert!((own - selected).abs() < 1e-9, "{id}, row {row}: {own} against {selected}");
            right += if y[row] == 1.0 { own } else { 1.0 - own };
        }
        close(id, right / (y.len() - fitted) as f64, &want["accuracy"], 1e-12);
    }
}

#[test]
fn weights_equal_ai_fairness_360() {
    let case = golden("remedies");
    let fitted = case["fitted"].as_u64().expect("rows") as usize;
    let half = |v: &Value| -> Vec<f64> { list(v)[..fitted].to_vec() };
    let letters =
        Column::text("g", case["g"].as_str().expect("letters").chars().take(fitted).map(|c| Some(c.to_string())));
    let s = fixture::binary(&half(&case["y"]), &half(&case["p"]), vec![letters]);
    let axis = axes::axes(&s, &Params::default()).expect("axes").0.remove(0);
    let rows: Vec<u32> = (0..fitted as u32).collect();
    for w in mitigation::weights(&axis, &binary::Decisions::new(&s, 1), &rows) {
        let key = format!("{}{}", w.group, u8::from(w.favourable));
        close(&key, w.weight.expect("rows"), &case["weights"][&key], 1e-9);
    }
}
