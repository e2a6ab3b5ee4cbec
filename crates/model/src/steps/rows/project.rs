//! Linear maps: principal components and their like.

/// When the mean is taken off.
#[derive(Clone, Debug, PartialEq)]
pub enum Centring {
    /// Never.
    None,
    /// From each column before the map.
    Before(Vec<f64>),
    /// Its image from each result (`PCA` from scikit-learn 1.5 on).
    After(Vec<f64>),
}

/// `(x - mean) · matrix`, then divided (`PCA`, `TruncatedSVD`, `FastICA`, `FactorAnalysis`, discriminant axes).
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    /// Mean of the columns at the fit.
    pub centring: Centring,
    /// Row-major `[outputs x inputs]`.
    pub matrix: Vec<f64>,
    /// Divisor of each result (whitening).
    pub divide: Option<Vec<f64>>,
    inputs: usize,
    outputs: usize,
}

impl Project {
    /// `None` when the parts do not fit each other or hold a number that is not finite.
    pub fn new(inputs: usize, matrix: Vec<f64>, centring: Centring, divide: Option<Vec<f64>>) -> Option<Self> {
        if inputs == 0 || matrix.is_empty() || !matrix.len().is_multiple_of(inputs) {
            return None;
        }
        let outputs = matrix.len() / inputs;
        let (mean, expected) = match &centring {
            Centring::None => (&[][..], 0),
            Centring::Before(mean) => (mean.as_slice(), inputs),
            Centring::After(mean) => (mean.as_slice(), outputs),
        };
        let divide_fits = divide.as_ref().is_none_or(|divide| divide.len() == outputs);
        let finite = matrix.iter().chain(mean).chain(divide.iter().flatten()).all(|value| value.is_finite());
        (mean.len() == expected && divide_fits && finite).then_some(Self { centring, matrix, divide, inputs, outputs })
    }

    /// Columns that it takes.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Columns that it makes.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    pub(super) fn of(&self, row: &[f64], out: &mut [f64]) {
        for (output, (cell, weights)) in out.iter_mut().zip(self.matrix.chunks_exact(self.inputs)).enumerate() {
            let pairs = row.iter().zip(weights);
            let mut sum = match &self.centring {
                Centring::Before(mean) => pairs.zip(mean).fold(0.0, |sum, ((x, w), mean)| sum + (x - mean) * w),
                Centring::None => pairs.fold(0.0, |sum, (x, w)| sum + x * w),
                Centring::After(image) => pairs.fold(0.0, |sum, (x, w)| sum + x * w) - image[output],
            };
            if let Some(divide) = &self.divide {
                sum /= divide[output];
            }
            *cell = sum;
        }
    }
}
