//! Stages behind one face, so that the runner needs no types.

use serde_json::Value;

use crate::finding::Finding;
use crate::policy::Policy;
use crate::stage::{Context, Cost, Stage, StageError};
use crate::subject::Subject;

/// A line of the registry: a [`Stage`] without its types.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Stage id.
    pub id: &'static str,
    /// Stage version.
    pub version: u32,
    /// Codes of the checks that this stage judges.
    pub checks: &'static [&'static str],
    params: fn(Option<&Value>) -> Result<Value, String>,
    plan: fn(&Subject, &Value) -> Result<Plan, String>,
    run: fn(&Subject, &Value, &Policy, &Context<'_>) -> Result<Measured, StageError>,
}

/// What a stage says before it starts.
pub(crate) struct Plan {
    pub(crate) applies: Result<(), &'static str>,
    pub(crate) cost: Cost,
}

/// What a stage gives.
pub(crate) struct Measured {
    pub(crate) report: Value,
    pub(crate) findings: Vec<Finding>,
}

impl Entry {
    /// The line of a stage.
    pub const fn of<S: Stage>() -> Self {
        Self { id: S::ID, version: S::VERSION, checks: S::CHECKS, params: params::<S>, plan: plan::<S>, run: run::<S> }
    }

    /// The parameters with every default written out; `Err` with the reason when they are not this stage's.
    pub(crate) fn params(&self, given: Option<&Value>) -> Result<Value, String> {
        (self.params)(given)
    }

    /// Whether the stage applies, and its cost.
    pub(crate) fn plan(&self, subject: &Subject, params: &Value) -> Result<Plan, String> {
        (self.plan)(subject, params)
    }

    /// Measures and judges.
    pub(crate) fn run(
        &self,
        subject: &Subject,
        params: &Value,
        policy: &Policy,
        ctx: &Context<'_>,
    ) -> Result<Measured, StageError> {
        (self.run)(subject, params, policy, ctx)
    }
}

fn params<S: Stage>(given: Option<&Value>) -> Result<Value, String> {
    let params = match given {
        None | Some(Value::Null) => S::Params::default(),
        Some(value) => serde_json::from_value::<S::Params>(value.clone()).map_err(|e| e.to_string())?,
    };
    serde_json::to_value(params).map_err(|e| e.to_string())
}

fn read<S: Stage>(params: &Value) -> Result<S::Params, String> {
    serde_json::from_value(params.clone()).map_err(|e| e.to_string())
}

fn plan<S: Stage>(subject: &Subject, params: &Value) -> Result<Plan, String> {
    let params = read::<S>(params)?;
    Ok(Plan { applies: S::applies(subject, &params), cost: S::cost(subject, &params) })
}

fn run<S: Stage>(
    subject: &Subject,
    params: &Value,
    policy: &Policy,
    ctx: &Context<'_>,
) -> Result<Measured, StageError> {
    let params = read::<S>(params).map_err(|detail| StageError::Failed { id: "params", detail })?;
    let report = S::run(subject, &params, ctx)?;
    let findings = S::findings(&report, subject, &params, policy);
    let value = serde_json::to_value(&report).map_err(|e| unwritable(&e))?;
    // A NaN is written as null; a report that cannot be read back would lose numbers silently.
    serde_json::from_value::<S::Report>(value.clone()).map_err(|e| unwritable(&e))?;
    Ok(Measured { report: value, findings })
}

fn unwritable(e: &serde_json::Error) -> StageError {
    StageError::Failed { id: "report-not-finite", detail: e.to_string() }
}
