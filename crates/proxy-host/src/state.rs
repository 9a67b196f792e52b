use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::{
    arrival::Arrival,
    calls::{CallAnswer, HttpCall, PendingCall},
    headers::HeaderMap,
    malice::Malice,
    metrics::Metrics,
    profile::Profile,
    respond::LocalResponse,
};

/// The id of the one root context.
pub(crate) const ROOT_CONTEXT: u32 = 1;

/// How important a plugin finds a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Finer than debugging.
    Trace,
    /// For debugging.
    Debug,
    /// Worth knowing.
    Info,
    /// Perhaps wrong.
    Warn,
    /// Wrong.
    Error,
    /// A panic.
    Critical,
}

impl LogLevel {
    pub(crate) fn from_abi(level: u32) -> Option<Self> {
        [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Critical]
            .into_iter()
            .nth(usize::try_from(level).ok()?)
    }
}

/// Which callback is running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    #[default]
    Idle,
    VmStart,
    Configure,
    Tick,
    CallResponse,
    RequestHeaders,
    RequestBody,
    ResponseHeaders,
    ResponseBody,
    Log,
    Done,
}

/// Everything a host knows while one plugin runs in it; it outlives the wasm instance.
#[derive(Clone, Debug)]
pub(crate) struct HostState {
    pub(crate) profile: Profile,
    pub(crate) configuration: Vec<u8>,
    pub(crate) now_nanos: u64,
    /// The upstreams the host knows; `None` when it knows every name.
    pub(crate) upstreams: Option<BTreeSet<String>>,
    pub(crate) phase: Phase,
    pub(crate) effective_context: u32,
    pub(crate) stream: Option<Stream>,
    pub(crate) tick_period_ms: u32,
    pub(crate) calls: CallTable,
    pub(crate) metrics: Metrics,
    pub(crate) logs: Vec<(LogLevel, String)>,
    pub(crate) host_calls: BTreeMap<&'static str, u64>,
    pub(crate) faults: BTreeMap<&'static str, VecDeque<u32>>,
    pub(crate) malice: Option<Malice>,
    pub(crate) shared_data: BTreeMap<Vec<u8>, (Vec<u8>, u32)>,
    /// What a filter set with `set_property` outside a request.
    pub(crate) root_properties: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// The HTTP calls of a plugin.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallTable {
    pub(crate) last_token: u32,
    /// Dispatched and not yet taken by the test.
    pub(crate) new: Vec<HttpCall>,
    /// Dispatched and not yet answered.
    pub(crate) pending: BTreeMap<u32, PendingCall>,
    /// The answer whose callback is running.
    pub(crate) answer: Option<CallAnswer>,
}

/// The request being served.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub(crate) context: u32,
    pub(crate) arrival: Arrival,
    pub(crate) request: HeaderMap,
    /// Envoy takes the request's headers away once they have been sent on.
    pub(crate) has_request_map: bool,
    pub(crate) request_body: Vec<u8>,
    pub(crate) response: Option<HeaderMap>,
    pub(crate) response_body: Vec<u8>,
    /// Facts of the request and what the filter set, by path with zero bytes between the parts.
    pub(crate) properties: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(crate) local_response: Option<LocalResponse>,
    /// A local response was already turned into the client's response.
    pub(crate) is_answered: bool,
    pub(crate) route_cleared: bool,
}

impl HostState {
    /// The stream, if the effective context is the stream's and not the root's.
    pub(crate) fn current_stream(&self) -> Option<&Stream> {
        self.stream.as_ref().filter(|stream| stream.context == self.effective_context)
    }

    /// Like [`Self::current_stream`], for changes.
    pub(crate) fn current_stream_mut(&mut self) -> Option<&mut Stream> {
        self.stream.as_mut().filter(|stream| stream.context == self.effective_context)
    }
}
