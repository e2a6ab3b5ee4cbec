//! Variables of the environment: those in `deploy/` and `docs/` are those that the programs know, and the other way round.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How names of settings begin.
const OURS: [&str; 12] = [
    "FINE_",
    "DATABASE_URL",
    "REDIS_URL",
    "AUTO_CREATE_DB",
    "CORS_",
    "SUPABASE_",
    "S3_",
    "AWS_",
    "OPENAI_",
    "OTEL_",
    "VITE_",
    "ANTHROPIC_",
];

/// Standard variables that the OpenTelemetry library reads by itself.
const OF_THE_LIBRARY: [&str; 3] =
    ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_BSP_SCHEDULE_DELAY"];

/// Known once files can be in buckets.
const OF_BUCKETS: [&str; 3] = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/// For builds and tests, not for who runs the program.
const OF_DEVELOPERS: [&str; 5] = ["FINE_WEB_BUILD", "FINE_WRITE_DOCS", "FINE_TEST_POSTGRES", "FINE_BIN", "FINE_URL"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn in_folders(folders: &[&str], endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in folders {
        files(&root().join(folder), &mut found);
    }
    found.retain(|path| endings.is_empty() || path.extension().is_some_and(|e| endings.iter().any(|end| e == *end)));
    found
}

fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_');
    let ours = words.filter(|word| OURS.iter().any(|begin| word.starts_with(begin)) && !word.ends_with('_'));
    ours.map(str::to_owned).collect()
}

/// Names that stand in quotes in the programs' own sources, and those of the web client.
fn known() -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    for path in in_folders(&["crates/server/src", "crates/store/src", "crates/onnx/src"], &["rs"]) {
        let text = std::fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        // A name stands between two quotes, whatever else is quoted in the file.
        known.extend(code.split('"').filter(|part| words(part).contains(*part)).map(str::to_owned));
    }
    for path in in_folders(&["web/src"], &["ts", "tsx"]) {
        let text = std::fs::read_to_string(path).unwrap();
        known.extend(words(&text).into_iter().filter(|word| word.starts_with("VITE_")));
    }
    known.retain(|name| !OF_DEVELOPERS.contains(&name.as_str()));
    known
}

#[test]
fn settings_are_the_same_in_program_deploy_and_docs() {
    let known = known();
    assert!(
        known.contains("FINE_PORT") && known.contains("DATABASE_URL") && known.contains("VITE_API_BASE"),
        "{known:?}"
    );
    let page = std::fs::read_to_string(root().join("docs/configuration.md")).unwrap();
    let all = known.iter().map(String::as_str).chain(OF_THE_LIBRARY);
    let missing: Vec<&str> = all.filter(|name| !page.contains(&format!("| `{name}` |"))).collect();
    assert_eq!(missing, Vec::<&str>::new(), "these are not in the table of docs/configuration.md");

    let mut texts = in_folders(&["docs"], &["md"]);
    texts.extend(in_folders(&["deploy"], &[]));
    texts.extend(["README.md", "README.es.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    for path in texts {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let also = |name: &String| {
            let lists: [&[&str]; 3] = [&OF_THE_LIBRARY, &OF_BUCKETS, &OF_DEVELOPERS];
            lists.iter().any(|list| list.contains(&name.as_str()))
        };
        let strange: Vec<String> =
            words(&text).into_iter().filter(|name| !known.contains(name) && !also(name)).collect();
        assert_eq!(strange, Vec::<String>::new(), "no program knows these of {}", path.display());
    }
}
