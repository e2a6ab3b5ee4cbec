//! Exact SHAP values of linear models.

use fine_model::linear::Linear;
use fine_model::{Encoded, MIXED};

use super::{Attribution, ShapError};

/// A linear model prepared for SHAP on the margin scale, features taken as independent:
/// `phi_j = w_j (x_j - mean_j)` (Lundberg and Lee 2017, corollary 1), with the mean over a background.
#[derive(Clone, Debug)]
pub struct LinearExplainer<'a> {
    model: &'a Linear,
    origin: Vec<u32>,
    players: usize,
    mean: Vec<f64>,
}

impl<'a> LinearExplainer<'a> {
    /// `origin[c]` is the player (raw feature, below `players`) of encoded column `c`, `mean[c]` its background mean.
    ///
    /// # Errors
    /// [`ShapError::Width`] when the columns do not belong to the model, [`ShapError::Mixed`] when one belongs to several
    /// players.
    pub fn new(model: &'a Linear, origin: &[u32], players: usize, mean: Vec<f64>) -> Result<Self, ShapError> {
        if origin.contains(&MIXED) {
            return Err(ShapError::Mixed);
        }
        if origin.len() != model.features
            || mean.len() != model.features
            || origin.iter().any(|p| *p as usize >= players)
        {
            return Err(ShapError::Width { columns: origin.len(), expected: model.features });
        }
        Ok(Self { model, origin: origin.to_vec(), players, mean })
    }

    /// Margin of each output at the background mean.
    pub fn base(&self) -> Vec<f64> {
        (0..self.model.outputs)
            .map(|k| self.model.intercept[k] + self.weights(k).iter().zip(&self.mean).map(|(w, m)| w * m).sum::<f64>())
            .collect()
    }

    /// SHAP values of `outputs` (margin columns) for every row.
    pub fn explain(&self, x: &Encoded, outputs: &[usize]) -> Attribution {
        let mut values = vec![0.0; x.rows * outputs.len() * self.players];
        for (row, to) in
            x.values.chunks_exact(x.width.max(1)).zip(values.chunks_exact_mut(outputs.len() * self.players))
        {
            for (&output, to) in outputs.iter().zip(to.chunks_exact_mut(self.players)) {
                let weights = self.weights(output).iter().zip(row.iter().zip(&self.mean));
                for (player, (w, (x, m))) in self.origin.iter().zip(weights) {
                    to[*player as usize] += w * (x - m);
                }
            }
        }
        let all = self.base();
        let base = outputs.iter().map(|k| all[*k]).collect();
        Attribution { rows: x.rows, outputs: outputs.len(), players: self.players, values, base }
    }

    fn weights(&self, output: usize) -> &[f64] {
        &self.model.coef[output * self.model.features..][..self.model.features]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fine_model::trees::Link;

    #[test]
    fn sums_encoded_columns_and_adds_up_to_the_margin() {
        let model =
            Linear { features: 3, outputs: 1, coef: vec![2.0, -1.0, 0.5], intercept: vec![1.0], link: Link::Identity };
        let x = Encoded {
            rows: 2,
            width: 3,
            values: vec![1.0, 0.0, 1.0, -2.0, 1.0, 0.0],
            origin: vec![0, 1, 1],
            names: Vec::new(),
        };
        let explainer = LinearExplainer::new(&model, &x.origin, 2, vec![0.5, 0.25, 0.75]).unwrap();
        let shap = explainer.explain(&x, &[0]);
        assert_eq!(shap.base, vec![1.0 + 1.0 - 0.25 + 0.375]);
        assert_eq!(shap.row(0, 0), [1.0, 0.25 + 0.125]);
        assert_eq!(shap.row(1, 0), [-5.0, -0.75 - 0.375]);
        assert_eq!(shap.base[0] + shap.row(1, 0).iter().sum::<f64>(), 1.0 - 4.0 - 1.0);
    }
}
