//! The example `gateway-envoy`, running: Konnect (the emulator), the relay, Envoy with the filter, the APIs behind.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::chain::{Konnect, Programs, Relay};
use crate::client::{self, Answer};
use crate::envoy::Envoy;
use crate::servers::{Running, start_apis};
use crate::tools::{TaskError, free_port, read_text, root, target, write};

/// How often the relay polls Konnect here, and Envoy's filter the relay (as the sample's `interval_ms` says).
pub const INTERVAL_MS: u64 = 250;

/// One request of the example, with what must come back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// The method.
    pub method: String,
    /// The request target.
    pub path: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The status that must come back.
    pub status: u16,
    /// The reason that must come back, for a denial.
    pub reason: Option<String>,
    /// Whether Konnect's API can tell the state that it needs: no version of it has a status of applications.
    #[serde(default = "yes")]
    pub in_konnect_api: bool,
}

const fn yes() -> bool {
    true
}

/// What the gateway is made of.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The relay and the emulator.
    pub programs: Programs,
    /// The filter.
    pub filter: PathBuf,
    /// Envoy.
    pub envoy: PathBuf,
}

/// The example, running.
#[derive(Debug)]
pub struct Gateway {
    /// The port callers use.
    pub port: u16,
    /// Envoy's admin port.
    pub admin_port: u16,
    /// Where admins change the portal.
    pub konnect: Konnect,
    /// Where bundles come from.
    pub relay: Relay,
    envoy: Envoy,
    _apis: Running,
}

/// The folder of the example.
pub fn example() -> PathBuf {
    root().join("examples/gateway-envoy")
}

/// The cases of the example.
///
/// # Errors
///
/// [`TaskError`] if the file cannot be read.
pub fn cases() -> Result<Vec<Case>, TaskError> {
    serde_json::from_str(&read_text(&example().join("requests.json"))?).map_err(TaskError::other)
}

/// A configuration of Envoy with other ports and the filter's file in it.
pub fn adapted(config: &str, ports: &[(u16, u16)], filter: &Path) -> String {
    let with_filter =
        config.replace("filename: gatepass_filter.wasm", &format!("filename: {}", filter.display()));
    // At once: a new port may be another's old one.
    let line = |line: &str| {
        let Some((before, after)) = line.split_once("port_value: ") else { return line.to_owned() };
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let (port, rest) = after.split_at_checked(digits).unwrap_or((after, ""));
        let found = ports.iter().find(|(from, _)| port == from.to_string());
        found.map_or_else(|| line.to_owned(), |(_, to)| format!("{before}port_value: {to}{rest}"))
    };
    with_filter.lines().map(line).collect::<Vec<_>>().join("\n")
}

impl Gateway {
    /// Starts everything and waits until the gateway decides.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if a part cannot be started.
    pub fn start(parts: &Parts) -> Result<Self, TaskError> {
        Self::start_through(parts, |relay| relay)
    }

    /// The same, but Envoy asks the port that `through` makes of the relay's.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if a part cannot be started.
    pub fn start_through(parts: &Parts, through: impl FnOnce(u16) -> u16) -> Result<Self, TaskError> {
        let konnect = Konnect::start(&parts.programs, &example().join("snapshot.json"))?;
        let keys = example().join("keys.json");
        let relay = Relay::start(&parts.programs, &konnect, &keys, INTERVAL_MS, &[])?;
        let apis = start_apis()?;
        let (port, admin_port) = (free_port()?, free_port()?);
        let moved = [(9901, admin_port), (10000, port), (10001, apis.port), (10002, through(relay.port))];
        let config = adapted(&read_text(&example().join("envoy.yaml"))?, &moved, &parts.filter);
        let file = target().join(format!("demo/envoy-{port}.yaml"));
        write(&file, config.as_bytes())?;
        let envoy = Envoy::start(&parts.envoy, &file, admin_port, 1)?;
        let gateway = Self { port, admin_port, konnect, relay, envoy, _apis: apis };
        gateway.wait_for_bundle()?;
        Ok(gateway)
    }

    fn wait_for_bundle(&self) -> Result<(), TaskError> {
        for _ in 0..400 {
            if client::get(self.port, "/orders/v1").is_ok_and(|answer| answer.status == 401) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        Err(TaskError::other(format!(
            "the gateway has no bundle after 10 seconds:\n{}\n{}",
            self.relay.said(),
            self.envoy.log_tail()
        )))
    }

    /// Sends a case.
    ///
    /// # Errors
    ///
    /// [`TaskError::Other`] if there is no answer.
    pub fn send(&self, case: &Case) -> Result<Answer, TaskError> {
        let headers: Vec<(&[u8], &[u8])> =
            case.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        client::request(self.port, &case.method, case.path.as_bytes(), &headers)
    }

    /// What `Storefront` gets now for `Orders v1`.
    ///
    /// # Errors
    ///
    /// [`TaskError::Other`] if there is no answer.
    pub fn ask(&self) -> Result<Answer, TaskError> {
        client::request(self.port, "GET", b"/orders/v1/items", &[(b"apikey", b"demo-storefront")])
    }

    /// The path of the registration that [`ask`](Self::ask) needs.
    pub fn registration(&self) -> String {
        let (application, registration) =
            ("a0000000-0000-4000-8000-000000000001", "90000000-0000-4000-8000-000000000001");
        self.konnect.registration(application, registration)
    }

    /// Sets that registration's status in Konnect, as an admin does.
    ///
    /// # Errors
    ///
    /// [`TaskError::Other`] if Konnect refused.
    pub fn set_registration(&self, status: &str) -> Result<(), TaskError> {
        self.konnect.patch(&self.registration(), &json!({"status": status})).map(drop)
    }

    /// Asks until the answer has this status; returns it.
    ///
    /// # Errors
    ///
    /// [`TaskError::Other`] if it has not after ten seconds of asking.
    pub fn ask_until(&self, status: u16) -> Result<Answer, TaskError> {
        for _ in 0..5000 {
            let answer = self.ask()?;
            if answer.status == status {
                return Ok(answer);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Err(TaskError::other(format!("the gateway never answered {status}:\n{}", self.relay.said())))
    }

    /// Everything Envoy logged.
    ///
    /// # Errors
    ///
    /// [`TaskError::File`] if its log cannot be read.
    pub fn log(&self) -> Result<String, TaskError> {
        self.envoy.log()
    }
}
