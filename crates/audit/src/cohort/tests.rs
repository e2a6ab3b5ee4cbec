//! Tests of filters and cohorts.

use fine_table::{Column, NumberKind, Task};
use proptest::prelude::*;

use super::expr::{Literal, Op, Spot, Test, What};
use super::*;
use crate::fixture;
use crate::rerun::fixture as credit;

fn table() -> Table {
    Table::new(vec![
        Column::number("age", NumberKind::Int, vec![20.0, 35.0, f64::NAN, 50.0, 65.0, 35.0]),
        Column::number("member", NumberKind::Bool, vec![1.0, 0.0, 1.0, f64::NAN, 0.0, 1.0]),
        Column::text("sex", [Some("f"), Some("m"), Some("f"), None, Some("not known"), Some("m")]),
        Column::text("education-num", [Some("1"), Some("2"), Some("1"), Some("o'neil"), None, Some("\"q\"")]),
    ])
    .expect("columns of equal length")
}

fn rows(filter: &str) -> Vec<usize> {
    let filter = Filter::parse(filter).unwrap_or_else(|e| panic!("{filter}: {e}"));
    let mask = filter.mask(&table()).unwrap_or_else(|e| panic!("{filter}: {e}"));
    // The form in which it was understood says the same.
    let again = Filter::parse(&filter.to_string()).expect("its own form");
    assert_eq!((again.mask(&table()).as_ref(), again.to_string()), (Ok(&mask), filter.to_string()));
    (0..mask.len()).filter(|row| mask[*row]).collect()
}

#[test]
fn conditions_choose_rows() {
    for (filter, expected) in [
        ("age > 35", vec![3, 4]),
        ("age>=35", vec![1, 3, 4, 5]),
        ("age < 3.5e1", vec![0]),
        ("age <= +35", vec![0, 1, 5]),
        ("age = 35", vec![1, 5]),
        ("age == 35.0", vec![1, 5]),
        ("age in (20, 65)", vec![0, 4]),
        ("age is missing", vec![2]),
        ("age IS NOT Missing", vec![0, 1, 3, 4, 5]),
        ("sex = f", vec![0, 2]),
        ("sex = 'not known'", vec![4]),
        ("sex in (m, \"not known\")", vec![1, 4, 5]),
        ("member = true", vec![0, 2, 5]),
        ("member = FALSE", vec![1, 4]),
        ("education-num = '1'", vec![0, 2]),
        ("\"education-num\" = 'o''neil'", vec![3]),
        ("`education-num` = \"\"\"q\"\"\"", vec![5]),
        // Precedence: not, and, or.
        ("age = 20 or age = 35 and sex = m", vec![0, 1, 5]),
        ("(age = 20 or age = 35) and sex = m", vec![1, 5]),
        ("not age = 20 and sex = f", vec![2]),
        ("NOT (age = 20 AND sex = f)", vec![1, 2, 3, 4, 5]),
    ] {
        assert_eq!(rows(filter), expected, "{filter}");
    }
}

/// A missing cell fulfils no comparison but the contrary ones.
#[test]
fn missing_cells_are_let_in_by_contraries_only() {
    assert_eq!(rows("age < 1000"), [0, 1, 3, 4, 5]);
    assert_eq!(rows("age != 35"), [0, 2, 3, 4]);
    assert_eq!(rows("not age = 35"), rows("age <> 35"));
    assert_eq!(rows("sex not in (f, m)"), [3, 4]);
    assert_eq!(rows("not age > 35"), [0, 1, 2, 5]);
}

#[test]
fn refusals_name_the_place() {
    let long = "a".repeat(2001);
    let deep = format!("{}age = 1", "(".repeat(33));
    for (filter, at, code) in [
        ("", 0, "filter-no-column"),
        ("   ", 3, "filter-no-column"),
        ("= 3", 0, "filter-no-column"),
        ("and = 3", 0, "filter-no-column"),
        ("age", 3, "filter-no-condition"),
        ("age 3", 4, "filter-no-condition"),
        ("age > ", 6, "filter-no-value"),
        ("age > and", 6, "filter-no-value"),
        ("age in 3", 7, "filter-not-opened"),
        ("age in ()", 8, "filter-no-value"),
        ("age in (3", 9, "filter-not-closed"),
        ("(age = 3", 8, "filter-not-closed"),
        ("age = 3)", 7, "filter-no-end"),
        ("age = 3 sex = f", 8, "filter-no-end"),
        ("age = 3 and", 11, "filter-no-column"),
        ("age is 3", 7, "filter-no-missing"),
        ("sex = 'f", 6, "filter-no-quote"),
        ("age = 5th", 6, "filter-bad-number"),
        ("age = 1e999", 6, "filter-bad-number"),
        ("ñandú = 1 and edad = 2", 0, "filter-unknown-column"),
        ("age = 1 and ñandú = 2", 12, "filter-unknown-column"),
        ("sex = 'ñ' or", 12, "filter-no-column"),
        ("age = old", 6, "filter-not-number"),
        ("sex = 1", 6, "filter-not-text"),
        ("member = 1", 9, "filter-not-bool"),
        ("member > true", 0, "filter-no-order"),
        ("sex > f", 0, "filter-no-order"),
        ("sex in (f, 'x')", 11, "filter-unknown-value"),
        (&long, 2001, "filter-too-long"),
        (&deep, 33, "filter-too-deep"),
    ] {
        let error = Filter::parse(filter).and_then(|filter| filter.mask(&table())).expect_err(filter);
        assert_eq!((error.at, error.code()), (at, code), "{filter}");
        assert_eq!(error.args()["at"], at + 1, "{filter}");
    }
    assert!(Filter::parse(&format!("{}age = 1{}", "(".repeat(32), ")".repeat(32))).is_ok());
    assert!(Filter::parse(&format!("{}age = 1", "not ".repeat(33))).is_err());
}

/// The model is right on every row with `sex = f` and on no other.
#[test]
fn a_cohort_stands_beside_the_rest() {
    let truth: Vec<f64> = (0..60).map(|i| f64::from(i % 2)).collect();
    let scores: Vec<f64> = (0..60).map(|i| if (i < 20) == (i % 2 == 1) { 0.9 } else { 0.1 }).collect();
    let sex = Column::text("sex", (0..60).map(|i| Some(if i < 20 { "f" } else { "m" })));
    let mut subject = fixture::binary(&truth, &scores, vec![sex]);
    let ctx = Context::new(&|_, _| true);
    let cohort = measure(&subject, "sex = f", &ctx).expect("a cohort");
    assert_eq!((cohort.rows, cohort.inside.n, cohort.outside.n), (60, 20, 40));
    assert!((cohort.share - 20.0 / 60.0).abs() < 1e-15);
    assert_eq!(cohort.filter, "sex = f");
    let metric = |part: &Part, id: &str| {
        part.metrics.iter().find(|m| m.id == id).unwrap_or_else(|| panic!("{id}")).estimate.clone()
    };
    let (inside, outside) = (metric(&cohort.inside, "accuracy"), metric(&cohort.outside, "accuracy"));
    assert_eq!((inside.value, inside.n), (Some(1.0), 20));
    assert_eq!((outside.value, outside.n), (Some(0.0), 40));
    assert_eq!(metric(&cohort.inside, "roc_auc").value, Some(1.0));
    assert!(inside.low > Some(0.8) && outside.high < Some(0.1));
    // Weights go with their rows.
    subject.weights = Some((0..60).map(|i| if i < 40 { 1.0 } else { 0.0 }).collect());
    let weighted = measure(&subject, "sex = f", &ctx).expect("a cohort");
    assert_eq!(metric(&weighted.inside, "accuracy").value, Some(1.0));
    // One class alone has no ranking, and few rows are only counted.
    subject.weights = None;
    let one = measure(&subject, "y = 1", &ctx).expect("a cohort");
    assert_eq!((metric(&one.inside, "roc_auc").value, one.inside.n), (None, 30));
    let none = measure(&subject, "x > 5", &ctx).expect("a cohort");
    assert_eq!((none.inside.n, none.share, none.inside.reason.as_deref()), (0, 0.0, Some("not-estimable")));
    assert!(none.inside.metrics.is_empty() && none.outside.n == 60);
    let stopped = measure(&subject, "sex = f", &Context::new(&|_, _| false)).expect_err("stopped");
    assert_eq!(stopped, CohortError::Stage(StageError::Cancelled));
}

/// All rows are a cohort whose numbers are those of the stage.
#[test]
fn the_whole_table_has_the_numbers_of_the_stage() {
    for task in [Task::Binary, Task::Regression] {
        let subject = credit::forest(200, task);
        let cohort = measure(&subject, "income is not missing", &Context::new(&|_, _| true)).expect("a cohort");
        let stage = credit::run::<Performance>(&subject, &Params { tree: false, boosting: false, ..Params::default() });
        assert_eq!((cohort.inside.metrics, cohort.outside.n), (stage.metrics, 0));
    }
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        (-100i32..100).prop_map(|n| Literal::Number(f64::from(n) / 4.0)),
        prop::sample::select(vec!["f", "m", "true"]).prop_map(|word| Literal::Word(word.to_owned())),
        "[a-z '\"`ñ]{0,6}".prop_map(Literal::Text),
    ]
}

fn spot<T>(value: T) -> Spot<T> {
    Spot { at: 0, value }
}

fn test() -> impl Strategy<Value = Expr> {
    let op = prop::sample::select(vec![Op::Equal, Op::Differs, Op::Less, Op::AtMost, Op::More, Op::AtLeast]);
    let what = prop_oneof![
        Just(What::Missing),
        (op, literal()).prop_map(|(op, literal)| What::Compare(op, spot(literal))),
        prop::collection::vec(literal().prop_map(spot), 1..4).prop_map(What::In),
    ];
    let column = prop_oneof![
        prop::sample::select(vec!["age", "sex", "education-num", "or", "a b", "ñ"]).prop_map(str::to_owned),
        "[a-z\"' ]{1,5}",
    ];
    (column, what).prop_map(|(column, what)| Expr::Test(Test { column: spot(column), what }))
}

fn expr() -> impl Strategy<Value = Expr> {
    test().prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Any),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::All),
            inner.prop_map(|inner| Expr::Not(Box::new(inner))),
        ]
    })
}

/// Conditions on numbers of the table, which always have an answer.
fn numeric() -> impl Strategy<Value = Expr> {
    let op = prop::sample::select(vec![Op::Equal, Op::Differs, Op::Less, Op::AtMost, Op::More, Op::AtLeast]);
    let test = (op, prop::sample::select(vec![20.0, 35.0, 50.0, 70.0])).prop_map(|(op, number)| {
        Expr::Test(Test { column: spot("age".to_owned()), what: What::Compare(op, spot(Literal::Number(number))) })
    });
    test.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Any),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::All),
            inner.prop_map(|inner| Expr::Not(Box::new(inner))),
        ]
    })
}

/// The same, one row at a time and straight from the definition.
fn holds(expr: &Expr, age: f64) -> bool {
    match expr {
        Expr::Any(parts) => parts.iter().any(|part| holds(part, age)),
        Expr::All(parts) => parts.iter().all(|part| holds(part, age)),
        Expr::Not(inner) => !holds(inner, age),
        Expr::Test(Test { what: What::Compare(op, literal), .. }) => {
            let Literal::Number(number) = literal.value else { panic!("a number") };
            match op {
                Op::Equal => age == number,
                Op::Differs => age != number,
                Op::Less => age < number,
                Op::AtMost => age <= number,
                Op::More => age > number,
                Op::AtLeast => age >= number,
            }
        }
        Expr::Test(_) => panic!("a comparison"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// What is written is what is read.
    #[test]
    fn every_form_is_read_as_it_is_written(expr in expr()) {
        let text = expr.to_string();
        prop_assert_eq!(parse::parse(&text).map_err(|fault| format!("{text}: {fault:?}")), Ok(expr));
    }

    /// No text makes the parser panic, and every refusal lies inside of the text.
    #[test]
    fn any_text_is_read_or_refused(text in r#"([a-z<>=!,()'"`0-9. ñ-]|and |or |not |in |is |missing){0,40}"#) {
        if let Err(error) = Filter::parse(&text) {
            prop_assert!(error.at <= text.chars().count(), "{text:?} {error}");
        }
    }

    #[test]
    fn rows_are_chosen_by_the_definition(expr in numeric()) {
        let table = table();
        let age = table.column("age").and_then(|c| c.numbers().map(<[f64]>::to_vec)).expect("numbers");
        let expected: Vec<bool> = age.iter().map(|age| holds(&expr, *age)).collect();
        prop_assert_eq!(bind::mask(&expr, &table), Ok(expected));
    }
}
