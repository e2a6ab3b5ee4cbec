//! What a question is about, without a language model: by the words of the topics, or by the form of a call.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::catalogue::Language;

/// The words of the topics.
static QUESTIONS: LazyLock<Questions> =
    LazyLock::new(|| toml::from_str(include_str!("questions.toml")).expect("the embedded words are tested"));

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Questions {
    #[allow(dead_code, reason = "for readers of the file")]
    version: String,
    topic: Vec<Topic>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Topic {
    id: String,
    en: Vec<String>,
    es: Vec<String>,
}

/// What a question asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Understood {
    /// Something that the results hold: the id of a topic.
    Topic(&'static str),
    /// The model on the rows that fulfil a condition, as it was written.
    Cohort(String),
    /// Why the model says what it says of a row, as people count them: from 1.
    Row(u64),
    /// The same with other cells: (column, cell), as they were written.
    WhatIf(u64, Vec<(String, String)>),
    /// The audit beside another one of the same rows: the other's name, as it was written.
    Compare(String),
    /// Nothing that is known.
    Nothing,
}

/// All topics, in the order of the file.
pub fn topics() -> impl Iterator<Item = &'static str> {
    QUESTIONS.topic.iter().map(|topic| topic.id.as_str())
}

/// Understands a question; `columns` are those of the table.
pub fn understand(question: &str, language: Language, columns: &[&str]) -> Understood {
    let plain = plain(question);
    if let Some(row) = row_of(&plain) {
        let changes = changes(question, columns);
        return if changes.is_empty() { Understood::Row(row) } else { Understood::WhatIf(row, changes) };
    }
    if let Some(other) = compared(question) {
        return Understood::Compare(other);
    }
    if let Some(condition) = condition(question, columns) {
        return Understood::Cohort(condition);
    }
    // People write in the language that they think in, whatever the page shows.
    let own = best(&plain, language);
    let other = if language == Language::En { Language::Es } else { Language::En };
    match (own, best(&plain, other)) {
        (Some((id, score)), Some((_, better))) if score >= better => Understood::Topic(id),
        (_, Some((id, _))) | (Some((id, _)), None) => Understood::Topic(id),
        (None, None) => Understood::Nothing,
    }
}

/// The topic whose words cover most of the question.
fn best(plain: &str, language: Language) -> Option<(&'static str, usize)> {
    let mut best: Option<(&'static str, usize)> = None;
    for topic in &QUESTIONS.topic {
        let words = if language == Language::En { &topic.en } else { &topic.es };
        let score: usize = words.iter().filter(|word| begins(plain, word)).map(|word| word.len()).sum();
        if score > best.map_or(0, |(_, score)| score) {
            best = Some((&topic.id, score));
        }
    }
    best
}

/// Whether a word of the text begins like this, or it stands there as a phrase. Short words must be whole.
fn begins(plain: &str, word: &str) -> bool {
    let mut from = 0;
    while let Some(at) = plain[from..].find(word).map(|at| from + at) {
        let before = plain[..at].chars().next_back().is_none_or(|c| c == ' ');
        let after = word.len() > 3 || plain[at + word.len()..].chars().next().is_none_or(|c| c == ' ');
        if before && after {
            return true;
        }
        from = at + word.len();
    }
    false
}

/// Lower case, without accents and marks, with single spaces.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = match c {
            'á' | 'à' | 'ä' | 'â' => 'a',
            'é' | 'è' | 'ë' | 'ê' => 'e',
            'í' | 'ì' | 'ï' | 'î' => 'i',
            'ó' | 'ò' | 'ö' | 'ô' => 'o',
            'ú' | 'ù' | 'ü' | 'û' => 'u',
            'ñ' => 'n',
            c if c.is_alphanumeric() || c == '-' => c,
            _ => ' ',
        };
        if c != ' ' || !out.ends_with(' ') {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

/// What follows `compare with` and its like.
fn compared(question: &str) -> Option<String> {
    const WORDS: [&str; 7] = [
        "compare with ",
        "compare to ",
        "compared with ",
        "compared to ",
        "comparar con ",
        "comparado con ",
        "comparada con ",
    ];
    let low = question.to_ascii_lowercase();
    let at = WORDS.iter().filter_map(|words| low.find(words).map(|at| at + words.len())).min()?;
    let other =
        question[at..].trim().trim_end_matches(['?', '.', '!']).trim_matches(['"', '\'', '“', '”', '«', '»']).trim();
    (!other.is_empty()).then(|| other.to_owned())
}

/// `row 17`, `fila 17`.
fn row_of(plain: &str) -> Option<u64> {
    let words: Vec<&str> = plain.split(' ').collect();
    let at = words.windows(2).find(|pair| matches!(pair[0], "row" | "fila" | "case" | "caso"))?;
    at[1].parse().ok().filter(|row| *row > 0)
}

/// `column = value` pairs of known columns.
fn changes(question: &str, columns: &[&str]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for piece in question.split([',', ';', '?']).flat_map(|part| part.split(" and ")).flat_map(|part| part.split(" y "))
    {
        let Some((left, right)) = piece.split_once('=') else { continue };
        let left = left.trim().trim_matches(['"', '\'', '`']);
        let column = columns.iter().filter(|column| ends_with_word(left, column)).max_by_key(|column| column.len());
        let value = right.trim().trim_matches(['"', '\'', '`', '.']).to_owned();
        if let Some(column) = column
            && !value.is_empty()
        {
            all.push(((*column).to_owned(), value));
        }
    }
    all
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word)
        .is_some_and(|before| before.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_'))
}

/// The condition of a question about a part of the rows: from the first known column that an operator follows, to the end.
fn condition(question: &str, columns: &[&str]) -> Option<String> {
    let starts = columns.iter().filter(|column| !column.is_empty()).flat_map(|column| {
        question.match_indices(*column).filter_map(move |(at, _)| {
            let before = question[..at].chars().next_back();
            let quoted = before.is_some_and(|c| c == '"');
            let is_start = before.is_none_or(|c| !c.is_alphanumeric() && c != '_');
            let rest = question[at + column.len()..].trim_start_matches('"').trim_start();
            let is_operator =
                rest.starts_with(['=', '<', '>', '!']) || rest.starts_with("in (") || rest.starts_with("is ");
            (is_start && is_operator).then_some(if quoted { at - 1 } else { at })
        })
    });
    let condition = question[starts.min()?..].trim().trim_end_matches(['?', '.', '!']).trim();
    Some(condition.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Understood::{Cohort, Compare, Nothing, Row, Topic, WhatIf};

    const COLUMNS: [&str; 4] = ["age", "sex", "hours per week", "income"];

    fn en(question: &str) -> Understood {
        understand(question, Language::En, &COLUMNS)
    }

    fn es(question: &str) -> Understood {
        understand(question, Language::Es, &COLUMNS)
    }

    #[test]
    fn common_questions_are_understood_in_both_languages() {
        for (question, id) in [
            ("Which slice is worst?", "worst-slice"),
            ("Where does the model fail?", "worst-slice"),
            ("Which features are most important?", "important-features"),
            ("What drives the predictions", "important-features"),
            ("Is the model calibrated?", "calibrated"),
            ("Can I believe its probabilities?", "calibrated"),
            ("Which groups differ?", "groups-differ"),
            ("Is it biased against women?", "groups-differ"),
            ("What should be fixed first?", "fix-first"),
            ("How good is the model?", "performance"),
            ("what's the accuracy", "performance"),
            ("Is the model robust?", "robust"),
            ("Has the data drifted?", "drift"),
            ("Is there leakage?", "leakage"),
            ("Is the model file safe?", "model-file"),
            ("How uncertain are the predictions?", "uncertainty"),
            ("Which threshold is best?", "thresholds"),
            ("Can we use this model in production?", "verdict"),
            ("Can this model be used?", "verdict"),
            ("Is the table sound?", "data"),
            ("Are there duplicates in the data?", "data"),
        ] {
            assert_eq!(en(question), Topic(id), "{question}");
        }
        for (question, id) in [
            ("¿Qué segmento es el peor?", "worst-slice"),
            ("¿Dónde falla el modelo?", "worst-slice"),
            ("¿Qué variables son las más importantes?", "important-features"),
            ("¿Está calibrado el modelo?", "calibrated"),
            ("¿Qué grupos difieren?", "groups-differ"),
            ("¿Discrimina a las mujeres?", "groups-differ"),
            ("¿Qué hay que arreglar primero?", "fix-first"),
            ("¿Cómo de bueno es el modelo?", "performance"),
            ("¿Es robusto el modelo?", "robust"),
            ("¿Hay deriva en los datos?", "drift"),
            ("¿Hay fugas?", "leakage"),
            ("¿Es seguro el archivo del modelo?", "model-file"),
            ("¿Qué incertidumbre tienen las predicciones?", "uncertainty"),
            ("¿Qué umbral es el mejor?", "thresholds"),
            ("¿Se puede aprobar este modelo?", "verdict"),
            ("¿Se puede usar este modelo?", "verdict"),
            ("¿Está bien la tabla?", "data"),
        ] {
            assert_eq!(es(question), Topic(id), "{question}");
        }
        assert_eq!(en("¿Hay fugas?"), Topic("leakage"), "asked in the other language");
    }

    #[test]
    fn calls_are_read_from_their_form() {
        assert_eq!(en("How good is it where age >= 40 and sex = Female?"), Cohort("age >= 40 and sex = Female".into()));
        assert_eq!(en("accuracy for \"hours per week\" > 50"), Cohort("\"hours per week\" > 50".into()));
        assert_eq!(en("Why does it say no to row 17?"), Row(17));
        assert_eq!(es("Explica la fila 3"), Row(3));
        assert_eq!(en("How does it compare with \"Loans, strict\"?"), Compare("Loans, strict".into()));
        assert_eq!(es("¿Qué tal es comparado con el modelo viejo?"), Compare("el modelo viejo".into()));
        let changed = WhatIf(5, vec![("age".into(), "40".into()), ("hours per week".into(), "20".into())]);
        assert_eq!(en("What if in row 5 age = 40 and hours per week = 20?"), changed);
        assert_eq!(
            en("Is age = important?"),
            Cohort("age = important".into()),
            "the engine says what is wrong with it"
        );
    }

    #[test]
    fn other_questions_are_not_understood() {
        for question in ["", "   ", "?", "What is the capital of France?", "Write me a poem", "Hola", "row 0", "🦀"] {
            assert_eq!(en(question), Nothing, "{question}");
        }
    }

    #[test]
    fn any_text_is_taken() {
        let mut state = 7_u64;
        let parts = ["row ", "é", "\u{202e}", "age", "\"", "=", "ñ", "9999999999999999999999", " in (", "", "İ", "ß"];
        for _ in 0..2000 {
            let mut text = String::new();
            for _ in 0..8 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(parts[(state >> 33) as usize % parts.len()]);
            }
            en(&text);
            es(&text);
        }
    }
}
