//! A table of many blocks, the same for any number of threads.

use std::fmt::Write;

use fine_table::{Limits, Values};

/// Rows with numbers, text, quotes, missing cells; about 60 bytes each.
fn rows(n: usize) -> String {
    let mut text = String::from("id,amount,city,note,flag\n");
    for i in 0..n {
        let amount = (i as f64 * 0.618_033_988_75).fract() * 1e6;
        let city = ["Santiago", "\"Viña, del Mar\"", "NA", "Arica"][i % 4];
        writeln!(text, "{i},{amount:?},{city},\"line {}\nof \"\"{i}\"\"\",{}", i % 97, i % 3 == 0).expect("to memory");
    }
    text
}

#[test]
fn many_blocks_for_one_and_two_threads() {
    let text = rows(200_000);
    assert!(text.len() > 9 << 20, "several blocks");
    let read = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| fine_table::read(text.as_bytes(), "file", &Limits::default())).expect("a table")
    };
    let (one, two) = (read(1), read(2));
    assert_eq!(one, two);
    let table = one.table;
    assert_eq!(table.rows(), 200_000);
    let id = table.column("id").and_then(|c| c.numbers()).expect("numbers");
    assert!(id.iter().enumerate().all(|(i, v)| *v == i as f64));
    let city = table.column("city").expect("the column");
    assert_eq!(city.missing_rows(), 50_000);
    assert!(matches!(&city.values, Values::Text { dictionary, .. } if dictionary.len() == 3));
    assert_eq!(table.column("note").and_then(|c| c.str_at(199_999)), Some("line 82\nof \"199999\""));
}
