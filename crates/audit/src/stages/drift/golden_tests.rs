//! Against SciPy and NumPy: `golden/stage-drift`.

use fine_table::{Limits, Table};
use serde_json::Value;

use super::report::{BinKind, ColumnDrift};
use super::tests::{run, with_reference};
use super::*;
use crate::estimate::Estimate;
use crate::stats::normal::Z;

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../../../golden/stage-drift/expected.json")).expect("a golden case")
}

fn table(bytes: &[u8]) -> Table {
    fine_table::read(bytes, "t.csv", &Limits::default()).expect("a table").table
}

fn subject(weighted: bool) -> Subject {
    let tables = [
        table(include_bytes!("../../../../../golden/stage-drift/reference.csv")),
        table(include_bytes!("../../../../../golden/stage-drift/audited.csv")),
    ];
    let columns = |t: &Table| t.columns().iter().map(|c| (**c).clone()).collect::<Vec<_>>();
    let mut s = with_reference(columns(&tables[0]), columns(&tables[1]));
    if weighted {
        s.roles.weight = Some("w".into());
        s.weights = tables[1].column("w").and_then(|w| w.numbers()).map(<[f64]>::to_vec);
    }
    s.feature_columns.retain(|c| s.table.columns()[*c].name != "w");
    s
}

fn close(what: &str, own: f64, expected: &Value, tolerance: f64) {
    let expected = expected.as_f64().unwrap_or_else(|| panic!("{what} is not in the golden case"));
    assert!((own - expected).abs() <= tolerance * (1.0 + expected.abs()), "{what}: {own} is not {expected}");
}

/// Half of an interval whose ends were not cut.
fn error(e: &Estimate) -> f64 {
    (e.high.expect("an end") - e.value.expect("a value")) / Z
}

fn column_equals(c: &ColumnDrift, expected: &Value) {
    let what = |key: &str| format!("{} {key}", c.name);
    let value = |e: &Estimate| e.value.expect("a value");
    let kinds: Vec<Value> = c.bins.iter().map(|b| serde_json::to_value(b.kind).expect("a kind")).collect();
    assert_eq!(Value::from(kinds), expected["kinds"], "{}", c.name);
    for (i, bin) in c.bins.iter().enumerate() {
        close(&what("share"), bin.shares[0], &expected["shares"][i][0], 1e-12);
        close(&what("share"), bin.shares[1], &expected["shares"][i][1], 1e-12);
    }
    close(&what("psi"), value(&c.psi), &expected["psi"], 1e-12);
    close(&what("psi error"), error(&c.psi), &expected["psi_error"], 1e-6);
    close(&what("js"), value(&c.jensen_shannon), &expected["js"], 1e-9);
    let (high, root) = (c.jensen_shannon.high.expect("an end"), value(&c.jensen_shannon));
    close(&what("js error"), (high * high - root * root) / Z, &expected["js_square_error"], 1e-6);
    close(&what("moved"), c.moved, &expected["moved"], 1e-12);
    (0..2).for_each(|s| close(&what("missing"), c.missing.shares[s], &expected["missing"][s], 1e-12));
    match &c.chi_squared {
        Some(test) => {
            close(&what("chi2"), test.statistic, &expected["chi2"], 1e-9);
            close(&what("chi2 p"), test.p, &expected["chi2_p"], 1e-9);
            assert_eq!(expected["degrees"], test.degrees, "{}", c.name);
        }
        None => assert!(expected.get("chi2").is_none(), "{}", c.name),
    }
    if let Some(v) = &c.cramer_v {
        close(&what("v"), value(v), &expected["v"], 1e-9);
    }
    if let (Some(ks), Some(test)) = (&c.ks, &c.ks_test) {
        close(&what("ks"), value(ks), &expected["ks"], 1e-12);
        close(&what("ks error"), error(ks), &expected["ks_error"], 1e-9);
        close(&what("ks p"), test.p, &expected["ks_p"], 1e-9);
        if let Some(exact) = expected["ks_p_exact"].as_f64() {
            assert!(test.p >= exact * (1.0 - 1e-9), "{}: the limit's p-value is a careful one", c.name);
        }
        let w = c.wasserstein.as_ref().expect("numbers have one");
        close(&what("wasserstein"), value(w), &expected["wasserstein"], 1e-9);
        if let Some(expected) = expected.get("wasserstein_error") {
            close(&what("wasserstein error"), error(w), expected, 1e-6);
        }
    }
    let unseen = c.out_of_range.as_ref().or(c.new_categories.as_ref()).expect("one of both");
    close(&what("unseen"), value(unseen), &expected["unseen"], 1e-12);
}

#[test]
fn every_measure_equals_scipy() {
    let (golden, (report, _)) = (golden(), run(&subject(false)));
    assert_eq!(report.features.len(), golden["plain"].as_object().expect("columns").len());
    for c in &report.features {
        column_equals(c, &golden["plain"][&c.name]);
        if let Some(test) = &c.chi_squared {
            close("adjusted p", test.p_adjusted, &golden["chi2_adjusted"][&c.name], 1e-9);
        }
    }
    let names = report.features.iter().find(|c| c.name == "names").expect("the column");
    let new: Vec<&str> =
        golden["plain"]["names"]["new"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(names.new_names.len() == 20 && names.new_names.iter().all(|(name, _)| new.contains(&name.as_str())));
    assert!(names.bins.iter().any(|b| b.kind == BinKind::Rare));
}

#[test]
fn weighted_measures_equal_scipy() {
    let (golden, (report, _)) = (golden(), run(&subject(true)));
    assert_eq!(report.weighted, [true, true]);
    for s in 0..2 {
        close("effective rows", report.effective_rows[s], &golden["sizes"][s], 1e-12);
    }
    for c in &report.features {
        column_equals(c, &golden["weighted"][&c.name]);
    }
}
