//! `fine inspect`: the scan of a file for people, as JSON, and as SARIF.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn inspect(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fine")).arg("inspect").args(arguments).current_dir(folder).output().unwrap()
}

fn document(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn golden(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden").join(name)).unwrap()
}

/// A good model, and before it a call whose result is thrown away.
fn hidden() -> Vec<u8> {
    let good = golden("model-sklearn-bundle/model.pkl");
    [b"\x80\x04cposix\nsystem\n(X\x04\x00\x00\x00truetR0".as_slice(), &good[2..]].concat()
}

/// The rules of SARIF 2.1.0 that viewers stumble over.
fn valid(sarif: &Value) {
    assert_eq!(sarif["version"], "2.1.0");
    assert!(sarif["$schema"].as_str().unwrap().ends_with("sarif-schema-2.1.0.json"));
    let runs = sarif["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    let driver = &runs[0]["tool"]["driver"];
    assert!(driver["name"] == "fine" && driver["version"].is_string() && driver["informationUri"].is_string());
    let rules = driver["rules"].as_array().unwrap();
    for (index, rule) in rules.iter().enumerate() {
        assert!(!rule["id"].as_str().unwrap().is_empty());
        assert!(rules[..index].iter().all(|other| other["id"] != rule["id"]), "ids are unique: {rule}");
        assert!(rule["shortDescription"]["text"].as_str().unwrap().ends_with('.'), "{rule}");
        assert!(["note", "warning", "error"].contains(&rule["defaultConfiguration"]["level"].as_str().unwrap()));
    }
    let artifacts = runs[0]["artifacts"].as_array().unwrap();
    for artifact in artifacts {
        let nested = artifact.get("parentIndex").and_then(Value::as_u64);
        assert!(artifact["location"]["uri"].is_string() || nested.is_some_and(|i| (i as usize) < artifacts.len()));
        assert!(artifact["hashes"]["sha-256"].as_str().is_none_or(|hash| hash.len() == 64));
    }
    for result in runs[0]["results"].as_array().unwrap() {
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(["note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let locations = result["locations"].as_array().unwrap();
        assert_eq!(locations.len(), 1);
        let physical = &locations[0]["physicalLocation"];
        let place = &physical["artifactLocation"];
        assert!((place["index"].as_u64().unwrap() as usize) < artifacts.len());
        if let Some(uri) = place.get("uri") {
            assert_eq!(*uri, artifacts[0]["location"]["uri"]);
            assert!(uri.as_str().unwrap().bytes().all(|byte| byte.is_ascii_graphic()), "{uri}");
        }
        if let Some(region) = physical.get("region") {
            assert!(region["byteOffset"].is_u64() && region["byteLength"] == 1, "{region}");
        }
    }
}

#[test]
fn a_dangerous_file_is_scanned_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mi modelo.pkl"), hidden()).unwrap();
    let output = inspect(folder.path(), &["mi modelo.pkl"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    for part in [
        "Calls of a normal load, in order",
        "dangerous  posix.system",
        "THIS FILE RUNS CODE WHEN PYTHON OPENS IT",
        "posix.system('true')",
        "SHA-256",
        "DecisionTreeClassifier(",
        "(E-DANGER)",
    ] {
        assert!(text.contains(part), "{part:?} is not in: {text}");
    }
    let json = document(&inspect(folder.path(), &["mi modelo.pkl", "--json"]));
    let calls = json["facts"]["calls"].as_array().unwrap();
    assert_eq!(calls[0], json!({"name": "posix.system", "kind": "dangerous", "offset": 27}));
    assert_eq!(json["facts"]["call_count"], calls.len());
    assert_eq!((&json["problem"]["code"], &json["problem"]["slug"]), (&json!("E-DANGER"), &json!("danger")));
    let output = inspect(folder.path(), &["mi modelo.pkl", "--sarif"]);
    assert_eq!(output.status.code(), Some(1));
    let sarif = document(&output);
    valid(&sarif);
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&json!("E-DANGER"), &json!("error")));
    assert!(result["message"]["text"].as_str().unwrap().contains("posix.system with ('true')"));
    let physical = &result["locations"][0]["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "mi%20modelo.pkl");
    assert_eq!(physical["region"]["byteOffset"], 27);
    assert_eq!(sarif["runs"][0]["artifacts"][0]["hashes"]["sha-256"], json["facts"]["sha256"]);
}

#[test]
fn a_clean_file_has_no_finding() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("model.pkl"), golden("model-sklearn-logistic-three/model.pkl")).unwrap();
    let output = inspect(folder.path(), &["model.pkl", "--sarif"]);
    assert_eq!(output.status.code(), Some(0));
    let sarif = document(&output);
    valid(&sarif);
    assert!(sarif["runs"][0]["results"].as_array().unwrap().iter().all(|result| result["level"] == "note"), "{sarif}");
}

#[test]
fn a_file_in_a_compression_is_located_in_its_content() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&hidden()).unwrap();
    std::fs::write(folder.path().join("model.pkl.gz"), gzip.finish().unwrap()).unwrap();
    let sarif = document(&inspect(folder.path(), &["model.pkl.gz", "--sarif"]));
    valid(&sarif);
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(*place, json!({"index": 1}));
    assert_eq!(sarif["runs"][0]["artifacts"][1]["parentIndex"], 0);
}

#[test]
fn a_file_that_is_no_model_is_a_result_too() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("cut.pkl"), b"\x80\x04C\x0aabc").unwrap();
    let output = inspect(folder.path(), &["cut.pkl", "--sarif"]);
    assert_eq!(output.status.code(), Some(2));
    let sarif = document(&output);
    valid(&sarif);
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&json!("E-TRUNCATED"), &json!("error")));
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["byteOffset"], 4);
    // People are told the same.
    let output = inspect(folder.path(), &["cut.pkl"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("(E-TRUNCATED)"), "{text}");
}

#[test]
fn a_file_whose_harmless_parts_look_dangerous_is_clean() {
    // Bound methods of scipy.stats, as RandomizedSearchCV keeps them.
    let folder = tempfile::tempdir().unwrap();
    let bytes = b"\x80\x02csklearn.linear_model._ridge\nRidge\n)\x81}X\x01\x00\x00\x00dc__builtin__\ngetattr\n\
                  cscipy.stats._continuous_distns\nnorm_gen\n)\x81X\x04\x00\x00\x00_ppf\x86Rsb.";
    std::fs::write(folder.path().join("search.pkl"), bytes).unwrap();
    let output = inspect(folder.path(), &["search.pkl", "--sarif"]);
    assert_eq!(output.status.code(), Some(2));
    let sarif = document(&output);
    valid(&sarif);
    let rules: Vec<&Value> = sarif["runs"][0]["results"].as_array().unwrap().iter().map(|r| &r["ruleId"]).collect();
    assert_eq!(rules, [&json!("E-NOTFITTED")]);
}
