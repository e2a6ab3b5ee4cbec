//! The language model, where one is configured: it is asked for sentences about facts and never sees a row. What it answers is
//! foreign text of any kind; nothing of it is shown before it was verified.

mod anthropic;
mod desk;
mod limits;
mod openai;
mod plan;
mod prompt;
mod write;

use std::time::{Duration, Instant};

use reqwest::{Client, RequestBuilder, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::config::{Llm, Protocol};
use crate::telemetry::{LLM_REQUESTS, LLM_SECONDS, LLM_SENTENCES, LLM_TOKENS};

pub(crate) use desk::{Desk, Sentence};
pub(crate) use limits::{Purse, Spent};
pub(crate) use plan::{Plan, plan};
pub(crate) use write::{Narrative, NarrativeState, Review, narrate};

/// Largest answer, in bytes.
const MAX_BYTES: usize = 256 << 10;
/// A server that is busy or fails is asked again after these pauses, while there is time.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];
/// A server must take the connection within this time.
const CONNECT: Duration = Duration::from_secs(5);

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Trouble {
    /// The time was over.
    Timeout,
    /// The server did not answer, or with an error of its own.
    Unreachable,
    /// The answer is not of the form that was asked for.
    Malformed,
    /// The server refused the request: key, model, or content.
    Refused,
    /// The server has too much to do.
    RateLimited,
    /// It would have cost more than it may.
    Budget,
    /// Not one sentence stood up to the results.
    NothingKept,
}

impl Trouble {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Malformed => "malformed",
            Self::Refused => "refused",
            Self::RateLimited => "rate-limited",
            Self::Budget => "budget",
            Self::NothingKept => "nothing-kept",
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    /// What the model is to do.
    pub instructions: &'a str,
    /// What it is to do it with.
    pub material: &'a str,
    /// Name of the answer's form.
    pub form: &'a str,
    /// JSON schema of the answer.
    pub schema: &'a Value,
    /// Most tokens of the answer.
    pub tokens: u64,
}

/// How much of the protocol a request uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A schema with lengths.
    Limited,
    /// A schema without.
    Strict,
    /// Words alone.
    Plain,
}

impl Form {
    /// The next one to try: a server that has refused a schema may know its simpler form; one that answered past it may not know any.
    fn simpler(self, trouble: Trouble) -> Option<Self> {
        match self {
            Self::Limited if trouble == Trouble::Refused => Some(Self::Strict),
            Self::Limited | Self::Strict => Some(Self::Plain),
            Self::Plain => None,
        }
    }
}

/// An answer as it came.
#[derive(Clone, Debug, PartialEq)]
struct Reply {
    value: Value,
    spent: Option<Spent>,
}

/// A connection to the language model.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    llm: Llm,
    client: Client,
}

impl Model {
    /// Nothing is asked yet.
    pub(crate) fn new(llm: &Llm) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .https_only(llm.base.starts_with("https://"))
            .build()?;
        Ok(Self { llm: llm.clone(), client })
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.llm.model
    }

    /// The protocol it speaks.
    pub(crate) fn provider(&self) -> &'static str {
        match self.llm.protocol {
            Protocol::OpenAi => "openai",
            Protocol::Anthropic => "anthropic",
        }
    }

    /// What one audit or one answer may cost.
    pub(crate) fn purse(&self) -> Purse {
        Purse::new(&self.llm)
    }

    /// Asks, within what the purse has left.
    ///
    /// # Errors
    /// Why there is no JSON value; whether it has the form that was asked for is the caller's to check.
    pub(crate) async fn ask(&self, question: Question<'_>, purse: &Purse) -> Result<Value, Trouble> {
        let bytes = question.instructions.len() + question.material.len() + question.schema.to_string().len();
        let begun = Instant::now();
        let asked = async {
            let taken = purse.take(bytes as u64, question.tokens)?;
            let answer = tokio::time::timeout_at(purse.until(), self.ask_again(question, purse)).await;
            Ok((taken, answer.unwrap_or(Err(Trouble::Timeout))?))
        };
        let asked: Result<(Spent, Reply), Trouble> = asked.await;
        metrics::histogram!(LLM_SECONDS).record(begun.elapsed().as_secs_f64());
        let outcome = asked.as_ref().map_or_else(|trouble| trouble.word(), |_| "ok");
        metrics::counter!(LLM_REQUESTS, "outcome" => outcome).increment(1);
        let spent = asked.as_ref().ok().and_then(|(_, reply)| reply.spent).unwrap_or_default();
        metrics::counter!(LLM_TOKENS, "direction" => "read").increment(spent.read);
        metrics::counter!(LLM_TOKENS, "direction" => "written").increment(spent.written);
        match asked {
            Ok((taken, reply)) => {
                purse.settle(taken, reply.spent);
                Ok(reply.value)
            }
            Err(trouble) => {
                tracing::warn!(?trouble, form = question.form, "the language model gave no answer");
                Err(trouble)
            }
        }
    }

    /// Counts sentences by what the verifier said of them.
    pub(crate) fn count(kept: u64, rejected: u64) {
        metrics::counter!(LLM_SENTENCES, "outcome" => "kept").increment(kept);
        metrics::counter!(LLM_SENTENCES, "outcome" => "rejected").increment(rejected);
    }

    /// Asks until there is an answer, or a reason not to ask again.
    async fn ask_again(&self, question: Question<'_>, purse: &Purse) -> Result<Reply, Trouble> {
        let mut form = Form::Limited;
        let mut pauses = PAUSES.into_iter();
        loop {
            let failed = match self.ask_once(question, form).await {
                Ok(reply) => return Ok(reply),
                Err(failed) => failed,
            };
            // Many servers know only a part of the protocol.
            if failed.is_of_the_form
                && let Some(simpler) = form.simpler(failed.trouble)
            {
                form = simpler;
                continue;
            }
            let pause = pauses.next().filter(|_| failed.may_pass);
            let Some(pause) = pause.map(|pause| failed.pause.unwrap_or(pause).max(pause)) else {
                return Err(failed.trouble);
            };
            if pause >= purse.left() {
                return Err(failed.trouble);
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn ask_once(&self, question: Question<'_>, form: Form) -> Result<Reply, Failed> {
        let request = match self.llm.protocol {
            Protocol::OpenAi => openai::request(&self.client, &self.llm, question, form),
            Protocol::Anthropic => anthropic::request(&self.client, &self.llm, question),
        };
        let body = fetch(request).await?;
        let reply = match self.llm.protocol {
            Protocol::OpenAi => openai::reply(&body),
            Protocol::Anthropic => anthropic::reply(&body),
        };
        reply.ok_or(Failed { trouble: Trouble::Malformed, may_pass: false, is_of_the_form: true, pause: None })
    }
}

/// A request that brought no answer.
#[derive(Clone, Copy, Debug)]
struct Failed {
    trouble: Trouble,
    /// The same may be answered a little later.
    may_pass: bool,
    /// A simpler request may be answered.
    is_of_the_form: bool,
    /// How long the server wants to be left alone.
    pause: Option<Duration>,
}

impl Failed {
    fn passing(trouble: Trouble) -> Self {
        Self { trouble, may_pass: true, is_of_the_form: false, pause: None }
    }
}

/// The body of an answer, or what its status says.
async fn fetch(request: RequestBuilder) -> Result<Vec<u8>, Failed> {
    let mut answer = request.send().await.map_err(|e| {
        tracing::debug!(error = %e.without_url(), "no answer of the language model");
        Failed::passing(Trouble::Unreachable)
    })?;
    let status = answer.status();
    if !status.is_success() {
        let pause = answer.headers().get("retry-after").and_then(|v| v.to_str().ok()?.trim().parse().ok());
        return Err(refusal(status, pause.map(Duration::from_secs)));
    }
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(piece)) if body.len() + piece.len() > MAX_BYTES => {
                return Err(Failed { may_pass: false, ..Failed::passing(Trouble::Malformed) });
            }
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            Ok(None) => return Ok(body),
            Err(_) => return Err(Failed::passing(Trouble::Unreachable)),
        }
    }
}

fn refusal(status: StatusCode, pause: Option<Duration>) -> Failed {
    match status {
        StatusCode::TOO_MANY_REQUESTS => Failed { pause, ..Failed::passing(Trouble::RateLimited) },
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::NOT_IMPLEMENTED => {
            Failed { trouble: Trouble::Refused, may_pass: false, is_of_the_form: true, pause: None }
        }
        status if status.is_server_error() => Failed { pause, ..Failed::passing(Trouble::Unreachable) },
        _ => Failed { trouble: Trouble::Refused, may_pass: false, is_of_the_form: false, pause: None },
    }
}

/// The JSON value in what a model has written: alone, in a fence, or between words. Of a list that breaks off at the limit of its
/// tokens, the complete entries count.
fn value_in(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str::<Value>(text.trim()) {
        return Some(value).filter(Value::is_object);
    }
    let (from, to) = (text.find('{')?, text.rfind('}')?);
    let inside = text.get(from..=to)?;
    serde_json::from_str(inside).or_else(|_| serde_json::from_str(&format!("{inside}]}}"))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_what_models_write_around_it() {
        let value = serde_json::json!({ "a": "}" });
        for text in ["{\"a\": \"}\"}", "Sure!\n```json\n{\"a\": \"}\"}\n```\nThat is all."] {
            assert_eq!(value_in(text), Some(value.clone()));
        }
        let cut = "{\"sentences\": [{\"text\": \"one\"}, {\"text\": \"tw";
        assert_eq!(value_in(cut), Some(serde_json::json!({ "sentences": [{ "text": "one" }] })));
        for text in ["", "}{", "[1]", "{\"a\": ", "no"] {
            assert_eq!(value_in(text), None);
        }
    }
}
