//! What the API means: who is told what, what goes with what, which requests are refused.

#![cfg(test)]

mod support;

use gatepass_emulator::{Api, Data, Options, Seed};
use serde_json::{Value, json};
use support::client::{Client, id};

const NOWHERE: &str = "00000000-0000-4000-8000-000000000000";

#[test]
fn without_the_token_every_operation_is_401() {
    for api in [Api::V2, Api::V3] {
        let client = Client::small(api);
        for token in [None, Some("wrong"), Some("")] {
            let answer = client.try_send("GET", &client.at("/developers"), token, None).unwrap();
            assert_eq!((answer.status, answer.content_type.as_str()), (401, "application/problem+json"));
            assert_eq!(answer.json()["title"], "Unauthorized");
            assert!(answer.json()["instance"].as_str().unwrap().starts_with("kong:trace:"));
        }
        assert_eq!(client.list("/developers").status, 200);
    }
}

#[test]
fn what_does_not_exist_is_404_and_wrong_methods_are_405() {
    let client = Client::small(Api::V2);
    for path in [
        format!("/v2/portals/{NOWHERE}"),
        "/v2/portals/x".to_owned(),
        "/v2/nothing".to_owned(),
        format!("/v3/portals/{}", client.portal),
        client.at(&format!("/developers/{NOWHERE}")),
    ] {
        let answer = client.get(&path);
        assert_eq!(
            (answer.status, answer.content_type.as_str()),
            (404, "application/problem+json"),
            "{path}"
        );
    }
    assert_eq!(client.send("DELETE", &client.at("/developers"), None).status, 405);
}

#[test]
fn pages_together_are_the_list_and_nothing_twice() {
    for api in [Api::V2, Api::V3] {
        let client =
            Client::of(&Options { data: Data::Generated(Seed::large(api)), ..Options::default() }, api);
        let counts = client.running.database().counts().unwrap();
        for (list, count) in [
            ("/developers", counts.developers),
            ("/teams", counts.teams),
            ("/applications", counts.applications),
            ("/application-registrations", counts.registrations),
        ] {
            let items = client.all(&client.at(list), 100);
            let mut ids: Vec<&str> = items.iter().map(id).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!((items.len() as u64, ids.len() as u64), (count, count), "{list}");
        }
        let page = client.list("/developers?page[size]=7&page[number]=3").json();
        assert_eq!(page["meta"]["page"], json!({"number": 3, "size": 7, "total": 1000}));
        assert_eq!(client.list("/developers?page[size]=100000").json()["meta"]["page"]["size"], 100);
        assert_eq!(client.list("/developers?page[number]=100000").json()["data"], json!([]));
        assert_eq!(client.list("/developers").json()["meta"]["page"]["size"], 10);
    }
}

#[test]
fn filters_choose_as_the_database_would() {
    for api in [Api::V2, Api::V3] {
        let client =
            Client::of(&Options { data: Data::Generated(Seed::large(api)), ..Options::default() }, api);
        let count = |sql: &str| -> u64 {
            client.text(&format!("SELECT CAST(count(*) AS TEXT) FROM {sql}")).parse().unwrap()
        };
        let one =
            client.text("SELECT owner_id FROM applications WHERE owner_type = 'developer' AND portal_id = ?");
        for (path, rows) in [
            (
                "/developers?filter[status]=pending",
                "developers WHERE portal_id = ? AND status = 'pending'".to_owned(),
            ),
            (
                "/developers?filter[status][neq]=approved",
                "developers WHERE portal_id = ? AND status <> 'approved'".to_owned(),
            ),
            (
                "/developers?filter[status][oeq]=revoked,rejected",
                "developers WHERE portal_id = ? AND status IN ('revoked', 'rejected')".to_owned(),
            ),
            (
                "/developers?filter[email][contains]=@SHOP.ex",
                "developers WHERE portal_id = ? AND email LIKE '%@shop.ex%'".to_owned(),
            ),
            (
                "/developers?filter[name][ocontains]=ada,ben",
                "developers WHERE portal_id = ? AND (full_name LIKE '%ada%' OR full_name LIKE '%ben%')"
                    .to_owned(),
            ),
            ("/developers?filter[name][contains]=%25", "developers WHERE portal_id = ? AND 0".to_owned()),
            (
                "/developers?filter[status]=pending&filter[email][contains]=shop",
                "developers WHERE portal_id = ? AND status = 'pending' AND email LIKE '%shop%'".to_owned(),
            ),
            (
                &format!("/applications?filter[developer_id]={one}"),
                format!("applications WHERE portal_id = ? AND owner_id = '{one}'"),
            ),
            (
                "/application-registrations?filter[status][eq]=approved",
                "registrations WHERE ? <> '' AND status = 'approved'".to_owned(),
            ),
        ] {
            assert_eq!(client.list(path).total(), count(&rows), "{path}");
        }
    }
    let client = Client::small(Api::V2);
    assert_eq!(client.list("/product-versions?filter[created_at][gte]=2026-01-01T00:00:00Z").total(), 8);
    assert_eq!(
        client.list("/product-versions?filter[created_at][lt]=2026-01-01T00:00:00%2B00:00").total(),
        0
    );
    let (on, off) = ("filter[deprecated]=true", "filter[deprecated]=false");
    assert_eq!(
        client.list(&format!("/product-versions?{on}")).total()
            + client.list(&format!("/product-versions?{off}")).total(),
        8
    );
}

#[test]
fn sorts_sort_and_what_is_not_in_the_document_is_refused() {
    let client = Client::small(Api::V2);
    let emails: Vec<String> = client
        .list("/developers?sort=email&page[size]=100")
        .items()
        .iter()
        .map(|item| item["email"].to_string())
        .collect();
    assert!(emails.is_sorted() && emails.len() == 20);
    let names: Vec<String> = client
        .get("/v2/api-products?sort=name%20desc")
        .items()
        .iter()
        .map(|item| item["name"].to_string())
        .collect();
    assert!(names.iter().rev().is_sorted() && names.len() > 1);
    let wrong = client.list("/developers?sort=created_at%20desc");
    assert_eq!(wrong.rules(), [("sort".to_owned(), "enum".to_owned())]);
    assert_eq!(
        wrong.json()["invalid_parameters"][0]["choices"],
        json!(["created_at", "updated_at", "email", "name", "status"])
    );
    for (query, field, rule) in [
        ("page[size]=ten", "page[size]", "is_number"),
        ("page[number]=1.5", "page[number]", "is_number"),
        ("filter[my_attribute]=1", "filter[my_attribute]", "unknown_property"),
        ("filter[status][like]=a", "filter[status][like]", "unknown_property"),
        ("filter[status]=a&filter[status][neq]=b", "filter[status][neq]", "invalid"),
        ("limit=5", "limit", "unknown_property"),
    ] {
        assert_eq!(
            client.list(&format!("/developers?{query}")).rules(),
            [(field.to_owned(), rule.to_owned())],
            "{query}"
        );
    }
    assert_eq!(client.list("/product-versions?filter[deprecated]=yes").rules()[0].1, "is_boolean");
    assert_eq!(client.list("/product-versions?filter[created_at][lt]=now").rules()[0].1, "is_date_time");
    // Of the two generations each has filters the other has not.
    assert_eq!(client.list("/applications?filter[team_id]=x").status, 400);
    assert_eq!(Client::small(Api::V3).list("/applications?filter[developer_email]=x").status, 400);
}

#[test]
fn any_status_may_follow_any_other() {
    for api in [Api::V2, Api::V3] {
        let client = Client::small(api);
        let developer = client.text("SELECT id FROM developers WHERE portal_id = ?");
        for status in ["rejected", "approved", "revoked", "approved", "pending", "rejected", "approved"] {
            let changed = client.send(
                "PATCH",
                &client.at(&format!("/developers/{developer}")),
                Some(&json!({"status": status})),
            );
            assert_eq!(
                (changed.status, changed.json()["status"].as_str().unwrap().to_owned()),
                (200, status.to_owned())
            );
        }
        let wrong = client.send(
            "PATCH",
            &client.at(&format!("/developers/{developer}")),
            Some(&json!({"status": "requested"})),
        );
        assert_eq!(wrong.rules(), [("status".to_owned(), "enum".to_owned())]);
    }
}

#[test]
fn with_a_developer_go_applications_registrations_and_memberships() {
    let client = Client::small(Api::V2);
    let developer = client.text("SELECT a.owner_id FROM applications a JOIN registrations r ON r.application_id = a.id WHERE a.portal_id = ?");
    let email =
        client.text(&format!("SELECT email FROM developers WHERE portal_id = ? AND id = '{developer}'"));
    let before = client.running.database().counts().unwrap();
    assert_eq!(client.send("DELETE", &client.at(&format!("/developers/{developer}")), None).status, 204);
    let after = client.running.database().counts().unwrap();
    assert!(
        after.developers + 1 == before.developers
            && after.applications < before.applications
            && after.registrations < before.registrations
    );
    for orphans in [format!("applications WHERE owner_id = '{developer}' AND ? <> ''"), format!("team_developers WHERE developer_id = '{developer}' AND ? <> ''"),
                    "registrations r WHERE ? <> '' AND NOT EXISTS (SELECT 1 FROM applications a WHERE a.id = r.application_id)".to_owned()] {
        assert_eq!(client.text(&format!("SELECT CAST(count(*) AS TEXT) FROM {orphans}")), "0");
    }
    assert_eq!(client.send("DELETE", &client.at(&format!("/developers/{developer}")), None).status, 404);
    let again =
        client.send("POST", "/_emulator/developers", Some(&json!({"email": email, "full_name": "Again"})));
    assert_eq!(
        (again.status, again.json()["status"].clone()),
        (201, json!("pending")),
        "the e-mail is free again"
    );
}

#[test]
fn with_a_team_go_roles_and_memberships_but_no_developer() {
    let client = Client::small(Api::V3);
    let team = client.text(
        "SELECT r.team_id FROM team_roles r JOIN team_developers m ON m.team_id = r.team_id WHERE ? <> ''",
    );
    let before = client.running.database().counts().unwrap();
    assert_eq!(client.send("DELETE", &client.at(&format!("/teams/{team}")), None).status, 204);
    let after = client.running.database().counts().unwrap();
    assert!(after.team_roles < before.team_roles && after.team_developers < before.team_developers);
    assert_eq!((after.developers, after.applications), (before.developers, before.applications));
}

#[test]
fn adding_twice_is_409_and_the_first_answer_is_a_word() {
    let client = Client::small(Api::V2);
    let team = client.send("POST", &client.at("/teams"), Some(&json!({"name": "Crew"}))).json();
    let (team, developer) =
        (id(&team).to_owned(), client.text("SELECT id FROM developers WHERE portal_id = ?"));
    let members = client.at(&format!("/teams/{team}/developers"));
    let first = client.send("POST", &members, Some(&json!({"id": developer})));
    assert_eq!((first.status, first.text.as_str()), (201, "Created"));
    assert_eq!(client.send("POST", &members, Some(&json!({"id": developer}))).status, 409);
    assert_eq!(client.send("POST", &members, Some(&json!({"id": NOWHERE}))).status, 404);
    assert_eq!(
        client.send("POST", &members, Some(&json!({"id": "x"}))).rules(),
        [("id".to_owned(), "is_uuid".to_owned())]
    );
    let roles = client.at(&format!("/teams/{team}/assigned-roles"));
    let role = json!({"role_name": "API Viewer", "entity_id": NOWHERE, "entity_type_name": "Services", "entity_region": "eu"});
    assert_eq!(client.send("POST", &roles, Some(&role)).status, 201);
    assert_eq!(client.send("POST", &roles, Some(&role)).status, 409);
    assert_eq!(client.get(&roles).total(), 1);
    assert_eq!(client.send("DELETE", &format!("{members}/{developer}"), None).status, 204);
    assert_eq!(client.send("DELETE", &format!("{members}/{developer}"), None).status, 404);
}

#[test]
fn registration_count_counts_any_status() {
    let client = Client::small(Api::V2);
    let application = client.text("SELECT application_id FROM registrations WHERE ? <> ''");
    let shown = client.list(&format!("/applications/{application}")).json()["registration_count"].clone();
    for registration in client.list(&format!("/applications/{application}/registrations")).items() {
        let path = client.at(&format!("/applications/{application}/registrations/{}", id(&registration)));
        assert_eq!(
            client.send("PATCH", &path, Some(&json!({"status": "rejected"}))).json()["status"],
            "rejected"
        );
    }
    assert_eq!(client.list(&format!("/applications/{application}")).json()["registration_count"], shown);
}

#[test]
fn owners_are_in_the_single_v3_application_and_in_the_list_if_asked_for() {
    let client = Client::small(Api::V3);
    let listed = client.list("/applications").items();
    assert!(listed.iter().all(|item| item.get("owner").is_none()));
    let one = client.list(&format!("/applications/{}", id(&listed[0]))).json();
    assert!(["developer", "team"].contains(&one["owner"]["type"].as_str().unwrap()));
    let options =
        Options { list_owners: true, data: Data::Generated(Seed::small(Api::V3)), ..Options::default() };
    let client = Client::of(&options, Api::V3);
    assert!(client.list("/applications").items().iter().all(|item| item["owner"].is_object()));
}

#[test]
fn approval_is_automatic_where_the_portal_or_the_resource_says_so() {
    let client = Client::small(Api::V3);
    let new = |name: &str| json!({"email": format!("{name}@shop.example"), "full_name": name});
    assert_eq!(client.send("POST", &client.at("/developers"), Some(&new("one"))).json()["status"], "pending");
    let settings = json!({"auto_approve_developers": true, "auto_approve_applications": true});
    assert_eq!(client.send("PATCH", &client.at(""), Some(&settings)).status, 200);
    let developer = client.send("POST", &client.at("/developers"), Some(&new("two"))).json();
    assert_eq!(developer["status"], "approved");
    assert_eq!(client.send("POST", &client.at("/developers"), Some(&new("TWO"))).status, 409);
    let owner = json!({"type": "developer", "id": developer["id"]});
    let application = client
        .send("POST", &client.at("/applications"), Some(&json!({"name": "New", "owner": owner})))
        .json();
    let path = client.at(&format!("/applications/{}/registrations", id(&application)));
    let api =
        client.text("SELECT api_id FROM publications WHERE portal_id = ? AND NOT auto_approve_registrations");
    assert_eq!(client.send("POST", &path, Some(&json!({"api_id": api}))).json()["status"], "approved");
    assert_eq!(client.send("POST", &path, Some(&json!({"api_id": api}))).status, 409);
    assert_eq!(
        client.send("POST", &path, Some(&json!({"api_id": NOWHERE}))).rules()[0].1,
        "missing_reference"
    );
}

#[test]
fn developers_act_only_when_they_may() {
    let client = Client::small(Api::V2);
    let post = |path: &str, body: Value| client.send("POST", path, Some(&body));
    let developer =
        post("/_emulator/developers", json!({"email": "new@shop.example", "full_name": "New"})).json();
    let developer = id(&developer).to_owned();
    let application = json!({"developer_id": developer, "name": "First"});
    assert_eq!(post("/_emulator/applications", application.clone()).status, 403);
    client.send(
        "PATCH",
        &client.at(&format!("/developers/{developer}")),
        Some(&json!({"status": "approved"})),
    );
    let application = post("/_emulator/applications", application).json();
    let row = "SELECT {} FROM portal_product_versions w JOIN product_versions v ON v.id = w.product_version_id \
               WHERE w.portal_id = ? AND w.publish_status = 'published' AND w.application_registration_enabled LIMIT 1";
    let (version, product) =
        (client.text(&row.replace("{}", "v.id")), client.text(&row.replace("{}", "v.product_id")));
    let registration = json!({"application_id": id(&application), "resource_id": version});
    assert_eq!(
        post("/_emulator/registrations", registration.clone()).status,
        403,
        "roles are on, and there is none"
    );
    let team = client.send("POST", &client.at("/teams"), Some(&json!({"name": "Crew"}))).json();
    let role = json!({"role_name": "API Consumer", "entity_id": product, "entity_type_name": "Services", "entity_region": "*"});
    client.send("POST", &client.at(&format!("/teams/{}/assigned-roles", id(&team))), Some(&role));
    client.send(
        "POST",
        &client.at(&format!("/teams/{}/developers", id(&team))),
        Some(&json!({"id": developer})),
    );
    assert_eq!(post("/_emulator/registrations", registration.clone()).status, 201);
    assert_eq!(post("/_emulator/registrations", registration).status, 409);
    let key = post("/_emulator/credentials", json!({"application_id": id(&application)})).json();
    assert_eq!(key["credential"].as_str().unwrap().len(), 32);
}
