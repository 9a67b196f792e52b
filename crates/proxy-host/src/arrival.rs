//! What a host makes of a request before any filter sees it.

use crate::{
    headers::HeaderMap,
    profile::Profile,
    request::Request,
    target::{Target, nginx_host, nginx_uri},
};

/// The name of the machine the Kong profile pretends to run on.
pub(crate) const KONG_NODE: &str = "kong-node";

/// A request as its host holds it.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    /// The target from its path on, as sent; nginx proxies this whatever a filter does to `:path`.
    pub(crate) origin: Vec<u8>,
    /// The host that routes: nginx's `$host`.
    pub(crate) routing_host: Vec<u8>,
    /// The path without arguments as the host matches it.
    pub(crate) uri: Vec<u8>,
    /// The raw arguments.
    pub(crate) query: Option<Vec<u8>>,
}

impl Arrival {
    /// Parses a request; the error is the status of a host that refuses it unseen.
    pub(crate) fn parse(profile: Profile, request: &Request) -> Result<(Self, HeaderMap), u16> {
        match profile {
            Profile::Envoy => Ok(Self::at_envoy(request)),
            Profile::Kong => Self::at_nginx(request).ok_or(400),
        }
    }

    fn at_envoy(request: &Request) -> (Self, HeaderMap) {
        let target = Target::parse(&request.target);
        let authority = target.host.unwrap_or_else(|| request.hosts.join(b",".as_slice()));
        let mut pairs = Vec::new();
        if !authority.is_empty() {
            pairs.push((b":authority".to_vec(), authority.clone()));
        }
        pairs.push((b":method".to_vec(), request.method.clone().into_bytes()));
        if !target.origin.is_empty() {
            pairs.push((b":path".to_vec(), target.origin.clone()));
        }
        pairs.push((b":scheme".to_vec(), request.scheme.clone().into_bytes()));
        pairs.extend(request.headers.iter().cloned());
        let (uri, query) = crate::target::split_query(&target.origin);
        let arrival = Self {
            uri: uri.to_vec(),
            query: query.map(<[u8]>::to_vec),
            origin: target.origin,
            routing_host: authority,
        };
        (arrival, HeaderMap::request(Profile::Envoy, pairs))
    }

    fn at_nginx(request: &Request) -> Option<(Self, HeaderMap)> {
        // nginx answers 400 to a missing and to a second Host header.
        let [host] = request.hosts.as_slice() else { return None };
        let target = Target::parse(&request.target);
        let (uri, query) = nginx_uri(&target.origin)?;
        let header_host = nginx_host(host)?;
        let routing_host = match &target.host {
            Some(own) => nginx_host(own)?,
            None => header_host,
        };
        let routing_host = if routing_host.is_empty() { KONG_NODE.as_bytes().to_vec() } else { routing_host };
        let path = match &query {
            Some(query) if !query.is_empty() => [uri.as_slice(), b"?", query].concat(),
            _ => uri.clone(),
        };
        let mut pairs = vec![
            (b":path".to_vec(), path),
            (b":method".to_vec(), request.method.clone().into_bytes()),
            (b":scheme".to_vec(), request.scheme.clone().into_bytes()),
            (b":authority".to_vec(), KONG_NODE.as_bytes().to_vec()),
            (b"Host".to_vec(), host.clone()),
        ];
        pairs.extend(request.headers.iter().cloned());
        let arrival = Self { origin: target.origin, routing_host, uri, query };
        Some((arrival, HeaderMap::request(Profile::Kong, pairs)))
    }
}
