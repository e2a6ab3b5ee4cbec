//! skops files: a zip of `schema.json`, which describes objects as nodes, and numpy arrays.
//!
//! skops builds objects from a list of trusted types; here nothing is built. The nodes are written as a pickle and read
//! like any other, so both formats share every check. Format: skops 0.16, `skops/io/_{general,numpy,scipy,sklearn}.py`.

mod node;
mod npy;
mod stream;

use fine_pickle::Archive;

use super::doc::malformed;
use super::{ImportError, Limits, Part, json, sklearn};
use crate::{Model, ModelFacts};
use node::Walk;

/// Newest protocol whose files were compared with the library.
const TESTED_PROTOCOL: f64 = 2.0;
/// Nesting of the schema: the JSON reader's own limit is 128.
const DEPTH: usize = 120;

/// Reads a skops file, filling in the facts as far as it gets.
///
/// # Errors
/// An archive or schema that breaks the format, a node that is not known, and whatever a pickle of the same content is
/// refused for.
pub(crate) fn read_with(
    bytes: &[u8],
    part: &Part,
    limits: &Limits,
    facts: &mut ModelFacts,
) -> Result<Model, ImportError> {
    let archive = Archive::open(bytes, &fine_pickle::Limits::default())?;
    let schema = archive.read("schema.json")?;
    let schema = json::read_all(&schema, &Limits { depth: DEPTH, ..limits.clone() })?;
    let protocol = match schema.find("protocol") {
        Some(super::doc::Doc::Number(protocol)) => *protocol,
        _ => return Err(malformed("protocol", "is missing")),
    };
    let most = usize::try_from(fine_pickle::Limits::default().decompressed_bytes).unwrap_or(usize::MAX);
    let mut walk = Walk::new(&archive, most);
    walk.node(&schema)?;
    let stream = walk.finish();
    let model = sklearn::read_with(&stream, part, limits, facts);
    "skops".clone_into(&mut facts.format);
    facts.protocol = None;
    // Places in the stream say nothing about the file.
    facts.imports.iter_mut().for_each(|import| import.offset = 0);
    // How an array is put together is said by the stream alone.
    facts.imports.retain(|import| !import.name.starts_with("numpy.core."));
    facts.dangers.iter_mut().for_each(|danger| danger.offset = 0);
    if protocol > TESTED_PROTOCOL {
        let newer = crate::Remark { id: "version-newer-than-tested".into(), args: Default::default() };
        facts.warnings.push(newer);
    }
    model
}

#[cfg(test)]
mod tests;
