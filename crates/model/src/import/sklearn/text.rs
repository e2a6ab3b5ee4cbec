//! `sklearn.feature_extraction.text`.

use std::collections::{HashMap, HashSet};

use fine_pickle::{Scalar, Value};

use super::{Context, Fitted, ImportError};
use crate::steps::{Accents, Analyser, Norm, Pattern, Rows, Step, Terms, Text, Unit, Weighting, english_stop_words};

/// Columns of a `HashingVectorizer`: its default, 2²⁰, is just within.
const MOST_HASHED: usize = 1 << 20;

/// A parameter that may only be a function of one's own code.
fn refuse_own(fitted: &Fitted<'_>, attr: &str) -> Result<(), ImportError> {
    match fitted.get(attr) {
        None => Ok(()),
        Some(value) => {
            let name = value.name().or_else(|| value.class()).map_or_else(|| value.preview(40), str::to_owned);
            Err(ImportError::CustomCode { what: format!("{}: {name}", fitted.at(attr)) })
        }
    }
}

fn analyser(fitted: &Fitted<'_>) -> Result<Analyser, ImportError> {
    if fitted.get("input").is_some() {
        fitted.choice("input", &["content"])?;
    }
    refuse_own(fitted, "preprocessor")?;
    refuse_own(fitted, "tokenizer")?;
    for attr in ["analyzer", "strip_accents", "stop_words"] {
        // Functions of one's own code.
        if fitted.get(attr).is_some_and(|value| value.name().is_some()) {
            refuse_own(fitted, attr)?;
        }
    }
    let accents = match fitted.get("strip_accents") {
        None => Accents::Keep,
        Some(_) if fitted.choice("strip_accents", &["ascii", "unicode"])? == "ascii" => Accents::Ascii,
        Some(_) => Accents::Unicode,
    };
    let unit = match fitted.choice("analyzer", &["word", "char", "char_wb"])?.as_str() {
        "word" => Unit::Word(pattern(fitted)?, stop_words(fitted)?),
        "char" => Unit::Char,
        _ => Unit::CharInWords,
    };
    let lengths = fitted.whole("ngram_range", fitted.need("ngram_range")?)?;
    let lengths = match lengths.as_slice() {
        [low, high] if 1 <= *low && low <= high && *high <= 1000 => (*low as usize, *high as usize),
        _ => return Err(fitted.malformed("ngram_range", "is no pair of lengths")),
    };
    Ok(Analyser { lowercase: fitted.flag("lowercase", true)?, accents, unit, lengths })
}

fn pattern(fitted: &Fitted<'_>) -> Result<Pattern, ImportError> {
    let text = fitted.text("token_pattern").ok_or_else(|| fitted.malformed("token_pattern", "is no text"))?;
    let shown: String = text.chars().take(60).collect();
    Pattern::parse(&text).ok_or_else(|| fitted.unsupported(format!("token_pattern={shown:?} is not read")))
}

fn stop_words(fitted: &Fitted<'_>) -> Result<HashSet<String>, ImportError> {
    let Some(value) = fitted.get("stop_words") else { return Ok(HashSet::new()) };
    if value.text().is_some() {
        fitted.choice("stop_words", &["english"])?;
        return Ok(english_stop_words());
    }
    let words = fitted.scalars("stop_words", value)?.into_iter().map(|word| match word {
        Scalar::Text(word) => Ok(word),
        other => Err(fitted.malformed("stop_words", format!("holds {other}"))),
    });
    words.collect()
}

fn norm(fitted: &Fitted<'_>) -> Result<Option<Norm>, ImportError> {
    match fitted.get("norm") {
        None => Ok(None),
        Some(_) if fitted.choice("norm", &["l1", "l2"])? == "l1" => Ok(Some(Norm::L1)),
        Some(_) => Ok(Some(Norm::L2)),
    }
}

/// A vectorizer; its result is sparse.
pub(super) fn vectorizer(fitted: &Fitted<'_>, context: &mut Context<'_>) -> Result<Step, ImportError> {
    let analyser = analyser(fitted)?;
    let binary = fitted.flag("binary", false)?;
    if fitted.class == "HashingVectorizer" {
        let width = fitted.count("n_features")?;
        let signed = fitted.flag("alternate_sign", true)?;
        if width == 0 || width > MOST_HASHED {
            let (value, limit) = (width as u64, MOST_HASHED as u64);
            return Err(ImportError::Limit { what: "hashed features", value, limit });
        }
        context.make(width)?;
        let weighting = norm(fitted)?.map(|norm| Weighting { sublinear: false, idf: None, norm: Some(norm) });
        let terms = Terms::Hashed { width: width as u32, signed };
        return Ok(Step::Text(Text { analyser, terms, binary, weighting }));
    }
    let known = vocabulary(fitted)?;
    let weighting = match fitted.class {
        "TfidfVectorizer" => {
            let inner = Fitted::new(fitted.need("_tfidf")?, &fitted.path, "_tfidf")?;
            Some(weighting(&inner, known.len())?)
        }
        _ => None,
    };
    Ok(Step::Text(Text { analyser, terms: Terms::Known(known), binary, weighting }))
}

/// From term to column; every column has one term.
fn vocabulary(fitted: &Fitted<'_>) -> Result<HashMap<String, u32>, ImportError> {
    let entries = fitted.need("vocabulary_")?.entries();
    let wrong = |detail: String| fitted.malformed("vocabulary_", detail);
    let mut taken = vec![false; entries.len()];
    let mut known = HashMap::with_capacity(entries.len());
    for (term, column) in &entries {
        let term = term.text().ok_or_else(|| wrong(format!("has the term {}", term.preview(40))))?;
        let place = column.as_usize().and_then(|column| Some((column, taken.get_mut(column)?)));
        let (column, taken) = place.ok_or_else(|| wrong(format!("puts {term:?} outside of its columns")))?;
        if std::mem::replace(taken, true) || known.insert(term.into_owned(), column as u32).is_some() {
            return Err(wrong(format!("has column {column} twice")));
        }
    }
    if known.is_empty() { Err(wrong("is empty".to_owned())) } else { Ok(known) }
}

/// Weights of a `TfidfTransformer` over so many columns.
fn weighting(fitted: &Fitted<'_>, width: usize) -> Result<Weighting, ImportError> {
    let idf = if fitted.flag("use_idf", true)? { Some(frequencies(fitted)?) } else { None };
    if idf.as_ref().is_some_and(|idf| idf.len() != width) {
        return Err(fitted.malformed("idf_", format!("is not of {width} columns")));
    }
    Ok(Weighting { sublinear: fitted.flag("sublinear_tf", false)?, idf, norm: norm(fitted)? })
}

/// An array, or the diagonal of a sparse matrix in older files.
fn frequencies(fitted: &Fitted<'_>) -> Result<Vec<f64>, ImportError> {
    let idf = match fitted.get("idf_") {
        Some(_) => fitted.numbers("idf_")?,
        None => {
            let value = fitted.need("_idf_diag")?;
            let diagonal = Fitted { value, path: fitted.at("_idf_diag"), ..fitted.clone() };
            diagonal.numbers("data")?
        }
    };
    if idf.iter().all(|value| value.is_finite()) { Ok(idf) } else { Err(fitted.malformed("idf_", "is not finite")) }
}

/// `TfidfTransformer`: folded into the counts when they come straight from a text.
pub(super) fn transformer(
    fitted: &Fitted<'_>,
    before: &mut Vec<Step>,
    context: &Context<'_>,
) -> Result<Step, ImportError> {
    let width = match fitted.flag("use_idf", true)? {
        true => frequencies(fitted)?.len(),
        false => fitted.get("n_features_in_").and_then(Value::as_usize).unwrap_or(0),
    };
    if width > context.limits.features.max(MOST_HASHED) {
        let (value, limit) = (width as u64, context.limits.features as u64);
        return Err(ImportError::Limit { what: "features", value, limit });
    }
    let weighting = weighting(fitted, width)?;
    match before.pop() {
        Some(Step::Text(text)) if text.weighting.is_none() && (weighting.idf.is_none() || text.width() == width) => {
            Ok(Step::Text(Text { weighting: Some(weighting), ..text }))
        }
        other => {
            before.extend(other);
            Ok(Step::Chain(vec![Step::RefuseMissing, Step::Rows(Rows::Weigh(weighting))]))
        }
    }
}
