//! Files that cannot be read, as tables and where it makes sense as models.

use std::fs::File;
use std::io::Write;

use serde_json::json;

use super::{Desk, World, no_model, no_table};
use crate::app::{loan_audit, loan_model, loans};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

#[tokio::test]
async fn an_empty_file() {
    for bytes in [Vec::new(), b"\xef\xbb\xbf \n".to_vec()] {
        no_table("empty.csv", bytes, "empty-file", &["the file is empty", "export or copy it again"]).await;
    }
    no_model("empty.pkl", Vec::new(), "empty-file", &["is empty", "save or copy it again"]).await;
}

#[tokio::test]
async fn a_truncated_parquet_file() {
    let table = fine_table::read(&loans(200), "loans.csv", &fine_table::Limits::default()).unwrap().table;
    let mut bytes = fine_table::write_parquet(&table).unwrap();
    bytes.truncate(bytes.len() / 2);
    let size = format!("it has {} bytes", bytes.len());
    let says = ["cut off", &size, "does not end with PAR1", "copy or write it again"];
    let refused = no_table("cut.parquet", bytes.clone(), "truncated-parquet", &says).await;
    assert_eq!(refused["args"]["bytes"], bytes.len());
}

#[tokio::test]
async fn a_ragged_csv() {
    let mut bytes = loans(50);
    bytes.extend(b"44.1,70,10,female\n31,50,2,male,1\n");
    let says = ["line 52 (byte ", "the row has 4 fields, the header has 5", "complete the row, or quote fields"];
    let refused = no_table("ragged.csv", bytes, "ragged-row", &says).await;
    let args = &refused["args"];
    assert_eq!((&args["line"], &args["found"], &args["expected"]), (&json!(52), &json!(4), &json!(5)));
}

#[tokio::test]
async fn a_wrong_encoding() {
    let header = "città,approved\n";
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend(b"Forl\xec,1\n");
    let byte = header.len() + 4;
    let place = format!("byte {byte} (line 2) is not utf-8 text");
    let refused = no_table("latin.csv", bytes, "wrong-encoding", &[&place, "save the file as UTF-8"]).await;
    assert_eq!((&refused["args"]["byte"], &refused["args"]["line"]), (&json!(byte), &json!(2)));
}

/// Loans with columns that nobody needs.
fn wide(columns: usize) -> Vec<u8> {
    let extra = columns - 5;
    let names: Vec<String> = (0..extra).map(|i| format!("c{i}")).collect();
    let ones = vec!["1"; extra].join(",");
    let text = String::from_utf8(loans(30)).unwrap();
    let lines = text.lines().enumerate();
    lines
        .map(|(i, l)| format!("{l},{}\n", if i == 0 { names.join(",") } else { ones.clone() }))
        .collect::<String>()
        .into()
}

#[tokio::test]
async fn ten_thousand_columns() {
    let says = ["10000 columns, more than the limit of 2000", "leave out those that nobody needs", "--max-columns"];
    let refused = no_table("wide.csv", wide(10_000), "too-many-columns", &says).await;
    assert_eq!((&refused["args"]["found"], &refused["args"]["limit"]), (&json!(10_000), &json!(2000)));

    // What the message advises works, on the command line and for the server.
    let desk = Desk::with(&[("wide.csv", &wide(10_000))]);
    let raised = [&desk.predict("wide.csv", "loan.json")[..], &["--max-columns", "10000"]].concat();
    let output = desk.fine(&raised);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut world = World::with(|c| c.max_columns = 10_000).await;
    let kept = world.kept("datasets", "wide.csv", wide(10_000)).await;
    assert_eq!(kept["columns"], 10_000);
}

#[tokio::test]
async fn a_git_lfs_pointer() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n".to_vec();
    let says = ["Git LFS pointer", "git lfs pull"];
    let refused = no_table("pointer.csv", pointer.clone(), "lfs-pointer", &says).await;
    assert_eq!(refused["args"]["bytes"], 12_345);
    let refused = no_model("pointer.joblib", pointer, "git-lfs", &[&says[..], &["12345 bytes"]].concat()).await;
    assert_eq!(refused["args"]["bytes"], "12345");
}

#[tokio::test]
async fn a_zip_bomb() {
    let bomb = gzip(&vec![b'0'; 80 << 20]);
    assert!(bomb.len() < 200_000);
    let says = ["gzip", "times its size and was not read further", "unpack it first if you trust it"];
    let refused = no_table("bomb.csv.gz", bomb.clone(), "zip-bomb", &says).await;
    assert_eq!((&refused["args"]["compression"], &refused["args"]["limit"]), (&json!("gzip"), &json!(200)));
    let refused = no_model("bomb.pkl", bomb, "zip-bomb", &says).await;
    assert_eq!((&refused["args"]["compression"], &refused["args"]["limit"]), (&json!("gzip"), &json!("250")));
}

#[tokio::test]
async fn a_file_beyond_the_limit() {
    let desk = Desk::with(&[]);
    // Holes on disk: a file that is too large must not be read into memory first.
    for name in ["huge.csv", "huge.pkl"] {
        File::create(desk.path().join(name)).unwrap().set_len((2 << 30) + 1).unwrap();
    }
    let says = ["larger than 2147483648 bytes"];
    let table = ["huge.csv", says[0], "audit a sample of its rows, or store it as Parquet"];
    desk.refused(&desk.audit("huge.csv", "loan.json", "approved"), &table);
    desk.refused(&desk.predict("huge.csv", "loan.json"), &table);
    let model = ["huge.pkl", says[0]];
    desk.refused(&desk.audit("loans.csv", "huge.pkl", "approved"), &model);
    desk.refused(&desk.predict("loans.csv", "huge.pkl"), &model);
    desk.refused(&["inspect", "huge.pkl"], &model);

    let world = World::with(|c| (c.max_dataset_bytes, c.max_model_bytes) = (20_000, 20_000)).await;
    let says = ["larger than 20000 bytes", "send a smaller one", "--max-dataset-bytes", "--max-model-bytes"];
    for (kind, name, bytes) in
        [("datasets", "many.csv", loans(5000)), ("models", "many.json", [loan_model(), vec![b' '; 20_000]].concat())]
    {
        let says = [&[name][..], &says].concat();
        let refused = world.refused_upload(kind, name, bytes, (413, "too-large"), &says).await;
        assert_eq!(refused["args"]["limit"], 20_000);
    }
    // Far beyond the limit the answer still comes.
    let far = vec![b'a'; 40 << 20];
    world.refused_upload("datasets", "far.csv", far, (413, "too-large"), &["far.csv"]).await;
    // And what was there can still be audited.
    let again = world.app.post("/api/v1/audit/check", &world.ana, &loan_audit(&world.dataset, &world.model)).await;
    assert_eq!(again.json::<serde_json::Value>().await.unwrap()["ok"], true);
}
