//! Comparisons, superlatives, places and directions, resolved to values of cited facts.

use std::collections::BTreeSet;

use fine_audit::finding::{Outcome, Side};

use super::bind::{Bench, Mention};
use super::fact::{Fact, Part, Role};
use super::lexicon::{Guard, Relation, RoleWord, Sense};
use super::number::Fit;
use super::reading::{Item, Opener};
use super::verify::{Kind, Rejection};

impl<'a> Bench<'a> {
    /// Checks `more than`, `below the limit` and the like.
    pub(super) fn comparison(&self, at: usize, relation: Relation, object: bool) -> Result<(), Rejection> {
        let refuse = || self.reject(Kind::Comparison, at);
        if self.negated(at) {
            return Err(refuse());
        }
        let clause = self.reading.clause_of(at);
        // More rows, a narrower interval, a higher p-value: no value.
        let other = |i: &Item| [RoleWord::Rows, RoleWord::P].into_iter().any(|role| i.role(role));
        let next = self.reading.items.get(at + 1).is_some_and(other);
        let interval = |i: &Item| i.role(RoleWord::Interval);
        let from = self.reading.clauses[clause].from;
        let role = (from..at).rev().take_while(|i| !matches!(self.reading.items[*i], Item::Number(_))).find(|i| {
            let item = &self.reading.items[*i];
            other(item) || interval(item)
        });
        if next || role.is_some() {
            return Err(refuse());
        }
        let left = self.left(at, clause).ok_or_else(refuse)?;
        let both = self.reading.clause_has(clause, |s| *s == Sense::Both);
        if (both && self.cited.len() > 1 && !self.hold_all(at, relation, clause, object))
            || self.after_another(at, clause)
        {
            return Err(refuse());
        }
        self.bind(left.iter().copied());
        if matches!(relation, Relation::Within | Relation::Past) {
            let warning = self.reading.items.iter().any(|i| i.has(|s| *s == Sense::Outcome(Outcome::Watch)));
            return self.to_limit(at, &left, relation, warning).then_some(()).ok_or_else(refuse);
        }
        let Some(side) = self.right_clause(clause, object) else {
            return self.extreme(at, relation);
        };
        let sides = std::iter::once(side).chain(self.further_sides(side));
        let ok = sides.into_iter().all(|side| self.against(at, &left, relation, side));
        ok.then_some(()).ok_or_else(refuse)
    }

    /// Clauses that go on the second side: `more than masking a with 1 and masking b with 2`.
    fn further_sides(&self, side: usize) -> Vec<usize> {
        let goes_on = |c: &usize| {
            let and = self.reading.of_clause(*c).next().is_some_and(|(_, i)| i.has(|s| *s == Sense::And));
            let claims = |s: &Sense| {
                matches!(s, Sense::Compare { .. } | Sense::Outcome(_) | Sense::Extreme(_) | Sense::Change(_))
            };
            and && !self.reading.names(*c).is_empty() && !self.reading.clause_has(*c, claims)
        };
        let small = |c: &usize| self.reading.names(*c).is_empty() && !self.reading.clause_has(*c, |s| *s == Sense::And);
        let first = side + 1 + usize::from(side + 1 < self.reading.clauses.len() && small(&(side + 1)));
        (first..self.reading.clauses.len()).take_while(goes_on).collect()
    }

    /// Whether what stands on the left is more or less than what a clause says.
    fn against(&self, at: usize, left: &[&'a Fact], relation: Relation, side: usize) -> bool {
        let clause = self.reading.clause_of(at);
        let warning =
            self.reading.of_clause(side).any(|(_, i)| i.text().contains("warning") || i.text().contains("aviso"));
        let role = |word: RoleWord| self.reading.of_clause(side).any(|(_, i)| i.role(word));
        let numbers = self.numbers_of(side);
        let stated = !numbers.is_empty() || warning;
        let names = self.take(self.reading.names(side));
        let measured = self.reading.of_clause(side).filter(|(_, i)| i.measures().is_some()).map(|(i, _)| i);
        let right_measures = self.said(measured.collect());
        if role(RoleWord::Limit) {
            self.to_limit(at, left, relation, stated)
        } else if role(RoleWord::Baseline) && names.is_empty() {
            self.to_role(left, relation, Role::Baseline)
        } else if role(RoleWord::Rest) && names.is_empty() {
            let excess = left.iter().any(|f| f.measure == "SLICE-LOSS") && self.named_with(at, Guard::Excess);
            !excess && self.to_role(left, relation, Role::Rest)
        } else if role(RoleWord::Level) && names.is_empty() && right_measures.is_empty() {
            self.to_role(left, relation, Role::Level)
        } else if names.is_empty()
            && right_measures.is_empty()
            && self.reading.clause_has(side, |s| *s == Sense::Overall)
        {
            self.to_facts(left, relation, &[], &self.measures_of(clause))
        } else if names.is_empty() && right_measures.is_empty() {
            self.to_number(at, left, relation, &numbers)
        } else {
            let own = self.names_of(clause);
            let names = if names.is_empty() { own } else { names };
            let measures = if right_measures.is_empty() { self.measures_of(clause) } else { right_measures };
            self.to_facts(left, relation, &names, &measures) || self.spread(clause, &names, &measures, relation)
        }
    }

    /// `both above the limit` after two numbers: of both of them.
    fn hold_all(&self, at: usize, relation: Relation, clause: usize, object: bool) -> bool {
        let facts = self.told(self.reading.items[..at].iter());
        let side = self.right_clause(clause, object);
        let numbers = side.map(|side| self.numbers_of(side)).unwrap_or_default();
        let fits = |f: &Fact, i: usize| match &self.reading.items[i] {
            Item::Number(n) => {
                let role = |r: Role| n.fits(f, r, self.words) == Fit::Yes;
                role(Role::Limit) || role(Role::Baseline) || f.value(Role::Limit).is_none()
            }
            _ => true,
        };
        let holds = |f: &Fact| {
            numbers.iter().all(|i| fits(f, *i)) && side.is_none_or(|side| self.against(at, &[f], relation, side))
        };
        facts.len() > 1 && facts.iter().all(|f| holds(f))
    }

    /// `a is more than b, and below the limit`: which of them?
    fn after_another(&self, at: usize, clause: usize) -> bool {
        let own = self.reading.of_clause(clause).any(|(i, item)| i < at && item.names_something());
        let sided = |c: usize| {
            let opener = self.reading.clauses[c].opener;
            matches!(opener, Opener::Than | Opener::Object)
                && self.reading.of_clause(c).any(|(_, i)| i.names_something())
        };
        !own && self.cited.len() > 1 && (1..clause).any(sided) && self.names_before(clause).is_empty()
    }

    /// A word of denial right before an item.
    pub(super) fn negated(&self, at: usize) -> bool {
        let c = self.reading.clauses[self.reading.clause_of(at)];
        (c.from..at).rev().take(3).any(|i| self.reading.items[i].has(|s| *s == Sense::Not))
    }

    fn numbers_of(&self, clause: usize) -> Vec<usize> {
        self.reading.of_clause(clause).filter(|(_, i)| matches!(i, Item::Number(_))).map(|(i, _)| i).collect()
    }

    /// The cited facts on the left of a comparison, or those of a spread.
    fn left(&self, at: usize, clause: usize) -> Option<Vec<&'a Fact>> {
        if self.reading.clauses[clause].opener == Opener::Than {
            return None;
        }
        let names = self.names_before(clause);
        // More of a fall is less of what falls.
        let falls =
            |f: &Fact| !f.drop || self.near(at, &|s| matches!(s, Sense::Change(_))) || self.names_the_drop(f, at);
        let remains = self.reading.of_clause(clause).any(|(i, _)| i < at && self.listed(Guard::Remains, i));
        let excess = || {
            let number = |i: usize| matches!(self.reading.items[i], Item::Number(_)) && self.distance(i);
            self.named_with(at, Guard::Excess) || self.reading.of_clause(clause).any(|(i, _)| number(i))
        };
        let right = |f: &Fact| match f.measure.as_str() {
            "SLICE-LOSS" | "FAIR-GROUP-LOSS" => excess(),
            m if m.starts_with("FAIR-") => self.put_right(f, at),
            _ => !(f.drop && remains),
        };
        let fits = |f: &&&Fact| self.about(f, &names) && self.measured(f, at, Role::N) && falls(f) && right(f);
        let facts: Vec<&Fact> = self.cited.iter().filter(fits).copied().collect();
        let clear = facts.iter().all(|f| self.alone(f, &names, Role::Value).is_ok());
        clear.then_some(facts)
    }

    /// The names on the left: of the clause, of those before it, or of those after it that are no second side.
    fn names_before(&self, clause: usize) -> Vec<Mention<'a>> {
        let than = |c: usize| matches!(self.reading.clauses[c].opener, Opener::Than | Opener::Object);
        let order = (0..=clause).rev().chain(clause + 1..self.reading.clauses.len());
        for c in order {
            let names = self.reading.names(c);
            if !names.is_empty() && (c == clause || !than(c)) {
                return self.take(names);
            }
            if self.reading.clause_has(c, |s| *s == Sense::Overall) {
                return Vec::new();
            }
        }
        Vec::new()
    }

    /// The clause with the second side: after an object, after the next `than`, or a `compared with` before.
    fn right_clause(&self, clause: usize, object: bool) -> Option<usize> {
        let clauses = &self.reading.clauses;
        if object {
            return Some(clause + 1).filter(|c| *c < clauses.len());
        }
        let than = |c: &usize| clauses[*c].opener == Opener::Than;
        (clause + 1..clauses.len()).find(than).or_else(|| (0..clause).rev().find(than))
    }

    /// Against the limit. An open question is past no limit; a warning is past one, which has to be said.
    fn to_limit(&self, at: usize, left: &[&Fact], relation: Relation, stated: bool) -> bool {
        let said = |word: RoleWord| self.reading.items[..at].iter().any(|i| i.role(word));
        let side = match (said(RoleWord::Lower), said(RoleWord::Upper)) {
            (true, true) => return false,
            (true, false) => Role::Low,
            (false, true) => Role::High,
            (false, false) => Role::Value,
        };
        let judged: Vec<&&Fact> = left.iter().filter(|f| f.value(Role::Limit).is_some()).collect();
        let open = self.reading.items.iter().any(|i| i.has(|s| *s == Sense::Outcome(Outcome::Inconclusive)));
        let holds = |f: &Fact| {
            let (Some(value), Some(limit)) = (f.value(side), f.value(Role::Limit)) else { return false };
            let settled = match f.outcome {
                Some(Outcome::Pass | Outcome::Issue) => true,
                Some(Outcome::Watch) => stated || matches!(relation, Relation::Within),
                Some(Outcome::Inconclusive) => open && !matches!(relation, Relation::Within | Relation::Past),
                _ => false,
            };
            let bad = match f.better {
                Some(Side::Above) => value < limit,
                Some(Side::Below) => value > limit,
                None => return false,
            };
            settled
                && match relation {
                    Relation::Within => f.outcome == Some(Outcome::Pass),
                    Relation::Past => bad && (f.outcome == Some(Outcome::Issue) || stated),
                    other => holds(value, limit, other, f.better),
                }
        };
        !judged.is_empty() && judged.iter().all(|f| holds(f))
    }

    fn to_role(&self, left: &[&Fact], relation: Relation, role: Role) -> bool {
        // The loss of a weak slice is measured from that of the rest.
        let other = |f: &Fact| f.value(role).or((role == Role::Rest && f.measure == "SLICE-LOSS").then_some(0.0));
        let known: Vec<(f64, f64, &&Fact)> =
            left.iter().filter_map(|f| Some((f.value(Role::Value)?, other(f)?, f))).collect();
        !known.is_empty() && known.iter().all(|(v, r, f)| holds(*v, *r, relation, f.better))
    }

    /// Against a number that is the limit or another value of the left side.
    fn to_number(&self, at: usize, left: &[&Fact], relation: Relation, numbers: &[usize]) -> bool {
        let [only] = numbers else { return false };
        let Item::Number(number) = &self.reading.items[*only] else { return false };
        let limit = |f: &&&Fact| number.fits(f, Role::Limit, self.words) == Fit::Yes;
        let limited: Vec<&Fact> = left.iter().filter(limit).copied().collect();
        limited.len() == left.len() && self.to_limit(at, &limited, relation, true)
    }

    /// Against other cited facts: all of one unit, and every pair has to hold.
    fn to_facts(&self, left: &[&Fact], relation: Relation, names: &[Mention], measures: &BTreeSet<&str>) -> bool {
        let valued = |f: &&&Fact| f.value(Role::Value).is_some();
        let left: Vec<&&Fact> = left.iter().filter(|f| valued(f)).collect();
        let right: Vec<&&Fact> = self
            .cited
            .iter()
            .filter(valued)
            .filter(|f| measures.contains(f.measure.as_str()) && self.about(f, names))
            .collect();
        // Of two measures that are both named, the numbers are compared; else both sides are of one.
        let own: BTreeSet<&str> = left.iter().map(|f| f.measure.as_str()).collect();
        let explicit =
            !measures.iter().any(|m| own.contains(m)) && !matches!(relation, Relation::Better | Relation::Worse);
        let pairs = left.iter().flat_map(|l| right.iter().map(move |r| (l, r)));
        let mut some = false;
        for (l, r) in pairs {
            let (Some(a), Some(b)) = (l.value(Role::Value), r.value(Role::Value)) else { return false };
            self.bind([**l, **r].into_iter());
            if l.id == r.id || l.unit != r.unit || (!explicit && !kin(l, r)) || !holds(a, b, relation, l.better) {
                return false;
            }
            some = true;
        }
        some && right.iter().all(|f| self.alone(f, names, Role::Value).is_ok())
    }

    /// A finding that compares two groups says by itself which is lower.
    fn spread(&self, clause: usize, right: &[Mention], measures: &BTreeSet<&str>, relation: Relation) -> bool {
        let left = self.names_before(clause);
        let ([a], [b]) = (left.as_slice(), right) else { return false };
        let (lower, higher) = match relation {
            Relation::Less => (a, b),
            Relation::More => (b, a),
            _ => return false,
        };
        let says = |f: &Fact| {
            let is = |part: Part, names: &Mention| f.part(part).is_some_and(|p| names.iter().any(|n| n == p));
            f.spread.as_ref().is_some_and(|s| measures.contains(s.as_str()))
                && is(Part::Group, lower)
                && is(Part::Reference, higher)
        };
        let found: Vec<&Fact> = self.cited.iter().filter(|f| says(f)).copied().collect();
        self.bind(found.iter().copied());
        !found.is_empty()
    }

    /// It rises or falls.
    pub(super) fn direction(&self, at: usize, up: bool) -> Result<(), Rejection> {
        let refuse = || self.reject(Kind::Direction, at);
        let clause = self.reading.clause_of(at);
        let names = self.names_of(clause);
        let fits = |f: &&&Fact| f.drop && self.about(f, &names) && self.measured(f, at, Role::Value);
        let facts: Vec<&&Fact> = self.cited.iter().filter(fits).collect();
        self.bind(facts.iter().map(|f| **f));
        // `a drop of -0.03`
        let noun = self.holds(at, Guard::Falls);
        let signed = self.reading.of_clause(clause).any(|(_, i)| matches!(i, Item::Number(n) if n.value < 0.0));
        if signed && !noun {
            return Err(refuse());
        }
        let falls = |f: &Fact| f.value(Role::Value).is_some_and(|v| if up != signed { v < 0.0 } else { v > 0.0 });
        let ok = !facts.is_empty() && facts.iter().all(|f| falls(f)) && !self.negated(at);
        ok.then_some(()).ok_or_else(refuse)
    }

    /// Two groups differ: a finding past its limit says so, or two rates whose finding does.
    pub(super) fn difference(&self, at: usize) -> Result<(), Rejection> {
        let refuse = || self.reject(Kind::Comparison, at);
        let clause = self.reading.clause_of(at);
        let names = self.names_of(clause);
        let measures = self.measures_at(at);
        // `Whether they differ is not settled.`
        let asks = self.reading.of_clause(clause).any(|(i, w)| i < at && matches!(w.text().as_str(), "whether" | "si"));
        let settled = |f: &Fact| match f.outcome {
            Some(Outcome::Issue | Outcome::Watch) => !asks,
            Some(Outcome::Inconclusive) => {
                asks && self.reading.items.iter().any(|i| i.has(|s| *s == Sense::Outcome(Outcome::Inconclusive)))
            }
            _ => false,
        };
        let said = |f: &Fact| {
            let own = measures.contains(f.measure.as_str());
            (own || f.spread.as_ref().is_some_and(|s| measures.contains(s.as_str()))) && self.about(f, &names)
        };
        let facts: Vec<&&Fact> = self.cited.iter().filter(|f| f.outcome.is_some() && said(f)).collect();
        self.bind(facts.iter().map(|f| **f));
        let clear = facts.iter().all(|f| self.alone(f, &names, Role::Value).is_ok());
        let ok = !facts.is_empty() && clear && facts.iter().all(|f| settled(f)) && !self.negated(at);
        ok.then_some(()).ok_or_else(refuse)
    }
}

/// Whether two facts measure the same, of the model or of a group.
fn kin(a: &Fact, b: &Fact) -> bool {
    let last = |f: &Fact| f.measure.rsplit('.').next().unwrap_or_default().to_owned();
    a.measure == b.measure || last(a) == last(b)
}

/// Whether a relation holds between two values.
fn holds(left: f64, right: f64, relation: Relation, better: Option<Side>) -> bool {
    match (relation, better) {
        (Relation::More, _) | (Relation::Better, Some(Side::Above)) | (Relation::Worse, Some(Side::Below)) => {
            left > right
        }
        (Relation::Less, _) | (Relation::Better, Some(Side::Below)) | (Relation::Worse, Some(Side::Above)) => {
            left < right
        }
        (Relation::AtLeast, _) => left >= right,
        (Relation::AtMost, _) => left <= right,
        _ => false,
    }
}
