//! What a number, a name and a measure of a sentence belong to.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::fact::{Fact, Facts, Part, Role, Unit};

use super::lexicon::{RoleWord, Sense, Written};
use super::meaning::Meaning;
use super::number::{Fit, Number};
use super::reading::{Item, Reading};
use super::verify::{Kind, Rejection};
use crate::catalogue::Catalogue;

/// Measures whose rows are all rows of the group or slice.
const OWN_ROWS: [&str; 7] =
    ["slice.loss", "rate.selection", "rate.accuracy", "rate.base", "rate.mae", "mean.prediction", "mean.truth"];

/// A name that was said: the aliases that it may stand for.
pub(super) type Mention<'a> = &'a [String];

/// A sentence beside the facts that it cites.
pub(super) struct Bench<'a> {
    pub(super) reading: &'a Reading,
    pub(super) facts: &'a Facts,
    pub(super) cited: &'a [&'a Fact],
    pub(super) words: &'a Catalogue,
    /// Names and measures that some claim took up; what none takes up is said without proof.
    pub(super) used: RefCell<BTreeSet<usize>>,
    /// Ids of the facts that claims were checked against.
    pub(super) bound: RefCell<BTreeSet<String>>,
}

impl<'a> Bench<'a> {
    /// Checks a number; `Ok(true)` when it claims something.
    pub(super) fn number(&self, at: usize, number: &Number) -> Result<bool, Rejection> {
        if self.counted(at, number) {
            return Ok(false);
        }
        let roles = match self.meaning(at, number) {
            Meaning::Confidence => return Ok(false),
            Meaning::Rank => return self.rank(at, number).map(|()| true),
            Meaning::Roles(roles) => roles,
        };
        let number = &self.with_unit(at, number, &roles);
        let level = matches!(roles[..], [Role::Level | Role::Issues | Role::Warnings | Role::Open | Role::Judged]);
        let names = if level { Vec::new() } else { self.names_at(at) };
        // `1167 rows` is no width of an interval.
        let next = self.reading.neighbour(at, true).map(|i| &self.reading.items[i]);
        let counts = |role: Role| matches!(role, Role::Issues | Role::Warnings | Role::Open | Role::Judged);
        if let [role] = roles[..]
            && counts(role)
            && !self.counts_the_audit(at, role)
        {
            return Err(self.reject(Kind::Binding, at));
        }
        let near = self.measures_of(self.reading.clause_of(at));
        let levelled = |f: &Fact| roles != [Role::Level] || f.measures().any(|m| near.contains(m));
        let of_rows = number.written == Written::Bare && next.is_some_and(|i| i.role(RoleWord::Rows));
        let mut found: Vec<(Fit, &Fact, Role)> = Vec::new();
        for role in &roles {
            let fits = |f: &Fact| {
                f.value(*role).is_some()
                    && number.scale(f, *role).is_some()
                    && (*role != Role::Value || (roles.len() == 1 && !of_rows) || f.unit == Unit::Count)
                    && levelled(f)
                    && (*role != Role::N
                        || f.scope.is_empty()
                        || !self.has_rows(at)
                        || OWN_ROWS.contains(&f.measure.as_str()))
                    && !self.counts_else(f, at)
                    && !self.rows_alone(*role)
                    && self.both_features(f)
                    && (level || self.about(f, &names))
                    && self.in_order(f)
                    && (level || self.measured(f, at, *role))
            };
            for fact in self.cited.iter().filter(|f| fits(f)) {
                self.alone(fact, &names, *role).map_err(|()| self.reject(Kind::Binding, at))?;
                found.push((number.fits(fact, *role, self.words), fact, *role));
            }
        }
        match (found.iter().map(|f| f.0).min(), found.iter().map(|f| f.0).max()) {
            (Some(Fit::Yes), _) => {
                // The size of a stress says nothing of what came of it.
                self.bind(found.iter().filter(|f| f.2 != Role::Level).map(|f| f.1));
                Ok(true)
            }
            (_, Some(Fit::Yes)) => Err(self.reject(Kind::Binding, at)),
            (_, Some(Fit::Rounded)) => Err(self.reject(Kind::Rounding, at)),
            _ => Err(self.reject(self.why(number), at)),
        }
    }

    /// Cited facts whose value some numbers say.
    pub(super) fn told<'n>(&self, numbers: impl Iterator<Item = &'n Item>) -> Vec<&'a Fact> {
        let numbers: Vec<&Number> =
            numbers.filter_map(|item| if let Item::Number(n) = item { Some(n) } else { None }).collect();
        let told = |f: &&&Fact| numbers.iter().any(|n| n.fits(f, Role::Value, self.words) == Fit::Yes);
        self.cited.iter().filter(told).copied().collect()
    }

    /// A number that says no value of a cited fact is wrong; one that does belongs to something else.
    fn why(&self, number: &Number) -> Kind {
        let all = self.cited.iter().flat_map(|f| f.values.keys().map(move |r| number.fits(f, *r, self.words)));
        match all.max() {
            Some(Fit::Yes) => Kind::Binding,
            Some(Fit::Rounded) => Kind::Rounding,
            _ => Kind::Number,
        }
    }

    pub(super) fn reject(&self, kind: Kind, at: usize) -> Rejection {
        Rejection::new(kind, &self.reading.items[at].text())
    }

    fn rank(&self, at: usize, number: &Number) -> Result<(), Rejection> {
        let names = self.names_at(at);
        let measures = self.measures_at(at);
        let fits = |f: &&&Fact| measures.contains(f.measure.as_str()) && self.about(f, &names);
        let facts: Vec<&&Fact> = self.cited.iter().filter(fits).collect();
        let right = |f: &Fact| match (f.place, f.measure.as_str()) {
            (_, "EXPL-PROTECTED-TOP") => f.value(Role::Value) == Some(number.value),
            (Some(place), _) => f64::from(place.high) == number.value,
            _ => false,
        };
        if facts.is_empty() || !facts.iter().all(|f| right(f)) {
            return Err(self.reject(Kind::Comparison, at));
        }
        self.bind(facts.into_iter().copied());
        Ok(())
    }

    /// A quotient is that of the group over its reference: a sentence names the group first.
    fn in_order(&self, fact: &Fact) -> bool {
        if !fact.is_quotient() {
            return true;
        }
        let is = |part: Part, i: usize| fact.part(part).is_some_and(|p| self.mention(i).iter().any(|a| a == p));
        let names = (0..self.reading.items.len()).filter(|i| matches!(self.reading.items[*i], Item::Name(..)));
        let groups: Vec<usize> = names.filter(|i| is(Part::Group, *i) || is(Part::Reference, *i)).collect();
        let twice = groups.windows(2).any(|w| self.mention(w[0]) == self.mention(w[1]));
        // `Compared with b, a has a ratio of 0.3`: what stands behind the comparison is the reference.
        let than = |i: usize| self.reading.items[i].has(|s| *s == Sense::Than);
        let first = |i: &usize| if (0..*i).any(than) { Part::Reference } else { Part::Group };
        groups.first().is_none_or(|i| is(first(i), *i)) && !twice
    }
}
