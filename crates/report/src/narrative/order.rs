//! Superlatives, places and ranges: where a value stands among all of its kind.

use std::collections::BTreeSet;

use fine_audit::finding::Side;

use super::bind::{Bench, Mention};
use super::fact::{Fact, Part, Place};
use super::guards::LARGEST;
use super::lexicon::{Guard, Relation, RoleWord, Sense};
use super::reading::{Item, Opener};
use super::verify::{Kind, Rejection};

impl Bench<'_> {
    /// The most, the least, the second most: places among all of the kind.
    pub(super) fn extreme(&self, at: usize, relation: Relation) -> Result<(), Rejection> {
        let refuse = || self.reject(Kind::Comparison, at);
        // `the largest group`, `most of`, `the highest in the audit`: of what?
        let beside = |i: usize| self.reading.items.get(i).is_some_and(|w| w.neutral()) && self.listed(Guard::Kinds, i);
        let of = self.reading.items.get(at + 1).is_some_and(|i| {
            let text = i.text();
            let first = text.split(' ').next().unwrap_or_default();
            matches!(first, "of" | "de") || i.role(RoleWord::Rows) || text.contains("decision")
        });
        let most = self.reading.items[at].text() == "most" || self.reading.items[at].text().ends_with("mayor parte");
        let groups = |i: &Item| i.neutral() && matches!(i.text().as_str(), "groups" | "grupos");
        let all = self.reading.of_clause(self.reading.clause_of(at)).any(|(_, i)| groups(i));
        let audit = all || self.reading.items.iter().any(|i| i.neutral() && i.text().contains("audit"));
        if beside(at + 1) || (at > 0 && beside(at - 1)) || (most && of) || audit {
            return Err(refuse());
        }
        let clause = self.reading.clause_of(at);
        let rank = self.ordinal_before(at).unwrap_or(1);
        let here = self.reading.names(clause);
        let named: Vec<usize> = if here.is_empty() { self.next_names(clause) } else { here };
        // `a has more than b, and is the largest`: which of them?
        let second = |i: &usize| {
            let c = self.reading.clause_of(*i);
            c != clause && matches!(self.reading.clauses[c].opener, Opener::Than | Opener::Object)
        };
        if named.iter().any(second) {
            return Err(refuse());
        }
        if named.is_empty() && relation == Relation::More && self.worst_feature(at) && !self.negated(at) {
            return Ok(());
        }
        if named.is_empty() || self.negated(at) {
            return Err(refuse());
        }
        self.take(named.clone());
        let measures = self.measures_at(at);
        let listed = named.len() > 1 && self.reading.list_of(named[0]).is_some_and(|l| l == named);
        if listed && !self.one_attribute(&named) {
            return Err(refuse());
        }
        if listed && rank == 1 {
            let most = named.len() as u32;
            let all = named.iter().all(|n| self.placed(at, &[self.mention(*n)], &measures, relation, &|p| p <= most));
            return all.then_some(()).ok_or_else(refuse);
        }
        let names: Vec<Mention> = named.into_iter().map(|i| self.mention(i)).collect();
        let ok = self.placed(at, &names, &measures, relation, &|p| p == rank)
            || (rank == 1 && self.spread_extreme(&names, &measures, relation));
        ok.then_some(()).ok_or_else(refuse)
    }

    /// Whether groups are of one attribute, so that they have places in one order.
    fn one_attribute(&self, names: &[usize]) -> bool {
        let attribute =
            |i: &usize| self.mention(*i).first().and_then(|a| a.split_once(".G")).map(|(a, _)| a.to_owned());
        names.windows(2).all(|w| attribute(&w[0]) == attribute(&w[1]))
    }

    /// Findings about all features carry the largest value of any.
    fn worst_feature(&self, at: usize) -> bool {
        let measures = self.measures_at(at);
        // `the largest drift`: there are several measures of it.
        let kinds =
            LARGEST.iter().filter(|w| measures.contains(**w) && self.facts.facts.iter().any(|f| f.measure == **w));
        if kinds.count() > 1 {
            return false;
        }
        let said = self.cited.iter().filter(|f| measures.contains(f.measure.as_str()));
        let facts: Vec<&Fact> = said.copied().collect();
        self.bind(facts.iter().copied());
        !facts.is_empty() && facts.iter().all(|f| f.scope.is_empty() && LARGEST.contains(&f.measure.as_str()))
    }

    /// Names of the nearest clause before, else after.
    fn next_names(&self, clause: usize) -> Vec<usize> {
        let order = (0..clause).rev().chain(clause + 1..self.reading.clauses.len());
        order.map(|c| self.reading.names(c)).find(|n| !n.is_empty()).unwrap_or_default()
    }

    /// `second most`, also with words between that claim nothing.
    fn ordinal_before(&self, at: usize) -> Option<u32> {
        let c = self.reading.clauses[self.reading.clause_of(at)];
        let quiet = |i: &usize| self.reading.items[*i].neutral() && self.ordinal(*i).is_none();
        (c.from..at).rev().find(|i| !quiet(i)).and_then(|i| self.ordinal(i))
    }

    /// Whether an ordinal belongs to a superlative after it.
    fn before_extreme(&self, at: usize) -> bool {
        let c = self.reading.clauses[self.reading.clause_of(at)];
        let next = (at + 1..c.to).find(|i| !self.reading.items[*i].neutral());
        next.is_some_and(|i| self.reading.items[i].has(|s| matches!(s, Sense::Extreme(_))))
    }

    fn ordinal(&self, at: usize) -> Option<u32> {
        match &self.reading.items[at] {
            Item::Phrase(senses, _) => {
                senses.iter().find_map(|s| if let Sense::Ordinal(n) = s { Some(*n) } else { None })
            }
            _ => None,
        }
    }

    /// Whether the cited facts with these names and measures stand at a place.
    fn placed(
        &self,
        at: usize,
        names: &[Mention],
        measures: &BTreeSet<&str>,
        relation: Relation,
        right: &dyn Fn(u32) -> bool,
    ) -> bool {
        // `masking a, accuracy falls by 0.04, the largest drop`
        let falls = self.near(at, &|s| matches!(s, Sense::Change(_)));
        let watched = |f: &Fact| {
            f.drop && falls && f.watched.as_ref().is_some_and(|w| measures.contains(w.as_str())) && self.conditioned(f)
        };
        // More of a fall is less of what falls.
        let said = |f: &Fact| {
            let own = measures.contains(f.measure.as_str());
            (own && (!f.drop || falls || self.names_the_drop(f, at))) || watched(f)
        };
        let fits = |f: &&&Fact| said(f) && f.place.is_some() && self.about(f, names);
        let facts: Vec<&&Fact> = self.cited.iter().filter(fits).collect();
        self.bind(facts.iter().map(|f| **f));
        let place = |f: &Fact| f.place.and_then(|p| from_end(p, relation, f.better));
        !facts.is_empty() && facts.iter().all(|f| place(f).is_some_and(right))
    }

    fn spread_extreme(&self, names: &[Mention], measures: &BTreeSet<&str>, relation: Relation) -> bool {
        let part = match relation {
            Relation::Less => Part::Group,
            Relation::More => Part::Reference,
            _ => return false,
        };
        let says = |f: &Fact| {
            f.spread.as_ref().is_some_and(|s| measures.contains(s.as_str()))
                && self.about(f, names)
                && names.iter().any(|n| f.part(part).is_some_and(|p| n.iter().any(|a| a == p)))
                && !names.iter().any(|n| {
                    let other = if part == Part::Group { Part::Reference } else { Part::Group };
                    f.part(other).is_some_and(|p| n.iter().any(|a| a == p))
                })
        };
        let found: Vec<&Fact> = self.cited.iter().filter(|f| says(f)).copied().collect();
        self.bind(found.iter().copied());
        !found.is_empty()
    }

    /// `run from 8 % (a) to 26 % (b)`: from the smallest of all to the largest.
    pub(super) fn range(&self, at: usize) -> Result<(), Rejection> {
        let clause = self.reading.clause_of(at);
        let later: Vec<usize> = (clause..self.reading.clauses.len()).flat_map(|c| self.reading.names(c)).collect();
        let names: Vec<usize> = later.into_iter().filter(|i| *i > at).collect();
        let measures = self.measures_at(at);
        // `The interval runs from 1 to 2`: the numbers are checked as its ends.
        let interval = self.reading.of_clause(clause).any(|(i, item)| i < at && item.role(RoleWord::Interval));
        if interval && !self.negated(at) {
            return Ok(());
        }
        let ok = match names.as_slice() {
            [low, high] if self.one_attribute(&[*low, *high]) => {
                self.placed(at, &[self.mention(*low)], &measures, Relation::Less, &|p| p == 1)
                    && self.placed(at, &[self.mention(*high)], &measures, Relation::More, &|p| p == 1)
            }
            _ => false,
        };
        (ok && !self.negated(at)).then_some(()).ok_or_else(|| self.reject(Kind::Comparison, at))
    }

    /// `only` before a number belittles it; elsewhere it would claim that there is nothing else.
    pub(super) fn only_number(&self, at: usize) -> Result<(), Rejection> {
        let next: Vec<usize> = (at + 1..self.reading.items.len())
            .take(3)
            .take_while(|i| !matches!(self.reading.items[*i], Item::Name(..)))
            .collect();
        let number = |i: &usize| matches!(&self.reading.items[*i], Item::Number(n) if !self.counted(*i, n));
        let near = next.iter().any(number);
        near.then_some(()).ok_or_else(|| self.reject(Kind::Comparison, at))
    }

    /// `ranks first`, `comes second`.
    pub(super) fn ordinal_alone(&self, at: usize) -> Result<(), Rejection> {
        let refuse = || self.reject(Kind::Comparison, at);
        if self.before_extreme(at) {
            return Ok(());
        }
        let rank = self.ordinal(at).ok_or_else(refuse)?;
        let clause = self.reading.clause_of(at);
        let names = self.names_of(clause);
        let nearest = (0..=clause).rev().find(|c| !self.reading.names(*c).is_empty()).unwrap_or(clause);
        let second = nearest != clause && matches!(self.reading.clauses[nearest].opener, Opener::Than | Opener::Object);
        let ok = names.len() == 1
            && !second
            && !self.negated(at)
            && self.placed(at, &names, &self.measures_at(at), Relation::More, &|p| p == rank);
        ok.then_some(()).ok_or_else(refuse)
    }

    /// `followed by`: the next places.
    pub(super) fn followed(&self, at: usize) -> Result<(), Rejection> {
        let refuse = || self.reject(Kind::Comparison, at);
        let is_name = |i: &usize| matches!(self.reading.items[*i], Item::Name(..));
        let before = (0..at).rev().find(is_name).ok_or_else(refuse)?;
        let first = (at + 1..self.reading.items.len()).find(is_name).ok_or_else(refuse)?;
        let after = self.reading.list_of(first).map_or_else(|| vec![first], <[usize]>::to_vec);
        let measures = self.measures_at(at);
        self.take([vec![before], after.clone()].concat());
        let place = |item: usize| {
            let names = [self.mention(item)];
            let mut facts =
                self.cited.iter().filter(|f| measures.contains(f.measure.as_str()) && self.about(f, &names));
            let fact = facts.next()?;
            self.bind([*fact].into_iter());
            let place = fact.place?.high;
            facts.next().is_none().then_some(place)
        };
        let start = place(before).ok_or_else(refuse)?;
        let ok = after.iter().zip(1u32..).all(|(item, k)| place(*item) == Some(start + k));
        (ok && !self.negated(at)).then_some(()).ok_or_else(refuse)
    }
}

/// The place from the end that a relation means.
fn from_end(place: Place, relation: Relation, better: Option<Side>) -> Option<u32> {
    match (relation, better) {
        (Relation::More, _) | (Relation::Better, Some(Side::Above)) | (Relation::Worse, Some(Side::Below)) => {
            Some(place.high)
        }
        (Relation::Less, _) | (Relation::Better, Some(Side::Below)) | (Relation::Worse, Some(Side::Above)) => {
            Some(place.low)
        }
        _ => None,
    }
}
