//! What each column is probably for, and what is probably predicted. Suggestions are shown to a person, who decides.

mod names;
mod target;

use serde::{Deserialize, Serialize};

use crate::{Column, NumberKind, Role, Roles, Table, Task, Values};

/// Text attributes with more groups than this are marked, but not suggested for comparison: groups become too small.
/// Numbers are cut into ranges when groups are compared.
const MAX_GROUPS: usize = 20;

/// Suggested roles and task with the reason of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The roles.
    pub roles: Roles,
    /// What is predicted.
    pub task: Task,
    /// Classes of the target as text in the order scikit-learn gives them (numbers ascending, text by code point); empty for
    /// regression.
    pub classes: Vec<String>,
    /// One entry a column, in file order.
    pub columns: Vec<ColumnRole>,
}

/// The suggested role of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnRole {
    /// Column name.
    pub name: String,
    /// `target`, `feature`, `protected` (not a feature), `weight`, `entity`, `time`, `prediction`, `ignore`.
    pub role: SuggestedRole,
    /// Speaks of a protected attribute, whether it is a feature or not.
    pub protected: bool,
    /// Why, as an id for the catalogues.
    pub reason: Reason,
}

/// A role as the preview shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SuggestedRole {
    /// The truth.
    Target,
    /// An input of the model.
    Feature,
    /// A protected attribute that is no input.
    Protected,
    /// Row weight.
    Weight,
    /// Rows of one person or thing.
    Entity,
    /// When the row happened.
    Time,
    /// A stored prediction.
    Prediction,
    /// Not used.
    Ignore,
}

impl From<Role> for SuggestedRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Target => Self::Target,
            Role::Feature => Self::Feature,
            Role::Weight => Self::Weight,
            Role::Entity => Self::Entity,
            Role::Time => Self::Time,
            Role::Prediction => Self::Prediction,
            Role::Ignore => Self::Ignore,
        }
    }
}

/// Why a role was suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The name says so.
    Name,
    /// The model has a feature of this name.
    ModelFeature,
    /// The values are the model's classes.
    ModelClasses,
    /// The only column left that the model does not use.
    OnlyColumnLeft,
    /// The last column, as usual for targets.
    LastColumn,
    /// Nothing speaks for another role.
    Default,
    /// The model does not use it.
    NotInModel,
    /// The row number of the table.
    RowIndex,
    /// An identifier with another value in every row.
    UniqueIdentifier,
    /// An identifier whose values repeat.
    RepeatedIdentifier,
    /// A date or time column.
    TimeType,
    /// Text in ISO 8601 dates.
    IsoDates,
}

/// Suggests roles and task. `model_features` and `model_classes` come from an opened model (`model_classes` empty for a
/// regression); without them the table alone speaks.
pub fn infer<S: AsRef<str>>(
    table: &Table,
    model_features: Option<&[S]>,
    model_classes: Option<&[String]>,
) -> Suggestion {
    let features: Option<Vec<&str>> = model_features.map(|f| f.iter().map(AsRef::as_ref).collect());
    let seen: Vec<Seen> = table.columns().iter().map(|c| Seen::of(c, features.as_deref())).collect();
    let found = target::find(&seen, model_classes);
    let columns: Vec<ColumnRole> = seen.iter().enumerate().map(|(i, s)| s.role(found, i, features.is_some())).collect();
    let target = found.map(|(i, _)| seen[i].column);
    let (task, classes) = target::task(target, model_classes);
    Suggestion { roles: roles(&columns, &seen), task, classes, columns }
}

/// What a target column asks, and its classes in the order scikit-learn gives them; none for a regression.
pub fn task_of(target: &Column) -> (Task, Vec<String>) {
    target::task(Some(target), None)
}

fn roles(columns: &[ColumnRole], seen: &[Seen<'_>]) -> Roles {
    let first = |role| columns.iter().find(|c| c.role == role).map(|c| c.name.clone());
    let ignored = |c: &&ColumnRole| matches!(c.role, SuggestedRole::Ignore | SuggestedRole::Prediction);
    let compared = |(c, s): &(&ColumnRole, &Seen<'_>)| {
        let most = if matches!(s.column.values, Values::Text { .. }) { MAX_GROUPS } else { usize::MAX };
        c.protected && c.role != SuggestedRole::Target && (2..=most).contains(&s.distinct_to(MAX_GROUPS + 1))
    };
    Roles {
        target: first(SuggestedRole::Target).unwrap_or_default(),
        positive: None,
        protected: columns.iter().zip(seen).filter(compared).map(|(c, _)| c.name.clone()).collect(),
        weight: first(SuggestedRole::Weight),
        entity: first(SuggestedRole::Entity),
        time: first(SuggestedRole::Time),
        prediction: None,
        ignore: columns.iter().filter(ignored).map(|c| c.name.clone()).collect(),
    }
}

/// A column with what its name says.
struct Seen<'t> {
    column: &'t Column,
    words: Vec<String>,
    in_model: bool,
    protected: bool,
    /// A role that name and content settle, were it not the target.
    own: Option<(SuggestedRole, Reason)>,
}

impl<'t> Seen<'t> {
    fn of(column: &'t Column, features: Option<&[&str]>) -> Self {
        let words = names::words(&column.name);
        let in_model = features.is_some_and(|f| f.contains(&column.name.as_str()));
        let protected = names::protected(&words);
        let mut seen = Self { column, words, in_model, protected, own: None };
        if !in_model {
            seen.own = seen.own_role(features.is_some());
        }
        seen
    }

    fn own_role(&self, model_known: bool) -> Option<(SuggestedRole, Reason)> {
        let name = &self.column.name;
        if names::row_index(name) {
            return Some((SuggestedRole::Ignore, Reason::RowIndex));
        }
        if names::weight(&self.words) || (model_known && self.words == ["weight"]) {
            let positive = self.column.numbers().is_some_and(|v| v.iter().all(|v| v.is_nan() || *v >= 0.0));
            if positive {
                return Some((SuggestedRole::Weight, Reason::Name));
            }
        }
        if names::prediction(&self.words) {
            return Some((SuggestedRole::Prediction, Reason::Name));
        }
        if !self.protected {
            match &self.column.values {
                Values::Number { kind: NumberKind::Time, .. } => {
                    return Some((SuggestedRole::Time, Reason::TimeType));
                }
                Values::Text { dictionary, .. } if is_iso_dates(dictionary) => {
                    return Some((SuggestedRole::Time, Reason::IsoDates));
                }
                _ => {}
            }
        }
        self.identifier()
    }

    fn identifier(&self) -> Option<(SuggestedRole, Reason)> {
        let rows = self.column.len();
        let whole = match &self.column.values {
            Values::Number { kind: NumberKind::Int, values } => Some(values),
            Values::Number { .. } => return None,
            Values::Text { .. } => None,
        };
        if whole.is_some_and(|v| rows > 1 && v.windows(2).all(|w| w[1] - w[0] == 1.0) && (0.0..=1.0).contains(&v[0])) {
            return Some((SuggestedRole::Ignore, Reason::RowIndex));
        }
        if !names::identifier(&self.words) {
            return None;
        }
        let distinct = self.distinct_to(rows);
        Some(if distinct + self.column.missing_rows() >= rows {
            (SuggestedRole::Ignore, Reason::UniqueIdentifier)
        } else {
            (SuggestedRole::Entity, Reason::RepeatedIdentifier)
        })
    }

    /// Distinct values, counted up to `stop`.
    fn distinct_to(&self, stop: usize) -> usize {
        match &self.column.values {
            Values::Text { dictionary, .. } => dictionary.len().min(stop),
            Values::Number { values, .. } => {
                let mut seen = std::collections::HashSet::new();
                for v in values.iter().filter(|v| !v.is_nan()) {
                    seen.insert((v + 0.0).to_bits());
                    if seen.len() >= stop {
                        break;
                    }
                }
                seen.len()
            }
        }
    }

    fn role(&self, target: Option<(usize, Reason)>, index: usize, model_known: bool) -> ColumnRole {
        let (role, reason) = match target {
            Some((i, reason)) if i == index => (SuggestedRole::Target, reason),
            _ if self.in_model => (SuggestedRole::Feature, Reason::ModelFeature),
            _ => match self.own {
                Some(own) => own,
                None if model_known && self.protected => (SuggestedRole::Protected, Reason::Name),
                None if model_known => (SuggestedRole::Ignore, Reason::NotInModel),
                None => (SuggestedRole::Feature, Reason::Default),
            },
        };
        ColumnRole { name: self.column.name.clone(), role, protected: self.protected, reason }
    }
}

/// True when all distinct strings (the first 1 000) are ISO 8601 dates or date-times.
fn is_iso_dates(dictionary: &[String]) -> bool {
    !dictionary.is_empty() && dictionary.iter().take(1000).all(|s| is_iso_date(s))
}

fn is_iso_date(text: &str) -> bool {
    let b = text.as_bytes();
    let number = |range: std::ops::Range<usize>| -> Option<u32> {
        let digits = b.get(range)?;
        digits.iter().all(u8::is_ascii_digit).then(|| digits.iter().fold(0, |n, d| n * 10 + u32::from(d - b'0')))
    };
    let date = number(0..4).is_some()
        && b.get(4) == Some(&b'-')
        && b.get(7) == Some(&b'-')
        && number(5..7).is_some_and(|m| (1..=12).contains(&m))
        && number(8..10).is_some_and(|d| (1..=31).contains(&d));
    let time = || {
        matches!(b[10], b'T' | b' ')
            && number(11..13).is_some_and(|h| h <= 24)
            && b.get(13) == Some(&b':')
            && number(14..16).is_some_and(|m| m < 60)
            && b[16..].iter().all(|c| c.is_ascii_digit() || matches!(c, b':' | b'.' | b'Z' | b'+' | b'-'))
    };
    date && (b.len() == 10 || (b.len() >= 16 && time()))
}

#[cfg(test)]
mod tests;
