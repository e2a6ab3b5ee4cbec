//! `docs/selftest.md`.

use std::fmt::Write;

use fine_audit::selftest::{CheckRates, SelfTest};
use fine_report::Catalogue;

use super::{found, percent, planted, summary};

/// The page with the command that makes it.
pub(super) fn markdown(result: &SelfTest, words: &Catalogue) -> String {
    let mut page = format!(
        "# Known-answer self-test\n\n{} This page is written by `fine selftest`; do not edit it.\n\n```sh\nfine selftest --runs \
         {} --seed {} --docs docs/selftest.md\n```\n\n",
        summary(result, words),
        result.runs,
        result.seed,
    );
    page.push_str(INTRODUCTION);
    let [name, version] = &result.policy;
    let _ = write!(page, "\nFine {}, policy {name} {version}.\n", result.engine_version);
    let mut stage = "";
    for check in &result.checks {
        if check.stage != stage {
            stage = &check.stage;
            let title = format!("stages.{stage}.title");
            let _ = write!(page, "\n## {}\n\n{HEAD}", words.word(&title));
        }
        page.push_str(&row(check, words));
    }
    page
}

const INTRODUCTION: &str = "\
Synthetic tables and models whose truth is known are audited with a planted defect and, as a clean twin, the same without it. A \
defect counts as found only by an issue or a watch of its own check at the place where it was planted; any issue or watch of the \
check on the twin is a false alarm. Every run draws other rows; intervals are Wilson's, 95 %. The command ends with 1 when a \
check finds less, or accuses more twins, than the first line says, or gives no answer.\n\n\
Limits: the defects are large enough that a check should hardly miss them, so the rates say that checks work and not how small \
a defect they find; what the twins have of a kind is given where it is not nothing. Each check is asked about the defects it is \
made for, not about all.\n";

const HEAD: &str = "| check | planted defect | found | false alarms | holds |\n| --- | --- | --- | --- | --- |\n";

fn row(check: &CheckRates, words: &Catalogue) -> String {
    format!(
        "| `{}` | {} | {} | {} | {} |\n",
        check.check,
        planted(check, words),
        found(check, words),
        percent(&check.false_alarms),
        if check.holds { "yes" } else { "**no**" },
    )
}
