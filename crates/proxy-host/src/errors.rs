use thiserror::Error;

use crate::state::LogLevel;

/// What can go wrong before a plugin is started, or in using the host itself.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum HostError {
    /// The bytes are not a WebAssembly module this host can compile.
    #[error("not a valid wasm module: {0}")]
    InvalidModule(String),
    /// No host function has this name, so a fault set on it would never fire.
    #[error("no such host function: `{0}`")]
    UnknownFunction(String),
}

/// A plugin that did not start, with what it logged until then.
#[derive(Debug, Error)]
#[error("the plugin did not start: {reason}")]
pub struct StartError {
    /// Every log line of the plugin, oldest first.
    pub logs: Vec<(LogLevel, String)>,
    /// Why it did not start.
    pub reason: StartFailure,
}

/// Why a plugin did not start.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StartFailure {
    /// `proxy_on_vm_start` or `proxy_on_configure` answered false.
    #[error("it refused its configuration")]
    NotConfigured,
    /// The plugin, or a host function it called, trapped.
    #[error("{0}")]
    Trap(String),
    /// The host does not define an import of the module, or defines it with another type.
    #[error("missing import `{0}`")]
    MissingImport(String),
}

/// The end of a wasm instance: a panic of the filter, a host trap or used-up fuel.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{reason}")]
pub struct Trap {
    /// What happened, for people.
    pub reason: String,
}

impl Trap {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}
