//! `examples/gateway-kong/kong-plugin.yml`: the shape that Kong reads, each configuration by the schema that the plugin
//! tells Kong and in the plugin server, with a relay; and the guard in it is the guard that ships.

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

#[test]
fn the_schema_for_konnect_is_the_one_that_kong_is_told() {
    let program = environment::kong_plugin().join("bin/gatepass-kong-pluginserver.js");
    let output = Command::new("node").arg(program).arg("--schema-lua").output().unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("schema.lua"), output.stdout).unwrap();
    // As JSON, with the names of members in order.
    let script = r#"
        local function json(value)
          if type(value) ~= "table" then return type(value) == "string" and string.format("%q", value) or tostring(value) end
          local parts = {}
          for _, item in ipairs(value) do parts[#parts + 1] = json(item) end
          if #parts > 0 then return "[" .. table.concat(parts, ",") .. "]" end
          for name, member in pairs(value) do parts[#parts + 1] = json(name) .. ":" .. json(member) end
          return "{" .. table.concat(parts, ",") .. "}"
        end
        print(json(dofile(arg[1])))
    "#;
    std::fs::write(folder.path().join("json.lua"), script).unwrap();
    let mut lua = Command::new(environment::lua());
    let output =
        lua.arg(folder.path().join("json.lua")).arg(folder.path().join("schema.lua")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(schema["name"], "gatepass");
    assert_eq!(schema["fields"][0]["config"], query());
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

/// The configurations in the package's README: what people copy.
#[test]
fn the_readme_has_configurations_that_kong_takes() {
    let readme = std::fs::read_to_string(environment::kong_plugin().join("README.md")).unwrap();
    let blocks: Vec<&str> =
        readme.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 1);
    let (schema, server) = (query(), Server::start(Kind::Own));
    let file: Value = serde_yaml_ng::from_str(blocks[0]).unwrap();
    for service in file["services"].as_array().unwrap() {
        let config = plugin(service, "gatepass");
        let mut found = Vec::new();
        mistakes(config, &schema, "", &mut found);
        assert_eq!(found, [""; 0]);
        Kong::new(&server.socket).start_instance(config).unwrap();
        let guard = plugin(service, "post-function")["access"][0].as_str().unwrap();
        assert!(
            guard.starts_with(
                "if kong.ctx.shared.gatepass ~= \"allow\" then\n  return kong.response.exit(503, "
            )
        );
    }
}

/// What of the guard's text is code.
fn code(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with("--")).collect()
}

#[test]
fn the_sample_has_the_guard_and_configurations_that_kong_takes() {
    let (services, schema) = (services(), query());
    assert_eq!(services.len(), 2);
    let shipped = std::fs::read_to_string(environment::kong_plugin().join("guard/guard.lua")).unwrap();
    for service in &services {
        let guard = plugin(service, "post-function")["access"][0].as_str().unwrap();
        assert_eq!(code(guard), code(&shipped), "{}", service["name"]);
        let mut found = Vec::new();
        mistakes(plugin(service, "gatepass"), &schema, "", &mut found);
        assert_eq!(found, [""; 0], "{}", service["name"]);
    }
}

#[test]
fn the_sample_is_protected_as_it_says() {
    let relay = Relay::start();
    relay.reply_with(as_of(&Portal::example(), xtask::now_millis()));
    let server = Server::start(Kind::Own);
    let mut kong = Kong::new(&server.socket);
    let mut instances = services().into_iter().map(|service| {
        let mut config = plugin(&service, "gatepass").clone();
        *config.pointer_mut("/bundle/fetch/upstream").unwrap() = format!("127.0.0.1:{}", relay.port).into();
        kong.start_instance(&config).unwrap()
    });
    let (orders, payments) = (instances.next().unwrap(), instances.next().unwrap());
    drop(instances);
    let (service_of_orders, service_of_payments) =
        ("70000000-0000-4000-8000-000000000001", "70000000-0000-4000-8000-000000000003");
    let by_key = |key: &str| Request::get("/orders/v1").host("api.example").header("apikey", key);
    let by_consumer = |service: &str, custom_id: &str| {
        let request = Request::get("/payments/v1").host("api.example");
        let request = request.property(&["kong", "service_id"], service);
        request.property(&["kong", "client", "consumer", "custom_id"], custom_id)
    };
    let nobody = Request::get("/payments/v1").host("api.example");
    let nobody = nobody.property(&["kong", "service_id"], service_of_payments);
    // From the very first request on: it waits for the first data.
    for (instance, request, wanted) in [
        (orders, by_key("demo-storefront"), None),
        (orders, by_key("demo-loyalty"), Some("registration_pending")),
        (orders, by_key("demo-guess"), Some("credential_unknown")),
        (orders, by_key(""), Some("credential_missing")),
        (orders, Request::get("/orders/health").host("api.example"), None),
        (payments, by_consumer(service_of_payments, "storefront"), Some("registration_missing")),
        (payments, by_consumer(service_of_orders, "storefront"), None),
        (payments, by_consumer(service_of_payments, "nobody"), Some("credential_unknown")),
        (payments, nobody.clone(), Some("credential_missing")),
    ] {
        let seen = kong.serve(instance, &request).unwrap();
        assert_eq!(seen.json()["reason"].as_str(), wanted, "{seen:?}");
        assert_eq!(seen.upstream.len(), usize::from(wanted.is_none()));
    }
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
