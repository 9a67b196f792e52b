use crate::calls::{all, first};

/// A request and everything that came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// How it ended.
    pub outcome: Outcome,
    /// The request as the upstream really got it; `None` when it never got there.
    pub upstream_request: Option<UpstreamRequest>,
    /// What the client got.
    pub response: Response,
    /// The trap that happened on the way, even one after the response was out.
    pub trap: Option<String>,
    /// Whose answer the client got.
    pub answered_by: AnsweredBy,
    /// Whether a change of the request headers made Envoy choose the route again; never on Kong.
    pub route_cleared: bool,
}

/// How an exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The upstream answered.
    Forwarded,
    /// The filter answered with a local response.
    Answered,
    /// The filter trapped before a response was out.
    Trapped,
    /// The filter paused and nothing would ever resume it; real hosts wait for a timeout.
    Hung,
    /// The host refused the request without asking the filter.
    Refused,
}

/// Whose answer the client got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnsweredBy {
    /// A local response of the filter.
    Filter,
    /// The upstream, perhaps with headers the filter changed.
    Upstream,
    /// The host itself: a trap, a time-out or a refusal.
    Host,
}

/// A request as the upstream really gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamRequest {
    /// The method.
    pub method: Vec<u8>,
    /// The host.
    pub authority: Vec<u8>,
    /// The request target.
    pub path: Vec<u8>,
    /// The headers, without pseudo-headers.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl UpstreamRequest {
    /// The first value of a header, its name compared without regard to case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        first(&self.headers, name)
    }

    /// Every value of a header, its name compared without regard to case.
    pub fn header_values(&self, name: &str) -> Vec<&[u8]> {
        all(&self.headers, name)
    }
}

/// What a client gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers, without pseudo-headers.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
    /// The value of `grpc-status`, if there is one.
    pub grpc_status: Option<i32>,
}

impl Response {
    pub(crate) fn new(status: u16, headers: Vec<(Vec<u8>, Vec<u8>)>, body: Vec<u8>) -> Self {
        let grpc_status = first(&headers, "grpc-status")
            .and_then(|value| std::str::from_utf8(value).ok())
            .and_then(|value| value.parse().ok());
        Self { status, headers, body, grpc_status }
    }

    /// The first value of a header, its name compared without regard to case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        first(&self.headers, name)
    }

    /// Every value of a header, its name compared without regard to case.
    pub fn header_values(&self, name: &str) -> Vec<&[u8]> {
        all(&self.headers, name)
    }
}

impl Exchange {
    /// An exchange the host ended by itself.
    pub(crate) fn by_host(outcome: Outcome, status: u16, trap: Option<String>) -> Self {
        Self {
            outcome,
            upstream_request: None,
            response: Response::new(status, Vec::new(), Vec::new()),
            trap,
            answered_by: AnsweredBy::Host,
            route_cleared: false,
        }
    }
}
