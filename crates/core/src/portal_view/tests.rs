//! What front ends see, case by case.

use super::{NextStep, PortalAccess, PortalAssumption, PortalView, Who};
use crate::{Reason, RegistrationOutcome};

fn access(json: &str) -> PortalAccess {
    PortalView::from_json(json).unwrap().access()
}

/// A view with these members instead of the usual ones.
fn with(members: &[(&str, &str)]) -> PortalAccess {
    let mut view = vec![
        ("portal", r#"{"rbac_enabled": true, "is_public": false}"#),
        ("actions", r#"{"view": true, "register": true, "view_documentation": true}"#),
        ("application", r#"{"id": "1", "name": "App 1", "auth_strategy": {"id": "s1"}}"#),
        ("registration", "null"),
        (
            "resource",
            r#"{"id": "2", "name": "Orders v1", "deprecated": false, "registration_configs": [
                {"id": "s1", "name": "keys", "registration_enabled": true, "registration_auto_approve": false}]}"#,
        ),
    ];
    for (name, value) in members {
        match view.iter_mut().find(|(known, _)| known == name) {
            Some(member) => member.1 = value,
            None => view.push((name, value)),
        }
    }
    let members: Vec<String> = view.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    access(&format!("{{{}}}", members.join(", ")))
}

#[test]
fn registering_is_offered_with_its_outcome() {
    let access = with(&[]);
    assert!(access.view.allowed && access.register.allowed);
    assert_eq!(access.register.registration_outcome, Some(RegistrationOutcome::Pending));
    assert_eq!(access.call.code, Some(Reason::RegistrationMissing));
    let step = access.call.next_step.unwrap();
    assert_eq!((step.code, step.who), (NextStep::Register, Who::Developer));
    assert_eq!(access.call.message, "application `App 1` is not registered for `Orders v1`");
}

#[test]
fn a_role_comes_before_a_registration() {
    let access = with(&[("actions", r#"{"actions": {"view": true, "register": false}}"#)]);
    assert_eq!(access.register.code, Some(Reason::RoleViewerOnly));
    assert_eq!(access.call.blockers, [Reason::RegistrationMissing, Reason::RoleViewerOnly]);
    let step = access.call.next_step.unwrap();
    assert_eq!((step.code, step.who), (NextStep::AskForAccess, Who::Admin));
}

#[test]
fn unknown_actions_grant_nothing_and_say_so() {
    for actions in ["null", "{}", r#"{"view": "yes", "register": 1}"#, "[true]"] {
        let access = with(&[("actions", actions)]);
        assert_eq!(access.view.code, Some(Reason::RoleMissing), "{actions}");
        assert_eq!(access.assumptions, [PortalAssumption::ActionsUnknown], "{actions}");
    }
    let off = with(&[("actions", "null"), ("portal", r#"{"rbac_enabled": false, "is_public": false}"#)]);
    assert!(off.view.allowed && off.register.allowed && off.assumptions.is_empty());
}

#[test]
fn registrations_are_read_in_all_their_shapes() {
    let call = |members: &[(&str, &str)]| with(members).call;
    assert!(call(&[("registration", r#"{"status": "approved"}"#)]).allowed);
    let listed = r#"{"id": "1", "name": "App 1", "registration_id": "3", "registration_status": "approved"}"#;
    assert!(call(&[("registration", listed)]).allowed);
    for (registration, reason) in [
        (r#"{"status": "Approved"}"#, Reason::RegistrationUnrecognized),
        (r#"{"status": null}"#, Reason::RegistrationUnrecognized),
        (r#"{"status": "approved", "status": "approved"}"#, Reason::RegistrationUnrecognized),
        ("{}", Reason::RegistrationUnrecognized),
        (r#""approved""#, Reason::RegistrationUnrecognized),
        (r#"{"registration_id": null, "registration_status": null}"#, Reason::RegistrationMissing),
        ("null", Reason::RegistrationMissing),
        (r#"{"status": "revoked"}"#, Reason::RegistrationRevoked),
    ] {
        assert_eq!(call(&[("registration", registration)]).code, Some(reason), "{registration}");
    }
}

#[test]
fn strategies_are_compared_where_both_are_known() {
    let other = with(&[("application", r#"{"id": "1", "name": "App 1", "auth_strategy": {"id": "s2"}}"#)]);
    assert_eq!(other.register.code, Some(Reason::StrategyMismatch));
    assert_eq!(other.register.next_step.unwrap().code, NextStep::UseOtherApplication);
    let none = with(&[("application", r#"{"id": "1", "name": "App 1"}"#)]);
    assert!(none.register.allowed);
}

#[test]
fn v3_apis_and_team_applications_are_understood() {
    let access = with(&[
        ("portal", r#"{"rbac_enabled": true, "authentication_enabled": true}"#),
        ("application", r#"{"id": "1", "name": "App 1", "team_id": "t1"}"#),
        ("registration", r#"{"id": "3", "status": "approved", "api_id": "2"}"#),
        (
            "resource",
            r#"{"id": "2", "name": "Orders", "version": "v2", "visibility": "public", "auth_strategies": [{"id": "s1"}]}"#,
        ),
    ]);
    assert!(access.view.allowed && access.call.allowed);
    assert_eq!(access.register.code, Some(Reason::RegistrationExists));
    assert_eq!(access.register.next_step.unwrap().code, NextStep::CallTheApi);
    assert_eq!(access.view.message, "`Orders v2` may be seen");
}

#[test]
fn nobody_signed_in_sees_only_what_is_public() {
    let out = with(&[("signed_in", "false"), ("registration", r#"{"status": "approved"}"#)]);
    assert_eq!(out.view.code, Some(Reason::OwnerUnknown));
    assert_eq!(out.view.message, "nobody is signed in, and `Orders v1` is not public");
    assert_eq!(out.call.next_step.unwrap().code, NextStep::SignIn);
    assert!(!out.register.allowed && !out.call.allowed);
    let public = with(&[("signed_in", "false"), ("portal", r#"{"rbac_enabled": true, "is_public": true}"#)]);
    assert!(public.view.allowed);
    assert_eq!(public.register.code, Some(Reason::PortalPublic));
    assert_eq!(public.register.next_step, None);
}

#[test]
fn nothing_at_all_is_denied() {
    let nothing = access("{}");
    for verdict in [&nothing.view, &nothing.register, &nothing.call] {
        assert!(!verdict.allowed);
        assert_eq!(verdict.code, Some(Reason::ResourceUnknown));
        assert_eq!(verdict.next_step.unwrap().code, NextStep::ReportProblem);
    }
    assert_eq!(
        with(&[("resource", r#"{"id": "2", "registration_configs": [{"registration_enabled": "true"}]}"#)])
            .register
            .code,
        Some(Reason::RegistrationDisabled)
    );
}
