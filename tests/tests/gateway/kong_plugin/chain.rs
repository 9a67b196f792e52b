//! The live chain up to the plugin server: a `PATCH` in Konnect (emulated), the real relay with signed bundles in chunks,
//! and requests all the while; and a large bundle, which must not stop the server.

use std::io::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use gatepass::PortalId;
use gatepass_proxy_host::Request;
use serde_json::{Value, json};
use xtask::chain::{Konnect, Relay};
use xtask::gateway::{INTERVAL_MS, example};

use super::super::{chunks, environment};
use super::kong::Kong;
use super::server::{Kind, Server};

/// A signing key in a file, and what gateways verify with.
fn signing_key(folder: &tempfile::TempDir) -> (String, String) {
    let file = folder.path().join("signing.key");
    let mut command = Command::new(environment::program());
    let output = command.args(["key", "new", "--signing", "-o"]).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let public = said.split_whitespace().find(|word| word.starts_with("ed25519:")).unwrap().to_owned();
    (file.display().to_string(), public)
}

fn ask(kong: &mut Kong, instance: u32, key: &str) -> (u16, Value) {
    let request = Request::get("/orders/v1/items").host("api.example").header("apikey", key);
    let seen = kong.serve(instance, &request).unwrap();
    assert_eq!(seen.upstream.is_empty(), seen.status != 200);
    (seen.status, seen.json()["reason"].clone())
}

#[test]
fn a_revoke_in_konnect_bites() {
    let folder = tempfile::tempdir().unwrap();
    let (file, public) = signing_key(&folder);
    let programs = environment::programs();
    let konnect = Konnect::start(&programs, &example().join("snapshot.json")).unwrap();
    let keys = example().join("keys.json");
    let relay =
        Relay::start(&programs, &konnect, &keys, INTERVAL_MS, &["--signing-key-file", &file]).unwrap();
    let config = |public: &str| {
        json!({
            "version": 1, "host": "kong",
            "bundle": {"fetch": {"upstream": format!("127.0.0.1:{}", relay.port), "chunk_path": "/v1/chunks/",
                                 "interval_ms": 100, "timeout_ms": 300}},
            "public_keys": [{"key": public}], "portals": [konnect.portal],
            "credentials": [{"kind": "api_key", "header": "apikey"}],
            "routes": [{"path_prefix": "/orders/v1", "resource_id": "e0000000-0000-4000-8000-000000000001"}],
        })
    };
    let server = Server::start(Kind::Own);
    let mut kong = Kong::new(&server.socket);
    let instance = kong.start_instance(&config(&public)).unwrap();
    let stranger = chunks::key().public_key().to_string();
    let of_another = kong.start_instance(&config(&stranger)).unwrap();

    assert_eq!(ask(&mut kong, instance, "demo-storefront").0, 200, "{}", server.said());
    assert_eq!(ask(&mut kong, instance, "demo-loyalty"), (403, "registration_pending".into()));
    let path =
        konnect.registration("a0000000-0000-4000-8000-000000000001", "90000000-0000-4000-8000-000000000001");
    konnect.patch(&path, &json!({"status": "revoked"})).unwrap();
    let patched = xtask::now_millis();
    while ask(&mut kong, instance, "demo-storefront").0 == 200 {
        assert!(xtask::now_millis() < patched + 20_000, "{}", server.said());
    }
    let refused = xtask::now_millis();
    let (published, _) = relay.published().unwrap();
    let line = format!(
        "a revoke in Kong's plugin server: {} ms after Konnect had it, {} ms after the relay published it",
        refused - patched,
        refused - published
    );
    writeln!(std::io::stderr(), "{line}").unwrap();
    for _ in 0..100 {
        assert_eq!(ask(&mut kong, instance, "demo-storefront"), (403, "registration_revoked".into()));
    }
    konnect.patch(&path, &json!({"status": "approved"})).unwrap();
    while ask(&mut kong, instance, "demo-storefront").0 != 200 {
        assert!(xtask::now_millis() < refused + 20_000, "{}", server.said());
    }
    assert_eq!(
        ask(&mut kong, of_another, "demo-storefront"),
        (503, "bundle_stale".into()),
        "signed by another"
    );
    assert_eq!(kong.errors, [""; 0]);
}

#[test]
fn a_large_bundle_does_not_stop_the_server() {
    const APPLICATIONS: u32 = 50_000;
    let relay = chunks::Relay::start();
    relay.publish(chunks::built(APPLICATIONS, 0));
    let config = json!({
        "version": 1, "host": "kong",
        "bundle": {"fetch": {"upstream": format!("127.0.0.1:{}", relay.port), "chunk_path": "/v1/chunks/",
                             "interval_ms": 200, "timeout_ms": 2000}},
        "public_keys": [chunks::key().public_key().to_string()], "portals": [PortalId::from_bytes([0xff; 16])],
        "credentials": [{"kind": "api_key", "header": "apikey"}],
        "routes": [{"path_prefix": "/orders", "resource_id": chunks::resource(1)}],
        "open": [{"path_prefix": "/health"}],
    });
    let server = Server::start(Kind::Own);
    let mut kong = Kong::new(&server.socket);
    let instance = kong.start_instance(&config).unwrap();
    let last = format!("key-{}", APPLICATIONS - 1);
    let mut slowest = Duration::ZERO;
    let mut until = |kong: &mut Kong, what: &str, key: &str, wanted: u16, always: bool| {
        let began = now();
        loop {
            if always {
                let asked = now();
                assert_eq!(ask(kong, instance, &last).0, 200, "{what}");
                slowest = slowest.max(asked.elapsed());
            }
            let (status, _) = ask(kong, instance, key);
            if status == wanted {
                return began.elapsed();
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{what}: {status}\n{}", server.said());
        }
    };
    let first = until(&mut kong, "first load", &last, 200, false);
    let (bytes, parts) = relay.sent();
    relay.publish(chunks::built(APPLICATIONS, 1));
    let revoke = until(&mut kong, "one revoke", "key-0", 403, true);
    let (changed, changed_parts) = relay.sent();
    let line = format!(
        "{APPLICATIONS} applications in Kong's plugin server: first load {first:.1?} ({bytes} bytes, {parts} parts), \
         a revoke {revoke:.1?} ({changed} bytes, {changed_parts} parts), slowest request meanwhile {slowest:.1?}"
    );
    writeln!(std::io::stderr(), "{line}").unwrap();
    assert!(changed_parts <= 3, "only what changed comes again: {changed_parts} of {parts} parts");
    assert_eq!(ask(&mut kong, instance, "nobody"), (401, "credential_unknown".into()));
    assert_eq!(kong.errors, [""; 0]);
}

#[expect(clippy::disallowed_methods, reason = "how long requests take is printed")]
fn now() -> Instant {
    Instant::now()
}
