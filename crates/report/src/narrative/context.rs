//! The names and measures that the words around an item speak of, and the facts that fit them.

use std::collections::BTreeSet;

use super::bind::{Bench, Mention};
use super::fact::{Fact, Role, Unit};
use super::guards::LARGEST;
use super::lexicon::{RoleWord, Sense, Written};
use super::number::Number;
use super::reading::{Item, Opener};

/// Measures that are distances themselves.
const RELATIVE: [&str; 4] = ["SLICE-LOSS", "PERF-DEGRADATION", "FAIR-GROUP-LOSS", "FAIR-LABEL-DISTANCE"];
/// Beginnings of measures that are taken under a condition.
const CONDITIONS: [&str; 6] = ["ROB-", "SENS-", "flips", "shift", "masked", "attribute."];

impl<'a> Bench<'a> {
    /// Whether a fact is about all names that were said; without names, about the whole audit or the only one of its kind.
    pub(super) fn about(&self, fact: &Fact, names: &[Mention]) -> bool {
        if names.is_empty() {
            return fact.scope.is_empty() || self.sole(fact);
        }
        let about = |f: &Fact| names.iter().all(|n| n.iter().any(|alias| f.about(alias)));
        // The largest of all features is that of the feature that has it.
        let largest = || LARGEST.contains(&fact.measure.as_str());
        let same = |f: &&Fact| f.value(Role::Value) == fact.value(Role::Value) && f.scope.len() == 1 && about(f);
        about(fact) || (largest() && self.cited.iter().any(same))
    }

    /// Whether a fact about a part of the data needs no name, since there is no other of its kind.
    fn sole(&self, fact: &Fact) -> bool {
        const OF_PARTS: [&str; 7] = [
            "UNC-CLASS-COVERAGE",
            "UNC-GROUP-COVERAGE",
            "FAIR-GROUP-LOSS",
            "EXPL-UNUSED",
            "SLICE-LOSS",
            "DATA-MISSING",
            "DATA-OUTLIERS",
        ];
        !OF_PARTS.contains(&fact.measure.as_str())
            && fact.place.is_none_or(|p| p.of <= 1)
            && self.facts.facts.iter().filter(|f| f.measure == fact.measure).count() == 1
    }

    /// Fails when the same words could mean another fact with another value.
    pub(super) fn alone(&self, fact: &Fact, names: &[Mention], role: Role) -> Result<(), ()> {
        let other =
            |f: &&Fact| f.measure == fact.measure && f.id != fact.id && !names.is_empty() && self.about(f, names);
        let same = |f: &Fact| f.value(role) == fact.value(role) && f.outcome == fact.outcome;
        if self.facts.facts.iter().filter(other).all(same) { Ok(()) } else { Err(()) }
    }

    /// Whether the words around an item say what a fact measures: each measure that is named there, and each condition that
    /// the sentence began with, has to be one of the fact.
    pub(super) fn measured(&self, fact: &Fact, at: usize, role: Role) -> bool {
        let measures = self.measures_at(at);
        let falls = self.near(at, &|s| matches!(s, Sense::Change(_)));
        let distance = self.distance(at);
        let differs = distance || self.near(at, &|s| *s == Sense::Differ);
        let said = |key: &Option<String>| key.as_ref().is_some_and(|k| measures.contains(k.as_str()));
        let falls = falls || (fact.drop && self.names_the_drop(fact, at));
        if matches!(role, Role::Value | Role::Low | Role::High) && fact.drop != falls {
            return false;
        }
        if matches!(role, Role::Value | Role::Low | Role::High) && !self.put_right(fact, at) {
            return false;
        }
        let relative = RELATIVE.contains(&fact.measure.as_str()) || fact.measure.starts_with("FAIR-");
        let apart = fact.drop || fact.spread.is_some() || relative;
        let value = matches!(role, Role::Value | Role::Low | Role::High);
        if value && ((distance && !apart) || (self.inverted(at) && !fact.drop)) {
            return false;
        }
        if (fact.drop && !self.conditioned(fact)) || self.part_of_else(fact, at) {
            return false;
        }
        let elsewhere = self.past_a_limit(at)
            || self.of_nameless_parts(fact, at)
            || self.of_another_owner(fact, at)
            || self.generic_of_else(fact, self.reading.clause_of(at));
        if value && ((fact.drop && self.remains(at)) || elsewhere) {
            return false;
        }
        let own = |keys: &BTreeSet<&str>| fact.measures().any(|m| keys.contains(m));
        let fits = |i: &usize| self.reading.items[*i].measures().is_none_or(|keys| own(&keys));
        let strict = |i: &usize| !self.reading.items[*i].neutral();
        (measures.contains(fact.measure.as_str())
            || (fact.drop && said(&fact.watched))
            || (differs && fact.unit != Unit::Ratio && said(&fact.spread)))
            && self.window(at).iter().filter(|i| strict(i)).all(fits)
            && self.conditions(self.reading.clause_of(at)).iter().all(fits)
            && (!value || self.later_conditions(self.reading.clause_of(at)).iter().all(fits))
    }

    /// Whether the words around an item are the name of a check of a fall (`noise drop`, `the masking check`), and no other
    /// measure stands beside them that the number could be of.
    pub(super) fn names_the_drop(&self, fact: &Fact, at: usize) -> bool {
        let here = self.window(at);
        let items = if here.is_empty() { self.nearest_measures(self.reading.clause_of(at)) } else { here };
        let own =
            |i: &usize| self.reading.items[*i].measures().is_some_and(|keys| keys.contains(fact.measure.as_str()));
        let check = |i: &usize| {
            let word = |i: usize| self.reading.items.get(i).map(Item::text).unwrap_or_default();
            let text = word(*i);
            let named = ["drop", "caída", "check", "comprobación"].iter().any(|w| text.split(' ').any(|t| t == *w));
            let before = [i.checked_sub(1), i.checked_sub(2)].into_iter().flatten().map(word);
            named
                || word(i + 1) == "check"
                || before.into_iter().any(|t| matches!(t.as_str(), "check" | "comprobación"))
        };
        !items.is_empty()
            && items.iter().all(own)
            && items.iter().any(check)
            && items.iter().all(|i| !self.watches(fact, *i))
    }

    fn watches(&self, fact: &Fact, at: usize) -> bool {
        let keys = self.reading.items[at].measures();
        fact.watched.as_ref().is_some_and(|w| keys.is_some_and(|keys| keys.contains(w.as_str())))
    }

    /// Whether the sentence names what a fall is under; a column beside the words that take it away.
    pub(super) fn conditioned(&self, fact: &Fact) -> bool {
        let own = |i: &Item| i.measures().is_some_and(|keys| keys.contains(fact.measure.as_str()));
        let about = |c: usize| {
            let names = self.reading.names(c);
            fact.scope.is_empty() || names.iter().any(|n| self.mention(*n).iter().any(|a| fact.about(a)))
        };
        let names_it = |c: usize| self.reading.of_clause(c).any(|(_, i)| own(i));
        // `masking a lowers accuracy by 1, followed by b with 2`: b stands for masking b.
        let carries = |c: usize| {
            let said = |c: usize| self.reading.of_clause(c).any(|(_, i)| i.names_measure());
            !said(c) && (0..c).rev().find(|b| said(*b)).is_some_and(names_it)
        };
        (0..self.reading.clauses.len()).any(|c| about(c) && (names_it(c) || (!fact.scope.is_empty() && carries(c))))
    }

    /// Whether a number is the size of a stress.
    fn size(&self, at: usize) -> bool {
        let beside = [self.reading.neighbour(at, false), self.reading.neighbour(at, true)];
        beside.into_iter().flatten().any(|i| self.reading.items[i].role(RoleWord::Level))
    }

    /// Items with measures that name conditions (noise, a column taken away) in the clauses before, back to a clause that
    /// sets something against them.
    fn conditions(&self, clause: usize) -> Vec<usize> {
        // That nonsense is answered is a finding of its own.
        let bears = |k: &str| CONDITIONS.iter().any(|c| k.starts_with(c)) && k != "ROB-SILENT-NONSENSE";
        let condition = |i: &Item| i.measures().is_some_and(|keys| keys.iter().all(|k| bears(k)));
        let against = |c: usize| {
            self.reading.of_clause(c).next().is_some_and(|(_, i)| i.has(|s| *s == Sense::Split) && !i.neutral())
        };
        let start = (0..=clause).rev().find(|c| against(*c)).unwrap_or(0);
        // A clause with a number of its own has said what came of its condition.
        let told =
            |c: usize| self.reading.of_clause(c).any(|(i, item)| matches!(item, Item::Number(_)) && !self.size(i));
        let of = |c: usize| self.reading.of_clause(c).filter(|(_, i)| condition(i)).map(|(i, _)| i).collect::<Vec<_>>();
        (start..clause).rev().filter(|c| !told(*c)).map(of).find(|items| !items.is_empty()).unwrap_or_default()
    }

    /// The same in clauses after it that say no number of their own: `accuracy is 87 %, with 10 % of the cells missing`.
    fn later_conditions(&self, clause: usize) -> Vec<usize> {
        let condition = |i: usize| {
            let keys = self.reading.items[i].measures();
            keys.is_some_and(|keys| keys.iter().all(|k| CONDITIONS.iter().any(|c| k.starts_with(c))))
        };
        let own = |c: usize| {
            self.reading.of_clause(c).any(|(i, item)| {
                (matches!(item, Item::Number(_)) && !self.size(i))
                    || item.has(|s| matches!(s, Sense::Change(_) | Sense::Outcome(_)))
            })
        };
        let c = self.reading.clauses[clause];
        let later = clause + 1..self.reading.clauses.len();
        let here = (c.from..c.to).filter(|i| condition(*i));
        let after = later
            .take_while(|c| !own(*c))
            .flat_map(|c| self.reading.of_clause(c).map(|(i, _)| i))
            .filter(|i| condition(*i));
        here.chain(after).collect()
    }

    /// Whether a number says how far two values are apart: `8 points lower than`, `exceeds it by 8 points`.
    pub(super) fn distance(&self, at: usize) -> bool {
        let items = &self.reading.items;
        let compares = |i: &Item| i.has(|s| matches!(s, Sense::Compare { .. } | Sense::Differ));
        if !matches!(items[at], Item::Number(_)) {
            return false;
        }
        let clause = self.reading.clause_of(at);
        let c = self.reading.clauses[clause];
        let by = self.reading.neighbour(at, false).is_some_and(|i| matches!(items[i].text().as_str(), "by" | "en"));
        let compared =
            (c.from..at).any(|i| compares(&items[i])) || (c.opener == Opener::Object || c.opener == Opener::Than);
        // A verb after a number (`exceeds`) has it as its subject; a preposition makes it a distance.
        let parts = |i: usize| {
            let verb = items[i].has(|s| matches!(s, Sense::Compare { object: true, .. }));
            let text = items[i].text();
            !verb || ["above", "below", "over", "under", "ahead", "behind", "por"].iter().any(|w| text.starts_with(w))
        };
        self.reading.neighbour(at, true).is_some_and(|i| compares(&items[i]) && parts(i)) || (by && compared)
    }

    /// Whether a sense stands in the clause of an item, or in the one before when this one is a detail of it.
    pub(super) fn near(&self, at: usize, sense: &dyn Fn(&Sense) -> bool) -> bool {
        let by = self
            .reading
            .neighbour(at, false)
            .is_some_and(|i| matches!(self.reading.items[i].text().as_str(), "by" | "en"));
        let own = |c: usize| self.reading.of_clause(c).any(|(_, i)| i.measures().is_some());
        let mut clause = self.reading.clause_of(at);
        let after_and = self
            .reading
            .neighbour(at, false)
            .is_some_and(|i| self.reading.items[i].has(|s| *s == Sense::And) && self.reading.clauses[clause].from == i);
        let mut inherits = by || after_and;
        loop {
            if self.reading.clause_has(clause, sense) {
                return true;
            }
            // `more than masking b with 1, and masking c with 2`
            let than = |c: usize| self.reading.clauses[c].opener == Opener::Than;
            let goes_on = (clause.saturating_sub(2)..clause).any(than)
                && self.reading.of_clause(clause).next().is_some_and(|(_, i)| i.has(|s| *s == Sense::And));
            inherits |= matches!(self.reading.clauses[clause].opener, Opener::Detail | Opener::Than) || !own(clause);
            inherits |= goes_on;
            if !inherits || clause == 0 {
                return false;
            }
            inherits = false;
            clause -= 1;
        }
    }

    /// The names that an item is about.
    pub(super) fn names_at(&self, at: usize) -> Vec<Mention<'a>> {
        if let Some(name) = self.paired(at) {
            self.used.borrow_mut().insert(name);
            return vec![self.mention(name)];
        }
        self.names_of(self.reading.clause_of(at))
    }

    /// Remembers the facts of a claim that holds.
    pub(super) fn bind<'f>(&self, facts: impl Iterator<Item = &'f Fact>) {
        self.bound.borrow_mut().extend(facts.map(|f| f.id.clone()));
    }

    /// Takes names up.
    pub(super) fn take(&self, names: Vec<usize>) -> Vec<Mention<'a>> {
        self.used.borrow_mut().extend(&names);
        names.into_iter().map(|i| self.mention(i)).collect()
    }

    pub(super) fn mention(&self, item: usize) -> Mention<'a> {
        match &self.reading.items[item] {
            Item::Name(aliases, _) => aliases,
            _ => &[],
        }
    }

    /// The names of a clause, or of the nearest before it, or of the next after it.
    pub(super) fn names_of(&self, clause: usize) -> Vec<Mention<'a>> {
        let whole = |c: usize| self.reading.clause_has(c, |s| *s == Sense::Overall);
        // Names that follow later belong to a clause that says no measure of its own.
        let own = self.reading.of_clause(clause).any(|(_, i)| i.names_measure());
        // `With an importance of 25 %, a ranks first.`
        let fronted = clause == 0 && matches!(self.reading.items[0].text().as_str(), "with" | "at" | "con");
        let last = match (own, fronted) {
            (true, true) => self.reading.clauses.len().min(2),
            (true, false) => clause + 1,
            _ => self.reading.clauses.len(),
        };
        let order = (0..=clause).rev().chain(clause + 1..last);
        for c in order {
            let names = self.reading.names(c);
            // `a has a higher rate than b, with 8 %`: of a, or of b?
            let second = c < clause && matches!(self.reading.clauses[c].opener, Opener::Than | Opener::Object);
            let settled =
                || (0..self.reading.clauses[c].from).any(|i| matches!(self.reading.items[i], Item::Number(_)));
            if !names.is_empty() && second && c > 0 && !settled() {
                let both = [self.reading.names(c - 1), names].concat();
                return self.take(both);
            }
            if !names.is_empty() {
                return self.take(names);
            }
            if whole(c) {
                return Vec::new();
            }
        }
        Vec::new()
    }

    /// How many names a superlative speaks of: `the three most important features are a, b and c`.
    pub(super) fn counted(&self, at: usize, number: &Number) -> bool {
        let c = self.reading.clauses[self.reading.clause_of(at)];
        let mut following = (at + 1..c.to).skip_while(|i| {
            let item = &self.reading.items[*i];
            item.neutral() && item.measures().is_none() && !item.has(|s| matches!(s, Sense::Extreme(_)))
        });
        let extreme = |i: usize| self.reading.items[i].has(|s| matches!(s, Sense::Extreme(_)));
        let most = following.next().is_some_and(extreme) || self.reading.neighbour(at, false).is_some_and(extreme);
        let names = self.reading.lists.iter().filter(|l| matches!(self.reading.items[l[0]], Item::Name(..)));
        let lengths: Vec<usize> = names.map(Vec::len).collect();
        let listed = most && lengths.len() == 1 && lengths[0] as f64 == number.value;
        number.written == Written::Bare && (listed || self.counts_its_kind(at, number))
    }

    /// `two groups` of which two are named, `two checks` of which two are cited.
    fn counts_its_kind(&self, at: usize, number: &Number) -> bool {
        let kind = self.reading.items.get(at + 1).map(Item::text).unwrap_or_default();
        let group = |i: &&Item| matches!(i, Item::Name(aliases, _) if aliases.iter().any(|a| a.contains(".G")));
        let n = match kind.as_str() {
            "groups" | "grupos" => self.reading.items.iter().filter(group).count(),
            "checks" | "comprobaciones" => {
                self.cited.iter().filter(|f| f.severity.is_some() || f.outcome.is_some()).count()
            }
            _ => return false,
        };
        n > 1 && n as f64 == number.value
    }

    /// Whether a number at the head of a list counts its names.
    fn leads(&self, at: usize) -> bool {
        matches!(&self.reading.items[at], Item::Number(n) if self.counted(at, n))
    }

    /// The name that stands in a list at the place of a number in its list, or beside it in turn.
    fn paired(&self, at: usize) -> Option<usize> {
        let is_number = |i: &usize| matches!(self.reading.items[*i], Item::Number(_));
        if let Some(numbers) = self.reading.list_of(at).filter(|l| l.iter().all(&is_number)) {
            let place = numbers.iter().position(|i| *i == at)?;
            let matching = |l: &&Vec<usize>| l.len() == numbers.len() && !is_number(&l[0]);
            let mut lists = self.reading.lists.iter().filter(matching);
            if let Some(names) = lists.next() {
                return lists.next().is_none().then(|| names[place]);
            }
            // Two sides of a comparison, then their numbers in the same order.
            let is_name = |i: &usize| matches!(self.reading.items[*i], Item::Name(..));
            let names: Vec<usize> = (0..self.reading.items.len()).filter(is_name).collect();
            let versus = (numbers[0]..at.max(numbers[1])).any(|i| self.reading.items[i].has(|s| *s == Sense::Than));
            let than = |i: usize| self.reading.items[i].has(|s| *s == Sense::Than);
            let fronted = names.first().is_some_and(|n| (0..*n).any(than));
            let before = names.last().is_some_and(|n| *n < numbers[0]) && !fronted;
            return (versus && before && names.len() == numbers.len()).then(|| names[place]);
        }
        let c = self.reading.clauses[self.reading.clause_of(at)];
        let mut turns: Vec<usize> =
            (c.from..c.to).filter(|i| matches!(self.reading.items[*i], Item::Number(_) | Item::Name(..))).collect();
        if turns.len() % 2 == 1 && (!is_number(&turns[0]) || self.leads(turns[0])) {
            turns.remove(0);
        }
        let alternate = turns.len() >= 4
            && turns.len().is_multiple_of(2)
            && turns.windows(2).all(|w| is_number(&w[0]) != is_number(&w[1]));
        let place = turns.iter().position(|i| *i == at)?;
        alternate.then(|| turns[place ^ 1])
    }

    /// The measures that the words around an item name.
    pub(super) fn measures_at(&self, at: usize) -> BTreeSet<&'a str> {
        let here = self.window(at);
        if here.is_empty() { self.measures_of(self.reading.clause_of(at)) } else { self.said(here) }
    }

    /// The items with measures of a clause around an item, up to the next numbers.
    pub(super) fn window(&self, at: usize) -> Vec<usize> {
        let c = self.reading.clauses[self.reading.clause_of(at)];
        let items = &self.reading.items;
        let level = |i: Option<usize>| i.is_some_and(|i| items[i].role(RoleWord::Level));
        let passes = |i: &usize| {
            !matches!(items[*i], Item::Number(_))
                || level(self.reading.neighbour(*i, false))
                || level(self.reading.neighbour(*i, true))
        };
        let before = (c.from..at).rev().take_while(passes);
        let after = (at..c.to).skip(1).take_while(passes);
        before.chain(after).chain([at]).filter(|i| items[*i].measures().is_some()).collect()
    }

    /// The measures of a clause, or of the nearest before it, or of the next after it.
    pub(super) fn measures_of(&self, clause: usize) -> BTreeSet<&'a str> {
        self.said(self.nearest_measures(clause))
    }

    pub(super) fn nearest_measures(&self, clause: usize) -> Vec<usize> {
        let order = (0..=clause).rev().chain(clause + 1..self.reading.clauses.len());
        let of = |c: usize| -> Vec<usize> {
            self.reading.of_clause(c).filter(|(_, i)| i.measures().is_some()).map(|(i, _)| i).collect()
        };
        order.map(of).find(|m| !m.is_empty()).unwrap_or_default()
    }

    /// Takes the measures of items up.
    pub(super) fn said(&self, items: Vec<usize>) -> BTreeSet<&'a str> {
        self.used.borrow_mut().extend(&items);
        items.into_iter().filter_map(|i| self.reading.items[i].measures()).flatten().collect()
    }
}
