//! Where cases are read from.

use std::collections::BTreeMap;
use std::path::Path;

use super::answers::Files;

/// The archives of the repository: `.tar.xz` with `<version>/<name>/<file>`.
pub fn frozen(folder: &Path) -> Vec<Files> {
    let mut archives: Vec<_> =
        std::fs::read_dir(folder).expect("frozen archives").map(|e| e.expect("entry").path()).collect();
    archives.retain(|path| path.extension().is_some_and(|e| e == "xz"));
    archives.sort();
    archives.iter().flat_map(|path| unpack(&std::fs::read(path).expect("readable"))).collect()
}

fn unpack(archive: &[u8]) -> Vec<Files> {
    let limits = fine_pickle::Limits::default();
    let (content, compression) = fine_pickle::decompress(archive, &limits).expect("an xz archive");
    assert!(compression.is_some(), "an archive is compressed");
    let mut cases: BTreeMap<String, Files> = BTreeMap::new();
    for (path, content) in entries(&content) {
        let (case, file) = path.rsplit_once('/').expect("version/name/file");
        let files =
            cases.entry(case.to_owned()).or_insert_with(|| Files { path: case.to_owned(), files: BTreeMap::new() });
        files.files.insert(file.to_owned(), content.to_vec());
    }
    cases.into_values().collect()
}

/// Regular files of a tar archive (POSIX.1-1988 ustar: blocks of 512 bytes, name at 0, size in octal at 124).
fn entries(tar: &[u8]) -> Vec<(String, &[u8])> {
    let text = |bytes: &[u8]| {
        let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
        String::from_utf8(bytes[..end].to_vec()).expect("text")
    };
    let (mut at, mut out) = (0, Vec::new());
    while let Some(header) = tar.get(at..at + 512).filter(|header| header[0] != 0) {
        let size = usize::from_str_radix(text(&header[124..136]).trim(), 8).expect("a size");
        out.push((text(&header[..100]), &tar[at + 512..at + 512 + size]));
        at += 512 + size.div_ceil(512) * 512;
    }
    out
}

/// Folders with a `case.json`, at most two levels down.
pub fn folder(path: &Path) -> Vec<Files> {
    let mut out = Vec::new();
    walk(path, 0, &mut out);
    out
}

fn walk(path: &Path, depth: usize, out: &mut Vec<Files>) {
    let mut entries: Vec<_> = std::fs::read_dir(path).expect("a folder").map(|e| e.expect("entry").path()).collect();
    entries.sort();
    if path.join("case.json").is_file() {
        let file = |file: &std::path::PathBuf| {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, std::fs::read(file).expect("readable"))
        };
        out.push(Files { path: path.display().to_string(), files: entries.iter().map(file).collect() });
    } else if depth < 2 {
        entries.iter().filter(|e| e.is_dir()).for_each(|e| walk(e, depth + 1, out));
    }
}
