//! What must hold for any two tables.

use fine_table::{Column, NumberKind};
use proptest::prelude::*;
use rand::RngExt;

use super::tests::with_reference;
use super::*;
use crate::finding::Outcome;
use crate::rng::unit_rng;

fn params() -> Params {
    Params { domain: false, ..Params::default() }
}

fn report(subject: &Subject) -> Report {
    Drift::run(subject, &params(), &Context::new(&|_, _| true)).expect("a report")
}

/// Odd numbers: missing, infinite, tied, huge.
fn cell() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => (-4i8..4).prop_map(f64::from),
        3 => -1e3f64..1e3,
        1 => Just(f64::NAN),
        1 => prop_oneof![Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(1e308), Just(-1e308), Just(-0.0)],
    ]
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        4 => "[a-c]".prop_map(Some),
        1 => "[a-z]{2}".prop_map(Some),
        1 => Just(Some("1.0".to_owned())),
        1 => Just(None),
    ]
}

fn columns(numbers: &[f64], texts: &[Option<String>]) -> Vec<Column> {
    let n = numbers.len().min(texts.len());
    vec![
        Column::number("n", NumberKind::Float, numbers[..n].to_vec()),
        Column::text("t", texts[..n].to_vec()),
        Column::number("k", NumberKind::Int, vec![3.0; n]),
    ]
}

fn turned(columns: &[Column]) -> Vec<Column> {
    let n = columns[0].len() as u32;
    let order: Vec<u32> = (0..n).rev().collect();
    columns.iter().map(|c| c.take(&order)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_two_tables_have_a_finite_report_that_does_not_mind_the_order_of_rows(
        n1 in prop::collection::vec(cell(), 1..40), t1 in prop::collection::vec(text(), 1..40),
        n2 in prop::collection::vec(cell(), 1..40), t2 in prop::collection::vec(text(), 1..40),
    ) {
        let (a, b) = (columns(&n1, &t1), columns(&n2, &t2));
        let first = report(&with_reference(a.clone(), b.clone()));
        let json = serde_json::to_value(&first).expect("JSON");
        prop_assert!(serde_json::from_value::<Report>(json).is_ok());
        for c in &first.features {
            prop_assert!(c.psi.value.is_none_or(|v| v >= -1e-12) && (-1e-12..=1.0 + 1e-12).contains(&c.moved));
            prop_assert!(c.ks.as_ref().and_then(|k| k.value).is_none_or(|d| (0.0..=1.0).contains(&d)));
            for e in [Some(&c.psi), Some(&c.jensen_shannon), c.ks.as_ref(), c.cramer_v.as_ref()].into_iter().flatten() {
                let (Some(v), Some(l), Some(h)) = (e.value, e.low, e.high) else { continue };
                prop_assert!(l <= v + 1e-12 && v <= h + 1e-12, "{} {e:?}", c.name);
            }
            for s in 0..2 {
                prop_assert!((c.bins.iter().map(|b| b.shares[s]).sum::<f64>() - 1.0).abs() < 1e-9);
            }
        }
        let second = report(&with_reference(turned(&a), turned(&b)));
        prop_assert_eq!(first.features, second.features);
    }

    #[test]
    fn a_table_has_no_drift_from_itself(n in prop::collection::vec(cell(), 1..60), t in prop::collection::vec(text(), 1..60)) {
        let a = columns(&n, &t);
        let subject = with_reference(a.clone(), a);
        for c in report(&subject).features {
            prop_assert_eq!((c.psi.value, c.jensen_shannon.value, c.moved), (Some(0.0), Some(0.0), 0.0));
            prop_assert!(c.ks.as_ref().is_none_or(|k| k.value == Some(0.0)));
            prop_assert!(c.wasserstein.as_ref().is_none_or(|w| w.value.is_none_or(|v| v == 0.0)));
            prop_assert!(c.cramer_v.as_ref().is_none_or(|v| v.value.is_none_or(|v| v == 0.0)));
            prop_assert!(c.missing.p > 0.99);
        }
    }
}

/// On tables that differ by chance only, families in which anything is called significant are at most as many as the level
/// (within three Monte Carlo errors), and hardly any check is past its limit.
#[test]
fn false_alarms_on_null_data_stay_at_the_level() {
    let trials = 300u64;
    let (mut any_chi, mut any_ks, mut alarms) = (0u64, 0u64, 0u64);
    for trial in 0..trials {
        let mut rng = unit_rng(17, "null", trial);
        let mut table = |n: usize| {
            let numbers = (0..3).map(|c| {
                let values = (0..n).map(|_| {
                    let u: f64 = rng.random();
                    if c == 1 { (u * 6.0).floor() } else { u.ln() }
                });
                Column::number(format!("n{c}"), NumberKind::Float, values.collect())
            });
            let mut out: Vec<Column> = numbers.collect();
            for c in 0..3 {
                let cells: Vec<Option<String>> = (0..n)
                    .map(|_| {
                        let u: f64 = rng.random();
                        (u > 0.05).then(|| format!("v{}", (u * u * 12.0) as u8))
                    })
                    .collect();
                out.push(Column::text(format!("t{c}"), cells));
            }
            out
        };
        let (a, b) = (table(300), table(200));
        let s = with_reference(a, b);
        let report = report(&s);
        any_chi +=
            u64::from(report.features.iter().any(|c| c.chi_squared.as_ref().is_some_and(|t| t.p_adjusted < 0.05)));
        any_ks += u64::from(report.features.iter().any(|c| c.ks_test.as_ref().is_some_and(|t| t.p_adjusted < 0.05)));
        let findings = Drift::findings(&report, &s, &params(), &Policy::default());
        let bad = |f: &Finding| {
            matches!(f.outcome, Outcome::Issue | Outcome::Watch)
                && f.check != "DRIFT-RANGE"
                && f.check != "DRIFT-NEW-CATEGORIES"
        };
        alarms += u64::from(findings.iter().any(bad));
    }
    let rate = |n: u64| n as f64 / trials as f64;
    let most = 0.05 + 3.0 * (0.05f64 * 0.95 / trials as f64).sqrt();
    assert!(rate(any_chi) <= most && rate(any_ks) <= most, "{} {} above {most}", rate(any_chi), rate(any_ks));
    // Two families of tests.
    assert!(rate(alarms) <= 2.0 * most, "{}", rate(alarms));
    assert!(any_chi > 0, "a test that never rejects shows nothing");
}

/// A planted shift of one standard deviation is found nearly always from 100 rows on.
#[test]
fn planted_drift_is_found() {
    use rand_distr::{Distribution, StandardNormal};
    let found = (0..60u64).filter(|trial| {
        let mut rng = unit_rng(23, "planted", *trial);
        let mut normal = |n: usize, mean: f64| {
            let values = (0..n).map(|_| {
                let z: f64 = StandardNormal.sample(&mut rng);
                mean + z
            });
            vec![Column::number("a", NumberKind::Float, values.collect())]
        };
        let (a, b) = (normal(150, 0.0), normal(120, 1.0));
        let s = with_reference(a, b);
        let findings = Drift::findings(&report(&s), &s, &params(), &Policy::default());
        ["DRIFT-PSI", "DRIFT-KS", "DRIFT-WASSERSTEIN", "DRIFT-JENSEN-SHANNON"]
            .iter()
            .all(|check| findings.iter().any(|f| f.check == *check && f.outcome == Outcome::Issue))
    });
    let found = found.count();
    assert!(found >= 57, "{found} of 60");
}
