//! `fine selftest`, and its page.

use std::path::Path;
use std::process::{Command, Output};

use fine_audit::selftest::SelfTest;
use fine_audit::stages::REGISTRY;
use fine_report::{Catalogue, Language};

fn selftest(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fine")).arg("selftest").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_small_run_says_the_same_as_json_a_table_and_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("selftest.md");
    let few = ["--runs", "2", "--stages", "data,model-file"];
    let json = selftest(&[&few[..], &["--json", "--docs", page.to_str().unwrap()]].concat());
    assert!(json.status.success(), "{json:?}");
    let result: SelfTest = serde_json::from_slice(&json.stdout).unwrap();
    assert!(result.holds() && result.runs == 2);
    let table = selftest(&[&few[..], &["--lang", "es"]].concat());
    let written = std::fs::read_to_string(&page).unwrap();
    for check in &result.checks {
        assert!(written.contains(&format!("`{}`", check.check)) && text(&table.stdout).contains(&check.check));
        for language in [Language::En, Language::Es] {
            let key = format!("selftest.plants.{}", check.plant);
            assert!(Catalogue::of(language).get(&key).is_some(), "{key}");
        }
    }
    assert!(text(&table.stdout).contains("100.0 % (34.2–100.0)"), "Wilson's interval of 2 of 2: {table:?}");
}

#[test]
fn a_policy_that_sees_nothing_fails_the_test() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("blind.toml");
    let blind = "extends = \"fine-default\"\nname = \"blind\"\nversion = \"1\"\n[limits.DATA-DUPLICATES]\nissue = 0.9\n\
        good = \"below\"\norigin = \"a test\"\n";
    std::fs::write(&policy, blind).unwrap();
    let ran = selftest(&["--runs", "2", "--stages", "data", "--policy", policy.to_str().unwrap()]);
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    assert!(text(&ran.stdout).lines().any(|line| line.starts_with("✗ DATA-DUPLICATES")), "{ran:?}");
    assert_eq!(selftest(&["--stages", "nowhere"]).status.code(), Some(2));
}

#[test]
fn the_page_has_every_check() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/selftest.md");
    let page = std::fs::read_to_string(path).unwrap();
    for check in REGISTRY.iter().flat_map(|entry| entry.checks) {
        let line = page.lines().find(|line| line.starts_with(&format!("| `{check}` |")));
        let line = line.unwrap_or_else(|| panic!("{check}: run fine selftest --docs docs/selftest.md"));
        assert!(line.ends_with("| yes |") || line.ends_with("| **no** |"), "{line}");
    }
}
