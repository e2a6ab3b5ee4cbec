//! What common remedies would do to gaps and accuracy.

use fine_model::ScoreKind;
use rand::seq::SliceRandom;

use super::axes::Axis;
use super::binary::Decisions;
use super::counts::FEWEST;
use super::report::{Method, MitigatedGroup, Mitigation, Rule, Weight};
use super::thresholds::{Equal, Scored, rules, selected};
use crate::groups::UNKNOWN;
use crate::halves::halves;
use crate::learn::{Boosting, Lesson};
use crate::rng::unit_rng;
use crate::stats::clustered;
use crate::stats::describe::weighted_mean;
use crate::stats::design::{Design, whole};
use crate::subject::Subject;

/// Id of the note beside every remedy.
pub(super) const NOTE: &str = "group-treatment";

const THRESHOLDS: [(&str, Equal, &str); 3] = [
    ("demographic-parity", Equal::Selection, "demographic_parity_diff"),
    ("equal-opportunity", Equal::TruePositives, "equal_opportunity_diff"),
    ("equalized-odds", Equal::Odds, "equalized_odds_diff"),
];

/// Remedies are set on one seeded half of the rows with a known group and measured on the other.
struct Halves<'a> {
    subject: &'a Subject,
    decisions: &'a Decisions,
    axis: &'a Axis,
    fitted: Vec<u32>,
    test: Vec<u32>,
    /// Of the test half.
    design: Design,
}

pub(super) fn mitigation(subject: &Subject, decisions: &Decisions, axis: &Axis) -> Mitigation {
    let known: Vec<u32> =
        (0..subject.rows() as u32).filter(|row| axis.grouping.codes[*row as usize] != UNKNOWN).collect();
    let topic = format!("fairness/{}/mitigation", axis.name());
    let [fitted, test] = halves(subject, &known, &topic);
    let design = decisions.design.take(test.iter().map(|row| *row as usize));
    let halves = Halves { subject, decisions, axis, fitted, test, design };
    let (scored, unchanged) = halves.scored();
    let mut out = Mitigation {
        attribute: axis.name().to_owned(),
        reason: None,
        note: NOTE.to_owned(),
        fitted_rows: halves.fitted.len() as u64,
        test_rows: halves.test.len() as u64,
        unchanged,
        methods: Vec::new(),
    };
    if scored.len() < 2 || whole(halves.design.support(0..halves.test.len())) < FEWEST {
        out.reason = Some("too-few-rows".to_owned());
        return out;
    }
    if decisions.kind != ScoreKind::Label {
        let methods = THRESHOLDS.iter().map(|(id, equal, gap)| halves.thresholds(id, gap, rules(&scored, *equal)));
        out.methods.extend(methods);
    }
    out.methods.extend(halves.reweighing());
    out
}

impl Halves<'_> {
    fn group(&self, row: u32) -> usize {
        self.axis.grouping.codes[row as usize] as usize
    }

    fn truth(&self, row: u32) -> bool {
        self.decisions.truth[row as usize]
    }

    /// Groups with enough rows of both truths to set thresholds on, and the names of the others.
    fn scored(&self) -> (Vec<Scored>, Vec<String>) {
        let labels = self.axis.labels();
        let mut all: Vec<Scored> = labels.iter().map(|l| Scored { group: l.clone(), rows: Vec::new() }).collect();
        for row in &self.fitted {
            let weight = self.decisions.design.weight(*row as usize);
            all[self.group(*row)].rows.push((self.decisions.score[*row as usize], self.truth(*row), weight));
        }
        let enough = |group: usize, truth: bool| {
            let own = self.fitted.iter().filter(|row| self.group(**row) == group && self.truth(**row) == truth);
            whole(self.decisions.design.support(own.map(|row| *row as usize))) >= FEWEST
        };
        let (mut kept, mut few) = (Vec::new(), Vec::new());
        for (group, scored) in all.into_iter().enumerate() {
            (if enough(group, true) && enough(group, false) { &mut kept } else { &mut few }).push(scored);
        }
        (kept, few.into_iter().map(|s: Scored| s.group).collect())
    }

    fn thresholds(&self, id: &str, gap: &str, rules: Vec<Rule>) -> Method {
        let of: Vec<Option<&Rule>> = self.axis.labels().iter().map(|l| rules.iter().find(|r| r.group == *l)).collect();
        let before: Vec<f64> =
            self.test.iter().map(|row| f64::from(u8::from(self.decisions.decision[*row as usize]))).collect();
        let after: Vec<f64> = self
            .test
            .iter()
            .zip(&before)
            .map(|(row, now)| of[self.group(*row)].map_or(*now, |r| selected(r, self.decisions.score[*row as usize])))
            .collect();
        Method { rules, ..self.method(id, gap, &before, &after) }
    }

    /// A boosting of our own on the first half, without and with the weights.
    fn reweighing(&self) -> Option<Method> {
        let subject = self.subject;
        let truth: Vec<f64> = self.decisions.truth.iter().map(|t| f64::from(u8::from(*t))).collect();
        let weights = weights(self.axis, self.decisions, &self.fitted);
        let own = self.decisions.design.weights();
        let mut by_row = own.map_or_else(|| vec![1.0; subject.rows()], <[f64]>::to_vec);
        for row in &self.fitted {
            let cell = 2 * self.group(*row) + usize::from(self.truth(*row));
            by_row[*row as usize] *= weights[cell].weight.unwrap_or(1.0);
        }
        // The work of a fit is bounded: then a seeded random part of the half is taken.
        let mut train = self.fitted.clone();
        train.shuffle(&mut unit_rng(subject.seed, &format!("fairness/{}/reweighing", self.axis.name()), 0));
        let decide = |weights: Option<&[f64]>| -> Option<Vec<f64>> {
            let (table, columns, target) = (&subject.table, subject.feature_columns.as_slice(), truth.as_slice());
            let mut boosting = Boosting::new(&Lesson { table, columns, target, weights, classes: 2 });
            if boosting.is_empty() {
                return None;
            }
            let start = boosting.fit(&train[..train.len().min(boosting.most_rows())]);
            let mut to = [0.0; 2];
            let decided = self.test.iter().map(|row| {
                boosting.scores(&start, *row as usize, &mut to);
                f64::from(u8::from(to[1] > 0.5))
            });
            Some(decided.collect())
        };
        let (before, after) = (decide(own)?, decide(Some(&by_row))?);
        Some(Method { weights, ..self.method("reweighing", "demographic_parity_diff", &before, &after) })
    }

    /// Accuracy and rates of the test half, by probabilities of selection before and after.
    fn method(&self, id: &str, gap: &str, before: &[f64], after: &[f64]) -> Method {
        let right = |selected: &[f64]| -> Vec<f64> {
            let rows = self.test.iter().zip(selected);
            rows.map(|(row, p)| if self.truth(*row) { *p } else { 1.0 - p }).collect()
        };
        let (old, new) = (right(before), right(after));
        let change: Vec<f64> = new.iter().zip(&old).map(|(a, b)| a - b).collect();
        let groups = self.groups(before, after);
        let spread = |rate: &dyn Fn(&MitigatedGroup) -> Option<f64>| {
            let known: Vec<f64> = groups.iter().filter_map(rate).collect();
            let (low, high) = known.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
            (known.len() >= 2).then_some(high - low)
        };
        let size = |side: usize| match gap {
            "demographic_parity_diff" => spread(&|g| g.selection_rate[side]),
            "equal_opportunity_diff" => spread(&|g| g.tpr[side]),
            _ => spread(&|g| g.tpr[side]).zip(spread(&|g| g.fpr[side])).map(|(t, f)| t.max(f)),
        };
        Method {
            id: id.to_owned(),
            gap: gap.to_owned(),
            before: size(0),
            after: size(1),
            accuracy_before: weighted_mean(&old, self.design.weights()),
            accuracy_change: clustered::mean(&change, &self.design),
            rules: Vec::new(),
            weights: Vec::new(),
            groups,
        }
    }

    fn groups(&self, before: &[f64], after: &[f64]) -> Vec<MitigatedGroup> {
        let one = |(group, label): (usize, &String)| {
            let rate = |selected: &[f64], counts: &dyn Fn(bool) -> bool| {
                let own = self.test.iter().zip(selected).enumerate().filter(|(_, (row, _))| self.group(**row) == group);
                let own: Vec<(usize, f64)> =
                    own.filter(|(_, (row, _))| counts(self.truth(**row))).map(|(at, (_, p))| (at, *p)).collect();
                let enough = whole(self.design.support(own.iter().map(|r| r.0))) >= FEWEST;
                let total = self.design.total(own.iter().map(|r| r.0));
                enough.then(|| own.iter().map(|(at, p)| self.design.weight(*at) * p).sum::<f64>() / total)
            };
            let both = |counts: &dyn Fn(bool) -> bool| [rate(before, counts), rate(after, counts)];
            MitigatedGroup {
                group: label.clone(),
                n: self.test.iter().filter(|row| self.group(**row) == group).count() as u64,
                selection_rate: both(&|_| true),
                tpr: both(&|truth| truth),
                fpr: both(&|truth| !truth),
            }
        };
        self.axis.labels().iter().enumerate().map(one).collect()
    }
}

/// `P(group) P(truth) / P(group and truth)` of some rows with a known group; of each group the unfavourable truth first.
pub(super) fn weights(axis: &Axis, decisions: &Decisions, rows: &[u32]) -> Vec<Weight> {
    let mut counts = vec![[(0u64, 0.0); 2]; axis.labels().len()];
    for row in rows.iter().map(|r| *r as usize) {
        let cell = &mut counts[axis.grouping.codes[row] as usize][usize::from(decisions.truth[row])];
        *cell = (cell.0 + 1, cell.1 + decisions.design.weight(row));
    }
    let of_truth = [0, 1].map(|t| counts.iter().map(|c| c[t].1).sum::<f64>());
    let cell = |(label, own): (&String, &[(u64, f64); 2]), truth: usize| {
        let (n, weight) = own[truth];
        let expected = (own[0].1 + own[1].1) * of_truth[truth] / (of_truth[0] + of_truth[1]);
        let weight = (weight > 0.0).then(|| expected / weight);
        Weight { group: label.clone(), favourable: truth == 1, n, weight }
    };
    axis.labels().iter().zip(&counts).flat_map(|own| [cell(own, 0), cell(own, 1)]).collect()
}

/// Elementary operations of one attribute, for the declared cost.
pub(super) fn operations(subject: &Subject) -> u64 {
    let rows = subject.rows() as u64;
    let features = subject.feature_columns.len() as u64;
    let fitted = (100_000_000 / (50 * features).max(1)).clamp(1000, 20_000).min(rows / 2);
    rows * (3 * u64::from(rows.max(2).ilog2()) + 40) + 2 * 15 * 50 * fitted * features / 5
}
