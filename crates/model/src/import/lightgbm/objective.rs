//! What an objective predicts (`ObjectiveFunction::ConvertOutput`).

use fine_table::Task;

use super::super::ImportError;
use super::super::doc::malformed;
use super::unsupported;
use crate::trees::Link;
use crate::{ModelFacts, Remark};

/// An objective that is run.
pub(super) struct Objective {
    pub(super) task: Task,
    pub(super) link: Link,
}

impl Objective {
    /// Reads `binary sigmoid:1` and the like. Without an objective (a custom one) the library gives margins.
    pub(super) fn read(text: Option<&str>, outputs: usize, facts: &mut ModelFacts) -> Result<Self, ImportError> {
        let mut words = text.unwrap_or("custom").split(' ');
        let name = words.next().unwrap_or_default();
        let mut scale = 1.0;
        let mut sqrt = false;
        for word in words.filter(|w| !w.is_empty()) {
            match word.split_once(':') {
                Some(("sigmoid", s)) => {
                    scale = s
                        .parse()
                        .ok()
                        .filter(|s: &f64| s.is_finite() && *s > 0.0)
                        .ok_or_else(|| malformed("objective", format!("sigmoid {s:?}")))?;
                }
                Some(("num_class", n)) if n.parse() == Ok(outputs) => {}
                None if word == "sqrt" => sqrt = true,
                _ => {
                    return Err(unsupported(
                        &format!("objective {name}"),
                        &format!("its option {word:?} is not known"),
                    ));
                }
            }
        }
        let (task, link) = match name {
            "binary" => (Task::Binary, Link::Logistic { scale }),
            "multiclass" => (Task::Multiclass, Link::Softmax),
            "multiclassova" => (Task::Multiclass, Link::OneVsRest { scale, normalise: false }),
            "cross_entropy" => (Task::Regression, Link::Logistic { scale: 1.0 }),
            "cross_entropy_lambda" => (Task::Regression, Link::Softplus),
            "poisson" | "gamma" | "tweedie" => (Task::Regression, Link::Exp),
            "regression" | "regression_l1" | "huber" | "fair" | "quantile" | "mape" | "lambdarank" | "rank_xendcg" => {
                (Task::Regression, if sqrt { Link::SignedSquare } else { Link::Identity })
            }
            "custom" | "none" => {
                facts.warnings.push(Remark { id: "custom-objective".into(), args: Default::default() });
                (if outputs > 1 { Task::Multiclass } else { Task::Regression }, Link::Identity)
            }
            other => return Err(unsupported(&format!("objective {other}"), "this objective is not supported")),
        };
        let fits = if task == Task::Multiclass { outputs > 1 } else { outputs == 1 };
        if !fits {
            return Err(unsupported(&format!("objective {name}"), &format!("it has {outputs} outputs")));
        }
        Ok(Self { task, link })
    }

    /// Number of class labels.
    pub(super) fn classes(&self, outputs: usize) -> usize {
        match self.task {
            Task::Regression => 0,
            Task::Binary => 2,
            Task::Multiclass => outputs,
        }
    }
}
