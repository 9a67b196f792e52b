//! A request as the host shows it.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::answer::Code;
use crate::config::HostKind;
use crate::credential::Readable;
use crate::headers::Pairs;
use crate::host::Host;
use crate::route::{Destination, PathTable};
use crate::{authority, path};

/// The request as the host shows it.
pub(crate) struct Request<'a> {
    pub(crate) pairs: &'a Pairs,
    host: &'a dyn Host,
    kind: HostKind,
    pub(crate) method: Cow<'a, [u8]>,
    /// Asked for at most once, and only if something depends on it.
    target: OnceCell<Option<Cow<'a, [u8]>>>,
}

impl<'a> Request<'a> {
    pub(crate) fn new(pairs: &'a Pairs, host: &'a dyn Host, kind: HostKind) -> Self {
        let method = pairs.single(b":method").map(Cow::Borrowed);
        let method = method.or_else(|| host.property(b"request\0method").ok().map(Cow::Owned));
        let method = method.unwrap_or_default();
        Self { pairs, host, kind, method, target: OnceCell::new() }
    }

    /// Envoy shows `:authority` and never `host`; nginx shows the client's `Host`, without which it knows its own name.
    pub(crate) fn is_of_configured_host(&self) -> bool {
        let shows_host = self.pairs.has(b"host");
        if self.kind.is_nginx() { shows_host || self.property(b"ngx\0host").is_some() } else { !shows_host }
    }

    /// The raw path and query. nginx shows a decoded `:path`.
    pub(crate) fn target(&self) -> Option<&[u8]> {
        let read = || match self.kind {
            HostKind::Envoy => self.pairs.single(b":path").map(Cow::Borrowed),
            HostKind::Kong | HostKind::Nginx => self.property(b"ngx\0request_uri").map(Cow::Owned),
        };
        self.target.get_or_init(read).as_deref()
    }

    /// The host the request is for, if there is one reading of it.
    pub(crate) fn authority(&self) -> Result<Vec<u8>, Code> {
        let read = |name: &[u8]| authority::read(name).map_err(|authority::Ambiguous| Code::HostAmbiguous);
        if !self.kind.is_nginx() {
            return read(self.pairs.single(b":authority").unwrap_or_default());
        }
        // Where the request line names a host, nginx routes by that one and Kong by the header's all the same.
        // nginx also drops whatever follows a `:`, Kong does not.
        let routed = read(&self.property(b"ngx\0host").unwrap_or_default())?;
        let shown = read(self.pairs.single(b"host").unwrap_or_default())?;
        if routed == shown { Ok(routed) } else { Err(Code::HostAmbiguous) }
    }

    pub(crate) fn find(&self, table: &PathTable) -> Result<Option<Destination>, Code> {
        if *self.method == *b"CONNECT" && self.pairs.single(b":path").is_none() {
            // It asks for a host, not for a path.
            return Ok(None);
        }
        let host = self.authority()?;
        let (path, _) = path::split(self.target().unwrap_or_default());
        let path = path::read(path).map_err(|path::Ambiguous| Code::PathAmbiguous)?;
        Ok(table.find(&host, &path, &self.method))
    }

    /// Where the host tells the route, an ambiguous path decides nothing: the request is not open, and judged.
    pub(crate) fn is_open(&self, open: Option<&PathTable>) -> bool {
        open.is_some_and(|table| self.find(table) == Ok(Some(Destination::Open)))
    }

    pub(crate) fn is_preflight(&self, ends: bool) -> bool {
        let number = |name: &[u8]| self.values(name).count();
        let is_empty = self.values(b"content-length").all(|length| length == b"0");
        *self.method == *b"OPTIONS"
            && number(b"origin") == 1
            && number(b"access-control-request-method") == 1
            && number(b"transfer-encoding") == 0
            && is_empty
            // nginx hosts never say so here.
            && (ends || self.kind.is_nginx())
    }

    pub(crate) fn id(&self) -> Option<String> {
        let id = match self.kind {
            HostKind::Envoy => self.pairs.single(b"x-request-id").map(<[u8]>::to_vec),
            HostKind::Kong => {
                self.property(b"ngx\0kong_request_id").or_else(|| self.property(b"ngx\0request_id"))
            }
            HostKind::Nginx => self.property(b"ngx\0request_id"),
        };
        let is_plain = |id: &Vec<u8>| {
            (1..=128).contains(&id.len())
                && id.iter().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(byte))
        };
        id.filter(is_plain).and_then(|id| String::from_utf8(id).ok())
    }
}

impl Readable for Request<'_> {
    fn values<'s>(&'s self, name: &[u8]) -> impl Iterator<Item = &'s [u8]> {
        self.pairs.values(name)
    }

    fn query(&self) -> Option<&[u8]> {
        path::split(self.target()?).1
    }

    fn property(&self, path: &[u8]) -> Option<Vec<u8>> {
        self.host.property(path).ok().filter(|value| !value.is_empty())
    }

    fn is_options(&self) -> bool {
        self.method.eq_ignore_ascii_case(b"OPTIONS")
    }
}
