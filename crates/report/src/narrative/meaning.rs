//! What a number stands for: a value, an end of an interval, a limit, a count, a size of stress, or a place.

use super::bind::Bench;
use super::fact::Role;
use super::lexicon::{Guard, Relation, RoleWord, Sense, Written};
use super::number::Number;
use super::reading::{Item, Opener, parts};

/// What a number stands for.
pub(super) enum Meaning {
    /// The level of an interval.
    Confidence,
    /// A place in an order.
    Rank,
    /// A value in one of the roles.
    Roles(Vec<Role>),
}

impl Bench<'_> {
    /// A number of a pair takes the unit that is said with the other, or before the pair.
    pub(super) fn with_unit(&self, at: usize, number: &Number, roles: &[Role]) -> Number {
        let ends = matches!(roles, [Role::Low | Role::High | Role::Before | Role::After]);
        if number.written != Written::Bare || !ends {
            return number.clone();
        }
        let of = |i: usize| match &self.reading.items[i] {
            Item::Number(n) if n.written != Written::Bare && !self.confidence(i, n) => Some(n.written),
            _ => None,
        };
        let pair = self.pair(at);
        let partner = pair.and_then(|(a, b)| of(a).or(of(b)));
        // Both ends below 1 may be shares themselves.
        let small = |i: usize| matches!(&self.reading.items[i], Item::Number(n) if n.value.abs() < 1.0);
        let bare_share = partner.is_none() && pair.is_none_or(|(a, b)| small(a) && small(b));
        let value = |i: &usize| matches!(&self.reading.items[*i], Item::Number(n) if !self.confidence(*i, n));
        let nearest = pair.and_then(|(first, _)| (0..first).rev().find(value)).or_else(|| (0..at).rev().find(value));
        let written = partner.or_else(|| nearest.and_then(of));
        match written.filter(|_| !bare_share) {
            Some(written) => Number { written, ..number.clone() },
            None => number.clone(),
        }
    }

    /// Whether a percentage is the level of an interval.
    fn confidence(&self, at: usize, n: &Number) -> bool {
        let word = |i: Option<usize>| i.is_some_and(|i| self.reading.items[i].role(RoleWord::Interval));
        let before = self.reading.neighbour(at, false);
        let two = before.and_then(|i| self.reading.neighbour(i, false));
        // `between 1 % and 2 % with a confidence of 95 %`: the word belongs to the number after it.
        let next = self.reading.neighbour(at, true);
        let later = next.and_then(|i| self.reading.neighbour(i, true));
        let level = |i: usize| matches!(&self.reading.items[i], Item::Number(later) if later.value == 95.0);
        let other = n.value != 95.0 && later.is_some_and(level);
        let beside = (word(next) && !other) || ((word(before) || word(two)) && self.pair(at).is_none());
        n.written == Written::Percent && beside
    }

    pub(super) fn meaning(&self, at: usize, n: &Number) -> Meaning {
        let items = &self.reading.items;
        let (before, next) = (self.reading.neighbour(at, false), self.reading.neighbour(at, true));
        let is = |i: Option<usize>, role: RoleWord| i.is_some_and(|i| items[i].role(role));
        let text = |i: Option<usize>| i.map(|i| items[i].text()).unwrap_or_default();
        if self.confidence(at, n) {
            // Two ends and what they are the ends of.
            let ends = items.iter().filter(|i| matches!(i, Item::Number(_))).count() > 2;
            return if n.value == 95.0 && ends { Meaning::Confidence } else { Meaning::Roles(Vec::new()) };
        }
        if let Some(roles) = self.part(at) {
            return Meaning::Roles(roles);
        }
        if let Some(roles) = self.ends(at) {
            return Meaning::Roles(vec![roles]);
        }
        if is(before, RoleWord::Rank) && n.written == Written::Bare && n.value.fract() == 0.0 {
            return Meaning::Rank;
        }
        // `falls to 78 %`
        let change = |c: usize| self.reading.clause_has(c, |s| matches!(s, Sense::Change(_)));
        if matches!(text(before).as_str(), "to" | "al" | "a" | "hasta") && change(self.reading.clause_of(at)) {
            return Meaning::Roles(vec![Role::After]);
        }
        let two = before.filter(|i| items[*i].neutral()).and_then(|i| self.reading.neighbour(i, false));
        if is(before, RoleWord::P) || is(two, RoleWord::P) || self.promises_p(at) {
            return Meaning::Roles(vec![Role::P]);
        }
        if let Some(role) = self.one_end(at) {
            return Meaning::Roles(vec![role]);
        }
        if is(before, RoleWord::Rows) && text(before) == "n" {
            return Meaning::Roles(vec![Role::N]);
        }
        if is(next, RoleWord::Rows) {
            let roles = if self.base(before) { vec![Role::N, Role::Value] } else { vec![Role::Value] };
            return Meaning::Roles(roles);
        }
        let counts = [
            (RoleWord::Issues, Role::Issues),
            (RoleWord::Warnings, Role::Warnings),
            (RoleWord::Open, Role::Open),
            (RoleWord::Judged, Role::Judged),
            (RoleWord::Affected, Role::Share),
            (RoleWord::Level, Role::Level),
        ];
        // `0.5 standard deviations` is a stress only where a cited fact has one.
        let stressed = self.cited.iter().any(|f| f.value(Role::Level).is_some());
        // Points and percentages count no findings.
        let count = |r: &Role| matches!(r, Role::Issues | Role::Warnings | Role::Open | Role::Judged);
        let whole = n.written == Written::Bare;
        let possible = |(_, r): &(RoleWord, Role)| (stressed || *r != Role::Level) && (whole || !count(r));
        let counts: Vec<(RoleWord, Role)> = counts.into_iter().filter(possible).collect();
        // `32 are issues`
        let be =
            next.filter(|i| matches!(items[*i].text().as_str(), "are" | "were" | "was" | "son" | "fueron" | "era"));
        let next_but = be.and_then(|i| self.reading.neighbour(i, true));
        // `under noise of` and the like speak of the number after them.
        let opens = next.is_some_and(|i| [" of", " de", " del"].iter().any(|w| items[i].text().ends_with(w)));
        let next = next.filter(|_| !opens);
        if let Some((_, role)) = counts.iter().find(|(w, _)| is(next, *w) || is(next_but, *w)) {
            return Meaning::Roles(vec![*role]);
        }
        if let Some((_, role)) = counts.iter().find(|(w, _)| is(before, *w) || self.label(at, *w)) {
            return Meaning::Roles(vec![*role]);
        }
        Meaning::Roles(vec![self.side_role(at, next)])
    }

    /// `10 of the 46 findings are not settled`: the second number is how many were judged, the first one what is said of it.
    fn part(&self, at: usize) -> Option<Vec<Role>> {
        let items = &self.reading.items;
        let (first, second) = parts(items)?;
        if at == second {
            return Some(vec![Role::Judged]);
        }
        let roles =
            [(RoleWord::Issues, Role::Issues), (RoleWord::Warnings, Role::Warnings), (RoleWord::Open, Role::Open)];
        let end = self.reading.clauses[self.reading.clause_of(second)].to.min(second + 5);
        let said = |(w, _): &&(RoleWord, Role)| (second + 1..end).any(|i| items[i].role(*w));
        let said: Vec<Role> = roles.iter().filter(said).map(|(_, role)| *role).collect();
        // A number of which nothing is said, or two things, is refused.
        (at == first).then(|| if said.len() == 1 { said } else { Vec::new() })
    }

    /// Whether a count of rows after this word is what something was measured on: `on 400 rows`, `has 400 rows`. Otherwise
    /// it would be the number of rows that something happens to.
    fn base(&self, before: Option<usize>) -> bool {
        let small = |t: &str| matches!(t, "the" | "only" | "las" | "los" | "solo" | "all" | "just");
        let mut at = before;
        while let Some(i) = at.filter(|i| small(&self.reading.items[*i].text())) {
            at = self.reading.neighbour(i, false);
        }
        at.is_some_and(|i| self.listed(Guard::Bases, i))
    }

    /// `the p-value of … is`, and no other number since.
    fn promises_p(&self, at: usize) -> bool {
        let from = self.reading.clauses[self.reading.clause_of(at)].from;
        let items = &self.reading.items;
        let since = (from..at).rev().take_while(|i| !matches!(items[*i], Item::Number(_)));
        since.into_iter().any(|i| items[i].role(RoleWord::P) && items[i].text() != "p")
    }

    /// `a lower bound of`, `as the upper end`.
    fn one_end(&self, at: usize) -> Option<Role> {
        let items = &self.reading.items;
        let c = self.reading.clauses[self.reading.clause_of(at)];
        let end = |i: usize| match &items[i] {
            i if i.role(RoleWord::Lower) => Some(Role::Low),
            i if i.role(RoleWord::Upper) => Some(Role::High),
            _ => None,
        };
        let near = |i: &usize| !matches!(items[*i], Item::Number(_));
        // `the upper end of its interval, 0.47, is`
        let bare = (c.from..c.to).all(|i| i == at || matches!(items[i], Item::Mark(_)));
        let from = if bare { self.reading.clauses[self.reading.clause_of(at).saturating_sub(1)].from } else { c.from };
        let before = (from..at).rev().take_while(near).find_map(end);
        before.or_else(|| (at + 1..c.to).take_while(near).take(3).find_map(end))
    }

    /// A word right before the clause of a number: `issues: 3`.
    fn label(&self, at: usize, role: RoleWord) -> bool {
        let clause = self.reading.clause_of(at);
        let c = self.reading.clauses[clause];
        c.opener == Opener::Detail
            && clause > 0
            && self.reading.neighbour(at, false).is_none()
            && self.reading.of_clause(clause - 1).next_back().is_some_and(|(_, i)| i.role(role))
    }

    /// Limit, baseline, rest, smallest effect, or else the value itself.
    fn side_role(&self, at: usize, next: Option<usize>) -> Role {
        let roles = [
            (RoleWord::Limit, Role::Limit),
            (RoleWord::Detectable, Role::Detectable),
            (RoleWord::Baseline, Role::Baseline),
            (RoleWord::Rest, Role::Rest),
            (RoleWord::Before, Role::Before),
        ];
        let c = self.reading.clauses[self.reading.clause_of(at)];
        let items = &self.reading.items;
        let settled = |i: &Item| {
            i.has(|s| matches!(s, Sense::Compare { relation: Relation::Within | Relation::Past, object: true }))
        };
        if c.opener == Opener::Object && items[..c.from].last().is_some_and(settled) {
            return Role::Limit;
        }
        let role_of = |i: usize| roles.iter().find(|(w, _)| items[i].role(*w)).map(|r| r.1);
        let before = (c.from..at).rev().take_while(|i| !matches!(items[*i], Item::Number(_))).find_map(role_of);
        let of_what = |mut i: usize| {
            while matches!(&items[i], Item::Phrase(_, t) if matches!(t.as_str(), "of" | "the" | "for" | "in" | "as" | "its" | "de" | "del" | "la" | "el" | "las" | "los" | "en" | "como" | "su"))
            {
                i = self.reading.neighbour(i, true)?;
            }
            role_of(i)
        };
        let label = || roles.iter().find(|(w, _)| self.label(at, *w)).map(|r| r.1);
        let bare = matches!(c.opener, Opener::Object | Opener::Than)
            && (c.from..c.to).all(|i| !matches!(items[i], Item::Name(..)) && items[i].measures().is_none());
        let value = if bare { Role::Limit } else { Role::Value };
        next.and_then(of_what).or(before).or_else(label).unwrap_or(value)
    }

    /// The other number of `x to y`, with both in order.
    fn pair(&self, at: usize) -> Option<(usize, usize)> {
        let items = &self.reading.items;
        let number = |i: usize| matches!(items.get(i), Some(Item::Number(_)));
        let joint = |i: usize| match items.get(i) {
            Some(Item::Mark(c)) => matches!(c, '–' | '…' | '—' | '-'),
            Some(Item::Phrase(_, text)) => matches!(text.as_str(), "to" | "a" | "al" | "and" | "y" | "hasta"),
            _ => false,
        };
        let small = |i: usize| matches!(items.get(i), Some(Item::Phrase(_, t)) if matches!(t.as_str(), "el" | "the"));
        let after = |i: usize| if joint(i + 1) { i + 2 + usize::from(small(i + 2)) } else { i + 1 };
        let next = after(at);
        if number(at) && next > at + 1 && number(next) {
            return Some((at, next));
        }
        let before = [at.checked_sub(2), at.checked_sub(3)].into_iter().flatten();
        before.into_iter().find(|i| number(*i) && after(*i) == at).map(|i| (i, at))
    }

    /// The role in a pair: ends of an interval, before and after, or values of two names.
    fn ends(&self, at: usize) -> Option<Role> {
        let (first, second) = self.pair(at)?;
        let clause = self.reading.clause_of(first);
        let c = self.reading.clauses[clause];
        let before = |test: &dyn Fn(&Item) -> bool| (c.from..first).any(|i| test(&self.reading.items[i]));
        let word = |i: usize| self.reading.items.get(i).map(Item::text).unwrap_or_default();
        let interval = before(&|i| i.role(RoleWord::Interval));
        let changes = |s: &Sense| matches!(s, Sense::Change(_));
        let own = before(&|i| i.has(changes));
        let article = usize::from(first > 1 && matches!(word(first - 1).as_str(), "el" | "the"));
        let opened = first > article
            && matches!(word(first - 1 - article).as_str(), "from" | "between" | "de" | "del" | "entre");
        let change = own || (opened && clause > 0 && self.reading.clause_has(clause - 1, changes));
        let listed = matches!(word(first + 1).as_str(), "and" | "y") && !interval && !opened;
        let named = !interval && !self.reading.names(clause).is_empty() && before(&|i| i.has(|s| *s == Sense::Range));
        match at == first {
            _ if listed => None,
            _ if named && self.reading.names(clause).len() > 1 => None,
            low if change && !interval => Some(if low { Role::Before } else { Role::After }),
            low if interval || opened || second > first => Some(if low { Role::Low } else { Role::High }),
            _ => None,
        }
    }
}
