//! Estimators made of other estimators.

use std::sync::Arc;

use fine_table::{Column, NumberKind, Task};

use super::{Answer, Estimator, Grid};
use crate::linear::Linear;
use crate::predict::decide;
use crate::trees::{Forest, Link, Sum, Walker};
use crate::{Model, PredictError, ScoreKind};

/// How the answers of members about the same rows become one.
pub trait Rule: Send + Sync + std::fmt::Debug {
    /// One answer of all members' answers for `rows` rows, in the order of the members. A rule that was tried once on no
    /// rows fails on no others.
    ///
    /// # Errors
    /// [`PredictError::Runtime`] when a member has no answer of the kind that the rule needs.
    fn combine(&self, rows: usize, members: &[Answer]) -> Result<Answer, PredictError>;
}

/// A member that sees all or some of the encoded columns.
#[derive(Clone, Debug)]
pub struct Member {
    /// Columns in its order; `None` for all.
    pub columns: Option<Vec<u32>>,
    /// The member.
    pub estimator: Arc<dyn Estimator>,
}

/// Members on the same encoded rows.
#[derive(Clone, Debug)]
pub struct Ensemble {
    /// Number of encoded columns.
    pub features: usize,
    /// The members.
    pub members: Vec<Member>,
    /// How their answers become one.
    pub rule: Arc<dyn Rule>,
}

impl Estimator for Ensemble {
    fn features(&self) -> Option<usize> {
        Some(self.features)
    }

    fn refuses_missing(&self) -> bool {
        self.members.iter().any(|member| member.estimator.refuses_missing())
    }

    fn answer(&self, rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        let of = |member: &Member| match &member.columns {
            None => member.estimator.answer(rows, values),
            Some(columns) => {
                let row = |row: &[f64]| columns.iter().map(|column| row[*column as usize]).collect::<Vec<f64>>();
                let chosen: Vec<f64> = values.chunks_exact(self.features.max(1)).flat_map(row).collect();
                member.estimator.answer(rows, &chosen)
            }
        };
        let answers: Vec<Answer> = self.members.iter().map(of).collect::<Result<_, _>>()?;
        self.rule.combine(rows, &answers)
    }
}

/// Members that read the raw columns by steps of their own.
#[derive(Clone, Debug)]
pub struct Committee {
    /// Models on the same raw features.
    pub members: Vec<Model>,
    /// How their answers become one.
    pub rule: Arc<dyn Rule>,
}

impl Committee {
    /// Answers for raw columns, one a feature.
    pub(crate) fn answer(&self, columns: &[&Column], rows: usize) -> Result<Answer, PredictError> {
        let answers = self.members.iter().map(|member| member.answer_columns(columns, rows));
        self.rule.combine(rows, &answers.collect::<Result<Vec<_>, _>>()?)
    }
}

/// A model with steps of its own as an estimator on rows of numbers.
#[derive(Clone, Debug)]
pub struct Stepped(pub Model);

impl Estimator for Stepped {
    fn features(&self) -> Option<usize> {
        Some(self.0.features.len())
    }

    fn refuses_missing(&self) -> bool {
        false
    }

    fn answer(&self, rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        let width = self.0.features.len();
        let column = |j: usize| values.iter().skip(j).step_by(width).copied().collect::<Vec<f64>>();
        let columns: Vec<Column> =
            (0..width).map(|j| Column::number(String::new(), NumberKind::Float, column(j))).collect();
        self.0.answer_columns(&columns.iter().collect::<Vec<_>>(), rows)
    }
}

/// The encoded row itself as decision values, for a rule that passes it on.
#[derive(Clone, Debug, PartialEq)]
pub struct Row(pub usize);

impl Estimator for Row {
    fn features(&self) -> Option<usize> {
        Some(self.0)
    }

    fn refuses_missing(&self) -> bool {
        false
    }

    fn answer(&self, _rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        Ok(Answer::default().with_decision(self.0, values.to_vec()))
    }
}

/// A tree ensemble or a linear model.
#[derive(Clone, Debug)]
pub(crate) enum Sums {
    Trees(Forest, Walker),
    Linear(Linear),
}

/// A tree ensemble or a linear model as a member.
#[derive(Clone, Debug)]
pub(crate) struct Additive {
    pub(crate) sums: Sums,
    pub(crate) task: Task,
    /// The library's class has a `decision_function`.
    pub(crate) decides: bool,
}

impl Estimator for Additive {
    fn features(&self) -> Option<usize> {
        Some(match &self.sums {
            Sums::Trees(forest, _) => forest.features,
            Sums::Linear(linear) => linear.features,
        })
    }

    fn refuses_missing(&self) -> bool {
        match &self.sums {
            Sums::Trees(_, walker) => walker.refuses_missing(),
            Sums::Linear(_) => true,
        }
    }

    fn answer(&self, rows: usize, values: &[f64]) -> Result<Answer, PredictError> {
        Ok(match &self.sums {
            Sums::Trees(forest, walker) => {
                Answer::of_trees(self.task, forest, self.decides, rows, walker.margins(forest, rows, values))
            }
            Sums::Linear(linear) => Answer::of_linear(self.task, linear, self.decides, rows, linear.margins(values)),
        })
    }
}

impl Answer {
    pub(crate) fn of_trees(task: Task, forest: &Forest, decides: bool, rows: usize, margins: Vec<f64>) -> Self {
        Self::of_margins(task, (forest.link, forest.sum == Sum::F32, forest.outputs), decides, rows, margins)
    }

    pub(crate) fn of_linear(task: Task, linear: &Linear, decides: bool, rows: usize, margins: Vec<f64>) -> Self {
        Self::of_margins(task, (linear.link, false, linear.outputs), decides, rows, margins)
    }

    fn of_margins(
        task: Task,
        (link, single, outputs): (Link, bool, usize),
        decides: bool,
        rows: usize,
        margins: Vec<f64>,
    ) -> Self {
        let prediction = decide(task, link, single, outputs, rows, &margins);
        if task == Task::Regression {
            return Self::of_values(prediction.scores);
        }
        let mut answer = Self { labels: prediction.labels, ..Self::default() };
        if prediction.kind == ScoreKind::Probability {
            answer.probability = Some(Grid { width: prediction.width, values: prediction.scores });
        }
        if decides {
            // A multinomial fit of two classes holds `[-d, d]`.
            answer = match (task, outputs) {
                (Task::Binary, 2) => answer.with_decision(1, margins.into_iter().skip(1).step_by(2).collect()),
                _ => answer.with_decision(outputs, margins),
            };
        }
        answer
    }
}
