//! The door's configuration: the filter's, without what the relay itself knows.

use gatepass_filter::config::Config;
use serde_json::{Map, Value, json};

/// What the relay fills in.
const OWN: [&str; 4] = ["host", "bundle", "public_keys", "allow_unsigned"];

/// What only a filter inside a proxy can see.
const INSIDE: [&str; 4] = ["route_id", "route_name", "service_id", "service_name"];

/// How soon the door takes what the relay has published.
const INTERVAL_MS: u64 = 100;

/// Reads a configuration and gives the filter's, or every mistake, each in a line.
pub(super) fn complete(text: &[u8]) -> Result<Vec<u8>, Vec<String>> {
    let mut config: Map<String, Value> =
        serde_json::from_slice(text).map_err(|error| vec![format!("/: this is no JSON object: {error}")])?;
    let mut wrong: Vec<String> = OWN
        .iter()
        .filter(|name| config.contains_key(**name))
        .map(|name| format!("/{name}: the relay knows this itself; remove it"))
        .collect();
    // The door never sees a body, and a preflight is only one without.
    if config.get("preflight").is_some_and(|preflight| preflight != "deny") {
        wrong.push(
            "/preflight: a door sees no body, so it cannot tell a preflight; answer CORS in the proxy".into(),
        );
    }
    wrong.extend(inside(&config));
    config.insert("host".into(), "envoy".into());
    config.insert("allow_unsigned".into(), true.into());
    config.insert(
        "bundle".into(),
        json!({"fetch": {"upstream": "relay", "path": "/v1/bundle", "interval_ms": INTERVAL_MS, "timeout_ms": 1000}}),
    );
    let text = Value::Object(config).to_string().into_bytes();
    if let Err(problems) = Config::read(&text) {
        wrong.extend(problems.listed().iter().map(ToString::to_string));
        if problems.omitted() > 0 {
            wrong.push(format!("{} more mistakes", problems.omitted()));
        }
    }
    if wrong.is_empty() { Ok(text) } else { Err(wrong) }
}

/// Rules and sources that would never fit, because a question names host, path, method and headers only.
fn inside(config: &Map<String, Value>) -> Vec<String> {
    let list = |name: &str| config.get(name).and_then(Value::as_array).into_iter().flatten().enumerate();
    let mut wrong = Vec::new();
    for (at, route) in list("routes") {
        let named = INSIDE.iter().filter(|name| route.get(**name).is_some());
        wrong.extend(named.map(|name| {
            format!("/routes/{at}/{name}: a door knows hosts and paths only; write `host` and `path_prefix`")
        }));
    }
    if config.get("routes").is_none() {
        wrong.push(
            "/routes: a door knows no services of the bundle; write rules with `host` and `path_prefix`"
                .into(),
        );
    }
    for (at, _) in list("credentials").filter(|(_, source)| source.get("property").is_some()) {
        wrong.push(format!("/credentials/{at}/property: a door sees headers and queries only"));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_told() {
        let good = json!({"version": 1, "credentials": [{"kind": "api_key", "header": "apikey"}],
            "routes": [{"path_prefix": "/orders", "resource_id": "e0000000-0000-4000-8000-000000000001"}]});
        complete(good.to_string().as_bytes()).unwrap();
        let bad = json!({"version": 2, "host": "envoy", "preflight": "pass",
            "credentials": [{"kind": "asserted", "property": ["a"], "as": "client_id", "issuer": "i"}],
            "routes": [{"route_name": "x", "resource_id": "e0000000-0000-4000-8000-000000000001"}]});
        let wrong = complete(bad.to_string().as_bytes()).unwrap_err();
        for place in
            ["/host: ", "/preflight: ", "/routes/0/route_name: ", "/credentials/0/property: ", "/version: "]
        {
            assert!(wrong.iter().any(|line| line.starts_with(place)), "{place} in {wrong:?}");
        }
        assert!(complete(b"[]").unwrap_err()[0].starts_with("/: this is no JSON object"));
    }
}
