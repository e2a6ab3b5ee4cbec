//! Rows of a classifier in an order that does not depend on the file's.

use fine_model::ScoreKind;
use fine_table::Task;

use crate::subject::Subject;

/// Truths, answers and scores, sorted by score, truth and weight.
pub(super) struct Sample {
    pub(super) rows: usize,
    pub(super) classes: usize,
    /// Positive class of a binary task.
    pub(super) positive: Option<usize>,
    pub(super) kind: ScoreKind,
    pub(super) truth: Vec<u32>,
    pub(super) label: Vec<u32>,
    /// Row-major, one column a class.
    pub(super) scores: Vec<f64>,
    pub(super) weights: Option<Vec<f64>>,
    pub(super) clusters: Option<Vec<u32>>,
    /// Row of the subject at each place.
    pub(super) order: Vec<u32>,
}

impl Sample {
    pub(super) fn new(subject: &Subject) -> Self {
        let (rows, classes) = (subject.rows(), subject.classes.len());
        let prediction = &subject.prediction;
        let scores_of = |row: u32| &prediction.scores[row as usize * classes..][..classes];
        let weight = |row: u32| subject.weights.as_ref().map_or(1.0, |w| w[row as usize]);
        let mut order: Vec<u32> = (0..rows as u32).collect();
        order.sort_by(|a, b| {
            let pairs = scores_of(*a).iter().zip(scores_of(*b)).rev();
            let by_score = pairs.map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne());
            by_score
                .unwrap_or(std::cmp::Ordering::Equal)
                .then_with(|| subject.target[*a as usize].total_cmp(&subject.target[*b as usize]))
                .then_with(|| weight(*a).total_cmp(&weight(*b)))
        });
        let at = |row: &u32| *row as usize;
        let clusters = subject.clusters();
        Self {
            rows,
            classes,
            positive: (subject.task == Task::Binary).then_some(subject.positive),
            kind: prediction.kind,
            truth: order.iter().map(|r| subject.target[at(r)] as u32).collect(),
            label: order.iter().map(|r| prediction.labels[at(r)]).collect(),
            scores: order.iter().flat_map(|r| scores_of(*r).to_vec()).collect(),
            weights: subject.weights.as_ref().map(|w| order.iter().map(|r| w[at(r)]).collect()),
            clusters: clusters.map(|c| order.iter().map(|r| c[at(r)]).collect()),
            order,
        }
    }

    /// The scores are probabilities.
    pub(super) fn has_probabilities(&self) -> bool {
        self.kind == ScoreKind::Probability
    }

    /// The scores rank rows: anything but bare labels.
    pub(super) fn has_ranking(&self) -> bool {
        self.kind != ScoreKind::Label
    }

    pub(super) fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |w| w[row])
    }

    /// Scores of one class.
    pub(super) fn column(&self, class: usize) -> Vec<f64> {
        self.scores.iter().skip(class).step_by(self.classes).copied().collect()
    }

    /// Which rows are of a class.
    pub(super) fn is(&self, class: usize) -> Vec<bool> {
        self.truth.iter().map(|t| *t as usize == class).collect()
    }

    /// Confusion matrix of weights, row-major.
    pub(super) fn confusion(&self, weights: &[f64]) -> Vec<f64> {
        let mut cells = vec![0.0; self.classes * self.classes];
        for row in 0..self.rows {
            cells[self.truth[row] as usize * self.classes + self.label[row] as usize] += weights[row];
        }
        cells
    }
}
