//! What a filter sees of a request.

use gatepass_proxy_host::{Exchange, Outcome, Profile, Request};

use super::filter::{Filter, INTO, lines, told};

const REQUEST: &str = "proxy_on_request_headers";

fn seen(profile: Profile, name: &str, request: Request) -> String {
    let mut vm = Filter::new().show_header(REQUEST, 0, name).start(profile);
    assert_eq!(vm.handle(request).outcome, Outcome::Forwarded);
    lines(&mut vm).remove(0)
}

#[test]
fn envoy_lower_cases_and_has_pseudo_headers_instead_of_host() {
    let request = || Request::get("/a?b").host("Api.Example:80").header("X-Mode", "M");
    for (name, value) in [
        (":authority", "Api.Example:80"),
        (":path", "/a?b"),
        (":method", "GET"),
        (":scheme", "http"),
        ("x-mode", "M"),
        ("X-MODE", "M"),
    ] {
        assert_eq!(seen(Profile::Envoy, name, request()), value, "{name}");
    }
    assert_eq!(seen(Profile::Envoy, "host", request()), told(1));
}

#[test]
fn kong_shows_the_machine_as_authority_and_the_decoded_path() {
    let request = || Request::get("/public%2f..%2forders//v1?x=%20").host("Api.Example:80");
    for (name, value) in [
        (":authority", "kong-node"),
        ("host", "Api.Example:80"),
        (":path", "/orders/v1?x=%20"),
        (":method", "GET"),
    ] {
        assert_eq!(seen(Profile::Kong, name, request()), value, "{name}");
    }
}

#[test]
fn pair_lists_keep_the_clients_case_on_kong_only() {
    let mut filter = Filter::new();
    filter.on(REQUEST, format!("(call $show (call $headers (i32.const 0) {INTO}))"));
    for (profile, name) in [(Profile::Envoy, "x-mode\0M"), (Profile::Kong, "X-Mode\0M")] {
        let mut vm = filter.start(profile);
        vm.handle(Request::get("/").host("h").header("X-Mode", "M"));
        assert!(lines(&mut vm).remove(0).contains(name), "{profile}");
    }
}

#[test]
fn only_the_first_copy_comes_back() {
    for profile in Profile::ALL {
        let request = Request::get("/").host("h").header("apikey", "one").header("apikey", "two");
        assert_eq!(seen(profile, "apikey", request), "one", "{profile}");
    }
}

#[test]
fn two_hosts_are_joined_by_envoy_and_refused_by_kong() {
    let request = || Request::get("/").host("a.example").host("b.example");
    assert_eq!(seen(Profile::Envoy, ":authority", request()), "a.example,b.example");
    let refused = Filter::new().start(Profile::Kong).handle(request());
    assert_eq!((refused.outcome, refused.response.status), (Outcome::Refused, 400));
}

#[test]
fn an_absolute_form_routes_by_its_own_host() {
    let request = || Request::get("http://Other.Example/a").host("api.example");
    assert_eq!(seen(Profile::Envoy, ":authority", request()), "Other.Example");
    assert_eq!(seen(Profile::Envoy, ":path", request()), "/a");
    let mut vm = Filter::new().show_property(REQUEST, &["ngx", "host"]).start(Profile::Kong);
    vm.handle(request());
    assert_eq!(lines(&mut vm), ["other.example"]);
}

#[test]
fn the_end_of_the_stream_is_known_in_headers_on_envoy_only() {
    let mut filter = Filter::new();
    filter
        .on(REQUEST, "(call $tell (local.get 2))")
        .on("proxy_on_request_body", "(call $tell (local.get 1))");
    for (profile, expected) in [(Profile::Envoy, ["1", "0", "3"]), (Profile::Kong, ["0", "0", "3"])] {
        let mut vm = filter.start(profile);
        vm.handle(Request::get("/").host("h"));
        vm.handle(Request::post("/", "abc").host("h"));
        assert_eq!(lines(&mut vm), expected, "{profile}");
    }
}

#[test]
fn bytes_that_are_not_text_arrive_as_they_are() {
    for profile in Profile::ALL {
        let mut filter = Filter::new();
        filter.change(REQUEST, 0, "add", "x-copied", Some("yes"));
        let exchange: Exchange =
            filter.start(profile).handle(Request::get("/\u{e9}").host("h").header("k", b"\xff\xfe"));
        let upstream = exchange.upstream_request.unwrap();
        assert_eq!(upstream.header("K"), Some(b"\xff\xfe".as_slice()), "{profile}");
        assert_eq!(upstream.path, "/\u{e9}".as_bytes(), "{profile}");
    }
}
