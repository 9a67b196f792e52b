//! Which team has which role on what.

use crate::arrange::Arrange as _;
use std::borrow::Cow;

use serde::Serialize;

use super::access::is_published;
use super::context::Context;
use super::words::words;
use crate::{ResourceId, RoleFact, TeamId};

words! {
    /// A role as a word.
    RoleWord {
        /// None.
        None = "none",
        /// API Viewer.
        Viewer = "viewer",
        /// API Consumer, which includes API Viewer.
        Consumer = "consumer",
    }
}

/// A row of `access_matrix`: one pair.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccessCell<'s> {
    /// The team.
    pub team_id: TeamId,
    /// Its name.
    pub team_name: Cow<'s, str>,
    /// The resource.
    pub resource_id: ResourceId,
    /// Its name.
    pub resource_name: Cow<'s, str>,
    /// Whether the resource is published.
    pub published: bool,
    /// The best role the team has on it.
    pub role: RoleWord,
    /// Whether it comes only from a role on everything (`*`).
    pub by_wildcard: bool,
}

/// Teams by name, and for each the resources by name.
pub(super) fn rows<'s>(context: &Context<'s, '_>) -> Vec<AccessCell<'s>> {
    let snapshot = context.snapshot;
    let mut teams: Vec<_> = snapshot
        .teams()
        .iter()
        .zip(0u32..)
        .filter(|(_, position)| context.includes_team(*position))
        .collect();
    teams.arrange_by_key(|(team, _)| (&team.name, team.id));
    let mut resources: Vec<_> = snapshot.resources().iter().collect();
    resources.arrange_by_key(|resource| (&resource.name, resource.id));
    let mut rows = Vec::with_capacity(teams.len().saturating_mul(resources.len()));
    for (team, position) in teams {
        for resource in &resources {
            let granted = snapshot.team_role(position, resource);
            rows.push(AccessCell {
                team_id: team.id,
                team_name: (&*team.name).into(),
                resource_id: resource.id,
                resource_name: (&*resource.name).into(),
                published: is_published(resource),
                role: match granted.role {
                    RoleFact::None => RoleWord::None,
                    RoleFact::Viewer => RoleWord::Viewer,
                    RoleFact::Consumer => RoleWord::Consumer,
                },
                by_wildcard: granted.by_wildcard,
            });
        }
    }
    rows
}
