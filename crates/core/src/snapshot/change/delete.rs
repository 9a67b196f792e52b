//! Deletions: what goes with an object, and how positions after it move up.

use super::what_if::{ChangeError, absent};
use crate::snapshot::Snapshot;
use crate::snapshot::ids::Positions;
use crate::snapshot::model::ApplicationOwner;
use crate::{ApplicationId, DeveloperId};

/// A position after the object at `gone` was taken out; `None` for that object itself.
const fn moved(position: u32, gone: u32) -> Option<u32> {
    if position == gone {
        None
    } else if position > gone {
        Some(position.saturating_sub(1))
    } else {
        Some(position)
    }
}

impl Snapshot {
    /// Deletes an application with its registrations and credentials.
    pub(super) fn delete_application(&mut self, id: ApplicationId) -> Result<(), ChangeError> {
        let gone = self.applications.get(id).ok_or_else(|| absent("application", id))?;
        self.records.applications.retain(|application| application.id != id);
        self.records.registrations.retain_mut(|registration| {
            let position = moved(registration.application, gone);
            registration.application = position.unwrap_or_default();
            position.is_some()
        });
        self.records.credentials.retain_mut(|credential| {
            let named = credential.application.is_some();
            credential.application = credential.application.and_then(|application| moved(application, gone));
            named == credential.application.is_some()
        });
        self.applications =
            Positions::new(self.records.applications.iter().map(|application| application.id));
        self.registrations =
            Positions::new(self.records.registrations.iter().map(|registration| registration.id));
        Ok(())
    }

    /// Deletes a developer with every application they own.
    ///
    /// Source: Portal Management, `delete-developer`: "delete all applications owned by them. All credentials
    /// issued to the developer will no longer provide access".
    pub(super) fn delete_developer(&mut self, id: DeveloperId) -> Result<(), ChangeError> {
        let gone = self.developers.get(id).ok_or_else(|| absent("developer", id))?;
        let owned = |owner: ApplicationOwner| owner == ApplicationOwner::Developer(gone);
        let owned: Vec<ApplicationId> = self
            .records
            .applications
            .iter()
            .filter(|application| owned(application.owner))
            .map(|application| application.id)
            .collect();
        for application in owned {
            self.delete_application(application)?;
        }
        self.records.developers.retain(|developer| developer.id != id);
        for application in &mut self.records.applications {
            if let ApplicationOwner::Developer(position) = application.owner {
                application.owner =
                    moved(position, gone).map_or(ApplicationOwner::Unknown, ApplicationOwner::Developer);
            }
        }
        for team in &mut self.records.teams {
            team.members = team.members.iter().filter_map(|member| moved(*member, gone)).collect();
        }
        self.developers = Positions::new(self.records.developers.iter().map(|developer| developer.id));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::{Change, ReadOptions, Snapshot};

    fn id(number: u32) -> String {
        format!("00000000-0000-0000-0000-{number:012}")
    }

    #[test]
    fn what_is_left_after_a_deletion_still_belongs_together() {
        let developer =
            |n: u32| format!(r#"{{"id":"{}","email":"a@b.c","full_name":"D","status":"approved"}}"#, id(n));
        let application = |n: u32, d: u32| {
            format!(r#"{{"id":"{}","name":"A{n}","developer":{{"id":"{}"}}}}"#, id(n), id(d))
        };
        let registration = |n: u32, a: u32| {
            format!(
                r#"{{"id":"{}","status":"approved","application":{{"id":"{}"}},"product_version":{{"id":"{}"}}}}"#,
                id(n),
                id(a),
                id(90)
            )
        };
        let file = format!(
            r#"{{"format":"gatepass.snapshot/1","exported_at":"2026-11-22T10:00:00Z","api":"v2","region":"eu",
                "portal":{{"id":"{}","rbac_enabled":false}},"developers":[{},{},{}],"teams":[{{"id":"{}","name":"T"}}],
                "team_developers":{{"{}":["{}","{}","{}"]}},"applications":[{},{},{}],"registrations":[{},{},{}]}}"#,
            id(99),
            developer(1),
            developer(2),
            developer(3),
            id(80),
            id(80),
            id(1),
            id(2),
            id(3),
            application(11, 1),
            application(12, 2),
            application(13, 3),
            registration(21, 11),
            registration(22, 12),
            registration(23, 13),
        );
        let snapshot = Snapshot::read(file.as_bytes(), ReadOptions::default()).unwrap().snapshot;
        let change = Change::DeleteDeveloper { developer_id: id(2).parse().unwrap() };
        let after = snapshot.with(std::slice::from_ref(&change)).unwrap();
        let left: Vec<String> =
            after.applications().iter().map(|application| application.id.to_string()).collect();
        assert_eq!(left, [id(11), id(13)]);
        assert_eq!(after.teams()[0].members, [0, 1]);
        let of: Vec<u32> =
            after.registrations().iter().map(|registration| registration.application).collect();
        assert_eq!(of, [0, 1]);
        assert_eq!(after.applications()[1].owner, crate::ApplicationOwner::Developer(1));
        assert!(after.with(&[change]).is_err());
    }
}
