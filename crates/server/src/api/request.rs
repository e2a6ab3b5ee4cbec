//! What an audit request asks for, checked against what the owner has.

use std::collections::BTreeMap;

use fine_audit::policy::Policy;
use fine_audit::run::{OptionError, RunOptions};
use fine_audit::subject::SubjectError;
use fine_model::ModelFacts;
use fine_store::{Dataset, FieldProblem, Model, Problem};
use fine_table::{Preview, Roles, StoredPrediction};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::model_reading::Chain;
use crate::problem::{ApiError, INVALID, NOT_RUNNABLE};
use crate::reading::subject_field;
use crate::state::App;

/// Longest name of an audit, in characters.
const NAME_LENGTH: usize = 200;

/// What columns are for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RolesBody {
    /// The truth.
    pub(crate) target: String,
    /// The positive class, as written in the data; absent takes the model's second class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) positive: Option<String>,
    /// Attributes whose groups are compared.
    #[serde(default)]
    pub(crate) protected: Vec<String>,
    /// Row weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) weight: Option<String>,
    /// Rows with the same value belong together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) entity: Option<String>,
    /// When the row happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) time: Option<String>,
    /// Columns that hold predictions: instead of a model, or to prove that the model file was read rightly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) prediction: Option<PredictionBody>,
    /// Columns to leave alone.
    #[serde(default)]
    pub(crate) ignore: Vec<String>,
}

/// Columns that hold predictions; at least one is named.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PredictionBody {
    /// The predicted class, or the predicted number of a regression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    /// The column of each class's probability, by class as written in the data; of two classes one is enough.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) probabilities: BTreeMap<String, String>,
}

impl From<RolesBody> for Roles {
    fn from(r: RolesBody) -> Self {
        Self {
            target: r.target,
            positive: r.positive,
            protected: r.protected,
            weight: r.weight,
            entity: r.entity,
            time: r.time,
            prediction: r
                .prediction
                .and_then(|p| StoredPrediction { label: p.label, probabilities: p.probabilities }.if_any()),
            ignore: r.ignore,
        }
    }
}

impl From<Roles> for RolesBody {
    fn from(r: Roles) -> Self {
        Self {
            target: r.target,
            positive: r.positive,
            protected: r.protected,
            weight: r.weight,
            entity: r.entity,
            time: r.time,
            prediction: r.prediction.map(|p| PredictionBody { label: p.label, probabilities: p.probabilities }),
            ignore: r.ignore,
        }
    }
}

/// What to audit and how.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditRequest {
    /// The audited table.
    pub(crate) dataset_id: String,
    /// The model; absent audits the predictions that the table holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) model_id: Option<String>,
    /// Reference (training) data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reference_id: Option<String>,
    /// Name in the vault; absent takes the file names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// What columns are for.
    pub(crate) roles: RolesBody,
    /// Stages to run; absent runs all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stages: Option<Vec<String>>,
    /// Seed of everything random; absent is 42, as on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<u64>,
    /// Policy as TOML text; absent takes the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) policy: Option<String>,
    /// Parameters by stage id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) params: Option<BTreeMap<String, Value>>,
    /// First design's name of `roles.positive`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) positive_label: Option<Value>,
    /// First design's groups that the others are compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) privileged_values: Option<Value>,
    /// First design's groups to compare.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) unprivileged_values: Option<Value>,
}

impl AuditRequest {
    /// All stages with default settings.
    pub(crate) fn new(dataset_id: String, model_id: String, name: String, roles: RolesBody) -> Self {
        Self {
            dataset_id,
            model_id: Some(model_id),
            reference_id: None,
            name: Some(name),
            roles,
            stages: None,
            seed: None,
            policy: None,
            params: None,
            positive_label: None,
            privileged_values: None,
            unprivileged_values: None,
        }
    }
}

/// A request whose files are the owner's, with everything needed to run it.
pub(crate) struct Plan {
    pub(crate) request: AuditRequest,
    pub(crate) dataset: Dataset,
    /// `None` audits the predictions that the table holds.
    pub(crate) model: Option<Chain>,
    pub(crate) reference: Option<Dataset>,
    pub(crate) options: RunOptions,
    pub(crate) roles: Roles,
    /// What is wrong with the fields; empty when it can run as far as is known without reading the files.
    pub(crate) errors: Vec<FieldProblem>,
}

impl Plan {
    /// Finds the owner's files and checks the fields.
    ///
    /// # Errors
    /// 404 for a file that is not the owner's.
    pub(crate) async fn make(app: &App, owner: &str, mut request: AuditRequest) -> Result<Self, ApiError> {
        let missing = ApiError::not_found;
        let dataset = app.store.dataset(owner, &request.dataset_id).await?.ok_or_else(missing)?;
        let model = match &request.model_id {
            Some(id) => Some(Chain::find(app, owner, id).await?.ok_or_else(missing)?),
            None => None,
        };
        let reference = match &request.reference_id {
            Some(id) => Some(app.store.dataset(owner, id).await?.ok_or_else(missing)?),
            None => None,
        };
        let mut errors = Vec::new();
        if let Some(label) = request.positive_label.take() {
            request.roles.positive.get_or_insert_with(|| plain_text(&label));
        }
        let options = options(&request, &mut errors);
        let roles = Roles::from(request.roles.clone());
        name(&request, &mut errors);
        if let Some(chain) = &model {
            runnable(&chain.model, &mut errors)?;
        }
        columns(&dataset, model.as_ref().map(|chain| &chain.model), &roles, &mut errors)?;
        Ok(Self { request, dataset, model, reference, options, roles, errors })
    }

    /// The plan when nothing is wrong with it.
    ///
    /// # Errors
    /// 422 with every field that is not valid.
    pub(crate) fn valid(self) -> Result<Self, ApiError> {
        if self.errors.is_empty() {
            return Ok(self);
        }
        Err(ApiError::new(INVALID).detail("The audit cannot run as asked.").fields(self.errors))
    }

    /// Name in the vault.
    pub(crate) fn name(&self) -> String {
        match self.request.name.as_deref().map(str::trim) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => match &self.model {
                Some(chain) => format!("{} · {}", chain.model.filename, self.dataset.filename),
                None => self.dataset.filename.clone(),
            },
        }
    }
}

/// Policy, stages and parameters of a request.
fn options(request: &AuditRequest, errors: &mut Vec<FieldProblem>) -> RunOptions {
    let policy = match request.policy.as_deref().map(Policy::from_toml) {
        None => Policy::default(),
        Some(Ok(policy)) => policy,
        Some(Err(e)) => {
            errors.push(problem("/policy", "bad-policy", e.to_string(), json!({})));
            Policy::default()
        }
    };
    let mut params = request.params.clone().unwrap_or_default();
    for (name, value) in
        [("privileged_values", &request.privileged_values), ("unprivileged_values", &request.unprivileged_values)]
    {
        if let Some(value) = value {
            let fairness = params.entry("fairness".to_owned()).or_insert_with(|| json!({}));
            if let Value::Object(map) = fairness {
                map.entry(name).or_insert_with(|| value.clone());
            }
        }
    }
    let options = RunOptions { policy, stages: request.stages.clone(), params, ..RunOptions::default() };
    for error in options.problems() {
        let (pointer, code, args) = match &error {
            OptionError::UnknownStage(id) => ("/stages".to_owned(), "unknown-stage", json!({"id": id})),
            OptionError::Params { stage, .. } => (format!("/params/{stage}"), "bad-params", json!({"id": stage})),
            // The policy is our own: what it asks for beyond this build's stages is settled in the result.
            OptionError::UnknownCheck(_) if request.policy.is_none() => continue,
            OptionError::UnknownCheck(check) => ("/policy".to_owned(), "unknown-check", json!({"check": check})),
        };
        errors.push(problem(&pointer, code, error.to_string(), args));
    }
    options
}

fn name(request: &AuditRequest, errors: &mut Vec<FieldProblem>) {
    if request.name.as_ref().is_some_and(|n| n.chars().count() > NAME_LENGTH || n.contains(char::is_control)) {
        let detail = format!("a name has at most {NAME_LENGTH} characters and no control characters");
        errors.push(problem("/name", "bad-name", detail, json!({"limit": NAME_LENGTH})));
    }
}

fn runnable(model: &Model, errors: &mut Vec<FieldProblem>) -> Result<(), ApiError> {
    if model.runnable != 0 {
        return Ok(());
    }
    #[derive(Deserialize)]
    struct Reason {
        problem: Option<Problem>,
    }
    let reason: Reason = serde_json::from_str(&model.details)?;
    let (code, stable_code, detail, args) = match reason.problem {
        Some(p) => (p.slug, p.code, p.detail.unwrap_or(p.title), p.args),
        None => (NOT_RUNNABLE.slug.to_owned(), None, NOT_RUNNABLE.title.to_owned(), Map::new()),
    };
    errors.push(FieldProblem { pointer: "/model_id".to_owned(), code, stable_code, detail, args });
    Ok(())
}

/// Columns that must be in the table, by the names that the upload found. Everything else needs the file itself.
fn columns(
    dataset: &Dataset,
    model: Option<&Model>,
    roles: &Roles,
    errors: &mut Vec<FieldProblem>,
) -> Result<(), ApiError> {
    let preview: Preview = serde_json::from_str(&dataset.preview)?;
    let has = |name: &str| preview.columns.iter().any(|c| c.name == name);
    let available: Vec<String> = preview.columns.iter().map(|c| c.name.clone()).take(50).collect();
    if !has(&roles.target) {
        let (name, available) = (roles.target.clone(), available.clone());
        errors.push(subject_field(&SubjectError::TargetMissing { name, available }));
    }
    let protected = roles.protected.iter().enumerate().map(|(i, p)| (format!("/roles/protected/{i}"), "protected", p));
    let single = [("weight", &roles.weight), ("entity", &roles.entity), ("time", &roles.time)];
    let single = single.into_iter().filter_map(|(role, n)| n.as_ref().map(|n| (format!("/roles/{role}"), role, n)));
    let stored = roles.prediction.iter().flat_map(|p| p.columns());
    let stored = stored.map(|name| ("/roles/prediction".to_owned(), "prediction", name));
    for (pointer, role, name) in protected.chain(single).chain(stored).filter(|(_, _, name)| !has(name)) {
        let missing = SubjectError::ColumnMissing { role, name: name.clone(), available: available.clone() };
        errors.push(FieldProblem { pointer, ..subject_field(&missing) });
    }
    let Some(model) = model else { return Ok(()) };
    #[derive(Deserialize)]
    struct Needs {
        facts: ModelFacts,
        features: Vec<fine_model::Feature>,
    }
    let needs: Needs = serde_json::from_str(&model.details)?;
    let unnamed = needs.facts.warnings.iter().any(|w| w.id == "no-feature-names");
    let names: Vec<String> = needs.features.into_iter().map(|f| f.name).filter(|n| !has(n)).collect();
    if !names.is_empty() && !unnamed {
        errors.push(subject_field(&SubjectError::FeatureMissing { names, available }));
    }
    Ok(())
}

pub(crate) fn problem(pointer: &str, code: &str, detail: String, args: Value) -> FieldProblem {
    let args = match args {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    FieldProblem { pointer: pointer.to_owned(), code: code.to_owned(), stable_code: None, detail, args }
}

fn plain_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
