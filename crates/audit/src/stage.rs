//! The stage trait and its context.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::finding::Finding;
use crate::policy::Policy;
use crate::subject::Subject;
use crate::team::Seat;

/// One part of an audit: it measures, and judges its own numbers by the policy.
pub trait Stage {
    /// Stable id, also the folder name (`performance`).
    const ID: &'static str;
    /// Raised whenever a number of the report may change.
    const VERSION: u32;
    /// Codes of all checks it judges. When the stage does not finish, the required ones among them are `errored`.
    const CHECKS: &'static [&'static str];
    /// Parameters; unknown fields are refused.
    type Params: Default + Serialize + DeserializeOwned;
    /// What it measures.
    type Report: Serialize + DeserializeOwned;

    /// `Err(reason id)` when the stage has no meaning for this subject.
    ///
    /// # Errors
    /// The id of the reason, for the catalogues.
    fn applies(subject: &Subject, params: &Self::Params) -> Result<(), &'static str>;

    /// What it will cost, stated before it starts.
    fn cost(subject: &Subject, params: &Self::Params) -> Cost;

    /// Measures.
    ///
    /// # Errors
    /// [`StageError::Cancelled`] when asked to stop; [`StageError::Failed`] with an error id otherwise.
    fn run(subject: &Subject, params: &Self::Params, ctx: &Context<'_>) -> Result<Self::Report, StageError>;

    /// Judges. Evidence pointers are relative to the stage's report (`/metrics/0`); the runner makes them absolute.
    fn findings(report: &Self::Report, subject: &Subject, params: &Self::Params, policy: &Policy) -> Vec<Finding>;
}

/// Declared cost of a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, serde::Deserialize)]
pub struct Cost {
    /// Rows that the model will predict.
    pub predicted_rows: u64,
    /// Other work, in elementary row operations (a sort counts `n log2 n`).
    pub row_operations: u64,
}

/// Why a stage gave no report.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StageError {
    /// Asked to stop.
    #[error("finish: cancelled")]
    Cancelled,
    /// Failed; the id is in the catalogues, the detail is for logs.
    #[error("finish: {id}: {detail}")]
    Failed {
        /// Error id.
        id: &'static str,
        /// Technical detail without row values.
        detail: String,
    },
}

impl From<fine_model::PredictError> for StageError {
    fn from(e: fine_model::PredictError) -> Self {
        Self::Failed { id: "predict", detail: e.to_string() }
    }
}

/// Progress and cancellation of a running stage, and the processes that share its work.
pub struct Context<'a> {
    pub(crate) tick: &'a (dyn Fn(u64, u64) -> bool + Sync),
    seat: Option<Seat<'a>>,
}

impl<'a> Context<'a> {
    /// A context that calls `tick(done, total)`, which answers `false` to stop the stage.
    pub fn new(tick: &'a (dyn Fn(u64, u64) -> bool + Sync)) -> Self {
        Self { tick, seat: None }
    }

    /// The same for a stage whose parts are shared.
    pub(crate) fn seated(self, seat: Option<Seat<'a>>) -> Self {
        Self { seat, ..self }
    }

    /// Results of all blocks of a part of the stage, in order. `part` is unique within the stage, and `blocks` depends on the
    /// data alone. A block uses all threads of its process; in a [team](crate::team) each process computes some of
    /// the blocks.
    ///
    /// # Errors
    /// What a block returns; [`StageError::Cancelled`] when the stage is not wanted any more.
    pub(crate) fn blocks<T, E>(
        &self,
        part: &str,
        blocks: usize,
        work: impl Fn(usize) -> Result<T, E>,
    ) -> Result<Vec<T>, E>
    where
        T: Serialize + DeserializeOwned,
        E: From<StageError>,
    {
        match self.seat {
            Some(seat) => seat.blocks(part, blocks, &work),
            None => (0..blocks).map(work).collect(),
        }
    }

    /// Reports progress.
    ///
    /// # Errors
    /// [`StageError::Cancelled`] when the audit was asked to stop.
    pub fn tick(&self, done: u64, total: u64) -> Result<(), StageError> {
        if (self.tick)(done, total) { Ok(()) } else { Err(StageError::Cancelled) }
    }
}
