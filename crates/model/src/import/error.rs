//! Why a model file could not be opened.

/// Why a model file could not be opened, with a stable code for the catalogues.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ImportError {
    /// The content is of no known kind.
    #[error("recognise the file: it starts with {start:?}")]
    UnknownFormat {
        /// The first bytes, escaped.
        start: String,
    },
    /// A Git LFS pointer instead of the file.
    #[error("open the model: the file is a Git LFS pointer to {bytes} bytes, not the model itself")]
    GitLfs {
        /// Size of the real file.
        bytes: u64,
    },
    /// A known format that is not read.
    #[error("open {format}: this format is not supported")]
    UnsupportedFormat {
        /// Id of the format (`catboost`, `pytorch`, `keras-hdf5`, `pmml`, …).
        format: &'static str,
    },
    /// A known estimator, objective or option that is not run.
    #[error("run {what}: {why}")]
    Unsupported {
        /// What it is (`objective survival:aft`).
        what: String,
        /// Why it is refused.
        why: String,
    },
    /// The file ends early.
    #[error("read byte {offset}: needs {needed} more bytes, {left} are left")]
    Truncated {
        /// Where.
        offset: u64,
        /// Bytes asked for.
        needed: u64,
        /// Bytes there.
        left: u64,
    },
    /// The bytes break the rules of the format.
    #[error("read {place}: {detail}")]
    Malformed {
        /// Byte offset, line or field path.
        place: String,
        /// What is wrong.
        detail: String,
    },
    /// Larger than allowed.
    #[error("read {what}: {value} is more than the limit of {limit}")]
    Limit {
        /// What is counted.
        what: &'static str,
        /// How much the file has.
        value: u64,
        /// How much is allowed.
        limit: u64,
    },
    /// The estimator's code is not in the file and Fine runs no code.
    #[error("run {what}: its code is not in the file and no code is ever run")]
    CustomCode {
        /// Full name of the class or function.
        what: String,
    },
    /// A normal load would call something dangerous.
    #[error("open the model: a normal load would call {name} with {arguments}")]
    Danger {
        /// `module.name`.
        name: String,
        /// Escaped arguments, at most 120 characters.
        arguments: String,
    },
    /// An estimator that was never fitted.
    #[error("run {what}: it is not fitted")]
    NotFitted {
        /// Class name.
        what: String,
    },
    /// No ONNX Runtime library on this machine.
    #[error("open the ONNX model: ONNX Runtime is not installed ({detail})")]
    OnnxRuntimeMissing {
        /// Where it was looked for.
        detail: String,
    },
    /// ONNX Runtime refused the graph.
    #[error("load the graph: {0}")]
    Graph(String),
    /// The pickle or the compression around the file is damaged, hostile or too large.
    #[error(transparent)]
    Pickle(#[from] fine_pickle::PickleError),
}

impl ImportError {
    /// The stable code (`custom-code`, `danger`, …).
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownFormat { .. } => "unknown-format",
            Self::GitLfs { .. } => "git-lfs",
            Self::UnsupportedFormat { .. } => "unsupported-format",
            Self::Unsupported { .. } => "unsupported-estimator",
            Self::Truncated { .. } => "truncated",
            Self::Malformed { .. } => "malformed",
            Self::Limit { .. } => "limit",
            Self::CustomCode { .. } => "custom-code",
            Self::Danger { .. } => "danger",
            Self::NotFitted { .. } => "not-fitted",
            Self::OnnxRuntimeMissing { .. } => "onnx-runtime-missing",
            Self::Graph(_) => "graph",
            Self::Pickle(error) => pickle_code(error),
        }
    }

    /// True for a whole file of a known kind that is listed although it is not run.
    pub(crate) fn is_listed(&self) -> bool {
        match self {
            Self::UnsupportedFormat { .. }
            | Self::Unsupported { .. }
            | Self::CustomCode { .. }
            | Self::Danger { .. }
            | Self::NotFitted { .. }
            | Self::OnnxRuntimeMissing { .. }
            | Self::Graph(_) => true,
            Self::UnknownFormat { .. }
            | Self::GitLfs { .. }
            | Self::Truncated { .. }
            | Self::Malformed { .. }
            | Self::Limit { .. }
            | Self::Pickle(_) => false,
        }
    }

    /// Arguments for the text of the code.
    pub fn args(&self) -> std::collections::BTreeMap<String, String> {
        let pairs: Vec<(&str, String)> = match self {
            Self::UnknownFormat { start } => vec![("start", start.clone())],
            Self::GitLfs { bytes } => vec![("bytes", bytes.to_string())],
            Self::UnsupportedFormat { format } => vec![("format", (*format).to_owned())],
            Self::Unsupported { what, why } => vec![("what", what.clone()), ("why", why.clone())],
            Self::Truncated { offset, needed, left } => {
                vec![("offset", offset.to_string()), ("needed", needed.to_string()), ("left", left.to_string())]
            }
            Self::Malformed { place, detail } => vec![("place", place.clone()), ("detail", detail.clone())],
            Self::Limit { what, value, limit } => {
                vec![("what", (*what).to_owned()), ("value", value.to_string()), ("limit", limit.to_string())]
            }
            Self::CustomCode { what } | Self::NotFitted { what } => vec![("what", what.clone())],
            Self::Danger { name, arguments } => vec![("name", name.clone()), ("arguments", arguments.clone())],
            Self::OnnxRuntimeMissing { detail } | Self::Graph(detail) => vec![("detail", detail.clone())],
            Self::Pickle(error) => vec![("detail", error.to_string())],
        };
        pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
    }
}

fn pickle_code(error: &fine_pickle::PickleError) -> &'static str {
    use fine_pickle::PickleError as E;
    match error {
        E::Truncated { .. } | E::CompressedTruncated { .. } => "truncated",
        E::Limit { .. } => "limit",
        E::GitLfs => "git-lfs",
        E::Torch | E::Keras | E::Zip { .. } => "unsupported-format",
        E::OldJoblib { .. } => "old-joblib",
        E::Empty => "unknown-format",
        E::Decompress { .. }
        | E::Nested { .. }
        | E::PersistentId { .. }
        | E::OutOfBand { .. }
        | E::Extension { .. }
        | E::Protocol { .. }
        | E::Build { .. }
        | E::NotPickle { .. }
        | E::Malformed { .. }
        | E::Value { .. } => "malformed",
    }
}
