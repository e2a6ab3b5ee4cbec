//! An account: its trail, its export, its end.

use std::collections::BTreeMap;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::app::{PASSWORD, Person, TestApp, loan_audit, loan_files, loan_model, loans, problem};

async fn say_goodbye(app: &TestApp, who: &Person, body: Option<Value>) -> Response {
    let request = app.request(Method::DELETE, "/api/v1/account", Some(who));
    let request = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    request.send().await.unwrap()
}

async fn audited(app: &TestApp, who: &Person) -> (String, String, String, String) {
    let (dataset, model) = loan_files(app, who, 200).await;
    let mut body = loan_audit(&dataset, &model);
    body["stages"] = json!(["data"]);
    let started: Value = app.post("/api/v1/audit/full", who, &body).await.json().await.unwrap();
    let id = |name: &str| started[name].as_str().unwrap().to_owned();
    app.until(&id("job_id"), who, |s| s["state"] == "done").await;
    (dataset, model, id("analysis_id"), id("job_id"))
}

async fn trail(app: &TestApp, who: &Person) -> Vec<Value> {
    let list: Value = app.get("/api/v1/account/trail?limit=200", who).await.json().await.unwrap();
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_trail_says_who_did_what() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let wrong = json!({"email": "ana@example.org", "password": "wrong password"});
    app.auth("/token?grant_type=password", &wrong).await;
    let (dataset, model, analysis, _) = audited(&app, &ana).await;
    app.get(&format!("/api/v1/report/analysis/{analysis}/download"), &ana).await;
    let body = json!({"name": "CI", "scopes": ["read"]});
    let key: Value = app.post("/api/v1/account/keys", &ana, &body).await.json().await.unwrap();
    let key = key["id"].as_str().unwrap();
    app.delete(&format!("/api/v1/account/keys/{key}"), &ana).await;
    app.get("/api/v1/account/export", &ana).await.bytes().await.unwrap();
    app.delete(&format!("/api/v1/audit/analyses/{analysis}"), &ana).await;
    app.delete(&format!("/api/v1/datasets/{dataset}"), &ana).await;
    let started: Value = app.post("/api/v1/audit/full", &ana, &json!({})).await.json().await.unwrap();
    assert_eq!(started["status"], 422, "what is refused is not noted");

    let noted: Vec<(String, Value)> = trail(&app, &ana)
        .await
        .into_iter()
        .map(|e| (e["action"].as_str().unwrap().into(), e["subject"].clone()))
        .collect();
    let expected = [
        ("delete", json!(format!("dataset/{dataset}"))),
        ("delete", json!(format!("analysis/{analysis}"))),
        ("export", Value::Null),
        ("key-revoked", json!(format!("key/{key}"))),
        ("key-made", json!(format!("key/{key}"))),
        ("report-download", json!(format!("analysis/{analysis}"))),
        ("audit-start", json!(format!("analysis/{analysis}"))),
        ("upload", json!(format!("model/{model}"))),
        ("upload", json!(format!("dataset/{dataset}"))),
        ("sign-in-refused", Value::Null),
        ("sign-in", Value::Null),
        ("sign-up", Value::Null),
    ];
    let expected: Vec<(String, Value)> = expected.into_iter().map(|(a, s)| (a.to_owned(), s)).collect();
    assert_eq!(noted, expected);
    let newest = &trail(&app, &ana).await[0];
    assert_eq!((&newest["by"], &newest["address"]), (&json!("person"), &json!("127.0.0.1")));

    let bo = app.sign_up("bo@example.org").await;
    assert_eq!(trail(&app, &bo).await.len(), 2, "only Bo's own");
}

/// Files of an archive by name.
fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut at = 0;
    while archive[at] != 0 {
        let text = |from: usize, to: usize| {
            let field = &archive[at + from..at + to];
            String::from_utf8(field.iter().copied().take_while(|b| *b != 0).collect()).unwrap()
        };
        assert_eq!(text(257, 262), "ustar");
        let sum: u32 = archive[at..at + 512]
            .iter()
            .enumerate()
            .map(|(i, b)| if (148..156).contains(&i) { 32 } else { u32::from(*b) })
            .sum();
        assert_eq!(u32::from_str_radix(&text(148, 154), 8).unwrap(), sum);
        let size = usize::from_str_radix(&text(124, 135), 8).unwrap();
        files.insert(text(0, 100), archive[at + 512..at + 512 + size].to_vec());
        at += 512 + size.div_ceil(512) * 512;
    }
    assert_eq!(archive.len() - at, 1024, "two empty blocks are the end");
    files
}

#[tokio::test]
async fn the_export_holds_everything_of_one_person_and_nothing_of_another() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.sign_up("ana@example.org").await, app.sign_up("bo@example.org").await);
    let (dataset, model, analysis, job) = audited(&app, &ana).await;
    let other = app.kept("datasets", &bo, "of bo.csv", loans(77)).await;
    let made: Value =
        app.post("/api/v1/account/keys", &ana, &json!({"name": "CI", "scopes": ["read"]})).await.json().await.unwrap();

    let answer = app.get("/api/v1/account/export", &ana).await;
    assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"fine-account.tar\"");
    let archive = answer.bytes().await.unwrap();
    let files = unpacked(&archive);
    assert_eq!(files[&format!("datasets/{dataset}/loans.csv")], loans(200));
    assert_eq!(files[&format!("models/{model}/loan.json")], loan_model());
    let json = |name: &str| serde_json::from_slice::<Value>(&files[name]).unwrap();
    assert_eq!(json("account.json")["email"], "ana@example.org");
    assert_eq!(json("account.json")["keys"][0]["name"], "CI");
    assert_eq!(json(&format!("datasets/{dataset}.json"))["filename"], "loans.csv");
    assert_eq!(json(&format!("models/{model}.json"))["id"], model.as_str());
    let audit = json(&format!("analyses/{analysis}.json"));
    assert_eq!((&audit["analysis"]["job_id"], &audit["request"]["name"]), (&json!(job), &json!("Loans of the test")));
    assert_eq!(audit["events"].as_array().unwrap().last().unwrap()["state"], "done");
    let seen: Value = app.get(&format!("/api/v1/audit/analyses/{analysis}"), &ana).await.json().await.unwrap();
    assert_eq!(json(&format!("analyses/{analysis}/result.json")), seen["result"]);
    assert!(files.keys().any(|name| name.starts_with("trail/")));

    let text = String::from_utf8_lossy(&archive);
    let secret = made["secret"].as_str().unwrap();
    for hidden in [bo.id.as_str(), "bo@example.org", &other, secret, "argon2", &ana.refresh] {
        assert!(!text.contains(hidden), "{hidden} is in the archive");
    }
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.sign_up("ana@example.org").await, app.sign_up("bo@example.org").await);
    let (dataset, model, analysis, _) = audited(&app, &ana).await;
    let (kept, _, kept_analysis, _) = audited(&app, &bo).await;
    app.auth("/recover", &json!({"email": "ana@example.org"})).await;
    let outbox = || std::fs::read_dir(app.folder.path().join("outbox")).unwrap().count();
    assert_eq!(outbox(), 1);
    let made: Value =
        app.post("/api/v1/account/keys", &ana, &json!({"name": "CI", "scopes": ["read"]})).await.json().await.unwrap();
    let ci = Person { token: made["secret"].as_str().unwrap().into(), ..ana.clone() };
    // One that runs.
    let big = app.kept("datasets", &ana, "big.csv", loans(30_000)).await;
    let running: Value = app.post("/api/v1/audit/full", &ana, &loan_audit(&big, &model)).await.json().await.unwrap();
    let job = running["job_id"].as_str().unwrap();
    app.until(job, &ana, |s| s["state"] == "running").await;

    let wrong = say_goodbye(&app, &ana, Some(json!({"password": "wrong password"}))).await;
    problem(wrong, 403, "wrong-password").await;
    problem(say_goodbye(&app, &ana, Some(json!({"pasword": "x"}))).await, 422, "invalid-request").await;
    assert_eq!(app.get("/api/v1/me", &ana).await.status(), StatusCode::OK);
    let right = say_goodbye(&app, &ana, Some(json!({"password": PASSWORD}))).await;
    assert_eq!(right.status(), StatusCode::NO_CONTENT);

    for who in [&ana, &ci] {
        problem(app.get("/api/v1/me", who).await, 401, "token-invalid").await;
    }
    let again = json!({"email": "ana@example.org", "password": PASSWORD});
    assert_eq!(app.auth("/token?grant_type=password", &again).await.status(), StatusCode::BAD_REQUEST);
    let refreshed = app.auth("/token?grant_type=refresh_token", &json!({"refresh_token": ana.refresh})).await;
    assert_eq!(refreshed.status(), StatusCode::BAD_REQUEST);
    assert_eq!(outbox(), 0, "nor her mail");
    // The worker sees that its lease is gone, and throws its work away.
    let start = std::time::Instant::now();
    loop {
        let files = app.kept_files();
        let hers = files.iter().any(|f| [&dataset, &model, &analysis, &big].iter().any(|id| f.contains(id.as_str())));
        if !hers && files.len() == 3 {
            break;
        }
        assert!(start.elapsed().as_secs() < 60, "{files:?}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    // Nothing of the other person.
    assert_eq!(app.get(&format!("/api/v1/datasets/{kept}"), &bo).await.status(), StatusCode::OK);
    let report = format!("/api/v1/report/analysis/{kept_analysis}/download");
    assert_eq!(app.get(&report, &bo).await.status(), StatusCode::OK);
    // The trail stays without anybody's name.
    let filter = fine_store::TrailFilter::default();
    let rows = app.running.app.store.whole_trail(&filter, 1000).await.unwrap();
    let of_ana = rows.iter().filter(|r| r.owner_id.as_deref() != Some(bo.id.as_str()));
    let mut actions = Vec::new();
    for row in of_ana {
        assert_eq!((&row.owner_id, &row.subject, &row.key_id), (&None, &None, &None), "{row:?}");
        // A failed sign-in of an account that is not there any more has the address of its client.
        assert!(row.address.is_none() || row.action == "sign-in-refused", "{row:?}");
        actions.push(row.action.as_str());
    }
    for action in ["account-delete", "audit-start", "upload", "key-made", "sign-up"] {
        assert!(actions.contains(&action), "{actions:?}");
    }
    // The address is free again, for somebody who starts with nothing.
    let new = app.sign_up("ana@example.org").await;
    let list: Value = app.get("/api/v1/datasets", &new).await.json().await.unwrap();
    assert_eq!(list["items"], json!([]));
    assert_eq!(say_goodbye(&app, &new, None).await.status(), StatusCode::NO_CONTENT, "a fresh sign-in is enough");
}

#[tokio::test]
async fn an_upload_that_outlives_its_account_is_not_kept() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    // The body comes slowly, and the account goes meanwhile.
    let (send, body) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(4);
    let boundary = "7MA4YWxkTrZu0gW";
    let body = reqwest::Body::wrap_stream(tokio_stream::wrappers::ReceiverStream::new(body));
    let request = app.request(Method::POST, "/api/v1/datasets", Some(&ana));
    let kind = format!("multipart/form-data; boundary={boundary}");
    let upload = tokio::spawn(request.header("content-type", kind).body(body).send());
    let head = format!("--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"loans.csv\"\r\n\r\n");
    send.send(Ok(head.into_bytes())).await.unwrap();
    send.send(Ok(loans(100))).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(say_goodbye(&app, &ana, None).await.status(), StatusCode::NO_CONTENT);
    send.send(Ok(format!("\r\n--{boundary}--\r\n").into_bytes())).await.unwrap();
    drop(send);
    problem(upload.await.unwrap().unwrap(), 401, "unauthenticated").await;
    assert_eq!(app.kept_files(), Vec::<String>::new());
}
