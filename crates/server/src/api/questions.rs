//! `GET|POST|DELETE /audit/analyses/{id}/qa`: questions about a finished audit. Answers come from its results and from calling its own
//! functions; each call is kept with the answer, so that it can be made again.

mod answering;

use std::convert::Infallible;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::response::sse::Event;
use futures::Stream;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Path};
use super::events::event_stream;
use super::finished::{Finished, Needs};
use super::reports::language;
use crate::auth::Owner;
use crate::narrator::Sentence;
use crate::problem::{ApiError, INVALID};
use crate::state::App;
use answering::{Asked, Told};

/// Longest question, in characters.
const LONGEST: usize = 500;

/// A question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuestionRequest {
    /// In English or Spanish, up to 500 characters.
    question: String,
    /// Language of the answer: `en` or `es`.
    language: String,
}

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum AnsweredBy {
    /// Rules over the results.
    Rules,
    /// A language model, each sentence verified.
    Model,
}

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum AnswerStatus {
    /// It was answered.
    Answered,
    /// It is not about the audit.
    Declined,
    /// It was not understood.
    NotUnderstood,
    /// The function that answers it refused.
    Failed,
}

/// A call of one of the audit's functions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
struct Evidence {
    /// `cohort`, `explain-row`, `what-if`, `comparison`, or `result` for a look at what is stored.
    tool: String,
    /// What it was called with.
    #[schema(value_type = Object)]
    args: Map<String, Value>,
    /// What it answered.
    #[schema(value_type = Option<Object>)]
    result: Option<Value>,
    /// Slug of the problem with which it refused.
    problem: Option<String>,
    /// SHA-256 of the JSON text of `[tool, args, result]`.
    digest: String,
}

/// A question with its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
struct Exchange {
    /// UUIDv7.
    id: String,
    /// The question.
    question: String,
    /// Language of the answer.
    language: String,
    /// RFC 3339.
    asked_at: String,
    /// Who answered.
    answered_by: AnsweredBy,
    /// Name of the language model.
    model: Option<String>,
    /// What became of it.
    status: AnswerStatus,
    /// The answer; evidence points into the result, or at `/evidence/N/result` of this document.
    sentences: Vec<Sentence>,
    /// What was called for it.
    evidence: Vec<Evidence>,
    /// Sentences of the language model that did not stand up to the results.
    rejected: u64,
    /// Topics that can be asked about instead.
    suggestions: Vec<String>,
}

/// Questions of one audit.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Exchanges {
    /// Who answers what is asked next.
    answers_by: AnsweredBy,
    /// Oldest first.
    items: Vec<Exchange>,
}

/// Questions about a finished audit that were asked before, with their answers.
#[utoipa::path(get, path = "/audit/analyses/{id}/qa", tag = "vault", params(("id" = String, Path)),
    responses((status = 200, body = Exchanges), (status = 404)))]
pub(super) async fn list(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<Json<Exchanges>, ApiError> {
    app.store.analysis(&owner.id, &id).await?.ok_or_else(ApiError::not_found)?;
    let rows = app.store.exchanges(&owner.id, &id).await?;
    let items = rows.iter().map(|row| serde_json::from_str(&row.document)).collect::<Result<_, _>>()?;
    let answers_by = if app.model.is_some() { AnsweredBy::Model } else { AnsweredBy::Rules };
    Ok(Json(Exchanges { answers_by, items }))
}

/// Forgets the questions of an audit.
#[utoipa::path(delete, path = "/audit/analyses/{id}/qa", tag = "vault", params(("id" = String, Path)),
    responses((status = 204), (status = 404)))]
pub(super) async fn forget(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    app.store.analysis(&owner.id, &id).await?.ok_or_else(ApiError::not_found)?;
    app.store.forget_exchanges(&owner.id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers a question about a finished audit, as it is found: `event: step` for each call of a function, `event: sentence` for each
/// sentence, `event: answer` with the whole exchange, `event: done`. A client that leaves ends the work.
#[utoipa::path(post, path = "/audit/analyses/{id}/qa", tag = "vault", params(("id" = String, Path)),
    request_body = QuestionRequest,
    responses((status = 200, body = Exchange, content_type = "text/event-stream"), (status = 404), (status = 409),
        (status = 422)))]
pub(super) async fn ask(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
    Body(request): Body<QuestionRequest>,
) -> Result<Response, ApiError> {
    let language = language(&request.language, "/language")?;
    let question = request.question.trim().to_owned();
    if question.is_empty() || question.chars().count() > LONGEST {
        let expected = format!("expected 1 to {LONGEST} characters");
        return Err(ApiError::new(INVALID).detail(expected.as_str()).field("/question", "invalid-length", expected));
    }
    let finished = Finished::find(&app, &owner.id, &id, Needs::Reference).await?;
    if app.model.is_some() {
        app.limits.words(&owner.id).await?;
    }
    let result = finished.result().await?;
    let asked = Asked { owner: owner.id, analysis: id, question, language, finished, result };
    Ok(event_stream(told(app, asked)))
}

fn told(app: App, asked: Asked) -> impl Stream<Item = Result<Event, Infallible>> {
    let (tell, mut heard) = mpsc::channel::<Told>(16);
    async_stream::stream! {
        let work = async {
            let exchange = answering::answer(&app, &asked, &tell).await;
            keep(&app, &asked, &exchange).await;
            drop(tell);
            exchange
        };
        let mut work = std::pin::pin!(work);
        let exchange = loop {
            tokio::select! {
                biased;
                Some(told) = heard.recv() => yield Ok(told.event()),
                exchange = &mut work => break exchange,
            }
        };
        while let Ok(told) = heard.try_recv() {
            yield Ok(told.event());
        }
        yield Ok(event("answer", &exchange));
        yield Ok(Event::default().event("done").data("{}"));
    }
}

fn event(name: &str, value: &impl Serialize) -> Event {
    let event = Event::default().event(name);
    // Values of our own always have a JSON form.
    event.json_data(value).unwrap_or_else(|_| Event::default().event(name).data("{}"))
}

async fn keep(app: &App, asked: &Asked, exchange: &Exchange) {
    let kept = async {
        let document = serde_json::to_string(exchange)?;
        let row = fine_store::Exchange { id: exchange.id.clone(), document };
        app.store.keep_exchange(&asked.owner, &asked.analysis, &row).await
    };
    if let Err(e) = kept.await {
        tracing::warn!(error = %e, "the answer is not kept");
    }
}

fn new_id() -> String {
    Uuid::now_v7().to_string()
}
