//! From the file to the model: believes nothing, collects every problem, and ends with a model in which
//! everything doubtful denies.

mod access;
mod collected;
mod credentials;
mod people;
mod registrations;
mod repeated;
mod resources;
mod settings;
mod values;

use super::Snapshot;
use super::model::{Api, Portal, Records, TeamAssignment};
use super::raw::{RawAuthSettings, RawSnapshot};
use crate::json::{Entry, Field};
use crate::problem::{Place, Problems, Severity};
use crate::{PortalFact, Rbac, Region, Visibility};

/// The format this version reads and writes.
pub const SNAPSHOT_FORMAT: &str = "gatepass.snapshot/1";

/// How to read a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Go on in spite of problems of severity error: what they touch denies, and every answer says
    /// `completeness: partial`. A file that is not a snapshot at all is refused all the same.
    pub allow_partial: bool,
}

/// A snapshot and what was noticed while reading it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// What was noticed: with [`ReadOptions::allow_partial`] errors too.
    pub problems: Problems,
}

/// A snapshot that cannot be used, with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot has {} problems, {} of them errors", problems.total(), problems.count(Severity::Error))]
pub struct SnapshotError {
    problems: Problems,
}

impl SnapshotError {
    /// Everything that is wrong.
    pub const fn problems(&self) -> &Problems {
        &self.problems
    }
}

/// Reads a snapshot, collecting all problems.
///
/// # Errors
///
/// [`SnapshotError`] if there is any problem of severity error (unless `options.allow_partial`), or if the
/// bytes are not a snapshot at all.
pub(super) fn read(bytes: &[u8], options: ReadOptions) -> Result<Reading, SnapshotError> {
    let mut reader = Reader::default();
    let raw = match crate::json::from_slice::<Entry<RawSnapshot<'_>>>(bytes) {
        Ok(Entry::Object(raw)) => raw,
        Ok(_) => {
            reader.error(
                "wrong_type",
                Place::Root,
                "a snapshot is a JSON object",
                "pass the file that `gatepass export` wrote",
            );
            return Err(SnapshotError { problems: reader.problems });
        }
        Err(error) => {
            let message = format!("the JSON cannot be read: {error}");
            reader.error("json_syntax", Place::Root, message, "pass the whole file, as UTF-8 JSON");
            return Err(SnapshotError { problems: reader.problems });
        }
    };
    let records = reader.snapshot(&raw);
    let usable = !reader.problems.has_errors() || options.allow_partial;
    match records {
        Some(mut records) if usable => {
            if reader.problems.has_errors() {
                records.completeness = super::model::Completeness::Partial;
            }
            let snapshot = Snapshot::index(records);
            super::open::report_open(&snapshot, &mut reader.problems);
            Ok(Reading { snapshot, problems: reader.problems })
        }
        _ => Err(SnapshotError { problems: reader.problems }),
    }
}

/// Collects problems while values are read.
#[derive(Default)]
struct Reader {
    problems: Problems,
}

impl Reader {
    fn error(
        &mut self,
        code: &'static str,
        place: Place<'_>,
        message: impl Into<String>,
        remedy: &'static str,
    ) {
        self.problems.note(Severity::Error, code, place, message, remedy);
    }

    fn record(
        &mut self,
        code: &'static str,
        place: Place<'_>,
        message: impl Into<String>,
        remedy: &'static str,
    ) {
        self.problems.note(Severity::Record, code, place, message, remedy);
    }

    fn warning(
        &mut self,
        code: &'static str,
        place: Place<'_>,
        message: impl Into<String>,
        remedy: &'static str,
    ) {
        self.problems.note(Severity::Warning, code, place, message, remedy);
    }

    /// Reads everything; `None` if the file is not a snapshot of this format.
    fn snapshot(&mut self, raw: &RawSnapshot<'_>) -> Option<Records> {
        let root = Place::Root;
        for key in &raw.unknown {
            let remedy =
                "remove it; Konnect's own objects may carry unknown members, the snapshot itself may not";
            self.error(
                "key_unknown",
                root.member(key),
                format!("`{}` is not a member of a snapshot", crate::plain::Shown(key)),
                remedy,
            );
        }
        let format_known = raw.format.text() == Some(SNAPSHOT_FORMAT);
        if !format_known {
            let message = format!("format is {}, and this version reads `{SNAPSHOT_FORMAT}`", raw.format);
            self.error(
                "format_unsupported",
                root.member("format"),
                message,
                "use the Gatepass version that wrote the file, or export again",
            );
        }
        let exported_at = self.required_time(&raw.exported_at, root.member("exported_at"));
        let api = self.api(&raw.api);
        let region = self.region(&raw.region);
        let portal = self.portal(raw, api);

        let developers = self.developers(raw, api);
        let teams = self.teams(raw, &developers, region);
        let resources = self.resources(raw, portal.as_ref());
        self.check_role_entities(raw, &resources);
        let mut applications = self.applications(raw, api, &developers, &teams);
        let registrations = self.registrations(raw, api, &mut applications, &resources);
        let credentials = self.credentials(raw, &applications);
        let completeness = self.completeness(raw, api);

        Some(Records {
            exported_at: exported_at?,
            api: api.filter(|_| format_known)?,
            region,
            portal: portal?,
            developers: developers.items,
            teams: teams.items,
            applications: applications.items,
            registrations,
            resources: resources.items,
            credentials,
            completeness,
        })
    }

    fn api(&mut self, field: &Field<'_>) -> Option<Api> {
        let api = field.text().and_then(|word| Api::ALL.iter().copied().find(|api| api.as_str() == word));
        if api.is_none() {
            let message = format!("api is {field}, and can be `v2`, `v3` or `gateway-2.8`");
            self.error(
                "api_unknown",
                Place::Root.member("api"),
                message,
                "name the API the objects were read from",
            );
        }
        api
    }

    fn region(&mut self, field: &Field<'_>) -> Option<Region> {
        let root = Place::Root;
        let place = root.member("region");
        match field {
            Field::Absent | Field::Null => {
                let message = "without a region only roles in `*` count, and no bundle can be built";
                self.warning(
                    "region_missing",
                    place,
                    message,
                    "set `region` to the portal's region, such as `eu`",
                );
                None
            }
            Field::Text(code) if Region::from_code(code).is_some() => Region::from_code(code),
            Field::Text(_) => {
                let message = format!("region is {field}, and can be `au`, `eu`, `in`, `me`, `sg` or `us`");
                self.warning(
                    "region_unknown",
                    place,
                    message,
                    "set `region` to the portal's region; until then only roles in `*` count",
                );
                None
            }
            _ => {
                self.error(
                    "wrong_type",
                    place,
                    format!("region is {field}, and should be a text"),
                    "set `region` to the portal's region, such as `eu`",
                );
                None
            }
        }
    }

    fn portal(&mut self, raw: &RawSnapshot<'_>, api: Option<Api>) -> Option<Portal> {
        let root = Place::Root;
        let place = root.member("portal");
        let portal = self.object(&raw.portal, place)?;
        let id = self.id(&portal.id, place.member("id"));
        let rbac = match portal.rbac_enabled {
            Field::Boolean(true) => Rbac::On,
            Field::Boolean(false) => Rbac::Off,
            ref odd => {
                let message = format!("rbac_enabled is {odd}, and should be true or false");
                self.error(
                    "rbac_enabled_invalid",
                    place.member("rbac_enabled"),
                    message,
                    "export the portal again; whether roles decide cannot be guessed",
                );
                Rbac::On
            }
        };
        let public = self.flag_or_doubt(&portal.is_public, place.member("is_public"));
        let access = match api {
            Some(Api::V3) => match self
                .flag_or_doubt(&portal.authentication_enabled, place.member("authentication_enabled"))
            {
                Some(true) if portal.authentication_enabled != Field::Absent => PortalFact::Authenticated,
                _ => PortalFact::Public,
            },
            // A public v2 portal has no developers; a doubtful flag lets nobody register.
            _ if public == Some(false) => PortalFact::Authenticated,
            _ => PortalFact::Public,
        };
        let gateway =
            (api == Some(Api::Gateway28)).then(|| self.settings(&portal.settings, place.member("settings")));
        let auto_approve_developers = self
            .flag(&portal.auto_approve_developers, place.member("auto_approve_developers"))
            || gateway.is_some_and(|settings| settings.auto_approve);
        let auto_approve_applications =
            self.flag(&portal.auto_approve_applications, place.member("auto_approve_applications"));
        let team_assignment = self.team_assignment(&raw.auth_settings);
        Some(Portal {
            id: id?,
            name: portal.name.text().unwrap_or_default().to_owned(),
            rbac,
            access,
            visibility: if public == Some(true) { Visibility::Public } else { Visibility::Private },
            auto_approve_developers,
            auto_approve_applications,
            team_assignment,
            gateway,
        })
    }

    fn team_assignment(&mut self, settings: &Entry<RawAuthSettings<'_>>) -> TeamAssignment {
        let root = Place::Root;
        let place = root.member("auth_settings");
        if !self.entry_kind_ok(settings, place) {
            return TeamAssignment::Konnect;
        }
        let Entry::Object(settings) = settings else { return TeamAssignment::Konnect };
        let mut flag = |field: &Field<'_>, name| match field {
            Field::Null => false,
            field => self.flag(field, place.member(name)),
        };
        let by_idp = flag(&settings.idp_mapping_enabled, "idp_mapping_enabled");
        let by_oidc = flag(&settings.oidc_team_mapping_enabled, "oidc_team_mapping_enabled");
        let by_konnect = flag(&settings.konnect_mapping_enabled, "konnect_mapping_enabled");
        if (by_idp || by_oidc) && !by_konnect {
            TeamAssignment::IdentityProvider
        } else {
            TeamAssignment::Konnect
        }
    }
}
