//! Against the package sliceline, SciPy and scikit-learn: `golden/stage-slices`; against brute force; and on data without
//! any slice.

use fine_model::ScoreKind;
use fine_table::{Column, NumberKind};
use proptest::prelude::*;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use serde_json::Value;

use super::confirm::Half;
use super::measure::SUPPORT;
use super::params::Loss;
use super::search::{Hit, Search, apart};
use super::{Params, Report, Slices};
use crate::bins::Feature;
use crate::bins::tree::Tree;
use crate::finding::{Finding, Outcome, Scope};
use crate::fixture;
use crate::policy::Policy;
use crate::rerun::Progress;
use crate::rng::unit_rng;
use crate::stage::{Context, Stage, StageError};
use crate::stats::design::Design;
use crate::stats::welch::{Moments, difference};
use crate::subject::Subject;

fn golden() -> Value {
    let text = include_str!("../../../../../golden/stage-slices/expected.json");
    serde_json::from_str(text).expect("a golden case")
}

fn list(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
}

fn close(what: &str, own: f64, want: &Value, tolerance: f64) {
    let want = want.as_f64().expect("a number");
    assert!((own - want).abs() <= tolerance * (1.0 + want.abs()), "{what}: {own} against {want}");
}

/// Features whose codes are the numbers given.
fn coded(columns: &[Vec<f64>]) -> Vec<Feature> {
    let named = |(i, values): (usize, &Vec<f64>)| {
        Feature::of(&Column::number(format!("f{i}"), NumberKind::Int, values.clone()), 64, 1).expect("bins")
    };
    columns.iter().enumerate().map(named).collect()
}

/// The hits as conditions (feature, bin).
fn found(search: &Search<'_>) -> Vec<(Vec<(usize, usize)>, Hit)> {
    let ctx = Context::new(&|_, _| true);
    let found = search.run(&Progress::new(&ctx, 100)).expect("no stop");
    let conditions = |h: &Hit| h.members.iter().map(|b| (found.basics[*b].feature, found.basics[*b].bin)).collect();
    found.hits.iter().map(|h| (conditions(h), h.clone())).collect()
}

#[test]
fn the_best_slices_equal_those_of_sliceline() {
    for case in golden()["slices"].as_array().expect("cases") {
        let columns: Vec<Vec<f64>> = case["codes"].as_array().expect("columns").iter().map(list).collect();
        let (features, losses) = (coded(&columns), list(&case["losses"]));
        let rows: Vec<u32> = (0..losses.len() as u32).collect();
        let number = |key: &str| case[key].as_u64().expect("a count") as usize;
        let search = Search {
            features: &features,
            rows: &rows,
            losses: &losses,
            weights: None,
            support: number("support") as u64,
            weight: case["alpha"].as_f64().expect("alpha"),
            predicates: number("predicates"),
            top: number("k"),
        };
        let own = found(&search);
        let theirs = case["top"].as_array().expect("slices");
        assert!(own.len() == theirs.len().min(search.top) && own.len() >= 5, "{}: {}", case["name"], own.len());
        for ((conditions, hit), at) in own.iter().zip(theirs) {
            close("score", hit.score, &at["score"], 1e-9);
            let json: Value = conditions.iter().map(|(f, b)| vec![*f as u64, *b as u64]).collect();
            let same = theirs.iter().find(|t| t["conditions"] == json).expect("the same slice");
            close("size", hit.stats.rows as f64, &same["size"], 0.0);
            close("error", hit.stats.loss, &same["error"], 1e-9);
            close("largest", hit.stats.largest, &same["largest"], 1e-12);
        }
    }
}

#[test]
fn welch_equals_scipy_and_the_tree_equals_scikit_learn() {
    let golden = golden();
    for case in golden["welch"].as_array().expect("cases") {
        let (e, p) = difference(&Moments::of(&list(&case["a"])), &Moments::of(&list(&case["b"])));
        close("p", p.expect("p"), &case["p"], 1e-8);
        for (what, v) in [("difference", e.value), ("low", e.low), ("high", e.high)] {
            close(what, v.expect("a number"), &case[what], 1e-8);
        }
    }
    let case = &golden["tree"];
    let columns: Vec<Vec<f64>> = case["codes"].as_array().expect("columns").iter().map(list).collect();
    let (features, y) = (coded(&columns), list(&case["y"]));
    let tree = Tree::grow(&features, &y, (0..y.len() as u32).collect());
    close("leaves", tree.nodes.iter().filter(|n| n.split.is_none()).count() as f64, &case["leaves"], 0.0);
    for (row, want) in case["predicted"].as_array().expect("predictions").iter().enumerate() {
        close("value", tree.nodes[tree.leaf(|f| features[f].codes[row])].value, want, 1e-9);
    }
}

/// All conjunctions of up to three bins, one a feature, with enough rows and some loss.
fn brute_force(search: &Search<'_>) -> Vec<f64> {
    let mut conditions: Vec<Vec<(usize, usize)>> = vec![Vec::new()];
    let mut at = 0;
    while at < conditions.len() {
        let last = conditions[at].last().map_or(0, |c| c.0 + 1);
        if conditions[at].len() < search.predicates {
            for f in last..search.features.len() {
                for b in 0..search.features[f].bins.len() {
                    conditions.push([conditions[at].clone(), vec![(f, b)]].concat());
                }
            }
        }
        at += 1;
    }
    let weight = |r: usize| search.weights.map_or(1.0, |w| w[r]);
    let all = 0..search.losses.len();
    let n: f64 = all.clone().map(weight).sum();
    let mean = all.map(|r| weight(r) * search.losses[r]).sum::<f64>() / n;
    let score = |c: &Vec<(usize, usize)>| {
        let inside = |r: &usize| c.iter().all(|(f, b)| search.features[*f].codes[*r] as usize == *b);
        let members: Vec<usize> = (0..search.losses.len()).filter(inside).collect();
        let sum = |of: &dyn Fn(usize) -> f64| members.iter().map(|r| of(*r)).sum::<f64>();
        let (size, loss) = (sum(&weight), sum(&|r| weight(r) * search.losses[r]));
        let score = search.weight * (loss / size / mean - 1.0) - (1.0 - search.weight) * (n / size - 1.0);
        let effective = size * size / sum(&|r| weight(r) * weight(r));
        (effective + 1e-9 >= search.support as f64 && loss > 0.0 && score > 0.0).then_some(score)
    };
    let mut scores: Vec<f64> = conditions[1..].iter().filter_map(score).collect();
    scores.sort_by(|a, b| b.total_cmp(a));
    scores.truncate(search.top);
    scores
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn the_pruned_search_equals_brute_force(
        cells in prop::collection::vec(0u8..4, 4 * 130),
        raw in prop::collection::vec(0.0f64..1.0, 130),
        (binary, top, support, weight) in (any::<bool>(), 1usize..12, 1u64..20, 0.6f64..0.99),
        heavy in prop::option::of(prop::collection::vec(0.0f64..3.0, 130)),
    ) {
        let columns: Vec<Vec<f64>> = cells.chunks(130).map(|c| c.iter().map(|v| f64::from(*v)).collect()).collect();
        let planted = |r: usize| columns[0][r] == 1.0 && columns[2][r] > 1.0;
        let losses: Vec<f64> = (0..130)
            .map(|r| if binary { f64::from(u8::from(raw[r] < 0.2 + 0.4 * f64::from(u8::from(planted(r))))) } else { raw[r].powi(4) })
            .collect();
        prop_assume!(losses.iter().any(|l| *l > 0.0));
        let features = coded(&columns);
        let rows: Vec<u32> = (0..130).collect();
        let weights = heavy.as_deref();
        let search =
            Search { features: &features, rows: &rows, losses: &losses, weights, support, weight, predicates: 3, top };
        let own: Vec<f64> = found(&search).into_iter().map(|f| f.1.score).collect();
        let all = brute_force(&search);
        prop_assert_eq!(own.len(), all.len());
        for (a, b) in own.iter().zip(&all) {
            prop_assert!((a - b).abs() < 1e-9, "{:?} against {:?}", own, all);
        }
    }
}

#[test]
fn overlapping_slices_are_kept_once() {
    let sets = [vec![0b1111], vec![0b0111], vec![0b1110_0001], vec![0b0001]];
    assert_eq!(apart(&sets, 9), [0, 2, 3]);
    assert_eq!(apart(&sets, 1), [0]);
}

fn run(subject: &Subject, params: &Params) -> Report {
    assert_eq!(Slices::applies(subject, params), Ok(()));
    Slices::run(subject, params, &Context::new(&|_, _| true)).expect("a report")
}

fn findings(subject: &Subject, report: &Report) -> Vec<Finding> {
    Slices::findings(report, subject, &Params::default(), &Policy::default())
}

/// Two-class rows with the features `age`, `job` and `noise`; one row in `rate` is wrong, and with `weak` most of those
/// with a low age and no job.
fn planted(n: usize, weak: bool, seed: u64) -> Subject {
    let mut rng = unit_rng(seed, "slices/planted", 0);
    let age: Vec<f64> = (0..n).map(|_| f64::from(rng.random_range(18u32..70))).collect();
    let job: Vec<&str> = (0..n).map(|_| ["none", "clerk", "nurse"][rng.random_range(0..3usize)]).collect();
    let noise: Vec<f64> = StandardNormal.sample_iter(&mut rng).take(n).collect();
    let p: Vec<f64> = (0..n).map(|_| if rng.random::<bool>() { 0.85 } else { 0.15 }).collect();
    let wrong = |i: usize| if weak && age[i] < 31.0 && job[i] == "none" { 0.55 } else { 0.15 };
    let y: Vec<f64> = (0..n).map(|i| f64::from(u8::from((p[i] > 0.5) != (rng.random::<f64>() < wrong(i))))).collect();
    let columns = vec![
        Column::number("age", NumberKind::Int, age),
        Column::text("job", job.into_iter().map(Some)),
        Column::number("noise", NumberKind::Float, noise),
    ];
    let mut s = fixture::binary(&y, &p, columns);
    (s.feature_columns, s.roles.protected, s.seed) = (vec![2, 3, 4], Vec::new(), seed);
    s
}

#[test]
fn a_planted_weak_slice_is_found_confirmed_and_named() {
    let s = planted(4000, true, 1);
    let report = run(&s, &Params::default());
    let both = |s: &&super::report::Slice| {
        let of = |name: &str| s.predicates.iter().find(|p| p.feature == name);
        of("job").is_some_and(|p| p.values == ["none"]) && of("age").is_some_and(|p| p.high < Some(32.0))
    };
    let found = report.slices.iter().filter(both).find(|s| s.confirmed).expect("the planted slice");
    assert!(found.loss.low > Some(0.35) && found.n >= SUPPORT && found.impact.expect("an impact") > 10.0);
    assert!(found.discovery_rows >= SUPPORT && found.excess.low > Some(0.1));
    let f = findings(&s, &report);
    assert!(f.iter().all(|f| f.outcome == Outcome::Issue) && matches!(&f[0].scope, Scope::Slice { .. }));
    assert!(report.tree.iter().any(|n| n.leaf && n.loss.value > Some(0.4)));
    assert_eq!(report.tree.iter().filter(|n| n.leaf).map(|n| n.loss.n).sum::<u64>(), report.confirmation_rows);
    assert!(report.maps[0].features.iter().all(|f| f == "age" || f == "job"));
    let over = |c: &&super::report::ConfidenceSlice| c.kind == "over" && c.confirmed && c.gap.low > Some(0.15);
    assert!(report.confidence.iter().find(over).is_some_and(|c| (c.probability - 0.85).abs() < 1e-9));
}

/// The share of families with a confirmed slice, when losses do not depend on the features.
#[test]
fn data_without_a_weak_slice_are_left_in_peace() {
    let sets = 120;
    let (mut any, mut tested) = (0, 0);
    for seed in 0..sets {
        let report = run(&planted(600, false, 100 + seed), &Params { predicates: 2, ..Params::default() });
        tested += report.slices.len();
        any += u32::from(report.slices.iter().any(|s| s.confirmed));
    }
    assert!(tested > sets as usize * 3, "{tested} slices were tested");
    let allowed = 0.05 + 3.0 * (0.05f64 * 0.95 / sets as f64).sqrt();
    assert!(f64::from(any) / sets as f64 <= allowed, "{any} of {sets}");
}

#[test]
fn without_a_confirmed_slice_nothing_is_an_issue() {
    let s = planted(600, false, 3);
    let report = run(&s, &Params::default());
    let f = findings(&s, &report);
    assert!(f.len() == 1 && matches!(f[0].outcome, Outcome::Inconclusive | Outcome::Pass), "{f:?}");
    let mut perfect = planted(600, false, 3);
    perfect.prediction.labels = perfect.target.iter().map(|t| *t as u32).collect();
    let report = run(&perfect, &Params::default());
    assert_eq!(findings(&perfect, &report)[0].reason.as_deref(), Some("no-loss"));
}

#[test]
fn every_loss_of_its_task_is_searched_and_no_other() {
    let s = planted(800, true, 2);
    let with = |loss| Params { loss, ..Params::default() };
    assert_eq!(run(&s, &with(Loss::LogLoss)).loss, "log-loss");
    assert_eq!(Slices::applies(&s, &with(Loss::Squared)), Err("loss-of-other-task"));
    let mut labels = s.clone();
    labels.prediction.kind = ScoreKind::Label;
    assert_eq!(Slices::applies(&labels, &with(Loss::LogLoss)), Err("no-probability"));
    assert!(run(&labels, &with(Loss::Auto)).confidence.is_empty());
    assert_eq!(Slices::applies(&planted(127, true, 2), &Params::default()), Err("too-few-rows"));

    let n = 900;
    let x = fixture::spread(n, 0.2);
    let y: Vec<f64> = (0..n).map(|i| x[i] * if x[i] > 0.75 { 3.0 } else { 1.1 }).collect();
    let mut r = fixture::regression(&y, &x, vec![Column::number("f", NumberKind::Float, x.clone())]);
    (r.feature_columns, r.roles.protected) = (vec![2], Vec::new());
    for (loss, id) in [(Loss::Auto, "absolute"), (Loss::Squared, "squared")] {
        let report = run(&r, &with(loss));
        assert_eq!(report.loss, id);
        assert!(report.slices[0].confirmed && report.slices[0].predicates[0].low > Some(0.7));
        assert!(report.slices[0].relative.low > Some(0.1));
    }
}

#[test]
fn copied_rows_of_entities_do_not_confirm_a_slice() {
    let losses: Vec<f64> = (0..40).map(|i| f64::from(u8::from(i < 8 || i % 5 == 0))).collect();
    let inside: Vec<bool> = (0..40).map(|i| i < 15).collect();
    let copies = |k: usize, clusters: bool| {
        let rows: Vec<u32> = (0..40 * k as u32).collect();
        let half = Half {
            rows: &rows,
            losses: losses.iter().flat_map(|l| vec![*l; k]).collect(),
            design: Design::new(40 * k, None, clusters.then(|| (0..40 * k as u32).map(|r| r / k as u32).collect())),
            binary: true,
        };
        let members: Vec<bool> = inside.iter().flat_map(|i| vec![*i; k]).collect();
        half.compare(&members)
    };
    let (once, blind, honest) = (copies(2, true), copies(6, false), copies(6, true));
    assert!(blind.p < honest.p);
    assert!((once.p.expect("p") - honest.p.expect("p")).abs() < 1e-9);
    assert!((once.relative.low.expect("low") - honest.relative.low.expect("low")).abs() < 1e-9);
}

#[test]
fn whole_weights_are_repeated_rows() {
    let losses = fixture::spread(60, 0.4);
    let weights: Vec<f64> = (0..60).map(|i| f64::from(1 + i % 3)).collect();
    let copies: Vec<usize> = (0..60).flat_map(|i| vec![i; weights[i] as usize]).collect();
    let compare = |losses: Vec<f64>, weights: Option<&[f64]>, inside: Vec<bool>| {
        let rows: Vec<u32> = (0..losses.len() as u32).collect();
        let design = Design::new(losses.len(), weights, None);
        Half { rows: &rows, losses, design, binary: false }.compare(&inside)
    };
    let own = compare(losses.clone(), Some(&weights), (0..60).map(|i| i < 25).collect());
    let many = compare(copies.iter().map(|i| losses[*i]).collect(), None, copies.iter().map(|i| *i < 25).collect());
    let pairs = [
        (own.loss.value, many.loss.value),
        (own.rest, many.rest),
        (own.excess.value, many.excess.value),
        (own.relative.value, many.relative.value),
    ];
    assert!(pairs.iter().all(|(a, b)| (a.expect("own") - b.expect("repeated")).abs() < 1e-12), "{pairs:?}");
    // Fewer rows than copies say less.
    let width = |e: &crate::estimate::Estimate| e.high.expect("high") - e.low.expect("low");
    assert!(width(&own.excess) > width(&many.excess));
}

#[test]
fn weights_decide_what_a_slice_is() {
    let s = planted(800, true, 2);
    let plain = run(&s, &Params::default());
    let equal = run(&Subject { weights: Some(vec![0.2; 800]), ..s.clone() }, &Params::default());
    assert_eq!(equal, plain, "equal weights");
    // Rows that are wrong weigh little: the mean loss falls with them.
    let wrong = |r: usize| s.prediction.labels[r] != s.target[r] as u32;
    let weights = (0..800).map(|r| if wrong(r) { 0.25 } else { 1.0 }).collect();
    let light = run(&Subject { weights: Some(weights), ..s.clone() }, &Params::default());
    assert!(light.mean_loss.value < plain.mean_loss.value && light.sampling.as_ref().is_some_and(|t| t.weighted));
    assert_eq!(light.sampling.as_ref().map(|t| t.without.clone()), Some(vec!["tree-weights".to_owned()]));
    assert!(light.slices.iter().all(|s| s.p.is_some()) && !light.slices.is_empty());
}

#[test]
fn a_stop_is_heard() {
    let s = planted(600, true, 4);
    let stopped = Slices::run(&s, &Params::default(), &Context::new(&|_, _| false));
    assert_eq!(stopped.err(), Some(StageError::Cancelled));
}

/// As many rows and columns as Adult has; its time is the measure of the search.
#[test]
fn a_table_of_the_size_of_adult_is_searched_whole() {
    let n = 16_281;
    let mut rng = unit_rng(1, "slices/time", 0);
    let columns = (0..14).map(|c| {
        let values: Vec<f64> = StandardNormal.sample_iter(&mut rng).take(n).collect();
        Column::number(format!("c{c}"), NumberKind::Float, values)
    });
    let columns: Vec<Column> = columns.collect();
    let p: Vec<f64> = fixture::spread(n, 0.3);
    let y: Vec<f64> = fixture::spread(n, 0.8).iter().map(|v| v.round()).collect();
    let mut s = fixture::binary(&y, &p, columns);
    (s.feature_columns, s.roles.protected) = ((2..16).collect(), Vec::new());
    let report = run(&s, &Params::default());
    // Every bin of every column; noise lets the bounds prune the rest.
    assert!(report.counted >= 14 * 8, "{}", report.counted);
}
