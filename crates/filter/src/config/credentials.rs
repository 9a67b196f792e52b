//! Where callers show who they are.

use super::HostKind;
use super::field::{Field, Fields};
use super::problem::Problems;
use crate::credential::{Claim, Source, Sources};

/// What the reading of credentials and routes depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hosted {
    pub(super) host: HostKind,
    pub(super) hide_credentials: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    ApiKey,
    Asserted,
}

#[derive(Clone, Copy)]
enum As {
    Custom,
    Client,
    Application,
}

const AS: &[(&str, As)] =
    &[("custom_id", As::Custom), ("client_id", As::Client), ("application_id", As::Application)];

/// Reads a list of sources.
pub(super) fn read(field: &Field<'_>, hosted: Hosted, problems: &mut Problems) -> Sources {
    let Some(items) = field.list(problems) else { return Sources::default() };
    if items.is_empty() {
        field.problem(problems, "no caller could be known", "write at least one source");
    }
    let mut sources = Vec::new();
    for item in &items {
        let Some(fields) = item.object(problems) else { continue };
        let Some(source) = source(fields, hosted, problems) else { continue };
        if sources.contains(&source) {
            item.problem(problems, "this source is listed twice", "keep one of them");
        }
        sources.push(source);
    }
    Sources::new(sources)
}

fn source(mut fields: Fields<'_>, hosted: Hosted, problems: &mut Problems) -> Option<Source> {
    let help = "write `\"kind\": \"api_key\"` or `\"kind\": \"asserted\"`";
    let kind = fields
        .need("kind", problems, help)
        .and_then(|field| field.word(problems, &[("api_key", Kind::ApiKey), ("asserted", Kind::Asserted)]));
    let source = match kind? {
        Kind::ApiKey => api_key(&mut fields, hosted, problems),
        Kind::Asserted => asserted(&mut fields, hosted, problems),
    };
    fields.finish(problems);
    source
}

fn one_place(fields: &Fields<'_>, places: &[&'static str], problems: &mut Problems) -> bool {
    let is_one = fields.present(places).len() == 1;
    if !is_one {
        let list = places.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" or ");
        problems.add(
            fields.pointer(),
            format!("exactly one of {list} is needed"),
            "write one source for each place",
        );
    }
    is_one
}

fn api_key(fields: &mut Fields<'_>, hosted: Hosted, problems: &mut Problems) -> Option<Source> {
    let is_one = one_place(fields, &["header", "query"], problems);
    let header = fields.get("header");
    let query = fields.get("query");
    let scheme = fields.get("scheme");
    if let (Some(query), true) = (&query, hosted.host.is_nginx() && hosted.hide_credentials) {
        let help =
            "take the key from a header, or write `\"hide_credentials\": false` and let the upstream see it";
        query.problem(problems, "this host cannot take a parameter out of the query", help);
    }
    if let (None, Some(scheme)) = (&header, &scheme) {
        scheme.problem(problems, "only a header has a scheme", "remove it");
    }
    let scheme = match scheme {
        Some(field) => Some(scheme_name(&field, problems)?),
        None => None,
    };
    match (header, query) {
        (Some(field), _) if is_one => {
            Some(Source::KeyHeader { name: header_name(&field, problems)?, scheme })
        }
        (_, Some(field)) if is_one => {
            Some(Source::KeyQuery { name: field.text(problems)?.as_bytes().to_vec() })
        }
        _ => None,
    }
}

fn scheme_name(field: &Field<'_>, problems: &mut Problems) -> Option<Vec<u8>> {
    let text = field.text(problems)?;
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Some(text.as_bytes().to_vec());
    }
    field.problem(problems, "this is not the name of an authentication scheme", "write for example `Bearer`");
    None
}

/// A header that callers' identities can be read from.
fn header_name(field: &Field<'_>, problems: &mut Problems) -> Option<Vec<u8>> {
    let name = field.header_name(problems)?;
    if name.starts_with(b"x-gatepass-") || name == b"host" {
        field.problem(problems, "this header has another meaning", "choose another name");
        return None;
    }
    Some(name)
}

fn asserted(fields: &mut Fields<'_>, hosted: Hosted, problems: &mut Problems) -> Option<Source> {
    let is_one = one_place(fields, &["header", "property"], problems);
    let header = fields.get("header");
    let property = fields.get("property");
    let help = "write `\"as\": \"custom_id\"`, `\"client_id\"` or `\"application_id\"`";
    let kind = fields.need("as", problems, help).and_then(|field| field.word(problems, AS));
    let issuer = fields.get("issuer");
    let trust = fields.get("trust");
    match (&header, &trust) {
        (Some(header), None) => {
            let help = "add `\"trust\": \"host_replaces_it\"` if an earlier plugin sets it on every request, \
                        or read a property instead";
            header.problem(problems, "whoever speaks last sets this header", help);
        }
        (_, Some(trust)) => {
            trust.word(problems, &[("host_replaces_it", ())]);
        }
        (None, None) => {}
    }
    let claim = match (kind?, &issuer) {
        (As::Client, Some(field)) => Claim::Client { issuer: field.text(problems)?.as_bytes().to_vec() },
        (As::Client, None) => {
            let help = "write the `issuer` that the credentials of the snapshot name";
            problems.add(fields.pointer(), "a client id means nothing without its issuer", help);
            return None;
        }
        (As::Custom | As::Application, Some(field)) => {
            field.problem(problems, "only a client id has an issuer", "remove it");
            return None;
        }
        (As::Custom, None) => Claim::Custom,
        (As::Application, None) => Claim::Application,
    };
    match (header, property) {
        (Some(field), _) if is_one => {
            Some(Source::AssertedHeader { name: header_name(&field, problems)?, claim })
        }
        (_, Some(field)) if is_one => property_source(&field, claim, hosted.host, problems),
        _ => None,
    }
}

fn property_source(
    field: &Field<'_>,
    claim: Claim,
    host: HostKind,
    problems: &mut Problems,
) -> Option<Source> {
    let items = field.list(problems)?;
    let parts: Vec<_> = items.iter().filter_map(|item| item.text(problems)).collect();
    if parts.len() != items.len() || parts.is_empty() || parts.iter().any(|part| part.contains('\0')) {
        field.problem(problems, "this is no path of a property", "write its parts as an array of strings");
        return None;
    }
    let issuer_path = match (&claim, host, parts.split_last()) {
        // A claim is believed only beside the `iss` of the same payload.
        (Claim::Client { .. }, HostKind::Envoy, Some((_, payload))) => {
            Some(payload.iter().chain(&["iss"]).copied().collect::<Vec<_>>().join("\0").into_bytes())
        }
        _ => None,
    };
    Some(Source::AssertedProperty { path: parts.join("\0").into_bytes(), issuer_path, claim })
}
