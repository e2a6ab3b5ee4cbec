//! Where a search wants to get, and how near a prediction is to it.

use fine_model::Prediction;
use fine_table::Task;

use super::{Goal, Outcome, Params};
use crate::stage::StageError;
use crate::subject::Subject;

/// What a prediction has to become.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Aim {
    /// Any class but this.
    Away(usize),
    /// This class.
    Class(usize),
    AtLeast(f64),
    AtMost(f64),
    Between(f64, f64),
}

impl Aim {
    /// The aim for a row that is of class `own` now.
    pub(super) fn of(subject: &Subject, params: &Params, own: Option<u32>) -> Result<Self, StageError> {
        let unknown = |detail: String| StageError::Failed { id: "goal-unknown", detail };
        match (&params.goal, subject.task, own) {
            (None, Task::Binary | Task::Multiclass, Some(own)) => Ok(Self::Away(own as usize)),
            (Some(Goal::Class(name)), Task::Binary | Task::Multiclass, _) => {
                subject.classes.iter().position(|c| c == name).map(Self::Class).ok_or_else(|| unknown(name.clone()))
            }
            (Some(Goal::AtLeast(v)), Task::Regression, _) if v.is_finite() => Ok(Self::AtLeast(*v)),
            (Some(Goal::AtMost(v)), Task::Regression, _) if v.is_finite() => Ok(Self::AtMost(*v)),
            (Some(Goal::Between(low, high)), Task::Regression, _)
                if low.is_finite() && low <= high && high.is_finite() =>
            {
                Ok(Self::Between(*low, *high))
            }
            (goal, ..) => Err(unknown(format!("{goal:?}"))),
        }
    }

    /// Whether a row of a prediction is where it shall be, and how far it is on the way (greater is nearer).
    pub(super) fn look(self, p: &Prediction, row: usize) -> (bool, f64) {
        let scores = &p.scores[row * p.width..][..p.width];
        let label = p.labels.get(row).map(|l| *l as usize);
        let lead = |class: usize| {
            let others = scores.iter().enumerate().filter(|(k, _)| *k != class).map(|(_, s)| *s);
            scores.get(class).copied().unwrap_or(0.0) - others.fold(f64::NEG_INFINITY, f64::max)
        };
        match self {
            Self::Away(own) => (label.is_some_and(|l| l != own), -lead(own)),
            Self::Class(class) => (label == Some(class), lead(class)),
            Self::AtLeast(v) => (scores[0] >= v, scores[0] - v),
            Self::AtMost(v) => (scores[0] <= v, v - scores[0]),
            Self::Between(low, high) => {
                (low <= scores[0] && scores[0] <= high, (scores[0] - low).min(high - scores[0]).min(0.0))
            }
        }
    }
}

/// What the model says of a row of a prediction.
pub(super) fn outcome(subject: &Subject, p: &Prediction, row: usize) -> Outcome {
    let label = p.labels.get(row).map(|l| *l as usize);
    let column = match subject.task {
        Task::Binary => subject.positive,
        Task::Multiclass => label.unwrap_or(0),
        Task::Regression => 0,
    };
    Outcome { label: label.and_then(|l| subject.classes.get(l)).cloned(), score: p.scores[row * p.width + column] }
}
