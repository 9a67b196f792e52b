//! Programs that Debian has: found, or installed where that is allowed.

use std::path::PathBuf;
use std::process::Command;

use crate::tools::{TaskError, run};

/// A program, and how to have it.
#[derive(Clone, Copy, Debug)]
pub struct DebianProgram {
    /// The variable that names another one.
    pub variable: &'static str,
    /// Where Debian puts it, which is not on everybody's `PATH`.
    pub usual: &'static str,
    /// The package that brings it.
    pub package: &'static str,
    /// What to do where it cannot be installed from here.
    pub remedy: &'static str,
}

impl DebianProgram {
    /// Finds it, or installs Debian's.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if there is none and it cannot be installed, saying how to get it.
    pub fn install(&self) -> Result<PathBuf, TaskError> {
        let Self { variable, usual, package, remedy } = *self;
        let named = std::env::var_os(variable).map_or_else(|| PathBuf::from(usual), PathBuf::from);
        if !named.is_file() {
            println!("installing Debian's {package}");
            run(
                Command::new("apt-get").args(["install", "--yes", "--no-install-recommends", package]),
                remedy,
            )
            .map_err(|error| TaskError::other(format!("{error}; {remedy}")))?;
        }
        if named.is_file() { Ok(named) } else { Err(TaskError::other(remedy)) }
    }
}
