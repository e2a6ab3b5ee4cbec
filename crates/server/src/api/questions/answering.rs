//! How an answer is found: calls are read from the form of the question; otherwise a language model plans it, where there is one, and
//! the rules answer what it leaves.

use axum::response::sse::Event;
use fine_audit::result::AuditResult;
use fine_model::FeatureKind;
use fine_report::answers::{
    Said, Understood, answer as of_topic, said_of_cohort, said_of_comparison, said_of_row, said_of_what_if,
};
use fine_report::narrative::facts;
use fine_report::{Catalogue, Language};
use fine_store::{AnalysisFilter, JobState, Problem, now_ms, rfc3339};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::super::finished::{Finished, Needs};
use super::{AnswerStatus, AnsweredBy, Evidence, Exchange, event, new_id};
use crate::api::rows::check_size;
use crate::narrator::{Desk, Plan, Sentence, plan};
use crate::problem::{ApiError, NOT_FOUND};
use crate::reading;
use crate::sandbox::Question;
use crate::state::App;

/// Largest value of a result that is repeated as evidence, in bytes of JSON; larger ones are named only.
const VALUE_BYTES: usize = 2_000;
/// Audits among which one is looked for by its name.
const OTHERS: u32 = 20;
/// Topics that are offered instead.
const SUGGESTIONS: usize = 6;

/// A question about a finished audit.
pub(super) struct Asked {
    pub owner: String,
    pub analysis: String,
    pub question: String,
    pub language: Language,
    pub finished: Finished,
    pub result: AuditResult,
}

/// What is told while an answer is found.
pub(super) enum Told {
    Step(Step),
    Sentence(Sentence),
}

/// How far a call is.
#[derive(Serialize)]
pub(super) struct Step {
    tool: &'static str,
    args: Map<String, Value>,
    state: &'static str,
}

impl Told {
    pub(super) fn event(&self) -> Event {
        match self {
            Self::Step(step) => event("step", step),
            Self::Sentence(sentence) => event("sentence", sentence),
        }
    }
}

/// Finds the answer. Whatever fails on the way is told in it.
pub(super) async fn answer(app: &App, asked: &Asked, tell: &mpsc::Sender<Told>) -> Exchange {
    let mut exchange = Exchange {
        id: new_id(),
        question: asked.question.clone(),
        language: asked.language.tag().to_owned(),
        asked_at: rfc3339(now_ms()),
        answered_by: AnsweredBy::Rules,
        model: None,
        status: AnswerStatus::Answered,
        sentences: Vec::new(),
        evidence: Vec::new(),
        rejected: 0,
        suggestions: Vec::new(),
    };
    let columns: Vec<&str> = asked.result.manifest.features.iter().map(|f| f.name.as_str()).collect();
    let understood = fine_report::answers::understand(&asked.question, asked.language, &columns);
    let planned = match (&app.model, &understood) {
        (Some(_), Understood::Topic(_) | Understood::Nothing) => by_model(app, asked, &mut exchange).await,
        _ => None,
    };
    let planned = match (planned, understood) {
        (Some(plan), _) => plan,
        (None, Understood::Topic(id)) => Plan::Topic(id.to_owned()),
        (None, Understood::Cohort(filter)) => Plan::Cohort(filter),
        (None, Understood::Row(row)) => Plan::Row(row),
        (None, Understood::WhatIf(row, changes)) => Plan::WhatIf(row, changes),
        (None, Understood::Compare(other)) => Plan::Compare(other),
        (None, Understood::Nothing) => {
            instead(asked, &mut exchange, AnswerStatus::NotUnderstood, "answers.not-understood");
            return exchange;
        }
    };
    follow(app, asked, planned, tell, &mut exchange).await;
    for sentence in &exchange.sentences {
        // Who no longer listens needs no sentence.
        let _ = tell.send(Told::Sentence(sentence.clone())).await;
    }
    exchange
}

/// The language model's plan; `None` when it gave none, which the rules then do without.
async fn by_model(app: &App, asked: &Asked, exchange: &mut Exchange) -> Option<Plan> {
    let model = app.model.as_ref()?;
    let (facts, purse) = (facts(&asked.result), model.purse());
    let desk = Desk { model, purse: &purse, facts: &facts, language: asked.language };
    match plan(desk, &asked.question).await {
        Ok(plan) => {
            if matches!(plan, Plan::Sentences(..)) {
                exchange.answered_by = AnsweredBy::Model;
            }
            exchange.model = Some(model.name().to_owned());
            Some(plan)
        }
        Err(trouble) => {
            tracing::info!(?trouble, "the question is answered by rules");
            None
        }
    }
}

/// Says in these words that there is no answer, and offers topics instead.
fn instead(asked: &Asked, exchange: &mut Exchange, status: AnswerStatus, words: &str) {
    exchange.status = status;
    exchange.suggestions = fine_report::answers::topics().take(SUGGESTIONS).map(str::to_owned).collect();
    let text = Catalogue::of(asked.language).word(words).to_owned();
    exchange.sentences.push(Sentence { text, evidence: Vec::new() });
}

async fn follow(app: &App, asked: &Asked, plan: Plan, tell: &mpsc::Sender<Told>, exchange: &mut Exchange) {
    match plan {
        Plan::Sentences(sentences, rejected) => {
            exchange.rejected = rejected;
            exchange.evidence.push(looked_up(&asked.result, sentences.iter().flat_map(|s| &s.evidence)));
            exchange.sentences = sentences;
        }
        Plan::Topic(topic) => {
            let said = of_topic(&topic, &asked.result, asked.language);
            exchange.evidence.push(looked_up(&asked.result, said.iter().flat_map(|s| &s.evidence)));
            exchange.sentences = said.into_iter().map(sentence).collect();
        }
        Plan::OffTopic => instead(asked, exchange, AnswerStatus::Declined, "answers.declined"),
        Plan::Compare(other) => {
            let args = Map::from_iter([("with".to_owned(), json!(other))]);
            call(
                tell,
                asked.language,
                "comparison",
                args,
                exchange,
                beside(app, asked, &other),
                |result, at, language| said_of_comparison(result, &other, at, language),
            )
            .await;
        }
        Plan::Cohort(filter) => {
            let args = Map::from_iter([("filter".to_owned(), json!(filter))]);
            let answer = run(app, asked, Question::Cohort { filter });
            call(tell, asked.language, "cohort", args, exchange, answer, said_of_cohort).await;
        }
        Plan::Row(row) => {
            let args = Map::from_iter([("row".to_owned(), json!(row))]);
            let question = Question::Explain { row: row.saturating_sub(1), feature: None };
            let say = |result: &Value, at: &str, language| said_of_row(result, row, at, language);
            call(tell, asked.language, "explain-row", args, exchange, run(app, asked, question), say).await;
        }
        Plan::WhatIf(row, changes) => {
            let changes = changes.into_iter().map(|(column, cell)| {
                let cell = typed(asked, &column, cell);
                (column, cell)
            });
            let changes: std::collections::BTreeMap<String, Value> = changes.collect();
            let args = Map::from_iter([("row".to_owned(), json!(row)), ("changes".to_owned(), json!(changes))]);
            let question = Question::WhatIf { row: row.saturating_sub(1), changes, feature: None };
            let say = |result: &Value, at: &str, language| said_of_what_if(result, row, at, language);
            call(tell, asked.language, "what-if", args, exchange, run(app, asked, question), say).await;
        }
    }
}

/// Tells of a call of a function of the audit, and says what it answered.
async fn call(
    tell: &mpsc::Sender<Told>,
    language: Language,
    tool: &'static str,
    args: Map<String, Value>,
    exchange: &mut Exchange,
    answer: impl Future<Output = Result<Value, ApiError>>,
    say: impl Fn(&Value, &str, Language) -> Vec<Said>,
) {
    let step = |state| Told::Step(Step { tool, args: args.clone(), state });
    // Who no longer listens needs no news.
    let _ = tell.send(step("running")).await;
    let answered = answer.await;
    let _ = tell.send(step(if answered.is_ok() { "done" } else { "failed" })).await;
    let at = format!("/evidence/{}/result", exchange.evidence.len());
    match answered {
        Ok(result) => {
            exchange.sentences.extend(say(&result, &at, language).into_iter().map(sentence));
            exchange.evidence.push(evidence(tool, args, Some(result), None));
        }
        Err(e) => {
            let problem = e.into_problem();
            let words = Catalogue::of(language);
            let text = words.fill(words.word("answers.tool-failed"), &[("reason", reason(&problem, words))]);
            exchange.status = AnswerStatus::Failed;
            exchange.sentences.push(Sentence { text, evidence: Vec::new() });
            exchange.evidence.push(evidence(tool, args, None, Some(problem.slug)));
        }
    }
}

/// What is wrong, in the language of the answer where the catalogue has it.
fn reason(problem: &Problem, words: &Catalogue) -> String {
    if problem.slug == NOT_FOUND.slug
        && let Some(detail) = &problem.detail
    {
        return detail.clone();
    }
    let code = problem.errors.first().map_or(&problem.slug, |field| &field.code);
    let args = problem.errors.first().map_or(&problem.args, |field| &field.args);
    let args: Vec<(&str, String)> = args.iter().map(|(name, value)| (name.as_str(), plain(value))).collect();
    match words.get(&format!("errors.{code}")) {
        Some(sentence) => words.fill(sentence, &args),
        None => problem.detail.clone().unwrap_or_else(|| problem.title.clone()),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The audit beside the owner's newest other one of this name.
async fn beside(app: &App, asked: &Asked, name: &str) -> Result<Value, ApiError> {
    let filter = AnalysisFilter { text: Some(name.to_owned()), state: Some(JobState::Done) };
    let found = app.store.analyses(&asked.owner, &filter, None, OTHERS).await?.items;
    let others = || found.iter().filter(|other| other.id != asked.analysis);
    let other = others().find(|other| other.name.eq_ignore_ascii_case(name)).or_else(|| others().next());
    let Some(other) = other else {
        let text = Catalogue::of(asked.language);
        let detail = text.fill(text.word("answers.no-other"), &[("other", name.to_owned())]);
        return Err(ApiError::not_found().detail(detail));
    };
    let old = Finished::find(app, &asked.owner, &other.id, Needs::Rows).await?;
    let new = Finished::find(app, &asked.owner, &asked.analysis, Needs::Rows).await?;
    let results = [(&old.plan, old.result().await?), (&new.plan, asked.result.clone())];
    let mut value = serde_json::to_value(reading::compare(app, results).await?)?;
    // What is for the page of comparisons.
    if let Some(document) = value.as_object_mut() {
        for part in ["churn", "importances", "data"] {
            document.remove(part);
        }
    }
    Ok(value)
}

async fn run(app: &App, asked: &Asked, question: Question) -> Result<Value, ApiError> {
    let manifest = asked.result.manifest.clone();
    check_size(&question, manifest.rows)?;
    let answer = reading::ask(app, &asked.finished.plan, manifest, question).await?;
    let mut value: Value = serde_json::from_str(answer.get())?;
    // The choices of every cell are for the page that edits them.
    if let Some(document) = value.as_object_mut() {
        document.remove("cells");
    }
    Ok(value)
}

/// A cell as the column has it: a number, true or false, or text.
fn typed(asked: &Asked, column: &str, cell: String) -> Value {
    let kind = asked.result.manifest.features.iter().find(|f| f.name == column).map(|f| &f.kind);
    match kind {
        Some(FeatureKind::Text) => Value::String(cell),
        _ => serde_json::from_str(&cell)
            .ok()
            .filter(|v: &Value| !v.is_array() && !v.is_object())
            .unwrap_or(Value::String(cell)),
    }
}

fn sentence(said: Said) -> Sentence {
    Sentence { text: said.text, evidence: said.evidence }
}

/// What stands at these places of the result.
fn looked_up<'a>(result: &AuditResult, pointers: impl Iterator<Item = &'a String>) -> Evidence {
    let document = serde_json::to_value(result).unwrap_or(Value::Null);
    let mut found = Map::new();
    for pointer in pointers {
        let value = document.pointer(pointer).cloned().unwrap_or(Value::Null);
        if value.to_string().len() <= VALUE_BYTES {
            found.insert(pointer.clone(), value);
        }
    }
    let places: Vec<String> = found.keys().cloned().collect();
    evidence("result", Map::from_iter([("at".to_owned(), json!(places))]), Some(Value::Object(found)), None)
}

fn evidence(tool: &str, args: Map<String, Value>, result: Option<Value>, problem: Option<String>) -> Evidence {
    let text = json!([tool, args, result]).to_string();
    let digest = hex::encode(Sha256::digest(text.as_bytes()));
    Evidence { tool: tool.to_owned(), args, result, problem, digest }
}
