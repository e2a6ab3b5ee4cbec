//! Audited rows that differ from the reference.

use fine_table::Table;
use rand::RngExt;

use super::super::people::{Draw, People, against, normals, sigmoid};
use super::{Plant, USUAL, is_feature};
use crate::subject::Inputs;

const ROWS: usize = 1500;
const STAGE: &str = "drift";
/// The classifier takes most of the time and is asked only where a plant is for it.
const NO_DOMAIN: Option<&str> = Some(r#"{"domain":false}"#);

const DRIFT: Plant = Plant { stage: STAGE, params: NO_DOMAIN, ..USUAL };

pub(super) const PLANTS: &[Plant] = &[
    Plant {
        id: "drift-number",
        checks: &["DRIFT-PSI", "DRIFT-JENSEN-SHANNON", "DRIFT-KS", "DRIFT-WASSERSTEIN"],
        at: |scope| is_feature(scope, "income"),
        make: number,
        ..DRIFT
    },
    Plant {
        id: "drift-category",
        checks: &["DRIFT-CRAMER-V"],
        at: |scope| is_feature(scope, "region"),
        make: category,
        ..DRIFT
    },
    Plant {
        id: "drift-missing",
        checks: &["DRIFT-MISSING"],
        at: |scope| is_feature(scope, "rate"),
        make: missing,
        ..DRIFT
    },
    Plant {
        id: "drift-new-category",
        checks: &["DRIFT-NEW-CATEGORIES"],
        at: |scope| is_feature(scope, "region"),
        make: new_category,
        ..DRIFT
    },
    Plant {
        id: "drift-range",
        checks: &["DRIFT-RANGE"],
        at: |scope| is_feature(scope, "income"),
        make: range,
        ..DRIFT
    },
    Plant { id: "drift-label", checks: &["DRIFT-LABEL"], make: label, ..DRIFT },
    Plant { id: "drift-prediction", checks: &["DRIFT-PREDICTION"], make: prediction, ..DRIFT },
    Plant { id: "drift-together", checks: &["DRIFT-MULTIVARIATE"], params: None, make: together, ..DRIFT },
];

/// Audited and reference people of the same kind.
fn both(rng: &mut Draw) -> (People, Table) {
    (People::draw(ROWS, rng), People::draw(ROWS, rng).table())
}

/// The income of everybody is higher by 0.8 standard deviations: the KS distance is 0.31.
fn number(rng: &mut Draw, planted: bool) -> Inputs {
    let (mut people, reference) = both(rng);
    if planted {
        people.income.iter_mut().for_each(|v| *v += 16_000.0);
    }
    against(people.table(), reference)
}

/// Four in five of those in the north moved west.
fn category(rng: &mut Draw, planted: bool) -> Inputs {
    let (mut people, reference) = both(rng);
    for region in &mut people.region {
        let moved = rng.random::<f64>() < 0.8;
        if planted && moved && *region == "north" {
            *region = "west";
        }
    }
    against(people.table(), reference)
}

/// One cell in five is empty.
fn missing(rng: &mut Draw, planted: bool) -> Inputs {
    let (mut people, reference) = both(rng);
    let share = if planted { 0.2 } else { 0.0 };
    people.rate.iter_mut().filter(|_| rng.random::<f64>() < share).for_each(|v| *v = f64::NAN);
    against(people.table(), reference)
}

/// One row in twenty is of a region that the reference does not know.
fn new_category(rng: &mut Draw, planted: bool) -> Inputs {
    let (mut people, reference) = both(rng);
    let share = if planted { 0.05 } else { 0.0 };
    people.region.iter_mut().filter(|_| rng.random::<f64>() < share).for_each(|r| *r = "island");
    against(people.table(), reference)
}

/// One income in twenty is ten times as high.
fn range(rng: &mut Draw, planted: bool) -> Inputs {
    let (mut people, reference) = both(rng);
    let share = if planted { 0.05 } else { 0.0 };
    people.income.iter_mut().filter(|_| rng.random::<f64>() < share).for_each(|v| *v = 10.0 * (v.abs() + 50_000.0));
    against(people.table(), reference)
}

/// People answer 1 more often, though nothing else about them changed.
fn label(rng: &mut Draw, planted: bool) -> Inputs {
    let (mut people, reference) = both(rng);
    if planted {
        people.margin.iter_mut().for_each(|m| *m += 2.0);
        people.answer(rng);
    }
    against(people.table(), reference)
}

/// The stored probabilities are those of another model, which says yes more often.
fn prediction(rng: &mut Draw, planted: bool) -> Inputs {
    let (mut people, reference) = both(rng);
    if planted {
        people.p = people.margin.iter().map(|m| sigmoid(m + 1.5)).collect();
    }
    against(people.table(), reference)
}

/// Income and rate go together (correlation 0.9), and each by itself is as in the reference.
fn together(rng: &mut Draw, planted: bool) -> Inputs {
    let (mut people, reference) = both(rng);
    let noise = normals(ROWS, rng);
    if planted {
        for (row, noise) in noise.iter().enumerate() {
            let income = (people.income[row] - 50_000.0) / 20_000.0;
            people.rate[row] = 0.05 + 0.01 * (0.9 * income + 0.19f64.sqrt() * noise);
        }
    }
    against(people.table(), reference)
}
