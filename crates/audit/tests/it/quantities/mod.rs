//! Every quantity of the reports against its reference: `golden/quantities.toml` says what is compared, and `docs/quantities.md`
//! shows it. Set FINE_WRITE_DOCS to write the page anew.

mod leaves;
mod page;
mod paths;
mod subjects;

use std::collections::BTreeMap;

use fine_audit::stages::REGISTRY;
use serde::Deserialize;
use serde_json::Value;

use crate::root;

/// One entry of `golden/quantities.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quantity {
    /// Stage id, `compare` for two audits, `all` where several stages have it.
    stage: String,
    id: String,
    definition: String,
    /// The paper; `-` for what needs none.
    source: String,
    /// The library, by its name among the versions of the golden case.
    reference: String,
    /// Largest difference that is no error.
    tolerance: f64,
    /// Subject, place in our report, place in `expected.json`.
    #[serde(default)]
    compare: Vec<[String; 3]>,
    /// A test that compares by other means, and its golden case.
    test: Option<String>,
    case: Option<String>,
    /// Places of the report that the test stands for.
    #[serde(default)]
    covers: Vec<String>,
}

/// What was seen of a quantity.
struct Seen {
    /// Numbers compared; 0 where a test of its own compares.
    count: usize,
    /// Largest difference, relative where the reference is above 1.
    largest: f64,
    /// Name and version of the library.
    reference: String,
}

#[derive(Deserialize)]
struct List {
    quantity: Vec<Quantity>,
}

fn list() -> Vec<Quantity> {
    let text = std::fs::read_to_string(root().join("golden/quantities.toml")).expect("the list of quantities");
    toml::from_str::<List>(&text).expect("a list of quantities").quantity
}

fn golden(case: &str) -> Value {
    let text = std::fs::read_to_string(root().join("golden").join(case).join("expected.json"));
    serde_json::from_str(&text.unwrap_or_else(|e| panic!("{case}: {e}"))).expect("a golden case is JSON")
}

/// Reports and golden cases, each made once.
#[derive(Default)]
struct Bench {
    reports: BTreeMap<String, Value>,
    golden: BTreeMap<String, Value>,
}

impl Bench {
    fn golden(&mut self, case: &str) -> &Value {
        self.golden.entry(case.to_owned()).or_insert_with(|| golden(case))
    }

    fn see(&mut self, quantity: &Quantity) -> Seen {
        let (mut count, mut largest) = (0, 0.0f64);
        let mut case = quantity.case.clone();
        for [subject, ours, theirs] in &quantity.compare {
            let folder = format!("stage-{}", subject.split('/').next().unwrap_or_default());
            let expected = self.golden(&folder).clone();
            let report = self.reports.entry(subject.clone()).or_insert_with(|| subjects::report(subject, &expected));
            let mut found = 0;
            for (keys, own) in paths::all(report, ours) {
                let Some(want) = paths::at(&expected, theirs, &keys).and_then(Value::as_f64) else { continue };
                let own = own.as_f64().unwrap_or_else(|| panic!("{}: {ours} {keys:?} is {own}", quantity.id));
                let difference = (own - want).abs() / want.abs().max(1.0);
                let within = difference <= quantity.tolerance;
                assert!(within, "{} {ours} {keys:?}: {own} is not {want}", quantity.id);
                largest = largest.max(difference);
                found += 1;
            }
            assert!(found > 0, "{}: nothing at {ours} and {theirs}", quantity.id);
            count += found;
            case.get_or_insert(folder);
        }
        let case = case.unwrap_or_else(|| panic!("{}: neither compared nor tested", quantity.id));
        let versions = &self.golden(&case)["versions"];
        let spelled = if versions.get("sklearn").is_some() { "sklearn" } else { "scikit-learn" };
        let key = if quantity.reference == "scikit-learn" { spelled } else { quantity.reference.as_str() };
        let version = versions[key].as_str().unwrap_or_else(|| panic!("{}: no version of {key}", quantity.id));
        Seen { count, largest, reference: format!("{} {version}", quantity.reference) }
    }
}

#[test]
fn every_quantity_equals_its_reference_and_is_listed() {
    let quantities = list();
    let mut bench = Bench::default();
    let seen: Vec<Seen> = quantities.iter().map(|q| bench.see(q)).collect();
    let stages: Vec<(&str, Vec<String>)> = REGISTRY.iter().map(|e| (e.id, open_leaves(e.id, &quantities))).collect();
    let text = page::render(&quantities, &seen, &stages);
    let path = root().join("docs/quantities.md");
    if std::env::var_os("FINE_WRITE_DOCS").is_some() {
        std::fs::write(&path, &text).expect("a writable work tree");
    }
    let kept = std::fs::read_to_string(&path).expect("docs/quantities.md");
    // Differences in the last places depend on the machine; each is held to its tolerance above.
    let plain = |text: &str| -> Vec<String> { text.lines().map(page::without_difference).collect() };
    for (own, kept) in plain(&text).iter().zip(&plain(&kept)) {
        assert_eq!(own, kept, "set FINE_WRITE_DOCS and run again");
    }
    assert_eq!(text.lines().count(), kept.lines().count(), "set FINE_WRITE_DOCS and run again");
}

/// Places of a stage's report that no quantity is about.
fn open_leaves(stage: &str, quantities: &[Quantity]) -> Vec<String> {
    let path = root().join(format!("web/src/stages/{stage}/fixture.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let fixture: Value = serde_json::from_str(&text).expect("a fixture is JSON");
    let own = quantities.iter().filter(|q| q.stage == stage);
    let known: Vec<String> =
        own.flat_map(|q| q.compare.iter().map(|c| leaves::pattern(&c[1])).chain(q.covers.iter().cloned())).collect();
    let all = leaves::of(&fixture["record"]["report"]);
    all.into_iter().filter(|leaf| !known.iter().any(|k| leaves::covers(k, leaf))).collect()
}
