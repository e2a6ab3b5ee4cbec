//! Places in a stage's report, as the rules name them: `metrics[id=mae].estimate.value`, `features[0].feature`.

use serde_json::Value;

/// A value and its JSON pointer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct At<'a> {
    pub value: &'a Value,
    pub pointer: String,
}

impl<'a> At<'a> {
    /// The value at a path below this one; `None` when there is none, or it is null.
    pub(super) fn get(&self, path: &str) -> Option<At<'a>> {
        let found = path.split('.').try_fold(self.clone(), |at, part| at.step(part))?;
        (!found.value.is_null()).then_some(found)
    }

    /// A name, with an index (`features[0]`) or conditions (`metrics[id=mae]`, `baselines[id=majority,metric=accuracy]`), of which
    /// the first entry that fulfils all is meant.
    fn step(&self, part: &str) -> Option<At<'a>> {
        let Some((name, inside)) = part.split_once('[') else { return self.child(part) };
        let (list, inside) = (self.child(name)?, inside.strip_suffix(']')?);
        if let Ok(index) = inside.parse::<usize>() {
            return list.entry(index);
        }
        let fulfils = |entry: &Value| {
            inside.split(',').all(|condition| condition.split_once('=').is_some_and(|(key, value)| entry[key] == value))
        };
        let index = list.value.as_array()?.iter().position(fulfils)?;
        list.entry(index)
    }

    fn child(&self, name: &str) -> Option<At<'a>> {
        Some(At { value: self.value.get(name)?, pointer: format!("{}/{name}", self.pointer) })
    }

    fn entry(&self, index: usize) -> Option<At<'a>> {
        Some(At { value: self.value.get(index)?, pointer: format!("{}/{index}", self.pointer) })
    }

    /// Entries of the list at a path; none when there is no list.
    pub(super) fn entries(&self, path: &str) -> Vec<At<'a>> {
        let Some(list) = self.get(path) else { return Vec::new() };
        let count = list.value.as_array().map_or(0, Vec::len);
        (0..count).filter_map(|index| list.entry(index)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn places_are_found_by_name_index_and_condition() {
        let report = json!({ "metrics": [
            { "id": "mae", "estimate": { "value": 2.5 } }, { "id": "r2", "estimate": { "value": null } },
        ], "features": [{ "feature": "age" }] });
        let at = At { value: &report, pointer: "/r".to_owned() };
        let found = at.get("metrics[id=mae].estimate.value").unwrap();
        assert_eq!((found.value, found.pointer.as_str()), (&json!(2.5), "/r/metrics/0/estimate/value"));
        assert_eq!(at.get("features[0].feature").unwrap().value, "age");
        for missing in ["metrics[id=auc]", "metrics[id=r2].estimate.value", "features[1]", "nothing", "metrics[id=mae"]
        {
            assert_eq!(at.get(missing), None, "{missing}");
        }
        assert_eq!(at.entries("metrics").len(), 2);
        assert!(at.entries("nothing").is_empty());
    }
}
