//! Python: virtual environments in the target folder, each with exactly what a requirements file pins.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools::{TaskError, output, read_text, run, target, write};

/// The oldest version (of Python 3) that everything here is run with.
pub const OLDEST_PYTHON: u32 = 10;

const REMEDY: &str = "install Python 3.10 or newer with its venv module (on Debian: apt-get install python3-venv), \
                      or name one in PYTHON";

/// A virtual environment.
#[derive(Clone, Debug)]
pub struct Venv {
    folder: PathBuf,
}

impl Venv {
    /// A program of the environment, such as `python` or `schemathesis`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(if cfg!(windows) { "Scripts" } else { "bin" }).join(name)
    }

    /// Its Python, with the environment's programs first on the `PATH`, and none of the user's own packages.
    pub fn python(&self) -> Command {
        let mut command = Command::new(self.program("python"));
        let own = self.program("");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let all = std::iter::once(own).chain(std::env::split_paths(&path));
        if let Ok(joined) = std::env::join_paths(all) {
            command.env("PATH", joined);
        }
        command.env("VIRTUAL_ENV", &self.folder).env_remove("PYTHONHOME").env_remove("PYTHONPATH");
        command
    }

    /// Installs something besides, such as the wheel that was just built: `&["--no-deps", "dist/gatepass.whl"]`.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if pip fails.
    pub fn pip_install(&self, arguments: &[&str]) -> Result<(), TaskError> {
        let mut pip = self.python();
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(arguments);
        run(&mut pip, "the packages come from PyPI: check the connection to it")
    }
}

/// The environment `target/NAME`, with exactly what this requirements file pins. It is made anew when the file or
/// the Python has changed, and left alone otherwise.
///
/// # Errors
///
/// [`TaskError`] if Python is missing or too old, a requirement is not pinned with `==`, or pip fails.
pub fn venv(name: &str, requirements: &Path) -> Result<Venv, TaskError> {
    venv_of(&std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into()), name, requirements)
}

/// As [`venv`], of a certain Python.
///
/// # Errors
///
/// As [`venv`].
pub fn venv_of(python: &OsStr, name: &str, requirements: &Path) -> Result<Venv, TaskError> {
    let version = version(Command::new(python))?;
    let pinned = read_text(requirements)?;
    if let Some(line) = loose(&pinned) {
        return Err(TaskError::other(format!(
            "`{}`: `{line}` is not pinned; write `name==version`",
            requirements.display()
        )));
    }
    let venv = Venv { folder: target().join(name) };
    let note = venv.folder.join("installed.txt");
    let wanted = format!("python {version}\n{pinned}");
    if std::fs::read_to_string(&note).is_ok_and(|installed| installed == wanted) {
        return Ok(venv);
    }
    println!("installing into the target folder, environment `{name}`: {}", words(&pinned));
    run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&venv.folder), REMEDY)?;
    venv.pip_install(&["--requirement", &requirements.to_string_lossy()])?;
    write(&note, wanted.as_bytes())?;
    Ok(venv)
}

/// The version, as `3.11.7`, if it is new enough.
fn version(mut python: Command) -> Result<String, TaskError> {
    let said = output(python.args(["-c", "import platform; print(platform.python_version())"]), REMEDY)?;
    let version = said.trim().to_owned();
    let minor = version.strip_prefix("3.").and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
    if minor.is_some_and(|minor| minor >= OLDEST_PYTHON) {
        Ok(version)
    } else {
        Err(TaskError::other(format!("Python `{version}` is too old; {REMEDY}")))
    }
}

/// The requirements of a file, without comments and blank lines.
pub fn lines(requirements: &str) -> impl Iterator<Item = &str> {
    requirements
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
}

/// The first requirement that is not pinned to one version.
fn loose(requirements: &str) -> Option<&str> {
    lines(requirements).find(|line| !line.contains("==") || line.contains('*'))
}

fn words(requirements: &str) -> String {
    lines(requirements).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pinned_requirements_are_taken() {
        let pinned = "# why\npandas==3.1.1\n\npolars[all]==2.1.0 ; python_version >= \"3.10\"  # frames\n";
        assert_eq!(loose(pinned), None);
        assert_eq!(words("a==1 # x\n\nb==2\n"), "a==1, b==2");
        assert_eq!(loose("a==1\nb>=2\n"), Some("b>=2"));
        assert_eq!(loose("a==1.*\n"), Some("a==1.*"));
    }

    #[test]
    fn the_python_that_is_here_says_its_version() {
        let version = version(Command::new(std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into())));
        assert!(version.unwrap().starts_with("3."));
    }
}
