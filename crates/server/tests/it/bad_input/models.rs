//! Model files that are listed and not run.

use serde_json::{Value, json};

use super::{Desk, World, says};
use crate::app::loan_audit;

fn strict_model() -> Vec<u8> {
    include_bytes!("../../data/loan_strict.pkl").to_vec()
}

/// Pickles that write the file `run` when Python loads them.
fn traps() -> [(&'static str, Vec<u8>, &'static str); 3] {
    let before = b"cos\nsystem\n(S'echo > run'\ntR0".to_vec();
    let nested = b"(dVmodel\n(lp0\ncbuiltins\neval\n(V__import__('os').system('echo > run')\ntRas.".to_vec();
    [
        ("plain.pkl", b"cos\nsystem\n(S'echo > run'\ntR.".to_vec(), "os.system"),
        // The result of the call is thrown away, and an honest model follows.
        ("hidden.pkl", [before, strict_model()].concat(), "os.system"),
        ("nested.pkl", nested, "builtins.eval"),
    ]
}

#[tokio::test]
async fn a_pickle_that_would_run_code() {
    let mut world = World::new().await;
    for (name, bytes, call) in traps() {
        let desk = Desk::with(&[(name, &bytes)]);
        let refusal = [name, call, "echo > run", "nothing was run", "do not load it with Python"];
        desk.refused(&desk.audit("loans.csv", name, "approved"), &refusal);
        desk.refused(&desk.predict("loans.csv", name), &refusal);
        // Listing it is what `inspect` is for, and it warns by an exit code of its own.
        let listed = desk.fine(&["inspect", name]);
        let text = String::from_utf8_lossy(&listed.stdout);
        assert_eq!(listed.status.code(), Some(1), "{text}");
        says(&text, &["THIS FILE RUNS CODE", "Fine did not run it", "byte ", call, "echo > run"]);
        assert!(!desk.path().join("run").exists(), "{name} was run");

        let kept = world.kept("models", name, bytes).await;
        assert_eq!((&kept["runnable"], &kept["task"]), (&json!(false), &Value::Null));
        let danger = &kept["facts"]["dangers"][0];
        assert_eq!(danger["name"], call);
        assert!(danger["offset"].is_u64() && danger["arguments"].as_str().unwrap().contains("echo > run"), "{danger}");
        let imports = kept["facts"]["imports"].as_array().unwrap();
        assert!(imports.iter().any(|i| i["name"] == call && i["kind"] == "dangerous"), "{imports:?}");
        assert_eq!((&kept["problem"]["slug"], &kept["problem"]["status"]), (&json!("danger"), &json!(422)));
        says(kept["problem"]["detail"].as_str().unwrap(), &refusal);
        let body = loan_audit(&world.dataset, kept["id"].as_str().unwrap());
        world.refused_audit(&body, "/model_id", "danger", &refusal).await;
    }
    for folder in [world.app.folder.path(), std::path::Path::new(".")] {
        assert!(!folder.join("run").exists(), "a pickle was run by the server");
    }
}

#[tokio::test]
async fn a_pytorch_checkpoint() {
    let refusal = [
        "open pytorch",
        "not supported",
        "save the model with scikit-learn, XGBoost, LightGBM or CatBoost, or as ONNX",
    ];
    let zip = include_bytes!("../../data/weights.pt").to_vec();
    // Before PyTorch 1.6 it was a pickle that begins with a magic number.
    let old = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.".to_vec();
    let mut world = World::new().await;
    for (name, bytes) in [("weights.pt", zip), ("old.pth", old)] {
        let desk = Desk::with(&[(name, &bytes)]);
        let says_it = [&[name][..], &refusal].concat();
        desk.refused(&desk.audit("loans.csv", name, "approved"), &says_it);
        desk.refused(&desk.predict("loans.csv", name), &says_it);
        let listed = desk.fine(&["inspect", name]);
        assert_eq!(listed.status.code(), Some(2));
        says(&String::from_utf8_lossy(&listed.stdout), &refusal);

        let kept = world.kept("models", name, bytes).await;
        assert_eq!((&kept["runnable"], &kept["format"]), (&json!(false), &json!("pytorch")));
        let problem = &kept["problem"];
        assert_eq!((&problem["slug"], &problem["args"]["format"]), (&json!("unsupported-format"), &json!("pytorch")));
        assert_eq!(problem["args"]["file"], name);
        let body = loan_audit(&world.dataset, kept["id"].as_str().unwrap());
        world.refused_audit(&body, "/model_id", "unsupported-format", &says_it).await;
    }
    // A checkpoint is no table either.
    let (name, bytes) = ("weights.pt", include_bytes!("../../data/weights.pt").to_vec());
    let parts = [name, "this is pytorch, not a table", "CSV, TSV, Parquet"];
    world.refused_upload("datasets", name, bytes, (422, "not-a-table"), &parts).await;
}

#[test]
fn a_part_of_a_file() {
    let bundle = include_bytes!("../../../../../golden/model-sklearn-bundle/model.pkl");
    let desk = Desk::with(&[("bundle.pkl", bundle)]);
    for (part, code, parts) in [
        (["--pick", "model"], 0, ["age", "gain", "score"]),
        (["--from-step", "clf"], 0, ["x0", "x1", "x2"]),
        (["--pick", "clf"], 2, ["E-PART", "\"encoder\"", "\"columns\""]),
        (["--from-step", "scale"], 2, ["E-PART", "\"prep\"", "\"clf\""]),
    ] {
        let listed = desk.fine(&[&["inspect", "bundle.pkl"][..], &part].concat());
        let text = String::from_utf8_lossy(&listed.stdout);
        assert_eq!(listed.status.code(), Some(code), "{part:?}: {text}");
        says(&text, &parts);
    }
}
