//! Kong's side: one call at a time over the socket, and the functions that a plugin may ask for. Written after what
//! `kong/runloop/plugin_servers/rpc/mp_rpc.lua` (Apache-2.0) does, not from it.

use std::io::{BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gatepass_proxy_host::{NginxRequest, Request};
use rmpv::Value;

use super::super::check::{Arrived, Seen};
use super::super::upstream;
use super::guard;
use super::packed::{Packed, member, read};

/// A worker of Kong with a connection to a plugin server.
#[derive(Debug)]
pub(super) struct Kong {
    socket: PathBuf,
    connection: Option<BufReader<UnixStream>>,
    timeout: Duration,
    message: u32,
    /// What was written into the error log.
    pub(super) errors: Vec<String>,
}

impl Kong {
    pub(super) fn new(socket: &Path) -> Self {
        let timeout = Duration::from_secs(60);
        Self { socket: socket.to_owned(), connection: None, timeout, message: 0, errors: Vec::new() }
    }

    /// Waits at most so long for an answer of the server.
    pub(super) fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, connection: None, ..self }
    }

    /// A connection that was kept, or a new one.
    fn connect(&mut self) -> Result<BufReader<UnixStream>, String> {
        if let Some(kept) = self.connection.take() {
            return Ok(kept);
        }
        let stream =
            UnixStream::connect(&self.socket).map_err(|error| format!("trying to connect: {error}"))?;
        stream.set_read_timeout(Some(self.timeout)).unwrap();
        Ok(BufReader::new(stream))
    }

    /// A remote call: `[0, id, method, arguments]`, answered by `[1, id, error, result]`.
    pub(super) fn call(&mut self, method: &str, arguments: Vec<Packed>) -> Result<Value, String> {
        self.message += 1;
        let (id, name) = (Packed::Number(self.message), Packed::text(method));
        let message = Packed::List(vec![Packed::Number(0), id, name, Packed::List(arguments)]);
        let mut connection = self.connect()?;
        connection.get_mut().write_all(&message.to_bytes()).map_err(|error| error.to_string())?;
        let answer = read(&mut connection).map_err(|error| format!("no data: {error}"))?;
        self.connection = Some(connection);
        let parts = answer.as_array().filter(|parts| parts.len() >= 3).ok_or("not a response")?;
        if parts[0].as_u64() != Some(1) || parts[1].as_u64() != Some(u64::from(self.message)) {
            return Err("a response to something else".to_owned());
        }
        if let Some(error) = parts[2].as_str() {
            return Err(error.to_owned());
        }
        Ok(parts.get(3).cloned().unwrap_or(Value::Nil))
    }

    /// Starts an instance; the configuration comes as Lua encodes it, with Kong's own members.
    pub(super) fn start_instance(&mut self, config: &serde_json::Value) -> Result<u32, String> {
        let mut config = as_lua_encodes(config);
        let own = config.as_object_mut().unwrap();
        own.insert("__key__".into(), "plugins:gatepass:70000000-0000-4000-8000-000000000009::::".into());
        own.insert("__seq__".into(), 1.into());
        own.insert("service_id".into(), "70000000-0000-4000-8000-000000000001".into());
        let call = [("Name", Packed::text("gatepass")), ("Config", Packed::text(config.to_string()))];
        let started = self.call("plugin.StartInstance", vec![Packed::table(call)])?;
        let id = member(&started, "Id").and_then(Value::as_u64).ok_or("no id")?;
        u32::try_from(id).map_err(|error| error.to_string())
    }

    /// The access phase of a request: the plugin, then the guard, then the upstream.
    ///
    /// What goes wrong with the plugin is logged, and the request goes on.
    pub(super) fn serve(&mut self, instance: u32, request: &Request) -> Option<Seen> {
        self.serve_with(instance, request, |_| {})
    }

    /// Like [`Self::serve`]; before each call but the first it is told how many functions the plugin has asked for.
    pub(super) fn serve_with(
        &mut self,
        instance: u32,
        request: &Request,
        meanwhile: impl FnMut(usize),
    ) -> Option<Seen> {
        let mut exchange = Exchange::new(NginxRequest::read(request)?, request);
        if let Err(error) = self.run_plugin(instance, &mut exchange, meanwhile) {
            self.errors.push(error);
        }
        if exchange.exit.is_none() && !guard::lets_pass(exchange.shared.as_ref()) {
            exchange.exit = Some(guard::refusal());
        }
        Some(exchange.finish())
    }

    fn run_plugin(
        &mut self,
        instance: u32,
        exchange: &mut Exchange<'_>,
        mut meanwhile: impl FnMut(usize),
    ) -> Result<(), String> {
        let event = [("InstanceId", Packed::Number(instance)), ("EventName", Packed::text("access"))];
        let mut step = self.call("plugin.HandleEvent", vec![Packed::table(event)])?;
        let id = member(&step, "EventId").and_then(Value::as_u64).ok_or("no event")?;
        let id = u32::try_from(id).map_err(|error| error.to_string())?;
        for asked in 1.. {
            let data = member(&step, "Data").ok_or("no data of a step")?;
            if data.as_str() == Some("ret") {
                return Ok(());
            }
            let method = member(data, "Method").and_then(Value::as_str).ok_or("no method")?.to_owned();
            let arguments = member(data, "Args").and_then(Value::as_array).cloned().unwrap_or_default();
            let result = exchange.ask(&method, &arguments)?;
            if exchange.exit.is_some() {
                // Kong's function does not return: the event is never stepped again.
                return Ok(());
            }
            let step_method = match &*method {
                "kong.router.get_route" => "plugin.StepRoute",
                "kong.router.get_service" => "plugin.StepService",
                "kong.request.get_headers" => "plugin.StepMultiMap",
                "kong.client.get_consumer" => "plugin.StepConsumer",
                _ => "plugin.Step",
            };
            let next = Packed::table([("EventId", Packed::Number(id)), ("Data", result)]);
            meanwhile(asked);
            step = self.call(step_method, vec![next])?;
        }
        Err("the plugin never ends".to_owned())
    }
}

/// Lua's tables: what is empty is an object.
fn as_lua_encodes(value: &serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Array(items) if items.is_empty() => serde_json::json!({}),
        serde_json::Value::Array(items) => items.iter().map(as_lua_encodes).collect(),
        serde_json::Value::Object(entries) => {
            entries.iter().map(|(name, value)| (name.clone(), as_lua_encodes(value))).collect()
        }
        other => other.clone(),
    }
}

/// An answer that Kong gives itself.
#[derive(Clone, Debug)]
pub(super) struct Exit {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// A request in Kong.
struct Exchange<'a> {
    request: &'a Request,
    nginx: NginxRequest,
    /// What the upstream will get.
    upstream: Vec<(String, Vec<u8>)>,
    response: Vec<(String, String)>,
    /// `kong.ctx.shared.gatepass`.
    shared: Option<Value>,
    exit: Option<Exit>,
}

impl<'a> Exchange<'a> {
    fn new(nginx: NginxRequest, request: &'a Request) -> Self {
        let lower = |(name, value): &(Vec<u8>, Vec<u8>)| {
            (String::from_utf8_lossy(name).to_ascii_lowercase(), value.clone())
        };
        let upstream = nginx.headers.iter().map(lower).collect();
        Self { request, nginx, upstream, response: Vec::new(), shared: None, exit: None }
    }

    fn property(&self, path: &[&str]) -> Option<&[u8]> {
        let path: Vec<Vec<u8>> = path.iter().map(|part| part.as_bytes().to_vec()).collect();
        self.request.properties.get(&path).map(Vec::as_slice)
    }

    /// A function of Kong's plugin development kit.
    fn ask(&mut self, method: &str, arguments: &[Value]) -> Result<Packed, String> {
        let text = |at: usize| arguments.get(at).and_then(Value::as_str).unwrap_or_default();
        match method {
            "kong.request.get_headers" => {
                assert_eq!(arguments.first().and_then(Value::as_u64), Some(1000));
                return Ok(self.headers());
            }
            "kong.request.get_method" => return Ok(Packed::text(&self.request.method)),
            "kong.nginx.get_var" => {
                return Ok(match text(0) {
                    "request_uri" => Packed::text(&self.nginx.request_uri),
                    "host" => Packed::text(&self.nginx.host),
                    other => Packed::optional(self.property(&["ngx", other])),
                });
            }
            "kong.router.get_route" => {
                let of = |name: &str| Packed::optional(self.property(&["kong", name]));
                return Ok(Packed::table([("id", of("route_id")), ("name", of("route_name"))]));
            }
            "kong.router.get_service" => {
                let of = |name: &str| Packed::optional(self.property(&["kong", name]));
                return Ok(Packed::table([("id", of("service_id")), ("name", of("service_name"))]));
            }
            "kong.client.get_consumer" => {
                let custom_id = Packed::optional(self.property(&["kong", "client", "consumer", "custom_id"]));
                let has_one = custom_id != Packed::Nil;
                return Ok(if has_one { Packed::table([("custom_id", custom_id)]) } else { Packed::Nil });
            }
            "kong.ctx.shared.get" => {
                return Ok(Packed::optional(self.property(&["kong", "ctx", "shared", text(0)])));
            }
            "kong.service.request.clear_header" => self.upstream.retain(|(name, _)| name != text(0)),
            "kong.service.request.set_headers" => {
                for (name, value) in pairs(&arguments[0]) {
                    self.upstream.retain(|(other, _)| *other != name);
                    self.upstream.push((name, value.into_bytes()));
                }
            }
            "kong.response.add_header" => self.response.push((text(0).to_owned(), text(1).to_owned())),
            "kong.response.exit" => {
                let status = arguments[0].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap();
                let body = text(1).as_bytes().to_vec();
                self.exit = Some(Exit { status, body, headers: pairs(&arguments[2]) });
            }
            "kong.ctx.shared.set" => {
                assert_eq!(text(0), "gatepass");
                self.shared = arguments.get(1).cloned();
            }
            _ => return Err(format!("could not find pdk method: {method}")),
        }
        Ok(Packed::Nil)
    }

    /// By lower-case name, with all values of each.
    fn headers(&self) -> Packed {
        let mut by_name: Vec<(Vec<u8>, Packed)> = Vec::new();
        for (name, value) in self.nginx.headers.iter().take(1000) {
            let (name, value) = (name.to_ascii_lowercase(), Packed::text(value));
            match by_name.iter_mut().find(|(other, _)| *other == name) {
                Some((_, Packed::List(values))) => values.push(value),
                _ => by_name.push((name, Packed::List(vec![value]))),
            }
        }
        Packed::Map(by_name)
    }

    /// What client and upstream see of it.
    fn finish(self) -> Seen {
        if let Some(Exit { status, headers, body }) = self.exit {
            let lower = |(name, value): (String, String)| (name.to_ascii_lowercase(), value);
            let headers = headers.into_iter().map(lower).collect();
            return Seen { status, headers, body, upstream: Vec::new(), blanks: false };
        }
        let arrived = Arrived {
            method: self.request.method.clone(),
            path: self.nginx.request_uri,
            headers: self.upstream,
        };
        let own = upstream::HEADERS.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Seen {
            status: 200,
            headers: own.into_iter().chain(self.response).collect(),
            body: upstream::BODY.as_bytes().to_vec(),
            upstream: vec![arrived],
            blanks: false,
        }
    }
}

fn pairs(map: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    map.as_map().unwrap().iter().map(|(name, value)| (text(name), text(value))).collect()
}
