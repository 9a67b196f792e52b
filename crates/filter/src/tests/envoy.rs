use serde_json::{Value, json};

use crate::testing::{Fake, Sample};

const R1: &str = "00000000-0000-4000-8000-000000000001";
const R2: &str = "00000000-0000-4000-8000-000000000002";

fn config(changes: &Value) -> String {
    let mut config = json!({
        "version": 1, "host": "envoy",
        "bundle": {"inline": Sample::new().base64()},
        "credentials": [{"kind": "api_key", "header": "apikey"}, {"kind": "api_key", "query": "apikey"}],
        "routes": [{"path_prefix": "/orders", "resource_id": R1}, {"path_prefix": "/both", "resource_ids": [R2, R1]},
                   {"path_prefix": "/watched", "resource_id": R1, "mode": "monitor"}],
        "open": [{"path_prefix": "/health", "methods": ["GET"]}],
        "realm": "orders"
    });
    for (key, value) in changes.as_object().unwrap() {
        config[key] = value.clone();
    }
    config.to_string()
}

#[test]
fn an_allowed_request_costs_four_host_calls_and_carries_who_called() {
    let (fake, mut filter) = Fake::configured(&config(&json!({})));
    let played = fake.get(&mut filter, "/orders/7?x=1", &[("apikey", "good"), ("accept", "*/*")]);
    assert_eq!(played.sees("x-gatepass-application-id"), ["00000000-0000-4000-8000-0000000000a1"]);
    assert_eq!(played.sees("x-gatepass-owner"), ["developer:00000000-0000-4000-8000-0000000000d1"]);
    assert_eq!(played.sees("x-gatepass-resource-id"), [R1]);
    assert_eq!(played.sees("x-gatepass-serial"), ["0"]);
    assert_eq!(played.sees("apikey"), [""; 0]);
    assert_eq!(
        (played.sees("accept"), played.sees(":path")),
        (vec!["*/*".to_owned()], vec!["/orders/7?x=1".to_owned()])
    );
    assert_eq!(*fake.added_to_response.borrow(), [("vary".to_owned(), b"apikey".to_vec())]);
    assert_eq!(played.asked, ["headers", "now", "set_headers", "add_header"]);
}

#[test]
fn every_denial_says_why() {
    let (fake, mut filter) = Fake::configured(&config(&json!({})));
    let mut reason = |path: &str, headers: &[(&str, &str)]| {
        let played = fake.get(&mut filter, path, headers);
        (played.status(), played.reason())
    };
    assert_eq!(reason("/orders", &[]), (401, "credential_missing"));
    assert_eq!(reason("/orders", &[("apikey", "nobody's")]), (401, "credential_unknown"));
    assert_eq!(reason("/orders", &[("apikey", "brief")]), (401, "credential_expired"));
    assert_eq!(reason("/orders", &[("apikey", "good"), ("ApiKey", "good")]), (401, "credential_ambiguous"));
    assert_eq!(reason("/orders?apikey=waiting", &[("apikey", "good")]), (401, "credential_ambiguous"));
    assert_eq!(reason("/orders", &[("apikey", "waiting")]), (403, "registration_pending"));
    assert_eq!(reason("/elsewhere", &[("apikey", "good")]), (403, "resource_unknown"));
    assert_eq!(reason("/health/../orders", &[("apikey", "good")]), (400, "path_ambiguous"));
    assert_eq!(reason("/%6frders", &[]), (400, "path_ambiguous"));
    assert_eq!(reason("/orders", &[("host", "api.example.com")]), (503, "host_mismatch"));
    let odd = fake.play(&mut filter, &[(":authority", "a,b"), (":method", "GET"), (":path", "/orders")]);
    assert_eq!((odd.status(), odd.reason()), (400, "host_ambiguous"));
    let connect = fake.play(&mut filter, &[(":authority", "a:443"), (":method", "CONNECT")]);
    assert_eq!((connect.status(), connect.reason()), (403, "resource_unknown"));
    let bytes = fake.play(
        &mut filter,
        &[(":authority", "a"), (":method", "GET"), (":path", "/orders")]
            .map(|(n, v)| (n, v.as_bytes()))
            .into_iter()
            .chain([("apikey", &b"\xff\xfe"[..])])
            .collect::<Vec<_>>(),
    );
    assert_eq!((bytes.status(), bytes.reason()), (401, "credential_unknown"));
}

#[test]
fn a_denial_is_a_problem_document() {
    let (fake, mut filter) = Fake::configured(&config(&json!({})));
    let played = fake.get(&mut filter, "/orders", &[("x-request-id", "r-1")]);
    let response = played.response.unwrap();
    let body: Value = serde_json::from_str(&response.body).unwrap();
    assert_eq!(body["reason"], "credential_missing");
    assert_eq!(body["request_id"], "r-1");
    assert!(response.headers.contains(&("www-authenticate", "Key realm=\"orders\"".to_owned())));
    let played = fake.get(&mut filter, "/orders", &[("x-request-id", "a\"b")]);
    let body: Value = serde_json::from_str(&played.response.unwrap().body).unwrap();
    assert_eq!(body["request_id"], Value::Null);
}

#[test]
fn any_of_several_resources_is_enough_and_the_first_gives_the_reason() {
    let (fake, mut filter) = Fake::configured(&config(&json!({})));
    let played = fake.get(&mut filter, "/both", &[("apikey", "good")]);
    assert_eq!(played.sees("x-gatepass-resource-id"), [R1]);
    assert_eq!(fake.get(&mut filter, "/both", &[("apikey", "waiting")]).reason(), "resource_unpublished");
}

#[test]
fn a_key_in_the_query_is_taken_out_and_nothing_else() {
    let (fake, mut filter) = Fake::configured(&config(&json!({})));
    let played = fake.get(&mut filter, "/orders?a=%zz&apikey=good&b=+", &[]);
    assert_eq!(played.sees(":path"), ["/orders?a=%zz&b=+"]);
    let (fake, mut filter) = Fake::configured(&config(&json!({"hide_credentials": false})));
    let played = fake.get(&mut filter, "/orders?apikey=good", &[("apikey", "good")]);
    assert_eq!(
        (played.sees(":path"), played.sees("apikey")),
        (vec!["/orders?apikey=good".to_owned()], vec!["good".to_owned()])
    );
}

#[test]
fn claims_of_clients_never_reach_the_upstream() {
    let asserted = json!([{"kind": "asserted", "header": "x-consumer-custom-id", "as": "custom_id", "trust": "host_replaces_it"}]);
    let (fake, mut filter) = Fake::configured(&config(&json!({"credentials": asserted})));
    let forged = [
        ("x-gatepass-application-id", "evil"),
        ("X_Gatepass_Owner", "evil"),
        ("x-gatepass-would-deny", "no"),
    ];
    let mut headers = forged.to_vec();
    headers.extend([("x_consumer_custom_id", "evil"), ("x-consumer-custom-id", "alice")]);
    let played = fake.get(&mut filter, "/orders", &headers);
    assert_eq!(played.sees("x-gatepass-application-id"), ["00000000-0000-4000-8000-0000000000a1"]);
    for gone in ["x_gatepass_owner", "x-gatepass-would-deny", "x_consumer_custom_id"] {
        assert_eq!(played.sees(gone), [""; 0], "{gone}");
    }
    for path in ["/health", "/watched"] {
        let played = fake.get(&mut filter, path, &forged);
        assert!(
            played.sees("x-gatepass-application-id").is_empty() && played.sees("X_Gatepass_Owner").is_empty()
        );
    }
}

#[test]
fn what_is_open_passes_without_credentials_and_only_there() {
    let (fake, mut filter) = Fake::configured(&config(&json!({})));
    let played = fake.get(&mut filter, "/health/live", &[]);
    assert_eq!(
        (played.status(), played.asked),
        (200, vec!["headers"]),
        "nothing to change, nothing to ask for"
    );
    let played = fake.get(&mut filter, "/health?apikey=k&a=1", &[("apikey", "good")]);
    assert_eq!((played.sees(":path"), played.sees("apikey")), (vec!["/health?a=1".to_owned()], vec![]));
    let post = fake.play(&mut filter, &[(":authority", "a"), (":method", "POST"), (":path", "/health")]);
    assert_eq!(post.reason(), "resource_unknown");
    assert_eq!(fake.get(&mut filter, "/healthy", &[]).reason(), "resource_unknown");
    assert_eq!(fake.get(&mut filter, "/health//x", &[]).reason(), "path_ambiguous");
}

#[test]
fn monitoring_notes_what_it_would_deny_and_passes_no_identity() {
    let (fake, mut filter) = Fake::configured(&config(&json!({})));
    let played = fake.get(&mut filter, "/watched", &[("apikey", "waiting")]);
    assert_eq!(played.sees("x-gatepass-would-deny"), ["registration_pending"]);
    assert!(played.sees("x-gatepass-application-id").is_empty() && played.sees("apikey").is_empty());
    assert_eq!(
        fake.get(&mut filter, "/watched", &[("apikey", "good")]).sees("x-gatepass-would-deny"),
        [""; 0]
    );
    assert_eq!(fake.get(&mut filter, "/watched//x", &[]).reason(), "path_ambiguous");
    assert_eq!(fake.metric("gatepass_monitor"), 1);
}

#[test]
fn a_preflight_passes_only_if_it_may() {
    let ask = [
        (":authority", "a"),
        (":method", "OPTIONS"),
        (":path", "/orders"),
        ("origin", "https://x"),
        ("access-control-request-method", "PUT"),
    ];
    let (fake, mut filter) = Fake::configured(&config(&json!({})));
    assert_eq!(fake.play(&mut filter, &ask).reason(), "credential_missing");
    let (fake, mut filter) = Fake::configured(&config(&json!({"preflight": "pass"})));
    let mut more = ask.to_vec();
    more.extend([("apikey", "good"), ("x-http-method-override", "DELETE")]);
    let played = fake.play(&mut filter, &more);
    assert!(played.sees("apikey").is_empty() && played.sees("x-http-method-override").is_empty());
    assert!(played.sees("x-gatepass-application-id").is_empty());
    for missing in [3, 4] {
        let mut less = ask.to_vec();
        less.remove(missing);
        assert_eq!(fake.play(&mut filter, &less).reason(), "credential_missing");
    }
    for body in [("content-length", "3"), ("transfer-encoding", "chunked")] {
        let mut more = ask.to_vec();
        more.push(body);
        assert_eq!(fake.play(&mut filter, &more).reason(), "credential_missing");
    }
    let mut unknown = ask;
    unknown[2] = (":path", "/elsewhere");
    assert_eq!(fake.play(&mut filter, &unknown).reason(), "resource_unknown");
}

#[test]
fn routes_can_be_known_by_the_names_that_envoy_gives_them() {
    let routes = json!([{"route_name": "orders", "resource_id": R1, "disclose": "none"}]);
    let (fake, mut filter) = Fake::configured(&config(&json!({"routes": routes})));
    assert_eq!(fake.get(&mut filter, "/a//b", &[("apikey", "good")]).reason(), "resource_unknown");
    fake.properties.borrow_mut().insert("xds.route_name", b"orders".to_vec());
    let played = fake.get(&mut filter, "/a//b", &[("apikey", "good")]);
    assert_eq!(played.asked, ["headers", "property", "now", "set_headers", "property", "add_header"]);
    assert_eq!(fake.get(&mut filter, "/health", &[]).status(), 200, "what is open is open here too");
    let body = fake.get(&mut filter, "/x", &[]).response.unwrap().body;
    assert!(!body.contains("credential_missing"), "{body}");
    let connect =
        fake.play(&mut filter, &[(":authority", "a:443"), (":method", "CONNECT"), ("apikey", "good")]);
    assert_eq!(connect.status(), 200);
}

#[test]
fn whatever_the_host_refuses_nothing_passes_that_should_not() {
    for broken in ["headers", "now", "set_headers", "respond"] {
        let (fake, mut filter) = Fake::configured(&config(&json!({})));
        fake.broken.borrow_mut().push(broken);
        let key = if broken == "respond" { "nobody's" } else { "good" };
        let played = fake.get(&mut filter, "/orders", &[("apikey", key)]);
        assert_eq!(played.upstream, None, "{broken}");
    }
    let mut filter = crate::Filter::default();
    let fake = Fake::default();
    filter.create(1, 0);
    assert!(!fake.configure(&mut filter, "{}"));
    assert_eq!(
        fake.get(&mut filter, "/orders", &[("apikey", "good")]).status(),
        503,
        "no configuration, no access"
    );
    filter.delete(77);
    filter.tick(&fake, 77);
    filter.call_response(&fake, 77, 1, 1, 1);
    assert!(!filter.configure(&fake, 77, 0));
    assert_eq!(filter.request_headers(&fake, 77, true), crate::Flow::Stop);
}

#[test]
fn decisions_are_counted_and_published_from_ticks() {
    let (fake, mut filter) = Fake::configured(&config(&json!({})));
    for key in ["good", "good", "waiting"] {
        fake.get(&mut filter, "/orders", &[("apikey", key)]);
    }
    fake.get(&mut filter, "/health", &[]);
    fake.tick(&mut filter);
    assert_eq!(fake.metric("gatepass_decisions_allow"), 2);
    assert_eq!(fake.metric("gatepass_decisions_open"), 1);
    assert_eq!(fake.metric("gatepass_decisions_registration_pending"), 1);
    assert_eq!(fake.metric("gatepass_ready"), 1);
    assert_eq!(fake.metric("gatepass_unsigned"), 0);
}
