//! Defects of the table.

use fine_table::{Column, NumberKind, Table};
use rand::RngExt;

use super::super::people::{Draw, People, normals, stored, with};
use super::{Plant, USUAL, is_feature};
use crate::finding::Scope;
use crate::subject::Inputs;

const ROWS: usize = 2000;

pub(super) const PLANTS: &[Plant] = &[
    Plant {
        id: "data-constant",
        stage: "data",
        checks: &["DATA-CONSTANT"],
        at: |scope| is_feature(scope, "tenure"),
        make: constant,
        ..USUAL
    },
    Plant { id: "data-duplicates", stage: "data", checks: &["DATA-DUPLICATES"], make: duplicates, ..USUAL },
    Plant { id: "data-conflicting", stage: "data", checks: &["DATA-CONFLICTING-LABELS"], make: conflicting, ..USUAL },
    Plant {
        id: "data-missing",
        stage: "data",
        checks: &["DATA-MISSING"],
        at: |scope| is_feature(scope, "rate"),
        make: missing,
        ..USUAL
    },
    Plant {
        id: "data-correlated",
        stage: "data",
        checks: &["DATA-CORRELATED"],
        at: |scope| matches!(scope, Scope::Pair { features } if features.iter().all(|f| f == "income" || f == "tenure")),
        make: correlated,
        ..USUAL
    },
    Plant {
        id: "data-minority",
        stage: "data",
        checks: &["DATA-MINORITY"],
        at: |scope| matches!(scope, Scope::Class { class } if class == "1"),
        make: minority,
        ..USUAL
    },
    Plant {
        id: "data-outliers",
        stage: "data",
        checks: &["DATA-OUTLIERS"],
        at: |scope| is_feature(scope, "income"),
        make: outliers,
        ..USUAL
    },
    written("data-variants", &["DATA-CATEGORY-VARIANTS"], |rng, planted| {
        respelled(rng, planted, &["West", "north "], 0.02)
    }),
    written("data-symbols", &["DATA-SYMBOLS-ONLY"], |rng, planted| respelled(rng, planted, &["#"], 0.01)),
    written("data-nulls", &["DATA-NULL-SPELLINGS"], |rng, planted| respelled(rng, planted, &["?", "unknown"], 0.02)),
    written("data-mixed", &["DATA-MIXED-TYPES"], |rng, planted| respelled(rng, planted, &["7"], 0.05)),
];

/// A plant in how the regions are written.
const fn written(id: &'static str, checks: &'static [&'static str], make: fn(&mut Draw, bool) -> Inputs) -> Plant {
    Plant { id, stage: "data", checks, at: |scope| is_feature(scope, "region"), make, ..USUAL }
}

/// One value in the whole column.
fn constant(rng: &mut Draw, planted: bool) -> Inputs {
    let mut people = People::draw(ROWS, rng);
    if planted {
        people.tenure.fill(8.0);
    }
    stored(people.table())
}

/// One row in ten stands twice; in the clean twin one in fifty.
fn duplicates(rng: &mut Draw, planted: bool) -> Inputs {
    let table = People::draw(ROWS, rng).table();
    stored(repeated(&table, if planted { ROWS / 10 } else { ROWS / 50 }))
}

/// The table with its last rows replaced by the first ones.
fn repeated(table: &Table, rows: usize) -> Table {
    let kept = (0..(table.rows() - rows) as u32).chain(0..rows as u32);
    table.take(&kept.collect::<Vec<_>>())
}

/// Ten rows stand twice, with the other answer; in the clean twin with the same.
fn conflicting(rng: &mut Draw, planted: bool) -> Inputs {
    const PAIRS: usize = 10;
    let table = repeated(&People::draw(ROWS, rng).table(), PAIRS);
    let mut y = table.column("y").and_then(|c| c.numbers()).unwrap_or_default().to_vec();
    if planted {
        y[ROWS - PAIRS..].iter_mut().for_each(|y| *y = 1.0 - *y);
    }
    stored(with(&table, Column::number("y", NumberKind::Int, y)))
}

/// One cell in ten is empty; in the clean twin one in fifty.
fn missing(rng: &mut Draw, planted: bool) -> Inputs {
    let mut people = People::draw(ROWS, rng);
    let share = if planted { 0.1 } else { 0.02 };
    people.rate.iter_mut().filter(|_| rng.random::<f64>() < share).for_each(|v| *v = f64::NAN);
    stored(people.table())
}

/// Two columns with a correlation of 0.98; in the clean twin of 0.7.
fn correlated(rng: &mut Draw, planted: bool) -> Inputs {
    let mut people = People::draw(ROWS, rng);
    let noise = normals(ROWS, rng);
    let r: f64 = if planted { 0.98 } else { 0.7 };
    for (row, noise) in noise.iter().enumerate() {
        let income = (people.income[row] - 50_000.0) / 20_000.0;
        people.tenure[row] = 8.0 + 3.0 * (r * income + (1.0 - r * r).sqrt() * noise);
    }
    stored(people.table())
}

/// A class of about 5 % of the rows.
fn minority(rng: &mut Draw, planted: bool) -> Inputs {
    stored(People::around(if planted { -4.5 } else { 0.0 }, ROWS, rng).table())
}

/// One income in twelve is a hundred times as high.
fn outliers(rng: &mut Draw, planted: bool) -> Inputs {
    let mut people = People::draw(ROWS, rng);
    let share = if planted { 1.0 / 12.0 } else { 0.0 };
    people.income.iter_mut().filter(|_| rng.random::<f64>() < share).for_each(|v| *v = 100.0 * (v.abs() + 1000.0));
    stored(people.table())
}

/// A share of the regions is written in other ways, in turn.
fn respelled(rng: &mut Draw, planted: bool, ways: &[&'static str], share: f64) -> Inputs {
    let mut people = People::draw(ROWS, rng);
    let chosen = people.region.iter_mut().filter(|_| planted && rng.random::<f64>() < share);
    chosen.enumerate().for_each(|(at, region)| *region = ways[at % ways.len()]);
    stored(people.table())
}
