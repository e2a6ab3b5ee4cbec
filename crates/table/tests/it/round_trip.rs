//! What is written reads back the same.

use fine_table::{Column, NumberKind, Table, write_csv, write_parquet};
use proptest::prelude::*;

use crate::read;

/// Numbers that are no missing cell.
fn number() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![Just(None), any::<f64>().prop_filter("a number", |v| !v.is_nan()).prop_map(Some)]
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        Just(None),
        "[a-zé,;\"\n\r\t| 0-9]{1,8}"
            .prop_filter("not null, not numeric", |s| {
                !fine_table::NULL_SPELLINGS.contains(&s.as_str()) && s.trim().parse::<f64>().is_err()
            })
            .prop_map(Some)
    ]
}

fn column(name: &str, cells: &[Option<f64>]) -> Column {
    Column::number(name, NumberKind::Float, cells.iter().map(|v| v.unwrap_or(f64::NAN)).collect())
}

/// Cells as bits and strings, so that missing cells compare equal.
fn cells(table: &Table) -> Vec<(String, Vec<Option<String>>)> {
    let bits = |c: &Column, row: usize| match c.numbers() {
        Some(v) if v[row].is_nan() => None,
        Some(v) => Some(v[row].to_bits().to_string()),
        None => c.str_at(row).map(str::to_owned),
    };
    table.columns().iter().map(|c| (c.name.clone(), (0..c.len()).map(|r| bits(c, r)).collect())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn csv_and_parquet(rows in proptest::collection::vec((number(), text(), number()), 1..40)) {
        let texts = rows.iter().map(|r| r.1.clone());
        let table = Table::new(vec![
            column("a", &rows.iter().map(|r| r.0).collect::<Vec<_>>()),
            Column::text("text, \"quoted\"", texts.chain([Some("end".to_owned())]).take(rows.len())),
            column("b", &rows.iter().map(|r| r.2).collect::<Vec<_>>()),
        ]).expect("equal lengths");
        let csv = read(&write_csv(&table).expect("to memory")).expect("its own CSV");
        prop_assert_eq!(csv.facts.delimiter, Some(','));
        prop_assert_eq!(cells(&csv.table), cells(&table));
        let parquet = read(&write_parquet(&table).expect("to memory")).expect("its own Parquet");
        prop_assert_eq!(cells(&parquet.table), cells(&table));
    }
}

#[test]
fn kinds_survive() {
    let table = Table::new(vec![
        Column::number("prediction", NumberKind::Int, vec![1.0, f64::NAN, 3.0]),
        Column::number("flag", NumberKind::Bool, vec![1.0, 0.0, f64::NAN]),
        Column::number("p_yes", NumberKind::Float, vec![0.1 + 0.2, 1e-300, 1.0]),
        Column::number("at", NumberKind::Time, vec![1e15, f64::NAN, -1.0]),
    ])
    .expect("equal lengths");
    let csv = write_csv(&table).expect("to memory");
    assert_eq!(
        String::from_utf8(csv.clone()).expect("UTF-8"),
        "prediction,flag,p_yes,at\n1,True,0.30000000000000004,1000000000000000\n,False,1e-300,\n3,,1.0,-1\n"
    );
    let kinds = |t: &Table| t.columns().iter().map(|c| c.kind_id()).collect::<Vec<_>>();
    assert_eq!(kinds(&read(&csv).expect("CSV").table), ["int", "bool", "float", "int"]);
    let parquet = read(&write_parquet(&table).expect("to memory")).expect("Parquet").table;
    assert_eq!(kinds(&parquet), kinds(&table));
    assert_eq!(cells(&parquet), cells(&table));
}
