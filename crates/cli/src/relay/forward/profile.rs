//! Which headers of a proxy's question say what its client asked for. Each profile names one header for each fact, and
//! the proxy must be the one who writes it: one that is missing or there twice is nobody's word.

use clap::ValueEnum;
use hyper::Method;
use hyper::header::{HeaderMap, HeaderName};

/// The path of the question; with `envoy` what the client asked for follows it.
pub(crate) const PATH: &str = "/v1/authorize";

/// The proxies whose questions are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// `auth_request` of nginx: `X-Original-Method`, `X-Original-Host`, `X-Original-URI`.
    Nginx,
    /// `ForwardAuth` of Traefik: `X-Forwarded-Method`, `X-Forwarded-Host`, `X-Forwarded-Uri`.
    Traefik,
    /// `forward_auth` of Caddy: the same headers as Traefik.
    Caddy,
    /// `ext_authz` of Envoy over HTTP, with `path_prefix: /v1/authorize`: the question is the request itself.
    Envoy,
}

/// What a client asked for, as its proxy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Original {
    pub(super) method: Vec<u8>,
    pub(super) host: Vec<u8>,
    /// Path and query.
    pub(super) target: Vec<u8>,
}

/// The three headers: method, host, path and query.
struct Names(HeaderName, HeaderName, HeaderName);

impl Profile {
    fn names(self) -> Option<Names> {
        let names = |method, host, target| {
            let name = HeaderName::from_static;
            Some(Names(name(method), name(host), name(target)))
        };
        match self {
            Self::Nginx => names("x-original-method", "x-original-host", "x-original-uri"),
            Self::Traefik | Self::Caddy => names("x-forwarded-method", "x-forwarded-host", "x-forwarded-uri"),
            Self::Envoy => None,
        }
    }

    /// Whether a request is a question of this proxy: all but Envoy ask with GET, whatever their clients did.
    pub(super) fn asks(self, method: &Method, path: &str) -> bool {
        match self {
            Self::Envoy => path.strip_prefix(PATH).is_some_and(|rest| rest.starts_with('/') || rest == "*"),
            _ => path == PATH && *method == Method::GET,
        }
    }

    /// What the client asked for; `None` if the proxy does not say each fact exactly once.
    pub(super) fn original(self, method: &Method, target: &str, headers: &HeaderMap) -> Option<Original> {
        // An empty host is one with no reading: that is for the filter to say.
        let once = |name: &HeaderName| {
            let mut values = headers.get_all(name).iter();
            let value = values.next()?;
            values.next().is_none().then(|| value.as_bytes().to_vec())
        };
        match self.names() {
            Some(Names(method, host, target)) => {
                Some(Original { method: once(&method)?, host: once(&host)?, target: once(&target)? })
            }
            None => Some(Original {
                method: method.as_str().as_bytes().to_vec(),
                host: once(&hyper::header::HOST)?,
                target: target.strip_prefix(PATH)?.as_bytes().to_vec(),
            }),
        }
    }

    /// Whether a header of the question is the proxy's own, and not its client's.
    pub(super) fn is_own(self, name: &HeaderName) -> bool {
        use hyper::header;
        let hop_by_hop =
            [header::HOST, header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING];
        let told = self.names().is_some_and(|Names(a, b, c)| [a, b, c].contains(name));
        told || hop_by_hop.contains(name)
    }

    /// The values that one of the proxy's stands for. Envoy joins a header's copies by commas before it asks; where one
    /// of several copies would count, they must come apart again.
    pub(super) fn values(self, name: &HeaderName, value: &[u8]) -> Vec<Vec<u8>> {
        if self == Self::Envoy && name == "x-anonymous-consumer" {
            return value.split(|byte| *byte == b',').map(|part| part.trim_ascii().to_vec()).collect();
        }
        vec![value.to_vec()]
    }

    /// The status with which the proxy refuses its client: nginx takes 401 and 403 only, and makes 500 of any other.
    pub(super) const fn status(self, status: u16) -> u16 {
        match (self, status) {
            (Self::Nginx, 200 | 401) => status,
            (Self::Nginx, _) => 403,
            _ => status,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            (HeaderName::from_static(name), hyper::header::HeaderValue::from_static(value))
        });
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(name, value);
        }
        map
    }

    #[test]
    fn each_fact_is_said_once_by_the_proxy() {
        let all =
            [("x-original-method", "POST"), ("x-original-host", "api.example"), ("x-original-uri", "/a?b")];
        let read = |pairs: &[(&'static str, &'static str)]| {
            Profile::Nginx.original(&Method::GET, PATH, &headers(pairs))
        };
        let original = read(&all).unwrap();
        assert_eq!(
            (&*original.method, &*original.host, &*original.target),
            (&b"POST"[..], &b"api.example"[..], &b"/a?b"[..])
        );
        for (at, (name, _)) in all.iter().enumerate() {
            let mut fewer = all.to_vec();
            fewer.remove(at);
            assert_eq!(read(&fewer), None, "without {name}");
            let mut twice = all.to_vec();
            twice.push((name, "/other"));
            assert_eq!(read(&twice), None, "{name} twice");
        }
        // Another proxy's headers may come from the client.
        assert_eq!(Profile::Traefik.original(&Method::GET, PATH, &headers(&all)), None);
    }

    #[test]
    fn envoys_question_is_the_request_itself() {
        let of =
            |target| Profile::Envoy.original(&Method::DELETE, target, &headers(&[("host", "api.example")]));
        let original = of("/v1/authorize/orders/v1?x=/v1/authorize").unwrap();
        assert_eq!(original.target, b"/orders/v1?x=/v1/authorize");
        assert!(Profile::Envoy.asks(&Method::DELETE, "/v1/authorize/orders"));
        assert!(!Profile::Envoy.asks(&Method::GET, "/v1/authorizes"));
        assert!(!Profile::Nginx.asks(&Method::GET, "/v1/authorize/orders"));
        assert!(!Profile::Nginx.asks(&Method::POST, "/v1/authorize"));
    }
}
