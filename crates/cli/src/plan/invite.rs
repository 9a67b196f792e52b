//! `gatepass plan invite`.

use std::path::PathBuf;

use clap::Args;
use gatepass::lifecycle::{RegistrationUrl, invite};

use super::arguments::PlanArguments;
use crate::failure::{Failure, Findings};
use crate::output::plain;
use crate::{files, output};

pub(super) const EXAMPLES: &str = "\
Examples:
  gatepass plan invite --email-file partners.txt --registration-url https://portal.example/register
  gatepass plan invite snapshot.json --email-file partners.txt -o invitation.json

The file has one address a line, or several with commas between them; lines that start with # are comments.
Nothing is sent: open the mailto link, look at the letter, and send it. With a snapshot, whoever signed up
already is left out, and the portal's settings are honoured.";

#[derive(Debug, Args)]
pub(crate) struct InviteArguments {
    /// The snapshot of the portal, if there is one; `-` reads standard input.
    pub(crate) snapshot: Option<PathBuf>,
    /// The addresses to invite; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) email_file: PathBuf,
    /// Where developers register.
    #[arg(long, value_name = "URL")]
    pub(crate) registration_url: Option<RegistrationUrl>,
    #[command(flatten)]
    pub(crate) plan: PlanArguments,
}

pub(super) fn run(arguments: &InviteArguments) -> Result<Findings, Failure> {
    let list = files::read(&arguments.email_file)?;
    let list = String::from_utf8(list).map_err(|_| Failure::Read {
        path: arguments.email_file.clone(),
        source: std::io::Error::other("it is not UTF-8 text"),
    })?;
    let snapshot = match &arguments.snapshot {
        Some(path) => Some(super::snapshot(path, arguments.plan.reading.allow_partial)?),
        None => None,
    };
    let portal = snapshot.as_ref().map(|(snapshot, bytes)| (snapshot, bytes.as_slice()));
    let invitation = invite(&list, portal, arguments.registration_url.as_ref());
    match &arguments.plan.file {
        Some(path) => files::write(path, invitation.to_json().as_bytes())?,
        None => output::write_bytes(invitation.to_json().as_bytes())?,
    }
    for held in invitation.held.iter().filter_map(|subject| subject.held.as_ref()) {
        anstream::eprintln!("held: {} [{}]", plain(&held.message), held.code);
    }
    for note in &invitation.notes {
        anstream::eprintln!("note: {}", plain(note));
    }
    anstream::eprintln!("{} to invite, {} held", invitation.bcc.len(), invitation.held.len());
    for link in &invitation.mailto {
        anstream::eprintln!("next: open {link}");
    }
    Ok(if invitation.held.is_empty() { Findings::None } else { Findings::Some })
}
