//! `fine policy`.

use std::process::{Command, Output};

fn policy(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fine")).arg("policy").args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn the_embedded_policy_is_shown_and_is_a_policy_file() {
    let folder = tempfile::tempdir().unwrap();
    let shown = policy(folder.path(), &["show"]);
    assert!(shown.status.success());
    assert!(text(&shown.stdout).contains("[limits.FAIR-SELECTION-RATIO]"));
    std::fs::write(folder.path().join("own.toml"), &shown.stdout).unwrap();
    let checked = policy(folder.path(), &["check", "own.toml"]);
    assert!(checked.status.success(), "{checked:?}");
    assert!(text(&checked.stdout).contains("It judges as the embedded policy does."));
}

#[test]
fn a_file_is_checked_and_its_differences_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.toml");
    let body = "extends = \"fine-default\"\nname = \"bank\"\nversion = \"1\"\n[limits.FAIR-SELECTION-RATIO]\n\
        issue = 0.85\ngood = \"above\"\norigin = \"rule 7\"\n";
    std::fs::write(&file, body).unwrap();
    let checked = policy(folder.path(), &["check", "bank.toml"]);
    let line = "FAIR-SELECTION-RATIO: issue 0.85, good above; rule 7 (was issue 0.8, good above; four-fifths-rule)";
    assert!(text(&checked.stdout).contains(line), "{checked:?}");
    let shown = policy(folder.path(), &["show", "bank.toml"]);
    assert!(text(&shown.stdout).contains("[limits.CAL-ERROR]"), "{shown:?}");

    std::fs::write(&file, format!("{body}watch = 0.5\n")).unwrap();
    let refused = policy(folder.path(), &["check", "bank.toml"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("limits.FAIR-SELECTION-RATIO does not get worse"), "{refused:?}");
    std::fs::write(
        &file,
        body.replace("FAIR-SELECTION-RATIO", "FAIR-NOTHING")
            .replace("[limits", "required = [\"FAIR-NOTHING\"]\n[limits"),
    )
    .unwrap();
    let refused = policy(folder.path(), &["check", "bank.toml"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("FAIR-NOTHING"), "{refused:?}");
}
