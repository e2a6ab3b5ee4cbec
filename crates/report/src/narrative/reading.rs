//! A sentence as clauses of words with meanings, numbers and names.

use std::collections::BTreeSet;

use super::fact::Fact;
use super::lexicon::{Lexicon, RoleWord, Sense, Written};
use super::number::Number;
use super::token::Token;
use crate::catalogue::Language;

/// A word or phrase with its meanings, a number, a name, or a mark.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    /// A phrase of the lexicon, and its text.
    Phrase(Vec<Sense>, String),
    /// A number.
    Number(Number),
    /// A name: its aliases, and its text.
    Name(Vec<String>, String),
    /// A check by its code.
    Code(String),
    /// A mark.
    Mark(char),
    /// A word that is in phrases of the lexicon, but does not stand in one here.
    Unknown(String),
}

/// What parts a clause from the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opener {
    /// The start, a mark, or a joining word.
    Plain,
    /// A colon or a bracket: what follows belongs to what stands before.
    Detail,
    /// `than` and the like: the second side of a comparison.
    Than,
    /// A comparison with an object (`above`, `exceeds`).
    Object,
}

/// A clause: items `from` up to `to`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clause {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) opener: Opener,
}

/// A sentence that was read.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) items: Vec<Item>,
    pub(super) clauses: Vec<Clause>,
    /// Items of lists of names or numbers, by list.
    pub(super) lists: Vec<Vec<usize>>,
}

impl Item {
    pub(super) fn has(&self, test: impl Fn(&Sense) -> bool) -> bool {
        matches!(self, Self::Phrase(senses, _) if senses.iter().any(test))
    }

    pub(super) fn neutral(&self) -> bool {
        match self {
            Self::Mark(_) => true,
            _ => self.has(|s| *s == Sense::Neutral),
        }
    }

    /// Words that name a measure and cannot mean nothing.
    pub(super) fn names_measure(&self) -> bool {
        self.measures().is_some() && !self.neutral()
    }

    /// A name, or words that name a measure.
    pub(super) fn names_something(&self) -> bool {
        matches!(self, Self::Name(..)) || self.names_measure()
    }

    pub(super) fn role(&self, role: RoleWord) -> bool {
        self.has(|s| *s == Sense::Role(role))
    }

    /// The measures that it names; `loose` when the words can mean nothing, too.
    pub(super) fn measures(&self) -> Option<BTreeSet<&str>> {
        match self {
            Self::Phrase(senses, _) => senses.iter().find_map(|s| match s {
                Sense::Measure(keys) => Some(keys.iter().map(String::as_str).collect()),
                _ => None,
            }),
            Self::Code(code) => Some(BTreeSet::from([code.as_str()])),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Phrase(_, text) | Self::Name(_, text) | Self::Code(text) | Self::Unknown(text) => text.clone(),
            Self::Number(n) => n.text.clone(),
            Self::Mark(c) => c.to_string(),
        }
    }
}

impl Reading {
    /// Reads tokens. Words that the lexicon lacks were told by the tokens and say nothing here.
    pub(super) fn of(tokens: &[Token], language: Language, cited: &[&Fact]) -> Self {
        let mut items = phrases(tokens, language);
        units(&mut items);
        parted_verb(&mut items, language);
        settle(&mut items, cited);
        let lists = lists(&items);
        let clauses = clauses(&items, &lists);
        Self { items, clauses, lists }
    }

    /// The clause of an item.
    pub(super) fn clause_of(&self, item: usize) -> usize {
        self.clauses.iter().position(|c| (c.from..c.to).contains(&item)).unwrap_or(0)
    }

    /// The items of a clause with their places.
    pub(super) fn of_clause(&self, clause: usize) -> impl DoubleEndedIterator<Item = (usize, &Item)> {
        let c = self.clauses[clause];
        (c.from..c.to).map(|i| (i, &self.items[i]))
    }

    /// The names of a clause.
    pub(super) fn names(&self, clause: usize) -> Vec<usize> {
        self.of_clause(clause).filter(|(_, i)| matches!(i, Item::Name(..))).map(|(i, _)| i).collect()
    }

    /// The list that holds an item.
    pub(super) fn list_of(&self, item: usize) -> Option<&[usize]> {
        self.lists.iter().find(|l| l.contains(&item)).map(Vec::as_slice)
    }

    pub(super) fn clause_has(&self, clause: usize, test: impl Fn(&Sense) -> bool) -> bool {
        self.of_clause(clause).any(|(_, i)| i.has(&test))
    }

    /// Items that are no marks and claim something or bear on a claim, before and after an item within its clause.
    pub(super) fn neighbour(&self, item: usize, forward: bool) -> Option<usize> {
        let c = self.clauses[self.clause_of(item)];
        let quiet = |i: &usize| matches!(self.items[*i], Item::Mark(_));
        if forward { (item + 1..c.to).find(|i| !quiet(i)) } else { (c.from..item).rev().find(|i| !quiet(i)) }
    }
}

fn phrases(tokens: &[Token], language: Language) -> Vec<Item> {
    let lexicon = Lexicon::of(language);
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let words: Vec<&str> =
            tokens[at..].iter().map_while(|t| if let Token::Word(w) = t { Some(w.as_str()) } else { None }).collect();
        let mut length = 1;
        if let Some(senses) = separation(&tokens[at..], lexicon) {
            out.push(Item::Phrase(senses.to_vec(), "2 auc − 1".to_owned()));
            at += 4;
            continue;
        }
        if small_tree(&tokens[at..], &out) {
            out.push(Item::Phrase(vec![Sense::Neutral], "depth 3".to_owned()));
            at += 2;
            continue;
        }
        out.push(match &tokens[at] {
            Token::Number(n) => Item::Number(n.clone()),
            Token::Name(aliases, text) => Item::Name(aliases.clone(), text.clone()),
            Token::Code(code) => Item::Code(code.clone()),
            Token::Mark(c) => Item::Mark(*c),
            Token::Word(word) => match lexicon.longest(&words) {
                Some((n, senses)) => {
                    length = n;
                    numeral(senses, language).unwrap_or_else(|| Item::Phrase(senses.to_vec(), words[..n].join(" ")))
                }
                None => Item::Unknown(word.clone()),
            },
        });
        at += length;
    }
    out
}

/// `a decision tree of depth 3`, which is how the small tree is called.
fn small_tree(tokens: &[Token], before: &[Item]) -> bool {
    let [Token::Word(depth), Token::Number(three), ..] = tokens else { return false };
    let tree = |i: &Item| i.text().split(' ').any(|w| matches!(w, "tree" | "árbol"));
    let of = before.last().is_some_and(|i| matches!(i.text().as_str(), "of" | "de"));
    matches!(depth.as_str(), "depth" | "profundidad")
        && three.text == "3"
        && of
        && before.iter().rev().nth(1).is_some_and(tree)
}

/// `falls 25 points short` says `falls short` of its number.
fn parted_verb(items: &mut Vec<Item>, language: Language) {
    for at in 0..items.len().saturating_sub(2) {
        let verb = items[at].text();
        let short = matches!(&items[at + 2], Item::Unknown(w) if w == "short");
        if !short || !matches!(verb.as_str(), "fall" | "falls" | "fell") || !matches!(items[at + 1], Item::Number(_)) {
            continue;
        }
        if let Some((2, senses)) = Lexicon::of(language).longest(&[verb.as_str(), "short"]) {
            items[at] = Item::Phrase(senses.to_vec(), format!("{verb} short"));
            items.remove(at + 2);
            return;
        }
    }
}

/// `10 of the 46 findings`: the places of both numbers, when words that count findings follow the second.
pub(super) fn parts(items: &[Item]) -> Option<(usize, usize)> {
    let bare = |i: usize| matches!(items.get(i), Some(Item::Number(n)) if n.written == Written::Bare);
    let is = |i: usize, words: &[&str]| items.get(i).is_some_and(|w| words.contains(&w.text().as_str()));
    (0..items.len()).find_map(|first| {
        let of = is(first + 1, &["of", "out of", "de"]) || (is(first + 1, &["out"]) && is(first + 2, &["of"]));
        let mut second = first + 2 + usize::from(is(first + 1, &["out"]));
        while is(second, &["the", "all", "los", "las", "total"]) {
            second += 1;
        }
        let counting = |i: usize| items.get(i).is_some_and(counts_findings);
        (bare(first) && of && bare(second) && counting(second + 1)).then_some((first, second))
    })
}

fn counts_findings(item: &Item) -> bool {
    [RoleWord::Issues, RoleWord::Warnings, RoleWord::Open, RoleWord::Judged].iter().any(|r| item.role(*r))
}

/// `2 AUC − 1`, whose digits are no numbers of the audit.
fn separation<'a>(tokens: &[Token], lexicon: &'a Lexicon) -> Option<&'a [Sense]> {
    let [Token::Number(two), Token::Word(auc), Token::Mark('−' | '-' | '–'), Token::Number(one), ..] = tokens
    else {
        return None;
    };
    let own = two.text == "2" && auc == "auc" && one.text == "1";
    lexicon.longest(&["2", "auc", "−", "1"]).filter(|(n, _)| own && *n == 4).map(|(_, senses)| senses)
}

fn numeral(senses: &[Sense], language: Language) -> Option<Item> {
    let text = senses.iter().find_map(|s| if let Sense::Number(text) = s { Some(text) } else { None })?;
    let (digits, written) = match text.strip_suffix(" %") {
        Some(digits) => (digits, Written::Percent),
        None => (text.as_str(), Written::Bare),
    };
    let mut number = Number::read(digits, language)?;
    number.written = written;
    Some(Item::Number(number))
}

/// Gives numbers the units that follow them in words; a hyphen may stand between.
fn units(items: &mut Vec<Item>) {
    let mut at = 0;
    while at + 1 < items.len() {
        let gap = usize::from(items[at + 1] == Item::Mark('-'));
        let unit = match items.get(at + 1 + gap) {
            Some(Item::Phrase(senses, _)) => {
                senses.iter().find_map(|s| if let Sense::Unit(u) = s { Some(*u) } else { None })
            }
            _ => None,
        };
        if let (Item::Number(n), Some(unit)) = (&mut items[at], unit)
            && n.written == Written::Bare
        {
            n.written = unit;
            items.drain(at + 1..=at + 1 + gap);
        }
        at += 1;
    }
}

/// Words that count findings when a number stands before them say nothing else there; words that may say nothing name no
/// measure that the audit lacks.
fn settle(items: &mut [Item], cited: &[&Fact]) {
    let (first, whole) = parts(items).unzip();
    table(items, cited);
    verb(items, cited);
    for i in 0..items.len() {
        let bare = |i: usize| matches!(&items[i], Item::Number(n) if n.written == Written::Bare);
        let be = |i: usize| matches!(items[i].text().as_str(), "are" | "were" | "son" | "fueron");
        let part = whole.is_some_and(|second| (second + 1..second + 5).contains(&i));
        let counted = part || (i > 0 && bare(i - 1)) || (i > 1 && be(i - 1) && bare(i - 2));
        let counting = |i: usize| {
            items.get(i).is_some_and(|w| {
                [RoleWord::Issues, RoleWord::Warnings, RoleWord::Open, RoleWord::Judged].iter().any(|r| w.role(*r))
            })
        };
        // `issues: 3`, but not `it is an issue: 7.7 % of …` nor `the verdict is issue: 32 of 89 …`
        let listed = matches!(items.get(i + 1), Some(Item::Mark(':')))
            && items.len() > i + 2
            && bare(i + 2)
            && first != Some(i + 2)
            && !counting(i + 3);
        let Item::Phrase(senses, _) = &mut items[i] else { continue };
        let counts = |s: &Sense| {
            matches!(s, Sense::Role(RoleWord::Issues | RoleWord::Warnings | RoleWord::Open | RoleWord::Judged))
        };
        if (counted || listed) && senses.iter().any(counts) {
            senses.retain(counts);
        }
        let loose = senses.contains(&Sense::Neutral);
        let measured = |keys: &BTreeSet<String>| cited.iter().any(|f| f.measures().any(|m| keys.contains(m)));
        senses.retain(|s| !matches!(s, Sense::Measure(keys) if loose && !measured(keys)));
    }
}

/// `400 rows and 21 features` name what they count, where a cited fact counts it.
fn table(items: &mut [Item], cited: &[&Fact]) {
    for i in 1..items.len() {
        let bare = matches!(&items[i - 1], Item::Number(n) if n.written == Written::Bare);
        let measure = match items[i].text().as_str() {
            "features" | "input features" | "variables" | "variables de entrada" | "columns" | "columnas" => "features",
            "rows" | "filas" => "rows",
            _ => continue,
        };
        let counted = cited.iter().any(|f| matches!(f.measure.as_str(), "rows" | "features"));
        let known = cited.iter().any(|f| f.measure == measure);
        if let Item::Phrase(senses, _) = &mut items[i]
            && bare
            && counted
            && (known || measure == "features")
            && !senses.iter().any(|s| matches!(s, Sense::Measure(_)))
        {
            senses.push(Sense::Measure(BTreeSet::from([measure.to_owned()])));
            senses.retain(|s| known || *s != Sense::Neutral);
        }
    }
}

/// `missing values lower accuracy`: a verb, where nothing is compared.
fn verb(items: &mut [Item], cited: &[&Fact]) {
    if items.iter().any(|i| i.has(|s| *s == Sense::Than)) {
        return;
    }
    for i in 1..items.len().saturating_sub(1) {
        let subject = items[i - 1].names_something();
        let falls = items[i + 1].measures().is_some_and(|keys| {
            cited.iter().any(|f| f.drop && f.watched.as_ref().is_some_and(|w| keys.contains(w.as_str())))
        });
        let text = items[i].text();
        if text == "lower" && subject && falls {
            items[i] = Item::Phrase(vec![Sense::Change(false)], text);
        }
    }
}

/// Lists of names or of numbers: `a, b and c`, `1 and of 2`, and numbers with `versus` between them.
fn lists(items: &[Item]) -> Vec<Vec<usize>> {
    let same =
        |a: &Item, b: &Item| matches!((a, b), (Item::Name(..), Item::Name(..)) | (Item::Number(_), Item::Number(_)));
    let mut out = Vec::new();
    let mut at = 0;
    while at < items.len() {
        let mut list = vec![at];
        while let Some(next) = joined(items, list[list.len() - 1]).filter(|n| same(&items[at], &items[*n])) {
            list.push(next);
        }
        at = list[list.len() - 1] + 1;
        // Commas alone make no list: `compared with a, b is higher`.
        let joint = |i: usize| items[i].has(|s| matches!(s, Sense::And | Sense::Than));
        if list.len() > 1 && (list[0]..list[list.len() - 1]).any(joint) {
            out.push(list);
        }
    }
    out
}

/// The next member of a list after an item, behind a joint.
fn joined(items: &[Item], at: usize) -> Option<usize> {
    let is_name = |i: &Item| matches!(i, Item::Name(..));
    let sides = items[..at].iter().filter(|i| is_name(i)).count() == 2 && !items[at..].iter().any(is_name);
    let number = matches!(items[at], Item::Number(_)) && sides;
    let joint = |i: &Item| {
        matches!(i, Item::Mark(',')) || i.has(|s| *s == Sense::And || (number && *s == Sense::Than && !i.neutral()))
    };
    let small =
        |i: &Item| matches!(i, Item::Phrase(_, t) if matches!(t.as_str(), "of" | "the" | "de" | "del" | "el" | "la"));
    // A number in brackets after a name belongs to it: `a (25 %), b (17 %) and c (12 %)`.
    let detail = match &items[at..] {
        [Item::Name(..), Item::Mark('('), Item::Number(_), Item::Mark(')'), ..] => 3,
        _ => 0,
    };
    let at = at + detail;
    let joints = items[at + 1..].iter().take(2).take_while(|i| joint(i)).count();
    let smalls = items[(at + 1 + joints).min(items.len())..].iter().take(2).take_while(|i| small(i)).count();
    let next = at + 1 + joints + smalls;
    (joints > 0 && next < items.len()).then_some(next)
}

fn clauses(items: &[Item], lists: &[Vec<usize>]) -> Vec<Clause> {
    let detail =
        |i: usize| matches!(&items[i..], [Item::Name(..), Item::Mark('('), Item::Number(_), Item::Mark(')'), ..]);
    let end = |l: &[usize]| l[l.len() - 1] + if detail(l[l.len() - 1]) && detail(l[0]) { 4 } else { 0 };
    let inside = |i: usize| lists.iter().any(|l| l[0] < i && i < end(l));
    let mut out = vec![Clause { from: 0, to: items.len(), opener: Opener::Plain }];
    let joints = |i: &Item| matches!(i, Item::Mark(_)) || i.has(|s| *s == Sense::And);
    let cut = |at: usize, opener: Opener, out: &mut Vec<Clause>| {
        let last = out.len() - 1;
        if last > 0 && items[out[last].from..at].iter().all(joints) {
            out[last].opener = opener;
            return;
        }
        out[last].to = at;
        out.push(Clause { from: at, to: items.len(), opener });
    };
    for (i, item) in items.iter().enumerate() {
        if inside(i) {
            continue;
        }
        // A comparison is open until its second side begins.
        let closed = out.iter().rev().find(|c| c.opener == Opener::Than).map_or(0, |c| c.from);
        let open = items[closed..i].iter().any(|w| w.has(|s| matches!(s, Sense::Compare { object: false, .. })));
        if item.has(|s| *s == Sense::Than) && (open || !item.neutral()) {
            cut(i, Opener::Than, &mut out);
        } else if item.has(|s| matches!(s, Sense::Compare { object: true, .. })) {
            cut(i + 1, Opener::Object, &mut out);
        } else if item.has(|s| matches!(s, Sense::Split | Sense::And)) {
            cut(i, Opener::Plain, &mut out);
        } else if let Item::Mark(c) = item {
            match c {
                '(' if !apposition(items, i) => cut(i, Opener::Detail, &mut out),
                ':' => cut(i, Opener::Detail, &mut out),
                ')' if !(i >= 2 && apposition(items, i - 2)) => cut(i, Opener::Plain, &mut out),
                ',' | ';' | '—' => cut(i, Opener::Plain, &mut out),
                _ => {}
            }
        }
    }
    out
}

/// A name alone in brackets belongs to what stands before.
fn apposition(items: &[Item], bracket: usize) -> bool {
    bracket > 0
        && items[bracket] == Item::Mark('(')
        && matches!(items.get(bracket + 1), Some(Item::Name(..)))
        && items.get(bracket + 2) == Some(&Item::Mark(')'))
        && matches!(items[bracket - 1], Item::Name(..) | Item::Number(_))
}
