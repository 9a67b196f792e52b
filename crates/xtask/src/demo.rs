//! `cargo xtask demo`: the main job, on the live chain from Konnect (emulated) to a real Envoy.

use std::fmt::Write as _;

use comfy_table::{ContentArrangement, Table, presets};

use crate::gateway::{Gateway, INTERVAL_MS, Parts, cases};
use crate::tools::TaskError;
use crate::{chain, envoy, filter, now_millis};

/// Builds and installs what the chain needs; Envoy is fetched while the compiler works.
///
/// # Errors
///
/// [`TaskError`] if something cannot be had.
pub fn parts() -> Result<Parts, TaskError> {
    std::thread::scope(|scope| {
        let installing = scope.spawn(envoy::install);
        let filter = filter::build()?;
        let programs = chain::build()?;
        let envoy =
            installing.join().map_err(|_| TaskError::other("installing Envoy ended unexpectedly"))??;
        Ok(Parts { programs, filter, envoy })
    })
}

/// Shows the cases and a live revoke; stays up unless `once`.
///
/// # Errors
///
/// [`TaskError`] if a part cannot be started, or (with `once`) a case came out otherwise than declared.
pub fn run(once: bool) -> Result<(), TaskError> {
    println!("Konnect (emulated) → gatepass relay → Envoy with the filter → four APIs, all on this machine");
    println!("building them and fetching Envoy: some minutes the first time, seconds from then on\n");
    let parts = parts()?;
    let gateway = Gateway::start(&parts)?;
    introduce(&gateway)?;
    let wrong = show_cases(&gateway)?;
    revoke(&gateway)?;
    if once {
        return if wrong == 0 {
            Ok(())
        } else {
            Err(TaskError::other(format!("{wrong} cases came out otherwise than declared")))
        };
    }
    invite(&gateway);
    loop {
        std::thread::park();
    }
}

fn introduce(gateway: &Gateway) -> Result<(), TaskError> {
    let health = gateway.relay.health()?;
    let bytes = health.get("bytes").and_then(serde_json::Value::as_u64).unwrap_or_default();
    println!("\nKonnect   {}  has the portal `{}`", gateway.konnect.base_url(), gateway.konnect.name);
    println!(
        "relay     http://127.0.0.1:{}  reads it every {INTERVAL_MS} ms and serves a bundle of {bytes} bytes",
        gateway.relay.port
    );
    println!(
        "gateway   http://127.0.0.1:{}  Envoy; its filter asks the relay every {INTERVAL_MS} ms, never per request\n",
        gateway.port
    );
    Ok(())
}

/// Sends every case and prints the table; returns how many came out otherwise than declared.
fn show_cases(gateway: &Gateway) -> Result<usize, TaskError> {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["request", "status", "reason", "message", "as declared"]);
    let (mut wrong, mut left_out) = (0_usize, 0_usize);
    for case in cases()? {
        if !case.in_konnect_api {
            left_out = left_out.saturating_add(1);
            continue;
        }
        let answer = gateway.send(&case)?;
        let body = answer.json();
        let text = |name: &str| body.get(name).and_then(|text| text.as_str()).unwrap_or_default().to_owned();
        let reason = text("reason");
        let right = answer.status == case.status && reason == case.reason.as_deref().unwrap_or_default();
        wrong = wrong.saturating_add(usize::from(!right));
        let verdict = if right { "yes" } else { "NO" };
        table.add_row([case.name, answer.status.to_string(), reason, text("message"), verdict.to_owned()]);
    }
    println!("{table}");
    println!(
        "{left_out} more need a status of applications, which no API of Konnect has; the tests run them\n"
    );
    Ok(wrong)
}

/// Revokes a registration in Konnect and tells what happened when.
fn revoke(gateway: &Gateway) -> Result<(), TaskError> {
    let before = gateway.relay.published()?;
    println!("a live revoke: an admin takes `Storefront` its registration for `Orders v1`");
    let began = now_millis();
    gateway.set_registration("revoked")?;
    let patched = now_millis();
    let refusal = gateway.ask_until(403)?;
    let refused = now_millis();
    let mut published = gateway.relay.published()?;
    if published == before {
        published.0 = refused;
    }
    let body = refusal.json();
    let reason = body.get("reason").and_then(|reason| reason.as_str()).unwrap_or_default();
    let since = |then: i64| then.saturating_sub(began);
    let mut story = String::new();
    // Writing to a text cannot fail.
    let path = gateway.registration();
    let short = path.rsplit_once("/registrations/").map_or(path.as_str(), |(_, id)| id);
    let _ = writeln!(story, "  {:>4} ms  PATCH …/registrations/{short} {{\"status\": \"revoked\"}}", 0);
    let _ = writeln!(story, "  {:>4} ms  Konnect answered 200", since(patched));
    let _ = writeln!(story, "  {:>4} ms  the relay published a bundle without it", since(published.0));
    let _ = writeln!(story, "  {:>4} ms  the gateway answered 403 {reason}\n", since(refused));
    print!("{story}");
    gateway.set_registration("approved")?;
    gateway.ask_until(200)?;
    println!("  approved again, and the gateway lets it through again\n");
    Ok(())
}

fn invite(gateway: &Gateway) {
    println!("it stays up; try:");
    for (key, path) in [
        ("demo-storefront", "/orders/v1/items"),
        ("demo-loyalty", "/orders/v1/items"),
        ("demo-docs", "/orders/v1/items"),
    ] {
        println!("  curl -i -H 'apikey: {key}' http://127.0.0.1:{}{path}", gateway.port);
    }
    println!("revoke, and ask again (`approved` restores):");
    println!(
        "  curl -X PATCH -H 'authorization: Bearer kpat_emulator' -H 'content-type: application/json' \\\n    -d '{{\"status\": \"revoked\"}}' {}{}",
        gateway.konnect.base_url(),
        gateway.registration()
    );
    println!("what relay and filter count:");
    println!("  curl -s http://127.0.0.1:{}/healthz", gateway.relay.port);
    println!("  curl -s http://127.0.0.1:{}/stats?filter=gatepass", gateway.admin_port);
    println!("\nCtrl-C ends everything");
}
