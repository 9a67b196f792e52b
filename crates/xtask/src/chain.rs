//! The live chain in front of a gateway, as operators run it: Konnect (the emulator), `gatepass relay`, and between
//! relay and gateway whatever a caller puts there. Both are the real programs, each its own process.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::client::{self, Answer};
use crate::tools::{TaskError, cargo, free_port, run, target};

/// The token that the emulator takes. It protects nothing: it listens on loopback only.
pub const TOKEN: &str = "kpat_emulator";

/// The programs of the chain.
#[derive(Clone, Debug)]
pub struct Programs {
    /// `gatepass`.
    pub gatepass: PathBuf,
    /// `gatepass-emulator`.
    pub emulator: PathBuf,
}

/// Builds the programs.
///
/// # Errors
///
/// [`TaskError`] if a build fails.
pub fn build() -> Result<Programs, TaskError> {
    let mut build = cargo();
    build.args(["build", "--locked", "--package", "gatepass-cli", "--package", "gatepass-emulator"]);
    run(&mut build, "install Rust from rustup.rs")?;
    let folder = target().join("debug");
    Ok(Programs { gatepass: folder.join("gatepass"), emulator: folder.join("gatepass-emulator") })
}

/// A process that ends when this is dropped.
#[derive(Debug)]
struct Kept(Child);

impl Drop for Kept {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(command: &mut Command) -> Result<Kept, TaskError> {
    let spawned = command.stdin(Stdio::null()).spawn();
    let program = command.get_program().to_string_lossy().into_owned();
    let failed = |source| TaskError::Start { program, source, remedy: "run `cargo xtask demo` once" };
    spawned.map(Kept).map_err(failed)
}

/// Konnect, emulated: a portal that can be exported and changed.
#[derive(Debug)]
pub struct Konnect {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    /// The portal's id.
    pub portal: String,
    /// The portal's name.
    pub name: String,
    api: String,
    _process: Kept,
}

impl Konnect {
    /// Starts the emulator with the portal of a snapshot file.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if it does not start.
    pub fn start(programs: &Programs, snapshot: &Path) -> Result<Self, TaskError> {
        Self::with(programs, |emulator| emulator.arg("--snapshot").arg(snapshot))
    }

    /// Starts the emulator with other options, which say what portal it has.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if it does not start.
    pub fn with(
        programs: &Programs,
        options: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Result<Self, TaskError> {
        let mut command = Command::new(&programs.emulator);
        options(&mut command).args(["--token", TOKEN]).stdout(Stdio::piped());
        let mut process = start(&mut command)?;
        let mut line = String::new();
        if let Some(stdout) = process.0.stdout.take() {
            BufReader::new(stdout).read_line(&mut line).map_err(TaskError::other)?;
        }
        let told: Value = serde_json::from_str(&line)
            .map_err(|_| TaskError::other("the emulator ended at once; what it said is above"))?;
        let text = |pointer: &str| told.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let port = text("/base_url").rsplit(':').next().and_then(|port| port.parse().ok());
        Ok(Self {
            port: port.ok_or_else(|| TaskError::other(format!("the emulator told no port: {line}")))?,
            portal: text("/portals/0/id").to_owned(),
            name: text("/portals/0/name").to_owned(),
            api: text("/portals/0/api").to_owned(),
            _process: process,
        })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The path of a registration in the Portal Management API.
    pub fn registration(&self, application: &str, registration: &str) -> String {
        let Self { api, portal, .. } = self;
        format!("/{api}/portals/{portal}/applications/{application}/registrations/{registration}")
    }

    /// Changes an object as an admin does: one `PATCH`.
    ///
    /// # Errors
    ///
    /// [`TaskError::Other`] if it was not changed.
    pub fn patch(&self, path: &str, body: &Value) -> Result<Answer, TaskError> {
        let body = body.to_string();
        let request = format!(
            "PATCH {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let answer = client::send(self.port, request.as_bytes())?;
        if answer.status == 200 {
            return Ok(answer);
        }
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        Err(TaskError::other(format!("PATCH {path} was answered {}: {said}", answer.status)))
    }
}

/// `gatepass relay`, polling that Konnect.
#[derive(Debug)]
pub struct Relay {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    said: Arc<Mutex<Vec<String>>>,
    _process: Kept,
}

impl Relay {
    /// Starts a relay and waits for its first bundle. `keys` are the operator's digests; `more` are further options.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if it does not start, or has no bundle within half a minute.
    pub fn start(
        programs: &Programs,
        konnect: &Konnect,
        keys: &Path,
        interval_ms: u64,
        more: &[&str],
    ) -> Result<Self, TaskError> {
        let port = free_port()?;
        let mut command = Command::new(&programs.gatepass);
        command.arg("relay").args(["--portal", &konnect.portal, "--region", "eu"]);
        command.args(["--base-url", &konnect.base_url(), "--keys"]).arg(keys);
        let interval = format!("{interval_ms}ms");
        command.args(["--interval", &interval, "--refresh-interval", &interval]);
        command.args(["--listen", &format!("127.0.0.1:{port}")]).args(more);
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
            command.env_remove(name);
        }
        command.env("KONNECT_TOKEN", TOKEN).stderr(Stdio::piped());
        let mut process = start(&mut command)?;
        let said = Arc::new(Mutex::new(Vec::new()));
        if let Some(stderr) = process.0.stderr.take() {
            let heard = Arc::clone(&said);
            std::thread::spawn(move || {
                for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                    heard.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                }
            });
        }
        let relay = Self { port, said, _process: process };
        for _ in 0..600 {
            if client::get(port, "/healthz").is_ok_and(|answer| answer.status == 200) {
                return Ok(relay);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(TaskError::other(format!("the relay has no bundle after 30 seconds:\n{}", relay.said())))
    }

    /// What it said so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// How it is, as `/healthz` tells.
    ///
    /// # Errors
    ///
    /// [`TaskError::Other`] if it does not answer.
    pub fn health(&self) -> Result<Value, TaskError> {
        client::get(self.port, "/healthz").map(|answer| answer.json())
    }

    /// When the contents that it serves were published, in milliseconds since 1970, and their digest.
    ///
    /// # Errors
    ///
    /// [`TaskError::Other`] if it does not tell.
    pub fn published(&self) -> Result<(i64, String), TaskError> {
        let health = self.health()?;
        let text = |name: &str| health.get(name).and_then(Value::as_str);
        let at = text("published_at").and_then(|text| text.parse::<gatepass::Timestamp>().ok());
        let digest = text("content_digest").map(ToOwned::to_owned);
        at.map(gatepass::Timestamp::millis)
            .zip(digest)
            .ok_or_else(|| TaskError::other(format!("the relay does not tell what it published: {health}")))
    }
}
