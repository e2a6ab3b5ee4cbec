//! The places of a report that hold numbers.

use std::collections::BTreeSet;

use serde_json::Value;

/// Every place once, `*` for the elements of an array, `id=x` where they have ids; an estimate is one place.
pub(super) fn of(report: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    visit(report, String::new(), &mut found);
    found
}

fn visit(at: &Value, path: String, found: &mut BTreeSet<String>) {
    match at {
        Value::Object(map) if ["value", "low", "high", "method"].iter().all(|key| map.contains_key(*key)) => {
            found.insert(path);
        }
        Value::Object(map) => map.iter().for_each(|(key, value)| visit(value, format!("{path}/{key}"), found)),
        Value::Array(list) => list.iter().for_each(|value| {
            let step = value.get("id").and_then(Value::as_str).map_or("*".to_owned(), |id| format!("id={id}"));
            visit(value, format!("{path}/{step}"), found);
        }),
        Value::Number(_) => {
            found.insert(path);
        }
        _ => {}
    }
}

/// A path as a place: indices and names are `*`, the ends of an estimate are the estimate.
pub(super) fn pattern(path: &str) -> String {
    let whole = ["/value", "/low", "/high"].iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path);
    let plain = |segment: &str| match segment {
        s if s.starts_with('*') || (!s.is_empty() && s.bytes().all(|b| b.is_ascii_digit())) => "*".to_owned(),
        s => s.to_owned(),
    };
    whole.split('/').map(plain).collect::<Vec<_>>().join("/")
}

/// Whether a known place is this one; `*` is any segment, `**` any rest.
pub(super) fn covers(known: &str, leaf: &str) -> bool {
    let (mut known, mut leaf) = (known.split('/'), leaf.split('/'));
    loop {
        match (known.next(), leaf.next()) {
            (Some("**"), Some(_)) | (None, None) => return true,
            (Some(k), Some(l)) if k == "*" || k == l => {}
            _ => return false,
        }
    }
}

#[test]
fn places_cover_themselves_and_what_stars_stand_for() {
    assert_eq!(pattern("/classes/0/slope/low"), "/classes/*/slope");
    assert_eq!(pattern("/metrics/id=f1/estimate/value"), "/metrics/id=f1/estimate");
    assert_eq!(pattern("/features/*name/psi/value"), "/features/*/psi");
    assert!(
        covers("/a/*/b", "/a/id=x/b")
            && covers("/a/**", "/a/b/c")
            && !covers("/a/*", "/a/b/c")
            && !covers("/a/b", "/a/c")
    );
}
