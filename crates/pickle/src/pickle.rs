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
        match Self::scan(content, compression, limits) {
            (pickle, None) => Ok(pickle),
            (_, Some(error)) => Err(error),
        }
    }

    /// As [`Pickle::read`], with what was read before the error, if there is one: Python has by then made the calls of
    /// a stream that breaks later. The root is `None` in that case.
    pub fn scan(
        content: Cow<'a, [u8]>,
        compression: Option<Compression>,
        limits: &Limits,
    ) -> (Self, Option<PickleError>) {
        let mut machine = Machine::new(&content, limits);
        let foreign = if content.is_empty() { Err(PickleError::Empty) } else { refuse_foreign(&content) };
        let root = foreign.and_then(|()| machine.run());
        let (protocol, joblib_arrays) = (machine.protocol, machine.joblib_arrays);
        let (mut trailing_bytes, mut further_streams) = (0, 0);
        if root.is_ok() {
            trailing_bytes = machine.cursor.left() as u64;
            // What follows is not loaded by Python's `load`, but a scan that ends early would be blind to it.
            while machine.cursor.left() > 0 && further_streams < limits.further_streams && machine.run().is_ok() {
                further_streams += 1;
            }
        }
        let Machine { graph, calls, .. } = machine;
        let (root, error) = match root {
            Ok(root) => (root, None),
            Err(error) => (crate::graph::NONE, Some(error)),
        };
        let pickle =
            Self { content, graph, root, calls, protocol, compression, joblib_arrays, trailing_bytes, further_streams };
        (pickle, error)
    }

    /// The value that Python's `load` would return.
    pub fn root(&self) -> Value<'_> {
        Value::new(&self.graph, &self.content, self.root)
    }

    /// Every name that Python would import, in order of first appearance.
    pub fn imports(&self) -> &[Import] {
        &self.graph.imports
    }

    /// Every call that Python would make, in order, also of results that are thrown away.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// The value of a node; the ids are those of [`Value::id`] and of the parts of a [`crate::Node`].
    pub fn value(&self, id: Id) -> Value<'_> {
        Value::new(&self.graph, &self.content, id)
    }

    /// The value that stands for the result of a call.
    pub fn result_of(&self, call: Call) -> Value<'_> {
        Value::new(&self.graph, &self.content, call.object)
    }

    /// The name that a call calls; `None` when it calls the result of another call.
    pub fn callee_of(&self, call: Call) -> Option<&Import> {
        match self.graph.node(call.object) {
            crate::Node::Object(object) => self.graph.import(object.callee),
            _ => None,
        }
    }

    /// What a normal load would do that reaches outside of a model library.
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
