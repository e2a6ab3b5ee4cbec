//! A CatBoost model as both of its file formats describe it.

use std::collections::BTreeMap;

use super::super::doc::Doc;

/// Where a missing number goes at every border of a feature (`ENanValueTreatment`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Nan {
    /// Below every border (`AsFalse`; `AsIs` compares so as well).
    Below,
    /// Above every border (`AsTrue`).
    Above,
}

#[derive(Clone, Debug)]
pub(super) struct FloatFeature {
    /// Position among the numeric features.
    pub(super) index: i32,
    /// Position among all features.
    pub(super) flat: i32,
    pub(super) name: String,
    pub(super) borders: Vec<f32>,
    pub(super) nan: Nan,
}

#[derive(Clone, Debug)]
pub(super) struct CatFeature {
    /// Position among the categorical features.
    pub(super) index: i32,
    /// Position among all features.
    pub(super) flat: i32,
    pub(super) name: String,
}

#[derive(Clone, Debug)]
pub(super) struct OneHotFeature {
    /// Position among the categorical features.
    pub(super) index: i32,
    /// Codes that some tree tests.
    pub(super) values: Vec<i32>,
}

/// The columns of a statistic: categories, then tests of numbers, then tests of categories.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Projection {
    pub(super) cats: Vec<i32>,
    /// Index and bits of the border.
    pub(super) floats: Vec<(i32, u32)>,
    /// Index and code.
    pub(super) one_hots: Vec<(i32, i32)>,
}

/// What a statistic counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum CtrType {
    Borders,
    Buckets,
    /// `BinarizedTargetMeanValue` or `FloatTargetMeanValue`, by its number in the file.
    Mean(u8),
    /// `Counter` or `FeatureFreq`, by its number in the file.
    Counter(u8),
}

impl CtrType {
    pub(super) fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Borders),
            1 => Some(Self::Buckets),
            2 | 3 => Some(Self::Mean(number)),
            4 | 5 => Some(Self::Counter(number)),
            _ => None,
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        const NAMES: [&str; 6] =
            ["Borders", "Buckets", "BinarizedTargetMeanValue", "FloatTargetMeanValue", "Counter", "FeatureFreq"];
        NAMES.iter().position(|own| *own == name).and_then(|number| Self::from_number(number as u8))
    }
}

/// The table that a statistic is looked up in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CtrBase {
    pub(super) projection: Projection,
    pub(super) kind: CtrType,
    /// Which binarisation of the target.
    pub(super) classifier: i32,
}

/// A statistic: `((good + prior) / (total + prior_denominator) + shift) * scale` in `f32`.
#[derive(Clone, Debug)]
pub(super) struct CtrFeature {
    pub(super) base: CtrBase,
    pub(super) target_border: i32,
    pub(super) prior: f32,
    pub(super) prior_denominator: f32,
    pub(super) shift: f32,
    pub(super) scale: f32,
    pub(super) borders: Vec<f32>,
}

/// Counts by combined hash.
#[derive(Clone, Debug)]
pub(super) struct CtrTable {
    /// Hash and place in the counts.
    pub(super) places: Vec<(u64, u32)>,
    pub(super) counts: Counts,
    /// For counters.
    pub(super) denominator: i32,
}

#[derive(Clone, Debug)]
pub(super) enum Counts {
    /// Sum and number of targets.
    Means(Vec<(f32, i32)>),
    /// Numbers of rows, so many a place.
    Rows(usize, Vec<i32>),
}

impl Counts {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Means(means) => means.len(),
            Self::Rows(_, rows) => rows.len(),
        }
    }
}

/// A node of a tree that is not symmetric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum FreeNode {
    /// A condition by its number, with the nodes for false and true.
    Split(usize, usize, usize),
    /// A leaf by its number.
    Leaf(usize),
}

#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// One condition a level, the lowest bit of the leaf's number first.
    Symmetric(Vec<usize>),
    /// Root first.
    Free(Vec<FreeNode>),
}

#[derive(Clone, Debug)]
pub(super) struct RawTree {
    pub(super) shape: Shape,
    /// Leaf-major, one value an output.
    pub(super) values: Vec<f64>,
    /// One a leaf; empty when the file has none.
    pub(super) weights: Vec<f64>,
}

#[derive(Clone, Debug)]
pub(super) struct RawModel {
    pub(super) info: BTreeMap<String, Doc>,
    pub(super) floats: Vec<FloatFeature>,
    pub(super) cats: Vec<CatFeature>,
    pub(super) one_hots: Vec<OneHotFeature>,
    pub(super) ctrs: Vec<CtrFeature>,
    pub(super) tables: BTreeMap<CtrBase, CtrTable>,
    pub(super) outputs: usize,
    pub(super) trees: Vec<RawTree>,
    pub(super) scale: f64,
    pub(super) bias: Vec<f64>,
}
