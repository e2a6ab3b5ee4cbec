//! The catalogues: nested JSON with `{{name}}` placeholders (i18next's form).

use std::sync::OnceLock;

use serde_json::Value;

/// A language of the reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Spanish.
    Es,
}

impl Language {
    /// `en` or `es`, with or without a region (`es-MX`); anything else is `None`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next() {
            Some("en") => Some(Self::En),
            Some("es") => Some(Self::Es),
            _ => None,
        }
    }
}

impl Language {
    /// `en` or `es`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }
}

/// The words of one language.
#[derive(Debug)]
pub struct Catalogue {
    pub(crate) language: Language,
    words: Value,
    units: Value,
}

impl Catalogue {
    /// The embedded catalogue of a language.
    pub fn of(language: Language) -> &'static Self {
        static EN: OnceLock<Catalogue> = OnceLock::new();
        static ES: OnceLock<Catalogue> = OnceLock::new();
        let (cell, text) = match language {
            Language::En => (&EN, include_str!("../catalogue/en.json")),
            Language::Es => (&ES, include_str!("../catalogue/es.json")),
        };
        cell.get_or_init(|| Self {
            language,
            words: serde_json::from_str(text).expect("embedded catalogues are tested"),
            units: serde_json::from_str(include_str!("../catalogue/units.json")).expect("embedded units are tested"),
        })
    }

    /// The words at a dotted key. Keys never hold dots themselves.
    pub fn get(&self, key: &str) -> Option<&str> {
        key.split('.').try_fold(&self.words, |at, part| at.get(part)).and_then(Value::as_str)
    }

    /// The words at a key, or the key's last part when the catalogue has none (an id is better than nothing).
    pub fn word<'a>(&'a self, key: &'a str) -> &'a str {
        #[cfg(test)]
        assert!(self.get(key).is_some(), "the {:?} catalogue has no words for {key}", self.language);
        self.get(key).unwrap_or_else(|| key.rsplit('.').next().unwrap_or(key))
    }

    /// The unit of a check or of a statement's argument: `share`, `points`, `ratio`, `count`, `number`, `scientific`.
    pub fn unit(&self, id: &str) -> &str {
        self.units.get(id).and_then(Value::as_str).unwrap_or("number")
    }

    /// A sentence with its placeholders filled; an unknown placeholder stays visible as `{{name}}`.
    pub fn fill(&self, sentence: &str, args: &[(&str, String)]) -> String {
        args.iter().fold(sentence.to_owned(), |s, (name, value)| s.replace(&format!("{{{{{name}}}}}"), value))
    }
}
