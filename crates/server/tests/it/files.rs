//! Uploads: what is kept, what is refused, and that a refusal leaves nothing.

use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::app::{TestApp, loan_files, loan_model, loans, problem};

#[tokio::test]
async fn a_dataset_is_kept_with_what_the_reader_saw() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let bytes = loans(300);
    let answer = app.upload("datasets", &ana, "..\\temp/loans 2026.csv", bytes.clone()).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let kept: Value = answer.json().await.unwrap();
    assert_eq!((&kept["filename"], &kept["format"]), (&json!("loans 2026.csv"), &json!("csv")));
    assert_eq!((&kept["rows"], &kept["columns"], &kept["bytes"]), (&json!(300), &json!(5), &json!(bytes.len())));
    assert_eq!(kept["sha256"], hex::encode(Sha256::digest(&bytes)));
    let preview = &kept["preview"];
    assert_eq!(preview["head"].as_array().unwrap().len(), 20);
    assert_eq!(preview["suggested"]["roles"]["target"], "approved");
    assert_eq!(preview["suggested"]["task"], "binary");
    let sex = preview["columns"].as_array().unwrap().iter().find(|c| c["name"] == "sex").unwrap();
    assert_eq!((&sex["kind"], &sex["protected"]), (&json!("text"), &json!(true)));
    let id = kept["id"].as_str().unwrap();
    let read: Value = app.get(&format!("/api/v1/datasets/{id}"), &ana).await.json().await.unwrap();
    assert_eq!(read, kept);
    assert_eq!(app.kept_files(), [format!("datasets/{id}")]);
    assert_eq!(app.delete(&format!("/api/v1/datasets/{id}"), &ana).await.status(), StatusCode::NO_CONTENT);
    assert!(app.kept_files().is_empty());
    problem(app.get(&format!("/api/v1/datasets/{id}"), &ana).await, 404, "not-found").await;
}

#[tokio::test]
async fn a_model_is_kept_with_its_features_and_classes() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let answer = app.upload("models", &ana, "loan.json", loan_model()).await;
    let kept: Value = answer.json().await.unwrap();
    assert_eq!((&kept["format"], &kept["library"]), (&json!("xgboost-json"), &json!("xgboost")));
    assert_eq!((&kept["task"], &kept["runnable"], &kept["problem"]), (&json!("binary"), &json!(true), &Value::Null));
    let names: Vec<&str> = kept["features"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["age", "income", "debt"]);
    assert_eq!(kept["classes"].as_array().unwrap().len(), 2);
    assert_eq!(kept["facts"]["trees"], 12);
}

#[tokio::test]
async fn a_pickle_that_would_run_code_is_listed_and_never_runnable() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    // protocol 0: os.system("touch pwned")
    let answer = app.upload("models", &ana, "evil.pkl", b"cos\nsystem\n(S'touch pwned'\ntR.".to_vec()).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let kept: Value = answer.json().await.unwrap();
    assert_eq!(kept["runnable"], false);
    assert_eq!(kept["problem"]["slug"], "danger");
    assert_eq!(kept["facts"]["dangers"][0]["name"], "os.system");
    let dataset = app.kept("datasets", &ana, "loans.csv", loans(50)).await;
    let body = json!({"dataset_id": dataset, "model_id": kept["id"], "roles": {"target": "approved"}});
    let refused = problem(app.post("/api/v1/audit/full", &ana, &body).await, 422, "invalid-request").await;
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
        (&json!("/model_id"), &json!("danger"))
    );
}

#[tokio::test]
async fn files_that_cannot_be_read_are_refused_and_leave_nothing() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let lfs = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n".to_vec();
    let cases: [(&str, &str, Vec<u8>, &str); 9] = [
        ("datasets", "empty.csv", Vec::new(), "empty-file"),
        ("datasets", "header.csv", b"a,b\n".to_vec(), "no-rows"),
        ("datasets", "ragged.csv", b"a,b\n1,2\n3\n4,5\n".to_vec(), "ragged-row"),
        ("datasets", "cut.parquet", b"PAR1\x15\x04\x15".to_vec(), "truncated-parquet"),
        ("datasets", "pointer.csv", lfs.clone(), "lfs-pointer"),
        ("datasets", "wide.csv", format!("{}\n{}\n", wide(10_000), wide(10_000)).into_bytes(), "too-many-columns"),
        ("models", "pointer.joblib", lfs, "git-lfs"),
        ("models", "noise.bin", b"\x01\x02\x03 no model".to_vec(), "unknown-format"),
        ("models", "cut.json", loan_model()[..600].to_vec(), "truncated"),
    ];
    for (kind, name, bytes, slug) in cases {
        let refused = app.upload(kind, &ana, name, bytes).await;
        let body: Value = refused.json().await.unwrap();
        assert_eq!((&body["status"], &body["slug"]), (&json!(422), &json!(slug)), "{name}: {body}");
        assert_eq!(body["args"]["file"], name, "{body}");
        assert!(body["detail"].as_str().unwrap().starts_with("Failed to "), "{body}");
    }
    assert!(app.kept_files().is_empty(), "{:?}", app.kept_files());
}

fn wide(columns: usize) -> String {
    (0..columns).map(|i| format!("c{i}")).collect::<Vec<_>>().join(",")
}

#[tokio::test]
async fn uploads_beyond_the_limit_or_of_another_form_are_refused() {
    let app = TestApp::with(|c| c.max_dataset_bytes = 10_000).await;
    let ana = app.sign_up("ana@example.org").await;
    let refused = problem(app.upload("datasets", &ana, "loans.csv", loans(3000)).await, 413, "too-large").await;
    assert_eq!(refused["args"]["limit"], 10_000);
    let text = app.request(Method::POST, "/api/v1/datasets", Some(&ana)).body("a,b\n1,2\n").send().await.unwrap();
    problem(text, 415, "unsupported-media-type").await;
    let form = Form::new().part("other", Part::bytes(vec![1]).file_name("x.csv"));
    let other = app.request(Method::POST, "/api/v1/datasets", Some(&ana)).multipart(form).send().await.unwrap();
    let refused = problem(other, 422, "invalid-request").await;
    assert_eq!(refused["errors"][0]["pointer"], "/file");
    assert!(app.kept_files().is_empty());
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let mut raw = tokio::net::TcpStream::connect(app.running.address).await.unwrap();
    let head = format!(
        "POST /api/v1/datasets HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: 1000000\r\n\
         content-type: multipart/form-data; boundary=B\r\n\r\n--B\r\ncontent-disposition: form-data; name=\"file\"; \
         filename=\"a.csv\"\r\n\r\na,b\n1,2\n",
        ana.token
    );
    raw.write_all(head.as_bytes()).await.unwrap();
    wait_for(|| app.kept_files().len() == 1).await;
    drop(raw);
    wait_for(|| app.kept_files().is_empty()).await;
    // The same with a polite end of the stream.
    let mut raw = tokio::net::TcpStream::connect(app.running.address).await.unwrap();
    raw.write_all(head.as_bytes()).await.unwrap();
    raw.shutdown().await.unwrap();
    let mut answer = String::new();
    // Whether an answer still comes through is the system's affair; the file must be gone either way.
    let _ = raw.read_to_string(&mut answer).await;
    wait_for(|| app.kept_files().is_empty()).await;
    let list: Value = app.get("/api/v1/datasets", &ana).await.json().await.unwrap();
    assert_eq!(list, json!({"items": [], "next_cursor": null}));
}

async fn wait_for(done: impl Fn() -> bool) {
    for _ in 0..200 {
        if done() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("waited in vain");
}

#[tokio::test]
async fn lists_are_paged_newest_first() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let mut ids = Vec::new();
    for i in 0..5 {
        ids.push(app.kept("datasets", &ana, &format!("d{i}.csv"), loans(12 + i)).await);
    }
    ids.reverse();
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: Value =
            app.get(&format!("/api/v1/datasets?limit=2&cursor={cursor}"), &ana).await.json().await.unwrap();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        seen.extend(items.iter().map(|d| d["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, ids);
    for bad in ["limit=0", "limit=201", "limit=x", "cursor=x"] {
        problem(app.get(&format!("/api/v1/datasets?{bad}"), &ana).await, 422, "invalid-request").await;
    }
}

#[tokio::test]
async fn a_file_that_an_audit_needs_is_not_deleted_under_it() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (dataset, model) = loan_files(&app, &ana, 200_000).await;
    let body = crate::app::loan_audit(&dataset, &model);
    let started: Value = app.post("/api/v1/audit/full", &ana, &body).await.json().await.unwrap();
    let job = started["job_id"].as_str().unwrap();
    for path in [format!("/api/v1/datasets/{dataset}"), format!("/api/v1/models/{model}")] {
        problem(app.delete(&path, &ana).await, 409, "in-use").await;
    }
    app.delete(&format!("/api/v1/audit/full/{job}"), &ana).await;
    app.until(job, &ana, |s| s["state"] == "cancelled").await;
    for path in [format!("/api/v1/datasets/{dataset}"), format!("/api/v1/models/{model}")] {
        assert_eq!(app.delete(&path, &ana).await.status(), StatusCode::NO_CONTENT);
    }
}
