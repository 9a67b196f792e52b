//! The portal of `examples/gateway-envoy`, as bundles, configurations and names.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatepass::bundle::{self, BundleTimestamp, PortalContents};
use gatepass::{Policy, ReadOptions, Snapshot, Timestamp};
use serde_json::{Value, json};

/// A snapshot of a portal and what is made of it.
#[derive(Clone, Debug)]
pub(crate) struct Portal {
    snapshot: Value,
    contents: PortalContents,
}

/// Who is allowed to do something, as upstreams are told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) application: String,
    pub(crate) owner: String,
}

impl Portal {
    /// The example's.
    pub(crate) fn example() -> Self {
        let text = include_str!("../../../examples/gateway-envoy/snapshot.json");
        Self::read(serde_json::from_str(text).unwrap())
    }

    fn read(snapshot: Value) -> Self {
        let reading = Snapshot::read(snapshot.to_string().as_bytes(), ReadOptions::default()).unwrap();
        Self { contents: reading.snapshot.contents().unwrap(), snapshot }
    }

    /// The same portal with the first registration (`Storefront` for `Orders v1`) in another status.
    pub(crate) fn with_first_registration(&self, status: &str) -> Self {
        let mut snapshot = self.snapshot.clone();
        *snapshot.pointer_mut("/registrations/0/status").unwrap() = status.into();
        Self::read(snapshot)
    }

    /// The snapshot, exported at that time.
    pub(crate) fn snapshot_as_of(&self, millis: i64) -> String {
        let mut snapshot = self.snapshot.clone();
        snapshot["exported_at"] = Timestamp::from_millis(millis).to_string().into();
        snapshot.to_string()
    }

    pub(crate) fn bundle(&self, policy: Policy) -> Vec<u8> {
        bundle::build(policy, std::slice::from_ref(&self.contents)).unwrap().to_bytes()
    }

    /// States that this portal's contents were current then.
    pub(crate) fn timestamp(&self, policy: Policy, as_of_millis: i64) -> String {
        let bytes = self.bundle(policy);
        let digest = *bundle::Bundle::open(&bytes).unwrap().content_digest();
        let portals = [(self.contents.id, self.contents.region)];
        let as_of = Timestamp::from_millis(as_of_millis);
        BundleTimestamp::new("", portals, policy, as_of, digest).unwrap().to_header()
    }

    /// The entity tag of the contents.
    pub(crate) fn entity_tag(&self, policy: Policy) -> String {
        let bytes = self.bundle(policy);
        let bundle = bundle::Bundle::open(&bytes).unwrap();
        let digits: Vec<String> = bundle.content_digest().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("\"{}\"", digits.concat())
    }

    /// The identity that requests of an application of this name carry.
    pub(crate) fn identity(&self, application: &str) -> Identity {
        let all = self.snapshot["applications"].as_array().unwrap();
        let found = all.iter().find(|item| item["name"] == application);
        let item = found.unwrap_or_else(|| panic!("no application is called `{application}`"));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let owner = match item.get("developer") {
            Some(developer) => format!("developer:{}", text(&developer["id"])),
            None => format!("{}:{}", text(&item["owner"]["type"]), text(&item["owner"]["id"])),
        };
        Identity { application: text(&item["id"]), owner }
    }

    /// The id of a version such as `Orders v1`.
    pub(crate) fn resource(&self, name: &str) -> String {
        let (product, version) = name.rsplit_once(' ').unwrap();
        let products = self.snapshot["products"].as_array().unwrap();
        let product = products.iter().find(|item| item["name"] == product).unwrap();
        let versions = self.snapshot["product_versions"].as_array().unwrap();
        let is_it = |item: &&Value| item["product_id"] == product["id"] && item["name"] == version;
        versions.iter().find(is_it).unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Every id of the portal: none may be in a denial.
    pub(crate) fn ids(&self) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        collect_ids(&self.snapshot, &mut ids);
        assert!(ids.len() > 50, "the example has ids to look for");
        ids
    }

    /// Puts what a vector cannot know in the place of `$` words: `$bundle`, `$bundle:konnect`, `$timestamp:<seconds
    /// from now>` and `$serial:<seconds from now>`.
    pub(crate) fn fill_in(&self, value: &mut Value, now_millis: i64) {
        match value {
            Value::String(text) if text.starts_with('$') => *value = self.word(text, now_millis).into(),
            Value::Array(items) => items.iter_mut().for_each(|item| self.fill_in(item, now_millis)),
            Value::Object(entries) => {
                entries.values_mut().for_each(|item| self.fill_in(item, now_millis));
            }
            _ => {}
        }
    }

    fn word(&self, word: &str, now_millis: i64) -> String {
        let (name, argument) = word.split_once(':').unwrap_or((word, ""));
        let then = |seconds: &str| now_millis + seconds.parse::<i64>().unwrap() * 1000;
        match (name, argument) {
            ("$bundle", "") => STANDARD.encode(self.bundle(Policy::Strict)),
            ("$bundle", "konnect") => STANDARD.encode(self.bundle(Policy::Konnect)),
            ("$timestamp", seconds) => self.timestamp(Policy::Strict, then(seconds)),
            ("$serial", seconds) => then(seconds).to_string(),
            _ => panic!("`{word}` is no word of vectors"),
        }
    }
}

/// The configuration that vectors change parts of: key in a header, as a bearer token and (on Envoy, since nginx
/// hosts cannot hide it there) in the query; every version of the portal has a path.
pub(crate) fn configuration(host: &str) -> Value {
    let mut credentials = vec![
        json!({"kind": "api_key", "header": "apikey"}),
        json!({"kind": "api_key", "header": "authorization", "scheme": "Bearer"}),
    ];
    if host == "envoy" {
        credentials.push(json!({"kind": "api_key", "query": "apikey"}));
    }
    json!({
        "version": 1,
        "host": host,
        "bundle": {"inline": "$bundle"},
        "credentials": credentials,
        "routes": [
            {"path_prefix": "/orders/v1", "resource_id": "e0000000-0000-4000-8000-000000000001"},
            {"path_prefix": "/orders/v2", "resource_id": "e0000000-0000-4000-8000-000000000002"},
            {"path_prefix": "/payments/v1", "resource_id": "e0000000-0000-4000-8000-000000000003"},
            {"path_prefix": "/archive/v1", "resource_id": "e0000000-0000-4000-8000-000000000004"},
            {"path_prefix": "/reports/v1", "resource_id": "e0000000-0000-4000-8000-000000000005"}
        ],
        "open": [{"path_prefix": "/health", "methods": ["GET", "HEAD"]}],
        "realm": "shop"
    })
}

fn collect_ids(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.len() == 36 && text.matches('-').count() == 4 => {
            ids.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect_ids(item, ids)),
        Value::Object(entries) => {
            for (name, item) in entries {
                collect_ids(&Value::String(name.clone()), ids);
                collect_ids(item, ids);
            }
        }
        _ => {}
    }
}
