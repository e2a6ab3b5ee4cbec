//! The calls of a normal load, in order.

use crate::graph::{Graph, Node};
use crate::{Id, Made, NameKind, Value};

/// One call, whether or not its result is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The node that stands for the result.
    pub object: Id,
    /// Byte of the opcode.
    pub offset: u64,
}

/// A call that reaches outside of a model library.
#[derive(Clone, Debug, PartialEq)]
pub struct DangerousCall {
    /// `module.name` as written.
    pub name: String,
    /// Byte of the opcode.
    pub offset: u64,
    /// The arguments, escaped, at most 120 characters.
    pub arguments: String,
}

/// The dangerous calls of a log: the callee, or a name among its direct arguments, is [`NameKind::Dangerous`].
/// `getattr` on an object of `scipy.stats` or on `numpy.vectorize` is how Python pickles their bound methods and does
/// not count, as long as its result is never called. At most the first 1,000 are listed.
pub(crate) fn dangerous(graph: &Graph, bytes: &[u8], calls: &[Call]) -> Vec<DangerousCall> {
    let called: std::collections::HashSet<Id> =
        calls.iter().filter_map(|call| object(graph, call.object)).map(|object| object.callee).collect();
    const LISTED: usize = 1_000;
    let mut found = Vec::new();
    for call in calls {
        if found.len() == LISTED {
            break;
        }
        let Some(object) = object(graph, call.object) else { continue };
        let value = Value::new(graph, bytes, call.object);
        let direct = match graph.node(object.args) {
            Node::Tuple(args) => args.as_ref(),
            _ => &[],
        };
        let suspect = std::iter::once(object.callee)
            .chain(direct.iter().copied())
            .filter_map(|id| graph.import(id))
            .find(|import| import.kind == NameKind::Dangerous);
        let Some(import) = suspect else { continue };
        if import.canonical == "builtins.getattr" && bound_method(value) && !called.contains(&call.object) {
            continue;
        }
        found.push(DangerousCall {
            name: format!("{}.{}", import.module, import.name),
            offset: call.offset,
            arguments: Value::new(graph, bytes, object.args).preview(120),
        });
    }
    found
}

fn object(graph: &Graph, id: Id) -> Option<&crate::Object> {
    match graph.node(id) {
        Node::Object(object) => Some(object),
        _ => None,
    }
}

fn bound_method(call: Value<'_>) -> bool {
    let Node::Object(object) = call.node() else { return false };
    let Ok([owner, name]) = <[Value<'_>; 2]>::try_from(call.args()) else { return false };
    let class = owner.class().unwrap_or_default();
    object.made == Made::Reduce
        && matches!(owner.node(), Node::Object(_))
        && (class.starts_with("scipy.stats.") || class == "numpy.vectorize")
        && name.text().is_some_and(|name| {
            !name.starts_with("__") && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        })
}
