//! Tensors whose data is in another file: such a graph would make the runtime open a path that the file names.

use super::protobuf::{Field, Fields, all, last};

/// Depth of subgraphs that is looked into.
const DEPTH: usize = 32;

/// True when a tensor of the model refers to data outside of the file, or subgraphs nest too deeply to tell.
pub fn has_external_data(model: &[u8]) -> bool {
    Fields::new(model).any(|(number, field)| match number {
        7 => graph(field.bytes(), DEPTH),
        // Functions (ModelProto 25): their nodes are field 7. Training information (20): graphs in 1 and 2.
        25 => all(field.bytes(), 7).any(|n| node(n.bytes(), DEPTH)),
        20 => Fields::new(field.bytes()).any(|(n, f)| n <= 2 && graph(f.bytes(), DEPTH)),
        _ => false,
    })
}

fn graph(bytes: &[u8], depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return true };
    Fields::new(bytes).any(|(number, field)| match number {
        1 => node(field.bytes(), depth),
        5 => tensor(field.bytes()),
        15 => sparse(field.bytes()),
        _ => false,
    })
}

fn node(bytes: &[u8], depth: usize) -> bool {
    all(bytes, 5).any(|attribute| {
        Fields::new(attribute.bytes()).any(|(number, field)| match number {
            5 | 10 => tensor(field.bytes()),
            6 | 11 => graph(field.bytes(), depth),
            22 | 23 => sparse(field.bytes()),
            _ => false,
        })
    })
}

/// SparseTensorProto: values in 1, indices in 2.
fn sparse(bytes: &[u8]) -> bool {
    Fields::new(bytes).any(|(number, field)| number <= 2 && tensor(field.bytes()))
}

/// TensorProto: external_data is field 13, data_location field 14 (1 is external).
fn tensor(bytes: &[u8]) -> bool {
    last(bytes, 13).is_some() || matches!(last(bytes, 14), Some(Field::Number(n)) if n != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrap(number: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2, content.len() as u8];
        out.extend_from_slice(content);
        out
    }

    #[test]
    fn external_tensors_are_found_at_any_depth() {
        let external = [14 << 3, 1];
        let initializer = wrap(5, &external);
        assert!(has_external_data(&wrap(7, &initializer)));
        // A subgraph in the attribute of a node.
        let node = wrap(1, &wrap(5, &wrap(6, &initializer)));
        assert!(has_external_data(&wrap(7, &node)));
        assert!(!has_external_data(&wrap(7, &wrap(5, &[14 << 3, 0]))));
    }
}
