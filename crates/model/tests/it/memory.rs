//! What opening a forest costs.

use std::process::Command;

use fine_model::import::{Limits, open};

/// Set for the process that opens the forest alone, without other tests that allocate beside it.
const ALONE: &str = "FINE_MODEL_TEST_ALONE";

#[test]
fn a_forest_takes_less_memory_than_its_file() {
    if std::env::var_os(ALONE).is_none() {
        let me = std::env::current_exe().expect("this program");
        let test = "memory::a_forest_takes_less_memory_than_its_file";
        let child = Command::new(me).args(["--exact", test, "--nocapture"]).env(ALONE, "1").output();
        let child = child.expect("a child process");
        let said = String::from_utf8_lossy(&child.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&child.stderr).into_owned();
        assert!(child.status.success() && said.contains("1 passed"), "{said}\n{wrong}");
        return;
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/german/credit_forest.pkl");
    let file = std::fs::read(path).expect("the forest of the examples");
    // Once before: tables of names are made at the first file.
    drop(open(&file, &Limits::default(), None).expect("opens"));
    let region = stats_alloc::Region::new(crate::MEMORY);
    let opened = open(&file, &Limits::default(), None).expect("opens");
    let allocated = region.change().bytes_allocated;
    let mut model = opened.model.expect("a model");
    assert!(model.facts.nodes > 10_000);
    // What is said about the file does not grow with its trees' nodes.
    drop((opened.facts, std::mem::take(&mut model.facts)));
    let used = region.change();
    let kept = used.bytes_allocated.saturating_sub(used.bytes_deallocated);
    let size = file.len();
    println!("{size} bytes of file, {kept} kept, {allocated} allocated");
    // 40 bytes a node and 8 a class and leaf, of 64 and 8 a class and node: the file and the model are less than twice the file.
    assert!(kept > size / 2 && kept < size * 3 / 4, "{kept} bytes are kept of a file of {size}");
    // What is read of one tree is given back before the next: the sum over all trees stays a small multiple of the file.
    assert!(allocated < 8 * size, "{allocated} bytes for a file of {size}");
}
