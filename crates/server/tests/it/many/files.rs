//! Files in an object store and in a folder, while processes and servers fail: nothing that was accepted is lost, and nothing
//! half done stays.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::site::{Person, Process, Site, read};
use crate::app::{loan_model, loans};
use crate::uploads::{announced, sha256};

/// A table of so many mebibytes, of few rows.
fn wide(mebibytes: usize) -> Vec<u8> {
    let cell = "x".repeat(4000);
    let mut csv = String::from("age,words,approved\n");
    while csv.len() < mebibytes << 20 {
        csv.push_str(&format!("{},{cell},{}\n", csv.len() % 70, csv.len() % 2));
    }
    csv.into_bytes()
}

async fn within(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !done().await {
        assert!(start.elapsed() < Duration::from_secs(60), "still waiting for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn presign(ana: &Person, api: &Process, body: &Value) -> Value {
    let answer = read(ana.request(api, Method::POST, "/uploads/presign").json(body)).await;
    assert!(answer["id"].is_string(), "{answer}");
    answer
}

async fn complete(ana: &Person, api: &Process, id: &str, body: &Value) -> Value {
    read(ana.request(api, Method::POST, &format!("/uploads/{id}/complete")).json(body)).await
}

/// Sends the bytes of one part with its headers; answers status and `ETag`.
async fn send(ana: &Person, part: &Value, bytes: &[u8]) -> (u16, String) {
    let mut request = ana.client.put(part["url"].as_str().unwrap()).body(bytes.to_vec());
    for (name, value) in part["headers"].as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    let answer = request.send().await.unwrap();
    let tag = answer.headers().get("etag").map(|v| v.to_str().unwrap().to_owned());
    (answer.status().as_u16(), tag.unwrap_or_default())
}

#[tokio::test]
async fn audits_run_on_files_in_an_object_store_and_deleting_empties_it() {
    let site = Site::with_s3();
    let (api, worker) = (site.api(), site.worker());
    let ana = Person::at(&api, 2_000).await;
    let audit = ana.start(&api).await;
    ana.done(&api, &audit).await;
    ana.is_whole(&api, &audit, &site).await;
    let s3 = site.s3.as_ref().unwrap();
    assert_eq!(s3.objects().len(), 3, "{:?}", s3.objects());
    assert!(!site.folder.path().join("files").exists(), "no file is in the data folder");

    let link = read(ana.get(&api, &format!("/report/analysis/{}/link", audit.analysis))).await;
    let url = link["url"].as_str().unwrap_or_else(|| panic!("{link}"));
    let plain = ana.client.get(url).send().await.unwrap();
    assert_eq!(plain.headers()["content-disposition"], "attachment; filename=\"fine-loans-of-the-test.json\"");
    let download = format!("/report/analysis/{}/download?format=json", audit.analysis);
    assert_eq!(plain.json::<Value>().await.unwrap(), read(ana.get(&api, &download)).await);
    let other = url.replace(&audit.analysis, &audit.job);
    assert_eq!(ana.client.get(other).send().await.unwrap().status(), 403);
    let text = ana.get(&api, &format!("/report/analysis/{}/download", audit.analysis)).send().await.unwrap();
    assert_eq!(text.status(), 200);

    // A killed worker leaves its copies; the next one on the machine removes them.
    let scratch = site.folder.path().join("worker/scratch");
    let folders = || std::fs::read_dir(&scratch).unwrap().filter(|e| e.as_ref().unwrap().path().is_dir()).count();
    assert_eq!(folders(), 1);
    worker.kill();
    let _next = site.worker();
    assert_eq!(folders(), 1);

    for path in [
        format!("/audit/analyses/{}", audit.analysis),
        format!("/datasets/{}", ana.dataset),
        format!("/models/{}", ana.model),
    ] {
        assert_eq!(ana.request(&api, Method::DELETE, &path).send().await.unwrap().status(), 204);
    }
    assert!(s3.objects().is_empty(), "{:?}", s3.objects());
}

#[tokio::test]
async fn signed_addresses_of_the_object_store_hold_for_one_file() {
    let site = Site::with_s3();
    let api = site.api();
    let ana = Person::at(&api, 50).await;
    let s3 = site.s3.as_ref().unwrap();
    let before = s3.objects();
    let bytes = loans(400);
    let signed = presign(&ana, &api, &announced("datasets", "loans.csv", &bytes)).await;
    let (id, part) = (signed["id"].as_str().unwrap(), &signed["parts"][0]);
    assert!(part["url"].as_str().unwrap().starts_with(&s3.endpoint()), "{part}");

    let changed = |from: &str, to: &str| {
        let mut part = part.clone();
        part["url"] = json!(part["url"].as_str().unwrap().replace(from, to));
        part
    };
    assert_eq!(send(&ana, &changed(id, &ana.dataset), &bytes).await.0, 403, "another file's place");
    assert_eq!(send(&ana, &changed("X-Amz-Expires=3600", "X-Amz-Expires=7200"), &bytes).await.0, 403);
    let mut page = part.clone();
    page["headers"]["content-type"] = json!("text/html");
    assert_eq!(send(&ana, &page, &bytes).await.0, 403, "another type");
    let mut other = part.clone();
    other["headers"].as_object_mut().unwrap().remove("x-amz-checksum-sha256");
    assert_eq!(send(&ana, &other, &bytes).await.0, 403, "without the digest");
    assert_eq!(s3.objects(), before, "nothing of it was written");
    assert_eq!(send(&ana, part, &bytes[1..]).await.0, 400, "other bytes");
    let refused = complete(&ana, &api, id, &json!({})).await;
    assert_eq!(
        refused["slug"], "upload-mismatch",
        "this server writes before it checks, so Fine looks itself: {refused}"
    );
    assert_eq!(s3.objects(), before, "it is removed");

    let signed = presign(&ana, &api, &announced("datasets", "loans.csv", &bytes)).await;
    let id = signed["id"].as_str().unwrap();
    assert_eq!(complete(&ana, &api, id, &json!({})).await["slug"], "upload-incomplete");
    assert_eq!(send(&ana, &signed["parts"][0], &bytes).await.0, 200);
    let kept = complete(&ana, &api, id, &json!({})).await;
    assert_eq!((&kept["sha256"], &kept["rows"]), (&json!(sha256(&bytes)), &json!(400)));
    assert_eq!(complete(&ana, &api, id, &json!({})).await, kept);
    let tus = ana.request(&api, Method::POST, "/uploads").header("upload-length", 5);
    assert_eq!(read(tus).await["slug"], "upload-way");
}

#[tokio::test]
async fn a_large_file_comes_in_signed_parts() {
    let site = Site::with_s3();
    let api = site.api();
    let ana = Person::at(&api, 50).await;
    let s3 = site.s3.as_ref().unwrap();
    let bytes = wide(18);
    let signed = presign(&ana, &api, &announced("datasets", "wide.csv", &bytes)).await;
    let (id, parts) = (signed["id"].as_str().unwrap(), signed["parts"].as_array().unwrap());
    assert_eq!((parts.len(), &signed["tags"]), (3, &json!(true)));
    let (mut at, mut tags) = (0, Vec::new());
    for part in parts {
        let end = at + part["bytes"].as_u64().unwrap() as usize;
        if tags.len() == 1 {
            let foreign = part["url"].as_str().unwrap().replace("partNumber=2", "partNumber=1");
            assert_eq!(ana.client.put(foreign).body("x").send().await.unwrap().status(), 403);
            let early = complete(&ana, &api, id, &json!({"tags": tags})).await;
            assert_eq!(early["slug"], "upload-incomplete", "{early}");
        }
        let (status, tag) = send(&ana, part, &bytes[at..end]).await;
        assert_eq!(status, 200);
        tags.push(tag);
        at = end;
    }
    let foreign = complete(&ana, &api, id, &json!({"tags": ["\"a\"", "\"b\""]})).await;
    assert_eq!(foreign["slug"], "upload-incomplete", "{foreign}");
    let kept = complete(&ana, &api, id, &json!({"tags": tags})).await;
    assert_eq!(kept["sha256"], sha256(&bytes), "{kept}");
    assert_eq!(s3.parts(), 0);

    let signed = presign(&ana, &api, &announced("datasets", "wide.csv", &bytes)).await;
    send(&ana, &signed["parts"][0], &bytes[..8 << 20]).await;
    assert_eq!(s3.parts(), 1);
    let gone = ana.request(&api, Method::DELETE, &format!("/uploads/{}", signed["id"].as_str().unwrap())).send().await;
    assert_eq!(gone.unwrap().status(), 204);
    assert_eq!(s3.parts(), 0, "an upload that is given up leaves no parts");
}

#[tokio::test]
async fn an_object_store_in_trouble_costs_time_and_nothing_else() {
    let site = Site::with_s3();
    let (api, worker) = (site.api(), site.worker());
    let ana = Person::at(&api, 500).await;
    let s3 = site.s3.as_ref().unwrap();
    let before = s3.objects();
    s3.refuse();
    let refused = ana.upload(&api, "models", "loan.json", loan_model()).await.unwrap_err();
    assert_eq!((&refused["slug"], &refused["status"]), (&json!("files-unavailable"), &json!(503)));
    assert_eq!(ana.client.get(format!("{}/readyz", api.url)).send().await.unwrap().status(), 503);
    s3.recover();
    s3.refuse_parts_after(1);
    let refused = ana.upload(&api, "datasets", "wide.csv", wide(18)).await.unwrap_err();
    assert_eq!(refused["slug"], "files-unavailable", "{refused}");
    assert_eq!((s3.objects(), s3.parts()), (before.clone(), 0), "half an upload leaves nothing");
    s3.recover();

    s3.slow(Duration::from_millis(400));
    let kept = ana.upload(&api, "datasets", "wide.csv", wide(18)).await.unwrap();
    assert!(s3.objects().contains(&format!("fine-datasets/datasets/{kept}")));
    s3.recover();

    // Away while an audit wants its files, which this worker has not seen yet; then while it stores its result.
    let first = ana.start(&api).await;
    ana.done(&api, &first).await;
    worker.kill();
    let _second = site.worker();
    for _ in 0..2 {
        s3.refuse();
        let audit = ana.start(&api).await;
        ana.until(&api, &audit, |s| s["attempt"] == 1 && s["state"] == "queued").await;
        s3.recover();
        let done = ana.done(&api, &audit).await;
        assert!(done["attempt"].as_u64().unwrap() >= 2, "{done}");
        ana.is_whole(&api, &audit, &site).await;
    }
}

#[tokio::test]
async fn a_server_that_is_killed_while_it_sends_parts_leaves_nothing_for_long() {
    let site = Site::with_s3();
    let api = site.api();
    let ana = Person::at(&api, 50).await;
    let s3 = site.s3.as_ref().unwrap();
    let before = s3.objects();
    s3.slow(Duration::from_millis(700));
    let upload = ana.upload(&api, "datasets", "wide.csv", wide(34));
    tokio::select! {
        outcome = upload => panic!("it was too fast to be disturbed: {outcome:?}"),
        () = within("a part", async || s3.parts() > 0) => {}
    }
    api.kill();
    s3.recover();
    assert!(s3.parts() > 0);
    let mut again = site.fine(&["serve", "--audits-at-once", "0"]);
    again.env("FINE_SWEEP_SECONDS", "2").env("FINE_UPLOAD_LINK_SECONDS", "1");
    let _again = Process::start(again, "Listening on ");
    within("the sweep", async || s3.parts() == 0).await;
    assert_eq!(s3.objects(), before, "what has a row stays");
}

#[tokio::test]
async fn a_resumable_upload_survives_a_killed_server() {
    let site = Site::new();
    let api = site.api();
    let ana = Person::at(&api, 50).await;
    let bytes = wide(6);
    let create = ana.request(&api, Method::POST, "/uploads").header("upload-length", bytes.len());
    let create = create.header("upload-metadata", "kind ZGF0YXNldHM=,filename d2lkZS5jc3Y=").send().await.unwrap();
    let path = create.headers()["location"].to_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned();
    let length = async |api: &Process| -> usize {
        let head = ana.request(api, Method::HEAD, &path).send().await.unwrap();
        head.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
    };
    let pieces = bytes[..bytes.len() / 2].chunks(100_000).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let body = async_stream::stream! {
        for piece in pieces {
            yield Ok::<_, std::io::Error>(piece);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    };
    let patch = |api: &Process, at: usize| {
        let request = ana.request(api, Method::PATCH, &path).header("upload-offset", at);
        request.header("content-type", "application/offset+octet-stream")
    };
    let sending = tokio::spawn(patch(&api, 0).body(reqwest::Body::wrap_stream(body)).send());
    within("some bytes", async || length(&api).await > 300_000).await;
    api.kill();
    assert!(sending.await.unwrap().is_err());

    let api = site.api();
    let at = length(&api).await;
    assert!(at > 300_000 && at < bytes.len() / 2, "{at}");
    let rest = patch(&api, at).body(bytes[at..].to_vec()).send().await.unwrap();
    assert_eq!(rest.status(), 204);
    let kept = complete(&ana, &api, path.rsplit('/').next().unwrap(), &json!({})).await;
    assert_eq!(kept["sha256"], sha256(&bytes), "{kept}");
}

#[tokio::test]
async fn a_whole_upload_to_a_killed_server_leaves_nothing_for_long() {
    let site = Site::new();
    let api = site.api();
    let ana = Person::at(&api, 50).await;
    let body = async_stream::stream! {
        yield Ok::<_, std::io::Error>(b"a,b\n1,2\n".to_vec());
        std::future::pending::<()>().await;
    };
    let part = reqwest::multipart::Part::stream(reqwest::Body::wrap_stream(body)).file_name("a.csv");
    let form = reqwest::multipart::Form::new().part("file", part);
    let sending = tokio::spawn(ana.request(&api, Method::POST, "/datasets").multipart(form).send());
    let incoming = || files(&site.folder.path().join("files/incoming"));
    within("the file", async || incoming() == 1).await;
    api.kill();
    assert!(sending.await.unwrap().is_err());
    let mut again = site.fine(&["serve", "--audits-at-once", "0"]);
    again.env("FINE_SWEEP_SECONDS", "2").env("FINE_UPLOAD_LINK_SECONDS", "1");
    let api = Process::start(again, "Listening on ");
    within("the sweep", async || incoming() == 0).await;
    let listed = read(ana.get(&api, "/datasets")).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "only the one from before");
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

/// A server whose files cannot grow beyond two mebibytes: what a program sees of a full disk or quota, without being root.
#[cfg(unix)]
fn cramped(site: &Site) -> Process {
    let fine = site.fine(&["serve", "--audits-at-once", "0"]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\""]);
    shell.arg(fine.get_program()).args(fine.get_args());
    for (name, value) in fine.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    Process::start(shell, "Listening on ")
}

#[cfg(unix)]
#[tokio::test]
async fn a_full_disk_is_said_and_leaves_no_half_file() {
    let site = Site::new();
    let api = cramped(&site);
    let ana = Person::at(&api, 50).await;
    let root = site.folder.path().join("files");
    let (before, bytes) = (files(&root.join("datasets")), wide(4));
    let full = ana.upload(&api, "datasets", "wide.csv", bytes.clone()).await.unwrap_err();
    assert_eq!((&full["slug"], &full["status"]), (&json!("no-space"), &json!(507)));
    assert_eq!((files(&root.join("incoming")), files(&root.join("datasets"))), (0, before));

    let signed = presign(&ana, &api, &announced("datasets", "wide.csv", &bytes)).await;
    let url = signed["parts"][0]["url"].as_str().unwrap().replace("http://fine.test", &api.url);
    let answer = ana.client.put(url).header("content-type", "text/csv").body(bytes.clone()).send().await.unwrap();
    assert_eq!(answer.status(), 507);
    assert_eq!(files(&root.join("uploads")), 0);

    let create = ana.request(&api, Method::POST, "/uploads").header("upload-length", bytes.len());
    let create = create.header("upload-metadata", "kind ZGF0YXNldHM=").send().await.unwrap();
    let path = create.headers()["location"].to_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned();
    let patch = |at: usize, bytes: &[u8]| {
        let request = ana.request(&api, Method::PATCH, &path).header("upload-offset", at).body(bytes.to_vec());
        request.header("content-type", "application/offset+octet-stream").send()
    };
    assert_eq!(patch(0, &bytes[..1 << 20]).await.unwrap().status(), 204);
    assert_eq!(patch(1 << 20, &bytes[1 << 20..]).await.unwrap().status(), 507);
    let head = ana.request(&api, Method::HEAD, &path).send().await.unwrap();
    assert_eq!(head.headers()["upload-offset"], "1048576", "what was confirmed before is still there");

    // With room again it goes on.
    drop(api);
    let api = site.api();
    let request =
        ana.request(&api, Method::PATCH, &path).header("upload-offset", 1 << 20).body(bytes[1 << 20..].to_vec());
    let rest = request.header("content-type", "application/offset+octet-stream").send().await.unwrap();
    assert_eq!(rest.status(), 204);
    let kept = complete(&ana, &api, path.rsplit('/').next().unwrap(), &json!({})).await;
    assert_eq!(kept["sha256"], sha256(&bytes), "{kept}");
}
