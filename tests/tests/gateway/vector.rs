//! How vector files are read: strictly, so that a misspelt expectation is an error and not a test that proves less.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::portal;

/// Where a vector is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// The proxy-host that behaves like Envoy.
    ProxyEnvoy,
    /// The proxy-host that behaves like Kong.
    ProxyKong,
    /// Envoy itself.
    RealEnvoy,
}

impl Host {
    /// What vectors call it, the more specific word first.
    const fn words(self) -> [&'static str; 2] {
        match self {
            Self::ProxyEnvoy => ["proxy_envoy", "envoy"],
            Self::ProxyKong => ["proxy_kong", "kong"],
            Self::RealEnvoy => ["real_envoy", "envoy"],
        }
    }

    /// What the configuration of the filter calls it.
    pub(crate) const fn configured(self) -> &'static str {
        self.words()[1]
    }

    fn pick<T>(self, by_word: &BTreeMap<String, T>) -> Option<&T> {
        self.words().iter().find_map(|word| by_word.get(*word))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What the file proves.
    description: String,
    /// Configurations that several vectors use.
    #[serde(default)]
    configs: BTreeMap<String, Map<String, Value>>,
    vectors: Vec<Vector>,
}

/// The name of one of the file's configurations, changes, or several of these, the later ones on top.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Config {
    Named(String),
    Changes(Map<String, Value>),
    Several(Vec<Config>),
}

impl Config {
    fn changes(&self, named: &BTreeMap<String, Map<String, Value>>) -> Map<String, Value> {
        match self {
            Self::Named(name) => named.get(name).unwrap_or_else(|| panic!("no config `{name}`")).clone(),
            Self::Changes(changes) => changes.clone(),
            Self::Several(several) => several.iter().flat_map(|config| config.changes(named)).collect(),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    description: String,
    /// Why hosts differ; needed wherever they do.
    why: Option<String>,
    hosts: Option<Vec<String>>,
    /// Keys that replace those of the base configuration; null removes one.
    #[serde(default)]
    config: Config,
    #[serde(default)]
    config_on: BTreeMap<String, Map<String, Value>>,
    /// Facts that the host knows about the request.
    #[serde(default)]
    properties: Vec<(Vec<String>, Value)>,
    #[serde(default)]
    request: Map<String, Value>,
    /// Changes of the request: one case for each.
    #[serde(default)]
    each: Vec<Map<String, Value>>,
    expect: Expect,
    #[serde(default)]
    expect_on: BTreeMap<String, Expect>,
}

/// A request as the client sends it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: Bytes,
    pub(crate) hosts: Vec<Bytes>,
    pub(crate) headers: Vec<(Bytes, Bytes)>,
    pub(crate) body: Bytes,
}

impl Request {
    /// Whether `Content-Length` comes with it.
    pub(crate) fn announces_length(&self) -> bool {
        let is_chunked = |(name, _): &(Bytes, Bytes)| name.0.eq_ignore_ascii_case(b"transfer-encoding");
        !self.body.0.is_empty() && !self.headers.iter().any(is_chunked)
    }
}

impl Default for Request {
    fn default() -> Self {
        let text = |text: &str| Bytes(text.as_bytes().to_vec());
        Self {
            method: "GET".to_owned(),
            path: text("/orders/v1/items"),
            hosts: vec![text("api.example")],
            headers: Vec::new(),
            body: Bytes::default(),
        }
    }
}

/// What must come of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) status: u16,
    /// Why the gateway denies; absent where it does not.
    pub(crate) reason: Option<String>,
    /// The reason is counted but not told.
    #[serde(default)]
    pub(crate) undisclosed: bool,
    /// The host refuses the request before the filter sees it.
    #[serde(default)]
    pub(crate) by_host: bool,
    /// What reaches the upstream; absent where nothing may.
    pub(crate) upstream: Option<Upstream>,
    /// Response headers: a value, the members of a list, or null for one that must not be there.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Value>,
    pub(crate) grpc_status: Option<i32>,
    /// Fields of the JSON body; null is one that must not be there.
    #[serde(default)]
    pub(crate) body: Map<String, Value>,
    /// The whole body.
    pub(crate) text: Option<String>,
}

/// What an upstream must get.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Upstream {
    /// The application whose identity the request carries; without one it carries none.
    #[serde(rename = "as")]
    pub(crate) application: Option<String>,
    /// The resource that it was allowed for; needed with `as`.
    pub(crate) resource: Option<String>,
    pub(crate) serial: Option<Value>,
    /// In monitor mode, why it would have been denied.
    pub(crate) would_deny: Option<String>,
    pub(crate) path: Option<Bytes>,
    pub(crate) has: BTreeMap<String, Bytes>,
    pub(crate) lacks: Vec<String>,
    /// `hide_credentials` is off.
    pub(crate) shows_credentials: bool,
}

/// Text, `{"hex": …}`, `{"repeat": …, "times": …}`, or a list of these put together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Piece")]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Piece {
    Text(String),
    Hex(Hex),
    Repeat(Repeat),
    List(Vec<Bytes>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hex {
    hex: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    repeat: String,
    times: usize,
}

impl From<Piece> for Bytes {
    fn from(piece: Piece) -> Self {
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        Self(match piece {
            Piece::Text(text) => text.into_bytes(),
            Piece::Hex(Hex { hex }) => hex.as_bytes().chunks(2).map(byte).collect(),
            Piece::Repeat(Repeat { repeat, times }) => repeat.repeat(times).into_bytes(),
            Piece::List(list) => list.into_iter().flat_map(|part| part.0).collect(),
        })
    }
}

/// One request to one host.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// File, description and what is special about the request.
    pub(crate) name: String,
    /// `$` words are not filled in yet.
    pub(crate) config: Value,
    pub(crate) properties: Vec<(Vec<String>, Value)>,
    pub(crate) request: Request,
    pub(crate) expect: Expect,
}

impl Case {
    /// What the filter counts for it; nothing if it never sees the request.
    pub(crate) fn counted(&self) -> Option<&str> {
        let Expect { reason, by_host, upstream, .. } = &self.expect;
        match (reason, upstream) {
            _ if *by_host => None,
            (Some(reason), _) | (None, Some(Upstream { would_deny: Some(reason), .. })) => Some(reason),
            (None, Some(Upstream { application: Some(_), .. })) => Some("allow"),
            (None, _) => Some("open"),
        }
    }
}

/// Every case for a host, in the order of the files.
pub(crate) fn cases(host: Host) -> Vec<Case> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/gateway");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let file: File = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}.json: {error}"));
        assert!(!file.description.is_empty(), "{name}.json says what it proves");
        for vector in &file.vectors {
            cases.extend(expand(&name, vector, &file.configs, host));
        }
    }
    cases
}

fn expand(
    file: &str,
    vector: &Vector,
    named: &BTreeMap<String, Map<String, Value>>,
    host: Host,
) -> Vec<Case> {
    let name = format!("{file}: {}", vector.description);
    let differs = vector.hosts.is_some() || !vector.config_on.is_empty() || !vector.expect_on.is_empty();
    assert_eq!(differs, vector.why.is_some(), "{name}: `why` goes with a difference between hosts");
    let words = vector.hosts.iter().flatten().chain(vector.config_on.keys()).chain(vector.expect_on.keys());
    for word in words {
        let known = ["envoy", "kong", "proxy_envoy", "real_envoy"];
        assert!(known.contains(&word.as_str()), "{name}: `{word}` is no host");
    }
    let is_for = |hosts: &Vec<String>| host.words().iter().any(|word| hosts.iter().any(|host| host == word));
    if !vector.hosts.as_ref().is_none_or(is_for) {
        return Vec::new();
    }
    let mut config = portal::configuration(host.configured());
    let changes = vector.config.changes(named);
    for (key, value) in changes.iter().chain(host.pick(&vector.config_on).into_iter().flatten()) {
        let entries = config.as_object_mut().unwrap();
        if value.is_null() {
            entries.remove(key);
        } else {
            entries.insert(key.clone(), value.clone());
        }
    }
    let case = |change: &Map<String, Value>| {
        let mut request = vector.request.clone();
        request.extend(change.clone());
        let shown = Value::Object(change.clone()).to_string();
        let name = if change.is_empty() { name.clone() } else { format!("{name} {shown:.200}") };
        let request = serde_json::from_value(Value::Object(request));
        Case {
            request: request.unwrap_or_else(|error| panic!("{name}: {error}")),
            name,
            config: config.clone(),
            properties: vector.properties.clone(),
            expect: host.pick(&vector.expect_on).unwrap_or(&vector.expect).clone(),
        }
    };
    if vector.each.is_empty() { vec![case(&Map::new())] } else { vector.each.iter().map(case).collect() }
}
