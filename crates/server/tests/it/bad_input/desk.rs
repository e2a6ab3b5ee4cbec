//! The command line in a folder of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::says;
use crate::app::{loan_model, loans};

/// A folder with good files, what earlier commands wrote, and the bad files of a test.
pub struct Desk {
    folder: TempDir,
}

impl Desk {
    pub fn with(files: &[(&str, &[u8])]) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        let (data, model) = (loans(200), loan_model());
        std::fs::create_dir(desk.path().join("earlier")).unwrap();
        let good: [(&str, &[u8]); 5] = [
            ("loans.csv", &data),
            ("loan.json", &model),
            ("earlier/result.json", b"{}"),
            ("earlier/report.txt", b"an earlier report"),
            ("earlier.csv", b"prediction\n1\n"),
        ];
        for (name, bytes) in good.iter().chain(files) {
            std::fs::write(desk.path().join(name), bytes).unwrap();
        }
        desk
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Arguments of an audit that would write where an earlier one did.
    pub fn audit<'a>(&self, data: &'a str, model: &'a str, target: &'a str) -> Vec<&'a str> {
        vec!["audit", "--data", data, "--model", model, "--target", target, "--out", "earlier"]
    }

    /// Arguments of a prediction that would write where an earlier one did.
    pub fn predict<'a>(&self, data: &'a str, model: &'a str) -> Vec<&'a str> {
        vec!["predict", "--data", data, "--model", model, "--out", "earlier.csv"]
    }

    pub fn fine(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_fine")).args(arguments).current_dir(self.path()).output().unwrap()
    }

    /// Runs a command that must end with 2, say all of `parts` on standard error, and change nothing on disk.
    pub fn refused(&self, arguments: &[&str], parts: &[&str]) {
        let before = self.files();
        let output = self.fine(arguments);
        let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {out}{error}");
        assert!(error.starts_with("error: failed to "), "{arguments:?}: {error}");
        says(&error, parts);
        assert_eq!(self.files(), before, "{arguments:?} changed something on disk");
    }

    /// Sizes and beginnings of all files.
    fn files(&self) -> BTreeMap<String, (u64, Vec<u8>)> {
        let mut all = BTreeMap::new();
        for folder in [self.path().to_owned(), self.path().join("earlier")] {
            for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap()).filter(|e| e.path().is_file()) {
                let mut head = Vec::new();
                let file = std::fs::File::open(entry.path()).unwrap();
                std::io::Read::read_to_end(&mut std::io::Read::take(file, 1 << 20), &mut head).unwrap();
                all.insert(entry.path().display().to_string(), (entry.metadata().unwrap().len(), head));
            }
        }
        all
    }
}
