//! Parameters of the `model-file` stage.

use serde::{Deserialize, Serialize};

/// There is nothing to choose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}
