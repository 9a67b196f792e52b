//! Proves that `fixes` is what it says: for every denied question of every action and policy, applying the changes
//! makes the same question allowed, and no proper subset of them does; there are none only where a reason stands
//! that no listed change helps against; and the team that gets a role or a member is the one that opens the fewest
//! other pairs, found here by trying every team.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of a test")]

use std::collections::BTreeMap;

use conformance::{Shape, portal, questions, read};
use gatepass::{
    Action, Api, Change, Decision, DeveloperId, Executable, Policy, Question, Rbac, Reason, RegistrationFact,
    RoleAssignment, RoleName, Snapshot, TeamAssignment, TeamId, Verdict,
};

fn changes(decision: &Decision) -> Option<Vec<Change>> {
    Some(decision.fixes.as_ref()?.iter().map(|fix| fix.change.clone()).collect())
}

fn allows(snapshot: &Snapshot, changes: &[Change], question: &Question) -> bool {
    snapshot.with(changes).expect("a fix names what is there").outcome(question).is_allow()
}

/// Whether a reason stands that no listed change helps against (DESIGN.md §3, the list of changes).
fn is_hopeless(snapshot: &Snapshot, question: &Question, decision: &Decision) -> bool {
    if let (true, Some(resource_id)) =
        (decision.blockers.contains(&Reason::ResourceUnrecognized), question.resource)
    {
        // What stands in the way of a pair shows only once the resource is known.
        let after = snapshot.with(&[Change::PublishResource { resource_id }]).expect("it is there");
        return is_hopeless(&after, question, &after.decide(question));
    }
    decision.blockers.iter().any(|reason| match reason {
        Reason::ResourceUnknown
        | Reason::PortalPublic
        | Reason::ApplicationUnknown
        | Reason::OwnerUnknown
        | Reason::StrategyMismatch => true,
        // Nobody asks, so nobody can be made a member.
        Reason::NotTeamMember => question
            .developer
            .is_none_or(|asker| !snapshot.developers().iter().any(|known| known.id == asker)),
        // Deleted only if rejected, revoked or unrecognized.
        Reason::RegistrationExists => registrations(snapshot, question)
            .any(|status| matches!(status, RegistrationFact::Approved | RegistrationFact::Pending)),
        _ => false,
    })
}

/// The statuses of all registrations of the question's pair.
fn registrations<'s>(
    snapshot: &'s Snapshot,
    question: &Question,
) -> impl Iterator<Item = RegistrationFact> + use<'s> {
    let application = snapshot.applications().iter().position(|known| Some(known.id) == question.application);
    let resource = snapshot.resources().iter().position(|known| Some(known.id) == question.resource);
    let is = |position: Option<usize>, at: u32| position == usize::try_from(at).ok();
    snapshot.registrations().iter().filter_map(move |known| {
        let here = match known.resource {
            gatepass::RegisteredResource::Here(at) => is(resource, at),
            gatepass::RegisteredResource::Elsewhere(_) => false,
        };
        (is(application, known.application) && here).then_some(known.status)
    })
}

/// Who can carry out a change, where the design says so.
fn check_executable(api: Api, decision: &Decision) {
    for fix in decision.fixes.iter().flatten() {
        let expected = match fix.change {
            Change::ApproveApplication { .. } => Executable::Manual,
            Change::CreateRegistration { .. } if api == Api::V3 => Executable::V3,
            Change::CreateRegistration { .. } | Change::RenewCredential { .. } => Executable::Developer,
            _ => Executable::Both,
        };
        assert_eq!(fix.executable, expected, "{fix:?}");
    }
}

#[test]
fn every_fix_is_enough_and_nothing_less_is() {
    let (mut cured, mut hopeless, mut subsets, mut sizes) = (0u64, 0u64, 0u64, BTreeMap::new());
    let mut kinds = BTreeMap::new();
    for seed in conformance::cases(1_200) {
        let file = portal(&Shape::of_seed(seed), 1);
        let snapshot = read(&file);
        for question in questions::questions(&file) {
            let decision = snapshot.decide(&question);
            let Some(changes) = changes(&decision) else {
                assert_eq!(decision.decision, Verdict::Deny);
                assert!(is_hopeless(&snapshot, &question, &decision), "{question:?} {decision:?}\n{file}");
                hopeless += 1;
                continue;
            };
            assert_eq!(changes.is_empty(), decision.decision == Verdict::Allow, "{question:?}");
            assert!(allows(&snapshot, &changes, &question), "not enough: {question:?} {changes:?}\n{file}");
            check_executable(snapshot.api(), &decision);
            if changes.is_empty() {
                continue;
            }
            assert!(changes.len() <= 12, "{changes:?}");
            for chosen in 0..(1u32 << changes.len()) - 1 {
                let some = changes.iter().enumerate().filter(|(position, _)| chosen & (1 << position) != 0);
                let some: Vec<_> = some.map(|(_, change)| change.clone()).collect();
                assert!(
                    !allows(&snapshot, &some, &question),
                    "{some:?} would do for {question:?}, and there is {changes:?}\n{file}"
                );
                subsets += 1;
            }
            for change in &changes {
                *kinds.entry(kind(change)).or_insert(0u64) += 1;
            }
            *sizes.entry(changes.len()).or_insert(0u64) += 1;
            cured += 1;
        }
    }
    println!("{cured} cured ({sizes:?} by size, {subsets} subsets tried), {hopeless} hopeless; {kinds:?}");
    assert!(cured > 5_000 && sizes.len() >= 4);
    // Every kind the design lists but `renew_credential`: no question names a credential.
    assert_eq!(kinds.len(), 11, "{kinds:?}");
}

/// The word of a change on the wire.
fn kind(change: &Change) -> String {
    let change = serde_json::to_value(change).expect("JSON");
    change.get("change").and_then(serde_json::Value::as_str).expect("a word").to_owned()
}

/// How many other pairs strict `consume` allows after the changes and not before.
fn opened(snapshot: &Snapshot, changes: &[Change], asked: &Question) -> usize {
    let after = snapshot.with(changes).expect("changes of what is there");
    let pairs = snapshot.applications().iter().flat_map(|application| {
        snapshot.resources().iter().map(move |resource| (application.id, resource.id))
    });
    let other = pairs.filter(|pair| (Some(pair.0), Some(pair.1)) != (asked.application, asked.resource));
    let questions =
        other.map(|(application, resource)| Question::consume(application, resource, Policy::Strict));
    questions.filter(|other| !snapshot.outcome(other).is_allow() && after.outcome(other).is_allow()).count()
}

/// A way to give the asker the role: what it opens and the team it is about.
struct Way {
    changes: Vec<Change>,
    opens: usize,
    team: TeamId,
}

/// Every way with the fewest changes, by trying all teams.
fn options(snapshot: &Snapshot, asked: &Question, person: Option<DeveloperId>, rest: &[Change]) -> Vec<Way> {
    let resource = snapshot.resources().iter().find(|known| Some(known.id) == asked.resource).expect("known");
    let role = |team_id| {
        Change::AssignRole(RoleAssignment {
            team_id,
            role_name: if asked.action == Action::View { RoleName::Viewer } else { RoleName::Consumer },
            entity_id: resource.entity.expect("an entity"),
            entity_type_name: "Services",
            entity_region: snapshot.region().map_or("*", gatepass::Region::as_str),
        })
    };
    let join = |team_id| {
        let developer_id = person?;
        Some(match snapshot.portal().team_assignment {
            TeamAssignment::Konnect => Change::AddToTeam { team_id, developer_id },
            TeamAssignment::IdentityProvider => Change::MapGroup { team_id, developer_id },
        })
    };
    for size in 1..=2 {
        let mut found = Vec::new();
        for team in snapshot.teams().iter().map(|team| team.id) {
            let ways = if size == 1 {
                vec![Some(vec![role(team)]), join(team).map(|join| vec![join])]
            } else {
                vec![join(team).map(|join| vec![role(team), join])]
            };
            for changes in ways.into_iter().flatten() {
                let all: Vec<_> = rest.iter().chain(&changes).cloned().collect();
                if allows(snapshot, &all, asked) {
                    found.push(Way { opens: opened(snapshot, &changes, asked), changes, team });
                }
            }
        }
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

#[test]
fn the_role_goes_to_the_team_that_opens_the_least() {
    let (mut checked, mut choices, mut opening) = (0u64, 0u64, 0u64);
    for seed in conformance::cases(2_000) {
        let shape = Shape { teams: 3, developers: 4, applications: 4, ..Shape::of_seed(seed) };
        let file = portal(&shape, 1);
        let snapshot = read(&file);
        if snapshot.portal().rbac == Rbac::Off {
            continue;
        }
        for question in questions::questions(&file) {
            let decision = snapshot.decide(&question);
            let lacks_role = decision
                .blockers
                .iter()
                .any(|reason| matches!(reason, Reason::RoleMissing | Reason::RoleViewerOnly));
            let Some(changes) = changes(&decision).filter(|_| lacks_role) else { continue };
            if decision.blockers.contains(&Reason::NotTeamMember) {
                // Membership is a fix of its own there, and the role has only one team to go to.
                continue;
            }
            let (role, rest): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| {
                matches!(
                    change,
                    Change::AssignRole(_)
                        | Change::AddToTeam { .. }
                        | Change::MapGroup { .. }
                        | Change::CreateTeam { .. }
                )
            });
            let person = decision.developer_id.filter(|_| decision.team_id.is_none());
            let options = options(&snapshot, &question, person, &rest);
            let chosen = options.iter().find(|option| option.changes == role);
            let Some(chosen) = chosen else { panic!("no way found like {role:?} for {question:?}\n{file}") };
            for other in &options {
                let better = other.opens < chosen.opens
                    || (other.opens == chosen.opens
                        && other.team < chosen.team
                        && kind(&other.changes[0]) == kind(&chosen.changes[0]));
                assert!(
                    !better,
                    "{question:?}\n{:?} opens {}, and {:?} opens {}\n{file}",
                    other.changes, other.opens, chosen.changes, chosen.opens
                );
                opening += u64::from(other.opens > chosen.opens);
            }
            checked += 1;
            choices += u64::from(options.len() > 1);
        }
    }
    println!("{checked} role fixes, {choices} with a choice; {opening} ways would have opened more");
    assert!(checked > 2_000 && choices > 1_000 && opening > 100, "{checked} {choices} {opening}");
}

/// Where there is no team at all, one is made.
#[test]
fn without_any_team_one_is_created() {
    let mut created = 0;
    for seed in conformance::cases(300) {
        let shape = Shape { teams: 0, developers: 3, applications: 3, resources: 3, ..Shape::of_seed(seed) };
        let file = portal(&shape, 1);
        let snapshot = read(&file);
        for question in questions::questions(&file) {
            let decision = snapshot.decide(&question);
            if !decision.blockers.contains(&Reason::RoleMissing) {
                continue;
            }
            let Some(changes) = changes(&decision) else {
                assert!(is_hopeless(&snapshot, &question, &decision), "{decision:?}");
                continue;
            };
            assert!(changes.iter().any(|change| matches!(change, Change::CreateTeam { .. })), "{decision:?}");
            assert!(allows(&snapshot, &changes, &question), "{decision:?}");
            created += 1;
        }
    }
    assert!(created > 100, "{created}");
}
