//! What properties each host has.

use gatepass_proxy_host::{Profile, Request, StartFailure, Vm};

use super::filter::{Filter, lines, settings, told};

const REQUEST: &str = "proxy_on_request_headers";

fn read(profile: Profile, path: &[&str]) -> String {
    let mut vm = Filter::new().show_property(REQUEST, path).start(profile);
    vm.handle(
        Request::post("/a%2fb?x=1", "abc")
            .host("Api.Example:80")
            .property(&["xds", "route_name"], "orders")
            .property(&["route_name"], "orders")
            .property(&["metadata", "filter_metadata", "a.b", "azp"], "client")
            .property(&["kong", "route_id"], "r1"),
    );
    lines(&mut vm).remove(0)
}

#[test]
fn each_host_has_its_own() {
    for (path, envoy, kong) in [
        (["xds", "route_name"].as_slice(), Some("orders"), None),
        (&["metadata", "filter_metadata", "a.b", "azp"], Some("client"), None),
        (&["kong", "route_id"], None, Some("r1")),
        (&["kong.route_id"], None, Some("r1")),
        (&["ngx", "host"], None, Some("api.example")),
        (&["ngx", "request_uri"], None, Some("/a%2fb?x=1")),
        (&["request", "host"], Some("Api.Example:80"), Some("kong-node")),
        (&["request", "path"], Some("/a%2fb?x=1"), Some("/a/b?x=1")),
        (&["request", "url_path"], Some("/a%2fb"), Some("/a/b")),
        (&["request", "size"], Some("\u{3}\0\0\0\0\0\0\0"), Some("3")),
        (&["plugin_name"], Some("gatepass"), Some("gatepass")),
        (&["route_name"], None, None),
        (&["nope"], None, None),
    ] {
        let expected = |value: Option<&str>| value.map_or_else(|| told(1), str::to_owned);
        assert_eq!(read(Profile::Envoy, path), expected(envoy), "{path:?}");
        assert_eq!(read(Profile::Kong, path), expected(kong), "{path:?}");
    }
}

#[test]
fn the_root_context_has_none_on_kong() {
    let mut filter = Filter::new();
    filter.show_property("proxy_on_configure", &["plugin_root_id"]);
    assert_eq!(lines(&mut filter.start(Profile::Envoy)), [""]);
    assert_eq!(lines(&mut filter.start(Profile::Kong)), [told(10)]);
}

#[test]
fn the_plugins_name_at_start_crashes_kong() {
    let mut filter = Filter::new();
    filter.show_property("proxy_on_vm_start", &["plugin_name"]);
    assert_eq!(lines(&mut filter.start(Profile::Envoy)), ["gatepass"]);
    let error = Vm::start_with(&filter.compile(), settings(Profile::Kong)).unwrap_err();
    assert!(matches!(error.reason, StartFailure::Trap(reason) if reason.contains("SIGSEGV")));
}

#[test]
fn envoy_takes_any_property_and_kong_a_few() {
    let mut filter = Filter::new();
    let value = filter.text("1");
    for path in ["x", "kong\0ctx\0shared\0who"] {
        let path = filter.text(path);
        filter.on(REQUEST, format!("(call $tell (call $set_property {path} {value}))"));
    }
    filter.show_property(REQUEST, &["x"]).show_property(REQUEST, &["kong", "ctx", "shared", "who"]);
    for (profile, expected) in [
        (Profile::Envoy, [told(0), told(0), "1".into(), told(1)]),
        (Profile::Kong, [told(1), told(0), told(1), "1".into()]),
    ] {
        let mut vm = filter.start(profile);
        vm.handle(Request::get("/").host("h"));
        assert_eq!(lines(&mut vm), expected, "{profile}");
    }
}
