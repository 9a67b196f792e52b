//! The properties a filter can read, beside the facts the test gave the request.

use crate::{
    abi::{Status, Stop},
    arrival::KONG_NODE,
    profile::Profile,
    state::{HostState, Stream},
    target::split_query,
};

/// The first part of what Envoy 1.40 no longer has, or never had.
const UNKNOWN_TO_ENVOY: [&str; 8] = [
    "kong",
    "ngx",
    "node",
    "cluster_name",
    "route_name",
    "listener_direction",
    "listener_metadata",
    "route_metadata",
];

/// The first part of everything `ngx_wasm_module` has.
const KNOWN_TO_KONG: [&str; 9] = [
    "kong",
    "ngx",
    "request",
    "response",
    "source",
    "destination",
    "connection",
    "plugin_name",
    "plugin_root_id",
];

/// What may be written on Kong, by the start of its dotted path.
const WRITABLE_ON_KONG: [&str; 5] = [
    "kong.ctx.shared.",
    "kong.response.status",
    "kong.service.target",
    "kong.service.upstream",
    "kong.service.request.scheme",
];

/// Reads a property; the path's parts are separated by zero bytes.
pub(crate) fn get(state: &HostState, path: &[u8]) -> Result<Vec<u8>, Stop> {
    let path = normalize(state.profile, path);
    let parts: Vec<&str> =
        path.split(|byte| *byte == 0).map(|part| std::str::from_utf8(part).unwrap_or("\u{fffd}")).collect();
    let root = parts.first().copied().unwrap_or_default();
    let value = match state.profile {
        Profile::Envoy => at_envoy(state, root, &parts, &path),
        Profile::Kong => at_kong(state, root, &parts, &path)?,
    };
    value.ok_or(Stop::Status(Status::NotFound))
}

/// Writes a property.
pub(crate) fn set(state: &mut HostState, path: &[u8], value: Vec<u8>) -> Result<(), Stop> {
    let path = normalize(state.profile, path);
    if state.profile == Profile::Kong {
        let dotted = String::from_utf8_lossy(&path).replace('\0', ".");
        if state.current_stream().is_none() {
            return Err(Status::InternalFailure.into());
        }
        if !WRITABLE_ON_KONG.iter().any(|writable| dotted.starts_with(writable)) {
            return Err(Status::NotFound.into());
        }
    }
    match state.current_stream_mut() {
        Some(stream) => stream.properties.insert(path, value),
        None => state.root_properties.insert(path, value),
    };
    Ok(())
}

/// Facts of a request under the paths they are looked up by.
pub(crate) fn key(profile: Profile, parts: &[Vec<u8>]) -> Vec<u8> {
    normalize(profile, &parts.join(b"\0".as_slice()))
}

/// `ngx_wasm_module` joins the parts with dots, so `["ngx.host"]` is `["ngx", "host"]` there.
fn normalize(profile: Profile, path: &[u8]) -> Vec<u8> {
    let path = path.strip_suffix(b"\0").unwrap_or(path);
    match profile {
        Profile::Envoy => path.to_vec(),
        Profile::Kong => path.iter().map(|byte| if *byte == b'.' { 0 } else { *byte }).collect(),
    }
}

fn at_envoy(state: &HostState, root: &str, parts: &[&str], path: &[u8]) -> Option<Vec<u8>> {
    if UNKNOWN_TO_ENVOY.contains(&root) {
        return None;
    }
    match root {
        "plugin_name" => return Some(b"gatepass".to_vec()),
        "plugin_root_id" | "plugin_vm_id" => return Some(Vec::new()),
        _ => {}
    }
    let Some(stream) = state.current_stream() else { return state.root_properties.get(path).cloned() };
    if let Some(given) = stream.properties.get(path) {
        return Some(given.clone());
    }
    let header = |name: &str| stream.request.get(name.as_bytes()).map(<[u8]>::to_vec);
    match parts {
        ["request", "path"] => header(":path"),
        ["request", "url_path"] => header(":path").map(|path| split_query(&path).0.to_vec()),
        ["request", "query"] => header(":path").map(|path| split_query(&path).1.unwrap_or_default().to_vec()),
        ["request", "host"] => header(":authority"),
        ["request", "scheme"] => header(":scheme"),
        ["request", "method"] => header(":method"),
        ["request", "id"] => header("x-request-id"),
        ["request", "headers", name] => header(name),
        ["request", "protocol"] => Some(b"HTTP/1.1".to_vec()),
        ["request", "time"] => Some(state.now_nanos.to_le_bytes().to_vec()),
        ["request", "size"] => Some(long(stream.request_body.len()).to_vec()),
        ["response", "code"] => response_code(stream).map(|code| u64::from(code).to_le_bytes().to_vec()),
        ["connection", "mtls"] => Some(vec![0]),
        ["connection", "id"] => Some(u64::from(stream.context).to_le_bytes().to_vec()),
        ["source", "address"] => Some(b"192.0.2.10:40000".to_vec()),
        ["source", "port"] => Some(40_000_u64.to_le_bytes().to_vec()),
        _ => None,
    }
}

fn at_kong(state: &HostState, root: &str, parts: &[&str], path: &[u8]) -> Result<Option<Vec<u8>>, Stop> {
    let Some(stream) = state.current_stream() else {
        return Err(match root {
            "plugin_name" => Stop::Trap("SIGSEGV: plugin_name was read outside a request".to_owned()),
            _ => Stop::Status(Status::InternalFailure),
        });
    };
    if !KNOWN_TO_KONG.contains(&root) {
        return Ok(None);
    }
    if let Some(given) = stream.properties.get(path) {
        return Ok(Some(given.clone()));
    }
    let header = |name: &str| stream.request.get(name.as_bytes()).map(<[u8]>::to_vec);
    let arrival = &stream.arrival;
    Ok(match parts {
        ["plugin_name"] => Some(b"gatepass".to_vec()),
        ["plugin_root_id"] => Some(Vec::new()),
        ["ngx", "request_uri"] => Some(arrival.origin.clone()),
        ["ngx", "host"] => Some(arrival.routing_host.clone()),
        ["ngx", "uri"] | ["request", "url_path"] => Some(arrival.uri.clone()),
        ["ngx", "args"] | ["request", "query"] => Some(arrival.query.clone().unwrap_or_default()),
        ["ngx", "hostname"] | ["request", "host"] => Some(KONG_NODE.as_bytes().to_vec()),
        ["ngx" | "request", "scheme"] => header(":scheme"),
        ["ngx", "request_method"] | ["request", "method"] => header(":method"),
        ["request", "path"] => header(":path"),
        ["request", "headers", name] => header(name),
        ["request", "protocol"] => Some(b"HTTP/1.1".to_vec()),
        ["request", "size"] => Some(stream.request_body.len().to_string().into_bytes()),
        ["response", "code"] => response_code(stream).map(|code| code.to_string().into_bytes()),
        ["connection", "mtls"] => Some(b"false".to_vec()),
        ["source", "address"] => Some(b"192.0.2.10".to_vec()),
        ["source", "port"] => Some(b"40000".to_vec()),
        _ => None,
    })
}

fn response_code(stream: &Stream) -> Option<u16> {
    std::str::from_utf8(stream.response.as_ref()?.get(b":status")?).ok()?.parse().ok()
}

fn long(length: usize) -> [u8; 8] {
    u64::try_from(length).unwrap_or(u64::MAX).to_le_bytes()
}
