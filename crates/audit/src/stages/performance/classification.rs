//! Metrics of binary and multiclass models.

use super::challengers::{self, UNITS};
use super::curves::curves;
use super::params::Params;
use super::ranking::{mean_auc, mean_precision, one_auc, one_vs_one, one_vs_rest};
use super::report::{Average, Baseline, ClassMetrics, Curves, Metric, Report, ThresholdRow};
use super::resample::{Losses, Named, RANKED_CLASSES, entropy, estimates};
use super::sample::Sample;
use crate::estimate::Estimate;
use crate::stage::{Context, StageError};
use crate::stats::bootstrap::REPLICATES;
use crate::stats::confusion::{Confusion, Triple};
use crate::stats::proportion::{share, weighted_share};
use crate::stats::rank::{Auc, Ranking, auc_estimate};
use crate::subject::Subject;

pub(super) fn measure(subject: &Subject, params: &Params, ctx: &Context<'_>) -> Result<Report, StageError> {
    let s = Sample::new(subject);
    let total = REPLICATES as u64 + UNITS;
    let challengers = challengers::cross_fit(subject, s.classes, params, |done| ctx.tick(done, total))?;
    let losses = Losses::new(&s, &challengers);
    let named = estimates(subject.seed, &s, &losses, |done| ctx.tick(UNITS + done as u64, total))?;
    let weights: Vec<f64> = (0..s.rows).map(|r| s.weight(r)).collect();
    let flat = s.confusion(&weights);
    let confusion = Confusion { cells: &flat, classes: s.classes };
    let aucs = if s.has_ranking() { one_vs_rest(&s) } else { Vec::new() };
    Ok(Report {
        n: s.rows as u64,
        weighted: s.weights.is_some(),
        metrics: metrics(&s, &named, &aucs),
        per_class: (0..s.classes).map(|k| class_metrics(subject, &s, &named, k)).collect(),
        averages: averages(&confusion),
        top_k: if s.has_ranking() { top_k(&s) } else { Vec::new() },
        confusion: flat.chunks(s.classes).map(<[f64]>::to_vec).collect(),
        curves: all_curves(subject, &s),
        thresholds: thresholds(&s, params),
        residuals: None,
        baselines: baselines(&s, &confusion, &losses, &named, &weights),
        degradation: super::degradation::of_accuracy(subject),
    })
}

/// Share of rows with `hit` among rows with `inside`: Wilson, or the bootstrap's when rows come in clusters.
fn proportion(
    s: &Sample,
    bootstrap: Estimate,
    inside: impl Fn(usize) -> bool,
    hit: impl Fn(usize) -> bool,
) -> Estimate {
    if s.clusters.is_some() {
        return bootstrap;
    }
    let (mut n, mut k, mut all, mut hits, mut squares) = (0, 0, 0.0, 0.0, 0.0);
    for row in (0..s.rows).filter(|r| inside(*r)) {
        let w = s.weight(row);
        n += 1;
        all += w;
        squares += w * w;
        if hit(row) {
            k += 1;
            hits += w;
        }
    }
    if s.weights.is_none() { share(k, n) } else { weighted_share(hits, all, squares, n) }
}

fn metrics(s: &Sample, named: &Named, aucs: &[Option<Auc>]) -> Vec<Metric> {
    let take = |name: &str| named.take(name, s.rows);
    let good = |id: &str, estimate| Metric { id: id.to_owned(), estimate, higher_is_better: true };
    let bad = |id: &str, estimate| Metric { id: id.to_owned(), estimate, higher_is_better: false };
    let accuracy = proportion(s, take("accuracy"), |_| true, |r| s.truth[r] == s.label[r]);
    let (precision, recall, specificity) = match s.positive {
        Some(k) => (class_precision(s, named, k), class_recall(s, named, k), class_specificity(s, named, k)),
        None => (take("precision"), take("recall"), take("specificity")),
    };
    let mut out = vec![
        good("accuracy", accuracy),
        good("balanced_accuracy", take("balanced_accuracy")),
        good("precision", precision),
        good("recall", recall),
        good("f1", take("f1")),
        good("specificity", specificity),
        good("mcc", take("mcc")),
        good("kappa", take("kappa")),
    ];
    if s.has_ranking() {
        out.extend(match s.positive {
            Some(k) => {
                vec![good("roc_auc", one_auc(s, aucs[k].as_ref())), good("average_precision", take(&format!("ap.{k}")))]
            }
            None => vec![
                good("roc_auc", mean_auc(s, aucs)),
                good("roc_auc_ovo", mean_auc(s, &one_vs_one(s))),
                good(
                    "average_precision",
                    match s.classes <= RANKED_CLASSES {
                        true => take("ap.mean"),
                        false => mean_precision(s),
                    },
                ),
            ],
        });
    }
    if s.has_probabilities() {
        out.extend([bad("log_loss", take("log_loss")), bad("brier", take("brier"))]);
    }
    out
}

fn class_precision(s: &Sample, named: &Named, k: usize) -> Estimate {
    let bootstrap = named.take(&format!("precision.{k}"), s.rows);
    proportion(s, bootstrap, |r| s.label[r] as usize == k, |r| s.truth[r] as usize == k)
}

fn class_recall(s: &Sample, named: &Named, k: usize) -> Estimate {
    let bootstrap = named.take(&format!("recall.{k}"), s.rows);
    proportion(s, bootstrap, |r| s.truth[r] as usize == k, |r| s.label[r] as usize == k)
}

fn class_specificity(s: &Sample, named: &Named, k: usize) -> Estimate {
    let bootstrap = named.take(&format!("specificity.{k}"), s.rows);
    proportion(s, bootstrap, |r| s.truth[r] as usize != k, |r| s.label[r] as usize != k)
}

fn class_metrics(subject: &Subject, s: &Sample, named: &Named, k: usize) -> ClassMetrics {
    let (scores, is) = (s.column(k), s.is(k));
    let rank = |e: &dyn Fn() -> Estimate| match s.has_ranking() {
        true => e(),
        false => Estimate::not_estimable(s.rows as u64),
    };
    let plain_ap = || {
        let w: Vec<f64> = (0..s.rows).map(|r| s.weight(r)).collect();
        Estimate::plain(Ranking::new(&scores, &is).average_precision(&w), s.rows as u64)
    };
    ClassMetrics {
        class: subject.classes[k].clone(),
        support: is.iter().filter(|i| **i).count() as u64,
        precision: class_precision(s, named, k),
        recall: class_recall(s, named, k),
        f1: named.take(&format!("f1.{k}"), s.rows),
        specificity: class_specificity(s, named, k),
        roc_auc: rank(&|| auc_estimate(&scores, &is, s.weights.as_deref(), s.clusters.as_deref())),
        average_precision: rank(&|| match s.classes <= RANKED_CLASSES {
            true => named.take(&format!("ap.{k}"), s.rows),
            false => plain_ap(),
        }),
    }
}

fn averages(c: &Confusion<'_>) -> Vec<Average> {
    [("macro", c.macro_mean()), ("micro", c.micro_mean()), ("weighted", c.weighted_mean())]
        .map(|(id, Triple { precision, recall, f1 })| Average { id: id.to_owned(), precision, recall, f1 })
        .into()
}

/// Ties count against the earlier class, as in scikit-learn.
fn top_k(s: &Sample) -> Vec<(u32, f64)> {
    let k = s.classes;
    let mut within = vec![0.0; k + 1];
    let mut total = 0.0;
    for row in 0..s.rows {
        let (scores, truth) = (&s.scores[row * k..][..k], s.truth[row] as usize);
        let own = scores[truth];
        let before = (0..k).filter(|c| scores[*c] > own || (scores[*c] == own && *c > truth)).count();
        total += s.weight(row);
        within[before + 1..].iter_mut().for_each(|v| *v += s.weight(row));
    }
    [1u32, 2, 3, 5].into_iter().filter(|t| (*t as usize) < k).map(|t| (t, within[t as usize] / total)).collect()
}

fn all_curves(subject: &Subject, s: &Sample) -> Vec<Curves> {
    let classes = match (s.has_ranking(), s.positive) {
        (false, _) => Vec::new(),
        (true, Some(k)) => vec![k],
        (true, None) => (0..s.classes).collect(),
    };
    let of = |k: usize| curves(&subject.classes[k], &s.column(k), &s.is(k), s.weights.as_deref());
    classes.into_iter().map(of).collect()
}

fn thresholds(s: &Sample, params: &Params) -> Vec<ThresholdRow> {
    let (Some(k), true) = (s.positive, s.has_probabilities()) else { return Vec::new() };
    let (scores, is) = (s.column(k), s.is(k));
    let row = |step: u32| {
        let threshold = f64::from(step) / 20.0;
        let mut c = [0.0; 4];
        for r in 0..s.rows {
            c[usize::from(is[r]) * 2 + usize::from(scores[r] >= threshold)] += s.weight(r);
        }
        let [tn, fp, fn_, tp] = c;
        let total: f64 = c.iter().sum();
        let over = |a: f64, b: f64| (b > 0.0).then(|| a / b);
        ThresholdRow {
            threshold,
            volume: (tp + fp) / total,
            precision: over(tp, tp + fp),
            recall: over(tp, tp + fn_),
            f1: over(2.0 * tp, 2.0 * tp + fp + fn_),
            specificity: over(tn, tn + fp),
            cost: (params.cost_fp * fp + params.cost_fn * fn_) / total,
        }
    };
    (1..20).map(row).collect()
}

fn baselines(s: &Sample, c: &Confusion<'_>, losses: &Losses, named: &Named, w: &[f64]) -> Vec<Baseline> {
    let entry = |id: &str, metric: &str, value: f64, key: &str| {
        let gain_interval = named.take(&format!("{key}.gain"), s.rows);
        Baseline {
            id: id.to_owned(),
            metric: metric.to_owned(),
            fitted_rows: losses.rivals.iter().find(|r| r.id == id).map(|r| r.fitted_rows),
            value,
            advantage: named.take(&format!("{key}.advantage"), s.rows),
            gain: gain_interval.value,
            gain_interval,
        }
    };
    let total: f64 = w.iter().sum();
    let mean = |v: &[f64]| v.iter().zip(w).map(|(v, w)| v * w).sum::<f64>() / total;
    let mut out = vec![
        entry("majority", "accuracy", c.majority(), "majority"),
        entry("stratified", "accuracy", c.stratified(), "stratified"),
    ];
    if losses.log_loss.is_some() {
        out.push(entry("majority", "log_loss", entropy(s, w), "prior"));
    }
    for rival in &losses.rivals {
        out.push(entry(rival.id, "accuracy", mean(&rival.hit), &format!("{}.accuracy", rival.id)));
        if let Some(loss) = &rival.log_loss {
            out.push(entry(rival.id, "log_loss", mean(loss), &format!("{}.log_loss", rival.id)));
        }
    }
    out
}
