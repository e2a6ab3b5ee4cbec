//! What a reader may use up before it refuses.

/// Limits of one read. Every refusal names the limit that was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Size of the file as given, bytes.
    pub bytes: u64,
    /// Size after decompression, bytes.
    pub decompressed_bytes: u64,
    /// Decompressed bytes per compressed byte, judged once 64 MiB have come out.
    pub expansion: u64,
    /// Rows.
    pub rows: u64,
    /// Columns.
    pub columns: usize,
    /// Rows times columns (each cell takes at most 8 bytes in memory, plus the distinct strings).
    pub cells: u64,
    /// One cell, bytes.
    pub cell_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 2 << 30,
            decompressed_bytes: 4 << 30,
            expansion: 200,
            rows: 50_000_000,
            columns: 2_000,
            cells: 500_000_000,
            cell_bytes: 1 << 20,
        }
    }
}
