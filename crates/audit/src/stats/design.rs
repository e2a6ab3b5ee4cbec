//! How rows count: their weights, and which of them belong to one entity.
//!
//! Variances are those of linearised statistics: a statistic moves by the sum of its rows' influences, and the influences of
//! one entity are summed before they are squared (Binder 1983; Liang and Zeger 1986), with `G / (G - 1)` of `G` entities.
//! Rows without an entity are their own.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::subject::Subject;

/// Weights and entities of some rows. Plain rows have neither.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Design {
    weights: Option<Vec<f64>>,
    /// Entity of each row, numbered from 0.
    clusters: Option<Vec<u32>>,
    rows: usize,
}

/// How the rows of a stage were taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sampling {
    /// What is drawn and taken as independent: `row`, or `entity`.
    pub unit: String,
    /// Different entities; none without an entity column.
    pub entities: Option<u64>,
    /// Rows count by their weights.
    pub weighted: bool,
    /// Whole part of the effective number of rows of the weights, `(Σ w)² / Σ w²` (Kish 1965); the rows without weights.
    pub effective_rows: u64,
    /// Ids of what has no sound form with weights or entities, and was left out or made without them.
    pub without: Vec<String>,
}

/// Whole effective rows. Weights that are whole rows in all but their last bits count as these.
pub(crate) fn whole(effective: f64) -> u64 {
    (effective + 1e-9) as u64
}

/// Kish's (1965) effective number of rows of these weights.
pub(crate) fn kish(weights: impl Iterator<Item = f64>) -> f64 {
    let (all, squares) = weights.fold((0.0, 0.0), |(all, squares), w| (all + w, squares + w * w));
    if squares > 0.0 { all * all / squares } else { 0.0 }
}

impl Design {
    /// Of all rows of a subject.
    pub(crate) fn of(subject: &Subject) -> Self {
        Self::new(subject.rows(), subject.weights.as_deref(), subject.clusters())
    }

    /// Of all rows. Weights are scaled so that their sum is Kish's effective number of rows: weighted sums are
    /// effective counts. Equal weights, and entities of one row each, are none.
    pub(crate) fn new(rows: usize, weights: Option<&[f64]>, clusters: Option<Vec<u32>>) -> Self {
        let weights = weights.filter(|w| w.iter().any(|v| *v != w[0])).map(|w| {
            let scale = w.iter().sum::<f64>() / w.iter().map(|v| v * v).sum::<f64>();
            w.iter().map(|v| v * scale).collect()
        });
        let clusters = clusters.filter(|c| distinct(c) < rows);
        Self { weights, clusters, rows }
    }

    /// Rows that count alike and on their own.
    pub(crate) fn is_plain(&self) -> bool {
        self.weights.is_none() && self.clusters.is_none()
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    pub(crate) fn clusters(&self) -> Option<&[u32]> {
        self.clusters.as_deref()
    }

    pub(crate) fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |w| w[row])
    }

    fn unit(&self, row: usize) -> usize {
        self.clusters.as_ref().map_or(row, |c| c[row] as usize)
    }

    fn units(&self) -> usize {
        self.clusters.as_ref().map_or(self.rows, |c| c.iter().max().map_or(0, |most| *most as usize + 1))
    }

    /// The design of some of the rows, in the order given; entities are numbered anew.
    pub(crate) fn take(&self, rows: impl IntoIterator<Item = usize>) -> Self {
        let rows: Vec<usize> = rows.into_iter().collect();
        let mut numbers: HashMap<u32, u32> = HashMap::new();
        let clusters = self.clusters.as_ref().map(|c| {
            let number = |row: &usize| {
                let next = numbers.len() as u32;
                *numbers.entry(c[*row]).or_insert(next)
            };
            rows.iter().map(number).collect()
        });
        let weights = self.weights.as_ref().map(|w| rows.iter().map(|row| w[*row]).collect());
        Self { weights, clusters, rows: rows.len() }
    }

    /// Sum of the weights of some rows.
    pub(crate) fn total(&self, rows: impl IntoIterator<Item = usize>) -> f64 {
        rows.into_iter().map(|row| self.weight(row)).sum()
    }

    /// Kish's (1965) effective number of some rows by their weights alone.
    pub(crate) fn kish(&self, rows: impl IntoIterator<Item = usize>) -> f64 {
        kish(rows.into_iter().map(|row| self.weight(row)))
    }

    /// Effective number of some rows when those of one entity are alike: `(Σ w)² / Σ_e (Σ_e w)²`. It is what stands behind a
    /// number at the least.
    pub(crate) fn support(&self, rows: impl IntoIterator<Item = usize>) -> f64 {
        if self.is_plain() {
            return rows.into_iter().count() as f64;
        }
        if self.clusters.is_none() {
            return self.kish(rows);
        }
        let (mut all, mut sums) = (0.0, HashMap::<usize, f64>::new());
        for row in rows {
            all += self.weight(row);
            *sums.entry(self.unit(row)).or_default() += self.weight(row);
        }
        // In a fixed order.
        let mut sums: Vec<f64> = sums.into_values().collect();
        sums.sort_by(f64::total_cmp);
        let squares: f64 = sums.iter().map(|s| s * s).sum();
        if squares > 0.0 { all * all / squares } else { 0.0 }
    }

    /// Covariances of statistics whose rows have these influences, and the entities (or rows) among which they were summed:
    /// `G / (G - 1) Σ_e (Σ_e a)(Σ_e b)`. NaN for fewer than two.
    pub(crate) fn covariance<const K: usize>(&self, influence: &[(usize, [f64; K])]) -> ([[f64; K]; K], f64) {
        let mut sums = vec![[0.0; K]; self.units()];
        let mut met = vec![false; sums.len()];
        for (row, parts) in influence.iter().filter(|i| self.weight(i.0) > 0.0) {
            let unit = self.unit(*row);
            met[unit] = true;
            sums[unit].iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        }
        let g = met.iter().filter(|m| **m).count() as f64;
        let mut out = [[0.0; K]; K];
        for sum in &sums {
            for i in 0..K {
                for j in 0..K {
                    out[i][j] += sum[i] * sum[j];
                }
            }
        }
        let correction = if g > 1.0 { g / (g - 1.0) } else { f64::NAN };
        (out.map(|row| row.map(|v| v * correction)), g)
    }

    /// Variance of one statistic, as [`Design::covariance`].
    pub(crate) fn variance(&self, influence: impl Iterator<Item = (usize, f64)>) -> (f64, f64) {
        let parts: Vec<(usize, [f64; 1])> = influence.map(|(row, part)| (row, [part])).collect();
        let (out, g) = self.covariance(&parts);
        (out[0][0], g)
    }

    /// Weighted mean of the values of all rows of this design, its variance, and the entities behind it.
    pub(crate) fn mean(&self, values: &[f64]) -> (f64, f64, f64) {
        let total = self.total(0..self.rows);
        let mean = values.iter().enumerate().map(|(i, v)| self.weight(i) * v).sum::<f64>() / total;
        let part = |(i, v): (usize, &f64)| (i, self.weight(i) * (v - mean) / total);
        let (variance, g) = self.variance(values.iter().enumerate().map(part));
        (mean, variance, g)
    }

    /// What a report says of it. `without` are the ids of what is left out when rows are not plain; those that end in
    /// `-weights` only when they are weighted, in `-entities` only with entities.
    pub(crate) fn sampling(&self, subject: &Subject, without: &[&str]) -> Sampling {
        self.said(subject.clusters().as_deref(), without)
    }

    fn said(&self, clusters: Option<&[u32]>, without: &[&str]) -> Sampling {
        let holds = |id: &&str| match id.rsplit('-').next() {
            Some("weights") => self.weights.is_some(),
            Some("entities") => self.clusters.is_some(),
            _ => !self.is_plain(),
        };
        Sampling {
            unit: if self.clusters.is_some() { "entity" } else { "row" }.to_owned(),
            entities: clusters.map(|c| distinct(c) as u64),
            weighted: self.weights.is_some(),
            effective_rows: whole(self.kish(0..self.rows)),
            without: without.iter().copied().filter(holds).map(str::to_owned).collect(),
        }
    }
}

fn distinct(clusters: &[u32]) -> usize {
    clusters.iter().collect::<std::collections::HashSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_and_entities_of_one_row_are_plain() {
        assert!(Design::new(3, Some(&[2.0; 3]), Some(vec![2, 0, 1])).is_plain());
        let d = Design::new(4, Some(&[1.0, 1.0, 2.0, 4.0]), Some(vec![0, 0, 1, 1]));
        assert!(!d.is_plain());
        let kish = 64.0 / 22.0;
        assert!((d.total(0..4) - kish).abs() < 1e-12 && (d.kish(0..4) - kish).abs() < 1e-12);
        assert!((d.support(0..4) - 64.0 / (4.0 + 36.0)).abs() < 1e-12);
        let said = d.said(d.clusters(), &["a-weights", "b-entities", "c"]);
        assert_eq!(
            (said.unit.as_str(), said.entities, said.weighted, said.effective_rows),
            ("entity", Some(2), true, 2)
        );
        assert_eq!(said.without, ["a-weights", "b-entities", "c"]);
        let plain = Design::new(4, None, None).said(None, &["a-weights", "b-entities", "c"]);
        assert!(plain.without.is_empty() && plain.effective_rows == 4 && plain.unit == "row");
    }

    #[test]
    fn taken_rows_keep_their_entities_together() {
        let d = Design::new(5, None, Some(vec![7, 3, 7, 3, 9])).take([4, 0, 2]);
        assert_eq!(d.clusters(), Some(&[0, 1, 1][..]));
        assert_eq!(d.support(0..3), 9.0 / 5.0);
    }
}
