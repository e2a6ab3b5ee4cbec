use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn unweighted(values: &[f64]) -> Numbers {
    Numbers::new(values.iter().map(|v| (*v, 1.0)).collect(), values.len() as f64)
}

/// `scipy.special.kolmogorov`.
#[test]
fn the_tail_of_kolmogorov_equals_scipy() {
    let text = include_str!("../../../../golden/stage-drift/expected.json");
    let golden: Value = serde_json::from_str(text).expect("a golden case");
    for pair in golden["kolmogorov"].as_array().expect("pairs") {
        let (x, p) = (pair[0].as_f64().expect("x"), pair[1].as_f64().expect("p"));
        assert!((kolmogorov(x) - p).abs() < 1e-13 + 1e-9 * p, "{x}: {} is not {p}", kolmogorov(x));
    }
}

#[test]
fn infinite_and_huge_numbers_do_not_break_a_distance() {
    let a = unweighted(&[f64::NEG_INFINITY, 1.0, 2.0, f64::INFINITY]);
    let b = unweighted(&[1.0, 2.0, f64::INFINITY, f64::INFINITY]);
    let ks = kolmogorov_smirnov(&a, &b).expect("two samples");
    assert_eq!(ks.distance, 0.25);
    let w = wasserstein(&a, &b).expect("finite numbers on both sides");
    assert_eq!(w.value, 0.0, "1 and 2 on both sides");
    let huge = wasserstein(&unweighted(&[-1e308, 0.0, 1e308]), &unweighted(&[1e308, 1e308, 1e308]));
    assert!(huge.is_some_and(|w| w.value.is_finite() && w.error.is_finite() && w.value > 0.5));
}

#[test]
fn empty_and_constant_samples_have_what_can_be_said() {
    let (none, one, two) = (unweighted(&[]), unweighted(&[0.1, 0.1, 0.1]), unweighted(&[0.1, 0.2]));
    assert!(kolmogorov_smirnov(&none, &one).is_none() && wasserstein(&none, &one).is_none());
    assert!(wasserstein(&one, &none).is_none());
    assert_eq!(wasserstein(&one, &one), Some(Linearised { value: 0.0, error: 0.0 }));
    assert_eq!(wasserstein(&one, &two), None, "no spread to measure by");
    assert!(chi_squared(&[3.0], &[5.0]).is_none() && chi_squared(&[3.0, 0.0], &[5.0, 0.0]).is_none());
    assert!(chi_squared(&[0.0, 0.0], &[5.0, 1.0]).is_none());
}

/// 95 % intervals of true distances of 0.3 standard deviations hold them in about 95 % of samples.
#[test]
fn intervals_of_numbers_cover() {
    use rand_distr::{Distribution, StandardNormal};
    let normal = |rng: &mut chacha20::ChaCha8Rng, n: usize, mean: f64| -> Numbers {
        let draw: Vec<f64> = (0..n)
            .map(|_| {
                mean + {
                    let z: f64 = StandardNormal.sample(rng);
                    z
                }
            })
            .collect();
        unweighted(&draw)
    };
    let shift = 0.8;
    // Largest distance of two normals shifted by d: 2 Phi(d / 2) - 1.
    let ks_truth = 2.0 * crate::stats::normal::cdf(shift / 2.0) - 1.0;
    let (mut ks_held, mut w_held) = (0, 0);
    for trial in 0..400 {
        let mut rng = crate::rng::unit_rng(3, "cover", trial);
        let (a, b) = (normal(&mut rng, 300, 0.0), normal(&mut rng, 500, shift));
        let holds = |value: f64, error: f64, truth: f64| (value - truth).abs() <= crate::stats::normal::Z * error;
        let ks = kolmogorov_smirnov(&a, &b).expect("two samples");
        ks_held += u32::from(holds(ks.distance, ks.error, ks_truth));
        let w = wasserstein(&a, &b).expect("two samples");
        w_held += u32::from(holds(w.value, w.error, shift));
    }
    // Three Monte Carlo errors below 95 %, and 1 % more for the bias of a maximum.
    assert!(ks_held >= 363 && w_held >= 367, "{ks_held} and {w_held} of 400");
}

proptest! {
    #[test]
    fn equal_samples_are_at_no_distance(values in prop::collection::vec(-5i8..5, 2..40)) {
        let v: Vec<f64> = values.iter().map(|v| f64::from(*v)).collect();
        let n = unweighted(&v);
        prop_assert_eq!(kolmogorov_smirnov(&n, &n).map(|k| (k.distance, k.p)), Some((0.0, 1.0)));
        prop_assert_eq!(wasserstein(&n, &n).map(|w| w.value), Some(0.0));
    }

    /// Measures without a reference in their scale do not mind which sample comes first.
    #[test]
    fn symmetric_measures_are_symmetric(
        bins in prop::collection::vec((0u8..50, 0u8..50), 2..12),
        x in prop::collection::vec(-9i8..9, 2..30),
        y in prop::collection::vec(-9i8..9, 2..30),
    ) {
        let (mut a, mut b): (Vec<f64>, Vec<f64>) = bins.iter().map(|(a, b)| (f64::from(*a), f64::from(*b))).unzip();
        (a[0], b[0]) = (a[0] + 1.0, b[0] + 1.0);
        let close = |l: f64, r: f64| (l - r).abs() <= 1e-12 * (1.0 + l.abs());
        prop_assert!(close(psi(&a, &b).value, psi(&b, &a).value) && psi(&a, &b).value >= 0.0);
        let js = jensen_shannon(&a, &b).value;
        prop_assert!(close(js, jensen_shannon(&b, &a).value) && (0.0..=1.0 + 1e-12).contains(&js));
        prop_assert!(close(total_variation(&a, &b), total_variation(&b, &a)));
        let both = (chi_squared(&a, &b), chi_squared(&b, &a));
        if let (Some(l), Some(r)) = both { prop_assert!(close(l.statistic, r.statistic)); }
        let to = |v: &[i8]| unweighted(&v.iter().map(|v| f64::from(*v)).collect::<Vec<_>>());
        let (x, y) = (to(&x), to(&y));
        let d = |l: &Numbers, r: &Numbers| kolmogorov_smirnov(l, r).map_or(0.0, |k| k.distance);
        prop_assert!(close(d(&x, &y), d(&y, &x)) && (0.0..=1.0).contains(&d(&x, &y)));
    }

    /// A shift of all numbers by `c` is a Wasserstein distance of `c`, whatever their shape.
    #[test]
    fn a_shift_is_its_own_distance(values in prop::collection::vec(-99i16..99, 2..40), by in 1i16..50) {
        let v: Vec<f64> = values.iter().map(|v| f64::from(*v)).collect();
        prop_assume!(v.iter().any(|x| *x != v[0]));
        let moved: Vec<f64> = v.iter().map(|x| x + f64::from(by)).collect();
        let (a, b) = (unweighted(&v), unweighted(&moved));
        let w = wasserstein(&a, &b).expect("two samples").value * a.spread().1;
        prop_assert!((w - f64::from(by)).abs() < 1e-9);
    }
}
