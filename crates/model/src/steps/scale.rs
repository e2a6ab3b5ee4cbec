//! Scalers and plain functions. The order of operations is scikit-learn's, so results are the same to the last bit.

/// A formula for each column.
#[derive(Clone, Debug, PartialEq)]
pub enum Scale {
    /// `(x - center) / scale` (`StandardScaler`, `RobustScaler`, `MaxAbsScaler`); an absent part is skipped.
    Standard {
        /// One a column.
        center: Option<Vec<f64>>,
        /// One a column.
        scale: Option<Vec<f64>>,
    },
    /// `x · factor` (scalers on sparse data multiply by the reciprocal).
    Factor(Vec<f64>),
    /// `x · scale + min`, then cut to the range (`MinMaxScaler`).
    MinMax {
        /// One a column.
        scale: Vec<f64>,
        /// One a column.
        min: Vec<f64>,
        /// Lowest and highest value, when cut.
        clip: Option<(f64, f64)>,
    },
}

impl Scale {
    /// Number of columns, when the formula has any part.
    pub(crate) fn width(&self) -> Option<usize> {
        match self {
            Self::Standard { center, scale } => center.as_ref().or(scale.as_ref()).map(Vec::len),
            Self::Factor(factor) => Some(factor.len()),
            Self::MinMax { scale, .. } => Some(scale.len()),
        }
    }

    /// True when all parts have the same length.
    pub(crate) fn is_even(&self) -> bool {
        match self {
            Self::Standard { center: Some(center), scale: Some(scale) } => center.len() == scale.len(),
            Self::MinMax { scale, min, .. } => scale.len() == min.len(),
            _ => true,
        }
    }

    pub(crate) fn of(&self, column: usize, x: f64) -> f64 {
        match self {
            Self::Standard { center, scale } => {
                let x = center.as_ref().map_or(x, |center| x - center[column]);
                scale.as_ref().map_or(x, |scale| x / scale[column])
            }
            Self::Factor(factor) => x * factor[column],
            Self::MinMax { scale, min, clip } => {
                let x = x * scale[column] + min[column];
                // `numpy.clip` keeps NaN.
                match clip {
                    Some((low, _)) if x < *low => *low,
                    Some((_, high)) if x > *high => *high,
                    _ => x,
                }
            }
        }
    }
}

/// A numpy function used by a `FunctionTransformer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is numpy's function of the same name")]
pub enum Function {
    Log,
    Log1p,
    Log2,
    Log10,
    Exp,
    Expm1,
    Sqrt,
    Cbrt,
    Square,
    Abs,
    Sign,
    Reciprocal,
    Negative,
    Sin,
    Cos,
    Tan,
    Arcsin,
    Arccos,
    Arctan,
    Sinh,
    Cosh,
    Tanh,
    Arcsinh,
    Arccosh,
    Arctanh,
    Exp2,
    Floor,
    Ceil,
    Rint,
}

impl Function {
    /// By numpy name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "numpy.log" => Self::Log,
            "numpy.log1p" => Self::Log1p,
            "numpy.log2" => Self::Log2,
            "numpy.log10" => Self::Log10,
            "numpy.exp" => Self::Exp,
            "numpy.expm1" => Self::Expm1,
            "numpy.sqrt" => Self::Sqrt,
            "numpy.cbrt" => Self::Cbrt,
            "numpy.square" => Self::Square,
            "numpy.abs" | "numpy.absolute" | "numpy.fabs" => Self::Abs,
            "numpy.sign" => Self::Sign,
            "numpy.reciprocal" => Self::Reciprocal,
            "numpy.negative" => Self::Negative,
            "numpy.sin" => Self::Sin,
            "numpy.cos" => Self::Cos,
            "numpy.tan" => Self::Tan,
            "numpy.arcsin" => Self::Arcsin,
            "numpy.arccos" => Self::Arccos,
            "numpy.arctan" => Self::Arctan,
            "numpy.sinh" => Self::Sinh,
            "numpy.cosh" => Self::Cosh,
            "numpy.tanh" => Self::Tanh,
            "numpy.arcsinh" => Self::Arcsinh,
            "numpy.arccosh" => Self::Arccosh,
            "numpy.arctanh" => Self::Arctanh,
            "numpy.exp2" => Self::Exp2,
            "numpy.floor" => Self::Floor,
            "numpy.ceil" => Self::Ceil,
            "numpy.rint" => Self::Rint,
            _ => return None,
        })
    }

    pub(crate) fn of(self, x: f64) -> f64 {
        match self {
            Self::Log => x.ln(),
            Self::Log1p => x.ln_1p(),
            Self::Log2 => x.log2(),
            Self::Log10 => x.log10(),
            Self::Exp => x.exp(),
            Self::Expm1 => x.exp_m1(),
            Self::Sqrt => x.sqrt(),
            Self::Cbrt => x.cbrt(),
            Self::Square => x * x,
            Self::Abs => x.abs(),
            // `f64::signum` is ±1 at zero, numpy's sign is 0.
            Self::Sign if x == 0.0 || x.is_nan() => x,
            Self::Sign => x.signum(),
            Self::Reciprocal => 1.0 / x,
            Self::Negative => -x,
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::Tan => x.tan(),
            Self::Arcsin => x.asin(),
            Self::Arccos => x.acos(),
            Self::Arctan => x.atan(),
            Self::Sinh => x.sinh(),
            Self::Cosh => x.cosh(),
            Self::Tanh => x.tanh(),
            Self::Arcsinh => x.asinh(),
            Self::Arccosh => x.acosh(),
            Self::Arctanh => x.atanh(),
            Self::Exp2 => x.exp2(),
            Self::Floor => x.floor(),
            Self::Ceil => x.ceil(),
            Self::Rint => x.round_ties_even(),
        }
    }
}
