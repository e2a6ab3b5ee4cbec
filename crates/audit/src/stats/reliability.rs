//! How far probabilities can be improved by a monotone recalibration.

use super::isotonic::Fit;

/// Miscalibration, discrimination and uncertainty of a Brier score: `Brier = MCB - DSC + UNC` exactly, with the isotonic
/// regression of the outcomes on the probabilities as recalibration (Dimitriadis, Gneiting and Jordan 2021).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Decomposition {
    pub(crate) mcb: f64,
    pub(crate) dsc: f64,
    pub(crate) unc: f64,
}

/// The decomposition of probabilities of 0/1 outcomes in any order; rows of equal probability stay together. NaN without
/// weight.
pub(crate) fn decompose(p: &[f64], y: &[f64], weights: Option<&[f64]>) -> Decomposition {
    let weight = |i: usize| weights.map_or(1.0, |w| w[i]);
    let mut order: Vec<usize> = (0..p.len()).filter(|i| weight(*i) > 0.0).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]).then(y[*a].total_cmp(&y[*b])).then(weight(*a).total_cmp(&weight(*b))));
    let levels: Vec<(f64, f64, f64)> = order
        .chunk_by(|a, b| p[*a] == p[*b])
        .map(|rows| {
            let total: f64 = rows.iter().map(|r| weight(*r)).sum();
            (p[rows[0]], total, rows.iter().map(|r| weight(*r) * y[*r]).sum::<f64>() / total)
        })
        .collect();
    let (sizes, means): (Vec<f64>, Vec<f64>) = levels.iter().map(|l| (l.1, l.2)).unzip();
    let fit = Fit::new(&means, &sizes).values(levels.len());
    let total: f64 = sizes.iter().sum();
    let mean = levels.iter().map(|l| l.1 * l.2).sum::<f64>() / total;
    // The spread of the outcomes within a level is part of every loss and cancels in the differences.
    let loss = |of: &dyn Fn(usize) -> f64| {
        levels.iter().enumerate().map(|(i, l)| l.1 * (l.2 - of(i)).powi(2)).sum::<f64>() / total
    };
    let best = loss(&|i| fit[i]);
    Decomposition { mcb: loss(&|i| levels[i].0) - best, dsc: loss(&|_| mean) - best, unc: mean * (1.0 - mean) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn certain_and_right_has_no_miscalibration_and_full_discrimination() {
        let d = decompose(&[1.0, 0.0, 1.0, 0.0], &[1.0, 0.0, 1.0, 0.0], None);
        assert_eq!(d, Decomposition { mcb: 0.0, dsc: 0.25, unc: 0.25 });
        let constant = decompose(&[0.5; 4], &[1.0, 0.0, 0.0, 0.0], None);
        assert_eq!(constant, Decomposition { mcb: 0.0625, dsc: 0.0, unc: 0.1875 });
    }

    proptest! {
        #[test]
        fn the_parts_add_up_in_any_order(rows in prop::collection::vec((0u8..=20, any::<bool>(), 1u8..4), 2..60)) {
            let p: Vec<f64> = rows.iter().map(|r| f64::from(r.0) / 20.0).collect();
            let y: Vec<f64> = rows.iter().map(|r| f64::from(u8::from(r.1))).collect();
            let w: Vec<f64> = rows.iter().map(|r| f64::from(r.2)).collect();
            let d = decompose(&p, &y, Some(&w));
            let total: f64 = w.iter().sum();
            let brier = (0..p.len()).map(|i| w[i] * (p[i] - y[i]).powi(2)).sum::<f64>() / total;
            prop_assert!((d.mcb - d.dsc + d.unc - brier).abs() < 1e-12 && d.mcb > -1e-12 && d.dsc > -1e-12);
            let back = |v: &[f64]| v.iter().rev().copied().collect::<Vec<f64>>();
            prop_assert_eq!(decompose(&back(&p), &back(&y), Some(&back(&w))), d);
        }
    }
}
