//! Checks of the `model-file` stage.

use super::ModelFile;
use super::report::Report;
use crate::estimate::Estimate;
use crate::finding::Finding;
use crate::judge::Measured;
use crate::policy::Policy;
use crate::stage::Stage;

pub(super) const DANGEROUS_CALL: &str = "FILE-DANGEROUS-CALL";
pub(super) const CUSTOM_CODE: &str = "FILE-CUSTOM-CODE";
pub(super) const LIBRARY_VERSION: &str = "FILE-VERSION";

/// Id of the remark that the reader leaves when the library is newer than the versions it was tested with.
const NEWER_THAN_TESTED: &str = "version-newer-than-tested";

pub(super) fn judge(report: &Report, policy: &Policy) -> Vec<Finding> {
    let facts = &report.facts;
    let named = |kind: &str| facts.imports.iter().filter(|i| i.kind == kind).count();
    let newer = facts.warnings.iter().filter(|w| w.id == NEWER_THAN_TESTED).count();
    let names = facts.imports.len() as u64;
    [
        // A dangerous name that is neither called nor kept is how Python writes a bound method.
        (DANGEROUS_CALL, facts.dangers.len(), names, "/facts/dangers"),
        (CUSTOM_CODE, named("custom"), names, "/facts/imports"),
        (LIBRARY_VERSION, newer, 1, "/facts/warnings"),
    ]
    .into_iter()
    .map(|(check, count, n, evidence)| {
        Measured::new(check, ModelFile::ID, Estimate::plain(count as f64, n)).evidence(evidence).judge(policy)
    })
    .collect()
}
