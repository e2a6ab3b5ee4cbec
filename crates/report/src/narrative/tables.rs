//! Facts from the main tables of the stages; those of groups stand in [`super::groups`].

use fine_audit::estimate::Estimate;
use fine_audit::finding::{Predicate, Side};
use serde_json::Value;

use super::fact::{Area, Fact, Part, Place, Role, Unit};
use super::facts::{Gather, blank, scoped};

/// Most features of a list.
const MOST: usize = 8;

/// Metrics, in the unit in which they are said. Those of the largest single error are left out: it is one row's.
const METRICS: [(&str, Unit); 24] = [
    ("accuracy", Unit::Share),
    ("balanced_accuracy", Unit::Share),
    ("precision", Unit::Share),
    ("recall", Unit::Share),
    ("f1", Unit::Number),
    ("specificity", Unit::Share),
    ("mcc", Unit::Number),
    ("kappa", Unit::Number),
    ("roc_auc", Unit::Number),
    ("average_precision", Unit::Number),
    ("log_loss", Unit::Number),
    ("brier", Unit::Number),
    ("mae", Unit::Number),
    ("mse", Unit::Number),
    ("rmse", Unit::Number),
    ("r2", Unit::Share),
    ("adjusted_r2", Unit::Share),
    ("mape", Unit::Number),
    ("smape", Unit::Number),
    ("median_ae", Unit::Number),
    ("explained_variance", Unit::Share),
    ("mean_residual", Unit::Number),
    ("roc_auc_ovo", Unit::Number),
    ("pinball_50", Unit::Number),
];

/// The tables that matter most.
pub(super) fn add(g: &mut Gather) {
    metrics(g);
    importance(g);
    calibration(g);
    stability(g);
    slices(g);
}

/// The tables that matter less.
pub(super) fn add_minor(g: &mut Gather) {
    per_class(g);
    drift(g);
    data(g);
    uncertainty(g);
    leakage(g);
}

/// An estimate of a report; what is none has no value.
pub(super) fn estimate(v: &Value) -> Estimate {
    serde_json::from_value(v.clone()).unwrap_or_else(|_| Estimate::not_estimable(0))
}

pub(super) fn list(v: &Value) -> &[Value] {
    v.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The place of one value among all.
pub(super) fn place(value: Option<f64>, all: &[f64]) -> Option<Place> {
    let value = value?;
    let count = |wins: &dyn Fn(f64) -> bool| all.iter().filter(|v| wins(**v)).count() as u32;
    Some(Place { high: count(&|v| v >= value), low: count(&|v| v <= value), of: all.len() as u32 })
}

fn metrics(g: &mut Gather) {
    let Some((r, at)) = g.report("performance") else { return };
    let baseline = list(&r["baselines"]).iter().find(|b| b["id"] == "majority" && b["metric"] == "accuracy");
    for (i, metric) in list(&r["metrics"]).iter().enumerate() {
        let Some((id, unit)) = METRICS.iter().find(|(id, _)| metric["id"] == *id) else { continue };
        let side = if metric["higher_is_better"] == true { Side::Above } else { Side::Below };
        let mut fact = blank(Area::Metrics, &format!("metric.{id}"), &format!("{at}/metrics/{i}"), *unit)
            .with_estimate(&estimate(&metric["estimate"]));
        if *id == "accuracy" {
            fact = fact.with(Role::Baseline, baseline.and_then(|b| b["value"].as_f64()));
        }
        let fact = if *id == "mean_residual" { fact } else { fact.better(side) };
        g.add(fact);
    }
}

/// The features of a list in its order, with their places.
fn features(
    g: &mut Gather,
    entries: &[Value],
    at: &str,
    draft: &Fact,
    number: &dyn Fn(&Value) -> Estimate,
    name: &str,
) {
    let all: Vec<f64> = entries.iter().filter_map(|v| number(v).value).collect();
    let mut order: Vec<usize> = (0..entries.len()).collect();
    let size = |i: &usize| number(&entries[*i]).value.unwrap_or(f64::NEG_INFINITY);
    order.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.cmp(b)));
    for i in order.into_iter().take(MOST) {
        let Some(feature) = entries[i][name].as_str() else { continue };
        let e = number(&entries[i]);
        let alias = g.aliases.column(feature);
        let mut fact = Fact { pointer: format!("{at}/{i}"), ..draft.clone() }.with_estimate(&e);
        fact.scope = vec![scoped(Part::Feature, alias)];
        fact.place = place(e.value, &all);
        g.add(fact);
    }
}

fn importance(g: &mut Gather) {
    let Some((r, at)) = g.report("explain") else { return };
    let draft = blank(Area::Explainability, "importance", "", Unit::Share);
    let number = |v: &Value| estimate(&v["shap_share"]);
    features(g, list(&r["features"]), &format!("{at}/features"), &draft, &number, "feature");
    let stability = blank(Area::Explainability, "rank-stability", &format!("{at}/rank_stability"), Unit::Number);
    g.add(stability.with(Role::Value, r["rank_stability"].as_f64()));
}

fn calibration(g: &mut Gather) {
    let Some((r, at)) = g.report("calibration") else { return };
    let ece = blank(Area::Metrics, "metric.calibration_error", &format!("{at}/calibration_error"), Unit::Points);
    g.add(ece.with_estimate(&estimate(&r["calibration_error"])).better(Side::Below));
    let brier = blank(Area::Metrics, "metric.brier", &format!("{at}/brier_score"), Unit::Number);
    if g.report("performance").is_none() {
        g.add(brier.with_estimate(&estimate(&r["brier_score"])).better(Side::Below));
    }
    if list(&r["classes"]).len() == 1 {
        let slope = blank(Area::Metrics, "calibration.slope", &format!("{at}/classes/0/slope"), Unit::Number);
        g.add(slope.with_estimate(&estimate(&r["classes"][0]["slope"])));
    }
}

fn stability(g: &mut Gather) {
    if let Some((r, at)) = g.report("sensitivity") {
        let flips = blank(Area::Robustness, "flips", &format!("{at}/label_flip_rate"), Unit::Share);
        g.add(flips.with_estimate(&estimate(&r["label_flip_rate"])).with(Role::Level, Some(0.01)).better(Side::Below));
        let shift = blank(Area::Robustness, "shift", &format!("{at}/proba_shift_mean"), Unit::Number);
        g.add(shift.with_estimate(&estimate(&r["proba_shift_mean"])).with(Role::Level, Some(0.01)).better(Side::Below));
    }
    let Some((r, at)) = g.report("robustness") else { return };
    let mut draft = blank(Area::Robustness, "masked", "", Unit::Number).better(Side::Below);
    draft.drop = true;
    draft.watched = g.watched();
    features(g, list(&r["masked"]), &format!("{at}/masked"), &draft, &|v| estimate(&v["drop"]), "feature");
}

fn slices(g: &mut Gather) {
    let Some((r, at)) = g.report("slices") else { return };
    let confirmed = list(&r["slices"]).iter().enumerate().filter(|(_, s)| s["confirmed"] == true);
    for (i, slice) in confirmed.take(5) {
        let Ok(predicates) = serde_json::from_value::<Vec<Predicate>>(slice["predicates"].clone()) else { continue };
        let alias = g.aliases.slice(&predicates);
        let unit = if r["loss"] == "error" { Unit::Share } else { Unit::Number };
        let mut fact = blank(Area::Metrics, "slice.loss", &format!("{at}/slices/{i}"), unit)
            .with_estimate(&estimate(&slice["loss"]))
            .with(Role::N, slice["n"].as_f64())
            .with(Role::Share, slice["share"].as_f64())
            .with(Role::Rest, slice["rest"].as_f64())
            .better(Side::Below);
        fact.scope = vec![scoped(Part::Slice, alias)];
        g.add(fact);
    }
}

/// Recall and precision by class, where there are few of them.
fn per_class(g: &mut Gather) {
    let Some((r, at)) = g.report("performance") else { return };
    let classes = list(&r["per_class"]);
    if classes.len() > 6 {
        return;
    }
    for id in ["recall", "precision"] {
        let all: Vec<f64> = classes.iter().filter_map(|c| c[id]["value"].as_f64()).collect();
        for (i, class) in classes.iter().enumerate() {
            let Some(name) = class["class"].as_str() else { continue };
            let e = estimate(&class[id]);
            let alias = g.aliases.class(name);
            let mut fact =
                blank(Area::Metrics, &format!("class.{id}"), &format!("{at}/per_class/{i}/{id}"), Unit::Share)
                    .with_estimate(&e)
                    .better(Side::Above);
            fact.scope = vec![scoped(Part::Class, alias)];
            fact.place = place(e.value, &all);
            g.add(fact);
        }
    }
}

fn drift(g: &mut Gather) {
    let Some((r, at)) = g.report("drift") else { return };
    let draft = blank(Area::Drift, "drift.psi", "", Unit::Number).better(Side::Below);
    features(g, list(&r["features"]), &format!("{at}/features"), &draft, &|v| estimate(&v["psi"]), "name");
    let auc = blank(Area::Drift, "drift.auc", &format!("{at}/domain/auc"), Unit::Number);
    g.add(auc.with_estimate(&estimate(&r["domain"]["auc"])));
}

fn data(g: &mut Gather) {
    let Some((r, at)) = g.report("data") else { return };
    let classes = list(&r["classes"]);
    let all: Vec<f64> = classes.iter().filter_map(|c| c["share"].as_f64()).collect();
    for (i, class) in classes.iter().enumerate().take(6) {
        let Some(name) = class["class"].as_str() else { continue };
        let alias = g.aliases.class(name);
        let mut fact = blank(Area::Data, "class.share", &format!("{at}/classes/{i}"), Unit::Share)
            .with(Role::Value, class["share"].as_f64())
            .with(Role::N, class["count"].as_f64());
        fact.scope = vec![scoped(Part::Class, alias)];
        fact.place = place(class["share"].as_f64(), &all);
        g.add(fact);
    }
    let missing: Vec<Value> =
        list(&r["columns"]).iter().filter(|c| c["missing"].as_u64().is_some_and(|n| n > 0)).cloned().collect();
    let all: Vec<f64> = list(&r["columns"]).iter().filter_map(|c| c["missing_share"].as_f64()).collect();
    for (i, column) in list(&r["columns"]).iter().enumerate().filter(|(_, c)| missing.contains(c)).take(MOST) {
        let (Some(name), share) = (column["name"].as_str(), column["missing_share"].as_f64()) else { continue };
        let alias = g.aliases.column(name);
        let mut fact = blank(Area::Data, "missing", &format!("{at}/columns/{i}/missing_share"), Unit::Share)
            .with(Role::Value, share)
            .with(Role::N, column["missing"].as_f64());
        fact.scope = vec![scoped(Part::Feature, alias)];
        fact.place = place(share, &all);
        g.add(fact);
    }
}

fn uncertainty(g: &mut Gather) {
    let Some((r, at)) = g.report("uncertainty") else { return };
    let Some(first) = list(&r["methods"]).first() else { return };
    let coverage = blank(Area::Metrics, "uncertainty.coverage", &format!("{at}/methods/0/coverage"), Unit::Share);
    g.add(coverage.with_estimate(&estimate(&first["coverage"])).with(Role::Level, r["target"].as_f64()));
    let size = blank(Area::Metrics, "uncertainty.size", &format!("{at}/methods/0/size"), Unit::Number);
    g.add(size.with_estimate(&estimate(&first["size"])));
}

fn leakage(g: &mut Gather) {
    let Some((r, at)) = g.report("leakage") else { return };
    let draft = blank(Area::Leakage, "power", "", Unit::Number);
    features(g, list(&r["features"]), &format!("{at}/features"), &draft, &|v| estimate(&v["score"]), "column");
}
