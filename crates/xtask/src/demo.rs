//! `cargo xtask demo`: the main job, on a real Envoy.

use std::path::{Path, PathBuf};
use std::time::Duration;

use comfy_table::{ContentArrangement, Table, presets};
use gatepass::Policy;
use serde::Deserialize;

use crate::client;
use crate::envoy::{self, Envoy};
use crate::filter;
use crate::now_millis;
use crate::servers::{BundleServer, Running, start_apis};
use crate::tools::{TaskError, free_port, read_bytes, read_text, root, target, write};

/// One request of the example, with what must come back.
#[derive(Debug, Deserialize)]
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
}

/// The example, running: Envoy with the filter, the APIs behind it and the bundle beside it.
#[derive(Debug)]
pub struct Gateway {
    /// The port callers use.
    pub port: u16,
    /// Envoy's admin port.
    pub admin_port: u16,
    /// Where bundles are published.
    pub bundles: BundleServer,
    envoy: Envoy,
    _apis: Running,
    _relay: Running,
}

/// The folder of the example.
pub fn example() -> PathBuf {
    root().join("examples/gateway-envoy")
}

impl Gateway {
    /// Starts the example with a snapshot published.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if a part cannot be built, installed or started.
    pub fn start(wasm: &Path, snapshot: &[u8]) -> Result<Self, TaskError> {
        let program = envoy::install()?;
        let bundles = BundleServer::default();
        bundles.publish(Policy::Strict, &[snapshot])?;
        let (apis, relay) = (start_apis()?, bundles.start()?);
        let (port, admin_port) = (free_port()?, free_port()?);
        let config = read_text(&example().join("envoy.yaml"))?
            .replace("port_value: 9901", &format!("port_value: {admin_port}"))
            .replace("port_value: 10000", &format!("port_value: {port}"))
            .replace("port_value: 10001", &format!("port_value: {}", apis.port))
            .replace("port_value: 10002", &format!("port_value: {}", relay.port))
            .replace("filename: gatepass_filter.wasm", &format!("filename: {}", wasm.display()));
        let file = target().join(format!("demo/envoy-{port}.yaml"));
        write(&file, config.as_bytes())?;
        let envoy = Envoy::start(&program, &file, admin_port, 1)?;
        let gateway = Self { port, admin_port, bundles, envoy, _apis: apis, _relay: relay };
        gateway.wait_for_bundle()?;
        Ok(gateway)
    }

    fn wait_for_bundle(&self) -> Result<(), TaskError> {
        for _ in 0..200 {
            if client::get(self.port, "/orders/v1").is_ok_and(|answer| answer.status == 401) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(TaskError::other(format!(
            "the gateway has no bundle after 10 seconds:\n{}",
            self.envoy.log_tail()
        )))
    }

    /// Sends a case.
    ///
    /// # Errors
    ///
    /// [`TaskError::Other`] if there is no answer.
    pub fn send(&self, case: &Case) -> Result<client::Answer, TaskError> {
        let headers: Vec<(&[u8], &[u8])> =
            case.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        client::request(self.port, &case.method, case.path.as_bytes(), &headers)
    }
}

/// The cases of the example.
///
/// # Errors
///
/// [`TaskError`] if the file cannot be read.
pub fn cases() -> Result<Vec<Case>, TaskError> {
    serde_json::from_str(&read_text(&example().join("requests.json"))?).map_err(TaskError::other)
}

/// Shows the cases and a live revoke; stays up unless `once`.
///
/// # Errors
///
/// [`TaskError`] if a part cannot be started, or (with `once`) a case came out otherwise than declared.
pub fn run(once: bool) -> Result<(), TaskError> {
    println!("building the filter (the first time takes a minute or two)");
    let wasm = filter::build()?;
    let snapshot = read_bytes(&example().join("snapshot.json"))?;
    println!("starting Envoy, four APIs and a bundle server on loopback");
    let gateway = Gateway::start(&wasm, &snapshot)?;
    let wrong = show_cases(&gateway)?;
    let waited = revoke(&gateway, &snapshot)?;
    println!("\na live revoke: `Storefront` lost its registration for `Orders v1`;");
    println!("the gateway refused {waited} ms after the new bundle was published (it asks every 250 ms)\n");
    if once {
        return if wrong == 0 {
            Ok(())
        } else {
            Err(TaskError::other(format!("{wrong} cases came out otherwise than declared")))
        };
    }
    gateway.bundles.publish(Policy::Strict, &[&snapshot])?;
    println!("it is restored now; try:");
    for (key, path) in [
        ("demo-storefront", "/orders/v1/items"),
        ("demo-loyalty", "/orders/v1/items"),
        ("demo-docs", "/orders/v1/items"),
    ] {
        println!("  curl -i -H 'apikey: {key}' http://127.0.0.1:{}{path}", gateway.port);
    }
    println!("  curl -s http://127.0.0.1:{}/stats?filter=gatepass", gateway.admin_port);
    println!("\nCtrl-C ends everything");
    loop {
        std::thread::park();
    }
}

/// Sends every case and prints the table; returns how many came out otherwise than declared.
fn show_cases(gateway: &Gateway) -> Result<usize, TaskError> {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["request", "status", "reason", "message", "as declared"]);
    let mut wrong = 0_usize;
    for case in cases()? {
        let answer = gateway.send(&case)?;
        let body = answer.json();
        let reason = body.get("reason").and_then(|reason| reason.as_str()).unwrap_or_default().to_owned();
        let message = body.get("message").and_then(|message| message.as_str()).unwrap_or_default().to_owned();
        let right = answer.status == case.status && reason == case.reason.as_deref().unwrap_or_default();
        wrong = wrong.saturating_add(usize::from(!right));
        let verdict = if right { "yes" } else { "NO" };
        table.add_row([case.name, answer.status.to_string(), reason, message, verdict.to_owned()]);
    }
    println!("{table}");
    Ok(wrong)
}

/// Publishes the portal with one registration revoked; returns the milliseconds until the gateway refused.
fn revoke(gateway: &Gateway, snapshot: &[u8]) -> Result<i64, TaskError> {
    let mut portal: serde_json::Value = serde_json::from_slice(snapshot).map_err(TaskError::other)?;
    if let Some(status) = portal.pointer_mut("/registrations/0/status") {
        *status = "revoked".into();
    }
    gateway.bundles.publish(Policy::Strict, &[portal.to_string().as_bytes()])?;
    let published = now_millis();
    for _ in 0..2000 {
        let answer =
            client::request(gateway.port, "GET", b"/orders/v1/items", &[(b"apikey", b"demo-storefront")])?;
        if answer.status == 403 {
            return Ok(now_millis().saturating_sub(published));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Err(TaskError::other("the gateway went on allowing for seconds after the revoke"))
}
