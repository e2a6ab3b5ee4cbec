//! The arena: everything a file describes, by id.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{NameKind, PickleError, classify};

/// Index of a [`Node`] in the arena.
pub type Id = u32;

pub(crate) const NONE: Id = 0;
pub(crate) const TRUE: Id = 1;
pub(crate) const FALSE: Id = 2;
pub(crate) const EMPTY_TUPLE: Id = 3;

/// A range of the decompressed content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Number of bytes.
    pub len: usize,
}

/// One value of a file. Children are ids, so nothing owns anything else and shared values stay shared.
#[derive(Debug)]
pub enum Node {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// A whole number of 64 bits.
    Int(i64),
    /// A larger whole number, kept as its bytes.
    BigInt(Box<[u8]>),
    /// A float.
    Float(f64),
    /// Text.
    Str(Box<str>),
    /// Bytes of the content (also a `bytearray`, and Python 2 text).
    Bytes(Span),
    /// Bytes that were written escaped.
    OwnedBytes(Box<[u8]>),
    /// A tuple.
    Tuple(Box<[Id]>),
    /// A list.
    List(Vec<Id>),
    /// A dictionary, in stored order, repeated keys kept.
    Dict(Vec<(Id, Id)>),
    /// A set.
    Set(Vec<Id>),
    /// A frozen set.
    FrozenSet(Box<[Id]>),
    /// A name that Python would import: index into [`crate::Pickle::imports`].
    Global(u32),
    /// The result of a call that is never made.
    Object(Box<Object>),
    /// A joblib array whose data is in the stream.
    Inline(Box<InlineArray>),
}

/// How Python would make an [`Object`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// `callee(*args)`.
    Reduce,
    /// `callee.__new__(callee, *args, **kwargs)`.
    New,
    /// Protocol 0 instance.
    Instance,
}

/// A call that Python would make, with everything that is later put into its result.
#[derive(Debug)]
pub struct Object {
    /// Kind of call.
    pub made: Made,
    /// What is called.
    pub callee: Id,
    /// A tuple.
    pub args: Id,
    /// Keyword arguments (protocol 4).
    pub kwargs: Option<Id>,
    /// Argument of `__setstate__`.
    pub state: Option<Id>,
    /// Appended items.
    pub items: Vec<Id>,
    /// Items set by key.
    pub pairs: Vec<(Id, Id)>,
    /// Byte of the opcode.
    pub offset: u64,
}

/// An array written by joblib.
#[derive(Debug)]
pub struct InlineArray {
    pub(crate) dtype: Id,
    pub(crate) shape: Vec<usize>,
    pub(crate) fortran: bool,
    pub(crate) span: Span,
}

/// A name that Python would import on a normal load.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Module as written.
    pub module: String,
    /// Name as written.
    pub name: String,
    /// `module.name` under the module's present-day path ([`crate::canonical`]).
    pub canonical: String,
    /// What the name is.
    pub kind: NameKind,
    /// Byte of the first appearance.
    pub offset: u64,
    /// How often it is called directly.
    pub calls: u32,
}

impl Import {
    /// First part of the module.
    pub fn package(&self) -> &str {
        self.canonical.split('.').next().unwrap_or_default()
    }
}

/// The arena with its tables.
#[derive(Debug)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    max_nodes: usize,
    pub(crate) imports: Vec<Import>,
    by_name: HashMap<(Box<str>, Box<str>), u32>,
    small_ints: Vec<Id>,
    /// Text that was not valid UTF-8 and is kept with replacement characters.
    pub(crate) lossy_text: u64,
    budget: AtomicU64,
    pub(crate) limits: crate::Limits,
}

const SMALL: std::ops::RangeInclusive<i64> = -1..=1024;

impl Graph {
    pub(crate) fn new(limits: &crate::Limits) -> Self {
        Self {
            nodes: vec![Node::None, Node::Bool(true), Node::Bool(false), Node::Tuple(Box::new([]))],
            max_nodes: limits.nodes.min(u32::MAX as usize),
            imports: Vec::new(),
            by_name: HashMap::new(),
            small_ints: vec![Id::MAX; SMALL.count()],
            lossy_text: 0,
            budget: AtomicU64::new(limits.materialised_bytes),
            limits: limits.clone(),
        }
    }

    pub(crate) fn node(&self, id: Id) -> &Node {
        &self.nodes[id as usize]
    }

    pub(crate) fn node_mut(&mut self, id: Id) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn add(&mut self, node: Node, offset: usize) -> Result<Id, PickleError> {
        if self.nodes.len() >= self.max_nodes {
            let limit = self.max_nodes as u64;
            return Err(PickleError::Limit { what: "nodes", limit, offset: offset as u64 });
        }
        self.nodes.push(node);
        Ok((self.nodes.len() - 1) as Id)
    }

    pub(crate) fn int(&mut self, value: i64, offset: usize) -> Result<Id, PickleError> {
        if !SMALL.contains(&value) {
            return self.add(Node::Int(value), offset);
        }
        let slot = (value - SMALL.start()) as usize;
        if self.small_ints[slot] == Id::MAX {
            self.small_ints[slot] = self.add(Node::Int(value), offset)?;
        }
        Ok(self.small_ints[slot])
    }

    pub(crate) fn global(&mut self, module: &str, name: &str, offset: usize) -> Result<Id, PickleError> {
        let at = offset as u64;
        let longest = self.limits.name_bytes;
        if module.len() > longest || name.len() > longest {
            return Err(PickleError::Limit { what: "name_bytes", limit: longest as u64, offset: at });
        }
        if module.is_empty() || name.is_empty() {
            return Err(PickleError::Malformed { offset: at, reason: "an import without a name" });
        }
        let key = (Box::from(module), Box::from(name));
        let index = match self.by_name.get(&key) {
            Some(index) => *index,
            None => {
                if self.imports.len() >= self.limits.imports {
                    let limit = self.limits.imports as u64;
                    return Err(PickleError::Limit { what: "imports", limit, offset: at });
                }
                let canonical = crate::canonical(module, name);
                let kind = classify(module, name);
                let (module, name) = (module.to_owned(), name.to_owned());
                self.imports.push(Import { module, name, canonical, kind, offset: at, calls: 0 });
                let index = self.imports.len() as u32 - 1;
                self.by_name.insert(key, index);
                index
            }
        };
        self.add(Node::Global(index), offset)
    }

    /// The import behind a global node.
    pub(crate) fn import(&self, id: Id) -> Option<&Import> {
        match self.node(id) {
            Node::Global(index) => self.imports.get(*index as usize),
            _ => None,
        }
    }

    /// Counts bytes that an accessor is about to copy out.
    pub(crate) fn charge(&self, bytes: u64) -> Result<(), PickleError> {
        self.budget
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes))
            .map(|_| ())
            .map_err(|_| PickleError::Limit {
                what: "materialised_bytes",
                limit: self.limits.materialised_bytes,
                offset: 0,
            })
    }
}
