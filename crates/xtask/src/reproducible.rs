//! `cargo xtask reproducible`: two clean builds, in two folders, of everything that ships, byte by byte.

use std::path::{Path, PathBuf};

use crate::package::digest;
use crate::tools::{TaskError, output, read_bytes, root, target, write};
use crate::wasm::{self, Module};
use crate::{filter, wheel};

/// Builds filter, modules and wheel twice, from copies of what is committed or at hand, and compares them.
///
/// # Errors
///
/// [`TaskError`] if something does not build, or differs.
pub fn run_twice() -> Result<(), TaskError> {
    filter::add_wasm_target()?;
    let folder = target().join("reproducible");
    remove(&folder)?;
    // Of another length each, so that a path that gets into a file changes more than its letters.
    let [first, second] = ["one", "the-other-one"].map(|name| built(&folder.join(name)));
    let (first, second) = (first?, second?);
    let mut different = Vec::new();
    for ((name, one), (_, other)) in first.iter().zip(&second) {
        println!("{name:18} {:>8} bytes  sha256 {}", one.len(), digest(one));
        if one != other {
            different.push(name.as_str());
        }
    }
    // A third of the disk that the builds took is of no more use.
    remove(&folder)?;
    if different.is_empty() {
        return Ok(());
    }
    Err(TaskError::other(format!("two builds gave different bytes: {}", different.join(", "))))
}

/// What ships, by name.
type Built = Vec<(String, Vec<u8>)>;

fn built(folder: &Path) -> Result<Built, TaskError> {
    let (sources, target) = (folder.join("gatepass"), folder.join("target"));
    copy_sources(&sources)?;
    let mut all = Built::new();
    let mut take = |name: &str, file: &Path| -> Result<(), TaskError> {
        all.push((name.to_owned(), read_bytes(file)?));
        Ok(())
    };
    take("filter", &filter::MODULE.build(&sources, &target)?)?;
    for (name, module) in [("npm: whole", Module::Whole), ("npm: view", Module::View)] {
        let (package, module) = module.recipe();
        let package = folder.join(package);
        wasm::glue(&module.build(&sources, &target)?, &package)?;
        take(name, &package.join(wasm::MODULE))?;
        take(&format!("{name} (JavaScript)"), &package.join("gatepass.js"))?;
        if matches!(module.features, []) {
            take("wheel", &wheel::build_of(&package, &folder.join("wheel"))?)?;
        }
    }
    Ok(all)
}

/// Every file that git knows, or would.
fn copy_sources(into: &Path) -> Result<(), TaskError> {
    let mut list = std::process::Command::new("git");
    list.current_dir(root()).args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    for name in output(&mut list, "install git")?.lines() {
        let from = root().join(name);
        // What git knows may have been removed since.
        if from.is_file() {
            write(&into.join(name), &read_bytes(&from)?)?;
        }
    }
    Ok(())
}

fn remove(folder: &PathBuf) -> Result<(), TaskError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(TaskError::File { path: folder.clone(), source: error })
        }
        _ => Ok(()),
    }
}
