//! A narrative: four reviews at the same time, then their synthesis. Each sentence cites facts and is verified against them; what
//! fails is asked for once more, then dropped and counted.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use fine_audit::result::AuditResult;
use fine_report::Language;
use fine_report::narrative::{Area, Fact, Facts, digest, facts, fill, verify};
use fine_store::{now_ms, rfc3339};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::Instant;
use utoipa::ToSchema;

use super::prompt;
use super::{Model, Purse, Question, Trouble};

/// Most sentences of one review.
const MOST: usize = 8;
/// Longest sentence that is looked at, in characters, placeholders included.
const LONGEST: usize = 800;
/// Most tokens of one answer.
const TOKENS: u64 = 500;
/// The first facts, which the synthesis is told of beside those that the reviews cite.
const SYNTHESIS_FACTS: usize = 40;

/// A sentence and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Sentence {
    /// The sentence.
    pub text: String,
    /// JSON pointers into the result.
    pub evidence: Vec<String>,
}

/// What a review is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Subject {
    /// The audit as a whole.
    Synthesis,
    /// Performance, calibration, uncertainty, weak slices, data, leakage, drift.
    Metrics,
    /// What drives the predictions.
    Explainability,
    /// Sensitivity and robustness.
    Robustness,
    /// Groups.
    Fairness,
}

impl Subject {
    const SPECIAL: [Self; 4] = [Self::Metrics, Self::Explainability, Self::Robustness, Self::Fairness];

    /// As in the catalogues.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Synthesis => "synthesis",
            Self::Metrics => "metrics",
            Self::Explainability => "explainability",
            Self::Robustness => "robustness",
            Self::Fairness => "fairness",
        }
    }

    fn holds(self, area: Area) -> bool {
        match self {
            Self::Synthesis => true,
            Self::Metrics => {
                matches!(area, Area::Metrics | Area::Data | Area::Leakage | Area::Drift | Area::ModelFile)
            }
            Self::Explainability => area == Area::Explainability,
            Self::Robustness => area == Area::Robustness,
            Self::Fairness => area == Area::Fairness,
        }
    }
}

/// One review.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Review {
    /// What it is about.
    pub area: Subject,
    /// Sentences that stood up to the results.
    pub sentences: Vec<Sentence>,
    /// Sentences that did not, twice.
    pub rejected: u64,
    /// Why there is less than there could be.
    pub problem: Option<Trouble>,
}

/// How far a narrative is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum NarrativeState {
    /// No language model is configured.
    Off,
    /// Nothing has been written in this language yet.
    Missing,
    /// There it is.
    Written,
    /// Nothing that could be shown was written.
    Failed,
}

/// What a language model has written about an audit; each sentence was verified against the results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Narrative {
    /// `en` or `es`.
    pub language: String,
    /// How far it is.
    pub state: NarrativeState,
    /// Protocol of the model's server.
    pub provider: Option<String>,
    /// Name of the model.
    pub model: Option<String>,
    /// The synthesis, then the reviews.
    pub reviews: Vec<Review>,
    /// Sentences that are shown.
    pub kept: u64,
    /// Sentences that were dropped.
    pub rejected: u64,
    /// Sentences that were asked for a second time.
    pub retried: u64,
    /// How long it took.
    pub seconds: Option<f64>,
    /// Tokens that the model has read; where its server does not say, the most it can have been.
    pub prompt_tokens: Option<u64>,
    /// Tokens that it has written.
    pub completion_tokens: Option<u64>,
    /// US dollars, where prices are configured.
    pub cost: Option<f64>,
    /// Why nothing was written.
    pub problem: Option<Trouble>,
    /// RFC 3339.
    pub written_at: Option<String>,
}

impl Narrative {
    /// A narrative that is not there.
    pub(crate) fn absent(state: NarrativeState, language: Language, model: Option<&Model>) -> Self {
        Self {
            language: language.tag().to_owned(),
            state,
            provider: model.map(|model| model.provider().to_owned()),
            model: model.map(|model| model.name().to_owned()),
            reviews: Vec::new(),
            kept: 0,
            rejected: 0,
            retried: 0,
            seconds: None,
            prompt_tokens: None,
            completion_tokens: None,
            cost: None,
            problem: None,
            written_at: None,
        }
    }
}

/// A sentence as the model wrote it, with placeholders in place of names and numbers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Draft {
    pub text: String,
    #[serde(default)]
    pub cites: Vec<String>,
}

/// The form of an answer.
static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let sentence = json!({
        "type": "object",
        "properties": { "text": { "type": "string" }, "cites": { "type": "array", "items": { "type": "string" } } },
        "required": ["text", "cites"],
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "properties": { "sentences": { "type": "array", "items": sentence } },
        "required": ["sentences"],
        "additionalProperties": false,
    })
});

/// Has a narrative written. Whatever the model does, there is an answer within its time.
pub(crate) async fn narrate(model: &Model, result: &AuditResult, language: Language) -> Narrative {
    let (begun, purse) = (Instant::now(), model.purse());
    let facts = facts(result);
    let desk = Desk { model, purse: &purse, facts: &facts, language };
    // That a stage was not run is no matter for a review.
    let is_matter = |f: &&Fact| !f.measure.starts_with("stage.");
    let has_matter = |subject: &Subject| facts.facts.iter().filter(is_matter).any(|f| subject.holds(f.area));
    let special = Subject::SPECIAL.into_iter().filter(has_matter);
    let mut written = futures::future::join_all(special.map(|subject| desk.review(subject, &[]))).await;
    let kept: Vec<&Draft> = written.iter().flat_map(|w| &w.drafts).collect();
    if !kept.is_empty() {
        let synthesis = desk.review(Subject::Synthesis, &kept).await;
        written.insert(0, synthesis);
    }
    let spent = purse.spent();
    let (retried, mut reviews) = (written.iter().map(|w| w.retried).sum(), Vec::new());
    reviews.extend(written.into_iter().map(|w| w.review));
    let (kept, rejected) =
        (reviews.iter().map(|r| r.sentences.len() as u64).sum(), reviews.iter().map(|r| r.rejected).sum());
    Model::count(kept, rejected);
    let problem = reviews.iter().find_map(|r| r.problem).unwrap_or(Trouble::NothingKept);
    Narrative {
        state: if kept > 0 { NarrativeState::Written } else { NarrativeState::Failed },
        kept,
        rejected,
        retried,
        reviews,
        seconds: Some((begun.elapsed().as_secs_f64() * 100.0).round() / 100.0),
        prompt_tokens: Some(spent.read),
        completion_tokens: Some(spent.written),
        cost: purse.cost(),
        problem: Some(problem).filter(|_| kept == 0),
        written_at: Some(rfc3339(now_ms())),
        ..Narrative::absent(NarrativeState::Failed, language, Some(model))
    }
}

/// What all questions to the model share.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub model: &'a Model,
    pub purse: &'a Purse,
    pub facts: &'a Facts,
    pub language: Language,
}

/// A review with the drafts that were kept.
struct Written {
    review: Review,
    drafts: Vec<Draft>,
    retried: u64,
}

impl Desk<'_> {
    async fn review(self, subject: Subject, reviews: &[&Draft]) -> Written {
        let material = self.material(subject, reviews);
        let mut written = Written {
            review: Review { area: subject, sentences: Vec::new(), rejected: 0, problem: None },
            drafts: Vec::new(),
            retried: 0,
        };
        let drafts = match self.ask(subject, &material).await {
            Ok(drafts) => drafts,
            Err(trouble) => {
                written.review.problem = Some(trouble);
                return written;
            }
        };
        let mut refused = Vec::new();
        for draft in drafts {
            match self.check(&draft) {
                Ok(sentence) => written.keep(draft, sentence),
                Err(why) => refused.push((draft, why)),
            }
        }
        if refused.is_empty() {
            return written;
        }
        written.retried = refused.len() as u64;
        let before = written.drafts.len();
        let again = prompt::again(&material, refused.iter().map(|(draft, why)| (draft.text.as_str(), why)));
        match self.ask(subject, &again).await {
            Ok(drafts) => {
                for draft in drafts {
                    if written.drafts.len() - before < refused.len()
                        && let Ok(sentence) = self.check(&draft)
                    {
                        written.keep(draft, sentence);
                    }
                }
            }
            Err(trouble) => written.review.problem = Some(trouble),
        }
        written.review.rejected = (refused.len() + before - written.drafts.len()) as u64;
        written
    }

    /// What the model is shown: facts without a byte of the data's own words, and what the reviews said, in the same form.
    fn material(self, subject: Subject, reviews: &[&Draft]) -> String {
        let said: BTreeSet<String> = reviews.iter().flat_map(|draft| cited(draft)).collect();
        let is_about = |(i, f): &(usize, &Fact)| match subject {
            Subject::Synthesis => *i < SYNTHESIS_FACTS || said.contains(&f.id),
            _ => f.area == Area::Audit || subject.holds(f.area),
        };
        let about = self.facts.facts.iter().enumerate().filter(is_about).map(|(_, fact)| fact.clone());
        let about = Facts { facts: about.collect(), names: Vec::new() };
        let said: Vec<&str> = reviews.iter().map(|draft| draft.text.as_str()).collect();
        prompt::material(&digest(&about), &said)
    }

    async fn ask(self, subject: Subject, material: &str) -> Result<Vec<Draft>, Trouble> {
        #[derive(Deserialize)]
        struct Answer {
            sentences: Vec<Draft>,
        }
        let instructions = prompt::instructions(subject, self.language);
        let question =
            Question { instructions: &instructions, material, form: "review", schema: &SCHEMA, tokens: TOKENS };
        let value = self.model.ask(question, self.purse).await?;
        let answer: Answer = serde_json::from_value(value).map_err(|_| Trouble::Malformed)?;
        Ok(answer.sentences.into_iter().take(MOST).collect())
    }

    /// A sentence as it is shown, if it says what the cited facts say; else the kinds of reasons why not. Words of the sentence
    /// are no part of the reasons: names of the data stay here.
    pub(super) fn check(self, draft: &Draft) -> Result<Sentence, BTreeSet<String>> {
        let one = |why: &str| BTreeSet::from([why.to_owned()]);
        if draft.text.chars().count() > LONGEST {
            return Err(one("too-long"));
        }
        let text = fill(draft.text.trim(), self.language, self.facts).map_err(|_| one("placeholder"))?;
        let cites = cited(draft);
        let cites: Vec<&str> = cites.iter().map(String::as_str).collect();
        let checked = verify(&text, self.language, &cites, self.facts);
        let checked =
            checked.map_err(|all| all.iter().map(|rejection| rejection.kind.to_string()).collect::<BTreeSet<_>>())?;
        Ok(Sentence { text, evidence: checked.evidence })
    }
}

impl Written {
    /// Keeps a sentence, unless it was said already.
    fn keep(&mut self, draft: Draft, sentence: Sentence) {
        if !self.review.sentences.iter().any(|said| said.text == sentence.text) {
            self.review.sentences.push(sentence);
            self.drafts.push(draft);
        }
    }
}

/// Facts that a draft names: in its list, and in its placeholders.
fn cited(draft: &Draft) -> Vec<String> {
    let listed = draft.cites.iter().map(|id| id.trim().trim_matches(['{', '}']).to_owned());
    let placed = draft.text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(inside, _)| inside);
    let placed = placed.map(|inside| inside.split('.').next().unwrap_or(inside).to_owned());
    let placed = placed.filter(|id| id.strip_prefix('f').is_some_and(|n| n.parse::<u32>().is_ok()));
    let mut all: Vec<String> = Vec::new();
    for id in listed.chain(placed) {
        if !all.contains(&id) {
            all.push(id);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_cites_what_it_lists_and_what_it_places() {
        let draft = Draft {
            text: "{A1.G2} has {f7}, against {f9.low} to {f9.high} {x} {f}.".to_owned(),
            cites: vec!["f1".to_owned(), "{f7}".to_owned()],
        };
        assert_eq!(cited(&draft), ["f1", "f7", "f9"]);
    }
}
