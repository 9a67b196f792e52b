//! Node.js: found, checked for its age, and given the packages of a folder, exactly as its lock file names them.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools::{TaskError, output, read_bytes, run, write};

/// The oldest major version that everything here is run with.
pub const OLDEST_NODE: u32 = 20;

const REMEDY: &str =
    "install Node.js 20 or newer with npm (on Debian 13: apt-get install nodejs npm; else nodejs.org)";

/// Checks that Node.js is there and new enough, and returns its version, as `20.20.2`.
///
/// # Errors
///
/// [`TaskError`] if there is no `node`, or an older one, saying what to install.
pub fn version() -> Result<String, TaskError> {
    let said = output(Command::new("node").arg("--version"), REMEDY)?;
    let version = said.trim().trim_start_matches('v').to_owned();
    match major(&version) {
        Some(major) if major >= OLDEST_NODE => Ok(version),
        _ => Err(TaskError::other(format!("Node.js `{version}` is too old; {REMEDY}"))),
    }
}

fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

/// Brings `node_modules` of a folder to what its `package-lock.json` says (`npm ci`), if that has changed since
/// the last time.
///
/// What was installed is noted in `node_modules` itself, so deleting that is enough to begin anew.
///
/// # Errors
///
/// [`TaskError`] if Node.js is missing or too old, there is no lock file, or npm fails.
pub fn install(folder: &Path) -> Result<(), TaskError> {
    let version = version()?;
    let mut wanted = read_bytes(&folder.join("package-lock.json"))?;
    wanted.extend_from_slice(&read_bytes(&folder.join("package.json"))?);
    // Packages with native parts are built for one version of Node.js.
    wanted.extend_from_slice(version.as_bytes());
    let note = folder.join("node_modules/.installed");
    if std::fs::read(&note).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing the npm packages of `{}` (npm ci)", folder.display());
    run(npm(folder).args(["ci", "--no-audit", "--no-fund", "--loglevel", "error"]), REMEDY)?;
    write(&note, &wanted)
}

/// `npm`, in a folder.
pub fn npm(folder: &Path) -> Command {
    // On Windows npm is a batch file, which is only found by its whole name.
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(folder);
    command
}

/// `node`, in a folder: `node(folder).arg("test.mjs")`.
pub fn node(folder: &Path) -> Command {
    let mut command = Command::new("node");
    command.current_dir(folder);
    command
}

/// Runs a script of the folder's `package.json`, with what it needs installed.
///
/// # Errors
///
/// As [`install`]; and [`TaskError::Failed`] if the script fails.
pub fn script(folder: &Path, name: &str) -> Result<(), TaskError> {
    install(folder)?;
    run(npm(folder).args(["run", "--silent", name]), REMEDY)
}

/// A program that a package of the folder brought, such as `publint`.
pub fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join("node_modules/.bin").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(major("20.20.2"), Some(20));
        assert_eq!(major("9.1.0"), Some(9));
        assert_eq!(major("nightly"), None);
    }
}
