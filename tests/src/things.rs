//! The objects of a generated portal: the portal itself, people, applications and resources.

use serde_json::{Map, Value, json};

use crate::portal::{Maker, Shape};

/// The ids of a portal's objects.
#[derive(Debug)]
pub(crate) struct Ids {
    pub(crate) portal: String,
    pub(crate) developers: Vec<String>,
    pub(crate) teams: Vec<String>,
    pub(crate) applications: Vec<String>,
    pub(crate) products: Vec<String>,
    pub(crate) resources: Vec<String>,
    pub(crate) packages: Vec<String>,
    pub(crate) strategies: Vec<String>,
    pub(crate) services: Vec<String>,
    /// Ids of nothing in the portal.
    pub(crate) elsewhere: Vec<String>,
    pub(crate) number: u16,
}

/// An id: kind and portal make it unique, the rest puts it anywhere in the order of ids.
pub(crate) fn id(maker: &mut Maker, kind: u8, number: u16, position: usize) -> String {
    let anywhere = maker.random.next();
    format!("{:08x}-{:04x}-4000-8000-{kind:02x}{number:04x}{position:06x}", anywhere >> 32, anywhere & 0xffff)
}

impl Ids {
    pub(crate) fn of(maker: &mut Maker, shape: &Shape, number: u16) -> Self {
        let mut kind = 0;
        let mut some = |maker: &mut Maker, count: usize| {
            kind += 1;
            (0..count).map(|position| id(maker, kind, number, position)).collect::<Vec<_>>()
        };
        let (resources, packages) = if shape.api == "v3" && shape.resources > 1 {
            (shape.resources - 1, 1)
        } else {
            (shape.resources, 0)
        };
        Self {
            portal: some(maker, 1).remove(0),
            developers: some(maker, shape.developers),
            teams: some(maker, shape.teams),
            applications: some(maker, shape.applications),
            products: some(maker, 2),
            resources: some(maker, resources),
            packages: some(maker, packages),
            strategies: some(maker, 2),
            services: some(maker, 2),
            elsewhere: some(maker, 2),
            number,
        }
    }

    pub(crate) fn all_resources(&self) -> Vec<String> {
        self.resources.iter().chain(&self.packages).cloned().collect()
    }
}

pub(crate) fn portal_object(maker: &mut Maker, ids: &Ids) -> Value {
    let rbac = maker.random.percent(75);
    let mut portal = json!({"id": ids.portal, "name": "Portal", "rbac_enabled": rbac, "custom_domain": null});
    if maker.api == "v3" {
        maker.flag(&mut portal, "authentication_enabled", true);
        if maker.random.percent(10) {
            maker.flag(&mut portal, "is_public", false);
        }
    } else if maker.random.percent(60) {
        maker.flag(&mut portal, "is_public", false);
    }
    for name in ["auto_approve_developers", "auto_approve_applications"] {
        if maker.random.percent(50) {
            maker.flag(&mut portal, name, false);
        }
    }
    portal
}

pub(crate) fn auth_settings(maker: &mut Maker) -> Value {
    let mut settings = json!({});
    for name in ["idp_mapping_enabled", "oidc_team_mapping_enabled", "konnect_mapping_enabled"] {
        maker.flag(&mut settings, name, name != "konnect_mapping_enabled");
    }
    settings
}

pub(crate) fn developers(maker: &mut Maker, ids: &Ids) -> Vec<Value> {
    let mut developers = Vec::new();
    for (position, id) in ids.developers.iter().enumerate() {
        let mut developer = json!({
            "id": id, "email": format!("d{position}@example.com"), "full_name": "Ada",
            "created_at": "2026-11-01T08:00:00Z", "application_count": 1,
        });
        maker.status(&mut developer);
        developers.push(developer);
    }
    repeat_one(maker, &mut developers);
    developers
}

/// Sometimes one item is there twice, identically.
fn repeat_one(maker: &mut Maker, items: &mut Vec<Value>) {
    if !items.is_empty() && maker.odd() {
        let again = maker.random.pick(items);
        items.push(again);
    }
}

pub(crate) fn members(maker: &mut Maker, ids: &Ids, file: &mut Map<String, Value>) {
    let mut by_team = Map::new();
    let mut mapped = Map::new();
    for team in &ids.teams {
        let mut members = Vec::new();
        for developer in &ids.developers {
            if maker.random.percent(50) {
                members.push(if maker.random.percent(50) {
                    json!(developer)
                } else {
                    json!({"id": developer, "active": true})
                });
            }
        }
        repeat_one(maker, &mut members);
        match (members.is_empty(), maker.random.below(3)) {
            (true, 0) => {}
            (true, 1) => drop(by_team.insert(team.clone(), Value::Null)),
            _ => drop(by_team.insert(team.clone(), json!(members))),
        }
        if maker.random.percent(20) {
            mapped.insert(team.clone(), json!(["engineering", "staff"]));
        }
    }
    file.insert("team_developers".into(), Value::Object(by_team));
    file.insert("team_group_mappings".into(), Value::Object(mapped));
}

pub(crate) fn applications(maker: &mut Maker, ids: &Ids) -> Vec<Value> {
    let mut applications = Vec::new();
    for id in &ids.applications {
        let mut application = json!({"id": id, "name": "App", "registration_count": 7});
        own(maker, ids, &mut application);
        if maker.random.percent(if maker.api == "v3" { 30 } else { 15 }) {
            maker.status(&mut application);
        }
        if maker.random.percent(60) {
            application["auth_strategy"] = json!({"id": maker.random.pick(&ids.strategies), "name": "S"});
        }
        applications.push(application);
    }
    repeat_one(maker, &mut applications);
    applications
}

/// Names the owner as v2 or v3 does, or as nobody does.
fn own(maker: &mut Maker, ids: &Ids, application: &mut Value) {
    let developer = (!ids.developers.is_empty()).then(|| maker.random.pick(&ids.developers));
    let team = (!ids.teams.is_empty()).then(|| maker.random.pick(&ids.teams));
    if maker.odd() {
        match maker.random.below(6) {
            0 => application["owner"] = Value::Null,
            1 => application["owner"] = json!({"type": "Team", "id": ids.elsewhere[0]}),
            2 => application["owner"] = json!({"type": maker.nonsense(), "id": team}),
            3 => application["owner"] = json!({"id": developer}),
            4 if developer.is_some() && team.is_some() => {
                application["owner"] = json!({"type": "team", "id": team});
                application["developer"] = json!({"id": developer});
            }
            _ => {}
        }
        return;
    }
    let by_team = maker.api == "v3" && maker.random.percent(40);
    match (developer, team) {
        (_, Some(team)) if by_team => application["owner"] = json!({"type": "team", "id": team}),
        (Some(developer), _) if maker.api == "v3" => {
            application["owner"] = json!({"type": "developer", "id": developer});
            if maker.random.percent(10) {
                application["developer"] = json!(developer);
            }
        }
        (Some(developer), _) => {
            application["developer"] = json!({"id": developer, "name": "Ada", "email": "x@example.com"});
        }
        (None, _) => {}
    }
}

pub(crate) fn resources(maker: &mut Maker, ids: &Ids, file: &mut Map<String, Value>) {
    if maker.api == "v3" {
        apis(maker, ids, file);
    } else {
        product_versions(maker, ids, file);
    }
}

fn strategies(maker: &mut Maker, ids: &Ids, object: &mut Value) {
    match maker.random.below(5) {
        0 => {}
        1 => object["auth_strategy_ids"] = Value::Null,
        2 => object["auth_strategy_ids"] = json!([]),
        _ => object["auth_strategy_ids"] = json!([maker.random.pick(&ids.strategies)]),
    }
}

fn product_versions(maker: &mut Maker, ids: &Ids, file: &mut Map<String, Value>) {
    let products = ids.products.iter().map(|id| json!({"id": id, "name": "Orders"})).collect();
    maker.list(file, "products", products);
    let mut versions = Vec::new();
    for id in &ids.resources {
        let mut version = json!({"id": id, "product_id": maker.random.pick(&ids.products), "name": "v1"});
        maker.put(
            &mut version,
            "publish_status",
            &["published", "published", "published", "unpublished"].map(Value::from),
        );
        maker.flag(&mut version, "application_registration_enabled", true);
        for name in ["auto_approve_registration", "deprecated"] {
            if maker.random.percent(50) {
                maker.flag(&mut version, name, false);
            }
        }
        strategies(maker, ids, &mut version);
        if maker.random.percent(60) {
            version["gateway_service"] =
                json!({"id": maker.random.pick(&ids.services), "control_plane_id": "c"});
        }
        versions.push(version);
    }
    repeat_one(maker, &mut versions);
    maker.list(file, "product_versions", versions);
}

fn apis(maker: &mut Maker, ids: &Ids, file: &mut Map<String, Value>) {
    let mut publications = Vec::new();
    let mut implementations = Vec::new();
    for (name, own) in [("apis", &ids.resources), ("api_packages", &ids.packages)] {
        let mut described = Vec::new();
        for id in own {
            let mut api = json!({"id": id, "name": "Orders", "version": maker.random.pick(&[json!("v1"), Value::Null])});
            if maker.random.percent(20) {
                maker.flag(&mut api, "deprecated", false);
            }
            described.push(api);
            let times = maker.random.pick(&[0, 1, 1, 1, 1, 1, 1, 2]);
            for _ in 0..times {
                let elsewhere = maker.random.percent(10);
                let mut publication = json!({"api_id": id, "portal_id": if elsewhere { &ids.elsewhere[0] } else { &ids.portal }});
                maker.put(&mut publication, "visibility", &["private", "private", "public"].map(Value::from));
                if maker.random.percent(50) {
                    maker.flag(&mut publication, "auto_approve_registrations", false);
                }
                strategies(maker, ids, &mut publication);
                publications.push(publication);
            }
            if maker.random.percent(60) {
                implementations
                    .push(json!({"api_id": id, "service": {"id": maker.random.pick(&ids.services)}}));
            }
        }
        maker.list(file, name, described);
    }
    maker.list(file, "publications", publications);
    maker.list(file, "implementations", implementations);
}
