//! Bounds on what a file may ask for.

/// Every bound of the reader, in one place. The defaults suit files of up to 2 GiB on a server.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Size of the file as given.
    pub input_bytes: u64,
    /// Size after decompression.
    pub decompressed_bytes: u64,
    /// Decompressed size over input size; sizes up to [`Limits::ratio_floor_bytes`] are always allowed.
    pub ratio: u64,
    /// Decompressed size that the ratio never forbids.
    pub ratio_floor_bytes: u64,
    /// Dictionary that an LZMA or XZ stream may ask for, in KiB.
    pub dictionary_kib: u32,
    /// Nodes in the arena.
    pub nodes: usize,
    /// Entries on the stack, marks included.
    pub stack: usize,
    /// Memo entries.
    pub memo: usize,
    /// Opcodes run.
    pub opcodes: u64,
    /// Distinct imported names.
    pub imports: usize,
    /// Bytes of a module or of a name.
    pub name_bytes: usize,
    /// Bytes of one integer.
    pub int_bytes: usize,
    /// Bytes of one text line (protocol 0).
    pub line_bytes: usize,
    /// Bytes of one array element.
    pub itemsize: usize,
    /// Fields of a structured dtype.
    pub fields: usize,
    /// Depth of structured dtypes.
    pub dtype_depth: u32,
    /// Array dimensions.
    pub dimensions: usize,
    /// Further pickles after the first one that are scanned for calls.
    pub further_streams: u32,
    /// Bytes that array accessors may copy out, over the life of the opened file.
    pub materialised_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            input_bytes: 2 << 30,
            decompressed_bytes: 1 << 30,
            ratio: 250,
            ratio_floor_bytes: 64 << 20,
            dictionary_kib: 128 << 10,
            nodes: 20_000_000,
            stack: 4_000_000,
            memo: 20_000_000,
            opcodes: 400_000_000,
            imports: 20_000,
            name_bytes: 256,
            int_bytes: 1 << 10,
            line_bytes: 256 << 20,
            itemsize: 64 << 10,
            fields: 64,
            dtype_depth: 4,
            dimensions: 32,
            further_streams: 64,
            materialised_bytes: 4 << 30,
        }
    }
}
