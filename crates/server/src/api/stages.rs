//! `POST /audit/{run,xai,sensitivity,robustness,fairness,diagnose}`: a group of stages, answered at once.

use axum::Json;
use axum::extract::State;
use fine_audit::finding::Finding;
use fine_audit::result::{Diagnosis, StageRecord, StageStatus};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::Body;
use super::request::{AuditRequest, Plan};
use crate::auth::Owner;
use crate::problem::{ApiError, TOO_BIG_FOR_NOW};
use crate::reading;
use crate::state::App;

/// Most rows that are audited at once.
const MAX_ROWS: i64 = 20_000;

/// Stages that ran, with their findings.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StageAnswer {
    /// Records of the group's stages.
    #[schema(value_type = Vec<Object>)]
    stages: Vec<StageRecord>,
    /// Their findings.
    #[schema(value_type = Vec<Object>)]
    findings: Vec<Finding>,
    /// Summary, risks and recommendations (`diagnose` only).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    diagnosis: Option<Diagnosis>,
}

macro_rules! group {
    ($name:ident, $path:literal, $words:literal, $stages:expr) => {
        #[doc = $words]
        #[utoipa::path(post, path = $path, tag = "stages", request_body = AuditRequest,
                                    responses((status = 200, body = StageAnswer), (status = 404), (status = 422)))]
        pub(super) async fn $name(
            State(app): State<App>,
            owner: Owner,
            Body(request): Body<AuditRequest>,
        ) -> Result<Json<StageAnswer>, ApiError> {
            answer(&app, &owner.id, request, $stages).await.map(Json)
        }
    };
}

group!(run, "/audit/run", "Data quality, performance and calibration.", Some(&["data", "performance", "calibration"]));
group!(xai, "/audit/xai", "What drives the predictions.", Some(&["explain"]));
group!(sensitivity, "/audit/sensitivity", "Small changes of the inputs.", Some(&["sensitivity"]));
group!(robustness, "/audit/robustness", "The model under stress.", Some(&["robustness"]));
group!(fairness, "/audit/fairness", "Differences between groups.", Some(&["fairness"]));
group!(diagnose, "/audit/diagnose", "All stages, with summary, risks and recommendations.", None);

async fn answer(
    app: &App,
    owner: &str,
    mut request: AuditRequest,
    group: Option<&[&str]>,
) -> Result<StageAnswer, ApiError> {
    if let Some(group) = group {
        request.stages = Some(group.iter().map(|id| (*id).to_owned()).collect());
    }
    let plan = Plan::make(app, owner, request).await?.valid()?;
    if plan.dataset.row_count > MAX_ROWS {
        return Err(ApiError::new(TOO_BIG_FOR_NOW)
            .detail(format!("At most {MAX_ROWS} rows are audited at once; start a full audit instead."))
            .arg("limit", MAX_ROWS)
            .arg("rows", plan.dataset.row_count));
    }
    let result = reading::audit(app, &plan).await?;
    let asked = |r: &StageRecord| !matches!(&r.status, StageStatus::NotRun { reason } if reason == "not-selected");
    Ok(StageAnswer {
        stages: result.stages.into_iter().filter(asked).collect(),
        findings: match group {
            Some(group) => result.findings.into_iter().filter(|f| group.contains(&f.stage.as_str())).collect(),
            None => result.findings,
        },
        diagnosis: group.is_none().then_some(result.diagnosis),
    })
}
