use fine_table::{Column, NumberKind};

use super::*;

fn categories(texts: &[&str]) -> Categories {
    Categories::new(texts.iter().map(|text| Category::Text((*text).into())).collect())
}

fn encode(step: Step, columns: Vec<Column>) -> Result<Vec<f64>, PredictError> {
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let steps = Steps::new(&names, step).unwrap();
    let features: Vec<Feature> =
        names.iter().map(|name| Feature { name: name.clone(), kind: FeatureKind::Any }).collect();
    let rows = columns.first().map_or(0, Column::len);
    let values = steps.encode(&features, &columns.iter().collect::<Vec<_>>(), rows)?;
    assert_eq!(values.len(), rows * steps.width());
    Ok(values)
}

fn one_hot(texts: &[&str], unknown: Unknown) -> OneHot {
    OneHot { categories: vec![categories(texts)], groups: vec![None], drop: vec![None], unknown }
}

fn text(cells: &[Option<&str>]) -> Column {
    Column::text("c", cells.iter().copied())
}

fn floats(name: &str, values: &[f64]) -> Column {
    Column::number(name, NumberKind::Float, values.to_vec())
}

#[test]
fn one_hot_ignores_or_refuses_unknown_categories() {
    let cells = [Some("b"), None, Some("z"), Some("a")];
    let ignored = encode(Step::OneHot(one_hot(&["a", "b"], Unknown::Zeros)), vec![text(&cells)]).unwrap();
    assert_eq!(ignored, [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    let refused = encode(Step::OneHot(one_hot(&["a", "b"], Unknown::Refuse)), vec![text(&cells)]).unwrap_err();
    assert_eq!(refused, PredictError::UnknownCategory { name: "c".into(), row: 1, value: "missing".into() });
}

#[test]
fn n9_missing_is_a_category_and_numbers_meet_by_value() {
    let list = Categories::new(vec![Category::Number(0.0), Category::Number(2.0), Category::Missing]);
    let one_hot = OneHot { categories: vec![list], groups: vec![None], drop: vec![None], unknown: Unknown::Refuse };
    let values = encode(Step::OneHot(one_hot), vec![floats("c", &[2.0, f64::NAN, -0.0])]).unwrap();
    assert_eq!(values, [0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
}

#[test]
fn n9_dropped_group_counts_after_grouping() {
    // a and c are infrequent and share group 1; b is group 0 and dropped.
    let one_hot = OneHot {
        categories: vec![categories(&["a", "b", "c"])],
        groups: vec![Some(vec![1, 0, 1])],
        drop: vec![Some(0)],
        unknown: Unknown::Infrequent,
    };
    assert!(one_hot.is_even());
    let values = encode(Step::OneHot(one_hot), vec![text(&[Some("a"), Some("b"), Some("c"), Some("new")])]).unwrap();
    assert_eq!(values, [1.0, 0.0, 1.0, 1.0]);
}

#[test]
fn a_table_that_reads_codes_as_numbers_meets_text_categories() {
    let step = Step::OneHot(one_hot(&["1", "2", "True"], Unknown::Refuse));
    assert_eq!(encode(step.clone(), vec![floats("c", &[2.0])]).unwrap(), [0.0, 1.0, 0.0]);
    assert_eq!(encode(step, vec![Column::number("c", NumberKind::Bool, vec![1.0])]).unwrap(), [0.0, 0.0, 1.0]);
}

#[test]
fn ordinal_codes_unknown_and_missing() {
    let list = Categories::new(vec![Category::Text("a".into()), Category::Text("b".into()), Category::Missing]);
    let ordinal =
        Ordinal { categories: vec![list], groups: vec![None], unknown: Unknown::Value(-1.0), missing: f64::NAN };
    let values = encode(Step::Ordinal(ordinal), vec![text(&[Some("b"), Some("z"), None])]).unwrap();
    assert_eq!(values[..2], [1.0, -1.0]);
    assert!(values[2].is_nan());
}

#[test]
fn imputing_fills_drops_and_indicates() {
    let impute = Impute {
        marker: Marker::Empty,
        statistics: vec![Statistic::Number(7.0), Statistic::Dropped],
        indicators: vec![0],
    };
    let columns = vec![floats("a", &[1.0, f64::NAN]), floats("b", &[f64::NAN, f64::NAN])];
    assert_eq!(encode(Step::Impute(impute), columns).unwrap(), [1.0, 0.0, 7.0, 1.0]);
    let fill = Impute { marker: Marker::Empty, statistics: vec![Statistic::Text("b".into())], indicators: vec![] };
    let chain = Step::Chain(vec![Step::Impute(fill), Step::OneHot(one_hot(&["a", "b"], Unknown::Refuse))]);
    assert_eq!(encode(chain.clone(), vec![text(&[None, Some("a")])]).unwrap(), [0.0, 1.0, 1.0, 0.0]);
    assert_eq!(encode(chain, vec![floats("c", &[f64::NAN])]).unwrap(), [0.0, 1.0], "an empty column has no type");
}

#[test]
fn scaling_keeps_the_order_of_operations() {
    let standard = Scale::Standard { center: Some(vec![0.1]), scale: Some(vec![3.0]) };
    assert_eq!(encode(Step::Scale(standard), vec![floats("a", &[1.0])]).unwrap(), [(1.0 - 0.1) / 3.0]);
    let clip = Scale::MinMax { scale: vec![0.5], min: vec![0.25], clip: Some((0.0, 1.0)) };
    let values = encode(Step::Scale(clip), vec![floats("a", &[-9.0, 1.0, 9.0, f64::NAN])]).unwrap();
    assert_eq!(values[..3], [0.0, 0.75, 1.0]);
    assert!(values[3].is_nan());
    // A scaled indicator keeps its two values.
    let chain = Step::Chain(vec![
        Step::OneHot(one_hot(&["a"], Unknown::Zeros)),
        Step::Scale(Scale::Standard { center: Some(vec![0.5]), scale: Some(vec![0.25]) }),
    ]);
    assert_eq!(encode(chain, vec![text(&[Some("a"), Some("b")])]).unwrap(), [2.0, -2.0]);
}

#[test]
fn s1_zeros_of_a_sparse_matrix_are_missing() {
    let branches = vec![
        Branch { columns: Some(vec![1]), step: Step::Keep, weight: 1.0 },
        Branch { columns: Some(vec![0]), step: Step::OneHot(one_hot(&["a", "b"], Unknown::Zeros)), weight: 1.0 },
    ];
    let step = Step::Chain(vec![Step::Columns(branches), Step::MissingZeros]);
    let values = encode(step, vec![text(&[Some("b"), Some("a")]), floats("n", &[0.0, 5.0])]).unwrap();
    let missing: Vec<bool> = values.iter().map(|value| value.is_nan()).collect();
    assert_eq!(missing, [true, true, false, false, false, true]);
    assert_eq!((values[2], values[3], values[4]), (1.0, 5.0, 1.0));
}

#[test]
fn known_categories_wrap_as_a_byte_and_unknown_ones_are_missing() {
    let known = Known { columns: vec![Some(vec![1, 44]), None] };
    assert_eq!(known.of(0, 1.9), 1.0);
    assert_eq!(known.of(0, 300.0), 44.0);
    assert!(known.of(0, 2.0).is_nan() && known.of(0, -1.0).is_nan());
    assert_eq!(known.of(1, 2.0), 2.0);
}

#[test]
fn every_encoded_column_knows_its_origin_and_kind() {
    let step = Step::Columns(vec![
        Branch { columns: Some(vec![2, 0]), step: Step::Map(Function::Log1p), weight: 1.0 },
        Branch { columns: Some(vec![1]), step: Step::OneHot(one_hot(&["x", "y"], Unknown::Refuse)), weight: 1.0 },
    ]);
    let names = ["a", "b", "c", "unused"].map(String::from);
    let steps = Steps::new(&names, step).unwrap();
    let slots: Vec<(u32, &str)> =
        steps.slots().iter().map(|slot| (slot.origin.single().unwrap(), slot.name.as_str())).collect();
    assert_eq!(slots, [(2, "c"), (0, "a"), (1, "b=x"), (1, "b=y")]);
    let (number, text) = (Some(FeatureKind::Number), Some(FeatureKind::Text));
    assert_eq!(steps.kinds(), [number, text, number, None]);
}

#[test]
fn steps_that_do_not_fit_are_refused() {
    let names = ["a".to_owned()];
    let error = Steps::new(&names, Step::Scale(Scale::Factor(vec![1.0, 2.0]))).unwrap_err();
    assert_eq!((error.expected, error.found), (2, 1));
    let branch = Branch { columns: Some(vec![4]), step: Step::Keep, weight: 1.0 };
    assert!(Steps::new(&names, Step::Columns(vec![branch])).is_err());
}

#[test]
fn missing_cells_are_refused_by_name() {
    let error = encode(Step::RefuseMissing, vec![floats("a", &[1.0, f64::NAN])]).unwrap_err();
    assert_eq!(error, PredictError::MissingValue { name: "a".into(), row: 1 });
    let error = encode(Step::RefuseMissing, vec![floats("a", &[1.0, f64::NEG_INFINITY])]).unwrap_err();
    assert_eq!(error, PredictError::InfiniteValue { name: "a".into(), row: 1 });
    let values = encode(Step::Missing(-1.0), vec![floats("a", &[1.0, -1.0])]).unwrap();
    assert!(values[1].is_nan());
}
