//! Which resources a request asks for.

use crate::config::HostKind;
use crate::path;
use crate::response::RouteMark;
use crate::table::Table;

/// How routes are told apart.
#[derive(Clone, Debug)]
pub(crate) enum Routing {
    /// By what the host calls its routes and services.
    Host {
        routes: HostRoutes,
        /// What is open all the same.
        open: Option<PathTable>,
    },
    /// By host and path; what is open is in the same table.
    Paths(PathTable),
    /// By the service ids that the bundle knows.
    Bundle {
        /// What is open all the same.
        open: Option<PathTable>,
    },
}

/// What a rule leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// Anybody may pass.
    Open,
    /// A position in [`Config::targets`](crate::config::Config).
    Target(usize),
}

/// What a host may call a route or a service, the more specific first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RouteKey {
    RouteId,
    RouteName,
    ServiceId,
    ServiceName,
}

impl RouteKey {
    /// The properties that hold it, newest spelling first.
    pub(crate) const fn properties(self, host: HostKind) -> &'static [&'static [u8]] {
        match (host, self) {
            (HostKind::Envoy, Self::RouteName) => &[b"xds\0route_name", b"route_name"],
            (HostKind::Envoy, Self::ServiceName) => &[b"xds\0cluster_name", b"cluster_name"],
            (HostKind::Kong, Self::RouteId) => &[b"kong\0route_id"],
            (HostKind::Kong, Self::RouteName) => &[b"kong\0route_name"],
            (HostKind::Kong, Self::ServiceId) => &[b"kong\0service_id"],
            (HostKind::Kong, Self::ServiceName) => &[b"kong\0service_name"],
            (HostKind::Envoy, Self::RouteId | Self::ServiceId) | (HostKind::Nginx, _) => &[],
        }
    }

    pub(crate) const fn is_known_to(self, host: HostKind) -> bool {
        !self.properties(host).is_empty()
    }
}

/// Rules by the host's names and ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct HostRoutes {
    by_key: Table<RouteKey, Table<Vec<u8>, usize>>,
}

impl HostRoutes {
    /// `false` if there is already a rule for it.
    pub(crate) fn add(&mut self, key: RouteKey, name: String, target: usize) -> bool {
        self.by_key.of(key).is_some_and(|targets| targets.insert(name.into_bytes(), target).is_none())
    }

    /// The target of the most specific name that has a rule, and by what it was found. Only properties that some
    /// rule needs are read.
    pub(crate) fn find(
        &self,
        host: HostKind,
        mut property: impl FnMut(&[u8]) -> Option<Vec<u8>>,
    ) -> Option<(usize, RouteMark)> {
        self.by_key.iter().find_map(|(key, targets)| {
            let (property, name) = key
                .properties(host)
                .iter()
                .find_map(|path| Some((*path, property(path).filter(|name| !name.is_empty())?)))?;
            let target = targets.get(&name).copied()?;
            Some((target, RouteMark { property, name }))
        })
    }
}

/// The requests a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) host: HostPattern,
    /// Decoded, without a final slash unless it is `/`.
    pub(crate) prefix: Vec<u8>,
    /// Where `GET` is, `HEAD` is too. `None` is any method.
    pub(crate) methods: Option<Vec<Vec<u8>>>,
}

/// The hosts a rule is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum HostPattern<Name = Vec<u8>> {
    Exactly(Name),
    /// All hosts that end with a dot and this.
    Below(Name),
    Any,
}

impl HostPattern {
    fn borrowed(&self) -> HostPattern<&[u8]> {
        match self {
            Self::Exactly(host) => HostPattern::Exactly(host),
            Self::Below(host) => HostPattern::Below(host),
            Self::Any => HostPattern::Any,
        }
    }
}

/// Rules by host, then path, then method.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathTable {
    hosts: Table<HostPattern, Table<Vec<u8>, Vec<Rule>>>,
}

#[derive(Clone, Debug)]
struct Rule {
    methods: Option<Vec<Vec<u8>>>,
    destination: Destination,
}

impl PathTable {
    pub(crate) fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }

    pub(crate) fn add(&mut self, place: Place, destination: Destination) {
        if let Some(rules) = self.hosts.of(place.host).and_then(|prefixes| prefixes.of(place.prefix)) {
            rules.push(Rule { methods: place.methods, destination });
        }
    }

    /// Where the rules lead that some request matches just as well as a rule for `place`.
    pub(crate) fn equal_rules(&self, place: &Place) -> Vec<Destination> {
        let rules = self.hosts.get(&place.host).and_then(|prefixes| prefixes.get(&place.prefix));
        let is_equal = |rule: &&Rule| match (&rule.methods, &place.methods) {
            (None, None) => true,
            (Some(left), Some(right)) => left.iter().any(|method| right.contains(method)),
            _ => false,
        };
        rules.into_iter().flatten().filter(is_equal).map(|rule| rule.destination).collect()
    }

    /// The destination of a request: of the most specific host that has a rule for the path, the longest prefix;
    /// of the rules with that prefix, the one that lists the method, else the one for all methods. A method that
    /// none of them is for matches nothing: it does not fall back to a shorter prefix, which may be an open one.
    pub(crate) fn find(&self, host: &[u8], path: &[u8], method: &[u8]) -> Option<Destination> {
        let below = |at: usize| host.get(at + 1..).map(HostPattern::Below);
        let dots = host.iter().enumerate().filter(|(_, byte)| **byte == b'.').map(|(at, _)| at);
        let asked = std::iter::once(HostPattern::Exactly(host))
            .chain(dots.filter_map(below))
            .chain([HostPattern::Any]);
        let rules = asked
            .filter_map(|asked| self.hosts.get_by(|pattern| pattern.borrowed().cmp(&asked)))
            .find_map(|prefixes| path::prefixes(path).find_map(|prefix| prefixes.get(prefix)))?;
        let listed =
            |rule: &&Rule| rule.methods.as_ref().is_some_and(|methods| methods.iter().any(|m| m == method));
        let rule = rules.iter().find(listed).or_else(|| rules.iter().find(|rule| rule.methods.is_none()))?;
        Some(rule.destination)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rules: &[(HostPattern, &str, Option<&[&str]>, Destination)]) -> PathTable {
        let mut table = PathTable::default();
        for (host, prefix, methods, destination) in rules {
            let methods = methods.map(|methods| methods.iter().map(|m| m.as_bytes().to_vec()).collect());
            let place = Place { host: host.clone(), prefix: prefix.as_bytes().to_vec(), methods };
            table.add(place, *destination);
        }
        table
    }

    fn exactly(host: &str) -> HostPattern {
        HostPattern::Exactly(host.as_bytes().to_vec())
    }

    fn below(host: &str) -> HostPattern {
        HostPattern::Below(host.as_bytes().to_vec())
    }

    #[test]
    fn the_most_specific_rule_wins() {
        use Destination::{Open, Target};
        let table = table(&[
            (exactly("api.example.com"), "/orders", None, Target(0)),
            (below("example.com"), "/orders", None, Target(1)),
            (below("b.example.com"), "/orders", None, Target(2)),
            (HostPattern::Any, "/", None, Target(3)),
            (HostPattern::Any, "/orders/v1", None, Target(4)),
            (HostPattern::Any, "/orders/v1/health", Some(&["GET", "HEAD"]), Open),
            (HostPattern::Any, "/shop", Some(&["GET", "HEAD"]), Target(5)),
            (HostPattern::Any, "/shop", None, Target(6)),
        ]);
        for (host, path, method, expected) in [
            ("api.example.com", "/orders/v1", "GET", Some(Target(0))),
            ("www.example.com", "/orders", "GET", Some(Target(1))),
            ("a.b.example.com", "/orders/x", "GET", Some(Target(2))),
            ("example.com", "/orders", "GET", Some(Target(3))),
            ("notexample.com", "/orders", "GET", Some(Target(3))),
            ("api.example.com", "/other", "GET", Some(Target(3))),
            ("x", "/orders/v1", "GET", Some(Target(4))),
            ("x", "/orders/v1/", "GET", Some(Target(4))),
            ("x", "/orders/v11", "GET", Some(Target(3))),
            ("x", "/orders/v1/health", "HEAD", Some(Open)),
            ("x", "/orders/v1/health/x", "GET", Some(Open)),
            ("x", "/orders/v1/health", "POST", None),
            ("x", "/orders/v1/healthy", "POST", Some(Target(4))),
            ("x", "/shop", "GET", Some(Target(5))),
            ("x", "/shop", "get", Some(Target(6))),
        ] {
            assert_eq!(
                table.find(host.as_bytes(), path.as_bytes(), method.as_bytes()),
                expected,
                "{method} {host}{path}"
            );
        }
    }

    #[test]
    fn the_hosts_names_are_asked_for_from_specific_to_general() {
        let mut routes = HostRoutes::default();
        assert!(routes.add(RouteKey::ServiceName, "orders".into(), 0));
        assert!(routes.add(RouteKey::RouteName, "orders-v2".into(), 1));
        assert!(!routes.add(RouteKey::RouteName, "orders-v2".into(), 2));
        let find = |route: &'static str| {
            let mut asked = Vec::new();
            let found = routes.find(HostKind::Kong, |path| {
                asked.push(String::from_utf8_lossy(path).replace('\0', "."));
                Some(if path.ends_with(b"route_name") { route.into() } else { b"orders".to_vec() })
            });
            let found = found.map(|(target, mark)| (target, String::from_utf8(mark.name).unwrap()));
            (found, asked.join(" "))
        };
        assert_eq!(find("orders-v2"), (Some((2, "orders-v2".to_owned())), "kong.route_name".to_owned()));
        let both = "kong.route_name kong.service_name".to_owned();
        assert_eq!(find("other"), (Some((0, "orders".to_owned())), both));
        assert_eq!(routes.find(HostKind::Kong, |_| None), None);
    }
}
