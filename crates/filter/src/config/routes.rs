//! Which route leads to which resource.

use std::rc::Rc;

use gatepass::ResourceId;

use super::credentials::{self, Hosted};
use super::field::{Field, Fields};
use super::parse::{DISCLOSE, MODES};
use super::problem::Problems;
use super::sources::Origins;
use super::{HostKind, Manner, Target};
use crate::route::{Destination, HostPattern, HostRoutes, PathTable, Place, RouteKey, Routing};
use crate::{authority, path};

const HOST_KEYS: &[(&str, RouteKey)] = &[
    ("route_id", RouteKey::RouteId),
    ("route_name", RouteKey::RouteName),
    ("service_id", RouteKey::ServiceId),
    ("service_name", RouteKey::ServiceName),
];

/// Reads `routes` and `open`.
pub(super) fn read(
    fields: &mut Fields<'_>,
    hosted: Hosted,
    default: &Manner,
    origins: &mut Origins,
    problems: &mut Problems,
) -> (Routing, Vec<Target>) {
    let routes = fields.get("routes");
    let open = fields.get("open").and_then(|field| field.list(problems)).unwrap_or_default();
    let mut reader = Reader {
        hosted,
        default,
        targets: Vec::new(),
        paths: PathTable::default(),
        by_host: HostRoutes::default(),
        warnings: Vec::new(),
    };
    let rules = routes.as_ref().and_then(|field| field.list(problems)).unwrap_or_default();
    let (mut of_host, mut of_path) = (0_usize, 0_usize);
    for rule in &rules {
        let Some(fields) = rule.object(problems) else { continue };
        if fields.present(&["route_id", "route_name", "service_id", "service_name"]).is_empty() {
            of_path += 1;
            reader.path_rule(rule, fields, problems);
        } else {
            of_host += 1;
            reader.host_rule(rule, fields, problems);
        }
    }
    if let (true, Some(field)) = (of_host > 0 && of_path > 0, &routes) {
        let help = "identify all routes by the host's names and ids, or all by `host` and `path_prefix`";
        field.problem(problems, "two ways of telling routes are mixed", help);
    }
    if rules.is_empty() && hosted.host != HostKind::Kong {
        let help = "list routes; only Kong knows the service ids that a bundle maps to resources";
        problems.add(if routes.is_some() { "/routes" } else { "" }, "`routes` is missing or empty", help);
    }
    for rule in &open {
        reader.open_rule(rule, problems);
    }
    let Reader { targets, paths, by_host, mut warnings, .. } = reader;
    origins.warnings.append(&mut warnings);
    let paths_or_none = (!paths.is_empty()).then_some(paths);
    let routing = if of_path > 0 {
        Routing::Paths(paths_or_none.unwrap_or_default())
    } else if of_host > 0 {
        Routing::Host { routes: by_host, open: paths_or_none }
    } else {
        Routing::Bundle { open: paths_or_none }
    };
    (routing, targets)
}

struct Reader<'a> {
    hosted: Hosted,
    default: &'a Manner,
    targets: Vec<Target>,
    paths: PathTable,
    by_host: HostRoutes,
    warnings: Vec<String>,
}

impl Reader<'_> {
    fn host_rule(&mut self, rule: &Field<'_>, mut fields: Fields<'_>, problems: &mut Problems) {
        let present = fields.present(&["route_id", "route_name", "service_id", "service_name"]);
        if present.len() > 1 {
            rule.problem(problems, "a rule names one thing", "write one rule for each name or id");
        }
        for wrong in fields.present(&["host", "path_prefix", "methods"]) {
            rule.problem(
                problems,
                format!("`{wrong}` cannot stand beside a name or id of the host"),
                "remove it",
            );
        }
        let _checked_above = (fields.get("host"), fields.get("path_prefix"), fields.get("methods"));
        let mut names = Vec::new();
        for (key, kind) in HOST_KEYS {
            let Some(field) = fields.get(key) else { continue };
            if !kind.is_known_to(self.hosted.host) {
                match self.hosted.host {
                    // Envoy has names only; one configuration may serve Envoy and Kong.
                    HostKind::Envoy => self.warnings.push(format!(
                        "Envoy tells no `{key}`: the rule at {} never matches",
                        rule.pointer()
                    )),
                    HostKind::Kong | HostKind::Nginx => {
                        field.problem(problems, "this host does not tell it", "use `host` and `path_prefix`");
                    }
                }
            }
            let name = match kind {
                // Kong writes ids in lower case.
                RouteKey::RouteId | RouteKey::ServiceId => {
                    field.id::<gatepass::ServiceId>(problems).map(|id| id.to_string())
                }
                RouteKey::RouteName | RouteKey::ServiceName => field.text(problems).map(ToOwned::to_owned),
            };
            names.extend(name.map(|name| (*kind, name)));
        }
        let Some(target) = self.target(rule, fields, problems) else { return };
        for (kind, name) in names {
            if !self.by_host.add(kind, name, target) {
                rule.problem(
                    problems,
                    "another rule names the same route",
                    "list all its resources in one `resource_ids`",
                );
            }
        }
    }

    fn path_rule(&mut self, rule: &Field<'_>, mut fields: Fields<'_>, problems: &mut Problems) {
        let place = place(&mut fields, problems);
        let Some(target) = self.target(rule, fields, problems) else { return };
        self.add_path(rule, place, Destination::Target(target), problems);
    }

    fn open_rule(&mut self, rule: &Field<'_>, problems: &mut Problems) {
        let Some(mut fields) = rule.object(problems) else { return };
        let place = place(&mut fields, problems);
        fields.finish(problems);
        self.add_path(rule, place, Destination::Open, problems);
    }

    fn add_path(
        &mut self,
        rule: &Field<'_>,
        place: Option<Place>,
        destination: Destination,
        problems: &mut Problems,
    ) {
        let Some(place) = place else { return };
        let same = |other: &Destination| match (*other, destination) {
            (Destination::Open, Destination::Open) => true,
            (Destination::Target(left), Destination::Target(right)) => self.same_target(left, right),
            _ => false,
        };
        if self.paths.equal_rules(&place).iter().all(same) {
            self.paths.add(place, destination);
        } else {
            let help = "list all resources in one `resource_ids`, or make the rules differ";
            rule.problem(problems, "another rule for the same requests says something else", help);
        }
    }

    fn same_target(&self, left: usize, right: usize) -> bool {
        match (self.targets.get(left), self.targets.get(right)) {
            (Some(left), Some(right)) => {
                left.resources == right.resources
                    && left.manner.mode == right.manner.mode
                    && left.manner.disclose == right.manner.disclose
                    && left.manner.sources == right.manner.sources
            }
            _ => false,
        }
    }

    /// The resources of a rule and how its requests are judged.
    fn target(&mut self, rule: &Field<'_>, mut fields: Fields<'_>, problems: &mut Problems) -> Option<usize> {
        let mode = fields.get("mode").and_then(|field| field.word(problems, MODES));
        let disclose = fields.get("disclose").and_then(|field| field.word(problems, DISCLOSE));
        let sources =
            fields.get("credentials").map(|field| Rc::new(credentials::read(&field, self.hosted, problems)));
        let one = fields.get("resource_id");
        let several = fields.get("resource_ids");
        if one.is_some() == several.is_some() {
            rule.problem(
                problems,
                "exactly one of `resource_id` or `resource_ids` is needed",
                "say what the route serves",
            );
        }
        let mut resources = Vec::new();
        if let Some(field) = one {
            resources.extend(field.id::<ResourceId>(problems));
        } else if let Some(field) = several {
            let ids = field.list(problems).unwrap_or_default();
            if ids.is_empty() {
                field.problem(problems, "nothing is served", "write at least one id");
            }
            for id in ids {
                let Some(resource) = id.id(problems) else { continue };
                if resources.contains(&resource) {
                    id.problem(problems, "this resource is listed twice", "keep one of them");
                }
                resources.push(resource);
            }
        }
        fields.finish(problems);
        if resources.is_empty() {
            return None;
        }
        let manner = Manner {
            mode: mode.unwrap_or(self.default.mode),
            disclose: disclose.unwrap_or(self.default.disclose),
            sources: sources.unwrap_or_else(|| Rc::clone(&self.default.sources)),
        };
        self.targets.push(Target { resources, manner });
        Some(self.targets.len() - 1)
    }
}

fn place(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Place> {
    let host = match fields.get("host") {
        Some(field) => host_pattern(&field, problems),
        None => Some(HostPattern::Any),
    };
    let help = "write for example `\"path_prefix\": \"/orders\"`, or `\"/\"` for everything";
    let prefix = fields.need("path_prefix", problems, help).and_then(|field| path_prefix(&field, problems));
    let methods = fields.get("methods").map(|field| methods(&field, problems));
    Some(Place { host: host?, prefix: prefix?, methods })
}

fn host_pattern(field: &Field<'_>, problems: &mut Problems) -> Option<HostPattern> {
    let text = field.text(problems)?;
    let (name, is_wildcard) = text.strip_prefix("*.").map_or((text, false), |rest| (rest, true));
    let is_plain = !name.contains('*') && (name.starts_with('[') || !name.contains(':'));
    match authority::read(name.as_bytes()) {
        Ok(host) if is_plain && is_wildcard => Some(HostPattern::Below(host)),
        Ok(host) if is_plain => Some(HostPattern::Exactly(host)),
        _ => {
            let help =
                "write a host without port, as `api.example.com`, or `*.example.com` for all hosts below it";
            field.problem(problems, "this is no host", help);
            None
        }
    }
}

fn path_prefix(field: &Field<'_>, problems: &mut Problems) -> Option<Vec<u8>> {
    let text = field.text(problems)?;
    let Ok(prefix) = path::read(text.as_bytes()) else {
        let help = "write a path from `/` on without `//`, dot segments, `;`, `\\` and needless escapes";
        field.problem(problems, "this path has more than one reading, or does not start with `/`", help);
        return None;
    };
    if text.contains('?') || (text.len() > 1 && text.ends_with('/')) {
        let help = "leave out `?` and the last `/`: `/orders` covers itself and everything below";
        field.problem(problems, "this is not where a segment ends", help);
        return None;
    }
    Some(prefix.into_owned())
}

fn methods(field: &Field<'_>, problems: &mut Problems) -> Vec<Vec<u8>> {
    let items = field.list(problems).unwrap_or_default();
    if items.is_empty() {
        field.problem(problems, "no method matches", "list methods, or leave the key out for all");
    }
    let mut methods = Vec::new();
    for item in &items {
        let Some(text) = item.text(problems) else { continue };
        if !text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-') {
            item.problem(problems, "this is no method", "write it in capital letters, as `GET`");
        }
        methods.push(text.as_bytes().to_vec());
        if text == "GET" {
            methods.push(b"HEAD".to_vec());
        }
    }
    methods
}
