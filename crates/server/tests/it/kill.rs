//! `kill -9` in the middle of an audit, then a start: it finishes by itself.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Client;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::app::{PASSWORD, loan_audit, loan_model, loans};

/// The real binary, killed when dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fine"))
            .args(["serve", "--port", "0", "--data-dir"])
            .arg(folder)
            .env("FINE_PUBLIC_URL", "http://fine.test")
            .env_remove("DATABASE_URL")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.find_map(|l| l.unwrap().strip_prefix("Listening on ").map(str::to_owned)).unwrap();
        Self { child, url: address }
    }

    /// SIGKILL on Unix, TerminateProcess on Windows: no chance to tidy up.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already dead is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn json(request: reqwest::RequestBuilder) -> Value {
    request.send().await.unwrap().json().await.unwrap()
}

async fn upload(client: &Client, url: String, token: &str, name: &str, bytes: Vec<u8>) -> String {
    let form = Form::new().part("file", Part::bytes(bytes).file_name(name.to_owned()));
    let kept = json(client.post(url).bearer_auth(token).multipart(form)).await;
    kept["id"].as_str().unwrap().to_owned()
}

/// All events of a job after `last`, as (id, snapshot), until its end.
async fn events(client: &Client, url: &str, token: &str, last: i64) -> Vec<(i64, Value)> {
    let text =
        client.get(url).bearer_auth(token).header("last-event-id", last).send().await.unwrap().text().await.unwrap();
    text.split("\n\n")
        .filter_map(|block| {
            let field = |name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(str::trim);
            let id = field("id:")?.parse().unwrap();
            Some((id, serde_json::from_str(field("data:").unwrap()).unwrap()))
        })
        .collect()
}

#[tokio::test]
async fn a_killed_server_finishes_its_audit_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    fine_server::tls::choose_provider();
    let client = Client::new();
    let server = Server::start(folder.path());
    let session = json(
        client
            .post(format!("{}/auth/v1/signup", server.url))
            .json(&json!({"email": "ana@example.org", "password": PASSWORD})),
    )
    .await;
    let token = session["access_token"].as_str().unwrap().to_owned();
    let dataset = upload(&client, format!("{}/api/v1/datasets", server.url), &token, "loans.csv", loans(250_000)).await;
    let model = upload(&client, format!("{}/api/v1/models", server.url), &token, "loan.json", loan_model()).await;
    let body = loan_audit(&dataset, &model);
    let started = json(client.post(format!("{}/api/v1/audit/full", server.url)).bearer_auth(&token).json(&body)).await;
    let job = started["job_id"].as_str().unwrap().to_owned();
    let analysis = started["analysis_id"].as_str().unwrap().to_owned();
    let status = format!("/api/v1/audit/full/{job}");
    let mut waiting = Instant::now();
    let before = loop {
        let snapshot = json(client.get(format!("{}{status}", server.url)).bearer_auth(&token)).await;
        if snapshot["stages"].as_array().unwrap().iter().any(|s| s["state"] == "done") {
            assert_eq!(snapshot["state"], "running", "the audit was over before it could be killed");
            break snapshot;
        }
        assert!(waiting.elapsed() < Duration::from_secs(120), "{snapshot}");
        // Not faster than the rate limit of a server without settings.
        tokio::time::sleep(Duration::from_millis(60)).await;
    };
    assert_eq!(before["attempt"], 1);
    server.kill();

    let server = Server::start(folder.path());
    waiting = Instant::now();
    loop {
        let snapshot = json(client.get(format!("{}{status}", server.url)).bearer_auth(&token)).await;
        if snapshot["state"] == "done" {
            assert_eq!(snapshot["attempt"], 2);
            break;
        }
        assert!(waiting.elapsed() < Duration::from_secs(180), "{snapshot}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let all = events(&client, &format!("{}{status}/events", server.url), &token, 0).await;
    let ids: Vec<i64> = all.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, (1..=ids.len() as i64).collect::<Vec<_>>(), "ids go on over the restart");
    let attempts: Vec<u64> = all.iter().map(|(_, s)| s["attempt"].as_u64().unwrap()).collect();
    assert!(attempts.is_sorted() && attempts.first() == Some(&0) && attempts.last() == Some(&2), "{attempts:?}");
    assert_eq!(all.iter().filter(|(_, s)| s["state"] == "done").count(), 1, "it ends once");
    let resumed = events(&client, &format!("{}{status}/events", server.url), &token, ids[2]).await;
    assert_eq!(resumed.first().unwrap().0, ids[3]);

    let detail = json(client.get(format!("{}/api/v1/audit/analyses/{analysis}", server.url)).bearer_auth(&token)).await;
    let stages: Vec<&str> =
        detail["result"]["stages"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    let mut once = stages.clone();
    once.dedup();
    assert!(!stages.is_empty() && stages == once);
    let list = json(client.get(format!("{}/api/v1/audit/analyses", server.url)).bearer_auth(&token)).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let results = std::fs::read_dir(folder.path().join("files").join("results")).unwrap().count();
    assert_eq!(results, 1);
}
