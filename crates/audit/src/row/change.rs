//! Counterfactuals of any row: which changes would change what the model says.

use std::collections::BTreeMap;

use fine_table::{Column, NumberKind, Reason, SuggestedRole, Task, Values, infer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::report::{self, Counterfactual, Counterfactuals, Free, Move, Stayed, Tried};
use super::{RowError, answer, changed, input, place, predict};
use crate::counterfactual::near::Neighbourhood;
use crate::counterfactual::{Case, Cell, Extent, Goal, Params, Reached, Search, display};
use crate::stage::{Context, StageError};
use crate::subject::Subject;

/// Most predictions of one search.
const QUERIES: u64 = 20_000;
/// Most predictions of single changes.
const SINGLES: u64 = 15_000;
/// Most counterfactuals.
const MOST_ANSWERS: u32 = 10;
/// Most columns that one counterfactual changes.
const MOST_CHANGES: u32 = 5;

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ask {
    /// Row of the audited table, from 0.
    pub row: u64,
    /// Cells that are changed before the search, as in [`super::what_if`].
    pub changes: BTreeMap<String, Value>,
    /// What the answer shall become.
    pub wanted: Wanted,
    /// The only columns that may change, also those that otherwise stay; all that the model reads when left out, but protected
    /// attributes, identifiers, weights, times, and what the audit ignores or declares.
    pub may_change: Option<Vec<String>>,
    /// Columns that may change although they stay otherwise.
    pub also_change: Vec<String>,
    /// Columns that stay in any case.
    pub must_stay: Vec<String>,
    /// Numbers that may only become larger.
    pub only_rise: Vec<String>,
    /// Numbers that may only become smaller.
    pub only_fall: Vec<String>,
    /// Counterfactuals wanted, 3 when left out.
    pub count: Option<u32>,
    /// Columns that one of them may change, 3 when left out.
    pub max_changes: Option<u32>,
    /// Largest distance of one of them.
    pub max_distance: Option<f64>,
}

/// What the answer shall become: a class, or a number within ends; any other class when all is empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    /// A class of the model.
    pub class: Option<String>,
    /// The smallest number.
    pub at_least: Option<f64>,
    /// The largest number.
    pub at_most: Option<f64>,
}

/// Searches the nearest changes of a row that change what the model says. `declared` names columns (or features) that nobody can
/// change, by the parameters of the audit.
///
/// # Errors
/// [`RowError::NoModel`], [`RowError::NoRow`], what the model says of the row, a request that means nothing, or cancelled.
pub fn counterfactuals(
    subject: &Subject,
    ask: &Ask,
    declared: &[String],
    ctx: &Context<'_>,
) -> Result<Counterfactuals, RowError> {
    let at = place(subject, ask.row)?;
    let goal = goal(subject, &ask.wanted)?;
    let held = held(subject, ask, declared)?;
    let params = params(subject, ask, goal, &held)?;
    let (edited, changes) = changed(subject, at, &ask.changes)?;
    predict(&edited)?;
    let uneven = |e: crate::counterfactual::CaseError| StageError::Failed { id: "predict", detail: e.to_string() };
    let case = Case::of_table(subject, &edited.alone(), 0).map_err(uneven)?;
    let search = Search::new(subject, &params)?;
    let extent = Extent { singles: SINGLES, closest: true };
    let done = std::cell::Cell::new(0);
    let sought = search.seek(&case, extent, &|queries| {
        done.set(done.get() + queries);
        ctx.tick(done.get().min(QUERIES), QUERIES)
    })?;
    let any = sought.found.first().or(sought.closest.as_ref());
    let teller = any.map(|_| Teller { subject, case: &case, row: at, near: Neighbourhood::new(subject) });
    let tell = |reached: &Reached| teller.as_ref().map(|teller| teller.tell(reached));
    let name = |feature: usize| subject.table.columns()[subject.feature_columns[feature]].name.clone();
    let only = |column: &String| match (ask.only_rise.contains(column), ask.only_fall.contains(column)) {
        (true, _) => Some("rise".to_owned()),
        (_, true) => Some("fall".to_owned()),
        _ => None,
    };
    let features = || held.iter().enumerate().map(|(feature, why)| (name(feature), why));
    let free = features().filter(|(_, why)| why.is_none());
    Ok(Counterfactuals {
        row: ask.row,
        changes,
        start: answer(subject, &sought.start, 0),
        wanted: ask.wanted.clone(),
        found: sought.found.iter().filter_map(tell).collect(),
        closest: sought.closest.as_ref().and_then(tell),
        reason: sought.reason.map(str::to_owned),
        free: free.map(|(column, _)| Free { only: only(&column), column }).collect(),
        stayed: features().filter_map(|(column, why)| Some(Stayed { column, reason: (*why)?.to_owned() })).collect(),
        tried: Tried {
            // And the row itself, once more.
            queries: sought.queries + 1,
            singles: sought.singles,
            exhaustive: sought.exhaustive,
            changes: params.changes,
            max_distance: params.max_distance,
            complete: sought.complete,
        },
    })
}

fn goal(subject: &Subject, wanted: &Wanted) -> Result<Option<Goal>, RowError> {
    let wrong = RowError::WrongGoal { task: subject.task };
    match (subject.task, &wanted.class, wanted.at_least, wanted.at_most) {
        (Task::Regression, None, Some(low), Some(high)) if low > high => Err(RowError::EmptyRange { low, high }),
        (Task::Regression, None, Some(low), Some(high)) => Ok(Some(Goal::Between(low, high))),
        (Task::Regression, None, Some(low), None) => Ok(Some(Goal::AtLeast(low))),
        (Task::Regression, None, None, Some(high)) => Ok(Some(Goal::AtMost(high))),
        (Task::Binary | Task::Multiclass, None, None, None) => Ok(None),
        (Task::Binary | Task::Multiclass, Some(class), None, None) if subject.classes.contains(class) => {
            Ok(Some(Goal::Class(class.clone())))
        }
        (Task::Binary | Task::Multiclass, Some(class), None, None) => {
            Err(RowError::NoClass { class: class.clone(), available: subject.classes.clone() })
        }
        _ => Err(wrong),
    }
}

fn params(subject: &Subject, ask: &Ask, goal: Option<Goal>, held: &[Option<&'static str>]) -> Result<Params, RowError> {
    let whole = |field: &'static str, value: Option<u32>, most: u32| match value {
        None => Ok(3),
        Some(value) if (1..=most).contains(&value) => Ok(value),
        Some(value) => Err(RowError::Limit { field, value: f64::from(value), low: 1.0, high: f64::from(most) }),
    };
    let widest = subject.feature_columns.len() as f64;
    if let Some(value) = ask.max_distance.filter(|d| !(*d > 0.0 && *d <= widest)) {
        return Err(RowError::Limit { field: "max_distance", value, low: 0.0, high: widest });
    }
    let columns = || subject.feature_columns.iter().map(|c| subject.table.columns()[*c].name.clone()).zip(held);
    Ok(Params {
        immutable: columns().filter(|(_, why)| why.is_some()).map(|(name, _)| name).collect(),
        open: columns().filter(|(_, why)| why.is_none()).map(|(name, _)| name).collect(),
        only_rise: ask.only_rise.clone(),
        only_fall: ask.only_fall.clone(),
        answers: whole("count", ask.count, MOST_ANSWERS)?,
        changes: whole("max_changes", ask.max_changes, MOST_CHANGES)?,
        queries: QUERIES,
        max_distance: ask.max_distance,
        goal,
        ..Params::default()
    })
}

/// Why each feature stays, `None` for those that may change.
fn held(subject: &Subject, ask: &Ask, declared: &[String]) -> Result<Vec<Option<&'static str>>, RowError> {
    let lists = [
        ("must_stay", Some(&ask.must_stay)),
        ("may_change", ask.may_change.as_ref()),
        ("also_change", Some(&ask.also_change)),
    ];
    let ways = [("only_rise", Some(&ask.only_rise)), ("only_fall", Some(&ask.only_fall))];
    for (i, (field, list)) in lists.into_iter().chain(ways).enumerate() {
        for (place, name) in list.into_iter().flatten().enumerate() {
            let at = || format!("/{field}/{place}");
            let column = &subject.table.columns()[input(subject, name, at)?];
            if i >= lists.len() && matches!(column.values, Values::Text { .. }) {
                return Err(RowError::NoOrder { column: name.clone(), at: at() });
            }
        }
    }
    let suggested = infer::<&str>(&subject.table, None, None).columns;
    let why = |(feature, column): (usize, &usize)| {
        let own = &subject.table.columns()[*column];
        let both_ways = ask.only_rise.contains(&own.name) && ask.only_fall.contains(&own.name);
        match &ask.may_change {
            _ if ask.must_stay.contains(&own.name) || both_ways => Some("asked"),
            _ if is_constant(own) => Some("constant"),
            _ if ask.also_change.contains(&own.name) => None,
            Some(chosen) => (!chosen.contains(&own.name)).then_some("not-chosen"),
            None => by_role(subject, own).or_else(|| {
                let names = [&own.name, &subject.model.features[feature].name];
                if names.into_iter().any(|name| declared.contains(name)) {
                    return Some("declared");
                }
                by_looks(own, suggested.get(*column).map(|s| (s.role, s.reason)))
            }),
        }
    };
    Ok(subject.feature_columns.iter().enumerate().map(why).collect())
}

fn by_role(subject: &Subject, column: &Column) -> Option<&'static str> {
    let (roles, name) = (&subject.roles, &column.name);
    let is = |role: &Option<String>| role.as_ref() == Some(name);
    match () {
        () if roles.protected.contains(name) => Some("protected"),
        () if roles.target == *name => Some("target"),
        () if is(&roles.entity) => Some("entity"),
        () if is(&roles.weight) => Some("weight"),
        () if is(&roles.time) => Some("time"),
        () if roles.prediction.as_ref().is_some_and(|p| p.columns().any(|c| c == name)) => Some("prediction"),
        () if roles.ignore.contains(name) => Some("ignored"),
        () => None,
    }
}

fn by_looks(column: &Column, suggested: Option<(SuggestedRole, Reason)>) -> Option<&'static str> {
    match (&column.values, suggested) {
        (Values::Number { kind: NumberKind::Time, .. }, _) | (_, Some((SuggestedRole::Time, _))) => Some("time"),
        (_, Some((SuggestedRole::Weight, _))) => Some("weight"),
        (_, Some((_, Reason::RowIndex | Reason::UniqueIdentifier | Reason::RepeatedIdentifier))) => Some("identifier"),
        _ => None,
    }
}

fn is_constant(column: &Column) -> bool {
    match &column.values {
        Values::Number { values, .. } => {
            let mut known = values.iter().filter(|v| v.is_finite());
            let first = known.next();
            known.all(|v| Some(v) == first) && values.iter().all(|v| v.is_finite())
        }
        Values::Text { codes, .. } => codes.windows(2).all(|pair| pair[0] == pair[1]),
    }
}

/// Says in words and places what was found.
struct Teller<'a> {
    subject: &'a Subject,
    case: &'a Case,
    row: u32,
    near: Neighbourhood,
}

impl Teller<'_> {
    fn tell(&self, reached: &Reached) -> Counterfactual {
        let mut after = self.case.clone();
        reached.edits.iter().for_each(|(feature, cell)| after.cells[*feature] = cell.clone());
        let nearest = self.near.nearest(&after, self.row).map(|found| {
            let (distance, lonelier) = (found.distance, found.lonelier);
            report::Nearest { row: u64::from(found.row), distance, lonelier, rows: self.near.rows() }
        });
        Counterfactual {
            changes: reached.edits.iter().map(|(feature, cell)| self.moved(*feature, cell)).collect(),
            answer: answer(self.subject, &reached.prediction, 0),
            distance: reached.distance,
            nearest,
        }
    }

    fn moved(&self, feature: usize, new: &Cell) -> Move {
        let column = &self.subject.table.columns()[self.subject.feature_columns[feature]];
        let old = self.case.cell(feature);
        let space = self.near.space(feature);
        Move {
            column: column.name.clone(),
            old: display(column, old),
            new: display(column, new).unwrap_or_default(),
            rows: holders(column, new),
            distance: space.distance(old, new),
            old_rank: space.rank(old),
            new_rank: space.rank(new),
        }
    }
}

/// Rows of a column with this very cell.
fn holders(column: &Column, cell: &Cell) -> u64 {
    let count = match (&column.values, cell) {
        (Values::Number { values, .. }, Cell::Number(value)) => values.iter().filter(|v| *v == value).count(),
        (Values::Text { .. }, Cell::Text(text)) => {
            (0..column.len()).filter(|row| column.str_at(*row) == Some(text)).count()
        }
        _ => 0,
    };
    count as u64
}
