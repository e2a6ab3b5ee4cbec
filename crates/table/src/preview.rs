//! What a person sees of a table before an audit.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::infer::{SuggestedRole, Suggestion};
use crate::{Column, NumberKind, ReadFacts, Roles, Table, Task, Values, Warning};

const HEAD_ROWS: usize = 20;
const EXAMPLES: usize = 5;

/// Columns, first rows, and suggested roles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// One entry a column, in file order.
    pub columns: Vec<ColumnPreview>,
    /// The first 20 rows as text; `null` is a missing cell.
    pub head: Vec<Vec<Option<String>>>,
    /// Suggested roles, task and classes.
    pub suggested: Suggested,
    /// Field delimiter (CSV).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Text encoding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Decimal mark (CSV).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<char>,
    /// `gzip` or `zstd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression: Option<String>,
    /// Oddities of the file.
    pub warnings: Vec<Warning>,
}

/// One column of a [`Preview`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnPreview {
    /// Name.
    pub name: String,
    /// `bool`, `int`, `float`, `time`, `text`.
    pub kind: String,
    /// Missing cells.
    pub missing: u64,
    /// Distinct values, without missing.
    pub distinct: u64,
    /// The first distinct values, at most 5.
    pub examples: Vec<String>,
    /// Suggested role.
    pub role: SuggestedRole,
    /// Speaks of a protected attribute.
    pub protected: bool,
    /// Why the role was suggested (id).
    pub reason: crate::infer::Reason,
}

/// Suggested roles, task and classes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggested {
    /// Roles.
    pub roles: Roles,
    /// Task.
    pub task: Task,
    /// Classes as text; empty for regression.
    pub classes: Vec<String>,
}

/// The preview of a table with the roles suggested for it.
pub fn preview(table: &Table, facts: &ReadFacts, suggestion: &Suggestion) -> Preview {
    let columns = table
        .columns()
        .par_iter()
        .zip(&suggestion.columns)
        .map(|(column, role)| ColumnPreview {
            name: column.name.clone(),
            kind: column.kind_id().to_owned(),
            missing: column.missing_rows() as u64,
            distinct: distinct(column),
            examples: examples(column),
            role: role.role,
            protected: role.protected,
            reason: role.reason,
        })
        .collect();
    let head = (0..table.rows().min(HEAD_ROWS))
        .map(|row| table.columns().iter().map(|c| c.display_at(row)).collect())
        .collect();
    Preview {
        columns,
        head,
        suggested: Suggested {
            roles: suggestion.roles.clone(),
            task: suggestion.task,
            classes: suggestion.classes.clone(),
        },
        delimiter: facts.delimiter,
        encoding: facts.encoding.map(|e| e.id().to_owned()),
        decimal: facts.decimal,
        compression: facts.compression.map(|c| c.id().to_owned()),
        warnings: facts.warnings.clone(),
    }
}

fn distinct(column: &Column) -> u64 {
    match &column.values {
        Values::Text { codes, dictionary } => {
            let mut met = vec![false; dictionary.len()];
            codes.iter().for_each(|c| {
                if let Some(m) = met.get_mut(*c as usize) {
                    *m = true;
                }
            });
            met.iter().filter(|m| **m).count() as u64
        }
        Values::Number { values, .. } => {
            let mut seen = hashbrown::HashSet::new();
            seen.extend(values.iter().filter(|v| !v.is_nan()).map(|v| (v + 0.0).to_bits()));
            seen.len() as u64
        }
    }
}

fn examples(column: &Column) -> Vec<String> {
    let mut examples: Vec<String> = Vec::new();
    for row in 0..column.len().min(1000) {
        if let Some(cell) = column.display_at(row)
            && !examples.contains(&cell)
        {
            examples.push(cell);
            if examples.len() == EXAMPLES {
                break;
            }
        }
    }
    examples
}

impl Column {
    /// The kind as an id: `bool`, `int`, `float`, `time`, `text`.
    pub fn kind_id(&self) -> &'static str {
        match &self.values {
            Values::Text { .. } => "text",
            Values::Number { kind: NumberKind::Bool, .. } => "bool",
            Values::Number { kind: NumberKind::Int, .. } => "int",
            Values::Number { kind: NumberKind::Float, .. } => "float",
            Values::Number { kind: NumberKind::Time, .. } => "time",
        }
    }
}
