//! One request, from its headers to a verdict.

use gatepass::bundle::{Owner, ResourceHandle};
use gatepass::{
    DECISION_LINE_PATH_MAX, DecisionLine, Freshness, LoggedDecision, Reason, ResourceId, ServiceId, Timestamp,
};

use crate::answer::{Audience, Code, answer, is_grpc};
use crate::config::{Config, Manner, Mode, Preflight};
use crate::credential::Readable as _;
use crate::decision::{Granted, Known, ask};
use crate::generation::Store;
use crate::headers::Pairs;
use crate::host::{Host, Level, Map};
use crate::log::{Admission, DecisionLog, escaped};
use crate::metrics::{Decision, Event, Metrics};
use crate::path;
use crate::response::{After, RouteMark};
use crate::rewrite::{Cleaning, rewrite};
use crate::route::{Destination, Routing};
use crate::shown::Request;

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
    pub(crate) log: &'a mut DecisionLog,
    pub(crate) about: About,
}

/// What was found out about a request so far, for the log.
#[derive(Debug, Default)]
pub(crate) struct About {
    resources: Vec<(ResourceId, Option<ResourceHandle>)>,
    known: Known,
    granted: Option<ResourceId>,
}

/// What became of a request, and what its response is checked for and shall say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) flow: Flow,
    pub(crate) after: After,
}

impl Verdict {
    fn passed() -> Self {
        Self { flow: Flow::Continue, after: After::default() }
    }

    fn stopped() -> Self {
        Self { flow: Flow::Stop, after: After::default() }
    }
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
            Ok(route) => self.follow(&request, route, ends),
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
                Some(Destination::Target(target)) => Route::Target(target, None),
                None => Route::None,
            }),
            Routing::Host { open, .. } | Routing::Bundle { open } if request.is_open(open.as_ref()) => {
                Ok(Route::Open)
            }
            Routing::Host { routes, .. } => {
                let found = routes.find(self.config.host, |path| request.property(path));
                Ok(found.map_or(Route::None, |(target, mark)| Route::Target(target, Some(mark))))
            }
            Routing::Bundle { .. } => {
                let id = request.property(b"kong\0service_id");
                let id = id.and_then(|id| std::str::from_utf8(&id).ok()?.parse().ok());
                Ok(id.map_or(Route::None, Route::Service))
            }
        }
    }

    fn follow(&mut self, request: &Request<'_>, route: Route, ends: bool) -> Verdict {
        let config = self.config;
        if route == Route::Open {
            return self.pass_open(request, Cleaning::anonymous(config));
        }
        let target = match &route {
            Route::Target(position, _) => config.targets.get(*position),
            _ => None,
        };
        let manner = target.map_or(&config.manner, |target| &target.manner);
        let now = self.store.now(self.host.now_nanos().ok());
        let fresh = match now {
            Some(now) if self.store.freshness(&config.age, Some(now)) == Freshness::Fresh => Some(now),
            _ => None,
        };
        let Some(now) = fresh else {
            let listed = target.map(|target| target.resources.as_slice()).unwrap_or_default();
            self.about.resources = listed.iter().map(|id| (*id, None)).collect();
            return self.deny(request, manner, Reason::BundleStale);
        };
        let resources = self.resources(&route);
        let is_known = resources.iter().any(|(_, handle)| handle.is_some());
        if config.preflight == Preflight::Pass && is_known && request.is_preflight(ends) {
            return self.pass_open(request, Cleaning::preflight(config));
        }
        let (known, result) = self.decide(request, manner, &resources, now);
        self.about = About { resources, known, granted: None };
        let mark = match route {
            Route::Target(_, mark) => mark.filter(|_| manner.mode == Mode::Enforce),
            _ => None,
        };
        match result {
            Ok(granted) => self.allow(request, manner, &granted, mark),
            Err(reason) => self.deny(request, manner, reason),
        }
    }

    fn resources(&self, route: &Route) -> Vec<(ResourceId, Option<ResourceHandle>)> {
        let Some(generation) = self.store.current() else { return Vec::new() };
        match route {
            Route::Open | Route::None => Vec::new(),
            Route::Target(target, _) => generation.resources(*target).to_vec(),
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
    ) -> (Known, Result<Granted, Reason>) {
        match self.store.current() {
            None => (Known::default(), Err(Reason::BundleStale)),
            Some(_) if resources.is_empty() => (Known::default(), Err(Reason::ResourceUnknown)),
            Some(generation) => ask(generation, resources, manner.sources.read(request), now),
        }
    }

    fn allow(
        &mut self,
        request: &Request<'_>,
        manner: &Manner,
        granted: &Granted,
        route: Option<RouteMark>,
    ) -> Verdict {
        let cleaning = Cleaning::judged(self.config, &manner.sources);
        match rewrite(self.host, self.config, request.pairs, request.target(), &cleaning, &identity(granted))
        {
            Ok(()) => {
                self.about.granted = Some(granted.resource);
                self.record(request, LoggedDecision::Allow, None);
                let vary = manner.sources.vary();
                let vary = (!vary.is_empty()).then(|| vary.to_owned());
                let deprecation = granted.is_deprecated.then(|| self.deprecated_since());
                let is_grpc = route.is_some() && is_of_grpc(request);
                Verdict { flow: Flow::Continue, after: After { vary, deprecation, route, is_grpc } }
            }
            Err(code) => self.refuse(request, code),
        }
    }

    /// A date of RFC 9745. The portal does not tell since when: at the latest since the data was current.
    fn deprecated_since(&self) -> String {
        let as_of = self.store.current().and_then(|generation| generation.as_of).or(self.store.reading());
        format!("@{}", as_of.map_or(0, |as_of| as_of.millis().div_euclid(1000)))
    }

    fn pass_open(&mut self, request: &Request<'_>, cleaning: Cleaning<'_>) -> Verdict {
        match rewrite(self.host, self.config, request.pairs, request.target(), &cleaning, &[]) {
            Ok(()) => {
                self.record(request, LoggedDecision::Open, None);
                Verdict::passed()
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
                self.metrics.count_event(Event::WouldDeny, 1);
                self.record(request, LoggedDecision::WouldDeny, Some(code));
                Verdict::passed()
            }
            Err(code) => self.refuse(request, code),
        }
    }

    /// A denial in every mode.
    fn refuse(&mut self, request: &Request<'_>, code: Code) -> Verdict {
        self.respond(request, &self.config.manner, code)
    }

    fn respond(&mut self, request: &Request<'_>, manner: &Manner, code: Code) -> Verdict {
        self.record(request, LoggedDecision::Deny, Some(code));
        let request_id = request.id();
        let audience = Audience {
            host: self.config.host,
            disclose: manner.disclose,
            realm: &self.config.realm,
            is_grpc: is_of_grpc(request),
            accept: request.pairs.single(b"accept"),
            request_id: request_id.as_deref(),
        };
        if let Err(error) = self.host.respond(&answer(code, &audience)) {
            // The request hangs until it times out, and does not pass.
            self.host.log(Level::Error, &format!("gatepass: the host does not answer (status {})", error.0));
        }
        Verdict::stopped()
    }

    /// Counts a decision, and logs it if it shall be.
    fn record(&mut self, request: &Request<'_>, decision: LoggedDecision, code: Option<Code>) {
        self.metrics.count(match (decision, code) {
            (_, Some(code)) => Decision::Deny(code),
            (LoggedDecision::Open, None) => Decision::Open,
            (_, None) => Decision::Allow,
        });
        let mut event = match self.log.admit(decision, self.store.reading()) {
            Admission::Write => Event::Logged,
            Admission::SampledOut => Event::SampledOut,
            Admission::Dropped => Event::Dropped,
        };
        if event == Event::Logged {
            let line = self.line(request, decision, code).to_string();
            if self.host.write_log(Level::Info, &line).is_err() {
                self.log.failed();
                event = Event::Dropped;
            }
        }
        self.metrics.count_event(event, 1);
    }

    fn line(&self, request: &Request<'_>, decision: LoggedDecision, code: Option<Code>) -> DecisionLine {
        let About { resources, known, granted } = &self.about;
        let (developer_id, team_id) = match known.owner {
            Some(Owner::Developer(id, _)) => (Some(id), None),
            Some(Owner::Team(id)) => (None, Some(id)),
            Some(Owner::Unknown) | None => (None, None),
        };
        let generation = self.store.current();
        let (path, _) = path::split(request.target().unwrap_or_default());
        DecisionLine {
            at: self.store.reading(),
            reason: code.map(|code| code.as_str().to_owned()),
            http_status: code.map(Code::status),
            policy: generation.map(|generation| generation.bundle.policy()),
            serial: generation.map_or(0, |generation| generation.serial),
            application_id: known.application,
            developer_id,
            team_id,
            resource_id: granted.or(resources.first().map(|(id, _)| *id)),
            resource_ids: resources.iter().map(|(id, _)| *id).collect(),
            request_id: request.id(),
            method: escaped(&request.method, 32),
            // What has no one reading may hold a password.
            host: escaped(&request.authority().unwrap_or_default(), 255),
            path: escaped(path, DECISION_LINE_PATH_MAX),
            instance: self.log.instance(),
            counts: self.log.counts(),
            ..DecisionLine::new(decision)
        }
    }
}

fn is_of_grpc(request: &Request<'_>) -> bool {
    request.pairs.single(b"content-type").is_some_and(is_grpc)
}

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
enum Route {
    Open,
    /// By what the host calls it, if that decided.
    Target(usize, Option<RouteMark>),
    Service(ServiceId),
    None,
}

/// What an upstream learns about the caller.
fn identity(granted: &Granted) -> Vec<(&'static str, String)> {
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
