//! ROC AUC of several classes.

use super::sample::Sample;
use crate::estimate::Estimate;
use crate::stats::rank::{Auc, Ranking, auc, clustered_variance, logit_interval};

pub(super) fn one_vs_rest(s: &Sample) -> Vec<Option<Auc>> {
    (0..s.classes).map(|k| auc(&s.column(k), &s.is(k), s.weights.as_deref())).collect()
}

/// AUC of each ordered pair of classes, on the rows of the two (Hand and Till 2001).
pub(super) fn one_vs_one(s: &Sample) -> Vec<Option<Auc>> {
    let mut out = Vec::new();
    for a in 0..s.classes {
        for b in (0..s.classes).filter(|b| *b != a) {
            let rows: Vec<usize> = (0..s.rows).filter(|r| [a, b].contains(&(s.truth[*r] as usize))).collect();
            let scores: Vec<f64> = rows.iter().map(|r| s.scores[r * s.classes + a]).collect();
            let is: Vec<bool> = rows.iter().map(|r| s.truth[*r] as usize == a).collect();
            let weights: Option<Vec<f64>> = s.weights.as_ref().map(|w| rows.iter().map(|r| w[*r]).collect());
            out.push(auc(&scores, &is, weights.as_deref()).map(|mut pair| {
                let mut influence = vec![0.0; s.rows];
                rows.iter().zip(&pair.influence).for_each(|(r, v)| influence[*r] = *v);
                pair.influence = influence;
                pair
            }));
        }
    }
    out
}

pub(super) fn one_auc(s: &Sample, auc: Option<&Auc>) -> Estimate {
    let n = s.rows as u64;
    let Some(a) = auc else { return Estimate::not_estimable(n) };
    let variance = s.clusters.as_ref().map_or(a.variance, |c| clustered_variance(&a.influence, c));
    logit_interval(a.value, variance, a.smaller, n)
}

/// Unweighted mean of AUCs; its variance from the summed influences, so that their covariances are in it.
pub(super) fn mean_auc(s: &Sample, aucs: &[Option<Auc>]) -> Estimate {
    let n = s.rows as u64;
    let Some(aucs) = aucs.iter().map(Option::as_ref).collect::<Option<Vec<_>>>() else {
        return Estimate::not_estimable(n);
    };
    let count = aucs.len() as f64;
    let value = aucs.iter().map(|a| a.value).sum::<f64>() / count;
    let influence: Vec<f64> = (0..s.rows).map(|r| aucs.iter().map(|a| a.influence[r]).sum::<f64>() / count).collect();
    let own: Vec<u32> = (0..s.rows as u32).collect();
    let variance = clustered_variance(&influence, s.clusters.as_deref().unwrap_or(&own));
    logit_interval(value, variance, aucs.iter().map(|a| a.smaller).min().unwrap_or(0), n)
}

/// Macro mean of the classes' average precision, without an interval.
pub(super) fn mean_precision(s: &Sample) -> Estimate {
    let w: Vec<f64> = (0..s.rows).map(|r| s.weight(r)).collect();
    let of = |k| Ranking::new(&s.column(k), &s.is(k)).average_precision(&w);
    Estimate::plain((0..s.classes).map(of).sum::<f64>() / s.classes as f64, s.rows as u64)
}
