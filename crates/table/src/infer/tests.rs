use super::*;

fn text(name: &str, cells: &[&str]) -> Column {
    Column::text(name, cells.iter().map(|c| Some(*c)))
}

fn int(name: &str, cells: &[f64]) -> Column {
    Column::number(name, NumberKind::Int, cells.to_vec())
}

fn table(columns: Vec<Column>) -> Table {
    Table::new(columns).expect("equal lengths")
}

fn adult() -> Table {
    table(vec![
        int("Unnamed: 0", &[0.0, 1.0, 2.0, 3.0]),
        int("age", &[39.0, 50.0, 38.0, 53.0]),
        int("fnlwgt", &[77516.0, 83311.0, 215_646.0, 234_721.0]),
        text("native-country", &["Cuba", "India", "Cuba", "Cuba"]),
        text("sex", &["Male", "Female", "Male", "Female"]),
        int("customer_id", &[7.0, 9.0, 9.0, 7.0]),
        text("income", &["<=50K", ">50K", "<=50K", ">50K"]),
        text("opened", &["2020-01-02", "2020-02-03T10:11:12Z", "2021-01-01", "2021-12-31 23:59"]),
    ])
}

#[test]
fn names_give_the_roles_without_a_model() {
    let s = infer::<&str>(&adult(), None, None);
    assert_eq!(s.roles.target, "income");
    assert_eq!(s.roles.protected, ["age", "native-country", "sex"]);
    assert_eq!(s.roles.entity.as_deref(), Some("customer_id"));
    assert_eq!(s.roles.time.as_deref(), Some("opened"));
    assert_eq!(s.roles.weight, None);
    assert_eq!(s.roles.ignore, ["Unnamed: 0"]);
    assert_eq!((s.task, s.classes), (Task::Binary, vec!["<=50K".to_owned(), ">50K".to_owned()]));
    let role = |name: &str| s.columns.iter().find(|c| c.name == name).map(|c| (c.role, c.protected, c.reason));
    assert_eq!(role("fnlwgt"), Some((SuggestedRole::Feature, false, Reason::Default)));
    assert_eq!(role("sex"), Some((SuggestedRole::Feature, true, Reason::Default)));
}

#[test]
fn a_model_settles_features_and_target() {
    let classes = ["1".to_owned(), "2".to_owned()];
    let t = table(vec![
        int("target", &[3.0, 4.0, 5.0, 6.0]),
        int("risk", &[1.0, 2.0, 1.0, 2.0]),
        text("gender", &["a", "b", "a", "b"]),
        int("extra", &[5.0, 5.0, 1.0, 9.0]),
        int("y_pred", &[1.0, 2.0, 1.0, 2.0]),
    ]);
    let s = infer(&t, Some(&["target"]), Some(&classes));
    assert_eq!(s.roles.target, "risk");
    let roles: Vec<SuggestedRole> = s.columns.iter().map(|c| c.role).collect();
    use SuggestedRole::{Feature, Ignore, Prediction, Protected, Target};
    assert_eq!(roles, [Feature, Target, Protected, Ignore, Prediction]);
    assert_eq!(s.roles.ignore, ["extra", "y_pred"]);
    assert_eq!(s.task, Task::Binary);
}

#[test]
fn values_that_are_the_models_classes_point_at_the_target() {
    let classes = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
    let t = table(vec![text("z", &["a", "c", "a"]), text("w", &["q", "r", "s"]), int("f", &[1.0, 2.0, 2.0])]);
    let s = infer(&t, Some(&["f"]), Some(&classes));
    assert_eq!((s.roles.target.as_str(), s.task), ("z", Task::Multiclass));
    assert_eq!(s.columns[0].reason, Reason::ModelClasses);
    assert_eq!(s.classes, classes);
}

#[test]
fn tasks_by_the_target_alone() {
    let task = |column: Column| infer::<&str>(&table(vec![column]), None, None).task;
    let wave: Vec<f64> = (0..100).map(|i| f64::from(i % 37) * 3.0).collect();
    assert_eq!(task(int("y", &wave)), Task::Regression);
    assert_eq!(task(int("y", &[1.0, 5.0, 3.0])), Task::Multiclass);
    assert_eq!(task(Column::number("y", NumberKind::Float, vec![0.5, 0.7, 1.5])), Task::Regression);
    assert_eq!(task(Column::number("y", NumberKind::Bool, vec![0.0, 1.0])), Task::Binary);
    assert_eq!(infer(&table(vec![int("y", &wave)]), Some(&["x"]), Some(&[])).task, Task::Regression);
}

#[test]
fn weights_and_ids() {
    let t = table(vec![
        Column::number("sample_weight", NumberKind::Float, vec![0.5, 1.5, 2.0]),
        text("uuid", &["x", "y", "z"]),
        int("instant", &[1.0, 2.0, 3.0]),
        int("y", &[0.0, 1.0, 0.0]),
    ]);
    let s = infer::<&str>(&t, None, None);
    assert_eq!(s.roles.weight.as_deref(), Some("sample_weight"));
    assert_eq!(s.roles.ignore, ["uuid", "instant"]);
    assert_eq!(s.columns[1].reason, Reason::UniqueIdentifier);
    assert_eq!(s.columns[2].reason, Reason::RowIndex);
    assert_eq!(s.roles.target, "y");
}

#[test]
fn doubtful_names_give_way() {
    let cells = || [1.0, 2.0, 2.5, 4.0];
    let t = table(["price", "x", "y", "z"].map(|n| Column::number(n, NumberKind::Float, cells().to_vec())).into());
    assert_eq!(infer::<&str>(&t, None, None).roles.target, "price", "y is a length beside x and z");
    let t = table(vec![text("class", &["1st", "2nd", "crew"]), int("survived", &[0.0, 1.0, 1.0])]);
    assert_eq!(infer::<&str>(&t, None, None).roles.target, "survived");
}

#[test]
fn ages_are_compared_but_not_many_categories() {
    let ages: Vec<f64> = (0..60).map(f64::from).collect();
    let countries: Vec<String> = (0..60).map(|i| format!("c{i}")).collect();
    let t = table(vec![
        int("edad", &ages.iter().map(|a| a * 2.0).collect::<Vec<_>>()),
        Column::text("nationality", countries.iter().map(Some)),
        int("y", &ages.iter().map(|a| a % 2.0).collect::<Vec<_>>()),
    ]);
    let s = infer::<&str>(&t, None, None);
    assert_eq!(s.roles.protected, ["edad"]);
    assert!(s.columns[1].protected);
}
