//! What is in the database: made from a seed, kept in a file, loaded from a snapshot.

#![cfg(test)]

mod support;

use gatepass_emulator::{Api, DEFAULT_TOKEN, Data, Options, Seed, Storage};
use serde_json::{Value, json};
use support::client::{Client, id};

#[test]
fn the_same_seed_makes_the_same_portal_and_a_file_keeps_it() {
    let folder = std::env::temp_dir().join(format!("gatepass-emulator-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("konnect.sqlite");
    let options = Options {
        storage: Storage::File(file),
        data: Data::Generated(Seed::small(Api::V2).with_seed(9)),
        ..Options::default()
    };
    let client = Client::of(&options, Api::V2);
    let again = Client::of(&Options { storage: Storage::Memory, ..options.clone() }, Api::V2);
    assert_eq!(
        client.list("/applications?page[size]=100").text,
        again.list("/applications?page[size]=100").text
    );
    let other = Client::small(Api::V2);
    assert_ne!(client.portal, other.portal);
    let team = client.send("POST", &client.at("/teams"), Some(&json!({"name": "Kept"}))).json();
    drop(client);
    let kept = Client::of(&Options { data: Data::Kept, ..options }, Api::V2);
    assert_eq!(kept.list(&format!("/teams/{}", id(&team))).json(), team);
    assert_eq!(kept.running.token(), DEFAULT_TOKEN);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_example_snapshot_is_served_as_it_is() {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/gateway-envoy/snapshot.json"
    ))
    .unwrap();
    let snapshot: Value = serde_json::from_str(&text).unwrap();
    let client = Client::of(&Options { data: Data::Snapshot(text), ..Options::default() }, Api::V2);
    assert_eq!(client.list("").json()["rbac_enabled"], true);
    for (list, member, fields) in [
        ("/developers", "developers", &["id", "email", "full_name", "status"][..]),
        ("/teams", "teams", &["id", "name"]),
        ("/applications", "applications", &["id", "name", "owner"]),
        ("/application-registrations", "registrations", &["id", "status"]),
        ("/products", "products", &["id", "name"]),
    ] {
        let served = client.all(&client.at(list), 100);
        let original = snapshot[member].as_array().unwrap();
        assert_eq!(served.len(), original.len(), "{list}");
        for (one, other) in served.iter().zip(original) {
            for field in fields {
                assert_eq!(one[field], other[field], "{list}");
            }
        }
    }
    for (team, members) in snapshot["team_developers"].as_object().unwrap() {
        let served = client.list(&format!("/teams/{team}/developers")).items();
        assert_eq!(
            served.iter().map(id).collect::<Vec<_>>(),
            members.as_array().unwrap().iter().map(id).collect::<Vec<_>>()
        );
        assert_eq!(
            client.list(&format!("/teams/{team}/assigned-roles")).items(),
            *snapshot["team_roles"][team].as_array().unwrap()
        );
    }
    for version in snapshot["product_versions"].as_array().unwrap() {
        let served = client.list(&format!("/product-versions/{}", id(version))).json();
        for field in ["publish_status", "application_registration_enabled", "deprecated"] {
            assert_eq!(served[field], version[field], "{field} of {}", id(version));
        }
        let listed = client
            .get(&format!("/v2/api-products/{}/product-versions", version["product_id"].as_str().unwrap()))
            .items();
        let found = listed.iter().find(|item| item["id"] == version["id"]).unwrap();
        assert_eq!(found["gateway_service"], version["gateway_service"]);
    }
}
