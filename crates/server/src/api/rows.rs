//! `POST /audit/analyses/{id}/{explain,what-if,counterfactuals,cohort}`: questions about single rows and groups of rows.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use fine_audit::row::{Ask, Wanted};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::body::{Body, Path};
use super::finished::{Finished, Needs};
use crate::auth::Owner;
use crate::problem::{ApiError, TOO_BIG_FOR_NOW};
use crate::reading;
use crate::sandbox::Question;
use crate::state::App;

/// Most rows of a table of which cohorts are measured: the intervals resample all of them.
const COHORT_ROWS: u64 = 200_000;

/// Which row.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExplainRequest {
    /// Row of the audited table, from 0; rows without a target are not counted.
    row: u64,
    /// A feature whose effect is measured as well: on this row (individual conditional expectation), on average (partial
    /// dependence), and near the rows (accumulated local effects).
    #[serde(default)]
    feature: Option<String>,
}

/// A row with other cells.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WhatIfRequest {
    /// Row of the audited table, from 0.
    row: u64,
    /// New cells by column, typed as the column is: true or false, a number, text; null for a missing cell.
    #[schema(value_type = Object)]
    changes: BTreeMap<String, Value>,
    /// A feature whose every value is tried on the changed row.
    #[serde(default)]
    feature: Option<String>,
}

/// A row and what shall become of its prediction.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CounterfactualRequest {
    /// Row of the audited table, from 0.
    row: u64,
    /// Cells that are changed before the search, as in `what-if`.
    #[serde(default)]
    #[schema(value_type = Object)]
    changes: BTreeMap<String, Value>,
    /// What the answer shall become. A regression needs an end; without a class any other class will do.
    #[serde(default)]
    wanted: WantedOutcome,
    /// The only columns that may change, also those that stay otherwise. Left out: all that the model reads, but protected
    /// attributes, identifiers, weights, times, and columns that the audit ignores or declares immutable.
    #[serde(default)]
    may_change: Option<Vec<String>>,
    /// Columns that may change although they stay otherwise.
    #[serde(default)]
    also_change: Vec<String>,
    /// Columns that stay in any case.
    #[serde(default)]
    must_stay: Vec<String>,
    /// Columns of numbers that may only become larger.
    #[serde(default)]
    only_rise: Vec<String>,
    /// Columns of numbers that may only become smaller.
    #[serde(default)]
    only_fall: Vec<String>,
    /// Counterfactuals wanted, 1 to 10; 3 when left out. No two of them change the same column.
    #[serde(default)]
    count: Option<u32>,
    /// Columns that one counterfactual may change, 1 to 5; 3 when left out.
    #[serde(default)]
    max_changes: Option<u32>,
    /// Largest distance of a counterfactual: the sum over its changes of the share of audited rows between the two values.
    #[serde(default)]
    max_distance: Option<f64>,
}

/// A class, or a number within ends.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WantedOutcome {
    /// A class of the model.
    #[serde(default)]
    class: Option<String>,
    /// The smallest predicted number.
    #[serde(default)]
    at_least: Option<f64>,
    /// The largest predicted number.
    #[serde(default)]
    at_most: Option<f64>,
}

/// A condition on the rows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CohortRequest {
    /// Such as `age >= 40 and (sex = female or "marital status" in ('single', 'divorced')) and income is not missing`.
    filter: String,
}

/// The engine's answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub(super) struct Document(Box<RawValue>);

/// Explains one row: its cells, its prediction, and what each feature adds to it.
#[utoipa::path(post, path = "/audit/analyses/{id}/explain", tag = "vault", params(("id" = String, Path)),
    request_body = ExplainRequest,
    responses((status = 200, body = Document), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn explain(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
    Body(request): Body<ExplainRequest>,
) -> Result<Json<Document>, ApiError> {
    answer(&app, &owner, &id, Needs::Reference, Question::Explain { row: request.row, feature: request.feature }).await
}

/// Predicts and explains one row with some cells changed, beside the row as it is.
#[utoipa::path(post, path = "/audit/analyses/{id}/what-if", tag = "vault", params(("id" = String, Path)),
    request_body = WhatIfRequest,
    responses((status = 200, body = Document), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn what_if(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
    Body(WhatIfRequest { row, changes, feature }): Body<WhatIfRequest>,
) -> Result<Json<Document>, ApiError> {
    answer(&app, &owner, &id, Needs::Reference, Question::WhatIf { row, changes, feature }).await
}

/// Searches the nearest changes of a row that change what the model says of it; each is predicted again.
#[utoipa::path(post, path = "/audit/analyses/{id}/counterfactuals", tag = "vault", params(("id" = String, Path)),
    request_body = CounterfactualRequest,
    responses((status = 200, body = Document), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn counterfactuals(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
    Body(r): Body<CounterfactualRequest>,
) -> Result<Json<Document>, ApiError> {
    let WantedOutcome { class, at_least, at_most } = r.wanted;
    let ask = Ask {
        row: r.row,
        changes: r.changes,
        wanted: Wanted { class, at_least, at_most },
        may_change: r.may_change,
        also_change: r.also_change,
        must_stay: r.must_stay,
        only_rise: r.only_rise,
        only_fall: r.only_fall,
        count: r.count,
        max_changes: r.max_changes,
        max_distance: r.max_distance,
    };
    answer(&app, &owner, &id, Needs::Rows, Question::Counterfactuals(Box::new(ask))).await
}

/// Measures the model on the rows that fulfil a condition, beside all other rows.
#[utoipa::path(post, path = "/audit/analyses/{id}/cohort", tag = "vault", params(("id" = String, Path)),
    request_body = CohortRequest,
    responses((status = 200, body = Document), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn cohort(
    State(app): State<App>,
    owner: Owner,
    Path(id): Path<String>,
    Body(request): Body<CohortRequest>,
) -> Result<Json<Document>, ApiError> {
    answer(&app, &owner, &id, Needs::Rows, Question::Cohort { filter: request.filter }).await
}

async fn answer(
    app: &App,
    owner: &Owner,
    id: &str,
    needs: Needs,
    question: Question,
) -> Result<Json<Document>, ApiError> {
    let finished = Finished::find(app, &owner.id, id, needs).await?;
    let manifest = finished.manifest().await?;
    check_size(&question, manifest.rows)?;
    reading::ask(app, &finished.plan, manifest, question).await.map(|answer| Json(Document(answer)))
}

/// Refuses a question that takes too long on a table of so many rows.
///
/// # Errors
/// The largest table, and the size of this one.
pub(in crate::api) fn check_size(question: &Question, rows: u64) -> Result<(), ApiError> {
    if matches!(question, Question::Cohort { .. }) && rows > COHORT_ROWS {
        return Err(ApiError::new(TOO_BIG_FOR_NOW)
            .detail(format!("Cohorts are measured on tables of at most {COHORT_ROWS} rows."))
            .arg("limit", COHORT_ROWS)
            .arg("rows", rows));
    }
    Ok(())
}
