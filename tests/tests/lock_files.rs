//! What is installed is what was tested: lock files name every npm package's bytes by their digest and no registry, and
//! requirements files pin every version. This is what an audit can check without a network; `CONTRIBUTING.md` says how
//! the rest is asked.

#![allow(clippy::unwrap_used, reason = "helpers of a test: a broken expectation is a failed test")]

use std::fs;
use std::path::PathBuf;

use conformance::repository::files;
use serde_json::Value;
use xtask::python::lines;

fn some(end: &str) -> Vec<PathBuf> {
    let found = files("", end);
    assert!(found.len() > 3, "only {} files end with `{end}`", found.len());
    found
}

#[test]
fn every_npm_package_is_known_by_its_digest() {
    for file in some("package-lock.json") {
        let lock: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        for (name, package) in lock["packages"].as_object().unwrap() {
            // The folder itself, a folder of this repository, and the link to one.
            let is_ours = !name.contains("node_modules/") || package["link"] == true;
            let digest = package["integrity"].as_str().unwrap_or_default();
            assert!(is_ours || digest.starts_with("sha512-"), "{}: `{name}` has no digest", file.display());
            let resolved = package["resolved"].as_str().unwrap_or_default();
            assert!(!resolved.contains("://"), "{}: `{name}` names a registry: {resolved}", file.display());
        }
    }
}

#[test]
fn every_requirement_is_pinned() {
    let requirements =
        some(".txt").into_iter().filter(|file| file.to_string_lossy().contains("requirements"));
    let mut pinned = 0;
    for file in requirements {
        for line in lines(&fs::read_to_string(&file).unwrap()) {
            let (name, version) = line.split_once("==").unwrap_or_default();
            let is_exact = !name.is_empty()
                && version.starts_with(|c: char| c.is_ascii_digit())
                && !version.contains('*');
            assert!(is_exact, "{}: `{line}` is not pinned with `==`", file.display());
            pinned += 1;
        }
    }
    assert!(pinned > 20, "only {pinned} requirements were found");
}
