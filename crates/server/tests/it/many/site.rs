//! Real processes around one database and one data folder.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fine_services::{Database, Postgres, Redis, S3};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{PASSWORD, loan_audit, loan_model, loans};

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(180);

/// A database and a data folder, and what reaches them.
pub struct Site {
    pub folder: TempDir,
    pub database: Database,
    pub redis: Option<Redis>,
    /// An object store for the files; then each worker has a data folder of its own.
    pub s3: Option<S3>,
    /// A server that this test may stop; otherwise all tests share one.
    pub own: Option<Postgres>,
}

impl Site {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, database: Postgres::shared().database(), redis: None, s3: None, own: None }
    }

    pub fn with_redis() -> Self {
        Self { redis: Some(Redis::start()), ..Self::new() }
    }

    pub fn with_s3() -> Self {
        Self { s3: Some(S3::start()), ..Self::new() }
    }

    pub fn with_own_postgres() -> Self {
        let own = Postgres::own();
        Self { folder: tempfile::tempdir().unwrap(), database: own.database(), redis: None, s3: None, own: Some(own) }
    }

    /// The program, with the settings of this site and no others.
    pub fn fine(&self, arguments: &[&str]) -> Command {
        fine_server::tls::choose_provider();
        let mut fine = Command::new(env!("CARGO_BIN_EXE_fine"));
        fine.args(arguments)
            .env("FINE_DATA_DIR", self.folder.path())
            .env("FINE_PORT", "0")
            .env("FINE_PUBLIC_URL", "http://fine.test")
            .env("FINE_RATE_PER_SECOND", "1000")
            .env("FINE_RATE_BURST", "10000")
            .env("DATABASE_URL", self.database.url())
            .stdin(Stdio::null());
        for (name, value) in self.s3.iter().flat_map(S3::variables) {
            fine.env(name, value);
        }
        match &self.redis {
            Some(redis) => fine.env("REDIS_URL", redis.url()),
            None => fine.env_remove("REDIS_URL"),
        };
        fine
    }

    /// A server without a worker.
    pub fn api(&self) -> Process {
        Process::start(self.fine(&["serve", "--audits-at-once", "0"]), "Listening on ")
    }

    /// A server without a worker, with settings of its own.
    pub fn api_with(&self, settings: &[(&str, &str)]) -> Process {
        let mut serve = self.fine(&["serve", "--audits-at-once", "0"]);
        serve.envs(settings.iter().copied());
        Process::start(serve, "Listening on ")
    }

    /// A worker of one audit at a time.
    pub fn worker(&self) -> Process {
        let mut fine = self.fine(&["worker", "--audits-at-once", "1"]);
        if self.s3.is_some() {
            fine.env("FINE_DATA_DIR", self.folder.path().join("worker"));
        }
        Process::start(fine, "Working on ")
    }

    /// A worker whose clock is wrong by this, as `faketime` writes it (`+2h`); only the wall clock is.
    pub fn worker_at(&self, offset: &str) -> Process {
        let fine = self.fine(&["worker", "--audits-at-once", "1"]);
        let mut wrong = Command::new("faketime");
        wrong.args(["--exclude-monotonic", "-f", offset]).arg(fine.get_program()).args(fine.get_args());
        for (name, value) in fine.get_envs() {
            match value {
                Some(value) => wrong.env(name, value),
                None => wrong.env_remove(name),
            };
        }
        Process::start(wrong, "Working on ")
    }

    /// Files of results.
    pub fn results(&self) -> usize {
        if let Some(s3) = &self.s3 {
            return s3.objects().iter().filter(|key| key.starts_with("fine-reports/results/")).count();
        }
        std::fs::read_dir(self.folder.path().join("files/results")).unwrap().count()
    }
}

/// A process that is killed when dropped.
pub struct Process {
    child: Child,
    /// What it said after the words that were waited for: a server's address.
    pub url: String,
}

impl Process {
    pub fn start(command: Command, ready: &str) -> Self {
        Self::logged(command, ready, Stdio::null())
    }

    /// With its log where it can be read.
    pub fn logged(mut command: Command, ready: &str, log: Stdio) -> Self {
        // A group of its own: `faketime` is the parent of the program that it starts, which would outlive it.
        let mut child = command.stdout(Stdio::piped()).stderr(log).process_group(0).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.find_map(|line| line.unwrap().strip_prefix(ready).map(str::to_owned)).unwrap();
        // Whatever else it says is read, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    /// SIGKILL: no chance to tidy up.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and the time until it ended.
    pub fn stop(mut self) -> Duration {
        self.signal("TERM");
        let start = Instant::now();
        assert!(self.child.wait().unwrap().success(), "it ends in order");
        start.elapsed()
    }

    /// Waits until it has ended by itself; its exit code.
    pub fn ended(mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap()
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already dead is fine.
        let _ =
            Command::new("kill").args(["-KILL", "--", &format!("-{}", self.child.id())]).stderr(Stdio::null()).status();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A person with a dataset and a model, at any server of the site.
pub struct Person {
    pub client: Client,
    token: String,
    pub dataset: String,
    pub model: String,
}

/// An audit under way.
pub struct Audit {
    pub job: String,
    pub analysis: String,
}

impl Person {
    pub async fn at(api: &Process, rows: usize) -> Self {
        fine_server::tls::choose_provider();
        let client = Client::new();
        let account = json!({"email": "ana@example.org", "password": PASSWORD});
        let session = read(client.post(format!("{}/auth/v1/signup", api.url)).json(&account)).await;
        let token = session["access_token"].as_str().unwrap().to_owned();
        let mut person = Self { client, token, dataset: String::new(), model: String::new() };
        person.dataset = person.upload(api, "datasets", "loans.csv", loans(rows)).await.unwrap();
        person.model = person.upload(api, "models", "loan.json", loan_model()).await.unwrap();
        person
    }

    /// Uploads a file; answers its id, or the problem.
    pub async fn upload(&self, api: &Process, kind: &str, name: &str, bytes: Vec<u8>) -> Result<String, Value> {
        let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part("file", part);
        let answer = read(self.request(api, Method::POST, &format!("/{kind}")).multipart(form)).await;
        answer["id"].as_str().map(str::to_owned).ok_or(answer)
    }

    pub fn request(&self, api: &Process, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/api/v1{path}", api.url)).bearer_auth(&self.token)
    }

    pub fn get(&self, api: &Process, path: &str) -> RequestBuilder {
        self.request(api, Method::GET, path)
    }

    pub async fn start(&self, api: &Process) -> Audit {
        self.start_with(api, &[]).await
    }

    /// An audit of one stage.
    pub async fn start_only(&self, api: &Process, stage: &str) -> Audit {
        let mut body = loan_audit(&self.dataset, &self.model);
        body["stages"] = json!([stage]);
        self.post(api, body, &[]).await
    }

    /// With these headers.
    pub async fn start_with(&self, api: &Process, headers: &[(&str, &str)]) -> Audit {
        self.post(api, loan_audit(&self.dataset, &self.model), headers).await
    }

    async fn post(&self, api: &Process, body: Value, headers: &[(&str, &str)]) -> Audit {
        let request = self.client.post(format!("{}/api/v1/audit/full", api.url)).bearer_auth(&self.token).json(&body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let started = read(request).await;
        let text = |name: &str| started[name].as_str().unwrap_or_else(|| panic!("{started}")).to_owned();
        Audit { job: text("job_id"), analysis: text("analysis_id") }
    }

    pub async fn status(&self, api: &Process, audit: &Audit) -> Value {
        read(self.get(api, &format!("/audit/full/{}", audit.job))).await
    }

    pub async fn cancel(&self, api: &Process, audit: &Audit) {
        let url = format!("{}/api/v1/audit/full/{}", api.url, audit.job);
        let answer = self.client.delete(url).bearer_auth(&self.token).send().await.unwrap();
        assert_eq!(answer.status(), 202);
    }

    /// Waits until `done` says yes; failed answers of a server in trouble are asked for again.
    pub async fn until(&self, api: &Process, audit: &Audit, done: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        let mut last = Value::Null;
        while start.elapsed() < PATIENCE {
            if let Ok(answer) = self.get(api, &format!("/audit/full/{}", audit.job)).send().await
                && answer.status().is_success()
            {
                last = answer.json().await.unwrap();
                if done(&last) {
                    return last;
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("still {last}")
    }

    /// Waits until a stage is done and the audit still runs.
    pub async fn midway(&self, api: &Process, audit: &Audit) -> Value {
        let stage_done = |s: &Value| s["stages"].as_array().unwrap().iter().any(|s| s["state"] == "done");
        let snapshot = self.until(api, audit, |s| stage_done(s) || is_over(s)).await;
        assert_eq!(snapshot["state"], "running", "the audit was over before it could be disturbed");
        snapshot
    }

    pub async fn done(&self, api: &Process, audit: &Audit) -> Value {
        let snapshot = self.until(api, audit, is_over).await;
        assert_eq!(snapshot["state"], "done", "{snapshot}");
        snapshot
    }

    /// A stream of events after `last`.
    pub async fn events(&self, api: &Process, audit: &Audit, last: i64) -> Events {
        let request = self.get(api, &format!("/audit/full/{}/events", audit.job)).header("last-event-id", last);
        Events { answer: request.send().await.unwrap(), text: String::new() }
    }

    /// What every audit must look like in the end, however it came there: one analysis with one result of its own, events
    /// numbered without a gap, tries that only go up, one end.
    pub async fn is_whole(&self, api: &Process, audit: &Audit, site: &Site) {
        let all = self.events(api, audit, 0).await.rest().await;
        let ids: Vec<i64> = all.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, (1..=ids.len() as i64).collect::<Vec<_>>(), "no gap and nothing twice");
        let tries: Vec<u64> = all.iter().map(|(_, s)| s["attempt"].as_u64().unwrap()).collect();
        assert!(tries.is_sorted(), "{tries:?}");
        assert_eq!(all.iter().filter(|(_, s)| is_over(s)).count(), 1, "it ends once");
        let detail = read(self.get(api, &format!("/audit/analyses/{}", audit.analysis))).await;
        let stages: Vec<&str> =
            detail["result"]["stages"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
        let mut once = stages.clone();
        once.dedup();
        assert!(!stages.is_empty() && stages == once);
        let list = read(self.get(api, "/audit/analyses")).await;
        let listed = list["items"].as_array().unwrap();
        assert_eq!(listed.iter().filter(|a| a["id"] == audit.analysis.as_str()).count(), 1);
        assert_eq!(site.results(), listed.len(), "a result each, and nothing of tries that came to nothing");
    }
}

/// A stream of events under way.
pub struct Events {
    answer: reqwest::Response,
    text: String,
}

impl Events {
    /// The next event, as (id, snapshot); `None` at the end or when the stream broke.
    pub async fn next(&mut self) -> Option<(i64, Value)> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                let field = |name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(|v| v.trim().to_owned());
                if let (Some(id), Some(data)) = (field("id:"), field("data:")) {
                    return Some((id.parse().unwrap(), serde_json::from_str(&data).unwrap()));
                }
                if field("event:").as_deref() == Some("done") {
                    return None;
                }
            }
            let chunk = tokio::time::timeout(PATIENCE, self.answer.chunk()).await.expect("a stream goes on");
            self.text.push_str(std::str::from_utf8(&chunk.ok()??).unwrap());
        }
    }

    /// Everything until the end.
    pub async fn rest(mut self) -> Vec<(i64, Value)> {
        let mut all = Vec::new();
        while let Some(event) = self.next().await {
            all.push(event);
        }
        all
    }
}

pub fn is_over(snapshot: &Value) -> bool {
    matches!(snapshot["state"].as_str(), Some("done" | "failed" | "cancelled"))
}

pub async fn read(request: RequestBuilder) -> Value {
    request.send().await.unwrap().json().await.unwrap()
}
