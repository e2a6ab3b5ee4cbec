//! Model files that hold more than a model. A file with a dangerous call is never run, so its facts are put on a model that
//! is.

use std::sync::Arc;

use fine_model::ModelFacts;
use rand::RngExt;

use super::super::models::{audited, pickle_facts, xgboost};
use super::super::people::{Draw, People};
use super::{Plant, USUAL};
use crate::subject::Inputs;

const ROWS: usize = 50;
const STAGE: &str = "model-file";

pub(super) const PLANTS: &[Plant] = &[
    Plant { id: "file-danger", stage: STAGE, checks: &["FILE-DANGEROUS-CALL"], make: danger, ..USUAL },
    Plant { id: "file-custom", stage: STAGE, checks: &["FILE-CUSTOM-CODE"], make: custom, ..USUAL },
    Plant { id: "file-version", stage: STAGE, checks: &["FILE-VERSION"], make: version, ..USUAL },
];

/// Functions that a pickle may call to do anything at all.
const CALLS: [(&str, &str); 6] = [
    ("posix", "system"),
    ("nt", "system"),
    ("os", "popen"),
    ("subprocess", "check_output"),
    ("builtins", "exec"),
    ("builtins", "eval"),
];

fn booster(rng: &mut Draw, version: [u32; 3]) -> Inputs {
    let model = xgboost(&["income", "rate", "age", "tenure"], &[6.5e-5, -100.0, 0.033, 0.13, 0.0], version);
    audited(People::draw(ROWS, rng).table(), model, &[])
}

fn with_facts(rng: &mut Draw, facts: ModelFacts) -> Inputs {
    let mut inputs = booster(rng, [3, 0, 0]);
    if let Some(model) = inputs.model.as_mut().and_then(Arc::get_mut) {
        model.facts = facts;
    }
    inputs
}

/// A pickle that would run a command or code when it is loaded.
fn danger(rng: &mut Draw, planted: bool) -> Inputs {
    let (module, name) = CALLS[rng.random_range(0..CALLS.len())];
    let command = format!("touch {}", rng.random::<u32>());
    with_facts(rng, pickle_facts(planted.then_some((module, name, &command)), None))
}

/// A pickle with an object of a class of its own.
fn custom(rng: &mut Draw, planted: bool) -> Inputs {
    let name = format!("Step{}", rng.random::<u16>());
    with_facts(rng, pickle_facts(None, planted.then_some(("our_features.steps", &name))))
}

/// A booster of a version that is newer than those that were compared with the library.
fn version(rng: &mut Draw, planted: bool) -> Inputs {
    let newer = rng.random_range(20..90);
    booster(rng, [if planted { newer } else { 3 }, 0, 0])
}
