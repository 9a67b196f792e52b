use std::collections::BTreeMap;

use crate::{
    calls::{CallAnswer, HttpCall},
    errors::{HostError, StartError, Trap},
    exchange::{Exchange, Outcome},
    functions::FUNCTIONS,
    instance::{Boot, Instance},
    malice::Malice,
    metrics::{Metric, Metrics},
    plugin::Plugin,
    profile::Profile,
    request::Request,
    serve::serve,
    state::{CallTable, HostState, LogLevel, Phase, ROOT_CONTEXT},
};

/// The fuel of one callback unless [`Settings::fuel_per_callback`] says otherwise: about one per
/// instruction, enough to hash a hundred megabytes, and some ten seconds of an endless loop.
pub const DEFAULT_FUEL: u64 = 4_000_000_000;

/// How a plugin is started.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The host to behave like.
    pub profile: Profile,
    /// The plugin's configuration.
    pub configuration: Vec<u8>,
    /// The time, in nanoseconds since 1970.
    pub now_nanos: u64,
    /// The upstreams the host knows; `None` when it knows every name.
    pub upstreams: Option<Vec<String>>,
    /// After how much fuel a callback traps.
    pub fuel_per_callback: u64,
}

impl Settings {
    /// Settings for a host that knows every upstream.
    pub fn new(profile: Profile, configuration: &[u8], now_nanos: u64) -> Self {
        Self {
            profile,
            configuration: configuration.to_vec(),
            now_nanos,
            upstreams: None,
            fuel_per_callback: DEFAULT_FUEL,
        }
    }
}

/// One worker of a host, with one instance of a plugin in it.
#[derive(Debug)]
pub struct Vm {
    plugin: Plugin,
    instance: Instance,
    fuel_per_callback: u64,
    next_context: u32,
}

impl Vm {
    /// Starts a plugin on a host that knows every upstream.
    ///
    /// # Errors
    ///
    /// [`StartError`] with the plugin's logs, as for [`Vm::start_with`].
    pub fn start(
        plugin: &Plugin,
        profile: Profile,
        configuration: &[u8],
        now_nanos: u64,
    ) -> Result<Self, StartError> {
        Self::start_with(plugin, Settings::new(profile, configuration, now_nanos))
    }

    /// Starts a plugin: `_initialize`, `proxy_on_vm_start`, `proxy_on_configure`.
    ///
    /// # Errors
    ///
    /// [`StartError`] when an import is missing, a callback traps or the plugin refuses its configuration.
    pub fn start_with(plugin: &Plugin, settings: Settings) -> Result<Self, StartError> {
        let state = HostState {
            profile: settings.profile,
            configuration: settings.configuration,
            now_nanos: settings.now_nanos,
            upstreams: settings.upstreams.map(|names| names.into_iter().collect()),
            phase: Phase::Idle,
            effective_context: ROOT_CONTEXT,
            stream: None,
            tick_period_ms: 0,
            calls: CallTable::default(),
            metrics: Metrics::default(),
            logs: Vec::new(),
            host_calls: BTreeMap::new(),
            faults: BTreeMap::new(),
            malice: None,
            shared_data: BTreeMap::new(),
            root_properties: BTreeMap::new(),
        };
        let fuel_per_callback = settings.fuel_per_callback;
        Ok(Self {
            plugin: plugin.clone(),
            instance: Instance::boot(plugin, state, fuel_per_callback, Boot::First)?,
            fuel_per_callback,
            next_context: ROOT_CONTEXT.saturating_add(1),
        })
    }

    /// The host this worker behaves like.
    pub fn profile(&self) -> Profile {
        self.instance.state().profile
    }

    /// Sets the time the filter reads.
    pub fn set_now_nanos(&mut self, now_nanos: u64) {
        self.instance.state_mut().now_nanos = now_nanos;
    }

    /// Runs `proxy_on_tick`; does nothing while the filter has asked for no ticks.
    ///
    /// # Errors
    ///
    /// [`Trap`] when the callback traps, or when the instance is dead from an earlier trap.
    pub fn tick(&mut self) -> Result<(), Trap> {
        if let Some(trap) = &self.instance.failed {
            return Err(trap.clone());
        }
        if self.tick_period_ms() > 0 {
            self.instance.call(Phase::Tick, ROOT_CONTEXT, "proxy_on_tick", &[ROOT_CONTEXT])?;
        }
        Ok(())
    }

    /// The tick period the filter asked for in milliseconds; zero is none.
    pub fn tick_period_ms(&self) -> u32 {
        self.instance.state().tick_period_ms
    }

    /// The HTTP calls dispatched since the last time, oldest first.
    pub fn take_calls(&mut self) -> Vec<HttpCall> {
        std::mem::take(&mut self.instance.state_mut().calls.new)
    }

    /// Answers a call; one to an unknown upstream fails whatever the answer.
    ///
    /// An answer to a request that is over goes nowhere, as on both hosts.
    ///
    /// # Errors
    ///
    /// [`Trap`] when the callback traps, when the instance is dead, or when nothing waits for this token.
    pub fn answer_call(&mut self, token: u32, answer: CallAnswer) -> Result<(), Trap> {
        let Some(pending) = self.instance.state_mut().calls.pending.remove(&token) else {
            return Err(Trap::new(format!("no call waits for token {token}")));
        };
        if pending.context != ROOT_CONTEXT {
            return Ok(());
        }
        let answer = if pending.reachable { answer } else { CallAnswer::failed() };
        let is_failed = answer.headers.is_empty();
        let answer = if is_failed { CallAnswer::failed() } else { answer };
        let headers = u32::try_from(answer.headers.len()).unwrap_or(u32::MAX);
        let body = u32::try_from(answer.body.len()).unwrap_or(u32::MAX);
        self.instance.state_mut().calls.answer = Some(answer);
        let called = self.instance.call(
            Phase::CallResponse,
            pending.context,
            "proxy_on_http_call_response",
            &[pending.context, token, headers, body, 0],
        );
        self.instance.state_mut().calls.answer = None;
        called.map(|_| ())
    }

    /// Sends a request through the filter, and on to the upstream if the filter lets it.
    ///
    /// After a trap Envoy answers 503 from then on, while Kong first starts a fresh instance.
    pub fn handle(&mut self, request: Request) -> Exchange {
        let profile = self.profile();
        if self.instance.failed.is_some()
            && let Err(reason) = self.recover()
        {
            return Exchange::by_host(Outcome::Refused, profile.trap_status(), Some(reason));
        }
        let context = self.next_context;
        self.next_context = context.saturating_add(1);
        serve(&mut self.instance, context, request)
    }

    /// Replaces a dead instance where the host would.
    fn recover(&mut self) -> Result<(), String> {
        let state = self.instance.state();
        if state.profile == Profile::Envoy {
            let failed = self.instance.failed.as_ref();
            return Err(failed.map_or_else(String::new, |trap| trap.reason.clone()));
        }
        let mut fresh = state.clone();
        fresh.tick_period_ms = 0;
        fresh.stream = None;
        match Instance::boot(&self.plugin, fresh, self.fuel_per_callback, Boot::Again) {
            Ok(mut instance) => {
                instance.fuel_used = instance.fuel_used.saturating_add(self.instance.fuel_used);
                self.instance = instance;
                Ok(())
            }
            Err(error) => {
                self.instance.state_mut().logs = error.logs;
                Err(error.reason.to_string())
            }
        }
    }

    /// Why the instance is dead, if it is.
    pub fn trapped(&self) -> Option<&Trap> {
        self.instance.failed.as_ref()
    }

    /// Every defined metric by name, with its value.
    pub fn metrics(&self) -> BTreeMap<String, i64> {
        self.instance.state().metrics.values()
    }

    /// A metric with its kind.
    pub fn metric(&self, name: &str) -> Option<&Metric> {
        self.instance.state().metrics.by_name(name)
    }

    /// What the plugin logged, oldest first.
    pub fn logs(&self) -> &[(LogLevel, String)] {
        &self.instance.state().logs
    }

    /// Takes the log lines out.
    pub fn take_logs(&mut self) -> Vec<(LogLevel, String)> {
        std::mem::take(&mut self.instance.state_mut().logs)
    }

    /// The size of the instance's memory in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.instance.memory_bytes()
    }

    /// How often each host function was called since the start or [`Vm::reset_host_calls`].
    pub fn host_calls(&self) -> &BTreeMap<&'static str, u64> {
        &self.instance.state().host_calls
    }

    /// Counts host calls from zero again.
    pub fn reset_host_calls(&mut self) {
        self.instance.state_mut().host_calls.clear();
    }

    /// The fuel all callbacks used so far: a measure of work that no other process disturbs.
    pub fn fuel_used(&self) -> u64 {
        self.instance.fuel_used
    }

    /// Makes the next call of a host function answer a status without doing anything.
    ///
    /// Faults of one function queue up: asking twice fails the next two calls.
    ///
    /// # Errors
    ///
    /// [`HostError::UnknownFunction`] when no host function has this name.
    pub fn fail_next(&mut self, function: &str, status: u32) -> Result<(), HostError> {
        let Some(known) = FUNCTIONS.iter().find(|known| known.name == function) else {
            return Err(HostError::UnknownFunction(function.to_owned()));
        };
        self.instance.state_mut().faults.entry(known.name).or_default().push_back(status);
        Ok(())
    }

    /// From now on host functions answer anything, and contexts are deleted while their requests are under way;
    /// `None` makes the host honest again.
    pub fn set_malice(&mut self, malice: Option<Malice>) {
        self.instance.state_mut().malice = malice;
    }

    /// Calls a callback that nobody asked for, as a malicious host may at any moment: for a context that never was
    /// or is long gone, for a call that was never made, with sizes that are not true.
    ///
    /// # Errors
    ///
    /// [`Trap`] when the callback traps, or when the instance is dead from an earlier trap.
    pub fn disturb(&mut self) -> Result<(), Trap> {
        let Some(malice) = &mut self.instance.state_mut().malice else { return Ok(()) };
        let kind = malice.below(7);
        let (any, size) = (malice.below(1 << 16).saturating_add(2), malice.below(1 << 24));
        let root = ROOT_CONTEXT;
        let (phase, export, arguments): (Phase, &str, Vec<u32>) = match kind {
            0 => (Phase::Tick, "proxy_on_tick", vec![root]),
            1 => (Phase::Tick, "proxy_on_tick", vec![any]),
            2 => (Phase::CallResponse, "proxy_on_http_call_response", vec![root, any, 3, size, 0]),
            3 => (Phase::CallResponse, "proxy_on_http_call_response", vec![any, any, size, size, size]),
            4 => (Phase::Done, "proxy_on_delete", vec![any]),
            5 => (Phase::ResponseHeaders, "proxy_on_response_headers", vec![any, size, 1]),
            _ => (Phase::Idle, "proxy_on_configure", vec![any, size]),
        };
        self.instance.call(phase, root, export, &arguments).map(|_| ())
    }

    /// How many faults no call has met yet.
    pub fn faults_left(&self) -> usize {
        self.instance.state().faults.values().map(std::collections::VecDeque::len).sum()
    }
}
