//! `gatepass check --kong`: what of a declarative configuration of Kong lets requests past the decision.
//!
//! Kong runs one plugin of a name for a request, the most specific one: a route's, else its service's, else the global one
//! (Kong Gateway, "Precedence for plugins"). That is what is looked at here, route by route. Consumers' plugins are not.

use gatepass::{Plain, Problem, Problems, Severity};
use serde_json::Value;

/// What the guard of `bindings/kong-plugin` reads.
const GUARD: &str = "kong.ctx.shared.gatepass";
const CACHES: [&str; 2] = ["proxy-cache", "proxy-cache-advanced"];
const AUTHENTICATION: [&str; 8] =
    ["basic-auth", "hmac-auth", "jwt", "key-auth", "key-auth-enc", "ldap-auth", "oauth2", "openid-connect"];

/// Everything that is wrong with a configuration, and how many routes were looked at.
pub(super) fn check(configuration: &Value) -> (Problems, usize) {
    let mut found = Problems::default();
    let global = Scope::of(configuration, "");
    let mut routes = 0;
    for (at, service) in items(configuration, "services") {
        let place = format!("/services/{at}");
        let of_service = Scope::of(service, &place);
        for (at, route) in items(service, "routes") {
            let place = format!("{place}/routes/{at}");
            let scopes = [&Scope::of(route, &place), &of_service, &global];
            Route { name: name(route, service), place: &place, scopes }.check(&mut found);
            routes += 1;
        }
    }
    // Routes that name their service, or none.
    for (at, route) in items(configuration, "routes") {
        let place = format!("/routes/{at}");
        let named = route.get("service").map(|service| service.get("name").unwrap_or(service));
        let mut services = items(configuration, "services").into_iter();
        let service = services.find(|(_, service)| named.is_some() && service.get("name") == named);
        let of_service = service.map(|(at, service)| Scope::of(service, &format!("/services/{at}")));
        let of_service = of_service.unwrap_or_default();
        let scopes = [&Scope::of(route, &place), &of_service, &global];
        Route { name: name(route, &Value::Null), place: &place, scopes }.check(&mut found);
        routes += 1;
    }
    (found, routes)
}

fn items<'v>(value: &'v Value, list: &str) -> Vec<(usize, &'v Value)> {
    value.get(list).and_then(Value::as_array).into_iter().flatten().enumerate().collect()
}

fn name(route: &Value, service: &Value) -> String {
    let text = |value: &Value| value.get("name").and_then(Value::as_str).map(|name| Plain(name).to_string());
    let of_service = || Some(format!("of {}", text(service)?));
    text(route).or_else(of_service).unwrap_or_else(|| "without a name".to_owned())
}

/// The plugins and the filters of a route, a service, or of everything.
#[derive(Default)]
struct Scope<'v> {
    /// By name, each with its place; those that are switched off are none.
    plugins: Vec<(&'v str, &'v Value, String)>,
    has_filter: bool,
}

impl<'v> Scope<'v> {
    fn of(value: &'v Value, place: &str) -> Self {
        let is_on = |item: &Value| item.get("enabled").and_then(Value::as_bool) != Some(false);
        // At the top, plugins of a service, route or consumer are not global.
        let of_all =
            |plugin: &Value| ["service", "route", "consumer"].iter().all(|of| plugin.get(of).is_none());
        let plugins = items(value, "plugins").into_iter();
        let named =
            plugins.filter(|(_, plugin)| is_on(plugin) && of_all(plugin)).filter_map(|(at, plugin)| {
                Some((plugin.get("name")?.as_str()?, plugin, format!("{place}/plugins/{at}")))
            });
        let is_ours = |filter: &Value| {
            is_on(filter) && filter.get("name").is_some_and(|name| name == "gatepass_filter")
        };
        let chains = items(value, "filter_chains");
        let mut filters =
            chains.iter().filter(|(_, chain)| is_on(chain)).flat_map(|(_, chain)| items(chain, "filters"));
        Self { plugins: named.collect(), has_filter: filters.any(|(_, filter)| is_ours(filter)) }
    }
}

/// A route, with what applies to it, the most specific first.
struct Route<'r, 'v> {
    name: String,
    place: &'r str,
    scopes: [&'r Scope<'v>; 3],
}

impl<'v> Route<'_, 'v> {
    /// The plugin of this name that Kong runs.
    fn plugin(&self, name: &str) -> Option<&(&'v str, &'v Value, String)> {
        self.scopes.iter().find_map(|scope| scope.plugins.iter().find(|(other, _, _)| *other == name))
    }

    fn check(&self, found: &mut Problems) {
        let by_filter = self.scopes.iter().any(|scope| scope.has_filter);
        let by_plugin = self.plugin("gatepass").is_some();
        if !by_filter && !by_plugin {
            let what = "has neither the filter nor the plugin: whoever reaches it gets through";
            let remedy = "give it the filter or the plugin, or nothing if it is meant to be open";
            self.note(found, (Severity::Warning, "route_unprotected"), self.place, what, remedy);
        }
        if by_plugin {
            self.guard(found);
        }
        if by_filter && let Some((_, _, place)) = CACHES.iter().find_map(|cache| self.plugin(cache)) {
            let what = "answers from a cache in the access phase, before the filter decides";
            let remedy = "take the cache away, or put it behind this gateway";
            self.note(found, (Severity::Error, "cache_before_decision"), place, what, remedy);
        }
        self.authentication(found);
    }

    /// Kong lets a request go on if its plugin server fails: without the guard that counts, nothing is enforced.
    fn guard(&self, found: &mut Problems) {
        let guard = self.plugin("post-function");
        let guards = guard.is_some_and(|(_, plugin, _)| {
            let code = plugin.pointer("/config/access").and_then(Value::as_array);
            code.into_iter().flatten().any(|code| code.as_str().is_some_and(|code| code.contains(GUARD)))
        });
        if !guards {
            let place = guard.map_or(self.place, |(_, _, place)| place.as_str());
            let what =
                "has the plugin without its guard: Kong lets requests go on when its plugin server fails";
            let remedy = "put the guard first into the access phase of the post-function that applies here: `gatepass-kong-pluginserver --guard`";
            self.note(found, (Severity::Error, "guard_missing"), place, what, remedy);
        }
    }

    fn authentication(&self, found: &mut Problems) {
        let plugins: Vec<_> = AUTHENTICATION.iter().filter_map(|name| self.plugin(name)).collect();
        for (_, plugin, place) in &plugins {
            if plugin.pointer("/config/anonymous").is_some_and(|anonymous| !anonymous.is_null()) {
                let what = "has an anonymous consumer, who is denied as `credential_missing`";
                let remedy = "take `anonymous` away, so that Kong says itself what is wrong";
                self.note(found, (Severity::Warning, "anonymous_denied"), place, what, remedy);
            }
        }
        if let [_, _, ..] = plugins.as_slice() {
            let what = "has several authentication plugins, of which a caller must pass each";
            self.note(
                found,
                (Severity::Warning, "several_ways_to_authenticate"),
                self.place,
                what,
                "leave one",
            );
        }
    }

    fn note(
        &self,
        found: &mut Problems,
        (severity, code): (Severity, &'static str),
        place: &str,
        what: &str,
        remedy: &'static str,
    ) {
        let message = format!("route `{}` {what}", self.name);
        found.push(Problem { severity, code, path: place.to_owned(), message, remedy });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILTER: &str = include_str!("../../../../examples/gateway-kong/kong.yml");
    const PLUGIN: &str = include_str!("../../../../examples/gateway-kong/kong-plugin.yml");

    fn codes(yaml: &str) -> Vec<(&'static str, String)> {
        let (problems, routes) = check(&serde_yaml_ng::from_str(yaml).unwrap());
        assert!(routes > 0);
        problems.iter().map(|problem| (problem.code, problem.path.clone())).collect()
    }

    #[test]
    fn the_samples_are_protected() {
        assert_eq!(codes(FILTER), []);
        assert_eq!(codes(PLUGIN), []);
    }

    #[test]
    fn what_lets_requests_past_is_found() {
        let cached = "    plugins: [{name: proxy-cache, config: {}}]\n    filter_chains:";
        let cached = FILTER.replacen("    filter_chains:", cached, 1);
        assert_eq!(codes(&cached)[0], ("cache_before_decision", "/services/0/plugins/0".to_owned()));
        let off = FILTER.replacen("      - filters:", "      - enabled: false\n        filters:", 1);
        assert_eq!(codes(&off)[0], ("route_unprotected", "/services/0/routes/0".to_owned()));
        let unguarded = PLUGIN.replace("kong.ctx.shared.gatepass", "kong.ctx.shared.other");
        assert_eq!(codes(&unguarded)[0].0, "guard_missing");
        // A route's own post-function replaces the service's with the guard in it.
        let shadowed = PLUGIN.replacen(
            "        paths: [/orders/v1]\n",
            "        paths: [/orders/v1]\n        plugins: [{name: post-function, config: {access: ['x = 1']}}]\n",
            1,
        );
        assert_eq!(codes(&shadowed), [("guard_missing", "/services/0/routes/0/plugins/0".to_owned())]);
    }

    #[test]
    fn routes_at_the_top_belong_to_their_service() {
        let yaml = "services: [{name: s, plugins: [{name: key-auth, config: {anonymous: guest}}, {name: jwt}], \
                    filter_chains: [{filters: [{name: gatepass_filter}]}]}]\n\
                    routes: [{name: a, service: {name: s}}, {name: b, service: s}, {name: c}]\n\
                    plugins: [{name: gatepass, route: a}]";
        let found = codes(yaml);
        let of = |code: &str| found.iter().filter(|(other, _)| *other == code).count();
        assert_eq!(of("route_unprotected"), 1, "{found:?}");
        assert_eq!((of("anonymous_denied"), of("several_ways_to_authenticate")), (2, 2), "{found:?}");
    }
}
