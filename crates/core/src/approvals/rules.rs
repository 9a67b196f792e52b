//! The rules file: whom to approve, into which team, and whom to write to.

use std::collections::BTreeMap;

use super::domain::Domain;
use super::read;
use crate::plain::Shown;
use crate::problem::{Place, Problem, Problems, Severity};
use crate::report::{Span, words};
use crate::{Snapshot, TeamId};

words! {
    /// Who proved that an address belongs to whoever signed up with it.
    VerifiedBy {
        /// The portal, by a message with a link.
        Portal = "portal",
        /// The identity provider.
        IdentityProvider = "idp",
    }
}

words! {
    /// What becomes of those that no rule approves.
    Otherwise {
        /// They are left to people.
        Hold = "hold",
        /// They are rejected.
        Reject = "reject",
    }
}

/// What a team must give before anybody is put into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadyTeam {
    /// API Consumer on a published resource.
    Consume,
    /// API Viewer, or API Consumer, on a published resource.
    View,
    /// Nothing: `false` in the file.
    Any,
}

/// A domain whose developers are approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// The domain.
    pub domain: Domain,
    /// Whether domains below it count as well.
    pub include_subdomains: bool,
    /// The team they are put into, by name or id.
    pub team: String,
}

/// The rules file, read. What it leaves out is as [`Rules::default`] says.
///
/// ```
/// use gatepass::approvals::Rules;
/// let rules = Rules::read(br#"{"trusted": [{"domain": "Arsenal.com", "team": "Arsenal"}]}"#).unwrap().rules;
/// assert_eq!(rules.trusted[0].domain.as_str(), "arsenal.com");
/// assert_eq!(rules.emails_verified_by, None);
///
/// let error = Rules::read(br#"{"trusted": [{"domain": "arsenal.com"}], "otherwise": "approve"}"#).unwrap_err();
/// let problems: Vec<_> = error.problems().iter().map(|problem| (problem.code, &*problem.path)).collect();
/// assert_eq!(problems, [("value_missing", "/trusted/0/team"), ("word_unknown", "/otherwise")]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Who proved the addresses. Unless somebody did, everyone is held.
    pub emails_verified_by: Option<VerifiedBy>,
    /// Whose developers are approved.
    pub trusted: Vec<Trusted>,
    /// Whose developers are not, even if they are trusted; domains below them as well.
    pub blocked_domains: Vec<Domain>,
    /// The team that everyone else is put into, by name or id.
    pub fallback_team: Option<String>,
    /// What becomes of the rest.
    pub otherwise: Otherwise,
    /// What a team must give before anybody is put into it.
    pub require_ready_team: ReadyTeam,
    /// Whether approved developers of a trusted domain who are in no team are put into theirs.
    pub include_approved: bool,
    /// Who owns an API: from product or API, by name or id, to e-mail address.
    pub owners: BTreeMap<String, String>,
    /// How often members of a team are written to at most.
    pub cadence: BTreeMap<String, Span>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            emails_verified_by: None,
            trusted: Vec::new(),
            blocked_domains: Vec::new(),
            fallback_team: None,
            otherwise: Otherwise::Hold,
            require_ready_team: ReadyTeam::Consume,
            include_approved: false,
            owners: BTreeMap::new(),
            cadence: BTreeMap::new(),
        }
    }
}

/// Rules, and what was noticed while reading them.
#[derive(Clone, Debug)]
pub struct RulesReading {
    /// The rules.
    pub rules: Rules,
    /// Warnings.
    pub problems: Problems,
}

/// A rules file that cannot be used, with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rules have {} problems, {} of them errors", problems.total(), problems.count(Severity::Error))]
pub struct RulesError {
    pub(super) problems: Problems,
}

impl RulesError {
    /// Everything that is wrong.
    pub const fn problems(&self) -> &Problems {
        &self.problems
    }
}

impl Rules {
    /// Reads a rules file from JSON, collecting all problems at once. Names of teams and products are taken as
    /// they are.
    ///
    /// # Errors
    ///
    /// [`RulesError`] with everything that is wrong.
    pub fn read(json: &[u8]) -> Result<RulesReading, RulesError> {
        read::read(json, None)
    }

    /// As [`Rules::read`], and every team, product and API must be in a portal.
    ///
    /// # Errors
    ///
    /// [`RulesError`] with everything that is wrong, names of nothing or of several teams included.
    pub fn read_for(json: &[u8], snapshot: &Snapshot) -> Result<RulesReading, RulesError> {
        read::read(json, Some(snapshot))
    }
}

/// The team with this id, or the only one with this name.
pub(super) fn team(
    snapshot: &Snapshot,
    name: &str,
    place: Place<'_>,
    problems: &mut Problems,
) -> Option<u32> {
    let by_id = name.parse::<TeamId>().ok().and_then(|id| snapshot.team_position(id));
    let mut named = snapshot.teams().iter().zip(0u32..).filter(|(team, _)| *team.name == *name);
    let (code, message, remedy) = match (by_id, named.next(), named.next()) {
        (Some(position), ..) | (None, Some((_, position)), None) => return Some(position),
        (None, None, _) => (
            "team_unknown",
            format!("the portal has no team `{}`", Shown(name)),
            "name a team by its exact name or its id",
        ),
        (None, Some(_), Some(_)) => (
            "team_ambiguous",
            format!("several teams of the portal are called `{}`", Shown(name)),
            "name the team by its id",
        ),
    };
    let path = place.to_string();
    problems.push(Problem { severity: Severity::Error, code, path, message, remedy });
    None
}
