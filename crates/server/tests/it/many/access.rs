//! Limits that servers share, sessions that are old, and what an operator sees.

use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

use super::site::{Process, Site, read};
use crate::app::PASSWORD;

async fn sign_up(api: &Process, email: &str) -> Value {
    let account = json!({"email": email, "password": PASSWORD});
    read(Client::new().post(format!("{}/auth/v1/signup", api.url)).json(&account)).await
}

fn token(session: &Value) -> &str {
    session["access_token"].as_str().unwrap_or_else(|| panic!("{session}"))
}

async fn me(api: &Process, token: &str) -> Response {
    Client::new().get(format!("{}/api/v1/me", api.url)).bearer_auth(token).send().await.unwrap()
}

/// One request in ten seconds in the long run, five at once.
fn strict(site: &Site) -> Process {
    site.api_with(&[("FINE_RATE_PER_SECOND", "1"), ("FINE_RATE_BURST", "8")])
}

fn header(answer: &Response, name: &str) -> String {
    answer.headers()[name].to_str().unwrap().to_owned()
}

/// The number behind a parameter of a header field's first item of a policy.
fn parameter(field: &str, policy: &str, name: &str) -> u64 {
    let item = field.split(", ").find(|item| item.starts_with(&format!("\"{policy}\""))).unwrap();
    let value = item.split(';').find_map(|p| p.strip_prefix(&format!("{name}="))).unwrap();
    value.parse().unwrap()
}

#[tokio::test]
async fn redis_lets_two_servers_count_together() {
    let mut site = Site::with_redis();
    let (one, two) = (strict(&site), strict(&site));
    let session = sign_up(&one, "ana@example.org").await;
    let mut allowed = 0;
    let mut last = None;
    for n in 0..24 {
        let answer = me(if n % 2 == 0 { &one } else { &two }, token(&session)).await;
        assert_eq!(header(&answer, "ratelimit-policy"), "\"person\";q=8;w=8");
        let (left, full) = (header(&answer, "ratelimit"), header(&answer, "ratelimit"));
        assert!(parameter(&left, "person", "r") <= 7 && parameter(&full, "person", "t") <= 9, "{left}");
        allowed += usize::from(answer.status() == StatusCode::OK);
        last = Some(answer);
    }
    assert!((8..=14).contains(&allowed), "{allowed} of 24 at two servers; each alone would allow 8");
    let last = last.unwrap();
    assert_eq!(last.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!((1..=2).contains(&header(&last, "retry-after").parse::<u64>().unwrap()));
    assert_eq!(parameter(&header(&last, "ratelimit"), "person", "r"), 0);

    // Without Redis each counts by itself, and nobody waits.
    site.redis.as_mut().unwrap().kill();
    let begun = std::time::Instant::now();
    let mut allowed = 0;
    for n in 0..24 {
        let answer = me(if n % 2 == 0 { &one } else { &two }, token(&session)).await;
        allowed += usize::from(answer.status() == StatusCode::OK);
        assert!(matches!(answer.status().as_u16(), 200 | 429), "{}", answer.status());
    }
    assert!((16..=24).contains(&allowed), "8 at each server: {allowed}");
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());

    // And together again when it is back: the servers find that out by themselves, with the next requests.
    site.redis.as_mut().unwrap().start_again();
    for _ in 0..6 {
        me(&one, token(&session)).await;
        me(&two, token(&session)).await;
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    }
    tokio::time::sleep(std::time::Duration::from_secs(9)).await;
    let mut allowed = 0;
    for n in 0..24 {
        let answer = me(if n % 2 == 0 { &one } else { &two }, token(&session)).await;
        allowed += usize::from(answer.status() == StatusCode::OK);
    }
    assert!((8..=14).contains(&allowed), "{allowed} of 24 after Redis came back");
}

#[tokio::test]
async fn redis_counts_guesses_of_a_password_at_all_servers() {
    let site = Site::with_redis();
    let (one, two) = (site.api(), site.api());
    sign_up(&one, "ana@example.org").await;
    let guess = json!({"email": "ana@example.org", "password": "wrong password"});
    let mut statuses = Vec::new();
    for n in 0..14 {
        let api = if n % 2 == 0 { &one } else { &two };
        let url = format!("{}/auth/v1/token?grant_type=password", api.url);
        let answer = Client::new().post(url).json(&guess).send().await.unwrap();
        assert!(header(&answer, "ratelimit-policy").contains("\"sign-in\";q=10;w=60"));
        statuses.push(answer.status().as_u16());
    }
    assert_eq!(statuses.iter().filter(|s| **s == 400).count(), 10, "{statuses:?}");
    assert!(statuses.ends_with(&[429, 429]), "{statuses:?}");
}

#[tokio::test]
async fn an_old_session_alone_deletes_no_account() {
    let site = Site::new();
    let api = site.api();
    let session = sign_up(&api, "ana@example.org").await;
    let goodbye = async |body: Value| {
        let request = Client::new().delete(format!("{}/api/v1/account", api.url)).bearer_auth(token(&session));
        request.json(&body).send().await.unwrap()
    };
    site.database.sql("UPDATE sessions SET created_at = 0");
    let refused = goodbye(json!({})).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(refused.json::<Value>().await.unwrap()["slug"], "sign-in-again");
    assert_eq!(me(&api, token(&session)).await.status(), StatusCode::OK);
    assert_eq!(goodbye(json!({"password": PASSWORD})).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(me(&api, token(&session)).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_operator_sees_who_did_what() {
    let site = Site::new();
    let api = site.api();
    sign_up(&api, "ana@example.org").await;
    sign_up(&api, "bo@example.org").await;
    let trail = |more: &[&str]| {
        let output = site.fine(&[&["trail"], more].concat()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let rows: Vec<Value> = serde_json::from_str(&trail(&["--json", "--user", "ana@example.org"])).unwrap();
    assert_eq!(rows.iter().map(|r| r["action"].as_str().unwrap()).collect::<Vec<_>>(), ["sign-in", "sign-up"]);
    let rows: Vec<Value> = serde_json::from_str(&trail(&["--json", "--action", "sign-up", "--days", "1"])).unwrap();
    assert_eq!(rows.len(), 2);
    assert!(trail(&[]).contains("sign-in") && trail(&["--action", "export"]).contains("Nothing was noted"));
    let unknown = site.fine(&["trail", "--user", "nobody@example.org"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
}
