//! What is written inside a model file.

use serde::{Deserialize, Serialize};

/// Everything the reader saw, for the `model-file` stage, `fine inspect` and the page after upload.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelFacts {
    /// File name as given; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// `pickle`, `joblib`, `xgboost-json`, `xgboost-ubj`, `lightgbm-text`, `onnx`, …
    pub format: String,
    /// Pickle protocol, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<u8>,
    /// Compression met around the content (`zlib`, `gzip`, …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression: Option<String>,
    /// Library of the outermost estimator (`scikit-learn`, `xgboost`, …).
    pub library: String,
    /// Its version as stored in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub library_version: Option<String>,
    /// File size.
    pub bytes: u64,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// The estimator tree, outermost first.
    pub estimators: Vec<EstimatorFacts>,
    /// Trees in all ensembles.
    pub trees: u64,
    /// Nodes of all trees.
    pub nodes: u64,
    /// Every name that Python would import on a normal load, in order of first appearance.
    pub imports: Vec<ImportedName>,
    /// What Python would do on a normal load that reaches outside of a model library.
    pub dangers: Vec<Danger>,
    /// Every call that Python would make on a normal load, in order, also of results that are thrown away; the first
    /// [`crate::import::Limits::listed_calls`]. Empty in the facts of an audit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<LoggedCall>,
    /// How many calls there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub call_count: u64,
    /// What can be chosen of the file. Empty in the facts of an audit.
    #[serde(default, skip_serializing_if = "Choices::is_empty")]
    pub choices: Choices,
    /// Ids of remarks (`version-newer-than-tested`, `trailing-bytes`, …) with their arguments.
    pub warnings: Vec<Remark>,
}

impl ModelFacts {
    /// The facts without what only a person who looks at the file needs.
    pub(crate) fn for_audit(&self) -> Self {
        Self { calls: Vec::new(), choices: Choices::default(), ..self.clone() }
    }
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Parts of a file of which one can be chosen; see [`crate::import::Part`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    /// Keys of the models in a file that holds several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// Steps of the outermost pipeline, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<String>,
    /// What each of several predicted targets is: its classes, or a number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<String>,
}

impl Choices {
    /// True when there is nothing to choose.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.steps.is_empty() && self.outputs.is_empty()
    }
}

/// A call of a normal load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoggedCall {
    /// `module.name` of what is called; with `()` when it is the result of another call.
    pub name: String,
    /// As [`ImportedName::kind`].
    pub kind: String,
    /// Byte offset of the call.
    pub offset: u64,
}

/// One estimator or step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EstimatorFacts {
    /// Depth in the tree, 0 outermost.
    pub depth: u32,
    /// Step name (`prep`, `clf`), empty for the outermost.
    pub name: String,
    /// Class name (`RandomForestClassifier`).
    pub class: String,
    /// Parameters as short text, in stored order.
    pub params: Vec<(String, String)>,
}

/// A name that Python would import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportedName {
    /// `module.name`.
    pub name: String,
    /// `container`, `numpy`, `arrays`, `estimator`, `inert`, `function`, `custom`, `dangerous`.
    pub kind: String,
    /// Byte offset of the first appearance.
    pub offset: u64,
    /// How often it is called.
    pub calls: u32,
}

/// A call or an import of a normal load that is dangerous. Fine makes none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Danger {
    /// `module.name`.
    pub name: String,
    /// Byte offset of the call.
    pub offset: u64,
    /// The arguments, escaped, at most 120 characters; empty for a name that is imported and not called.
    pub arguments: String,
}

/// A remark with arguments; the words are in the catalogues.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remark {
    /// Id in the catalogue.
    pub id: String,
    /// Arguments by name.
    pub args: std::collections::BTreeMap<String, String>,
}
