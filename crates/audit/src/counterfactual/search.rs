//! The search.

use std::collections::BTreeSet;

use fine_model::Prediction;

use super::aim::{Aim, outcome};
use super::case::{display, table};
use super::space::{Space, spaces};
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
    spaces: Vec<Space>,
}

/// Some changed cells, at most one a feature, in the order of the features.
type Edits = Vec<(usize, Cell)>;

/// Edits and what the model says of them.
#[derive(Clone, Debug)]
struct State {
    edits: Edits,
    reached: bool,
    nearness: f64,
    distance: f64,
}

impl<'a> Search<'a> {
    /// Reads what each feature may become from the audited rows.
    ///
    /// # Errors
    /// [`StageError::Failed`] with `immutable-unknown` for an immutable feature that the model does not have.
    pub fn new(subject: &'a Subject, params: &'a Params) -> Result<Self, StageError> {
        Ok(Self { subject, params, spaces: spaces(subject, params)? })
    }

    /// Searches one row. `done(predictions)` is called after each batch and may stop the work.
    ///
    /// # Errors
    /// [`StageError::Failed`] with `goal-unknown` for a goal that the model cannot reach by its kind, `predict` for a row that
    /// the model refuses as it is; what `done` answers.
    pub fn find(&self, case: &Case, done: &dyn Fn(u64) -> Result<(), StageError>) -> Result<Answer, StageError> {
        let first = self.predict(std::iter::once(case))??;
        done(1)?;
        let aim = Aim::of(self.subject, self.params, first.labels.first().copied())?;
        let mut run = Run { search: self, case, aim, used: 1, complete: true, refused: false, done };
        let mut answer = Answer {
            start: outcome(self.subject, &first, 0),
            found: Vec::new(),
            queries: 0,
            complete: true,
            reason: None,
        };
        if aim.look(&first, 0).0 {
            answer.reason = Some("already-there".into());
        } else if self.spaces.iter().all(|s| matches!(s, Space::Fixed)) {
            answer.reason = Some("nothing-may-change".into());
        } else {
            answer.found = run.all()?;
        }
        (answer.queries, answer.complete) = (run.used, run.complete);
        if answer.found.is_empty() && answer.reason.is_none() {
            let reason = match (run.refused, run.complete) {
                (true, _) => "model-refused",
                (_, false) => "budget-used",
                _ => "nothing-found",
            };
            answer.reason = Some(reason.into());
        }
        Ok(answer)
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
        edits.iter().map(|(f, cell)| self.spaces[*f].distance(&case.cells[*f], cell)).sum()
    }
}

/// The search of one row.
struct Run<'a> {
    search: &'a Search<'a>,
    case: &'a Case,
    aim: Aim,
    used: u64,
    complete: bool,
    refused: bool,
    done: &'a dyn Fn(u64) -> Result<(), StageError>,
}

impl Run<'_> {
    fn all(&mut self) -> Result<Vec<Counterfactual>, StageError> {
        let most = self.search.params.values as usize;
        let single = |(f, space): (usize, &Space)| {
            space.candidates(&self.case.cells[f], most).into_iter().map(move |cell| vec![(f, cell)])
        };
        let singles = self.search.spaces.iter().enumerate().flat_map(single).collect::<Vec<_>>();
        let Some(singles) = self.try_all(singles)? else { return Ok(Vec::new()) };
        let mut taken = vec![false; self.search.spaces.len()];
        let mut found = Vec::new();
        for _ in 0..self.search.params.answers {
            let free = singles.iter().filter(|s| !taken[s.edits[0].0]).cloned().collect::<Vec<_>>();
            let Some(state) = self.one(&free)? else { break };
            state.edits.iter().for_each(|(f, _)| taken[*f] = true);
            found.extend(self.verified(&state)?.map(|c| (state.distance, c)));
        }
        found.sort_by(|a, b| a.1.changes.len().cmp(&b.1.changes.len()).then(a.0.total_cmp(&b.0)));
        Ok(found.into_iter().map(|(_, c)| c).collect())
    }

    /// The nearest state with the fewest changes among those that are tried.
    fn one(&mut self, singles: &[State]) -> Result<Option<State>, StageError> {
        if let Some(state) = nearest(singles) {
            return Ok(Some(self.shortened(state)?));
        }
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
                let space = &self.search.spaces[*feature];
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
        Ok(Some(all.into_iter().enumerate().map(state).collect()))
    }

    /// The counterfactual, when the model says the same of the row on its own.
    fn verified(&mut self, state: &State) -> Result<Option<Counterfactual>, StageError> {
        let subject = self.search.subject;
        let case = edited(self.case, &state.edits);
        let Ok(p) = self.search.predict(std::iter::once(&case))? else { return Ok(None) };
        self.used += 1;
        (self.done)(1)?;
        if !self.aim.look(&p, 0).0 {
            return Ok(None);
        }
        let change = |(f, cell): &(usize, Cell)| {
            let column = &subject.table.columns()[subject.feature_columns[*f]];
            Change {
                feature: subject.model.features[*f].name.clone(),
                from: display(column, &self.case.cells[*f]),
                to: display(column, cell).unwrap_or_default(),
            }
        };
        let changes = state.edits.iter().map(change).collect();
        Ok(Some(Counterfactual { changes, distance: state.distance, outcome: outcome(subject, &p, 0) }))
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
