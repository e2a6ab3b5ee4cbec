//! Open streams of live events: what each costs, and whether each hears.

use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use crate::figures::Figures;
use crate::site::{Person, Site, read};
use crate::storm::{loans, model};
use crate::wire::{Connection, get};

/// Streams on one job.
const ON_ONE: usize = 10;

pub async fn measure(site: &Site, people: &[Person], count: usize, figures: &mut Figures) {
    let owner = &people[0];
    let dataset = site.upload(&owner.token, "datasets", "loans.csv", loans(200)).await;
    let model = site.upload(&owner.token, "models", "loan.json", model()).await;
    let mut jobs = Vec::new();
    for _ in 0..count.div_ceil(ON_ONE) {
        let body = json!({"dataset_id": dataset, "model_id": model, "roles": {"target": "approved", "positive": "1"}});
        let request = site.client.post(site.url("/api/v1/audit/full")).bearer_auth(&owner.token).json(&body);
        let started = read(request).await;
        jobs.push(started["job_id"].as_str().unwrap_or_else(|| panic!("{started}")).to_owned());
    }
    // A few first, so that what the first streams bring along is not counted as theirs.
    let warm = open(site, owner, &jobs[..1], ON_ONE).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = site.memory();
    let mut streams = open(site, owner, &jobs, count).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let each = (site.memory().saturating_sub(before)) as f64 / count as f64 / 1024.0;
    figures.add(&format!("memory of each of {count} open streams"), format!("{each:.1} KB"), "16 KB");

    // Nobody works here: cancelling ends the jobs, and every stream hears of it.
    for job in &jobs {
        let url = site.url(&format!("/api/v1/audit/full/{job}"));
        let answer = site.client.delete(url).bearer_auth(&owner.token).send().await.unwrap();
        assert_eq!(answer.status(), 202);
    }
    let mut ends = JoinSet::new();
    for mut stream in streams.drain(..).chain(warm) {
        ends.spawn(async move {
            while let Ok(Some(line)) = stream.line().await {
                if line == "event: done" {
                    return true;
                }
            }
            false
        });
    }
    let all = tokio::time::timeout(Duration::from_secs(60), ends.join_all()).await.unwrap();
    assert!(all.iter().all(|heard| *heard), "every stream hears the end");
    figures.add("streams that heard the end of their audit", format!("{} of {}", all.len(), count + ON_ONE), "all");
}

async fn open(site: &Site, owner: &Person, jobs: &[String], count: usize) -> Vec<Connection> {
    let mut streams = Vec::new();
    for number in 0..count {
        let mut stream = Connection::open(&site.address).await.unwrap();
        let path = format!("/api/v1/audit/full/{}/events", jobs[number % jobs.len()]);
        assert_eq!(stream.begin(&get(&path, &owner.token)).await.unwrap(), 200);
        // The first event is there: the stream stands.
        while stream.line().await.unwrap().is_some_and(|line| !line.starts_with("data:")) {}
        streams.push(stream);
    }
    streams
}
