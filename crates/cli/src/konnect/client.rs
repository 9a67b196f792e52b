//! The HTTP client: one request in, one answer out. Retries, paging and meaning are the core's.

use std::io;
use std::time::Duration;

use gatepass::konnect::{Answer, Failure, FailureKind, Request, Response};
use ureq::http;
use ureq::tls::{RootCerts, TlsConfig};

use super::base_url::BaseUrl;
use super::secret::Secret;

/// Largest answer that is read. A page of 100 objects has well under a megabyte.
const BODY_MAX: u64 = 64 << 20;

/// A client of one API with one token. Connections are kept; threads may share it.
#[derive(Debug)]
pub(crate) struct Client {
    agent: ureq::Agent,
    base_url: String,
    token: Secret,
}

impl Client {
    /// A client that allows each request so much time.
    pub(crate) fn new(base_url: &BaseUrl, token: Secret, timeout: Duration) -> Self {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let mut config = ureq::Agent::config_builder()
            .user_agent(concat!("gatepass/", env!("CARGO_PKG_VERSION")))
            .accept("application/json, application/problem+json")
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            // A redirect would carry the token elsewhere: its answer is taken as it is.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .https_only(!base_url.is_loopback())
            .tls_config(tls);
        if base_url.is_loopback() {
            // This machine is not reached through a proxy, whatever the environment says.
            config = config.proxy(None);
        }
        Self { agent: config.build().new_agent(), base_url: base_url.as_str().to_owned(), token }
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn send(&self, request: &Request) -> Answer {
        match self.try_send(request) {
            Ok(response) => Answer::Response(response),
            Err(error) => Answer::Failure(self.failure(&error)),
        }
    }

    fn try_send(&self, request: &Request) -> Result<Response, ureq::Error> {
        let mut authorization = http::HeaderValue::try_from(format!("Bearer {}", self.token.expose()))
            .map_err(http::Error::from)?;
        authorization.set_sensitive(true);
        let builder = http::Request::builder()
            .method(request.method.as_str())
            .uri(format!("{}{}", self.base_url, request.path))
            .header(http::header::AUTHORIZATION, authorization);
        let mut response = match &request.body {
            Some(body) => {
                let json = builder.header(http::header::CONTENT_TYPE, "application/json");
                self.agent.run(json.body(body.as_str())?)?
            }
            None => self.agent.run(builder.body(())?)?,
        };
        let status = response.status().as_u16();
        let header = |name| {
            let value: Option<&http::HeaderValue> = response.headers().get(name);
            value.and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let content_type = header(http::header::CONTENT_TYPE);
        let retry_after = header(http::header::RETRY_AFTER);
        let mut body = response.body_mut().with_config().limit(BODY_MAX).read_to_vec()?;
        if !(200..300).contains(&status) {
            // What is shown to people; a server may repeat what it was sent.
            body = self.token.hidden_in(&String::from_utf8_lossy(&body)).into_bytes();
        }
        Ok(Response { status, content_type, retry_after, body })
    }

    fn failure(&self, error: &ureq::Error) -> Failure {
        let text = error.to_string();
        let message = text.strip_prefix("io: ").or(text.strip_prefix("rustls: ")).unwrap_or(&text);
        let (kind, message) = match error {
            ureq::Error::Timeout(_) => (FailureKind::Timeout, message),
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => {
                (FailureKind::Timeout, message)
            }
            ureq::Error::Rustls(_) | ureq::Error::Tls(_) | ureq::Error::Pem(_) => tls(message),
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => tls(message),
            ureq::Error::Io(_)
            | ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::ConnectProxyFailed(_)
            | ureq::Error::BodyStalled
            | ureq::Error::Protocol(_)
            | ureq::Error::Decompress(..) => (FailureKind::Connection, message),
            _ => (FailureKind::Other, message),
        };
        Failure { kind, message: self.token.hidden_in(message) }
    }
}

/// A handshake that failed: over the certificate, or because the other side does not speak TLS at all.
fn tls(message: &str) -> (FailureKind, &str) {
    if message.contains("corrupt message") {
        return (FailureKind::Other, "the server does not speak https there");
    }
    (FailureKind::Certificate, message)
}
