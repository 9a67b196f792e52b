//! Proves the invitation: everybody once and hidden from the others, odd addresses held for the reason that approvals
//! would hold them for, nothing in an address or a name that adds a recipient, and the portal's settings honoured.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of a test")]

use gatepass::approvals::domain_of;
use gatepass::lifecycle::{Invitation, MAX_LINK, RegistrationUrl, invite};
use gatepass::plan::Plan;
use gatepass::{ReadOptions, Snapshot};
use proptest::prelude::*;
use serde_json::{Value, json};

fn held(invitation: &Invitation) -> Vec<(&str, &str)> {
    let held = invitation.held.iter().filter_map(|subject| subject.held.as_ref());
    held.map(|held| (held.code.as_str(), held.message.as_str())).collect()
}

fn portal(settings: &Value, api: &str) -> (Snapshot, Vec<u8>) {
    let file = json!({"format": "gatepass.snapshot/1", "exported_at": "2026-11-22T10:00:00Z", "api": api, "region": "eu",
        "portal": {"id": "b0000000-0000-4000-8000-000000000001", "name": "Orders & more\r\nBcc: all@x.test",
                   "rbac_enabled": false, "settings": settings},
        "developers": [{"id": "d0000000-0000-4000-8000-000000000001", "email": "Ada@Arsenal.com", "full_name": "Ada",
                        "status": "rejected"}]})
    .to_string()
    .into_bytes();
    (Snapshot::read(&file, ReadOptions::default()).unwrap().snapshot, file)
}

#[test]
fn lists_are_read_as_people_write_them() {
    let list = "\u{feff}# partners\n a@arsenal.com , b@arsenal.com;c@arsenal.com\r\n\n  # not: d@arsenal.com\ne@intermilan.com,\n";
    let invitation = invite(list, None, None);
    assert_eq!(invitation.bcc, ["a@arsenal.com", "b@arsenal.com", "c@arsenal.com", "e@intermilan.com"]);
    assert!(invitation.held.is_empty());
    assert_eq!(invitation.mailto.len(), 1);
    let nobody = invite("# nobody\n", None, None);
    assert!(nobody.bcc.is_empty() && nobody.mailto.is_empty());
}

#[test]
fn odd_addresses_are_held_with_the_reason() {
    let list = "a@b@c.test\nx@arsenal.com.\nAda Lovelace <ada@arsenal.com>\n\"a\"@evil.test\nx";
    let invitation = invite(list, None, None);
    assert!(invitation.bcc.is_empty() && invitation.mailto.is_empty());
    assert_eq!(
        held(&invitation),
        [
            ("email_with_several_ats", "`a@b@c.test`: the address has several `@`"),
            ("trailing_dot", "`x@arsenal.com.`: the domain of the address ends in a dot"),
            ("white_space", "`Ada Lovelace <ada@arsenal.com>`: the address has white space"),
            ("local_part_quoted", "`\"a\"@evil.test`: the part before the `@` of the address is quoted"),
            ("email_without_at", "`x`: the address has no `@`"),
        ]
    );
    // A domain outside ASCII goes out as its A-label.
    let invitation = invite("x@münchen.example", None, None);
    assert_eq!(invitation.bcc, ["x@xn--mnchen-3ya.example"]);
}

#[test]
fn whoever_signed_up_already_is_left_out() {
    let (snapshot, file) = portal(&json!({}), "gateway-2.8");
    let invitation = invite("ada@ARSENAL.com, bob@arsenal.com", Some((&snapshot, &file)), None);
    assert_eq!(invitation.bcc, ["bob@arsenal.com"]);
    assert_eq!(held(&invitation), [("signed_up", "`ada@ARSENAL.com` signed up already, and is rejected")]);
    assert_eq!(invitation.held[0].developer_id.unwrap().to_string(), "d0000000-0000-4000-8000-000000000001");
}

#[test]
fn the_letter_has_the_link_and_says_what_comes_next() {
    let (snapshot, file) = portal(&json!({}), "gateway-2.8");
    let url: RegistrationUrl = "https://portal.example/register".parse().unwrap();
    let invitation = invite("bob@arsenal.com", Some((&snapshot, &file)), Some(&url));
    assert_eq!(
        invitation.body,
        "Hello,\n\nyou are invited to the developer portal Orders & more\u{fffd}\u{fffd}Bcc: all@x.test.\n\n\
         Register here: https://portal.example/register\n\n\
         Somebody looks at every registration; you can log in once yours is approved.\n"
    );
    let link = &invitation.mailto[0];
    assert!(link.starts_with(
        "mailto:?bcc=bob@arsenal.com&subject=Invitation%20to%20the%20developer%20portal%20Orders%20%26%20more"
    ));
    assert!(link.ends_with("approved.%0D%0A"), "{link}");
    assert_eq!(link.matches('&').count(), 2, "nothing adds a header: {link}");
    assert_eq!(
        "javascript:alert(1)".parse::<RegistrationUrl>().unwrap_err().to_string(),
        "`javascript:alert(1)` is no http or https URL"
    );
}

#[test]
fn the_settings_of_gateway_2_8_are_honoured() {
    let off = json!({"portal_invite_email": false, "portal_auto_approve": true});
    let (snapshot, file) = portal(&off, "gateway-2.8");
    let invitation = invite("bob@arsenal.com", Some((&snapshot, &file)), None);
    assert!(invitation.body.contains("You can log in as soon as you have registered."));
    assert_eq!(
        invitation.notes,
        [
            "no registration URL was given: add the link of the registration page to the letter",
            "`portal_invite_email` is off: Kong Manager sends no invitations; send this one yourself",
        ]
    );
    let (snapshot, file) = portal(&json!({}), "gateway-2.8");
    let invitation = invite("bob@arsenal.com", Some((&snapshot, &file)), None);
    assert!(invitation.notes.iter().any(|note| note.contains("`portal_access_request_email` is on")));
}

#[test]
fn the_file_is_a_plan_without_changes() {
    let (snapshot, file) = portal(&json!({}), "v2");
    let invitation = invite("bob@arsenal.com, x", Some((&snapshot, &file)), None);
    let text = invitation.to_json();
    let plan = Plan::read(text.as_bytes()).unwrap();
    assert_eq!(plan.changes(), []);
    assert_eq!(plan.held().count(), 1);
    assert_eq!(plan.notes, invitation.notes);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["invitation"]["bcc"], json!(["bob@arsenal.com"]));
    assert_eq!(value["invitation"]["mailto"], json!(invitation.mailto));
    assert_eq!(invite("bob@arsenal.com, x", Some((&snapshot, &file)), None).to_json(), text);
}

proptest! {
    /// Whatever is in the list: every invited address is one that approvals could read, once, in exactly one link of
    /// a length that mail programs take, and every address is invited or held.
    #[test]
    fn nothing_gets_into_a_link_unread(list in "([a-c?&=%@.,;\r\n #ü\"]|@a\\.test|bcc=){0,80}", many in 0_usize..300) {
        let partners: Vec<String> = (0..many).map(|n| format!("somebody{n}@partner.example")).collect();
        let list = format!("{list}\n{}", partners.join("\n"));
        let invitation = invite(&list, None, None);
        let mut once = std::collections::BTreeSet::new();
        for address in &invitation.bcc {
            prop_assert!(domain_of(address).is_ok());
            prop_assert!(once.insert(address.to_ascii_lowercase()));
        }
        let mut linked = 0;
        for link in &invitation.mailto {
            prop_assert!(link.len() <= MAX_LINK, "{}", link.len());
            prop_assert_eq!(link.matches('&').count(), 2);
            prop_assert_eq!(link.matches('?').count(), 1);
            let bcc = link.strip_prefix("mailto:?bcc=").unwrap().split('&').next().unwrap();
            linked += bcc.split(',').count();
        }
        prop_assert_eq!(linked, invitation.bcc.len());
        let entries = list.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim_start().starts_with('#'))
            .flat_map(|line| line.split([',', ';'])).filter(|entry| !entry.trim().is_empty()).count();
        prop_assert_eq!(invitation.bcc.len() + invitation.held.len(), entries);
    }
}
