//! Chromium: found, or installed where that is ours to do.

use std::path::PathBuf;
use std::process::Command;

use crate::tools::{TaskError, output, run};

/// Its names on the systems where developers work.
const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chromium.exe"];

const ELSEWHERE: [&str; 4] = [
    "/usr/bin/chromium",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/snap/bin/chromium",
];

const REMEDY: &str =
    "install Chromium (on Debian: apt-get install chromium), or name a browser of its kind in CHROMIUM";

/// The program of a Chromium: the one `CHROMIUM` names, else the first that is installed.
///
/// # Errors
///
/// [`TaskError::Other`] if `CHROMIUM` names no file: then another browser is not what was asked for.
pub fn find() -> Result<Option<PathBuf>, TaskError> {
    if let Some(named) = std::env::var_os("CHROMIUM").filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        return if named.is_file() {
            Ok(Some(named))
        } else {
            Err(TaskError::other(format!("CHROMIUM names `{}`, which is no file", named.display())))
        };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path)
        .flat_map(|folder| NAMES.map(|name| folder.join(name)))
        .find(|program| program.is_file());
    Ok(on_path.or_else(|| ELSEWHERE.map(PathBuf::from).into_iter().find(|program| program.is_file())))
}

/// Finds Chromium; where there is none, installs it with `apt-get` if that is there and we may.
///
/// # Errors
///
/// [`TaskError`] if there is none and it cannot be installed from here, saying how to get it.
pub fn install() -> Result<PathBuf, TaskError> {
    if let Some(program) = find()? {
        return Ok(program);
    }
    if !may_install() {
        return Err(TaskError::other(format!("there is no Chromium; {REMEDY}")));
    }
    println!("installing Chromium (Debian package chromium, about 300 MB) with apt-get");
    let mut apt = Command::new("apt-get");
    apt.args(["install", "--yes", "--quiet", "--no-install-recommends", "chromium"]);
    run(apt.env("DEBIAN_FRONTEND", "noninteractive"), REMEDY)?;
    find()?.ok_or_else(|| TaskError::other(format!("apt-get brought no Chromium; {REMEDY}")))
}

/// Whether we are root on a system with `apt-get`.
fn may_install() -> bool {
    let root = output(Command::new("id").arg("-u"), REMEDY).is_ok_and(|id| id.trim() == "0");
    root && Command::new("apt-get").arg("--version").output().is_ok_and(|said| said.status.success())
}
