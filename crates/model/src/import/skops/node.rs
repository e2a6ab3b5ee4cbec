//! Nodes of `schema.json` as pickle opcodes.

use std::collections::{HashMap, HashSet};

use fine_pickle::Archive;

use super::super::ImportError;
use super::super::doc::{Doc, malformed};
use super::npy::{Npy, write_shape};
use super::stream::Stream;

/// Objects whose content is never needed for a prediction.
const INERT: [&str; 3] = ["RandomStateNode", "RandomGeneratorNode", "MethodNode"];

/// Walks the nodes of an archive.
pub(super) struct Walk<'z> {
    archive: &'z Archive<'z>,
    out: Stream,
    /// From the identity of an object in the saving process to the place where it is remembered.
    seen: HashMap<u64, u32>,
    /// Bytes that the stream may grow to.
    most: usize,
}

fn fields(node: &Doc) -> Result<&[(String, Doc)], ImportError> {
    let Doc::Object(pairs) = node else { return Err(malformed("schema.json", "a node is no object")) };
    // Readers differ in which of two equal keys they take.
    let mut names = HashSet::with_capacity(pairs.len());
    match pairs.iter().find(|(name, _)| !names.insert(name.as_str())) {
        None => Ok(pairs),
        Some((name, _)) => Err(malformed("schema.json", format!("key {name:?} is there twice"))),
    }
}

impl<'z> Walk<'z> {
    pub(super) fn new(archive: &'z Archive<'z>, most: usize) -> Self {
        Self { archive, out: Stream::new(), seen: HashMap::new(), most }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.out.finish()
    }

    /// Writes a node; one that was met before by its identity is not read again, as in the library.
    pub(super) fn node(&mut self, node: &Doc) -> Result<(), ImportError> {
        fields(node)?;
        let identity = match node.find("__id__") {
            None => None,
            Some(Doc::Number(id)) if id.fract() == 0.0 && (0.0..9e15).contains(id) => Some(*id as u64),
            Some(_) => return Err(malformed("__id__", "is no identity")),
        };
        if let Some(memo) = identity.and_then(|id| self.seen.get(&id)) {
            self.out.recall(*memo);
            return Ok(());
        }
        self.written(node)?;
        if self.out.len() > self.most {
            return Err(ImportError::Limit { what: "bytes", value: self.out.len() as u64, limit: self.most as u64 });
        }
        if let Some(id) = identity {
            self.seen.insert(id, self.out.remember());
        }
        Ok(())
    }

    fn class(&mut self, node: &Doc) -> Result<(), ImportError> {
        let (module, class) = (node.text("__module__")?, node.text("__class__")?);
        self.out.global(module, class);
        Ok(())
    }

    fn written(&mut self, node: &Doc) -> Result<(), ImportError> {
        let loader = node.text("__loader__")?;
        match loader {
            "JsonNode" => self.json(node.text("content")?),
            "ListNode" => self.list(node),
            "TupleNode" => {
                self.out.mark();
                self.each(node.list("content")?)?;
                self.out.tuple();
                Ok(())
            }
            "SetNode" => {
                self.out.empty_set();
                self.out.mark();
                self.each(node.list("content")?)?;
                self.out.add_items();
                Ok(())
            }
            "DictNode" => self.dict(node.get("content")?, node.find("key_types")),
            "DefaultDictNode" | "_DictWithDeprecatedKeysNode" => self.node(node.get("content.main")?),
            "TypeNode" | "FunctionNode" => self.class(node),
            "SliceNode" => self.slice(node),
            "BytesNode" | "BytearrayNode" => {
                let content = self.archive.read(node.text("file")?)?;
                self.out.bytes(&content);
                Ok(())
            }
            "NdArrayNode" => self.array(node),
            "MaskedArrayNode" => self.node(node.get("content.data")?),
            // The type is that of an empty array; one of objects is a list.
            "DTypeNode" if node.text("content.type")? == "json" => {
                self.object_type();
                Ok(())
            }
            "DTypeNode" => {
                let file = node.text("content.file")?;
                let content = self.archive.read(file)?;
                Npy::read(file, &content)?.write_dtype(&mut self.out);
                Ok(())
            }
            "SparseMatrixNode" => self.sparse(node),
            "PartialNode" => {
                self.out.global("functools", "partial");
                self.out.mark();
                self.node(node.get("content.func")?)?;
                self.out.tuple();
                self.out.reduce();
                self.out.mark();
                for part in ["func", "args", "kwds", "namespace"] {
                    self.node(node.get(&format!("content.{part}"))?)?;
                }
                self.out.tuple();
                self.out.build();
                Ok(())
            }
            "ObjectNode" => {
                self.class(node)?;
                self.out.empty_tuple();
                self.out.new_object();
                self.state(node)
            }
            "TreeNode" | "LossNode" | "ReduceNode" | "QuantileForestNode" => {
                self.class(node)?;
                self.node(node.get("__reduce__.args")?)?;
                self.out.reduce();
                self.state(node)
            }
            "ConstructorFromReduceNode" => {
                self.class(node)?;
                self.node(node.get("content")?)?;
                self.out.reduce();
                Ok(())
            }
            // The class of a method is that of its object: a call of it is never written.
            other if INERT.contains(&other) => {
                self.class(node)?;
                self.out.empty_tuple();
                self.out.new_object();
                Ok(())
            }
            other => {
                let what = format!("skops {}", other.chars().take(60).collect::<String>());
                Err(ImportError::Unsupported { what, why: "this kind of node is not read".to_owned() })
            }
        }
    }

    fn each(&mut self, nodes: &[Doc]) -> Result<(), ImportError> {
        nodes.iter().try_for_each(|node| self.node(node))
    }

    fn list(&mut self, node: &Doc) -> Result<(), ImportError> {
        self.out.empty_list();
        self.out.mark();
        self.each(node.list("content")?)?;
        self.out.append();
        Ok(())
    }

    /// The state of an object, when it has one.
    fn state(&mut self, node: &Doc) -> Result<(), ImportError> {
        if let Some(content) = node.find("content").filter(|content| **content != Doc::Null) {
            self.node(content)?;
            self.out.build();
        }
        Ok(())
    }

    /// A plain value in JSON of its own.
    fn json(&mut self, text: &str) -> Result<(), ImportError> {
        match text {
            "null" => self.out.none(),
            "true" => self.out.bool(true),
            "false" => self.out.bool(false),
            "NaN" => self.out.float(f64::NAN),
            "Infinity" => self.out.float(f64::INFINITY),
            "-Infinity" => self.out.float(f64::NEG_INFINITY),
            _ if text.starts_with('"') => {
                let text: String = serde_json::from_str(text).map_err(|e| malformed("content", e.to_string()))?;
                self.out.text(&text);
            }
            _ => match (text.parse::<i64>(), text.parse::<f64>()) {
                (Ok(whole), _) => self.out.int(whole),
                (Err(_), Ok(number)) if text.contains(['.', 'e', 'E']) => self.out.float(number),
                // A whole number beyond 64 bits is a seed or the like; as a float it keeps its size.
                (Err(_), Ok(number)) if text.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit()) => {
                    self.out.float(number);
                }
                _ => return Err(malformed("content", "a plain value is neither number nor text")),
            },
        }
        Ok(())
    }

    fn dict(&mut self, content: &Doc, types: Option<&Doc>) -> Result<(), ImportError> {
        let pairs = fields(content)?;
        let types = match types {
            None => &[][..],
            Some(types) => types.list("content")?,
        };
        if !types.is_empty() && types.len() != pairs.len() {
            return Err(malformed("key_types", format!("{} for {} keys", types.len(), pairs.len())));
        }
        self.out.empty_dict();
        self.out.mark();
        for (i, (key, value)) in pairs.iter().enumerate() {
            let kind = types.get(i).map_or(Ok("str"), |kind| kind.text("__class__"))?;
            self.key(key, kind)?;
            self.node(value)?;
        }
        self.out.set_items();
        Ok(())
    }

    /// A key, which JSON holds as text.
    fn key(&mut self, key: &str, kind: &str) -> Result<(), ImportError> {
        let wrong = || malformed("key_types", format!("{:?} as {kind:?}", key.chars().take(40).collect::<String>()));
        match kind {
            "str" | "str_" => self.out.text(key),
            "NoneType" => self.out.none(),
            "bool" | "bool_" => self.out.bool(match key {
                "True" | "true" => true,
                "False" | "false" => false,
                _ => return Err(wrong()),
            }),
            _ if kind.contains("int") => self.out.int(key.parse().map_err(|_| wrong())?),
            _ if kind.contains("float") => self.out.float(key.parse().map_err(|_| wrong())?),
            _ => return Err(wrong()),
        }
        Ok(())
    }

    fn slice(&mut self, node: &Doc) -> Result<(), ImportError> {
        self.out.global("builtins", "slice");
        self.out.mark();
        for part in ["content.start", "content.stop", "content.step"] {
            match node.get(part)? {
                Doc::Null => self.out.none(),
                Doc::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => self.out.int(*n as i64),
                Doc::Text(text) => self.out.text(text),
                _ => return Err(malformed(part, "is no bound of a slice")),
            }
        }
        self.out.tuple();
        self.out.reduce();
        Ok(())
    }

    fn array(&mut self, node: &Doc) -> Result<(), ImportError> {
        if node.text("type")? != "json" {
            let file = node.text("file")?;
            let content = self.archive.read(file)?;
            let array = Npy::read(file, &content)?;
            if node.text("__class__")? == "ndarray" {
                array.write(&mut self.out);
                return Ok(());
            }
            return array.write_scalar(file, &mut self.out);
        }
        let shape = node.get("shape")?;
        let side = |node: &Doc| node.text("content")?.parse().map_err(|_| malformed("shape", "is no number"));
        let shape: Vec<i64> = shape.list("content")?.iter().map(side).collect::<Result<_, ImportError>>()?;
        self.out.global("numpy.core.multiarray", "_reconstruct");
        self.out.mark();
        self.out.global("numpy", "ndarray");
        write_shape(&mut self.out, &[0]);
        self.out.bytes(b"b");
        self.out.tuple();
        self.out.reduce();
        self.out.mark();
        self.out.int(1);
        write_shape(&mut self.out, &shape);
        self.object_type();
        self.out.bool(false);
        self.out.empty_list();
        self.out.mark();
        self.items(node.get("content")?, shape.len())?;
        self.out.append();
        self.out.tuple();
        self.out.build();
        Ok(())
    }

    /// The element type of an object array.
    fn object_type(&mut self) {
        self.out.global("numpy", "dtype");
        self.out.mark();
        self.out.text("O8");
        self.out.bool(false);
        self.out.bool(true);
        self.out.tuple();
        self.out.reduce();
    }

    /// The elements of an object array, row by row; each axis is a list of its own.
    fn items(&mut self, content: &Doc, axes: usize) -> Result<(), ImportError> {
        let items = match content {
            Doc::List(items) => items.as_slice(),
            Doc::Numbers(items) if items.is_empty() => &[],
            _ => return Err(malformed("content", "an object array is no list")),
        };
        if axes <= 1 {
            return self.each(items);
        }
        items.iter().try_for_each(|row| self.items(row.get("content")?, axes - 1))
    }

    /// A sparse matrix: an archive of arrays inside of the archive.
    fn sparse(&mut self, node: &Doc) -> Result<(), ImportError> {
        let file = node.text("file")?;
        let content = self.archive.read(file)?;
        let inner = Archive::open(&content, &fine_pickle::Limits::default())?;
        let array = |name: &str| inner.read(&format!("{name}.npy"));
        self.class(node)?;
        self.out.empty_tuple();
        self.out.new_object();
        self.out.empty_dict();
        self.out.mark();
        for (attr, name) in [("_shape", "shape"), ("data", "data"), ("indices", "indices"), ("indptr", "indptr")] {
            let content = array(name)?;
            self.out.text(attr);
            Npy::read(file, &content)?.write(&mut self.out);
        }
        self.out.set_items();
        self.out.build();
        Ok(())
    }
}
