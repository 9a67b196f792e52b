//! What a filter's changes of a request do upstream.

use gatepass_proxy_host::{Outcome, Profile, Request, UpstreamRequest};

use super::filter::{Filter, lines, told};

const REQUEST: &str = "proxy_on_request_headers";

fn request() -> Request {
    Request::post("/a", "body")
        .host("h")
        .header("X-Owner", "evil")
        .header("x-owner", "evil2")
        .header("apikey", "k")
}

fn upstream(profile: Profile, filter: &Filter) -> UpstreamRequest {
    filter.start(profile).handle(request()).upstream_request.unwrap()
}

#[test]
fn removal_reaches_the_upstream_on_envoy_only() {
    let mut filter = Filter::new();
    filter.change(REQUEST, 0, "remove", "x-owner", None).show_header(REQUEST, 0, "x-owner");
    assert!(upstream(Profile::Envoy, &filter).header("x-owner").is_none());
    assert_eq!(upstream(Profile::Kong, &filter).header_values("x-owner"), [b"evil".as_slice(), b"evil2"]);
    for profile in Profile::ALL {
        let mut vm = filter.start(profile);
        vm.handle(request());
        assert_eq!(lines(&mut vm), [told(0), told(1)], "the filter sees it gone on {profile}");
    }
}

#[test]
fn setting_one_of_two_leaves_the_second_on_kong() {
    let mut filter = Filter::new();
    filter.change(REQUEST, 0, "replace", "x-owner", Some("verified"));
    assert_eq!(upstream(Profile::Envoy, &filter).header_values("x-owner"), [b"verified".as_slice()]);
    let at_kong = upstream(Profile::Kong, &filter);
    assert_eq!(at_kong.header_values("x-owner"), [b"verified".as_slice(), b"evil2"]);
}

#[test]
fn an_empty_value_blanks_a_single_header() {
    let mut filter = Filter::new();
    filter.change(REQUEST, 0, "replace", "apikey", Some(""));
    for profile in Profile::ALL {
        assert_eq!(upstream(profile, &filter).header_values("apikey"), [b"".as_slice()], "{profile}");
    }
}

#[test]
fn a_new_path_reaches_the_upstream_on_envoy_only() {
    let mut filter = Filter::new();
    filter.change(REQUEST, 0, "replace", ":path", Some("/b")).show_header(REQUEST, 0, ":path");
    assert_eq!(upstream(Profile::Envoy, &filter).path, b"/b");
    assert_eq!(upstream(Profile::Kong, &filter).path, b"/a");
    let mut vm = filter.start(Profile::Kong);
    vm.handle(request());
    assert_eq!(lines(&mut vm), [told(0), "/b".to_owned()]);
}

#[test]
fn any_change_clears_envoys_route() {
    for (function, value) in [("add", Some("1")), ("replace", Some("1")), ("remove", None)] {
        let mut filter = Filter::new();
        filter.change(REQUEST, 0, function, "x-new", value);
        assert!(filter.start(Profile::Envoy).handle(request()).route_cleared, "{function}");
        assert!(!filter.start(Profile::Kong).handle(request()).route_cleared, "{function}");
    }
    assert!(!Filter::new().start(Profile::Envoy).handle(request()).route_cleared);
}

#[test]
fn a_whole_map_replaces_on_envoy_and_adds_up_on_kong() {
    let mut filter = Filter::new();
    let pairs = filter.pairs(&[("x-only", "1")]);
    filter.on(REQUEST, format!("(call $tell (call $set_headers (i32.const 0) {pairs}))"));
    assert_eq!(upstream(Profile::Envoy, &filter).headers.len(), 1);
    assert_eq!(upstream(Profile::Kong, &filter).header_values("x-owner").len(), 2);
}

#[test]
fn request_headers_are_gone_once_they_are_sent_on() {
    let mut filter = Filter::new();
    filter.show_header("proxy_on_response_headers", 0, "apikey").show_header("proxy_on_log", 0, "apikey");
    for (profile, expected) in [(Profile::Envoy, told(2)), (Profile::Kong, "k".to_owned())] {
        let mut vm = filter.start(profile);
        vm.handle(request());
        assert_eq!(lines(&mut vm), [expected, "k".to_owned()], "{profile}");
    }
}

#[test]
fn kong_traps_on_a_request_header_set_too_late() {
    let mut filter = Filter::new();
    filter.change("proxy_on_response_headers", 0, "add", "x-late", Some("1"));
    let exchange = filter.start(Profile::Kong).handle(request());
    assert_eq!((exchange.outcome, exchange.response.status), (Outcome::Trapped, 500));
    assert!(exchange.upstream_request.is_some());
}

#[test]
fn a_body_can_be_replaced() {
    let mut filter = Filter::new();
    let new = filter.text("new");
    filter.on(
        "proxy_on_request_body",
        format!("(call $tell (call $set_buffer (i32.const 0) (i32.const 0) (local.get 1) {new}))"),
    );
    for profile in Profile::ALL {
        assert_eq!(upstream(profile, &filter).body, b"new", "{profile}");
    }
}
