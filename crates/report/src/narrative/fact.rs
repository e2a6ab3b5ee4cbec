//! What can be said about an audit: aggregates with an id, a unit, a scope and a receipt.

use std::collections::BTreeMap;

use fine_audit::finding::{Outcome, Predicate, Severity, Side};
use serde::{Deserialize, Serialize};

use super::names::Name;
use crate::catalogue::Catalogue;
use crate::figures::{decimals, in_unit};

/// The facts of one audit, most important first, and the names that they are about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The facts, `f1` first.
    pub facts: Vec<Fact>,
    /// The names of the data, each with its alias.
    pub names: Vec<Name>,
    /// What the rows of each slice fulfil, `S1` first.
    #[serde(skip)]
    pub slices: Vec<Vec<Predicate>>,
}

impl Facts {
    /// The fact with an id.
    pub fn fact(&self, id: &str) -> Option<&Fact> {
        self.facts.iter().find(|f| f.id == id)
    }

    /// What the rows of a slice fulfil, by its alias.
    pub fn slice(&self, alias: &str) -> Option<&[Predicate]> {
        let place: usize = alias.strip_prefix('S')?.parse().ok()?;
        self.slices.get(place.checked_sub(1)?).map(Vec::as_slice)
    }

    /// The name with an alias.
    pub fn name(&self, alias: &str) -> Option<&Name> {
        self.names.iter().find(|n| n.alias == alias)
    }
}

/// One thing that was measured or judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// `f1`, `f2`, …: the same result gives the same ids.
    pub id: String,
    /// JSON pointer into the audit result.
    pub pointer: String,
    /// Part of the audit.
    pub area: Area,
    /// What was measured: a key of the lexicon. Of a finding it is the check.
    pub measure: String,
    /// Outcome of a finding, of the verdict, or of a stage that gave no result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Severity of a finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What it is about; empty for the whole audit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<Scoped>,
    /// Unit of the value and of all numbers like it.
    pub unit: Unit,
    /// The numbers.
    pub values: BTreeMap<Role, f64>,
    /// Which way is better, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better: Option<Side>,
    /// Place among all of its kind, also among those that are no facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The value is a fall of what was measured.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drop: bool,
    /// The metric whose fall the value is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched: Option<String>,
    /// The measure in which the group of the scope is the lowest and its reference the highest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<String>,
}

/// A part of the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// Verdict and stages.
    Audit,
    /// Performance, calibration, uncertainty, slices.
    Metrics,
    /// Explanations.
    Explainability,
    /// Sensitivity and robustness.
    Robustness,
    /// Fairness.
    Fairness,
    /// Quality of the table.
    Data,
    /// Leakage.
    Leakage,
    /// Drift.
    Drift,
    /// The model file.
    ModelFile,
}

/// A name in a part of the scope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scoped {
    /// Its part.
    pub part: Part,
    /// Its alias.
    pub alias: String,
}

/// The parts of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// A column.
    Feature,
    /// A protected attribute.
    Attribute,
    /// A group of it.
    Group,
    /// The group compared with.
    Reference,
    /// A class.
    Class,
    /// Rows that fulfil conditions.
    Slice,
}

/// What a number of a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The value.
    Value,
    /// Lower end of the 95 % interval.
    Low,
    /// Upper end.
    High,
    /// Rows behind it.
    N,
    /// The limit that the outcome is about.
    Limit,
    /// Adjusted p-value.
    P,
    /// Share of rows affected.
    Share,
    /// Smallest effect that these rows would show.
    Detectable,
    /// What the best constant answer reaches.
    Baseline,
    /// Without stress.
    Before,
    /// Under stress.
    After,
    /// Of all other rows.
    Rest,
    /// Size of the stress, or what was promised.
    Level,
    /// Findings that are issues.
    Issues,
    /// Findings that are warnings.
    Warnings,
    /// Findings that are not settled.
    Open,
    /// Findings that were judged.
    Judged,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Value,
        Self::Low,
        Self::High,
        Self::N,
        Self::Limit,
        Self::P,
        Self::Share,
        Self::Detectable,
        Self::Baseline,
        Self::Before,
        Self::After,
        Self::Rest,
        Self::Level,
        Self::Issues,
        Self::Warnings,
        Self::Open,
        Self::Judged,
    ];

    /// The role of a word in a placeholder.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.word() == word)
    }

    /// Its word in a placeholder: `{f3.low}`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Low => "low",
            Self::High => "high",
            Self::N => "n",
            Self::Limit => "limit",
            Self::P => "p",
            Self::Share => "share",
            Self::Detectable => "detectable",
            Self::Baseline => "baseline",
            Self::Before => "before",
            Self::After => "after",
            Self::Rest => "rest",
            Self::Level => "level",
            Self::Issues => "issues",
            Self::Warnings => "warnings",
            Self::Open => "open",
            Self::Judged => "judged",
        }
    }
}

/// The unit of a number, as the catalogue knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// A part of something, said in per cent.
    Share,
    /// A difference of shares, said in points.
    Points,
    /// A quotient.
    Ratio,
    /// A whole number.
    Count,
    /// Any number.
    Number,
    /// A tiny number.
    Scientific,
}

impl Unit {
    /// The unit of a check or argument in the catalogue.
    pub(crate) fn of(id: &str, words: &Catalogue) -> Self {
        match words.unit(id) {
            "share" => Self::Share,
            "points" => Self::Points,
            "ratio" => Self::Ratio,
            "count" => Self::Count,
            "scientific" => Self::Scientific,
            _ => Self::Number,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Points => "points",
            Self::Ratio => "ratio",
            Self::Count => "count",
            Self::Number => "number",
            Self::Scientific => "scientific",
        }
    }
}

/// Place in a list ordered by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// From the largest, from 1; those of equal value share the last place.
    pub high: u32,
    /// From the smallest.
    pub low: u32,
    /// Length of the list.
    pub of: u32,
}

impl Fact {
    /// A quotient of two groups.
    pub(super) fn is_quotient(&self) -> bool {
        self.unit == Unit::Ratio && self.spread.is_some()
    }

    /// A number by its role.
    pub fn value(&self, role: Role) -> Option<f64> {
        self.values.get(&role).copied()
    }

    /// The unit of a number.
    pub fn unit_of(&self, role: Role) -> Unit {
        match role {
            Role::N | Role::Issues | Role::Warnings | Role::Open | Role::Judged => Unit::Count,
            Role::Share => Unit::Share,
            Role::P | Role::Level => Unit::Number,
            Role::Before | Role::After if self.falls_in_points() => Unit::Share,
            _ => self.unit,
        }
    }

    /// Whether the value is a fall of a share, which may be said in points.
    pub(crate) fn falls_in_points(&self) -> bool {
        self.drop && matches!(self.watched.as_deref(), Some("metric.accuracy" | "metric.r2"))
    }

    /// A number as Fine writes it in a language.
    pub fn shown(&self, role: Role, words: &Catalogue) -> Option<String> {
        let value = self.value(role)?;
        Some(match role {
            Role::P if value < 0.001 => format!("< {}", in_unit(0.001, "number", words)),
            Role::P => in_unit(value, "number", words),
            Role::Level if self.level_is_spread() => decimals(value, 1, words.language),
            Role::Level => format!("{} %", decimals(value * 100.0, 0, words.language)),
            _ => in_unit(value, self.unit_of(role).word(), words),
        })
    }

    /// Its measure, and those that it says something about: the metric that falls, the rates that differ.
    pub(crate) fn measures(&self) -> impl Iterator<Item = &str> {
        [Some(&self.measure), self.watched.as_ref(), self.spread.as_ref()].into_iter().flatten().map(String::as_str)
    }

    /// Whether the stress is in standard deviations, and not a share.
    fn level_is_spread(&self) -> bool {
        matches!(self.measure.as_str(), "ROB-NOISE-DROP" | "ROB-ADVERSARIAL" | "ROB-CERTIFIED")
    }

    /// Whether an alias is in its scope.
    pub fn about(&self, alias: &str) -> bool {
        self.scope.iter().any(|s| s.alias == alias)
    }

    /// The alias of a part of its scope.
    pub fn part(&self, part: Part) -> Option<&str> {
        self.scope.iter().find(|s| s.part == part).map(|s| s.alias.as_str())
    }
}
