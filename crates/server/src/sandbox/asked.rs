//! Questions about finished audits: their files are read again, and must be what they were.

use fine_audit::cohort::{self, CohortError, FilterError};
use fine_audit::compare::{CompareError, Comparison, Side, compare as compare_audits};
use fine_audit::result::Manifest;
use fine_audit::row::{self, Params, RowError};
use fine_audit::run::{Observer, RunOptions};
use fine_audit::stage::{Context, Stage, StageError};
use fine_audit::stages::explain::Explain;
use fine_audit::stages::robustness::Robustness;
use fine_audit::subject::Subject;
use fine_store::FieldProblem;
use serde_json::Value;

use super::child::{Loaded, Relay};
use super::work::{Answer, Stop, audited_data, field, subject, subject_of};
use super::{Audited, Question, Refusal, Sources};
use crate::problem::{ApiError, CHANGED, NOT_COMPARABLE, UNANSWERABLE};
use crate::reading::sentence;

/// Compares two audits. A table that both have is read once.
pub(super) fn compare(both: [Audited; 2], loaded: &Loaded, relay: &Relay) -> Result<Comparison, Stop> {
    let [old, new] = both;
    let table = audited_data(&old.sources, loaded)?;
    let again = match old.sources.data.path == new.sources.data.path {
        true => table.clone(),
        false => audited_data(&new.sources, loaded)?,
    };
    let (before, after) = (subject_of(table, old.sources, loaded)?, subject_of(again, new.sources, loaded)?);
    unchanged(&before, &old.result.manifest)?;
    unchanged(&after, &new.result.manifest)?;
    let (old, new) = (Side { subject: &before, result: &old.result }, Side { subject: &after, result: &new.result });
    compare_audits(old, new, &Context::new(&|_, _| !relay.cancelled())).map_err(|e| match e {
        CompareError::Stage(StageError::Cancelled) => Stop::Failed(e.into()),
        e => refused(ApiError::new(NOT_COMPARABLE).slug(e.code()).detail(sentence(&e)).args(e.args())),
    })
}

/// Answers a question about one audit.
pub(super) fn ask(
    sources: Sources,
    manifest: &Manifest,
    options: &RunOptions,
    question: Question,
    loaded: &Loaded,
    relay: &Relay,
) -> Result<Answer, Stop> {
    let subject = subject(sources, loaded)?;
    unchanged(&subject, manifest)?;
    let goes_on = |_: u64, _: u64| !relay.cancelled();
    let ctx = Context::new(&goes_on);
    let params = explain_params(options)?;
    Ok(match question {
        Question::Explain { row, feature } => {
            let mut report = row::explain(&subject, row, &params).map_err(about_row)?;
            if let Some(feature) = feature {
                report.effect = Some(row::effect(&subject, row, &feature, &params, &ctx).map_err(about_row)?);
            }
            Answer::of(&report)?
        }
        Question::WhatIf { row, changes, feature } => {
            Answer::of(&row::what_if(&subject, row, &changes, feature.as_deref(), &params).map_err(about_row)?)?
        }
        Question::Counterfactuals(ask) => {
            let declared = declared(&params, options);
            Answer::of(&row::counterfactuals(&subject, &ask, &declared, &ctx).map_err(about_row)?)?
        }
        Question::Cohort { filter } => Answer::of(&cohort::measure(&subject, &filter, &ctx).map_err(about_cohort)?)?,
    })
}

/// How the audit explained its predictions.
fn explain_params(options: &RunOptions) -> Result<Params, Stop> {
    let given = options.params.get(Explain::ID).cloned();
    Ok(given.map(serde_json::from_value).transpose()?.unwrap_or_default())
}

/// Columns that the audit declared to be beyond anybody's control.
fn declared(params: &Params, options: &RunOptions) -> Vec<String> {
    let attacks = options.params.get(Robustness::ID).and_then(|own| own["immutable"].as_array());
    let attacks = attacks.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    params.counterfactuals.immutable.iter().cloned().chain(attacks).collect()
}

/// Refuses files that are read in another way than when they were audited: an answer would be about another model.
fn unchanged(subject: &Subject, then: &Manifest) -> Result<(), Stop> {
    let now = &subject.model;
    let data = (&subject.data_file.sha256, subject.rows() as u64, subject.task, &subject.classes)
        == (&then.data.sha256, then.rows, then.task, &then.classes);
    let model = (&now.facts.sha256, &now.features, &now.facts.estimators)
        == (&then.model.sha256, &then.features, &then.model.estimators);
    if data && model {
        return Ok(());
    }
    let detail = "Failed to ask about the audit: its files are not what was audited, or the model is read in another way \
                  since. Audit them again.";
    Err(refused(ApiError::new(CHANGED).detail(detail)))
}

fn refused(problem: ApiError) -> Stop {
    Stop::Refused(Refusal::File(Box::new(problem.into_problem())))
}

fn about_row(e: RowError) -> Stop {
    if let RowError::Stage(e @ StageError::Cancelled) = e {
        return Stop::Failed(e.into());
    }
    if let RowError::Stage(StageError::Failed { .. }) = e {
        return refused(ApiError::new(UNANSWERABLE).slug(e.code()).detail(sentence(&e)));
    }
    let detail = match e.stable_code() {
        Some(code) => format!("Failed to {e} ({code})."),
        None => sentence(&e),
    };
    field(FieldProblem {
        pointer: e.pointer(),
        code: e.code().to_owned(),
        stable_code: e.stable_code().map(str::to_owned),
        detail,
        args: e.args(),
    })
}

fn about_cohort(e: CohortError) -> Stop {
    let e: FilterError = match e {
        CohortError::Filter(e) => e,
        CohortError::Stage(e @ StageError::Cancelled) => return Stop::Failed(e.into()),
        CohortError::Stage(e) => return refused(ApiError::new(UNANSWERABLE).detail(sentence(&e))),
    };
    field(FieldProblem {
        pointer: "/filter".to_owned(),
        code: e.code().to_owned(),
        stable_code: None,
        detail: sentence(&e),
        args: e.args(),
    })
}
