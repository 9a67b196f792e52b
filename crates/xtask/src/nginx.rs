//! Debian's nginx, for the doors of gateways without Wasm.

use std::path::PathBuf;

use crate::debian::DebianProgram;
use crate::tools::TaskError;

const NGINX: DebianProgram = DebianProgram {
    variable: "NGINX",
    usual: "/usr/sbin/nginx",
    package: "nginx",
    remedy: "install nginx with its auth_request module (on Debian: apt-get install nginx), or name one in NGINX",
};

/// Finds nginx, or installs Debian's where that is allowed.
///
/// # Errors
///
/// [`TaskError`] if there is none and it cannot be installed, saying how to get it.
pub fn install() -> Result<PathBuf, TaskError> {
    NGINX.install()
}
