//! The API with a person who already has something to lose.

use std::collections::BTreeMap;

use fine_server::config::Config;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::says;
use crate::app::{Person, TestApp, loan_audit, loan_files, problem};

/// A server, and Ana with a table, a model and a finished audit.
pub struct World {
    pub app: TestApp,
    pub ana: Person,
    pub dataset: String,
    pub model: String,
    pub analysis: String,
    pub job: String,
    before: Held,
}

/// Everything that Ana has: the lists, her report, and every file in the data folder by digest.
#[derive(Debug, Default, PartialEq)]
struct Held {
    lists: Vec<Value>,
    report: String,
    files: BTreeMap<String, String>,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let app = TestApp::with(change).await;
        let ana = app.sign_up("ana@example.org").await;
        let (dataset, model) = loan_files(&app, &ana, 200).await;
        let mut body = loan_audit(&dataset, &model);
        body["stages"] = json!(["data"]);
        let started: Value = app.post("/api/v1/audit/full", &ana, &body).await.json().await.unwrap();
        let id = |name: &str| started[name].as_str().unwrap().to_owned();
        let (job, analysis) = (id("job_id"), id("analysis_id"));
        app.until(&job, &ana, |s| s["state"] == "done").await;
        let mut world = Self { app, ana, dataset, model, analysis, job, before: Held::default() };
        world.before = world.held().await;
        world
    }

    async fn held(&self) -> Held {
        let mut lists = Vec::new();
        for list in ["datasets", "models", "audit/analyses"] {
            lists.push(self.app.get(&format!("/api/v1/{list}"), &self.ana).await.json().await.unwrap());
        }
        let report = format!("/api/v1/report/analysis/{}/download", self.analysis);
        let report = self.app.get(&report, &self.ana).await;
        assert_eq!(report.status(), StatusCode::OK);
        let digest = |name: String| {
            let bytes = std::fs::read(self.app.folder.path().join("files").join(&name)).unwrap();
            (name, hex::encode(Sha256::digest(bytes)))
        };
        let files = self.app.kept_files().into_iter().map(digest).collect();
        Held { lists, report: report.text().await.unwrap(), files }
    }

    /// Nothing that was there is lost or changed, and nothing has been added.
    pub async fn unharmed(&self) {
        assert_eq!(self.held().await, self.before);
    }

    /// Uploads a file that is taken; answers what the server says about it.
    pub async fn kept(&mut self, kind: &str, name: &str, bytes: Vec<u8>) -> Value {
        let answer = self.app.upload(kind, &self.ana, name, bytes).await;
        let status = answer.status();
        let kept: Value = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::CREATED, "{kept}");
        self.before = self.held().await;
        kept
    }

    /// Uploads a file that must be refused in a problem document that says all of `parts`.
    pub async fn refused_upload(
        &self,
        kind: &str,
        name: &str,
        bytes: Vec<u8>,
        (status, slug): (u16, &str),
        parts: &[&str],
    ) -> Value {
        let refused = problem(self.app.upload(kind, &self.ana, name, bytes).await, status, slug).await;
        assert_eq!(refused["args"]["file"], name, "{refused}");
        says(refused["detail"].as_str().unwrap(), parts);
        self.unharmed().await;
        refused
    }

    /// Asks for an audit that must be refused at `pointer`, also when it is only checked.
    pub async fn refused_audit(&self, body: &Value, pointer: &str, code: &str, parts: &[&str]) -> Value {
        let refused = self.app.post("/api/v1/audit/full", &self.ana, body).await;
        let refused = problem(refused, 422, "invalid-request").await;
        assert!(!refused["detail"].as_str().unwrap().is_empty());
        let errors = refused["errors"].as_array().unwrap();
        let error =
            errors.iter().find(|e| e["pointer"] == pointer && e["code"] == code).unwrap_or_else(|| panic!("{refused}"));
        says(error["detail"].as_str().unwrap(), parts);
        let check = self.app.post("/api/v1/audit/check", &self.ana, body).await;
        assert_eq!(check.status(), StatusCode::OK);
        let check: Value = check.json().await.unwrap();
        assert_eq!((&check["ok"], &check["problems"]), (&json!(false), &refused["errors"]));
        self.unharmed().await;
        error.clone()
    }
}
