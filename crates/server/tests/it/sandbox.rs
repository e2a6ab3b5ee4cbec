//! Files are read in a child process: what it may do, and what its end costs.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::app::{TestApp, loan_audit, loan_files, loan_model, loans, problem};

/// Runs the hidden command with one line of input.
pub fn child(request: &Value) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_fine"))
        .arg("sandboxed")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{request}").unwrap();
    let output = std::thread::spawn(move || child.wait_with_output().unwrap());
    // The child ends when its input ends: keep it open until there is an answer.
    let output = output.join().unwrap();
    drop(input);
    output
}

fn describe(path: &std::path::Path) -> Output {
    child(&json!({
        "task": {"describe": {"path": path, "name": "loan.json"}},
        "allowance": {"memory_bytes": 4u64 << 30, "time": {"secs": 60, "nanos": 0}, "threads": 1},
    }))
}

fn messages(output: &Output) -> Vec<Value> {
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_child_shuts_itself_in_before_it_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("loan.json");
    std::fs::write(&path, loan_model()).unwrap();
    let output = describe(&path);
    let said = messages(&output);
    let inside = &said[0]["inside"];
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        assert_eq!((&inside["memory"], &inside["calls"]), (&json!(true), &json!(true)), "{said:?}");
    }
    assert_eq!(said[1]["answer"]["value"]["task"], "binary", "{said:?}");
    assert!(output.status.success());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_memory_limit_costs_one_answer() {
    let app = TestApp::with(|config| {
        config.max_memory_bytes = 64 << 20;
    })
    .await;
    let ana = app.sign_up("ana@example.org").await;
    // Within every limit of the reader, and too much for this process: 3.9 million empty lists.
    let lists = [&b"\x80\x04"[..], "]".repeat(3_900_000).as_bytes(), b"."].concat();
    let body = problem(app.upload("models", &ana, "lists.pkl", lists).await, 422, "memory-limit").await;
    assert_eq!(body["args"]["limit"], 64 << 20);
    // Small on the way, and no bomb by the reader's own limits: 60 MiB.
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&[b"{", vec![b' '; 60 << 20].as_slice()].concat()).unwrap();
    let body = problem(app.upload("models", &ana, "large.json.gz", gzip.finish().unwrap()).await, 422, "limit").await;
    assert_eq!(body["args"]["what"], "memory_bytes");
    assert!(app.kept_files().is_empty(), "{:?}", app.kept_files());
    app.kept("models", &ana, "loan.json", loan_model()).await;
}

#[tokio::test]
async fn a_child_that_dies_costs_one_answer() {
    let app = TestApp::with(|config| {
        // A program that is no reader: it ends at once without a word.
        config.executable =
            Some(if cfg!(windows) { "C:\\Windows\\System32\\hostname.exe" } else { "/bin/false" }.into());
    })
    .await;
    let ana = app.sign_up("ana@example.org").await;
    let answer = app.upload("models", &ana, "loan.json", loan_model()).await;
    problem(answer, 422, "reader-crashed").await;
    let answer = app.upload("datasets", &ana, "loans.csv", loans(50)).await;
    problem(answer, 422, "reader-crashed").await;
    assert!(app.kept_files().is_empty(), "{:?}", app.kept_files());
    assert_eq!(app.get("/api/v1/me", &ana).await.status(), 200);
}

#[tokio::test]
async fn an_audit_that_needs_too_long_ends_with_the_limit() {
    let app = TestApp::with(|config| config.max_audit_time = std::time::Duration::from_millis(1500)).await;
    let ana = app.sign_up("ana@example.org").await;
    let (dataset, model) = loan_files(&app, &ana, 60_000).await;
    let answer = app.post("/api/v1/audit/full", &ana, &loan_audit(&dataset, &model)).await;
    let started: Value = answer.json().await.unwrap();
    let job = started["job_id"].as_str().unwrap();
    let end = app.until(job, &ana, |s| s["state"] != "queued" && s["state"] != "running").await;
    assert_eq!((&end["state"], &end["error"]["slug"]), (&json!("failed"), &json!("time-limit")), "{end}");
}
