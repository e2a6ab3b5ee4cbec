//! Which raw features an encoded column is made of.

use std::sync::Arc;

/// The raw features behind one encoded column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// One raw feature alone.
    One(u32),
    /// Several of them (or none), ascending.
    Many(Arc<[u32]>),
}

impl Origin {
    /// Indices of the raw features, ascending.
    pub fn features(&self) -> &[u32] {
        match self {
            Self::One(feature) => std::slice::from_ref(feature),
            Self::Many(features) => features,
        }
    }

    /// The raw feature, when there is exactly one.
    pub fn single(&self) -> Option<u32> {
        match self {
            Self::One(feature) => Some(*feature),
            Self::Many(_) => None,
        }
    }

    /// All features of some columns.
    pub(crate) fn merged<'o>(origins: impl Iterator<Item = &'o Origin>) -> Self {
        let mut features: Vec<u32> = Vec::new();
        for origin in origins {
            features.extend_from_slice(origin.features());
        }
        features.sort_unstable();
        features.dedup();
        match features.as_slice() {
            [one] => Self::One(*one),
            _ => Self::Many(features.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_features_are_sorted_and_single() {
        let many = Origin::merged([&Origin::One(3), &Origin::One(1), &Origin::One(3)].into_iter());
        assert_eq!((many.features(), many.single()), (&[1, 3][..], None));
        assert_eq!(Origin::merged([&Origin::One(2), &Origin::One(2)].into_iter()), Origin::One(2));
        assert_eq!(Origin::merged([&many, &Origin::One(0)].into_iter()).features(), [0, 1, 3]);
    }
}
