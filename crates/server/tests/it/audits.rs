//! One audit from the request to the report: check, queue, live events, cancel, vault, download.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Person, TestApp, loan_audit, loan_files, loans, problem};

/// One event of a stream.
#[derive(Debug, PartialEq)]
struct Event {
    kind: String,
    id: Option<i64>,
    data: Value,
}

/// Reads a stream of events until it ends, or until `enough`.
async fn events(
    app: &TestApp,
    job: &str,
    person: &Person,
    last: Option<i64>,
    enough: impl Fn(&Event) -> bool,
) -> Vec<Event> {
    let mut request = app.request(Method::GET, &format!("/api/v1/audit/full/{job}/events"), Some(person));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let mut answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let (mut text, mut events) = (String::new(), Vec::new());
    while let Some(chunk) = answer.chunk().await.unwrap() {
        text.push_str(std::str::from_utf8(&chunk).unwrap());
        while let Some(end) = text.find("\n\n") {
            let block: String = text.drain(..end + 2).collect();
            let field = |name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(|v| v.trim().to_owned());
            let Some(kind) = field("event:") else { continue };
            let id = field("id:").map(|id| id.parse().unwrap());
            events.push(Event { kind, id, data: serde_json::from_str(&field("data:").unwrap()).unwrap() });
            if enough(events.last().unwrap()) {
                return events;
            }
        }
    }
    events
}

async fn start(app: &TestApp, person: &Person, rows: usize) -> (String, String) {
    let (dataset, model) = loan_files(app, person, rows).await;
    let answer = app.post("/api/v1/audit/full", person, &loan_audit(&dataset, &model)).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let started: Value = answer.json().await.unwrap();
    assert_eq!(started["state"], "queued");
    (started["job_id"].as_str().unwrap().to_owned(), started["analysis_id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn an_audit_goes_from_the_request_to_the_report() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (job, analysis) = start(&app, &ana, 2000).await;
    let seen = events(&app, &job, &ana, None, |_| false).await;
    assert_eq!(seen.last().unwrap().kind, "done");
    let status: Vec<&Event> = seen.iter().filter(|e| e.kind == "status").collect();
    assert!(status.windows(2).all(|w| w[0].id.unwrap() + 1 == w[1].id.unwrap()), "ids rise by one");
    let progress: Vec<f64> = status.iter().map(|e| e.data["progress"].as_f64().unwrap()).collect();
    assert!(progress.windows(2).all(|w| w[0] <= w[1]), "{progress:?}");
    let last = &status.last().unwrap().data;
    assert_eq!((&last["state"], &last["progress"], &last["attempt"]), (&json!("done"), &json!(1.0), &json!(1)));
    assert!(
        last["stages"].as_array().unwrap().iter().all(|s| s["state"] == "done" || s["state"] == "not-run"),
        "{last}"
    );
    assert_eq!(&app.get(&format!("/api/v1/audit/full/{job}"), &ana).await.json::<Value>().await.unwrap(), last);

    let detail: Value = app.get(&format!("/api/v1/audit/analyses/{analysis}"), &ana).await.json().await.unwrap();
    assert_eq!(
        (&detail["state"], &detail["name"], &detail["partial"]),
        (&json!("done"), &json!("Loans of the test"), &Value::Null)
    );
    assert_eq!(detail["verdict"], detail["result"]["verdict"]);
    assert_eq!(detail["counts"], last["findings"]);
    let found = |outcome: &str| {
        let findings = detail["result"]["findings"].as_array().unwrap();
        findings.iter().filter(|f| f["outcome"] == outcome).count()
    };
    assert_eq!(detail["counts"]["issue"], found("issue"));
    assert_eq!(detail["counts"]["pass"], found("pass"));
    assert_eq!(detail["result"]["manifest"]["data"]["name"], "loans.csv");

    let report = app.get(&format!("/api/v1/report/analysis/{analysis}/download?format=txt&lang=es"), &ana).await;
    assert_eq!(report.headers()["content-disposition"], "attachment; filename=\"fine-loans-of-the-test.txt\"");
    assert!(report.text().await.unwrap().contains("Loans of the test"));
    let json_report = app.get(&format!("/api/v1/report/analysis/{analysis}/download?format=json"), &ana).await;
    assert_eq!(json_report.json::<Value>().await.unwrap(), detail["result"]);
    let odd = app.get(&format!("/api/v1/report/analysis/{analysis}/download?format=exe"), &ana).await;
    problem(odd, 422, "invalid-request").await;

    assert_eq!(app.delete(&format!("/api/v1/audit/analyses/{analysis}"), &ana).await.status(), StatusCode::NO_CONTENT);
    problem(app.get(&format!("/api/v1/audit/analyses/{analysis}"), &ana).await, 404, "not-found").await;
    problem(app.get(&format!("/api/v1/audit/full/{job}"), &ana).await, 404, "not-found").await;
    assert!(!app.kept_files().iter().any(|f| f.starts_with("results/")));
}

#[tokio::test]
async fn a_broken_stream_resumes_after_the_last_event() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (job, _) = start(&app, &ana, 5000).await;
    let first = events(&app, &job, &ana, None, |e| e.data["state"] == "running").await;
    let cut = first.last().unwrap().id.unwrap();
    let rest = events(&app, &job, &ana, Some(cut), |_| false).await;
    assert_eq!(rest[0].id, Some(cut + 1), "nothing lost, nothing twice");
    assert_eq!(rest.last().unwrap().kind, "done");
    let all = events(&app, &job, &ana, Some(0), |_| false).await;
    let ids: Vec<i64> = all.iter().filter_map(|e| e.id).collect();
    assert_eq!(ids, (1..=ids.len() as i64).collect::<Vec<_>>());
    // At the end there is only the end.
    let end = events(&app, &job, &ana, ids.last().copied(), |_| false).await;
    assert_eq!(end.len(), 1);
    assert_eq!(end[0].kind, "done");
}

#[tokio::test]
async fn a_running_audit_shows_what_it_has_and_stops_within_a_second() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (job, analysis) = start(&app, &ana, 200_000).await;
    app.until(&job, &ana, |s| s["stages"].as_array().unwrap().iter().any(|t| t["state"] == "done")).await;
    let detail: Value = app.get(&format!("/api/v1/audit/analyses/{analysis}"), &ana).await.json().await.unwrap();
    assert_eq!((&detail["state"], &detail["result"]), (&json!("running"), &Value::Null));
    assert!(!detail["partial"]["stages"].as_array().unwrap().is_empty());
    let early = app.get(&format!("/api/v1/report/analysis/{analysis}/download"), &ana).await;
    problem(early, 409, "not-finished").await;

    let asked = std::time::Instant::now();
    assert_eq!(app.delete(&format!("/api/v1/audit/full/{job}"), &ana).await.status(), StatusCode::ACCEPTED);
    let snapshot = app.until(&job, &ana, |s| s["state"] == "cancelled").await;
    assert!(asked.elapsed().as_secs_f64() < 4.0, "{:?}", asked.elapsed());
    assert!(snapshot["finished_at"].is_string() && snapshot["step"].is_null());
    // Again is fine and changes nothing.
    assert_eq!(app.delete(&format!("/api/v1/audit/full/{job}"), &ana).await.status(), StatusCode::ACCEPTED);
    let list: Value = app.get("/api/v1/audit/analyses?state=cancelled", &ana).await.json().await.unwrap();
    assert_eq!(list["items"][0]["id"], analysis.as_str());
}

#[tokio::test]
async fn requests_that_cannot_run_are_refused_field_by_field() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (dataset, model) = loan_files(&app, &ana, 200).await;
    let other = app.kept("datasets", &ana, "other.csv", b"age,income,approved\n1,2,0\n3,4,1\n".to_vec()).await;
    let one_class: String = String::from_utf8(loans(60))
        .unwrap()
        .lines()
        .filter(|l| l.ends_with("approved") || l.ends_with(",1"))
        .map(|l| format!("{l}\n"))
        .collect();
    let one_class = app.kept("datasets", &ana, "one.csv", one_class.into_bytes()).await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = loan_audit(&dataset, &model);
        change(&mut body);
        body
    };
    let cases = [
        (with(&|b| b["roles"]["target"] = json!("nope")), "/roles/target", "target-missing"),
        (with(&|b| b["roles"]["protected"] = json!(["sex", "race"])), "/roles/protected/1", "column-missing"),
        (with(&|b| b["roles"]["positive"] = json!("maybe")), "/roles/positive", "positive-unknown"),
        (with(&|b| b["dataset_id"] = json!(other)), "/dataset_id", "feature-missing"),
        (with(&|b| b["dataset_id"] = json!(one_class)), "/roles/target", "one-class-target"),
        (with(&|b| b["stages"] = json!(["data", "astrology"])), "/stages", "unknown-stage"),
        (with(&|b| b["policy"] = json!("limits = 3")), "/policy", "bad-policy"),
        (with(&|b| b["name"] = json!("x".repeat(300))), "/name", "bad-name"),
    ];
    for (body, pointer, code) in cases {
        let mut body = body;
        if pointer == "/dataset_id" {
            body["roles"]["protected"] = json!([]);
        }
        let refused = problem(app.post("/api/v1/audit/full", &ana, &body).await, 422, "invalid-request").await;
        let errors = refused["errors"].as_array().unwrap();
        assert!(errors.iter().any(|e| e["pointer"] == pointer && e["code"] == code), "{code}: {refused}");
        let check: Value = app.post("/api/v1/audit/check", &ana, &body).await.json().await.unwrap();
        assert_eq!(check["ok"], false);
        assert!(check["problems"].as_array().unwrap().iter().any(|e| e["code"] == code), "{code}: {check}");
    }
    let list: Value = app.get("/api/v1/audit/analyses", &ana).await.json().await.unwrap();
    assert_eq!(list["items"], json!([]));
}

#[tokio::test]
async fn the_check_says_what_would_happen() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (dataset, model) = loan_files(&app, &ana, 500).await;
    let mut body = loan_audit(&dataset, &model);
    body["roles"]["protected"] = json!([]);
    let check: Value = app.post("/api/v1/audit/check", &ana, &body).await.json().await.unwrap();
    assert_eq!(
        (&check["ok"], &check["task"], &check["positive"], &check["rows"]),
        (&json!(true), &json!("binary"), &json!("1"), &json!(500))
    );
    let stages = check["stages"].as_array().unwrap();
    let fairness = stages.iter().find(|s| s["id"] == "fairness").unwrap();
    assert_eq!((&fairness["applies"], &fairness["reason"]), (&json!(false), &json!("no-protected-attribute")));
    assert!(stages.iter().filter(|s| s["applies"] == true).count() >= 6, "{check}");
}

#[tokio::test]
async fn small_inputs_are_answered_at_once_stage_by_stage() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (dataset, model) = loan_files(&app, &ana, 400).await;
    let body = loan_audit(&dataset, &model);
    for (path, ids) in [
        ("run", vec!["data", "performance", "calibration"]),
        ("xai", vec!["explain"]),
        ("sensitivity", vec!["sensitivity"]),
        ("robustness", vec!["robustness"]),
        ("fairness", vec!["fairness"]),
    ] {
        let answer: Value = app.post(&format!("/api/v1/audit/{path}"), &ana, &body).await.json().await.unwrap();
        let got: Vec<&str> = answer["stages"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
        assert_eq!(got, ids);
        assert!(answer["stages"].as_array().unwrap().iter().all(|s| s["status"]["state"] == "done"), "{path}");
        assert!(answer["findings"].as_array().unwrap().iter().all(|f| ids.contains(&f["stage"].as_str().unwrap())));
    }
    let all: Value = app.post("/api/v1/audit/diagnose", &ana, &body).await.json().await.unwrap();
    assert!(!all["diagnosis"]["summary"].as_array().unwrap().is_empty());
    let large = app.kept("datasets", &ana, "large.csv", loans(20_001)).await;
    let body = loan_audit(&large, &model);
    problem(app.post("/api/v1/audit/run", &ana, &body).await, 422, "too-large-for-synchronous").await;
}

#[tokio::test]
async fn the_vault_is_searched_and_paged() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (dataset, model) = loan_files(&app, &ana, 100).await;
    for name in ["Spring 100%", "Summer", "Autumn"] {
        let mut body = loan_audit(&dataset, &model);
        body["name"] = json!(name);
        body["stages"] = json!(["data"]);
        let started: Value = app.post("/api/v1/audit/full", &ana, &body).await.json().await.unwrap();
        app.until(started["job_id"].as_str().unwrap(), &ana, |s| s["state"] == "done").await;
    }
    let names = async |query: &str| -> Vec<String> {
        let list: Value = app.get(&format!("/api/v1/audit/analyses?{query}"), &ana).await.json().await.unwrap();
        list["items"].as_array().unwrap().iter().map(|a| a["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("").await, ["Autumn", "Summer", "Spring 100%"]);
    assert_eq!(names("q=SUM").await, ["Summer"]);
    assert_eq!(names("q=0%25").await, ["Spring 100%"]);
    assert_eq!(names("q=loan.json&state=done&limit=2").await, ["Autumn", "Summer"]);
    assert!(names("q=winter").await.is_empty() && names("state=failed").await.is_empty());
}

#[tokio::test]
async fn a_prepared_audit_waits_for_its_owner_until_it_is_started() {
    let demo = tempfile::tempdir().unwrap();
    std::fs::write(demo.path().join("loans.csv"), loans(400)).unwrap();
    std::fs::write(demo.path().join("loan.json"), crate::app::loan_model()).unwrap();
    let description = "[[audit]]\nname = \"Loans\"\ndataset = \"loans.csv\"\nmodel = \"loan.json\"\nrun = false\n\
                       [audit.roles]\ntarget = \"approved\"\npositive = \"1\"\nprotected = [\"sex\"]\n";
    std::fs::write(demo.path().join("demo.toml"), description).unwrap();
    let app = TestApp::with(|config| config.demo = Some(demo.path().to_owned())).await;
    let stranger = app.sign_up("eve@example.org").await;
    let config: Value = app.client.get(app.url("/api/v1/config")).send().await.unwrap().json().await.unwrap();
    let account = json!({"email": config["demo_account"]["email"], "password": config["demo_account"]["password"]});
    let session: Value = app.auth("/token?grant_type=password", &account).await.json().await.unwrap();
    let owner = crate::app::person(&session);
    let prepared =
        async |person: &Person| -> Vec<Value> { app.get("/api/v1/audit/prepared", person).await.json().await.unwrap() };

    assert!(prepared(&stranger).await.is_empty());
    let waiting = prepared(&owner).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!((&waiting[0]["dataset"], &waiting[0]["rows"]), (&json!("loans.csv"), &json!(400)));

    let answer = app.post("/api/v1/audit/full", &owner, &waiting[0]["request"]).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let started: Value = answer.json().await.unwrap();
    app.until(started["job_id"].as_str().unwrap(), &owner, |s| s["state"] == "done").await;
    assert!(prepared(&owner).await.is_empty());
}

#[tokio::test]
async fn stored_predictions_are_audited_without_a_model_and_prove_one() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (dataset, model) = loan_files(&app, &ana, 400).await;
    // What the model answers becomes columns of the table.
    let scored: String =
        String::from_utf8(loans(400)).unwrap().lines().enumerate().fold(String::new(), |mut text, (i, line)| {
            let score = if i == 0 { "p_1".to_owned() } else { format!("{}", (i * 7 % 101) as f64 / 101.0) };
            text += &format!("{line},{score}\n");
            text
        });
    let scored = app.kept("datasets", &ana, "scored.csv", scored.into_bytes()).await;
    let mut body = loan_audit(&scored, &model);
    body.as_object_mut().unwrap().remove("model_id");
    let started: Value = app.post("/api/v1/audit/full", &ana, &body).await.json().await.unwrap();
    let done = app.until(started["job_id"].as_str().unwrap(), &ana, |s| s["state"] == "done").await;
    let path = format!("/api/v1/audit/analyses/{}", done["analysis_id"].as_str().unwrap());
    let analysis: Value = app.get(&path, &ana).await.json().await.unwrap();
    assert_eq!((&analysis["model"], &analysis["task"]), (&Value::Null, &json!("binary")));
    let result = &analysis["result"];
    assert_eq!(result["manifest"]["roles"]["prediction"], json!({"probabilities": {"1": "p_1"}}));
    let reason = |id: &str| {
        let stages = result["stages"].as_array().unwrap();
        stages.iter().find(|s| s["id"] == id).unwrap()["status"]["reason"].clone()
    };
    assert_eq!(reason("explain"), json!("predictions-only"));
    assert_eq!(reason("performance"), Value::Null);
    let path = format!("/api/v1/report/analysis/{}/download", done["analysis_id"].as_str().unwrap());
    let report = app.get(&path, &ana).await.text().await.unwrap();
    assert!(report.contains("Stored predictions of approved were audited on 400 rows"), "{report}");

    // Beside the model they are no proof of it, and the audit says so before it measures anything.
    body["model_id"] = json!(model);
    body["roles"]["prediction"] = json!({"probabilities": {"1": "p_1"}});
    let refused = problem(app.post("/api/v1/audit/full", &ana, &body).await, 422, "invalid-request").await;
    assert_eq!(refused["errors"][0]["code"], "predictions-differ", "{refused}");
    // Neither of both is nothing to audit.
    body.as_object_mut().unwrap().remove("model_id");
    body["dataset_id"] = json!(dataset);
    body["roles"].as_object_mut().unwrap().remove("prediction");
    let refused = problem(app.post("/api/v1/audit/full", &ana, &body).await, 422, "invalid-request").await;
    assert_eq!(refused["errors"][0]["code"], "nothing-to-audit", "{refused}");
}
