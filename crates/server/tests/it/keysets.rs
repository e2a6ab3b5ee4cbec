//! Tokens checked by the keys that a sign-in service publishes: what is taken, what is not, and what happens when the keys
//! change or the service is away.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fine_server::auth::KeyTimes;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::app::{TestApp, problem};
use crate::issuer::{Answer, Issuer, Signer};

const SECRET: &str = "a secret of more than thirty-two characters";

/// Keys that are asked for again at once.
const EAGER: KeyTimes = KeyTimes { fresh: Duration::ZERO, pause: Duration::ZERO, stale: Duration::from_secs(3600) };

async fn me(app: &TestApp, token: &str) -> Response {
    app.request(Method::GET, "/api/v1/me", None).bearer_auth(token).send().await.unwrap()
}

async fn is_taken(app: &TestApp, token: &str) {
    let answer = me(app, token).await;
    let (status, body) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
    assert_eq!((status, &body["id"]), (200, &json!("5e0c")), "{body}");
}

async fn is_refused(app: &TestApp, token: &str, slug: &str) {
    let answer = me(app, token).await;
    assert_eq!(answer.headers()["www-authenticate"], "Bearer");
    problem(answer, 401, slug).await;
}

/// A service with a key of each kind, and a server that knows its secret as well.
struct Project {
    issuer: Issuer,
    app: TestApp,
    ec: Signer,
    rsa: Signer,
}

impl Project {
    async fn start() -> Self {
        let (issuer, ec, rsa) = (Issuer::start().await, Signer::ec("e1"), Signer::rsa("r1"));
        issuer.publishes(&[&ec, &rsa]);
        let app = issuer.app(Some(SECRET), KeyTimes::default()).await;
        Self { issuer, app, ec, rsa }
    }

    fn claims(&self, change: impl FnOnce(&mut Value)) -> Value {
        let mut claims = self.issuer.claims();
        change(&mut claims);
        claims
    }

    /// Signed by its EC key.
    fn with(&self, change: impl FnOnce(&mut Value)) -> String {
        self.ec.sign(&self.claims(change))
    }

    fn with_header(&self, change: impl FnOnce(&mut Header)) -> String {
        let mut header = self.ec.header();
        change(&mut header);
        jsonwebtoken::encode(&header, &self.claims(|_| {}), &self.ec.key).unwrap()
    }

    fn hmac(&self, algorithm: Algorithm, secret: &[u8]) -> String {
        let mut header = Header::new(algorithm);
        header.kid = Some("e1".into());
        jsonwebtoken::encode(&header, &self.claims(|_| {}), &EncodingKey::from_secret(secret)).unwrap()
    }
}

/// A test each: the token is refused, and a good one is taken before and after it.
macro_rules! refused {
    ($($name:ident as $slug:literal: $token:expr;)*) => {
        $(#[tokio::test]
        async fn $name() {
            let project = Project::start().await;
            let make: fn(&Project) -> String = $token;
            is_taken(&project.app, &project.with(|_| {})).await;
            is_refused(&project.app, &make(&project), $slug).await;
            is_taken(&project.app, &project.with(|_| {})).await;
        })*
    };
}

refused! {
    an_expired_token as "token-expired": |p| p.with(|c| c["exp"] = json!(c["iat"].as_i64().unwrap() - 60));
    a_token_that_is_not_yet_valid as "token-invalid": |p| p.with(|c| c["nbf"] = json!(c["iat"].as_i64().unwrap() + 120));
    a_token_without_an_end as "token-invalid": |p| p.with(|c| { c.as_object_mut().unwrap().remove("exp"); });
    a_token_of_a_foreign_issuer as "token-invalid": |p| p.with(|c| c["iss"] = json!("https://other.supabase.co/auth/v1"));
    a_token_of_no_issuer as "token-invalid": |p| p.with(|c| { c.as_object_mut().unwrap().remove("iss"); });
    a_token_for_another_audience as "token-invalid": |p| p.with(|c| c["aud"] = json!("anon"));
    a_token_for_a_list_of_other_audiences as "token-invalid": |p| p.with(|c| c["aud"] = json!(["anon", "storage"]));
    a_token_of_another_role as "token-invalid": |p| p.with(|c| c["role"] = json!("anon"));
    a_token_of_nobody as "token-invalid": |p| p.with(|c| c["sub"] = json!(""));
    a_token_of_another_key_under_a_known_id as "token-invalid": |p| Signer::ec("e1").sign(&p.issuer.claims());
    a_token_of_an_unknown_key as "token-invalid": |p| Signer::ec("made-up").sign(&p.issuer.claims());
    a_token_that_names_no_key as "token-invalid": |p| p.with_header(|h| h.kid = None);
    a_token_that_brings_its_own_key as "token-invalid": |p| {
        let own = Signer::ec("own");
        let header = Header { jwk: Some(own.public.clone()), ..own.header() };
        jsonwebtoken::encode(&header, &p.issuer.claims(), &own.key).unwrap()
    };
    a_token_that_names_where_its_key_is as "token-invalid": |p| {
        let own = Signer::ec("own");
        let header = Header { jku: Some(format!("{}/keys", p.issuer.url)), ..own.header() };
        jsonwebtoken::encode(&header, &p.issuer.claims(), &own.key).unwrap()
    };
    a_token_with_a_critical_extension as "token-invalid": |p| p.with_header(|h| h.crit = Some(vec!["b64".into()]));
    an_unsigned_token as "token-invalid": |p| {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT","kid":"e1"}"#);
        format!("{header}.{}.", p.with(|_| {}).split('.').nth(1).unwrap())
    };
    a_token_without_its_signature as "token-invalid": |p| {
        let token = p.with(|_| {});
        token[..=token.rfind('.').unwrap()].to_owned()
    };
    a_token_with_other_claims_under_its_signature as "token-invalid": |p| {
        let (token, other) = (p.with(|_| {}), p.with(|c| c["sub"] = json!("root")));
        let parts: Vec<&str> = token.split('.').collect();
        format!("{}.{}.{}", parts[0], other.split('.').nth(1).unwrap(), parts[2])
    };
    the_public_ec_key_taken_as_a_secret as "token-invalid": |p| {
        p.hmac(Algorithm::HS256, serde_json::to_string(&p.ec.public).unwrap().as_bytes())
    };
    the_public_rsa_key_taken_as_a_secret as "token-invalid": |p| {
        p.hmac(Algorithm::HS256, serde_json::to_string(&p.rsa.public).unwrap().as_bytes())
    };
    the_secret_with_another_hash as "token-invalid": |p| p.hmac(Algorithm::HS512, SECRET.as_bytes());
    the_rsa_key_with_another_hash as "token-invalid": |p| {
        let header = Header { alg: Algorithm::RS512, ..p.rsa.header() };
        jsonwebtoken::encode(&header, &p.issuer.claims(), &p.rsa.key).unwrap()
    };
    the_rsa_key_with_another_padding as "token-invalid": |p| {
        let header = Header { alg: Algorithm::PS256, ..p.rsa.header() };
        jsonwebtoken::encode(&header, &p.issuer.claims(), &p.rsa.key).unwrap()
    };
    an_ec_key_under_the_id_of_an_rsa_key as "token-invalid": |p| p.with_header(|h| h.kid = Some("r1".into()));
    a_token_longer_than_any as "token-invalid": |p| p.with(|c| c["user_metadata"] = json!({"x": "y".repeat(20_000)}));
}

#[tokio::test]
async fn keys_of_both_kinds_and_the_secret_are_taken() {
    let project = Project::start().await;
    for token in [
        project.ec.sign(&project.issuer.claims()),
        project.rsa.sign(&project.issuer.claims()),
        project.hmac(Algorithm::HS256, SECRET.as_bytes()),
        project.with(|c| c["aud"] = json!(["authenticated", "other"])),
        // The issuer's clock may be a little off.
        project.with(|c| c["exp"] = json!(c["iat"].as_i64().unwrap() - 10)),
        project.with(|c| c["nbf"] = json!(c["iat"].as_i64().unwrap() + 10)),
    ] {
        is_taken(&project.app, &token).await;
    }
    assert_eq!(project.issuer.asked(), 1, "the keys are kept");
}

#[tokio::test]
async fn the_address_alone_is_enough_and_then_no_secret_is_good() {
    let (issuer, ec) = (Issuer::start().await, Signer::ec("e1"));
    issuer.publishes(&[&ec]);
    let app = issuer.app(None, KeyTimes::default()).await;
    is_taken(&app, &ec.sign(&issuer.claims())).await;
    for secret in [SECRET.as_bytes(), b""] {
        let token = jsonwebtoken::encode(&Header::default(), &issuer.claims(), &EncodingKey::from_secret(secret));
        is_refused(&app, &token.unwrap(), "token-invalid").await;
    }
}

#[tokio::test]
async fn secrets_in_a_key_set_are_no_keys() {
    let (issuer, ec) = (Issuer::start().await, Signer::ec("e1"));
    let secret = json!({"kty": "oct", "kid": "s1", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode(SECRET)});
    issuer.says(Answer::Text(json!({"keys": [secret, {"kty": "new"}, 7, ec.public]}).to_string()));
    let app = issuer.app(None, KeyTimes::default()).await;
    is_taken(&app, &ec.sign(&issuer.claims())).await;
    let header = Header { kid: Some("s1".into()), ..Header::default() };
    let token = jsonwebtoken::encode(&header, &issuer.claims(), &EncodingKey::from_secret(SECRET.as_bytes()));
    is_refused(&app, &token.unwrap(), "token-invalid").await;
}

#[tokio::test]
async fn a_new_key_is_fetched_when_it_is_met_and_an_old_one_goes() {
    let (issuer, old, new) = (Issuer::start().await, Signer::ec("old"), Signer::ec("new"));
    issuer.publishes(&[&old]);
    let times = KeyTimes { pause: Duration::ZERO, ..KeyTimes::default() };
    let app = issuer.app(None, times).await;
    let before = old.sign(&issuer.claims());
    is_taken(&app, &before).await;
    // Both while tokens of the old key live, then the new one alone.
    issuer.publishes(&[&old, &new]);
    is_taken(&app, &new.sign(&issuer.claims())).await;
    is_taken(&app, &before).await;
    issuer.publishes(&[&new]);
    is_refused(&app, &Signer::ec("unknown").sign(&issuer.claims()), "token-invalid").await;
    is_refused(&app, &before, "token-invalid").await;
    is_taken(&app, &new.sign(&issuer.claims())).await;
}

#[tokio::test]
async fn made_up_key_ids_do_not_flood_the_issuer() {
    let project = Project::start().await;
    is_taken(&project.app, &project.with(|_| {})).await;
    for n in 0..50 {
        let token = project.with_header(|h| h.kid = Some(format!("made-up-{n}")));
        is_refused(&project.app, &token, "token-invalid").await;
    }
    assert_eq!(project.issuer.asked(), 1, "ten seconds have not passed");
}

#[tokio::test]
async fn many_who_come_at_once_ask_once() {
    let (issuer, ec) = (Issuer::start().await, Signer::ec("e1"));
    issuer.publishes(&[&ec]);
    let app = issuer.app(None, KeyTimes::default()).await;
    let token = ec.sign(&issuer.claims());
    futures::future::join_all((0..20).map(|_| is_taken(&app, &token))).await;
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn while_the_issuer_is_away_known_keys_hold() {
    let (issuer, ec) = (Issuer::start().await, Signer::ec("e1"));
    issuer.publishes(&[&ec]);
    let app = issuer.app(None, EAGER).await;
    let token = ec.sign(&issuer.claims());
    is_taken(&app, &token).await;
    for away in [
        Answer::Status(500),
        Answer::Text("<html>".into()),
        Answer::Text("{}".into()),
        Answer::Text(format!("{{\"keys\": [], \"x\": \"{}\"}}", "y".repeat(300_000))),
        Answer::Redirect(format!("{}/auth/v1/.well-known/jwks.json", issuer.url)),
    ] {
        issuer.says(away);
        for _ in 0..3 {
            is_taken(&app, &token).await;
        }
        is_refused(&app, &Signer::ec("other").sign(&issuer.claims()), "token-invalid").await;
    }
    assert!(issuer.asked() >= 6, "it was asked again and again: {}", issuer.asked());
}

#[tokio::test]
async fn an_issuer_that_never_answered_is_said_to_be_away() {
    let (issuer, ec) = (Issuer::start().await, Signer::ec("e1"));
    let times = KeyTimes { pause: Duration::ZERO, ..KeyTimes::default() };
    let app = issuer.app(Some(SECRET), times).await;
    let token = ec.sign(&issuer.claims());
    issuer.says(Answer::Never);
    let begun = std::time::Instant::now();
    let answer = me(&app, &token).await;
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(answer.headers().contains_key("retry-after"));
    problem(answer, 503, "issuer-away").await;
    // What needs no key of it works.
    let header = Header::default();
    let by_secret = jsonwebtoken::encode(&header, &issuer.claims(), &EncodingKey::from_secret(SECRET.as_bytes()));
    is_taken(&app, &by_secret.unwrap()).await;
    issuer.publishes(&[&ec]);
    is_taken(&app, &token).await;
}

#[tokio::test]
async fn keys_that_could_not_be_fetched_for_too_long_are_not_used() {
    let (issuer, ec) = (Issuer::start().await, Signer::ec("e1"));
    issuer.publishes(&[&ec]);
    let app = issuer.app(None, KeyTimes { stale: Duration::from_millis(300), ..EAGER }).await;
    let token = ec.sign(&issuer.claims());
    is_taken(&app, &token).await;
    issuer.says(Answer::Status(500));
    tokio::time::sleep(Duration::from_millis(400)).await;
    problem(me(&app, &token).await, 503, "issuer-away").await;
}
