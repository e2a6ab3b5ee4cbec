//! Tables and models that can be read and do not belong together.

use serde_json::{Value, json};

use super::{Desk, World};
use crate::app::{loan_audit, loan_model, loans};

/// Loans with one column left out.
fn without(column: &str) -> Vec<u8> {
    let text = String::from_utf8(loans(100)).unwrap();
    let at = text.lines().next().unwrap().split(',').position(|name| name == column).unwrap();
    let line = |l: &str| {
        let fields: Vec<&str> = l.split(',').enumerate().filter(|(i, _)| *i != at).map(|(_, f)| f).collect();
        format!("{}\n", fields.join(","))
    };
    text.lines().map(line).collect::<String>().into()
}

/// The request of an audit without protected columns.
fn plain_audit(dataset: &str, model: &str) -> Value {
    let mut body = loan_audit(dataset, model);
    body["roles"]["protected"] = json!([]);
    body
}

fn id(kept: &Value) -> &str {
    kept["id"].as_str().unwrap()
}

#[tokio::test]
async fn a_target_missing_from_the_table() {
    let columns = r#""age", "income", "debt", "sex""#;
    let says = ["target column \"approved\"", "name one of the table's columns", columns];
    let desk = Desk::with(&[("blind.csv", &without("approved"))]);
    desk.refused(&desk.audit("blind.csv", "loan.json", "approved"), &[&["blind.csv", "loan.json"][..], &says].concat());
    // A slip of the pen in a table that has a target.
    let slip = ["loans.csv", "target column \"aproved\"", "\"approved\""];
    desk.refused(&desk.audit("loans.csv", "loan.json", "aproved"), &slip);

    let mut world = World::new().await;
    let blind = world.kept("datasets", "blind.csv", without("approved")).await;
    let body = plain_audit(id(&blind), &world.model);
    let error = world.refused_audit(&body, "/roles/target", "target-missing", &says).await;
    assert_eq!(error["args"]["available"], json!(["age", "income", "debt", "sex"]));
    let mut body = loan_audit(&world.dataset, &world.model);
    body["roles"]["target"] = json!("aproved");
    world.refused_audit(&body, "/roles/target", "target-missing", &slip[1..]).await;
}

#[tokio::test]
async fn a_feature_that_the_model_needs_missing_from_the_table() {
    let desk = Desk::with(&[("short.csv", &without("debt"))]);
    let says =
        ["the table has no column \"debt\"", "add what is missing", "\"age\", \"income\", \"sex\", \"approved\""];
    let audit = desk.audit("short.csv", "loan.json", "approved");
    desk.refused(&audit, &[&["short.csv", "loan.json"][..], &says].concat());
    let predict = ["short.csv", "column \"debt\", which the model needs", "add it, or choose a table that has it"];
    desk.refused(&desk.predict("short.csv", "loan.json"), &predict);

    let mut world = World::new().await;
    let short = world.kept("datasets", "short.csv", without("debt")).await;
    let body = plain_audit(id(&short), &world.model);
    let error = world.refused_audit(&body, "/dataset_id", "feature-missing", &says).await;
    assert_eq!(error["args"]["names"], json!(["debt"]));
    // The same in reference data.
    let mut body = plain_audit(&world.dataset, &world.model);
    body["reference_id"] = json!(id(&short));
    world.refused_audit(&body, "/reference_id", "feature-missing", &says).await;
}

#[tokio::test]
async fn an_unknown_category_where_the_model_refuses_it() {
    let mut text = String::from_utf8(loans(100)).unwrap();
    // Row 101 of the data; a row without a target before it does not shift the count.
    text = text.replacen(",0\n", ",\n", 1) + "40,50,3,diverse,1\n";
    let (data, model) = (text.into_bytes(), include_bytes!("../../data/loan_strict.pkl").to_vec());
    let says = ["column \"sex\": row 101 holds \"diverse\"", "does not know and refuses", "correct the value"];
    let desk = Desk::with(&[("new.csv", &data), ("strict.pkl", &model)]);
    desk.refused(&desk.audit("new.csv", "strict.pkl", "approved"), &[&["new.csv"][..], &says].concat());
    desk.refused(&desk.predict("new.csv", "strict.pkl"), &[&["new.csv"][..], &says].concat());

    let mut world = World::new().await;
    let (data, model) =
        (world.kept("datasets", "new.csv", data).await, world.kept("models", "strict.pkl", model).await);
    let body = loan_audit(id(&data), id(&model));
    let error = world.refused_audit(&body, "/dataset_id", "unknown-category", &says).await;
    assert_eq!(error["args"], json!({"name": "sex", "row": 101, "value": "diverse"}));
    // The model is fine with the values it knows.
    let body = loan_audit(&world.dataset, id(&model));
    let check: Value = world.app.post("/api/v1/audit/check", &world.ana, &body).await.json().await.unwrap();
    assert_eq!(check["ok"], true, "{check}");
}

#[tokio::test]
async fn a_model_of_another_task_than_the_target() {
    let regression = include_bytes!("../../data/debt.json").to_vec();
    let advice = "choose the column that the model was trained to predict";
    let text = ["a regression model on the text target \"sex\" with 2 distinct values", advice];
    let number = ["a two-class model on the continuous target \"wealth\"", advice];
    let rich = String::from_utf8(loans(100)).unwrap().replacen("sex", "wealth", 1);
    let rich: String = rich
        .replace("female", "1.5")
        .lines()
        .enumerate()
        .map(|(i, l)| if i == 0 { format!("{l}\n") } else { format!("{}\n", l.replace("male", &format!("{i}.25"))) })
        .collect();
    let rich = rich.into_bytes();
    let desk = Desk::with(&[("debt.json", &regression), ("rich.csv", &rich), ("loan2.json", &loan_model())]);
    desk.refused(&desk.audit("loans.csv", "debt.json", "sex"), &[&["loans.csv", "debt.json"][..], &text].concat());
    desk.refused(&desk.audit("rich.csv", "loan.json", "wealth"), &[&["rich.csv", "loan.json"][..], &number].concat());

    let mut world = World::new().await;
    let model = world.kept("models", "debt.json", regression).await;
    let mut body = plain_audit(&world.dataset, id(&model));
    body["roles"] = json!({"target": "sex"});
    let error = world.refused_audit(&body, "/roles/target", "task-mismatch", &text).await;
    assert_eq!((&error["args"]["name"], &error["args"]["model"]), (&json!("sex"), &json!("regression")));
    let data = world.kept("datasets", "rich.csv", rich).await;
    let mut body = plain_audit(id(&data), &world.model);
    body["roles"] = json!({"target": "wealth"});
    world.refused_audit(&body, "/roles/target", "task-mismatch", &number).await;
    // Classes that the model does not have.
    let mut body = plain_audit(&world.dataset, &world.model);
    body["roles"] = json!({"target": "sex"});
    let classes = ["target \"sex\"", "the model's classes \"0\", \"1\"", "is none of them", advice];
    world.refused_audit(&body, "/roles/target", "unknown-classes", &classes).await;
}

#[tokio::test]
async fn a_one_class_target() {
    let text = String::from_utf8(loans(200)).unwrap();
    let ones = text.lines().filter(|l| l.ends_with("approved") || l.ends_with(",1"));
    let ones: Vec<u8> = ones.map(|l| format!("{l}\n")).collect::<String>().into();
    let says = ["the target \"approved\"", "the single value \"1\"", "add rows with other values"];
    let desk = Desk::with(&[("ones.csv", &ones)]);
    desk.refused(&desk.audit("ones.csv", "loan.json", "approved"), &[&["ones.csv"][..], &says].concat());

    let mut world = World::new().await;
    let data = world.kept("datasets", "ones.csv", ones).await;
    let body = loan_audit(id(&data), &world.model);
    let error = world.refused_audit(&body, "/roles/target", "one-class-target", &says).await;
    assert_eq!(error["args"], json!({"name": "approved", "value": "1"}));
}
