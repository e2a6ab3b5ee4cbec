//! The calls of a normal load, in order.

use std::collections::HashSet;

use crate::graph::{Graph, Import, Node};
use crate::{Id, Made, NameKind, Value};

/// One call, whether or not its result is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The node that stands for the result.
    pub object: Id,
    /// Byte of the opcode.
    pub offset: u64,
}

/// A call, or an import, that reaches outside of a model library.
#[derive(Clone, Debug, PartialEq)]
pub struct DangerousCall {
    /// `module.name` as written.
    pub name: String,
    /// Byte of the opcode.
    pub offset: u64,
    /// The arguments, escaped, at most 120 characters; `None` for a name that is imported (which runs its module) and
    /// kept as a value.
    pub arguments: Option<String>,
}

/// Most dangers that are listed.
const LISTED: usize = 1_000;

/// The dangers of a file: calls whose callee, or a name among its direct arguments, is [`NameKind::Dangerous`]; calls of
/// functions that are made from bytecode in the file; and dangerous names that are imported without such a call.
///
/// `getattr` on an object of `scipy.stats` is how Python pickles bound methods and does not count, as long as its result
/// is never called and `getattr` itself is kept nowhere. At most the first 1,000 are listed.
pub(crate) fn dangerous(graph: &Graph, bytes: &[u8], calls: &[Call]) -> Vec<DangerousCall> {
    let called: HashSet<Id> =
        calls.iter().filter_map(|call| object(graph, call.object)).map(|object| object.callee).collect();
    let mut found = Vec::new();
    // Imports that a listed call names already.
    let mut said: HashSet<(&str, &str)> = HashSet::new();
    let mut bound = 0;
    for call in calls {
        if found.len() == LISTED {
            return found;
        }
        let Some(object) = object(graph, call.object) else { continue };
        let value = Value::new(graph, bytes, call.object);
        let direct = match graph.node(object.args) {
            Node::Tuple(args) => args.as_ref(),
            _ => &[],
        };
        let names = std::iter::once(object.callee).chain(direct.iter().copied()).filter_map(|id| graph.import(id));
        let mut suspects = names.filter(|import| import.kind == NameKind::Dangerous).peekable();
        let first = match suspects.peek() {
            Some(import) if import.canonical == "builtins.getattr" && bound_method(value) => {
                if !called.contains(&call.object) {
                    bound += 1;
                    continue;
                }
                Some(*import)
            }
            Some(import) => Some(*import),
            None => bytecode(graph, object),
        };
        let Some(import) = first else { continue };
        said.extend(suspects.map(|import| (import.module.as_str(), import.name.as_str())));
        found.push(DangerousCall {
            name: full(import),
            offset: call.offset,
            arguments: Some(Value::new(graph, bytes, object.args).preview(120)),
        });
    }
    let imports = graph.imports.iter().filter(|import| import.kind == NameKind::Dangerous);
    let silent = imports.filter(|import| !said.contains(&(import.module.as_str(), import.name.as_str())));
    for import in silent {
        let only_bound = import.canonical == "builtins.getattr" && bound > 0 && !is_kept(graph, import);
        if found.len() < LISTED && !only_bound {
            found.push(DangerousCall { name: full(import), offset: import.offset, arguments: None });
        }
    }
    found
}

fn full(import: &Import) -> String {
    format!("{}.{}", import.module, import.name)
}

fn object(graph: &Graph, id: Id) -> Option<&crate::Object> {
    match graph.node(id) {
        Node::Object(object) => Some(object),
        _ => None,
    }
}

/// The maker of the function that this call calls, when it was made from bytecode.
fn bytecode<'g>(graph: &'g Graph, call: &crate::Object) -> Option<&'g Import> {
    const MAKERS: &[&str] = &[
        "FunctionType",
        "LambdaType",
        "MethodType",
        "_make_function",
        "_make_empty_function",
        "_make_skel_func",
        "_fill_function",
        "_create_function",
    ];
    let import = graph.import(object(graph, call.callee)?.callee)?;
    let made = call.made == Made::Reduce && import.kind == NameKind::Custom && MAKERS.contains(&import.name.as_str());
    made.then_some(import)
}

/// True when a name stands anywhere but as the callee of a call.
fn is_kept(graph: &Graph, import: &Import) -> bool {
    let same = |id: &Id| graph.import(*id).is_some_and(|other| std::ptr::eq(other, import));
    let pair = |(key, value): &(Id, Id)| same(key) || same(value);
    (0..graph.len() as Id).any(|id| match graph.node(id) {
        Node::Tuple(ids) | Node::FrozenSet(ids) => ids.iter().any(same),
        Node::List(ids) | Node::Set(ids) => ids.iter().any(same),
        Node::Dict(pairs) => pairs.iter().any(pair),
        Node::Object(object) => {
            object.items.iter().chain(&object.state).chain(&object.kwargs).any(same) || object.pairs.iter().any(pair)
        }
        _ => false,
    })
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
