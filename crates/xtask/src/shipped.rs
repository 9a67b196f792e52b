//! The modules that ship, built so that their bytes depend on nothing but the sources and the compiler.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::filter::WASM_TARGET;
use crate::tools::{TaskError, run};

/// A module of the workspace, and how it is built.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// The package.
    pub package: &'static str,
    /// The profile.
    pub profile: &'static str,
    /// Features, as arguments.
    pub features: &'static [&'static str],
    /// Flags of the compiler.
    pub flags: &'static [&'static str],
}

impl Shipped {
    /// Builds it from these sources into this target folder, and returns its file.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if the build fails.
    pub fn build(&self, sources: &Path, target: &Path) -> Result<PathBuf, TaskError> {
        let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        build.current_dir(sources).args(["build", "--locked", "--package", self.package, "--lib"]);
        build.args(self.features).args(["--profile", self.profile, "--target", WASM_TARGET, "--target-dir"]);
        build.arg(target).env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", self.rustflags(sources));
        run(&mut build, "install Rust from rustup.rs")?;
        let file = format!("{}.wasm", self.package.replace('-', "_"));
        Ok(target.join(WASM_TARGET).join(self.profile).join(file))
    }

    /// Messages of panics name files: those of this machine's folders under a name that is the same everywhere.
    fn rustflags(&self, sources: &Path) -> String {
        let renamed = |folder: &Path, name: &str| format!("--remap-path-prefix={}={name}", folder.display());
        let mut flags = vec![renamed(sources, "/gatepass"), renamed(&cargo_home(), "/cargo")];
        flags.extend(self.flags.iter().map(|flag| (*flag).to_owned()));
        flags.join("\u{1f}")
    }
}

/// Where cargo keeps the sources of other packages.
fn cargo_home() -> PathBuf {
    let named = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
    named.or_else(|| Some(home()?.join(".cargo"))).unwrap_or_default()
}

/// Fails if a file has this machine's folders in it.
///
/// # Errors
///
/// [`TaskError::Other`] naming the folder.
pub fn names_no_folder(file: &Path, bytes: &[u8], sources: &Path) -> Result<(), TaskError> {
    for folder in [sources.to_owned(), cargo_home()] {
        let name = folder.to_string_lossy().into_owned();
        if name.len() > 1 && bytes.windows(name.len()).any(|window| window == name.as_bytes()) {
            return Err(TaskError::other(format!("`{}` has the path `{name}` in it", file.display())));
        }
    }
    Ok(())
}
