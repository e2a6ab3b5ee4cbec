//! Tokens that must not work.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fine_server::auth::{AUDIENCE, Claims};
use fine_server::config::AuthMode;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Person, TestApp, problem};

fn claims(app: &TestApp, person: &Person) -> Claims {
    let payload = person.token.split('.').nth(1).unwrap();
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    assert_eq!(claims.iss, app.url("/auth/v1"));
    assert_eq!((claims.sub.as_str(), claims.role.as_str()), (person.id.as_str(), AUDIENCE));
    claims
}

async fn refused(app: &TestApp, token: &str, slug: &str) {
    let request = app.request(Method::GET, "/api/v1/me", None).bearer_auth(token);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["www-authenticate"], "Bearer");
    problem(answer, 401, slug).await;
}

#[tokio::test]
async fn only_fresh_whole_tokens_of_our_own_key_are_taken() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let good = claims(&app, &ana);
    let keys = &app.running.app.embedded.as_ref().unwrap().keys;
    let signed = |change: &dyn Fn(&mut Claims)| {
        let mut claims = good.clone();
        change(&mut claims);
        keys.sign(&claims).unwrap()
    };
    let answer = app.request(Method::GET, "/api/v1/me", None).bearer_auth(signed(&|_| {})).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);

    problem(app.request(Method::GET, "/api/v1/me", None).send().await.unwrap(), 401, "unauthenticated").await;
    refused(&app, &signed(&|c| c.exp -= 7200), "token-expired").await;
    for token in [
        signed(&|c| c.aud = json!("anon")),
        signed(&|c| c.iss = "https://elsewhere.example.org/auth/v1".into()),
        signed(&|c| c.role = "anon".into()),
        signed(&|c| c.session_id = "0".into()),
        signed(&|c| c.sub = "someone-else".into()),
        "not.a.token".to_owned(),
        tampered(&ana.token),
        unsigned(&ana.token),
        by_secret(&good, b"guess"),
        // The public key taken as an HMAC secret.
        by_secret(&good, serde_json::to_string(&keys.published()).unwrap().as_bytes()),
    ] {
        refused(&app, &token, "token-invalid").await;
    }
    // The token belongs into the header, nowhere else.
    let in_url = app.request(Method::GET, &format!("/api/v1/me?token={0}&access_token={0}", ana.token), None);
    problem(in_url.send().await.unwrap(), 401, "unauthenticated").await;
}

/// The same signature over other claims.
fn tampered(token: &str) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    claims["email"] = json!("root@example.org");
    format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2])
}

fn unsigned(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    format!("{header}.{}.", token.split('.').nth(1).unwrap())
}

fn by_secret(claims: &Claims, secret: &[u8]) -> String {
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret)).unwrap()
}

#[tokio::test]
async fn supabase_tokens_are_taken_by_their_secret_and_nothing_else() {
    let (url, secret) = ("https://abc.supabase.co", "a secret of more than thirty-two characters");
    let app = TestApp::with(|c| {
        c.auth =
            AuthMode::Supabase { url: url.into(), secret: Some(secret.to_owned().into()), anon_key: "public".into() };
    })
    .await;
    let now = fine_store::now_ms() / 1000;
    let claims = |change: &dyn Fn(&mut Claims)| {
        let mut claims: Claims = serde_json::from_value(json!({
            "sub": "5e0c", "email": "ana@example.org", "role": "authenticated", "aud": "authenticated",
            "iss": format!("{url}/auth/v1"), "exp": now + 600, "iat": now,
        }))
        .unwrap();
        change(&mut claims);
        claims
    };
    let good = by_secret(&claims(&|_| {}), secret.as_bytes());
    let answer = app.request(Method::GET, "/api/v1/me", None).bearer_auth(&good).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({"id": "5e0c", "email": "ana@example.org"}));
    refused(&app, &by_secret(&claims(&|c| c.exp = now - 60), secret.as_bytes()), "token-expired").await;
    refused(&app, &by_secret(&claims(&|_| {}), b"another secret of more than thirty-two characters"), "token-invalid")
        .await;
    refused(
        &app,
        &by_secret(&claims(&|c| c.iss = "https://x.supabase.co/auth/v1".into()), secret.as_bytes()),
        "token-invalid",
    )
    .await;
    refused(&app, &unsigned(&good), "token-invalid").await;
    let header = Header::new(Algorithm::HS512);
    let other = jsonwebtoken::encode(&header, &claims(&|_| {}), &EncodingKey::from_secret(secret.as_bytes())).unwrap();
    refused(&app, &other, "token-invalid").await;

    let sign_up = app.auth("/signup", &json!({"email": "ana@example.org", "password": "long enough"})).await;
    assert_eq!(sign_up.status(), StatusCode::METHOD_NOT_ALLOWED);
    let config: Value = app.client.get(app.url("/api/v1/config")).send().await.unwrap().json().await.unwrap();
    assert_eq!(config["auth"], json!({"mode": "supabase", "url": url, "anon_key": "public"}));
}
