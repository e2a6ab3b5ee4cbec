//! Tree ensembles: one canonical form for every library.
//!
//! Every numeric split is `x <= threshold` in `f64`, after the forest's [`Cast`] of `x`. Libraries that compare with
//! `<` are brought to this form by the next smaller threshold of their own precision, so results stay bit-exact.

mod covers;
pub(crate) mod sliced;
mod walk;

pub use covers::Covers;
pub use walk::Walker;

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
    /// `(clip(margin, -1, 1) + 1) / 2` a class, normalised, and even where all are 0; one margin `m` makes `[1 - p, p]`
    /// (`SGDClassifier` with `modified_huber`). The label is that of the largest margin.
    Clipped,
    /// `exp(margin)`.
    Exp,
    /// `sign(margin)·margin²` (LightGBM `regression sqrt`).
    SignedSquare,
    /// `ln(1 + exp(margin))` (LightGBM `cross_entropy_lambda`).
    Softplus,
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

impl Missing {
    /// Magnitude up to which LightGBM's `missing_type=Zero` reads a value as missing (`kZeroThreshold`, an `f32`).
    pub(crate) const ZERO: f64 = 1e-35_f32 as f64;

    /// Whether the value is read as missing here, and then whether it goes left.
    fn side(self, x: f64, threshold: f64) -> Option<bool> {
        match self {
            Self::Left => x.is_nan().then_some(true),
            Self::Right | Self::Refused => x.is_nan().then_some(false),
            Self::AsZero => x.is_nan().then_some(0.0 <= threshold),
            Self::ZeroLeft => (x.is_nan() || x.abs() <= Self::ZERO).then_some(true),
            Self::ZeroRight => (x.is_nan() || x.abs() <= Self::ZERO).then_some(false),
        }
    }
}

impl Cast {
    /// The value as a threshold meets it.
    pub fn apply(self, x: f64) -> f64 {
        match self {
            Self::F64 => x,
            Self::F32 => f64::from(x as f32),
        }
    }
}

impl Node {
    /// True when the node is a leaf.
    pub fn is_leaf(&self) -> bool {
        self.left == LEAF
    }
}

impl Tree {
    /// Whether a value (after the forest's [`Cast`]) goes left at an inner node.
    ///
    /// A category is the value truncated towards zero; a negative or missing one follows [`Node::missing`] when it is
    /// a sided rule, and is in no set otherwise.
    pub fn goes_left(&self, node: &Node, x: f64) -> bool {
        if node.set == NUMERIC {
            return node.missing.side(x, node.threshold).unwrap_or(x <= node.threshold);
        }
        if x.is_nan() {
            return matches!(node.missing, Missing::Left | Missing::ZeroLeft)
                || (node.missing == Missing::AsZero && self.has(node.set, 0.0));
        }
        self.has(node.set, x)
    }

    fn has(&self, set: u32, x: f64) -> bool {
        x > -1.0
            && x < f64::from(u32::MAX)
            && self.sets.get(set as usize).is_some_and(|s| s.binary_search(&(x as u32)).is_ok())
    }

    /// Index of the leaf that a row of encoded features reaches (values before the cast).
    pub fn leaf(&self, row: &[f64], cast: Cast) -> usize {
        let mut at = 0;
        loop {
            let node = &self.nodes[at];
            if node.is_leaf() {
                return node.right as usize;
            }
            let left = self.goes_left(node, cast.apply(row[node.feature as usize]));
            at = if left { node.left } else { node.right } as usize;
        }
    }
}

impl Forest {
    /// Margins (before the link) of encoded rows, row-major `[rows x outputs]`.
    ///
    /// Builds a [`Walker`] for the call; keep one where a forest predicts often.
    pub fn margins(&self, rows: usize, values: &[f64]) -> Vec<f64> {
        Walker::new(self).margins(self, rows, values)
    }

    /// True when a missing value is refused by some node.
    pub fn refuses_missing(&self) -> bool {
        self.trees.iter().flat_map(|t| &t.nodes).any(|n| !n.is_leaf() && n.missing == Missing::Refused)
    }
}
