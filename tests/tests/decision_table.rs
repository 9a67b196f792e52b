//! Proves that `decide` is the rule of DESIGN.md §3: every combination of all fourteen facts × every action ×
//! both policies gives exactly the blockers, the reason and the HTTP status that the table below states. The
//! table is the design's wording as data, written without looking at the implementation.

#![allow(clippy::expect_used, reason = "helpers of a test: a broken expectation is a failed test")]

use std::thread;

use gatepass::{
    Action, ApplicationFact as App, Blockers, CredentialFact as Cred, DeveloperStatus as Dev, Facts,
    Freshness, MembershipFact as Member, OwnerFact as Owner, Policy, PortalFact, Rbac, Reason,
    RegistrationFact as Reg, ResourceFact as Res, RoleFact as Role, StrategyFact as Strategy, Visibility,
    decide,
};

/// One line of the design's table: for these actions under these policies the reason is listed if the condition holds.
struct Line {
    actions: &'static [Action],
    policies: &'static [Policy],
    reason: Reason,
    http: u16,
    listed_if: fn(&Facts) -> bool,
}

const BOTH: &[Policy] = &[Policy::Strict, Policy::Konnect];
const STRICT: &[Policy] = &[Policy::Strict];
const CONSUME: &[Action] = &[Action::Consume];
const REGISTER: &[Action] = &[Action::Register];
const VIEW: &[Action] = &[Action::View];
const OF_RESOURCE: &[Action] = &[Action::Consume, Action::Register, Action::View];
/// Asked by somebody who is signed in, whatever they want.
const SIGNED_IN: &[Action] = &[Action::LogIn, Action::CreateApplication];
/// Asked about an application by its owner or by a member of the team that owns it.
const OF_OWN_APPLICATION: &[Action] = &[Action::Register, Action::CreateCredential];
const NO_PORTAL: &[Action] = &[Action::Register, Action::LogIn, Action::CreateApplication];

const fn line(
    actions: &'static [Action],
    policies: &'static [Policy],
    reason: Reason,
    http: u16,
    listed_if: fn(&Facts) -> bool,
) -> Line {
    Line { actions, policies, reason, http, listed_if }
}

fn identified(f: &Facts) -> bool {
    matches!(f.credential, Cred::Valid | Cred::Revoked | Cred::Expired | Cred::NotNeeded)
}
fn resource_known(f: &Facts) -> bool {
    f.resource == Res::Unpublished || f.resource == Res::Published
}
fn application_known(f: &Facts) -> bool {
    f.application != App::Unknown
}
/// When `consume` can say something about the registration (line 7).
fn pair_known(f: &Facts) -> bool {
    resource_known(f) && identified(f) && application_known(f)
}
/// When `consume` can say something about the owner (line 5).
fn owner_asked(f: &Facts) -> bool {
    identified(f) && application_known(f)
}
fn role_counts(f: &Facts) -> bool {
    f.owner != Owner::Unknown && f.rbac == Rbac::On
}
/// `view` of what everyone may see asks nobody; what is not known is not known to be public either.
fn viewer_asked(f: &Facts) -> bool {
    !(f.visibility == Visibility::Public && resource_known(f))
}
/// A team is spoken for by an approved member only. The design says so for `register`; that a team views, logs
/// in or creates applications is in its domain but in no question (`snapshot_is_naive.rs`), and means the same.
fn nobody_speaks_for_the_team(f: &Facts) -> bool {
    f.owner == Owner::Team && f.membership != Member::ApprovedMember
}
fn developer(f: &Facts, status: Dev) -> bool {
    f.owner == Owner::Developer(status)
}

/// DESIGN.md §3, in listing order.
const TABLE: &[Line] = &[
    // 1: the bundle is older than its max age. "Then listed alone": see `expected`.
    line(CONSUME, BOTH, Reason::BundleStale, 503, |f| f.freshness == Freshness::Stale),
    // 2: the route maps to no known resource.
    line(OF_RESOURCE, BOTH, Reason::ResourceUnknown, 403, |f| f.resource == Res::Unknown),
    line(OF_RESOURCE, BOTH, Reason::ResourceUnrecognized, 403, |f| f.resource == Res::Unrecognized),
    line(NO_PORTAL, BOTH, Reason::PortalPublic, 403, |f| f.portal == PortalFact::Public),
    // 3: as named.
    line(CONSUME, BOTH, Reason::CredentialMissing, 401, |f| f.credential == Cred::Missing),
    line(CONSUME, BOTH, Reason::CredentialAmbiguous, 401, |f| f.credential == Cred::Ambiguous),
    line(CONSUME, BOTH, Reason::CredentialUnknown, 401, |f| f.credential == Cred::Unknown),
    line(CONSUME, BOTH, Reason::CredentialUnrecognized, 401, |f| f.credential == Cred::Unrecognized),
    line(CONSUME, BOTH, Reason::CredentialRevoked, 401, |f| f.credential == Cred::Revoked),
    line(CONSUME, BOTH, Reason::CredentialExpired, 401, |f| f.credential == Cred::Expired),
    // 4: identified; under `konnect` only whether there is such an application.
    line(CONSUME, BOTH, Reason::ApplicationUnknown, 403, |f| identified(f) && f.application == App::Unknown),
    line(CONSUME, STRICT, Reason::ApplicationPending, 403, |f| {
        identified(f) && f.application == App::Pending
    }),
    line(CONSUME, STRICT, Reason::ApplicationRejected, 403, |f| {
        identified(f) && f.application == App::Rejected
    }),
    line(CONSUME, STRICT, Reason::ApplicationRevoked, 403, |f| {
        identified(f) && f.application == App::Revoked
    }),
    line(CONSUME, STRICT, Reason::ApplicationUnrecognized, 403, |f| {
        identified(f) && f.application == App::Unrecognized
    }),
    line(OF_OWN_APPLICATION, BOTH, Reason::ApplicationUnknown, 403, |f| f.application == App::Unknown),
    line(OF_OWN_APPLICATION, BOTH, Reason::ApplicationPending, 403, |f| f.application == App::Pending),
    line(OF_OWN_APPLICATION, BOTH, Reason::ApplicationRejected, 403, |f| f.application == App::Rejected),
    line(OF_OWN_APPLICATION, BOTH, Reason::ApplicationRevoked, 403, |f| f.application == App::Revoked),
    line(OF_OWN_APPLICATION, BOTH, Reason::ApplicationUnrecognized, 403, |f| {
        f.application == App::Unrecognized
    }),
    // 5: identified, application known; a team owner passes.
    line(CONSUME, STRICT, Reason::OwnerUnknown, 403, |f| owner_asked(f) && f.owner == Owner::Unknown),
    line(CONSUME, STRICT, Reason::DeveloperPending, 403, |f| owner_asked(f) && developer(f, Dev::Pending)),
    line(CONSUME, STRICT, Reason::DeveloperRejected, 403, |f| owner_asked(f) && developer(f, Dev::Rejected)),
    line(CONSUME, STRICT, Reason::DeveloperRevoked, 403, |f| owner_asked(f) && developer(f, Dev::Revoked)),
    line(CONSUME, STRICT, Reason::DeveloperUnrecognized, 403, |f| {
        owner_asked(f) && developer(f, Dev::Unrecognized)
    }),
    line(OF_OWN_APPLICATION, BOTH, Reason::OwnerUnknown, 403, |f| {
        application_known(f) && f.owner == Owner::Unknown
    }),
    line(OF_OWN_APPLICATION, BOTH, Reason::DeveloperPending, 403, |f| {
        application_known(f) && developer(f, Dev::Pending)
    }),
    line(OF_OWN_APPLICATION, BOTH, Reason::DeveloperRejected, 403, |f| {
        application_known(f) && developer(f, Dev::Rejected)
    }),
    line(OF_OWN_APPLICATION, BOTH, Reason::DeveloperRevoked, 403, |f| {
        application_known(f) && developer(f, Dev::Revoked)
    }),
    line(OF_OWN_APPLICATION, BOTH, Reason::DeveloperUnrecognized, 403, |f| {
        application_known(f) && developer(f, Dev::Unrecognized)
    }),
    line(VIEW, BOTH, Reason::OwnerUnknown, 403, |f| viewer_asked(f) && f.owner == Owner::Unknown),
    line(VIEW, BOTH, Reason::DeveloperPending, 403, |f| viewer_asked(f) && developer(f, Dev::Pending)),
    line(VIEW, BOTH, Reason::DeveloperRejected, 403, |f| viewer_asked(f) && developer(f, Dev::Rejected)),
    line(VIEW, BOTH, Reason::DeveloperRevoked, 403, |f| viewer_asked(f) && developer(f, Dev::Revoked)),
    line(VIEW, BOTH, Reason::DeveloperUnrecognized, 403, |f| {
        viewer_asked(f) && developer(f, Dev::Unrecognized)
    }),
    line(SIGNED_IN, BOTH, Reason::OwnerUnknown, 403, |f| f.owner == Owner::Unknown),
    line(SIGNED_IN, BOTH, Reason::DeveloperPending, 403, |f| developer(f, Dev::Pending)),
    line(SIGNED_IN, BOTH, Reason::DeveloperRejected, 403, |f| developer(f, Dev::Rejected)),
    line(SIGNED_IN, BOTH, Reason::DeveloperRevoked, 403, |f| developer(f, Dev::Revoked)),
    line(SIGNED_IN, BOTH, Reason::DeveloperUnrecognized, 403, |f| developer(f, Dev::Unrecognized)),
    // A team-owned application needs a developer who is an approved member.
    line(OF_OWN_APPLICATION, BOTH, Reason::NotTeamMember, 403, |f| {
        application_known(f) && nobody_speaks_for_the_team(f)
    }),
    line(VIEW, BOTH, Reason::NotTeamMember, 403, |f| viewer_asked(f) && nobody_speaks_for_the_team(f)),
    line(SIGNED_IN, BOTH, Reason::NotTeamMember, 403, nobody_speaks_for_the_team),
    // 6: resource known.
    line(CONSUME, STRICT, Reason::ResourceUnpublished, 403, |f| f.resource == Res::Unpublished),
    line(REGISTER, BOTH, Reason::ResourceUnpublished, 403, |f| f.resource == Res::Unpublished),
    line(VIEW, BOTH, Reason::ResourceUnpublished, 403, |f| f.resource == Res::Unpublished),
    // Only `register`: what can be known about the resource, and about the pair.
    line(REGISTER, BOTH, Reason::RegistrationDisabled, 403, |f| resource_known(f) && !f.registration_enabled),
    line(REGISTER, BOTH, Reason::StrategyMismatch, 403, |f| {
        resource_known(f) && application_known(f) && f.strategy == Strategy::Different
    }),
    // 7: resource known, identified, application known.
    line(CONSUME, BOTH, Reason::RegistrationMissing, 403, |f| {
        pair_known(f) && f.registration == Reg::Missing
    }),
    line(CONSUME, BOTH, Reason::RegistrationPending, 403, |f| {
        pair_known(f) && f.registration == Reg::Pending
    }),
    line(CONSUME, BOTH, Reason::RegistrationRejected, 403, |f| {
        pair_known(f) && f.registration == Reg::Rejected
    }),
    line(CONSUME, BOTH, Reason::RegistrationRevoked, 403, |f| {
        pair_known(f) && f.registration == Reg::Revoked
    }),
    line(CONSUME, BOTH, Reason::RegistrationUnrecognized, 403, |f| {
        pair_known(f) && f.registration == Reg::Unrecognized
    }),
    // 8: as 7, owner known, RBAC on, no Consumer role.
    line(CONSUME, STRICT, Reason::RoleMissing, 403, |f| {
        pair_known(f) && role_counts(f) && f.role == Role::None
    }),
    line(CONSUME, STRICT, Reason::RoleViewerOnly, 403, |f| {
        pair_known(f) && role_counts(f) && f.role == Role::Viewer
    }),
    line(REGISTER, BOTH, Reason::RoleMissing, 403, |f| {
        resource_known(f) && application_known(f) && role_counts(f) && f.role == Role::None
    }),
    line(REGISTER, BOTH, Reason::RoleViewerOnly, 403, |f| {
        resource_known(f) && application_known(f) && role_counts(f) && f.role == Role::Viewer
    }),
    line(VIEW, BOTH, Reason::RoleMissing, 403, |f| {
        resource_known(f) && viewer_asked(f) && role_counts(f) && f.role == Role::None
    }),
    // 409, any status.
    line(REGISTER, BOTH, Reason::RegistrationExists, 409, |f| {
        resource_known(f) && application_known(f) && f.registration != Reg::Missing
    }),
];

/// The lines of one action under one policy.
fn lines_of(action: Action, policy: Policy) -> Vec<&'static Line> {
    TABLE.iter().filter(|line| line.actions.contains(&action) && line.policies.contains(&policy)).collect()
}

/// The lines that are listed, in order; a stale bundle is listed alone.
fn expected<'l>(lines: &'l [&'static Line], facts: &Facts) -> impl Iterator<Item = &'static Line> + use<'l> {
    let facts = *facts;
    let mut after_stale = false;
    lines.iter().copied().filter(move |line| (line.listed_if)(&facts)).take_while(move |line| {
        let listed = !after_stale;
        after_stale = line.reason == Reason::BundleStale;
        listed
    })
}

/// Every combination of the other facts with one status of the application.
fn every_facts(application: App, mut visit: impl FnMut(&Facts)) {
    let mut facts = Facts::UNKNOWN;
    facts.application = application;
    macro_rules! each {
        ($($field:ident in $values:expr),+ ; $body:block) => { each!(@ $body $($field in $values),+) };
        (@ $body:block $field:ident in $values:expr $(, $rest:ident in $more:expr)*) => {
            for value in $values { facts.$field = *value; each!(@ $body $($rest in $more),*); }
        };
        (@ $body:block) => { $body };
    }
    each!(
        freshness in Freshness::ALL, credential in Cred::ALL, resource in Res::ALL, deprecated in &[false, true],
        registration_enabled in &[false, true], visibility in Visibility::ALL, owner in Owner::ALL,
        membership in Member::ALL, registration in Reg::ALL, role in Role::ALL, rbac in Rbac::ALL,
        portal in PortalFact::ALL, strategy in Strategy::ALL;
        { visit(&facts); }
    );
}

/// 2 × 8 × 4 × 2 × 2 × 2 × 6 × 7 × 2 × 6 × 3 × 2 × 2 × 3: nothing is left out.
const FACTS: u64 = 9_289_728;

/// Runs `check` for every application status, on as many threads, and adds up what it returns.
fn all_shards(check: impl Fn(App) -> u64 + Copy + Send + 'static) -> u64 {
    let shards: Vec<_> =
        App::ALL.iter().map(|application| thread::spawn(move || check(*application))).collect();
    shards.into_iter().map(|shard| shard.join().expect("the shard's own assertion says what failed")).sum()
}

#[test]
fn every_combination_is_as_the_table_says() {
    let questions = Action::ALL.len() * Policy::ALL.len();
    assert_eq!(questions, 12);
    let compared = all_shards(|application| {
        let mut compared = 0;
        for &action in Action::ALL {
            for &policy in Policy::ALL {
                let lines = lines_of(action, policy);
                every_facts(application, |facts| {
                    let outcome = decide(facts, action, policy);
                    let first = expected(&lines, facts).next();
                    let listed = expected(&lines, facts).map(|line| line.reason);
                    let same = outcome.blockers().iter().eq(listed)
                        && outcome.is_allow() == first.is_none()
                        && outcome.reason() == first.map(|line| line.reason)
                        && outcome.reason().map(Reason::http_status) == first.map(|line| line.http);
                    assert!(
                        same,
                        "{action} under {policy}\n{facts:?}\nthe table lists {:?}\n`decide` lists  {:?}",
                        expected(&lines, facts).map(|line| line.reason).collect::<Vec<_>>(),
                        outcome.blockers().iter().collect::<Vec<_>>(),
                    );
                    compared += 1;
                });
            }
        }
        compared
    });
    println!("compared {compared} decisions: {FACTS} combinations of facts × {questions} questions");
    assert_eq!(compared, FACTS * 12);
}

#[test]
fn strict_never_allows_what_konnect_denies_and_neither_without_an_approved_registration() {
    let allowed = all_shards(|application| {
        let mut allowed = 0;
        every_facts(application, |facts| {
            let strict = decide(facts, Action::Consume, Policy::Strict);
            let konnect = decide(facts, Action::Consume, Policy::Konnect);
            assert!(!strict.is_allow() || konnect.is_allow(), "strict allows more than konnect: {facts:?}");
            assert!(konnect.blockers().is_subset_of(strict.blockers()), "strict forgets a reason: {facts:?}");
            for outcome in [strict, konnect] {
                if outcome.is_allow() {
                    assert_eq!(facts.registration, Reg::Approved, "allowed without approval: {facts:?}");
                    assert_eq!(facts.freshness, Freshness::Fresh, "allowed on stale data: {facts:?}");
                    assert!(matches!(facts.credential, Cred::Valid | Cred::NotNeeded), "{facts:?}");
                    allowed += 1;
                }
                if facts.freshness == Freshness::Stale {
                    assert!(outcome.blockers().iter().eq([Reason::BundleStale]), "not alone: {facts:?}");
                }
            }
        });
        allowed
    });
    // Strict: 2 credentials × published × 2 deprecated × 2 enabled × 2 visibilities × approved application
    // × (approved developer or team) × 2 memberships × approved registration × (3 roles if RBAC is off, else
    // Consumer) × 2 portals × 3 strategies. Konnect: 5 known application states, 2 known resource states,
    // all 7 owners, all roles.
    let strict = 2 * 2 * 2 * 2 * 2 * 2 * (3 + 1) * 2 * 3;
    let konnect = 2 * 2 * 2 * 2 * 2 * 5 * 7 * 2 * 3 * 2 * 2 * 3;
    assert_eq!(allowed, strict + konnect);
}

#[test]
fn only_consume_reads_the_policy_the_credential_and_the_freshness() {
    let compared = all_shards(|application| {
        let mut compared = 0;
        every_facts(application, |facts| {
            if facts.freshness != Freshness::Stale || facts.credential != Cred::Missing {
                return;
            }
            for &action in Action::ALL.iter().filter(|action| **action != Action::Consume) {
                let worst = decide(facts, action, Policy::Strict);
                for &credential in Cred::ALL {
                    let other = Facts { freshness: Freshness::Fresh, credential, ..*facts };
                    assert_eq!(worst, decide(&other, action, Policy::Konnect), "{action}: {other:?}");
                    compared += 1;
                }
            }
        });
        compared
    });
    assert_eq!(compared, FACTS / 16 * 8 * 5);
}

#[test]
fn a_set_of_reasons_knows_what_is_in_it() {
    let set = |reasons: &[Reason]| reasons.iter().copied().collect::<Blockers>();
    assert!(set(&[]).is_empty() && set(&[]).first().is_none());
    for (first_at, &first) in Reason::ALL.iter().enumerate() {
        for &second in &Reason::ALL[first_at..] {
            let both = set(&[second, first]);
            assert_eq!(both.len(), if first == second { 1 } else { 2 });
            assert_eq!(both.first(), Some(first));
            assert!(!both.is_empty());
            for &reason in Reason::ALL {
                let is_in = reason == first || reason == second;
                assert_eq!(both.contains(reason), is_in, "{reason:?} in {both:?}");
                assert_eq!(set(&[reason]).is_subset_of(both), is_in, "{reason:?} of {both:?}");
            }
            assert_eq!(both.is_subset_of(set(&[first])), first == second);
            assert_eq!(format!("{both:?}"), format!("{:?}", both.iter().collect::<Vec<_>>()));
        }
    }
}

#[test]
fn every_status_is_what_the_design_says() {
    assert!("developer".parse::<Reason>().is_err());
    for &reason in Reason::ALL {
        let code = reason.code();
        let status = match code {
            "bundle_stale" => 503,
            "registration_exists" => 409,
            _ if code.starts_with("credential_") => 401,
            _ => 403,
        };
        assert_eq!(reason.http_status(), status, "{code}");
        assert_eq!((code.parse(), reason.to_string().as_str()), (Ok(reason), code));
        assert!(TABLE.iter().any(|line| line.reason == reason && line.http == status), "no line says {code}");
    }
}
