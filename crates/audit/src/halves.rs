//! Two seeded halves of some rows, for what is found on one and measured on the other.

use fine_table::Task;
use rand::seq::SliceRandom;

use crate::rng::unit_rng;
use crate::subject::Subject;

/// Two disjoint halves of `rows` that together are all of them, each ascending; `topic` keys the randomness. With an
/// entity column whole entities are drawn until the first half has at least half of the rows, so that no entity is in
/// both. Otherwise every class of a classification is halved by itself (of odd classes the halves take turns with the
/// row more); a regression is halved as it is.
pub(crate) fn halves(subject: &Subject, rows: &[u32], topic: &str) -> [Vec<u32>; 2] {
    let mut rng = unit_rng(subject.seed, topic, 0);
    let (mut first, mut second) = (Vec::new(), Vec::new());
    if let Some(clusters) = subject.clusters() {
        let mut drawn: Vec<u32> = rows.iter().map(|r| clusters[*r as usize]).collect();
        drawn.sort_unstable();
        drawn.dedup();
        drawn.shuffle(&mut rng);
        let mut members = vec![Vec::new(); clusters.iter().max().map_or(0, |m| *m as usize + 1)];
        rows.iter().for_each(|r| members[clusters[*r as usize] as usize].push(*r));
        for cluster in drawn {
            let half = if 2 * first.len() < rows.len() { &mut first } else { &mut second };
            half.append(&mut members[cluster as usize]);
        }
    } else {
        let mut turn = 0;
        for mut stratum in strata(subject, rows) {
            stratum.shuffle(&mut rng);
            let odd = stratum.len() % 2;
            second.extend(stratum.split_off(stratum.len() / 2 + odd * (1 - turn)));
            first.append(&mut stratum);
            turn = (turn + odd) % 2;
        }
    }
    first.sort_unstable();
    second.sort_unstable();
    [first, second]
}

fn strata(subject: &Subject, rows: &[u32]) -> Vec<Vec<u32>> {
    if subject.task == Task::Regression {
        return vec![rows.to_vec()];
    }
    let mut strata = vec![Vec::new(); subject.classes.len()];
    rows.iter().for_each(|r| strata[subject.target[*r as usize] as usize].push(*r));
    strata
}

#[cfg(test)]
mod tests {
    use fine_table::Column;

    use super::*;
    use crate::fixture;

    fn rows(n: usize) -> Vec<u32> {
        (0..n as u32).collect()
    }

    #[test]
    fn every_class_is_halved_and_every_row_is_in_one_half() {
        let y: Vec<f64> = (0..101).map(|i| f64::from(u8::from(i % 5 == 0))).collect();
        let s = fixture::binary(&y, &vec![0.5; 101], Vec::new());
        let [a, b] = halves(&s, &rows(101), "t");
        let ones = |half: &[u32]| half.iter().filter(|r| y[**r as usize] == 1.0).count();
        assert_eq!((a.len() + b.len(), ones(&a) + ones(&b)), (101, 21));
        assert!(a.len().abs_diff(b.len()) == 1 && ones(&a).abs_diff(ones(&b)) == 1);
        let mut all = [a.clone(), b].concat();
        all.sort_unstable();
        assert_eq!(all, rows(101));
        assert_ne!(a, halves(&Subject { seed: 8, ..s }, &rows(101), "t")[0], "the seed matters");
    }

    #[test]
    fn an_entity_is_never_in_both_halves() {
        let n = 120;
        let v = fixture::spread(n, 0.2);
        let mut s =
            fixture::regression(&v, &v, vec![Column::text("who", (0..n).map(|i| Some(format!("p{}", i % 17))))]);
        s.roles.entity = Some("who".into());
        let [a, b] = halves(&s, &rows(n), "t");
        let who = |half: &[u32]| half.iter().map(|r| r % 17).collect::<std::collections::BTreeSet<_>>();
        assert!(who(&a).is_disjoint(&who(&b)) && a.len() + b.len() == n && a.len() >= 60 && b.len() > 40);
    }
}
