//! Tests of the `model-file` stage.

use std::sync::Arc;

use fine_model::{Danger, ImportedName, ModelFacts, Remark};
use fine_table::Task;

use super::{ModelFile, Params};
use crate::finding::{Outcome, Severity};
use crate::policy::Policy;
use crate::rerun::fixture;
use crate::stage::Stage;

fn judge(facts: ModelFacts) -> Vec<(String, Outcome, Severity, Option<f64>)> {
    let mut subject = fixture::linear(50, Task::Binary);
    let mut model = (*subject.model).clone();
    model.facts = facts;
    subject.model = Arc::new(model);
    let report = fixture::run::<ModelFile>(&subject, &Params::default());
    assert_eq!(report.features.len(), 6);
    assert_eq!(report.classes, ["no", "yes"]);
    let findings = ModelFile::findings(&report, &subject, &Params::default(), &Policy::default());
    findings.into_iter().map(|f| (f.check, f.outcome, f.severity, f.measured.value)).collect()
}

fn imported(name: &str, kind: &str) -> ImportedName {
    ImportedName { name: name.into(), kind: kind.into(), offset: 3, calls: 1 }
}

#[test]
fn a_clean_file_passes() {
    let facts = ModelFacts { imports: vec![imported("sklearn.tree._tree.Tree", "estimator")], ..ModelFacts::default() };
    assert!(judge(facts).iter().all(|f| f.1 == Outcome::Pass && f.3 == Some(0.0)));
}

#[test]
fn a_call_that_would_run_code_is_critical() {
    let dangers = vec![Danger { name: "os.system".into(), offset: 9, arguments: "'id'".into() }];
    let facts = ModelFacts { dangers, imports: vec![imported("os.system", "dangerous")], ..ModelFacts::default() };
    let found = judge(facts);
    assert_eq!(found[0], ("FILE-DANGEROUS-CALL".into(), Outcome::Issue, Severity::Critical, Some(1.0)));
}

#[test]
fn custom_code_and_newer_versions_are_worth_watching() {
    let warnings = vec![Remark { id: "version-newer-than-tested".into(), args: Default::default() }];
    let facts = ModelFacts { warnings, imports: vec![imported("acme.Net", "custom")], ..ModelFacts::default() };
    let found = judge(facts);
    assert_eq!((found[0].1, found[1].1, found[2].1), (Outcome::Pass, Outcome::Watch, Outcome::Watch));
}
