//! Tokens that open nothing, and connections that break.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fine_server::auth::Claims;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{World, says};
use crate::app::{Person, TestApp, loan_audit, loan_files, loans, person, problem};

#[tokio::test]
async fn a_token_of_another_user() {
    let world = World::new().await;
    let bo = world.app.sign_up("bo@example.org").await;
    let (dataset, model) = (format!("datasets/{}", world.dataset), format!("models/{}", world.model));
    let (analysis, job) = (format!("audit/analyses/{}", world.analysis), format!("audit/full/{}", world.job));
    let report = format!("report/analysis/{}/download", world.analysis);
    let events = format!("{job}/events");
    for path in [&dataset, &model, &analysis, &job, &report, &events] {
        let refused = problem(world.app.get(&format!("/api/v1/{path}"), &bo).await, 404, "not-found").await;
        says(refused["detail"].as_str().unwrap(), &["nothing here, or it is not yours"]);
    }
    for path in [&dataset, &model, &analysis, &job] {
        problem(world.app.delete(&format!("/api/v1/{path}"), &bo).await, 404, "not-found").await;
    }
    for path in ["check", "full", "run", "diagnose"] {
        let body = loan_audit(&world.dataset, &world.model);
        problem(world.app.post(&format!("/api/v1/audit/{path}"), &bo, &body).await, 404, "not-found").await;
    }
    for list in ["datasets", "models", "audit/analyses"] {
        let list: Value = world.app.get(&format!("/api/v1/{list}"), &bo).await.json().await.unwrap();
        assert_eq!(list["items"], json!([]));
    }
    world.unharmed().await;
}

/// The same person with a token that ran out two hours ago.
fn expired(app: &TestApp, whose: &Person) -> Person {
    let payload = URL_SAFE_NO_PAD.decode(whose.token.split('.').nth(1).unwrap()).unwrap();
    let mut claims: Claims = serde_json::from_slice(&payload).unwrap();
    claims.exp -= 3 * 3600;
    let token = app.running.app.embedded.as_ref().unwrap().keys.sign(&claims).unwrap();
    Person { token, ..whose.clone() }
}

#[tokio::test]
async fn an_expired_token() {
    let mut world = World::new().await;
    let late = expired(&world.app, &world.ana);
    let body = loan_audit(&world.dataset, &world.model);
    let answers = [
        world.app.get("/api/v1/datasets", &late).await,
        world.app.upload("datasets", &late, "more.csv", loans(100)).await,
        world.app.post("/api/v1/audit/full", &late, &body).await,
        world.app.get(&format!("/api/v1/audit/full/{}/events", world.job), &late).await,
        world.app.delete(&format!("/api/v1/datasets/{}", world.dataset), &late).await,
    ];
    for answer in answers {
        assert_eq!(answer.headers()["www-authenticate"], "Bearer");
        let refused = problem(answer, 401, "token-expired").await;
        says(refused["detail"].as_str().unwrap(), &["Refresh the session, or sign in again."]);
    }
    world.unharmed().await;
    // The advice works, and the upload goes through the second time.
    let refreshed =
        world.app.auth("/token?grant_type=refresh_token", &json!({"refresh_token": world.ana.refresh})).await;
    world.ana = person(&refreshed.json().await.unwrap());
    world.unharmed().await;
    world.kept("datasets", "more.csv", loans(100)).await;
}

/// Reads a stream until two blocks are there, then cuts it in the middle of the second; answers the first, or both when
/// the stream is at its end.
async fn cut(app: &TestApp, job: &str, ana: &Person, last: i64) -> Vec<String> {
    let request = app.request(Method::GET, &format!("/api/v1/audit/full/{job}/events"), Some(ana));
    let mut answer = request.header("last-event-id", last).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let mut text = String::new();
    while let Some(chunk) = answer.chunk().await.unwrap() {
        text.push_str(std::str::from_utf8(&chunk).unwrap());
        let ends: Vec<usize> = text.match_indices("\n\n").map(|(at, _)| at + 2).collect();
        if let [first, second, ..] = ends[..]
            && !text[..second].contains("event: done")
        {
            // What a client has when the line goes dead: a whole event and a piece of the next.
            let received = &text[..first + (second - first) / 2];
            return received[..first].split_inclusive("\n\n").map(str::to_owned).collect();
        }
    }
    text.split_inclusive("\n\n").map(str::to_owned).collect()
}

/// Id and snapshot of a status event.
fn status(block: &str) -> Option<(i64, Value)> {
    let field = |name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(str::trim);
    (field("event:")? == "status")
        .then(|| (field("id:").unwrap().parse().unwrap(), serde_json::from_str(field("data:").unwrap()).unwrap()))
}

#[tokio::test]
async fn a_broken_event_stream() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (dataset, model) = loan_files(&app, &ana, 20_000).await;
    let started: Value =
        app.post("/api/v1/audit/full", &ana, &loan_audit(&dataset, &model)).await.json().await.unwrap();
    let job = started["job_id"].as_str().unwrap();
    let (mut seen, mut cuts, mut last) = (Vec::new(), 0, 0);
    loop {
        let blocks = cut(&app, job, &ana, last).await;
        seen.extend(blocks.iter().filter_map(|block| status(block)));
        last = seen.last().map_or(0, |(id, _): &(i64, Value)| *id);
        if blocks.iter().any(|b| b.contains("event: done")) {
            break;
        }
        cuts += 1;
    }
    assert!(cuts >= 8, "only {cuts} cuts");
    let ids: Vec<i64> = seen.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, (1..=ids.len() as i64).collect::<Vec<_>>(), "no event lost, none twice");
    assert_eq!(seen.last().unwrap().1["state"], "done");
    // The pieces are what an unbroken stream says.
    let request = app.request(Method::GET, &format!("/api/v1/audit/full/{job}/events"), Some(&ana));
    let whole = request.header("last-event-id", 0).send().await.unwrap().text().await.unwrap();
    let whole: Vec<(i64, Value)> = whole.split_inclusive("\n\n").filter_map(status).collect();
    assert_eq!(seen, whole);
}
