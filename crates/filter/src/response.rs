//! The response to a request: what it says besides, and whether it is one that may go out.

use crate::Flow;
use crate::answer::{Audience, Code, answer};
use crate::config::Config;
use crate::headers::Pairs;
use crate::host::{Host, Level, Map};
use crate::metrics::{Event, Metrics};

/// What the response to a request that was let through shall say, and what it is checked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct After {
    /// On which request headers it depends.
    pub(crate) vary: Option<String>,
    /// Since when the resource is deprecated, as RFC 9745 writes it.
    pub(crate) deprecation: Option<String>,
    /// The route that was judged.
    pub(crate) route: Option<RouteMark>,
    pub(crate) is_grpc: bool,
}

/// A property of a request that named its route, and what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RouteMark {
    pub(crate) property: &'static [u8],
    pub(crate) name: Vec<u8>,
}

/// What a response is judged with.
pub(crate) struct Responding<'a> {
    pub(crate) host: &'a dyn Host,
    pub(crate) config: &'a Config,
    pub(crate) metrics: &'a mut Metrics,
}

impl Responding<'_> {
    /// The response to a request that was let through. Envoy chooses the route again when a header changes: if it
    /// is another one now, the request went where it was not judged for.
    pub(crate) fn finish(&mut self, after: After) -> Flow {
        if let Some(RouteMark { property, name }) = after.route
            && self.host.property(property).ok().filter(|now| !now.is_empty()) != Some(name)
        {
            self.metrics.count_event(Event::RouteChanged, 1);
            self.host
                .log(Level::Error, "gatepass: the route changed after the decision; see `route_changed`");
            return self.refuse(Code::RouteChanged, after.is_grpc);
        }
        if let Some(vary) = after.vary
            && self.host.add_header(Map::Response, b"vary", vary.as_bytes()).is_err()
        {
            self.host.log(Level::Warn, "gatepass: the host does not add `vary` to a response");
        }
        if let Some(since) = after.deprecation {
            self.deprecate(&since);
        }
        Flow::Continue
    }

    /// A response to a request that was never judged.
    pub(crate) fn undecided(&mut self) -> Flow {
        self.metrics.count_event(Event::DecisionMissing, 1);
        self.host.log(Level::Error, "gatepass: a response to a request that was never judged");
        self.refuse(Code::DecisionMissing, false)
    }

    /// An upstream that says since when itself knows better.
    fn deprecate(&self, since: &str) {
        const NAME: &[u8] = b"deprecation";
        let pairs = self.host.headers(Map::Response).ok().and_then(Pairs::decode).unwrap_or_default();
        if !pairs.has(NAME) && self.host.add_header(Map::Response, NAME, since.as_bytes()).is_err() {
            self.host.log(Level::Warn, "gatepass: the host does not add `deprecation` to a response");
        }
    }

    fn refuse(&self, code: Code, is_grpc: bool) -> Flow {
        let audience = Audience {
            host: self.config.host,
            disclose: self.config.manner.disclose,
            realm: &self.config.realm,
            is_grpc,
            accept: None,
            request_id: None,
        };
        if let Err(error) = self.host.respond(&answer(code, &audience)) {
            self.host.log(Level::Error, &format!("gatepass: the host does not answer (status {})", error.0));
        }
        Flow::Stop
    }
}
