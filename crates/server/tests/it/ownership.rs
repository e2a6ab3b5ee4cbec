//! Nobody sees what is not theirs: every route answers a stranger as if there were nothing.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Person, TestApp, loan_audit, loan_files, problem};

/// Every route with an id in its path, from the API's own description.
fn routes_with_ids() -> Vec<(Method, String)> {
    let document = serde_json::to_value(fine_server::api::document()).unwrap();
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|_| path.contains('{')) {
            routes.push((method.to_uppercase().parse().unwrap(), path.clone()));
        }
    }
    routes
}

/// What can be compared of a problem: everything but the request's id.
async fn seen(app: &TestApp, method: &Method, path: &str, person: &Person) -> Value {
    let request = app.request(method.clone(), &format!("/api/v1{path}"), Some(person));
    let body = match path.rsplit('/').next() {
        Some("reading") => Some(json!({})),
        Some("complete") => Some(json!({})),
        Some("explain" | "counterfactuals") => Some(json!({"row": 0})),
        Some("what-if") => Some(json!({"row": 0, "changes": {}})),
        Some("cohort") => Some(json!({"filter": "age > 30"})),
        _ => None,
    };
    let request = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    let answer = request.send().await.unwrap();
    if method == Method::HEAD {
        // Such an answer has no body, only what a body would be.
        assert_eq!(answer.status(), 404);
        return json!(answer.headers()["content-type"].to_str().unwrap());
    }
    let mut body = problem(answer, 404, "not-found").await;
    body["request_id"].take();
    body
}

#[tokio::test]
async fn foreign_and_unknown_ids_look_the_same_on_every_route() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.sign_up("ana@example.org").await, app.sign_up("bo@example.org").await);
    let (dataset, model) = loan_files(&app, &ana, 200).await;
    let started: Value =
        app.post("/api/v1/audit/full", &ana, &loan_audit(&dataset, &model)).await.json().await.unwrap();
    let (job, analysis) = (started["job_id"].as_str().unwrap(), started["analysis_id"].as_str().unwrap());
    app.until(job, &ana, |s| s["state"] == "done").await;

    let unknown = "01890000-0000-7000-8000-000000000000";
    let routes = routes_with_ids();
    assert!(routes.len() >= 18, "{routes:?}");
    let announced = json!({"kind": "datasets", "filename": "a.csv", "bytes": 3, "sha256": "0".repeat(64)});
    let upload: Value = app.post("/api/v1/uploads/presign", &ana, &announced).await.json().await.unwrap();
    for (method, path) in routes {
        let own = match path.as_str() {
            p if p.starts_with("/datasets") => &dataset,
            p if p.starts_with("/models") => &model,
            p if p.starts_with("/uploads") => upload["id"].as_str().unwrap(),
            p if p.starts_with("/audit/full") => job,
            _ => analysis,
        };
        let with = |id: &str| {
            let (head, tail) = path.split_once('{').unwrap();
            format!("{head}{id}{}", tail.split_once('}').unwrap().1)
        };
        let foreign = seen(&app, &method, &with(own), &bo).await;
        assert_eq!(foreign, seen(&app, &method, &with(unknown), &bo).await, "{method} {path}");
        assert_eq!(foreign, seen(&app, &method, &with("..%2F..%2Ffine.db"), &bo).await, "{method} {path}");
        let none = app.request(method.clone(), &format!("/api/v1{}", with(own)), None).send().await.unwrap();
        assert_eq!(none.status(), 401, "{method} {path}");
        if method != Method::HEAD {
            problem(none, 401, "unauthenticated").await;
        }
    }
    // Bodies that name foreign files are no way in either.
    for path in ["check", "full", "run", "xai", "sensitivity", "robustness", "fairness", "diagnose"] {
        let body = loan_audit(&dataset, &model);
        problem(app.post(&format!("/api/v1/audit/{path}"), &bo, &body).await, 404, "not-found").await;
    }
    for (old, new) in [(analysis, analysis), (analysis, unknown), (unknown, analysis)] {
        let body = json!({"old": old, "new": new});
        problem(app.post("/api/v1/audit/compare", &bo, &body).await, 404, "not-found").await;
    }
    for list in ["datasets", "models", "audit/analyses"] {
        let list: Value = app.get(&format!("/api/v1/{list}"), &bo).await.json().await.unwrap();
        assert_eq!(list["items"], json!([]));
    }
    // And nothing of it changed anything.
    assert_eq!(app.get(&format!("/api/v1/audit/analyses/{analysis}"), &ana).await.status(), 200);
}
