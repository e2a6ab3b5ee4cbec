use super::*;

fn policy(toml: &str) -> Policy {
    let mut p = Policy::default();
    p.limits.insert("T".into(), toml::from_str(toml).expect("a limit"));
    p
}

fn judged(limit: &str, value: f64, low: f64, high: f64, p: Option<f64>) -> Finding {
    let e = Estimate::with_interval(value, low, high, 100, IntervalMethod::Bca);
    Measured::new("T", "t", e).p_value(p).judge(&policy(limit))
}

const GAP: &str = "watch = 0.05\nissue = 0.10\ncritical = 0.20\ngood = 'below'\norigin = 'x'";
const RATIO: &str = "issue = 0.8\ngood = 'above'\norigin = 'x'";

#[test]
fn issue_needs_effect_and_evidence() {
    assert_eq!(judged(GAP, 0.15, 0.11, 0.19, None).outcome, Outcome::Issue);
    assert_eq!(judged(GAP, 0.15, 0.05, 0.25, Some(0.01)).outcome, Outcome::Issue);
    let unsure = judged(GAP, 0.15, 0.05, 0.25, Some(0.2));
    assert_eq!(unsure.outcome, Outcome::Inconclusive);
    assert_eq!(unsure.reason.as_deref(), Some("interval-crosses-limit"));
    let mde = unsure.detectable.expect("an interval gives one");
    assert!((mde - 0.1 * (1.959_963_985 + 0.841_621_234) / 1.959_963_985).abs() < 1e-9);
}

#[test]
fn watch_needs_evidence() {
    assert_eq!(judged(GAP, 0.07, 0.06, 0.12, None).outcome, Outcome::Watch);
    assert_eq!(judged(GAP, 0.07, 0.03, 0.09, None).outcome, Outcome::Inconclusive, "an excluded issue is no evidence");
    assert_eq!(judged(GAP, 0.07, 0.01, 0.13, None).outcome, Outcome::Inconclusive);
    assert_eq!(judged(GAP, 0.07, 0.01, 0.13, Some(0.001)).outcome, Outcome::Watch);
}

#[test]
fn pass_needs_the_whole_interval_on_the_good_side() {
    assert_eq!(judged(GAP, 0.01, 0.0, 0.04, Some(0.001)).outcome, Outcome::Pass);
    assert_eq!(judged(GAP, 0.04, 0.0, 0.12, None).outcome, Outcome::Inconclusive);
    assert_eq!(judged(RATIO, 0.95, 0.85, 1.05, None).outcome, Outcome::Pass);
    assert_eq!(judged(RATIO, 0.95, 0.75, 1.15, None).outcome, Outcome::Inconclusive);
}

#[test]
fn quality_checks_are_one_sided_and_never_fail_on_improvement() {
    assert_eq!(judged(RATIO, 1.5, 1.4, 1.6, Some(1e-9)).outcome, Outcome::Pass);
    assert_eq!(judged(GAP, -0.5, -0.6, -0.4, Some(1e-9)).outcome, Outcome::Pass);
}

#[test]
fn severity_shows_its_arithmetic() {
    let f = judged(RATIO, 0.4, 0.3, 0.5, None);
    let basis = f.severity_basis.expect("an issue has a basis");
    assert!((basis.effect_ratio - 3.0).abs() < 1e-12 && basis.share_affected == 1.0);
    assert_eq!(f.severity, Severity::Critical);
    assert_eq!(f.recommendation.as_deref(), Some("T"));
    let e = Estimate::with_interval(0.25, 0.22, 0.28, 100, IntervalMethod::Bca);
    let small = Measured::new("T", "t", e).share(0.01).judge(&policy(GAP));
    assert_eq!(small.severity, Severity::Critical, "past the critical limit whatever the share");
    let e = Estimate::with_interval(0.15, 0.12, 0.18, 100, IntervalMethod::Bca);
    let small = Measured::new("T", "t", e).share(0.2).judge(&policy(GAP));
    assert_eq!(small.severity, Severity::Low);
}

#[test]
fn watch_is_one_band_lower_and_a_pass_has_no_severity() {
    let f = judged(GAP, 0.09, 0.06, 0.12, None);
    assert_eq!((f.outcome, f.severity), (Outcome::Watch, Severity::Low));
    let f = judged(GAP, 0.01, 0.0, 0.02, None);
    assert_eq!((f.severity, f.recommendation), (Severity::Info, None));
}

#[test]
fn a_count_is_exact_and_strict_limits_are_bad_themselves() {
    let p = policy("issue = 0\ngood = 'below'\norigin = 'x'");
    assert_eq!(Measured::new("T", "t", Estimate::plain(0.0, 5)).judge(&p).outcome, Outcome::Pass);
    assert_eq!(Measured::new("T", "t", Estimate::plain(1.0, 5)).judge(&p).outcome, Outcome::Issue);
    let p = policy("issue = 0\ngood = 'above'\norigin = 'x'");
    let zero = Estimate::with_interval(0.0, 0.0, 0.0, 9, IntervalMethod::Bca);
    assert_eq!(Measured::new("T", "t", zero.clone()).judge(&p).outcome, Outcome::Pass);
    assert_eq!(Measured::new("T", "t", zero).strict().judge(&p).outcome, Outcome::Issue);
}

#[test]
fn what_cannot_be_estimated_is_inconclusive_and_no_limit_is_not_good() {
    let f = Measured::new("T", "t", Estimate::not_estimable(3)).judge(&policy(GAP));
    assert_eq!((f.outcome, f.reason.as_deref(), f.measured.n), (Outcome::Inconclusive, Some("not-estimable"), 3));
    let f = Measured::new("NOT-THERE", "t", Estimate::plain(0.0, 3)).judge(&Policy::default());
    assert_eq!(f.outcome, Outcome::NotApplicable);
}

/// The defect: a level of 0.05 written into the significance call, whatever the policy says.
#[test]
fn the_level_is_the_policys_and_not_hard_coded() {
    let e = Estimate::with_interval(0.15, 0.05, 0.25, 100, IntervalMethod::Bca);
    let at = |alpha: f64| {
        let p = Policy { alpha, ..policy(GAP) };
        Measured::new("T", "t", e.clone()).p_value(Some(0.03)).judge(&p).outcome
    };
    assert_eq!((at(0.05), at(0.01)), (Outcome::Issue, Outcome::Inconclusive));
}

#[test]
fn a_number_whose_interval_failed_is_not_taken_as_exact() {
    let e = Estimate::with_interval(0.9, f64::NAN, f64::NAN, 100, IntervalMethod::Bca);
    assert_eq!(Measured::new("T", "t", e).judge(&policy(GAP)).outcome, Outcome::Inconclusive);
}
