//! Local responses, and the upstream's on its way back.

use gatepass_proxy_host::{AnsweredBy, Outcome, Profile, Request, UpstreamResponse};

use super::filter::{Filter, lines, told};

const REQUEST: &str = "proxy_on_request_headers";
const RESPONSE: &str = "proxy_on_response_headers";

#[test]
fn a_denial_never_reaches_the_upstream() {
    let mut filter = Filter::new();
    let headers =
        [("Content-Type", "application/problem+json"), ("WWW-Authenticate", "A"), ("www-authenticate", "B")];
    filter.respond(REQUEST, 401, &headers, "{}", -1);
    for profile in Profile::ALL {
        let exchange = filter.start(profile).handle(Request::get("/").host("h"));
        assert_eq!((exchange.outcome, exchange.answered_by), (Outcome::Answered, AnsweredBy::Filter));
        assert!(exchange.upstream_request.is_none(), "{profile}");
        assert_eq!(exchange.response.status, 401, "{profile}");
        let (challenges, body, length): (Vec<&[u8]>, &[u8], &[u8]) = match profile {
            Profile::Envoy => (vec![b"A", b"B"], b"{}", b"2"),
            Profile::Kong => (vec![b"B"], b"{}\n", b"3"),
        };
        assert_eq!(exchange.response.header_values("www-authenticate"), challenges, "{profile}");
        assert_eq!(exchange.response.body, body, "{profile}");
        assert_eq!(exchange.response.header("content-length"), Some(length), "{profile}");
    }
}

#[test]
fn the_filters_own_response_callbacks_run() {
    let mut filter = Filter::new();
    filter.respond(REQUEST, 403, &[], "", -1).change(RESPONSE, 2, "add", "vary", Some("apikey"));
    for profile in Profile::ALL {
        let exchange = filter.start(profile).handle(Request::get("/").host("h"));
        assert_eq!(exchange.response.header("vary"), Some(b"apikey".as_slice()), "{profile}");
    }
}

#[test]
fn grpc_is_trailers_only_on_envoy() {
    for content_type in ["application/grpc", "application/grpc+proto"] {
        let request = || Request::post("/", "x").host("h").header("Content-Type", content_type);
        for (http, given, expected) in [
            (403, 7, 7),
            (400, -1, 13),
            (401, -1, 16),
            (403, -1, 7),
            (404, -1, 12),
            (503, -1, 14),
            (500, -1, 2),
        ] {
            let mut filter = Filter::new();
            filter.respond(REQUEST, http, &[("x-gatepass-reason", "r")], "no\n%", given);
            let response = filter.start(Profile::Envoy).handle(request()).response;
            assert_eq!((response.status, response.grpc_status), (200, Some(expected)), "{http}");
            assert_eq!(response.header("grpc-message"), Some(b"no%0A%25".as_slice()));
            assert_eq!(response.header("x-gatepass-reason"), Some(b"r".as_slice()));
            assert_eq!(response.header("content-type"), Some(b"application/grpc".as_slice()));
            assert!(response.body.is_empty());
            let at_kong = filter.start(Profile::Kong).handle(request()).response;
            assert_eq!((at_kong.status, at_kong.grpc_status), (http, None));
        }
    }
}

#[test]
fn grpc_web_and_the_rest_are_plain() {
    let mut filter = Filter::new();
    filter.respond(REQUEST, 200, &[], "no", 7);
    let request = Request::post("/", "x").host("h").header("content-type", "application/grpc-web");
    let response = filter.start(Profile::Envoy).handle(request).response;
    assert_eq!((response.status, response.grpc_status, response.body), (200, None, b"no".to_vec()));
}

#[test]
fn the_upstreams_response_can_be_changed() {
    let mut filter = Filter::new();
    filter
        .show_header(RESPONSE, 2, ":status")
        .change(RESPONSE, 2, "add", "Vary", Some("apikey"))
        .change(RESPONSE, 2, "replace", "x-old", Some("new"))
        .change(RESPONSE, 2, "remove", "server", None);
    let request = || {
        let answer = UpstreamResponse::new(418).header("Server", "s").header("X-Old", "old").body("tea");
        Request::get("/").host("h").upstream_response(answer)
    };
    for profile in Profile::ALL {
        let mut vm = filter.start(profile);
        let exchange = vm.handle(request());
        assert_eq!((exchange.outcome, exchange.answered_by), (Outcome::Forwarded, AnsweredBy::Upstream));
        assert_eq!((exchange.response.status, exchange.response.body.as_slice()), (418, b"tea".as_slice()));
        assert_eq!(exchange.response.header("vary"), Some(b"apikey".as_slice()), "{profile}");
        assert_eq!(exchange.response.header("x-old"), Some(b"new".as_slice()), "{profile}");
        assert_eq!(exchange.response.header("server"), None, "{profile}");
        assert_eq!(lines(&mut vm).first().map(String::as_str), Some("418"), "{profile}");
    }
}

#[test]
fn an_answer_in_the_response_phase_replaces_on_envoy_and_traps_on_kong() {
    let mut filter = Filter::new();
    filter.respond(RESPONSE, 500, &[], "changed", -1);
    let at_envoy = filter.start(Profile::Envoy).handle(Request::get("/").host("h"));
    assert_eq!((at_envoy.outcome, at_envoy.response.status), (Outcome::Answered, 500));
    assert!(at_envoy.upstream_request.is_some());
    let at_kong = filter.start(Profile::Kong).handle(Request::get("/").host("h"));
    assert_eq!(at_kong.outcome, Outcome::Trapped);
    assert!(at_kong.trap.unwrap().contains("response already sent"));
}

#[test]
fn a_pause_without_an_answer_hangs() {
    let mut filter = Filter::new();
    filter.on(REQUEST, "(return (i32.const 1))");
    for profile in Profile::ALL {
        let exchange = filter.start(profile).handle(Request::get("/").host("h"));
        assert_eq!((exchange.outcome, exchange.response.status), (Outcome::Hung, 504), "{profile}");
    }
}

#[test]
fn a_missing_body_callback_crashes_kong() {
    let mut filter = Filter::new();
    filter.without("proxy_on_response_body");
    let at = |profile| filter.start(profile).handle(Request::get("/").host("h")).outcome;
    assert_eq!((at(Profile::Envoy), at(Profile::Kong)), (Outcome::Forwarded, Outcome::Trapped));
}

#[test]
fn a_status_out_of_range_is_refused_by_kong() {
    let mut vm = Filter::new().respond(REQUEST, 1000, &[], "", -1).start(Profile::Kong);
    assert_eq!(vm.handle(Request::get("/").host("h")).outcome, Outcome::Forwarded);
    assert_eq!(lines(&mut vm), [told(2)]);
}
