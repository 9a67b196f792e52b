use crate::{arrival::Arrival, profile::Profile, request::Request};

/// A request as nginx holds it, for whatever else looks at requests in Kong: plugins, and the tests of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NginxRequest {
    /// The target from its path on, as sent: `$request_uri`.
    pub request_uri: Vec<u8>,
    /// The host that routes: `$host`.
    pub host: Vec<u8>,
    /// The headers as sent, `Host` among them.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
}

impl NginxRequest {
    /// Reads a request as nginx does; `None` where it answers 400 by itself.
    pub fn read(request: &Request) -> Option<Self> {
        let (arrival, headers) = Arrival::parse(Profile::Kong, request).ok()?;
        Some(Self { request_uri: arrival.origin, host: arrival.routing_host, headers: headers.on_the_wire() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_line_and_the_header_may_name_different_hosts() {
        let request = Request::get("http://A.example:81/x%2f?y").host("b.example").header("X-One", "1");
        let read = NginxRequest::read(&request).unwrap();
        assert_eq!((read.host.as_slice(), read.request_uri.as_slice()), (&b"a.example"[..], &b"/x%2f?y"[..]));
        let names: Vec<&[u8]> = read.headers.iter().map(|(name, _)| name.as_slice()).collect();
        assert_eq!(names, [&b"Host"[..], b"X-One"]);
    }

    #[test]
    fn what_nginx_refuses_is_none() {
        assert_eq!(NginxRequest::read(&Request::get("/x")), None);
        assert_eq!(NginxRequest::read(&Request::get("/%zz").host("a.example")), None);
    }
}
