//! API keys: made once, shown once, good for what their scopes say.

use fine_server::auth::{OPERATIONS, Scope, Who};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::app::{Person, TestApp, loan_audit, loan_files, loans, problem};

async fn make(app: &TestApp, owner: &Person, scopes: &[&str]) -> (String, Person) {
    let body = json!({"name": "CI", "scopes": scopes});
    let answer = app.post("/api/v1/account/keys", owner, &body).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let made: Value = answer.json().await.unwrap();
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("fine_") && secret.len() >= 48, "{secret}");
    (made["id"].as_str().unwrap().to_owned(), Person { token: secret, ..owner.clone() })
}

async fn listed(app: &TestApp, owner: &Person) -> Vec<Value> {
    let list: Value = app.get("/api/v1/account/keys", owner).await.json().await.unwrap();
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_key_is_shown_once_used_and_revoked() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (id, ci) = make(&app, &ana, &["read"]).await;
    let me: Value = app.get("/api/v1/me", &ci).await.json().await.unwrap();
    assert_eq!(me, json!({"id": ana.id, "email": "ana@example.org"}));

    let keys = listed(&app, &ana).await;
    assert_eq!((keys.len(), &keys[0]["id"], &keys[0]["scopes"]), (1, &json!(id), &json!(["read"])));
    assert_eq!((keys[0]["hint"].as_str().unwrap(), &keys[0]["expired"]), (&ci.token[..9], &json!(false)));
    assert!(keys[0]["last_used_at"].is_string());
    assert!(!keys[0].to_string().contains(&ci.token), "it is not shown again");
    // Nor is it anywhere on disk.
    for name in ["fine.db", "fine.db-wal"] {
        if let Ok(bytes) = std::fs::read(app.folder.path().join(name)) {
            assert!(!bytes.windows(ci.token.len()).any(|w| w == ci.token.as_bytes()), "{name}");
        }
    }

    assert_eq!(app.delete(&format!("/api/v1/account/keys/{id}"), &ana).await.status(), StatusCode::NO_CONTENT);
    problem(app.get("/api/v1/me", &ci).await, 401, "token-invalid").await;
    problem(app.delete(&format!("/api/v1/account/keys/{id}"), &ana).await, 404, "not-found").await;
    assert_eq!(listed(&app, &ana).await.len(), 0);
    for made_up in ["fine_", "fine_made-up"] {
        let nobody = Person { token: made_up.into(), ..ana.clone() };
        problem(app.get("/api/v1/me", &nobody).await, 401, "token-invalid").await;
    }
}

#[tokio::test]
async fn a_pipeline_audits_with_a_key() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (_, ci) = make(&app, &ana, &["audit", "read"]).await;
    let (dataset, model) = loan_files(&app, &ci, 200).await;
    let mut body = loan_audit(&dataset, &model);
    body["stages"] = json!(["data"]);
    let started: Value = app.post("/api/v1/audit/full", &ci, &body).await.json().await.unwrap();
    app.until(started["job_id"].as_str().unwrap(), &ci, |s| s["state"] == "done").await;
    let report = format!("/api/v1/report/analysis/{}/download", started["analysis_id"].as_str().unwrap());
    assert_eq!(app.get(&report, &ci).await.status(), StatusCode::OK);
    // It is its owner's, who alone may delete it.
    let path = format!("/api/v1/datasets/{dataset}");
    problem(app.delete(&path, &ci).await, 403, "key-not-allowed").await;
    assert_eq!(app.get(&path, &ana).await.status(), StatusCode::OK);
    let trail: Value = app.get("/api/v1/account/trail", &ana).await.json().await.unwrap();
    let by_key: Vec<&Value> = trail["items"].as_array().unwrap().iter().filter(|e| e["by"] == "key").collect();
    assert_eq!(by_key.len(), 4, "{trail:#}");
}

/// A call that is harmless whatever the answer is.
async fn call(app: &TestApp, who: &Person, method: &str, path: &str) -> Response {
    let nothing = "01890000-0000-7000-8000-000000000000";
    let path = path.replace("{id}", nothing).replace("{job_id}", nothing);
    let request = app.request(method.parse::<Method>().unwrap(), &format!("/api/v1{path}"), Some(who));
    request.header("content-type", "application/json").body("?").send().await.unwrap()
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_and_never_touches_the_account() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (_, reader) = make(&app, &ana, &["read"]).await;
    let (_, auditor) = make(&app, &ana, &["audit"]).await;
    for (method, path, who) in OPERATIONS {
        for (key, scope) in [(&reader, Scope::Read), (&auditor, Scope::Audit)] {
            let answer = call(&app, key, method, path).await;
            let allowed = *who == Who::Anybody || *who == Who::Key(scope);
            if allowed {
                assert_ne!(answer.status(), StatusCode::FORBIDDEN, "{method} {path} {scope:?}");
            } else if *method == "HEAD" {
                assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{method} {path} {scope:?}");
            } else {
                problem(answer, 403, "key-not-allowed").await;
            }
        }
        let account = path.starts_with("/account");
        assert!(!account || *who == Who::Person, "{method} {path}: the account is for people");
    }
    // The account is unharmed, and its sign-in service takes no key.
    assert_eq!(app.get("/api/v1/me", &ana).await.status(), StatusCode::OK);
    let user = app.request(Method::GET, "/auth/v1/user", Some(&reader)).send().await.unwrap();
    assert_eq!(user.status(), StatusCode::FORBIDDEN);
}

#[test]
fn every_operation_says_who_may_call_it() {
    let document = serde_json::to_value(fine_server::api::document()).unwrap();
    let mut described: Vec<String> = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        described.extend(item.as_object().unwrap().keys().map(|m| format!("{} {path}", m.to_uppercase())));
    }
    let mut listed: Vec<String> = OPERATIONS.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    described.sort_unstable();
    listed.sort_unstable();
    assert_eq!(described, listed, "auth/scopes.rs lists every operation of the OpenAPI document");
}

#[tokio::test]
async fn keys_are_few_and_well_described() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    for (body, pointer) in [
        (json!({"name": " ", "scopes": ["read"]}), "/name"),
        (json!({"name": "x".repeat(61), "scopes": ["read"]}), "/name"),
        (json!({"name": "a\u{7}", "scopes": ["read"]}), "/name"),
        (json!({"name": "CI", "scopes": []}), "/scopes"),
        (json!({"name": "CI", "scopes": ["admin"]}), "/scopes/0"),
        (json!({"name": "CI", "scopes": ["read"], "expires_in_days": 0}), "/expires_in_days"),
        (json!({"name": "CI", "scopes": ["read"], "expires_in_days": 367}), "/expires_in_days"),
    ] {
        let refused = problem(app.post("/api/v1/account/keys", &ana, &body).await, 422, "invalid-request").await;
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    for _ in 0..20 {
        make(&app, &ana, &["read"]).await;
    }
    let more = app.post("/api/v1/account/keys", &ana, &json!({"name": "CI", "scopes": ["read"]})).await;
    problem(more, 409, "too-many-keys").await;
    let bo = app.sign_up("bo@example.org").await;
    make(&app, &bo, &["read"]).await;
    assert!(app.upload("datasets", &bo, "loans.csv", loans(50)).await.status().is_success());
}
