//! Seeded stratified samples of rows.

use fine_table::Task;
use rand::seq::SliceRandom;

use crate::rng::unit_rng;
use crate::subject::Subject;

/// Strata of a regression: deciles of the truth.
const REGRESSION_STRATA: usize = 10;

/// All rows when there are no more than `max_rows`; else a sample without replacement in which every class of the
/// target (regression: every decile) keeps its share, to the row (largest remainders). Ascending.
pub(crate) fn stratified(subject: &Subject, max_rows: u64, stage: &str) -> Vec<u32> {
    let rows = subject.rows();
    let wanted = usize::try_from(max_rows).unwrap_or(usize::MAX).max(1);
    if rows <= wanted {
        return (0..rows as u32).collect();
    }
    let mut strata = strata(subject);
    let key = format!("{stage}/sample");
    let mut chosen = Vec::with_capacity(wanted);
    for (i, (stratum, take)) in strata.iter_mut().zip(shares(subject, wanted)).enumerate() {
        stratum.shuffle(&mut unit_rng(subject.seed, &key, i as u64));
        chosen.extend(&stratum[..take]);
    }
    chosen.sort_unstable();
    chosen
}

fn strata(subject: &Subject) -> Vec<Vec<u32>> {
    let target = &subject.target;
    match subject.task {
        Task::Binary | Task::Multiclass => {
            let mut strata = vec![Vec::new(); subject.classes.len()];
            for (row, class) in target.iter().enumerate() {
                strata[(*class as usize).min(subject.classes.len() - 1)].push(row as u32);
            }
            strata
        }
        Task::Regression => {
            let mut order = (0..target.len() as u32).collect::<Vec<_>>();
            order.sort_by(|a, b| target[*a as usize].total_cmp(&target[*b as usize]).then(a.cmp(b)));
            order.chunks(order.len().div_ceil(REGRESSION_STRATA).max(1)).map(<[u32]>::to_vec).collect()
        }
    }
}

/// Rows to take of each stratum: proportional, the remainders to the strata that lost most.
fn shares(subject: &Subject, wanted: usize) -> Vec<usize> {
    let sizes = strata(subject).iter().map(Vec::len).collect::<Vec<_>>();
    let total = sizes.iter().sum::<usize>().max(1);
    let mut take = sizes.iter().map(|s| s * wanted / total).collect::<Vec<_>>();
    let mut order = (0..sizes.len()).collect::<Vec<_>>();
    order.sort_by_key(|i| (std::cmp::Reverse(sizes[*i] * wanted % total), *i));
    let left = wanted.min(total) - take.iter().sum::<usize>();
    for i in order.into_iter().take(left) {
        take[i] += 1;
    }
    take
}
