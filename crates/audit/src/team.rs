//! One audit by several processes.
//!
//! Every process runs the same program on the same subject. The stages are blocks of one part, and a heavy stage is cut into
//! parts of blocks of its own (rows, repeats, features); each block is computed by one process and given to the others as bytes
//! that hold the same bits. Blocks are counted by the data alone, never by the number of processes, and merged in their order, so
//! the result is that of one process, byte for byte. A process that dies costs the blocks that it had taken.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::stage::StageError;

/// The part whose blocks are the stages themselves, in registry order.
pub const STAGES: &str = "stages";

/// What a process does next for a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Compute these blocks, and give each.
    Compute(Vec<u32>),
    /// All blocks are there, in their order.
    Done(Vec<Vec<u8>>),
    /// The work is not wanted any more: somebody finished the stage, or the audit was stopped.
    Gone,
}

/// The other processes that work on the same audit.
///
/// A stage is named by its id, and a part by a name that is unique within the stage; the stages themselves are the part
/// [`STAGES`] of the stage with the empty id.
pub trait Team: Sync {
    /// Waits until there is something to do or everything is done.
    ///
    /// Of [`STAGES`] a block may be handed out that another process has, when no other is left: both then share the parts of
    /// that stage.
    fn take(&self, stage: &str, part: &str, blocks: u32) -> Turn;

    /// Hands a computed block over. The same block may be given twice, with the same bytes.
    fn give(&self, stage: &str, part: &str, block: u32, bytes: Vec<u8>);
}

/// A stage's place in a team.
#[derive(Clone, Copy)]
pub(crate) struct Seat<'a> {
    pub(crate) team: &'a dyn Team,
    pub(crate) stage: &'a str,
}

impl Seat<'_> {
    /// Results of all blocks in order, computed together with the other processes.
    pub(crate) fn blocks<T, E>(
        &self,
        part: &str,
        blocks: usize,
        work: &impl Fn(usize) -> Result<T, E>,
    ) -> Result<Vec<T>, E>
    where
        T: Serialize + DeserializeOwned,
        E: From<StageError>,
    {
        loop {
            match self.team.take(self.stage, part, blocks as u32) {
                Turn::Compute(taken) => {
                    for block in taken {
                        let bytes = rmp_serde::to_vec_named(&work(block as usize)?).map_err(|e| unreadable(&e))?;
                        self.team.give(self.stage, part, block, bytes);
                    }
                }
                Turn::Done(all) => {
                    let read = |bytes: &Vec<u8>| rmp_serde::from_slice(bytes).map_err(|e| unreadable(&e).into());
                    return all.iter().map(read).collect();
                }
                Turn::Gone => return Err(StageError::Cancelled.into()),
            }
        }
    }
}

/// Bytes that another version of the program wrote, or a type that has no exact form.
fn unreadable(e: &dyn std::fmt::Display) -> StageError {
    StageError::Failed { id: "blocks", detail: e.to_string() }
}
