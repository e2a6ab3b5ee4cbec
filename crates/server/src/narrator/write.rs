//! A narrative: four reviews at the same time, then their synthesis. Each sentence cites facts and is verified against them; what
//! fails is asked for once more, then dropped and counted.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use fine_audit::result::AuditResult;
use fine_report::Language;
use fine_report::narrative::{Area, Fact, Facts, facts};
use fine_store::{now_ms, rfc3339};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::Instant;
use utoipa::ToSchema;

use super::desk::{Desk, Draft, Proved, Sentence, cited, sentences_schema};
use super::prompt;
use super::{Model, Question, Trouble};

/// Most sentences of one review.
const MOST: usize = 8;
/// Most tokens of one answer.
const TOKENS: u64 = 500;
/// The first facts, which the synthesis is told of beside those that the reviews cite.
const SYNTHESIS_FACTS: usize = 40;

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

/// The form of an answer.
static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "type": "object",
        "properties": { "sentences": sentences_schema() },
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

/// A review with the drafts that were kept.
struct Written {
    review: Review,
    drafts: Vec<Draft>,
    retried: u64,
}

impl Desk<'_> {
    async fn review(self, subject: Subject, reviews: &[&Draft]) -> Written {
        let (instructions, material) = (prompt::instructions(subject, self.language), self.material(subject, reviews));
        let question = Question {
            instructions: &instructions,
            material: &material,
            form: "review",
            schema: &SCHEMA,
            tokens: TOKENS,
        };
        let proved = match self.drafts(question).await {
            Ok(drafts) => self.prove(drafts.into_iter().take(MOST), question).await,
            Err(trouble) => Proved { trouble: Some(trouble), ..Proved::default() },
        };
        let Proved { drafts, sentences, retried, rejected, trouble } = proved;
        Written { review: Review { area: subject, sentences, rejected, problem: trouble }, drafts, retried }
    }

    /// What the model is shown: facts without a byte of the data's own words, and what the reviews said, in the same form.
    fn material(self, subject: Subject, reviews: &[&Draft]) -> String {
        let said: BTreeSet<String> = reviews.iter().flat_map(|draft| cited(draft)).collect();
        let is_about = |(i, f): &(usize, &Fact)| match subject {
            Subject::Synthesis => *i < SYNTHESIS_FACTS || said.contains(&f.id),
            _ => f.area == Area::Audit || subject.holds(f.area),
        };
        let about = self.facts.facts.iter().enumerate().filter(is_about).map(|(_, fact)| fact.clone());
        let about = Facts { facts: about.collect(), ..Facts::default() };
        let said: Vec<&str> = reviews.iter().map(|draft| draft.text.as_str()).collect();
        prompt::material(&about, self.language, &said)
    }
}
