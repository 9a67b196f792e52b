//! Programs from crates.io that tests need, in the target folder.

use std::path::PathBuf;
use std::process::Command;

use crate::tools::{TaskError, cargo, run, target};

/// A program, its version, and how it is built.
#[derive(Clone, Copy, Debug)]
pub struct CargoTool {
    /// Its name at crates.io and on disk.
    pub name: &'static str,
    /// The version; exactly this one is installed.
    pub version: &'static str,
    /// Features, as arguments.
    pub features: &'static [&'static str],
}

impl CargoTool {
    /// The program, installed if it is not there in this version.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if it cannot be installed.
    pub fn install(&self) -> Result<PathBuf, TaskError> {
        let Self { name, version, features } = *self;
        let tools = target().join("tools");
        let program = tools.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        let told = Command::new(&program).arg("--version").output();
        if told.is_ok_and(|told| String::from_utf8_lossy(&told.stdout).contains(version)) {
            return Ok(program);
        }
        println!("installing {name} {version} into the target folder (a minute or two)");
        let mut install = cargo();
        install.args(["install", "--quiet", "--debug", "--locked", name, "--version", version, "--root"]);
        install.arg(&tools).args(features);
        // Its own target folder, or the workspace's would be built anew with other features.
        install.env_remove("CARGO_TARGET_DIR");
        run(&mut install, "it comes from crates.io, and is installed once")?;
        Ok(program)
    }
}
