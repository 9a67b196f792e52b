//! The invitation of developers: one letter to all of them, hidden from each other.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::Status;
use crate::approvals::domain_of;
use crate::plain::Shown;
use crate::plan::{self, Held, PLAN_FORMAT, Plan};
use crate::report::escaped;
use crate::{DeveloperId, PortalFact, Snapshot};

/// How many octets a `mailto` link may have: more, and mail programs cut it off.
pub const MAX_LINK: usize = 2000;

/// An invitation that is ready to be sent by whoever asked for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Invitation {
    /// The plan that it is: no changes, whoever is not invited held, and notes.
    pub plan: Option<Plan>,
    /// Who is not invited, and why.
    pub held: Vec<plan::Subject>,
    /// What whoever sends it should know.
    pub notes: Vec<String>,
    /// To whom it goes, each hidden from the others.
    pub bcc: Vec<String>,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// Links that open it in a mail program: one, or several if there are too many addresses for one.
    pub mailto: Vec<String>,
}

/// Where developers register: an http or https URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationUrl(String);

impl std::str::FromStr for RegistrationUrl {
    type Err = RegistrationUrlError;

    fn from_str(text: &str) -> Result<Self, RegistrationUrlError> {
        let refused = || RegistrationUrlError(Shown(text).to_string());
        crate::validate::is_url(text).then(|| Self(text.to_owned())).ok_or_else(refused)
    }
}

/// A text that is no URL a browser opens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no http or https URL")]
pub struct RegistrationUrlError(String);

/// Prepares the invitation of every address in a list: one a line, or separated by commas or semicolons; lines that
/// start with `#` are comments. Addresses are read as approvals read them; the odd ones, repeats and those who signed
/// up already are held. With a snapshot, its settings are honoured and its plan is named.
///
/// Source: Kong Gateway 2.8, "Managing Developers", "Invite Developers to Register": one mail, everybody in bcc, with
/// the link of the registration page.
///
/// ```
/// let invitation = gatepass::lifecycle::invite("ada@arsenal.com, ADA@arsenal.com\n\"x@y\"@evil.test", None, None);
/// assert_eq!(invitation.bcc, ["ada@arsenal.com"]);
/// assert!(invitation.mailto[0].starts_with("mailto:?bcc=ada@arsenal.com&subject="));
/// let held: Vec<_> = invitation.held.iter().flat_map(|s| &s.held).map(|held| held.message.as_str()).collect();
/// assert_eq!(held, ["`ADA@arsenal.com` is in the list twice", "`\"x@y\"@evil.test`: the address has several `@`"]);
/// ```
pub fn invite(list: &str, snapshot: Option<(&Snapshot, &[u8])>, url: Option<&RegistrationUrl>) -> Invitation {
    let known: HashMap<String, (DeveloperId, &str)> = snapshot
        .iter()
        .flat_map(|(snapshot, _)| snapshot.developers())
        .map(|developer| {
            let status =
                Status::of_developer(developer.status).map_or("of an unknown status", Status::as_str);
            (same(&developer.email), (developer.id, status))
        })
        .collect();
    let (mut bcc, mut held) = (Vec::<String>::new(), Vec::new());
    let mut seen = std::collections::HashSet::new();
    for address in addresses(list) {
        let shown = Shown(address);
        let left = |id, code: &str, message: String| {
            plan::Subject::left(id, Held { code: code.to_owned(), message })
        };
        match domain_of(address) {
            Err(error) => held.push(left(None, error.code().as_str(), format!("`{shown}`: {error}"))),
            Ok(domain) => {
                let local = address.split('@').next().unwrap_or_default();
                let plain = format!("{local}@{}", domain.as_str());
                if let Some((id, status)) = known.get(&same(&plain)) {
                    let message = format!("`{shown}` signed up already, and is {status}");
                    held.push(left(Some(*id), "signed_up", message));
                } else if seen.insert(same(&plain)) {
                    bcc.push(plain);
                } else {
                    held.push(left(None, "repeated", format!("`{shown}` is in the list twice")));
                }
            }
        }
    }
    let (subject, body) = letter(snapshot.map(|(snapshot, _)| snapshot), url);
    let mailto = links(&bcc, &subject, &body);
    let notes = notes(snapshot.map(|(snapshot, _)| snapshot), url, mailto.len());
    let plan = snapshot.map(|(snapshot, file)| {
        let mut plan = Plan::new(snapshot, file);
        plan.profile = super::usual_profile(snapshot.api());
        plan.subjects.clone_from(&held);
        plan.notes.clone_from(&notes);
        plan
    });
    Invitation { plan, held, notes, bcc, subject, body, mailto }
}

/// Two spellings that no mail server tells apart, for what is a repeat.
fn same(email: &str) -> String {
    email.to_ascii_lowercase()
}

fn addresses(list: &str) -> impl Iterator<Item = &str> {
    let lines =
        list.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.flat_map(|line| line.split([',', ';'])).map(str::trim).filter(|address| !address.is_empty())
}

fn letter(snapshot: Option<&Snapshot>, url: Option<&RegistrationUrl>) -> (String, String) {
    let name = snapshot.map(|snapshot| Shown(snapshot.portal().name.trim()).to_string());
    let portal = match name.filter(|name| !name.is_empty()) {
        Some(name) => format!("the developer portal {name}"),
        None => "our developer portal".to_owned(),
    };
    let at = match url {
        Some(RegistrationUrl(url)) => format!("Register here: {url}"),
        None => "Register here: ".to_owned(),
    };
    let then = match snapshot.map(|snapshot| snapshot.portal().auto_approve_developers) {
        Some(true) => "\nYou can log in as soon as you have registered.",
        Some(false) => "\nSomebody looks at every registration; you can log in once yours is approved.",
        None => "",
    };
    (format!("Invitation to {portal}"), format!("Hello,\n\nyou are invited to {portal}.\n\n{at}\n{then}\n"))
}

/// As many addresses a link as fit into [`MAX_LINK`]; everything but letters, digits and `-._~` is escaped, so that
/// no address adds a header or a recipient (RFC 6068).
fn links(bcc: &[String], subject: &str, body: &str) -> Vec<String> {
    let body = escaped(&body.replace('\n', "\r\n"));
    let tail = format!("&subject={}&body={body}", escaped(subject));
    let room = MAX_LINK.saturating_sub("mailto:?bcc=".len()).saturating_sub(tail.len());
    let mut groups: Vec<String> = Vec::new();
    for address in bcc {
        let (local, domain) = address.split_once('@').unwrap_or((address, ""));
        let address = format!("{}@{}", escaped(local), escaped(domain));
        match groups.last_mut() {
            Some(group) if group.len().saturating_add(address.len()) < room => {
                group.push(',');
                group.push_str(&address);
            }
            _ => groups.push(address),
        }
    }
    groups.into_iter().map(|group| format!("mailto:?bcc={group}{tail}")).collect()
}

fn notes(snapshot: Option<&Snapshot>, url: Option<&RegistrationUrl>, links: usize) -> Vec<String> {
    let mut notes = Vec::new();
    if url.is_none() {
        notes.push(
            "no registration URL was given: add the link of the registration page to the letter".to_owned(),
        );
    }
    if links > 1 {
        notes
            .push(format!("{links} links, because one of all addresses would be too long for mail programs"));
    }
    let Some(portal) = snapshot.map(Snapshot::portal) else { return notes };
    if portal.access == PortalFact::Public {
        notes.push("a public portal has no developers: nobody can register there".to_owned());
    }
    if portal.gateway.is_some_and(|settings| !settings.invite_email) {
        notes.push(
            "`portal_invite_email` is off: Kong Manager sends no invitations; send this one yourself"
                .to_owned(),
        );
    }
    if portal.gateway.is_some_and(|settings| settings.access_request_email && !settings.auto_approve) {
        notes.push(
            "Kong mails the admins when somebody registers (`portal_access_request_email` is on)".to_owned(),
        );
    }
    notes
}

impl Invitation {
    /// The invitation as its file: a plan without changes, and the letter. The same invitation gives the same bytes.
    pub fn to_json(&self) -> String {
        let mut file = match &self.plan {
            Some(plan) => serde_json::to_value(plan).unwrap_or_default(),
            None => json!({"format": PLAN_FORMAT, "snapshot_sha256": null, "portal_id": null,
                "subjects": self.held, "notes": self.notes}),
        };
        let letter =
            json!({"bcc": self.bcc, "subject": self.subject, "body": self.body, "mailto": self.mailto});
        if let Value::Object(members) = &mut file {
            members.insert("invitation".to_owned(), letter);
        }
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }
}
