//! Families of tests.

/// Adjusted p-values of Benjamini and Hochberg (1995): `min over j >= i of p_(j) m / j`, capped at 1, in input order.
pub(crate) fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let m = p.len();
    let mut order: Vec<usize> = (0..m).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]).then(a.cmp(b)));
    let mut adjusted = vec![1.0; m];
    let mut least = 1.0f64;
    for rank in (1..=m).rev() {
        let i = order[rank - 1];
        least = least.min(p[i] * (m as f64 / rank as f64));
        adjusted[i] = least;
    }
    adjusted
}

/// The same over the tests that were made; the others stay `None`.
pub(crate) fn adjust_some(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let made: Vec<f64> = p.iter().flatten().copied().collect();
    let mut adjusted = benjamini_hochberg(&made).into_iter();
    p.iter().map(|p| p.and_then(|_| adjusted.next())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The defect: `argsort` taken for ranks gives other numbers whenever the input is not already sorted.
    #[test]
    fn bh_uses_ranks_and_not_the_argsort() {
        let adjusted = benjamini_hochberg(&[0.04, 0.001, 0.03, 0.5]);
        for (a, b) in adjusted.iter().zip([0.16 / 3.0, 0.004, 0.16 / 3.0, 0.5]) {
            assert!((a - b).abs() < 1e-12, "{adjusted:?}");
        }
    }

    #[test]
    fn tests_that_were_not_made_do_not_count() {
        assert_eq!(adjust_some(&[None, Some(0.02), None, Some(0.5)]), [None, Some(0.04), None, Some(0.5)]);
    }

    /// Uniform p-values of true null hypotheses: any rejection at 0.05 happens in at most about 5 % of the families.
    #[test]
    fn bh_controls_the_level_on_null_families() {
        use rand::RngExt;
        let families = 4000;
        let rejected = (0..families)
            .filter(|f| {
                let mut rng = crate::rng::unit_rng(11, "bh", *f);
                let p: Vec<f64> = (0..20).map(|_| rng.random()).collect();
                benjamini_hochberg(&p).iter().any(|q| *q < 0.05)
            })
            .count();
        let rate = rejected as f64 / families as f64;
        assert!((0.035..0.065).contains(&rate), "{rate}");
    }

    proptest! {
        #[test]
        fn bh_is_monotone_and_never_below_p(p in prop::collection::vec(0.0f64..1.0, 1..40)) {
            let q = benjamini_hochberg(&p);
            for i in 0..p.len() {
                prop_assert!(q[i] >= p[i] && q[i] <= 1.0);
                for j in 0..p.len() {
                    prop_assert!(p[i] > p[j] || q[i] <= q[j]);
                }
            }
        }
    }
}
