use serde_json::{Value, json};

use crate::testing::{Fake, Sample};

const R1: &str = "00000000-0000-4000-8000-000000000001";

fn config(changes: &Value) -> String {
    let mut config = json!({
        "version": 1, "host": "kong",
        "bundle": {"inline": Sample::new().base64()},
        "credentials": [{"kind": "api_key", "header": "apikey"}],
    });
    for (key, value) in changes.as_object().unwrap() {
        config[key] = value.clone();
    }
    config.to_string()
}

fn with_service(fake: &Fake) {
    fake.properties.borrow_mut().insert("kong.service_id", b"00000000-0000-4000-8000-000000000051".to_vec());
}

#[test]
fn kongs_services_are_known_to_the_bundle() {
    let (fake, mut filter) = Fake::configured(&config(&json!({})));
    assert_eq!(fake.get_nginx(&mut filter, "/x", &[("apikey", "good")]).reason(), "resource_unknown");
    with_service(&fake);
    let played = fake.get_nginx(&mut filter, "/x", &[("apikey", "good")]);
    assert_eq!(played.sees("x-gatepass-resource-id"), [R1]);
    assert_eq!(played.sees("apikey"), [""], "blanked, since it cannot be removed");
    let denied = fake.get_nginx(&mut filter, "/x", &[("apikey", "waiting")]);
    assert_eq!(denied.reason(), "registration_pending");
    assert!(denied.response.unwrap().body.contains("\"request_id\":\"nginx-id\""));
}

#[test]
fn what_cannot_be_removed_is_refused() {
    let (fake, mut filter) = Fake::configured(&config(&json!({"mode": "monitor"})));
    with_service(&fake);
    for forged in ["x-gatepass-owner", "X_Gatepass_Serial"] {
        let played = fake.get_nginx(&mut filter, "/x", &[("apikey", "good"), (forged, "evil")]);
        assert_eq!((played.status(), played.reason()), (400, "identity_header_forged"));
    }
    let twice = fake.get_nginx(&mut filter, "/x", &[("apikey", "good"), ("apikey", "good")]);
    assert_eq!(
        twice.reason(),
        "credential_ambiguous",
        "even when monitoring: a second copy would reach the upstream"
    );
}

#[test]
fn the_raw_path_and_the_real_host_decide() {
    let routes = json!([{"host": "api.example.com", "path_prefix": "/orders", "resource_id": R1}]);
    let (fake, mut filter) = Fake::configured(&config(&json!({"host": "nginx", "routes": routes})));
    let played = fake.get_nginx(&mut filter, "/orders?x=1", &[("apikey", "good")]);
    assert_eq!((played.status(), played.asked.len()), (200, 10));
    assert_eq!(
        fake.get_nginx(&mut filter, "/public%2f..%2forders", &[("apikey", "good")]).reason(),
        "path_ambiguous"
    );
    assert_eq!(fake.get_nginx(&mut filter, "/decoded", &[("apikey", "good")]).reason(), "resource_unknown");
    for other in ["open.example.com", "api.example.com:80,open.example.com", "api.example.com:80:90", ""] {
        let played = fake.get_nginx_from(&mut filter, other, "/orders", &[("apikey", "good")]);
        assert_eq!(played.reason(), "host_ambiguous", "{other}: nginx and Kong go by two different hosts");
    }
}

#[test]
fn a_filter_for_nginx_does_not_run_elsewhere() {
    let (fake, mut filter) = Fake::configured(&config(&json!({})));
    with_service(&fake);
    assert_eq!(fake.get(&mut filter, "/x", &[("apikey", "good")]).reason(), "host_mismatch");
}

#[test]
fn consumers_are_believed_from_headers_that_the_host_replaces() {
    let asserted = json!([{"kind": "asserted", "header": "x-consumer-custom-id", "as": "custom_id", "trust": "host_replaces_it"}]);
    let (fake, mut filter) = Fake::configured(&config(&json!({"credentials": asserted})));
    with_service(&fake);
    let mut reason = |headers: &[(&str, &str)]| fake.get_nginx(&mut filter, "/x", headers).reason();
    assert_eq!(reason(&[("X-Consumer-Custom-ID", "alice")]), "");
    assert_eq!(
        reason(&[("X-Consumer-Custom-ID", "alice"), ("X-Consumer-Custom-ID", "alice")]),
        "credential_ambiguous"
    );
    assert_eq!(
        reason(&[("X-Consumer-Custom-ID", "alice"), ("X-Anonymous-Consumer", "true")]),
        "credential_missing"
    );
    assert_eq!(reason(&[("X_Consumer_Custom_ID", "alice")]), "identity_header_forged");
}

#[test]
fn ticks_are_asked_for_once() {
    let (fake, mut filter) = Fake::configured(&config(&json!({})));
    assert!(fake.configure(&mut filter, &config(&json!({}))));
    for _ in 0..5 {
        fake.now_ms.set(fake.now_ms.get() + 400);
        fake.tick(&mut filter);
    }
    assert_eq!(*fake.ticks.borrow(), [1000], "a second time is a trap there");
}
