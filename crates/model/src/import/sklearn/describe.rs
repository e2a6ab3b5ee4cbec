//! What the file says, whether or not it can be run.

use fine_pickle::{Call, NameKind, Node, Pickle, Value};

use super::fitted::pair;
use super::{DEPTH, ESTIMATORS, Fitted, ImportError, Limits};
use crate::{Danger, EstimatorFacts, ImportedName, LoggedCall, ModelFacts, Remark};

/// Newest scikit-learn whose files were compared with the library.
const TESTED: (u32, u32) = (1, 9);

pub(super) fn remark<const N: usize>(id: &str, args: [(&str, String); N]) -> Remark {
    Remark { id: id.to_owned(), args: args.map(|(key, value)| (key.to_owned(), value)).into() }
}

/// Format, imports, calls and remarks of the file itself.
pub(super) fn file(pickle: &Pickle<'_>, limits: &Limits, facts: &mut ModelFacts) {
    // A file without arrays looks like a pickle; only joblib compresses in these ways by itself.
    let joblib = matches!(facts.compression.as_deref(), Some("zlib" | "lzma" | "lz4")) || pickle.joblib_arrays > 0;
    facts.format = if joblib { "joblib" } else { "pickle" }.to_owned();
    facts.protocol = Some(pickle.protocol);
    facts.imports = pickle
        .imports()
        .iter()
        .map(|import| ImportedName {
            name: format!("{}.{}", import.module, import.name),
            kind: import.kind.as_str().to_owned(),
            offset: import.offset,
            calls: import.calls,
        })
        .collect();
    facts.dangers = pickle
        .dangerous_calls()
        .into_iter()
        .map(|call| Danger { name: call.name, offset: call.offset, arguments: call.arguments.unwrap_or_default() })
        .collect();
    facts.call_count = pickle.calls().len() as u64;
    facts.calls = pickle.calls().iter().take(limits.listed_calls).map(|call| logged(pickle, *call)).collect();
    if pickle.trailing_bytes > 0 {
        let args = [("bytes", pickle.trailing_bytes.to_string()), ("streams", pickle.further_streams.to_string())];
        facts.warnings.push(remark("trailing-bytes", args));
    }
    if pickle.lossy_texts() > 0 {
        facts.warnings.push(remark("text-not-utf8", [("count", pickle.lossy_texts().to_string())]));
    }
    let custom: Vec<&str> = pickle
        .imports()
        .iter()
        .filter(|import| import.kind == NameKind::Custom && import.calls > 0)
        .map(|import| import.canonical.as_str())
        .collect();
    if !custom.is_empty() {
        let names: String = custom.join(", ").chars().take(300).collect();
        facts.warnings.push(remark("custom-code-calls", [("names", names)]));
    }
}

fn logged(pickle: &Pickle<'_>, call: Call) -> LoggedCall {
    match pickle.callee_of(call) {
        Some(import) => LoggedCall {
            name: format!("{}.{}", import.module, import.name),
            kind: import.kind.as_str().to_owned(),
            offset: call.offset,
        },
        // The result of another call is called.
        None => LoggedCall {
            name: format!("{}()", pickle.result_of(call).callee().and_then(Value::class).unwrap_or("?")),
            kind: NameKind::Custom.as_str().to_owned(),
            offset: call.offset,
        },
    }
}

/// Why a file is not run whatever else it holds.
pub(super) fn danger(facts: &ModelFacts) -> Option<ImportError> {
    facts.dangers.first().map(|Danger { name, arguments, .. }| match arguments.is_empty() {
        true => ImportError::DangerImport { name: name.clone() },
        false => ImportError::Danger { name: name.clone(), arguments: arguments.clone() },
    })
}

/// The estimator tree, library and versions.
///
/// # Errors
/// [`ImportError::Limit`] for more estimators, or deeper ones, than any real model has.
pub(super) fn estimators(root: Value<'_>, facts: &mut ModelFacts) -> Result<(), ImportError> {
    let mut todo = vec![(0u32, String::new(), root)];
    while let Some((depth, name, value)) = todo.pop() {
        let Some((package, class)) = value.class_key() else { continue };
        if depth > DEPTH {
            return Err(ImportError::Limit { what: "estimator depth", value: depth.into(), limit: DEPTH.into() });
        }
        if facts.estimators.len() >= ESTIMATORS {
            let (value, limit) = (facts.estimators.len() as u64 + 1, ESTIMATORS as u64);
            return Err(ImportError::Limit { what: "estimators", value, limit });
        }
        if depth == 0 {
            facts.library = library(package).to_owned();
        }
        version(value, facts);
        facts.estimators.push(EstimatorFacts { depth, name, class: class.to_owned(), params: params(value) });
        let inner = children(value, class);
        // The last one pushed comes out first.
        todo.extend(inner.into_iter().rev().map(|(name, value)| (depth + 1, name, value)));
    }
    Ok(())
}

/// Names of the steps of the outermost pipeline, from the estimators that were listed.
pub(super) fn steps(facts: &ModelFacts) -> Vec<String> {
    let listed = &facts.estimators;
    let outer = listed.iter().enumerate().take_while(|(at, own)| *at == own.depth as usize);
    let Some((at, _)) = outer.into_iter().find(|(_, own)| own.class == "Pipeline") else { return Vec::new() };
    let inside = listed[at + 1..].iter().take_while(|own| own.depth as usize > at);
    inside.filter(|own| own.depth as usize == at + 1).map(|own| own.name.clone()).collect()
}

fn library(package: &str) -> &str {
    match package {
        "sklearn" => "scikit-learn",
        other => other,
    }
}

fn version(value: Value<'_>, facts: &mut ModelFacts) {
    let Some(version) = value.attr("_sklearn_version").and_then(Value::text) else { return };
    if facts.library_version.is_some() {
        return;
    }
    facts.library_version = Some(version.chars().take(40).collect());
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found > TESTED {
        let tested = format!("{}.{}", TESTED.0, TESTED.1);
        let args = [("version", version.chars().take(40).collect()), ("tested", tested)];
        facts.warnings.push(remark("version-newer-than-tested", args));
    }
}

/// Constructor parameters: attributes without an underscore at either end.
fn params(value: Value<'_>) -> Vec<(String, String)> {
    const MOST: usize = 60;
    let attrs = value.attrs().into_iter().filter_map(|(key, value)| Some((key.text()?, value)));
    attrs
        .filter(|(key, _)| !key.starts_with('_') && !key.ends_with('_') && key.len() <= 80)
        .filter(|(_, value)| !matches!(value.node(), Node::Inline(_)))
        .take(MOST)
        .map(|(key, value)| (key.into_owned(), value.preview(60)))
        .collect()
}

/// Estimators inside of an estimator, by name.
fn children<'p>(value: Value<'p>, class: &str) -> Vec<(String, Value<'p>)> {
    let lists: &[&str] = match class {
        "Pipeline" => &["steps"],
        "ColumnTransformer" if value.attr("transformers_").is_some() => &["transformers_"],
        "ColumnTransformer" => &["transformers"],
        "FeatureUnion" => &["transformer_list"],
        _ => &["estimators"],
    };
    let named = lists.iter().filter_map(|list| value.attr(list)?.items().ok()).flatten().filter_map(pair);
    let single = ["best_estimator_", "estimator_", "final_estimator_", "regressor_", "classifier_", "_preprocessor"];
    let single = single.iter().filter_map(|attr| Some(((*attr).to_owned(), value.attr(attr)?)));
    named.chain(single).filter(|(_, value)| value.class_key().is_some()).collect()
}

/// Id of [`training_rows`].
pub(super) const TRAINING_ROWS: &str = "training-rows";

/// The remark that an estimator holds so many rows of the data that it was fitted with.
pub(super) fn training_rows(fitted: &Fitted<'_>, rows: usize) -> Remark {
    remark(TRAINING_ROWS, [("rows", rows.to_string()), ("estimator", fitted.path.clone())])
}
