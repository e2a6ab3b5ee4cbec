//! Places in JSON documents: `/classes/0/ece`, with `id=x` for the element of an array whose `id` is `x`, `*` for all elements of
//! an array or an object, and `*name` for all elements of an array by their `name`.

use serde_json::Value;

/// All values at a path, each with the keys that `*` stood for.
pub(super) fn all<'a>(document: &'a Value, path: &str) -> Vec<(Vec<String>, &'a Value)> {
    let mut found = vec![(Vec::new(), document)];
    for segment in path.split('/').skip(1) {
        found = found.into_iter().flat_map(|(keys, at)| step(at, segment, &keys)).collect();
    }
    found.retain(|(_, value)| !value.is_null());
    found
}

fn step<'a>(at: &'a Value, segment: &str, keys: &[String]) -> Vec<(Vec<String>, &'a Value)> {
    let with = |key: String| -> Vec<String> { keys.iter().cloned().chain([key]).collect() };
    match (segment.strip_prefix('*'), at) {
        (Some(""), Value::Array(list)) => list.iter().enumerate().map(|(i, v)| (with(i.to_string()), v)).collect(),
        (Some(field), Value::Array(list)) => list.iter().map(|v| (with(name(&v[field])), v)).collect(),
        (Some(_), Value::Object(map)) => map.iter().map(|(k, v)| (with(k.clone()), v)).collect(),
        (Some(_), _) => Vec::new(),
        (None, _) => one(at, segment).map(|v| (keys.to_vec(), v)).into_iter().collect(),
    }
}

/// The value at a path whose `*` stand for these keys, in order.
pub(super) fn at<'a>(document: &'a Value, path: &str, keys: &[String]) -> Option<&'a Value> {
    let mut keys = keys.iter();
    path.split('/').skip(1).try_fold(document, |at, segment| match segment.strip_prefix('*') {
        None => one(at, segment),
        Some(field) => {
            let key = keys.next()?;
            match at {
                Value::Array(list) if !field.is_empty() => list.iter().find(|v| name(&v[field]) == *key),
                _ => one(at, key),
            }
        }
    })
}

fn one<'a>(at: &'a Value, segment: &str) -> Option<&'a Value> {
    match (segment.split_once('='), at) {
        (Some((field, value)), Value::Array(list)) => list.iter().find(|v| v[field] == value),
        (_, Value::Array(list)) => list.get(segment.parse::<usize>().ok()?),
        _ => at.get(segment),
    }
}

/// A text, or texts with `|` between them.
fn name(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(name).collect::<Vec<_>>().join("|"),
        other => other.to_string(),
    }
}

#[test]
fn places_are_found_by_index_name_and_key() {
    let document =
        serde_json::json!({"a": [{"id": "x", "v": 1}, {"id": "y", "v": 2}], "b": {"x": 3, "y": 4}, "c": [5, null]});
    assert_eq!(all(&document, "/a/id=y/v"), [(vec![], &2.into())]);
    assert_eq!(all(&document, "/c/*"), [(vec!["0".to_owned()], &5.into())]);
    let by_name = all(&document, "/a/*id/v");
    assert_eq!(by_name.len(), 2);
    assert_eq!(at(&document, "/b/*", &by_name[1].0), Some(&4.into()));
    assert_eq!(at(&document, "/a/*id/v", &by_name[1].0), Some(&2.into()));
    assert_eq!(at(&document, "/b/z", &[]), None);
}
