//! Debian's nginx, for the doors of gateways without Wasm.

use std::path::PathBuf;
use std::process::Command;

use crate::tools::{TaskError, run};

const REMEDY: &str =
    "install nginx with its auth_request module (on Debian: apt-get install nginx), or name one in NGINX";

/// Where Debian puts it, which is not on everybody's `PATH`.
const USUAL: &str = "/usr/sbin/nginx";

/// Finds nginx, or installs Debian's where that is allowed.
///
/// # Errors
///
/// [`TaskError`] if there is none and it cannot be installed, saying how to get it.
pub fn install() -> Result<PathBuf, TaskError> {
    let named = std::env::var_os("NGINX").map_or_else(|| PathBuf::from(USUAL), PathBuf::from);
    if !named.is_file() {
        println!("installing Debian's nginx");
        run(Command::new("apt-get").args(["install", "--yes", "--no-install-recommends", "nginx"]), REMEDY)
            .map_err(|error| TaskError::other(format!("{error}; {REMEDY}")))?;
    }
    if named.is_file() { Ok(named) } else { Err(TaskError::other(REMEDY)) }
}
