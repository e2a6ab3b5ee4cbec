//! What an objective predicts, and the start value in margin space (`ObjFunction::ProbToMargin`).

use fine_table::Task;

use super::super::ImportError;
use super::super::doc::{Doc, malformed};
use super::unsupported;
use crate::trees::Link;

/// An objective that is run.
pub(super) struct Objective {
    pub(super) name: String,
    pub(super) task: Task,
    pub(super) link: Link,
    start: Start,
}

/// From `base_score` to margin.
#[derive(Clone, Copy)]
enum Start {
    Same,
    Logit,
    Log,
}

const LOGISTIC: Link = Link::Logistic { scale: 1.0 };

impl Objective {
    pub(super) fn read(learner: &Doc) -> Result<Self, ImportError> {
        let name = learner.text("objective.name")?.to_owned();
        let (task, link, start) = match name.as_str() {
            "binary:logistic" => (Task::Binary, LOGISTIC, Start::Logit),
            // Margins: class 1 from 0 up, as a logistic model at one half.
            "binary:logitraw" => (Task::Binary, Link::Identity, Start::Logit),
            // The library rounds the margin to 0 or 1; the margin itself orders rows, and its sign is the label.
            "binary:hinge" => (Task::Binary, Link::Identity, Start::Same),
            "multi:softmax" | "multi:softprob" => (Task::Multiclass, Link::Softmax, Start::Same),
            "reg:logistic" => (Task::Regression, LOGISTIC, Start::Logit),
            "count:poisson" | "reg:gamma" | "reg:tweedie" | "survival:cox" | "survival:aft" => {
                (Task::Regression, Link::Exp, Start::Log)
            }
            "reg:squarederror"
            | "reg:linear"
            | "reg:squaredlogerror"
            | "reg:absoluteerror"
            | "reg:pseudohubererror"
            | "reg:quantileerror"
            | "rank:pairwise"
            | "rank:ndcg"
            | "rank:map" => (Task::Regression, Link::Identity, Start::Same),
            other => return Err(unsupported(&format!("objective {other}"), "this objective is not supported")),
        };
        Ok(Self { name, task, link, start })
    }

    /// Number of class labels.
    pub(super) fn classes(&self, groups: usize) -> usize {
        match self.task {
            Task::Regression => 0,
            Task::Binary => 2,
            Task::Multiclass => groups,
        }
    }

    /// `base_score` (`5E-1` up to 3.0, `[5E-1]` or one an output since 3.1) as margins, one a group or target, in
    /// `f32`.
    pub(super) fn base_margins(&self, learner: &Doc, groups: usize, targets: usize) -> Result<Vec<f64>, ImportError> {
        const FIELD: &str = "learner_model_param.base_score";
        let ok = match self.task {
            Task::Multiclass => groups >= 2,
            Task::Binary | Task::Regression => groups == 1,
        };
        if !ok {
            return Err(unsupported(&format!("objective {}", self.name), &format!("it has {groups} outputs")));
        }
        let outputs = groups.max(targets);
        let text = learner.text(FIELD)?;
        let list = text.trim().trim_start_matches('[').trim_end_matches(']');
        let scores: Vec<f32> = list
            .split(',')
            .map(|s| s.trim().parse().map_err(|_| malformed(FIELD, format!("{text:?} is no number"))))
            .collect::<Result<_, _>>()?;
        let margin = |score: f32| match self.start {
            Start::Same => score,
            Start::Logit => -(1.0 / score - 1.0).ln(),
            Start::Log => score.ln(),
        };
        let margins: Vec<f64> = scores.into_iter().map(|s| f64::from(margin(s))).collect();
        match margins.as_slice() {
            [one] => Ok(vec![*one; outputs]),
            all if all.len() == outputs => Ok(margins),
            all => Err(malformed(FIELD, format!("{} values for {outputs} outputs", all.len()))),
        }
    }
}
