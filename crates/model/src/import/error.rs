//! Why a model file could not be opened.

/// Why a model file could not be opened, with a stable code for the catalogues.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ImportError {
    /// No bytes at all.
    #[error("read the file: it is empty; save or copy it again")]
    Empty,
    /// The content is of no known kind.
    #[error(
        "recognise the file: it starts with \"{start}\"; scikit-learn pickle and joblib, XGBoost, LightGBM, CatBoost and ONNX are read"
    )]
    UnknownFormat {
        /// The first bytes, escaped.
        start: String,
    },
    /// A Git LFS pointer instead of the file.
    #[error(
        "open the model: the file is a Git LFS pointer to {bytes} bytes, not the model itself; fetch it with `git lfs pull`"
    )]
    GitLfs {
        /// Size of the real file.
        bytes: u64,
    },
    /// A known format that is not read.
    #[error(
        "open {format}: this format is not supported; save the model with scikit-learn, XGBoost, LightGBM or CatBoost, or as ONNX"
    )]
    UnsupportedFormat {
        /// Id of the format (`pytorch`, `keras-hdf5`, `pmml`, …).
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
    /// A model of several targets, of which none was chosen.
    #[error("run {what}: it predicts {} targets, {}; choose one of them", .outputs.len(), listed_outputs(.outputs))]
    SeveralOutputs {
        /// Class name and place.
        what: String,
        /// What each target is: its classes, or a number.
        outputs: Vec<String>,
    },
    /// The file ends early.
    #[error(
        "read byte {offset}: needs {needed} more bytes, {left} are left; the file is cut off, copy or save it again"
    )]
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
    /// The file itself is larger than allowed.
    #[error("read the file: it is larger than {limit} bytes, the limit")]
    TooLarge {
        /// Limit in bytes.
        limit: u64,
    },
    /// The compressed file grows beyond reason.
    #[error(
        "decompress {compression}: the file grows to more than {limit} times its size and was not read further; unpack it \
         first if you trust it"
    )]
    ZipBomb {
        /// `gzip`, `zlib`, …
        compression: &'static str,
        /// Decompressed bytes allowed for one byte.
        limit: u64,
    },
    /// The compressed file ends early.
    #[error("decompress {compression} after {byte} bytes of output: the file is cut off; copy or save it again")]
    CutCompression {
        /// `gzip`, `zlib`, …
        compression: &'static str,
        /// Bytes that came out.
        byte: u64,
    },
    /// Arrays that joblib 0.9 and older kept in other files.
    #[error(
        "read the array at byte {offset}: its data is in another file (joblib 0.9 or older); load the model with that \
         joblib once and save it with joblib 0.10 or newer"
    )]
    OldJoblib {
        /// Where.
        offset: u64,
    },
    /// XGBoost's own binary format, which XGBoost itself dropped.
    #[error(
        "open the old binary XGBoost model: load it with `Booster.load_model` of XGBoost 1.6 to 3.0 and save it again \
         with a name that ends in .ubj or .json"
    )]
    OldXgboost,
    /// More of something than allowed.
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
    #[error("run {what}: its code is not in the file and no code is ever run; save the model without it, or as ONNX")]
    CustomCode {
        /// Full name of the class or function.
        what: String,
    },
    /// A normal load would call something dangerous.
    #[error(
        "run the model: a normal load would call {name} with {arguments}; nothing was run, do not load it with Python"
    )]
    Danger {
        /// `module.name`.
        name: String,
        /// Escaped arguments, at most 120 characters.
        arguments: String,
    },
    /// A normal load would import something dangerous.
    #[error("run the model: a normal load would import {name}; nothing was imported, do not load it with Python")]
    DangerImport {
        /// `module.name`.
        name: String,
    },
    /// A part that the file does not have.
    #[error("find {name:?} in the file, which holds {}; choose one of them", listed(.available))]
    NoPart {
        /// Key of the bundle, or step of the pipeline.
        name: String,
        /// Those it has.
        available: Vec<String>,
    },
    /// An estimator that was never fitted.
    #[error("run {what}: it is not fitted; fit it before saving")]
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
    /// A graph that takes or gives something else than rows of a table and their scores.
    #[error("run {what}: {why}; {advice}")]
    GraphForm {
        /// The graph, or its input or output with its name.
        what: String,
        /// What does not fit.
        why: String,
        /// How to export it again.
        advice: &'static str,
    },
    /// ONNX Runtime refused the graph.
    #[error("load the graph: {0}")]
    Graph(String),
    /// A file before the last one of a chain.
    #[error("{error} (in {file:?})")]
    Before {
        /// Its name.
        file: String,
        /// What is wrong with it.
        error: Box<ImportError>,
    },
    /// The pickle or the compression around the file is damaged, hostile or too large.
    #[error("{0}; {advice}", advice = advice(.0))]
    Pickle(fine_pickle::PickleError),
}

/// The first targets with their numbers.
fn listed_outputs(outputs: &[String]) -> String {
    const MOST: usize = 8;
    let mut listed: Vec<String> =
        outputs.iter().take(MOST).enumerate().map(|(k, what)| format!("{k} ({what})")).collect();
    if outputs.len() > MOST {
        listed.push("…".to_owned());
    }
    listed.join(", ")
}

/// What to do about a pickle that is refused.
fn advice(error: &fine_pickle::PickleError) -> &'static str {
    use fine_pickle::PickleError as E;
    match error {
        E::Limit { .. } => "save a smaller model",
        E::Nested { .. } => "unpack it once",
        E::PersistentId { .. } | E::OutOfBand { .. } | E::Extension { .. } => {
            "save the model with plain pickle or joblib, as one file"
        }
        E::Protocol { .. } => "save the model with protocol 5 or lower, or copy the file again",
        E::Build { .. } => "do not load it with Python, and get the model from a source that you trust",
        _ => "save or copy the file again",
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "no parts with names".to_owned() } else { fine_table::listed(names) }
}

impl From<fine_pickle::PickleError> for ImportError {
    fn from(error: fine_pickle::PickleError) -> Self {
        use fine_pickle::PickleError as E;
        match error {
            E::Empty => Self::Empty,
            E::Truncated { offset, needed, left } => Self::Truncated { offset, needed, left },
            E::CompressedTruncated { compression, bytes } => {
                Self::CutCompression { compression: compression.as_str(), byte: bytes }
            }
            E::ZipBomb { compression, limit } => Self::ZipBomb { compression: compression.as_str(), limit },
            E::Torch => Self::UnsupportedFormat { format: "pytorch" },
            E::Keras => Self::UnsupportedFormat { format: "keras-hdf5" },
            E::Zip { .. } => Self::UnsupportedFormat { format: "zip" },
            E::OldJoblib { offset } => Self::OldJoblib { offset },
            other => Self::Pickle(other),
        }
    }
}

/// True for what cloudpickle and dill write for a function: its bytecode is in the file.
fn is_bytecode(what: &str) -> bool {
    ["cloudpickle.", "dill.", "types.FunctionType", "types.CodeType"].iter().any(|name| what.contains(name))
}

impl ImportError {
    /// The id of its words in the catalogues (`custom-code`, `danger`, …).
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty-file",
            Self::UnknownFormat { .. } => "unknown-format",
            Self::GitLfs { .. } => "git-lfs",
            Self::UnsupportedFormat { .. } => "unsupported-format",
            Self::Unsupported { .. } => "unsupported-estimator",
            Self::SeveralOutputs { .. } => "several-outputs",
            Self::Truncated { .. } => "truncated",
            Self::Malformed { .. } => "malformed",
            Self::TooLarge { .. } => "too-large",
            Self::ZipBomb { .. } => "zip-bomb",
            Self::CutCompression { .. } => "damaged-compression",
            Self::OldJoblib { .. } => "old-joblib",
            Self::OldXgboost => "old-xgboost",
            Self::Limit { .. } | Self::Pickle(fine_pickle::PickleError::Limit { .. }) => "limit",
            Self::CustomCode { what } if is_bytecode(what) => "bytecode",
            Self::CustomCode { .. } => "custom-code",
            Self::Danger { .. } => "danger",
            Self::DangerImport { .. } => "danger-import",
            Self::NoPart { .. } => "no-such-part",
            Self::NotFitted { .. } => "not-fitted",
            Self::OnnxRuntimeMissing { .. } => "onnx-runtime-missing",
            Self::GraphForm { .. } => "graph-form",
            Self::Graph(_) => "graph",
            Self::Before { error, .. } => error.code(),
            Self::Pickle(error) => match error {
                fine_pickle::PickleError::Decompress { .. } => "bad-compression",
                fine_pickle::PickleError::Nested { .. } => "nested-compression",
                fine_pickle::PickleError::PersistentId { .. } => "persistent-id",
                fine_pickle::PickleError::OutOfBand { .. } => "out-of-band",
                fine_pickle::PickleError::Extension { .. } => "extension-code",
                fine_pickle::PickleError::Protocol { .. } => "unknown-protocol",
                fine_pickle::PickleError::Build { .. } => "foreign-state",
                _ => "malformed",
            },
        }
    }

    /// The short code that people quote (`E-CUSTOM`, `E-DANGER`, …); `docs/model-errors.md` explains each.
    pub fn stable_code(&self) -> &'static str {
        match self {
            Self::Empty => "E-EMPTY",
            Self::UnknownFormat { .. } => "E-FORMAT",
            Self::GitLfs { .. } => "E-LFS",
            Self::UnsupportedFormat { format: "pytorch" } => "E-TORCH",
            Self::UnsupportedFormat { format: "keras" | "keras-hdf5" } => "E-KERAS",
            Self::UnsupportedFormat { .. } => "E-FOREIGN",
            Self::Unsupported { .. } => "E-UNSUPPORTED",
            Self::Truncated { .. } | Self::CutCompression { .. } => "E-TRUNCATED",
            Self::Malformed { .. } => "E-MALFORMED",
            Self::TooLarge { .. } => "E-SIZE",
            Self::ZipBomb { .. } => "E-BOMB",
            Self::OldJoblib { .. } => "E-OLDJOBLIB",
            Self::OldXgboost => "E-OLDXGBOOST",
            Self::NoPart { .. } => "E-PART",
            Self::Limit { .. } => "E-LIMIT",
            Self::CustomCode { what } if is_bytecode(what) => "E-LAMBDA",
            Self::CustomCode { .. } => "E-CUSTOM",
            Self::Danger { .. } | Self::DangerImport { .. } => "E-DANGER",
            Self::NotFitted { .. } => "E-NOTFITTED",
            Self::SeveralOutputs { .. } => "E-OUTPUTS",
            Self::OnnxRuntimeMissing { .. } => "E-RUNTIME",
            Self::GraphForm { .. } => "E-GRAPHFORM",
            Self::Graph(_) => "E-GRAPH",
            Self::Before { error, .. } => error.stable_code(),
            Self::Pickle(error) => error.code(),
        }
    }

    /// True for a whole file of a known kind that is listed although it is not run.
    pub(crate) fn is_listed(&self) -> bool {
        match self {
            Self::UnsupportedFormat { .. }
            | Self::OldXgboost
            | Self::Unsupported { .. }
            | Self::SeveralOutputs { .. }
            | Self::CustomCode { .. }
            | Self::Danger { .. }
            | Self::DangerImport { .. }
            | Self::NoPart { .. }
            | Self::NotFitted { .. }
            | Self::OnnxRuntimeMissing { .. }
            | Self::GraphForm { .. }
            | Self::Graph(_) => true,
            Self::Empty
            | Self::UnknownFormat { .. }
            | Self::GitLfs { .. }
            | Self::Truncated { .. }
            | Self::Malformed { .. }
            | Self::TooLarge { .. }
            | Self::ZipBomb { .. }
            | Self::CutCompression { .. }
            | Self::OldJoblib { .. }
            | Self::Limit { .. }
            | Self::Pickle(_) => false,
            Self::Before { error, .. } => error.is_listed(),
        }
    }

    /// Arguments for the text of the code: the same names for every error of one code.
    pub fn args(&self) -> std::collections::BTreeMap<String, String> {
        if let Self::Before { error, .. } = self {
            return error.args();
        }
        let pairs: Vec<(&str, String)> = match self {
            Self::Empty | Self::OldXgboost | Self::Before { .. } => Vec::new(),
            Self::UnknownFormat { start } => vec![("start", start.clone())],
            Self::GitLfs { bytes } => vec![("bytes", bytes.to_string())],
            Self::UnsupportedFormat { format } => vec![("format", (*format).to_owned())],
            Self::Unsupported { what, why } => vec![("what", what.clone()), ("why", why.clone())],
            Self::GraphForm { what, why, advice } => {
                vec![("what", what.clone()), ("why", why.clone()), ("advice", (*advice).to_owned())]
            }
            Self::SeveralOutputs { what, outputs } => {
                vec![("what", what.clone()), ("count", outputs.len().to_string()), ("outputs", listed_outputs(outputs))]
            }
            Self::Truncated { offset, needed, left } => {
                vec![("offset", offset.to_string()), ("needed", needed.to_string()), ("left", left.to_string())]
            }
            Self::Malformed { place, detail } => vec![("detail", format!("{place}: {detail}"))],
            Self::TooLarge { limit } => vec![("limit", limit.to_string())],
            Self::ZipBomb { compression, limit } => {
                vec![("compression", (*compression).to_owned()), ("limit", limit.to_string())]
            }
            Self::CutCompression { compression, byte } => {
                vec![("compression", (*compression).to_owned()), ("byte", byte.to_string())]
            }
            Self::OldJoblib { offset } => vec![("offset", offset.to_string())],
            Self::Limit { what, limit, .. } | Self::Pickle(fine_pickle::PickleError::Limit { what, limit, .. }) => {
                vec![("what", (*what).to_owned()), ("limit", limit.to_string())]
            }
            Self::CustomCode { what } | Self::NotFitted { what } => vec![("what", what.clone())],
            Self::NoPart { name, available } => vec![("name", name.clone()), ("available", listed(available))],
            Self::Danger { name, arguments } => vec![("name", name.clone()), ("arguments", arguments.clone())],
            Self::DangerImport { name } => vec![("name", name.clone())],
            Self::OnnxRuntimeMissing { detail } | Self::Graph(detail) => vec![("detail", detail.clone())],
            Self::Pickle(error) => vec![("detail", error.to_string())],
        };
        pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
    }
}
