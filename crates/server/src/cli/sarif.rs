//! A scan as SARIF 2.1.0, the format that code hosts and editors show findings from
//! (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).

use fine_model::ModelFacts;
use fine_store::Problem;
use serde_json::{Value, json};

use crate::api::ModelDetails;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Index of the file among the artifacts.
const FILE: usize = 0;
/// Index of the content of a compressed file.
const CONTENT: usize = 1;

/// A finding before it is written.
struct Found {
    rule: String,
    level: &'static str,
    text: String,
    /// Byte of the content.
    offset: Option<u64>,
}

/// The document of a file that was read.
pub(super) fn document(uri: &str, details: &ModelDetails) -> Value {
    let facts = &details.facts;
    let mut found = Vec::new();
    found.extend(facts.dangers.iter().map(|danger| Found {
        rule: "E-DANGER".to_owned(),
        level: "error",
        text: match danger.arguments.is_empty() {
            true => format!("A normal load of this file would import {}.", danger.name),
            false => format!("A normal load of this file would run {} with {}.", danger.name, danger.arguments),
        },
        offset: Some(danger.offset),
    }));
    let custom = facts.imports.iter().filter(|import| import.kind == "custom" && import.calls > 0);
    found.extend(custom.map(|import| Found {
        rule: "custom-code-calls".to_owned(),
        level: "warning",
        text: format!("A normal load of this file would call {}, which is not in it ({}×).", import.name, import.calls),
        offset: Some(import.offset),
    }));
    let said = ["custom-code-calls"];
    found.extend(facts.warnings.iter().filter(|remark| !said.contains(&remark.id.as_str())).map(|remark| {
        let args: Vec<String> = remark.args.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let text = format!("{} {}", remark.id, args.join(" ")).trim_end().to_owned();
        Found { rule: remark.id.clone(), level: "note", text, offset: None }
    }));
    // The dangers say it better.
    let problem = details.problem.as_ref().filter(|_| facts.dangers.is_empty());
    found.extend(problem.map(|problem| refusal(problem, "warning")));
    run(uri, facts, &found)
}

/// The document of a file that could not be read.
pub(super) fn refused(uri: &str, bytes: u64, problem: &Problem) -> Value {
    run(uri, &ModelFacts { bytes, ..ModelFacts::default() }, &[refusal(problem, "error")])
}

fn refusal(problem: &Problem, level: &'static str) -> Found {
    let rule = problem.code.clone().unwrap_or_else(|| problem.slug.clone());
    let text = problem.detail.clone().unwrap_or_else(|| problem.title.clone());
    let offset = problem.args.get("offset").and_then(Value::as_str).and_then(|offset| offset.parse().ok());
    Found { rule, level, text, offset }
}

fn run(uri: &str, facts: &ModelFacts, found: &[Found]) -> Value {
    let mut rules: Vec<&Found> = Vec::new();
    for one in found {
        if !rules.iter().any(|rule| rule.rule == one.rule) {
            rules.push(one);
        }
    }
    let index = |id: &str| rules.iter().position(|rule| rule.rule == id);
    let at = if facts.compression.is_some() { CONTENT } else { FILE };
    let results: Vec<Value> = found
        .iter()
        .map(|one| {
            let mut physical = json!({ "artifactLocation": { "uri": uri, "index": FILE } });
            if let Some(offset) = one.offset {
                // Offsets count the content, which is the file itself where nothing is compressed.
                physical = json!({
                    "artifactLocation": if at == FILE { json!({ "uri": uri, "index": FILE }) } else { json!({ "index": at }) },
                    "region": { "byteOffset": offset, "byteLength": 1 },
                });
            }
            json!({
                "ruleId": one.rule,
                "ruleIndex": index(&one.rule),
                "level": one.level,
                "message": { "text": one.text },
                "locations": [{ "physicalLocation": physical }],
            })
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "fine",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|rule| described(rule)).collect::<Vec<_>>(),
            }},
            "artifacts": artifacts(uri, facts),
            "results": results,
            "columnKind": "utf16CodeUnits",
        }],
    })
}

fn artifacts(uri: &str, facts: &ModelFacts) -> Value {
    let mut file = json!({ "location": { "uri": uri }, "length": facts.bytes });
    if !facts.sha256.is_empty() {
        file["hashes"] = json!({ "sha-256": facts.sha256 });
    }
    match &facts.compression {
        None => json!([file]),
        Some(compression) => json!([
            file,
            { "parentIndex": FILE, "description": { "text": format!("the content of the {compression} file") } },
        ]),
    }
}

fn described(rule: &Found) -> Value {
    let text = match rule.rule.as_str() {
        "E-DANGER" => "Python runs a command when it loads this file. Fine did not. Do not load it.",
        "custom-code-calls" => "Python calls code of another package, or of the file itself, when it loads this file.",
        code if code.starts_with("E-") => "Fine does not run this model.",
        _ => "A remark of the reader.",
    };
    json!({
        "id": rule.rule,
        "shortDescription": { "text": text },
        "defaultConfiguration": { "level": rule.level },
        "helpUri": format!("{}/blob/main/docs/model-errors.md", env!("CARGO_PKG_REPOSITORY")),
    })
}

/// A path as the URI reference that SARIF wants: relative as given, or `file:///` from the root.
pub(super) fn uri(path: &std::path::Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let rooted = text.starts_with('/') || text.as_bytes().get(1) == Some(&b':');
    let start = match (rooted, text.starts_with('/')) {
        (false, _) => "",
        (true, true) => "file://",
        (true, false) => "file:///",
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) || (rooted && byte == b':');
    text.bytes().fold(start.to_owned(), |mut out, byte| {
        if plain(byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        let of = |path: &str| uri(std::path::Path::new(path));
        assert_eq!(of("models/mi modelo.pkl"), "models/mi%20modelo.pkl");
        assert_eq!(of("/tmp/ñ#?.pkl"), "file:///tmp/%C3%B1%23%3F.pkl");
        assert_eq!(of("C:\\a\\b.pkl"), "file:///C:/a/b.pkl");
        assert_eq!(of("a:b.pkl"), "file:///a:b.pkl");
    }
}
