//! The search.

use std::collections::BTreeSet;

use fine_model::Prediction;

use super::aim::{Aim, outcome};
use super::case::{display, table};
use super::space::{Axis, Space, axes};
use super::{Answer, Case, Cell, Change, Counterfactual, Params};
use crate::stage::StageError;
use crate::subject::Subject;

/// States that are carried to the next number of changes.
const BEAM: usize = 4;
/// Features that may join a state: those whose single changes came nearest to the goal.
const BREADTH: usize = 12;
/// Rounds in which a changed number is brought nearer to what it was.
const ROUNDS: usize = 3;

/// A subject made ready for the search; rows are searched one by one.
#[derive(Debug)]
pub struct Search<'a> {
    subject: &'a Subject,
    params: &'a Params,
    axes: Vec<Axis>,
}

/// Some changed cells, at most one a feature, in the order of the features.
pub(crate) type Edits = Vec<(usize, Cell)>;

/// Edits and what the model says of them.
#[derive(Clone, Debug)]
struct State {
    edits: Edits,
    reached: bool,
    nearness: f64,
    distance: f64,
}

/// How far a search goes beyond [`Params`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extent {
    /// Every observed value of every feature is tried alone, when those are no more than this; else [`Params::values`] of each.
    pub(crate) singles: u64,
    /// Whether the best try is kept when nothing was found.
    pub(crate) closest: bool,
}

/// Edits that were predicted on their own.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    pub(crate) edits: Edits,
    pub(crate) distance: f64,
    /// Of one row.
    pub(crate) prediction: Prediction,
}

/// A search and what it found.
#[derive(Clone, Debug)]
pub(crate) struct Sought {
    /// The row as it is.
    pub(crate) start: Prediction,
    /// Fewest changes first, then nearest.
    pub(crate) found: Vec<Reached>,
    /// Nothing was found: what came nearest to the goal, if anything came nearer than the row as it is.
    pub(crate) closest: Option<Reached>,
    /// Single changes that were tried.
    pub(crate) singles: u64,
    /// Whether those were all observed values of all features that may change.
    pub(crate) exhaustive: bool,
    pub(crate) queries: u64,
    pub(crate) complete: bool,
    pub(crate) reason: Option<&'static str>,
}

impl<'a> Search<'a> {
    /// Reads what each feature may become from the audited rows.
    ///
    /// # Errors
    /// [`StageError::Failed`] with `immutable-unknown` for a named feature that the model does not have, `no-order` for one that
    /// shall rise or fall and holds text.
    pub fn new(subject: &'a Subject, params: &'a Params) -> Result<Self, StageError> {
        Ok(Self { subject, params, axes: axes(subject, params)? })
    }

    /// Searches one row. `done(predictions)` is called after each batch and may stop the work.
    ///
    /// # Errors
    /// [`StageError::Failed`] with `goal-unknown` for a goal that the model cannot reach by its kind, `predict` for a row that
    /// the model refuses as it is; what `done` answers.
    pub fn find(&self, case: &Case, done: &dyn Fn(u64) -> Result<(), StageError>) -> Result<Answer, StageError> {
        let sought = self.seek(case, Extent::default(), done)?;
        Ok(Answer {
            start: outcome(self.subject, &sought.start, 0),
            found: sought.found.iter().map(|reached| self.described(case, reached)).collect(),
            queries: sought.queries,
            complete: sought.complete,
            reason: sought.reason.map(str::to_owned),
        })
    }

    /// As [`Search::find`], with what a person may want to know of the search.
    ///
    /// # Errors
    /// As [`Search::find`].
    pub(crate) fn seek(
        &self,
        case: &Case,
        extent: Extent,
        done: &dyn Fn(u64) -> Result<(), StageError>,
    ) -> Result<Sought, StageError> {
        let start = self.predict(std::iter::once(case))??;
        done(1)?;
        let aim = Aim::of(self.subject, self.params, start.labels.first().copied())?;
        let (there, nearness) = aim.look(&start, 0);
        let mut run = Run {
            search: self,
            case,
            aim,
            extent,
            used: 1,
            singles: 0,
            complete: true,
            exhaustive: false,
            refused: false,
            closest: None,
            done,
        };
        let mut reason = None;
        let mut found = Vec::new();
        if there {
            reason = Some("already-there");
        } else if self.axes.iter().all(|axis| matches!(axis.space, Space::Fixed)) {
            reason = Some("nothing-may-change");
        } else {
            found = run.all()?;
            if found.is_empty() {
                reason = Some(match (run.refused, run.complete) {
                    (true, _) => "model-refused",
                    (_, false) => "budget-used",
                    _ => "nothing-found",
                });
            }
        }
        let closest = match run.closest.take().filter(|state| found.is_empty() && state.nearness > nearness) {
            Some(state) => run.alone(&state)?,
            None => None,
        };
        let Run { used: queries, singles, complete, exhaustive, .. } = run;
        Ok(Sought { start, found, closest, singles, exhaustive, queries, complete, reason })
    }

    /// The outer error is ours, the inner one the model's.
    fn predict<'c>(
        &self,
        cases: impl Iterator<Item = &'c Case> + Clone,
    ) -> Result<Result<Prediction, fine_model::PredictError>, StageError> {
        let table = table(self.subject, cases)
            .ok_or_else(|| StageError::Failed { id: "predict", detail: "uneven columns".into() })?;
        Ok(self.subject.model.predict(&table))
    }

    fn distance(&self, case: &Case, edits: &Edits) -> f64 {
        edits.iter().map(|(f, cell)| self.axes[*f].space.distance(&case.cells[*f], cell)).sum()
    }

    fn described(&self, case: &Case, reached: &Reached) -> Counterfactual {
        let subject = self.subject;
        let change = |(f, cell): &(usize, Cell)| {
            let column = &subject.table.columns()[subject.feature_columns[*f]];
            Change {
                feature: subject.model.features[*f].name.clone(),
                from: display(column, &case.cells[*f]),
                to: display(column, cell).unwrap_or_default(),
            }
        };
        let changes = reached.edits.iter().map(change).collect();
        Counterfactual { changes, distance: reached.distance, outcome: outcome(subject, &reached.prediction, 0) }
    }
}

/// The search of one row.
struct Run<'a> {
    search: &'a Search<'a>,
    case: &'a Case,
    aim: Aim,
    extent: Extent,
    used: u64,
    singles: u64,
    complete: bool,
    exhaustive: bool,
    refused: bool,
    closest: Option<State>,
    done: &'a dyn Fn(u64) -> Result<(), StageError>,
}

impl Run<'_> {
    fn all(&mut self) -> Result<Vec<Reached>, StageError> {
        let (case, axes, params) = (self.case, &self.search.axes, self.search.params);
        let singles = |most: usize| {
            let of = |(f, axis): (usize, &Axis)| {
                axis.candidates(&case.cells[f], most).into_iter().map(move |cell| vec![(f, cell)])
            };
            axes.iter().enumerate().flat_map(of).collect::<Vec<Edits>>()
        };
        let grid = singles(params.values as usize);
        let room = params.queries.saturating_sub(self.used + u64::from(params.answers));
        let every = axes.iter().map(|axis| axis.space.len() as u64).sum::<u64>();
        let fits = axes.iter().all(|axis| axis.space.len() <= params.values as usize);
        self.exhaustive = fits || every <= self.extent.singles.min(room);
        let tried = if self.exhaustive { singles(usize::MAX) } else { grid.clone() };
        let Some(singles) = self.try_all(tried)? else {
            self.exhaustive = false;
            return Ok(Vec::new());
        };
        self.singles = singles.len() as u64;
        let mut taken = vec![false; axes.len()];
        let mut found: Vec<(usize, Reached)> = Vec::new();
        for _ in 0..params.answers {
            let free = singles.iter().filter(|s| !taken[s.edits[0].0]).cloned().collect::<Vec<_>>();
            let Some(state) = self.one(&free, &grid)? else { break };
            state.edits.iter().for_each(|(f, _)| taken[*f] = true);
            found.extend(self.verified(&state)?.map(|reached| (state.edits.len(), reached)));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.distance.total_cmp(&b.1.distance)));
        Ok(found.into_iter().map(|(_, reached)| reached).collect())
    }

    /// The nearest state with the fewest changes among those that are tried; several changes are those of the grid.
    fn one(&mut self, singles: &[State], grid: &[Edits]) -> Result<Option<State>, StageError> {
        if let Some(state) = nearest(singles) {
            return if self.exhaustive { Ok(Some(state)) } else { Ok(Some(self.shortened(state)?)) };
        }
        let singles = singles.iter().filter(|s| grid.contains(&s.edits)).cloned().collect::<Vec<_>>();
        let mut order = singles.iter().collect::<Vec<_>>();
        order.sort_by(|a, b| b.nearness.total_cmp(&a.nearness));
        let mut promising = Vec::new();
        for single in &order {
            let feature = single.edits[0].0;
            if promising.len() < BREADTH && !promising.contains(&feature) {
                promising.push(feature);
            }
        }
        let mut beam = widest(order.into_iter().cloned().collect());
        for _ in 1..self.search.params.changes {
            let mut seen = BTreeSet::new();
            let mut next = Vec::new();
            for state in &beam {
                for single in singles.iter().filter(|s| promising.contains(&s.edits[0].0)) {
                    if state.edits.iter().any(|(f, _)| *f == single.edits[0].0) {
                        continue;
                    }
                    let mut edits = state.edits.clone();
                    edits.push(single.edits[0].clone());
                    edits.sort_by_key(|(f, _)| *f);
                    if self.search.distance(self.case, &edits)
                        > self.search.params.max_distance.unwrap_or(f64::INFINITY)
                    {
                        continue;
                    }
                    // The same set of changes in another order is the same state.
                    let key = edits.iter().map(|(f, cell)| format!("{f} {cell:?}")).collect::<Vec<_>>();
                    if seen.insert(key) {
                        next.push(edits);
                    }
                }
            }
            let Some(states) = self.try_all(next)? else { return Ok(None) };
            if let Some(state) = nearest(&states) {
                let pruned = self.pruned(state)?;
                return Ok(Some(self.shortened(pruned)?));
            }
            beam = widest(states);
        }
        Ok(None)
    }

    /// Takes back changes that are not needed.
    fn pruned(&mut self, mut state: State) -> Result<State, StageError> {
        while state.edits.len() > 1 {
            let without = |i: usize| {
                let kept = state.edits.iter().enumerate().filter(|(j, _)| *j != i);
                kept.map(|(_, e)| e.clone()).collect::<Edits>()
            };
            let fewer = (0..state.edits.len()).map(without).collect();
            let Some(states) = self.try_all(fewer)? else { return Ok(state) };
            let Some(better) = nearest(&states) else { return Ok(state) };
            state = better;
        }
        Ok(state)
    }

    /// Brings changed numbers nearer to what they were, as long as the goal stays reached.
    fn shortened(&mut self, mut state: State) -> Result<State, StageError> {
        for i in 0..state.edits.len() {
            for _ in 0..ROUNDS {
                let (feature, cell) = &state.edits[i];
                let space = &self.search.axes[*feature].space;
                let most = self.search.params.values as usize;
                let nearer = space.between(&self.case.cells[*feature], cell, most).into_iter();
                let with = |cell: Cell| {
                    let mut edits = state.edits.clone();
                    edits[i].1 = cell;
                    edits
                };
                let nearer = nearer.map(with).collect::<Vec<_>>();
                if nearer.is_empty() {
                    break;
                }
                let Some(states) = self.try_all(nearer)? else { return Ok(state) };
                let Some(better) = nearest(&states) else { break };
                state = better;
            }
        }
        Ok(state)
    }

    /// Predicts all edits; `None` when the budget does not suffice or the model refuses one.
    fn try_all(&mut self, all: Vec<Edits>) -> Result<Option<Vec<State>>, StageError> {
        let count = all.len() as u64;
        // Each answer is predicted once more at the end.
        if self.used + count + u64::from(self.search.params.answers) > self.search.params.queries {
            self.complete = false;
            return Ok(None);
        }
        if all.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let cases = all.iter().map(|edits| edited(self.case, edits)).collect::<Vec<_>>();
        let predicted = self.search.predict(cases.iter())?;
        self.used += count;
        (self.done)(count)?;
        let Ok(p) = predicted else {
            self.refused = true;
            return Ok(None);
        };
        let state = |(row, edits): (usize, Edits)| {
            let (reached, nearness) = self.aim.look(&p, row);
            State { reached, nearness, distance: self.search.distance(self.case, &edits), edits }
        };
        let states = all.into_iter().enumerate().map(state).collect::<Vec<_>>();
        if self.extent.closest {
            let missed = states.iter().filter(|s| !s.reached);
            let best = missed.reduce(|best, s| if s.nearness > best.nearness { s } else { best });
            let better = best.filter(|s| self.closest.as_ref().is_none_or(|own| s.nearness > own.nearness));
            self.closest = better.cloned().or(self.closest.take());
        }
        Ok(Some(states))
    }

    /// The counterfactual, when the model says the same of the row on its own.
    fn verified(&mut self, state: &State) -> Result<Option<Reached>, StageError> {
        Ok(self.alone(state)?.filter(|reached| self.aim.look(&reached.prediction, 0).0))
    }

    /// The edited row predicted on its own; `None` when the model refuses it.
    fn alone(&mut self, state: &State) -> Result<Option<Reached>, StageError> {
        let case = edited(self.case, &state.edits);
        let Ok(prediction) = self.search.predict(std::iter::once(&case))? else { return Ok(None) };
        self.used += 1;
        (self.done)(1)?;
        Ok(Some(Reached { edits: state.edits.clone(), distance: state.distance, prediction }))
    }
}

fn edited(case: &Case, edits: &Edits) -> Case {
    let mut case = case.clone();
    edits.iter().for_each(|(f, cell)| case.cells[*f] = cell.clone());
    case
}

/// The state that reached the goal with the smallest distance; the earlier one wins a tie.
fn nearest(states: &[State]) -> Option<State> {
    let reached = states.iter().filter(|s| s.reached);
    reached.min_by(|a, b| a.distance.total_cmp(&b.distance)).cloned()
}

/// The states that came nearest to the goal, one for each set of features.
fn widest(mut states: Vec<State>) -> Vec<State> {
    states.sort_by(|a, b| b.nearness.total_cmp(&a.nearness));
    let mut kept: Vec<State> = Vec::new();
    let features = |s: &State| s.edits.iter().map(|(f, _)| *f).collect::<Vec<_>>();
    for state in states {
        if kept.len() < BEAM && kept.iter().all(|k| features(k) != features(&state)) {
            kept.push(state);
        }
    }
    kept
}
