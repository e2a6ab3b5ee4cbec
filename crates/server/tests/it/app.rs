//! A server for one test.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::time::{Duration, Instant};

use fine_server::auth::KeyTimes;
use fine_server::config::{AuthMode, Config, Storage, Telemetry};
use fine_server::serve::{Running, start};
use fine_services::{Database, Postgres};
use fine_store::Address;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

pub const PASSWORD: &str = "correct horse battery";

/// A running server with an empty data folder.
pub struct TestApp {
    pub running: Running,
    pub client: Client,
    pub folder: TempDir,
    _database: Option<Database>,
}

/// A person with a session.
#[derive(Clone)]
pub struct Person {
    pub id: String,
    #[allow(dead_code, reason = "who it is, for a failed assertion")]
    pub email: String,
    pub token: String,
    pub refresh: String,
}

pub fn config(folder: &Path) -> Config {
    Config {
        data_dir: folder.to_owned(),
        database: None,
        redis: None,
        auto_create_db: true,
        storage: Storage::default(),
        host: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: 0,
        demo: None,
        public_url: None,
        cors_origins: vec!["https://app.example.org".into()],
        auth: AuthMode::Embedded,
        max_dataset_bytes: 8 << 20,
        max_model_bytes: 4 << 20,
        max_memory_bytes: 4 << 30,
        max_audit_time: Duration::from_secs(600),
        audit_threads: None,
        executable: Some(env!("CARGO_BIN_EXE_fine").into()),
        max_columns: 2000,
        rate_per_second: 1000,
        rate_burst: 10_000,
        trust_proxy: false,
        trail_days: 365,
        key_times: KeyTimes::default(),
        audits_at_once: 2,
        telemetry: Telemetry::default(),
        llm: None,
    }
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path());
        // The same tests run a second time with this variable, on PostgreSQL.
        let database = std::env::var_os("FINE_TEST_POSTGRES").map(|_| Postgres::shared().database());
        config.database = database.as_ref().map(|d| Address::postgres(&d.url()).unwrap());
        change(&mut config);
        let running = start(config).await.unwrap();
        fine_server::tls::choose_provider();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { running, client, folder, _database: database }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address)
    }

    pub fn request(&self, method: Method, path: &str, person: Option<&Person>) -> RequestBuilder {
        let request = self.client.request(method, self.url(path));
        match person {
            Some(person) => request.bearer_auth(&person.token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str, person: &Person) -> Response {
        self.request(Method::GET, path, Some(person)).send().await.unwrap()
    }

    pub async fn delete(&self, path: &str, person: &Person) -> Response {
        self.request(Method::DELETE, path, Some(person)).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, person: &Person, body: &Value) -> Response {
        self.request(Method::POST, path, Some(person)).json(body).send().await.unwrap()
    }

    pub async fn auth(&self, path: &str, body: &Value) -> Response {
        self.client.post(self.url(&format!("/auth/v1{path}"))).json(body).send().await.unwrap()
    }

    pub async fn sign_up(&self, email: &str) -> Person {
        let answer = self.auth("/signup", &json!({"email": email, "password": PASSWORD})).await;
        assert_eq!(answer.status(), StatusCode::OK);
        person(&answer.json().await.unwrap())
    }

    pub async fn upload(&self, kind: &str, person: &Person, name: &str, bytes: Vec<u8>) -> Response {
        let form = Form::new().part("file", Part::bytes(bytes).file_name(name.to_owned()));
        self.request(Method::POST, &format!("/api/v1/{kind}"), Some(person)).multipart(form).send().await.unwrap()
    }

    /// Uploads a file that is fine; answers its id.
    pub async fn kept(&self, kind: &str, person: &Person, name: &str, bytes: Vec<u8>) -> String {
        let answer = self.upload(kind, person, name, bytes).await;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::CREATED, "{body}");
        body["id"].as_str().unwrap().to_owned()
    }

    /// Polls a job until `done` says yes.
    pub async fn until(&self, job: &str, person: &Person, done: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            let snapshot: Value = self.get(&format!("/api/v1/audit/full/{job}"), person).await.json().await.unwrap();
            if done(&snapshot) {
                return snapshot;
            }
            assert!(started.elapsed() < Duration::from_secs(120), "still {snapshot}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Names of all files that uploads and results left in the data folder.
    pub fn kept_files(&self) -> Vec<String> {
        let mut names = Vec::new();
        for folder in ["incoming", "uploads", "datasets", "models", "results"] {
            for entry in std::fs::read_dir(self.folder.path().join("files").join(folder)).unwrap() {
                names.push(format!("{folder}/{}", entry.unwrap().file_name().to_string_lossy()));
            }
        }
        names
    }
}

pub fn person(session: &Value) -> Person {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    Person {
        id: text(&session["user"]["id"]),
        email: text(&session["user"]["email"]),
        token: text(&session["access_token"]),
        refresh: text(&session["refresh_token"]),
    }
}

/// Asserts a problem document and returns it.
pub async fn problem(answer: Response, status: u16, slug: &str) -> Value {
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let got = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    assert_eq!((got, body["slug"].as_str()), (status, Some(slug)), "{body}");
    assert_eq!(body["status"], status);
    assert_eq!(body["type"], format!("/problems/{slug}"));
    assert_eq!(body["request_id"], id);
    assert!(!body["title"].as_str().unwrap().is_empty());
    body
}

/// The model of `tests/data/make.py`.
pub fn loan_model() -> Vec<u8> {
    include_bytes!("../data/loan.json").to_vec()
}

/// Applications for loans, the same for the same number of rows.
pub fn loans(rows: usize) -> Vec<u8> {
    let mut state: u64 = 42;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let mut csv = String::from("age,income,debt,sex,approved\n");
    for _ in 0..rows {
        let (age, income, debt) = (18.0 + 62.0 * next(), 10.0 + 110.0 * next(), 60.0 * next());
        let noise = 12.0 * (next() + next() + next() - 1.5);
        let sex = if next() < 0.45 { "female" } else { "male" };
        let approved = u8::from(income - debt + noise > 30.0);
        csv.push_str(&format!("{age:.1},{income:.2},{debt:.2},{sex},{approved}\n"));
    }
    csv.into_bytes()
}

/// An audit request for a dataset of [`loans`].
pub fn loan_audit(dataset: &str, model: &str) -> Value {
    json!({
        "dataset_id": dataset,
        "model_id": model,
        "name": "Loans of the test",
        "roles": {"target": "approved", "positive": "1", "protected": ["sex"], "weight": null, "ignore": []},
    })
}

/// Runs an audit to its end; answers its id.
pub async fn audited(app: &TestApp, person: &Person, body: &Value) -> String {
    let started: Value = app.post("/api/v1/audit/full", person, body).await.json().await.unwrap();
    let job = started["job_id"].as_str().unwrap_or_else(|| panic!("{started}"));
    let end = app.until(job, person, |s| s["state"] != "queued" && s["state"] != "running").await;
    assert_eq!(end["state"], "done", "{end}");
    started["analysis_id"].as_str().unwrap().to_owned()
}

/// Uploads loans and their model.
pub async fn loan_files(app: &TestApp, person: &Person, rows: usize) -> (String, String) {
    let dataset = app.kept("datasets", person, "loans.csv", loans(rows)).await;
    let model = app.kept("models", person, "loan.json", loan_model()).await;
    (dataset, model)
}
