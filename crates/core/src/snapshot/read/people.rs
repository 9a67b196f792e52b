//! Developers and teams: who is there, who belongs together.

use super::Reader;
use super::repeated::{InFile, Indexed};
use crate::arrange::Arrange as _;
use crate::json::{Entries, Field};
use crate::plain::Shown;
use crate::problem::Place;
use crate::snapshot::model::{Api, Developer, Team};
use crate::snapshot::raw::{RawDeveloper, RawSnapshot};
use crate::{DeveloperId, DeveloperStatus, Region, TeamId};

impl Reader {
    pub(super) fn developers(&mut self, raw: &RawSnapshot<'_>, api: Option<Api>) -> Indexed<Developer> {
        let root = Place::Root;
        let list = root.member("developers");
        self.check_list(&raw.developers, list);
        let mut read = Vec::with_capacity(raw.developers.items().len());
        for (position, entry) in raw.developers.items().iter().enumerate() {
            let place = list.item(position);
            let Some(developer) = self.object(entry, place) else { continue };
            if let Some(developer) = self.developer(developer, api, place) {
                read.push((InFile { list: "developers", position }, developer));
            }
        }
        self.unique(read)
    }

    fn developer(&mut self, raw: &RawDeveloper<'_>, api: Option<Api>, place: Place<'_>) -> Option<Developer> {
        let id = self.id(&raw.id, place.member("id"));
        let status = DeveloperStatus::from(self.status(&raw.status, api, place.member("status")));
        if !raw.email.text().is_some_and(is_ordinary_email) {
            let message = format!("the e-mail address is {}", raw.email);
            self.warning(
                "email_odd",
                place.member("email"),
                message,
                "look at it before you approve this developer",
            );
        }
        let created_at = self.time(&raw.created_at, place.member("created_at"));
        let updated_at = self.time(&raw.updated_at, place.member("updated_at"));
        Some(Developer {
            id: id?,
            email: Self::name(&raw.email),
            name: Self::name(&raw.full_name),
            status,
            created_at,
            updated_at,
        })
    }

    pub(super) fn teams(
        &mut self,
        raw: &RawSnapshot<'_>,
        developers: &Indexed<Developer>,
        region: Option<Region>,
    ) -> Indexed<Team> {
        let root = Place::Root;
        let list = root.member("teams");
        self.check_list(&raw.teams, list);
        let mut read = Vec::with_capacity(raw.teams.items().len());
        for (position, entry) in raw.teams.items().iter().enumerate() {
            let place = list.item(position);
            let Some(team) = self.object(entry, place) else { continue };
            // Times are read for their problems' sake only.
            self.time(&team.created_at, place.member("created_at"));
            self.time(&team.updated_at, place.member("updated_at"));
            let Some(id) = self.id(&team.id, place.member("id")) else { continue };
            let name = Self::name(&team.name);
            read.push((
                InFile { list: "teams", position },
                Team { id, name, members: Vec::new(), roles: Vec::new(), assignments: 0, groups: Vec::new() },
            ));
        }
        let mut teams = self.unique(read);
        self.memberships(raw, developers, &mut teams);
        self.team_roles(raw, &mut teams, region);
        self.group_mappings(raw, &mut teams);
        for position in &teams.distrusted {
            // Its roles are read by now; which of two teams has them is not known.
            if let Some(team) = teams.items.get_mut(*position as usize) {
                team.roles.clear();
            }
        }
        teams
    }

    /// The team that a key of one of the by-team objects names.
    pub(super) fn team_of_key(&mut self, key: &str, teams: &Indexed<Team>, place: Place<'_>) -> Option<u32> {
        let Ok(id) = key.parse::<TeamId>() else {
            self.error(
                "uuid_invalid",
                place,
                format!("the key `{}` is not a UUID", Shown(key)),
                "use the team's id as the key",
            );
            return None;
        };
        let team = teams.get(id);
        if team.is_none() {
            self.error(
                "team_dangling",
                place,
                format!("team `{id}` is not among the teams"),
                "export again, or add the team to `teams`",
            );
        }
        team
    }

    /// Checks an object with free keys: a key that is there twice is an error, whatever its value.
    pub(super) fn check_entries<T>(&mut self, entries: &Entries<'_, T>, place: Place<'_>) {
        match entries {
            Entries::Absent | Entries::Null => {}
            Entries::Repeated => {
                self.error(
                    "key_repeated",
                    place,
                    "the member is there twice",
                    "keep one of the two; which one counts cannot be guessed",
                );
            }
            Entries::Other(kind) => {
                self.error(
                    "wrong_type",
                    place,
                    format!("there is {kind}, and should be an object or null"),
                    "export the portal again",
                );
            }
            Entries::Items(items) => {
                let mut keys: Vec<&str> = items.iter().map(|(key, _)| &**key).collect();
                keys.arrange();
                for pair in keys.windows(2) {
                    if let [one, other] = pair
                        && one == other
                    {
                        let remedy = "keep one of the two; which one counts cannot be guessed";
                        self.error(
                            "key_repeated",
                            place.member(one),
                            format!("`{}` is there twice", Shown(one)),
                            remedy,
                        );
                    }
                }
            }
        }
    }

    fn memberships(
        &mut self,
        raw: &RawSnapshot<'_>,
        developers: &Indexed<Developer>,
        teams: &mut Indexed<Team>,
    ) {
        let root = Place::Root;
        let place = root.member("team_developers");
        self.check_entries(&raw.team_developers, place);
        for (key, list) in raw.team_developers.items() {
            let place = place.member(key);
            self.check_list(list, place);
            let Some(team) = self.team_of_key(key, teams, place) else { continue };
            let mut members = Vec::with_capacity(list.items().len());
            for (position, entry) in list.items().iter().enumerate() {
                let place = place.item(position);
                let Some(member) = self.object(entry, place) else { continue };
                let Some(id) = self.id::<DeveloperId>(&member.id, place) else { continue };
                match developers.get(id) {
                    Some(developer) => members.push(developer),
                    None => self.error(
                        "developer_dangling",
                        place,
                        format!("developer `{id}` is not among the developers"),
                        "export again; the lists were read at different times",
                    ),
                }
            }
            if let Some(team) = teams.items.get_mut(team as usize) {
                team.members.append(&mut members);
                let named = team.members.len();
                team.members.arrange();
                team.members.dedup();
                if team.members.len() < named {
                    self.warning(
                        "member_repeated",
                        place,
                        "a developer is in the team twice",
                        "nothing to do; it is counted once",
                    );
                }
            }
        }
    }

    fn group_mappings(&mut self, raw: &RawSnapshot<'_>, teams: &mut Indexed<Team>) {
        let root = Place::Root;
        let place = root.member("team_group_mappings");
        self.check_entries(&raw.team_group_mappings, place);
        for (key, list) in raw.team_group_mappings.items() {
            let place = place.member(key);
            self.check_list(list, place);
            let Some(team) = self.team_of_key(key, teams, place) else { continue };
            for (position, group) in list.items().iter().enumerate() {
                match (group, teams.items.get_mut(team as usize)) {
                    (Field::Text(group), Some(team)) => team.groups.push((&**group).into()),
                    (odd, _) => {
                        self.error(
                            "wrong_type",
                            place.item(position),
                            format!("the group is {odd}, and should be a text"),
                            "write the group's name",
                        );
                    }
                }
            }
        }
    }
}

/// Whether an address looks like one: one `@` with something on both sides, no white space or control
/// characters, at most 254 octets. Approvals look much closer.
fn is_ordinary_email(email: &str) -> bool {
    let plain = email.len() <= 254 && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    plain
        && email
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}
