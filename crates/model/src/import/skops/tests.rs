//! Schemas that no honest saver writes.

use super::*;

/// An archive with nothing but this schema, stored.
fn archive(schema: &str) -> Vec<u8> {
    let checksum = schema.bytes().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    });
    let (name, size) = (b"schema.json", schema.len() as u32);
    let mut fields = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for number in [!checksum, size, size] {
        fields.extend(number.to_le_bytes());
    }
    fields.extend([name.len() as u8, 0, 0, 0]);
    let entry = [b"PK\x03\x04", &fields[..], name, schema.as_bytes()].concat();
    let directory = [b"PK\x01\x02\x14\0", &fields[..], &[0; 14], name].concat();
    let mut out = [&entry[..], &directory, b"PK\x05\x06\0\0\0\0\x01\0\x01\0"].concat();
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend((entry.len() as u32).to_le_bytes());
    out.extend([0, 0]);
    out
}

fn error(root: &str) -> ImportError {
    let (schema, mut facts) = (root.replacen('{', "{\"protocol\":2,", 1), ModelFacts::default());
    read_with(&archive(&schema), &Part::default(), &Limits::default(), &mut facts).unwrap_err()
}

fn node(loader: &str, module: &str, class: &str, rest: &str) -> String {
    format!(r#"{{"__loader__":"{loader}","__module__":"{module}","__class__":"{class}"{rest}}}"#)
}

fn plain(json: &str, id: u32) -> String {
    let content = serde_json::to_string(json).expect("text");
    node("JsonNode", "builtins", "str", &format!(r#","content":{content},"__id__":{id}"#))
}

#[test]
fn an_object_is_read_once_by_its_identity() {
    let items = [plain("1", 7), plain("2", 7), plain("3", 8)].join(",");
    let root = node("ListNode", "builtins", "list", &format!(r#","content":[{items}]"#));
    let bytes = archive(&root);
    let archive = Archive::open(&bytes, &fine_pickle::Limits::default()).unwrap();
    let mut walk = Walk::new(&archive, 1 << 20);
    walk.node(&json::read_all(root.as_bytes(), &Limits::default()).unwrap()).unwrap();
    let stream = walk.finish();
    let pickle = fine_pickle::Pickle::open(&stream, &fine_pickle::Limits::default()).unwrap();
    let numbers: Vec<_> = pickle.root().items().unwrap().into_iter().filter_map(|item| item.as_usize()).collect();
    assert_eq!(numbers, [1, 1, 3]);
}

#[test]
fn code_is_listed_and_never_run() {
    let system = node("ObjectNode", "os", "system", "");
    assert_eq!(error(&system).code(), "danger");
    let function = node("FunctionNode", "os", "system", "");
    let keys = node("ListNode", "builtins", "list", r#","content":[]"#);
    let state = format!(r#","content":{{"func":{function}}},"key_types":{keys}"#);
    let state = node("DictNode", "builtins", "dict", &state);
    let step = node("ObjectNode", "sklearn.svm", "SVC", &format!(r#","content":{state}"#));
    assert_ne!(error(&step).code(), "danger");
}

#[test]
fn what_is_not_understood_is_refused() {
    let unknown = node("EvalNode", "builtins", "str", "");
    assert_eq!(error(&unknown).code(), "unsupported-estimator");
    let twice = node("ListNode", "builtins", "list", r#","content":[],"content":[]"#);
    assert_eq!(error(&twice).code(), "malformed");
    let elsewhere = node("NdArrayNode", "numpy", "ndarray", r#","type":"numpy","file":"../../etc/passwd""#);
    assert_eq!(error(&elsewhere).code(), "malformed");
    let item = |inner: &str| node("ListNode", "builtins", "list", &format!(r#","content":[{inner}]"#));
    let deep = (0..200).fold(plain("1", 1), |inner, _| item(&inner));
    assert_eq!(error(&deep).code(), "malformed");
    assert_eq!(error("{\"__loader__\":\"ListNode\"}").code(), "malformed");
}
