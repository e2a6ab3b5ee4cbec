//! Why a file is not a table.

use serde::Serialize;

/// A file that could not be read, and why. `Display` completes "failed to ..." and names the file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("read {file:?}: {problem}")]
pub struct TableError {
    /// File name as given to the reader.
    pub file: String,
    /// What is wrong.
    pub problem: Problem,
}

impl TableError {
    /// The stable code of the problem, for people's words and machine use.
    pub fn slug(&self) -> &'static str {
        self.problem.slug()
    }

    /// The values of the problem by name (`line`, `column`, `limit`, …) with `file`, for the catalogues.
    pub fn args(&self) -> serde_json::Map<String, serde_json::Value> {
        let mut args = match serde_json::to_value(&self.problem) {
            Ok(serde_json::Value::Object(map)) => map,
            _ => serde_json::Map::new(),
        };
        args.remove("slug");
        args.insert("file".into(), self.file.clone().into());
        args
    }
}

/// What is wrong with a file. Lines and columns count from 1, bytes from 0 in the decompressed file.
#[derive(Clone, Debug, PartialEq, thiserror::Error, Serialize)]
#[serde(tag = "slug", rename_all = "kebab-case")]
pub enum Problem {
    /// No bytes, or blanks only.
    #[error("the file is empty; export or copy it again")]
    EmptyFile,
    /// A header and nothing under it.
    #[error("the file has {columns} columns and no rows; export it with its rows")]
    NoRows {
        /// Columns of the header.
        columns: usize,
    },
    /// Beyond the size limit, as given or decompressed.
    #[error("the file is larger than {limit} bytes, the limit; audit a sample of its rows, or store it as Parquet")]
    TooLarge {
        /// Limit in bytes.
        limit: u64,
    },
    /// Beyond the row limit.
    #[error("the file has more than {limit} rows, the limit; audit a sample of them")]
    TooManyRows {
        /// Limit.
        limit: u64,
    },
    /// Beyond the column limit.
    #[error(
        "the file has {found} columns, more than the limit of {limit}; leave out those that nobody needs, or raise the limit \
         with --max-columns"
    )]
    TooManyColumns {
        /// Columns found.
        found: usize,
        /// Limit.
        limit: usize,
    },
    /// Beyond the cell limit.
    #[error(
        "the file has {found} cells (rows x columns), more than the limit of {limit}; audit a sample of its rows, or leave \
         out columns"
    )]
    TooManyCells {
        /// Cells found.
        found: u64,
        /// Limit.
        limit: u64,
    },
    /// One cell beyond the limit.
    #[error(
        "line {line}, column {column:?}: a cell of {bytes} bytes, more than the limit of {limit}; is a quote missing, or \
         does the column hold documents that can be left out?"
    )]
    CellTooLarge {
        /// Line where the row begins.
        line: u64,
        /// Column name.
        column: String,
        /// Size of the cell.
        bytes: usize,
        /// Limit.
        limit: usize,
    },
    /// The compressed file grows beyond reason.
    #[error(
        "the {compression} file grows to more than {limit} times its size and was not read further; unpack it first if you \
         trust it"
    )]
    ZipBomb {
        /// `gzip` or `zstd`.
        compression: String,
        /// Limit of decompressed bytes per byte.
        limit: u64,
    },
    /// The compressed file ends early or is damaged.
    #[error("decompress {compression} after {byte} bytes of output: {detail}; copy or pack the file again")]
    DamagedCompression {
        /// `gzip` or `zstd`.
        compression: String,
        /// Bytes that came out before the damage.
        byte: u64,
        /// The decoder's words.
        detail: String,
    },
    /// The small text file that Git LFS leaves in place of the real one.
    #[error("this is a Git LFS pointer, not the data; fetch it with `git lfs pull`")]
    LfsPointer {
        /// Size of the real file as the pointer says, bytes.
        bytes: Option<u64>,
    },
    /// Another kind of file, recognised.
    #[error("this is {found}, not a table; CSV, TSV, Parquet, Arrow IPC and JSON lines are read")]
    NotATable {
        /// Id of what it is: `pickle`, `zip`, `xlsx`, `pdf`, …
        found: String,
    },
    /// Bytes that the encoding does not allow.
    #[error("byte {byte} (line {line}) is not {encoding} text; save the file as UTF-8")]
    WrongEncoding {
        /// The encoding that the file claims or that fits best.
        encoding: String,
        /// Offset of the first offending byte.
        byte: u64,
        /// Its line.
        line: u64,
    },
    /// A row with another number of fields than the header.
    #[error(
        "line {line} (byte {byte}): the row has {found} fields, the header has {expected}; complete the row, or quote fields \
         that hold the delimiter"
    )]
    RaggedRow {
        /// Line where the row begins.
        line: u64,
        /// Offset where the row begins.
        byte: u64,
        /// Fields of the header.
        expected: usize,
        /// Fields of the row.
        found: usize,
    },
    /// A quote that is never closed.
    #[error(
        "line {line}: a quoted field begins at byte {byte} and never ends; close it, or double the quotes inside of it"
    )]
    UnclosedQuote {
        /// Line of the quote.
        line: u64,
        /// Offset of the quote.
        byte: u64,
    },
    /// Two columns of one name.
    #[error("columns {first} and {second} have the same name {name:?}; rename one of them")]
    DuplicateColumn {
        /// The name.
        name: String,
        /// Position of the first, from 1.
        first: usize,
        /// Position of the second, from 1.
        second: usize,
    },
    /// The file does not end as Parquet does.
    #[error("the Parquet file is cut off: it has {bytes} bytes and does not end with PAR1; copy or write it again")]
    TruncatedParquet {
        /// Size of the file.
        bytes: u64,
    },
    /// A Parquet or Arrow file whose inside is broken.
    #[error("the {format} file is damaged: {detail}; copy or write it again")]
    DamagedFile {
        /// Format id.
        format: String,
        /// The library's words.
        detail: String,
    },
    /// A column whose type has no place in a flat table.
    #[error(
        "column {column:?} holds {kind} values, which a flat table cannot hold; leave it out, or spread it over plain columns"
    )]
    UnsupportedColumn {
        /// Column name.
        column: String,
        /// The type as the file names it.
        kind: String,
    },
    /// JSON that cannot be read as rows.
    #[error("line {line}: {detail}; each row is one JSON object")]
    BadJson {
        /// Line.
        line: u64,
        /// The parser's words.
        detail: String,
    },
}

impl Problem {
    /// The stable code.
    pub fn slug(&self) -> &'static str {
        match self {
            Self::EmptyFile => "empty-file",
            Self::NoRows { .. } => "no-rows",
            Self::TooLarge { .. } => "too-large",
            Self::TooManyRows { .. } => "too-many-rows",
            Self::TooManyColumns { .. } => "too-many-columns",
            Self::TooManyCells { .. } => "too-many-cells",
            Self::CellTooLarge { .. } => "cell-too-large",
            Self::ZipBomb { .. } => "zip-bomb",
            Self::DamagedCompression { .. } => "damaged-compression",
            Self::LfsPointer { .. } => "lfs-pointer",
            Self::NotATable { .. } => "not-a-table",
            Self::WrongEncoding { .. } => "wrong-encoding",
            Self::RaggedRow { .. } => "ragged-row",
            Self::UnclosedQuote { .. } => "unclosed-quote",
            Self::DuplicateColumn { .. } => "duplicate-column",
            Self::TruncatedParquet { .. } => "truncated-parquet",
            Self::DamagedFile { .. } => "damaged-file",
            Self::UnsupportedColumn { .. } => "unsupported-column",
            Self::BadJson { .. } => "bad-json",
        }
    }
}
