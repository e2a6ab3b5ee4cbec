//! `KNNImputer`.

use std::cmp::Ordering;

/// Missing cells become the mean of the nearest rows of the fit that have the cell.
///
/// The distance between rows is `√(n/m · Σ (a − b)²)` over the `m` of `n` columns that both have
/// (`sklearn.metrics.pairwise.nan_euclidean_distances`). Of equally near rows the earlier one counts; the library leaves
/// that choice to a partial sort.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbours {
    /// Columns that it takes.
    pub inputs: usize,
    /// Rows of the fit, row-major; missing is `NaN`.
    pub fitted: Vec<f64>,
    /// How many rows are averaged.
    pub count: usize,
    /// Weighted by the reciprocal of the distance.
    pub by_distance: bool,
    /// Rows at no known distance weigh nothing (scikit-learn from 1.5 on).
    pub known_only: bool,
    /// A number that is missing, where empty cells are refused.
    pub marker: Option<f64>,
    /// Columns without any value at the fit become 0; they are dropped otherwise.
    pub keep_empty: bool,
    /// Columns whose indicator (1 where missing) is added at the end.
    pub indicators: Vec<u32>,
}

impl Neighbours {
    /// Whether a cell is missing.
    pub(super) fn is_missing(&self, x: f64) -> bool {
        x.is_nan() || self.marker == Some(x)
    }

    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.fitted.chunks_exact(self.inputs.max(1))
    }

    /// Columns that it makes of its own, by index.
    pub(super) fn kept(&self) -> Vec<u32> {
        let has_value = |column: usize| self.rows().any(|row| !row[column].is_nan());
        (0..self.inputs).filter(|column| self.keep_empty || has_value(*column)).map(|column| column as u32).collect()
    }

    /// `kept` are the columns of [`Neighbours::kept`].
    pub(super) fn of(&self, kept: &[u32], row: &[f64], out: &mut [f64]) {
        let mut distances: Option<Vec<f64>> = None;
        for (out, column) in out.iter_mut().zip(kept) {
            let column = *column as usize;
            *out = row[column];
            if self.is_missing(*out) {
                let distances = distances.get_or_insert_with(|| self.distances(row));
                *out = self.fill(column, distances);
            }
        }
        // A column without values is 0 whatever the row holds.
        for (out, column) in out.iter_mut().zip(kept) {
            if self.keep_empty && self.rows().all(|row| row[*column as usize].is_nan()) {
                *out = 0.0;
            }
        }
        let flags = self.indicators.iter().map(|column| self.is_missing(row[*column as usize]));
        out.iter_mut().skip(kept.len()).zip(flags).for_each(|(out, flag)| *out = f64::from(u8::from(flag)));
    }

    /// From a row to every row of the fit; `NaN` without a common column. The squares are multiplied out as in
    /// `sklearn.metrics.pairwise`, so that rounding puts near rows in the same order.
    fn distances(&self, row: &[f64]) -> Vec<f64> {
        let here: Vec<f64> = row.iter().map(|x| if self.is_missing(*x) { f64::NAN } else { *x }).collect();
        let plain = |x: f64| if x.is_nan() { 0.0 } else { x };
        let squares = |values: &[f64]| values.iter().fold(0.0, |sum, x| sum + plain(*x) * plain(*x));
        let own = squares(&here);
        let distance = |other: &[f64]| {
            let (mut product, mut only_here, mut only_there, mut common) = (0.0, 0.0, 0.0, 0u32);
            for (a, b) in here.iter().zip(other) {
                match (a.is_nan(), b.is_nan()) {
                    (false, false) => {
                        product += a * b;
                        common += 1;
                    }
                    (false, true) => only_here += a * a,
                    (true, false) => only_there += b * b,
                    (true, true) => {}
                }
            }
            let square = (-2.0 * product + own + squares(other) - only_here - only_there).max(0.0);
            if common == 0 { f64::NAN } else { (square / f64::from(common) * self.inputs as f64).sqrt() }
        };
        self.rows().map(distance).collect()
    }

    fn fill(&self, column: usize, distances: &[f64]) -> f64 {
        let mut donors: Vec<(f64, f64)> =
            self.rows().zip(distances).map(|(row, d)| (*d, row[column])).filter(|(_, value)| !value.is_nan()).collect();
        if donors.iter().all(|(distance, _)| distance.is_nan()) {
            return donors.iter().fold(0.0, |sum, (_, value)| sum + value) / donors.len() as f64;
        }
        let order = |a: &(f64, f64), b: &(f64, f64)| match (a.0.is_nan(), b.0.is_nan()) {
            (false, false) => a.0.total_cmp(&b.0),
            (true, true) => Ordering::Equal,
            (a, _) => {
                if a {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
        };
        // Stable, so that the earlier row comes first.
        donors.sort_by(order);
        donors.truncate(self.count);
        let weight = |distance: f64| match (distance.is_nan(), self.by_distance) {
            (true, by_distance) => f64::from(u8::from(!by_distance && !self.known_only)),
            (false, true) => 1.0 / distance,
            (false, false) => 1.0,
        };
        let mut weights: Vec<f64> = donors.iter().map(|(distance, _)| weight(*distance)).collect();
        if weights.iter().any(|weight| weight.is_infinite()) {
            // Rows at distance 0 share the whole weight.
            weights.iter_mut().for_each(|weight| *weight = f64::from(u8::from(weight.is_infinite())));
        }
        let total: f64 = weights.iter().fold(0.0, |sum, weight| sum + weight);
        donors.iter().zip(&weights).fold(0.0, |sum, ((_, value), weight)| sum + value * weight) / total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: f64 = f64::NAN;

    fn imputer(by_distance: bool) -> Neighbours {
        Neighbours {
            inputs: 3,
            fitted: vec![0.0, 1.0, N, 1.0, 2.0, N, 5.0, N, N],
            count: 2,
            by_distance,
            known_only: true,
            marker: None,
            keep_empty: false,
            indicators: vec![1],
        }
    }

    fn of(imputer: &Neighbours, row: &[f64]) -> Vec<f64> {
        let kept = imputer.kept();
        let mut out = vec![0.0; kept.len() + imputer.indicators.len()];
        imputer.of(&kept, row, &mut out);
        out
    }

    #[test]
    fn donors_must_have_the_cell() {
        assert_eq!(imputer(false).kept(), [0, 1]);
        assert_eq!(of(&imputer(false), &[0.0, N, 7.0]), [0.0, 1.5, 1.0]);
        // At distance 0 the row counts alone.
        assert_eq!(of(&imputer(true), &[0.0, N, 7.0]), [0.0, 1.0, 1.0]);
        assert_eq!(of(&imputer(true), &[0.5, N, 7.0]), [0.5, 1.5, 1.0]);
        // No common column: the mean of all.
        assert_eq!(of(&imputer(false), &[N, N, N]), [2.0, 1.5, 1.0]);
        let kept = Neighbours { keep_empty: true, ..imputer(false) };
        assert_eq!(of(&kept, &[3.0, 4.0, 7.0]), [3.0, 4.0, 0.0, 0.0]);
    }
}
