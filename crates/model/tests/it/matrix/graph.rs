//! The graph of a pickle against CPython's own unpickler: `graph.txt` of a case is what `golden/matrix/graph.py` wrote.

use std::collections::HashMap;

use fine_pickle::{Id, Made, Node, Pickle};
use sha2::{Digest, Sha256};

/// Compares each line. The error names the first that differs.
pub fn check(model: &[u8], expected: &[u8]) -> Result<(), String> {
    let pickle = Pickle::open(model, &fine_pickle::Limits::default()).map_err(|e| e.to_string())?;
    let mut dump = Dump { pickle: &pickle, lines: Vec::new(), seen: HashMap::new() };
    dump.value(pickle.root().id());
    let expected: Vec<&str> = std::str::from_utf8(expected).map_err(|e| e.to_string())?.lines().collect();
    let lines = dump.lines.len().max(expected.len());
    for i in 0..lines {
        let (ours, theirs) = (dump.lines.get(i).map_or("", String::as_str), expected.get(i).copied().unwrap_or(""));
        if ours != theirs {
            return Err(format!("graph: line {}: {ours:?}, CPython {theirs:?}", i + 1));
        }
    }
    Ok(())
}

struct Dump<'p> {
    pickle: &'p Pickle<'p>,
    lines: Vec<String>,
    /// Line of each value with children that was met.
    seen: HashMap<Id, usize>,
}

impl Dump<'_> {
    fn value(&mut self, id: Id) {
        let value = self.pickle.value(id);
        let simple = match value.node() {
            Node::None => Some("None".to_owned()),
            Node::Bool(flag) => Some(if *flag { "True" } else { "False" }.to_owned()),
            Node::Int(number) => Some(format!("int {number}")),
            Node::Float(number) => Some(format!("float {:016x}", number.to_bits())),
            Node::Str(text) if text.chars().count() > 200 => Some(format!("text {}", digest(text.as_bytes()))),
            Node::Str(text) => Some(format!("text {}", serde_json::Value::from(&**text))),
            Node::Bytes(_) | Node::OwnedBytes(_) => {
                let bytes = value.to_bytes().expect("bytes");
                Some(format!("bytes {} {}", bytes.len(), digest(&bytes)))
            }
            Node::Global(index) => {
                let import = &self.pickle.imports()[*index as usize];
                Some(format!("name {} {}", import.module, import.name))
            }
            Node::Tuple(ids) if ids.is_empty() => Some("tuple 0".to_owned()),
            _ => None,
        };
        if let Some(line) = simple {
            self.lines.push(line);
            return;
        }
        if let Some(line) = self.seen.get(&id) {
            self.lines.push(format!("@{line}"));
            return;
        }
        self.seen.insert(id, self.lines.len());
        let (line, children) = match value.node() {
            Node::Tuple(ids) => (format!("tuple {}", ids.len()), ids.iter().copied().map(Some).collect()),
            Node::List(ids) => (format!("list {}", ids.len()), ids.iter().copied().map(Some).collect()),
            Node::Dict(pairs) => {
                (format!("dict {}", pairs.len()), pairs.iter().flat_map(|(k, v)| [Some(*k), Some(*v)]).collect())
            }
            Node::Object(object) => {
                let made = match object.made {
                    Made::Reduce => "reduce",
                    Made::New => "new",
                    Made::Instance => "instance",
                };
                let mut children = vec![Some(object.callee), Some(object.args), object.kwargs, object.state];
                children.extend(object.items.iter().copied().map(Some));
                children.extend(object.pairs.iter().flat_map(|(k, v)| [Some(*k), Some(*v)]));
                (format!("{made} {} {}", object.items.len(), object.pairs.len()), children)
            }
            other => (format!("{other:?}"), Vec::<Option<Id>>::new()),
        };
        self.lines.push(line);
        for child in children {
            match child {
                Some(id) => self.value(id),
                None => self.lines.push("None".to_owned()),
            }
        }
    }
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..8])
}
