//! The operations, each with the document's method, path and name.

mod apis;
mod applications;
mod auth;
mod credentials;
mod developers;
mod members;
mod portal_versions;
mod portals;
mod products;
mod publications;
mod registrations;
mod roles;
mod strategies;
mod teams;

use crate::call::{Answer, Call};
use crate::options::Api;

/// An operation of one of the documents.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// The generation, which is the first part of the path.
    pub api: Api,
    /// The document's `operationId`.
    pub id: &'static str,
    /// The method.
    pub method: &'static str,
    /// The path below `/v2` or `/v3`, as the document writes it.
    pub path: &'static str,
    pub(crate) run: fn(&Call<'_>) -> Answer,
}

impl Operation {
    /// How logs and faults name it: `v2:list-portals`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.api.name(), self.id)
    }
}

/// An operation that both generations have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry(
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) fn(&Call<'_>) -> Answer,
);

/// Every operation that is implemented.
pub fn operations() -> Vec<Operation> {
    let both = [
        portals::BOTH,
        auth::BOTH,
        developers::BOTH,
        teams::BOTH,
        members::BOTH,
        roles::BOTH,
        applications::BOTH,
        registrations::BOTH,
    ];
    let second = [portal_versions::V2, products::V2, strategies::V2];
    let third =
        [developers::V3, applications::V3, registrations::V3, credentials::V3, apis::V3, publications::V3];
    let of = |api: Api, entries: &[Entry]| -> Vec<Operation> {
        entries
            .iter()
            .map(|Entry(method, path, id, run)| Operation { api, id, method, path, run: *run })
            .collect()
    };
    let mut all = Vec::new();
    for entries in both {
        all.extend(of(Api::V2, entries));
        all.extend(of(Api::V3, entries));
    }
    all.extend(second.iter().flat_map(|entries| of(Api::V2, entries)));
    all.extend(third.iter().flat_map(|entries| of(Api::V3, entries)));
    all
}

pub(crate) use applications::{Application, insert as insert_application, read as read_application};
pub(crate) use auth::defaults as auth_defaults;
pub(crate) use developers::{read as read_developer, sign_up};
pub(crate) use portals::{defaults as portal_defaults, named_or_only};
pub(crate) use registrations::{insert as insert_registration, read as read_registration};
