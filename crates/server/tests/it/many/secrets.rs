//! No secret of a site is ever in its logs or answers, however much is logged.

use std::path::Path;
use std::process::{Command, Stdio};

use reqwest::Client;
use serde_json::{Value, json};

use super::site::{Process, Site};
use crate::app::{PASSWORD, loan_audit, loan_model, loans};
use crate::issuer::{Issuer, Signer};

/// Everything that a site said, and everything that it must not say.
struct Ears {
    client: Client,
    answers: String,
    /// With what it is, for a failed assertion.
    secrets: Vec<(&'static str, String)>,
}

impl Ears {
    fn new() -> Self {
        fine_server::tls::choose_provider();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { client, answers: String::new(), secrets: Vec::new() }
    }

    async fn hear(&mut self, request: reqwest::RequestBuilder) -> Value {
        let answer = request.send().await.unwrap();
        let text = format!("{:?}\n{}", answer.headers().clone(), answer.text().await.unwrap());
        self.answers.push_str(&text);
        self.answers.push('\n');
        serde_json::from_str(text.split_once('\n').unwrap().1).unwrap_or_default()
    }

    fn secret(&mut self, what: &'static str, text: &str) {
        assert!(text.len() >= 6, "{what}: too short to be found without doubt");
        self.secrets.push((what, text.to_owned()));
    }

    fn nowhere_in(&self, place: &str, text: &str) {
        assert!(!text.is_empty(), "{place} is empty");
        for (what, secret) in &self.secrets {
            if let Some(at) = text.find(secret) {
                let from = text[..at].rfind('\n').map_or(0, |n| n + 1);
                panic!("the {what} is in {place}: {}", &text[from..at]);
            }
        }
    }
}

/// The process with everything logged that can be.
fn logged(mut command: Command, ready: &str, log: &Path) -> Process {
    let file = std::fs::File::create(log).unwrap();
    command.env("FINE_LOG", "trace").env("FINE_LOG_FORMAT", "json");
    Process::logged(command, ready, Stdio::from(file))
}

async fn live(ears: &mut Ears, url: &str, folder: &Path) {
    let client = ears.client.clone();
    let account = json!({"email": "ana@example.org", "password": PASSWORD});
    ears.secret("password", PASSWORD);
    // Answers of a sign-in hold their own tokens, so those are looked for in the logs only.
    let session: Value =
        client.post(format!("{url}/auth/v1/signup")).json(&account).send().await.unwrap().json().await.unwrap();
    let token = session["access_token"].as_str().unwrap().to_owned();
    let post = |path: &str| client.post(format!("{url}{path}")).bearer_auth(&token);
    let get = |path: &str| client.get(format!("{url}{path}")).bearer_auth(&token);
    ears.hear(
        post("/auth/v1/token?grant_type=password")
            .json(&json!({"email": "ana@example.org", "password": "a wrong guess"})),
    )
    .await;
    ears.secret("wrong password", "a wrong guess");
    ears.hear(post("/auth/v1/recover").json(&json!({"email": "ana@example.org"}))).await;
    let mail = std::fs::read_dir(folder.join("outbox")).unwrap().next().unwrap().unwrap().path();
    let mail = std::fs::read_to_string(mail).unwrap();
    let link = mail.split("token=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    ears.secret("token of the recovery link", &link);
    let key = post("/api/v1/account/keys").json(&json!({"name": "CI", "scopes": ["read", "audit"]}));
    let key: Value = key.send().await.unwrap().json().await.unwrap();
    let key = key["secret"].as_str().unwrap().to_owned();
    ears.hear(client.get(format!("{url}/api/v1/me")).bearer_auth(&key)).await;
    ears.hear(client.get(format!("{url}/api/v1/me")).bearer_auth("fine_a-made-up-key")).await;
    let mut ids = Vec::new();
    for (kind, name, bytes) in [("datasets", "loans.csv", loans(200)), ("models", "loan.json", loan_model())] {
        let part = reqwest::multipart::Part::bytes(bytes).file_name(name);
        let form = reqwest::multipart::Form::new().part("file", part);
        let kept = ears.hear(client.post(format!("{url}/api/v1/{kind}")).bearer_auth(&key).multipart(form)).await;
        ids.push(kept["id"].as_str().unwrap().to_owned());
    }
    let mut body = loan_audit(&ids[0], &ids[1]);
    body["stages"] = json!(["data"]);
    let started = ears.hear(post("/api/v1/audit/full").json(&body)).await;
    let job = format!("/api/v1/audit/full/{}", started["job_id"].as_str().unwrap());
    while ears.hear(get(&job)).await["state"] != "done" {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    for path in
        ["/api/v1/config", "/api/v1/account/keys", "/api/v1/account/trail", "/metrics", "/readyz", "/docs/", "/nowhere"]
    {
        ears.hear(get(path)).await;
    }
    ears.hear(get("/api/v1/account/export")).await;
    let sent = std::mem::take(&mut ears.answers);
    ears.nowhere_in("the answers", &sent);
    ears.secret("access token", &token);
    ears.secret("refresh token", session["refresh_token"].as_str().unwrap());
    ears.secret("API key", &key);
    ears.secret("made-up API key", "fine_a-made-up-key");
    ears.nowhere_in("the answers without those of sign-ins", &sent);
    let refresh = json!({"refresh_token": session["refresh_token"]});
    client.post(format!("{url}/auth/v1/token?grant_type=refresh_token")).json(&refresh).send().await.unwrap();
    client.get(format!("{url}/auth/v1/verify?token={link}&type=recovery")).send().await.unwrap();
}

#[tokio::test]
async fn secrets_are_in_no_log_and_no_answer() {
    let mut site = Site::with_redis();
    let folder = tempfile::tempdir().unwrap();
    let mut ears = Ears::new();
    ears.secret("password of the database", "not-to-be-shown");
    ears.secret("password of Redis", "redis-password");
    assert!(site.database.url().contains("not-to-be-shown"));
    // A wrong password, so that Redis and its client have something to complain about.
    let address = site.redis.as_ref().unwrap().url().replace("redis://", "redis://:redis-password@");
    let with = |arguments: &[&str]| {
        let mut fine = site.fine(arguments);
        fine.env("REDIS_URL", &address);
        fine
    };
    let logs = ["serve", "worker"].map(|name| folder.path().join(name));
    let api = logged(with(&["serve", "--audits-at-once", "0"]), "Listening on ", &logs[0]);
    let worker = logged(with(&["worker", "--audits-at-once", "1"]), "Working on ", &logs[1]);
    live(&mut ears, &api.url, site.folder.path()).await;
    let pem = std::fs::read_to_string(site.folder.path().join("keys/jwt-es256.pem")).unwrap();
    ears.secret("signing key", pem.lines().nth(1).unwrap());
    // What is said when the database and Redis go.
    site.redis.as_mut().unwrap().kill();
    ears.hear(ears.client.get(format!("{}/api/v1/me", api.url)).bearer_auth("not.a.token")).await;
    worker.stop();
    api.stop();
    for log in &logs {
        let text = std::fs::read_to_string(log).unwrap();
        let chatty = ["TRACE", "DEBUG"].iter().any(|level| text.contains(&format!("\"level\":\"{level}\"")));
        assert!(chatty, "{} has little to say: {text}", log.display());
        ears.nowhere_in(&log.display().to_string(), &text);
    }
}

#[tokio::test]
async fn secrets_of_a_sign_in_service_are_in_no_log_and_no_answer() {
    let site = Site::new();
    let folder = tempfile::tempdir().unwrap();
    let mut ears = Ears::new();
    let (issuer, ec) = (Issuer::start().await, Signer::ec("e1"));
    issuer.publishes(&[&ec]);
    let secret = "a secret of more than thirty-two characters";
    ears.secret("JWT secret", secret);
    let mut serve = site.fine(&["serve", "--audits-at-once", "0"]);
    serve.env("SUPABASE_URL", &issuer.url).env("SUPABASE_JWT_SECRET", secret);
    let log = folder.path().join("serve");
    let api = logged(serve, "Listening on ", &log);
    let good = ec.sign(&issuer.claims());
    let foreign = Signer::ec("e2").sign(&issuer.claims());
    ears.secret("access token", &good);
    ears.secret("refused token", &foreign);
    for (token, status) in [(&good, Value::Null), (&foreign, json!(401))] {
        let answer = ears.hear(ears.client.get(format!("{}/api/v1/me", api.url)).bearer_auth(token)).await;
        assert_eq!(answer["status"], status);
    }
    ears.hear(ears.client.get(format!("{}/api/v1/config", api.url))).await;
    api.stop();
    ears.nowhere_in("the answers", &ears.answers);
    ears.nowhere_in("the log", &std::fs::read_to_string(&log).unwrap());
}
