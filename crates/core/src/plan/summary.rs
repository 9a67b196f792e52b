//! A plan as an admin reads it: who, why, what happens, and who is held.

use std::borrow::Cow;

use serde::Serialize;

use super::{Held, Plan, Subject};
use crate::report::{Names, Steps};
use crate::{Change, DeveloperId, Fix, Snapshot};

/// One subject of a plan in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SummaryLine<'p> {
    /// Position of the subject.
    pub subject: usize,
    /// Whom it is about.
    pub developer_id: Option<DeveloperId>,
    /// The developer's name.
    pub developer_name: Option<Cow<'p, str>>,
    /// The developer's e-mail address.
    pub email: Option<Cow<'p, str>>,
    /// The rule that applies.
    pub rule: Option<&'p str>,
    /// What happens, change by change.
    pub steps: Vec<String>,
    /// Why nothing does.
    pub held: Option<&'p Held>,
}

impl Plan {
    /// The plan in words, with the names of the snapshot it was made from; subject by subject.
    pub fn summary<'p>(&'p self, snapshot: &'p Snapshot) -> Vec<SummaryLine<'p>> {
        let names = Names::new(snapshot, false);
        let steps = Steps { snapshot, names: &names };
        let lines = self.subjects.iter().enumerate().map(|(position, subject)| {
            let developer = subject.developer_id.and_then(|id| snapshot.developer_position(id));
            SummaryLine {
                subject: position,
                developer_id: subject.developer_id,
                developer_name: developer.map(|at| names.developer(at)),
                email: developer.map(|at| names.email(at)),
                rule: subject.rule.as_deref(),
                steps: subject_steps(subject, &steps),
                held: subject.held.as_ref(),
            }
        });
        lines.collect()
    }
}

/// The steps; those about the subject's own developer without the name, which stands beside them.
fn subject_steps(subject: &Subject, steps: &Steps<'_, '_>) -> Vec<String> {
    let own = |developer: &DeveloperId| Some(*developer) == subject.developer_id;
    let step = |change: &Change| match change {
        Change::AddToTeam { team_id, developer_id } if own(developer_id) => {
            format!("add to team {}", steps.team(*team_id))
        }
        Change::MapGroup { team_id, developer_id } if own(developer_id) => {
            format!("map a group of the identity provider to team {}", steps.team(*team_id))
        }
        Change::RemoveFromTeam { team_id, developer_id } if own(developer_id) => {
            format!("take out of team {}", steps.team(*team_id))
        }
        Change::ApproveDeveloper { developer_id } if own(developer_id) => "approve".to_owned(),
        Change::RejectDeveloper { developer_id } if own(developer_id) => "reject".to_owned(),
        Change::RevokeDeveloper { developer_id } if own(developer_id) => "revoke".to_owned(),
        change => {
            let executable = change.executable(steps.snapshot.api());
            steps.step(&Fix { change: change.clone(), executable })
        }
    };
    subject.changes.iter().map(|planned| step(&planned.change)).collect()
}
