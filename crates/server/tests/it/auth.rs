//! The sign-in protocol, as supabase-js speaks it.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{PASSWORD, Person, TestApp, person};

async fn refused(answer: reqwest::Response, status: u16, code: &str) -> Value {
    let got = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    assert_eq!((got, body["error_code"].as_str()), (status, Some(code)), "{body}");
    assert_eq!(body["code"], status);
    assert!(!body["msg"].as_str().unwrap().is_empty());
    body
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> reqwest::Response {
    app.auth("/token?grant_type=password", &json!({"email": email, "password": password})).await
}

async fn refresh(app: &TestApp, token: &str) -> reqwest::Response {
    app.auth("/token?grant_type=refresh_token", &json!({"refresh_token": token})).await
}

async fn works(app: &TestApp, person: &Person) -> bool {
    app.get("/api/v1/me", person).await.status() == StatusCode::OK
}

#[tokio::test]
async fn signing_up_gives_a_session_as_supabase_does() {
    let app = TestApp::start().await;
    let answer =
        app.auth("/signup", &json!({"email": " Ana@Example.org", "password": PASSWORD, "data": {"name": "Ana"}})).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let session: Value = answer.json().await.unwrap();
    assert_eq!((&session["token_type"], &session["expires_in"]), (&json!("bearer"), &json!(3600)));
    assert!(session["expires_at"].is_i64());
    let user = &session["user"];
    assert_eq!(
        (&user["email"], &user["role"], &user["aud"]),
        (&json!("ana@example.org"), &json!("authenticated"), &json!("authenticated"))
    );
    assert_eq!(user["user_metadata"]["name"], "Ana");
    let ana = person(&session);
    let me: Value = app.get("/api/v1/me", &ana).await.json().await.unwrap();
    assert_eq!(me, json!({"id": ana.id, "email": "ana@example.org"}));

    refused(
        app.auth("/signup", &json!({"email": "ana@example.org", "password": PASSWORD})).await,
        422,
        "user_already_exists",
    )
    .await;
    let weak = refused(
        app.auth("/signup", &json!({"email": "bo@example.org", "password": "short"})).await,
        422,
        "weak_password",
    )
    .await;
    assert_eq!(weak["weak_password"]["reasons"], json!(["length"]));
    refused(app.auth("/signup", &json!({"email": "nobody", "password": PASSWORD})).await, 400, "validation_failed")
        .await;
    refused(app.auth("/signup", &json!("nobody")).await, 400, "bad_json").await;
}

#[tokio::test]
async fn signing_in_needs_the_right_password_and_tells_nothing_else() {
    let app = TestApp::start().await;
    app.sign_up("ana@example.org").await;
    let again = person(&sign_in(&app, "ANA@example.org", PASSWORD).await.json().await.unwrap());
    assert!(works(&app, &again).await);
    let wrong = refused(sign_in(&app, "ana@example.org", "wrong password").await, 400, "invalid_credentials").await;
    let unknown = refused(sign_in(&app, "bo@example.org", "wrong password").await, 400, "invalid_credentials").await;
    assert_eq!(wrong, unknown);
    refused(app.auth("/token?grant_type=magic", &json!({})).await, 400, "unsupported_grant_type").await;
}

#[tokio::test]
async fn attempts_are_throttled_for_one_account() {
    let app = TestApp::start().await;
    let mut last = None;
    for _ in 0..11 {
        last = Some(sign_in(&app, "ana@example.org", "wrong password").await);
    }
    let last = last.unwrap();
    assert!(last.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    refused(last, 429, "over_request_rate_limit").await;
    refused(sign_in(&app, "bo@example.org", "wrong password").await, 400, "invalid_credentials").await;
}

#[tokio::test]
async fn refresh_tokens_rotate_and_a_stolen_one_ends_the_session() {
    let app = TestApp::start().await;
    let first = app.sign_up("ana@example.org").await;
    let second = person(&refresh(&app, &first.refresh).await.json().await.unwrap());
    assert_ne!(first.refresh, second.refresh);
    assert!(works(&app, &second).await);
    // Two tabs at once: allowed for a moment.
    assert_eq!(refresh(&app, &first.refresh).await.status(), StatusCode::OK);
    refused(refresh(&app, "never issued").await, 400, "refresh_token_not_found").await;
    // Once its successor was used, it is a theft.
    let third = person(&refresh(&app, &second.refresh).await.json().await.unwrap());
    refused(refresh(&app, &first.refresh).await, 400, "refresh_token_already_used").await;
    assert!(!works(&app, &third).await);
    refused(refresh(&app, &third.refresh).await, 400, "refresh_token_not_found").await;
}

#[tokio::test]
async fn signing_out_ends_what_its_scope_says() {
    let app = TestApp::start().await;
    let one = app.sign_up("ana@example.org").await;
    let two = person(&sign_in(&app, "ana@example.org", PASSWORD).await.json().await.unwrap());
    let three = person(&sign_in(&app, "ana@example.org", PASSWORD).await.json().await.unwrap());
    let sign_out = async |scope: &str, who: &Person| {
        app.request(Method::POST, &format!("/auth/v1/logout?scope={scope}"), Some(who)).send().await.unwrap().status()
    };
    assert_eq!(sign_out("local", &one).await, StatusCode::NO_CONTENT);
    assert_eq!((works(&app, &one).await, works(&app, &two).await), (false, true));
    assert_eq!(sign_out("others", &two).await, StatusCode::NO_CONTENT);
    assert_eq!((works(&app, &two).await, works(&app, &three).await), (true, false));
    assert_eq!(sign_out("global", &two).await, StatusCode::NO_CONTENT);
    assert!(!works(&app, &two).await);
    assert_eq!(sign_out("global", &two).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let app = TestApp::start().await;
    let one = app.sign_up("ana@example.org").await;
    let two = person(&sign_in(&app, "ana@example.org", PASSWORD).await.json().await.unwrap());
    let change =
        async |body: Value| app.request(Method::PUT, "/auth/v1/user", Some(&one)).json(&body).send().await.unwrap();
    refused(change(json!({"password": PASSWORD})).await, 422, "same_password").await;
    refused(change(json!({"password": "tiny"})).await, 422, "weak_password").await;
    assert_eq!(change(json!({"password": "another password", "data": {"lang": "es"}})).await.status(), StatusCode::OK);
    assert_eq!((works(&app, &one).await, works(&app, &two).await), (true, false));
    refused(sign_in(&app, "ana@example.org", PASSWORD).await, 400, "invalid_credentials").await;
    assert_eq!(sign_in(&app, "ana@example.org", "another password").await.status(), StatusCode::OK);
    let user: Value = app.get("/auth/v1/user", &one).await.json().await.unwrap();
    assert_eq!(user["user_metadata"]["lang"], "es");
    refused(app.request(Method::GET, "/auth/v1/user", None).send().await.unwrap(), 401, "no_authorization").await;
}

/// The newest mail in the outbox: link and code.
fn mail(app: &TestApp) -> (String, String) {
    let folder = app.folder.path().join("outbox");
    let mut mails: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    mails.sort();
    let text = std::fs::read_to_string(mails.last().unwrap()).unwrap();
    let link = text.lines().find(|l| l.starts_with("http")).unwrap().to_owned();
    let code = text.lines().find_map(|l| l.strip_prefix("Or enter this code: ")).unwrap().to_owned();
    (link, code)
}

#[tokio::test]
async fn a_lost_password_is_recovered_by_link_and_by_code() {
    let app = TestApp::start().await;
    app.sign_up("ana@example.org").await;
    let recover = async |email: &str, target: &str| {
        let path = format!("/recover?redirect_to={target}");
        assert_eq!(app.auth(&path, &json!({"email": email})).await.status(), StatusCode::OK);
    };
    recover("nobody@example.org", "").await;
    assert!(!app.folder.path().join("outbox").exists());

    recover("ana@example.org", &app.url("/reset-password")).await;
    let (link, _) = mail(&app);
    let followed = app.client.get(&link).send().await.unwrap();
    assert_eq!(followed.status(), StatusCode::SEE_OTHER);
    let location = followed.headers()["location"].to_str().unwrap().to_owned();
    assert!(location.starts_with(&format!("{}#access_token=", app.url("/reset-password"))), "{location}");
    assert!(location.ends_with("&token_type=bearer&type=recovery"));
    let again = app.client.get(&link).send().await.unwrap();
    assert!(again.headers()["location"].to_str().unwrap().contains("#error=access_denied&error_code=otp_expired"));

    recover("ana@example.org", "https://evil.example.com/").await;
    let (link, code) = mail(&app);
    assert!(!link.contains("evil"), "{link}");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let verify = async |token: &str| {
        app.auth("/verify", &json!({"type": "recovery", "email": "ana@example.org", "token": token})).await
    };
    refused(verify(wrong).await, 403, "otp_expired").await;
    let ana = person(&verify(&code).await.json().await.unwrap());
    assert!(works(&app, &ana).await);
    refused(verify(&code).await, 403, "otp_expired").await;
}

#[tokio::test]
async fn settings_health_and_keys_are_public() {
    let app = TestApp::start().await;
    let get = async |path: &str| -> Value { app.client.get(app.url(path)).send().await.unwrap().json().await.unwrap() };
    assert_eq!(get("/auth/v1/settings").await["mailer_autoconfirm"], true);
    assert_eq!(get("/auth/v1/health").await["name"], "GoTrue");
    let keys = get("/auth/v1/.well-known/jwks.json").await;
    assert_eq!((&keys["keys"][0]["kty"], &keys["keys"][0]["crv"]), (&json!("EC"), &json!("P-256")));
    let config = get("/api/v1/config").await;
    assert_eq!((&config["auth"]["mode"], &config["demo"]), (&json!("embedded"), &json!(false)));
    assert_eq!(config["auth"]["url"], app.url(""));
}
