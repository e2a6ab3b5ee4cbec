//! Class labels and how they meet the cells of a table.

use serde::{Deserialize, Serialize};

/// A class label as the library stores it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Label {
    /// `True` / `False`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A decimal number.
    Float(f64),
    /// Text.
    Text(String),
}

impl Label {
    /// The label as [`fine_table::Column::display_at`] writes a cell of the same value: `1` for 1 and 1.0, `true`.
    pub fn text(&self) -> String {
        match self {
            Self::Bool(b) => b.to_string(),
            Self::Int(i) => i.to_string(),
            Self::Float(f) => f.to_string(),
            Self::Text(s) => s.clone(),
        }
    }

    /// Whether a cell, as displayed, holds this label: `1` is also `1.0` and, for a boolean label, `true` and `True`.
    pub fn matches(&self, cell: &str) -> bool {
        let cell = cell.trim();
        let text = self.text();
        if text == cell || text.trim() == cell {
            return true;
        }
        matches!((number(&text), number(cell)), (Some(a), Some(b)) if a == b)
    }
}

/// A number or a truth value as a number.
fn number(text: &str) -> Option<f64> {
    match text {
        "true" | "True" | "TRUE" => Some(1.0),
        "false" | "False" | "FALSE" => Some(0.0),
        _ => text.trim().parse().ok().filter(|f: &f64| f.is_finite()),
    }
}

/// Index of the label that a cell holds: an exact spelling first, then by value.
pub(crate) fn position(labels: &[Label], cell: &str) -> Option<usize> {
    labels.iter().position(|l| l.text() == cell).or_else(|| labels.iter().position(|l| l.matches(cell)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_meet_cells_by_value() {
        for (label, cells) in [
            (Label::Int(1), vec!["1", "1.0", " 1", "true"]),
            (Label::Float(1.0), vec!["1", "1.0"]),
            (Label::Bool(true), vec!["true", "True", "1"]),
            (Label::Text("good".into()), vec!["good", "good "]),
            (Label::Text("True".into()), vec!["true", "True"]),
        ] {
            for cell in cells {
                assert!(label.matches(cell), "{label:?} {cell:?}");
            }
        }
        assert!(!Label::Int(1).matches("2") && !Label::Int(1).matches("") && !Label::Text("a".into()).matches("A"));
    }

    #[test]
    fn an_exact_spelling_wins() {
        let labels = [Label::Text("1.0".into()), Label::Text("1".into())];
        assert_eq!(position(&labels, "1"), Some(1));
        assert_eq!(position(&labels, "1.00"), Some(0));
        assert_eq!(position(&labels, "x"), None);
    }
}
