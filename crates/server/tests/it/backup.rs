//! Back up, lose everything, restore: what comes back is what was there. The commands are those of `docs/backup.md`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fine_services::{Database, Postgres};
use reqwest::Client;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::app::{PASSWORD, loan_audit, loan_model, loans};

fn fine(folder: &Path, database: Option<&Database>, arguments: &[&str]) -> Command {
    let mut fine = Command::new(env!("CARGO_BIN_EXE_fine"));
    fine.args(arguments).env("FINE_DATA_DIR", folder).env("FINE_PORT", "0").env("FINE_PUBLIC_URL", "http://fine.test");
    match database {
        Some(database) => fine.env("DATABASE_URL", database.url()),
        None => fine.env_remove("DATABASE_URL"),
    };
    fine
}

/// A server, killed when dropped.
struct Server {
    child: Child,
    url: String,
    client: Client,
}

impl Server {
    fn start(folder: &Path, database: Option<&Database>) -> Self {
        fine_server::tls::choose_provider();
        let mut command = fine(folder, database, &["serve"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.find_map(|line| line.unwrap().strip_prefix("Listening on ").map(str::to_owned)).unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url, client: Client::new() }
    }

    async fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.url)).bearer_auth(token).json(body);
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn get(&self, path: &str, token: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.url)).bearer_auth(token);
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn upload(&self, kind: &str, token: &str, name: &str, bytes: Vec<u8>) -> Value {
        let form = Form::new().part("file", Part::bytes(bytes).file_name(name.to_owned()));
        let request = self.client.post(format!("{}/api/v1/{kind}", self.url)).bearer_auth(token).multipart(form);
        let kept: Value = request.send().await.unwrap().json().await.unwrap();
        kept["id"].clone()
    }

    /// What a person has, in full: vault, files, a result, a report.
    async fn everything(&self, token: &str, analysis: &str) -> Vec<Value> {
        let mut all = Vec::new();
        for path in ["/api/v1/me", "/api/v1/datasets", "/api/v1/models", "/api/v1/audit/analyses"] {
            all.push(self.get(path, token).await);
        }
        all.push(self.get(&format!("/api/v1/audit/analyses/{analysis}"), token).await);
        let report = format!("{}/api/v1/report/analysis/{analysis}/download", self.url);
        let report = self.client.get(report).bearer_auth(token).send().await.unwrap();
        assert!(report.status().is_success());
        all.push(report.text().await.unwrap().into());
        let question = json!({"filter": "age > 30"});
        let answer = self.post(&format!("/api/v1/audit/analyses/{analysis}/cohort"), token, &question).await;
        assert!(answer["errors"].is_null() && answer["slug"].is_null(), "the files are read again: {answer}");
        all.push(answer);
        all
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already dead is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A finished audit; answers token, analysis and what there is.
async fn filled(server: &Server) -> (String, String, Vec<Value>) {
    let account = json!({"email": "ana@example.org", "password": PASSWORD});
    let session = server.post("/auth/v1/signup", "", &account).await;
    let token = session["access_token"].as_str().unwrap().to_owned();
    let dataset = server.upload("datasets", &token, "loans.csv", loans(500)).await;
    let model = server.upload("models", &token, "loan.json", loan_model()).await;
    let body = loan_audit(dataset.as_str().unwrap(), model.as_str().unwrap());
    let started = server.post("/api/v1/audit/full", &token, &body).await;
    let begin = Instant::now();
    while server.get(&format!("/api/v1/audit/full/{}", started["job_id"].as_str().unwrap()), &token).await["state"]
        != "done"
    {
        assert!(begin.elapsed() < Duration::from_secs(180));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let analysis = started["analysis_id"].as_str().unwrap().to_owned();
    let all = server.everything(&token, &analysis).await;
    (token, analysis, all)
}

/// The token still counts, the password too, and everything is there.
async fn is_back(server: &Server, token: &str, analysis: &str, before: &[Value]) {
    assert_eq!(server.everything(token, analysis).await, before);
    let account = json!({"email": "ana@example.org", "password": PASSWORD});
    let session = server.post("/auth/v1/token?grant_type=password", "", &account).await;
    assert!(session["access_token"].is_string(), "{session}");
}

fn succeeds(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn the_embedded_database_comes_back_from_its_backup() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copy) = (folder.path().join("data"), folder.path().join("backup"));
    let server = Server::start(&data, None);
    let (token, analysis, before) = filled(&server).await;
    // While the server runs.
    succeeds(fine(&data, None, &["backup"]).arg(&copy));
    let again = fine(&data, None, &["backup"]).arg(&copy).output().unwrap();
    assert_eq!(again.status.code(), Some(2), "a backup is never overwritten");
    drop(server);
    std::fs::remove_dir_all(&data).unwrap();
    // A backup is a data folder.
    let server = Server::start(&copy, None);
    is_back(&server, &token, &analysis, &before).await;
}

#[tokio::test]
async fn postgres_comes_back_from_its_dump() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copy, dump) =
        (folder.path().join("data"), folder.path().join("backup"), folder.path().join("fine.dump"));
    let (old, new) = (Postgres::shared().database(), Postgres::shared().database());
    let server = Server::start(&data, Some(&old));
    let (token, analysis, before) = filled(&server).await;
    succeeds(Command::new("pg_dump").args(["--format=custom", "--no-owner", "--file"]).arg(&dump).arg(old.url()));
    succeeds(fine(&data, Some(&old), &["backup"]).arg(&copy));
    drop(server);
    drop(old);
    std::fs::remove_dir_all(&data).unwrap();
    let restore = ["--no-owner", "--exit-on-error", "--single-transaction", "--dbname"];
    succeeds(Command::new("pg_restore").args(restore).arg(new.url()).arg(&dump));
    let server = Server::start(&copy, Some(&new));
    is_back(&server, &token, &analysis, &before).await;
}
