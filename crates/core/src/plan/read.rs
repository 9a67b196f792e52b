//! From the file to the plan: every problem is collected, each with its place.

use std::str::FromStr;

use serde_json::Map;

use super::members::{RawChange, SHAPES, Shape};
use super::{Held, Hints, PLAN_FORMAT, Plan, PlannedChange, Profile, Subject};
use crate::json::{Entry, Field, Kind, List, lenient_object};
use crate::lifecycle::forbidden;
use crate::plain::Shown;
use crate::problem::{Place, Problems, Severity};
use crate::{Api, Change, EntityId, IdError, Region};

lenient_object! {
    RawPlan<'a> {
        format: Field<'a>,
        snapshot_sha256: Field<'a>,
        portal_id: Field<'a>,
        profile: Field<'a>,
        api: Field<'a>,
        region: Field<'a>,
        subjects: List<Entry<RawSubject<'a>>>,
        notes: List<Field<'a>>,
        // The letter of an invitation, which is for people.
        invitation: Field<'a>,
    }
    unknown unknown
}

lenient_object! {
    RawSubject<'a> {
        developer_id: Field<'a>,
        rule: Field<'a>,
        held: Entry<RawHeld<'a>>,
        seen: Field<'a>,
        changes: List<Entry<RawChange<'a>>>,
    }
    unknown unknown
}

lenient_object! {
    RawHeld<'a> { code: Field<'a>, message: Field<'a> }
    unknown unknown
}

/// What is to be done about most problems: plans are written by a program.
const AGAIN: &str = "pass the file that `gatepass plan` wrote, or plan again";

/// A plan that cannot be used, with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the plan has {} problems", problems.total())]
pub struct PlanError {
    problems: Problems,
}

impl PlanError {
    /// Everything that is wrong.
    pub const fn problems(&self) -> &Problems {
        &self.problems
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Plan, PlanError> {
    let mut reader = Reader::default();
    let plan = match crate::json::from_slice::<Entry<RawPlan<'_>>>(bytes) {
        Ok(Entry::Object(raw)) => reader.plan(&raw),
        Ok(_) => {
            reader.error("wrong_type", Place::Root, "a plan is a JSON object");
            None
        }
        Err(error) => {
            reader.error("json_syntax", Place::Root, format!("the JSON cannot be read: {error}"));
            None
        }
    };
    match plan {
        Some(plan) if reader.problems.is_empty() => Ok(plan),
        _ => Err(PlanError { problems: reader.problems }),
    }
}

#[derive(Default)]
struct Reader {
    problems: Problems,
}

impl Reader {
    fn error(&mut self, code: &'static str, place: Place<'_>, message: impl Into<String>) {
        self.problems.note(Severity::Error, code, place, message, AGAIN);
    }

    fn plan(&mut self, raw: &RawPlan<'_>) -> Option<Plan> {
        let root = Place::Root;
        self.unknown(&raw.unknown, root, "a plan");
        if raw.format.text() != Some(PLAN_FORMAT) {
            let message = format!("format is {}, and this version reads `{PLAN_FORMAT}`", raw.format);
            self.error("format_unsupported", root.member("format"), message);
        }
        let is_digest = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let snapshot_sha256 = self.word(
            &raw.snapshot_sha256,
            root.member("snapshot_sha256"),
            "sha256_invalid",
            "64 hexadecimal digits",
            |text| is_digest(text).then(|| text.to_ascii_lowercase()),
        );
        let portal_id = self.id(&raw.portal_id, root.member("portal_id"));
        let words = "`konnect-api`, `konnect-2022`, `gateway-2.8` or `dev-portal`";
        let profile = self.word(&raw.profile, root.member("profile"), "profile_unknown", words, |word| {
            word.parse::<Profile>().ok()
        });
        let words = "`v2`, `v3` or `gateway-2.8`";
        let api = self.word(&raw.api, root.member("api"), "api_unknown", words, |word| {
            Api::ALL.iter().copied().find(|api| api.as_str() == word)
        });
        let words = "`au`, `eu`, `in`, `me`, `sg` or `us`";
        let region =
            self.word(&raw.region, root.member("region"), "region_unknown", words, Region::from_code);
        let place = root.member("subjects");
        self.list(&raw.subjects, place);
        let mut subjects = Vec::with_capacity(raw.subjects.items().len());
        for (position, entry) in raw.subjects.items().iter().enumerate() {
            subjects.extend(self.subject(entry, place.item(position)));
        }
        let notes = self.notes(&raw.notes, root.member("notes"));
        let profile = profile.unwrap_or(Profile::KonnectApi);
        self.transitions(profile, &subjects);
        Some(Plan { snapshot_sha256, portal_id: portal_id?, profile, api, region, subjects, notes })
    }

    /// Refuses what the plan's own profile forbids; what it saw is compared with what is there when it is carried out.
    fn transitions(&mut self, profile: Profile, subjects: &[Subject]) {
        let (root, list);
        root = Place::Root;
        list = root.member("subjects");
        for (position, subject) in subjects.iter().enumerate() {
            let (subject_place, changes);
            subject_place = list.item(position);
            changes = subject_place.member("changes");
            for (at, planned) in subject.changes.iter().enumerate() {
                let seen = planned
                    .hints
                    .seen
                    .as_ref()
                    .or(subject.seen.as_ref().filter(|_| about(&planned.change).is_some()));
                if let Some(reason) = forbidden(profile, &planned.change, seen.map(String::as_str)) {
                    let message = format!("profile `{profile}` forbids this: {reason}");
                    self.error("transition_forbidden", changes.item(at), message);
                }
            }
        }
    }

    fn notes(&mut self, list: &List<Field<'_>>, place: Place<'_>) -> Vec<String> {
        if *list != List::Absent {
            self.list(list, place);
        }
        let mut notes = Vec::with_capacity(list.items().len());
        for (position, note) in list.items().iter().enumerate() {
            match note {
                Field::Text(note) => notes.push((**note).to_owned()),
                odd => {
                    let message = format!("there is {odd}, and should be a text");
                    self.error("wrong_type", place.item(position), message);
                }
            }
        }
        notes
    }

    fn subject(&mut self, entry: &Entry<RawSubject<'_>>, place: Place<'_>) -> Option<Subject> {
        let raw = self.object(entry, place)?;
        self.unknown(&raw.unknown, place, "a subject");
        let developer_id = if raw.developer_id.is_silent() {
            None
        } else {
            self.id(&raw.developer_id, place.member("developer_id"))
        };
        let text = |text: &str| Some(text.to_owned());
        let rule = self.word(&raw.rule, place.member("rule"), "wrong_type", "a text", text);
        let seen = self.word(&raw.seen, place.member("seen"), "wrong_type", "a text", text);
        let held = match &raw.held {
            Entry::Absent | Entry::Other(Kind::Null) => None,
            entry => self.held(entry, place.member("held")),
        };
        let list = place.member("changes");
        self.list(&raw.changes, list);
        let mut changes = Vec::with_capacity(raw.changes.items().len());
        for (position, entry) in raw.changes.items().iter().enumerate() {
            let place = list.item(position);
            let Some(planned) = self.change(entry, place) else { continue };
            if developer_id.is_some() && about(&planned.change).is_some_and(|id| Some(id) != developer_id) {
                let message = "the change is about another developer than its subject";
                self.error("developer_mismatch", place.member("developer_id"), message);
            }
            changes.push(planned);
        }
        if held.is_some() {
            // Whoever holds a subject means that nothing happens to it.
            changes.clear();
        }
        Some(Subject { developer_id, rule, held, seen, changes })
    }

    fn held(&mut self, entry: &Entry<RawHeld<'_>>, place: Place<'_>) -> Option<Held> {
        let raw = self.object(entry, place)?;
        self.unknown(&raw.unknown, place, "`held`");
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        if raw.code.is_silent() {
            self.error("value_missing", place.member("code"), "there should be a text");
        }
        let code = self.word(&raw.code, place.member("code"), "wrong_type", "a text", some);
        let any = |text: &str| Some(text.to_owned());
        let message = self.word(&raw.message, place.member("message"), "wrong_type", "a text", any);
        Some(Held { code: code?, message: message.unwrap_or_default() })
    }

    fn change(&mut self, entry: &Entry<RawChange<'_>>, place: Place<'_>) -> Option<PlannedChange> {
        let raw = self.object(entry, place)?;
        let before = self.problems.total();
        let shape = raw.change.text().and_then(|word| SHAPES.iter().find(|shape| shape.word == word));
        let Some(shape) = shape else {
            let message = format!("{} is no change; there are approve_developer and the like", raw.change);
            self.error("change_unknown", place.member("change"), message);
            return None;
        };
        self.unknown(&raw.unknown, place, shape.word);
        for (name, field) in raw.members() {
            self.member(shape, name, field, place.member(name));
        }
        if self.problems.total() > before {
            return None;
        }
        let text = |field: &Field<'_>| field.text().map(str::to_owned);
        let mut value = Map::new();
        value.insert("change".into(), shape.word.into());
        let required = raw.members().into_iter().filter(|(name, _)| shape.required.contains(name));
        value.extend(required.filter_map(|(name, field)| Some((name.into(), field.text()?.into()))));
        let has = |name: &str| shape.hints.contains(&name);
        let hints = Hints {
            application: raw
                .application_id
                .text()
                .filter(|_| has("application_id"))
                .and_then(|id| id.parse().ok()),
            seen: text(&raw.seen),
            group: text(&raw.group),
            team_name: text(&raw.team_name),
            api_package: raw.api_package == Field::Boolean(true),
        };
        match Change::of(&value) {
            Ok(change) => Some(PlannedChange { change, hints }),
            Err(error) => {
                self.error("change_invalid", place, format!("the change cannot be read: {error}"));
                None
            }
        }
    }

    /// Checks one member of a change.
    fn member(&mut self, shape: &Shape, name: &'static str, field: &Field<'_>, place: Place<'_>) {
        let (required, hint) = (shape.required.contains(&name), shape.hints.contains(&name));
        match field {
            Field::Absent if required => {
                self.error("value_missing", place, format!("`{}` needs `{name}`", shape.word));
            }
            Field::Absent => {}
            Field::Repeated => self.error("key_repeated", place, "the member is there twice"),
            _ if !required && !hint => {
                self.error("key_unknown", place, format!("`{name}` is not a member of `{}`", shape.word));
            }
            Field::Null if hint => {}
            Field::Boolean(_) if name == "api_package" => {}
            _ if name == "api_package" => self.wrong(field, place, "wrong_type", "true or false"),
            field => {
                let text = field.text();
                let (code, expected, good) = match name {
                    "role_name" => {
                        ("role_name_unknown", "`API Viewer` or `API Consumer`", text.is_some_and(is_role))
                    }
                    "entity_type_name" => ("entity_type_unknown", "`Services`", text == Some("Services")),
                    "entity_region" => {
                        let good = text.is_some_and(|code| code == "*" || Region::from_code(code).is_some());
                        ("region_unknown", "`*`, `au`, `eu`, `in`, `me`, `sg` or `us`", good)
                    }
                    "seen" | "group" | "team_name" => ("wrong_type", "a text", text.is_some()),
                    _ => ("uuid_invalid", "a UUID", text.is_some_and(|id| id.parse::<EntityId>().is_ok())),
                };
                if !good {
                    self.wrong(field, place, code, expected);
                }
            }
        }
    }

    fn wrong(&mut self, field: &Field<'_>, place: Place<'_>, code: &'static str, expected: &str) {
        self.error(code, place, format!("there is {field}, and should be {expected}"));
    }

    fn unknown(&mut self, keys: &[std::borrow::Cow<'_, str>], place: Place<'_>, of: &str) {
        for key in keys {
            let message = format!("`{}` is not a member of {of}", Shown(key));
            self.error("key_unknown", place.member(key), message);
        }
    }

    /// A text that may be absent or null, if it is one of those that can stand there.
    fn word<T>(
        &mut self,
        field: &Field<'_>,
        place: Place<'_>,
        code: &'static str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        if field.is_silent() {
            return None;
        }
        let read = field.text().and_then(read);
        if read.is_none() {
            self.wrong(field, place, code, expected);
        }
        read
    }

    fn id<T: FromStr<Err = IdError>>(&mut self, field: &Field<'_>, place: Place<'_>) -> Option<T> {
        let id = field.text().and_then(|text| text.parse().ok());
        if id.is_none() {
            self.wrong(field, place, "uuid_invalid", "a UUID");
        }
        id
    }

    fn object<'r, T>(&mut self, entry: &'r Entry<T>, place: Place<'_>) -> Option<&'r T> {
        match entry {
            Entry::Object(object) => return Some(object),
            Entry::Absent => self.error("value_missing", place, "there should be an object"),
            Entry::Repeated => self.error("key_repeated", place, "the member is there twice"),
            Entry::Other(kind) => {
                self.error("wrong_type", place, format!("there is {kind}, and should be an object"));
            }
        }
        None
    }

    fn list<T>(&mut self, list: &List<T>, place: Place<'_>) {
        match list {
            List::Items(_) => {}
            List::Absent => self.error("value_missing", place, "there should be a list"),
            List::Null => self.error("wrong_type", place, "there is null, and should be a list"),
            List::Repeated => self.error("key_repeated", place, "the member is there twice"),
            List::Other(kind) => {
                self.error("wrong_type", place, format!("there is {kind}, and should be a list"));
            }
        }
    }
}

fn is_role(name: &str) -> bool {
    matches!(name, "API Viewer" | "API Consumer")
}

/// The developer a change is about.
const fn about(change: &Change) -> Option<crate::DeveloperId> {
    match change {
        Change::ApproveDeveloper { developer_id }
        | Change::RejectDeveloper { developer_id }
        | Change::RevokeDeveloper { developer_id }
        | Change::DeleteDeveloper { developer_id }
        | Change::AddToTeam { developer_id, .. }
        | Change::RemoveFromTeam { developer_id, .. }
        | Change::MapGroup { developer_id, .. }
        | Change::CreateTeam { developer_id, .. } => Some(*developer_id),
        _ => None,
    }
}
