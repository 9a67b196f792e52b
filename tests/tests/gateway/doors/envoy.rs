//! Envoy without Wasm: `ext_authz` over HTTP.

use serde_json::{Value, json};
use xtask::client;
use xtask::envoy::Envoy;
use xtask::tools::free_port;

use super::super::environment;
use super::super::real_envoy::{address, cluster};
use super::Proxy;

/// One listener for each door.
pub(super) fn start(relays: &[u16], upstream: u16) -> Proxy {
    let listeners: Vec<Value> = (0..relays.len()).map(|at| listener(&format!("relay_{at}"))).collect();
    let mut clusters = vec![cluster("upstream", upstream)];
    clusters.extend(relays.iter().enumerate().map(|(at, relay)| cluster(&format!("relay_{at}"), *relay)));
    let admin = free_port().unwrap();
    let config = json!({"admin": {"address": address(admin)},
                        "static_resources": {"listeners": listeners, "clusters": clusters}});
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("doors.json");
    std::fs::write(&file, config.to_string()).unwrap();
    let envoy = Envoy::start(&environment::envoy(), &file, admin, 1).unwrap();
    // Envoy takes whatever ports are free and says which.
    let bound = client::get(admin, "/listeners?format=json").unwrap().json();
    let port = |at: usize| {
        let statuses = bound["listener_statuses"].as_array().unwrap();
        let status = statuses.iter().find(|status| status["name"] == format!("relay_{at}")).unwrap();
        let port = status.pointer("/local_address/socket_address/port_value").and_then(Value::as_u64);
        u16::try_from(port.unwrap()).unwrap()
    };
    let ports = (0..relays.len()).map(port).collect();
    Proxy { ports, _process: Box::new(envoy) }
}

fn listener(relay: &str) -> Value {
    let exact = |name: &str| json!({"exact": name, "ignore_case": true});
    let ask = json!({"name": "envoy.filters.http.ext_authz", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz",
        "transport_api_version": "V3",
        "failure_mode_allow": false,
        "status_on_error": {"code": "ServiceUnavailable"},
        // Any header may be a credential, or look like one.
        "allowed_headers": {"patterns": [{"safe_regex": {"regex": ".*"}}]},
        "http_service": {
            "server_uri": {"uri": "http://relay", "cluster": relay, "timeout": "3s"},
            "path_prefix": "/v1/authorize",
            "authorization_response": {
                // Always answered, so they always replace what the client sent.
                "allowed_upstream_headers": {"patterns": [{"prefix": "x-gatepass-"}]},
                "allowed_client_headers": {"patterns": [
                    exact("content-type"), exact("cache-control"), exact("www-authenticate"), exact("retry-after")]},
            },
        },
    }});
    let manager = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "gateway",
        "common_http_protocol_options": {"max_requests_per_connection": 1},
        "delayed_close_timeout": "0.010s",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
            {"match": {"prefix": "/"}, "route": {"cluster": "upstream"}},
            {"match": {"safe_regex": {"regex": ".*"}}, "route": {"cluster": "upstream"}}
        ]}]},
        "http_filters": [ask, {"name": "envoy.filters.http.router", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}],
    });
    json!({"name": relay, "address": address(0), "enable_reuse_port": false, "filter_chains": [{"filters": [
        {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}]})
}
