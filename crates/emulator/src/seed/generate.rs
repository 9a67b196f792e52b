//! Makes a portal of a given size.

use std::collections::HashSet;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::rows::{flag, insert, maybe, text};
use super::{Seed, names};
use crate::options::Api;
use crate::random::{Random, uuid};
use crate::{clock, operations};

/// 2026-01-01T00:00:00Z.
const EPOCH: i64 = 1_767_225_600_000;
const MINUTE: i64 = 60_000;

pub(super) struct Maker<'a> {
    pub(super) connection: &'a Connection,
    pub(super) seed: Seed,
    pub(super) random: Random,
}

/// Fills the database with one portal of the size, and one with nothing in it.
pub(crate) fn generate(connection: &Connection, seed: Seed) -> rusqlite::Result<()> {
    let mut maker = Maker { connection, seed, random: Random::new(seed.seed) };
    let strategies = maker.strategies()?;
    let portal = maker.portal(0, "Shop developers", seed.rbac, &strategies)?;
    maker.portal(1, "Partners (empty)", false, &strategies)?;
    let resources = match seed.api {
        Api::V2 => maker.products(&portal, &strategies)?,
        Api::V3 => maker.apis(&portal, &strategies)?,
    };
    let developers = maker.developers(&portal)?;
    let teams = maker.teams(&portal, &resources)?;
    maker.memberships(&teams, &developers)?;
    let applications = maker.applications(&portal, &developers, &teams, &strategies)?;
    maker.registrations(&applications, &resources)
}

/// What can be registered for, and the entity its roles name.
pub(super) struct Resource {
    pub(super) id: String,
    pub(super) entity: String,
    pub(super) kind: &'static str,
}

impl Maker<'_> {
    pub(super) fn id(&self, kind: &str, number: usize) -> String {
        uuid(self.seed.seed, kind, u64::try_from(number).unwrap_or(u64::MAX))
    }

    /// A time `number` steps of some minutes after the beginning of the year; whole seconds, so that all shapes can show it.
    pub(super) fn at(number: usize, minutes: i64) -> String {
        clock::text(EPOCH + i64::try_from(number).unwrap_or(0) * minutes * MINUTE + 7_000)
    }

    fn choose<'b>(&mut self, items: &[&'b str]) -> &'b str {
        self.random.pick(items).copied().unwrap_or_default()
    }

    /// 80 % approved, and the others.
    fn status(&mut self) -> &'static str {
        match self.random.below(100) {
            0..80 => "approved",
            80..91 => "pending",
            91..96 => "rejected",
            _ => "revoked",
        }
    }

    fn strategies(&self) -> rusqlite::Result<Vec<String>> {
        let bodies = [
            json!({"name": "API key", "credential_type": "key_auth", "key_names": ["apikey"]}),
            json!({"name": "OIDC", "credential_type": "self_managed_client_credentials", "auth_methods": ["client_credentials", "bearer"]}),
        ];
        let mut ids = Vec::new();
        for (number, mut body) in bodies.into_iter().enumerate() {
            let id = self.id("strategy", number);
            if let Some(members) = body.as_object_mut() {
                members.insert("id".to_owned(), Value::from(id.as_str()));
            }
            let columns = [
                ("id", text(&*id)),
                ("body", text(body.to_string())),
                ("strategy_type", text(if number == 0 { "key_auth" } else { "openid_connect" })),
                ("issuer", maybe((number > 0).then_some("https://idp.example/oauth2/default"))),
                ("created_at", text(Self::at(number, 3))),
                ("updated_at", text(Self::at(number, 5))),
            ];
            insert(self.connection, "strategies", &columns)?;
            ids.push(id);
        }
        Ok(ids)
    }

    fn portal(
        &self,
        number: usize,
        name: &str,
        rbac: bool,
        strategies: &[String],
    ) -> rusqlite::Result<String> {
        let id = self.id("portal", number);
        let mut body = operations::portal_defaults(self.seed.api, &id);
        body.insert("name".to_owned(), Value::from(name));
        body.insert("display_name".to_owned(), Value::from(name));
        body.insert("rbac_enabled".to_owned(), Value::from(rbac));
        body.insert("default_application_auth_strategy_id".to_owned(), json!(strategies.first()));
        let columns = [
            ("id", text(&*id)),
            ("api", text(self.seed.api.name())),
            ("region", text("eu")),
            ("body", text(Value::Object(body).to_string())),
            ("auth_settings", text(operations::auth_defaults().to_string())),
            ("created_at", text(Self::at(number, 1))),
            ("updated_at", text(Self::at(number, 2))),
        ];
        insert(self.connection, "portals", &columns)?;
        Ok(id)
    }

    fn developers(&mut self, portal: &str) -> rusqlite::Result<Vec<String>> {
        let mut ids = Vec::with_capacity(self.seed.developers);
        for number in 0..self.seed.developers {
            let (first, last) = (self.choose(names::FIRST), self.choose(names::LAST));
            let (domain, status) = (self.choose(names::DOMAINS), self.status());
            let local: String =
                first.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
            let id = self.id("developer", number);
            let columns = [
                ("id", text(&*id)),
                ("portal_id", text(portal)),
                ("email", text(format!("{local}{number}@{domain}"))),
                ("full_name", text(format!("{first} {last}"))),
                ("status", text(status)),
                ("created_at", text(Self::at(number, 61))),
                ("updated_at", text(Self::at(number, 67))),
            ];
            insert(self.connection, "developers", &columns)?;
            ids.push(id);
        }
        Ok(ids)
    }

    fn teams(&mut self, portal: &str, resources: &[Resource]) -> rusqlite::Result<Vec<String>> {
        let mut ids = Vec::with_capacity(self.seed.teams);
        for number in 0..self.seed.teams {
            let id = self.id("team", number);
            let name =
                names::TEAMS.get(number).map_or_else(|| format!("Team {number}"), |name| (*name).to_owned());
            let columns = [
                ("id", text(&*id)),
                ("portal_id", text(portal)),
                ("description", text(format!("What {name} may see and call"))),
                ("name", text(name)),
                ("can_own_applications", flag(self.seed.api == Api::V3 && number % 2 == 0)),
                ("created_at", text(Self::at(number, 11))),
                ("updated_at", text(Self::at(number, 13))),
            ];
            insert(self.connection, "teams", &columns)?;
            let roles = self.random.below(7);
            self.roles(number, &id, roles, resources)?;
            ids.push(id);
        }
        Ok(ids)
    }

    fn roles(&mut self, team: usize, id: &str, count: usize, resources: &[Resource]) -> rusqlite::Result<()> {
        let mut seen = HashSet::new();
        for number in 0..count {
            let Some(entity) = self.random.pick(resources).map(|resource| resource.entity.clone()) else {
                continue;
            };
            let role = if self.random.percent(65) { "API Consumer" } else { "API Viewer" };
            let region = self.choose(&["eu", "eu", "eu", "*", "us"]);
            if !seen.insert((role, entity.clone(), region)) {
                continue;
            }
            let columns = [
                ("id", text(self.id("role", team * 1000 + number))),
                ("team_id", text(id)),
                ("role_name", text(role)),
                ("entity_id", text(entity)),
                ("entity_type_name", text("Services")),
                ("entity_region", text(region)),
            ];
            insert(self.connection, "team_roles", &columns)?;
        }
        Ok(())
    }

    fn memberships(&mut self, teams: &[String], developers: &[String]) -> rusqlite::Result<()> {
        for developer in developers {
            let mut seen = HashSet::new();
            for _ in 0..self.random.below(4) {
                let Some(team) = self.random.pick(teams) else { continue };
                if seen.insert(team) {
                    let columns = [("team_id", text(&**team)), ("developer_id", text(&**developer))];
                    insert(self.connection, "team_developers", &columns)?;
                }
            }
        }
        Ok(())
    }

    fn applications(
        &mut self,
        portal: &str,
        developers: &[String],
        teams: &[String],
        strategies: &[String],
    ) -> rusqlite::Result<Vec<String>> {
        let mut ids = Vec::with_capacity(self.seed.applications);
        let owning: Vec<&String> = teams.iter().step_by(2).collect();
        for number in 0..self.seed.applications {
            let of_team = self.seed.api == Api::V3 && !owning.is_empty() && self.random.percent(20);
            let owner =
                if of_team { self.random.pick(&owning).copied() } else { self.random.pick(developers) };
            let Some(owner) = owner else { break };
            let (id, keys) = (self.id("application", number), !self.random.percent(25));
            let client = id.replace('-', "");
            let name = format!("{} {number}", self.choose(names::APPLICATIONS));
            let columns = [
                ("id", text(&*id)),
                ("portal_id", text(portal)),
                ("name", text(name)),
                ("description", maybe((number % 3 > 0).then_some("Made for tests"))),
                ("labels", text(if number % 5 == 0 { r#"{"env":"test"}"# } else { "{}" })),
                ("reference_id", text(&*client)),
                ("client_id", text(client)),
                ("owner_type", text(if of_team { "team" } else { "developer" })),
                ("owner_id", text(&**owner)),
                ("strategy_id", maybe(strategies.get(usize::from(!keys)).map(String::as_str))),
                ("created_at", text(Self::at(number, 101))),
                ("updated_at", text(Self::at(number, 103))),
            ];
            insert(self.connection, "applications", &columns)?;
            self.credential(number, &id, keys)?;
            ids.push(id);
        }
        Ok(ids)
    }

    fn credential(&self, number: usize, application: &str, key: bool) -> rusqlite::Result<()> {
        let columns = [
            ("id", text(self.id("credential", number))),
            ("application_id", text(application)),
            ("type", text(if key { "api_key" } else { "client_secret" })),
            ("display_name", text(format!("Credential {number}"))),
            ("client_id", maybe((!key).then(|| application.replace('-', "")))),
            ("status", maybe(key.then_some("active"))),
            ("created_at", text(Self::at(number, 105))),
        ];
        insert(self.connection, "credentials", &columns)
    }

    fn registrations(&mut self, applications: &[String], resources: &[Resource]) -> rusqlite::Result<()> {
        let pairs = applications.len().saturating_mul(resources.len());
        let wanted = self.seed.registrations.min(pairs);
        let mut seen = HashSet::with_capacity(wanted);
        for number in 0..wanted {
            // From a pair at random to the next that is free: all pairs are reached.
            let mut pair = self.random.below(pairs);
            while !seen.insert(pair) {
                pair = (pair + 1) % pairs;
            }
            let (Some(application), Some(resource)) =
                (applications.get(pair / resources.len()), resources.get(pair % resources.len()))
            else {
                continue;
            };
            let columns = [
                ("id", text(self.id("registration", number))),
                ("application_id", text(&**application)),
                ("resource_type", text(resource.kind)),
                ("resource_id", text(&*resource.id)),
                ("status", text(self.status())),
                ("created_at", text(Self::at(number, 53))),
                ("updated_at", text(Self::at(number, 59))),
            ];
            insert(self.connection, "registrations", &columns)?;
        }
        Ok(())
    }
}
