//! What is planted: one line a defect, with the checks that must find it.

mod conduct;
mod data;
mod drift;
mod fairness;
mod file;
mod leakage;
mod quality;

use super::people::Draw;
use crate::finding::Scope;
use crate::subject::Inputs;

/// A defect and its clean twin.
pub(super) struct Plant {
    /// Id of the words that say what is planted.
    pub(super) id: &'static str,
    /// The stage that runs.
    pub(super) stage: &'static str,
    /// The checks that must find it.
    pub(super) checks: &'static [&'static str],
    /// False where no table and no model can have the defect: only the clean twin is made.
    pub(super) defect: bool,
    /// Whether a finding is about the place of the defect.
    pub(super) at: fn(&Scope) -> bool,
    /// Parameters of the stage as JSON, where the default costs what the check does not need.
    pub(super) params: Option<&'static str>,
    /// Makes the subject, with the defect or without.
    pub(super) make: fn(&mut Draw, bool) -> Inputs,
}

/// A plant with the usual answers: there is a defect, anywhere, and the parameters are the default.
const USUAL: Plant =
    Plant { id: "", stage: "", checks: &[], defect: true, at: |_| true, params: None, make: |_, _| unreachable!() };

/// All plants, by stage.
pub(super) static PLANTS: &[&[Plant]] = &[
    data::PLANTS,
    leakage::PLANTS,
    drift::PLANTS,
    quality::PERFORMANCE,
    quality::CALIBRATION,
    quality::UNCERTAINTY,
    quality::SLICES,
    conduct::EXPLAIN,
    conduct::SENSITIVITY,
    conduct::ROBUSTNESS,
    fairness::PLANTS,
    file::PLANTS,
];

/// The finding is about a column.
fn is_feature(scope: &Scope, name: &str) -> bool {
    matches!(scope, Scope::Feature { feature } if feature == name)
}

/// The finding is about a group.
fn is_group(scope: &Scope, name: &str) -> bool {
    matches!(scope, Scope::Group { group: Some(group), .. } if group == name)
}
