//! Models in several files, and parts of files, over the API and on the command line.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Person, TestApp, problem};

fn golden(case: &str, file: &str) -> Vec<u8> {
    std::fs::read(folder(case).join(file)).unwrap()
}

fn folder(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden").join(case)
}

async fn choose(app: &TestApp, person: &Person, id: &str, reading: Value) -> reqwest::Response {
    let path = format!("/api/v1/models/{id}/reading");
    app.request(Method::PUT, &path, Some(person)).json(&reading).send().await.unwrap()
}

/// The table of the chain with a truth: what the model itself would say of it, and one row that it gets wrong.
fn labelled() -> Vec<u8> {
    let text = String::from_utf8(golden("chain-sklearn", "data.csv")).unwrap();
    let answers: Value = serde_json::from_slice(&golden("chain-sklearn", "expected.json")).unwrap();
    let rows = answers["by_name"].as_array().unwrap().iter();
    let labels: Vec<&str> = rows.map(|row| if row[1].as_f64() > Some(0.5) { "low" } else { "high" }).collect();
    let mut lines = text.lines();
    let header = format!("{},outcome", lines.next().unwrap());
    let rows = lines.zip(labels).map(|(line, label)| format!("{line},{label}"));
    std::iter::once(header).chain(rows).collect::<Vec<_>>().join("\n").into_bytes()
}

#[tokio::test]
async fn a_model_in_several_files_is_read_as_one() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let mut ids = Vec::new();
    for file in ["encoders.pkl", "scaler.pkl", "model.pkl"] {
        ids.push(app.kept("models", &ana, file, golden("chain-sklearn", file)).await);
    }
    let seen: Value = app.get(&format!("/api/v1/models/{}", ids[2]), &ana).await.json().await.unwrap();
    assert_eq!((&seen["reading"], &seen["runnable"]), (&json!({}), &json!(true)));
    let reading = json!({ "before": [ids[0], ids[1]] });
    let answer = choose(&app, &ana, &ids[2], reading.clone()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let seen: Value = answer.json().await.unwrap();
    assert_eq!((&seen["reading"], &seen["runnable"], &seen["problem"]), (&reading, &json!(true), &Value::Null));
    assert!(seen["facts"]["estimators"].as_array().unwrap().iter().any(|e| e["name"] == "scaler.pkl"), "{seen}");
    // The columns are now those of the raw table.
    let job = seen["features"].as_array().unwrap().iter().find(|f| f["name"] == "job").unwrap();
    assert_eq!(job["kind"], "text");

    // An audit reads it so: the rows were labelled by the library, so every answer is right.
    let dataset = app.kept("datasets", &ana, "rows.csv", labelled()).await;
    let body = json!({ "dataset_id": dataset, "model_id": ids[2], "roles": { "target": "outcome" },
        "stages": ["performance"] });
    let started: Value = app.post("/api/v1/audit/full", &ana, &body).await.json().await.unwrap();
    let job = started["job_id"].as_str().unwrap_or_else(|| panic!("{started}")).to_owned();
    let done = app.until(&job, &ana, |s| s["state"] == "done" || s["state"] == "error").await;
    assert_eq!(done["state"], "done", "{done}");
    let id = started["analysis_id"].as_str().unwrap();
    let analysis: Value = app.get(&format!("/api/v1/audit/analyses/{id}"), &ana).await.json().await.unwrap();
    let text = analysis.to_string();
    assert!(text.contains("encoders.pkl + scaler.pkl + model.pkl"), "the result names all files");

    // A file that stands before a model stays as long as the model.
    let gone = app.delete(&format!("/api/v1/models/{}", ids[0]), &ana).await;
    let refused = problem(gone, 409, "file-before-model").await;
    assert_eq!(refused["args"]["model"], "model.pkl");
    assert_eq!(app.delete(&format!("/api/v1/models/{}", ids[2]), &ana).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(app.delete(&format!("/api/v1/models/{}", ids[0]), &ana).await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_cannot_be_read_so_is_said_and_foreign_files_are_not_there() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.sign_up("ana@example.org").await, app.sign_up("ben@example.org").await);
    let model = app.kept("models", &ana, "model.pkl", golden("chain-sklearn", "model.pkl")).await;
    let short = app.kept("models", &ana, "short.pkl", golden("chain-sklearn", "short.pkl")).await;
    let foreign = app.kept("models", &ben, "scaler.pkl", golden("chain-sklearn", "scaler.pkl")).await;
    problem(choose(&app, &ana, &model, json!({ "before": [foreign] })).await, 404, "not-found").await;
    problem(choose(&app, &ben, &model, json!({})).await, 404, "not-found").await;
    let twice = problem(choose(&app, &ana, &model, json!({ "before": [model] })).await, 422, "invalid-request").await;
    assert_eq!(twice["errors"][0]["code"], "file-twice");
    problem(choose(&app, &ana, &model, json!({ "behind": [] })).await, 422, "invalid-request").await;
    // A file that is no transformer: the model is kept, and it says in which file the problem is.
    let seen: Value = choose(&app, &ana, &model, json!({ "before": [short] })).await.json().await.unwrap();
    assert_eq!((&seen["runnable"], &seen["problem"]["code"]), (&json!(false), &json!("E-UNSUPPORTED")));
    assert!(seen["problem"]["detail"].as_str().unwrap().contains("short.pkl"), "{seen}");
    // And back.
    let seen: Value = choose(&app, &ana, &model, json!({})).await.json().await.unwrap();
    assert_eq!((&seen["runnable"], &seen["reading"]), (&json!(true), &json!({})));
}

#[tokio::test]
async fn one_of_several_targets_is_chosen() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let id = app.kept("models", &ana, "both.pkl", golden("model-sklearn-outputs-forest", "model.joblib")).await;
    let seen: Value = app.get(&format!("/api/v1/models/{id}"), &ana).await.json().await.unwrap();
    assert_eq!((&seen["runnable"], &seen["problem"]["code"]), (&json!(false), &json!("E-OUTPUTS")));
    let outputs = seen["facts"]["choices"]["outputs"].as_array().unwrap().len();
    assert!(outputs > 1, "{seen}");
    let seen: Value = choose(&app, &ana, &id, json!({ "output": 1 })).await.json().await.unwrap();
    assert_eq!((&seen["runnable"], &seen["reading"]["output"]), (&json!(true), &json!(1)));
    let seen: Value = choose(&app, &ana, &id, json!({ "output": outputs })).await.json().await.unwrap();
    assert_eq!(seen["runnable"], false);
}

fn fine(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fine")).args(arguments).current_dir(folder("chain-sklearn")).output().unwrap()
}

#[test]
fn the_command_line_takes_several_model_files() {
    let predict =
        ["predict", "--data", "data.csv", "--model", "encoders.pkl", "--model", "scaler.pkl", "--model", "model.pkl"];
    let output = fine(&predict);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers: Value = serde_json::from_slice(&golden("chain-sklearn", "expected.json")).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next().unwrap(), "prediction,p_high,p_low");
    let rows = answers["by_name"].as_array().unwrap();
    assert_eq!(lines.clone().count(), rows.len());
    for (line, wanted) in lines.zip(rows) {
        let own: f64 = line.rsplit(',').next().unwrap().parse().unwrap();
        assert!((own - wanted[1].as_f64().unwrap()).abs() < 1e-12, "{line}, expected {wanted}");
    }
    let output = fine(&["inspect", "encoders.pkl", "scaler.pkl", "model.pkl"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("scaler.pkl: StandardScaler(") && text.contains("Fine can run this model."), "{text}");
    let output = fine(&["inspect", "short.pkl", "model.pkl"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("(in \"short.pkl\")"));
}
