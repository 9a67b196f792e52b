//! Vectors on a real Envoy: one process, one listener for each configuration, all in one VM.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use xtask::client::{self, Answer};
use xtask::envoy::Envoy;
use xtask::tools::free_port;

use super::check::Seen;
use super::environment;
use super::portal::Portal;
use super::upstream::Upstream;
use super::vector::{self, Case};

/// A running Envoy with an upstream behind it.
#[derive(Debug)]
pub(crate) struct Gateway {
    /// Ports by listener name.
    ports: BTreeMap<String, u16>,
    admin_port: u16,
    pub(crate) upstream: Upstream,
    config_file: PathBuf,
    envoy: Envoy,
}

/// One listener: what the filter is told, and what Envoy itself knows about its requests.
#[derive(Debug)]
pub(crate) struct Listener {
    /// The filter's configuration.
    pub(crate) config: Value,
    pub(crate) properties: Vec<(Vec<String>, Value)>,
}

impl Gateway {
    /// Starts Envoy with listeners named `0`, `1` and so on, and clusters for the filter's own calls.
    pub(crate) fn start(name: &str, listeners: &[Listener], clusters: &[(&str, u16)]) -> Self {
        Self::start_with(name, listeners, clusters, |_| ())
    }

    /// Starts Envoy with a change of what would be its configuration.
    pub(crate) fn start_with(
        name: &str,
        listeners: &[Listener],
        clusters: &[(&str, u16)],
        change: impl FnOnce(&mut Value),
    ) -> Self {
        let upstream = Upstream::start();
        let admin_port = free_port().unwrap();
        let mut config = configuration(listeners, clusters, admin_port, upstream.port);
        change(&mut config);
        let config_file = write_config(name, &config);
        let envoy = Envoy::start(&environment::envoy(), &config_file, admin_port, 1).unwrap();
        let mut gateway = Self { ports: BTreeMap::new(), admin_port, upstream, config_file, envoy };
        gateway.ports = gateway.bound_ports();
        assert_eq!(gateway.ports.len(), listeners.len(), "every listener is there");
        gateway
    }

    /// Envoy takes whatever ports are free and says which.
    fn bound_ports(&self) -> BTreeMap<String, u16> {
        let answer = client::get(self.admin_port, "/listeners?format=json").unwrap().json();
        let statuses = answer["listener_statuses"].as_array().unwrap();
        let port = |status: &Value| {
            let port = status.pointer("/local_address/socket_address/port_value").and_then(Value::as_u64);
            (status["name"].as_str().unwrap().to_owned(), u16::try_from(port.unwrap()).unwrap())
        };
        statuses.iter().map(port).collect()
    }

    /// The port of a listener.
    pub(crate) fn port(&self, listener: usize) -> u16 {
        self.ports[&listener.to_string()]
    }

    /// Sends a request to a listener.
    pub(crate) fn send_request(&self, listener: usize, request: &vector::Request) -> Seen {
        let answer = client::send(self.port(listener), &wire(request));
        let answer =
            answer.unwrap_or_else(|error| panic!("{request:?}: {error}:\n{}", self.envoy.log_tail()));
        seen(answer, self.upstream.take())
    }

    /// The filter's metrics, as Envoy publishes them.
    pub(crate) fn metrics(&self) -> BTreeMap<String, i64> {
        let answer = client::get(self.admin_port, "/stats?filter=gatepass_").unwrap();
        let text = String::from_utf8(answer.body).unwrap();
        let metric = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            Some((name.strip_prefix("wasmcustom.")?.to_owned(), value.parse().ok()?))
        };
        text.lines().filter_map(metric).collect()
    }

    /// The memory of Envoy's process, as Linux counts it.
    pub(crate) fn memory_kilobytes(&self) -> u64 {
        self.envoy.memory_kilobytes()
    }

    /// Everything Envoy logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.config_file.with_extension("log")).unwrap()
    }
}

pub(crate) fn seen(answer: Answer, upstream: Vec<super::check::Arrived>) -> Seen {
    let lower = |(name, value): (String, String)| (name.to_ascii_lowercase(), value);
    Seen {
        status: answer.status,
        headers: answer.headers.into_iter().map(lower).collect(),
        body: answer.body,
        upstream,
        blanks: false,
    }
}

/// The request to the byte. Only what a vector leaves open is added.
pub(crate) fn wire(request: &vector::Request) -> Vec<u8> {
    let mut bytes = [request.method.as_bytes(), b" ", &request.path.0, b" HTTP/1.1\r\n"].concat();
    let mut header = |name: &[u8], value: &[u8]| bytes.extend([name, b": ", value, b"\r\n"].concat());
    for host in &request.hosts {
        header(b"Host", &host.0);
    }
    for (name, value) in &request.headers {
        header(&name.0, &value.0);
    }
    if request.announces_length() {
        header(b"Content-Length", request.body.0.len().to_string().as_bytes());
    }
    bytes.extend(b"\r\n");
    bytes.extend(&request.body.0);
    bytes
}

impl Listener {
    /// What Envoy shall know under a name that it has itself.
    fn property(&self, path: &[&str]) -> Option<&str> {
        self.properties.iter().find(|(other, _)| other == path).map(|(_, value)| value.as_str().unwrap())
    }

    fn render(&self, name: &str) -> Value {
        let cluster = self.property(&["xds", "cluster_name"]).unwrap_or("upstream");
        let route = self.property(&["xds", "route_name"]).unwrap_or("");
        let mut filters: Vec<Value> =
            self.properties.iter().filter_map(|(path, value)| metadata(path, value)).collect();
        filters.push(json!({"name": "gatepass", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
            "config": {
                "name": "gatepass",
                "vm_config": {
                    "vm_id": "gatepass",
                    "runtime": "envoy.wasm.runtime.v8",
                    "code": {"local": {"filename": environment::filter()}}
                },
                "failure_policy": "FAIL_CLOSED",
                "configuration": {
                    "@type": "type.googleapis.com/google.protobuf.StringValue",
                    "value": self.config.to_string()
                }
            }
        }}));
        filters.push(json!({"name": "envoy.filters.http.router", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
        }}));
        let upgrades = json!([{"upgrade_type": "websocket"}, {"upgrade_type": "CONNECT"}]);
        let manager = json!({
            "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": "gateway",
            // The connection ends with the answer, so that its end is the answer's.
            "common_http_protocol_options": {"max_requests_per_connection": 1},
            "delayed_close_timeout": "0.010s",
            "upgrade_configs": upgrades,
            "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
                {"name": route, "match": {"connect_matcher": {}}, "route": {"cluster": cluster}},
                {"name": route, "match": {"prefix": "/"}, "route": {"cluster": cluster}},
                // `OPTIONS *`
                {"name": route, "match": {"safe_regex": {"regex": ".*"}}, "route": {"cluster": cluster}}
            ]}]},
            "http_filters": filters
        });
        json!({
            "name": name,
            "address": address(0),
            "enable_reuse_port": false,
            "filter_chains": [{"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}]
        })
    }
}

/// The filter that gives Envoy the dynamic metadata which another filter, as `jwt_authn`, would give it.
fn metadata(path: &[String], value: &Value) -> Option<Value> {
    let (space, keys) = match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["metadata", "filter_metadata", space, keys @ ..] => ((*space).to_owned(), keys.to_vec()),
        ["kong" | "ngx", ..] | ["xds", "route_name" | "cluster_name"] => return None,
        other => panic!("Envoy cannot be told the property {other:?}"),
    };
    let nested = keys.iter().rev().fold(value.clone(), |inner, key| json!({*key: inner}));
    Some(json!({"name": "envoy.filters.http.set_metadata", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.set_metadata.v3.Config",
        "metadata": [{"metadata_namespace": space, "value": nested, "allow_overwrite": true}]
    }}))
}

pub(crate) fn cluster(name: &str, port: u16) -> Value {
    json!({"name": name, "connect_timeout": "1s", "load_assignment": {"cluster_name": name, "endpoints": [
        {"lb_endpoints": [{"endpoint": {"address": address(port)}}]}
    ]}})
}

pub(crate) fn address(port: u16) -> Value {
    json!({"socket_address": {"address": "127.0.0.1", "port_value": port}})
}

/// A configuration for Envoy.
pub(crate) fn configuration(
    listeners: &[Listener],
    clusters: &[(&str, u16)],
    admin_port: u16,
    upstream_port: u16,
) -> Value {
    let mut all = vec![cluster("upstream", upstream_port)];
    all.extend(clusters.iter().map(|(name, port)| cluster(name, *port)));
    let mut names: Vec<&str> =
        listeners.iter().filter_map(|one| one.property(&["xds", "cluster_name"])).collect();
    names.sort_unstable();
    names.dedup();
    all.extend(names.into_iter().map(|name| cluster(name, upstream_port)));
    let listening: Vec<Value> =
        listeners.iter().enumerate().map(|(position, one)| one.render(&position.to_string())).collect();
    json!({
        "admin": {"address": address(admin_port)},
        "static_resources": {"listeners": listening, "clusters": all},
    })
}

/// Writes a configuration for Envoy; its log goes beside it.
pub(crate) fn write_config(name: &str, config: &Value) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.json"));
    std::fs::write(&file, config.to_string()).unwrap();
    file
}

/// Listeners for cases, each configuration once, and the position of each case's listener.
pub(crate) fn listeners(cases: &[Case], portal: &Portal, now_millis: i64) -> (Vec<Listener>, Vec<usize>) {
    let mut listeners: Vec<Listener> = Vec::new();
    let mut positions = Vec::new();
    for case in cases {
        let mut config = case.config.clone();
        portal.fill_in(&mut config, now_millis);
        let is_same = |one: &Listener| one.config == config && one.properties == case.properties;
        let position = listeners.iter().position(is_same).unwrap_or_else(|| {
            listeners.push(Listener { config, properties: case.properties.clone() });
            listeners.len() - 1
        });
        positions.push(position);
    }
    (listeners, positions)
}
