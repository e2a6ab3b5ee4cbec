use super::*;
use crate::{MISSING, NumberKind, Values};

fn table(text: &str) -> Vec<Column> {
    read_in_blocks(text.as_bytes(), &Limits::default(), 8).expect("a table").0
}

fn kinds(text: &str) -> Vec<Option<NumberKind>> {
    table(text)
        .iter()
        .map(|c| match &c.values {
            Values::Number { kind, .. } => Some(*kind),
            Values::Text { .. } => None,
        })
        .collect()
}

#[test]
fn columns_are_typed_as_pandas_types_them() {
    let text = "i,f,b,t,m,x\n1,1.5,True,a,,1\n2,NA,FALSE,b,NaN,?\n,-1e3,,\"c,\"\"d\"\"\",null,2\n";
    assert_eq!(
        kinds(text),
        [Some(NumberKind::Int), Some(NumberKind::Float), Some(NumberKind::Bool), None, Some(NumberKind::Float), None]
    );
    let t = table(text);
    assert_eq!(t[0].null_spellings, [(String::new(), 1)]);
    assert_eq!(t[3].str_at(2), Some("c,\"d\""));
    assert_eq!(t[4].null_spellings, [(String::new(), 1), ("NaN".into(), 1), ("null".into(), 1)]);
    assert_eq!(t[5].str_at(1), Some("?"));
}

#[test]
fn a_column_that_turns_out_otherwise_is_read_again() {
    let mut text = String::from("late_text,late_bool,late_float,big\n");
    for i in 0..3000 {
        let late = i == 2999;
        let (t, b, f) = if late { ("x", "true", "0.5") } else { ("1", "", "7") };
        text.push_str(&format!("{t},{b},{f},9007199254740993\n"));
    }
    let (columns, facts) = read_in_blocks(text.as_bytes(), &Limits::default(), 4096).expect("a table");
    assert_eq!(columns[0].str_at(2999), Some("x"));
    assert_eq!(columns[0].str_at(0), Some("1"));
    assert!(matches!(columns[1].values, Values::Number { kind: NumberKind::Bool, .. }));
    assert_eq!(columns[1].missing_rows(), 2999);
    assert!(matches!(columns[2].values, Values::Number { kind: NumberKind::Float, .. }));
    assert_eq!(columns[3].str_at(0), Some("9007199254740993"));
    assert_eq!(facts.warnings, [Warning::BigIntegers { column: "big".into() }]);
}

#[test]
fn text_codes_follow_first_appearance_over_blocks() {
    let t = table("c,n\nb,1\na,1\nb,1\nNA,1\nc,1\na,1\n");
    let Values::Text { codes, dictionary } = &t[0].values else { panic!("text") };
    assert_eq!(codes, &[0, 1, 0, MISSING, 2, 1]);
    assert_eq!(&dictionary[..], ["b", "a", "c"]);
}

#[test]
fn line_ends_and_blank_lines() {
    for text in ["a,b\r\n1,2\r\n\r\n3,4\r\n", "a,b\r1,2\r3,4", "\n  \na,b\n1,2\n   \n\n3,4\n\n"] {
        let t = table(text);
        assert_eq!(t[1].numbers(), Some(&[2.0, 4.0][..]), "{text:?}");
    }
}

#[test]
fn embedded_newlines_keep_the_line_numbers_right() {
    let e = read_in_blocks(b"a,b\n\"x\ny\",1\n1,2,3\n", &Limits::default(), 8).expect_err("ragged");
    assert_eq!(e, Problem::RaggedRow { line: 4, byte: 12, expected: 2, found: 3 });
    let e = read_in_blocks(b"a,b\r\n1,2\r\n1\r\n", &Limits::default(), 8).expect_err("ragged");
    assert_eq!(e, Problem::RaggedRow { line: 3, byte: 10, expected: 2, found: 1 });
}

#[test]
fn decimal_comma_and_mixed_marks() {
    let (t, facts) = read_in_blocks("a;b\n1,5;x\n-2,25;y\n".as_bytes(), &Limits::default(), 64).expect("a table");
    assert_eq!(t[0].numbers(), Some(&[1.5, -2.25][..]));
    assert_eq!(facts.decimal, Some(','));
    let (t, facts) = read_in_blocks("a;b\n1,5;2.5\n1,5;2.5\n".as_bytes(), &Limits::default(), 64).expect("a table");
    assert_eq!(t[0].str_at(0), Some("1,5"));
    assert_eq!(facts.warnings, [Warning::MixedDecimal { column: "a".into() }]);
}

#[test]
fn header_names() {
    let (t, facts) = read_in_blocks(b",a,\n0,1,2\n", &Limits::default(), 64).expect("a table");
    assert_eq!(t.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["Unnamed: 0", "a", "Unnamed: 2"]);
    assert_eq!(facts.warnings.len(), 2);
    let e = read_in_blocks(b"a,b,a\n0,1,2\n", &Limits::default(), 64).expect_err("duplicate");
    assert_eq!(e, Problem::DuplicateColumn { name: "a".into(), first: 1, second: 3 });
    let e = read_in_blocks(b"a,b\n", &Limits::default(), 64).expect_err("no rows");
    assert_eq!(e, Problem::NoRows { columns: 2 });
}

proptest::proptest! {
    #[test]
    fn block_size_changes_nothing(rows in proptest::collection::vec("[a1.,\"\nT]{0,5}", 1..30), block in 1usize..40) {
        let mut text = String::from("c,d\n");
        for cell in &rows {
            text.push_str(&format!("\"{}\",1\n", cell.replace('"', "\"\"")));
        }
        let whole = read_in_blocks(text.as_bytes(), &Limits::default(), 1 << 20);
        let cut = read_in_blocks(text.as_bytes(), &Limits::default(), block);
        proptest::prop_assert_eq!(format!("{cut:?}"), format!("{whole:?}"));
    }
}
