//! What is installed is what was tested: lock files name every npm package's bytes by their digest and no registry, and
//! requirements files pin every version. This is what an audit can check without a network; `CONTRIBUTING.md` says how
//! the rest is asked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The repository's files whose names end so, as git knows them, or as they lie there where there is no git.
fn files(end: &str) -> Vec<PathBuf> {
    let listed = Command::new("git").current_dir(root()).args(["ls-files", "-z"]).output();
    let listed = listed.expect("git lists the repository's files: install git").stdout;
    let names = String::from_utf8(listed).unwrap();
    let found: Vec<PathBuf> =
        names.split('\0').filter(|name| name.ends_with(end)).map(PathBuf::from).collect();
    assert!(!found.is_empty(), "no file ends with `{end}`: run this in a clone");
    found
}

#[test]
fn every_npm_package_is_known_by_its_digest() {
    for file in files("package-lock.json") {
        let lock: Value = serde_json::from_slice(&fs::read(root().join(&file)).unwrap()).unwrap();
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
        files(".txt").into_iter().filter(|file| file.to_string_lossy().contains("requirements"));
    let mut pinned = 0;
    for file in requirements {
        let text = fs::read_to_string(root().join(&file)).unwrap();
        for line in
            text.lines().map(|line| line.split('#').next().unwrap().trim()).filter(|line| !line.is_empty())
        {
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
