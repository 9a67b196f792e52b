//! `cargo xtask release --dry-run`: everything that a release uploads, made and checked, and nothing uploaded.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::tools::{TaskError, cargo, read_bytes, read_text, root, run, target, write};
use crate::{filter, js, kong_plugin, node, package, wheel};

/// The packages for crates.io, in the order in which they need each other.
const CRATES: [&str; 3] = ["gatepass", "gatepass-filter", "gatepass-cli"];

/// Makes the files of a release in `target/release-VERSION`, with their digests, and says what they are.
///
/// # Errors
///
/// [`TaskError`] if a version differs, a file is missing or something does not build.
pub fn dry_run() -> Result<(), TaskError> {
    let version = env!("CARGO_PKG_VERSION");
    one_version(version)?;
    let folder = target().join(format!("release-{version}"));
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(TaskError::File { path: folder, source: error });
        }
        _ => {}
    }
    let mut files = crates(version)?;
    files.push(npm(&folder)?);
    files.push(wheel::build()?);
    let filter = filter::build_and_check()?;
    files.push(package::write_to(&filter, &target().join("package"))?);
    files.push(kong_plugin::pack(&filter)?);
    let mut sums = String::new();
    println!("\nwhat a release of {version} uploads, in `{}`:", folder.display());
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = read_bytes(&file)?;
        write(&folder.join(&name), &bytes)?;
        println!("{:>9} bytes  {name}", bytes.len());
        sums.extend([package::digest(&bytes).as_str(), "  ", &name, "\n"]);
    }
    write(&folder.join("SHA256SUMS"), sums.as_bytes())?;
    println!("nothing was uploaded");
    Ok(())
}

/// Every package says the version of the workspace, and the changelog tells of it or of what comes next.
fn one_version(version: &str) -> Result<(), TaskError> {
    let mut wrong = Vec::new();
    for file in ["bindings/js/package.json", "bindings/kong-plugin/package.json"] {
        let package: Value =
            serde_json::from_str(&read_text(&root().join(file))?).map_err(TaskError::other)?;
        if package.get("version").and_then(Value::as_str) != Some(version) {
            wrong.push(file);
        }
    }
    for (file, line) in [
        ("bindings/python/pyproject.toml", format!("version = \"{version}\"")),
        ("bindings/python/src/gatepass/__init__.py", format!("__version__ = \"{version}\"")),
    ] {
        if !read_text(&root().join(file))?.lines().any(|said| said == line) {
            wrong.push(file);
        }
    }
    let changes = read_text(&root().join("CHANGELOG.md"))?;
    if !["Unreleased", version].iter().any(|title| changes.contains(&format!("## {title}\n"))) {
        wrong.push("CHANGELOG.md");
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(TaskError::other(format!(
        "of another version than {version}, which Cargo.toml says: {}",
        wrong.join(", ")
    )))
}

/// The packages for crates.io, each built from what would be uploaded.
fn crates(version: &str) -> Result<Vec<PathBuf>, TaskError> {
    let into = target().join("release-check");
    let mut package = cargo();
    package.args(["package", "--locked", "--offline", "--allow-dirty", "--quiet", "--target-dir"]).arg(&into);
    for name in CRATES {
        package.args(["--package", name]);
    }
    run(&mut package, "run `cargo fetch --locked` once with a network")?;
    Ok(CRATES.iter().map(|name| into.join(format!("package/{name}-{version}.crate"))).collect())
}

fn npm(folder: &Path) -> Result<PathBuf, TaskError> {
    let sources = js::build()?;
    let into = folder.join("npm");
    std::fs::create_dir_all(&into).map_err(|source| TaskError::File { path: into.clone(), source })?;
    let mut pack = node::npm(&sources);
    run(pack.args(["pack", "--silent", "--pack-destination"]).arg(&into), "see above")?;
    let listed = std::fs::read_dir(&into).map_err(|source| TaskError::File { path: into.clone(), source })?;
    let packed = listed.flatten().map(|entry| entry.path()).next();
    packed.ok_or_else(|| TaskError::other("npm pack wrote no archive"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_package_says_one_version() {
        super::one_version(env!("CARGO_PKG_VERSION")).unwrap();
        let error = super::one_version("0.0.0-none").unwrap_err().to_string();
        assert!(
            error.contains(
                "bindings/js/package.json, bindings/kong-plugin/package.json, bindings/python/pyproject.toml"
            ),
            "{error}"
        );
    }
}
