//! Tests of the `explain` stage.

use std::sync::Arc;

use fine_model::linear::Linear;
use fine_model::steps::{Branch, Centring, Project, Rows, Step, Steps};
use fine_model::trees::{Covers, Forest, Link, Missing};
use fine_model::{CoreModel, Feature, FeatureKind, Graph, Label, Model, PredictError, Prediction};
use fine_table::{Column, NumberKind, Table, Task};

use super::report::Report;
use super::{Explain, Params};
use crate::finding::{Outcome, Severity};
use crate::policy::Policy;
use crate::rerun::fixture::{self, FEATURES};
use crate::shap::tests::{Kind, random_forest, random_rows};
use crate::stage::Stage;
use crate::stages::robustness::Robustness;
use crate::stages::sensitivity::Sensitivity;
use crate::subject::Subject;

pub(super) fn quick() -> Params {
    Params { bootstrap: 60, repeats: 4, dependence_rows: 100, ale_rows: 300, h_rows: 20, ..Params::default() }
}

pub(super) fn feature<'a>(report: &'a Report, name: &str) -> &'a super::report::FeatureImportance {
    report.features.iter().find(|f| f.feature == name).unwrap()
}

#[test]
fn trees_are_explained_exactly_on_all_rows() {
    let subject = fixture::forest(1200, Task::Binary);
    let report = fixture::run::<Explain>(&subject, &quick());
    let method = &report.method;
    assert_eq!((method.id.as_str(), method.scale.as_str()), ("tree-path-dependent", "margin"));
    assert_eq!((method.rows, method.sampled, method.class.as_deref()), (1200, false, Some("yes")));
    assert!(report.trust.additivity_error < 1e-12, "{:e}", report.trust.additivity_error);
    assert_eq!(report.trust.sampling_error, None);
    assert!(["income", "rate"].contains(&report.features[0].feature.as_str()));
    assert_eq!(feature(&report, "noise").mean_abs_shap.value, Some(0.0));
    assert!(feature(&report, "income").direction.unwrap() > 0.9);
    assert!(feature(&report, "rate").direction.unwrap() < -0.9);
    for f in &report.features {
        let e = &f.mean_abs_shap;
        assert!(e.low <= e.value && e.value <= e.high);
        assert_eq!(f.points.len(), 200);
    }
    assert!(report.rank_stability.unwrap() > 0.5);
}

#[test]
fn linear_models_get_weight_times_distance_from_the_mean() {
    let subject = fixture::linear(900, Task::Regression);
    let report = fixture::run::<Explain>(&subject, &quick());
    assert_eq!((report.method.id.as_str(), report.method.scale.as_str()), ("linear", "value"));
    assert!(report.trust.additivity_error < 1e-12);
    let income = subject.table.column("income").unwrap().numbers().unwrap();
    let mean = income.iter().sum::<f64>() / 900.0;
    let expected = income.iter().map(|v| (1.5 / 20_000.0 * (v - mean)).abs()).sum::<f64>() / 900.0;
    assert!((feature(&report, "income").mean_abs_shap.value.unwrap() - expected).abs() < 1e-12);
}

#[test]
fn the_other_class_turns_every_sign() {
    let mut subject = fixture::forest(600, Task::Binary);
    let yes = fixture::run::<Explain>(&subject, &quick());
    subject.positive = 0;
    let no = fixture::run::<Explain>(&subject, &quick());
    assert_eq!(no.method.class.as_deref(), Some("no"));
    assert_eq!(no.method.base[0], -yes.method.base[0]);
    assert_eq!(feature(&no, "income").mean_shap, -feature(&yes, "income").mean_shap);
}

#[test]
fn permuting_a_useful_feature_costs_and_an_unused_one_costs_nothing() {
    let subject = fixture::forest(1500, Task::Binary);
    let report = fixture::run::<Explain>(&subject, &quick());
    assert_eq!(report.method.permutation_metric, "accuracy");
    assert!(feature(&report, "income").permutation.low.unwrap() > 0.05);
    assert_eq!(feature(&report, "noise").permutation.value, Some(0.0));
    let findings = Explain::findings(&report, &subject, &quick(), &Policy::default());
    let unused = findings.iter().filter(|f| f.check == "EXPL-UNUSED").collect::<Vec<_>>();
    assert!(unused.iter().all(|f| f.outcome == Outcome::Watch && f.severity == Severity::Info));
    // `age` and `noise` are in no tree; everything else is.
    let names = report.features.iter().filter(|f| f.in_model == Some(false)).map(|f| f.feature.as_str());
    let mut names = names.collect::<Vec<_>>();
    names.sort_unstable();
    assert_eq!(names, ["age", "noise"]);
    assert_eq!(unused.len(), 2);
    for finding in unused {
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json.pointer(&finding.evidence).unwrap()["value"].as_f64(), finding.measured.value);
        assert_eq!(finding.measured.value, Some(0.0));
    }
}

/// The defect: a feature whose shuffling changes no label is listed as unused although it carries attributions.
#[test]
fn a_feature_that_only_moves_scores_is_not_called_unused() {
    let subject = fixture::forest(1500, Task::Binary);
    let mut report = fixture::run::<Explain>(&subject, &quick());
    for f in report.features.iter_mut().filter(|f| f.in_model == Some(true)) {
        f.permutation.low = Some(-0.001);
    }
    let findings = Explain::findings(&report, &subject, &quick(), &Policy::default());
    let named = |name: &str| {
        findings
            .iter()
            .any(|f| f.check == "EXPL-UNUSED" && f.scope == crate::finding::Scope::Feature { feature: name.into() })
    };
    assert!(named("noise") && !named("income") && !named("rate"));
    report.features.retain(|f| f.in_model == Some(true) && f.shap_share.low.unwrap() > 0.02);
    let findings = Explain::findings(&report, &subject, &quick(), &Policy::default());
    let rest = findings.iter().filter(|f| f.check == "EXPL-UNUSED").collect::<Vec<_>>();
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].outcome, Outcome::Pass);
}

#[test]
fn dependence_and_rows_show_the_model() {
    let subject = fixture::forest(1500, Task::Binary);
    let report = fixture::run::<Explain>(&subject, &quick());
    let income = &feature(&report, "income").dependence;
    assert_eq!(income.len(), 20);
    assert!(income[19].1 > income[0].1 + 0.3);
    let mut regions = feature(&report, "region").dependence.iter().map(|d| d.0.as_str()).collect::<Vec<_>>();
    regions.sort_unstable();
    assert_eq!(regions, ["north", "south", "west"]);
    let kinds = report.rows.iter().map(|r| r.kind.as_str()).collect::<Vec<_>>();
    assert_eq!(kinds.iter().filter(|k| **k == "prototype").count(), 3);
    let shares = report.rows.iter().filter_map(|r| r.stands_for).collect::<Vec<_>>();
    assert!(shares.len() == 3 && (shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert_eq!(kinds.iter().filter(|k| **k == "worst-error").count(), 3);
    assert_eq!(kinds.iter().filter(|k| **k == "boundary").count(), 3);
    for row in &report.rows {
        let sum = row.base + row.rest + row.contributions.iter().map(|c| c.2).sum::<f64>();
        assert!((sum - row.prediction).abs() < 1e-9);
        let score = 1.0 / (1.0 + (-row.prediction).exp());
        assert!((score - subject.prediction.scores[row.row as usize * 2 + 1]).abs() < 1e-5);
        let label = subject.prediction.labels[row.row as usize];
        let truth = subject.target[row.row as usize];
        assert!(row.kind != "worst-error" || f64::from(label) != truth);
        assert!(row.kind != "boundary" || (score - 0.5).abs() < 0.02);
    }
}

#[test]
fn a_protected_attribute_among_the_first_is_worth_watching() {
    let subject = fixture::forest(1500, Task::Binary);
    let report = fixture::run::<Explain>(&subject, &quick());
    let findings = Explain::findings(&report, &subject, &quick(), &Policy::default());
    let top = findings.iter().filter(|f| f.check == "EXPL-PROTECTED-TOP").collect::<Vec<_>>();
    assert_eq!(top.len(), 1, "region is used, sex is no feature");
    assert_eq!(top[0].outcome, Outcome::Watch);
    let place = report.features.iter().position(|f| f.feature == "region").unwrap();
    assert_eq!(top[0].measured.value, Some(place as f64 + 1.0));
    assert_eq!(findings[0].check, "EXPL-ADDITIVITY");
    assert_eq!(findings[0].outcome, Outcome::Pass);
}

#[test]
fn attributes_that_the_model_does_not_use_pass() {
    let mut subject = fixture::forest(400, Task::Binary);
    subject.roles.protected = vec!["sex".into()];
    let report = fixture::run::<Explain>(&subject, &quick());
    let check = |subject: &Subject| {
        let all = Explain::findings(&report, subject, &quick(), &Policy::default());
        all.into_iter().find(|f| f.check == "EXPL-PROTECTED-TOP").unwrap().outcome
    };
    let unused = fixture::run::<Explain>(&subject, &quick());
    assert!(unused.features.iter().all(|f| !f.protected));
    let all = Explain::findings(&unused, &subject, &quick(), &Policy::default());
    assert!(all.iter().filter(|f| f.check == "EXPL-PROTECTED-TOP").all(|f| f.outcome == Outcome::Pass));
    subject.roles.protected.clear();
    assert_eq!(check(&subject), Outcome::NotApplicable);
}

/// One column is the attribute with some noise, and the model reads it first.
#[test]
fn a_proxy_among_the_first_features_is_worth_watching() {
    let subject = fixture::forest(1500, Task::Binary);
    let of = |report: &Report, subject: &Subject| {
        let all = Explain::findings(report, subject, &quick(), &Policy::default());
        all.into_iter().filter(|f| f.check == "EXPL-PROXY-TOP").collect::<Vec<_>>()
    };
    let report = fixture::run::<Explain>(&subject, &quick());
    let findings = of(&report, &subject);
    assert_eq!(findings.len(), 1, "nothing goes with sex or region");
    assert_eq!(findings[0].outcome, Outcome::Pass);
    let income = subject.table.column("income").unwrap().numbers().unwrap().to_vec();
    let rich = |(i, v): (usize, &f64)| Some(if (*v > 50_000.0) != (i % 20 == 0) { "f" } else { "m" });
    let mut close = subject.clone();
    close.table = subject.table.with_column(Column::text("sex", income.iter().enumerate().map(rich))).unwrap();
    let report = fixture::run::<Explain>(&close, &quick());
    let findings = of(&report, &close);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].outcome, Outcome::Watch);
    let pair = crate::finding::Scope::Pair { features: ["income".into(), "sex".into()] };
    assert_eq!(findings[0].scope, pair);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json.pointer(&findings[0].evidence).unwrap()["value"].as_f64(), findings[0].measured.value);
    assert!(report.proxies.iter().all(|p| p.feature != "region"), "a protected attribute is no proxy of another");
    close.roles.protected.clear();
    assert_eq!(of(&report, &close)[0].outcome, Outcome::NotApplicable);
}

#[test]
fn reasons_are_the_contributions_that_lower_the_score_most() {
    let subject = fixture::forest(900, Task::Binary);
    let report = fixture::run::<Explain>(&subject, &quick());
    let against = subject.prediction.labels.iter().filter(|l| **l == 0).count() as u64;
    let reasons = report.reasons.as_ref().unwrap();
    assert_eq!(reasons.rows, against);
    let first = reasons.features.iter().filter_map(|f| f.first.value).sum::<f64>();
    assert!(first > 0.9 && first < 1.0 + 1e-12, "a row has one first reason, or nothing that lowers it: {first}");
    assert!(["income", "rate"].contains(&reasons.features[0].feature.as_str()));
    assert!(reasons.features.iter().all(|f| f.feature != "noise" && f.listed.value >= f.first.value));
    for row in &report.rows {
        let denied = subject.prediction.labels[row.row as usize] == 0;
        let mut lower = row.contributions.iter().filter(|c| c.2 < 0.0).collect::<Vec<_>>();
        lower.sort_by(|a, b| a.2.total_cmp(&b.2));
        let expected = lower.iter().take(4).map(|c| (c.0.as_str(), c.2)).collect::<Vec<_>>();
        let own = row.reasons.iter().map(|r| (r.feature.as_str(), r.contribution)).collect::<Vec<_>>();
        assert_eq!(own, if denied { expected } else { Vec::new() });
    }
    let amount = fixture::run::<Explain>(&fixture::forest(300, Task::Regression), &quick());
    assert!(amount.reasons.is_none() && amount.rows.iter().all(|r| r.counterfactuals.is_none()));
}

#[test]
fn explained_rows_come_with_counterfactuals() {
    let subject = fixture::forest(900, Task::Binary);
    let report = fixture::run::<Explain>(&subject, &quick());
    assert_eq!(report.immutable, ["region"]);
    let mut found = 0;
    for row in &report.rows {
        let answer = row.counterfactuals.as_ref().unwrap();
        let label = &subject.classes[subject.prediction.labels[row.row as usize] as usize];
        assert_eq!(answer.start.label.as_ref(), Some(label));
        assert!(answer.queries <= 4000);
        for counterfactual in &answer.found {
            found += 1;
            assert_ne!(counterfactual.outcome.label.as_ref(), Some(label));
            assert!(counterfactual.changes.iter().all(|c| c.feature != "region"));
        }
    }
    assert!(found > 0);
    let mut params = quick();
    params.counterfactuals.immutable = vec!["nothing".into()];
    let run = Explain::run(&subject, &params, &crate::stage::Context::new(&|_, _| true));
    assert!(matches!(run, Err(crate::stage::StageError::Failed { id: "immutable-unknown", .. })));
}

/// Without exact pairs, all pairs of the first features are measured by H.
#[test]
fn a_model_that_can_only_be_asked_still_says_which_features_act_together() {
    let report = fixture::run::<Explain>(&opaque(300, Task::Binary), &Params { background_rows: 4, ..quick() });
    let pairs = report.interactions.unwrap();
    assert_eq!((pairs.shap_rows, pairs.shap_missing.as_deref()), (0, Some("not-trees")));
    assert_eq!((pairs.h_rows, pairs.pairs.len()), (20, 10));
    assert!(pairs.pairs.windows(2).all(|w| w[0].h_sd >= w[1].h_sd));
    // A sum of single effects has no interaction on its own scale.
    let linear = fixture::run::<Explain>(&fixture::linear(300, Task::Regression), &quick());
    assert!(linear.interactions.unwrap().pairs.iter().all(|p| p.h.is_none_or(|h| h < 1e-6) && p.h_sd < 1e-9));
}

#[test]
fn large_forests_get_fewer_rows_of_interactions_or_a_reason() {
    let subject = fixture::forest(600, Task::Binary);
    let with = |interaction_steps| {
        let report = fixture::run::<Explain>(&subject, &Params { interaction_steps, ..quick() });
        report.interactions.unwrap()
    };
    let all = with(u64::MAX);
    assert_eq!(all.shap_rows, 500);
    let none = with(1000);
    assert_eq!((none.shap_rows, none.shap_missing.as_deref()), (0, Some("over-budget")));
    assert!(none.pairs.iter().all(|p| p.shap.is_none() && p.share.is_none()));
}

/// Results of before these numbers were measured are still read.
#[test]
fn reports_of_version_2_are_still_read() {
    let report = fixture::run::<Explain>(&fixture::forest(300, Task::Binary), &quick());
    let mut old = serde_json::to_value(&report).unwrap();
    for field in ["interactions", "proxies", "reasons", "immutable"] {
        old.as_object_mut().unwrap().remove(field);
    }
    for field in ["seed_stability", "agreement"] {
        old["trust"].as_object_mut().unwrap().remove(field);
    }
    for feature in old["features"].as_array_mut().unwrap() {
        let feature = feature.as_object_mut().unwrap();
        feature.remove("ice");
        feature.remove("ale");
    }
    for row in old["rows"].as_array_mut().unwrap() {
        let row = row.as_object_mut().unwrap();
        for field in ["stands_for", "reasons", "counterfactuals"] {
            row.remove(field);
        }
    }
    let read: Report = serde_json::from_value(old).unwrap();
    assert_eq!(read.features.len(), report.features.len());
    assert!(read.interactions.is_none() && read.trust.agreement.is_none());
}

/// A model that can only be asked: the fixture's forest behind a graph.
#[derive(Debug)]
struct Opaque(Model);

impl Graph for Opaque {
    fn predict(&self, columns: &[&Column], _: usize) -> Result<Prediction, PredictError> {
        let columns = columns.iter().zip(FEATURES).map(|(c, name)| Column { name: name.into(), ..(*c).clone() });
        self.0.predict(&Table::new(columns.collect()).unwrap())
    }
}

pub(super) fn opaque(rows: usize, task: Task) -> Subject {
    let subject = fixture::forest(rows, task);
    let inner = (*subject.model).clone();
    let graph = CoreModel::Graph(Arc::new(Opaque(inner.clone())));
    fixture::subject(subject.table, Model::native(inner.features, task, inner.classes, graph))
}

/// AUDIT-SPEC section 5: an explanation by other means than the model itself states its error.
#[test]
fn sampled_explanations_state_their_error() {
    let subject = opaque(500, Task::Regression);
    let params = Params { sampler_rows: 40, background_rows: 16, ..quick() };
    let report = fixture::run::<Explain>(&subject, &params);
    assert_eq!((report.method.id.as_str(), report.method.rows), ("permutation-sampler", 40));
    assert!(report.method.sampled);
    assert_eq!(report.method.background_rows, 16);
    assert!(report.trust.additivity_error < 1e-9);
    let error = report.trust.sampling_error.unwrap();
    assert!(error > 0.0 && error < feature(&report, "income").mean_abs_shap.value.unwrap());
    assert_eq!(feature(&report, "noise").mean_abs_shap.value, Some(0.0));
}

#[test]
fn columns_made_of_several_features_are_explained_by_sampling() {
    let subject = fixture::linear(300, Task::Regression);
    let project = Project::new(2, vec![1.0 / 20_000.0, -50.0], Centring::None, None).unwrap();
    let mixed = Branch { columns: Some(vec![0, 1]), step: Step::Rows(Rows::Project(project)), weight: 1.0 };
    let age = Branch { columns: Some(vec![2]), step: Step::Keep, weight: 1.0 };
    let steps = Steps::new(&FEATURES.map(str::to_owned), Step::Columns(vec![mixed, age])).unwrap();
    let linear = Linear { features: 2, outputs: 1, coef: vec![2.0, 0.0], intercept: vec![1.0], link: Link::Identity };
    let model = Model::native(subject.model.features.clone(), Task::Regression, Vec::new(), CoreModel::Linear(linear));
    let subject = fixture::subject(subject.table.clone(), model.with_steps(steps));
    let params = Params { sampler_rows: 40, background_rows: 16, ..quick() };
    let report = fixture::run::<Explain>(&subject, &params);
    assert_eq!(report.method.id, "permutation-sampler");
    assert_eq!(report.method.fallback.as_deref(), Some("mixed-columns"));
    assert!(report.trust.additivity_error < 1e-9);
    let read = |name: &str| feature(&report, name).in_model;
    assert_eq!([read("income"), read("rate"), read("age")], [Some(true), Some(true), Some(false)]);
    assert!(Explain::cost(&subject, &params).predicted_rows >= 40 * 16);
}

#[test]
fn trees_without_covers_take_them_from_the_rows() {
    let table = fixture::table(300);
    let model = fixture::forest_model(&table, Task::Binary, Missing::Left);
    let subject = fixture::subject(table.clone(), model.clone());
    let fine_model::Core::Trees(forest) = model.core() else { panic!("a forest") };
    let without = |cover: f64| {
        let mut forest = forest.clone();
        forest.trees.iter_mut().flat_map(|t| &mut t.nodes).for_each(|n| n.cover = cover);
        forest
    };
    let mut covers = Covers::new(forest);
    let encoded = model.encode(&table).unwrap();
    covers.add(forest, &encoded.values);
    let covered = covers.into_forest(&without(f64::NAN));
    for (own, counted) in forest.trees.iter().zip(&covered.trees) {
        assert_eq!(counted.nodes[0].cover, 300.0);
        for (at, node) in counted.nodes.iter().enumerate().filter(|(_, node)| node.is_leaf()) {
            let here = encoded.values.chunks(8).filter(|row| own.leaf(row, forest.cast) == node.right as usize).count();
            assert_eq!(node.cover, here as f64, "node {at}");
        }
    }
    let stored = fixture::run::<Explain>(&subject, &quick());
    let bare = fixture::model_of(without(f64::NAN), Task::Binary);
    let report = fixture::run::<Explain>(&fixture::subject(table.clone(), bare), &quick());
    assert_eq!((report.method.id.as_str(), report.method.fallback.as_deref()), ("tree-path-dependent", None));
    assert_eq!((stored.method.background_rows, report.method.background_rows), (0, 300));
    assert!(report.trust.additivity_error < 1e-9);
    // With these counts in the file it is the same explanation.
    let known = fixture::run::<Explain>(&fixture::subject(table, fixture::model_of(covered, Task::Binary)), &quick());
    assert_eq!(feature(&known, "income"), feature(&report, "income"));
}

#[test]
fn a_budget_turns_all_rows_into_a_stated_sample() {
    let subject = fixture::forest(1000, Task::Binary);
    let report = fixture::run::<Explain>(&subject, &Params { max_values: 6 * 250, ..quick() });
    assert_eq!((report.method.rows, report.method.sampled), (250, true));
}

#[test]
fn copies_of_a_feature_are_named() {
    let table = fixture::table(400);
    let income = table.column("income").unwrap().numbers().unwrap().to_vec();
    let copy = Column::number("noise", fine_table::NumberKind::Float, income.iter().map(|v| 2.0 * v + 1.0).collect());
    let table = table.with_column(copy).unwrap();
    let model = fixture::forest_model(&table, Task::Binary, Missing::Left);
    let report = fixture::run::<Explain>(&fixture::subject(table, model), &quick());
    assert_eq!(report.trust.correlated.len(), 1);
    let mut pair = report.trust.correlated[0].clone();
    pair.sort();
    assert_eq!(pair, ["income", "noise"]);
}

#[test]
fn same_bytes_for_one_and_two_threads() {
    for (subject, params) in [
        (fixture::forest(2500, Task::Binary), quick()),
        (fixture::linear(700, Task::Regression), quick()),
        (opaque(300, Task::Binary), Params { sampler_rows: 20, background_rows: 6, ..quick() }),
    ] {
        let one = fixture::bytes_with_threads::<Explain>(&subject, &params, 1);
        assert_eq!(one, fixture::bytes_with_threads::<Explain>(&subject, &params, 2));
        serde_json::from_str::<Report>(&one).unwrap();
    }
}

#[test]
fn stops_when_asked() {
    fixture::stops_when_asked::<Explain>(&fixture::forest(1000, Task::Binary), &quick());
    fixture::stops_when_asked::<Explain>(&opaque(300, Task::Binary), &quick());
}

/// Three classes, forests of probabilities and boosted margins, with holes in the data.
fn three_classes(link: Link) -> Subject {
    let probability = link == Link::Probability;
    let kind = Kind {
        features: 5,
        outputs: 3,
        trees: 12,
        depth: 5,
        vector_leaves: probability,
        mean: probability,
        zero_covers: true,
    };
    let mut forest = Forest { link, ..random_forest(kind, 8) };
    if probability {
        forest.base.fill(0.0);
        for tree in &mut forest.trees {
            tree.weight = 1.0;
            for leaf in tree.values.chunks_mut(3) {
                let sum = leaf.iter().map(|v| v.abs()).sum::<f64>();
                leaf.iter_mut().for_each(|v| *v = v.abs() / sum);
            }
        }
    }
    let x = random_rows(5, 400, 8);
    let names = ["a", "b", "c", "d", "e"];
    let column = |j: usize| x.values.iter().skip(j).step_by(5).copied().collect::<Vec<_>>();
    let mut columns = (0..5).map(|j| Column::number(names[j], NumberKind::Float, column(j))).collect::<Vec<_>>();
    let features = names.map(|n| Feature { name: n.into(), kind: FeatureKind::Number }).to_vec();
    let classes = ["p", "q", "r"].map(|c| Label::Text(c.into())).to_vec();
    let model = Model::native(features, Task::Multiclass, classes, CoreModel::Trees(forest));
    let labels = model.predict(&Table::new(columns.clone()).unwrap()).unwrap().labels;
    // Every fifth row is wrong.
    let truth =
        labels.iter().enumerate().map(|(i, l)| Some(["p", "q", "r"][(*l as usize + usize::from(i % 5 == 0)) % 3]));
    columns.push(Column::text("y", truth));
    columns.push(Column::text("sex", (0..400).map(|i| Some(if i % 2 == 0 { "f" } else { "m" }))));
    columns.push(Column::text("region", (0..400).map(|_| Some("x"))));
    fixture::subject(Table::new(columns).unwrap(), model)
}

#[test]
fn several_classes_are_explained_each_on_its_own_margin() {
    for (link, scale) in [(Link::Softmax, "margin"), (Link::Probability, "probability")] {
        let subject = three_classes(link);
        let report = fixture::run::<Explain>(&subject, &quick());
        assert_eq!((report.method.scale.as_str(), report.method.base.len()), (scale, 3));
        assert_eq!(report.method.class, None);
        assert!(report.trust.additivity_error < 1e-12);
        assert!(report.features.iter().all(|f| f.class.is_some() && !f.dependence.is_empty()));
        for row in &report.rows {
            let label = subject.prediction.labels[row.row as usize] as usize;
            assert_eq!(row.class.as_deref(), Some(subject.classes[label].as_str()));
            assert_eq!(row.base, report.method.base[label]);
        }
        if link == Link::Probability {
            let sum = report.method.base.iter().sum::<f64>();
            assert!((sum - 1.0).abs() < 1e-12);
        }
    }
}

/// All stages that predict again, on several classes with missing cells.
#[test]
fn stages_take_several_classes_and_missing_cells() {
    let subject = three_classes(Link::Softmax);
    let robustness = fixture::run::<Robustness>(&subject, &Default::default());
    assert!(!robustness.missing_refused);
    assert_eq!(robustness.missing.len(), 3);
    let sensitivity = fixture::run::<Sensitivity>(&subject, &Default::default());
    assert!(sensitivity.label_flip_rate.is_some());
    assert!(sensitivity.features.iter().all(|f| f.direction.is_none()));
}
