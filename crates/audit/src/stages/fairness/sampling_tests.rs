//! Rows with weights and entities: against fairlearn, scikit-learn and statsmodels (`golden/designs`), repeated rows, and
//! simulated rows of entities.

use fine_table::{Column, NumberKind};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use serde_json::Value;

use super::*;
use crate::fixture;
use crate::rng::unit_rng;
use crate::stats::welch::t_two_sided;

const PLAIN: &str = r#"{"flips": false, "tell_attributes": false, "consistency_rows": 0, "mitigation": false}"#;

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../../../golden/designs/expected.json")).expect("a golden case")
}

fn list(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
}

fn letters(name: &str, of: impl Iterator<Item = char>) -> Column {
    Column::text(name, of.map(|c| Some(c.to_string())))
}

/// The same rows with entities and weights.
fn taken(mut s: Subject, entities: Option<&[u32]>, weights: Option<&[f64]>) -> Subject {
    if let Some(entities) = entities {
        let who = Column::text("who", entities.iter().map(|e| Some(format!("e{e}"))));
        let columns = s.table.columns().iter().map(|c| c.as_ref().clone()).chain([who]).collect();
        s.table = fine_table::Table::new(columns).expect("a table");
        s.roles.entity = Some("who".into());
    }
    s.weights = weights.map(<[f64]>::to_vec);
    s
}

fn run(subject: &Subject, params: &str) -> Report {
    let params: Params = serde_json::from_str(params).expect("parameters");
    Fairness::run(subject, &params, &Context::new(&|_, _| true)).expect("a report")
}

fn gap<'a>(gaps: &'a [report::Gap], id: &str) -> &'a report::Gap {
    gaps.iter().find(|g| g.id == id).unwrap_or_else(|| panic!("no {id}"))
}

fn near(what: &str, own: Option<f64>, want: Option<f64>) {
    match (own, want) {
        (Some(own), Some(want)) => {
            assert!((own - want).abs() < 1e-9 * (1.0 + want.abs()), "{what}: {own} against {want}")
        }
        (own, want) => assert_eq!(own, want, "{what}"),
    }
}

#[test]
fn rates_gaps_and_tests_equal_fairlearn_and_statsmodels() {
    let golden = golden();
    let entities: Vec<u32> = list(&golden["entity"]).iter().map(|e| *e as u32).collect();
    let weights = list(&golden["w"]);
    for (name, weights) in [("weighted", Some(weights.as_slice())), ("entities", None)] {
        let case = &golden[name];
        let g = letters("g", golden["g"].as_str().expect("letters").chars());
        let s = fixture::binary(&list(&golden["y"]), &list(&golden["p"]), vec![g]);
        let report = run(&taken(s, Some(&entities), weights), PLAIN);
        let attribute = &report.attributes[0];
        for group in &attribute.groups {
            let of = |key: &str| case["rates"]["groups"][key][&group.group].as_f64();
            near("selection", group.selection_rate.value, of("selection_rate"));
            near("tpr", group.tpr.value, of("tpr"));
            near("fpr", group.fpr.value, of("fpr"));
            near("ppv", group.ppv.value, of("ppv"));
            near("accuracy", group.accuracy.value, of("accuracy"));
            near("auc", group.roc_auc.value, of("roc_auc"));
        }
        for (id, want) in case["rates"]["gaps"].as_object().expect("gaps") {
            let e = &gap(&attribute.gaps, id).estimate;
            near(id, e.value, want.as_f64());
            assert!(e.low < e.value && e.value < e.high, "{id}: {e:?}");
        }
        for (id, key) in [("demographic_parity_diff", "selection"), ("equal_opportunity_diff", "tpr")] {
            let (df, score) = (case[key]["df"].as_f64().expect("df"), case[key]["score"].as_f64().expect("score"));
            let p = t_two_sided((score * df / (df + 1.0)).sqrt(), df);
            near(id, gap(&attribute.gaps, id).p_raw, Some(p));
        }
        let parity = &gap(&attribute.gaps, "demographic_parity_diff").estimate;
        let half = 1.96 * case["selection"]["se"].as_f64().expect("se");
        let own = (parity.high.expect("high") - parity.low.expect("low").max(0.0)) / 2.0;
        assert!((own / half - 1.0).abs() < 0.25, "bootstrap {own}, linearised {half}");
        let said = report.sampling.expect("how rows were taken");
        assert_eq!((said.unit.as_str(), said.entities, said.weighted), ("entity", Some(252), weights.is_some()));
    }
}

/// One subject of each task with two groups.
fn subjects(n: usize) -> [Subject; 3] {
    let u = fixture::spread(n, 0.17);
    let v = fixture::spread(n, 0.71);
    let g = || letters("g", (0..n).map(|i| if i % 5 < 2 { 'a' } else { 'b' }));
    let y: Vec<f64> = (0..n).map(|i| f64::from(u8::from(u[i] + 0.4 * v[i] > 0.7))).collect();
    let p: Vec<f64> = (0..n).map(|i| (0.05 + 0.9 * (0.6 * u[i] + 0.4 * v[(i * 7) % n])).clamp(0.01, 0.99)).collect();
    let classes: Vec<f64> = (0..n).map(|i| (3.0 * u[i]).floor()).collect();
    let scores: Vec<f64> = (0..n).flat_map(|i| [v[i], u[i], 1.0 - v[(i * 3) % n]]).collect();
    [
        fixture::binary(&y, &p, vec![g()]),
        fixture::multiclass(&["x", "y", "z"], &classes, &scores, vec![g()]),
        fixture::regression(&u, &p, vec![g()]),
    ]
}

#[test]
fn entities_of_one_row_and_equal_weights_change_nothing() {
    for s in subjects(240) {
        let bare = |r: Report| Report { sampling: None, ..r };
        let plain = run(&s, PLAIN);
        assert!(plain.sampling.as_ref().is_some_and(|t| t.unit == "row" && !t.weighted && t.without.is_empty()));
        let plain = bare(plain);
        let own: Vec<u32> = (0..240).collect();
        let distinct = run(&taken(s.clone(), Some(&own), None), PLAIN);
        assert_eq!(distinct.sampling.as_ref().and_then(|t| t.entities), Some(240));
        assert_eq!(bare(distinct), plain);
        assert_eq!(bare(run(&taken(s, None, Some(&[2.5; 240])), PLAIN)), plain);
    }
}

#[test]
fn whole_weights_are_repeated_rows() {
    let n = 240;
    let weights: Vec<f64> = (0..n).map(|i| f64::from(1 + (i % 7 % 3) as u8)).collect();
    let copies: Vec<u32> = (0..n as u32).flat_map(|i| vec![i; weights[i as usize] as usize]).collect();
    for s in subjects(n) {
        let mut repeated = s.clone();
        repeated.table = s.table.take(&copies);
        repeated.target = copies.iter().map(|i| s.target[*i as usize]).collect();
        let (p, width) = (&s.prediction, s.prediction.width);
        repeated.prediction = fine_model::Prediction {
            rows: copies.len(),
            scores: copies.iter().flat_map(|i| p.scores[*i as usize * width..][..width].to_vec()).collect(),
            labels: if p.labels.is_empty() {
                Vec::new()
            } else {
                copies.iter().map(|i| p.labels[*i as usize]).collect()
            },
            ..p.clone()
        };
        let (own, many) = (run(&taken(s, None, Some(&weights)), PLAIN), run(&repeated, PLAIN));
        let value = |e: &crate::estimate::Estimate| e.value;
        for (a, b) in own.attributes.iter().zip(&many.attributes) {
            for (a, b) in a.groups.iter().zip(&b.groups) {
                let other = many.attributes[0].groups.iter().find(|g| g.group == a.group).unwrap_or(b);
                near("selection", value(&a.selection_rate), value(&other.selection_rate));
                near("auc", value(&a.roc_auc), value(&other.roc_auc));
                near("slope", value(&a.calibration_slope), value(&other.calibration_slope));
                near("treatment", value(&a.treatment_ratio), value(&other.treatment_ratio));
            }
            near("theil", Some(a.inequality.theil), Some(b.inequality.theil));
            for (a, b) in a.gaps.iter().zip(&b.gaps) {
                near(&a.id, value(&a.estimate), value(&b.estimate));
            }
        }
        for (a, b) in own.labels.iter().zip(&many.labels) {
            for (a, b) in a
                .gaps
                .iter()
                .chain(a.given.iter().map(|g| &g.gap))
                .zip(b.gaps.iter().chain(b.given.iter().map(|g| &g.gap)))
            {
                near(&a.id, value(&a.estimate), value(&b.estimate));
            }
        }
        for (a, b) in own.values.iter().zip(&many.values) {
            // Distances in standard deviations know how many rows there are.
            for id in
                ["prediction_ks", "residual_diff", "mae_diff", "rmse_diff", "bounded_group_loss", "group_loss_excess"]
            {
                near(id, value(&gap(&a.gaps, id).estimate), value(&gap(&b.gaps, id).estimate));
            }
        }
    }
}

/// Numbers of entities that have a mean of their own, one group an entity; both groups are alike.
fn alike(trial: u64, shift: f64) -> (Subject, Vec<u32>) {
    let mut rng = unit_rng(3, "fairness/alike", trial);
    let (mut predicted, mut group, mut entity) = (Vec::new(), String::new(), Vec::new());
    for e in 0..50u32 {
        let own: f64 = StandardNormal.sample(&mut rng);
        for _ in 0..rng.random_range(4..9usize) {
            let noise: f64 = StandardNormal.sample(&mut rng);
            predicted.push(own + 0.5 * noise + if e % 2 == 0 { shift } else { 0.0 });
            group.push(if e % 2 == 0 { 'a' } else { 'b' });
            entity.push(e);
        }
    }
    (fixture::regression(&predicted.clone(), &predicted, vec![letters("g", group.chars())]), entity)
}

/// The bootstrap test of equal distributions keeps its level with entities where that of independent rows does not, and sees
/// groups that are apart.
#[test]
fn equal_distributions_of_entities_are_seldom_told_apart() {
    let trials = 60;
    let (mut honest, mut blind) = (0, 0);
    for trial in 0..trials {
        let (s, entity) = alike(trial, 0.0);
        let p = |r: &Report| gap(&r.values[0].gaps, "prediction_ks").p_raw.expect("a p-value");
        blind += u32::from(p(&run(&s, PLAIN)) < 0.05);
        honest += u32::from(p(&run(&taken(s, Some(&entity), None), PLAIN)) < 0.05);
    }
    let most = 60.0 * (0.05 + 3.0 * (0.05f64 * 0.95 / 60.0).sqrt());
    assert!(f64::from(honest) <= most && blind > 15, "{honest} and {blind} of {trials}");
    let (s, entity) = alike(1, 2.0);
    let report = run(&taken(s, Some(&entity), None), PLAIN);
    for id in ["prediction_ks", "prediction_wasserstein", "prediction_smd"] {
        assert!(gap(&report.values[0].gaps, id).p_raw.is_some_and(|p| p < 0.01), "{id}");
    }
}

/// Strata, remedies, proxies and neighbours of weighted rows of entities are measured, and what has no form is named.
#[test]
fn every_part_is_measured_and_what_is_left_out_is_named() {
    let n = 400;
    let mut s = subjects(n)[0].clone();
    let extra = Column::text("city", (0..n).map(|i| Some(["u", "v", "w"][i * 7 % 3])));
    let number = Column::number("n", NumberKind::Float, fixture::spread(n, 0.5));
    let columns = s.table.columns().iter().map(|c| c.as_ref().clone()).chain([extra, number]).collect();
    s.table = fine_table::Table::new(columns).expect("a table");
    s.feature_columns.extend([s.table.columns().len() - 2, s.table.columns().len() - 1]);
    let entities: Vec<u32> = (0..n as u32).map(|i| i / 2).collect();
    let weights: Vec<f64> = (0..n).map(|i| 0.5 + (i % 9) as f64).collect();
    let report = run(&taken(s, Some(&entities), Some(&weights)), r#"{"conditional_on": ["city"]}"#);
    let said = report.sampling.as_ref().expect("how rows were taken");
    assert_eq!(said.without, ["one-more-weights", "homogeneity", "neighbours-weights", "association-weights"]);
    assert!(report.attributes[0].ratio_one_more.is_none());
    let strata = &report.conditional[0];
    assert!(strata.common.low.is_some() && strata.p_raw.is_some() && strata.homogeneity.is_none());
    assert!(report.mitigation[0].reason.is_none() && report.mitigation[0].methods[0].accuracy_change.low.is_some());
    assert!(report.proxies[0].separation.low.is_some() && report.consistency.is_some());
    let value = serde_json::to_value(&report).expect("JSON");
    assert_eq!(serde_json::from_value::<Report>(value).expect("every number is finite"), report);
}
