//! What holds for every answer: problems, ids, headers, limits.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{TestApp, problem};

#[tokio::test]
async fn errors_are_problem_documents() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    problem(app.get("/api/v1/nowhere", &ana).await, 404, "not-found").await;
    problem(app.request(Method::PATCH, "/api/v1/me", Some(&ana)).send().await.unwrap(), 405, "method-not-allowed")
        .await;
    let post = |body: &'static str, kind: &'static str| {
        app.request(Method::POST, "/api/v1/audit/full", Some(&ana)).header("content-type", kind).body(body)
    };
    problem(post("{}", "text/plain").send().await.unwrap(), 415, "unsupported-media-type").await;
    problem(post("{", "application/json").send().await.unwrap(), 400, "malformed-request").await;
    let wrong = post(r#"{"dataset_id": "x", "model_id": "y", "roles": {"target": 3}}"#, "application/json");
    let body = problem(wrong.send().await.unwrap(), 422, "invalid-request").await;
    assert_eq!(
        (&body["errors"][0]["pointer"], &body["errors"][0]["code"]),
        (&json!("/roles/target"), &json!("invalid-field"))
    );
    let unknown =
        post(r#"{"dataset_id": "x", "model_id": "y", "roles": {"target": "t"}, "sede": 1}"#, "application/json");
    problem(unknown.send().await.unwrap(), 422, "invalid-request").await;
    let big = format!("{{\"x\": \"{}\"}}", "a".repeat(2 << 20));
    let big = app
        .request(Method::POST, "/api/v1/audit/full", Some(&ana))
        .header("content-type", "application/json")
        .body(big);
    problem(big.send().await.unwrap(), 413, "too-large").await;
}

#[tokio::test]
async fn request_ids_come_back_and_hostile_ones_do_not() {
    let app = TestApp::start().await;
    let get = async |id: &str| {
        let answer = app.client.get(app.url("/healthz")).header("x-request-id", id).send().await.unwrap();
        answer.headers()["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(get("client-7.a:b_c").await, "client-7.a:b_c");
    for hostile in ["<script>", "a b", &"x".repeat(200)] {
        assert_ne!(get(hostile).await, hostile);
    }
}

#[tokio::test]
async fn security_headers_and_cors_are_strict() {
    let app = TestApp::start().await;
    let page = app.client.get(app.url("/")).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"), "{policy}");
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    assert_eq!(page.headers()["x-frame-options"], "DENY");
    let cors = async |origin: &str| {
        let request = app.client.request(Method::OPTIONS, app.url("/api/v1/me")).header("origin", origin);
        let request = request.header("access-control-request-method", "GET");
        let request = request.header("access-control-request-headers", "authorization");
        let answer = request.send().await.unwrap();
        let header = answer.headers().get("access-control-allow-origin").cloned();
        assert!(answer.headers().get("access-control-allow-credentials").is_none());
        header.map(|v| v.to_str().unwrap().to_owned())
    };
    assert_eq!(cors("https://app.example.org").await.as_deref(), Some("https://app.example.org"));
    assert_eq!(cors("https://evil.example.com").await, None);
}

#[tokio::test]
async fn people_are_limited_by_themselves_and_strangers_by_address() {
    let app = TestApp::with(|c| (c.rate_per_second, c.rate_burst) = (1, 5)).await;
    let ana = app.sign_up("ana@example.org").await;
    let bo = app.sign_up("bo@example.org").await;
    for _ in 0..5 {
        assert_eq!(app.get("/api/v1/me", &ana).await.status(), StatusCode::OK);
    }
    let limited = app.get("/api/v1/me", &ana).await;
    assert_eq!(limited.headers()["ratelimit-policy"], "\"person\";q=5;w=5");
    let standing = limited.headers()["ratelimit"].to_str().unwrap();
    assert!(standing.starts_with("\"person\";r=0;t="), "{standing}");
    assert!(limited.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    problem(limited, 429, "rate-limited").await;
    assert_eq!(app.get("/api/v1/me", &bo).await.status(), StatusCode::OK);
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(app.request(Method::GET, "/api/v1/me", None).send().await.unwrap().status().as_u16());
    }
    assert!(statuses.starts_with(&[401]) && statuses.ends_with(&[429]), "{statuses:?}");
}

#[tokio::test]
async fn answers_say_where_their_request_stands() {
    let app = TestApp::with(|c| (c.rate_per_second, c.rate_burst) = (1, 60)).await;
    let ana = app.sign_up("ana@example.org").await;
    let left = async |path: &str| {
        let answer = app.get(path, &ana).await;
        answer.headers().get("ratelimit").map(|v| v.to_str().unwrap().to_owned())
    };
    assert_eq!(left("/api/v1/me").await.unwrap(), "\"person\";r=59;t=1");
    assert_eq!(left("/api/v1/me").await.unwrap().split(';').nth(1).unwrap(), "r=58");
    assert_eq!(left("/api/v1/config").await.unwrap().split(';').next().unwrap(), "\"address\"");
    assert_eq!(left("/healthz").await, None, "nothing is counted there");
    // A sign-in stands in two policies.
    let guess = json!({"email": "ana@example.org", "password": "wrong password"});
    let answer = app.auth("/token?grant_type=password", &guess).await;
    let policies = answer.headers()["ratelimit-policy"].to_str().unwrap();
    assert_eq!(policies, "\"address\";q=60;w=60, \"sign-in\";q=10;w=60");
    // Pages of other origins may read them.
    let answer =
        app.client.get(app.url("/api/v1/config")).header("origin", "https://app.example.org").send().await.unwrap();
    let exposed = answer.headers()["access-control-expose-headers"].to_str().unwrap();
    assert!(exposed.contains("ratelimit") && exposed.contains("retry-after"), "{exposed}");
}

#[tokio::test]
async fn no_page_runs_a_script_of_its_own() {
    let app = TestApp::start().await;
    for path in ["/", "/docs/", "/nowhere.html", "/api/v1/me", "/metrics"] {
        let answer = app.client.get(app.url(path)).send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let scripts = policy.split("; ").find(|p| p.starts_with("script-src ")).unwrap();
        assert_eq!(scripts, "script-src 'self'", "{path}");
        assert!(policy.contains("object-src 'none'") && policy.contains("base-uri 'none'"), "{path}: {policy}");
        let page = answer.text().await.unwrap();
        for tag in page.split("<script").skip(1) {
            let (attributes, rest) = tag.split_once('>').unwrap();
            assert!(attributes.contains("src=") && rest.trim_start().starts_with("</script>"), "{path}: <script{tag}");
        }
    }
}

#[tokio::test]
async fn bodies_are_plain_and_without_nul_characters() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let packed =
        app.request(Method::POST, "/api/v1/audit/compare", Some(&ana)).header("content-type", "application/json");
    problem(packed.header("content-encoding", "gzip").body("x").send().await.unwrap(), 415, "unsupported-media-type")
        .await;
    let body = json!({"old": "a\u{0}", "new": "b"});
    problem(app.post("/api/v1/audit/compare", &ana, &body).await, 422, "invalid-request").await;
    problem(app.get("/api/v1/audit/analyses?q=%00", &ana).await, 422, "invalid-request").await;
    problem(app.get("/api/v1/datasets/%FF", &ana).await, 404, "not-found").await;
}

#[tokio::test]
async fn health_metrics_and_docs_answer_without_a_token() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/readyz", "/docs/"] {
        assert_eq!(app.client.get(app.url(path)).send().await.unwrap().status(), StatusCode::OK, "{path}");
    }
    let metrics = app.client.get(app.url("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("fine_http_requests_total{") && metrics.contains("route=\"/healthz\""), "{metrics}");
    let api: Value = app.client.get(app.url("/api/v1/openapi.json")).send().await.unwrap().json().await.unwrap();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_is_refused() {
    let app = TestApp::start().await;
    let second = fine_server::serve::start(crate::app::config(app.folder.path())).await;
    assert!(format!("{:#}", second.err().unwrap()).contains("another server"));
    // Once the first has stopped, the folder is free.
    let TestApp { running, folder, .. } = app;
    running.stop().await.unwrap();
    let third = fine_server::serve::start(crate::app::config(folder.path())).await.unwrap();
    third.stop().await.unwrap();
}
