//! Decisions that differ between groups.

use fine_table::{Column, NumberKind, Roles, StoredPrediction};
use rand::RngExt;

use super::super::people::{Draw, People, normals, sigmoid, stored, table, with};
use super::{Plant, USUAL, is_group};
use crate::finding::Scope;
use crate::subject::{DataFile, Inputs};

/// The gaps of groups, and nothing that is fitted or predicted again.
const GAPS: Option<&str> =
    Some(r#"{"flips":false,"intersections":1,"tell_attributes":false,"consistency_rows":0,"mitigation":false}"#);

const FAIR: Plant = Plant { stage: "fairness", params: GAPS, ..USUAL };

pub(super) const PLANTS: &[Plant] = &[
    Plant {
        id: "fair-bias",
        checks: &[
            "FAIR-PARITY-DIFFERENCE",
            "FAIR-SELECTION-RATIO",
            "FAIR-OPPORTUNITY-DIFFERENCE",
            "FAIR-FPR-DIFFERENCE",
            "FAIR-EQUALIZED-ODDS",
        ],
        at: |scope| is_group(scope, "f"),
        make: bias,
        ..FAIR
    },
    Plant {
        id: "fair-intersection",
        checks: &["FAIR-INTERSECTION-PARITY", "FAIR-INTERSECTION-ODDS"],
        params: Some(r#"{"flips":false,"tell_attributes":false,"consistency_rows":0,"mitigation":false}"#),
        make: intersection,
        ..FAIR
    },
    Plant { id: "fair-labels", checks: &["FAIR-LABEL-DISTANCE", "FAIR-LABEL-ERRORS"], make: labels, ..FAIR },
    Plant { id: "fair-values", checks: &["FAIR-PREDICTION-DISTANCE", "FAIR-GROUP-LOSS"], make: values, ..FAIR },
    Plant {
        id: "fair-proxy",
        checks: &["FAIR-PROXY"],
        at: |scope| matches!(scope, Scope::Group { attribute, .. } if attribute == "sex"),
        params: Some(r#"{"flips":false,"intersections":1,"consistency_rows":0,"mitigation":false}"#),
        make: proxy,
        ..FAIR
    },
];

/// The log-odds of one group are taken to be lower by 1.5, though its answers are like those of the other.
fn bias(rng: &mut Draw, planted: bool) -> Inputs {
    let mut people = People::draw(3000, rng);
    if planted {
        let malus = |sex: &str| if sex == "f" { 1.5 } else { 0.0 };
        people.p = people.margin.iter().zip(&people.sex).map(|(m, sex)| sigmoid(m - malus(sex))).collect();
    }
    stored(people.table())
}

/// Women who are members and men who are not are taken to be worse by 3 in log-odds than the others: neither attribute by itself
/// shows it.
fn intersection(rng: &mut Draw, planted: bool) -> Inputs {
    let mut people = People::draw(6000, rng);
    let member: Vec<bool> = (0..people.rows()).map(|_| rng.random()).collect();
    if planted {
        for (row, member) in member.iter().enumerate() {
            let side = if (people.sex[row] == "f") == *member { -1.5 } else { 1.5 };
            people.p[row] = sigmoid(people.margin[row] + side);
        }
    }
    let column = Column::text("member", member.iter().map(|m| Some(if *m { "yes" } else { "no" })));
    let mut inputs = stored(with(&people.table(), column));
    inputs.roles.protected.push("member".into());
    inputs
}

/// A table of answers and stored predictions of any kind, with `sex` protected.
fn of_answers(people: &People, answers: Column, predicted: Column) -> Inputs {
    let prediction = StoredPrediction { label: Some(predicted.name.clone()), ..StoredPrediction::default() };
    let sex = Column::text("sex", people.sex.iter().copied().map(Some));
    let roles = Roles {
        target: answers.name.clone(),
        protected: vec!["sex".into()],
        prediction: Some(prediction),
        ..Roles::default()
    };
    let table = table(vec![sex, answers, predicted]);
    Inputs { table, data_file: DataFile::default(), roles, model: None, reference: None, seed: 0 }
}

/// Of three classes, three in five of one group's predictions of the first are turned into the second.
fn labels(rng: &mut Draw, planted: bool) -> Inputs {
    const CLASSES: [&str; 3] = ["a", "b", "c"];
    let people = People::draw(3000, rng);
    let truth: Vec<usize> = (0..people.rows()).map(|_| rng.random_range(0..3)).collect();
    let predicted: Vec<usize> = (0..people.rows())
        .map(|row| {
            let (wrong, other, turned) = (rng.random::<f64>() < 0.2, rng.random_range(0..3), rng.random::<f64>() < 0.6);
            match if wrong { other } else { truth[row] } {
                0 if planted && turned && people.sex[row] == "f" => 1,
                class => class,
            }
        })
        .collect();
    let column = |name: &str, of: &[usize]| Column::text(name, of.iter().map(|k| Some(CLASSES[*k])));
    of_answers(&people, column("class", &truth), column("predicted", &predicted))
}

/// Predicted numbers of one group are lower by a standard deviation, and their errors twice as large.
fn values(rng: &mut Draw, planted: bool) -> Inputs {
    let people = People::draw(6000, rng);
    let (truth, noise) = (normals(people.rows(), rng), normals(people.rows(), rng));
    let predicted = (0..people.rows())
        .map(|row| match planted && people.sex[row] == "f" {
            true => truth[row] - 1.0 + noise[row],
            false => truth[row] + 0.5 * noise[row],
        })
        .collect();
    let column = |name: &str, values: Vec<f64>| Column::number(name, NumberKind::Float, values);
    of_answers(&people, column("amount", truth), column("predicted", predicted))
}

/// Four in five of one group live in the west, and one in twenty of the others.
fn proxy(rng: &mut Draw, planted: bool) -> Inputs {
    let mut people = People::draw(2000, rng);
    for row in 0..people.rows() {
        let moved = rng.random::<f64>() < if people.sex[row] == "f" { 0.8 } else { 0.05 };
        if planted {
            people.region[row] = if moved { "west" } else { "north" };
        }
    }
    stored(people.table())
}
