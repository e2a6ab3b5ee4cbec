//! From a measured number to a finding: outcome, evidence, severity and its arithmetic.
//!
//! Outcomes, with `I` the issue limit and `W` the watch limit of the policy:
//! - `issue`: the estimate is past `I`, and the 95 % interval excludes `I` or the adjusted p-value is below alpha;
//! - `watch`: the estimate is past `W` but not past `I`, and the interval excludes `W` or the adjusted p-value is below
//!   alpha;
//! - `pass`: the estimate is past no limit and the whole interval is on the good side of `I` (of `W` without an `I`);
//! - `inconclusive`: everything else, and whatever cannot be estimated. An estimate past `W` whose interval holds `W`
//!   is one of these, even where the interval excludes `I`: chance alone can bring a number past a limit.
//!
//! A number without an interval is exact (a count): its interval is the number itself.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::estimate::{Estimate, IntervalMethod};
use crate::finding::{Finding, Outcome, Scope, Severity, SeverityBasis, Side};
use crate::policy::{Limit, Policy};

/// A number that waits for judgement. The defaults: everyone is affected, no test was made.
#[derive(Clone, Debug)]
pub struct Measured {
    check: &'static str,
    stage: &'static str,
    scope: Scope,
    estimate: Estimate,
    p_value: Option<f64>,
    share: f64,
    effect: Option<f64>,
    detectable: Option<f64>,
    strict: bool,
    evidence: String,
}

impl Measured {
    /// The number of a check, about the whole audit.
    pub fn new(check: &'static str, stage: &'static str, estimate: Estimate) -> Self {
        Self {
            check,
            stage,
            scope: Scope::Global,
            estimate,
            p_value: None,
            share: 1.0,
            effect: None,
            detectable: None,
            strict: false,
            evidence: String::new(),
        }
    }

    /// What the number is about.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// The adjusted p-value of the effect.
    pub fn p_value(mut self, p: Option<f64>) -> Self {
        self.p_value = p;
        self
    }

    /// Share of rows affected, 0 to 1.
    pub fn share(mut self, share: f64) -> Self {
        self.share = share.clamp(0.0, 1.0);
        self
    }

    /// Effect in multiples of the limit, where the default arithmetic of [`effect_ratio`] has no meaning.
    pub fn effect(mut self, ratio: f64) -> Self {
        self.effect = Some(ratio);
        self
    }

    /// Minimum detectable effect, where it is known better than from the width of the interval.
    pub fn detectable(mut self, effect: Option<f64>) -> Self {
        self.detectable = effect;
        self
    }

    /// The limit itself is on the bad side ("must be above 0").
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// JSON pointer into the stage's report.
    pub fn evidence(mut self, pointer: impl Into<String>) -> Self {
        self.evidence = pointer.into();
        self
    }

    /// The finding. An issue or a watch carries the recommendation of its check (the catalogue's key is the check).
    pub fn judge(self, policy: &Policy) -> Finding {
        let Some(limit) = policy.limits.get(self.check) else {
            return self.without_outcome(policy, Outcome::NotApplicable, "no-limit");
        };
        let Some(value) = self.estimate.value else {
            return self.without_outcome(policy, Outcome::Inconclusive, "not-estimable");
        };
        let outcome = outcome(value, &self.estimate, limit, self.p_value, policy.alpha, self.strict);
        if outcome == Outcome::Inconclusive {
            return self.without_outcome(policy, outcome, "interval-crosses-limit");
        }
        let (severity, basis) = match outcome {
            Outcome::Issue | Outcome::Watch => self.severity(value, limit, outcome, policy),
            _ => (Severity::Info, None),
        };
        let recommendation = basis.as_ref().map(|_| self.check.to_owned());
        Finding {
            outcome,
            severity,
            severity_basis: basis,
            recommendation,
            detectable: None,
            reason: None,
            ..self.blank(policy)
        }
    }

    /// A finding without a judged number: `not-applicable`, or `inconclusive` for the reason given.
    pub fn without_outcome(self, policy: &Policy, outcome: Outcome, reason: &str) -> Finding {
        let detectable = if outcome == Outcome::Inconclusive {
            self.detectable.or_else(|| detectable(&self.estimate))
        } else {
            None
        };
        Finding { outcome, reason: Some(reason.to_owned()), detectable, ..self.blank(policy) }
    }

    fn blank(self, policy: &Policy) -> Finding {
        Finding {
            check: self.check.to_owned(),
            stage: self.stage.to_owned(),
            outcome: Outcome::Inconclusive,
            severity: Severity::Info,
            severity_basis: None,
            scope: self.scope,
            measured: self.estimate,
            limit: policy.applied(self.check),
            p_value: self.p_value,
            detectable: None,
            reason: None,
            evidence: self.evidence,
            recommendation: None,
        }
    }

    fn severity(
        &self,
        value: f64,
        limit: &Limit,
        outcome: Outcome,
        policy: &Policy,
    ) -> (Severity, Option<SeverityBasis>) {
        let ratio = self.effect.unwrap_or_else(|| effect_ratio(value, limit));
        let basis = SeverityBasis { effect_ratio: ratio, share_affected: self.share, product: ratio * self.share };
        let band = policy.severity(basis.product);
        let severity = match outcome {
            Outcome::Issue if limit.critical.is_some_and(|c| past(value, c, limit.good, self.strict)) => {
                Severity::Critical
            }
            Outcome::Watch => one_lower(band),
            _ => band,
        };
        (severity, Some(basis))
    }
}

/// Size of an effect in multiples of its limit (the issue limit, or the watch limit without one).
/// Good below `L > 0`: `value / L`. Good above `0 < L < 1` of a share, ratio or AUC whose best value is 1:
/// `(1 - value) / (1 - L)`. Otherwise (a limit of 0) 1.
pub fn effect_ratio(value: f64, limit: &Limit) -> f64 {
    match (limit.issue.or(limit.watch), limit.good) {
        (Some(l), Side::Below) if l > 0.0 => value / l,
        (Some(l), Side::Above) if l > 0.0 && l < 1.0 => (1.0 - value) / (1.0 - l),
        _ => 1.0,
    }
}

/// Minimum effect seen with 80 % power at a two-sided 5 % level, from the half-width `h` of a 95 % interval:
/// `(1.96 + 0.84) h / 1.96`.
pub fn detectable(estimate: &Estimate) -> Option<f64> {
    let (low, high) = (estimate.low?, estimate.high?);
    let z = Normal::standard();
    let (za, zb) = (z.inverse_cdf(0.975), z.inverse_cdf(0.8));
    Some((za + zb) / za * (high - low) / 2.0)
}

fn outcome(value: f64, estimate: &Estimate, limit: &Limit, p: Option<f64>, alpha: f64, strict: bool) -> Outcome {
    let exact = estimate.method == IntervalMethod::None;
    let (low, high) = match (estimate.low, estimate.high) {
        (Some(l), Some(h)) => (Some(l), Some(h)),
        _ if exact => (Some(value), Some(value)),
        _ => (None, None),
    };
    let (best, worst) = match limit.good {
        Side::Below => (low, high),
        Side::Above => (high, low),
    };
    let is_past = |v: f64, l: Option<f64>| l.is_some_and(|l| past(v, l, limit.good, strict));
    let wholly_past = |l: Option<f64>| best.is_some_and(|b| is_past(b, l));
    let wholly_good = |l: Option<f64>| worst.is_some_and(|w| !is_past(w, l));
    let significant = p.is_some_and(|p| p < alpha);
    if is_past(value, limit.issue) {
        return if wholly_past(limit.issue) || significant { Outcome::Issue } else { Outcome::Inconclusive };
    }
    if is_past(value, limit.watch) {
        return if wholly_past(limit.watch) || significant { Outcome::Watch } else { Outcome::Inconclusive };
    }
    if wholly_good(limit.issue.or(limit.watch)) { Outcome::Pass } else { Outcome::Inconclusive }
}

fn past(value: f64, limit: f64, good: Side, strict: bool) -> bool {
    match (good, strict) {
        (Side::Below, false) => value > limit,
        (Side::Below, true) => value >= limit,
        (Side::Above, false) => value < limit,
        (Side::Above, true) => value <= limit,
    }
}

fn one_lower(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium => Severity::Low,
        Severity::Low | Severity::Info => Severity::Info,
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
