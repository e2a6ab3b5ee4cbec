//! Damaged files end in an error or in values, never in a panic.

use fine_pickle::{Id, Limits, Node, Pickle, Value};
use proptest::prelude::*;

use crate::data;

const FILES: &[&str] = &[
    "values.p0.pkl",
    "values.p2.pkl",
    "values.p4.pkl",
    "values.p5.pkl",
    "values.joblib",
    "index.p2.pkl",
    "index.p4.pkl",
];

/// Reads everything there is to read, from the root and from the log.
fn exercise(bytes: &[u8]) {
    let limits = Limits { nodes: 200_000, opcodes: 2_000_000, materialised_bytes: 16 << 20, ..Limits::default() };
    let Ok(pickle) = Pickle::open(bytes, &limits) else { return };
    let _ = pickle.dangerous_calls();
    let mut seen = std::collections::HashSet::<Id>::new();
    let mut todo = vec![pickle.root()];
    todo.extend(pickle.calls().iter().map(|call| pickle.result_of(*call)));
    while let Some(value) = todo.pop() {
        if !seen.insert(value.id()) {
            continue;
        }
        read(value);
        todo.extend(value.args());
        todo.extend(value.entries().into_iter().chain(value.attrs()).flat_map(|(key, value)| [key, value]));
        if matches!(value.node(), Node::List(_) | Node::Tuple(_) | Node::Set(_)) {
            todo.extend(value.items().unwrap_or_default());
        }
    }
}

fn read(value: Value<'_>) {
    let _ = (value.scalar(), value.text(), value.to_bytes(), value.dtype(), value.preview(100), value.class_key());
    if let Ok(array) = value.array() {
        let _ = (array.to_f64(), array.to_i64(), array.scalars());
        for field in &array.dtype.fields {
            let _ = array.field(&field.name);
        }
    }
}

fn mutate(bytes: &mut Vec<u8>, edits: &[(u8, usize, u8, usize)]) {
    for (kind, at, byte, length) in edits {
        if bytes.is_empty() {
            return;
        }
        let at = at % bytes.len();
        let end = (at + length % 24).min(bytes.len());
        match kind % 5 {
            0 => bytes.truncate(at),
            1 => bytes[at] = *byte,
            2 => bytes[at] ^= 1 << (byte % 8),
            3 => drop(bytes.drain(at..end)),
            _ => {
                let piece = bytes[at..end].to_vec();
                let to = (*byte as usize * 37) % bytes.len();
                bytes.splice(to..to, piece);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_never_panic(
        file in 0..FILES.len(),
        edits in prop::collection::vec((any::<u8>(), any::<usize>(), any::<u8>(), any::<usize>()), 1..8),
    ) {
        let mut bytes = data(FILES[file]);
        mutate(&mut bytes, &edits);
        exercise(&bytes);
    }

    #[test]
    fn random_opcodes_never_panic(tail in prop::collection::vec(any::<u8>(), 0..200)) {
        exercise(&[b"\x80\x04", tail.as_slice()].concat());
    }
}
