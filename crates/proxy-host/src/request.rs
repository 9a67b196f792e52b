use std::collections::BTreeMap;

/// A client's request as it is on the wire, and the facts the host knows about it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method, as sent.
    pub method: String,
    /// `http` or `https`.
    pub scheme: String,
    /// Every Host header, in order (the `:authority` of HTTP/2 counts as one).
    pub hosts: Vec<Vec<u8>>,
    /// The raw request target, origin form or absolute form.
    pub target: Vec<u8>,
    /// The other headers, in order and in the client's spelling.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
    /// Facts such as `["xds", "route_name"]` or `["kong", "route_id"]`.
    ///
    /// Each host exposes only what is its own: `kong.*` and `ngx.*` are unknown to Envoy, `xds.*` and
    /// `metadata.*` to Kong, so one request can carry the facts of both.
    pub properties: BTreeMap<Vec<Vec<u8>>, Vec<u8>>,
    /// What the upstream answers if the request reaches it.
    pub upstream_response: UpstreamResponse,
}

impl Request {
    /// A request without a Host header, other headers or a body.
    pub fn new(method: &str, target: impl AsRef<[u8]>) -> Self {
        Self {
            method: method.to_owned(),
            scheme: "http".to_owned(),
            hosts: Vec::new(),
            target: target.as_ref().to_vec(),
            headers: Vec::new(),
            body: Vec::new(),
            properties: BTreeMap::new(),
            upstream_response: UpstreamResponse::default(),
        }
    }

    /// A GET request.
    pub fn get(target: impl AsRef<[u8]>) -> Self {
        Self::new("GET", target)
    }

    /// A POST request.
    pub fn post(target: impl AsRef<[u8]>, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::new("POST", target) }
    }

    /// Adds a Host header; a second call sends a second one.
    #[must_use]
    pub fn host(mut self, host: impl AsRef<[u8]>) -> Self {
        self.hosts.push(host.as_ref().to_vec());
        self
    }

    /// Adds a header; the same name twice sends it twice.
    #[must_use]
    pub fn header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.as_ref().to_vec(), value.as_ref().to_vec()));
        self
    }

    /// Sets the scheme.
    #[must_use]
    pub fn scheme(mut self, scheme: &str) -> Self {
        scheme.clone_into(&mut self.scheme);
        self
    }

    /// Sets a fact the host knows about the request.
    #[must_use]
    pub fn property(mut self, path: &[&str], value: impl AsRef<[u8]>) -> Self {
        let path = path.iter().map(|part| part.as_bytes().to_vec()).collect();
        self.properties.insert(path, value.as_ref().to_vec());
        self
    }

    /// Sets what the upstream answers.
    #[must_use]
    pub fn upstream_response(mut self, response: UpstreamResponse) -> Self {
        self.upstream_response = response;
        self
    }
}

/// What the upstream answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamResponse {
    /// The HTTP status.
    pub status: u16,
    /// The headers, without pseudo-headers.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Default for UpstreamResponse {
    /// Status 200, no headers, no body.
    fn default() -> Self {
        Self::new(200)
    }
}

impl UpstreamResponse {
    /// A response without headers and body.
    pub fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.as_ref().to_vec(), value.as_ref().to_vec()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}
