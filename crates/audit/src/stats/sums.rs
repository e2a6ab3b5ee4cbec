//! Weighted sums of several columns in one pass.

/// Columns side by side, so that a processor adds up all of them in the time of one.
const LANES: usize = 8;

/// Columns whose weighted sums are taken again and again.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    /// Rows of up to [`LANES`] columns, one block of rows after the other.
    blocks: Vec<Vec<[f64; LANES]>>,
    count: usize,
}

impl Columns {
    /// Equally long columns.
    pub(crate) fn new(columns: &[Vec<f64>]) -> Self {
        let row = |part: &[Vec<f64>], row: usize| {
            let mut lanes = [0.0; LANES];
            lanes.iter_mut().zip(part).for_each(|(lane, column)| *lane = column[row]);
            lanes
        };
        let block = |part: &[Vec<f64>]| (0..part[0].len()).map(|r| row(part, r)).collect();
        Self { blocks: columns.chunks(LANES).map(block).collect(), count: columns.len() }
    }

    /// `Σ w v` of each column, each in row order, to the last bit what a sum of its own gives.
    pub(crate) fn sums(&self, weights: &[f64]) -> Vec<f64> {
        let mut out = Vec::with_capacity(self.count);
        for rows in &self.blocks {
            let mut sums = [0.0; LANES];
            for (values, weight) in rows.iter().zip(weights) {
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value * weight);
            }
            out.extend(sums);
        }
        out.truncate(self.count);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_single_sums_to_the_last_bit() {
        let columns: Vec<Vec<f64>> = (0..11).map(|c| crate::fixture::spread(57, 0.1 * f64::from(c))).collect();
        let weights: Vec<f64> = crate::fixture::spread(57, 0.37).iter().map(|w| 3.0 * w).collect();
        let single: Vec<f64> =
            columns.iter().map(|c| c.iter().zip(&weights).map(|(v, w)| v * w).sum::<f64>()).collect();
        assert_eq!(Columns::new(&columns).sums(&weights), single);
        assert!(Columns::new(&[]).sums(&weights).is_empty());
    }
}
