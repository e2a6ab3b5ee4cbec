//! Questions about the German credit example once it is audited: a comparison, single rows, a cohort.

use std::collections::BTreeMap;
use std::sync::Arc;

use fine_audit::cohort;
use fine_audit::compare::report::{Change, ChangeKind};
use fine_audit::compare::{Comparison, Side, compare};
use fine_audit::row;
use fine_audit::run::{RunOptions, Silent, run_audit};
use fine_audit::stage::Context;
use fine_audit::subject::{Inputs, Subject};
use fine_model::linear::Linear;
use fine_model::trees::Link;
use fine_model::{CoreModel, Feature, FeatureKind, Label, Model};
use fine_table::Task;
use serde_json::{Value, json};

use crate::{form, german, root};

/// The rows of the example, judged by a scorecard of three numbers.
fn scorecard(new: &Subject) -> Subject {
    let names = ["duration_in_month", "credit_amount", "age_in_years"];
    let features = names.map(|name| Feature { name: name.into(), kind: FeatureKind::Number }).to_vec();
    let (coef, intercept) = (vec![-0.045, -0.000_05, 0.02], vec![1.3]);
    let core = Linear { features: 3, outputs: 1, coef, intercept, link: Link::Logistic { scale: 1.0 } };
    let classes = vec![Label::Int(0), Label::Int(1)];
    let mut model = Model::native(features, Task::Binary, classes, CoreModel::Linear(core));
    model.facts.name = "scorecard.json".to_owned();
    Subject::build(Inputs {
        table: new.table.clone(),
        data_file: new.data_file.clone(),
        roles: new.roles.clone(),
        model: Some(Arc::new(model)),
        reference: None,
        seed: new.seed,
    })
    .expect("a subject")
}

fn compared(old: &Subject, new: &Subject) -> Comparison {
    let stages = ["data", "performance", "calibration", "explain", "fairness"].map(str::to_owned).to_vec();
    let options = RunOptions { stages: Some(stages), ..RunOptions::default() };
    let [before, after] = [old, new].map(|subject| run_audit(subject, &options, &Silent));
    let (old, new) = (Side { subject: old, result: &before }, Side { subject: new, result: &after });
    compare(old, new, &Context::new(&|_, _| true)).expect("audits of the same rows")
}

#[test]
fn a_forest_against_a_scorecard() {
    let mut forest = german(None);
    Arc::make_mut(&mut forest.model).facts.name = "credit_forest.pkl".to_owned();
    let scorecard = scorecard(&forest);
    let comparison = compared(&scorecard, &forest);
    let metric = |id: &str| comparison.metrics.iter().find(|m| m.id == id).expect("a metric");
    assert_eq!((metric("roc_auc").change, metric("log_loss").change), (Change::Better, Change::Better));
    let hits = comparison.hits.as_ref().expect("a classifier");
    assert_eq!(hits.both + hits.only_old + hits.only_new + hits.neither, comparison.rows);
    assert!(comparison.importances.len() > 3 && comparison.importance_agreement.is_some());
    assert!(comparison.importances.iter().any(|i| i.old_rank.is_none()), "the scorecard reads three columns");
    assert!(comparison.findings.iter().any(|f| f.kind != ChangeKind::Other));
    assert!(comparison.churn.groups.iter().any(|g| g.column == "sex"));
    let one = rayon_bytes(&scorecard, &forest, 1);
    assert!(one == rayon_bytes(&scorecard, &forest, 2), "comparisons differ between one and two threads");
    keep("compare", &json!(comparison));
}

fn rayon_bytes(old: &Subject, new: &Subject, threads: usize) -> String {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    serde_json::to_string(&pool.install(|| compared(old, new))).expect("json")
}

#[test]
fn rows_and_cohorts_of_the_example() {
    let subject = german(None);
    let params = row::Params::default();
    let goes_on = |_: u64, _: u64| true;
    let ctx = Context::new(&goes_on);
    let mut explained = row::explain(&subject, 4, &params).expect("an answer");
    assert_eq!(explained.explanation.contributions.len(), subject.feature_columns.len());
    let changes = BTreeMap::from([
        ("duration_in_month".to_owned(), json!(48)),
        ("savings_account/bonds".to_owned(), json!("A61")),
    ]);
    let what_if = row::what_if(&subject, 4, &changes, Some("duration_in_month"), &params).expect("an answer");
    assert!(what_if.new.explanation.output < what_if.old.explanation.output, "longer, and less saved");
    let texts = row::what_if(&subject, 4, &BTreeMap::new(), Some("purpose"), &params).expect("an answer");
    assert_eq!(texts.old, texts.new);
    explained.effect = Some(row::effect(&subject, 4, "duration_in_month", &params, &ctx).expect("an effect"));
    let of_text = row::effect(&subject, 4, "purpose", &params, &ctx).expect("an effect");
    assert!(of_text.ale.is_none() && of_text.mean.len() == of_text.row.points.len());
    let ask = row::Ask { row: 4, ..row::Ask::default() };
    let flips = row::counterfactuals(&subject, &ask, &[], &ctx).expect("an answer");
    assert!(!flips.found.is_empty());
    let narrow = row::Ask { max_distance: Some(0.01), max_changes: Some(1), ..ask };
    let none = row::counterfactuals(&subject, &narrow, &[], &ctx).expect("an answer");
    assert_eq!((none.found.len(), none.reason.as_deref()), (0, Some("nothing-found")));
    let filter = "age_in_years < 30 and (\"savings_account/bonds\" = A61 or housing in ('A151', 'A153'))";
    let cohort = cohort::measure(&subject, filter, &Context::new(&|_, _| true)).expect("a cohort");
    assert_eq!(cohort.inside.n + cohort.outside.n, cohort.rows);
    assert!(cohort.inside.n > 30 && cohort.inside.metrics.len() == cohort.outside.metrics.len());
    keep(
        "explore",
        &json!({ "row": explained, "what_if": what_if, "texts": texts, "cohort": cohort, "flips": flips, "none": none,
                             "text_effect": of_text }),
    );
}

/// The web client's tests read these answers from `web/src/features/<name>/fixture.json`; FINE_WRITE_FIXTURES writes them.
fn keep(name: &str, answer: &Value) {
    let path = root().join(format!("web/src/features/{name}/fixture.json"));
    if std::env::var_os("FINE_WRITE_FIXTURES").is_some() {
        let text = serde_json::to_string(answer).expect("json") + "\n";
        std::fs::write(&path, text).expect("a writable work tree");
    }
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let kept: Value = serde_json::from_str(&text).expect("a fixture is JSON");
    assert_eq!(form(answer), form(&kept), "{name}: set FINE_WRITE_FIXTURES and run again");
}
