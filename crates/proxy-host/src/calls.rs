/// An HTTP call the filter dispatched and nobody has answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpCall {
    /// Names the call in [`crate::Vm::answer_call`].
    pub token: u32,
    /// A cluster name on Envoy, `host[:port]` on Kong.
    pub upstream: String,
    /// The request headers, pseudo-headers included.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The request body.
    pub body: Vec<u8>,
    /// After how many milliseconds the host gives the call up.
    pub timeout_ms: u32,
    /// False when the host does not know the upstream: whatever the answer, the filter sees a failed call.
    pub reachable: bool,
}

impl HttpCall {
    /// The first value of a header, its name compared without regard to case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        first(&self.headers, name)
    }
}

/// What the other side of an HTTP call says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallAnswer {
    /// The response headers, `:status` included; none at all is a failed call.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The response body.
    pub body: Vec<u8>,
}

impl CallAnswer {
    /// An answer with `:status` and a body.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { headers: vec![(b":status".to_vec(), status.to_string().into_bytes())], body: body.into() }
    }

    /// A call that timed out, was reset, or whose body was over the host's limit: no headers, no body.
    pub fn failed() -> Self {
        Self::default()
    }

    /// Adds a response header.
    #[must_use]
    pub fn header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.as_ref().to_vec(), value.as_ref().to_vec()));
        self
    }
}

/// A call as the host keeps it until it is answered.
#[derive(Clone, Debug)]
pub(crate) struct PendingCall {
    pub(crate) context: u32,
    pub(crate) reachable: bool,
}

/// The first value of a header, its name compared without regard to case.
pub(crate) fn first<'a>(headers: &'a [(Vec<u8>, Vec<u8>)], name: &str) -> Option<&'a [u8]> {
    headers
        .iter()
        .find(|(candidate, _)| candidate.eq_ignore_ascii_case(name.as_bytes()))
        .map(|(_, value)| value.as_slice())
}

/// Every value of a header, its name compared without regard to case.
pub(crate) fn all<'a>(headers: &'a [(Vec<u8>, Vec<u8>)], name: &str) -> Vec<&'a [u8]> {
    headers
        .iter()
        .filter(|(candidate, _)| candidate.eq_ignore_ascii_case(name.as_bytes()))
        .map(|(_, value)| value.as_slice())
        .collect()
}
