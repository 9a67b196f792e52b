//! What goes to the API and what comes back, in the few parts that matter.

use std::fmt;

/// Names a request until its answer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(u64);

impl RequestId {
    /// The id with this number, for drivers that keep numbers.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The id's number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Deletes.
    Delete,
}

impl Method {
    /// The word in the request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A request to send: the driver adds the base URL, `Authorization` and `Accept`, and with a body
/// `Content-Type: application/json`. It must not follow redirects, which would carry the token elsewhere,
/// and need not retry: the state machine does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// To be handed back with the answer.
    pub id: RequestId,
    /// The method.
    pub method: Method,
    /// The path with its encoded query, starting with `/v2/` or `/v3/`.
    pub path: String,
    /// The body, as JSON.
    pub body: Option<String>,
    /// Whether sending it twice does no more than sending it once.
    pub idempotent: bool,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A response came, whatever its status.
    Response(Response),
    /// No whole response came.
    Failure(Failure),
}

impl Answer {
    /// A JSON response, for tests and simple drivers.
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Response(Response {
            status,
            content_type: Some("application/json".into()),
            retry_after: None,
            body: body.into(),
        })
    }
}

/// The parts of an HTTP response that matter here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The body, decoded from any transfer or content encoding.
    pub body: Vec<u8>,
}

/// A request without a whole response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// The client's own words; shown to people, so without secrets.
    pub message: String,
}

/// Why no whole response came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// Nothing came in time; whether the request was carried out is unknown.
    Timeout,
    /// The connection could not be made or broke.
    Connection,
    /// The server's certificate is not trusted: retrying cannot help.
    Certificate,
    /// The program that sends requests for the driver, such as kongctl, refused to or could not be run.
    Program,
    /// Anything else that retrying cannot help, such as a malformed base URL.
    Other,
}
