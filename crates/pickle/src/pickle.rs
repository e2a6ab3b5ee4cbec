//! An opened file.

use std::borrow::Cow;

use crate::calls::dangerous;
use crate::container::refuse_foreign;
use crate::graph::{Graph, Id, Import};
use crate::machine::Machine;
use crate::{Call, Compression, DangerousCall, Limits, PickleError, Value, decompress};

/// An opened pickle or joblib file: an inert graph and the log of what Python would have done.
#[derive(Debug)]
pub struct Pickle<'a> {
    content: Cow<'a, [u8]>,
    graph: Graph,
    root: Id,
    calls: Vec<Call>,
    /// Highest protocol declared by the first stream; 0 when none is.
    pub protocol: u8,
    /// Compression around the content.
    pub compression: Option<Compression>,
    /// Arrays that joblib wrote into the stream; more than 0 says that joblib wrote the file.
    pub joblib_arrays: u64,
    /// Bytes after the first stream.
    pub trailing_bytes: u64,
    /// Further streams found and scanned in those bytes.
    pub further_streams: u32,
}

impl<'a> Pickle<'a> {
    /// Reads a file without running anything of it. Uncompressed content is borrowed, not copied.
    ///
    /// # Errors
    /// Every [`PickleError`]: nothing is skipped in silence.
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, PickleError> {
        let (content, compression) = decompress(bytes, limits)?;
        Self::read(content, compression, limits)
    }

    /// As [`Pickle::open`] for content that [`decompress`] returned.
    ///
    /// # Errors
    /// As [`Pickle::open`].
    pub fn read(
        content: Cow<'a, [u8]>,
        compression: Option<Compression>,
        limits: &Limits,
    ) -> Result<Self, PickleError> {
        refuse_foreign(&content)?;
        if content.is_empty() {
            return Err(PickleError::Empty);
        }
        let mut machine = Machine::new(&content, limits);
        let root = machine.run()?;
        let (protocol, joblib_arrays) = (machine.protocol, machine.joblib_arrays);
        let trailing_bytes = machine.cursor.left() as u64;
        let mut further_streams = 0;
        // What follows is not loaded by Python's `load`, but a scan that ends early would be blind to it.
        while machine.cursor.left() > 0 && further_streams < limits.further_streams && machine.run().is_ok() {
            further_streams += 1;
        }
        let Machine { graph, calls, .. } = machine;
        Ok(Self { content, graph, root, calls, protocol, compression, joblib_arrays, trailing_bytes, further_streams })
    }

    /// The value that Python's `load` would return.
    pub fn root(&self) -> Value<'_> {
        Value::new(&self.graph, &self.content, self.root)
    }

    /// The value of an id, for walks over [`crate::Node`]s.
    pub fn value(&self, id: crate::Id) -> Option<Value<'_>> {
        ((id as usize) < self.graph.len()).then(|| Value::new(&self.graph, &self.content, id))
    }

    /// Every name that Python would import, in order of first appearance.
    pub fn imports(&self) -> &[Import] {
        &self.graph.imports
    }

    /// Every call that Python would make, in order, also of results that are thrown away.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// The value that stands for the result of a call.
    pub fn result_of(&self, call: Call) -> Value<'_> {
        Value::new(&self.graph, &self.content, call.object)
    }

    /// The calls that reach outside of a model library.
    pub fn dangerous_calls(&self) -> Vec<DangerousCall> {
        dangerous(&self.graph, &self.content, &self.calls)
    }

    /// Decompressed bytes.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// Nodes in the graph.
    pub fn nodes(&self) -> usize {
        self.graph.len()
    }

    /// Texts that were not valid UTF-8.
    pub fn lossy_texts(&self) -> u64 {
        self.graph.lossy_text
    }
}
