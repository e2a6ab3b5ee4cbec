//! The words that a sentence about an audit may hold, and what each of them claims. What is not here is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use fine_audit::finding::{Outcome, Severity};
use serde::Deserialize;

use crate::catalogue::Language;

/// What a phrase means.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sense {
    /// Says nothing by itself.
    Neutral,
    /// Something that was measured: keys of facts.
    Measure(BTreeSet<String>),
    /// What a number near it is.
    Role(RoleWord),
    /// More or less than what follows `than`; `object` when what follows is compared directly (`above`, `exceeds`).
    Compare { relation: Relation, object: bool },
    /// The largest, the smallest, the best, the worst.
    Extreme(Relation),
    /// A place in an order.
    Ordinal(u32),
    /// It rises (`true`) or falls.
    Change(bool),
    /// Two values are not the same.
    Differ,
    /// Next in the order.
    FollowedBy,
    /// Opens the second side of a comparison.
    Than,
    /// Parts clauses.
    Split,
    /// Joins clauses and lists.
    And,
    /// Turns what follows around.
    Not,
    /// The outcome of a check.
    Outcome(Outcome),
    /// The severity of a finding.
    Severity(Severity),
    /// A judgement that needs an outcome of checks.
    Judgement { checks: String, outcome: Outcome },
    /// Says by itself how a check ended.
    Assert(Vec<Outcome>),
    /// The whole audit, no part of it.
    Overall,
    /// Exactly two.
    Both,
    /// From the smallest value of all to the largest.
    Range,
    /// Belittles the number that follows.
    Only,
    /// A number in words, written in digits.
    Number(String),
    /// `%` and points, in words.
    Unit(Written),
    /// What a report must not say, by its kind.
    Forbidden,
}

/// How a comparison goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Relation {
    More,
    Less,
    AtLeast,
    AtMost,
    Better,
    Worse,
    /// On the good side of the limit.
    Within,
    /// On the bad side of it.
    Past,
}

/// The unit that a number is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Written {
    Bare,
    Percent,
    Points,
}

/// A word that says what a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RoleWord {
    Limit,
    Interval,
    /// The lower end of an interval.
    Lower,
    /// The upper end of an interval.
    Upper,
    Rows,
    Affected,
    P,
    Detectable,
    Baseline,
    Rest,
    Before,
    Level,
    Rank,
    Issues,
    Warnings,
    Open,
    Judged,
}

/// Lists of words by which a true number is said of something false; what is done about each stands where it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Guard {
    /// Opens a group of people: `among`.
    Among,
    /// Stands between that and the rate: `the people who are`.
    People,
    /// A rate said as people: `selected`.
    Turned,
    /// Articles before it: `the selected`.
    Nominal,
    /// Says what is left of what falls: `stands at`.
    Remains,
    /// `is`, `are`.
    Be,
    /// Speaks of the audit, the model or the data as a whole.
    Wholes,
    /// A part of the audit, which the counts of the verdict are not of.
    PartOfAudit,
    /// Groups, classes and the like that nobody names.
    Kinds,
    /// What a share of rows is no share of.
    OtherWholes,
    /// A check or a finding.
    Check,
    /// May stand before a limit or a promise.
    BeforeLimit,
    /// Before a number of rows on which something was measured.
    Bases,
    /// Before a number of rows that something has.
    Has,
    /// Parts of words that say that something is missing.
    Short,
    /// Parts of words that say that something is more than something else.
    Excess,
    /// Parts of words for a difference.
    Apart,
    /// Parts of words for a quotient.
    Quotient,
    /// Says that a decision does not stand.
    Changes,
    /// Says that something is noticed.
    Finds,
    /// Parts of words for decisions that change.
    Flips,
    /// Parts of words for scores that move.
    Moves,
    /// A comparison in a small word: `over`.
    Beneath,
    /// `contains`.
    Spans,
    /// Rows made nonsense.
    Nonsense,
    /// A score.
    Scores,
    /// A mean.
    Mean,
    /// The truth.
    Truth,
    /// Owners that only measures of a model have.
    TheModel,
    /// A difference of no matter what.
    Generic,
    /// A share of wrong classes.
    ClassesWrong,
    /// The limit of quotients.
    FourFifths,
    /// Receives an outcome.
    Gets,
    /// `explains`.
    Explains,
    /// Parts of words for being right.
    Precise,
    /// Names of checks that sound as if groups were equal.
    Parity,
    /// `achieves`.
    Claims,
    /// What is no row and no feature.
    Uncounted,
    /// A protected attribute.
    Attribute,
    /// A group.
    Group,
    /// A class.
    Class,
    /// A slice.
    Slice,
    /// Parts of words of calibration.
    Calibration,
    /// Parts of words for an error of calibration.
    Off,
    /// Nouns for a fall.
    Falls,
    /// Parts of words for decisions.
    Decides,
    /// Parts of words for an error of additivity.
    AddsUp,
    /// A share or a rate.
    Shares,
    /// Nothing but the attribute is changed.
    Alone,
    /// Noise.
    Noise,
}

#[cfg(test)]
impl Guard {
    /// How many lists there are.
    pub(super) const ALL: usize = Self::Noise as usize + 1;
}

/// The file of a language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    neutral: Vec<String>,
    measures: BTreeMap<String, Vec<String>>,
    roles: BTreeMap<String, Vec<String>>,
    compare: BTreeMap<String, Vec<String>>,
    compare_object: BTreeMap<String, Vec<String>>,
    extremes: BTreeMap<String, Vec<String>>,
    ordinals: BTreeMap<String, Vec<String>>,
    outcomes: BTreeMap<String, Vec<String>>,
    severities: BTreeMap<String, Vec<String>>,
    judgements: Vec<Judgement>,
    asserts: Vec<Assert>,
    numbers: BTreeMap<String, String>,
    units: BTreeMap<String, Vec<String>>,
    words: Words,
    forbidden: BTreeMap<String, Vec<String>>,
    say: BTreeMap<String, Vec<String>>,
    forms: BTreeMap<String, String>,
    guards: BTreeMap<Guard, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Judgement {
    words: Vec<String>,
    checks: String,
    outcome: Outcome,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assert {
    words: Vec<String>,
    outcomes: Vec<Outcome>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    rise: Vec<String>,
    fall: Vec<String>,
    differ: Vec<String>,
    followed_by: Vec<String>,
    than: Vec<String>,
    split: Vec<String>,
    and: Vec<String>,
    not: Vec<String>,
    overall: Vec<String>,
    both: Vec<String>,
    range: Vec<String>,
    only: Vec<String>,
}

/// The phrases of one language.
#[derive(Debug)]
pub(super) struct Lexicon {
    phrases: BTreeMap<Vec<String>, Vec<Sense>>,
    words: BTreeSet<String>,
    longest: usize,
    version: String,
    say: BTreeMap<String, Vec<String>>,
    forms: BTreeMap<String, String>,
    guards: BTreeMap<Guard, Vec<String>>,
}

impl Lexicon {
    /// The embedded lexicon of a language.
    pub(super) fn of(language: Language) -> &'static Self {
        static EN: OnceLock<Lexicon> = OnceLock::new();
        static ES: OnceLock<Lexicon> = OnceLock::new();
        let (cell, text) = match language {
            Language::En => (&EN, include_str!("../../lexicon/en.toml")),
            Language::Es => (&ES, include_str!("../../lexicon/es.toml")),
        };
        cell.get_or_init(|| Self::new(toml::from_str(text).expect("embedded lexicons are tested")))
    }

    /// The version of the file.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// How a measure is said: sentences with the parts of a fact in braces, the fullest first.
    pub(super) fn say(&self, measure: &str) -> &[String] {
        self.say.get(measure).map_or(&[], Vec::as_slice)
    }

    /// Sentences of all forms, by name.
    pub(super) fn forms(&self) -> &BTreeMap<String, String> {
        &self.forms
    }

    /// Words by which a true number is said of something false.
    pub(super) fn guard(&self, list: Guard) -> &[String] {
        self.guards.get(&list).map_or(&[], Vec::as_slice)
    }

    /// The lists of such words.
    #[cfg(test)]
    pub(super) fn guards(&self) -> &BTreeMap<Guard, Vec<String>> {
        &self.guards
    }

    /// Senses of the longest phrase at the start of the words, and its length.
    pub(super) fn longest(&self, words: &[&str]) -> Option<(usize, &[Sense])> {
        (1..=words.len().min(self.longest)).rev().find_map(|n| {
            let phrase: Vec<String> = words[..n].iter().map(|w| (*w).to_owned()).collect();
            self.phrases.get(&phrase).map(|s| (n, s.as_slice()))
        })
    }

    /// Whether a word stands in some phrase.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// Whether a word by itself is an outcome.
    pub(super) fn is_outcome(&self, word: &str) -> bool {
        let senses = self.phrases.get(std::slice::from_ref(&word.to_owned()));
        senses.is_some_and(|s| s.iter().any(|s| matches!(s, Sense::Outcome(_))))
    }

    /// The measures that some phrase names.
    #[cfg(test)]
    pub(super) fn measures(&self) -> BTreeSet<&str> {
        let named = self
            .phrases
            .values()
            .flatten()
            .filter_map(|s| if let Sense::Measure(keys) = s { Some(keys) } else { None });
        named.flatten().map(String::as_str).collect()
    }

    /// The phrases of a measure that claim nothing else.
    #[cfg(test)]
    pub(super) fn phrases_of(&self, measure: &str) -> Vec<String> {
        let has = |s: &Sense| matches!(s, Sense::Measure(keys) if keys.contains(measure));
        let quiet = |s: &Sense| matches!(s, Sense::Measure(_) | Sense::Neutral | Sense::Assert(_));
        let named = self.phrases.iter().filter(|(_, s)| s.iter().any(has) && s.iter().all(quiet));
        named.map(|(p, _)| p.join(" ")).collect()
    }

    fn new(file: File) -> Self {
        let (phrases, words) = (BTreeMap::new(), BTreeSet::new());
        let mut out = Self {
            phrases,
            words,
            longest: 1,
            version: file.version,
            say: file.say,
            forms: file.forms,
            guards: file.guards,
        };
        for (key, phrases) in &file.measures {
            phrases.iter().for_each(|p| out.measure(p, key));
        }
        out.all(&file.neutral, || Sense::Neutral);
        out.keyed::<RoleWord>(&file.roles, Sense::Role);
        out.keyed::<Relation>(&file.compare, |relation| Sense::Compare { relation, object: false });
        out.keyed::<Relation>(&file.compare_object, |relation| Sense::Compare { relation, object: true });
        out.keyed::<Relation>(&file.extremes, Sense::Extreme);
        for (number, phrases) in &file.ordinals {
            let n = number.parse().expect("embedded lexicons are tested");
            out.all(phrases, || Sense::Ordinal(n));
        }
        out.keyed::<Outcome>(&file.outcomes, Sense::Outcome);
        out.keyed::<Severity>(&file.severities, Sense::Severity);
        out.keyed::<Written>(&file.units, Sense::Unit);
        for j in &file.judgements {
            out.all(&j.words, || Sense::Judgement { checks: j.checks.clone(), outcome: j.outcome });
        }
        for a in &file.asserts {
            out.all(&a.words, || Sense::Assert(a.outcomes.clone()));
        }
        for (phrase, digits) in &file.numbers {
            out.phrase(phrase, Sense::Number(digits.clone()));
        }
        let w = &file.words;
        out.all(&w.rise, || Sense::Change(true));
        out.all(&w.fall, || Sense::Change(false));
        out.all(&w.differ, || Sense::Differ);
        out.all(&w.followed_by, || Sense::FollowedBy);
        out.all(&w.than, || Sense::Than);
        out.all(&w.split, || Sense::Split);
        out.all(&w.and, || Sense::And);
        out.all(&w.not, || Sense::Not);
        out.all(&w.overall, || Sense::Overall);
        out.all(&w.both, || Sense::Both);
        out.all(&w.range, || Sense::Range);
        out.all(&w.only, || Sense::Only);
        file.forbidden.values().for_each(|phrases| out.all(phrases, || Sense::Forbidden));
        out.words = out.phrases.keys().flatten().cloned().collect();
        out
    }

    fn keyed<K: serde::de::DeserializeOwned + Clone>(
        &mut self,
        map: &BTreeMap<String, Vec<String>>,
        sense: impl Fn(K) -> Sense,
    ) {
        for (key, phrases) in map {
            let key: K = serde_json::from_value(key.as_str().into()).expect("embedded lexicons are tested");
            self.all(phrases, || sense(key.clone()));
        }
    }

    fn all(&mut self, phrases: &[String], sense: impl Fn() -> Sense) {
        phrases.iter().for_each(|p| self.phrase(p, sense()));
    }

    fn measure(&mut self, phrase: &str, key: &str) {
        let senses = self.phrases.entry(split(phrase)).or_default();
        match senses.iter_mut().find_map(|s| if let Sense::Measure(keys) = s { Some(keys) } else { None }) {
            Some(keys) => drop(keys.insert(key.to_owned())),
            None => senses.push(Sense::Measure(BTreeSet::from([key.to_owned()]))),
        }
        self.longest = self.longest.max(split(phrase).len());
    }

    fn phrase(&mut self, phrase: &str, sense: Sense) {
        let words = split(phrase);
        self.longest = self.longest.max(words.len());
        let senses = self.phrases.entry(words).or_default();
        if !senses.contains(&sense) {
            senses.push(sense);
        }
    }
}

/// The words of a phrase, as the reading of sentences parts them.
pub(super) fn split(phrase: &str) -> Vec<String> {
    let parts = phrase.split([' ', '-', '–', '/', '(', ')', ',', '¿', '?']).map(str::trim);
    parts.filter(|w| !w.is_empty()).map(|w| w.to_lowercase()).collect()
}
