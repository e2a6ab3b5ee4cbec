//! `/metrics`: who may read it, and that nobody can make it grow.

use std::collections::BTreeSet;
use std::net::IpAddr;

use fine_server::config::Token;
use reqwest::{Method, StatusCode};

use crate::app::{TestApp, problem};

async fn text(app: &TestApp) -> String {
    app.client.get(app.url("/metrics")).send().await.unwrap().text().await.unwrap()
}

fn series(text: &str) -> BTreeSet<String> {
    let samples = text.lines().filter(|line| line.starts_with("fine_http_"));
    samples.map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
}

#[tokio::test]
async fn nobody_can_make_new_labels() {
    let app = TestApp::start().await;
    let strange = async |turn: usize| {
        for (method, path) in [
            ("GET", format!("/nowhere/{turn}")),
            ("GET", format!("/nowhere{turn}.js")),
            ("GET", format!("/api/v1/nowhere/{turn}")),
            ("GET", format!("/api/v1/audit/full/{turn}?x={turn}")),
            ("GET", format!("/auth/v1/nowhere{turn}")),
            ("GET", format!("/docs/nowhere{turn}")),
            (&*format!("BREW{turn}"), "/healthz".to_owned()),
            ("PATCH", format!("/api/v1/audit/analyses/{turn}")),
        ] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            app.client.request(method, app.url(&path)).send().await.unwrap();
        }
    };
    // The first turn makes the few series that there are for these, the rest none; `/metrics` itself is one.
    strange(0).await;
    text(&app).await;
    let before = series(&text(&app).await);
    for turn in 1..20 {
        strange(turn).await;
    }
    let after = series(&text(&app).await);
    assert_eq!(after.difference(&before).collect::<Vec<_>>(), Vec::<&String>::new());
    let all = after.into_iter().collect::<Vec<_>>().join("\n");
    assert!(all.contains("method=\"other\"") && all.contains("route=\"other\""), "{all}");
    assert!(!all.contains("nowhere") && !all.contains("BREW"), "{all}");
}

#[tokio::test]
async fn strangers_do_not_see_the_metrics() {
    let everywhere: IpAddr = "0.0.0.0".parse().unwrap();
    let open = TestApp::with(|c| c.host = everywhere).await;
    let port = open.running.address.port();
    let url = format!("http://127.0.0.1:{port}/metrics");
    problem(open.client.get(&url).send().await.unwrap(), 404, "not-found").await;

    let token = "a token of the collector";
    let guarded = TestApp::with(|c| (c.host, c.telemetry.token) = (everywhere, Some(Token::new(token)))).await;
    let url = format!("http://127.0.0.1:{}/metrics", guarded.running.address.port());
    let get = || guarded.client.get(&url);
    problem(get().send().await.unwrap(), 401, "token-invalid").await;
    problem(get().bearer_auth("a guess").send().await.unwrap(), 401, "token-invalid").await;
    let answer = get().bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.text().await.unwrap().contains("fine_build_info{"));
}
