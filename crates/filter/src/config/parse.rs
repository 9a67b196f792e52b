//! The whole document.

use std::rc::Rc;

use super::credentials::{self, Hosted};
use super::field::{Field, Fields};
use super::json::Node;
use super::problem::Problems;
use super::sources::{self, Origins};
use super::{Config, Disclose, HostKind, Manner, Mode, Preflight, Target, log, routes};
use crate::credential::Sources;
use crate::identity::Guard;

pub(super) const MODES: &[(&str, Mode)] = &[("enforce", Mode::Enforce), ("monitor", Mode::Monitor)];
pub(super) const DISCLOSE: &[(&str, Disclose)] = &[("reason", Disclose::Reason), ("none", Disclose::None)];

const HOSTS: &[(&str, HostKind)] =
    &[("envoy", HostKind::Envoy), ("kong", HostKind::Kong), ("nginx", HostKind::Nginx)];
const PREFLIGHTS: &[(&str, Preflight)] = &[("deny", Preflight::Deny), ("pass", Preflight::Pass)];

/// Reads a configuration, or says all that is wrong with it.
pub(super) fn read(text: &[u8]) -> Result<Config, Problems> {
    let mut problems = Problems::default();
    let node: Node = match serde_json::from_slice(text) {
        Ok(node) => node,
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            // Envoy 1.40 hands a `google.protobuf.Struct` on as protobuf, whose first byte is a line feed.
            let help = if text.first() == Some(&b'\n') && text.iter().any(|byte| *byte < b'\t') {
                "in Envoy, put the JSON as text into a `google.protobuf.StringValue`, not into a `Struct`"
            } else {
                "write one JSON object with at least `version`, `host`, `bundle`, `credentials` and `routes`"
            };
            problems.add("", format!("this is not JSON, at line {line} column {column}"), help);
            return Err(problems);
        }
    };
    let config = match Field::root(&node).object(&mut problems) {
        Some(fields) => document(fields, &mut problems),
        None => None,
    };
    match config {
        Some(config) if problems.is_empty() => Ok(config),
        _ => Err(problems),
    }
}

fn document(mut fields: Fields<'_>, problems: &mut Problems) -> Option<Config> {
    if let Some(field) = fields.need("version", problems, "write `\"version\": 1`") {
        field.integer(problems, 1, 1);
    }
    let host = fields
        .need("host", problems, "write `\"host\": \"envoy\"` (Istio too), `\"kong\"` or `\"nginx\"`")
        .and_then(|field| field.word(problems, HOSTS));
    let hide_credentials =
        fields.get("hide_credentials").and_then(|field| field.flag(problems)).unwrap_or(true);
    let mode = fields.get("mode").and_then(|field| field.word(problems, MODES)).unwrap_or(Mode::Enforce);
    let disclose =
        fields.get("disclose").and_then(|field| field.word(problems, DISCLOSE)).unwrap_or(Disclose::Reason);
    let preflight =
        fields.get("preflight").and_then(|field| field.word(problems, PREFLIGHTS)).unwrap_or(Preflight::Deny);
    let realm = realm(&mut fields, problems);
    let mut origins = sources::read(&mut fields, problems);
    let log = log::read(fields.get("log").as_ref(), problems);

    // What follows depends on the host; without one, the other mistakes are still worth showing.
    let hosted = Hosted { host: host.unwrap_or(HostKind::Envoy), hide_credentials };
    let sources = fields.get("credentials").map(|field| Rc::new(credentials::read(&field, hosted, problems)));
    let manner = Manner { mode, disclose, sources: sources.clone().unwrap_or_default() };
    let (routing, targets) = routes::read(&mut fields, hosted, &manner, &mut origins, problems);
    let needs_default = targets.is_empty()
        || targets.iter().any(|target| Rc::ptr_eq(&target.manner.sources, &manner.sources));
    if sources.is_none() && needs_default {
        problems.add(
            "",
            "`credentials` is missing",
            "write for example `[{\"kind\": \"api_key\", \"header\": \"apikey\"}]`",
        );
    }
    fields.finish(problems);

    warn_about_targets(&mut origins, &targets);
    let all_sources = Rc::new(Sources::union(
        targets.iter().map(|target| &*target.manner.sources).chain([&*manner.sources]),
    ));
    let guard = Guard::new(all_sources.asserted_headers().map(<[u8]>::to_vec));
    let mut config = Config {
        host: host?,
        inline: origins.inline,
        fetch: origins.fetch,
        age: origins.age,
        trust: origins.trust,
        log,
        manner,
        routing,
        targets,
        preflight,
        hide_credentials,
        realm,
        guard,
        all_sources,
        warnings: origins.warnings,
    };
    if config.monitors() {
        config.warnings.push("`mode` is `monitor`: requests that would be denied pass".to_owned());
    }
    Some(config)
}

/// It stands between quotation marks in `WWW-Authenticate`.
fn realm(fields: &mut Fields<'_>, problems: &mut Problems) -> String {
    const DEFAULT: &str = "gatepass";
    let Some(field) = fields.get("realm") else { return DEFAULT.to_owned() };
    let Some(text) = field.text(problems) else { return DEFAULT.to_owned() };
    if text.len() > 128
        || text.bytes().any(|byte| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\'))
    {
        let help = "write at most 128 printable ASCII characters, no quotation mark and no backslash";
        field.problem(problems, "this cannot stand in a `WWW-Authenticate` header", help);
    }
    text.to_owned()
}

/// A bundle that is also fetched may learn of a resource later, so this is no mistake.
fn warn_about_targets(origins: &mut Origins, targets: &[Target]) {
    let Some(inline) = &origins.inline else { return };
    for resource in targets.iter().flat_map(|target| &target.resources) {
        if inline.bundle.resource(resource).is_none() {
            origins.warnings.push(format!(
                "the inline bundle does not know the resource `{resource}`: its routes are denied"
            ));
        }
    }
}
