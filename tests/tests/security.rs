//! SECURITY.md names a test for each threat; whoever renames or removes one is told.

#![allow(clippy::unwrap_used, reason = "helpers of a test: what cannot be read fails it")]

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn every_test_that_security_md_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let threats: Vec<&str> =
        page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| who |")).collect();
    assert!(threats.len() > 15, "the table of threats is gone");
    let mut tests = BTreeSet::new();
    for folder in ["crates", "tests/tests", "tests/src"] {
        functions(&root.join(folder), &mut tests);
    }
    let mut named = 0;
    for threat in threats {
        let (_, cell) = threat.trim_end_matches(" |").rsplit_once(" | ").unwrap();
        let before = named;
        for name in cell.split(", ") {
            named += 1;
            let there = match name.strip_prefix("fuzz ") {
                Some(target) => {
                    root.join(format!("tests/fuzz/src/bin/{}.rs", target.trim_matches('`'))).is_file()
                }
                None => tests.contains(name.trim_matches('`')),
            };
            assert!(there, "SECURITY.md names {name}, which is not there");
        }
        assert!(named > before, "no test: {threat}");
    }
}

/// The names of all functions under `#[test]`, or in a `proptest!`.
fn functions(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != "target" && entry.file_name() != "node_modules" {
            functions(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut lines = text.lines().map(str::trim);
            while let Some(line) = lines.next() {
                if line == "#[test]" {
                    let function = lines.find_map(|line| line.split_once("fn ")?.1.split_once('('));
                    names.extend(function.map(|(name, _)| name.to_owned()));
                }
            }
        }
    }
}
