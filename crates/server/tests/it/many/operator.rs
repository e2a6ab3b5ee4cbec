//! What an operator does at the command line.

use std::process::Command;

use fine_store::{Address, Ending, Place, Problem, Store};
use serde_json::Value;

use super::site::{Person, Site};

fn output(mut command: Command) -> (i32, String) {
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), text)
}

#[tokio::test]
async fn a_server_waits_for_migrate_when_told_so() {
    let site = Site::new();
    let strict = |arguments: &[&str]| {
        let mut fine = site.fine(arguments);
        fine.env("AUTO_CREATE_DB", "false");
        fine
    };
    for command in ["serve", "worker"] {
        let (code, text) = output(strict(&[command]));
        assert_eq!(code, 2, "{text}");
        assert!(text.contains("run `fine migrate`") && text.contains("version 0"), "{text}");
        assert!(!text.contains("not-to-be-shown"), "the password is not shown: {text}");
    }
    let (code, text) = output(strict(&["migrate"]));
    assert!(code == 0 && text.starts_with("The tables were made"), "{text}");
    let (code, text) = output(strict(&["migrate"]));
    assert!(code == 0 && text.contains("already"), "{text}");
    drop(site.api());

    site.database.sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (99999, '', true, '', 0)",
    );
    for command in ["serve", "worker", "migrate"] {
        let (code, text) = output(site.fine(&[command]));
        assert_eq!(code, 2, "{text}");
        assert!(text.contains("version 99999") && text.contains("start the newer program"), "{text}");
    }
}

#[tokio::test]
async fn a_worker_that_newer_tables_overtake_hands_its_work_back_and_ends() {
    let site = Site::new();
    let (api, worker) = (site.api(), site.worker());
    let ana = Person::at(&api, 2_000).await;
    let audit = ana.start(&api).await;
    ana.midway(&api, &audit).await;
    site.database.sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (99999, '', true, '', 0)",
    );
    assert_eq!((worker.ended(), api.ended()), (2, 2), "both end, with an error");
    site.database.sql("DELETE FROM _sqlx_migrations WHERE version = 99999");

    let (api, _worker) = (site.api(), site.worker());
    let done = ana.done(&api, &audit).await;
    assert_eq!(done["attempt"], 1, "it was handed back, which costs no try: {done}");
    ana.is_whole(&api, &audit, &site).await;
}

#[tokio::test]
async fn a_database_that_is_not_there_is_named() {
    let site = Site::new();
    let mut serve = site.fine(&["serve"]);
    serve.env("DATABASE_URL", "postgres://fine:not-to-be-shown@127.0.0.1:1/fine");
    let (code, text) = output(serve);
    assert_eq!(code, 2);
    assert!(text.contains("DATABASE_URL") && text.contains("refused"), "{text}");
    assert!(!text.contains("not-to-be-shown"), "{text}");
}

#[tokio::test]
async fn jobs_that_were_given_up_are_listed_retried_and_dropped() {
    let site = Site::new();
    let api = site.api();
    let ana = Person::at(&api, 2_000).await;
    let (one, two) = (ana.start(&api).await, ana.start(&api).await);
    let place =
        Place { database: Some(Address::postgres(&site.database.url()).unwrap()), ..Place::local(site.folder.path()) };
    let store = Store::open(&place).await.unwrap();
    let problem: Problem =
        serde_json::from_str(r#"{"type": "/problems/x", "title": "x", "status": 500, "slug": "x"}"#).unwrap();
    for _ in 0..2 {
        let claim = store.claim_job("test", i64::MIN).await.unwrap().unwrap();
        let dead = Ending::Dead(problem.clone(), "the disk was full".into());
        store.end_job(&claim, claim.snapshot.clone(), dead).await.unwrap();
    }
    let listed = |state: &str| {
        let (code, text) = output(site.fine(&["jobs", "list", "--state", state, "--json"]));
        assert_eq!(code, 0, "{text}");
        let jobs: Vec<Value> = serde_json::from_str(&text).unwrap();
        jobs.iter().map(|job| job["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed("dead"), [one.job.clone(), two.job.clone()]);
    let (_, text) = output(site.fine(&["jobs", "list"]));
    assert!(text.contains("the disk was full") && text.contains("Loans of the test"), "{text}");

    assert_eq!(output(site.fine(&["jobs", "drop", &two.job])).0, 0);
    assert_eq!(output(site.fine(&["jobs", "retry", &two.job])).0, 1, "it is off the list");
    assert_eq!(ana.status(&api, &two).await["state"], "failed");
    assert_eq!(output(site.fine(&["jobs", "retry", &one.job])).0, 0);
    assert_eq!((listed("dead"), listed("waiting")), (vec![], vec![one.job.clone()]));

    let _worker = site.worker();
    let end = ana.done(&api, &one).await;
    assert_eq!((&end["attempt"], &end["error"]), (&Value::from(1), &Value::Null));
    store.close().await;
}
