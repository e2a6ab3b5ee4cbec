//! Parameters of the `fairness` stage.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which groups are compared. `privileged_values`, `unprivileged_values` and `positive_label` are the inputs of Fine's
/// first design.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Values that together are the reference group; empty takes the largest group.
    pub privileged_values: Values,
    /// Values that together are the group compared with it; empty keeps the other values apart.
    pub unprivileged_values: Values,
    /// The favourable decision; `None` takes the audit's positive class.
    pub positive_label: Option<Scalar>,
    /// Predict with the attribute changed (costs one prediction a value and row).
    pub flips: bool,
    /// Features that stand for an attribute: the decisions are predicted again with the attribute and these changed
    /// together.
    pub proxies: Values,
    /// Most attributes that are joined into intersections, at most 3; below 2 there are none.
    pub intersections: u32,
    /// An intersection with more groups is not measured, and named; strata beyond it are counted but not listed.
    pub most_groups: u32,
    /// Columns in whose strata the decisions of a two-class model are compared.
    pub conditional_on: Vec<String>,
    /// Fit models that tell the attributes from the other features.
    pub tell_attributes: bool,
    /// Most rows whose nearest neighbours are looked up (among all rows); 0 for none.
    pub consistency_rows: u32,
    /// Preview remedies for a two-class model.
    pub mitigation: bool,
}

impl Default for Params {
    fn default() -> Self {
        let none = || Values::All(Vec::new());
        Self {
            privileged_values: none(),
            unprivileged_values: none(),
            positive_label: None,
            flips: true,
            proxies: none(),
            intersections: 3,
            most_groups: 64,
            conditional_on: Vec::new(),
            tell_attributes: true,
            consistency_rows: 2000,
            mitigation: true,
        }
    }
}

impl Params {
    /// Most attributes joined.
    pub(super) fn depth(&self) -> usize {
        self.intersections.clamp(1, 3) as usize
    }
}

/// Values of attributes: one, a list for whichever attribute has them, or lists by attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// For whichever attribute has them.
    All(Vec<Scalar>),
    /// By attribute.
    ByAttribute(BTreeMap<String, Vec<Scalar>>),
    /// One value for whichever attribute has it.
    One(Scalar),
}

/// A value as JSON may write it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// `true`, `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
}

impl Scalar {
    /// As [`fine_table::Column::display_at`] writes it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Bool(b) => b.to_string(),
            Self::Number(n) => n.to_string(),
            Self::Text(t) => t.clone(),
        }
    }
}

impl Values {
    /// The values named for an attribute.
    pub(super) fn of(&self, attribute: &str) -> Vec<String> {
        let values = match self {
            Self::All(values) => values.as_slice(),
            Self::One(value) => std::slice::from_ref(value),
            Self::ByAttribute(map) => map.get(attribute).map_or(&[][..], Vec::as_slice),
        };
        values.iter().map(Scalar::text).collect()
    }

    /// No value is named.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::All(values) => values.is_empty(),
            Self::One(_) => false,
            Self::ByAttribute(map) => map.values().all(Vec::is_empty),
        }
    }
}
