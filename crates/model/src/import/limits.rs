//! What a model file may cost.

/// Limits of the importers. A file beyond one is refused with [`super::ImportError::Limit`], never cut short.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// File size.
    pub file_bytes: u64,
    /// Trees of all ensembles, with multiplicity.
    pub trees: usize,
    /// Nodes of all trees.
    pub nodes: usize,
    /// Nodes on the longest path of one tree.
    pub tree_depth: usize,
    /// Encoded features.
    pub features: usize,
    /// Margins a row.
    pub outputs: usize,
    /// Nesting of JSON and UBJSON.
    pub depth: usize,
    /// Values in a JSON, UBJSON or text file.
    pub values: usize,
    /// Calls of a pickle that are listed in the facts; all are counted and judged.
    pub listed_calls: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 2 << 30,
            trees: 100_000,
            nodes: 200_000_000,
            tree_depth: 1024,
            features: 1_000_000,
            outputs: 10_000,
            depth: 64,
            values: 50_000_000,
            listed_calls: 200,
        }
    }
}
