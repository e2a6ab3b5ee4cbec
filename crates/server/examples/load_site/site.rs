//! One server and, when asked for, workers, around a PostgreSQL and a Redis in temporary folders.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use fine_services::{Database, Postgres, Redis};
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bare::started;
use crate::figures::{Figures, rate};

/// Everything of a site; it ends when this is dropped.
pub struct Site {
    fine: PathBuf,
    folder: TempDir,
    database: Database,
    redis: Redis,
    server: Child,
    /// `127.0.0.1:PORT`.
    pub address: String,
    pub client: Client,
    _postgres: Postgres,
}

/// Somebody with a session, a table and a model.
#[derive(Clone)]
pub struct Person {
    pub token: String,
    pub dataset: String,
    pub model: String,
}

/// A worker, killed when dropped.
pub struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        // Already dead is fine.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Site {
    pub fn start(fine: &Path) -> Self {
        let postgres = Postgres::own();
        let (database, redis, folder) = (postgres.database(), Redis::start(), tempfile::tempdir().unwrap());
        let command = command(fine, &folder, &database, &redis, &["serve", "--audits-at-once", "0"]);
        let (server, address) = started(command, "Listening on http://");
        Self {
            fine: fine.to_owned(),
            folder,
            database,
            redis,
            server,
            address,
            client: Client::new(),
            _postgres: postgres,
        }
    }

    pub fn worker(&self, places: &str) -> Worker {
        let arguments = ["worker", "--audits-at-once", places];
        Worker(started(command(&self.fine, &self.folder, &self.database, &self.redis, &arguments), "Working on ").0)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Memory of the server, bytes.
    pub fn memory(&self) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.server.id())).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Accounts with a table and a model each.
    pub async fn people(&self, count: usize, figures: &mut Figures) -> Vec<Person> {
        let begin = Instant::now();
        let mut people = Vec::new();
        for number in 0..count {
            let account = json!({"email": format!("p{number}@example.org"), "password": "correct horse battery"});
            // Each from an address of its own, as a proxy in front would say: one address may not make that many.
            let address = format!("10.0.{}.{}", number / 250, number % 250);
            let request = self.client.post(self.url("/auth/v1/signup")).header("x-forwarded-for", address);
            let session = read(request.json(&account)).await;
            let token = session["access_token"].as_str().unwrap_or_else(|| panic!("{session}")).to_owned();
            people.push(Person { token, dataset: String::new(), model: String::new() });
        }
        figures.add("accounts made, one after the other", format!("{:.0}/s", rate(count, begin.elapsed())), "");
        people
    }

    /// Uploads a file of a person; answers its id.
    pub async fn upload(&self, token: &str, kind: &str, name: &str, bytes: Vec<u8>) -> String {
        let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = self.client.post(self.url(&format!("/api/v1/{kind}"))).bearer_auth(token).multipart(form);
        let kept = read(request.timeout(Duration::from_secs(300))).await;
        kept["id"].as_str().unwrap_or_else(|| panic!("{kept}")).to_owned()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // Already dead is fine.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn command(fine: &Path, folder: &TempDir, database: &Database, redis: &Redis, arguments: &[&str]) -> Command {
    let mut command = Command::new(fine);
    command.args(arguments);
    command
        .env("FINE_DATA_DIR", folder.path())
        .env("FINE_PORT", "0")
        .env("FINE_PUBLIC_URL", "http://fine.test")
        .env("FINE_RATE_PER_SECOND", "1000000")
        .env("FINE_RATE_BURST", "1000000")
        .env("FINE_TRUST_PROXY", "true")
        .env("FINE_LOG", "warn")
        .env("DATABASE_URL", database.url())
        .env("REDIS_URL", redis.url());
    command
}

pub async fn read(request: reqwest::RequestBuilder) -> Value {
    request.send().await.unwrap().json().await.unwrap()
}
