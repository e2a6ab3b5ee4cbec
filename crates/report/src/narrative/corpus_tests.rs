//! The corpus of true and false sentences, and the page that says how many of them are told apart.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::OnceLock;

use serde::Deserialize;

use super::{Checked, Facts, Rejection, verify};
use crate::Language;

/// A sentence of the corpus.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub(super) audit: String,
    pub(super) lang: String,
    pub(super) cites: Vec<String>,
    /// It is true, but judges, gives a cause or denies in free form, and is refused on purpose.
    #[serde(default)]
    pub(super) judges: bool,
    /// What is false about it.
    #[serde(default, rename = "false")]
    pub(super) falsehood: Option<String>,
    pub(super) text: String,
}

impl Line {
    pub(super) fn language(&self) -> Language {
        Language::from_tag(&self.lang).unwrap()
    }

    pub(super) fn check(&self) -> Result<Checked, Vec<Rejection>> {
        let cites: Vec<&str> = self.cites.iter().map(String::as_str).collect();
        verify(&self.text, self.language(), &cites, facts_of(&self.audit))
    }
}

pub(super) fn facts_of(audit: &str) -> &'static Facts {
    static ALL: OnceLock<BTreeMap<&str, Facts>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let files = [
            ("adult", include_str!("../../corpus/facts/adult.json")),
            ("german", include_str!("../../corpus/facts/german.json")),
            ("diamonds", include_str!("../../corpus/facts/diamonds.json")),
        ];
        files.into_iter().map(|(name, text)| (name, serde_json::from_str(text).unwrap())).collect()
    });
    &all[audit]
}

pub(super) fn read(text: &str) -> Vec<Line> {
    text.lines().filter(|l| !l.is_empty()).map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// Sentences that were treated rightly, of all.
#[derive(Default, Clone, Copy)]
struct Rate {
    right: usize,
    all: usize,
}

impl Rate {
    fn of<'a>(lines: impl Iterator<Item = &'a Line>) -> Self {
        let mut rate = Self::default();
        for line in lines {
            rate.all += 1;
            rate.right += usize::from(line.check().is_ok() == line.falsehood.is_none());
        }
        rate
    }

    fn share(self) -> f64 {
        self.right as f64 / self.all.max(1) as f64
    }

    fn shown(self) -> String {
        format!("{} of {} ({:.1} %)", self.right, self.all, self.share() * 100.0)
    }
}

struct Corpus {
    truths: Vec<Line>,
    judging: Vec<Line>,
    falsehoods: Vec<Line>,
    held_true: Vec<Line>,
    held_false: Vec<Line>,
    prompted_true: Vec<Line>,
    prompted_false: Vec<Line>,
}

fn corpus() -> Corpus {
    let (judging, truths) = read(include_str!("../../corpus/true.jsonl")).into_iter().partition(|l| l.judges);
    Corpus {
        truths,
        judging,
        falsehoods: read(include_str!("../../corpus/false.jsonl")),
        held_true: read(include_str!("../../corpus/held-out-true.jsonl")),
        held_false: read(include_str!("../../corpus/held-out-false.jsonl")),
        prompted_true: read(include_str!("../../corpus/prompted-true.jsonl")),
        prompted_false: read(include_str!("../../corpus/prompted-false.jsonl")),
    }
}

#[test]
fn true_and_false_sentences_are_told_apart() {
    let c = corpus();
    let wrong = |lines: &[Line]| -> Vec<String> {
        let bad = lines.iter().filter(|l| l.check().is_ok() != l.falsehood.is_none());
        bad.map(|l| format!("{} {:?} {:?}", l.text, l.falsehood, l.check().err())).collect()
    };
    for lines in [&c.truths, &c.falsehoods, &c.prompted_true, &c.prompted_false] {
        assert!(lines.len() >= 200);
        for lang in ["en", "es"] {
            let rate = Rate::of(lines.iter().filter(|l| l.lang == lang));
            assert!(rate.share() >= 0.99, "{lang} {:#?}", wrong(lines));
        }
    }
    assert!(Rate::of(c.held_false.iter()).share() >= 0.99, "{:#?}", wrong(&c.held_false));
}

fn page(c: &Corpus) -> String {
    let mut out = String::from(include_str!("../../corpus/page.md"));
    let rows = [
        ("true, accepted", &c.truths),
        ("true with a judgement, a cause or a free denial, accepted (0 is meant)", &c.judging),
        ("false, refused", &c.falsehoods),
        ("by a language model from the prompt: true, accepted", &c.prompted_true),
        ("mistakes of a language model: false, refused", &c.prompted_false),
        ("held out, free: true, accepted", &c.held_true),
        ("held out, free: false, refused", &c.held_false),
    ];
    out.push_str("\n## Rates\n\n| sentences | English | Spanish | both |\n| --- | --- | --- | --- |\n");
    for (name, lines) in rows {
        let of = |lang: &str| Rate::of(lines.iter().filter(|l| l.lang == lang)).shown();
        let _ = writeln!(out, "| {name} | {} | {} | {} |", of("en"), of("es"), Rate::of(lines.iter()).shown());
    }
    out.push_str(
        "\n## By kind of falsehood\n\nAll parts of the corpus.\n\n| kind | English | Spanish |\n| --- | --- | --- |\n",
    );
    let all: Vec<&Line> = c.falsehoods.iter().chain(&c.prompted_false).chain(&c.held_false).collect();
    let mut kinds: Vec<&str> = all.iter().filter_map(|l| l.falsehood.as_deref()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let of = |lang: &str| {
            Rate::of(all.iter().filter(|l| l.lang == lang && l.falsehood.as_deref() == Some(kind)).copied()).shown()
        };
        let _ = writeln!(out, "| {kind} | {} | {} |", of("en"), of("es"));
    }
    let list = |out: &mut String, title: &str, lines: &[&Line]| {
        let _ = write!(out, "\n## {title}\n\n");
        for line in lines {
            let why: Vec<String> =
                line.check().err().unwrap_or_default().iter().map(|r| format!("{} “{}”", r.kind, r.words)).collect();
            let _ = writeln!(out, "- {} *{}*", line.text, why.join(", "));
        }
        if lines.is_empty() {
            out.push_str("None.\n");
        }
    };
    let refused: Vec<&Line> = c
        .truths
        .iter()
        .chain(&c.judging)
        .chain(&c.prompted_true)
        .chain(&c.held_true)
        .filter(|l| l.check().is_err())
        .collect();
    list(&mut out, "True sentences that are refused", &refused);
    let passed: Vec<&Line> = all.into_iter().filter(|l| l.check().is_ok()).collect();
    list(&mut out, "False sentences that are accepted", &passed);
    out
}

#[test]
fn the_page_says_what_the_corpus_gives() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/verifier.md");
    let text = page(&corpus());
    if std::env::var_os("FINE_WRITE_DOCS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), text, "FINE_WRITE_DOCS=1 makes the page again");
}
