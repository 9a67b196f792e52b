use serde_json::{Value, json};

use crate::testing::{Fake, NOW_MS, Sample};
use crate::{Filter, Flow};

const R1: &str = "00000000-0000-4000-8000-000000000001";

fn config(sample: &Sample, mode: &str, routes: &Value) -> String {
    json!({
        "version": 1, "host": "envoy", "mode": mode,
        "bundle": {"inline": sample.base64(), "inline_timestamp": sample.timestamp(NOW_MS - 1500)},
        "credentials": [{"kind": "api_key", "header": "apikey"}],
        "routes": routes,
    })
    .to_string()
}

/// The status that a request ends with, whose route is another by the time the response comes.
fn moved(fake: &Fake, filter: &mut Filter, key: &str, now: Option<&str>) -> (u32, &'static str) {
    fake.properties.borrow_mut().insert("xds.route_name", b"orders".to_vec());
    *fake.request.borrow_mut() = [(":authority", "a"), (":method", "GET"), (":path", "/"), ("apikey", key)]
        .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
        .to_vec();
    filter.create(9, 1);
    let flow = filter.request_headers(fake, 9, true);
    match now {
        Some(now) => fake.properties.borrow_mut().insert("xds.route_name", now.as_bytes().to_vec()),
        None => fake.properties.borrow_mut().remove("xds.route_name"),
    };
    let after = filter.response_headers(fake, 9);
    filter.delete(9);
    match fake.responses.borrow_mut().pop() {
        Some(response) => {
            assert!(flow == Flow::Stop || after == Flow::Stop);
            (response.status, response.details)
        }
        None => (200, ""),
    }
}

#[test]
fn a_request_that_took_another_route_is_not_answered() {
    let sample = Sample::new();
    let routes = json!([{"route_name": "orders", "resource_id": R1}]);
    let (fake, mut filter) = Fake::configured(&config(&sample, "enforce", &routes));
    assert_eq!(moved(&fake, &mut filter, "good", Some("orders")), (200, ""));
    assert_eq!(moved(&fake, &mut filter, "good", Some("admin")), (500, "route_changed"));
    assert_eq!(moved(&fake, &mut filter, "good", None), (500, "route_changed"));
    assert_eq!(moved(&fake, &mut filter, "bad", Some("admin")), (401, "credential_unknown"));
    fake.now_ms.set(NOW_MS + 2000);
    fake.tick(&mut filter);
    assert_eq!(fake.metric("gatepass_responses_route_changed"), 2);
    assert_eq!(fake.metric("gatepass_decisions_allow"), 3, "it was allowed, and counted so once");
    let (fake, mut filter) = Fake::configured(&config(&sample, "monitor", &routes));
    assert_eq!(moved(&fake, &mut filter, "good", Some("admin")), (200, ""), "monitoring stops nothing");
}

#[test]
fn a_response_that_was_never_judged_does_not_go_out() {
    let (fake, mut filter) = Fake::configured(&config(
        &Sample::new(),
        "enforce",
        &json!([{"path_prefix": "/", "resource_id": R1}]),
    ));
    filter.create(9, 1);
    assert_eq!(filter.response_headers(&fake, 9), Flow::Stop);
    let response = fake.responses.borrow_mut().pop().unwrap();
    assert_eq!((response.status, response.details), (500, "decision_missing"));
    assert_eq!(filter.response_headers(&fake, 9), Flow::Continue, "its own answer goes out");
    // A context that was deleted is over: some hosts trap on a second answer.
    assert_eq!(filter.response_headers(&fake, 77), Flow::Continue);
    assert!(fake.responses.borrow().is_empty());
}

#[test]
fn a_deprecated_resource_says_so() {
    let routes = json!([{"path_prefix": "/", "resource_id": R1}]);
    let (fake, mut filter) = Fake::configured(&config(&Sample::deprecated(), "enforce", &routes));
    let since = |fake: &Fake| {
        let added = fake.added_to_response.borrow();
        added.iter().find(|(name, _)| name == "deprecation").map(|(_, value)| value.clone())
    };
    fake.get(&mut filter, "/", &[("apikey", "good")]);
    assert_eq!(since(&fake).unwrap(), format!("@{}", (NOW_MS - 1500) / 1000).into_bytes());
    fake.get(&mut filter, "/", &[("apikey", "bad")]);
    assert_eq!(since(&fake), None, "a denial says nothing about the resource");
    let (fake, mut filter) = Fake::configured(&config(&Sample::new(), "enforce", &routes));
    fake.get(&mut filter, "/", &[("apikey", "good")]);
    assert_eq!(since(&fake), None);
}
