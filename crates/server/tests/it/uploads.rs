//! Uploads to signed addresses and in pieces, to a server with a data folder.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::{Person, TestApp, loan_model, loans, problem};

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The body for `POST /uploads/presign`.
pub fn announced(kind: &str, name: &str, bytes: &[u8]) -> Value {
    json!({"kind": kind, "filename": name, "bytes": bytes.len(), "sha256": sha256(bytes), "content_type": "text/csv"})
}

async fn presign(app: &TestApp, person: &Person, body: &Value) -> Value {
    let answer = app.post("/api/v1/uploads/presign", person, body).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json().await.unwrap()
}

fn put(app: &TestApp, url: &str, bytes: &[u8]) -> RequestBuilder {
    app.client.put(url).header("content-type", "text/csv").body(bytes.to_vec())
}

async fn complete(app: &TestApp, person: &Person, id: &str) -> Response {
    app.post(&format!("/api/v1/uploads/{id}/complete"), person, &json!({})).await
}

#[tokio::test]
async fn a_file_comes_to_a_signed_address_and_becomes_a_dataset() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.sign_up("ana@example.org").await, app.sign_up("bo@example.org").await);
    let bytes = loans(300);
    let signed = presign(&app, &ana, &announced("datasets", "../loans.csv", &bytes)).await;
    let id = signed["id"].as_str().unwrap();
    assert_eq!((signed["parts"].as_array().unwrap().len(), &signed["tags"]), (1, &json!(false)));
    problem(complete(&app, &ana, id).await, 409, "upload-incomplete").await;
    let url = signed["parts"][0]["url"].as_str().unwrap();
    assert_eq!(put(&app, url, &bytes).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    problem(complete(&app, &bo, id).await, 404, "not-found").await;

    let kept = complete(&app, &ana, id).await;
    assert_eq!(kept.status(), StatusCode::CREATED);
    let kept: Value = kept.json().await.unwrap();
    assert_eq!((kept["id"].as_str(), kept["filename"].as_str()), (Some(id), Some("loans.csv")));
    assert_eq!((&kept["sha256"], &kept["rows"]), (&json!(sha256(&bytes)), &json!(300)));
    let again: Value = complete(&app, &ana, id).await.json().await.unwrap();
    assert_eq!(again, kept, "an answer that was lost can be had again");
    assert_eq!(app.kept_files(), [format!("datasets/{id}")]);
    assert_eq!(app.get(&format!("/api/v1/datasets/{id}"), &ana).await.status(), StatusCode::OK);

    let model = loan_model();
    let signed = presign(&app, &ana, &announced("models", "loan.json", &model)).await;
    put(&app, signed["parts"][0]["url"].as_str().unwrap(), &model).send().await.unwrap();
    let kept: Value = complete(&app, &ana, signed["id"].as_str().unwrap()).await.json().await.unwrap();
    assert_eq!(kept["library"], "xgboost");
}

#[tokio::test]
async fn an_address_holds_for_one_file_and_a_while() {
    let app = TestApp::with(|c| c.storage.upload_link = Duration::from_secs(60)).await;
    let ana = app.sign_up("ana@example.org").await;
    let bytes = loans(50);
    let signed = presign(&app, &ana, &announced("datasets", "loans.csv", &bytes)).await;
    let other = presign(&app, &ana, &announced("datasets", "loans.csv", &bytes)).await;
    let url = signed["parts"][0]["url"].as_str().unwrap();
    let id = signed["id"].as_str().unwrap();

    let tampered = url.replace(id, other["id"].as_str().unwrap());
    problem(put(&app, &tampered, &bytes).send().await.unwrap(), 403, "upload-signature").await;
    let (head, expires) = url.split_once("expires=").unwrap();
    let (expires, tail) = expires.split_once('&').unwrap();
    let longer = format!("{head}expires={}&{tail}", expires.parse::<i64>().unwrap() + 1);
    problem(put(&app, &longer, &bytes).send().await.unwrap(), 403, "upload-signature").await;
    let unknown = url.replace(id, "01890000-0000-7000-8000-000000000000");
    problem(put(&app, &unknown, &bytes).send().await.unwrap(), 403, "upload-signature").await;
    let unsigned = url.split('?').next().unwrap();
    problem(put(&app, unsigned, &bytes).send().await.unwrap(), 401, "unauthenticated").await;

    let longer = [bytes.as_slice(), b"1"].concat();
    problem(put(&app, url, &longer).send().await.unwrap(), 422, "upload-mismatch").await;
    problem(put(&app, url, &bytes[1..]).send().await.unwrap(), 422, "upload-mismatch").await;
    let chunked = futures::stream::iter([Ok::<_, std::io::Error>(longer.clone())]);
    let chunked = app.client.put(url).header("content-type", "text/csv").body(reqwest::Body::wrap_stream(chunked));
    problem(chunked.send().await.unwrap(), 422, "upload-mismatch").await;
    let page = app.client.put(url).header("content-type", "text/html").body(bytes.clone());
    problem(page.send().await.unwrap(), 422, "upload-mismatch").await;
    let mut wrong = bytes.clone();
    wrong[60] ^= 1;
    problem(put(&app, url, &wrong).send().await.unwrap(), 422, "upload-mismatch").await;
    assert!(app.kept_files().is_empty(), "nothing of it stays: {:?}", app.kept_files());

    assert_eq!(put(&app, url, &bytes).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    let removed = app.delete(&format!("/api/v1/uploads/{id}"), &ana).await;
    assert_eq!(removed.status(), StatusCode::NO_CONTENT);
    assert!(app.kept_files().is_empty());
    problem(put(&app, url, &bytes).send().await.unwrap(), 403, "upload-signature").await;
    problem(complete(&app, &ana, id).await, 404, "not-found").await;
}

#[tokio::test]
async fn an_address_expires() {
    let app = TestApp::with(|c| c.storage.upload_link = Duration::from_secs(1)).await;
    let ana = app.sign_up("ana@example.org").await;
    let bytes = loans(50);
    let signed = presign(&app, &ana, &announced("datasets", "loans.csv", &bytes)).await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let late = put(&app, signed["parts"][0]["url"].as_str().unwrap(), &bytes).send().await.unwrap();
    problem(late, 403, "upload-expired").await;
}

#[tokio::test]
async fn what_is_announced_is_checked() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let fine = announced("datasets", "a.csv", b"a");
    let refuse = async |name: &str, value: Value, status: u16, slug: &str| {
        let mut body = fine.clone();
        body[name] = value;
        problem(app.post("/api/v1/uploads/presign", &ana, &body).await, status, slug).await
    };
    refuse("bytes", json!(0), 422, "invalid-request").await;
    refuse("bytes", json!(9 << 20), 413, "too-large").await;
    refuse("bytes", json!(-1), 422, "invalid-request").await;
    refuse("kind", json!("results"), 422, "invalid-request").await;
    refuse("content_type", json!("text/csv\r\nx: y"), 422, "invalid-request").await;
    let digest = refuse("sha256", json!("abc"), 422, "invalid-request").await;
    assert_eq!(digest["errors"][0]["pointer"], "/sha256");
}

#[tokio::test]
async fn a_file_that_is_no_table_is_refused_and_removed() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let bytes = b"a,b\n1,2\n3\n".to_vec();
    let signed = presign(&app, &ana, &announced("datasets", "ragged.csv", &bytes)).await;
    put(&app, signed["parts"][0]["url"].as_str().unwrap(), &bytes).send().await.unwrap();
    let id = signed["id"].as_str().unwrap();
    problem(complete(&app, &ana, id).await, 422, "ragged-row").await;
    assert!(app.kept_files().is_empty());
    problem(complete(&app, &ana, id).await, 404, "not-found").await;
}

/// A request of the resumable protocol.
fn tus(app: &TestApp, method: Method, path: &str, person: &Person) -> RequestBuilder {
    app.request(method, path, Some(person)).header("tus-resumable", "1.0.0")
}

fn metadata(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{name} {}", BASE64_STANDARD.encode(value)));
    pairs.collect::<Vec<_>>().join(",")
}

async fn create(app: &TestApp, person: &Person, bytes: &[u8]) -> String {
    let digest = sha256(bytes);
    let pairs = [("kind", "datasets"), ("filename", "año.csv"), ("sha256", digest.as_str())];
    let request = tus(app, Method::POST, "/api/v1/uploads", person).header("upload-length", bytes.len());
    let answer = request.header("upload-metadata", metadata(&pairs)).send().await.unwrap();
    assert_eq!((answer.status(), &answer.headers()["tus-resumable"]), (StatusCode::CREATED, &"1.0.0".parse().unwrap()));
    assert!(answer.headers()["upload-expires"].to_str().unwrap().ends_with(" GMT"));
    answer.headers()["location"].to_str().unwrap().to_owned()
}

fn patch(app: &TestApp, path: &str, person: &Person, at: usize) -> RequestBuilder {
    let request = tus(app, Method::PATCH, path, person).header("upload-offset", at);
    request.header("content-type", "application/offset+octet-stream")
}

async fn offset(app: &TestApp, path: &str, person: &Person) -> usize {
    let answer = tus(app, Method::HEAD, path, person).send().await.unwrap();
    assert_eq!((answer.status(), &answer.headers()["cache-control"]), (StatusCode::OK, &"no-store".parse().unwrap()));
    answer.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn an_upload_goes_on_where_it_broke_off() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.sign_up("ana@example.org").await, app.sign_up("bo@example.org").await);
    let bytes = loans(3000);
    let path = create(&app, &ana, &bytes).await;
    assert_eq!(offset(&app, &path, &ana).await, 0);
    let half = bytes.len() / 2;
    // The client says that all of it comes, and goes away in the middle.
    let first = bytes[..half].to_vec();
    let body = async_stream::stream! {
        yield Ok(first);
        tokio::time::sleep(Duration::from_millis(200)).await;
        yield Err(std::io::Error::other("gone"));
    };
    let broken = patch(&app, &path, &ana, 0).body(reqwest::Body::wrap_stream(body)).send().await;
    assert!(broken.is_err());
    for _ in 0..100 {
        if offset(&app, &path, &ana).await == half {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(offset(&app, &path, &ana).await, half);
    problem(patch(&app, &path, &bo, half).body("x").send().await.unwrap(), 404, "not-found").await;
    let ahead = problem(patch(&app, &path, &ana, half + 1).body("x").send().await.unwrap(), 409, "upload-offset").await;
    assert_eq!(ahead["args"]["offset"], half);
    let id = path.rsplit('/').next().unwrap();
    let early = problem(complete(&app, &ana, id).await, 409, "upload-incomplete").await;
    assert_eq!(early["args"]["received"], half);

    let rest = patch(&app, &path, &ana, half).body(bytes[half..].to_vec()).send().await.unwrap();
    assert_eq!(rest.status(), StatusCode::NO_CONTENT);
    assert_eq!(rest.headers()["upload-offset"].to_str().unwrap(), bytes.len().to_string());
    let kept: Value = complete(&app, &ana, id).await.json().await.unwrap();
    assert_eq!((&kept["rows"], &kept["filename"]), (&json!(3000), &json!("año.csv")));
    assert_eq!(kept["sha256"], sha256(&bytes));
    assert_eq!(app.kept_files(), [format!("datasets/{id}")]);
    assert_eq!(tus(&app, Method::HEAD, &path, &ana).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_resumable_protocol_is_spoken_as_written() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let bytes = loans(50);
    let able = app.client.request(Method::OPTIONS, app.url("/api/v1/uploads")).send().await.unwrap();
    assert_eq!((able.status(), &able.headers()["tus-version"]), (StatusCode::NO_CONTENT, &"1.0.0".parse().unwrap()));
    assert_eq!(able.headers()["tus-extension"], "creation,expiration,termination");
    let question = app.client.request(Method::OPTIONS, app.url("/api/v1/uploads"));
    let question =
        question.header("origin", "https://app.example.org").header("access-control-request-method", "PATCH");
    let allowed = question.send().await.unwrap();
    assert!(allowed.headers()["access-control-allow-methods"].to_str().unwrap().contains("PATCH"));

    let old = app.request(Method::POST, "/api/v1/uploads", Some(&ana)).header("tus-resumable", "0.2.2");
    let old = old.send().await.unwrap();
    assert_eq!(old.headers()["tus-resumable"], "1.0.0");
    problem(old, 412, "upload-protocol").await;
    problem(tus(&app, Method::POST, "/api/v1/uploads", &ana).send().await.unwrap(), 400, "malformed-request").await;
    let nothing = tus(&app, Method::POST, "/api/v1/uploads", &ana).header("upload-length", 5).send().await.unwrap();
    problem(nothing, 422, "invalid-request").await;
    let huge = tus(&app, Method::POST, "/api/v1/uploads", &ana).header("upload-length", 9 << 20);
    let huge = huge.header("upload-metadata", metadata(&[("kind", "datasets")])).send().await.unwrap();
    problem(huge, 413, "too-large").await;

    let path = create(&app, &ana, &bytes).await;
    let form = tus(&app, Method::PATCH, &path, &ana).header("upload-offset", 0).body("x").send().await.unwrap();
    problem(form, 415, "unsupported-media-type").await;
    let long = [bytes.as_slice(), b"more"].concat();
    problem(patch(&app, &path, &ana, 0).body(long).send().await.unwrap(), 422, "upload-mismatch").await;
    assert!(offset(&app, &path, &ana).await <= bytes.len());

    let gone = tus(&app, Method::DELETE, &path, &ana).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert!(app.kept_files().is_empty());
    assert_eq!(tus(&app, Method::HEAD, &path, &ana).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn two_cannot_go_on_with_one_upload() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let bytes = loans(50);
    let path = create(&app, &ana, &bytes).await;
    let (first, rest) = (bytes[..100].to_vec(), bytes[100..].to_vec());
    let (go, gone) = tokio::sync::oneshot::channel::<()>();
    let body = async_stream::stream! {
        yield Ok::<_, std::io::Error>(first);
        let _ = gone.await;
        yield Ok(rest);
    };
    let slow = tokio::spawn(patch(&app, &path, &ana, 0).body(reqwest::Body::wrap_stream(body)).send());
    while offset(&app, &path, &ana).await < 100 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let second = patch(&app, &path, &ana, 100).body("x").send().await.unwrap();
    assert_eq!(second.headers()["retry-after"], "1");
    problem(second, 423, "upload-locked").await;
    let id = path.rsplit('/').next().unwrap();
    problem(complete(&app, &ana, id).await, 423, "upload-locked").await;
    go.send(()).unwrap();
    assert_eq!(slow.await.unwrap().unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(complete(&app, &ana, id).await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn an_upload_that_nobody_goes_on_with_is_swept() {
    let app = TestApp::with(|c| {
        c.storage.sweep_after = Duration::from_secs(2);
        c.storage.upload_link = Duration::from_secs(2);
    })
    .await;
    let ana = app.sign_up("ana@example.org").await;
    let bytes = loans(50);
    let path = create(&app, &ana, &bytes).await;
    patch(&app, &path, &ana, 0).body(bytes[..10].to_vec()).send().await.unwrap();
    let signed = presign(&app, &ana, &announced("datasets", "loans.csv", &bytes)).await;
    put(&app, signed["parts"][0]["url"].as_str().unwrap(), &bytes).send().await.unwrap();
    assert_eq!(app.kept_files().len(), 2);
    let kept = app.kept("datasets", &ana, "loans.csv", bytes).await;
    for _ in 0..200 {
        if app.kept_files().len() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(app.kept_files(), [format!("datasets/{kept}")]);
    assert_eq!(tus(&app, Method::HEAD, &path, &ana).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    problem(complete(&app, &ana, signed["id"].as_str().unwrap()).await, 404, "not-found").await;
}
