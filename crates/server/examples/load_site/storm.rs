//! Everything at once: people start audits, watch them, and upload, while one worker works.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::task::JoinSet;

use crate::figures::{Figures, Times, rate};
use crate::site::{Person, Site, read};
use crate::wire::{Connection, get};

/// Rows of the audited table.
const ROWS: usize = 200;
/// Audits one after the other, for the time from accept to start of an idle site.
const IDLE: usize = 20;
/// People who start audits at the same time.
const AT_ONCE: usize = 16;
/// Most uploads beside them.
const UPLOADS: usize = 200;

/// What a stream told of one audit.
struct Told {
    state: String,
    wait: Duration,
    whole: bool,
}

pub async fn measure(site: &Site, people: &[Person], audits: usize, patience: Duration, figures: &mut Figures) {
    let mut people = people.to_vec();
    for person in &mut people {
        person.dataset = site.upload(&person.token, "datasets", "loans.csv", loans(ROWS)).await;
        person.model = site.upload(&person.token, "models", "loan.json", model()).await;
    }
    let _worker = site.worker("2");
    // The first shows that the worker has found its place.
    watch(site.address.clone(), people[0].token.clone(), start(site, &people[0]).await).await;
    let mut waits = Vec::new();
    for _ in 0..IDLE {
        waits.push(watch(site.address.clone(), people[0].token.clone(), start(site, &people[0]).await).await.wait);
    }
    figures.add("from accept to start, idle", Times::new(waits).words(), "50 ms");

    let over = Arc::new(AtomicBool::new(false));
    let uploading = upload_beside(site, people[0].token.clone(), over.clone());
    let begin = Instant::now();
    let starting = async {
        let left = AtomicUsize::new(audits);
        let streams = tokio::sync::Mutex::new(JoinSet::new());
        let one = |turn: usize| {
            let (people, left, streams) = (&people, &left, &streams);
            async move {
                let mut number = turn;
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |l| l.checked_sub(1)).is_ok() {
                    let person = &people[number % people.len()];
                    let job = start(site, person).await;
                    streams.lock().await.spawn(watch(site.address.clone(), person.token.clone(), job));
                    number += AT_ONCE;
                }
            }
        };
        futures::future::join_all((0..AT_ONCE).map(one)).await;
        figures.add("audits accepted, each with a stream", format!("{:.1}/s", rate(audits, begin.elapsed())), "");
        let all = tokio::time::timeout(patience, streams.into_inner().join_all()).await;
        over.store(true, Ordering::Relaxed);
        all.expect("all audits end in time")
    };
    let (told, uploads) = tokio::join!(starting, uploading);
    let took = begin.elapsed();
    let done = told.iter().filter(|told| told.state == "done").count();
    let whole = told.iter().filter(|told| told.whole).count();
    figures.add("audits done", format!("{done} of {audits}, {:.1}/s", rate(audits, took)), "none lost");
    figures.add("streams that told every event once and in order", format!("{whole} of {audits}"), "all");
    figures.add(
        "from accept to start in the queue",
        Times::new(told.iter().map(|told| told.wait).collect()).words(),
        "",
    );
    figures.add("uploads beside them", format!("{uploads}, {:.1}/s", rate(uploads, took)), "");
    assert_eq!((done, whole), (audits, audits), "an audit was lost");
}

async fn start(site: &Site, person: &Person) -> String {
    let body = json!({
        "dataset_id": person.dataset,
        "model_id": person.model,
        "stages": ["performance"],
        "roles": {"target": "approved", "positive": "1"},
    });
    let started = read(site.client.post(site.url("/api/v1/audit/full")).bearer_auth(&person.token).json(&body)).await;
    started["job_id"].as_str().unwrap_or_else(|| panic!("{started}")).to_owned()
}

/// Reads the events of a job from the first to the last.
async fn watch(address: String, token: String, job: String) -> Told {
    let mut request = get(&format!("/api/v1/audit/full/{job}/events"), &token);
    request.truncate(request.len() - 2);
    request.extend_from_slice(b"last-event-id: 0\r\n\r\n");
    let mut stream = Connection::open(&address).await.unwrap();
    assert_eq!(stream.begin(&request).await.unwrap(), 200);
    let (mut last, mut whole, mut snapshot) = (0_i64, true, Value::Null);
    while let Some(line) = stream.line().await.unwrap() {
        if let Some(id) = line.strip_prefix("id: ") {
            let id: i64 = id.parse().unwrap();
            whole &= id == last + 1;
            last = id;
        } else if let Some(data) = line.strip_prefix("data: ").filter(|data| data.len() > 2) {
            snapshot = serde_json::from_str(data).unwrap();
        } else if line == "event: done" {
            break;
        }
    }
    let at = |name: &str| OffsetDateTime::parse(snapshot[name].as_str().unwrap_or_default(), &Rfc3339).ok();
    let wait = at("created_at").zip(at("started_at")).map(|(from, to)| to - from);
    Told {
        state: snapshot["state"].as_str().unwrap_or_default().to_owned(),
        wait: wait.and_then(|wait| wait.try_into().ok()).unwrap_or(Duration::MAX),
        whole,
    }
}

/// Uploads tables until the audits are over, or until there are enough; answers how many.
async fn upload_beside(site: &Site, token: String, over: Arc<AtomicBool>) -> usize {
    let mut count = 0;
    while count < UPLOADS && !over.load(Ordering::Relaxed) {
        site.upload(&token, "datasets", "more.csv", loans(5_000)).await;
        count += 1;
    }
    count
}

/// The model of the tests.
pub fn model() -> Vec<u8> {
    include_bytes!("../../tests/data/loan.json").to_vec()
}

/// Applications for loans that it can judge.
pub fn loans(rows: usize) -> Vec<u8> {
    let mut state: u64 = 42;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1_u64 << 31) as f64
    };
    let mut csv = String::from("age,income,debt,sex,approved\n");
    for _ in 0..rows {
        let (age, income, debt, noise) =
            (18.0 + 62.0 * next(), 10.0 + 110.0 * next(), 60.0 * next(), 12.0 * (next() - 0.5));
        let sex = if next() < 0.45 { "female" } else { "male" };
        let approved = u8::from(income - debt + noise > 30.0);
        csv.push_str(&format!("{age:.1},{income:.2},{debt:.2},{sex},{approved}\n"));
    }
    csv.into_bytes()
}
