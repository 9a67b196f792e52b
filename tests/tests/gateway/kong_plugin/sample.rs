//! `examples/gateway-kong/kong-plugin.yml`: the shape that Kong reads, each configuration by the schema that the plugin
//! tells Kong and in the plugin server, with a real relay; and the guard in it is the guard that ships.

use std::process::Command;

use gatepass_proxy_host::Request;
use serde_json::Value;
use xtask::tools::root;

use super::super::environment;
use super::super::portal::Portal;
use super::super::relay::{Relay, as_of};
use super::kong::Kong;
use super::server::{Kind, Server};

fn services() -> Vec<Value> {
    let text = std::fs::read_to_string(root().join("examples/gateway-kong/kong-plugin.yml")).unwrap();
    let file: Value = serde_yaml_ng::from_str(&text).unwrap();
    let schema = serde_json::from_str(include_str!("../samples/kong.schema.json")).unwrap();
    let validator = jsonschema::draft7::new(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&file).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);
    file["services"].as_array().unwrap().clone()
}

fn plugin<'a>(service: &'a Value, name: &str) -> &'a Value {
    let plugins = service["plugins"].as_array().unwrap();
    &plugins.iter().find(|plugin| plugin["name"] == name).unwrap()["config"]
}

fn query() -> Value {
    let program = environment::kong_plugin().join("bin/gatepass-kong-pluginserver.js");
    let output = Command::new("node").arg(program).arg("--query").output().unwrap();
    let infos: Value = serde_json::from_slice(&output.stdout).unwrap();
    infos[0]["Schema"]["fields"][0]["config"].clone()
}

/// What Kong's own reading of a schema would complain about, as far as the plugin's schema goes.
fn mistakes(value: &Value, field: &Value, at: &str, found: &mut Vec<String>) {
    let wrong = |what: &str| format!("{at}: {what}");
    match (field["type"].as_str().unwrap(), value) {
        ("record", Value::Object(members)) => {
            let fields = field["fields"].as_array().unwrap();
            let named = |name: &str| fields.iter().find_map(|field| field.get(name));
            for (name, member) in members {
                match named(name) {
                    Some(field) => mistakes(member, field, &format!("{at}/{name}"), found),
                    None => found.push(wrong(&format!("unknown field {name}"))),
                }
            }
            for (name, field) in fields.iter().flat_map(|field| field.as_object().unwrap()) {
                if field["required"] == true && !members.contains_key(name) {
                    found.push(wrong(&format!("{name} is required")));
                }
            }
        }
        ("array", Value::Array(items)) => {
            for (position, item) in items.iter().enumerate() {
                mistakes(item, &field["elements"], &format!("{at}/{position}"), found);
            }
        }
        ("string", Value::String(_)) | ("integer", Value::Number(_)) => {
            let one_of = field.get("one_of").and_then(Value::as_array);
            if one_of.is_some_and(|values| !values.contains(value)) {
                found.push(wrong("expected one of others"));
            }
            let between = field.get("between").and_then(Value::as_array);
            if between.is_some_and(|between| {
                value.as_i64() < between[0].as_i64() || value.as_i64() > between[1].as_i64()
            }) {
                found.push(wrong("out of its bounds"));
            }
        }
        ("boolean", Value::Bool(_)) => {}
        (kind, _) => found.push(wrong(&format!("expected {kind}"))),
    }
}

#[test]
fn the_sample_is_protected_as_it_says() {
    let (services, schema) = (services(), query());
    assert_eq!(services.len(), 2);
    let shipped = std::fs::read_to_string(environment::kong_plugin().join("guard/guard.lua")).unwrap();
    let code = |text: &str| {
        text.lines()
            .filter(|line| !line.starts_with("--"))
            .map(|line| line.to_owned() + "\n")
            .collect::<String>()
    };
    let portal = Portal::example();
    let relay = Relay::start();
    relay.reply_with(as_of(&portal, xtask::now_millis()));
    let server = Server::start(Kind::Own);
    let mut kong = Kong::new(&server.socket);
    let (mut passed, mut refused) = (0, 0);
    for service in &services {
        assert_eq!(code(plugin(service, "post-function")["access"][0].as_str().unwrap()), code(&shipped));
        let mut config = plugin(service, "gatepass").clone();
        let mut found = Vec::new();
        mistakes(&config, &schema, "", &mut found);
        assert_eq!(found, [""; 0]);
        *config.pointer_mut("/bundle/fetch/upstream").unwrap() = format!("127.0.0.1:{}", relay.port).into();
        let instance = kong.start_instance(&config).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(400));
        let path = service.pointer("/routes/0/paths/0").and_then(Value::as_str).unwrap();
        let by_key = service["name"] == "orders";
        for (key, custom_id) in [("demo-storefront", "storefront"), ("demo-guess", "nobody"), ("", "")] {
            let mut request = Request::get(path).host("api.example");
            request = request.property(&["kong", "service_id"], service["id"].as_str().unwrap());
            match (by_key, custom_id) {
                (true, _) => request = request.header("apikey", key),
                (false, "") => {}
                (false, id) => request = request.property(&["kong", "client", "consumer", "custom_id"], id),
            }
            let seen = kong.serve(instance, &request).unwrap();
            let reason = seen.json()["reason"].as_str().unwrap_or_default().to_owned();
            let wanted = match (by_key, custom_id) {
                (_, "storefront") => "",
                (true, "nobody") => "credential_unknown",
                (false, "nobody") => "credential_unknown",
                _ => "credential_missing",
            };
            assert_eq!(reason, wanted, "{path} {custom_id}: {seen:?}");
            assert_eq!(seen.upstream.len(), usize::from(wanted.is_empty()));
            passed += seen.upstream.len();
            refused += usize::from(seen.upstream.is_empty());
        }
    }
    assert_eq!((passed, refused), (2, 4));
}

#[test]
fn a_wrong_configuration_is_found_by_the_schema() {
    let schema = query();
    let mut config = plugin(&services()[0], "gatepass").clone();
    config["host"] = "envoy".into();
    config["realmm"] = "x".into();
    config["credentials"][0]["kind"] = "password".into();
    config["bundle"]["fetch"]["interval_ms"] = 1.into();
    config["max_age_seconds"] = "300".into();
    config.as_object_mut().unwrap().remove("version");
    let mut found = Vec::new();
    mistakes(&config, &schema, "", &mut found);
    assert_eq!(found.len(), 6, "{found:?}");
}
