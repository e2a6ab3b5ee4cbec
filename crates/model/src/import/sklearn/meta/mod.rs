//! Estimators made of other estimators.

mod averages;
mod boosting;
mod calibration;
mod codes;
mod isolation;
mod mapped;
mod outputs;
mod stacking;

use fine_pickle::Value;

use super::estimator::{Head, Seat, seat};
use super::{Context, Fitted, ImportError};
use crate::{Label, ModelFacts};

/// What reading a member needs.
pub(super) struct Reader<'r, 'l> {
    pub(super) context: &'r mut Context<'l>,
    pub(super) facts: &'r mut ModelFacts,
}

/// The head of a class that belongs here; `None` for any other.
pub(super) fn read(
    fitted: &Fitted<'_>,
    context: &mut Context<'_>,
    facts: &mut ModelFacts,
) -> Option<Result<Head, ImportError>> {
    let reader = &mut Reader { context, facts };
    Some(match fitted.class {
        "VotingClassifier" => averages::voting_classifier(fitted, reader),
        "VotingRegressor" => averages::voting_regressor(fitted, reader),
        "BaggingClassifier" => averages::bagging(fitted, true, reader),
        "BaggingRegressor" => averages::bagging(fitted, false, reader),
        "StackingClassifier" => stacking::read(fitted, true, reader),
        "StackingRegressor" => stacking::read(fitted, false, reader),
        "AdaBoostClassifier" => boosting::classifier(fitted, reader),
        "AdaBoostRegressor" => boosting::regressor(fitted, reader),
        "IsolationForest" => isolation::read(fitted, reader),
        "CalibratedClassifierCV" => calibration::classifier(fitted, reader),
        "IsotonicRegression" => calibration::regression(fitted),
        "OneVsRestClassifier" => codes::rest(fitted, reader),
        "OneVsOneClassifier" => codes::pairs(fitted, reader),
        "OutputCodeClassifier" => codes::output(fitted, reader),
        "_ConstantPredictor" => codes::constant(fitted),
        "MultiOutputClassifier" => outputs::each(fitted, true, reader),
        "MultiOutputRegressor" => outputs::each(fitted, false, reader),
        "ClassifierChain" => outputs::chain(fitted, true, reader),
        "RegressorChain" => outputs::chain(fitted, false, reader),
        "TransformedTargetRegressor" => mapped::target(fitted, reader),
        "FixedThresholdClassifier" => mapped::fixed(fitted, reader),
        "TunedThresholdClassifierCV" => mapped::tuned(fitted, reader),
        _ => return None,
    })
}

impl Reader<'_, '_> {
    fn seat(&mut self, parent: &Fitted<'_>, name: &str, value: Value<'_>) -> Result<Seat, ImportError> {
        seat(parent, name, value, self.context, self.facts)
    }

    /// The members in a list of fitted estimators.
    fn seats(&mut self, fitted: &Fitted<'_>, attr: &str) -> Result<Vec<Seat>, ImportError> {
        let members = fitted.list(attr)?;
        if members.is_empty() {
            return Err(fitted.malformed(attr, "is empty"));
        }
        let of = |(at, member)| self.seat(fitted, &format!("{attr}[{at}]"), member);
        members.into_iter().enumerate().map(of).collect()
    }
}

/// The own class of each class of a member.
fn map(fitted: &Fitted<'_>, member: &[Label], own: &[Label]) -> Result<Vec<u32>, ImportError> {
    let same = |a: &Label, b: &Label| a == b || a.text() == b.text();
    let find = |label: &Label| own.iter().position(|other| same(label, other)).map(|at| at as u32);
    let found: Option<Vec<u32>> = member.iter().map(find).collect();
    found.ok_or_else(|| fitted.malformed("classes_", "lacks a class of one of its members"))
}

/// [`map`] for members that were fitted on the positions of the classes.
fn map_of_codes(fitted: &Fitted<'_>, member: &[Label], classes: usize) -> Result<Vec<u32>, ImportError> {
    map(fitted, member, &codes_of(classes))
}

fn codes_of(classes: usize) -> Vec<Label> {
    (0..classes as i64).map(Label::Int).collect()
}

/// Finite weights, at least so many.
fn weights(fitted: &Fitted<'_>, attr: &str, members: usize) -> Result<Vec<f64>, ImportError> {
    let weights = fitted.numbers(attr)?;
    if weights.len() < members || weights.iter().any(|weight| !weight.is_finite()) {
        return Err(fitted.malformed(attr, format!("{} weights for {members} members", weights.len())));
    }
    Ok(weights)
}
