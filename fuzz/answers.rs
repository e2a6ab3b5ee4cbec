//! What a model that opened answers: hostile numbers in it must not stop a prediction from ending.

use fine_model::{Core, Feature, FeatureKind, Model};
use fine_table::{Column, NumberKind, Table};

/// The predictions of a model on a table and on encoded rows, bit by bit.
pub fn answers(model: &Model) -> String {
    format!("{} {}", predicted(model), encoded(model))
}

fn predicted(model: &Model) -> String {
    let mut names: Vec<&str> = model.features.iter().map(|feature| feature.name.as_str()).collect();
    names.sort_unstable();
    // A table has no two columns of one name.
    if names.len() > 2_000 || names.windows(2).any(|pair| pair[0] == pair[1]) {
        return "not predicted".to_owned();
    }
    match model.predict(&rows(&model.features)) {
        Ok(prediction) => {
            assert_eq!(prediction.scores.len(), prediction.rows * prediction.width);
            format!("{:?} {:?}", prediction.labels, bits(&prediction.scores))
        }
        Err(error) => error.to_string(),
    }
}

/// A table that has the columns of a model, whatever they are.
fn rows(features: &[Feature]) -> Table {
    let numbers = vec![1.0, f64::NAN, -3.5, 0.0, 1e300, f64::INFINITY];
    let text = [Some("nurse"), None, Some("north"), Some(""), Some("a"), Some("ñ")];
    let column = |(i, feature): (usize, &Feature)| match (feature.kind, i % 3) {
        (FeatureKind::Text, _) | (FeatureKind::Any, 0) => Column::text(feature.name.clone(), text),
        _ => Column::number(feature.name.clone(), NumberKind::Float, numbers.clone()),
    };
    Table::new(features.iter().enumerate().map(column).collect()).expect("names are unique, lengths equal")
}

fn encoded(model: &Model) -> String {
    let width = match model.core() {
        Core::Trees(forest) => forest.features,
        Core::Linear(linear) => linear.features,
        _ => return String::new(),
    };
    let values: Vec<f64> = (0..width * 5).map(|i| [0.0, -1.0, f64::NAN, 1e30, 3.0, 40.5][i % 6]).collect();
    match model.score_encoded(5, &values) {
        Ok(prediction) => format!("{:?}", bits(&prediction.scores)),
        Err(error) => error.to_string(),
    }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}
