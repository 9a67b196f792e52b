//! Running other programs, and finding one's way in the repository.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a development command failed, said so that the reader knows what to do.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// A program could not be started.
    #[error("cannot run `{program}`: {source}; {remedy}")]
    Start {
        /// Which.
        program: String,
        /// Why.
        source: std::io::Error,
        /// What to do.
        remedy: &'static str,
    },
    /// A program ended with an error.
    #[error("`{command}` failed ({status})")]
    Failed {
        /// The command line.
        command: String,
        /// How it ended.
        status: std::process::ExitStatus,
    },
    /// A file could not be read or written.
    #[error("`{}`: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl TaskError {
    /// An error in words.
    pub fn other(message: impl std::fmt::Display) -> Self {
        Self::Other(message.to_string())
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    let crate_folder =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    // Every package of the workspace is one or two levels down.
    crate_folder
        .ancestors()
        .find(|folder| folder.join("crates/core").is_dir())
        .map_or(crate_folder.clone(), Path::to_path_buf)
}

/// Where builds go.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The cargo that runs this.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Reads a file as text.
///
/// # Errors
///
/// [`TaskError::File`] naming the file.
pub fn read_text(path: &Path) -> Result<String, TaskError> {
    std::fs::read_to_string(path).map_err(|source| TaskError::File { path: path.to_owned(), source })
}

/// Reads a file.
///
/// # Errors
///
/// [`TaskError::File`] naming the file.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, TaskError> {
    std::fs::read(path).map_err(|source| TaskError::File { path: path.to_owned(), source })
}

/// Writes a file, making its folder.
///
/// # Errors
///
/// [`TaskError::File`] naming the file.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), TaskError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(|source| TaskError::File { path: path.to_owned(), source })
}

/// Runs a program to its end, its output shown.
///
/// # Errors
///
/// [`TaskError`] if it cannot be started or fails.
pub fn run(command: &mut Command, remedy: &'static str) -> Result<(), TaskError> {
    let status = command.status().map_err(|source| TaskError::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
        remedy,
    })?;
    if status.success() { Ok(()) } else { Err(TaskError::Failed { command: shown(command), status }) }
}

/// Runs a program to its end and returns its standard output.
///
/// # Errors
///
/// [`TaskError`] if it cannot be started or fails.
pub fn output(command: &mut Command, remedy: &'static str) -> Result<String, TaskError> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|source| TaskError::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
        remedy,
    })?;
    if !output.status.success() {
        return Err(TaskError::Failed { command: shown(command), status: output.status });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A command line as one would type it.
pub fn shown(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let program = program.rsplit('/').next().unwrap_or_default().to_owned();
    command.get_args().fold(program, |line, argument| line + " " + &argument.to_string_lossy())
}

/// A port on loopback that is free now.
///
/// # Errors
///
/// [`TaskError::Other`] if there is none.
pub fn free_port() -> Result<u16, TaskError> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).map_err(TaskError::other)?;
    Ok(listener.local_addr().map_err(TaskError::other)?.port())
}
