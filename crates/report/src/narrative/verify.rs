//! Whether a sentence says what the cited facts say. When in doubt it is refused.
//!
//! A sentence is read with a closed lexicon: each word claims nothing by itself, names something of the audit, or makes a
//! claim that is checked; any other word is a reason to refuse. What is checked: numbers (value, unit, digits, and what they
//! belong to), names, measures, comparisons, places, directions, outcomes, severities and judgements.

use std::cell::RefCell;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::bind::Bench;
use super::fact::{Fact, Facts, Role};
use super::lexicon::{Lexicon, RoleWord, Sense};
use super::names::invisible;
use super::reading::{Item, Reading};
use super::token::{Token, tokens};
use crate::catalogue::{Catalogue, Language};

/// Most words of a sentence.
const MOST_WORDS: usize = 40;
/// Most characters, so that hostile text costs nothing.
const MOST_CHARACTERS: usize = 1500;
/// Most facts that one sentence cites.
const MOST_CITED: usize = 8;

/// A sentence that says what the audit says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The claims that were checked: numbers, comparisons, outcomes and the like.
    pub claims: usize,
    /// JSON pointers of the cited facts: the receipts.
    pub evidence: Vec<String>,
}

/// Why a sentence is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// The kind.
    pub kind: Kind,
    /// The words that it is about.
    pub words: String,
}

impl Rejection {
    pub(super) fn new(kind: Kind, words: &str) -> Self {
        let words = words.chars().filter(|c| !c.is_control() && !invisible(*c)).take(80).collect();
        Self { kind, words }
    }
}

/// Kinds of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Nothing is cited.
    NoCitation,
    /// A fact that is not there, or too many.
    UnknownCitation,
    /// A cited fact that no claim is about.
    UnusedCitation,
    /// A number that no cited fact has.
    Number,
    /// A number with too few digits.
    Rounding,
    /// A number that belongs to another name or measure, or to more than one.
    Binding,
    /// A wrong or unclear direction.
    Direction,
    /// A wrong or unclear comparison, place or denial.
    Comparison,
    /// A name that no cited fact is about, or that nobody knows.
    Name,
    /// A measure that no cited fact has.
    Measure,
    /// A check that no cited fact is of.
    Check,
    /// A wrong or unclear outcome, severity or verdict.
    Outcome,
    /// A judgement that the findings do not bear.
    Evaluation,
    /// Causes, law, advice, instructions, markup.
    Forbidden,
    /// A word that the lexicon does not have.
    Word,
    /// Too many words.
    TooLong,
    /// Nothing that could be checked.
    NothingToCheck,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_value(self).ok();
        f.write_str(text.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default())
    }
}

/// Checks a sentence as it is displayed, in its language, against the facts that it cites.
///
/// # Errors
///
/// All reasons to refuse it.
pub fn verify(text: &str, language: Language, cited: &[&str], facts: &Facts) -> Result<Checked, Vec<Rejection>> {
    let mut bad = Vec::new();
    let cited = citations(cited, facts, &mut bad);
    if text.chars().count() > MOST_CHARACTERS {
        bad.push(Rejection::new(Kind::TooLong, ""));
        return Err(bad);
    }
    let (tokens, unreadable) = tokens(text, language, facts);
    bad.extend(unreadable);
    if tokens.iter().filter(|t| !matches!(t, Token::Mark(_))).count() > MOST_WORDS {
        bad.push(Rejection::new(Kind::TooLong, ""));
    }
    let reading = Reading::of(&tokens, language, &cited);
    let bench = Bench {
        reading: &reading,
        facts,
        cited: &cited,
        words: Catalogue::of(language),
        used: RefCell::default(),
        bound: RefCell::default(),
    };
    let mut claims = 0;
    for (at, item) in reading.items.iter().enumerate() {
        match item_claims(&bench, at, item) {
            Ok(n) => claims += n,
            Err(rejection) => bad.push(rejection),
        }
    }
    bad.extend(bench.loose_ends());
    if claims == 0 && bad.is_empty() {
        bad.push(Rejection::new(Kind::NothingToCheck, ""));
    }
    if !bad.is_empty() {
        return Err(bad);
    }
    Ok(Checked { claims, evidence: cited.iter().map(|f| f.pointer.clone()).collect() })
}

/// The version of the lexicon of a language.
pub fn lexicon_version(language: Language) -> &'static str {
    Lexicon::of(language).version()
}

fn citations<'a>(ids: &[&str], facts: &'a Facts, bad: &mut Vec<Rejection>) -> Vec<&'a Fact> {
    if ids.is_empty() {
        bad.push(Rejection::new(Kind::NoCitation, ""));
    }
    if ids.len() > MOST_CITED {
        bad.push(Rejection::new(Kind::UnknownCitation, ""));
    }
    let mut out: Vec<&Fact> = Vec::new();
    for id in ids.iter().take(MOST_CITED) {
        match facts.fact(id) {
            Some(fact) if !out.iter().any(|f| f.id == fact.id) => out.push(fact),
            Some(_) => {}
            None => bad.push(Rejection::new(Kind::UnknownCitation, id)),
        }
    }
    out
}

/// Checks one word, number, name or mark; how much it claims.
fn item_claims(bench: &Bench, at: usize, item: &Item) -> Result<usize, Rejection> {
    match item {
        Item::Number(number) => bench.number(at, number).map(usize::from),
        Item::Name(..) => bench.name(at).map(|()| 0),
        Item::Unknown(word) if Lexicon::of(bench.words.language).knows(word) => Err(bench.reject(Kind::Word, at)),
        Item::Unknown(_) => Ok(0),
        Item::Code(_) => bench.measure(at).map(|()| 0),
        // One sentence at a time.
        Item::Mark('.') if bench.reading.items.len() > at + 1 => Err(bench.reject(Kind::Forbidden, at)),
        Item::Mark('<' | '%') => Err(bench.reject(Kind::Forbidden, at)),
        Item::Mark(_) => Ok(0),
        Item::Phrase(senses, _) => {
            bench.measure(at)?;
            senses.iter().try_fold(0, |n, sense| Ok(n + sense_claims(bench, at, sense)?))
        }
    }
}

fn sense_claims(bench: &Bench, at: usize, sense: &Sense) -> Result<usize, Rejection> {
    match sense {
        Sense::Forbidden => Err(bench.reject(Kind::Forbidden, at)),
        Sense::Compare { relation, object } => bench.comparison(at, *relation, *object).map(|()| 1),
        Sense::Extreme(relation) => bench.extreme(at, *relation).map(|()| 1),
        Sense::Ordinal(_) => bench.ordinal_alone(at).map(|()| 1),
        Sense::FollowedBy => bench.followed(at).map(|()| 1),
        Sense::Change(up) => bench.direction(at, *up).map(|()| 1),
        Sense::Differ => bench.difference(at).map(|()| 1),
        Sense::Outcome(outcome) => bench.outcome(at, *outcome).map(|()| 1),
        Sense::Severity(severity) => bench.severity(at, *severity).map(|()| 1),
        Sense::Judgement { checks, outcome } => bench.judgement(at, checks, *outcome).map(|()| 1),
        Sense::Range => bench.range(at).map(|()| 1),
        Sense::Only => bench.only_number(at).map(|()| 0),
        Sense::Assert(outcomes) => bench.assertion(at, outcomes).map(usize::from),
        Sense::Both => bench.both(at).map(|()| 0),
        Sense::Role(RoleWord::Baseline) => bench.side_word(at, Role::Baseline).map(|()| 0),
        Sense::Role(RoleWord::Rest) => bench.side_word(at, Role::Rest).map(|()| 0),
        Sense::Role(RoleWord::Limit) => bench.limit_word(at).map(|()| 0),
        Sense::Role(RoleWord::Level) => bench.level_word(at).map(|()| 0),
        // A denial turns what follows around, and nothing here says what then would be true.
        Sense::Not => Err(bench.reject(Kind::Comparison, at)),
        Sense::Unit(_) => Err(bench.reject(Kind::Number, at)),
        Sense::Number(_) => Err(bench.reject(Kind::Number, at)),
        Sense::Neutral => bench.small_word(at).map(|()| 0),
        Sense::Overall => bench.overall(at).map(|()| 0),
        Sense::Role(RoleWord::Rank) => bench.rank_word(at).map(|()| 0),
        Sense::Measure(_) | Sense::Role(_) | Sense::Than | Sense::Split | Sense::And => Ok(0),
    }
}
