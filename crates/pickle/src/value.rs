//! A read-only handle on one node.

use std::borrow::Cow;

use crate::graph::{Graph, Id, Node, Object};
use crate::{Limits, PickleError, Scalar};

/// One value of an opened file. Copying it copies three words.
#[derive(Clone, Copy, Debug)]
pub struct Value<'p> {
    graph: &'p Graph,
    bytes: &'p [u8],
    id: Id,
}

impl<'p> Value<'p> {
    pub(crate) fn new(graph: &'p Graph, bytes: &'p [u8], id: Id) -> Self {
        Self { graph, bytes, id }
    }

    pub(crate) fn at(self, id: Id) -> Self {
        Self { id, ..self }
    }

    pub(crate) fn limits(self) -> &'p Limits {
        &self.graph.limits
    }

    pub(crate) fn charge(self, bytes: u64) -> Result<(), PickleError> {
        self.graph.charge(bytes)
    }

    pub(crate) fn content(self, span: crate::Span) -> &'p [u8] {
        &self.bytes[span.start..span.start + span.len]
    }

    /// Its id, equal for shared values.
    pub fn id(self) -> Id {
        self.id
    }

    /// The node itself.
    pub fn node(self) -> &'p Node {
        self.graph.node(self.id)
    }

    fn all(self, ids: &[Id]) -> Vec<Self> {
        ids.iter().map(|id| self.at(*id)).collect()
    }

    pub(crate) fn object(self) -> Option<&'p Object> {
        match self.node() {
            Node::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Present-day `module.name`, when this is an imported name.
    pub fn name(self) -> Option<&'p str> {
        self.graph.import(self.id).map(|import| import.canonical.as_str())
    }

    /// Present-day `module.name` of the class or function that makes this object. `copyreg._reconstructor` and
    /// `copyreg.__newobj__` are seen through to the class they make.
    pub fn class(self) -> Option<&'p str> {
        let object = self.object()?;
        let callee = self.at(object.callee).name()?;
        match callee {
            "copyreg._reconstructor" | "copyreg.__newobj__" | "copyreg.__newobj_ex__" => {
                self.at(*self.ids(object.args)?.first()?).name()
            }
            _ => Some(callee),
        }
    }

    /// Package and class name (`sklearn`, `Ridge`), whatever the module between them was in that version.
    pub fn class_key(self) -> Option<(&'p str, &'p str)> {
        let class = self.class()?;
        Some((class.split('.').next()?, class.rsplit('.').next()?))
    }

    fn ids(self, id: Id) -> Option<&'p [Id]> {
        match self.graph.node(id) {
            Node::Tuple(ids) => Some(ids),
            _ => None,
        }
    }

    /// Arguments of the call that makes this object; empty for anything else.
    pub fn args(self) -> Vec<Self> {
        self.object().and_then(|object| self.ids(object.args)).map_or_else(Vec::new, |ids| self.all(ids))
    }

    /// What is called to make this object.
    pub fn callee(self) -> Option<Self> {
        self.object().map(|object| self.at(object.callee))
    }

    /// The state set on this object.
    pub fn state(self) -> Option<Self> {
        self.object().and_then(|object| object.state).map(|state| self.at(state))
    }

    /// An attribute: from the state dictionary, or from either part of a `(dict, slots)` state.
    pub fn attr(self, name: &str) -> Option<Self> {
        let state = self.state()?;
        match state.node() {
            Node::Dict(_) => state.get(name),
            Node::Tuple(parts) => parts.iter().rev().find_map(|part| self.at(*part).get(name)),
            _ => None,
        }
    }

    /// All attributes in stored order.
    pub fn attrs(self) -> Vec<(Self, Self)> {
        match self.state() {
            Some(state) => match state.node() {
                Node::Tuple(parts) => parts.iter().flat_map(|part| self.at(*part).entries()).collect(),
                _ => state.entries(),
            },
            None => Vec::new(),
        }
    }

    /// An attribute that must be there.
    ///
    /// # Errors
    /// `E-VALUE` naming the class and the attribute.
    pub fn need(self, name: &str) -> Result<Self, PickleError> {
        let class = self.class().unwrap_or("value");
        self.attr(name).ok_or_else(|| PickleError::value(format!("{class}.{name}"), "an attribute", "nothing"))
    }

    /// The value of a key of a dictionary (or of an object with items, such as `OrderedDict`). Python 2 byte keys
    /// count as text. A repeated key has its last value, as in Python.
    pub fn get(self, key: &str) -> Option<Self> {
        let pairs = match self.node() {
            Node::Dict(pairs) => pairs,
            Node::Object(object) => &object.pairs,
            _ => return None,
        };
        pairs.iter().rev().find(|(name, _)| self.at(*name).is_text(key)).map(|(_, value)| self.at(*value))
    }

    /// Keys and values of a dictionary or of an object with items.
    pub fn entries(self) -> Vec<(Self, Self)> {
        let pairs = match self.node() {
            Node::Dict(pairs) => pairs.as_slice(),
            Node::Object(object) => &object.pairs,
            _ => &[],
        };
        pairs.iter().map(|(key, value)| (self.at(*key), self.at(*value))).collect()
    }

    /// Items of a tuple.
    pub fn tuple(self) -> Option<Vec<Self>> {
        self.ids(self.id).map(|ids| self.all(ids))
    }

    /// Items of a plain list or tuple; never looks into other values.
    pub(crate) fn sequence(self) -> Option<Vec<Self>> {
        match self.node() {
            Node::List(ids) => Some(self.all(ids)),
            Node::Tuple(ids) => Some(self.all(ids)),
            _ => None,
        }
    }

    /// Items of a list, tuple, set, or object array (in row-major order).
    ///
    /// # Errors
    /// `E-VALUE` when this is no sequence of values.
    pub fn items(self) -> Result<Vec<Self>, PickleError> {
        match self.node() {
            Node::List(ids) | Node::Set(ids) => Ok(self.all(ids)),
            Node::Tuple(ids) | Node::FrozenSet(ids) => Ok(self.all(ids)),
            _ => self.array()?.objects(),
        }
    }

    /// Number of items of a list or tuple; `None` for anything else.
    pub fn len(self) -> Option<usize> {
        match self.node() {
            Node::List(ids) => Some(ids.len()),
            Node::Tuple(ids) => Some(ids.len()),
            _ => None,
        }
    }

    /// True for an empty list or tuple.
    pub fn is_empty(self) -> bool {
        self.len() == Some(0)
    }

    /// `None`.
    pub fn is_none(self) -> bool {
        matches!(self.node(), Node::None)
    }

    pub(crate) fn is_text(self, text: &str) -> bool {
        match self.node() {
            Node::Str(own) => &**own == text,
            Node::Bytes(span) => self.content(*span) == text.as_bytes(),
            Node::OwnedBytes(own) => **own == *text.as_bytes(),
            _ => false,
        }
    }

    /// Text, also from a numpy string or Python 2 bytes.
    pub fn text(self) -> Option<Cow<'p, str>> {
        match self.node() {
            Node::Str(text) => Some(Cow::Borrowed(text)),
            Node::Bytes(span) => std::str::from_utf8(self.content(*span)).ok().map(Cow::Borrowed),
            Node::OwnedBytes(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Node::Object(_) => match self.scalar().ok()? {
                Scalar::Text(text) => Some(Cow::Owned(text)),
                _ => None,
            },
            _ => None,
        }
    }

    /// A boolean, also of numpy.
    pub fn as_bool(self) -> Option<bool> {
        match self.scalar().ok()? {
            Scalar::Bool(value) => Some(value),
            Scalar::Int(value @ (0 | 1)) => Some(value == 1),
            _ => None,
        }
    }

    /// A whole number, also of numpy.
    pub fn as_i64(self) -> Option<i64> {
        match self.scalar().ok()? {
            Scalar::Int(value) => Some(value),
            Scalar::Bool(value) => Some(i64::from(value)),
            _ => None,
        }
    }

    /// A whole number that is a size or an index.
    pub fn as_usize(self) -> Option<usize> {
        self.as_i64().and_then(|value| usize::try_from(value).ok())
    }

    /// A number, also of numpy.
    pub fn as_f64(self) -> Option<f64> {
        self.scalar().ok()?.as_f64()
    }

    /// Bytes in any pickled form: raw, `bytearray`, latin-1 text of protocols 0 to 2.
    ///
    /// # Errors
    /// `E-VALUE` when this is something else.
    pub fn to_bytes(self) -> Result<Cow<'p, [u8]>, PickleError> {
        let mut value = self;
        // A bytearray holds bytes, which may be encoded text.
        for _ in 0..3 {
            let args = value.args();
            match (value.node(), value.class()) {
                (Node::Bytes(span), _) => return Ok(Cow::Borrowed(self.content(*span))),
                (Node::OwnedBytes(bytes), _) => return Ok(Cow::Borrowed(bytes)),
                (Node::Str(text), _) => {
                    let bytes = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<Vec<_>>>();
                    return bytes.map(Cow::Owned).ok_or_else(|| self.unexpected("bytes", "bytes"));
                }
                (_, Some("builtins.bytes" | "builtins.bytearray")) if args.is_empty() => return Ok(Cow::Borrowed(&[])),
                (_, Some("_codecs.encode" | "builtins.bytes" | "builtins.bytearray")) if !args.is_empty() => {
                    value = args[0]
                }
                _ => break,
            }
        }
        Err(self.unexpected("bytes", "bytes"))
    }

    /// A refusal that names what is there instead.
    pub fn unexpected(self, what: &str, expected: &'static str) -> PickleError {
        PickleError::value(what, expected, self.preview(60))
    }

    /// What Python would print, at most `limit` characters, control characters escaped. Bounded in depth and work.
    pub fn preview(self, limit: usize) -> String {
        let mut out = String::new();
        self.write(&mut out, limit, 4);
        if out.chars().count() > limit {
            out = out.chars().take(limit.saturating_sub(1)).chain(['…']).collect();
        }
        out
    }

    fn write(self, out: &mut String, limit: usize, depth: u32) {
        // Every branch adds text, so the length bounds the work.
        if out.len() > limit * 4 {
            return;
        }
        if depth == 0 {
            out.push('…');
            return;
        }
        match self.node() {
            Node::None => out.push_str("None"),
            Node::Bool(value) => out.push_str(if *value { "True" } else { "False" }),
            Node::Int(value) => out.push_str(&value.to_string()),
            Node::BigInt(_) => out.push_str("<large integer>"),
            Node::Float(value) => out.push_str(&python_float(*value)),
            Node::Str(text) => quote(out, text.chars().take(limit)),
            Node::Bytes(span) => {
                out.push('b');
                quote(out, self.content(*span).iter().take(limit).map(|byte| *byte as char));
            }
            Node::OwnedBytes(bytes) => {
                out.push('b');
                quote(out, bytes.iter().take(limit).map(|byte| *byte as char));
            }
            Node::Tuple(ids) => self.write_all(out, ids, ("(", ")"), limit, depth),
            Node::List(ids) => self.write_all(out, ids, ("[", "]"), limit, depth),
            Node::Set(ids) => self.write_all(out, ids, ("{", "}"), limit, depth),
            Node::FrozenSet(ids) => self.write_all(out, ids, ("frozenset({", "})"), limit, depth),
            Node::Dict(pairs) => {
                let flat: Vec<Id> = pairs.iter().take(limit).flat_map(|(key, value)| [*key, *value]).collect();
                self.write_all(out, &flat, ("{", "}"), limit, depth);
            }
            Node::Global(_) => out.push_str(self.name().unwrap_or("?")),
            Node::Inline(array) => out.push_str(&format!("<array {:?}>", array.shape)),
            Node::Object(object) => {
                if let Ok(scalar) = self.scalar() {
                    return out.push_str(&scalar.to_string());
                }
                out.push_str(self.class().unwrap_or("<object>").rsplit('.').next().unwrap_or_default());
                match self.ids(object.args) {
                    Some(ids) => self.write_all(out, ids, ("(", ")"), limit, depth),
                    None => out.push_str("()"),
                }
            }
        }
    }

    fn write_all(self, out: &mut String, ids: &[Id], around: (&str, &str), limit: usize, depth: u32) {
        out.push_str(around.0);
        for (index, id) in ids.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            if out.len() > limit * 4 {
                break;
            }
            self.at(*id).write(out, limit, depth - 1);
        }
        out.push_str(around.1);
    }
}

pub(crate) fn python_float(value: f64) -> String {
    if value.is_nan() {
        "nan".into()
    } else if value.is_infinite() {
        if value > 0.0 { "inf".into() } else { "-inf".into() }
    } else {
        format!("{value:?}")
    }
}

fn quote(out: &mut String, text: impl Iterator<Item = char>) {
    out.push('\'');
    text.for_each(|c| out.extend(c.escape_debug()));
    out.push('\'');
}
