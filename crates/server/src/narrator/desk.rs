//! What the model writes, held against the facts: each sentence is verified, what fails is asked for once more, then dropped and
//! counted.

use std::collections::BTreeSet;

use fine_report::Language;
use fine_report::narrative::{Facts, fill, verify};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Model, Purse, Question, Trouble, prompt};

/// Longest sentence that is looked at, in characters, placeholders included.
const LONGEST: usize = 800;

/// A sentence and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Sentence {
    /// The sentence.
    pub text: String,
    /// JSON pointers into the result.
    pub evidence: Vec<String>,
}

/// A sentence as the model wrote it, with placeholders in place of names and numbers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Draft {
    pub text: String,
    #[serde(default)]
    pub cites: Vec<String>,
}

/// What all questions to the model share.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub model: &'a Model,
    pub purse: &'a Purse,
    pub facts: &'a Facts,
    pub language: Language,
}

/// What stood of a model's drafts.
#[derive(Default)]
pub(super) struct Proved {
    /// Drafts that stood.
    pub drafts: Vec<Draft>,
    /// The same as they are shown.
    pub sentences: Vec<Sentence>,
    /// Drafts that were asked for once more.
    pub retried: u64,
    /// Those of them that did not stand then.
    pub rejected: u64,
    /// Why there was no second answer.
    pub trouble: Option<Trouble>,
}

impl Proved {
    /// Keeps a sentence, unless it was said already.
    fn keep(&mut self, draft: Draft, sentence: Sentence) {
        if !self.sentences.iter().any(|said| said.text == sentence.text) {
            self.sentences.push(sentence);
            self.drafts.push(draft);
        }
    }
}

/// Schema of the sentences in any answer.
pub(super) fn sentences_schema() -> Value {
    let sentence = json!({
        "type": "object",
        "properties": { "text": { "type": "string" }, "cites": { "type": "array", "items": { "type": "string" } } },
        "required": ["text", "cites"],
        "additionalProperties": false,
    });
    json!({ "type": "array", "items": sentence })
}

impl Desk<'_> {
    /// The sentences of an answer.
    pub(super) async fn drafts(self, question: Question<'_>) -> Result<Vec<Draft>, Trouble> {
        #[derive(Deserialize)]
        struct Answer {
            sentences: Vec<Draft>,
        }
        let value = self.model.ask(question, self.purse).await?;
        let answer: Answer = serde_json::from_value(value).map_err(|_| Trouble::Malformed)?;
        Ok(answer.sentences)
    }

    /// Keeps the drafts that say what the facts say. The question is asked once more for as many as were refused.
    pub(super) async fn prove(self, drafts: impl Iterator<Item = Draft>, question: Question<'_>) -> Proved {
        let (mut proved, mut refused) = (Proved::default(), Vec::new());
        for draft in drafts {
            match self.check(&draft) {
                Ok(sentence) => proved.keep(draft, sentence),
                Err(why) => refused.push((draft, why)),
            }
        }
        if refused.is_empty() {
            return proved;
        }
        let (before, most) = (proved.drafts.len(), refused.len());
        let again = prompt::again(question.material, refused.iter().map(|(draft, why)| (draft.text.as_str(), why)));
        match self.drafts(Question { material: &again, ..question }).await {
            Ok(drafts) => {
                for draft in drafts {
                    if proved.drafts.len() - before < most
                        && let Ok(sentence) = self.check(&draft)
                    {
                        proved.keep(draft, sentence);
                    }
                }
            }
            Err(trouble) => proved.trouble = Some(trouble),
        }
        proved.retried = most as u64;
        proved.rejected = (most + before - proved.drafts.len()) as u64;
        proved
    }

    /// A sentence as it is shown, if it says what the cited facts say; else the kinds of reasons why not. Words of the sentence
    /// are no part of the reasons: names of the data stay here.
    fn check(self, draft: &Draft) -> Result<Sentence, BTreeSet<String>> {
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

/// Facts that a draft names: in its list, and in its placeholders.
pub(super) fn cited(draft: &Draft) -> Vec<String> {
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
