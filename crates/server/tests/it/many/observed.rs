//! What an operator sees of several processes: metrics of each, and one audit through the logs of both.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use fine_server::telemetry::{Form, METRICS};
use reqwest::Client;
use serde_json::Value;

use super::site::{Person, Process, Site};

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The names of metrics that stand in a text, without what histograms add.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = words.filter(|word| word.starts_with("fine_") || word.starts_with("process_"));
    let plain = |word: &str| {
        let ends = ["_bucket", "_sum", "_count"];
        ends.iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word).to_owned()
    };
    ours.map(plain).collect()
}

fn known() -> BTreeSet<String> {
    METRICS.iter().map(|metric| metric.name.to_owned()).collect()
}

/// Labels by metric, of one answer of `/metrics`.
fn labels(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let name = names(line.split(['{', ' ']).next().unwrap()).pop_first();
        let name = name.unwrap_or_else(|| panic!("{line} is no metric of ours"));
        let inside = line.split_once('{').and_then(|(_, rest)| rest.rsplit_once('}')).map_or("", |(inside, _)| inside);
        let labels = inside.split("\",").filter_map(|label| Some(label.split_once('=')?.0.to_owned()));
        all.entry(name).or_default().extend(labels.filter(|label| label != "le"));
    }
    all
}

#[tokio::test]
async fn every_metric_is_there_and_known() {
    let site = Site::new();
    let (port_of_api, port_of_worker) = (free_port(), free_port());
    let with_port = |arguments: &[&str], port: u16| {
        let mut fine = site.fine(arguments);
        fine.env("FINE_METRICS_PORT", port.to_string());
        fine
    };
    let serve = with_port(&["serve", "--audits-at-once", "0"], port_of_api);
    let api = Process::logged(serve, "Listening on ", Stdio::null());
    let mut work = with_port(&["worker", "--audits-at-once", "1"], port_of_worker);
    // A language model that is not there: the audit is done all the same.
    work.env("OPENAI_MODEL", "none").env("OPENAI_API_BASE", "http://127.0.0.1:9/v1").env("FINE_LLM_SECONDS", "2");
    let _worker = Process::logged(work, "Working on ", Stdio::null());
    let ana = Person::at(&api, 2_000).await;
    let audit = ana.start(&api).await;
    ana.events(&api, &audit, 0).await.rest().await;
    ana.done(&api, &audit).await;
    // A worker looks at its own state every two seconds.
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;

    let client = Client::new();
    let get = async |port: u16, path: &str| {
        let answer = client.get(format!("http://127.0.0.1:{port}{path}")).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}");
        answer.text().await.unwrap()
    };
    assert_eq!(get(port_of_worker, "/healthz").await, "ok");
    assert_eq!(get(port_of_worker, "/readyz").await, "ready");
    for (port, ready) in [(port_of_worker, true), (free_port(), false)] {
        let answered = site.fine(&["health", "--port", &port.to_string()]).output().unwrap();
        assert_eq!(answered.status.success(), ready, "{answered:?}");
    }
    let (of_api, of_worker) = (get(port_of_api, "/metrics").await, get(port_of_worker, "/metrics").await);
    let (here, there) = (labels(&of_api), labels(&of_worker));
    let mut seen = BTreeSet::new();
    for (name, labels) in here.iter().chain(&there) {
        let metric = METRICS.iter().find(|m| m.name == name).unwrap_or_else(|| panic!("{name} is not in the list"));
        let told: BTreeSet<String> = metric.labels.iter().map(|label| (*label).to_owned()).collect();
        assert_eq!(labels, &told, "labels of {name}");
        seen.insert(name.clone());
    }
    assert_eq!(known().difference(&seen).collect::<Vec<_>>(), Vec::<&String>::new(), "in the list, and never seen");
    for (name, text) in [("fine_db_query_seconds", &of_api), ("fine_db_acquire_seconds", &of_worker)] {
        assert!(!text.contains(&format!("{name}_count 0\n")) && text.contains(&format!("{name}_count")), "{text}");
    }
    assert!(of_worker.contains("fine_stage_seconds_count{stage=\"performance\",outcome=\"done\"} 1"), "{of_worker}");
    assert!(of_worker.contains("fine_job_tries_total{outcome=\"done\"} 1"), "{of_worker}");
    assert!(of_worker.contains("fine_queue_wait_seconds_count{lane=\"short\"} 1"), "{of_worker}");
}

#[test]
fn dashboard_and_page_name_the_metrics_that_there_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let dashboard = std::fs::read_to_string(root.join("deploy/grafana/fine.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let mut used = BTreeSet::new();
    let panels = dashboard["panels"].as_array().unwrap();
    for target in panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten()) {
        let expression = target["expr"].as_str().unwrap();
        let names = names(expression);
        assert!(!names.is_empty(), "{expression}");
        for name in &names {
            let metric = METRICS.iter().find(|m| m.name == name).unwrap_or_else(|| panic!("there is no {name}"));
            let buckets = expression.contains(&format!("{name}_bucket"));
            assert_eq!(buckets, buckets && matches!(metric.form, Form::Histogram(_)), "{expression}");
        }
        used.extend(names);
    }
    assert!(used.len() > METRICS.len() / 2, "a dashboard of most of them: {used:?}");
    let page = std::fs::read_to_string(root.join("docs/operations.md")).unwrap();
    for metric in METRICS {
        let labels = if metric.labels.is_empty() { "–".to_owned() } else { metric.labels.join(", ") };
        let row = format!("| `{}` | {labels} | {} |", metric.name, metric.help);
        assert!(page.contains(&row), "docs/operations.md has no row\n{row}");
    }
    assert_eq!(names(&page).difference(&known()).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[tokio::test]
async fn an_audit_is_followed_from_the_request_through_the_workers_log() {
    const REQUEST: &str = "follow-me.7";
    let site = Site::new();
    let log = |name: &str| site.folder.path().join(name);
    let logged = |arguments: &[&str], name: &str, ready: &str| {
        let mut fine = site.fine(arguments);
        fine.env("FINE_LOG_FORMAT", "json");
        Process::logged(fine, ready, File::create(log(name)).unwrap().into())
    };
    let api = logged(&["serve", "--audits-at-once", "0"], "api.log", "Listening on ");
    let _worker = logged(&["worker", "--audits-at-once", "1"], "worker.log", "Working on ");
    let ana = Person::at(&api, 2_000).await;
    let audit = ana.start_with(&api, &[("x-request-id", REQUEST)]).await;
    ana.done(&api, &audit).await;
    // The worker's last word comes after the audit's end is stored.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let lines = |name: &str| {
        let text = std::fs::read_to_string(log(name)).unwrap();
        let all: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
        all.into_iter().filter(|line| line.to_string().contains(REQUEST)).collect::<Vec<_>>()
    };
    let accepted = lines("api.log");
    let queued = accepted.iter().find(|line| line["message"] == "audit queued").expect("the server says so");
    assert_eq!((queued["job"].as_str(), queued["span"]["id"].as_str()), (Some(&*audit.job), Some(REQUEST)));
    let worked = lines("worker.log");
    for said in ["audit starts", "audit ended"] {
        let line =
            worked.iter().find(|line| line["message"] == said).unwrap_or_else(|| panic!("no {said}: {worked:?}"));
        assert_eq!(
            (line["span"]["request"].as_str(), line["span"]["job"].as_str()),
            (Some(REQUEST), Some(&*audit.job))
        );
    }
}
