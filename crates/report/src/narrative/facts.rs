//! From an audit result to facts: aggregates only, never anything about a single row.
//!
//! The order and the aliases depend on numbers and structure, never on names, so that two results that differ only in names
//! give the same digest.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use fine_audit::estimate::Estimate;
use fine_audit::finding::{Finding, Outcome, Scope, Severity, Side};
use fine_audit::result::{AuditResult, StageStatus};
use serde_json::Value;

use super::fact::{Area, Fact, Facts, Part, Role, Scoped, Unit};
use super::names::Aliases;
use super::{groups, tables};
use crate::catalogue::{Catalogue, Language};
use crate::words::{deciding_limit, stage_report};

/// Most facts of an audit.
const MOST: usize = 150;
/// Most findings among them.
const MOST_FINDINGS: usize = 80;
/// Most findings of one check among them.
const MOST_ALIKE: usize = 6;

/// The facts of an audit, most important first.
pub fn facts(result: &AuditResult) -> Facts {
    let mut gather = Gather::new(result);
    gather.verdict();
    gather.stages();
    gather.findings();
    tables::add(&mut gather);
    groups::add(&mut gather);
    tables::add_minor(&mut gather);
    let mut facts = gather.facts;
    facts.truncate(MOST);
    for (i, fact) in facts.iter_mut().enumerate() {
        fact.id = format!("f{}", i + 1);
    }
    let slices = gather.aliases.slices().to_vec();
    Facts { facts, names: gather.aliases.names(), slices }
}

/// What is gathered on the way.
pub(super) struct Gather<'a> {
    pub(super) result: &'a AuditResult,
    pub(super) aliases: Aliases,
    facts: Vec<Fact>,
}

impl<'a> Gather<'a> {
    /// Names get their aliases in the order of the manifest first.
    fn new(result: &'a AuditResult) -> Self {
        let mut aliases = Aliases::default();
        for feature in &result.manifest.features {
            aliases.column(&feature.name);
        }
        for attribute in &result.manifest.roles.protected {
            aliases.attribute(attribute);
        }
        for class in &result.manifest.classes {
            aliases.class(class);
        }
        Self { result, aliases, facts: Vec::new() }
    }

    /// Adds a fact, unless it has no number and no outcome.
    pub(super) fn add(&mut self, fact: Fact) {
        if fact.value(Role::Value).is_some() || fact.outcome.is_some() {
            self.facts.push(fact);
        }
    }

    /// The report of a finished stage and its pointer.
    pub(super) fn report(&self, id: &str) -> Option<(&'a Value, String)> {
        stage_report(self.result, id)
    }

    fn verdict(&mut self) {
        let mut fact = blank(Area::Audit, "verdict", "/verdict", Unit::Count);
        fact.outcome = Some(self.result.verdict);
        let said = self.result.diagnosis.summary.iter().find(|s| s.key.starts_with("diagnosis.verdict."));
        let count = |name: &str| said.and_then(|s| s.args.get(name)).and_then(Value::as_f64);
        let roles = [
            (Role::Issues, "issues"),
            (Role::Warnings, "watches"),
            (Role::Open, "inconclusive"),
            (Role::Judged, "checks"),
        ];
        fact.values.extend(roles.iter().filter_map(|(role, name)| Some((*role, count(name)?))));
        self.add(fact);
        let m = &self.result.manifest;
        let rows = blank(Area::Audit, "rows", "/manifest/rows", Unit::Count).with(Role::Value, Some(m.rows as f64));
        self.add(rows);
        let features = m.features.len() as f64;
        self.add(blank(Area::Audit, "features", "/manifest/features", Unit::Count).with(Role::Value, Some(features)));
    }

    /// Stages that gave no result.
    fn stages(&mut self) {
        for (i, stage) in self.result.stages.iter().enumerate() {
            let outcome = match stage.status {
                StageStatus::Done => continue,
                StageStatus::NotRun { .. } => Outcome::NotApplicable,
                StageStatus::Failed { .. } | StageStatus::Cancelled => Outcome::Errored,
            };
            if Catalogue::of(Language::En).get(&format!("stages.{}.title", stage.id)).is_none() {
                continue;
            }
            let mut fact =
                blank(area(&stage.id), &format!("stage.{}", stage.id), &format!("/stages/{i}/status"), Unit::Count);
            fact.outcome = Some(outcome);
            self.add(fact);
        }
    }

    /// Findings with the worst first; what has no meaning here is left out.
    fn findings(&mut self) {
        let required = |f: &Finding| self.result.manifest.policy.required.contains(&f.check);
        let known = |f: &Finding| {
            f.outcome != Outcome::NotApplicable
                && Catalogue::of(Language::En).get(&format!("checks.{}.title", f.check)).is_some()
        };
        let mut all: Vec<(usize, &Finding)> =
            self.result.findings.iter().enumerate().filter(|(_, f)| known(f)).collect();
        let weight = |f: &Finding| f.severity_basis.as_ref().map_or(0.0, |b| b.product);
        all.sort_by(|(_, a), (_, b)| {
            (Reverse(rank(a.outcome)), Reverse(a.severity), !required(a))
                .cmp(&(Reverse(rank(b.outcome)), Reverse(b.severity), !required(b)))
                .then_with(|| weight(b).total_cmp(&weight(a)))
        });
        let mut alike: BTreeMap<&str, usize> = BTreeMap::new();
        all.retain(|(_, f)| {
            let seen = alike.entry(f.check.as_str()).or_default();
            *seen += 1;
            *seen <= MOST_ALIKE
        });
        for (i, finding) in all.into_iter().take(MOST_FINDINGS) {
            let fact = self.finding(i, finding);
            self.add(fact);
        }
    }

    fn finding(&mut self, index: usize, f: &Finding) -> Fact {
        let unit = Unit::of(&f.check, Catalogue::of(Language::En));
        let mut fact = blank(area(&f.stage), &f.check, &format!("/findings/{index}"), unit)
            .with_estimate(&f.measured)
            .with(Role::P, f.p_value)
            .with(Role::Detectable, f.detectable)
            .with(Role::Limit, deciding_limit(f))
            .with(Role::Share, f.severity_basis.as_ref().map(|b| b.share_affected))
            .with(Role::Level, level(&f.check));
        fact.outcome = Some(f.outcome);
        fact.severity = Some(f.severity).filter(|s| *s > Severity::Info);
        fact.better = f.limit.as_ref().map(|l| match l.good {
            Side::Below => Side::Below,
            Side::Above => Side::Above,
        });
        fact.scope = self.scope(&f.scope);
        if f.check == "FAIR-GROUP-LOSS" {
            // The error of a group is held against that of all rows, not against that of another group.
            fact.scope.retain(|scoped| scoped.part != Part::Reference);
        }
        fact.spread = spread(&f.check).filter(|_| f.measured.value.is_some_and(|v| differs(&f.check, v)));
        if matches!(f.check.as_str(), "ROB-NOISE-DROP" | "ROB-MISSING-DROP" | "ROB-SINGLE-FEATURE" | "ROB-OUTER-DROP") {
            fact.drop = true;
            fact.watched = self.watched();
        }
        if f.check == "ROB-NOISE-DROP" {
            fact = self.stressed(fact);
        }
        fact
    }

    /// The metric that the robustness stage watches.
    pub(super) fn watched(&self) -> Option<String> {
        Some(format!("metric.{}", self.report("robustness")?.0["metric"].as_str()?))
    }

    /// The metric before and under the noise of a finding.
    fn stressed(&self, fact: Fact) -> Fact {
        let Some((r, _)) = self.report("robustness") else { return fact };
        let at = |v: &Value| v["level"].as_f64().is_some_and(|l| (l - 0.5).abs() < 1e-9);
        let after = r["noise"].as_array().and_then(|n| n.iter().find(|v| at(v))).and_then(|v| v["value"].as_f64());
        fact.with(Role::Before, r["baseline"].as_f64()).with(Role::After, after)
    }

    pub(super) fn scope(&mut self, scope: &Scope) -> Vec<Scoped> {
        let a = &mut self.aliases;
        match scope {
            Scope::Global => Vec::new(),
            Scope::Feature { feature } => vec![scoped(Part::Feature, a.column(feature))],
            Scope::Pair { features } => features.iter().map(|f| scoped(Part::Feature, a.column(f))).collect(),
            Scope::Group { attribute, group, reference } => {
                let mut out = vec![scoped(Part::Attribute, a.attribute(attribute))];
                out.extend(group.as_ref().map(|g| scoped(Part::Group, a.group(attribute, g))));
                out.extend(reference.as_ref().map(|g| scoped(Part::Reference, a.group(attribute, g))));
                out
            }
            Scope::Class { class } => vec![scoped(Part::Class, a.class(class))],
            Scope::Slice { predicates } => vec![scoped(Part::Slice, a.slice(predicates))],
        }
    }
}

/// Errors and open questions come after what asks for a decision, and what passed comes last.
fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Issue => 4,
        Outcome::Watch => 3,
        Outcome::Errored => 2,
        Outcome::Inconclusive => 1,
        Outcome::Pass | Outcome::NotApplicable => 0,
    }
}

/// The size of the stress that a check applies.
fn level(check: &str) -> Option<f64> {
    match check {
        "SENS-FLIP-RATE" => Some(0.01),
        "ROB-NOISE-DROP" => Some(0.5),
        "ROB-MISSING-DROP" | "ROB-OUTER-DROP" | "ROB-ADVERSARIAL" | "ROB-CERTIFIED" => Some(0.1),
        _ => None,
    }
}

/// The rate in which a check's group is lowest and its reference highest.
fn spread(check: &str) -> Option<String> {
    let rate = match check {
        "FAIR-PARITY-DIFFERENCE" | "FAIR-SELECTION-RATIO" | "FAIR-INTERSECTION-PARITY" => "rate.selection",
        "FAIR-OPPORTUNITY-DIFFERENCE" => "rate.tpr",
        "FAIR-FPR-DIFFERENCE" => "rate.fpr",
        _ => return None,
    };
    Some(rate.to_owned())
}

fn differs(check: &str, value: f64) -> bool {
    if check == "FAIR-SELECTION-RATIO" { value < 1.0 } else { value > 0.0 }
}

/// The part of the audit that a stage belongs to.
fn area(stage: &str) -> Area {
    match stage {
        "explain" => Area::Explainability,
        "sensitivity" | "robustness" => Area::Robustness,
        "fairness" => Area::Fairness,
        "data" => Area::Data,
        "leakage" => Area::Leakage,
        "drift" => Area::Drift,
        "model-file" => Area::ModelFile,
        _ => Area::Metrics,
    }
}

pub(super) fn scoped(part: Part, alias: String) -> Scoped {
    Scoped { part, alias }
}

/// A fact about the whole audit without numbers.
pub(super) fn blank(area: Area, measure: &str, pointer: &str, unit: Unit) -> Fact {
    Fact {
        id: String::new(),
        pointer: pointer.to_owned(),
        area,
        measure: measure.to_owned(),
        outcome: None,
        severity: None,
        scope: Vec::new(),
        unit,
        values: BTreeMap::new(),
        better: None,
        place: None,
        drop: false,
        watched: None,
        spread: None,
    }
}

impl Fact {
    /// With one more number, if there is one.
    pub(super) fn with(mut self, role: Role, value: Option<f64>) -> Self {
        self.values.extend(value.filter(|v| v.is_finite()).map(|v| (role, v)));
        self
    }

    /// With an estimate, its interval and its rows.
    pub(super) fn with_estimate(self, e: &Estimate) -> Self {
        let n = (e.n > 0).then_some(e.n as f64);
        self.with(Role::Value, e.value).with(Role::Low, e.low).with(Role::High, e.high).with(Role::N, n)
    }

    /// With a better side.
    pub(super) fn better(mut self, side: Side) -> Self {
        self.better = Some(side);
        self
    }
}
