//! The words, numbers, names and marks of a sentence.

use super::fact::Facts;
use super::lexicon::{Lexicon, Written, split};
use super::names::invisible;
use super::number::Number;
use super::verify::{Kind, Rejection};
use crate::catalogue::Language;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A word in lower case.
    Word(String),
    /// A number.
    Number(Number),
    /// A name of the data: the aliases that are shown like this, and the text.
    Name(Vec<String>, String),
    /// A code of a check.
    Code(String),
    /// A mark.
    Mark(char),
}

/// Parts a sentence; what can be in no sentence is told.
pub(super) fn tokens(text: &str, language: Language, facts: &Facts) -> (Vec<Token>, Vec<Rejection>) {
    let free = free_names(facts, language);
    let mut lexer =
        Lexer { chars: text.chars().collect(), at: 0, language, facts, free, out: Vec::new(), bad: Vec::new() };
    while lexer.at < lexer.chars.len() {
        lexer.next();
    }
    (lexer.out, lexer.bad)
}

/// Names that are recognised without quotes, longest first: none that could be read as other words or as a number.
fn free_names(facts: &Facts, language: Language) -> Vec<(Vec<char>, Vec<String>)> {
    let lexicon = Lexicon::of(language);
    let mut out: Vec<(Vec<char>, Vec<String>)> = Vec::new();
    for name in &facts.names {
        let shown = name.shown(language);
        if !stands_alone(shown, lexicon) {
            continue;
        }
        let chars: Vec<char> = shown.chars().collect();
        match out.iter_mut().find(|(c, _)| *c == chars) {
            Some((_, aliases)) => aliases.push(name.alias.clone()),
            None => out.push((chars, vec![name.alias.clone()])),
        }
    }
    out.sort_by_key(|(chars, _)| std::cmp::Reverse(chars.len()));
    out
}

fn stands_alone(name: &str, lexicon: &Lexicon) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '<' | '>' | '=' | '+' | '&' | ' ');
    let blanks: Vec<&str> = name.split(' ').collect();
    let known = |w: &str| lexicon.knows(&w.to_lowercase());
    let parts = split(name);
    name.chars().count() <= 60
        && name.chars().all(plain)
        && name.chars().any(char::is_alphabetic)
        && blanks.len() <= 3
        && !blanks.iter().any(|w| known(w))
        && !parts.is_empty()
        && !parts.iter().all(|w| known(w))
}

struct Lexer<'a> {
    chars: Vec<char>,
    at: usize,
    language: Language,
    facts: &'a Facts,
    free: Vec<(Vec<char>, Vec<String>)>,
    out: Vec<Token>,
    bad: Vec<Rejection>,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn next(&mut self) {
        let c = self.chars[self.at];
        let starts = self.at == 0 || !joins(self.chars[self.at - 1]);
        if c.is_whitespace() && !c.is_control() {
            self.at += 1;
        } else if let Some(close) = closing(c) {
            self.quoted(close);
        } else if starts && self.free_name() {
        } else if c.is_ascii_digit()
            || (matches!(c, '-' | '−') && self.peek(1).is_some_and(|d| d.is_ascii_digit()) && self.open())
        {
            self.number();
        } else if c.is_alphabetic() {
            self.word();
        } else if matches!(
            c,
            '.' | ',' | ';' | ':' | '(' | ')' | '=' | '–' | '—' | '…' | '-' | '−' | '<' | '%' | '\'' | '’'
        ) {
            self.mark(c);
        } else {
            self.bad.push(Rejection::new(Kind::Forbidden, &c.to_string()));
            self.at += 1;
        }
    }

    /// Whether a minus here can belong to a number.
    fn open(&self) -> bool {
        self.at == 0 || self.chars[self.at - 1].is_whitespace() || self.chars[self.at - 1] == '('
    }

    fn mark(&mut self, c: char) {
        self.at += 1;
        if matches!(c, '\'' | '’') && matches!(self.out.last(), Some(Token::Name(..))) && self.peek(0) == Some('s') {
            self.at += 1;
            return;
        }
        self.out.push(Token::Mark(c));
    }

    fn quoted(&mut self, close: char) {
        let start = self.at + 1;
        let end = (start..self.chars.len()).find(|i| self.chars[*i] == close).unwrap_or(self.chars.len());
        let text: String = self.chars[start..end].iter().collect();
        let names = self.facts.names.iter().filter(|n| n.shown(self.language) == text);
        let aliases: Vec<String> = names.map(|n| n.alias.clone()).collect();
        // `the verdict is “issue”`
        if aliases.is_empty() && end < self.chars.len() && Lexicon::of(self.language).is_outcome(&text) {
            self.out.push(Token::Word(text));
            self.at = end + 1;
            return;
        }
        if aliases.is_empty() || end == self.chars.len() {
            self.bad.push(Rejection::new(Kind::Name, &text));
        }
        self.out.push(Token::Name(aliases, text));
        self.at = (end + 1).min(self.chars.len());
    }

    fn free_name(&mut self) -> bool {
        let rest = &self.chars[self.at..];
        let found = self.free.iter().find(|(name, _)| {
            let n = name.len();
            let same = |(i, c): (usize, &char)| {
                rest[i] == *c || (i == 0 && self.out.is_empty() && rest[0].to_lowercase().eq(c.to_lowercase()))
            };
            let ends = rest.get(n).is_none_or(|c| !joins(*c))
                && !(matches!(rest.get(n), Some('-' | '/' | '.' | '='))
                    && rest.get(n + 1).is_some_and(|c| c.is_alphanumeric()));
            n <= rest.len() && ends && name.iter().enumerate().all(same)
        });
        let Some((name, aliases)) = found else { return false };
        let text: String = rest[..name.len()].iter().collect();
        self.out.push(Token::Name(aliases.clone(), text));
        self.at += name.len();
        true
    }

    fn number(&mut self) {
        let start = self.at;
        let below = matches!(self.out.last(), Some(Token::Mark('<')));
        self.at += 1;
        while let Some(c) = self.peek(0) {
            let digit = |i: usize| self.peek(i).is_some_and(|d| d.is_ascii_digit());
            let more = c.is_ascii_digit()
                || (matches!(c, '.' | ',') && digit(1))
                || (matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}') && self.group_follows(start))
                || (matches!(c, 'e' | 'E')
                    && (digit(1) || (matches!(self.peek(1), Some('-' | '−' | '+')) && digit(2))))
                || (matches!(c, '-' | '−' | '+') && matches!(self.chars[self.at - 1], 'e' | 'E') && digit(1));
            if !more {
                break;
            }
            self.at += 1;
        }
        let text: String = self.chars[start..self.at].iter().collect();
        let glued = self.peek(0).is_some_and(char::is_alphabetic);
        match Number::read(&text, self.language).filter(|_| !glued) {
            Some(mut number) => {
                let blank = self.peek(0).is_some_and(char::is_whitespace);
                if self.peek(usize::from(blank)) == Some('%') {
                    number.written = Written::Percent;
                    self.at += usize::from(blank) + 1;
                }
                if below {
                    self.out.pop();
                    number.below = true;
                }
                self.out.push(Token::Number(number));
            }
            None => self.bad.push(Rejection::new(Kind::Number, &text)),
        }
    }

    /// A blank inside a number: exactly three digits follow one to three, or other groups.
    fn group_follows(&self, start: usize) -> bool {
        let three = (1..=3).all(|i| self.peek(i).is_some_and(|c| c.is_ascii_digit()));
        let fourth = self.peek(4).is_some_and(|c| c.is_ascii_digit());
        let before = self.chars[start..self.at].iter().rev().take_while(|c| c.is_ascii_digit()).count();
        let first = self.chars[start..self.at].iter().all(|c| c.is_ascii_digit() || matches!(c, '-' | '−'));
        three && !fourth && if first { before <= 3 } else { before == 3 } && !self.chars[start..self.at].contains(&'.')
    }

    fn word(&mut self) {
        let start = self.at;
        if let Some(code) = self.code() {
            self.out.push(Token::Code(code));
            return;
        }
        while self.peek(0).is_some_and(|c| joins(c) && c != '_' || c == '²') || self.inner_apostrophe() {
            self.at += 1;
        }
        self.at = self.at.max(start + 1);
        let text: String = self.chars[start..self.at].iter().map(|c| if *c == '’' { '\'' } else { *c }).collect();
        if text.chars().any(invisible) {
            self.bad.push(Rejection::new(Kind::Forbidden, &text));
        }
        let lower = text.to_lowercase();
        let known = Lexicon::of(self.language).knows(&lower);
        let word = if known { lower } else { lower.strip_suffix("'s").map_or(lower.clone(), str::to_owned) };
        let shouts = !self.out.is_empty() && text.chars().next().is_some_and(char::is_uppercase);
        if !Lexicon::of(self.language).knows(&word) {
            let kind = if shouts { Kind::Name } else { Kind::Word };
            self.bad.push(Rejection::new(kind, &text));
        }
        self.out.push(Token::Word(word));
        // Hyphens part words and are no marks.
        if matches!(self.peek(0), Some('-' | '/')) && self.peek(1).is_some_and(char::is_alphanumeric) {
            self.at += 1;
        }
    }

    fn inner_apostrophe(&self) -> bool {
        matches!(self.peek(0), Some('\'' | '’')) && self.peek(1).is_some_and(char::is_alphabetic)
    }

    /// A code like `FAIR-SELECTION-RATIO`.
    fn code(&mut self) -> Option<String> {
        let length = self.chars[self.at..]
            .iter()
            .take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || **c == '-')
            .count();
        let code: String = self.chars[self.at..self.at + length].iter().collect();
        let code = code.trim_end_matches('-').to_owned();
        let parts: Vec<&str> = code.split('-').collect();
        let whole = self.peek(code.len()).is_none_or(|c| !joins(c));
        if parts.len() < 2 || parts[0].len() < 2 || parts.iter().any(|p| p.is_empty()) || !whole {
            return None;
        }
        self.at += code.len();
        Some(code)
    }
}

fn joins(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn closing(open: char) -> Option<char> {
    match open {
        '“' => Some('”'),
        '«' => Some('»'),
        '"' => Some('"'),
        '‘' => Some('’'),
        _ => None,
    }
}
