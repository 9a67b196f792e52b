//! A portal in memory that answers as the documents say, for tests: lists with paging, objects in lists,
//! changes, and faults on demand.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Answer, Method, Request, Response};

/// `00000000-0000-0000-0000-00000000002a` for 42.
pub(super) fn id(number: u64) -> String {
    format!("00000000-0000-0000-0000-{number:012}")
}

/// A fault for a request: given the request and how many came before, the answer to give in its place.
pub(super) type Fault = Box<dyn FnMut(&Request, u64) -> Option<Answer>>;

#[derive(Default)]
pub(super) struct Server {
    /// By path.
    pub(super) lists: BTreeMap<String, Vec<Value>>,
    pub(super) objects: BTreeMap<String, Value>,
    pub(super) fault: Option<Fault>,
    /// What the lists say their total is, where that is not the truth.
    pub(super) totals: BTreeMap<String, u64>,
    /// At most so many objects on a page, whatever is asked for.
    pub(super) page_cap: usize,
    /// The changes that were made: method and path.
    pub(super) made: Vec<String>,
    pub(super) requests: u64,
}

pub(super) fn problem(status: u16, detail: &str) -> Answer {
    let body = json!({"status": status, "title": "T", "instance": "kong:trace:1", "detail": detail});
    Answer::Response(Response {
        status,
        content_type: Some("application/problem+json".into()),
        retry_after: None,
        body: body.to_string().into_bytes(),
    })
}

fn float(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

fn number(query: &str, name: &str) -> usize {
    let value = query.split('&').find_map(|part| part.strip_prefix(name));
    value.map_or(1, |value| value.parse().unwrap())
}

/// Whether a path segment names an object.
fn names(item: &Value, key: &str) -> bool {
    ["id", "product_version_id"].iter().any(|member| item[*member] == key)
}

/// The portal's list in which an application's registrations are, and the application.
fn home(list: &str) -> (String, Option<&str>) {
    let parts = list.strip_suffix("/registrations").and_then(|rest| rest.split_once("/applications/"));
    match parts {
        Some((portal, application)) => (format!("{portal}/application-registrations"), Some(application)),
        None => (list.to_owned(), None),
    }
}

impl Server {
    pub(super) fn answer(&mut self, request: &Request) -> Answer {
        let before = self.requests;
        self.requests += 1;
        if let Some(answer) = self.fault.as_mut().and_then(|fault| fault(request, before)) {
            return answer;
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let body: Option<Value> = request.body.as_deref().map(|body| serde_json::from_str(body).unwrap());
        match request.method {
            Method::Get => self.get(path, query),
            _ => self.change(request.method, path, body),
        }
    }

    fn get(&self, path: &str, query: &str) -> Answer {
        let (home, application) = home(path);
        if let Some(list) = self.lists.get(&home) {
            let of = |item: &&Value| application.is_none_or(|id| item["application"]["id"] == *id);
            let list: Vec<&Value> = list.iter().filter(of).collect();
            let size = number(query, "page%5Bsize%5D=");
            let size = if self.page_cap == 0 { size } else { size.min(self.page_cap) };
            let page = number(query, "page%5Bnumber%5D=");
            let data: Vec<&Value> = list.iter().copied().skip((page - 1) * size).take(size).collect();
            let total = self.totals.get(path).copied().unwrap_or(list.len() as u64);
            // `10.0` is a number of this API too.
            let meta = json!({"page": {"number": float(page), "size": float(size), "total": total}});
            return Answer::json(200, json!({"data": data, "meta": meta}).to_string());
        }
        match self.objects.get(path).or_else(|| self.find(path)) {
            Some(object) => Answer::json(200, object.to_string()),
            None => problem(404, "Not found"),
        }
    }

    fn find(&self, path: &str) -> Option<&Value> {
        let (list, key) = path.rsplit_once('/')?;
        self.lists.get(&home(list).0)?.iter().find(|item| names(item, key))
    }

    fn change(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let answer = match method {
            Method::Post => self.post(path, body.unwrap()),
            Method::Delete => self.delete(path),
            Method::Put => {
                // Without strategies a publication gets the portal's default.
                let mut publication = json!({"visibility": "private", "auth_strategy_ids": [id(4000)]});
                publication.as_object_mut().unwrap().extend(body.unwrap().as_object().unwrap().clone());
                self.objects.insert(path.to_owned(), publication.clone());
                Answer::json(200, publication.to_string())
            }
            _ => self.patch(path, &body.unwrap()),
        };
        if matches!(&answer, Answer::Response(response) if response.status < 300) {
            self.made.push(format!("{method} {path}"));
        }
        answer
    }

    fn post(&mut self, path: &str, body: Value) -> Answer {
        let fresh = 900_000 + self.requests;
        let (home, application) = home(path);
        let list = self.lists.entry(home).or_default();
        let Value::Object(mut members) = body else { return problem(400, "no object") };
        if let (Some(api), Some(application)) = (members.remove("api_id"), application) {
            members.insert("api".into(), json!({"id": api}));
            members.insert("application".into(), json!({"id": application}));
        }
        // A team may have a name twice; everything else here is unique.
        let same = |item: &Value| members.iter().all(|(name, value)| item[name] == *value);
        if !path.ends_with("/teams") && list.iter().any(same) {
            return problem(409, "Conflict");
        }
        let mut item = Map::from_iter([("id".to_owned(), json!(id(fresh)))]);
        item.extend(members);
        list.push(Value::Object(item.clone()));
        if path.ends_with("/developers") {
            return Answer::Response(Response {
                status: 201,
                content_type: Some("text/plain".into()),
                retry_after: None,
                body: b"Created".to_vec(),
            });
        }
        Answer::json(201, Value::Object(item).to_string())
    }

    fn patch(&mut self, path: &str, body: &Value) -> Answer {
        if path.ends_with("team-group-mappings") {
            let list = self.lists.entry(path.to_owned()).or_default();
            for change in body["data"].as_array().unwrap() {
                list.retain(|mapping| mapping["team_id"] != change["team_id"]);
                list.push(change.clone());
            }
            return Answer::json(200, json!({"data": list}).to_string());
        }
        let Some((list, key)) = path.rsplit_once('/') else { return problem(404, "Not found") };
        let item =
            self.lists.get_mut(&home(list).0).and_then(|list| list.iter_mut().find(|item| names(item, key)));
        let Some(Value::Object(item)) = item else { return problem(404, "Not found") };
        item.extend(body.as_object().unwrap().clone());
        Answer::json(200, Value::Object(item.clone()).to_string())
    }

    fn delete(&mut self, path: &str) -> Answer {
        if self.find(path).is_none() {
            return problem(404, "Not found");
        }
        let (list, key) = path.rsplit_once('/').unwrap();
        self.lists.get_mut(&home(list).0).unwrap().retain(|item| !names(item, key));
        Answer::Response(Response { status: 204, ..Response::default() })
    }

    fn portal(&mut self, base: &str, extra: &Value) {
        let mut portal = json!({
            "id": id(1), "name": "Orders", "rbac_enabled": true, "auto_approve_developers": false,
            "auto_approve_applications": false, "display_name": "Größe \"x\"", "number": 12_345_678_901_234_567_890_u64,
        });
        portal.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        self.lists.insert(base.to_owned(), vec![portal.clone(), json!({"id": id(2), "name": "Other"})]);
        self.objects.insert(
            format!("{base}/{}/authentication-settings", id(1)),
            json!({"basic_auth_enabled": true, "konnect_mapping_enabled": true, "oidc_auth_enabled": false,
                   "oidc_team_mapping_enabled": false}),
        );
    }

    fn people(&mut self, base: &str, developers: u64, teams: u64) {
        let of = |name: &str| format!("{base}/{}/{name}", id(1));
        let developer = |n: u64| {
            let status = ["approved", "pending", "revoked"][usize::try_from(n % 3).unwrap()];
            json!({"id": id(100 + n), "email": format!("dev{n}@arsenal.com"), "full_name": format!("Dev {n}"),
                   "status": status,
                   "created_at": "2023-11-14T18:06:57Z", "updated_at": "2023-11-14T18:06:57.52Z"})
        };
        // The API's order is its own.
        self.lists.insert(of("developers"), (0..developers).rev().map(developer).collect());
        let team = |n: u64| json!({"id": id(5000 + n), "name": format!("Team {n}"), "description": ""});
        self.lists.insert(of("teams"), (0..teams).map(team).collect());
        for n in 0..teams {
            let members = (0..developers).filter(|d| d % teams == n).map(|d| {
                json!({"id": id(100 + d), "email": format!("dev{d}@arsenal.com"), "full_name": "x", "active": true})
            });
            self.lists.insert(of(&format!("teams/{}/developers", id(5000 + n))), members.collect());
            // Konnect repeats the id of role assignments.
            let role = |name: &str| {
                json!({"id": id(6000 + n), "role_name": name, "entity_id": id(3000), "entity_type_name": "Services",
                       "entity_region": "eu"})
            };
            let roles = vec![role("API Viewer"), role("API Consumer")];
            self.lists.insert(of(&format!("teams/{}/assigned-roles", id(5000 + n))), roles);
        }
        self.lists.insert(
            of("identity-provider/team-group-mappings"),
            vec![json!({"team_id": id(5000), "groups": ["Tech \"Leads\"", "Ärzte"]})],
        );
        self.lists.insert(
            "/v2/application-auth-strategies".into(),
            vec![
                json!({"id": id(4000), "name": "oidc", "strategy_type": "openid_connect",
                       "configs": {"openid-connect": {"issuer": "https://idp.example"}}}),
                json!({"id": id(4001), "name": "key", "strategy_type": "key_auth",
                       "configs": {"key-auth": {"key_names": ["apikey"]}}}),
            ],
        );
    }

    /// A consistent v2 portal.
    pub(super) fn v2(developers: u64, teams: u64, applications: u64) -> Self {
        let mut server = Self::default();
        server.portal("/v2/portals", &json!({"is_public": false}));
        server.people("/v2/portals", developers, teams);
        let of = |name: &str| format!("/v2/portals/{}/{name}", id(1));
        let application = |n: u64| {
            let kind = if n.is_multiple_of(2) { "self_managed_client_credentials" } else { "key_auth" };
            json!({"id": id(10_000 + n), "name": format!("App {n}"), "reference_id": format!("ref-{n}"),
                   "developer": {"id": id(100 + n % developers), "name": "x", "email": "x@y.z"},
                   "auth_strategy": {"id": id(4000 + n % 2), "name": "s",
                                     "credential_type": kind},
                   "registration_count": 10.0, "created_at": "2023-11-14T18:06:57.999Z"})
        };
        server.lists.insert(of("applications"), (0..applications).map(application).collect());
        let registration = |n: u64| {
            json!({"id": id(20_000 + n), "status": "approved", "application": {"id": id(10_000 + n), "name": "x"},
                   "product": {"id": id(3000), "name": "Orders"}, "product_version": {"id": id(3100), "name": "v1"}})
        };
        server.lists.insert(of("application-registrations"), (0..applications).map(registration).collect());
        server
            .lists
            .insert(of("products"), vec![json!({"id": id(3000), "name": "Orders", "portal_ids": [id(1)]})]);
        let state = |version: u64, status: &str| {
            json!({"id": id(3200 + version), "product_version_id": id(3100 + version), "publish_status": status,
                   "application_registration_enabled": true, "auto_approve_registration": false,
                   "deprecated": false, "auth_strategies": [{"id": id(4000), "name": "oidc"}]})
        };
        server.lists.insert(of("product-versions"), vec![state(1, "unpublished"), state(0, "published")]);
        server.lists.insert(
            "/v2/api-products".into(),
            vec![
                json!({"id": id(3000), "name": "Orders", "portal_ids": [id(1)]}),
                json!({"id": id(3001), "name": "Hidden", "portal_ids": [], "portals": []}),
                json!({"id": id(3002), "name": "Elsewhere", "portal_ids": [id(2)]}),
            ],
        );
        let version = |n: u64, service: Value| json!({"id": id(3100 + n), "name": "v1", "gateway_service": service, "publish_status": "published", "portals": []});
        let service = json!({"id": id(7000), "control_plane_id": id(7001)});
        for (product, versions) in [
            (3000, vec![version(0, service)]),
            (3001, vec![version(1, json!({"id": null, "control_plane_id": id(7001)}))]),
            (3002, vec![version(2, Value::Null)]),
        ] {
            server.lists.insert(format!("/v2/api-products/{}/product-versions", id(product)), versions);
        }
        server
    }

    /// A consistent v3 portal. Of the applications every third names its owner in the list.
    pub(super) fn v3(developers: u64, teams: u64, applications: u64) -> Self {
        let mut server = Self::default();
        server.portal("/v3/portals", &json!({"authentication_enabled": true}));
        server.people("/v3/portals", developers, teams);
        let of = |name: &str| format!("/v3/portals/{}/{name}", id(1));
        let mut listed = Vec::new();
        for n in 0..applications {
            let owner = if n % 5 == 4 {
                json!({"type": "team", "id": id(5000 + n % teams)})
            } else {
                json!({"type": "developer", "id": id(100 + n % developers)})
            };
            let mut application = json!({"id": id(10_000 + n), "name": format!("App {n}"), "client_id": format!("client-{n}"),
                "auth_strategy": {"id": id(4000), "name": "oidc", "credential_type": "client_credentials"}});
            let mut whole = application.clone();
            whole.as_object_mut().unwrap().insert("owner".into(), owner.clone());
            if n.is_multiple_of(3) {
                application = whole.clone();
            }
            listed.push(application);
            server.objects.insert(of(&format!("applications/{}", id(10_000 + n))), whole);
        }
        server.lists.insert(of("applications"), listed);
        let registration = |n: u64| {
            json!({"id": id(20_000 + n), "status": "pending", "application": {"id": id(10_000 + n), "name": "x"},
                   "api": {"id": id(3000), "name": "Orders", "version": null, "entity_type": "api"}})
        };
        server.lists.insert(of("application-registrations"), (0..applications).map(registration).collect());
        server
            .lists
            .insert("/v3/apis".into(), vec![json!({"id": id(3000), "name": "Orders", "version": "v1"})]);
        server.lists.insert(
            "/v3/api-packages".into(),
            vec![json!({"id": id(3001), "name": "Bundle", "version": null})],
        );
        server.lists.insert(
            of("api-publications"),
            vec![json!({"api_id": id(3000), "portal_ids": [id(1)], "visibility": "private", "entity_type": "api",
                        "auth_strategy_ids": [id(4000)], "auto_approve_registrations": false})],
        );
        server.lists.insert(
            "/v3/api-implementations".into(),
            vec![json!({"id": id(7100), "api_id": id(3000), "service": {"id": id(7000), "control_plane_id": id(7001)}})],
        );
        server
    }
}
