//! From rules and a portal to a plan.

use crate::arrange::Arrange as _;
use crate::ordered::{OrderedMap, OrderedSet};

use super::domain::{Domain, domain_of};
use super::held::{HeldCode, team_not_ready};
use super::rules::{Otherwise, ReadyTeam, Rules, RulesError, Trusted, team};
use crate::lifecycle::notes_of_approvals;
use crate::plain::Shown;
use crate::plan::{Held, Plan, Subject};
use crate::problem::{Place, Problems};
use crate::report::{Access, Roles};
use crate::snapshot::{Developer, TeamAssignment};
use crate::{Change, DeveloperStatus, Snapshot};

/// Plans approvals: every developer who waits is a subject, and with `include_approved` every approved one of a
/// trusted domain who is in no team. The longest waiting come first. `file` is what the snapshot was read from.
///
/// # Errors
///
/// [`RulesError`] if the rules name teams that the portal does not have, or has several of.
pub fn plan(snapshot: &Snapshot, file: &[u8], rules: &Rules) -> Result<Plan, RulesError> {
    let planner = Planner::new(snapshot, rules)?;
    let mut developers: Vec<(&Developer, u32)> = snapshot.developers().iter().zip(0u32..).collect();
    developers.arrange_by_key(|(developer, _)| {
        (developer.created_at.is_none(), developer.created_at, developer.id)
    });
    let mut plan = Plan::new(snapshot, file);
    plan.subjects =
        developers.into_iter().filter_map(|(developer, at)| planner.subject(developer, at)).collect();
    plan.notes = notes_of_approvals(snapshot, &plan.changes());
    Ok(plan)
}

/// What the rules say of an address.
enum Verdict {
    /// Trusted, by the rule at this position.
    Trusted(usize),
    /// Neither trusted nor blocked, and there is a team for those.
    Fallback,
    Reject,
    Hold(HeldCode),
}

struct Planner<'s, 'r> {
    snapshot: &'s Snapshot,
    rules: &'r Rules,
    /// By position in the rules: the team of a trusted domain.
    teams: Vec<u32>,
    trusted: OrderedMap<&'r str, usize>,
    /// Lists of throw-away domains are long.
    blocked: OrderedSet<&'r str>,
    fallback: Option<u32>,
    access: Access<'s>,
}

impl<'s, 'r> Planner<'s, 'r> {
    fn new(snapshot: &'s Snapshot, rules: &'r Rules) -> Result<Self, RulesError> {
        let mut problems = Problems::default();
        let root = Place::Root;
        let list = root.member("trusted");
        let mut teams = Vec::with_capacity(rules.trusted.len());
        for (position, trusted) in rules.trusted.iter().enumerate() {
            let place = list.item(position);
            teams.extend(team(snapshot, &trusted.team, place.member("team"), &mut problems));
        }
        let fallback = rules
            .fallback_team
            .as_ref()
            .and_then(|name| team(snapshot, name, root.member("fallback_team"), &mut problems));
        if !problems.is_empty() {
            return Err(RulesError { problems });
        }
        let numbered = rules.trusted.iter().enumerate();
        let trusted = numbered.map(|(position, rule)| (rule.domain.as_str(), position)).collect();
        let blocked = rules.blocked_domains.iter().map(Domain::as_str).collect();
        Ok(Self { snapshot, rules, teams, trusted, blocked, fallback, access: Access::new(snapshot) })
    }

    fn subject(&self, developer: &Developer, at: u32) -> Option<Subject> {
        let waits = match developer.status {
            DeveloperStatus::Pending => true,
            DeveloperStatus::Approved
                if self.rules.include_approved && self.snapshot.teams_of(at).is_empty() =>
            {
                false
            }
            _ => return None,
        };
        let (verdict, rule) = self.verdict(&developer.email);
        if !waits && !matches!(verdict, Verdict::Trusted(_)) {
            return None;
        }
        let hold =
            |held: Held| Some(Subject { rule: rule.clone(), ..Subject::left(Some(developer.id), held) });
        if self.rules.emails_verified_by.is_none() {
            return hold(HeldCode::EmailsUnverified.held());
        }
        let (team, wanted) = match verdict {
            Verdict::Hold(code) => return hold(explained(code, &developer.email)),
            Verdict::Reject => (None, ReadyTeam::Any),
            Verdict::Trusted(position) => (self.teams.get(position).copied(), self.rules.require_ready_team),
            Verdict::Fallback => {
                let wanted = match self.rules.require_ready_team {
                    ReadyTeam::Any => ReadyTeam::Any,
                    ReadyTeam::View | ReadyTeam::Consume => ReadyTeam::View,
                };
                (self.fallback, wanted)
            }
        };
        let mut changes = Vec::with_capacity(2);
        let mut group = None;
        if let Some(team) = team {
            if !self.is_ready(team, wanted) {
                let name = self.snapshot.team_at(team).map_or("", |team| &team.name);
                return hold(team_not_ready(name, wanted));
            }
            group = self.snapshot.team_at(team).and_then(|team| team.groups.iter().min());
            let by_idp = self.snapshot.portal().team_assignment == TeamAssignment::IdentityProvider;
            if !waits && by_idp && group.is_some() {
                // They are put into the team when they next sign in: nothing is left to do.
                return None;
            }
            changes.extend(self.join(developer, at, team));
        }
        if waits {
            let developer_id = developer.id;
            changes.push(match verdict {
                Verdict::Reject => Change::RejectDeveloper { developer_id },
                _ => Change::ApproveDeveloper { developer_id },
            });
        }
        let mut subject = Subject::from_snapshot(self.snapshot, Some(developer.id), changes);
        for planned in &mut subject.changes {
            if matches!(planned.change, Change::MapGroup { .. }) {
                // A group that is mapped already is all there is to do through the API.
                planned.hints.group = group.map(ToString::to_string);
            }
        }
        subject.rule = rule;
        Some(subject)
    }

    /// What puts a developer into a team they are not in yet.
    fn join(&self, developer: &Developer, at: u32, team: u32) -> Option<Change> {
        if self.snapshot.teams_of(at).contains(&team) {
            return None;
        }
        let (team_id, developer_id) = (self.snapshot.team_at(team)?.id, developer.id);
        Some(match self.snapshot.portal().team_assignment {
            TeamAssignment::Konnect => Change::AddToTeam { team_id, developer_id },
            TeamAssignment::IdentityProvider => Change::MapGroup { team_id, developer_id },
        })
    }

    /// What the rules say of an address, and which of them says it.
    fn verdict(&self, email: &str) -> (Verdict, Option<String>) {
        let domain = match domain_of(email) {
            Ok(domain) => domain,
            Err(error) => return (Verdict::Hold(error.code()), None),
        };
        if let Some((by, _)) = domain.and_above().find(|(above, _)| self.blocked.contains(above)) {
            return (self.otherwise(HeldCode::DomainBlocked), Some(format!("blocked_domains: {by}")));
        }
        if let Some((position, by)) = self.trusted(&domain) {
            return (Verdict::Trusted(position), Some(format!("trusted: {}", by.domain)));
        }
        if domain.is_internationalized() {
            return (Verdict::Hold(HeldCode::DomainNotAscii), None);
        }
        if self.fallback.is_some() {
            return (Verdict::Fallback, Some("fallback_team".to_owned()));
        }
        match self.otherwise(HeldCode::DomainUnknown) {
            Verdict::Reject => (Verdict::Reject, Some("otherwise".to_owned())),
            held => (held, None),
        }
    }

    const fn otherwise(&self, code: HeldCode) -> Verdict {
        match self.rules.otherwise {
            Otherwise::Hold => Verdict::Hold(code),
            Otherwise::Reject => Verdict::Reject,
        }
    }

    /// The rule for a domain: that of the domain itself, else that of the longest domain it lies below.
    fn trusted(&self, domain: &Domain) -> Option<(usize, &'r Trusted)> {
        domain.and_above().find_map(|(above, plainly)| {
            let position = *self.trusted.get(above)?;
            let rule = self.rules.trusted.get(position)?;
            let applies = above == domain.as_str() || (rule.include_subdomains && plainly);
            applies.then_some((position, rule))
        })
    }

    fn is_ready(&self, team: u32, wanted: ReadyTeam) -> bool {
        // Where roles do not decide, no team lacks one.
        let roles = || self.access.roles_of(&[team]);
        !self.access.rbac()
            || match wanted {
                ReadyTeam::Consume => roles().has(Roles::CONSUMER),
                ReadyTeam::View => roles().has(Roles::VIEWER),
                ReadyTeam::Any => true,
            }
    }
}

/// A held code with the address or domain it is about.
fn explained(code: HeldCode, email: &str) -> Held {
    let mut held = code.held();
    if let (HeldCode::DomainUnknown | HeldCode::DomainBlocked | HeldCode::DomainNotAscii, Ok(domain)) =
        (code, domain_of(email))
    {
        let domain = Shown(domain.as_str());
        held.message = match code {
            HeldCode::DomainBlocked => format!("the domain `{domain}` is blocked"),
            HeldCode::DomainUnknown => format!("no rule is about the domain `{domain}`"),
            _ => format!("the domain `{domain}` has letters that can look like others, and no rule names it"),
        };
    }
    held
}
