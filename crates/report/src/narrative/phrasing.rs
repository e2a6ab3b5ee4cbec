//! Small words that say more than they seem to: `over`, `contains`, `only`, a noun beside a name, a clause of nothing else.

use super::bind::Bench;
use super::fact::{Fact, Role};
use super::lexicon::{Guard, RoleWord, Sense};
use super::reading::Item;
use super::verify::{Kind, Rejection};

/// Kinds of names that a noun beside them can say.
const KINDS: [Guard; 4] = [Guard::Attribute, Guard::Group, Guard::Class, Guard::Slice];
/// Words of a clause that claims nothing from which on it says something all the same.
const SAYS_SOMETHING: usize = 4;

impl Bench<'_> {
    /// Checks a word that claims nothing by itself.
    pub(super) fn small_word(&self, at: usize) -> Result<(), Rejection> {
        let compares = self.listed(Guard::Beneath, at) && !self.measures_on(at);
        let spans = self.listed(Guard::Spans, at) && !self.next_is(at, |i| self.reading.items[i].role(RoleWord::Limit));
        if compares || spans {
            return Err(self.reject(Kind::Comparison, at));
        }
        // `so` gives a cause, unless it only says how a check ended; `explains` gives one, unless it is variance.
        let clause = self.reading.clause_of(at);
        let text = self.reading.items[at].text();
        let ended = || self.reading.clause_has(clause, |s| matches!(s, Sense::Outcome(_)));
        let variance = || self.reading.of_clause(clause).any(|(_, i)| i.text().contains("varian"));
        let advantage = || self.reading.items.iter().any(|i| i.text().contains("advantage"));
        if text.contains("constant guess") && !advantage() {
            return Err(self.reject(Kind::Measure, at));
        }
        // `and the other one also` says of it what was said before.
        let goes_on = self
            .reading
            .items
            .get(at + 1)
            .is_some_and(|i| !matches!(i, Item::Mark(_)) && !i.has(|s| matches!(s, Sense::And | Sense::Split)));
        if text == "also" && !goes_on {
            return Err(self.reject(Kind::Comparison, at));
        }
        if (matches!(text.as_str(), "so" | "as") && !ended()) || (self.listed(Guard::Explains, at) && !variance()) {
            return Err(self.reject(Kind::Forbidden, at));
        }
        if self.reading.clauses.iter().any(|c| c.from == at) && self.says_something_else(clause) {
            return Err(self.reject(Kind::NothingToCheck, at));
        }
        Ok(())
    }

    /// `over 400 rows`, `under 1 % noise`, `over a small tree`: no comparison.
    fn measures_on(&self, at: usize) -> bool {
        self.next_is(at, |i| match &self.reading.items[i] {
            Item::Number(_) => self.reading.neighbour(i, true).is_some_and(|n| {
                [RoleWord::Rows, RoleWord::Level].into_iter().any(|role| self.reading.items[n].role(role))
            }),
            item => item.measures().is_some_and(|keys| keys.iter().any(|k| k.starts_with("PERF-"))),
        })
    }

    /// Whether the next item that is no article is like this.
    fn next_is(&self, at: usize, test: impl Fn(usize) -> bool) -> bool {
        let next = (at + 1..self.reading.items.len()).find(|i| !self.article(*i));
        next.is_some_and(test)
    }

    /// An article or a possessive.
    pub(super) fn article(&self, at: usize) -> bool {
        const ARTICLES: [&str; 17] = [
            "the", "a", "an", "its", "this", "their", "that", "el", "la", "lo", "los", "las", "un", "una", "su", "sus",
            "este",
        ];
        self.reading.items.get(at).is_some_and(|i| ARTICLES.contains(&i.text().as_str()))
    }

    /// A clause of small words only, but of several: `and the data are right`.
    fn says_something_else(&self, clause: usize) -> bool {
        let quiet = |i: &Item| {
            matches!(i, Item::Mark(_))
                || (i.neutral() && i.measures().is_none())
                || i.has(|s| matches!(s, Sense::And | Sense::Split))
        };
        let words: usize = self
            .reading
            .of_clause(clause)
            .filter(|(_, i)| !matches!(i, Item::Mark(_)))
            .map(|(_, i)| i.text().split(' ').count())
            .sum();
        // `the model separates the classes with a ROC AUC of 0.9`
        let with = |c: usize| {
            self.reading.of_clause(c).next().is_some_and(|(_, i)| matches!(i.text().as_str(), "with" | "con"))
        };
        let goes_on = clause + 1 < self.reading.clauses.len() && with(clause + 1);
        words >= SAYS_SOMETHING && !goes_on && self.reading.of_clause(clause).all(|(_, i)| quiet(i))
    }

    /// `the class a`, where `a` is a column.
    pub(super) fn wrong_kind(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        let fits = |alias: &str| {
            let group = alias.contains(".G");
            let kind = match (alias.chars().next(), group) {
                (_, true) => Some(Guard::Group),
                (Some('A'), _) => Some(Guard::Attribute),
                (Some('K'), _) => Some(Guard::Class),
                (Some('S'), _) => Some(Guard::Slice),
                _ => None,
            };
            let said = |k: &&Guard| self.listed(**k, before);
            KINDS.iter().filter(|k| said(k)).all(|k| Some(*k) == kind)
        };
        !self.mention(at).is_empty() && !self.mention(at).iter().any(|alias| fits(alias))
    }

    /// `16 281 groups` counts other things than rows, `14 classes` other things than features.
    pub(super) fn counts_else(&self, fact: &Fact, at: usize) -> bool {
        // The sets of numbers hold no classes.
        let numbers = self.facts.facts.iter().any(|f| f.measure == "metric.mae");
        let counted = match fact.measure.as_str() {
            "rows" | "features" | "EXPL-PROTECTED-TOP" => true,
            "uncertainty.size" => numbers,
            _ => false,
        };
        counted && self.reading.neighbour(at, true).is_some_and(|i| self.listed(Guard::Uncounted, i))
    }

    /// `is right in all rows`: of each of them, unless a number says of how many.
    pub(super) fn overall(&self, at: usize) -> Result<(), Rejection> {
        let clause = self.reading.clause_of(at);
        let number = self.reading.of_clause(clause).any(|(_, i)| matches!(i, Item::Number(_)));
        let right = self.reading.of_clause(clause).any(|(i, _)| i < at && self.holds(i, Guard::Precise));
        (number || !right).then_some(()).ok_or_else(|| self.reject(Kind::Comparison, at))
    }

    /// A word for a place has its number beside it.
    pub(super) fn rank_word(&self, at: usize) -> Result<(), Rejection> {
        let number = |i: usize| {
            let item = &self.reading.items[i];
            matches!(item, Item::Number(_))
                || item.has(|s| matches!(s, Sense::Ordinal(_) | Sense::Extreme(_) | Sense::Compare { .. }))
        };
        let beside = [self.reading.neighbour(at, false), self.reading.neighbour(at, true)];
        let counts = matches!(self.reading.items[at].text().as_str(), "number" | "número");
        let said = counts || number(at) || beside.into_iter().flatten().any(number);
        said.then_some(()).ok_or_else(|| self.reject(Kind::Comparison, at))
    }

    /// Rows that something was measured on are said beside what was measured.
    pub(super) fn rows_alone(&self, role: Role) -> bool {
        let items = &self.reading.items;
        let numbers = items.iter().filter(|i| matches!(i, Item::Number(_))).count();
        role == Role::N && numbers < 2 && !items.iter().any(|i| i.has(|s| matches!(s, Sense::Outcome(_))))
    }

    /// A word for a check right beside a phrase: `the check of`, `check` after it, or within it.
    pub(super) fn beside_check(&self, at: usize) -> bool {
        let check = |i: usize| {
            let text = self.reading.items.get(i).map(Item::text).unwrap_or_default();
            self.guard_words(Guard::Check).iter().any(|w| text.split(' ').any(|t| t == w))
        };
        let joins = |i: &usize| {
            let text = self.reading.items[*i].text();
            self.article(*i)
                || matches!(text.as_str(), "of" | "for" | "on" | "de" | "del" | "sobre" | "–" | "-")
                || self.reading.items[*i].measures().is_some()
        };
        let before = (0..at).rev().find(|i| !joins(i));
        let after = (at + 1..self.reading.items.len()).find(|i| !joins(i));
        check(at) || before.is_some_and(check) || after.is_some_and(check)
    }
}
