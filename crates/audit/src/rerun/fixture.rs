//! A small credit data set with known truth, and models of it.

use std::sync::Arc;

use fine_model::linear::Linear;
use fine_model::steps::{Branch, Categories, Category, OneHot, Step, Steps, Unknown};
use fine_model::trees::{Cast, Forest, LEAF, Link, Missing, NUMERIC, Node, Sum, Tree};
use fine_model::{CoreModel, Feature, FeatureKind, Label, Model};
use fine_table::{Column, NumberKind, Roles, Table, Task, Values};
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

use crate::rng::unit_rng;
use crate::stage::{Context, Stage, StageError};
use crate::subject::{DataFile, Inputs, Subject};

const REGIONS: [&str; 3] = ["north", "south", "west"];
/// Raw features in model order. `noise` says nothing.
pub(crate) const FEATURES: [&str; 6] = ["income", "rate", "age", "member", "noise", "region"];

/// Columns `FEATURES`, then `sex`, `y` (yes/no) and `amount` (a number).
pub(crate) fn table(rows: usize) -> Table {
    let mut rng = unit_rng(11, "fixture/credit", 0);
    let mut draw = |_: usize| -> f64 { rng.sample(StandardNormal) };
    let income = (0..rows).map(|i| 50_000.0 + 20_000.0 * draw(i)).collect::<Vec<_>>();
    let rate = (0..rows).map(|i| 0.05 + 0.01 * draw(i)).collect::<Vec<_>>();
    let age = (0..rows).map(|i| (45.0 + 12.0 * draw(i)).round()).collect::<Vec<_>>();
    let member = (0..rows).map(|i| f64::from(u8::from(draw(i) > 0.5))).collect::<Vec<_>>();
    let noise = (0..rows).map(&mut draw).collect::<Vec<_>>();
    let region = (0..rows).map(|i| REGIONS[(draw(i).abs() * 2.0) as usize % 3]).collect::<Vec<_>>();
    let signal = |i: usize| 1.5 * (income[i] - 50_000.0) / 20_000.0 - (rate[i] - 0.05) / 0.01 + 0.5 * member[i];
    let amount = (0..rows).map(|i| signal(i) + 0.5 * draw(i)).collect::<Vec<_>>();
    let label = amount.iter().map(|a| Some(if *a > 0.3 { "yes" } else { "no" })).collect::<Vec<_>>();
    let sex = (0..rows).map(|i| Some(if draw(i) > 0.0 { "f" } else { "m" })).collect::<Vec<_>>();
    Table::new(vec![
        Column::number("income", NumberKind::Float, income),
        Column::number("rate", NumberKind::Float, rate),
        Column::number("age", NumberKind::Int, age),
        Column::number("member", NumberKind::Bool, member),
        Column::number("noise", NumberKind::Float, noise),
        Column::text("region", region.into_iter().map(Some)),
        Column::text("sex", sex),
        Column::text("y", label),
        Column::number("amount", NumberKind::Float, amount),
    ])
    .expect("columns of equal length")
}

fn features() -> Vec<Feature> {
    let kind = |name: &str| if name == "region" { FeatureKind::Text } else { FeatureKind::Number };
    FEATURES.iter().map(|name| Feature { name: (*name).into(), kind: kind(name) }).collect()
}

fn steps() -> Steps {
    let list = REGIONS.iter().map(|r| Category::Text((*r).into())).collect();
    let one_hot = OneHot {
        categories: vec![Categories::new(list)],
        groups: vec![None],
        drop: vec![None],
        unknown: Unknown::Refuse,
    };
    let branches = vec![
        Branch { columns: Some(vec![0, 1, 2, 3, 4]), step: Step::Keep, weight: 1.0 },
        Branch { columns: Some(vec![5]), step: Step::OneHot(one_hot), weight: 1.0 },
    ];
    let names = FEATURES.map(str::to_owned);
    Steps::new(&names, Step::Columns(branches)).expect("steps that fit")
}

fn classes(task: Task) -> Vec<Label> {
    match task {
        Task::Regression => Vec::new(),
        _ => vec![Label::Text("no".into()), Label::Text("yes".into())],
    }
}

/// The true signal, as a linear model.
pub(crate) fn linear_model(task: Task) -> Model {
    let coef = vec![1.5 / 20_000.0, -100.0, 0.0, 0.5, 0.0, 0.1, -0.1, 0.0];
    let intercept = vec![-1.5 * 2.5 + 5.0 - 0.3];
    let link = if task == Task::Regression { Link::Identity } else { Link::Logistic { scale: 2.0 } };
    let core = CoreModel::Linear(Linear { features: 8, outputs: 1, coef, intercept, link });
    Model::native(features(), task, classes(task), core).with_steps(steps())
}

/// Forty trees with random splits and fitted leaves; `noise` and `age` are never split on.
pub(crate) fn forest_model(table: &Table, task: Task, missing: Missing) -> Model {
    let plain = Model::native(
        features(),
        task,
        classes(task),
        CoreModel::Linear(Linear {
            features: 8,
            outputs: 1,
            coef: vec![0.0; 8],
            intercept: vec![0.0],
            link: Link::Identity,
        }),
    );
    let x = plain.with_steps(steps()).encode(table).expect("a table of the fixture");
    let y = table.column("amount").and_then(|c| c.numbers().map(<[f64]>::to_vec)).expect("a number");
    let mut rng = unit_rng(5, "fixture/forest", 0);
    let rows = (0..x.rows).collect::<Vec<_>>();
    let trees = (0..40).map(|_| grow(&x.values, &y, &rows, missing, &mut rng)).collect();
    let link = if task == Task::Regression { Link::Identity } else { Link::Logistic { scale: 1.0 } };
    let forest = Forest { features: 8, outputs: 1, trees, base: vec![-0.3], cast: Cast::F32, sum: Sum::F32, link };
    model_of(forest, task)
}

/// A forest behind the fixture's steps.
pub(crate) fn model_of(forest: Forest, task: Task) -> Model {
    Model::native(features(), task, classes(task), CoreModel::Trees(forest)).with_steps(steps())
}

fn grow(x: &[f64], y: &[f64], rows: &[usize], missing: Missing, rng: &mut impl Rng) -> Tree {
    let mut tree = Tree { nodes: Vec::new(), sets: Vec::new(), values: Vec::new(), output: Some(0), weight: 0.1 };
    let mut open = vec![(usize::MAX, rows.to_vec(), 0)];
    while let Some((slot, rows, depth)) = open.pop() {
        let at = tree.nodes.len() as u32;
        match slot {
            usize::MAX => {}
            s if s % 2 == 0 => tree.nodes[s / 2].left = at,
            s => tree.nodes[s / 2].right = at,
        }
        let feature = [0, 1, 0, 1, 3, 5, 6, 7][rng.random_range(0..8usize)];
        let threshold = x[rows[rng.random_range(0..rows.len())] * 8 + feature];
        let (left, right): (Vec<usize>, Vec<usize>) = rows.iter().partition(|r| x[**r * 8 + feature] <= threshold);
        let leaf = depth == 4 || left.is_empty() || right.is_empty();
        let node = Node {
            feature: feature as u32,
            left: LEAF,
            right: tree.values.len() as u32,
            set: NUMERIC,
            threshold: if leaf { 0.0 } else { threshold },
            missing,
            cover: rows.len() as f64,
        };
        if leaf {
            tree.values.push(rows.iter().map(|r| y[*r]).sum::<f64>() / rows.len() as f64);
        } else {
            open.push((at as usize * 2 + 1, right, depth + 1));
            open.push((at as usize * 2, left, depth + 1));
        }
        tree.nodes.push(node);
    }
    tree
}

/// A subject of the first `rows` rows; `sex` is protected.
pub(crate) fn subject(table: Table, model: Model) -> Subject {
    let target = if model.task == Task::Regression { "amount" } else { "y" };
    let roles = Roles { target: target.into(), protected: vec!["sex".into(), "region".into()], ..Roles::default() };
    let inputs =
        Inputs { table, data_file: DataFile::default(), roles, model: Some(Arc::new(model)), reference: None, seed: 7 };
    Subject::build(inputs).expect("a subject that fits")
}

pub(crate) fn linear(rows: usize, task: Task) -> Subject {
    subject(table(rows), linear_model(task))
}

pub(crate) fn forest(rows: usize, task: Task) -> Subject {
    let table = table(rows);
    let model = forest_model(&table, task, Missing::Left);
    subject(table, model)
}

/// The table with some cells of `feature` emptied.
pub(crate) fn with_holes(table: &Table, feature: &str) -> Table {
    let column = table.column(feature).expect("a column");
    let values = match &column.values {
        Values::Number { kind, values } => Values::Number {
            kind: *kind,
            values: values.iter().enumerate().map(|(i, v)| if i % 7 == 0 { f64::NAN } else { *v }).collect(),
        },
        text => text.clone(),
    };
    let column = Column { name: feature.into(), values, null_spellings: Vec::new() };
    table.with_column(column).expect("a column of the table")
}

pub(crate) fn run<S: Stage>(subject: &Subject, params: &S::Params) -> S::Report {
    S::run(subject, params, &Context::new(&|_, _| true)).expect("a report")
}

/// The report as bytes, made by a pool of so many threads.
pub(crate) fn bytes_with_threads<S: Stage>(subject: &Subject, params: &S::Params, threads: usize) -> String
where
    S::Params: Sync,
    S::Report: Send,
{
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    serde_json::to_string(&pool.install(|| run::<S>(subject, params))).expect("JSON")
}

/// Ticks reach the declared cost at most, and the first refused tick stops the stage.
pub(crate) fn stops_when_asked<S: Stage>(subject: &Subject, params: &S::Params) {
    let ticks = std::sync::atomic::AtomicU64::new(0);
    let tick = |done: u64, total: u64| {
        assert!(done <= total);
        ticks.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 3
    };
    assert_eq!(S::run(subject, params, &Context::new(&tick)).err(), Some(StageError::Cancelled));
}

/// One tree whose label changes at each of many thresholds of `income`.
pub(crate) fn sawtooth_model(task: Task) -> Model {
    let mut tree = Tree { nodes: Vec::new(), sets: Vec::new(), values: vec![-2.0, 2.0], output: Some(0), weight: 1.0 };
    let node = |left, right, threshold| Node {
        feature: 0,
        left,
        right,
        set: NUMERIC,
        threshold,
        missing: Missing::Left,
        cover: 1.0,
    };
    let steps_count = 200u32;
    for i in 0..steps_count {
        let at = 2 * i;
        tree.nodes.push(node(at + 1, at + 2, f64::from(i) * 500.0));
        tree.nodes.push(node(LEAF, i % 2, 0.0));
    }
    tree.nodes.push(node(LEAF, 0, 0.0));
    let link = Link::Logistic { scale: 1.0 };
    let forest =
        Forest { features: 8, outputs: 1, trees: vec![tree], base: vec![0.0], cast: Cast::F64, sum: Sum::F64, link };
    Model::native(features(), task, classes(task), CoreModel::Trees(forest)).with_steps(steps())
}

/// A linear model of `income` alone.
pub(crate) fn income_model() -> Model {
    let coef = vec![1.0 / 20_000.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let link = Link::Logistic { scale: 1.0 };
    let core = CoreModel::Linear(Linear { features: 8, outputs: 1, coef, intercept: vec![-2.5], link });
    Model::native(features(), Task::Binary, classes(Task::Binary), core).with_steps(steps())
}
