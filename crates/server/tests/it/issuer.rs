//! A sign-in service on loopback that says what a test wants: its key set, or something else.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fine_server::auth::KeyTimes;
use fine_server::config::{AuthMode, Config};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::app::TestApp;

/// What the service answers when it is asked for its keys.
#[derive(Clone)]
pub enum Answer {
    Text(String),
    Status(u16),
    Redirect(String),
    Never,
}

/// The service.
#[derive(Clone)]
pub struct Issuer {
    pub url: String,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<AtomicUsize>,
}

impl Issuer {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let this = Self { url, answer: Arc::new(Mutex::new(Answer::Status(503))), asked: Arc::default() };
        let router = Router::new().route("/auth/v1/.well-known/jwks.json", get(keys)).with_state(this.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        this
    }

    pub fn says(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    pub fn publishes(&self, keys: &[&Signer]) {
        let set = JwkSet { keys: keys.iter().map(|k| k.public.clone()).collect() };
        self.says(Answer::Text(serde_json::to_string(&set).unwrap()));
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Claims of a token that is good here.
    pub fn claims(&self) -> Value {
        let now = fine_store::now_ms() / 1000;
        json!({
            "sub": "5e0c", "email": "ana@example.org", "role": "authenticated", "aud": "authenticated",
            "iss": format!("{}/auth/v1", self.url), "exp": now + 600, "iat": now,
        })
    }

    /// A server that lets this service sign people in.
    pub async fn app(&self, secret: Option<&str>, times: KeyTimes) -> TestApp {
        let (url, secret) = (self.url.clone(), secret.map(|s| s.to_owned().into()));
        TestApp::with(|c: &mut Config| {
            c.auth = AuthMode::Supabase { url, secret, anon_key: "public".into() };
            c.key_times = times;
        })
        .await
    }
}

async fn keys(State(issuer): State<Issuer>) -> Response {
    issuer.asked.fetch_add(1, Ordering::SeqCst);
    let answer = issuer.answer.lock().unwrap().clone();
    match answer {
        Answer::Text(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::Redirect(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Answer::Never => {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            StatusCode::OK.into_response()
        }
    }
}

/// A key pair of the service.
#[derive(Clone)]
pub struct Signer {
    pub algorithm: Algorithm,
    pub key: EncodingKey,
    pub public: Jwk,
}

impl Signer {
    /// A fresh ES256 key.
    pub fn ec(id: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fine_server::auth::Keys::open(folder.path()).unwrap();
        let pem = std::fs::read(folder.path().join("jwt-es256.pem")).unwrap();
        Self::new(EncodingKey::from_ec_pem(&pem).unwrap(), Algorithm::ES256, id)
    }

    /// The RS256 key of the tests.
    pub fn rsa(id: &str) -> Self {
        let pem = include_bytes!("../data/issuer-rsa.pem");
        Self::new(EncodingKey::from_rsa_pem(pem).unwrap(), Algorithm::RS256, id)
    }

    fn new(key: EncodingKey, algorithm: Algorithm, id: &str) -> Self {
        let mut public = Jwk::from_encoding_key(&key, algorithm).unwrap();
        public.common.key_id = Some(id.to_owned());
        Self { algorithm, key, public }
    }

    pub fn header(&self) -> Header {
        let mut header = Header::new(self.algorithm);
        header.kid.clone_from(&self.public.common.key_id);
        header
    }

    pub fn sign(&self, claims: &Value) -> String {
        jsonwebtoken::encode(&self.header(), claims, &self.key).unwrap()
    }
}
