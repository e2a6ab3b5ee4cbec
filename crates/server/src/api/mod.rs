//! The API under `/api/v1`: one file an endpoint group.

mod account;
mod analyses;
mod audits;
mod body;
mod check;
mod compare;
mod datasets;
mod docs;
mod events;
mod export;
mod finished;
mod goodbye;
mod keys;
mod listing;
mod model_reading;
mod models;
mod narrative;
mod prepared;
mod questions;
mod reports;
mod request;
mod rows;
mod stages;
mod uploads;

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::{ApiError, METHOD, TIMEOUT};
use crate::state::App;

pub(crate) use audits::start_audit;
pub(crate) use datasets::keep_dataset;
pub use docs::document;
pub(crate) use docs::{openapi_json, swagger};
pub(crate) use model_reading::Chain;
pub(crate) use models::{ModelDetails, keep_model};
pub(crate) use narrative::write_in_time;
pub(crate) use reports::accepted_language;
pub(crate) use request::{AuditRequest, Plan, RolesBody};
pub(crate) use uploads::tus::options as upload_options;

/// Body of JSON requests, in bytes.
pub(crate) const JSON_LIMIT: usize = 1 << 20;

/// All routes with their description.
fn routes() -> OpenApiRouter<App> {
    let uploads = OpenApiRouter::new()
        .routes(routes!(datasets::upload))
        .routes(routes!(models::upload))
        .layer(DefaultBodyLimit::disable());
    let resumable = OpenApiRouter::new()
        .routes(routes!(uploads::tus::create))
        .routes(routes!(uploads::tus::offset, uploads::tus::append, uploads::tus::end))
        .layer(middleware::from_fn(uploads::tus::version));
    OpenApiRouter::new()
        .routes(routes!(account::me))
        .routes(routes!(account::config))
        .routes(routes!(goodbye::delete))
        .routes(routes!(goodbye::trail))
        .routes(routes!(export::export))
        .routes(routes!(keys::list, keys::make))
        .routes(routes!(keys::revoke))
        .routes(routes!(datasets::list))
        .routes(routes!(datasets::read, datasets::delete))
        .routes(routes!(models::list))
        .routes(routes!(models::read, models::delete))
        .routes(routes!(model_reading::choose))
        .routes(routes!(check::check))
        .routes(routes!(audits::start))
        .routes(routes!(prepared::list))
        .routes(routes!(audits::read, audits::cancel))
        .routes(routes!(events::stream))
        .routes(routes!(stages::run))
        .routes(routes!(stages::xai))
        .routes(routes!(stages::sensitivity))
        .routes(routes!(stages::robustness))
        .routes(routes!(stages::fairness))
        .routes(routes!(stages::diagnose))
        .routes(routes!(analyses::list))
        .routes(routes!(analyses::read, analyses::delete))
        .routes(routes!(reports::download))
        .routes(routes!(narrative::narrative, narrative::write_narrative))
        .routes(routes!(questions::list, questions::ask, questions::forget))
        .routes(routes!(compare::compare))
        .routes(routes!(rows::explain))
        .routes(routes!(rows::what_if))
        .routes(routes!(rows::counterfactuals))
        .routes(routes!(rows::cohort))
        .routes(routes!(uploads::presign::presign))
        .routes(routes!(uploads::content::put))
        .routes(routes!(uploads::complete::complete))
        .routes(routes!(reports::link))
        .merge(uploads)
        .merge(resumable)
}

/// The API below its prefix.
pub(crate) fn router(app: &App) -> Router<App> {
    let (router, _) = routes().split_for_parts();
    router
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(app.clone(), time_limit))
}

/// 404 in the API's form.
pub(crate) async fn not_found() -> ApiError {
    ApiError::not_found()
}

/// 405 in the API's form.
pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::new(METHOD)
}

/// Routes that may take as long as they need: they read files, which has a limit of its own.
const SLOW: [&str; 12] = [
    "/api/v1/account",
    "/api/v1/datasets",
    "/api/v1/models",
    "/api/v1/audit/check",
    "/api/v1/audit/compare",
    "/api/v1/audit/full",
    "/api/v1/audit/run",
    "/api/v1/audit/xai",
    "/api/v1/audit/sensitivity",
    "/api/v1/audit/robustness",
    "/api/v1/audit/fairness",
    "/api/v1/audit/diagnose",
];

/// The same for routes with an id in their middle.
const SLOW_ENDS: [&str; 11] = [
    "/export",
    "/events",
    "/reading",
    "/explain",
    "/what-if",
    "/counterfactuals",
    "/cohort",
    "/narrative",
    "/qa",
    "/content",
    "/complete",
];

async fn time_limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request
        .extensions()
        .get::<axum::extract::OriginalUri>()
        .map_or_else(|| request.uri().path().to_owned(), |uri| uri.path().to_owned());
    let is_slow = request.method() == "PATCH"
        || SLOW_ENDS.iter().any(|end| path.ends_with(end))
        || (matches!(request.method().as_str(), "POST" | "DELETE") && SLOW.contains(&path.as_str()));
    if is_slow {
        return next.run(request).await;
    }
    match tokio::time::timeout(app.timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(TIMEOUT).retry_after(5).into_response(),
    }
}

/// Time limit of quick requests.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
