//! One request, from its headers to a verdict.

use std::cell::OnceCell;

use gatepass::bundle::ResourceHandle;
use gatepass::{Freshness, Reason, ResourceId, ServiceId, Timestamp};

use crate::answer::{Audience, Code, answer, is_grpc};
use crate::config::{Config, HostKind, Manner, Mode, Preflight};
use crate::credential::Readable;
use crate::decision::{Granted, ask};
use crate::generation::Store;
use crate::headers::Pairs;
use crate::host::{Host, Level, Map};
use crate::metrics::{Decision, Metrics};
use crate::rewrite::{Cleaning, rewrite};
use crate::route::{Destination, PathTable, Routing};
use crate::{authority, path};

/// Whether the host goes on with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// It does.
    Continue,
    /// It does not: the request was answered.
    Stop,
}

/// What a request is judged with.
pub(crate) struct Judge<'a> {
    pub(crate) host: &'a dyn Host,
    pub(crate) config: &'a Config,
    pub(crate) store: &'a mut Store,
    pub(crate) metrics: &'a mut Metrics,
}

/// What became of a request, and what the response shall say it varies on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) flow: Flow,
    pub(crate) vary: Option<String>,
}

impl Verdict {
    const PASSED: Self = Self { flow: Flow::Continue, vary: None };
    const STOPPED: Self = Self { flow: Flow::Stop, vary: None };
}

impl Judge<'_> {
    /// Judges the request whose headers the host shows now; `ends` says that there is no body.
    pub(crate) fn judge(mut self, ends: bool) -> Verdict {
        let pairs = self.host.headers(Map::Request).ok().and_then(Pairs::decode);
        let Some(pairs) = pairs.filter(|pairs| !pairs.is_empty()) else {
            self.host.log(Level::Error, "gatepass: the host does not show the request's headers");
            return self
                .refuse(&Request::new(&Pairs::default(), self.host, self.config.host), Code::HostMismatch);
        };
        let request = Request::new(&pairs, self.host, self.config.host);
        match self.route(&request) {
            Ok(route) => self.follow(&request, &route, ends),
            Err(code) => self.refuse(&request, code),
        }
    }

    /// Checks that hold for every request, then looks for the route.
    fn route(&self, request: &Request<'_>) -> Result<Route, Code> {
        if !request.is_of_configured_host() {
            return Err(Code::HostMismatch);
        }
        if self.config.host.is_nginx()
            && request.pairs.iter().any(|(name, _)| self.config.guard.is_forged(name))
        {
            return Err(Code::IdentityHeaderForged);
        }
        match &self.config.routing {
            Routing::Paths(table) => Ok(match request.find(table)? {
                Some(Destination::Open) => Route::Open,
                Some(Destination::Target(target)) => Route::Target(target),
                None => Route::None,
            }),
            Routing::Host { open, .. } | Routing::Bundle { open } if request.is_open(open.as_ref()) => {
                Ok(Route::Open)
            }
            Routing::Host { routes, .. } => {
                let target = routes.find(self.config.host, |path| request.property(path));
                Ok(target.map_or(Route::None, Route::Target))
            }
            Routing::Bundle { .. } => {
                let id = request.property(b"kong\0service_id");
                let id = id.and_then(|id| std::str::from_utf8(&id).ok()?.parse().ok());
                Ok(id.map_or(Route::None, Route::Service))
            }
        }
    }

    fn follow(&mut self, request: &Request<'_>, route: &Route, ends: bool) -> Verdict {
        let config = self.config;
        if *route == Route::Open {
            return self.pass_open(request, Cleaning::anonymous(config));
        }
        let target = match route {
            Route::Target(position) => config.targets.get(*position),
            _ => None,
        };
        let manner = target.map_or(&config.manner, |target| &target.manner);
        let now = self.store.now(self.host.now_nanos().ok());
        let fresh = match now {
            Some(now) if self.store.freshness(&config.age, Some(now)) == Freshness::Fresh => Some(now),
            _ => None,
        };
        let Some(now) = fresh else {
            return self.deny(request, manner, Reason::BundleStale);
        };
        let resources = self.resources(route);
        let is_known = resources.iter().any(|(_, handle)| handle.is_some());
        if config.preflight == Preflight::Pass && is_known && request.is_preflight(ends) {
            return self.pass_open(request, Cleaning::preflight(config));
        }
        match self.decide(request, manner, &resources, now) {
            Ok(granted) => self.allow(request, manner, &granted),
            Err(reason) => self.deny(request, manner, reason),
        }
    }

    fn resources(&self, route: &Route) -> Vec<(ResourceId, Option<ResourceHandle>)> {
        let Some(generation) = self.store.current() else { return Vec::new() };
        match route {
            Route::Open | Route::None => Vec::new(),
            Route::Target(target) => generation.resources(*target).to_vec(),
            Route::Service(service) => {
                let bundle = &generation.bundle;
                bundle.resources_of_service(service).map(|id| (id, bundle.resource(&id))).collect()
            }
        }
    }

    fn decide(
        &self,
        request: &Request<'_>,
        manner: &Manner,
        resources: &[(ResourceId, Option<ResourceHandle>)],
        now: Timestamp,
    ) -> Result<Granted, Reason> {
        let generation = self.store.current().ok_or(Reason::BundleStale)?;
        if resources.is_empty() {
            return Err(Reason::ResourceUnknown);
        }
        ask(generation, resources, manner.sources.read(request), now)
    }

    fn allow(&mut self, request: &Request<'_>, manner: &Manner, granted: &Granted) -> Verdict {
        let cleaning = Cleaning::judged(self.config, &manner.sources);
        match rewrite(self.host, self.config, request.pairs, request.target(), &cleaning, &identity(granted))
        {
            Ok(()) => {
                self.metrics.count(Decision::Allow);
                let vary = manner.sources.vary();
                Verdict { flow: Flow::Continue, vary: (!vary.is_empty()).then(|| vary.to_owned()) }
            }
            Err(code) => self.refuse(request, code),
        }
    }

    fn pass_open(&mut self, request: &Request<'_>, cleaning: Cleaning<'_>) -> Verdict {
        match rewrite(self.host, self.config, request.pairs, request.target(), &cleaning, &[]) {
            Ok(()) => {
                self.metrics.count(Decision::Open);
                Verdict::PASSED
            }
            Err(code) => self.refuse(request, code),
        }
    }

    /// A denial of the rule: answered, or noted where the route only monitors.
    fn deny(&mut self, request: &Request<'_>, manner: &Manner, reason: Reason) -> Verdict {
        let code = Code::Rule(reason);
        if manner.mode == Mode::Enforce {
            return self.respond(request, manner, code);
        }
        let cleaning = Cleaning::judged(self.config, &manner.sources);
        let note = [("x-gatepass-would-deny", code.as_str().to_owned())];
        match rewrite(self.host, self.config, request.pairs, request.target(), &cleaning, &note) {
            Ok(()) => {
                self.metrics.count(Decision::Deny(code));
                Verdict::PASSED
            }
            Err(code) => self.refuse(request, code),
        }
    }

    /// A denial in every mode.
    fn refuse(&mut self, request: &Request<'_>, code: Code) -> Verdict {
        self.respond(request, &self.config.manner, code)
    }

    fn respond(&mut self, request: &Request<'_>, manner: &Manner, code: Code) -> Verdict {
        self.metrics.count(Decision::Deny(code));
        let request_id = request.id();
        let audience = Audience {
            host: self.config.host,
            disclose: manner.disclose,
            realm: &self.config.realm,
            is_grpc: request.pairs.single(b"content-type").is_some_and(is_grpc),
            accept: request.pairs.single(b"accept"),
            request_id: request_id.as_deref(),
        };
        if let Err(error) = self.host.respond(&answer(code, &audience)) {
            // The request hangs until it times out, and does not pass.
            self.host.log(Level::Error, &format!("gatepass: the host does not answer (status {})", error.0));
        }
        Verdict::STOPPED
    }
}

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
enum Route {
    Open,
    Target(usize),
    Service(ServiceId),
    None,
}

/// What an upstream learns about the caller.
fn identity(granted: &Granted) -> Vec<(&'static str, String)> {
    use gatepass::bundle::Owner;
    let owner = match granted.owner {
        Some(Owner::Developer(id, _)) => Some(format!("developer:{id}")),
        Some(Owner::Team(id)) => Some(format!("team:{id}")),
        Some(Owner::Unknown) | None => None,
    };
    let mut headers = Vec::with_capacity(4);
    headers.extend(granted.application.map(|id| ("x-gatepass-application-id", id.to_string())));
    headers.extend(owner.map(|owner| ("x-gatepass-owner", owner)));
    headers.push(("x-gatepass-resource-id", granted.resource.to_string()));
    headers.push(("x-gatepass-serial", granted.serial.to_string()));
    headers
}

/// The request as the host shows it.
struct Request<'a> {
    pairs: &'a Pairs,
    host: &'a dyn Host,
    kind: HostKind,
    method: Vec<u8>,
    /// Asked for at most once, and only if something depends on it.
    target: OnceCell<Option<Vec<u8>>>,
}

impl<'a> Request<'a> {
    fn new(pairs: &'a Pairs, host: &'a dyn Host, kind: HostKind) -> Self {
        let method = pairs.single(b":method").map(<[u8]>::to_vec);
        let method = method.or_else(|| host.property(b"request\0method").ok()).unwrap_or_default();
        Self { pairs, host, kind, method, target: OnceCell::new() }
    }

    /// Envoy shows `:authority` and never `host`; nginx shows the client's `Host`, without which it knows its own name.
    fn is_of_configured_host(&self) -> bool {
        let shows_host = self.pairs.iter().any(|(name, _)| name.eq_ignore_ascii_case(b"host"));
        if self.kind.is_nginx() { shows_host || self.property(b"ngx\0host").is_some() } else { !shows_host }
    }

    /// The raw path and query. nginx shows a decoded `:path`.
    fn target(&self) -> Option<&[u8]> {
        let read = || match self.kind {
            HostKind::Envoy => self.pairs.single(b":path").map(<[u8]>::to_vec),
            HostKind::Kong | HostKind::Nginx => self.property(b"ngx\0request_uri"),
        };
        self.target.get_or_init(read).as_deref()
    }

    /// The host the request is for, if there is one reading of it.
    fn authority(&self) -> Result<Vec<u8>, Code> {
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

    fn find(&self, table: &PathTable) -> Result<Option<Destination>, Code> {
        if self.method == b"CONNECT" && self.pairs.single(b":path").is_none() {
            // It asks for a host, not for a path.
            return Ok(None);
        }
        let host = self.authority()?;
        let (path, _) = path::split(self.target().unwrap_or_default());
        let path = path::read(path).map_err(|path::Ambiguous| Code::PathAmbiguous)?;
        Ok(table.find(&host, &path, &self.method))
    }

    /// Where the host tells the route, an ambiguous path decides nothing: the request is not open, and judged.
    fn is_open(&self, open: Option<&PathTable>) -> bool {
        open.is_some_and(|table| self.find(table) == Ok(Some(Destination::Open)))
    }

    fn is_preflight(&self, ends: bool) -> bool {
        let number = |name: &[u8]| self.values(name).len();
        let is_empty = self.values(b"content-length").iter().all(|length| *length == b"0");
        self.method == b"OPTIONS"
            && number(b"origin") == 1
            && number(b"access-control-request-method") == 1
            && number(b"transfer-encoding") == 0
            && is_empty
            // nginx hosts never say so here.
            && (ends || self.kind.is_nginx())
    }

    fn id(&self) -> Option<String> {
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
    fn values(&self, name: &[u8]) -> Vec<&[u8]> {
        self.pairs
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
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
