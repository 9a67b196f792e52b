//! Builds small filters out of WebAssembly text.

use std::{collections::BTreeMap, fmt::Write as _};

use gatepass_proxy_host::{LogLevel, Plugin, Profile, Settings, Vm};

/// Where the text of a filter starts in its memory.
const DATA: usize = 1024;

/// Every callback a filter has unless a test says otherwise: name, parameters, default result.
const CALLBACKS: [(&str, usize, &str); 12] = [
    ("proxy_on_context_create", 2, ""),
    ("proxy_on_vm_start", 2, "(i32.const 1)"),
    ("proxy_on_configure", 2, "(i32.const 1)"),
    ("proxy_on_tick", 1, ""),
    ("proxy_on_http_call_response", 5, ""),
    ("proxy_on_request_headers", 3, "(i32.const 0)"),
    ("proxy_on_request_body", 3, "(i32.const 0)"),
    ("proxy_on_response_headers", 3, "(i32.const 0)"),
    ("proxy_on_response_body", 3, "(i32.const 0)"),
    ("proxy_on_log", 1, ""),
    ("proxy_on_done", 1, "(i32.const 1)"),
    ("proxy_on_delete", 1, ""),
];

/// The result pointers getters are given.
pub(crate) const INTO: &str = "(i32.const 8) (i32.const 12)";

/// A filter under construction.
#[derive(Default)]
pub(crate) struct Filter {
    data: Vec<u8>,
    imports: String,
    bodies: BTreeMap<&'static str, String>,
    left_out: Vec<&'static str>,
}

impl Filter {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Puts bytes into the filter's memory and returns the two arguments that name them.
    pub(crate) fn text(&mut self, bytes: impl AsRef<[u8]>) -> String {
        let start = DATA + self.data.len();
        self.data.extend_from_slice(bytes.as_ref());
        format!("(i32.const {start}) (i32.const {})", bytes.as_ref().len())
    }

    /// Puts a header list into the filter's memory.
    pub(crate) fn pairs(&mut self, pairs: &[(&str, &str)]) -> String {
        let mut bytes = u32::try_from(pairs.len()).unwrap().to_le_bytes().to_vec();
        for (name, value) in pairs {
            bytes.extend(u32::try_from(name.len()).unwrap().to_le_bytes());
            bytes.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
        }
        for (name, value) in pairs {
            bytes.extend_from_slice(format!("{name}\0{value}\0").as_bytes());
        }
        self.text(bytes)
    }

    /// Adds code to a callback, before its result.
    pub(crate) fn on(&mut self, callback: &'static str, code: impl AsRef<str>) -> &mut Self {
        self.bodies.entry(callback).or_default().push_str(code.as_ref());
        self
    }

    /// Leaves a callback out altogether.
    pub(crate) fn without(&mut self, callback: &'static str) -> &mut Self {
        self.left_out.push(callback);
        self
    }

    pub(crate) fn import(&mut self, import: &str) -> &mut Self {
        self.imports.push_str(import);
        self
    }

    /// Shows a property in a callback.
    pub(crate) fn show_property(&mut self, callback: &'static str, path: &[&str]) -> &mut Self {
        let path = self.text(path.join("\0"));
        self.on(callback, format!("(call $show (call $property {path} {INTO}))"))
    }

    /// Shows a header in a callback.
    pub(crate) fn show_header(&mut self, callback: &'static str, map: u32, name: &str) -> &mut Self {
        let name = self.text(name);
        self.on(callback, format!("(call $show (call $header (i32.const {map}) {name} {INTO}))"))
    }

    /// Changes a header in a callback, and tells the status.
    pub(crate) fn change(
        &mut self,
        callback: &'static str,
        map: u32,
        function: &str,
        name: &str,
        value: Option<&str>,
    ) -> &mut Self {
        let name = self.text(name);
        let value = value.map(|value| self.text(value)).unwrap_or_default();
        self.on(callback, format!("(call $tell (call ${function} (i32.const {map}) {name} {value}))"))
    }

    /// Sends a local response in a callback.
    pub(crate) fn respond(
        &mut self,
        callback: &'static str,
        status: u16,
        headers: &[(&str, &str)],
        body: &str,
        grpc_status: i32,
    ) -> &mut Self {
        let (headers, body) = (self.pairs(headers), self.text(body));
        self.on(
            callback,
            format!(
                "(call $tell (call $respond (i32.const {status}) (i32.const 0) (i32.const 0) {body} {headers} \
                 (i32.const {grpc_status})))"
            ),
        )
    }

    /// Dispatches a call in a callback, and tells the status.
    pub(crate) fn dispatch(&mut self, callback: &'static str, headers: &[(&str, &str)]) -> &mut Self {
        let (upstream, headers) = (self.text("relay"), self.pairs(headers));
        self.on(
            callback,
            format!(
                "(call $tell (call $dispatch {upstream} {headers} (i32.const 0) (i32.const 0) (i32.const 0) \
                 (i32.const 0) (i32.const 300) (i32.const 8)))"
            ),
        )
    }

    pub(crate) fn compile(&self) -> Plugin {
        let mut callbacks = String::new();
        for (name, parameters, result) in CALLBACKS {
            if self.left_out.contains(&name) {
                continue;
            }
            let signature = if result.is_empty() { "" } else { "(result i32)" };
            let body = self.bodies.get(name).map(String::as_str).unwrap_or_default();
            writeln!(
                callbacks,
                "(func (export \"{name}\") {} {signature} {body} {result})",
                "(param i32)".repeat(parameters)
            )
            .unwrap();
        }
        let mut data = String::new();
        for byte in &self.data {
            write!(data, "\\{byte:02x}").unwrap();
        }
        let text = include_str!("probe.wat")
            .replace("\"DATA\"", &format!("\"{data}\""))
            .replace(";;IMPORTS", &self.imports)
            .replace(";;CALLBACKS", &callbacks);
        Plugin::compile(&wat::parse_str(text).unwrap()).unwrap()
    }

    pub(crate) fn start(&self, profile: Profile) -> Vm {
        Vm::start_with(&self.compile(), settings(profile)).unwrap()
    }
}

/// Settings for a host that knows the upstream `relay` only.
pub(crate) fn settings(profile: Profile) -> Settings {
    Settings {
        upstreams: Some(vec!["relay".to_owned()]),
        fuel_per_callback: 1_000_000,
        ..Settings::new(profile, b"{}", 1_700_000_000_000_000_000)
    }
}

/// The log lines since the last time, without levels; statuses are single characters.
pub(crate) fn lines(vm: &mut Vm) -> Vec<String> {
    vm.take_logs().into_iter().filter(|(level, _)| *level == LogLevel::Info).map(|(_, line)| line).collect()
}

/// A status as the filter tells it.
pub(crate) fn told(status: u8) -> String {
    char::from(b'0' + status).to_string()
}
