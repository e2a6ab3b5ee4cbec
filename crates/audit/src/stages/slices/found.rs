//! Finds slices on one half and tests them on the other.

use super::confidence::inside;
use super::confirm::Half;
use super::report::Slice;
use super::search::{Found, Search, apart};
use crate::bins::Feature;
use crate::finding::Predicate;
use crate::rerun::Progress;
use crate::stage::StageError;
use crate::stats::design::Design;
use crate::stats::multiple::adjust_some;

/// Slices found for each one that is tested: many of them overlap.
const FOUND: usize = 25;
/// False discovery rate of a confirmation.
pub(super) const ALPHA: f64 = 0.05;

/// The rows by their work.
pub(super) struct Halves {
    pub(super) discovery: Vec<u32>,
    pub(super) confirmation: Vec<u32>,
    /// Weight and entity of each row of the table.
    pub(super) design: Design,
}

/// Conditions as people read them.
pub(super) fn predicates(features: &[Feature], conditions: &[(usize, usize)]) -> Vec<Predicate> {
    conditions.iter().map(|(f, bin)| features[*f].predicate(*bin)).collect()
}

/// The slices put to the test, and the conjunctions counted.
pub(super) fn slices(
    search: &Search<'_>,
    tested: usize,
    half: &Half<'_>,
    progress: &Progress<'_>,
) -> Result<(Vec<Slice>, u64), StageError> {
    let found: Found = Search { top: FOUND * tested, ..*search }.run(progress)?;
    let sets: Vec<Vec<u64>> = found.hits.iter().map(|h| found.bits(&h.members)).collect();
    let mut out = Vec::new();
    for kept in apart(&sets, tested) {
        let hit = &found.hits[kept];
        let conditions: Vec<(usize, usize)> =
            hit.members.iter().map(|b| (found.basics[*b].feature, found.basics[*b].bin)).collect();
        let members: Vec<bool> = half.rows.iter().map(|r| inside(search.features, &conditions, *r)).collect();
        let compared = half.compare(&members);
        // Weights of mean 1, so that an impact is in rows.
        let rows = match half.design.weights() {
            None => compared.rows as f64,
            Some(_) => half.share(|i| members[i]) * half.rows.len() as f64,
        };
        out.push(Slice {
            predicates: predicates(search.features, &conditions),
            score: hit.score,
            discovery_rows: hit.stats.rows,
            discovery_loss: hit.stats.loss / hit.stats.size,
            n: compared.rows,
            share: half.share(|i| members[i]),
            loss: compared.loss,
            rest: compared.rest,
            impact: compared.excess.value.map(|e| e * rows),
            excess: compared.excess,
            relative: compared.relative,
            p: compared.p,
            q: None,
            confirmed: false,
        });
    }
    let p: Vec<Option<f64>> = out.iter().map(|s| s.p).collect();
    for (slice, q) in out.iter_mut().zip(adjust_some(&p)) {
        slice.q = q;
        slice.confirmed = q.is_some_and(|q| q < ALPHA) && slice.excess.value.is_some_and(|e| e > 0.0);
    }
    let impact = |s: &Slice| s.impact.unwrap_or(f64::NEG_INFINITY);
    out.sort_by(|a, b| b.confirmed.cmp(&a.confirmed).then(impact(b).total_cmp(&impact(a))));
    Ok((out, found.counted))
}
