//! Made-up applicants whose truth is known, as tables with stored predictions.

use chacha20::ChaCha8Rng;
use fine_table::{Column, NumberKind, Roles, StoredPrediction, Table};
use rand::RngExt;
use rand_distr::StandardNormal;

use crate::subject::{DataFile, Inputs};

/// Where a plant takes its randomness from.
pub(super) type Draw = ChaCha8Rng;

/// Values of `region`, with what each adds to the true log-odds.
const REGIONS: [(&str, f64); 4] = [("north", 0.5), ("south", 0.2), ("east", -0.2), ("west", -0.5)];
/// Share of people of the smaller group of `sex`.
const SMALLER: f64 = 0.3;

/// Applicants, one entry a row in every list.
#[derive(Clone, Debug)]
pub(super) struct People {
    pub(super) income: Vec<f64>,
    pub(super) rate: Vec<f64>,
    pub(super) age: Vec<f64>,
    pub(super) tenure: Vec<f64>,
    pub(super) region: Vec<&'static str>,
    pub(super) sex: Vec<&'static str>,
    /// True log-odds of the answer 1.
    pub(super) margin: Vec<f64>,
    /// The answer.
    pub(super) truth: Vec<bool>,
    /// The stored probability of the answer 1.
    pub(super) p: Vec<f64>,
}

pub(super) fn sigmoid(margin: f64) -> f64 {
    1.0 / (1.0 + (-margin).exp())
}

/// `rows` standard normal numbers.
pub(super) fn normals(rows: usize, rng: &mut Draw) -> Vec<f64> {
    (0..rows).map(|_| rng.sample(StandardNormal)).collect()
}

impl People {
    /// People whose stored probabilities are the true ones; about half answer 1.
    pub(super) fn draw(rows: usize, rng: &mut Draw) -> Self {
        Self::around(0.0, rows, rng)
    }

    /// The same, with all log-odds moved by `centre`.
    pub(super) fn around(centre: f64, rows: usize, rng: &mut Draw) -> Self {
        let [income, rate, age, tenure] = [0; 4].map(|_| normals(rows, rng));
        let places: Vec<usize> = (0..rows).map(|_| rng.random_range(0..REGIONS.len())).collect();
        let sex = (0..rows).map(|_| if rng.random::<f64>() < SMALLER { "f" } else { "m" }).collect();
        let margin = (0..rows)
            .map(|i| centre + 1.3 * income[i] - rate[i] + 0.4 * age[i] + 0.4 * tenure[i] + REGIONS[places[i]].1)
            .collect();
        let scaled = |v: &[f64], mean: f64, sd: f64| -> Vec<f64> { v.iter().map(|z| mean + sd * z).collect() };
        let mut people = Self {
            income: scaled(&income, 50_000.0, 20_000.0),
            rate: scaled(&rate, 0.05, 0.01),
            age: scaled(&age, 45.0, 12.0).iter().map(|v| v.round()).collect(),
            tenure: scaled(&tenure, 8.0, 3.0),
            region: places.iter().map(|at| REGIONS[*at].0).collect(),
            sex,
            margin,
            truth: Vec::new(),
            p: Vec::new(),
        };
        people.answer(rng);
        people.p = people.margin.iter().map(|m| sigmoid(*m)).collect();
        people
    }

    /// People of whom the stored prediction is wrong for one in five, whoever they are.
    pub(super) fn evenly_wrong(rows: usize, rng: &mut Draw) -> Self {
        let mut people = Self::draw(rows, rng);
        people.p = people.margin.iter().map(|m| if *m > 0.0 { 0.8 } else { 0.2 }).collect();
        people.truth = people.margin.iter().map(|m| (*m > 0.0) ^ (rng.random::<f64>() < 0.2)).collect();
        people
    }

    pub(super) fn rows(&self) -> usize {
        self.income.len()
    }

    /// Draws the answers from the true log-odds.
    pub(super) fn answer(&mut self, rng: &mut Draw) {
        self.truth = self.margin.iter().map(|m| rng.random::<f64>() < sigmoid(*m)).collect();
    }

    /// Turns the answer of each row of some with a probability.
    pub(super) fn turn(&mut self, which: impl Fn(&Self, usize) -> bool, probability: f64, rng: &mut Draw) {
        for row in 0..self.rows() {
            let turned = rng.random::<f64>() < probability;
            if turned && which(self, row) {
                self.truth[row] = !self.truth[row];
            }
        }
    }

    /// Features, then `y` and `p`.
    pub(super) fn table(&self) -> Table {
        let truth = self.truth.iter().map(|t| f64::from(u8::from(*t))).collect();
        let columns = vec![
            Column::number("income", NumberKind::Float, self.income.clone()),
            Column::number("rate", NumberKind::Float, self.rate.clone()),
            Column::number("age", NumberKind::Int, self.age.clone()),
            Column::number("tenure", NumberKind::Float, self.tenure.clone()),
            Column::text("region", self.region.iter().copied().map(Some)),
            Column::text("sex", self.sex.iter().copied().map(Some)),
            Column::number("y", NumberKind::Int, truth),
            Column::number("p", NumberKind::Float, self.p.clone()),
        ];
        table(columns)
    }
}

/// Columns of equal length.
pub(super) fn table(columns: Vec<Column>) -> Table {
    Table::new(columns).expect("the columns of a plant have equal lengths")
}

/// A table with one column more, or another one of the same name.
pub(super) fn with(table: &Table, column: Column) -> Table {
    let others = table.columns().iter().filter(|c| c.name != column.name);
    let mut columns: Vec<Column> = others.map(|c| (**c).clone()).collect();
    columns.push(column);
    self::table(columns)
}

/// Roles of an audit of the stored probabilities.
pub(super) fn roles() -> Roles {
    let probabilities = [("1".to_owned(), "p".to_owned())].into();
    Roles {
        target: "y".into(),
        protected: vec!["sex".into()],
        prediction: Some(StoredPrediction { label: None, probabilities }),
        ..Roles::default()
    }
}

/// An audit of stored probabilities.
pub(super) fn stored(table: Table) -> Inputs {
    Inputs { table, data_file: DataFile::default(), roles: roles(), model: None, reference: None, seed: 0 }
}

/// The same with reference data.
pub(super) fn against(table: Table, reference: Table) -> Inputs {
    Inputs { reference: Some((reference, DataFile::default())), ..stored(table) }
}
