//! The PyPI package: one wheel for every machine, with the npm package's own module in it.

use std::path::{Path, PathBuf};

use crate::python::venv;
use crate::tools::{TaskError, read_bytes, read_text, root, run, target, write};
use crate::wasm;

/// Largest wheel that is shipped.
pub const MAX_WHEEL_BYTES: usize = 1_000_000;

/// Builds the wheel into `target/wheels`; returns its path.
///
/// The sources are copied first, so that what is built never lies among what is committed.
///
/// # Errors
///
/// [`TaskError`] if the module or the wheel cannot be built, or the wheel is too large.
pub fn build() -> Result<PathBuf, TaskError> {
    build_of(&wasm::build()?, &target())
}

/// Builds the wheel with the module of this folder into `wheels` of another.
///
/// # Errors
///
/// As [`build()`].
pub(crate) fn build_of(package: &Path, folder: &Path) -> Result<PathBuf, TaskError> {
    let sources = root().join("bindings/python");
    let stage = folder.join("wheel-sources");
    let wheels = folder.join("wheels");
    for folder in [&stage, &wheels] {
        if folder.is_dir() {
            std::fs::remove_dir_all(folder)
                .map_err(|source| TaskError::File { path: folder.clone(), source })?;
        }
    }
    for file in ["pyproject.toml", "README.md"] {
        write(&stage.join(file), &read_bytes(&sources.join(file))?)?;
    }
    write(&stage.join("LICENSE"), &read_bytes(&root().join("LICENSE"))?)?;
    for file in files(&sources.join("src/gatepass"))? {
        write(&stage.join("src/gatepass").join(name(&file)), &read_bytes(&file)?)?;
    }
    write(&stage.join("src/gatepass").join(wasm::MODULE), &read_bytes(&package.join(wasm::MODULE))?)?;
    check_version(&stage.join("pyproject.toml"))?;
    let mut hatch = venv("python-build", &sources.join("requirements/build.txt"))?.python();
    // The same sources give the same bytes: no time of day is in the archive.
    hatch.current_dir(&stage).env("SOURCE_DATE_EPOCH", "1577836800");
    hatch.args(["-m", "hatchling", "build", "--target", "wheel", "--directory"]).arg(&wheels);
    run(&mut hatch, "see the message above")?;
    let wheel = files(&wheels)?.pop().ok_or_else(|| TaskError::other("hatchling wrote no wheel"))?;
    let size = read_bytes(&wheel)?.len();
    if size > MAX_WHEEL_BYTES {
        return Err(TaskError::other(format!("the wheel has {size} bytes, more than {MAX_WHEEL_BYTES}")));
    }
    println!("{}: {size} bytes", name(&wheel));
    Ok(wheel)
}

/// The files of a folder, in order of their names; what Python itself leaves there is not among them.
fn files(folder: &Path) -> Result<Vec<PathBuf>, TaskError> {
    let failed = |source| TaskError::File { path: folder.to_owned(), source };
    let entries =
        std::fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let mut files: Vec<PathBuf> =
        entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Every package of the repository has one version.
fn check_version(project: &Path) -> Result<(), TaskError> {
    let wanted = format!("version = \"{}\"", env!("CARGO_PKG_VERSION"));
    if read_text(project)?.lines().any(|line| line == wanted) {
        return Ok(());
    }
    Err(TaskError::other(format!("`bindings/python/pyproject.toml` should say `{wanted}`")))
}
