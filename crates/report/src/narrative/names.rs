//! Names of columns, groups, classes and slices. They come from files of others and may hold anything, so that they are
//! known by aliases, and shown cleaned and in quotes.

use fine_audit::finding::Predicate;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, Language};
use crate::words::slice_words;

/// Most characters of a name that are shown.
const LONGEST: usize = 60;
/// Most characters of a slice.
const LONGEST_SLICE: usize = 160;

/// A name of the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Name {
    /// `C1` a column, `A1` an attribute, `A1.G2` a group of it, `K1` a class, `S1` a slice.
    pub alias: String,
    /// As it is shown in English, without quotes. Shown names of one kind are different.
    pub en: String,
    /// The same in Spanish.
    pub es: String,
}

impl Name {
    /// As it is shown in a language, without quotes.
    pub fn shown(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Es => &self.es,
        }
    }

    /// As it is put into a sentence.
    pub fn quoted(&self, language: Language) -> String {
        match language {
            Language::En => format!("“{}”", self.en),
            Language::Es => format!("«{}»", self.es),
        }
    }
}

/// Gives aliases in the order of asking, which must not depend on the names themselves.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    columns: Vec<String>,
    attributes: Vec<(String, Vec<String>)>,
    classes: Vec<String>,
    slices: Vec<Vec<Predicate>>,
}

impl Aliases {
    pub(super) fn column(&mut self, name: &str) -> String {
        format!("C{}", place(&mut self.columns, name))
    }

    pub(super) fn class(&mut self, name: &str) -> String {
        format!("K{}", place(&mut self.classes, name))
    }

    pub(super) fn attribute(&mut self, name: &str) -> String {
        format!("A{}", self.attribute_index(name) + 1)
    }

    pub(super) fn group(&mut self, attribute: &str, name: &str) -> String {
        let a = self.attribute_index(attribute);
        format!("A{}.G{}", a + 1, place(&mut self.attributes[a].1, name))
    }

    pub(super) fn slice(&mut self, predicates: &[Predicate]) -> String {
        let found = self.slices.iter().position(|s| s == predicates);
        let i = found.unwrap_or_else(|| {
            self.slices.push(predicates.to_vec());
            self.slices.len() - 1
        });
        format!("S{}", i + 1)
    }

    /// The slices that were asked for, in their order.
    pub(super) fn slices(&self) -> &[Vec<Predicate>] {
        &self.slices
    }

    fn attribute_index(&mut self, name: &str) -> usize {
        self.attributes.iter().position(|a| a.0 == name).unwrap_or_else(|| {
            self.attributes.push((name.to_owned(), Vec::new()));
            self.attributes.len() - 1
        })
    }

    /// All names that were asked for.
    pub(super) fn names(self) -> Vec<Name> {
        let (en, es) = (Catalogue::of(Language::En), Catalogue::of(Language::Es));
        let mut out = listed("C", &self.columns, LONGEST);
        let attributes: Vec<String> = self.attributes.iter().map(|a| a.0.clone()).collect();
        out.extend(listed("A", &attributes, LONGEST));
        for (i, (_, groups)) in self.attributes.iter().enumerate() {
            out.extend(listed(&format!("A{}.G", i + 1), groups, LONGEST));
        }
        out.extend(listed("K", &self.classes, LONGEST));
        let slices = |words| self.slices.iter().map(|s| slice_words(s, words)).collect::<Vec<_>>();
        let spanish = listed("S", &slices(es), LONGEST_SLICE);
        out.extend(
            listed("S", &slices(en), LONGEST_SLICE).into_iter().zip(spanish).map(|(n, s)| Name { es: s.es, ..n }),
        );
        out
    }
}

/// Place of a name in its list from 1; a new one comes last.
fn place(list: &mut Vec<String>, name: &str) -> usize {
    list.iter().position(|n| n == name).unwrap_or_else(|| {
        list.push(name.to_owned());
        list.len() - 1
    }) + 1
}

/// Cleaned names of one kind, made different where cleaning made them equal.
fn listed(prefix: &str, raw: &[String], longest: usize) -> Vec<Name> {
    let mut out: Vec<Name> = Vec::new();
    for (i, name) in raw.iter().enumerate() {
        let mut shown = cleaned(name, longest);
        if out.iter().any(|n| n.en == shown) {
            shown = format!("{shown} [{}]", i + 1);
        }
        let (en, es) = if shown.is_empty() { ("(empty)", "(vacío)") } else { (shown.as_str(), shown.as_str()) };
        out.push(Name { alias: format!("{prefix}{}", i + 1), en: en.to_owned(), es: es.to_owned() });
    }
    out
}

/// One line without control and direction characters, without quotes that could end the name, and not too long.
fn cleaned(name: &str, longest: usize) -> String {
    let kept: String = name
        .chars()
        .map(|c| match c {
            '“' | '”' | '«' | '»' | '"' | '„' | '‟' => '\'',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .filter(|c| !c.is_control() && !invisible(*c))
        .collect();
    let one = kept.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    if one.chars().count() <= longest {
        return one;
    }
    let mut short: String = one.chars().take(longest - 1).collect();
    short.push('…');
    short
}

/// Characters that show nothing or turn the direction of what follows.
pub(super) fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A name as it would be shown, different from others by its place.
#[cfg(test)]
pub(super) fn shown_for_tests(raw: &str, place: usize) -> String {
    let shown = cleaned(raw, LONGEST);
    if shown.is_empty() { format!("(empty) [{place}]") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_names_are_clean_and_different() {
        let raw = ["a\u{202e}b", "ab", "", " ”x“\n y", &"z".repeat(90), "a\u{200b}b"].map(str::to_owned);
        let shown: Vec<String> = listed("C", &raw, LONGEST).into_iter().map(|n| n.en).collect();
        let long = format!("{}…", "z".repeat(59));
        assert_eq!(shown, ["ab", "ab [2]", "(empty)", "'x' y", &long, "ab [6]"]);
    }

    #[test]
    fn aliases_follow_the_order_of_asking() {
        let mut a = Aliases::default();
        assert_eq!([a.column("x"), a.column("y"), a.column("x")], ["C1", "C2", "C1"]);
        assert_eq!([a.group("sex", "f"), a.group("race", "f"), a.group("sex", "m")], ["A1.G1", "A2.G1", "A1.G2"]);
    }
}
