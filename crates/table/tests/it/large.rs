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

/// One million rows of 20 columns: 12 of decimals, 4 of whole numbers, 4 of text.
fn million() -> String {
    let mut text = String::with_capacity(200 << 20);
    for j in 0..20 {
        write!(text, "{}c{j}", if j == 0 { "" } else { "," }).expect("to memory");
    }
    for i in 0..1_000_000_u32 {
        text.push('\n');
        for j in 0..20_u32 {
            if j > 0 {
                text.push(',');
            }
            let mixed = i.wrapping_mul(2_654_435_761).rotate_left(j);
            match j % 5 {
                0..3 => write!(text, "{}.{:03}", mixed % 977, mixed % 1000),
                3 => write!(text, "{}", mixed % 100_000),
                _ => write!(text, "{}", ["north", "south", "east", "west"][mixed as usize % 4]),
            }
            .expect("to memory");
        }
    }
    text
}

/// Set for the process that reads the table alone, without other tests that allocate beside it.
const ALONE: &str = "FINE_TABLE_TEST_ALONE";

#[test]
fn a_million_rows_are_copied_at_most_once() {
    if std::env::var_os(ALONE).is_none() {
        let me = std::env::current_exe().expect("this program");
        let test = "large::a_million_rows_are_copied_at_most_once";
        let child = std::process::Command::new(me).args(["--exact", test, "--nocapture"]).env(ALONE, "1").output();
        let child = child.expect("a child process");
        let said = String::from_utf8_lossy(&child.stdout).into_owned();
        assert!(
            child.status.success() && said.contains("1 passed"),
            "{said}\n{}",
            String::from_utf8_lossy(&child.stderr)
        );
        return;
    }
    let text = million();
    let region = stats_alloc::Region::new(crate::MEMORY);
    let table = fine_table::read(text.as_bytes(), "file", &Limits::default()).expect("a table").table;
    let used = region.change();
    let bytes: usize = table.columns().iter().map(|c| c.len() * if c.numbers().is_some() { 8 } else { 4 }).sum();
    assert_eq!((table.rows(), bytes), (1_000_000, 16 * 8_000_000 + 4 * 4_000_000));
    // Once for the pieces, once for the joined columns, and a tenth for everything else.
    let most = 2 * bytes + bytes / 10;
    assert!(used.bytes_allocated < most, "{} bytes for a table of {bytes}", used.bytes_allocated);
    assert!(used.bytes_allocated > bytes, "the counter counts");
}
