//! Proves that a filter with the right `bearer_token` gets the bundle of a relay that asks for one, that no other does,
//! and that the token is never shown.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use xtask::chain::{Konnect, Relay};
use xtask::client;
use xtask::gateway::example;

use super::super::environment;
use super::super::portal;
use super::super::real_envoy::{Gateway, Listener};
use super::super::samples::Sample;
use super::super::vector::{Bytes, Request};

const TOKEN: &str = "fetch-3f9a1c77e2";

#[test]
fn a_relay_that_asks_for_a_token_is_followed_by_those_who_have_it() {
    let parts = environment::parts();
    let konnect = Konnect::start(&parts.programs, &example().join("snapshot.json")).unwrap();
    let file = token_file("bundle-token");
    let more = ["--bundle-token-file", file.to_str().unwrap()];
    let relay = Relay::start(&parts.programs, &konnect, &example().join("keys.json"), 250, &more).unwrap();
    let tokens = [Some(TOKEN), Some("fetch-another"), None];
    let listeners: Vec<Listener> = tokens
        .iter()
        .map(|token| Listener { config: configuration(*token), properties: Vec::new() })
        .collect();
    let gateway = Gateway::start("token", &listeners, &[("relay", relay.port)]);
    let allowed = |listener: usize| {
        let text = |text: &str| Bytes(text.as_bytes().to_vec());
        let headers = vec![(text("apikey"), text("demo-storefront"))];
        let request = Request { path: text("/orders/v1/items"), headers, ..Request::default() };
        let seen = gateway.send_request(listener, &request);
        for arrived in &seen.upstream {
            assert!(arrived.headers.iter().all(|(name, _)| name != "authorization"), "{arrived:?}");
        }
        seen.status
    };
    for _ in 0..200 {
        if allowed(0) == 200 && gateway.log().matches("has status `401`").count() >= 2 {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!([allowed(0), allowed(1), allowed(2)], [200, 503, 503], "{}", gateway.log());
    assert!(gateway.log().contains("the answer has status `401`"), "{}", gateway.log());
    for (place, text) in [("Envoy", gateway.log()), ("the relay", relay.said())] {
        assert!(!text.contains("fetch-"), "{place} shows a token:\n{text}");
    }
}

/// The README's cluster, in which Envoy adds the token from a file; the filter's configuration has none.
#[test]
fn envoy_itself_can_add_the_token() {
    let parts = environment::parts();
    let konnect = Konnect::start(&parts.programs, &example().join("snapshot.json")).unwrap();
    let file = token_file("injected-token");
    let more = ["--bundle-token-file", file.to_str().unwrap()];
    let relay = Relay::start(&parts.programs, &konnect, &example().join("keys.json"), 250, &more).unwrap();
    let secret = file.with_extension("yaml");
    let text = std::fs::read_to_string(example().join("relay-token.yaml")).unwrap();
    std::fs::write(&secret, text.replace("./relay-token", file.to_str().unwrap())).unwrap();
    let readme = std::fs::read_to_string(example().join("README.md")).unwrap();
    let block = readme.split("```yaml\n").find(|block| block.contains("credential_injector")).unwrap();
    let block = block.split("```").next().unwrap().replace("./relay-token.yaml", secret.to_str().unwrap());
    // It comes up only if the relay gives it the bundle.
    let sample = Sample::start("envoy.yaml", "injected", relay.port, |config| {
        let plain = "    - name: relay\n      connect_timeout: 1s\n";
        assert!(config.contains(plain) && block.starts_with(plain));
        config.replace(plain, &block)
    });
    let dump = client::get(sample.admin_port, "/config_dump?include_eds").unwrap();
    let dump = String::from_utf8(dump.body).unwrap();
    assert!(dump.contains("credential_injector") && !dump.contains(TOKEN), "Envoy shows the token");
}

fn configuration(token: Option<&str>) -> Value {
    let mut config = portal::configuration("envoy");
    config["bundle"] = json!({"fetch": {"upstream": "relay", "interval_ms": 100, "timeout_ms": 1000}});
    if let Some(token) = token {
        config["bundle"]["fetch"]["bearer_token"] = token.into();
    }
    config["allow_unsigned"] = true.into();
    config
}

fn token_file(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    // What was left by an earlier run may have other rights.
    let _ = std::fs::remove_file(&path);
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(&path).unwrap();
    file.write_all(TOKEN.as_bytes()).unwrap();
    path
}
