//! Ways to say a true number of something false: turned around, of another whole, of what it was held against.

use std::collections::BTreeSet;

use super::bind::Bench;
use super::fact::{Area, Fact, Role, Unit};
use super::lexicon::{Guard, Lexicon, RoleWord, Sense};
use super::reading::{Item, Opener};

/// Measures in per cent of something else than rows.
const NOT_OF_ROWS: [&str; 15] = [
    "FAIR-PROXY",
    "importance",
    "EXPL-UNUSED",
    "metric.r2",
    "metric.explained_variance",
    "PERF-TREE-GAIN",
    "SLICE-LOSS",
    "PERF-DEGRADATION",
    "rate.tpr",
    "rate.fpr",
    "metric.precision",
    "metric.recall",
    "metric.specificity",
    "class.recall",
    "class.precision",
];
/// Measures taken among the true rows of a class: nothing of predictions.
const OF_THE_TRUTH: [&str; 8] = [
    "metric.recall",
    "class.recall",
    "rate.tpr",
    "metric.specificity",
    "class.share",
    "DATA-MINORITY",
    "rate.base",
    "mean.truth",
];
/// Measures taken among predictions: nothing of the truth.
const OF_PREDICTIONS: [&str; 3] = ["metric.precision", "class.precision", "mean.prediction"];
/// The largest of all features: no mean.
pub(super) const LARGEST: [&str; 6] =
    ["DRIFT-PSI", "DRIFT-JENSEN-SHANNON", "DRIFT-KS", "DRIFT-WASSERSTEIN", "DRIFT-CRAMER-V", "LEAK-FEATURE"];
/// Beginnings of measures of the model; a feature or a table has none of them.
const OF_THE_MODEL: [&str; 18] = [
    "slice.",
    "rate.",
    "class.",
    "attribute.",
    "mean.",
    "metric.",
    "PERF-",
    "CAL-",
    "UNC-",
    "uncertainty.",
    "ROB-",
    "SENS-",
    "flips",
    "shift",
    "features",
    "FILE-",
    "calibration.",
    "stage.",
];

impl Bench<'_> {
    /// Whether the text of an item is in a list of the lexicon.
    pub(super) fn listed(&self, list: Guard, at: usize) -> bool {
        let text = self.reading.items.get(at).map(Item::text).unwrap_or_default();
        self.guard_words(list).contains(&text)
    }

    pub(super) fn guard_words(&self, list: Guard) -> &'static [String] {
        Lexicon::of(self.words.language).guard(list)
    }

    /// Whether a phrase that names the measure of an item holds a part of a word.
    pub(super) fn named_with(&self, at: usize, list: Guard) -> bool {
        let here = self.window(at);
        let clause = self.reading.clause_of(at);
        let mut items = if here.is_empty() { self.nearest_measures(clause) } else { here };
        // `larger than that of b with 2`: what is compared was named before.
        let second = |c: usize| matches!(self.reading.clauses[c].opener, Opener::Than | Opener::Object);
        if clause > 1 && (second(clause) || second(clause - 1)) {
            items.extend(self.nearest_measures(clause - 1));
            items.extend(self.nearest_measures(clause - 2));
        }
        items.into_iter().any(|i| self.holds(i, list) || matches!(self.reading.items[i], Item::Code(_)))
    }

    pub(super) fn holds(&self, item: usize, list: Guard) -> bool {
        let text = self.reading.items[item].text();
        !matches!(self.reading.items[item], Item::Name(..))
            && self.guard_words(list).iter().any(|w| text.contains(w.as_str()))
    }

    /// Whether a value that is easily said the wrong way round is not: what falls short is no coverage, what an error exceeds
    /// another one by is no error, a difference is no rate, what stands does not change, and what is answered is not found out.
    pub(super) fn put_right(&self, fact: &Fact, at: usize) -> bool {
        let clause = self.reading.clause_of(at);
        let apart = || self.distance(at) || self.near(at, &|s| *s == Sense::Differ);
        let anywhere = |list: Guard| (0..self.reading.items.len()).any(|i| self.holds(i, list));
        let verb = |list: Guard| {
            let other = |t: &str| ["small", "adversarial", "not", "no"].contains(&t);
            let said = |i: &Item| {
                let text = i.text();
                text.split(' ').any(|t| self.guard_words(list).iter().any(|w| w == t)) && !text.split(' ').any(other)
            };
            self.reading.of_clause(clause).any(|(_, i)| said(i))
        };
        match fact.measure.as_str() {
            "UNC-COVERAGE" | "UNC-GROUP-COVERAGE" | "UNC-CLASS-COVERAGE" => self.named_with(at, Guard::Short),
            "SLICE-LOSS" if self.reading.clause_has(clause, |s| *s == Sense::Overall) => false,
            "FAIR-GROUP-LOSS" | "SLICE-LOSS" => self.named_with(at, Guard::Excess) || self.distance(at),
            "LEAK-DETERMINISM" | "FILE-VERSION" => self.named_with(at, Guard::Check),
            "EXPL-ADDITIVITY" => self.named_with(at, Guard::AddsUp),
            "CAL-ERROR" | "metric.calibration_error" => anywhere(Guard::Calibration) && self.named_with(at, Guard::Off),
            "slice.loss" => fact.unit == Unit::Share || !self.named_with(at, Guard::ClassesWrong),
            "ROB-ADVERSARIAL" | "ROB-CERTIFIED" => !verb(Guard::Changes),
            "ROB-SILENT-NONSENSE" => !verb(Guard::Finds) && anywhere(Guard::Nonsense),
            _ if self.on_nonsense(clause) => false,
            "FAIR-PROXY" => !self.reading.of_clause(clause).any(|(i, _)| self.listed(Guard::Shares, i)),
            "attribute.flips" => {
                anywhere(Guard::Alone) && anywhere(Guard::Flips) && anywhere(Guard::Decides) && !anywhere(Guard::Scores)
            }
            "attribute.shift" => anywhere(Guard::Alone) && anywhere(Guard::Moves),
            "flips" | "SENS-FLIP-RATE" => anywhere(Guard::Noise) && anywhere(Guard::Flips) && !anywhere(Guard::Scores),
            "shift" => anywhere(Guard::Moves),
            // `276.8 errors` counts what was averaged.
            m if ["mae", "rmse", "mse", "median_ae"].iter().any(|k| m.ends_with(k)) => {
                !matches!(self.reading.items.get(at + 1).map(Item::text).as_deref(), Some("errors" | "errores"))
            }
            _ if fact.is_quotient() => self.named_with(at, Guard::Quotient) && !apart() && !self.equates(fact, clause),
            m if m.starts_with("FAIR-") && fact.unit == Unit::Points => self.named_with(at, Guard::Apart) || apart(),
            m if LARGEST.contains(&m) => !anywhere(Guard::Mean),
            m if OF_PREDICTIONS.contains(&m) => {
                m == "mean.prediction" || (!anywhere(Guard::Truth) && self.named_with(at, Guard::Precise))
            }
            m if OF_THE_TRUTH.contains(&m) => !self
                .reading
                .of_clause(clause)
                .any(|(i, item)| item.neutral() && self.reading.items[i].text().contains("predic")),
            _ => true,
        }
    }

    /// `the rate of a is that of b, with a ratio of 0.3`: a clause before names the rates and claims nothing of them.
    fn equates(&self, fact: &Fact, clause: usize) -> bool {
        let rate = |i: &Item| {
            !i.neutral() && i.measures().is_some_and(|keys| fact.spread.as_deref().is_some_and(|s| keys.contains(s)))
        };
        let claims = |i: &Item| {
            matches!(i, Item::Number(_))
                || i.has(|s| matches!(s, Sense::Compare { .. } | Sense::Differ | Sense::Outcome(_)))
        };
        (0..clause).any(|c| {
            let own = self.reading.of_clause(c).any(|(_, i)| rate(i));
            own && !self.reading.of_clause(c).any(|(_, i)| claims(i)) && self.reading.names(c).len() > 1
        })
    }

    /// `on nonsense rows` beside a number, or before it without a number of its own.
    fn on_nonsense(&self, clause: usize) -> bool {
        let number = |c: usize| self.reading.of_clause(c).any(|(_, i)| matches!(i, Item::Number(_)));
        let holds = |c: usize| self.reading.of_clause(c).any(|(i, _)| self.holds(i, Guard::Nonsense));
        (0..=clause).any(|c| holds(c) && (c == clause || !number(c)))
    }

    /// `17 points above the limit` is a distance from the limit, which no fact holds.
    pub(super) fn past_a_limit(&self, at: usize) -> bool {
        let compares = |i: usize| self.reading.items[i].has(|s| matches!(s, Sense::Compare { .. }));
        let next = self.reading.neighbour(at, true).filter(|i| compares(*i));
        let side = self.reading.clause_of(at) + 1;
        let limit = |i: &Item| i.role(RoleWord::Limit) || i.role(RoleWord::Baseline);
        self.distance(at)
            && next.is_some()
            && side < self.reading.clauses.len()
            && self.reading.of_clause(side).any(|(_, i)| limit(i))
    }

    /// `has 400 rows` says how many rows something has; `on 400 rows` what it was measured on.
    pub(super) fn has_rows(&self, at: usize) -> bool {
        let c = self.reading.clauses[self.reading.clause_of(at)];
        let Some(before) = self.reading.neighbour(at, false) else { return false };
        let name = |i: Option<usize>| i.is_some_and(|i| matches!(self.reading.items.get(i), Some(Item::Name(..))));
        // `a, with 400 rows, has` and `with 400 rows, a has`
        let with = matches!(self.reading.items[before].text().as_str(), "with" | "con");
        let beside = name(c.from.checked_sub(1)) || name(Some(c.to)) || name(Some(c.to + 1));
        self.listed(Guard::Has, before) || (with && beside)
    }

    /// Whether a value of the whole table is said of groups, classes or slices that nobody names.
    pub(super) fn of_nameless_parts(&self, fact: &Fact, at: usize) -> bool {
        let clause = self.reading.clause_of(at);
        fact.scope.is_empty()
            && self.reading.of_clause(clause).any(|(i, item)| item.neutral() && self.listed(Guard::Kinds, i))
    }

    /// `the predictive power of the model`, `the drift of the groups`: a measure of something else.
    pub(super) fn of_another_owner(&self, fact: &Fact, at: usize) -> bool {
        let clause = self.reading.clause_of(at);
        let of = |i: usize| matches!(self.reading.items.get(i).map(Item::text).as_deref(), Some("of" | "de" | "del"));
        let noun = |i: usize| (i + 1..i + 3).find(|n| !self.article(*n));
        let model = OF_THE_MODEL.iter().any(|start| fact.measure.starts_with(start));
        let name = |i: usize| matches!(self.reading.items.get(i), Some(Item::Name(..)));
        let predictions = ["LEAK-BATCH", "LEAK-DETERMINISM", "DRIFT-PREDICTION"].contains(&fact.measure.as_str());
        let free = |n: usize| model || name(n + 1) || (predictions && self.reading.items[n].text().contains("predic"));
        let named = |i: usize| noun(i).is_some_and(|n| self.listed(Guard::TheModel, n) && !free(n));
        self.reading.of_clause(clause).any(|(i, _)| of(i) && named(i))
    }

    /// Of an association both features are named.
    pub(super) fn both_features(&self, fact: &Fact) -> bool {
        let pair = matches!(fact.measure.as_str(), "DATA-CORRELATED" | "EXPL-PROXY-TOP") && fact.scope.len() == 2;
        let named = |alias: &str| (0..self.reading.items.len()).any(|i| self.mention(i).iter().any(|a| a == alias));
        !pair || fact.scope.iter().all(|s| named(&s.alias))
    }

    /// `a difference of 17 points` after accuracies is one of accuracies.
    pub(super) fn generic_of_else(&self, fact: &Fact, clause: usize) -> bool {
        let c = self.reading.clauses[clause];
        let here: Vec<usize> = (c.from..c.to).filter(|i| self.reading.items[*i].names_measure()).collect();
        let generic = !here.is_empty() && here.iter().all(|i| self.listed(Guard::Generic, *i));
        let own = |i: &Item| {
            i.measures().is_none_or(|keys| {
                fact.measures().any(|m| keys.contains(m)) || fact.spread.as_deref().is_some_and(|s| keys.contains(s))
            })
        };
        generic && self.reading.items[..c.from].iter().filter(|i| i.names_measure()).any(|i| !own(i))
    }

    /// Whether what something falls by is said as what is left of it: `falls and stands at`.
    pub(super) fn remains(&self, at: usize) -> bool {
        let c = self.reading.clauses[self.reading.clause_of(at)];
        let falls = |i: usize| self.reading.items[i].has(|s| matches!(s, Sense::Change(_)));
        let before = (c.from..at).rev().take_while(|i| !falls(*i));
        let own = (c.from..at).any(falls);
        let left = before.into_iter().any(|i| self.listed(Guard::Remains, i) || (!own && self.listed(Guard::Be, i)));
        left && c.opener != Opener::Than
    }

    /// Whether a count of findings is said of the audit and of nothing else in it.
    pub(super) fn counts_the_audit(&self, at: usize, role: Role) -> bool {
        let clause = self.reading.clause_of(at);
        let other = |i: &Item| i.measures().is_some_and(|keys| !keys.contains("verdict")) && !i.neutral();
        let outcome = |i: &Item| i.has(|s| matches!(s, Sense::Outcome(_))) && i.measures().is_none();
        self.reading.names(clause).is_empty()
            && !self.reading.of_clause(clause).any(|(i, item)| other(item) || self.listed(Guard::PartOfAudit, i))
            && !(role == Role::Judged && self.reading.of_clause(clause).any(|(_, i)| outcome(i)))
    }

    /// Whether a clause speaks of the audit, the model or the data without saying what was measured.
    pub(super) fn speaks_of_the_whole(&self, clause: usize) -> bool {
        let counted = |i: &Item| matches!(i, Item::Name(..) | Item::Number(_)) || i.has(|s| *s == Sense::Both);
        let said = self.reading.of_clause(clause).any(|(_, i)| i.names_measure() || counted(i));
        !said && self.reading.of_clause(clause).any(|(i, _)| self.listed(Guard::Wholes, i))
    }

    /// `1 % of the rows` said of a share that is none of rows, and `1 % of the decisions` of one of cells.
    pub(super) fn part_of_else(&self, fact: &Fact, at: usize) -> bool {
        let items = &self.reading.items;
        let of = |i: usize| matches!(items.get(i).map(Item::text).as_deref(), Some("of" | "de"));
        if matches!(items[at], Item::Number(_)) && of(at + 1) {
            let noun = at + 2 + usize::from(self.article(at + 2));
            let elsewhere = self.listed(Guard::OtherWholes, noun)
                || (NOT_OF_ROWS.contains(&fact.measure.as_str()) && self.listed(Guard::TheModel, noun));
            let data = noun < items.len() && matches!(items[noun].text().as_str(), "data" | "datos");
            let named = matches!(items.get(noun + 1), Some(Item::Name(..)));
            if (elsewhere || (data && fact.scope.len() == 1))
                && !named
                && items[noun].neutral()
                && fact.unit == Unit::Share
            {
                return true;
            }
        }
        let whole = match items.get(at + 1) {
            Some(item @ Item::Phrase(_, text)) if item.neutral() => text.as_str(),
            _ => return false,
        };
        let of = ["of ", "de ", "del "].iter().any(|w| whole.starts_with(w));
        let table = matches!(fact.area, Area::Data | Area::Leakage | Area::Drift);
        // Of a slice or a column, not `of the data`.
        let data = whole.ends_with("data") || whole.ends_with("datos");
        if of && data && fact.scope.len() == 1 && fact.measure != "class.share" {
            return true;
        }
        of && (NOT_OF_ROWS.contains(&fact.measure.as_str()) || (table && whole.contains("decision")))
    }

    /// `8 % of the selected are women` turns the rate around, and so do `among those selected` and `in the selected`.
    pub(super) fn inverted(&self, at: usize) -> bool {
        let items = &self.reading.items;
        let c = self.reading.clauses[self.reading.clause_of(at)];
        if !matches!(items[at], Item::Number(_)) {
            return false;
        }
        let of =
            |i: usize, words: &[&str]| matches!(items.get(i), Some(Item::Phrase(_, t)) if words.contains(&t.as_str()));
        let rate = |i: usize| {
            items[i]
                .measures()
                .is_some_and(|keys| keys.iter().any(|k| k.starts_with("rate.") || k.starts_with("slice.")))
        };
        let people = |i: &usize| self.listed(Guard::People, *i) || matches!(items[*i], Item::Mark(_));
        let among = (0..at).any(|i| {
            let starts = self.reading.clauses.iter().any(|c| c.from == i) && self.listed(Guard::Among, i);
            starts && (i + 1..at).find(|i| !people(i)).is_some_and(rate)
        });
        // `the selected`: a rate said as people.
        let nominal = (1..items.len()).any(|i| self.listed(Guard::Turned, i) && self.listed(Guard::Nominal, i - 1));
        // `of those found, 94 % are men`
        let are = of(at + 1, &["are", "is", "were", "son", "es", "eran"])
            && matches!(items.get(at + 2), Some(Item::Name(..)));
        // `8 % of the men are false positives`: of those who deserve nothing.
        let turned = |i: usize| {
            items[i].measures().is_some_and(|keys| keys.iter().any(|k| matches!(*k, "rate.tpr" | "rate.fpr")))
        };
        let name = (at + 2..c.to).take(2).find(|i| matches!(items[*i], Item::Name(..)));
        let are_rates = of(at + 1, &["of", "de"])
            && name.is_some_and(|n| self.listed(Guard::Be, n + 1) && (n + 2..c.to).any(turned));
        if among || nominal || are || are_rates {
            return true;
        }
        if !of(at + 1, &["of", "de", "del"]) {
            return false;
        }
        let small = ["the", "those", "all", "los", "las", "la", "el", "lo", "aquellos", "aquellas"];
        let next = (at + 2..c.to).find(|i| !of(*i, &small));
        let rates = |keys: BTreeSet<&str>| {
            keys.iter().any(|k| {
                ["rate.", "metric.", "slice.", "missing", "DATA-MISSING", "DATA-OUTLIERS"]
                    .iter()
                    .any(|start| k.starts_with(start))
            })
        };
        let values = |i: usize| ["values far", "valores lejos"].iter().any(|w| items[i].text().starts_with(w));
        next.is_some_and(|i| !values(i) && items[i].measures().is_some_and(rates))
    }

    /// A limit, or what was promised, stands beside a word that holds nothing against it: not `reaches the limit`.
    pub(super) fn held_against(&self, at: usize) -> bool {
        let c = self.reading.clauses[self.reading.clause_of(at)];
        let small = |i: usize| self.article(i) || self.reading.items[i].text() == "del";
        let before = (c.from..at).rev().find(|i| !small(*i));
        // `its interval contains the limit`
        let inside = |f: &&Fact| match (f.value(Role::Low), f.value(Role::Limit), f.value(Role::High)) {
            (Some(low), Some(limit), Some(high)) => low <= limit && limit <= high,
            _ => false,
        };
        let interval = (0..at).any(|i| self.reading.items[i].role(RoleWord::Interval));
        if before.is_some_and(|i| self.listed(Guard::Spans, i)) {
            return interval && self.cited.iter().all(inside);
        }
        before.is_none_or(|i| {
            let item = &self.reading.items[i];
            self.listed(Guard::BeforeLimit, i)
                || matches!(item, Item::Mark(_) | Item::Number(_))
                || item.has(|s| {
                    matches!(
                        s,
                        Sense::Compare { .. }
                            | Sense::Than
                            | Sense::Split
                            | Sense::And
                            | Sense::Measure(_)
                            | Sense::Outcome(_)
                    )
                })
                || [RoleWord::Limit, RoleWord::Level].into_iter().any(|r| item.role(r))
        })
    }
}
