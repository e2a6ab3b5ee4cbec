//! Models that behave badly.

use fine_model::Model;
use fine_table::{Column, NumberKind, Table};
use rand::RngExt;

use super::super::models::{audited, forest, logistic, sawtooth, strict_with_missing, stump, unsure_outside};
use super::super::people::{Draw, normals, sigmoid, table};
use super::leakage::determinism;
use super::{Plant, USUAL, is_feature};
use crate::finding::Scope;
use crate::subject::Inputs;

const ROWS: usize = 1000;

pub(super) const EXPLAIN: &[Plant] = &[
    Plant {
        id: "expl-additivity",
        stage: "explain",
        checks: &["EXPL-ADDITIVITY"],
        params: Some(
            r#"{"sampler_rows":20,"background_rows":5,"bootstrap":20,"repeats":2,"dependence_features":0,"local_rows":1,
                "h_rows":5,"ale_rows":50,"interaction_rows":20,"counterfactuals":{"queries":50}}"#,
        ),
        make: determinism,
        ..USUAL
    },
    Plant {
        id: "expl-protected",
        stage: "explain",
        checks: &["EXPL-PROTECTED-TOP"],
        at: |scope| is_feature(scope, "member"),
        params: FEW,
        make: protected,
        ..USUAL
    },
    Plant {
        id: "expl-proxy",
        stage: "explain",
        checks: &["EXPL-PROXY-TOP"],
        at: |scope| matches!(scope, Scope::Pair { features } if features == &["a", "member"]),
        params: FEW,
        make: proxy,
        ..USUAL
    },
    Plant {
        id: "expl-unused",
        stage: "explain",
        checks: &["EXPL-UNUSED"],
        at: |scope| is_feature(scope, "d"),
        params: FEW,
        make: unused,
        ..USUAL
    },
];

/// What the checks do not need is left out.
const FEW: Option<&str> = Some(
    r#"{"bootstrap":100,"dependence_features":0,"local_rows":1,"h_rows":5,"ale_rows":50,"interaction_rows":20,
        "counterfactuals":{"queries":50}}"#,
);

pub(super) const SENSITIVITY: &[Plant] = &[Plant {
    id: "sens-flips",
    stage: "sensitivity",
    checks: &["SENS-FLIP-RATE"],
    params: Some(r#"{"levels":[0.01],"curve_rows":10}"#),
    make: sawteeth,
    ..USUAL
}];

/// A plant in robustness; of the stage runs what the check needs.
const fn robust(
    id: &'static str,
    checks: &'static [&'static str],
    params: &'static str,
    make: fn(&mut Draw, bool) -> Inputs,
) -> Plant {
    Plant { id, stage: "robustness", checks, params: Some(params), make, ..USUAL }
}

pub(super) const ROBUSTNESS: &[Plant] = &[
    robust(
        "rob-noise",
        &["ROB-NOISE-DROP"],
        r#"{"noise_levels":[0.5],"missing_levels":[],"swaps":0,"shares":[],"attack_rows":0}"#,
        sawteeth,
    ),
    robust(
        "rob-missing",
        &["ROB-MISSING-DROP"],
        r#"{"noise_levels":[],"missing_levels":[0.1],"swaps":0,"shares":[],"attack_rows":0}"#,
        strict,
    ),
    Plant {
        at: |scope| is_feature(scope, "a"),
        ..robust(
            "rob-single",
            &["ROB-SINGLE-FEATURE"],
            r#"{"noise_levels":[],"missing_levels":[],"swaps":0,"shares":[],"attack_rows":0}"#,
            single,
        )
    },
    robust(
        "rob-silent",
        &["ROB-SILENT-NONSENSE"],
        r#"{"noise_levels":[],"missing_levels":[],"shares":[],"attack_rows":0}"#,
        silent,
    ),
    robust(
        "rob-outer",
        &["ROB-OUTER-DROP"],
        r#"{"noise_levels":[],"missing_levels":[],"swaps":0,"shares":[0.1],"attack_rows":0}"#,
        outer,
    ),
    robust(
        "rob-attack",
        &["ROB-ADVERSARIAL", "ROB-CERTIFIED"],
        r#"{"noise_levels":[],"missing_levels":[],"swaps":0,"shares":[],"radii":[0.1],"attack_rows":100}"#,
        sawteeth,
    ),
];

/// Five columns, with the truth that they tell.
const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// Standard normal columns; the answer follows the sum of the first four.
fn four(rng: &mut Draw) -> (Vec<Column>, Vec<f64>) {
    let columns: Vec<Vec<f64>> = NAMES[..4].iter().map(|_| normals(ROWS, rng)).collect();
    let margin: Vec<f64> = (0..ROWS).map(|row| columns.iter().map(|c| c[row]).sum()).collect();
    let named = NAMES.iter().zip(columns).map(|(name, c)| Column::number(*name, NumberKind::Float, c)).collect();
    (named, margin)
}

fn answers(margin: &[f64], rng: &mut Draw) -> Column {
    let y = margin.iter().map(|m| f64::from(u8::from(rng.random::<f64>() < sigmoid(*m)))).collect();
    Column::number("y", NumberKind::Int, y)
}

/// A protected attribute decides as much as anything else; in the clean twin the model does not look at it.
fn protected(rng: &mut Draw, planted: bool) -> Inputs {
    let (mut columns, margin) = four(rng);
    let member: Vec<f64> = (0..ROWS).map(|_| f64::from(u8::from(rng.random::<bool>()))).collect();
    columns.extend([answers(&margin, rng), Column::number("member", NumberKind::Int, member)]);
    let weight = if planted { 2.0 } else { 0.0 };
    let model = logistic(&[("a", 1.0), ("b", 1.0), ("c", 1.0), ("d", 1.0), ("member", weight)], 0.0);
    audited(table(columns), model, &["member"])
}

/// The model has a column that it does not look at.
fn unused(rng: &mut Draw, planted: bool) -> Inputs {
    let (mut columns, margin) = four(rng);
    columns.push(answers(&margin, rng));
    let model = logistic(&[("a", 1.0), ("b", 1.0), ("c", 1.0), ("d", if planted { 0.0 } else { 1.0 })], 0.0);
    audited(table(columns), model, &[])
}

/// Five columns that say the same: 1 or -1, a little blurred.
fn witnesses(rng: &mut Draw) -> (Vec<Column>, Vec<f64>) {
    let sides: Vec<f64> = (0..ROWS).map(|_| if rng.random::<bool>() { 1.0 } else { -1.0 }).collect();
    let columns = NAMES
        .iter()
        .map(|name| {
            let blurred = sides.iter().zip(normals(ROWS, rng)).map(|(side, z)| side + 0.2 * z).collect();
            Column::number(*name, NumberKind::Float, blurred)
        })
        .collect();
    (columns, sides)
}

fn seen(mut columns: Vec<Column>, answers: impl Iterator<Item = bool>) -> Table {
    columns.push(Column::number("y", NumberKind::Int, answers.map(|y| f64::from(u8::from(y))).collect()));
    table(columns)
}

/// A tree that has learnt its training rows by heart: the answer changes every 0.04 standard deviations. The clean twin
/// lets five witnesses vote.
fn sawteeth(rng: &mut Draw, planted: bool) -> Inputs {
    let (columns, sides) = witnesses(rng);
    if !planted {
        return audited(seen(columns, sides.iter().map(|s| *s > 0.0)), vote(), &[]);
    }
    let thresholds: Vec<f64> = (-40..=40).map(|i| f64::from(i) * 0.04).collect();
    let a = columns[0].numbers().unwrap_or_default().to_vec();
    let answers = a.iter().map(|v| thresholds.iter().filter(|t| **t < *v).count() % 2 == 1);
    audited(seen(columns, answers), forest(&NAMES, vec![sawtooth(&thresholds)]), &[])
}

fn vote() -> Model {
    forest(&NAMES, (0..5).map(|feature| stump(feature, 0.0)).collect())
}

/// Any missing value means no. The clean twin lets five witnesses vote.
fn strict(rng: &mut Draw, planted: bool) -> Inputs {
    let (columns, sides) = witnesses(rng);
    let model = if planted { forest(&NAMES, vec![strict_with_missing(5, 0.0)]) } else { vote() };
    audited(seen(columns, sides.iter().map(|s| *s > 0.0)), model, &[])
}

/// All depends on one column. The clean twin lets five witnesses vote.
fn single(rng: &mut Draw, planted: bool) -> Inputs {
    let (columns, sides) = witnesses(rng);
    let model = if planted { forest(&NAMES, vec![stump(0, 0.0)]) } else { vote() };
    audited(seen(columns, sides.iter().map(|s| *s > 0.0)), model, &[])
}

/// A tree that says the same, and as surely, to values that cannot be. The clean twin is not sure of them.
fn silent(rng: &mut Draw, planted: bool) -> Inputs {
    let (columns, sides) = witnesses(rng);
    let tree = if planted { stump(0, 0.0) } else { unsure_outside(5, 2.0) };
    audited(seen(columns, sides.iter().map(|s| *s > 0.0)), forest(&NAMES, vec![tree]), &[])
}

/// Three in five answers of the tenth of the rows that lies farthest out are not what the model says; elsewhere, and in the
/// clean twin everywhere, all are.
fn outer(rng: &mut Draw, planted: bool) -> Inputs {
    let (columns, margin) = four(rng);
    let square = |row: usize| -> f64 {
        columns.iter().filter_map(|c| c.numbers()).map(|values| values[row] * values[row]).sum()
    };
    let mut distances: Vec<f64> = (0..ROWS).map(square).collect();
    let order = distances.clone();
    distances.sort_by(f64::total_cmp);
    let far = distances[ROWS - ROWS / 10];
    let wrong: Vec<bool> = (0..ROWS).map(|row| rng.random::<f64>() < 0.6 && planted && order[row] >= far).collect();
    let answers = margin.iter().zip(wrong).map(|(m, wrong)| (*m > 0.0) ^ wrong);
    let model = logistic(&[("a", 1.0), ("b", 1.0), ("c", 1.0), ("d", 1.0)], 0.0);
    audited(seen(columns, answers), model, &[])
}

/// A protected attribute that the model does not see, and that one of its columns nearly is.
fn proxy(rng: &mut Draw, planted: bool) -> Inputs {
    let (mut columns, margin) = four(rng);
    let a = columns[0].numbers().unwrap_or_default().to_vec();
    let member = (0..ROWS).map(|row| {
        let other = rng.random::<bool>();
        f64::from(u8::from(if planted { a[row] > 0.0 } else { other }))
    });
    let member = Column::number("member", NumberKind::Int, member.collect());
    columns.extend([answers(&margin, rng), member]);
    audited(table(columns), logistic(&[("a", 1.0), ("b", 1.0), ("c", 1.0), ("d", 1.0)], 0.0), &["member"])
}
