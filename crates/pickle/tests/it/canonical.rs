//! The graph against CPython's own machine: `tests/data/canonical.py` wrote what that makes of the same files.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;

use fine_pickle::{Id, Limits, Made, Node, Pickle, Value};

use crate::data;

fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// A value as text. Containers are numbered where they are met first, and only named after that.
struct Dump<'p> {
    pickle: &'p Pickle<'p>,
    seen: HashMap<Id, usize>,
}

impl<'p> Dump<'p> {
    fn text(&mut self, value: Value<'p>) -> String {
        match value.node() {
            Node::None => "None".to_owned(),
            Node::Bool(flag) => if *flag { "True" } else { "False" }.to_owned(),
            Node::Int(number) => format!("i{number}"),
            Node::BigInt(_) => "big".to_owned(),
            Node::Float(number) => format!("f{:016x}", number.to_bits()),
            Node::Str(text) => format!("s{}", hex(text.as_bytes())),
            Node::Bytes(_) | Node::OwnedBytes(_) => {
                let bytes = value.to_bytes().unwrap();
                format!("b{}:{:016x}", bytes.len(), fnv(&bytes))
            }
            Node::Global(_) => self.name(value),
            Node::Tuple(ids) if ids.is_empty() => "()".to_owned(),
            _ => match self.seen.get(&value.id()) {
                Some(number) => format!("#{number}"),
                None => {
                    let number = self.seen.len();
                    self.seen.insert(value.id(), number);
                    format!("#{number}={}", self.container(value))
                }
            },
        }
    }

    /// The name as it is written in the file.
    fn name(&self, value: Value<'p>) -> String {
        let Node::Global(index) = value.node() else { return "()".to_owned() };
        let import = &self.pickle.imports()[*index as usize];
        format!("{}.{}", import.module, import.name)
    }

    fn container(&mut self, value: Value<'p>) -> String {
        match value.node() {
            Node::Tuple(ids) => format!("({})", self.all(ids)),
            Node::List(ids) => format!("[{}]", self.all(ids)),
            Node::Set(ids) => self.set(ids),
            Node::FrozenSet(ids) => self.set(ids),
            Node::Dict(pairs) => format!("{{{}}}", self.pairs(pairs)),
            Node::Object(object) => {
                let callee = self.pickle.value(object.callee);
                let Node::Tuple(args) = self.pickle.value(object.args).node() else { panic!("no tuple of arguments") };
                let mut out = format!("{}({})", self.text(callee), self.all(args));
                if let Some(kwargs) = object.kwargs.map(|id| self.pickle.value(id)).filter(|k| !k.entries().is_empty())
                {
                    out += &format!(" kwargs {}", self.text(kwargs));
                }
                if let Some(state) = object.state.map(|id| self.pickle.value(id)).filter(|state| !state.is_none()) {
                    out += &format!(" state {}", self.text(state));
                }
                if !object.items.is_empty() {
                    out += &format!(" items [{}]", self.all(&object.items));
                }
                if !object.pairs.is_empty() {
                    out += &format!(" pairs [{}]", self.pairs(&object.pairs));
                }
                out
            }
            other => panic!("{other:?}"),
        }
    }

    /// As a dictionary of Python keeps them: a repeated text stands where it was first, with its last value.
    fn distinct(&self, pairs: &[(Id, Id)]) -> Vec<(Id, Id)> {
        let mut kept: Vec<(Id, Id)> = Vec::new();
        let mut places = HashMap::new();
        for (key, value) in pairs {
            if let Node::Str(text) = self.pickle.value(*key).node() {
                let place = *places.entry(text).or_insert(kept.len());
                if let Some(earlier) = kept.get_mut(place) {
                    earlier.1 = *value;
                    continue;
                }
            }
            kept.push((*key, *value));
        }
        kept
    }

    fn all(&mut self, ids: &[Id]) -> String {
        let texts: Vec<String> = ids.iter().map(|id| self.text(self.pickle.value(*id))).collect();
        texts.join(",")
    }

    fn set(&mut self, ids: &[Id]) -> String {
        let mut texts: Vec<String> = ids.iter().map(|id| self.text(self.pickle.value(*id))).collect();
        texts.sort();
        format!("{{{}}}", texts.join(","))
    }

    fn pairs(&mut self, pairs: &[(Id, Id)]) -> String {
        let texts: Vec<String> = self
            .distinct(pairs)
            .iter()
            .map(|(key, value)| {
                let key = self.text(self.pickle.value(*key));
                format!("{key}:{}", self.text(self.pickle.value(*value)))
            })
            .collect();
        texts.join(",")
    }
}

/// The dump of the first stream; `None` for a file that is refused.
fn dump(bytes: &[u8]) -> Option<String> {
    let pickle = Pickle::open(bytes, &Limits::default()).ok()?;
    let mut dump = Dump { pickle: &pickle, seen: HashMap::new() };
    let mut out = String::new();
    let end = bytes.len() as u64 - pickle.trailing_bytes;
    for call in pickle.calls().iter().filter(|call| call.offset < end) {
        let Node::Object(object) = pickle.result_of(*call).node() else { panic!("a call without an object") };
        let how = match object.made {
            Made::Reduce => "reduce",
            Made::New => "new",
            Made::Instance => "instance",
        };
        let Node::Tuple(args) = pickle.value(object.args).node() else { panic!("no tuple of arguments") };
        let callee = dump.name(pickle.value(object.callee));
        let _ = writeln!(out, "{} {how} {callee} {}", call.offset, args.len());
    }
    let root = dump.text(pickle.root());
    Some(out + &root + "\n")
}

#[test]
fn graphs_are_those_of_the_reference_machine() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let list = String::from_utf8(data("canonical.txt")).unwrap();
    let (mut same, mut stricter) = (0, 0);
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let [name, calls, hash] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let bytes = match name.strip_prefix("hex:") {
            Some(hex) => unhex(hex),
            None => std::fs::read(root.join(name)).unwrap_or_else(|error| panic!("{name}: {error}")),
        };
        let Some(text) = dump(&bytes) else {
            // Stricter than Python is allowed, for attacks only; laxer never is.
            assert!(name.starts_with("hex:"), "{name}");
            stricter += u32::from(calls != "refused");
            continue;
        };
        assert_ne!(calls, "refused", "{name} is opened, and the reference machine refuses it");
        let case =
            Path::new(name).parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let whole = root.join(format!("crates/pickle/tests/data/canonical-{case}.txt"));
        if let Ok(expected) = std::fs::read_to_string(whole) {
            let differs = text.lines().zip(expected.lines()).position(|(own, reference)| own != reference);
            assert_eq!(differs, None, "{name}: line that differs");
        }
        assert_eq!((text.lines().count() - 1).to_string(), calls, "{name}: calls");
        assert_eq!(format!("{:016x}", fnv(text.as_bytes())), hash, "{name}: `python canonical.py FILE` has the dump");
        same += 1;
    }
    assert!(same >= 100, "{same} files");
    assert!(stricter <= 12, "{stricter} files");
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).unwrap() as u8;
    text.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}
