//! The words of an audit as ids and numbers: summary, risks and recommendations by rules over the findings.

use crate::finding::Finding;
use crate::result::{Diagnosis, Manifest, StageRecord};

/// Applies the rules.
pub fn diagnose(_manifest: &Manifest, _stages: &[StageRecord], _findings: &[Finding]) -> Diagnosis {
    Diagnosis::default()
}
