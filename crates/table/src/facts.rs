//! What the reader learned about the file itself.

use serde::{Deserialize, Serialize};

use crate::Table;

/// A table and how its file was written.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadTable {
    /// The table.
    pub table: Table,
    /// How the file was written.
    pub facts: ReadFacts,
}

/// How a file was written, as found by looking inside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadFacts {
    /// The format.
    pub format: Format,
    /// Compression around the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression: Option<Compression>,
    /// Field delimiter (CSV).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Quote, when a quoted field was met (CSV).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<char>,
    /// Text encoding (CSV, JSON).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// Decimal mark (CSV).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<char>,
    /// Oddities that did not stop the read.
    pub warnings: Vec<Warning>,
}

impl ReadFacts {
    pub(crate) fn of(format: Format) -> Self {
        Self {
            format,
            compression: None,
            delimiter: None,
            quote: None,
            encoding: None,
            decimal: None,
            warnings: Vec::new(),
        }
    }
}

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Delimited text.
    Csv,
    /// Tab-delimited text.
    Tsv,
    /// Apache Parquet.
    Parquet,
    /// Arrow IPC file (Feather v2).
    ArrowFile,
    /// Arrow IPC stream.
    ArrowStream,
    /// One JSON object a line.
    JsonLines,
    /// One JSON array of objects.
    JsonArray,
}

impl Format {
    /// The id, as in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Parquet => "parquet",
            Self::ArrowFile => "arrow-file",
            Self::ArrowStream => "arrow-stream",
            Self::JsonLines => "json-lines",
            Self::JsonArray => "json-array",
        }
    }
}

/// Compression around a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// gzip, one or more members.
    Gzip,
    /// Zstandard, one or more frames.
    Zstd,
}

impl Compression {
    /// The id, as in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// A text encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, little endian.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, big endian.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Windows-1252, which holds Latin-1; taken when the bytes are no UTF-8, and then warned about.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

impl Encoding {
    /// The id, as in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }
}

/// An oddity that did not stop the read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "id", rename_all = "kebab-case")]
pub enum Warning {
    /// Not UTF-8 from this byte on; read as Windows-1252.
    FallbackEncoding {
        /// Offset of the first byte that is no UTF-8.
        byte: u64,
    },
    /// The header has no name here; named `Unnamed: <position from 0>` as pandas does.
    UnnamedColumn {
        /// The name given.
        column: String,
    },
    /// Every header cell is a number: the file may have no header.
    NumericHeader,
    /// All cells are numbers if `.` and `,` may both be decimal (or thousands) marks; kept as text, never guessed.
    MixedDecimal {
        /// Column name.
        column: String,
    },
    /// Whole numbers beyond 2^53, kept as text.
    BigIntegers {
        /// Column name.
        column: String,
    },
}
