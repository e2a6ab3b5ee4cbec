//! Outcomes, severities and judgements, and whether names and measures are those of the cited facts.

use fine_audit::finding::{Outcome, Severity};

use super::bind::{Bench, Mention};
use super::fact::{Fact, Role, Unit};
use super::lexicon::{Guard, Sense};
use super::reading::Item;
use super::verify::{Kind, Rejection};

impl<'a> Bench<'a> {
    /// The facts that an item is about: those cited whose measure and names are said in its clause, and in the clauses that
    /// are joined to it by `and`. Each clause, and each name of a list, has to have some.
    fn subjects(&self, at: usize) -> Option<Vec<&'a Fact>> {
        let clause = self.reading.clause_of(at);
        let mut out = self.subjects_of(clause)?;
        let mut c = clause;
        while c > 0 && self.joined(c, c < clause) {
            c -= 1;
            out.extend(self.subjects_of(c)?);
        }
        // `two checks are warnings: a and b`
        let said = |c: usize| self.reading.of_clause(c).any(|(_, i)| i.names_measure());
        if !(0..=clause).any(said) {
            let list = (clause + 2..self.reading.clauses.len()).take_while(|c| self.joined(*c, true));
            for c in list {
                out.extend(self.subjects_of(c)?);
            }
        }
        self.bind(out.iter().copied());
        Some(out)
    }

    /// Whether a clause goes on a list of measures: `calibration and` in front of it claims nothing by itself.
    fn joined(&self, clause: usize, within: bool) -> bool {
        let first = self.reading.of_clause(clause).next();
        let and = first.is_some_and(|(_, i)| i.has(|s| *s == Sense::And) || (within && matches!(i, Item::Mark(','))));
        let measured = |c: usize| self.reading.of_clause(c).any(|(_, i)| i.names_measure());
        let claims = |i: &Item| {
            matches!(i, Item::Number(_))
                || i.has(|s| {
                    matches!(s, Sense::Outcome(_) | Sense::Compare { .. } | Sense::Extreme(_) | Sense::Change(_))
                })
        };
        and && measured(clause) && measured(clause - 1) && !self.reading.of_clause(clause - 1).any(|(_, i)| claims(i))
    }

    fn subjects_of(&self, clause: usize) -> Option<Vec<&'a Fact>> {
        let measures = self.measures_of(clause);
        let names = self.names_of(clause);
        let here = self.reading.names(clause);
        let listed = here.len() > 1 && self.reading.list_of(here[0]).is_some_and(|l| l == here);
        let whole = self.speaks_of_the_whole(clause);
        let part = |f: &Fact| {
            f.measure == "verdict" && self.reading.of_clause(clause).any(|(i, _)| self.listed(Guard::PartOfAudit, i))
        };
        let named = self.nearest_measures(clause).first().map_or(clause, |i| self.reading.clause_of(*i));
        let (falls, differs) = (
            self.reading.clause_has(clause, |s| matches!(s, Sense::Change(_)))
                || self.reading.clause_has(named, |s| matches!(s, Sense::Change(_))),
            self.reading.clause_has(clause, |s| *s == Sense::Differ)
                || self.reading.clause_has(named, |s| *s == Sense::Differ),
        );
        let said = |f: &Fact| {
            let of = |key: &Option<String>| key.as_ref().is_some_and(|k| measures.contains(k.as_str()));
            measures.contains(f.measure.as_str()) || (falls && of(&f.watched)) || (differs && of(&f.spread))
        };
        let judged = |f: &&&Fact, names: &[Mention]| {
            f.outcome.is_some()
                && said(f)
                && self.about(f, names)
                && (!whole || f.measure == "verdict")
                && !part(f)
                && !self.generic_of_else(f, clause)
        };
        let of = |names: &[Mention]| -> Option<Vec<&'a Fact>> {
            let facts: Vec<&Fact> = self.cited.iter().filter(|f| judged(f, names)).copied().collect();
            let clear = facts.iter().all(|f| self.alone(f, names, Role::Value).is_ok());
            (!facts.is_empty() && clear).then_some(facts)
        };
        match of(&names) {
            None if listed => Some(names.iter().map(|n| of(&[n])).collect::<Option<Vec<_>>>()?.concat()),
            facts => facts,
        }
    }

    /// Findings whose values were told before an outcome and since the last one: where the clause of the outcome names nothing
    /// itself, it is said of all of them.
    fn told_before(&self, at: usize) -> Vec<&'a Fact> {
        let clause = self.reading.clause_of(at);
        if self.reading.of_clause(clause).any(|(_, i)| i.names_something()) {
            return Vec::new();
        }
        let from = self.reading.clauses[clause].from;
        let ended = |i: &&Item| i.has(|s| matches!(s, Sense::Outcome(_)));
        let since = self.reading.items[..from].iter().rev().take_while(|i| !ended(i));
        self.told(since).into_iter().filter(|f| f.outcome.is_some()).collect()
    }

    /// `the rows have conflicting labels, and it is an issue`, where a hundredth of them have.
    fn all_rows(&self, at: usize) -> bool {
        let number = self.reading.items.iter().any(|i| matches!(i, Item::Number(_)));
        let verb = |i: usize| i > 0 && (self.listed(Guard::Be, i - 1) || self.listed(Guard::Has, i - 1));
        let share = |i: usize| {
            let keys = self.reading.items[i].measures().unwrap_or_default();
            let part = |f: &&Fact| f.unit == Unit::Share && f.value(Role::Value).is_some_and(|v| v < 1.0);
            self.cited.iter().any(|f| part(f) && keys.contains(f.measure.as_str()))
        };
        !number && (0..at).any(|i| share(i) && verb(i) && !self.beside_check(i))
    }

    /// A check that is only named has passed where no finding by that name has not.
    fn passed_by_name(&self, at: usize) -> bool {
        let clause = self.reading.clause_of(at);
        let number = self.reading.items.iter().any(|i| matches!(i, Item::Number(_)));
        let code = self.reading.of_clause(clause).any(|(_, i)| matches!(i, Item::Code(_)));
        if number || code || !self.names_of(clause).is_empty() {
            return true;
        }
        let measures = self.measures_of(clause);
        let same = |f: &&Fact| f.outcome.is_some() && measures.contains(f.measure.as_str());
        self.facts.facts.iter().filter(same).all(|f| f.outcome == Some(Outcome::Pass))
    }

    /// An outcome has to be that of all findings that it is said of.
    pub(super) fn outcome(&self, at: usize, outcome: Outcome) -> Result<(), Rejection> {
        // `86 % of the rows get a warning`
        let c = self.reading.clauses[self.reading.clause_of(at)];
        let rows = |i: usize| {
            matches!(self.reading.items[i], Item::Number(_))
                && self
                    .reading
                    .items
                    .get(i + 1)
                    .is_some_and(|n| n.text().starts_with("of") || n.text().starts_with("de"))
        };
        let gets = at > 0 && (self.listed(Guard::Gets, at - 1) || self.holds(at, Guard::Gets));
        let of_rows =
            (c.from..at).any(rows) && (gets || !self.reading.items[c.from..at].iter().any(Item::names_measure));
        let ok = !self.negated(at)
            && !of_rows
            && self.told_before(at).iter().all(|f| f.outcome == Some(outcome))
            && (outcome != Outcome::Pass || self.passed_by_name(at))
            && !self.all_rows(at)
            && self.subjects(at).is_some_and(|facts| facts.iter().all(|f| f.outcome == Some(outcome)));
        ok.then_some(()).ok_or_else(|| self.reject(Kind::Outcome, at))
    }

    /// The same for a severity.
    pub(super) fn severity(&self, at: usize, severity: Severity) -> Result<(), Rejection> {
        let ok = !self.negated(at)
            && self.told_before(at).iter().all(|f| f.severity == Some(severity))
            && self.subjects(at).is_some_and(|facts| facts.iter().all(|f| f.severity == Some(severity)));
        ok.then_some(()).ok_or_else(|| self.reject(Kind::Outcome, at))
    }

    /// A judgement needs the outcome of all cited findings, which are of its checks; a good one that of all such findings
    /// of the audit.
    pub(super) fn judgement(&self, at: usize, checks: &str, outcome: Outcome) -> Result<(), Rejection> {
        let judged = |f: &Fact| f.outcome.is_some() && f.measure.starts_with(checks);
        let cited: Vec<&&Fact> = self.cited.iter().filter(|f| f.outcome.is_some()).collect();
        let right = |f: &Fact| judged(f) && f.outcome == Some(outcome);
        let all = outcome != Outcome::Pass
            || self.facts.facts.iter().filter(|f| judged(f)).all(|f| f.outcome == Some(Outcome::Pass));
        let ok = !cited.is_empty() && cited.iter().all(|f| right(f)) && all && !self.negated(at);
        ok.then_some(()).ok_or_else(|| self.reject(Kind::Evaluation, at))
    }

    /// Words that say how a check ended (`say almost the same`) need that outcome, unless an outcome is said beside them:
    /// then they are the name of the check, and claim nothing by themselves.
    pub(super) fn assertion(&self, at: usize, outcomes: &[Outcome]) -> Result<bool, Rejection> {
        let outcome = self.reading.items.iter().any(|i| i.has(|s| matches!(s, Sense::Outcome(_))));
        let clause = self.reading.clause_of(at);
        let open = |c: usize| {
            c < self.reading.clauses.len()
                && self.reading.clause_has(c, |s| *s == Sense::Outcome(Outcome::Inconclusive))
        };
        let whether = self.reading.items.iter().any(|i| matches!(i.text().as_str(), "whether" | "si"));
        let asked = open(clause) || (whether && open(clause + 1));
        if asked || (outcome && self.beside_check(at)) {
            return Ok(false);
        }
        let keys = self.reading.items[at].measures().unwrap_or_default();
        let names = self.names_of(self.reading.clause_of(at));
        let judged = self.cited.iter().filter(|f| keys.contains(f.measure.as_str()) && f.outcome.is_some());
        let facts: Vec<&Fact> = judged.copied().collect();
        let right = |f: &&Fact| f.outcome.is_some_and(|o| outcomes.contains(&o));
        let about: Vec<&Fact> = facts.iter().copied().filter(|f| self.about(f, &names)).collect();
        let clear = about.iter().all(|f| self.alone(f, &names, Role::Value).is_ok());
        if !facts.iter().all(right) || !clear {
            return Err(self.reject(Kind::Outcome, at));
        }
        self.bind(about.iter().copied());
        Ok(!about.is_empty())
    }

    /// A name has to be in the scope of a cited fact.
    pub(super) fn name(&self, at: usize) -> Result<(), Rejection> {
        let mention = self.mention(at);
        let c = self.reading.clauses[self.reading.clause_of(at)];
        let twice = (c.from..c.to).any(|i| i != at && !mention.is_empty() && self.mention(i) == mention);
        let ok =
            !twice && !self.wrong_kind(at) && self.cited.iter().any(|f| mention.iter().any(|alias| f.about(alias)));
        ok.then_some(()).ok_or_else(|| self.reject(Kind::Name, at))
    }

    /// A measure has to be that of a cited fact, and one of a fact that is about a name of the clause.
    pub(super) fn measure(&self, at: usize) -> Result<(), Rejection> {
        let Some(keys) = self.reading.items[at].measures() else { return Ok(()) };
        let says = |f: &&&Fact| f.measures().any(|m| keys.contains(m));
        let facts: Vec<&&Fact> = self.cited.iter().filter(says).collect();
        if facts.is_empty() {
            let loose = matches!(&self.reading.items[at], item if item.neutral());
            let kind = if matches!(self.reading.items[at], Item::Code(_)) { Kind::Check } else { Kind::Measure };
            return if loose { Ok(()) } else { Err(self.reject(kind, at)) };
        }
        // `contains dangerous calls`, where there are none.
        let none = |f: &Fact| f.outcome.is_some() && f.value(Role::Value) == Some(0.0);
        let zero = |i: &Item| matches!(i, Item::Number(n) if n.value == 0.0);
        let clause = self.reading.clause_of(at);
        if !self.reading.items[at].neutral()
            && !matches!(self.reading.items[at], Item::Code(_))
            && facts.iter().all(|f| none(f))
            && !self.reading.items.iter().any(zero)
            && !self.beside_check(at)
        {
            return Err(self.reject(Kind::Measure, at));
        }
        // `achieves demographic parity`
        if at > 0 && self.listed(Guard::Parity, at) && self.listed(Guard::Claims, at - 1) {
            return Err(self.reject(Kind::Evaluation, at));
        }
        let names: Vec<Mention> = self.reading.names(clause).into_iter().map(|i| self.mention(i)).collect();
        let about = |f: &Fact, n: Mention| n.iter().any(|a| f.about(a));
        let grounded = names.iter().all(|n| facts.iter().any(|f| about(f, n)));
        if grounded || self.reading.items[at].neutral() { Ok(()) } else { Err(self.reject(Kind::Binding, at)) }
    }

    /// `both` needs two of what it is said of.
    pub(super) fn both(&self, at: usize) -> Result<(), Rejection> {
        let names: usize = (0..self.reading.clauses.len()).map(|c| self.reading.names(c).len()).sum();
        let before = self.reading.items[..at].iter().filter(|i| matches!(i, Item::Name(..))).count();
        if names == 2 || before == 2 || self.cited.len() == 2 { Ok(()) } else { Err(self.reject(Kind::Comparison, at)) }
    }

    /// A baseline or other rows can only be spoken of where a cited fact knows them.
    pub(super) fn side_word(&self, at: usize, role: Role) -> Result<(), Rejection> {
        let compares = |i: &Item| i.has(|s| matches!(s, Sense::Compare { .. } | Sense::Than | Sense::Change(_)));
        let numbers = || {
            let number = |i: &usize| matches!(self.reading.items[*i], Item::Number(_));
            (0..self.reading.items.len()).filter(number).count()
        };
        // `the reference` is the data of the training, unless the number stands beside it.
        let reference = self.reading.items[at].text().contains("referencia") && numbers() < 2;
        let alone = numbers() < 2 && !self.reading.items.iter().any(compares);
        if role == Role::Baseline && (reference || alone) {
            return Err(self.reject(Kind::Binding, at));
        }
        let knows = |f: &&Fact| f.value(role).is_some() || (role == Role::Rest && f.measure == "SLICE-LOSS");
        if self.cited.iter().any(knows) { Ok(()) } else { Err(self.reject(Kind::Binding, at)) }
    }

    /// A limit that is called that of warnings or of issues has to be it.
    pub(super) fn limit_word(&self, at: usize) -> Result<(), Rejection> {
        if !self.held_against(at) {
            return Err(self.reject(Kind::Comparison, at));
        }
        let text = self.reading.items[at].text();
        let quotient = |f: &&&Fact| f.measure == "FAIR-SELECTION-RATIO";
        if self.holds(at, Guard::FourFifths) && !self.cited.iter().all(|f| quotient(&f)) {
            return Err(self.reject(Kind::Binding, at));
        }
        let outcome = match () {
            () if ["warning", "aviso", "advertencia"].iter().any(|w| text.contains(w)) => Outcome::Watch,
            () if ["issue", "problema"].iter().any(|w| text.contains(w)) => Outcome::Issue,
            () => return Ok(()),
        };
        let limited = |f: &&&Fact| f.value(Role::Limit).is_some();
        let ok = self.cited.iter().filter(limited).all(|f| f.outcome == Some(outcome));
        ok.then_some(()).ok_or_else(|| self.reject(Kind::Comparison, at))
    }

    /// What was promised stands beside nothing that says that it was kept.
    pub(super) fn level_word(&self, at: usize) -> Result<(), Rejection> {
        let text = self.reading.items[at].text();
        let as_promised = at > 0 && matches!(self.reading.items[at - 1].text().as_str(), "as" | "como");
        let promise = ["promis", "target", "nominal", "objetivo", "prometid"].iter().any(|w| text.contains(w));
        (!promise || (self.held_against(at) && !as_promised))
            .then_some(())
            .ok_or_else(|| self.reject(Kind::Comparison, at))
    }

    /// Names and measures that no claim took up: `accuracy is 90 %, as is recall`. A name that all facts of the claims are
    /// about, and a measure of one of them, only repeat what was proven.
    pub(super) fn loose_ends(&self) -> Vec<Rejection> {
        let (used, bound) = (self.used.borrow(), self.bound.borrow());
        let facts: Vec<&&Fact> = self.cited.iter().filter(|f| bound.contains(&f.id)).collect();
        let proven = |item: &Item| match item {
            Item::Name(aliases, _) => facts.iter().all(|f| aliases.iter().any(|a| f.about(a))),
            _ => item.measures().is_none_or(|keys| facts.iter().any(|f| f.measures().any(|m| keys.contains(m)))),
        };
        let said = |item: &Item| item.names_something();
        let loose = |(i, item): &(usize, &Item)| said(item) && !used.contains(i) && !proven(item);
        let items = self.reading.items.iter().enumerate();
        let mut out: Vec<Rejection> = items.filter(loose).map(|(i, _)| self.reject(Kind::Binding, i)).collect();
        // Among places, the others of the same kind are a fair receipt.
        let places = |s: &Sense| matches!(s, Sense::Extreme(_) | Sense::Ordinal(_) | Sense::Range | Sense::FollowedBy);
        let placed = self.reading.items.iter().any(|i| i.has(places));
        let beside =
            |f: &Fact| placed && f.place.is_some() && facts.iter().any(|b| b.measure == f.measure && b.place.is_some());
        if out.is_empty() {
            let idle = self.cited.iter().filter(|f| !bound.contains(&f.id) && !beside(f));
            out.extend(idle.map(|f| Rejection::new(Kind::UnusedCitation, &f.id)));
        }
        out
    }
}
