//! Several workers on one audit: it ends sooner, with the same bytes, whoever dies on the way.

use std::time::Duration;

use super::site::{Audit, Person, Process, Site, is_over};

/// Enough for an audit to be worth sharing.
const ROWS: usize = 30_000;

/// The bytes of the only result of a site.
fn result(site: &Site) -> Vec<u8> {
    let files: Vec<_> = std::fs::read_dir(site.folder.path().join("files/results")).unwrap().collect();
    assert_eq!(files.len(), 1);
    std::fs::read(files[0].as_ref().unwrap().path()).unwrap()
}

/// Waits until two processes have done blocks of the audit.
async fn helped(site: &Site, ana: &Person, api: &Process, audit: &Audit) {
    let members = "SELECT COUNT(DISTINCT token) FROM blocks WHERE bytes IS NOT NULL";
    while site.database.ask(members) != "2" {
        let state = ana.status(api, audit).await;
        assert!(!is_over(&state), "nobody helped: {state}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The bytes that one worker makes.
async fn alone() -> Vec<u8> {
    static BYTES: tokio::sync::OnceCell<Vec<u8>> = tokio::sync::OnceCell::const_new();
    let make = async || {
        let site = Site::new();
        let (api, _worker) = (site.api(), site.worker());
        let ana = Person::at(&api, ROWS).await;
        let audit = ana.start(&api).await;
        ana.done(&api, &audit).await;
        result(&site)
    };
    BYTES.get_or_init(make).await.clone()
}

#[tokio::test]
async fn two_workers_make_the_bytes_of_one() {
    let site = Site::new();
    let (api, _one, _two) = (site.api(), site.worker(), site.worker());
    let ana = Person::at(&api, ROWS).await;
    let audit = ana.start(&api).await;
    helped(&site, &ana, &api, &audit).await;
    let end = ana.done(&api, &audit).await;
    assert_eq!(end["attempt"], 1);
    ana.is_whole(&api, &audit, &site).await;
    assert!(result(&site) == alone().await, "the bytes differ");
    assert_eq!(site.database.ask("SELECT (SELECT COUNT(*) FROM blocks) + (SELECT COUNT(*) FROM members)"), "0");
}

#[tokio::test]
async fn a_helper_that_is_killed_costs_what_it_had_taken() {
    let site = Site::new();
    let (api, _one) = (site.api(), site.worker());
    let ana = Person::at(&api, ROWS).await;
    let audit = ana.start(&api).await;
    ana.until(&api, &audit, |s| s["state"] == "running").await;
    let two = site.worker();
    helped(&site, &ana, &api, &audit).await;
    two.kill();
    assert_eq!(ana.done(&api, &audit).await["attempt"], 1);
    ana.is_whole(&api, &audit, &site).await;
    assert!(result(&site) == alone().await, "the bytes differ");
}

#[tokio::test]
async fn the_heir_of_a_killed_worker_keeps_what_both_had_done() {
    let site = Site::new();
    let (api, one) = (site.api(), site.worker());
    let ana = Person::at(&api, ROWS).await;
    let audit = ana.start(&api).await;
    ana.until(&api, &audit, |s| s["state"] == "running").await;
    let _two = site.worker();
    helped(&site, &ana, &api, &audit).await;
    one.kill();
    assert_eq!(ana.done(&api, &audit).await["attempt"], 2);
    ana.is_whole(&api, &audit, &site).await;
    assert!(result(&site) == alone().await, "the bytes differ");
}

#[tokio::test]
async fn a_helper_leaves_for_an_audit_that_waits() {
    let site = Site::new();
    let (api, _one, _two) = (site.api(), site.worker(), site.worker());
    let ana = Person::at(&api, ROWS).await;
    let first = ana.start(&api).await;
    helped(&site, &ana, &api, &first).await;
    let second = ana.start(&api).await;
    let started = ana.until(&api, &second, |s| s["state"] == "running" || is_over(s)).await;
    assert_eq!(started["state"], "running");
    assert_eq!(ana.status(&api, &first).await["state"], "running", "it did not wait for the first one");
    ana.done(&api, &first).await;
    ana.done(&api, &second).await;
}
