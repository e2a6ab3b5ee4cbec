//! Leaks.

use std::sync::atomic::AtomicU64;

use fine_table::{Column, NumberKind, Table, Values};
use rand::RngExt;
use rand::seq::SliceRandom;

use super::super::models::{InTraining, audited, graph, logistic};
use super::super::people::{Draw, People, against, normals, stored, table, with};
use super::{Plant, USUAL, is_feature};
use crate::subject::Inputs;

const ROWS: usize = 1000;
const STAGE: &str = "leakage";

pub(super) const PLANTS: &[Plant] = &[
    Plant {
        id: "leak-feature",
        stage: STAGE,
        checks: &["LEAK-FEATURE"],
        at: |scope| is_feature(scope, "tenure"),
        make: feature,
        ..USUAL
    },
    Plant {
        id: "leak-identifier",
        stage: STAGE,
        checks: &["LEAK-IDENTIFIER"],
        at: |scope| is_feature(scope, "number"),
        make: identifier,
        ..USUAL
    },
    Plant { id: "leak-shared-rows", stage: STAGE, checks: &["LEAK-SHARED-ROWS"], make: shared_rows, ..USUAL },
    Plant { id: "leak-near-rows", stage: STAGE, checks: &["LEAK-NEAR-DUPLICATES"], make: near_rows, ..USUAL },
    Plant { id: "leak-shared-ids", stage: STAGE, checks: &["LEAK-SHARED-IDS"], make: shared_ids, ..USUAL },
    Plant { id: "leak-time", stage: STAGE, checks: &["LEAK-TIME-OVERLAP"], make: time, ..USUAL },
    Plant { id: "leak-batch", stage: STAGE, checks: &["LEAK-BATCH"], make: batch, ..USUAL },
    Plant { id: "leak-determinism", stage: STAGE, checks: &["LEAK-DETERMINISM"], make: determinism, ..USUAL },
];

/// A column that is the answer, but for one row in a hundred.
fn feature(rng: &mut Draw, planted: bool) -> Inputs {
    let mut people = People::draw(ROWS, rng);
    for row in 0..ROWS {
        let wrong = rng.random::<f64>() < 0.01;
        if planted {
            people.tenure[row] = f64::from(u8::from(people.truth[row] ^ wrong));
        }
    }
    stored(people.table())
}

/// Running numbers that were given after the file was sorted by the answer; in the clean twin before.
fn identifier(rng: &mut Draw, planted: bool) -> Inputs {
    let people = People::draw(ROWS, rng);
    let mut rows: Vec<usize> = (0..ROWS).collect();
    rows.shuffle(rng);
    if planted {
        rows.sort_by_key(|row| people.truth[*row]);
    }
    let mut numbers = vec![String::new(); ROWS];
    rows.iter().enumerate().for_each(|(at, row)| numbers[*row] = format!("k{at}"));
    stored(with(&people.table(), Column::text("number", numbers.into_iter().map(Some))))
}

/// Two tables of which the second holds the first rows of the first; the reference is the second.
fn tables(rng: &mut Draw, rows: usize) -> (Table, Table) {
    let audited = People::draw(ROWS, rng).table();
    let own = People::draw(ROWS, rng).table();
    (audited.clone(), joined(&audited, &own, rows))
}

/// `rows` rows of one table, and of the other what is missing to as many as it has.
fn joined(first: &Table, second: &Table, rows: usize) -> Table {
    let columns = first.columns().iter().zip(second.columns()).map(|(a, b)| {
        let cells = |column: &Column, rows: std::ops::Range<usize>| -> Vec<Option<String>> {
            rows.map(|row| column.str_at(row).map(str::to_owned)).collect()
        };
        match (&a.values, a.numbers(), b.numbers()) {
            (Values::Number { kind, .. }, Some(x), Some(y)) => {
                Column::number(a.name.clone(), *kind, [&x[..rows], &y[rows..]].concat())
            }
            _ => Column::text(a.name.clone(), cells(a, 0..rows).into_iter().chain(cells(b, rows..b.len()))),
        }
    });
    self::table(columns.collect())
}

/// One audited row in ten is in the reference.
fn shared_rows(rng: &mut Draw, planted: bool) -> Inputs {
    let (table, reference) = tables(rng, if planted { ROWS / 10 } else { 0 });
    against(table, reference)
}

/// One audited row in ten is in the reference with another income.
fn near_rows(rng: &mut Draw, planted: bool) -> Inputs {
    let (table, reference) = tables(rng, if planted { ROWS / 10 } else { 0 });
    let income = normals(ROWS, rng).iter().map(|z| 50_000.0 + 20_000.0 * z).collect();
    against(table, with(&reference, Column::number("income", NumberKind::Float, income)))
}

/// Five of a thousand people are in both tables.
fn shared_ids(rng: &mut Draw, planted: bool) -> Inputs {
    let (table, reference) = tables(rng, 0);
    let first = if planted { ROWS - 5 } else { ROWS };
    let named = |table: &Table, first: usize| {
        with(table, Column::text("person", (first..first + ROWS).map(|i| Some(format!("person {i}")))))
    };
    let mut inputs = against(named(&table, 0), named(&reference, first));
    inputs.roles.entity = Some("person".into());
    inputs
}

/// One audited row in twenty is older than the newest reference row.
fn time(rng: &mut Draw, planted: bool) -> Inputs {
    let (table, reference) = tables(rng, 0);
    let dated = |table: &Table, from: f64, rng: &mut Draw| {
        let days = (0..ROWS).map(|_| (from + 100.0 * rng.random::<f64>()) * 86_400_000.0).collect();
        with(table, Column::number("day", NumberKind::Time, days))
    };
    let from = if planted { 95.0 } else { 101.0 };
    let mut inputs = against(dated(&table, from, rng), dated(&reference, 0.0, rng));
    inputs.roles.time = Some("day".into());
    inputs
}

/// Columns of a network, with mean and spread.
const INPUTS: [(&str, f64, f64); 4] =
    [("income", 50_000.0, 20_000.0), ("rate", 0.05, 0.01), ("age", 45.0, 12.0), ("tenure", 8.0, 3.0)];
/// The same network as a linear model.
const WEIGHTS: [(&str, f64); 4] =
    [("income", 1.3 / 20_000.0), ("rate", -100.0), ("age", 0.4 / 12.0), ("tenure", 0.4 / 3.0)];

fn network(rng: &mut Draw, layer: Option<InTraining>) -> Inputs {
    let table = People::draw(ROWS / 2, rng).table();
    let model = match layer {
        Some(layer) => graph(&INPUTS, layer),
        None => logistic(&WEIGHTS, -1.3 * 2.5 + 5.0 - 1.5 - 0.4 * 8.0 / 3.0),
    };
    audited(table, model, &[])
}

/// A network whose batch normalisation still looks at the batch.
fn batch(rng: &mut Draw, planted: bool) -> Inputs {
    network(rng, planted.then_some(InTraining::BatchNormalisation))
}

/// A network whose dropout is still on.
pub(super) fn determinism(rng: &mut Draw, planted: bool) -> Inputs {
    let start = AtomicU64::new(rng.random_range(0..1000));
    network(rng, planted.then_some(InTraining::Dropout(start)))
}
