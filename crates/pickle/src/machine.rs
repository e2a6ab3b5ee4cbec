//! The pickle machine: opcodes of protocols 0 to 5 that only add nodes. Rules follow CPython's `_pickle.c`; where a
//! file means something else to C than to Python, it is refused.

use std::collections::HashMap;

use crate::cursor::Cursor;
use crate::graph::{Graph, Id, Made, Node, Object};
use crate::{Call, Limits, PickleError};

/// Stack, marks and memo of one stream (a joblib object array is a stream inside of a stream).
#[derive(Default)]
struct Frame {
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
}

pub(crate) struct Machine<'a> {
    pub(crate) cursor: Cursor<'a>,
    pub(crate) graph: Graph,
    pub(crate) calls: Vec<Call>,
    pub(crate) protocol: u8,
    pub(crate) joblib_arrays: u64,
    limits: Limits,
    opcodes: u64,
    /// Byte of the opcode that is being run.
    pub(crate) at: usize,
    frame: Frame,
    outer: Option<Frame>,
}

impl<'a> Machine<'a> {
    pub(crate) fn new(bytes: &'a [u8], limits: &Limits) -> Self {
        Self {
            cursor: Cursor::new(bytes),
            graph: Graph::new(limits),
            calls: Vec::new(),
            protocol: 0,
            joblib_arrays: 0,
            limits: limits.clone(),
            opcodes: 0,
            at: 0,
            frame: Frame::default(),
            outer: None,
        }
    }

    /// Runs one stream to its `STOP`; the root of its graph.
    pub(crate) fn run(&mut self) -> Result<Id, PickleError> {
        self.frame = Frame::default();
        self.outer = None;
        loop {
            self.at = self.cursor.pos;
            self.opcodes += 1;
            self.within("opcodes", self.opcodes, self.limits.opcodes)?;
            let depth = self.frame.stack.len() + self.frame.marks.len();
            self.within("stack", depth as u64, self.limits.stack as u64)?;
            match self.cursor.byte()? {
                b'.' => {
                    let root = self.pop()?;
                    match self.outer.take() {
                        None => return Ok(root),
                        Some(frame) => self.frame = frame,
                    }
                    self.replace_top(root);
                }
                opcode => self.step(opcode)?,
            }
        }
    }

    /// Begins the stream of a joblib object array, whose root takes the place of its wrapper.
    pub(crate) fn enter(&mut self) -> Result<(), PickleError> {
        if self.outer.is_some() {
            return Err(PickleError::Limit { what: "nested pickles", limit: 1, offset: self.at as u64 });
        }
        self.outer = Some(std::mem::take(&mut self.frame));
        Ok(())
    }

    pub(crate) fn nested(&self) -> bool {
        self.outer.is_some()
    }

    pub(crate) fn malformed<T>(&self, reason: &'static str) -> Result<T, PickleError> {
        Err(PickleError::Malformed { offset: self.at as u64, reason })
    }

    pub(crate) fn within(&self, what: &'static str, value: u64, limit: u64) -> Result<(), PickleError> {
        if value > limit { Err(PickleError::Limit { what, limit, offset: self.at as u64 }) } else { Ok(()) }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn push(&mut self, id: Id) {
        self.frame.stack.push(id);
    }

    pub(crate) fn add(&mut self, node: Node) -> Result<Id, PickleError> {
        self.graph.add(node, self.at)
    }

    pub(crate) fn push_new(&mut self, node: Node) -> Result<(), PickleError> {
        let id = self.add(node)?;
        self.push(id);
        Ok(())
    }

    fn floor(&self) -> usize {
        self.frame.marks.last().copied().unwrap_or(0)
    }

    pub(crate) fn pop(&mut self) -> Result<Id, PickleError> {
        if self.frame.stack.len() <= self.floor() {
            return self.malformed("the stack is empty");
        }
        self.frame.stack.pop().map_or_else(|| self.malformed("the stack is empty"), Ok)
    }

    pub(crate) fn top(&self) -> Result<Id, PickleError> {
        match self.frame.stack.last() {
            Some(id) if self.frame.stack.len() > self.floor() => Ok(*id),
            _ => self.malformed("the stack is empty"),
        }
    }

    pub(crate) fn mark(&mut self) {
        self.frame.marks.push(self.frame.stack.len());
    }

    /// `POP` takes a mark when nothing lies above it.
    pub(crate) fn discard(&mut self) -> Result<(), PickleError> {
        if self.frame.marks.last() == Some(&self.frame.stack.len()) {
            self.frame.marks.pop();
            return Ok(());
        }
        self.pop().map(|_| ())
    }

    pub(crate) fn pop_mark(&mut self) -> Result<Vec<Id>, PickleError> {
        match self.frame.marks.pop() {
            Some(mark) => Ok(self.frame.stack.split_off(mark)),
            None => self.malformed("there is no mark"),
        }
    }

    pub(crate) fn put(&mut self, key: u64) -> Result<(), PickleError> {
        let top = self.top()?;
        self.within("memo", self.frame.memo.len() as u64 + 1, self.limits.memo as u64)?;
        self.frame.memo.insert(key, top);
        Ok(())
    }

    pub(crate) fn memo_len(&self) -> u64 {
        self.frame.memo.len() as u64
    }

    pub(crate) fn get(&mut self, key: u64) -> Result<(), PickleError> {
        match self.frame.memo.get(&key) {
            Some(id) => {
                self.frame.stack.push(*id);
                Ok(())
            }
            None => self.malformed("a memo entry that was never stored"),
        }
    }

    pub(crate) fn replace_top(&mut self, id: Id) {
        if let Some(top) = self.frame.stack.last_mut() {
            *top = id;
        }
    }

    /// True for what Python takes neither as a key nor into a set.
    fn is_unhashable(&self, id: Id) -> bool {
        matches!(self.graph.node(id), Node::List(_) | Node::Dict(_) | Node::Set(_))
    }

    /// Appends to a list, a set or an object.
    pub(crate) fn extend(&mut self, target: Id, items: &[Id], to_set: bool) -> Result<(), PickleError> {
        if to_set && items.iter().any(|item| self.is_unhashable(*item)) {
            return self.malformed("a collection in a set");
        }
        match self.graph.node_mut(target) {
            Node::List(list) if !to_set => list.extend_from_slice(items),
            Node::Set(set) if to_set => set.extend_from_slice(items),
            Node::Object(object) => object.items.extend_from_slice(items),
            _ => return self.malformed("items are added to something that is no collection"),
        }
        Ok(())
    }

    /// Sets items of a dictionary or of an object.
    pub(crate) fn set_items(&mut self, target: Id, items: &[Id]) -> Result<(), PickleError> {
        if !items.len().is_multiple_of(2) {
            return self.malformed("a key without a value");
        }
        if items.iter().step_by(2).any(|key| self.is_unhashable(*key)) {
            return self.malformed("a collection as a key");
        }
        let pairs = items.chunks_exact(2).map(|pair| (pair[0], pair[1]));
        match self.graph.node_mut(target) {
            Node::Dict(dict) => dict.extend(pairs),
            Node::Object(object) => object.pairs.extend(pairs),
            _ => return self.malformed("items are set on something that is no dictionary"),
        }
        Ok(())
    }

    /// Notes a call and pushes what stands for its result.
    pub(crate) fn call(&mut self, made: Made, callee: Id, args: Id, kwargs: Option<Id>) -> Result<(), PickleError> {
        if !matches!(self.graph.node(args), Node::Tuple(_)) {
            return self.malformed("the arguments of a call are no tuple");
        }
        match self.graph.node(callee) {
            Node::Global(index) => {
                let index = *index as usize;
                if let Some(import) = self.graph.imports.get_mut(index) {
                    import.calls += 1;
                }
            }
            Node::Object(_) => {}
            _ => return self.malformed("the callee of a call is neither a name nor an object"),
        }
        let offset = self.at as u64;
        let (items, pairs) = (Vec::new(), Vec::new());
        let object = Object { made, callee, args, kwargs, state: None, items, pairs, offset };
        let id = self.add(Node::Object(Box::new(object)))?;
        self.calls.push(Call { object: id, offset });
        self.push(id);
        Ok(())
    }

    /// `BUILD`: state for an object that was just made, once.
    pub(crate) fn build(&mut self) -> Result<(), PickleError> {
        let state = self.pop()?;
        let target = self.top()?;
        let offset = self.at as u64;
        match self.graph.node_mut(target) {
            Node::Object(object) if object.state.is_none() => object.state = Some(state),
            Node::Object(_) => return Err(PickleError::Build { offset, on: "twice on one object" }),
            Node::Global(_) => return Err(PickleError::Build { offset, on: "on an imported name" }),
            _ => return Err(PickleError::Build { offset, on: "on a plain value" }),
        }
        self.after_build(target)
    }
}
