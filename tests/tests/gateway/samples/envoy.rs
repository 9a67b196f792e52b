//! `examples/gateway-envoy/envoy.yaml`, with callers that show keys.

use std::path::Path;

use xtask::envoy::Envoy;
use xtask::gateway::{Gateway, adapted, cases, example};
use xtask::servers::{Running, start_apis};
use xtask::tools::free_port;

use super::super::environment;
use super::{arrived, ask, eventually, reason};

/// One of the example's Envoy configurations, started with a relay on that port.
pub(crate) struct Sample {
    pub(crate) port: u16,
    pub(crate) admin_port: u16,
    pub(crate) envoy: Envoy,
    _apis: Running,
}

impl Sample {
    /// `name` is this test's own: the changed configuration is written under it.
    pub(crate) fn start(file: &str, name: &str, relay: u16, change: impl FnOnce(String) -> String) -> Self {
        let apis = start_apis().unwrap();
        let (port, admin_port) = (free_port().unwrap(), free_port().unwrap());
        let moved = [(9901, admin_port), (10000, port), (10001, apis.port), (10002, relay)];
        let text = std::fs::read_to_string(example().join(file)).unwrap();
        let config = change(adapted(&text, &moved, &environment::filter()));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sample-{name}.yaml"));
        std::fs::write(&path, config).unwrap();
        let envoy = Envoy::start(&environment::envoy(), &path, admin_port, 1).unwrap();
        let sample = Self { port, admin_port, envoy, _apis: apis };
        eventually("the sample's gateway decides", || {
            ask(sample.port, "GET", "/orders/v1", &[("apikey", "demo-storefront")]).status == 200
        });
        sample
    }
}

#[test]
fn every_request_of_the_example_is_answered_as_declared() {
    let gateway = Gateway::start(&environment::parts()).unwrap();
    let mut sent = 0;
    for case in cases().unwrap().iter().filter(|case| case.in_konnect_api) {
        let answer = gateway.send(case).unwrap();
        let expected = case.reason.clone().unwrap_or_default();
        assert_eq!((answer.status, reason(&answer)), (case.status, expected), "{}", case.name);
        if answer.status == 200 {
            let headers = arrived(&answer);
            assert!(
                headers.iter().all(|(name, value)| name != "apikey" && !value.contains("demo-")),
                "{headers:?}"
            );
        }
        sent += 1;
    }
    assert!(sent >= 30, "{sent}");

    let origin = ("origin", "https://shop.example");
    let preflight =
        [origin, ("access-control-request-method", "GET"), ("access-control-request-headers", "apikey")];
    let answer = ask(gateway.port, "OPTIONS", "/orders/v1/items", &preflight);
    assert_eq!(answer.status, 200, "the CORS filter answers preflights, before anybody asks for a key");
    assert_eq!(answer.header("access-control-allow-origin"), Some(origin.1));
    let denied = ask(gateway.port, "GET", "/orders/v1/items", &[origin, ("apikey", "demo-guess")]);
    assert_eq!(denied.status, 401);
    assert_eq!(denied.header("access-control-allow-origin"), Some(origin.1), "so that a page may read why");
    let stranger = [("origin", "https://evil.example"), ("access-control-request-method", "GET")];
    assert_ne!(ask(gateway.port, "OPTIONS", "/orders/v1/items", &stranger).status, 200);
}

#[test]
fn the_operators_file_of_the_example_has_the_credentials_of_its_snapshot() {
    let read = |name: &str| -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(example().join(name)).unwrap()).unwrap()
    };
    assert_eq!(read("keys.json"), read("snapshot.json")["credentials"]);
}
