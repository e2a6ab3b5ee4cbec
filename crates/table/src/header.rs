//! Column names.

use std::collections::HashMap;

use crate::error::Problem;
use crate::facts::Warning;

/// Names as written, blanks kept; a missing name becomes `Unnamed: <position from 0>` as in pandas.
///
/// # Errors
/// [`Problem::DuplicateColumn`] when two columns share a name.
pub(crate) fn name_columns(header: Vec<String>, warnings: &mut Vec<Warning>) -> Result<Vec<String>, Problem> {
    let mut seen = HashMap::with_capacity(header.len());
    let mut names = Vec::with_capacity(header.len());
    for (i, mut name) in header.into_iter().enumerate() {
        if name.is_empty() {
            name = format!("Unnamed: {i}");
            warnings.push(Warning::UnnamedColumn { column: name.clone() });
        }
        if let Some(first) = seen.insert(name.clone(), i + 1) {
            return Err(Problem::DuplicateColumn { name, first, second: i + 1 });
        }
        names.push(name);
    }
    Ok(names)
}
