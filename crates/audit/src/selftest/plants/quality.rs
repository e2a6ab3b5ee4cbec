//! Bad predictions.

use rand::seq::SliceRandom;

use super::super::people::{Draw, People, against, normals, sigmoid, stored};
use super::{Plant, USUAL, is_group};
use crate::finding::Scope;
use crate::subject::Inputs;

const ROWS: usize = 2000;

/// The challengers take most of the time and are fitted only where a plant is for them.
const ALONE: Option<&str> = Some(r#"{"tree":false,"boosting":false}"#);

pub(super) const PERFORMANCE: &[Plant] = &[
    Plant {
        id: "perf-dummy",
        stage: "performance",
        checks: &["PERF-BEATS-DUMMY"],
        params: ALONE,
        make: no_better_than_a_constant,
        ..USUAL
    },
    Plant {
        id: "perf-tree",
        stage: "performance",
        checks: &["PERF-TREE-GAIN"],
        params: Some(r#"{"boosting":false}"#),
        make: worse_than_a_tree,
        ..USUAL
    },
    Plant { id: "perf-auc", stage: "performance", checks: &["PERF-AUC"], params: ALONE, make: weak_ranking, ..USUAL },
    Plant {
        id: "perf-degraded",
        stage: "performance",
        checks: &["PERF-DEGRADATION"],
        params: ALONE,
        make: degraded,
        ..USUAL
    },
];

pub(super) const CALIBRATION: &[Plant] =
    &[Plant { id: "cal-error", stage: "calibration", checks: &["CAL-ERROR"], make: too_high, ..USUAL }];

pub(super) const UNCERTAINTY: &[Plant] = &[
    Plant { id: "unc-coverage", stage: "uncertainty", checks: &["UNC-COVERAGE"], defect: false, make: clean, ..USUAL },
    Plant {
        id: "unc-group",
        stage: "uncertainty",
        checks: &["UNC-GROUP-COVERAGE"],
        at: |scope| is_group(scope, "f"),
        make: uncertain_group,
        ..USUAL
    },
    Plant {
        id: "unc-class",
        stage: "uncertainty",
        checks: &["UNC-CLASS-COVERAGE"],
        at: |scope| matches!(scope, Scope::Class { class } if class == "1"),
        make: uncertain_class,
        ..USUAL
    },
];

pub(super) const SLICES: &[Plant] = &[Plant {
    id: "slice-loss",
    stage: "slices",
    checks: &["SLICE-LOSS"],
    at: |scope| {
        matches!(scope, Scope::Slice { predicates }
            if predicates.iter().any(|p| p.feature == "region" && p.values.iter().any(|v| v == "west")))
    },
    make: weak_region,
    ..USUAL
}];

fn clean(rng: &mut Draw, _: bool) -> Inputs {
    stored(People::draw(ROWS, rng).table())
}

/// The probabilities are dealt out among people without looking; most answer 1.
fn no_better_than_a_constant(rng: &mut Draw, planted: bool) -> Inputs {
    let mut people = People::around(1.0, ROWS, rng);
    if planted {
        people.p.shuffle(rng);
    }
    stored(people.table())
}

/// The model looks only at the rate, which says least.
fn worse_than_a_tree(rng: &mut Draw, planted: bool) -> Inputs {
    let mut people = People::draw(ROWS, rng);
    if planted {
        people.p = people.rate.iter().map(|r| sigmoid((0.05 - r) / 0.01)).collect();
    }
    stored(people.table())
}

/// Noise is added to the log-odds until the area under the curve is about 0.6.
fn weak_ranking(rng: &mut Draw, planted: bool) -> Inputs {
    let mut people = People::draw(ROWS, rng);
    let noise = normals(ROWS, rng);
    if planted {
        people.p = people.margin.iter().zip(noise).map(|(m, z)| sigmoid(0.3 * m + 1.5 * z)).collect();
    }
    stored(people.table())
}

/// One answer in three of the audited rows is turned since the reference.
fn degraded(rng: &mut Draw, planted: bool) -> Inputs {
    let (mut people, reference) = (People::draw(ROWS, rng), People::draw(ROWS, rng));
    people.turn(|_, _| true, if planted { 1.0 / 3.0 } else { 0.0 }, rng);
    against(people.table(), reference.table())
}

/// All probabilities are 0.2 too high, as far as they go.
fn too_high(rng: &mut Draw, planted: bool) -> Inputs {
    let mut people = People::draw(ROWS, rng);
    if planted {
        people.p.iter_mut().for_each(|p| *p = (*p + 0.2).min(0.999));
    }
    stored(people.table())
}

/// The answers of one group are turned two times in five.
fn uncertain_group(rng: &mut Draw, planted: bool) -> Inputs {
    let mut people = People::draw(ROWS, rng);
    people.turn(|p, row| p.sex[row] == "f", if planted { 0.4 } else { 0.0 }, rng);
    stored(people.table())
}

/// One class is rare and hard to tell.
fn uncertain_class(rng: &mut Draw, planted: bool) -> Inputs {
    stored(People::around(if planted { -2.8 } else { 0.0 }, ROWS, rng).table())
}

/// In one region half of the predictions are wrong; elsewhere, and in the clean twin everywhere, one in five.
fn weak_region(rng: &mut Draw, planted: bool) -> Inputs {
    let mut people = People::evenly_wrong(ROWS, rng);
    people.turn(|p, row| p.region[row] == "west", if planted { 0.5 } else { 0.0 }, rng);
    stored(people.table())
}
