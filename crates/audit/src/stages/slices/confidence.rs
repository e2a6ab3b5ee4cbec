//! Slices in which the probability of the predicted class is too high or too low.

use rayon::prelude::*;

use super::confirm::FEWEST;
use super::found::{Halves, predicates};
use super::report::ConfidenceSlice;
use super::search::{Basic, all_of, apart, basics};
use crate::bins::Feature;
use crate::stats::clustered;
use crate::stats::describe::weighted_mean;
use crate::stats::design::{Design, whole};
use crate::stats::multiple::adjust_some;
use crate::stats::welch::t_two_sided;
use crate::subject::Subject;

/// Slices of each kind that are put to the test.
const TESTED: usize = 5;
/// Slices of each kind that compete for these places.
const RANKED: usize = 200;

/// All bins and pairs of bins with enough rows are ranked by the t statistic of their mean gap on the discovery half.
pub(super) fn confidence(
    subject: &Subject,
    features: &[Feature],
    halves: &Halves,
    support: u64,
    alpha: f64,
) -> Vec<ConfidenceSlice> {
    let width = subject.prediction.width;
    let scores: Vec<&[f64]> = subject.prediction.scores.chunks_exact(width).collect();
    let top = |row: u32| scores[row as usize][fine_model::first_max(scores[row as usize])];
    let right = |row: u32| fine_model::first_max(scores[row as usize]) == subject.target[row as usize] as usize;
    let gaps: Vec<f64> = halves.discovery.iter().map(|r| top(*r) - f64::from(u8::from(right(*r)))).collect();
    let basics = basics(features, &halves.discovery, support);
    let on_discovery = halves.design.take(halves.discovery.iter().map(|r| *r as usize));
    let ranked = ranked(&basics, &gaps, &on_discovery, support);
    let mut out = Vec::new();
    let mut p = Vec::new();
    for (kind, sign) in [("over", 1.0), ("under", -1.0)] {
        let mut best: Vec<&(Vec<usize>, f64)> = ranked.iter().filter(|r| sign * r.1 > 0.0).collect();
        best.sort_by(|a, b| (sign * b.1).total_cmp(&(sign * a.1)).then_with(|| a.0.cmp(&b.0)));
        best.truncate(RANKED);
        let sets: Vec<Vec<u64>> = best.iter().map(|b| all_of(&basics, &b.0)).collect();
        for kept in apart(&sets, TESTED) {
            let conditions: Vec<(usize, usize)> =
                best[kept].0.iter().map(|b| (basics[*b].feature, basics[*b].bin)).collect();
            let rows: Vec<u32> =
                halves.confirmation.iter().copied().filter(|r| inside(features, &conditions, *r)).collect();
            let own = halves.design.take(rows.iter().map(|r| *r as usize));
            if whole(own.kish(0..rows.len())) < FEWEST {
                continue;
            }
            let hits: Vec<bool> = rows.iter().map(|r| right(*r)).collect();
            let gap: Vec<f64> = rows.iter().map(|r| top(*r) - f64::from(u8::from(right(*r)))).collect();
            let tops: Vec<f64> = rows.iter().map(|r| top(*r)).collect();
            let (estimate, t) = clustered::mean_with_t(&gap, &own);
            p.push(t.map(|(t, df)| t_two_sided(t, df)));
            out.push(ConfidenceSlice {
                kind: kind.to_owned(),
                predicates: predicates(features, &conditions),
                n: rows.len() as u64,
                share: own.total(0..rows.len()) / halves.design.total(halves.confirmation.iter().map(|r| *r as usize)),
                probability: weighted_mean(&tops, own.weights()),
                hits: clustered::share_of(&hits, &own),
                confirmed: estimate.value.is_some_and(|v| sign * v > 0.0),
                gap: estimate,
                q: None,
            });
        }
    }
    for (slice, q) in out.iter_mut().zip(adjust_some(&p)) {
        slice.q = q;
        slice.confirmed &= q.is_some_and(|q| q < alpha);
    }
    out
}

/// Whether a row fulfils all conditions (feature, bin).
pub(super) fn inside(features: &[Feature], conditions: &[(usize, usize)], row: u32) -> bool {
    conditions.iter().all(|(f, bin)| features[*f].codes[row as usize] as usize == *bin)
}

/// Every bin and pair of bins with its t statistic.
fn ranked(basics: &[Basic], gaps: &[f64], design: &Design, support: u64) -> Vec<(Vec<usize>, f64)> {
    let of = |i: usize| {
        let single = t_of(&basics[i].bits, &basics[i].bits, gaps, design, support).map(|t| (vec![i], t));
        let others = (i + 1..basics.len()).filter(|j| basics[*j].feature != basics[i].feature);
        let pairs =
            others.filter_map(|j| Some((vec![i, j], t_of(&basics[i].bits, &basics[j].bits, gaps, design, support)?)));
        single.into_iter().chain(pairs).collect::<Vec<_>>()
    };
    (0..basics.len()).into_par_iter().map(of).collect::<Vec<_>>().into_iter().flatten().collect()
}

fn t_of(a: &[u64], b: &[u64], gaps: &[f64], design: &Design, support: u64) -> Option<f64> {
    let (mut size, mut weights, mut sum, mut squares) = (0.0, 0.0, 0.0, 0.0);
    for (word, (a, b)) in a.iter().zip(b).enumerate() {
        let mut both = a & b;
        while both != 0 {
            let row = word * 64 + both.trailing_zeros() as usize;
            let (gap, w) = (gaps[row], design.weight(row));
            (size, weights, sum, squares) = (size + w, weights + w * w, sum + w * gap, squares + w * gap * gap);
            both &= both - 1;
        }
    }
    // Kish's effective number of rows.
    let (rows, mean) = (size * size / weights, sum / size);
    let variance = (squares * (rows / size) - rows * mean * mean) / (rows - 1.0);
    (whole(rows) >= support && variance > 1e-12).then(|| mean / (variance / rows).sqrt())
}
