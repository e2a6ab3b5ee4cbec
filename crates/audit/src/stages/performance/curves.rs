//! Curves of one class against the rest.

use super::report::Curves;
use crate::stats::polyline::thin;
use crate::stats::rank::{ascending, tie_ends};

/// Most points of one curve.
const POINTS: usize = 200;

/// ROC, precision-recall, gain, lift and KS of scores; empty curves without a positive or a negative row.
pub(super) fn curves(class: &str, scores: &[f64], positive: &[bool], weights: Option<&[f64]>) -> Curves {
    let weight = |i: u32| weights.map_or(1.0, |w| w[i as usize]);
    let mut order = ascending(scores);
    order.reverse();
    let (mut w1, mut w0) = (0.0, 0.0);
    for &i in &order {
        *(if positive[i as usize] { &mut w1 } else { &mut w0 }) += weight(i);
    }
    let mut out = Curves { class: class.to_owned(), ..Curves::default() };
    if w1 <= 0.0 || w0 <= 0.0 {
        return out;
    }
    let (mut hits, mut misses, mut start) = (0.0, 0.0, 0);
    let (mut roc, mut recall, mut gain) = (vec![[0.0, 0.0]], Vec::new(), vec![[0.0, 0.0]]);
    let (mut lift, mut distance) = (Vec::new(), vec![[0.0, 0.0]]);
    let mut ks = [0.0, scores[order[0] as usize]];
    for end in tie_ends(scores, &order) {
        for &i in &order[start..end as usize] {
            *(if positive[i as usize] { &mut hits } else { &mut misses }) += weight(i);
        }
        let (fpr, tpr) = (misses / w0, hits / w1);
        if hits + misses > 0.0 {
            recall.push([tpr, hits / (hits + misses)]);
        }
        roc.push([fpr, tpr]);
        let contacted = (hits + misses) / (w1 + w0);
        gain.push([contacted, tpr]);
        distance.push([contacted, tpr - fpr]);
        if contacted > 0.0 {
            lift.push([contacted, tpr / contacted]);
        }
        if (tpr - fpr).abs() > ks[0] {
            ks = [(tpr - fpr).abs(), scores[order[start] as usize]];
        }
        start = end as usize;
    }
    out.roc = thin(&roc, POINTS);
    out.precision_recall = thin(&recall, POINTS);
    out.gain = thin(&gain, POINTS);
    out.lift = thin(&lift, POINTS);
    out.ks_curve = thin(&distance, POINTS);
    out.ks = Some(ks);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ks_is_the_largest_distance_and_where() {
        let c = curves("1", &[0.1, 0.2, 0.3, 0.4], &[false, false, true, true], None);
        assert_eq!(c.ks, Some([1.0, 0.3]));
        assert_eq!(c.roc, [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]);
        assert_eq!(c.lift, [[0.25, 2.0], [0.5, 2.0], [0.75, 1.0 / 0.75], [1.0, 1.0]]);
        assert_eq!(c.ks_curve, [[0.0, 0.0], [0.5, 1.0], [1.0, 0.0]]);
        assert!(curves("1", &[0.1], &[true], None).roc.is_empty());
    }
}
