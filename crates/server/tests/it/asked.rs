//! Questions about finished audits: a comparison of two, single rows, cohorts; and `fine compare`.

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::app::{Person, TestApp, audited, loan_audit, loan_files, loan_model, loans, problem};

fn strict_model() -> Vec<u8> {
    include_bytes!("../data/loan_strict.pkl").to_vec()
}

async fn result(app: &TestApp, person: &Person, analysis: &str) -> Value {
    let detail: Value = app.get(&format!("/api/v1/audit/analyses/{analysis}"), person).await.json().await.unwrap();
    detail["result"].clone()
}

#[tokio::test]
async fn two_audits_of_the_same_rows_are_compared() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (dataset, model) = loan_files(&app, &ana, 600).await;
    let strict = app.kept("models", &ana, "strict.pkl", strict_model()).await;
    let (old, new) = (loan_audit(&dataset, &strict), loan_audit(&dataset, &model));
    let (old, new) = (audited(&app, &ana, &old).await, audited(&app, &ana, &new).await);
    let compare =
        async |old: &str, new: &str| app.post("/api/v1/audit/compare", &ana, &json!({"old": old, "new": new})).await;
    let answer = compare(&old, &new).await;
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!((&answer["old"]["id"], &answer["new"]["id"]), (&json!(old), &json!(new)));
    assert_eq!(answer["old"]["model"]["filename"], "strict.pkl");
    let comparison = &answer["comparison"];
    assert_eq!((&comparison["schema"], &comparison["rows"]), (&json!("fine-compare/1"), &json!(600)));
    // The metrics of both are those of their audits.
    let (before, after) = (result(&app, &ana, &old).await, result(&app, &ana, &new).await);
    let accuracy = |result: &Value| {
        let stage = result["stages"].as_array().unwrap().iter().find(|s| s["id"] == "performance").unwrap().clone();
        let metrics = stage["report"]["metrics"].as_array().unwrap().clone();
        metrics.into_iter().find(|m| m["id"] == "accuracy").unwrap()["estimate"]["value"].clone()
    };
    let metric = |comparison: &Value| {
        comparison["metrics"].as_array().unwrap().iter().find(|m| m["id"] == "accuracy").unwrap().clone()
    };
    let own = metric(comparison);
    assert_eq!((&own["old"], &own["new"]), (&accuracy(&before), &accuracy(&after)));
    assert_eq!(comparison["old"]["verdict"], before["verdict"]);
    assert!(!comparison["importances"].as_array().unwrap().is_empty());
    let hits = &comparison["hits"];
    let all: u64 = ["both", "only_old", "only_new", "neither"].iter().map(|k| hits[k].as_u64().unwrap()).sum();
    assert_eq!(all, 600);
    // The other way round everything has the other sign.
    let back: Value = compare(&new, &old).await.json().await.unwrap();
    let back = metric(&back["comparison"]);
    let value = |m: &Value| m["difference"]["value"].as_f64().unwrap();
    assert!((value(&own) + value(&back)).abs() < 1e-12);
    // And an audit does not differ from itself.
    let same: Value = compare(&new, &new).await.json().await.unwrap();
    assert_eq!((&same["comparison"]["findings"], value(&metric(&same["comparison"]))), (&json!([]), 0.0));
}

#[tokio::test]
async fn audits_that_have_nothing_to_do_with_each_other_are_not_compared() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (dataset, model) = loan_files(&app, &ana, 200).await;
    let quick = |mut body: Value| {
        body["stages"] = json!(["performance"]);
        body
    };
    let first = audited(&app, &ana, &quick(loan_audit(&dataset, &model))).await;
    let refused = async |new: &str, status: u16, slug: &str| {
        let answer = app.post("/api/v1/audit/compare", &ana, &json!({"old": first, "new": new})).await;
        problem(answer, status, slug).await
    };
    let other = app.kept("datasets", &ana, "other.csv", loans(201)).await;
    let other = audited(&app, &ana, &quick(loan_audit(&other, &model))).await;
    let body = refused(&other, 422, "compare-table").await;
    assert_eq!(body["args"], json!({"old": "loans.csv", "new": "other.csv"}));
    let debt = app.kept("models", &ana, "debt.json", include_bytes!("../data/debt.json").to_vec()).await;
    let mut body = quick(loan_audit(&dataset, &debt));
    body["roles"] = json!({"target": "debt"});
    let debt = audited(&app, &ana, &body).await;
    let body = refused(&debt, 422, "compare-target").await;
    assert_eq!(body["args"], json!({"old": "approved", "new": "debt"}));
    let mut body = quick(loan_audit(&dataset, &model));
    body["roles"]["weight"] = json!("income");
    let weighted = audited(&app, &ana, &body).await;
    refused(&weighted, 422, "compare-weights").await;
    let mut body = quick(loan_audit(&dataset, &model));
    body["roles"]["positive"] = json!("0");
    let negative = audited(&app, &ana, &body).await;
    let body = refused(&negative, 422, "compare-positive").await;
    assert_eq!(body["args"], json!({"old": "1", "new": "0"}));

    // One that has not ended with a result.
    let large = app.kept("datasets", &ana, "large.csv", loans(100_000)).await;
    let started: Value = app.post("/api/v1/audit/full", &ana, &loan_audit(&large, &model)).await.json().await.unwrap();
    let early = started["analysis_id"].as_str().unwrap();
    refused(early, 409, "not-finished").await;
    let job = started["job_id"].as_str().unwrap();
    app.delete(&format!("/api/v1/audit/full/{job}"), &ana).await;
    app.until(job, &ana, |s| s["state"] == "cancelled").await;
    refused(early, 409, "not-finished").await;
    refused("nothing", 404, "not-found").await;
    let odd = app.post("/api/v1/audit/compare", &ana, &json!({"old": first})).await;
    problem(odd, 422, "invalid-request").await;

    // One whose file is gone.
    let strict = app.kept("models", &ana, "strict.pkl", strict_model()).await;
    let gone = audited(&app, &ana, &quick(loan_audit(&dataset, &strict))).await;
    assert_eq!(app.delete(&format!("/api/v1/models/{strict}"), &ana).await.status(), 204);
    let body = refused(&gone, 409, "file-deleted").await;
    assert_eq!(body["args"]["file"], "strict.pkl");
}

#[tokio::test]
async fn rows_are_explained_and_changed() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let dataset = app.kept("datasets", &ana, "loans.csv", loans(300)).await;
    let model = app.kept("models", &ana, "strict.pkl", strict_model()).await;
    let analysis = audited(&app, &ana, &loan_audit(&dataset, &model)).await;
    let ask = async |what: &str, body: Value| {
        app.post(&format!("/api/v1/audit/analyses/{analysis}/{what}"), &ana, &body).await
    };
    // As the audit explained it.
    let audit = result(&app, &ana, &analysis).await;
    let stage = audit["stages"].as_array().unwrap().iter().find(|s| s["id"] == "explain").unwrap();
    let shown = &stage["report"]["rows"][0];
    let row = shown["row"].as_u64().unwrap();
    let own: Value = ask("explain", json!({"row": row})).await.json().await.unwrap();
    let close = |a: &Value, b: &Value| {
        let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    };
    close(&own["explanation"]["output"], &shown["prediction"]);
    let first = &own["explanation"]["contributions"][0];
    assert_eq!(first["feature"], shown["contributions"][0][0]);
    close(&first["shap"], &shown["contributions"][0][2]);
    assert_eq!((&own["rows"], &own["truth"]), (&json!(300), &shown["truth"]));
    let columns: Vec<&str> =
        own["cells"].as_array().unwrap().iter().map(|cell| cell["column"].as_str().unwrap()).collect();
    assert_eq!(columns, ["age", "income", "debt", "sex", "approved"]);

    // Much income approves, whatever it was.
    let body = json!({"row": row, "changes": {"income": 1000, "sex": "female"}, "feature": "income"});
    let rich: Value = ask("what-if", body).await.json().await.unwrap();
    assert_eq!((&rich["new"]["answer"]["label"], &rich["changes"][1]["column"]), (&json!("1"), &json!("sex")));
    assert_eq!(rich["old"]["explanation"], own["explanation"]);
    let scores: Vec<f64> =
        rich["curve"]["points"].as_array().unwrap().iter().map(|p| p["score"].as_f64().unwrap()).collect();
    assert!(scores.len() == 20 && scores.windows(2).all(|w| w[0] <= w[1]), "{scores:?}");

    let refused = async |what: &str, body: Value, pointer: &str, code: &str| {
        let body = problem(ask(what, body).await, 422, "invalid-request").await;
        assert_eq!(
            (&body["errors"][0]["pointer"], &body["errors"][0]["code"]),
            (&json!(pointer), &json!(code)),
            "{body}"
        );
        body["errors"][0].clone()
    };
    let error = refused("explain", json!({"row": 300}), "/row", "no-such-row").await;
    assert_eq!(error["args"], json!({"row": 301, "rows": 300}));
    let changed = |changes: Value| json!({"row": 0, "changes": changes});
    refused("what-if", changed(json!({"income": "much"})), "/changes/income", "wrong-cell").await;
    refused("what-if", changed(json!({"wealth": 3})), "/changes/wealth", "no-such-input").await;
    let error = refused("what-if", changed(json!({"sex": "diverse"})), "/changes", "unknown-category").await;
    assert_eq!((&error["stable_code"], &error["args"]["row"]), (&json!("E-UNKNOWNCAT"), &json!(1)));
    let odd = ask("explain", json!({"row": -1})).await;
    problem(odd, 422, "invalid-request").await;
}

#[tokio::test]
async fn what_would_change_a_decision_is_found() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (dataset, model) = loan_files(&app, &ana, 300).await;
    let mut body = loan_audit(&dataset, &model);
    body["stages"] = json!(["performance", "explain"]);
    body["params"] = json!({"explain": {"counterfactuals": {"immutable": ["age"]}}});
    let analysis = audited(&app, &ana, &body).await;
    let path = format!("/api/v1/audit/analyses/{analysis}/counterfactuals");
    let ask = async |body: Value| app.post(&path, &ana, &body).await;
    let what_if = async |changes: Value| -> Value {
        let body = json!({"row": 2, "changes": changes});
        app.post(&format!("/api/v1/audit/analyses/{analysis}/what-if"), &ana, &body).await.json().await.unwrap()
    };
    let got: Value = ask(json!({"row": 2})).await.json().await.unwrap();
    let stayed: Vec<_> = got["stayed"].as_array().unwrap().iter().map(|s| (&s["column"], &s["reason"])).collect();
    assert!(stayed.contains(&(&json!("age"), &json!("declared"))), "{got}");
    assert!(stayed.iter().all(|(_, why)| ["declared", "protected"].contains(&why.as_str().unwrap())), "{got}");
    let found = got["found"].as_array().unwrap();
    assert!(!found.is_empty(), "{got}");
    for one in found {
        let changes: serde_json::Map<String, Value> = one["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| {
                (c["column"].as_str().unwrap().to_owned(), json!(c["new"].as_str().unwrap().parse::<f64>().unwrap()))
            })
            .collect();
        assert!(!changes.contains_key("age") && !changes.contains_key("sex"));
        let then = what_if(Value::Object(changes)).await;
        assert_eq!(then["new"]["answer"], one["answer"]);
        assert_ne!(then["new"]["answer"]["label"], got["start"]["label"]);
    }
    // The same question has the same answer; a narrow one has none and says what was tried.
    let again: Value = ask(json!({"row": 2})).await.json().await.unwrap();
    assert_eq!(again, got);
    let wanted = json!({"row": 2, "may_change": ["age"], "count": 1, "max_changes": 1});
    let narrow: Value = ask(wanted).await.json().await.unwrap();
    assert_eq!(narrow["free"], json!([{"column": "age", "only": null}]));
    assert!(
        narrow["tried"]["singles"].as_u64().unwrap() > 100 && narrow["tried"]["exhaustive"] == json!(true),
        "{narrow}"
    );
    let class = got["start"]["label"].clone();
    let there: Value = ask(json!({"row": 2, "wanted": {"class": class}})).await.json().await.unwrap();
    assert_eq!((&there["reason"], &there["found"]), (&json!("already-there"), &json!([])));

    let refused = async |body: Value, pointer: &str, code: &str| {
        let body = problem(ask(body).await, 422, "invalid-request").await;
        assert_eq!(
            (&body["errors"][0]["pointer"], &body["errors"][0]["code"]),
            (&json!(pointer), &json!(code)),
            "{body}"
        );
    };
    refused(json!({"row": 300}), "/row", "no-such-row").await;
    refused(json!({"row": 0, "must_stay": ["income", "wealth"]}), "/must_stay/1", "no-such-input").await;
    refused(json!({"row": 0, "may_change": ["approved"]}), "/may_change/0", "no-such-input").await;
    refused(json!({"row": 0, "wanted": {"class": "7"}}), "/wanted/class", "no-such-class").await;
    refused(json!({"row": 0, "wanted": {"at_least": 7}}), "/wanted", "wrong-goal").await;
    refused(json!({"row": 0, "count": 11}), "/count", "beyond-limit").await;
    refused(json!({"row": 0, "max_distance": -1}), "/max_distance", "beyond-limit").await;
    refused(json!({"row": 0, "changes": {"income": "much"}}), "/changes/income", "wrong-cell").await;
    problem(ask(json!({"row": 0, "wish": 3})).await, 422, "invalid-request").await;
    let bo = app.sign_up("bo@example.org").await;
    problem(app.post(&path, &bo, &json!({"row": 2})).await, 404, "not-found").await;

    // The effect of a feature, on the way of an explanation.
    let explain = format!("/api/v1/audit/analyses/{analysis}/explain");
    let asked: Value = app.post(&explain, &ana, &json!({"row": 2, "feature": "income"})).await.json().await.unwrap();
    let effect = &asked["effect"];
    let points = effect["row"]["points"].as_array().unwrap().len();
    assert_eq!((effect["mean"].as_array().unwrap().len(), &effect["rows"]), (points, &json!(300)));
    assert!(effect["ale"]["points"].as_array().unwrap().len() > 3 && points > 3, "{effect}");
    let odd = app.post(&explain, &ana, &json!({"row": 2, "feature": "wealth"})).await;
    assert_eq!(problem(odd, 422, "invalid-request").await["errors"][0]["pointer"], "/feature");
}

#[tokio::test]
async fn numbers_and_several_classes_change_as_wanted() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let dataset = app.kept("datasets", &ana, "loans.csv", loans(200)).await;
    let model = app.kept("models", &ana, "debt.json", include_bytes!("../data/debt.json").to_vec()).await;
    let mut body = loan_audit(&dataset, &model);
    body["stages"] = json!(["performance"]);
    body["roles"] = json!({"target": "debt"});
    let analysis = audited(&app, &ana, &body).await;
    let ask = async |analysis: &str, body: Value| {
        app.post(&format!("/api/v1/audit/analyses/{analysis}/counterfactuals"), &ana, &body).await
    };
    let body = problem(ask(&analysis, json!({"row": 0})).await, 422, "invalid-request").await;
    assert_eq!(
        (&body["errors"][0]["code"], &body["errors"][0]["args"]),
        (&json!("wrong-goal"), &json!({"task": "regression"}))
    );
    let start: Value = ask(&analysis, json!({"row": 0, "wanted": {"at_least": 1e9}})).await.json().await.unwrap();
    assert_eq!(start["reason"], "nothing-found");
    let now = start["start"]["scores"][0]["value"].as_f64().unwrap();
    let wanted = json!({"row": 0, "wanted": {"at_least": now + 0.5, "at_most": now + 20.0}});
    let got: Value = ask(&analysis, wanted).await.json().await.unwrap();
    for found in got["found"].as_array().unwrap() {
        let value = found["answer"]["scores"][0]["value"].as_f64().unwrap();
        assert!(value >= now + 0.5 && value <= now + 20.0, "{got}");
    }
    assert!(got["found"].as_array().is_some_and(|all| !all.is_empty()), "{got}");

    let rows = include_str!("../../../../golden/model-sklearn-logistic-three/data.csv").lines().enumerate();
    let table = rows.map(|(i, line)| if i == 0 { format!("{line},y\n") } else { format!("{line},{}\n", i % 3) });
    let dataset = app.kept("datasets", &ana, "three.csv", table.collect::<String>().into_bytes()).await;
    let model = include_bytes!("../../../../golden/model-sklearn-logistic-three/model.pkl").to_vec();
    let model = app.kept("models", &ana, "three.pkl", model).await;
    let mut body = loan_audit(&dataset, &model);
    body["stages"] = json!(["performance"]);
    body["roles"] = json!({"target": "y"});
    let analysis = audited(&app, &ana, &body).await;
    let first: Value = ask(&analysis, json!({"row": 0})).await.json().await.unwrap();
    assert_eq!(first["start"]["scores"].as_array().unwrap().len(), 3, "{first}");
    for class in first["start"]["scores"].as_array().unwrap().iter().map(|s| s["class"].clone()) {
        let got: Value = ask(&analysis, json!({"row": 0, "wanted": {"class": class}})).await.json().await.unwrap();
        let labels: Vec<&Value> = got["found"].as_array().unwrap().iter().map(|f| &f["answer"]["label"]).collect();
        assert!(labels.iter().all(|label| **label == class), "{got}");
        assert_eq!(labels.is_empty(), class == first["start"]["label"], "{got}");
    }
}

#[tokio::test]
async fn cohorts_are_measured_beside_the_rest() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let (dataset, model) = loan_files(&app, &ana, 400).await;
    let analysis = audited(&app, &ana, &loan_audit(&dataset, &model)).await;
    let ask = async |filter: &str| {
        app.post(&format!("/api/v1/audit/analyses/{analysis}/cohort"), &ana, &json!({"filter": filter})).await
    };
    let cohort: Value = ask("sex = female AND not (age < 40 or income is missing)").await.json().await.unwrap();
    assert_eq!(cohort["filter"], "sex = female and not (age < 40 or income is missing)");
    let text = String::from_utf8(loans(400)).unwrap();
    let inside = text.lines().skip(1).filter(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        cells[3] == "female" && cells[0].parse::<f64>().unwrap() >= 40.0
    });
    let n = inside.count();
    assert_eq!((&cohort["inside"]["n"], &cohort["outside"]["n"]), (&json!(n), &json!(400 - n)));
    assert_eq!(cohort["share"], n as f64 / 400.0);
    let metrics = cohort["inside"]["metrics"].as_array().unwrap();
    assert!(metrics.iter().any(|m| m["id"] == "roc_auc" && m["estimate"]["low"].is_f64()), "{cohort}");
    let body = problem(ask("age > 30 und sex = female").await, 422, "invalid-request").await;
    let error = &body["errors"][0];
    assert_eq!((&error["pointer"], &error["code"]), (&json!("/filter"), &json!("filter-no-end")));
    assert_eq!(error["args"], json!({"at": 10}));
    let body = problem(ask("sex = diverse").await, 422, "invalid-request").await;
    assert_eq!(body["errors"][0]["args"]["available"], json!(["female", "male"]));
}

/// Without a model there are cohorts, and no explanations.
#[tokio::test]
async fn stored_predictions_have_cohorts_only() {
    let app = TestApp::start().await;
    let ana = app.sign_up("ana@example.org").await;
    let scored: String =
        String::from_utf8(loans(200)).unwrap().lines().enumerate().fold(String::new(), |text, (i, line)| {
            let score = if i == 0 { "p_1".to_owned() } else { format!("{}", (i * 7 % 101) as f64 / 101.0) };
            format!("{text}{line},{score}\n")
        });
    let scored = app.kept("datasets", &ana, "scored.csv", scored.into_bytes()).await;
    let mut body = loan_audit(&scored, "");
    body.as_object_mut().unwrap().remove("model_id");
    let analysis = audited(&app, &ana, &body).await;
    let path = |what: &str| format!("/api/v1/audit/analyses/{analysis}/{what}");
    let refused = problem(app.post(&path("explain"), &ana, &json!({"row": 0})).await, 422, "invalid-request").await;
    assert_eq!(refused["errors"][0]["code"], "no-model");
    let refused = app.post(&path("counterfactuals"), &ana, &json!({"row": 0})).await;
    assert_eq!(problem(refused, 422, "invalid-request").await["errors"][0]["code"], "no-model");
    let cohort: Value = app.post(&path("cohort"), &ana, &json!({"filter": "sex = male"})).await.json().await.unwrap();
    assert!(cohort["inside"]["n"].as_u64() > Some(50), "{cohort}");
}

/// A folder with loans and two models.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [("loans.csv", loans(300)), ("new.json", loan_model()), ("old.pkl", strict_model())] {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        Self(folder)
    }

    fn fine(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_fine")).args(arguments).current_dir(self.0.path()).output().unwrap()
    }

    fn compare(&self, more: &[&str]) -> Output {
        let base = ["compare", "--data", "loans.csv", "--target", "approved", "--stages", "performance,explain"];
        let models = ["--model-old", "old.pkl", "--model-new", "new.json"];
        self.fine(&[&base[..], &models, more].concat())
    }
}

#[test]
fn the_command_line_compares_two_models() {
    let desk = Desk::new();
    let text = desk.compare(&[]);
    let shown = String::from_utf8_lossy(&text.stdout);
    assert!(matches!(text.status.code(), Some(0 | 1)), "{text:?}");
    for part in ["COMPARISON OF TWO MODELS", "old.pkl → new.json · loans.csv", "McNemar", "WHAT DRIVES THE PREDICTIONS"]
    {
        assert!(shown.contains(part), "no {part} in {shown}");
    }
    assert!(shown.lines().all(|line| line.chars().count() <= 92), "{shown}");
    let spanish = desk.compare(&["--lang", "es"]);
    assert!(String::from_utf8_lossy(&spanish.stdout).contains("COMPARACIÓN DE DOS MODELOS"));
    let json = desk.compare(&["--json", "--out", "both.json"]);
    assert_eq!((json.status.code(), json.stdout.len()), (text.status.code(), 0));
    let json: Value = serde_json::from_slice(&std::fs::read(desk.0.path().join("both.json")).unwrap()).unwrap();
    assert_eq!((&json["rows"], &json["old"]["model"]), (&json!(300), &json!("old.pkl")));
    let worse = json["metrics"].as_array().unwrap().iter().any(|m| m["change"] == "worse");
    assert!(!worse || text.status.code() == Some(1));
}

#[test]
fn results_of_earlier_audits_are_compared_as_they_are() {
    let desk = Desk::new();
    for (model, out) in [("old.pkl", "a"), ("new.json", "b")] {
        let audit = ["audit", "--data", "loans.csv", "--target", "approved", "--stages", "performance,explain"];
        let run = desk.fine(&[&audit[..], &["--model", model, "--out", out]].concat());
        assert!(run.status.code().is_some_and(|code| code != 2), "{run:?}");
    }
    let stored = desk.compare(&["--json", "--result-old", "a/result.json", "--result-new", "b/result.json"]);
    let fresh = desk.compare(&["--json"]);
    assert_eq!(String::from_utf8_lossy(&stored.stdout), String::from_utf8_lossy(&fresh.stdout));
    assert!(stored.stderr.is_empty(), "{stored:?}");
    // The result of another model is no result of this one.
    let swapped = desk.compare(&["--result-old", "b/result.json", "--result-new", "b/result.json"]);
    let error = String::from_utf8_lossy(&swapped.stderr).into_owned();
    assert_eq!(swapped.status.code(), Some(2));
    assert!(error.starts_with("error: failed to compare") && error.contains("Audit them again"), "{error}");
    let odd = desk.compare(&["--result-old", "loans.csv"]);
    assert!(String::from_utf8_lossy(&odd.stderr).contains("as a result of fine audit"), "{odd:?}");
}
