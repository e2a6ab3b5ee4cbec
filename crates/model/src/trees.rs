//! Tree ensembles: one canonical form for every library.
//!
//! Every numeric split is `x <= threshold` in `f64`, after the forest's [`Cast`] of `x`. Libraries that compare with
//! `<` are brought to this form by the next smaller threshold of their own precision, so results stay bit-exact.

/// How a raw value is rounded before it meets a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cast {
    /// Compared as `f64`.
    F64,
    /// Rounded to `f32` first (scikit-learn trees, XGBoost).
    F32,
}

/// How the outputs of the trees come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    /// `base + Σ weight·leaf` in `f64`, in tree order.
    F64,
    /// The same in `f32` (XGBoost).
    F32,
    /// `(Σ leaf) / trees` in `f64` (forests).
    Mean,
}

/// From margin to score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Link {
    /// Scores are margins.
    Identity,
    /// One margin `m`: probabilities `[1 - s, s]`, `s = 1/(1+exp(-scale·m))`.
    Logistic {
        /// Factor on the margin (LightGBM `sigmoid`, 1 elsewhere; 2 for exponential loss).
        scale: f64,
    },
    /// One margin a class: softmax.
    Softmax,
    /// One-vs-rest logistic a class, as stored, not normalised unless `normalise`.
    OneVsRest {
        /// Factor on the margin.
        scale: f64,
        /// Divide by the row sum.
        normalise: bool,
    },
    /// `exp(margin)`.
    Exp,
    /// Margins are the class probabilities themselves (forests); a binary forest has two outputs.
    Probability,
}

/// Where a missing value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// `NaN` goes left.
    Left,
    /// `NaN` goes right.
    Right,
    /// `NaN` is read as 0 and compared (LightGBM `missing_type=None`).
    AsZero,
    /// `NaN` and |x| <= 1e-35 go left (LightGBM `missing_type=Zero`).
    ZeroLeft,
    /// `NaN` and |x| <= 1e-35 go right.
    ZeroRight,
    /// The library refuses `NaN` here.
    Refused,
}

/// `left` of a leaf.
pub const LEAF: u32 = u32::MAX;
/// `set` of a numeric split.
pub const NUMERIC: u32 = u32::MAX;

/// One node. A leaf has `left == LEAF` and its leaf index in `right`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// Encoded feature index.
    pub feature: u32,
    /// Left child (test true), or [`LEAF`].
    pub left: u32,
    /// Right child, or the leaf's index.
    pub right: u32,
    /// Index of a category set in [`Tree::sets`] (in the set goes left), or [`NUMERIC`].
    pub set: u32,
    /// Goes left when `x <= threshold`.
    pub threshold: f64,
    /// Where a missing value goes.
    pub missing: Missing,
    /// Training weight that reached the node (for path-dependent SHAP); `NaN` when the file has none.
    pub cover: f64,
}

/// One tree: children always come after their parent.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Nodes, root first.
    pub nodes: Vec<Node>,
    /// Category sets: sorted codes that go left. An unknown category is not in the set.
    pub sets: Vec<Box<[u32]>>,
    /// Leaf values, leaf-major; `outputs` values a leaf when `output` is `None`, else one.
    pub values: Vec<f64>,
    /// The output that a scalar leaf adds to.
    pub output: Option<u32>,
    /// Factor on each leaf value (learning rate, dart weight).
    pub weight: f64,
}

/// A tree ensemble.
#[derive(Clone, Debug, PartialEq)]
pub struct Forest {
    /// Number of encoded features.
    pub features: usize,
    /// Number of margins a row.
    pub outputs: usize,
    /// The trees in summation order.
    pub trees: Vec<Tree>,
    /// Start value of each output.
    pub base: Vec<f64>,
    /// How values are cast before a comparison.
    pub cast: Cast,
    /// How leaves are summed.
    pub sum: Sum,
    /// From margin to score.
    pub link: Link,
}
