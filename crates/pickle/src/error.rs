//! Why a file could not be read.

use crate::Compression;

/// A refusal. Offsets count bytes of the decompressed content from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PickleError {
    /// No bytes at all.
    #[error("read the file: it is empty")]
    Empty,
    /// The content ends early.
    #[error("read byte {offset}: {needed} bytes are needed, {left} are left (was the upload cut short?)")]
    Truncated {
        /// Where the read began.
        offset: u64,
        /// Bytes asked for.
        needed: u64,
        /// Bytes there.
        left: u64,
    },
    /// The compressed data ends early.
    #[error(
        "decompress the {compression} data: it ends early, after {bytes} bytes of content (was the upload cut short?)"
    )]
    CompressedTruncated {
        /// The format.
        compression: Compression,
        /// Bytes that came out.
        bytes: u64,
    },
    /// The compressed data is damaged.
    #[error("decompress the {compression} data: {reason}")]
    Decompress {
        /// The format.
        compression: Compression,
        /// What the decoder said.
        reason: String,
    },
    /// A second layer of compression.
    #[error("decompress the {outer} data: it holds {inner} data again; one layer is allowed")]
    Nested {
        /// Outer format.
        outer: Compression,
        /// Inner format.
        inner: Compression,
    },
    /// The compressed data grows beyond reason.
    #[error("decompress the {compression} data: it grows to more than {limit} times its size and was not read further")]
    ZipBomb {
        /// The format.
        compression: Compression,
        /// Decompressed bytes allowed for one byte.
        limit: u64,
    },
    /// A bound of [`crate::Limits`] is met.
    #[error("stay within the limit {what} = {limit} at byte {offset}")]
    Limit {
        /// Name of the bound.
        what: &'static str,
        /// Its value.
        limit: u64,
        /// Where.
        offset: u64,
    },
    /// A Git LFS pointer instead of the file.
    #[error(
        "open a model: this is a Git LFS pointer, a note of where the file is; fetch the file itself (git lfs pull)"
    )]
    GitLfs,
    /// A PyTorch checkpoint.
    #[error("open a model: this is a PyTorch checkpoint, weights without an architecture; export the model to ONNX")]
    Torch,
    /// A Keras or other HDF5 file.
    #[error("open a model: this is a Keras or HDF5 file; export the model to ONNX")]
    Keras,
    /// A zip archive that is no known model container.
    #[error("open a model: this is a zip archive ({hint}), not a pickle")]
    Zip {
        /// What the first entry suggests.
        hint: String,
    },
    /// joblib up to 0.9 keeps arrays in files of their own.
    #[error(
        "read an array: its data is in a separate file (joblib 0.9 or older); save again with joblib 0.10 or newer"
    )]
    OldJoblib {
        /// Where.
        offset: u64,
    },
    /// A persistent id.
    #[error("read byte {offset}: a persistent id refers to data outside of this file")]
    PersistentId {
        /// Where.
        offset: u64,
    },
    /// An out-of-band buffer (protocol 5).
    #[error("read byte {offset}: an out-of-band buffer, its data is not in this file")]
    OutOfBand {
        /// Where.
        offset: u64,
    },
    /// An extension-registry opcode.
    #[error("read byte {offset}: an extension code, its meaning is not in this file")]
    Extension {
        /// Where.
        offset: u64,
    },
    /// A protocol that does not exist.
    #[error("read pickle protocol {version}: protocols 0 to 5 are known")]
    Protocol {
        /// As written.
        version: u8,
    },
    /// State set on something that is not a freshly made object.
    #[error("read byte {offset}: state is set {on}, which no pickler writes")]
    Build {
        /// Where.
        offset: u64,
        /// `on a global`, `twice on one object`, …
        on: &'static str,
    },
    /// Not a pickle.
    #[error("read a pickle: byte {offset} is 0x{opcode:02x}, not an opcode")]
    NotPickle {
        /// Where.
        offset: u64,
        /// The byte.
        opcode: u8,
    },
    /// An opcode whose operands make no sense.
    #[error("read byte {offset}: {reason}")]
    Malformed {
        /// Where.
        offset: u64,
        /// What is wrong.
        reason: &'static str,
    },
    /// A value of another kind than was asked for.
    #[error("read {what}: expected {expected}, found {found}")]
    Value {
        /// Attribute or role.
        what: String,
        /// What was wanted.
        expected: &'static str,
        /// What is there.
        found: String,
    },
}

impl PickleError {
    /// The stable code of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "E-EMPTY",
            Self::Truncated { .. } | Self::CompressedTruncated { .. } => "E-TRUNCATED",
            Self::Decompress { .. } => "E-DECOMPRESS",
            Self::Nested { .. } => "E-NESTED",
            Self::ZipBomb { .. } => "E-BOMB",
            Self::Limit { .. } => "E-LIMIT",
            Self::GitLfs => "E-LFS",
            Self::Torch => "E-TORCH",
            Self::Keras => "E-KERAS",
            Self::Zip { .. } => "E-ZIP",
            Self::OldJoblib { .. } => "E-OLDJOBLIB",
            Self::PersistentId { .. } => "E-PERSID",
            Self::OutOfBand { .. } => "E-OOB",
            Self::Extension { .. } => "E-EXT",
            Self::Protocol { .. } => "E-PROTO",
            Self::Build { .. } => "E-BUILD",
            Self::NotPickle { .. } => "E-NOTPICKLE",
            Self::Malformed { .. } => "E-MALFORMED",
            Self::Value { .. } => "E-VALUE",
        }
    }

    pub(crate) fn value(what: impl Into<String>, expected: &'static str, found: impl Into<String>) -> Self {
        Self::Value { what: what.into(), expected, found: found.into() }
    }
}
