//! ALE, ICE and H against PyALE, scikit-learn and their formulas: `golden/stage-explain-shape`.

use fine_model::trees::{Cast, Forest, Link, Sum};
use fine_model::{CoreModel, Feature, FeatureKind, Model};
use fine_table::{Column, NumberKind, Table, Task};
use serde::Deserialize;

use super::report::Report;
use super::{Explain, Params};
use crate::rerun::fixture;
use crate::shap::golden_tests::{GoldenNode, tree};
use crate::subject::Subject;

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

#[derive(Deserialize)]
struct Golden {
    x: Vec<Vec<f64>>,
    y: Vec<f64>,
    bins: u32,
    trees: Vec<Vec<GoldenNode>>,
    start: Vec<f64>,
    ale: std::collections::BTreeMap<String, Effects>,
    ice: Vec<Vec<f64>>,
    dependence: Vec<f64>,
    h: Vec<Pair>,
}

#[derive(Deserialize)]
struct Effects {
    at: Vec<f64>,
    effect: Vec<f64>,
    counts: Vec<u64>,
    by: String,
}

#[derive(Deserialize)]
struct Pair {
    pair: [String; 2],
    h: f64,
    sd: f64,
}

fn golden() -> Golden {
    let text = include_str!("../../../../../golden/stage-explain-shape/expected.json");
    serde_json::from_str(text).expect("a golden case")
}

fn subject(golden: &Golden) -> Subject {
    let forest = Forest {
        features: 4,
        outputs: 1,
        trees: golden.trees.iter().map(|nodes| tree(nodes, Some(0))).collect(),
        base: golden.start.clone(),
        cast: Cast::F32,
        sum: Sum::F64,
        link: Link::Identity,
    };
    let features = NAMES.map(|n| Feature { name: n.into(), kind: FeatureKind::Number }).to_vec();
    let model = Model::native(features, Task::Regression, Vec::new(), CoreModel::Trees(forest));
    let cells = |j: usize| golden.x.iter().map(|r| r[j]).collect::<Vec<_>>();
    let mut columns = (0..4).map(|j| Column::number(NAMES[j], NumberKind::Float, cells(j))).collect::<Vec<_>>();
    columns.push(Column::text("sex", (0..golden.x.len()).map(|i| Some(["f", "m"][i % 2]))));
    columns.push(Column::text("region", golden.x.iter().map(|_| Some("r"))));
    columns.push(Column::number("amount", NumberKind::Float, golden.y.clone()));
    fixture::subject(Table::new(columns).expect("columns"), model)
}

fn near(what: &str, a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len(), "{what}");
    for (x, y) in a.iter().zip(b) {
        assert!((x - y).abs() < 1e-9, "{what}: {x} against {y}");
    }
}

fn report(golden: &Golden) -> Report {
    let params = Params {
        ale_bins: golden.bins,
        dependence_points: 200,
        ice_rows: 100,
        bootstrap: 200,
        repeats: 2,
        ..Params::default()
    };
    fixture::run::<Explain>(&subject(golden), &params)
}

#[test]
fn accumulated_local_effects_equal_pyale_and_the_formula() {
    let golden = golden();
    let report = report(&golden);
    assert_eq!(golden.ale["d"].by, "PyALE");
    for (name, expected) in &golden.ale {
        let own = report.features.iter().find(|f| f.feature == *name).and_then(|f| f.ale.clone()).expect("an effect");
        near(name, &own.points.iter().map(|p| p.at).collect::<Vec<_>>(), &expected.at);
        near(name, &own.points.iter().map(|p| p.effect).collect::<Vec<_>>(), &expected.effect);
        assert_eq!((own.counts.as_slice(), own.rows), (expected.counts.as_slice(), 48));
        assert!(own.points.iter().all(|p| p.low <= p.effect + 1e-12 && p.effect <= p.high + 1e-12));
        // The band is that of few rows: neither nothing nor everything.
        let widest = own.points.iter().map(|p| p.high - p.low).fold(0.0, f64::max);
        let range = own.points.iter().map(|p| p.effect.abs()).fold(0.0, f64::max);
        assert!(widest > 0.0 && widest < 4.0 * range, "{name}: {widest} {range}");
    }
}

#[test]
fn single_curves_and_their_mean_equal_scikit_learn() {
    let golden = golden();
    let report = report(&golden);
    let d = report.features.iter().find(|f| f.feature == "d").expect("a feature");
    near("dependence", &d.dependence.iter().map(|p| p.1).collect::<Vec<_>>(), &golden.dependence);
    assert_eq!(d.ice.len(), golden.ice.len());
    for (own, expected) in d.ice.iter().zip(&golden.ice) {
        near("ice", own, expected);
        assert_eq!(own[0], 0.0);
    }
}

#[test]
fn h_equals_the_formula_on_scikit_learns_partial_dependence() {
    let golden = golden();
    let report = report(&golden);
    let pairs = report.interactions.expect("pairs");
    assert_eq!((pairs.h_rows, pairs.shap_rows, pairs.pairs.len()), (48, 48, golden.h.len()));
    for expected in &golden.h {
        let same = |p: &&super::report::PairInteraction| expected.pair.iter().all(|name| p.features.contains(name));
        let own = pairs.pairs.iter().find(same).expect("the pair");
        near("h", &[own.h.expect("a joint effect"), own.h_sd], &[expected.h, expected.sd]);
    }
    // The data were made with one product, of `c` and `b`, which goes with `a`.
    let strongest = pairs.pairs.iter().max_by(|a, b| a.h.partial_cmp(&b.h).expect("numbers")).expect("pairs");
    assert!(strongest.features.contains(&"c".to_owned()) && pairs.pairs[0].features.contains(&"c".to_owned()));
    let shares = pairs.pairs.iter().filter_map(|p| p.share).sum::<f64>();
    assert!((shares - pairs.pair_share.expect("a share")).abs() < 1e-9, "all pairs are listed");
    for p in &pairs.pairs {
        let e = p.shap.as_ref().expect("values of trees");
        assert!(e.low <= e.value && e.value <= e.high);
    }
}
