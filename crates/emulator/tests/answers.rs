//! Every 2xx answer, and every problem, fits the schema that Kong's documents have for it.

#![cfg(test)]

mod support;

use gatepass_emulator::{Api, Data, Operation, Options, Seed, operations};
use serde_json::{Value, json};
use support::client::{Answer, Client};
use support::documents::{Document, documents};

struct Checker {
    documents: Vec<Document>,
    checked: std::collections::BTreeSet<String>,
}

impl Checker {
    fn new() -> Self {
        Self { documents: documents(), checked: std::collections::BTreeSet::new() }
    }

    #[expect(clippy::needless_pass_by_value, reason = "a call reads better with the body written in it")]
    /// Sends a request as an operation of the documents, and holds the answer against them.
    fn send(
        &mut self,
        client: &Client,
        id: &str,
        parts: &[&str],
        query: &str,
        body: Option<Value>,
    ) -> Answer {
        let operation = operations().into_iter().find(|found| found.api == client.api && found.id == id);
        let operation = operation.unwrap_or_else(|| panic!("{id} is not implemented"));
        let mut path = String::new();
        let mut parts = parts.iter();
        for segment in operation.path.split('/').skip(1) {
            path.push('/');
            match segment {
                "{portalId}" => path.push_str(&client.portal),
                _ if segment.starts_with('{') => {
                    path.push_str(parts.next().unwrap_or_else(|| panic!("{id} needs more ids")));
                }
                _ => path.push_str(segment),
            }
        }
        let answer =
            client.send(operation.method, &format!("/{}{path}{query}", client.api.name()), body.as_ref());
        let found =
            self.documents.iter().find_map(|document| Some((document, document.operation(&operation)?)));
        let (document, described) = found.unwrap_or_else(|| panic!("{id} is in no document"));
        let statuses = described["responses"].as_object().unwrap();
        assert!(
            statuses.contains_key(&answer.status.to_string()),
            "{id}: {} is not documented",
            answer.status
        );
        if let Some(schema) = document.schema(described, answer.status, &answer.content_type) {
            let validator =
                jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{id}: {error}"));
            let body = answer.json();
            let wrong: Vec<String> = validator
                .iter_errors(&body)
                .map(|error| format!("{} at {}", error, error.instance_path()))
                .collect();
            assert!(wrong.is_empty(), "{id} {}: {wrong:#?}\n{body:#}", answer.status);
        } else {
            assert!(answer.status < 300, "{id}: {} has no schema for {}", answer.status, answer.content_type);
            assert!(answer.text.is_empty() || answer.text == "Created", "{id}: {}", answer.text);
        }
        if answer.status < 300 {
            self.checked.insert(operation.name());
        }
        answer
    }

    fn ids(&mut self, client: &Client, id: &str, parts: &[&str]) -> Vec<String> {
        let answer = self.send(client, id, parts, "?page[size]=100", None);
        assert!(answer.total() > 0, "{id} lists nothing");
        answer.items().iter().map(|item| item["id"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// What both generations have.
    fn both(&mut self, client: &Client) {
        self.send(client, "list-portals", &[], "", None);
        self.send(client, "get-portal", &[], "", None);
        self.send(
            client,
            "update-portal",
            &[],
            "",
            Some(json!({"rbac_enabled": true, "labels": {"env": "test"}})),
        );
        self.send(client, "update-portal", &[], "", Some(json!({"rbac_enabled": 1, "odd": 1, "name": ""})));
        self.send(client, "list-portal-roles", &[], "", None);
        let developers = self.ids(client, "list-portal-developers", &[]);
        let developer = developers[0].as_str();
        self.send(client, "get-developer", &[developer], "", None);
        self.send(client, "update-developer", &[developer], "", Some(json!({"status": "revoked"})));
        self.send(client, "update-developer", &[developer], "", Some(json!({"status": "REVOKED"})));
        self.send(client, "get-developer", &["00000000-0000-4000-8000-000000000000"], "", None);
        let team = self.send(client, "create-portal-team", &[], "", Some(json!({"name": "Crew"}))).json();
        let team = team["id"].as_str().unwrap().to_owned();
        self.send(client, "create-portal-team", &[], "", Some(json!({"name": 1})));
        self.send(client, "list-portal-teams", &[], "", None);
        self.send(client, "get-portal-team", &[&team], "", None);
        self.send(client, "update-portal-team", &[&team], "", Some(json!({"description": "all hands"})));
        self.send(client, "add-developer-to-portal-team", &[&team], "", Some(json!({"id": developer})));
        self.send(client, "add-developer-to-portal-team", &[&team], "", Some(json!({"id": developer})));
        self.send(client, "list-portal-team-developers", &[&team], "", None);
        self.send(client, "list-portal-developer-teams", &[developer], "", None);
        let role = json!({"role_name": "API Consumer", "entity_id": developer, "entity_type_name": "Services", "entity_region": "*"});
        let assigned =
            self.send(client, "assign-role-to-portal-teams", &[&team], "", Some(role.clone())).json();
        self.send(client, "assign-role-to-portal-teams", &[&team], "", Some(role));
        self.send(
            client,
            "assign-role-to-portal-teams",
            &[&team],
            "",
            Some(json!({"entity_region": "mars"})),
        );
        self.send(client, "list-portal-team-roles", &[&team], "", None);
        self.send(client, "get-portal-authentication-settings", &[], "", None);
        self.send(client, "list-portal-team-group-mappings", &[], "", None);
        let settings = json!({"oidc_auth_enabled": true, "oidc_issuer": "https://idp.example", "oidc_client_id": "portal",
                              "oidc_client_secret": "s", "idp_mapping_enabled": true});
        let changed = self.send(client, "update-portal-authentication-settings", &[], "", Some(settings));
        assert!(!changed.text.contains("secret"), "{}", changed.text);
        let mapping = json!({"data": [{"team_id": team, "groups": ["crew"]}]});
        self.send(client, "update-portal-team-group-mappings", &[], "", Some(mapping));
        self.send(client, "list-portal-team-group-mappings", &[], "", None);
        let applications = self.ids(client, "list-applications", &[]);
        let registered = self.send(client, "list-registrations", &[], "?page[size]=1", None).items();
        let application = registered[0]["application"]["id"].as_str().unwrap();
        let registration = registered[0]["id"].as_str().unwrap();
        self.send(client, "get-application", &[application], "", None);
        self.send(client, "get-application-unscoped", &[application], "", None);
        self.send(client, "list-registrations-by-application", &[application], "", None);
        self.send(client, "get-application-registration", &[application, registration], "", None);
        self.send(
            client,
            "update-application-registration",
            &[application, registration],
            "",
            Some(json!({"status": "revoked"})),
        );
        self.send(client, "delete-application-registration", &[application, registration], "", None);
        self.send(
            client,
            "remove-role-from-portal-team",
            &[&team, assigned["id"].as_str().unwrap()],
            "",
            None,
        );
        self.send(client, "remove-developer-from-portal-team", &[&team, developer], "", None);
        self.send(client, "delete-portal-team", &[&team], "", None);
        self.send(client, "delete-application", &[&applications[0]], "", None);
        self.send(client, "delete-developer", &[developer], "", None);
        self.send(client, "delete-developer", &[developer], "", None);
    }

    fn all_of(&self, api: Api) {
        let missed: Vec<String> = operations()
            .iter()
            .filter(|found| found.api == api)
            .map(Operation::name)
            .filter(|name| !self.checked.contains(name))
            .collect();
        assert!(missed.is_empty(), "no 2xx answer was checked of {missed:?}");
    }
}

fn client(api: Api) -> Client {
    let data = Data::Generated(Seed { resources: 12, ..Seed::small(api) });
    Client::of(&Options { data, ..Options::default() }, api)
}

#[test]
#[cfg_attr(not(specs), ignore = "needs Kong's OpenAPI documents: put their folder into GATEPASS_SPECS")]
fn answers_of_v2_fit_the_documents() {
    let (client, mut check) = (client(Api::V2), Checker::new());
    check.both(&client);
    let products = check.ids(&client, "list-portal-products", &[]);
    check.send(&client, "get-many-api-product", &[], "", None);
    check.send(&client, "get-api-product", &[&products[0]], "", None);
    let strategies = check.ids(&client, "list-app-auth-strategies", &[]);
    let by_issuer = "?filter[strategy_type][eq]=openid_connect";
    let clients = check.send(&client, "list-app-auth-strategies", &[], by_issuer, None);
    assert_eq!((strategies.len(), clients.total()), (2, 1));
    check.send(&client, "list-app-auth-strategies", &[], "?sort=display_name", None);
    check.send(&client, "list-app-auth-strategies", &[], "?filter[active]=true", None);
    check.send(&client, "get-app-auth-strategy", &[&strategies[1]], "", None);
    check.send(&client, "get-app-auth-strategy", &[&products[0]], "", None);
    let versions = check.ids(&client, "get-many-api-product-version", &[&products[0]]);
    check.send(&client, "get-api-product-version", &[&products[0], &versions[0]], "", None);
    check.ids(&client, "list-portal-product-versions", &[]);
    let version = versions[0].as_str();
    let found = check.send(&client, "get-portal-product-version", &[version], "", None).json();
    assert_eq!(found["product_version_id"], version);
    check.send(
        &client,
        "update-portal-product-version",
        &[version],
        "",
        Some(json!({"publish_status": "unpublished"})),
    );
    let mut whole = json!({"publish_status": "published", "auth_strategy_ids": [], "application_registration_enabled": true,
                           "auto_approve_registration": true, "deprecated": false});
    let replaced =
        check.send(&client, "replace-portal-product-version", &[version], "", Some(whole.clone())).json();
    assert_eq!(replaced["auth_strategies"], json!([]));
    check.send(&client, "replace-portal-product-version", &[version], "", Some(json!({"deprecated": "no"})));
    check.send(&client, "delete-portal-product-version", &[version], "", None);
    whole["product_version_id"] = json!(version);
    check.send(&client, "create-portal-product-version", &[], "", Some(whole));
    check.all_of(Api::V2);
}

#[test]
#[cfg_attr(not(specs), ignore = "needs Kong's OpenAPI documents: put their folder into GATEPASS_SPECS")]
fn answers_of_v3_fit_the_documents() {
    let (client, mut check) = (client(Api::V3), Checker::new());
    check.both(&client);
    let new = json!({"email": "new@shop.example", "full_name": "New One"});
    let developer = check.send(&client, "create-developer", &[], "", Some(new.clone())).json();
    check.send(&client, "create-developer", &[], "", Some(new));
    let owner = json!({"type": "developer", "id": developer["id"]});
    let created = check
        .send(&client, "create-application", &[], "", Some(json!({"name": "Fresh", "owner": owner})))
        .json();
    let application = created["id"].as_str().unwrap();
    check.send(&client, "update-application", &[application], "", Some(json!({"owner": owner})));
    check.send(&client, "list-developers-by-application", &[application], "", None);
    for application in check.ids(&client, "list-applications", &[]) {
        check.send(&client, "get-application", &[&application], "", None);
        check.send(&client, "list-credentials-by-application", &[&application], "", None);
    }
    let apis = check.ids(&client, "list-apis", &[]);
    let packages = check.ids(&client, "list-api-packages", &[]);
    check.send(&client, "fetch-api", &[&apis[0]], "", None);
    check.send(&client, "get-api-package", &[&packages[0]], "", None);
    check.send(
        &client,
        "create-application-registration",
        &[application],
        "",
        Some(json!({"api_id": apis[0]})),
    );
    check.send(
        &client,
        "create-application-registration",
        &[application],
        "",
        Some(json!({"api_id": apis[0]})),
    );
    check.send(
        &client,
        "create-application-registration",
        &[application],
        "",
        Some(json!({"api_id": packages[0]})),
    );
    check.send(&client, "create-application-registration", &[application], "", Some(json!({"api_id": "x"})));
    check.send(&client, "list-api-registrations", &[&apis[0]], "", None);
    let listed = check.send(&client, "list-api-implementations", &[], "?page[size]=100", None).items();
    for item in listed {
        let (api, id) = (item["api_id"].as_str().unwrap(), item["id"].as_str().unwrap());
        check.send(&client, "fetch-api-implementation", &[api, id], "", None);
    }
    check.send(&client, "list-api-publications", &[], "?page[size]=100", None);
    check.send(&client, "list-portal-api-publications", &[], "?page[size]=100", None);
    for (id, fetch, publish, delete) in [
        (&apis[0], "fetch-publication", "publish-api-to-portal", "delete-publication"),
        (
            &packages[0],
            "fetch-api-package-publication",
            "publish-api-package-to-portal",
            "delete-api-package-publication",
        ),
    ] {
        check.send(&client, fetch, &[id], "", None);
        check.send(&client, delete, &[id], "", None);
        check.send(&client, fetch, &[id], "", None);
        let closed = check.send(&client, publish, &[id], "", Some(json!({"visibility": "public"}))).json();
        assert!(closed["auth_strategy_ids"].is_array(), "the portal's default strategy is used");
        let open = check.send(&client, publish, &[id], "", Some(json!({"auth_strategy_ids": null}))).json();
        assert_eq!(open["auth_strategy_ids"], Value::Null);
        check.send(
            &client,
            publish,
            &[id],
            "",
            Some(json!({"visibility": "secret", "auth_strategy_ids": []})),
        );
    }
    check.all_of(Api::V3);
}

#[test]
#[cfg_attr(not(specs), ignore = "needs Kong's OpenAPI documents: put their folder into GATEPASS_SPECS")]
fn the_documents_refuse_what_is_wrong() {
    let documents = documents();
    let operation =
        operations().into_iter().find(|found| found.name() == "v2:list-portal-developers").unwrap();
    let described = documents[0].operation(&operation).unwrap();
    let schema = documents[0].schema(described, 200, "application/json").unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let right = client(Api::V2).list("/developers").json();
    assert!(validator.is_valid(&right));
    for (pointer, wrong) in
        [("/data/0/status", json!("paused")), ("/data/0/email", Value::Null), ("/meta/page", json!({}))]
    {
        let mut page = right.clone();
        *page.pointer_mut(pointer).unwrap() = wrong;
        assert!(!validator.is_valid(&page), "{pointer}");
    }
}
