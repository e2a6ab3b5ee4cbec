//! Nobody sees what is not theirs: every operation of the API's own description is called with another person's ids, and
//! without a token. An operation that this file does not know makes it fail.

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::app::{Person, TestApp, loan_audit, loan_files, problem};

/// What Ana has.
struct Ids {
    dataset: String,
    model: String,
    job: String,
    analysis: String,
    key: String,
    upload: String,
}

/// How an operation is called with what is Ana's, and what a stranger must see.
enum Call {
    /// Her id in the path: as if it were not there.
    Path(String, Option<Value>),
    /// Her ids in the body: as if they were not there.
    Body(Value),
    /// A list: without anything of hers.
    List,
    /// It concerns the caller only and names nobody: the answer knows nothing of hers.
    Own(Option<Value>),
    /// A file of the caller.
    Upload,
    /// A resumable upload of the caller.
    Begin,
    /// Deletes the caller; done last.
    Goodbye,
    /// For everybody.
    Open,
}

fn call(operation: &str, ids: &Ids) -> Call {
    use Call::{Begin, Body, Goodbye, List, Open, Own, Path, Upload};
    let path = |id: &str| Path(id.to_owned(), None);
    match operation {
        "GET /config" => Open,
        "GET /me" | "GET /account/export" => Own(None),
        "POST /account/keys" => Own(Some(json!({"name": "of Bo", "scopes": ["read"]}))),
        "DELETE /account" => Goodbye,
        "GET /account/keys"
        | "GET /account/trail"
        | "GET /datasets"
        | "GET /models"
        | "GET /audit/analyses"
        | "GET /audit/prepared" => List,
        "DELETE /account/keys/{id}" => path(&ids.key),
        "HEAD /uploads/{id}" | "DELETE /uploads/{id}" => path(&ids.upload),
        "PATCH /uploads/{id}" | "PUT /uploads/{id}/content" => path(&ids.upload),
        "POST /uploads/{id}/complete" => Path(ids.upload.clone(), Some(json!({}))),
        "POST /uploads" => Begin,
        "POST /uploads/presign" => Own(Some(announced())),
        "POST /datasets" | "POST /models" => Upload,
        "GET /datasets/{id}" | "DELETE /datasets/{id}" => path(&ids.dataset),
        "GET /models/{id}" | "DELETE /models/{id}" => path(&ids.model),
        "PUT /models/{id}/reading" => Path(ids.model.clone(), Some(json!({}))),
        "GET /audit/full/{job_id}" | "DELETE /audit/full/{job_id}" | "GET /audit/full/{job_id}/events" => {
            path(&ids.job)
        }
        "GET /audit/analyses/{id}"
        | "DELETE /audit/analyses/{id}"
        | "GET /report/analysis/{id}/download"
        | "GET /report/analysis/{id}/link" => path(&ids.analysis),
        "POST /audit/analyses/{id}/explain" | "POST /audit/analyses/{id}/counterfactuals" => {
            Path(ids.analysis.clone(), Some(json!({"row": 0})))
        }
        "POST /audit/analyses/{id}/what-if" => Path(ids.analysis.clone(), Some(json!({"row": 0, "changes": {}}))),
        "GET /audit/analyses/{id}/narrative" | "GET /audit/analyses/{id}/qa" | "DELETE /audit/analyses/{id}/qa" => {
            path(&ids.analysis)
        }
        "POST /audit/analyses/{id}/narrative" => Path(ids.analysis.clone(), Some(json!({"language": "en"}))),
        "POST /audit/analyses/{id}/qa" => {
            Path(ids.analysis.clone(), Some(json!({"question": "Is it fair?", "language": "en"})))
        }
        "POST /audit/analyses/{id}/cohort" => Path(ids.analysis.clone(), Some(json!({"filter": "age > 30"}))),
        "POST /audit/compare" => Body(json!({"old": ids.analysis, "new": ids.analysis})),
        "POST /audit/check"
        | "POST /audit/full"
        | "POST /audit/run"
        | "POST /audit/xai"
        | "POST /audit/sensitivity"
        | "POST /audit/robustness"
        | "POST /audit/fairness"
        | "POST /audit/diagnose" => Body(loan_audit(&ids.dataset, &ids.model)),
        _ => panic!("{operation} is new: say here how it is called with another person's ids"),
    }
}

fn announced() -> Value {
    json!({"kind": "datasets", "filename": "a.csv", "bytes": 3, "sha256": "0".repeat(64)})
}

/// Every operation of the description.
fn operations() -> Vec<(Method, String)> {
    let document = serde_json::to_value(fine_server::api::document()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            operations.push((method.to_uppercase().parse().unwrap(), path.clone()));
        }
    }
    operations
}

/// The path with an id in the place of its parameter.
fn with_id(path: &str, id: &str) -> String {
    match path.split_once('{') {
        Some((head, tail)) => format!("/api/v1{head}{id}{}", tail.split_once('}').unwrap().1),
        None => format!("/api/v1{path}"),
    }
}

fn with_body(request: RequestBuilder, body: Option<&Value>) -> RequestBuilder {
    match body {
        Some(body) => request.json(body),
        None => request,
    }
}

/// What can be compared of a 404: everything but the request's id.
async fn not_there(request: RequestBuilder) -> Value {
    let request = request.header("tus-resumable", "1.0.0").build().unwrap();
    let head = request.method() == Method::HEAD;
    let answer = reqwest::Client::new().execute(request).await.unwrap();
    if head {
        // It has no body.
        assert_eq!(answer.status(), 404);
        return Value::Null;
    }
    let mut body = problem(answer, 404, "not-found").await;
    body["request_id"].take();
    body
}

async fn everything_of_ana(app: &TestApp, ana: &Person) -> Ids {
    let (dataset, model) = loan_files(app, ana, 200).await;
    let started: Value = app.post("/api/v1/audit/full", ana, &loan_audit(&dataset, &model)).await.json().await.unwrap();
    let id = |name: &str| started[name].as_str().unwrap().to_owned();
    let (job, analysis) = (id("job_id"), id("analysis_id"));
    app.until(&job, ana, |s| s["state"] == "done").await;
    let body = json!({"name": "of Ana", "scopes": ["read", "audit"]});
    let key: Value = app.post("/api/v1/account/keys", ana, &body).await.json().await.unwrap();
    let upload: Value = app.post("/api/v1/uploads/presign", ana, &announced()).await.json().await.unwrap();
    let text = |v: &Value| v["id"].as_str().unwrap().to_owned();
    Ids { dataset, model, job, analysis, key: text(&key), upload: text(&upload) }
}

/// What Ana sees of her things.
async fn seen_by_ana(app: &TestApp, ana: &Person, ids: &Ids) -> Vec<(u16, Value)> {
    let mut seen = Vec::new();
    for path in [
        format!("/datasets/{}", ids.dataset),
        format!("/models/{}", ids.model),
        format!("/audit/full/{}", ids.job),
        format!("/audit/analyses/{}", ids.analysis),
        "/account/keys".to_owned(),
    ] {
        let answer = app.get(&format!("/api/v1{path}"), ana).await;
        seen.push((answer.status().as_u16(), answer.json().await.unwrap()));
    }
    seen
}

#[tokio::test]
async fn every_operation_hides_what_belongs_to_another() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.sign_up("ana@example.org").await, app.sign_up("bo@example.org").await);
    let ids = everything_of_ana(&app, &ana).await;
    let before = seen_by_ana(&app, &ana, &ids).await;
    let hers =
        [&ids.dataset, &ids.model, &ids.job, &ids.analysis, &ids.key, &ana.id, "ana@example.org"].map(String::from);
    let unknown = "01890000-0000-7000-8000-000000000000";
    let knows_nothing = |operation: &str, text: &str| {
        assert!(!hers.iter().any(|id| text.contains(id.as_str())), "{operation}: {text}");
    };
    let mut operations = operations();
    // What deletes the stranger comes last.
    operations.sort_by_key(|(method, path)| method == Method::DELETE && path == "/account");
    for (method, path) in operations {
        let operation = format!("{method} {path}");
        let as_bo = |path: &str| app.request(method.clone(), path, Some(&bo));
        match call(&operation, &ids) {
            Call::Path(id, body) => {
                let asked = async |id: &str| not_there(with_body(as_bo(&with_id(&path, id)), body.as_ref())).await;
                let foreign = asked(&id).await;
                assert_eq!(foreign, asked(unknown).await, "{operation}");
                assert_eq!(foreign, asked("..%2F..%2Ffine.db").await, "{operation}");
                assert_eq!(foreign, asked("%00%FF").await, "{operation}");
            }
            Call::Body(body) => {
                not_there(as_bo(&with_id(&path, "")).json(&body)).await;
            }
            Call::List => {
                let answer = as_bo(&with_id(&path, "")).send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::OK, "{operation}");
                knows_nothing(&operation, &answer.text().await.unwrap());
            }
            Call::Own(body) => {
                let answer = with_body(as_bo(&with_id(&path, "")), body.as_ref()).send().await.unwrap();
                assert!(answer.status().is_success(), "{operation}");
                let text = String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned();
                knows_nothing(&operation, &text);
            }
            Call::Upload => {
                let form = Form::new().part("file", Part::bytes(crate::app::loan_model()).file_name("loan.json"));
                let answer = as_bo(&with_id(&path, "")).multipart(form).send().await.unwrap();
                knows_nothing(&operation, &answer.text().await.unwrap());
            }
            Call::Begin => {
                let request = as_bo(&with_id(&path, "")).header("tus-resumable", "1.0.0").header("upload-length", 3);
                let answer =
                    request.header("upload-metadata", "kind ZGF0YXNldHM=,filename YS5jc3Y=").send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::CREATED, "{operation}");
            }
            Call::Goodbye => {
                let answer = as_bo(&with_id(&path, "")).send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{operation}");
            }
            Call::Open => {}
        }
    }
    assert_eq!(before, seen_by_ana(&app, &ana, &ids).await, "nothing of it changed anything");
}

#[tokio::test]
async fn every_operation_but_the_open_one_needs_a_token() {
    let app = TestApp::start().await;
    let ids = Ids {
        dataset: "d".into(),
        model: "m".into(),
        job: "j".into(),
        analysis: "a".into(),
        key: "k".into(),
        upload: "u".into(),
    };
    let mut asked = 0;
    for (method, path) in operations() {
        let request = || app.request(method.clone(), &with_id(&path, "01890000-0000-7000-8000-000000000000"), None);
        let call = call(&format!("{method} {path}"), &ids);
        if matches!(call, Call::Open) {
            assert_eq!(request().send().await.unwrap().status(), StatusCode::OK);
            continue;
        }
        let body = match &call {
            Call::Path(_, body) | Call::Own(body) => body.as_ref(),
            Call::Body(body) => Some(body),
            _ => None,
        };
        if method == Method::HEAD {
            assert_eq!(request().send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
            continue;
        }
        problem(with_body(request(), body).send().await.unwrap(), 401, "unauthenticated").await;
        let wrong = with_body(request().bearer_auth("not.a.token"), body).send().await.unwrap();
        problem(wrong, 401, "token-invalid").await;
        asked += 1;
    }
    assert!(asked >= 36, "{asked}");
}
