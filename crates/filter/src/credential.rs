//! What callers show, and where.

use gatepass::{ApplicationId, CredentialKey};

use crate::query::{self, Parameter};

/// One place where a caller may show who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// An API key in a header, possibly after an authentication scheme.
    KeyHeader { name: Vec<u8>, scheme: Option<Vec<u8>> },
    /// An API key in the query.
    KeyQuery { name: Vec<u8> },
    /// A header that an earlier plugin sets.
    AssertedHeader { name: Vec<u8>, claim: Claim },
    /// A property that an earlier filter or plugin sets.
    AssertedProperty { path: Vec<u8>, issuer_path: Option<Vec<u8>>, claim: Claim },
}

/// What an asserted value means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// A consumer's `custom_id`.
    Custom,
    /// A client id at an issuer.
    Client { issuer: Vec<u8> },
    /// An application's id.
    Application,
}

/// The sources of a route, with what is worth working out once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sources {
    list: Vec<Source>,
    vary: String,
}

impl Sources {
    pub(crate) fn new(list: Vec<Source>) -> Self {
        let mut names: Vec<&str> = Vec::new();
        for source in &list {
            // An asserted header is the gateway's own affair; caches in front of it never see it.
            let Source::KeyHeader { name, .. } = source else { continue };
            names.extend(std::str::from_utf8(name).ok().filter(|name| !names.contains(name)));
        }
        let vary = names.join(", ");
        Self { list, vary }
    }

    /// All sources of several routes.
    pub(crate) fn union<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        let mut list: Vec<Source> = Vec::new();
        for source in all.flat_map(|sources| &sources.list) {
            if !list.contains(source) {
                list.push(source.clone());
            }
        }
        Self::new(list)
    }

    /// The headers that responses depend on, for `Vary`; empty if there are none.
    pub(crate) fn vary(&self) -> &str {
        &self.vary
    }

    pub(crate) fn asserted_headers(&self) -> impl Iterator<Item = &[u8]> {
        self.list.iter().filter_map(|source| match source {
            Source::AssertedHeader { name, .. } => Some(name.as_slice()),
            _ => None,
        })
    }

    /// The names of query parameters that hold keys.
    pub(crate) fn query_names(&self) -> Vec<&[u8]> {
        let names = self.list.iter().filter_map(|source| match source {
            Source::KeyQuery { name } => Some(name.as_slice()),
            _ => None,
        });
        names.collect()
    }

    /// Whether a header holds a key. With a scheme, only values of that scheme are keys.
    pub(crate) fn is_key(&self, name: &[u8], value: &[u8]) -> bool {
        self.list.iter().any(|source| match source {
            Source::KeyHeader { name: key, scheme } => {
                name.eq_ignore_ascii_case(key)
                    && scheme.as_ref().is_none_or(|scheme| after_scheme(value, scheme).is_some())
            }
            _ => false,
        })
    }

    /// Reads every source.
    pub(crate) fn read(&self, request: &impl Readable) -> Shown {
        let mut found: Option<Found> = None;
        for source in &self.list {
            let next = match one(source, request) {
                Read::Missing => continue,
                Read::Ambiguous => return Shown::Ambiguous,
                Read::Found(next) => next,
            };
            match &found {
                // The same value in two places is one credential.
                Some(earlier) if *earlier != next => return Shown::Ambiguous,
                _ => found = Some(next),
            }
        }
        found.map_or(Shown::Missing, Found::into_shown)
    }
}

/// The parts of a request that credentials are read from.
pub(crate) trait Readable {
    /// All values of a header.
    fn values<'s>(&'s self, name: &[u8]) -> impl Iterator<Item = &'s [u8]>;
    /// The raw query.
    fn query(&self) -> Option<&[u8]>;
    /// A property.
    fn property(&self, path: &[u8]) -> Option<Vec<u8>>;
    /// Whether auth plugins may have left a client's headers alone.
    fn is_options(&self) -> bool;
}

/// What a caller showed, all sources taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Missing,
    Ambiguous,
    /// Something that cannot be anybody's.
    Unknown,
    Key(CredentialKey),
    Application(ApplicationId),
}

#[derive(Debug)]
enum Read {
    Missing,
    Ambiguous,
    Found(Found),
}

/// A value and its meaning; hashed only when it is known to be the only one.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Key(Vec<u8>),
    Claim(Claim, Vec<u8>),
}

impl Found {
    fn into_shown(self) -> Shown {
        match self {
            Self::Key(value) => Shown::Key(CredentialKey::api_key(&value)),
            Self::Claim(Claim::Custom, value) => Shown::Key(CredentialKey::custom_id(&value)),
            Self::Claim(Claim::Client { issuer }, value) => {
                Shown::Key(CredentialKey::client_id(&issuer, &value))
            }
            Self::Claim(Claim::Application, value) => {
                let id = std::str::from_utf8(&value).ok().and_then(|text| text.parse().ok());
                id.map_or(Shown::Unknown, Shown::Application)
            }
        }
    }
}

fn one(source: &Source, request: &impl Readable) -> Read {
    match source {
        Source::KeyHeader { name, scheme } => {
            let value = match only(request.values(name)) {
                Ok(value) => value,
                Err(read) => return read,
            };
            let key = match scheme {
                Some(scheme) => after_scheme(value, scheme),
                None => Some(value),
            };
            key.map_or(Read::Missing, |key| found(key, Found::Key))
        }
        Source::KeyQuery { name } => match query::parameter(request.query().unwrap_or_default(), name) {
            Parameter::Absent => Read::Missing,
            Parameter::Ambiguous => Read::Ambiguous,
            Parameter::One(value) => found(&value, Found::Key),
        },
        Source::AssertedHeader { name, claim } => {
            // On OPTIONS key-auth may return before it clears what the client sent.
            if request.is_options() || is_anonymous(request) {
                return Read::Missing;
            }
            match only(request.values(name)) {
                Ok(value) => found(value, |value| Found::Claim(claim.clone(), value)),
                Err(read) => read,
            }
        }
        Source::AssertedProperty { path, issuer_path, claim } => {
            if is_anonymous(request) {
                return Read::Missing;
            }
            let Some(value) = request.property(path).filter(|value| is_text(value)) else {
                return Read::Missing;
            };
            let is_issuers = match (claim, issuer_path) {
                (Claim::Client { issuer }, Some(path)) => {
                    request.property(path).is_some_and(|iss| iss == *issuer)
                }
                _ => true,
            };
            if is_issuers { found(&value, |value| Found::Claim(claim.clone(), value)) } else { Read::Missing }
        }
    }
}

/// The one value of a header.
fn only<'a>(mut values: impl Iterator<Item = &'a [u8]>) -> Result<&'a [u8], Read> {
    match (values.next(), values.next()) {
        (None, _) => Err(Read::Missing),
        (Some(value), None) => Ok(value),
        (Some(_), Some(_)) => Err(Read::Ambiguous),
    }
}

fn found(value: &[u8], meaning: impl FnOnce(Vec<u8>) -> Found) -> Read {
    let value = value.trim_ascii();
    if value.is_empty() { Read::Missing } else { Read::Found(meaning(value.to_vec())) }
}

/// What follows `scheme` and a space.
fn after_scheme<'a>(value: &'a [u8], scheme: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = value.trim_ascii().split_at_checked(scheme.len())?;
    (start.eq_ignore_ascii_case(scheme) && matches!(rest.first(), None | Some(b' ')))
        .then(|| rest.trim_ascii())
}

/// Kong's auth plugins say so when they let a request pass as somebody configured.
fn is_anonymous(request: &impl Readable) -> bool {
    request.values(b"x-anonymous-consumer").any(|value| value.trim_ascii().eq_ignore_ascii_case(b"true"))
}

/// Hosts hand over a string's bytes; numbers and booleans arrive as binary, which has control characters.
fn is_text(value: &[u8]) -> bool {
    std::str::from_utf8(value).is_ok_and(|text| !text.chars().any(char::is_control))
}

#[cfg(test)]
#[path = "credential/tests.rs"]
mod tests;
