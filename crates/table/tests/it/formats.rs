//! The same cells as pandas and pyarrow read (golden/table-readers).

use fine_table::{Column, NumberKind, Values};
use serde_json::{Value, json};

use crate::{golden, read};

#[test]
fn every_golden_file_reads_as_pandas_reads_it() {
    let expected: Value = serde_json::from_slice(&golden("expected.json")).expect("JSON");
    let files = expected["files"].as_object().expect("files");
    assert!(files.len() >= 12);
    for (name, file) in files {
        let read = read(&golden(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let facts = serde_json::to_value(&read.facts).expect("facts");
        for (key, value) in file["facts"].as_object().expect("facts") {
            assert_eq!(&facts[key], value, "{name}: {key}");
        }
        let columns = file["columns"].as_array().expect("columns");
        assert_eq!(read.table.columns().len(), columns.len(), "{name}");
        for (column, expected) in read.table.columns().iter().zip(columns) {
            let label = format!("{name}: {}", column.name);
            assert_eq!(json!(column.name), expected["name"], "{label}");
            assert_eq!(json!(column.kind_id()), expected["kind"], "{label}");
            let cells: Vec<Value> = (0..column.len()).map(|row| cell(column, row)).collect();
            for (row, (cell, expected)) in cells.iter().zip(expected["values"].as_array().expect("values")).enumerate()
            {
                assert!(same(cell, expected), "{label}, row {row}: {cell} is not {expected}");
            }
        }
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(x), Some(y)) => x.to_bits() == y.to_bits(),
        _ => a == b,
    }
}

fn cell(column: &Column, row: usize) -> Value {
    match &column.values {
        Values::Text { .. } => json!(column.str_at(row)),
        Values::Number { values, .. } if values[row].is_nan() => Value::Null,
        Values::Number { kind: NumberKind::Bool, values } => json!(values[row] != 0.0),
        Values::Number { values, .. } if values[row].is_infinite() => json!(values[row].to_string()),
        Values::Number { values, .. } => json!(values[row]),
    }
}

#[test]
fn null_spellings_are_counted() {
    let read = read(&golden("tricky.csv")).expect("a table");
    let spellings = |name: &str| read.table.column(name).map(|c| c.null_spellings.clone()).expect("the column");
    assert_eq!(spellings("text"), [("NA".into(), 1), ("None".into(), 1), ("nan".into(), 1)]);
    assert_eq!(spellings("missing").len(), 5);
    assert_eq!(spellings("int"), []);
}

#[test]
fn preview_is_as_the_interface_says() {
    let read = read(b"id;sex;y\n1;f;a\n2;m;b\n3;f;b\n").expect("a table");
    let suggestion = fine_table::infer::<&str>(&read.table, None, None);
    let preview = fine_table::preview(&read.table, &read.facts, &suggestion);
    assert_eq!(
        serde_json::to_value(&preview).expect("JSON"),
        json!({
            "columns": [
                {"name": "id", "kind": "int", "missing": 0, "distinct": 3, "examples": ["1", "2", "3"],
                 "role": "ignore", "protected": false, "reason": "row-index"},
                {"name": "sex", "kind": "text", "missing": 0, "distinct": 2, "examples": ["f", "m"],
                 "role": "feature", "protected": true, "reason": "default"},
                {"name": "y", "kind": "text", "missing": 0, "distinct": 2, "examples": ["a", "b"],
                 "role": "target", "protected": false, "reason": "name"},
            ],
            "head": [["1", "f", "a"], ["2", "m", "b"], ["3", "f", "b"]],
            "suggested": {
                "roles": {"target": "y", "protected": ["sex"], "ignore": ["id"]},
                "task": "binary",
                "classes": ["a", "b"],
            },
            "delimiter": ";",
            "encoding": "utf-8",
            "decimal": ".",
            "warnings": [],
        })
    );
}
