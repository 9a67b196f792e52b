//! Envoy's configuration with one of the variants.

use std::path::Path;

use serde_json::{Value, json};

/// What stands before the router, and whom it asks.
pub(super) struct Variant {
    filter: Option<Value>,
    relay: Option<u16>,
}

impl Variant {
    pub(super) const fn nothing() -> Self {
        Self { filter: None, relay: None }
    }

    /// The same with a cluster `relay`.
    pub(super) fn asking(self, relay: u16) -> Self {
        Self { relay: Some(relay), ..self }
    }

    /// A proxy-wasm filter with its configuration.
    pub(super) fn wasm(module: &Path, configuration: &str) -> Self {
        Self::named(
            "envoy.filters.http.wasm",
            "wasm.v3.Wasm",
            json!({"config": {
                "name": "filter",
                "vm_config": {
                    "vm_id": "filter", "runtime": "envoy.wasm.runtime.v8", "code": {"local": {"filename": module}}
                },
                "failure_policy": "FAIL_CLOSED",
                "configuration": {"@type": "type.googleapis.com/google.protobuf.StringValue", "value": configuration}
            }}),
        )
    }

    pub(super) fn rbac() -> Self {
        let shown = json!({"header": {"name": "apikey", "string_match": {"exact": "key-0"}}});
        Self::named(
            "envoy.filters.http.rbac",
            "rbac.v3.RBAC",
            json!({"rules": {"action": "ALLOW", "policies": {
                "callers": {"permissions": [{"any": true}], "principals": [shown]}
            }}}),
        )
    }

    pub(super) fn api_key_auth(count: u32) -> Self {
        let keys: Vec<Value> = (0..count)
            .map(|number| json!({"key": format!("key-{number}"), "client": format!("client-{number}")}))
            .collect();
        let settings = json!({"credentials": keys, "key_sources": [{"header": "apikey"}]});
        Self::named("envoy.filters.http.api_key_auth", "api_key_auth.v3.ApiKeyAuth", settings)
    }

    pub(super) fn lua(count: u32) -> Self {
        let keys: Vec<String> = (0..count).map(|number| format!("[\"key-{number}\"]=true")).collect();
        let code = format!(
            "local keys = {{{}}}\nfunction envoy_on_request(handle)\n  local key = handle:headers():get('apikey')\n  \
             if not keys[key] then handle:respond({{[':status'] = '403'}}, 'denied') end\nend\n",
            keys.join(",")
        );
        Self::named(
            "envoy.filters.http.lua",
            "lua.v3.Lua",
            json!({"default_source_code": {"inline_string": code}}),
        )
    }

    fn named(name: &str, kind: &str, mut settings: Value) -> Self {
        if let Some(members) = settings.as_object_mut() {
            let kind = format!("type.googleapis.com/envoy.extensions.filters.http.{kind}");
            members.insert("@type".to_owned(), kind.into());
        }
        Self { filter: Some(json!({"name": name, "typed_config": settings})), relay: None }
    }

    /// Envoy with this before its router, which answers itself or asks an upstream.
    pub(super) fn envoy(&self, port: u16, admin_port: u16, upstream: Option<u16>) -> Value {
        let mut filters: Vec<Value> = self.filter.iter().cloned().collect();
        filters.push(json!({"name": "envoy.filters.http.router", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
        }}));
        let action = match upstream {
            None => json!({"direct_response": {"status": 200, "body": {"inline_string": "ok"}}}),
            Some(_) => json!({"route": {"cluster": "upstream"}}),
        };
        let mut route = json!({"match": {"prefix": "/"}});
        if let (Some(route), Some(action)) = (route.as_object_mut(), action.as_object()) {
            route.extend(action.clone());
        }
        let manager = json!({
            "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": "bench",
            "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
            "http_filters": filters
        });
        let listener = json!({
            "name": "bench", "address": address(port),
            "filter_chains": [{"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}]
        });
        let cluster = |name: &str, port: u16| {
            json!({"name": name, "connect_timeout": "1s", "load_assignment": {"cluster_name": name, "endpoints": [
                {"lb_endpoints": [{"endpoint": {"address": address(port)}}]}
            ]}})
        };
        let named = [("upstream", upstream), ("relay", self.relay)];
        let clusters: Vec<Value> =
            named.into_iter().filter_map(|(name, port)| Some(cluster(name, port?))).collect();
        json!({
            "admin": {"address": address(admin_port)},
            "static_resources": {"listeners": [listener], "clusters": clusters}
        })
    }
}

fn address(port: u16) -> Value {
    json!({"socket_address": {"address": "127.0.0.1", "port_value": port}})
}
