//! Processes die, sleep and come back: afterwards every accepted audit has ended, once.

use std::time::Duration;

use serde_json::Value;

use super::site::{Person, Site, is_over};

/// Enough for an audit to be caught midway.
const ROWS: usize = 30_000;

#[tokio::test]
async fn a_killed_worker_is_replaced_by_another() {
    let site = Site::new();
    let (api, first) = (site.api(), site.worker());
    let ana = Person::at(&api, ROWS).await;
    let audit = ana.start(&api).await;
    assert_eq!(ana.midway(&api, &audit).await["attempt"], 1);
    let _second = site.worker();
    first.kill();
    assert_eq!(ana.done(&api, &audit).await["attempt"], 2);
    ana.is_whole(&api, &audit, &site).await;
}

#[tokio::test]
async fn a_worker_that_is_told_to_stop_hands_its_work_back_at_once() {
    let site = Site::new();
    let (api, first) = (site.api(), site.worker());
    let ana = Person::at(&api, ROWS).await;
    let audit = ana.start(&api).await;
    ana.midway(&api, &audit).await;
    let took = first.stop();
    assert!(took < Duration::from_secs(10), "{took:?}");
    let waiting = ana.status(&api, &audit).await;
    assert_eq!((waiting["state"].as_str(), waiting["progress"].as_f64()), (Some("queued"), Some(0.0)));
    let _second = site.worker();
    assert_eq!(ana.done(&api, &audit).await["attempt"], 1, "the try that was stopped does not count");
    ana.is_whole(&api, &audit, &site).await;
}

#[tokio::test]
async fn a_worker_that_slept_through_its_lease_writes_nothing() {
    let site = Site::new();
    let (api, sleeper) = (site.api(), site.worker());
    let ana = Person::at(&api, ROWS).await;
    let audit = ana.start(&api).await;
    ana.midway(&api, &audit).await;
    sleeper.signal("STOP");
    let _heir = site.worker();
    let taken = ana.until(&api, &audit, |s| s["attempt"] == 2).await;
    assert!(!is_over(&taken), "{taken}");
    // It wakes up with a finished audit of its own while the heir is still at it.
    sleeper.signal("CONT");
    ana.done(&api, &audit).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(ana.status(&api, &audit).await["attempt"], 2);
    ana.is_whole(&api, &audit, &site).await;
}

/// Leases are by the clock of the database: a worker that lives two hours ahead takes nothing from one that lives in the past.
#[tokio::test]
async fn wrong_clocks_take_no_work_away() {
    let site = Site::new();
    let (api, _behind) = (site.api(), site.worker_at("-3h"));
    let ana = Person::at(&api, ROWS).await;
    let audit = ana.start(&api).await;
    ana.midway(&api, &audit).await;
    let _ahead = site.worker_at("+2h");
    let end = ana.done(&api, &audit).await;
    assert_eq!(end["attempt"], 1);
    ana.is_whole(&api, &audit, &site).await;
}

/// A worker is killed in every stage that takes long enough to be met in, and at the end; each time another goes on.
#[tokio::test]
async fn a_worker_may_be_killed_in_any_stage() {
    let site = Site::new();
    let api = site.api();
    let ana = Person::at(&api, 60_000).await;
    let stages = [
        "data",
        "performance",
        "calibration",
        "uncertainty",
        "slices",
        "explain",
        "sensitivity",
        "robustness",
        "fairness",
    ];
    for stage in stages {
        let worker = site.worker();
        let audit = ana.start_only(&api, stage).await;
        let is_in = |s: &Value| stage_state(s, stage) == "running" || is_over(s);
        let met = ana.until(&api, &audit, is_in).await;
        worker.kill();
        let _next = site.worker();
        let end = ana.done(&api, &audit).await;
        let tries = if is_over(&met) { 1 } else { 2 };
        assert_eq!(end["attempt"], tries, "{stage}");
        assert_eq!(stage_state(&end, stage), "done");
        ana.is_whole(&api, &audit, &site).await;
    }
}

fn stage_state(snapshot: &Value, id: &str) -> String {
    let stages = snapshot["stages"].as_array().unwrap();
    stages.iter().find(|s| s["id"] == id).unwrap()["state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_job_that_is_named_often_runs_once() {
    let site = Site::new();
    let (api, _one, _two) = (site.api(), site.worker(), site.worker());
    let ana = Person::at(&api, 2_000).await;
    let audit = ana.start(&api).await;
    while !is_over(&ana.status(&api, &audit).await) {
        site.database.sql(&format!("NOTIFY fine_jobs, '{}'", audit.job));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(ana.done(&api, &audit).await["attempt"], 1);
    ana.is_whole(&api, &audit, &site).await;
}

#[tokio::test]
async fn a_database_that_crashes_loses_no_audit() {
    let site = Site::with_own_postgres();
    let (api, _worker) = (site.api(), site.worker());
    let ana = Person::at(&api, ROWS).await;
    let audit = ana.start(&api).await;
    ana.midway(&api, &audit).await;
    let postgres = site.own.as_ref().unwrap();
    postgres.crash();
    tokio::time::sleep(Duration::from_secs(2)).await;
    postgres.start();
    ana.done(&api, &audit).await;
    ana.is_whole(&api, &audit, &site).await;
}
