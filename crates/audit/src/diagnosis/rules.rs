//! The rule file: which findings are risks, in which order, what is advised, and what the summary says, each with its source.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::finding::{Outcome, Severity};

/// The embedded rules.
pub(super) static RULES: LazyLock<Rules> =
    LazyLock::new(|| toml::from_str(include_str!("rules.toml")).expect("the embedded rules are tested"));

/// Rules of one version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    /// Raised whenever the rules may say something else about the same results.
    pub version: String,
    /// Which findings ask for a decision.
    pub risk: Vec<Risk>,
    /// What risks are ordered by, first things first.
    pub rank: Vec<Rank>,
    /// The summary, in reading order.
    pub summary: Vec<Sentence>,
    /// What is said and advised about the findings of a check.
    pub checks: BTreeMap<String, Check>,
}

/// Findings of this outcome, from this severity on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Risk {
    pub outcome: Outcome,
    pub least: Severity,
}

/// A thing that risks are ordered by; the larger first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Rank {
    /// Issues before warnings.
    Outcome,
    /// The severity.
    Severity,
    /// The share of rows affected.
    Share,
    /// The effect in multiples of the limit.
    Effect,
}

/// A check: the words of its findings, the advice, and the source of the advice.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Check {
    /// Language key below which `issue` and `watch` are.
    pub says: String,
    /// Language key of the advice.
    pub advises: String,
    /// Where the rule comes from.
    #[allow(dead_code, reason = "for readers of the file; a test asks for it")]
    pub source: String,
}

/// A sentence of the summary. It is left out when one of its values is not there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sentence {
    /// What it is made of.
    pub from: From,
    /// Language key; of the verdict, the key below which the outcomes are.
    pub says: String,
    /// Language key when entries were left out of the extremes.
    #[serde(default)]
    pub says_without_small: Option<String>,
    /// Severity where it is not that of findings.
    #[serde(default = "info")]
    pub severity: Severity,
    /// The stage whose report is read.
    #[serde(default)]
    pub stage: String,
    /// A list of the report: one sentence for each entry that is not an intersection.
    #[serde(default)]
    pub each: Option<String>,
    /// Values of the sentence by name, as places in the report (or in the entry of the list).
    #[serde(default)]
    pub args: BTreeMap<String, String>,
    /// The lowest and the highest of a list.
    #[serde(default)]
    pub extremes: Option<Extremes>,
    /// Places in the report that carry the values.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// Where the rule comes from.
    #[allow(dead_code, reason = "for readers of the file; a test asks for it")]
    pub source: String,
}

/// What a sentence is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum From {
    /// The verdict and the numbers of findings by outcome.
    Verdict,
    /// The model and the table.
    Subject,
    /// The report of a stage.
    Report,
    /// Stages that failed.
    Missing,
}

/// The entries of a list with the lowest and the highest value; small groups are left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Extremes {
    /// The list.
    pub of: String,
    /// The value they are compared by, an estimate.
    pub by: String,
    /// Names of the lowest value and of its entry.
    pub low: [String; 2],
    /// Names of the highest value and of its entry.
    pub high: [String; 2],
}

fn info() -> Severity {
    Severity::Info
}
