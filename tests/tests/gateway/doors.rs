//! The same vectors through gateways without Wasm: nginx asks by `auth_request`, Envoy by `ext_authz`, and both get the
//! decision of a relay. One relay for each configuration, as each proxy would have.

mod authzen;
mod envoy;
mod nginx;
mod relay;

use serde_json::Value;

use super::check::Seen;
use super::portal::Portal;
use super::real_envoy::wire;
use super::upstream::Upstream;
use super::vector::{self, Case, Host};
use relay::Relay;

/// How many requests the doors are asked; vectors that only a filter can express are not among them.
const EXPRESSED: usize = 528;

/// What nginx does by itself, and why no door could: a part of a vector's name, and the reason.
const OF_NGINX: [(&str, &str); 3] = [
    (
        "an empty copy of the header of a scheme",
        "it refuses two `Authorization` headers, whatever is in them",
    ),
    ("50 KB of something else", "it refuses headers larger than its buffers"),
    ("ports that are none", "it routes by the host alone, and `$host` is without whatever follows the colon"),
];

/// A vector, the configuration of its door, and where that is in the list of configurations.
struct Asked {
    case: Case,
    door: usize,
}

/// The vectors that a door can express, and the configurations they need, each once.
fn expressed(portal: &Portal) -> (Vec<Asked>, Vec<Value>) {
    let mut doors: Vec<Value> = Vec::new();
    let mut asked = Vec::new();
    for case in vector::cases(Host::RealEnvoy) {
        let Some(config) = of_a_door(&case) else { continue };
        let mut config = config;
        portal.fill_in(&mut config, xtask::now_millis());
        let door = doors.iter().position(|known| *known == config).unwrap_or_else(|| {
            doors.push(config);
            doors.len() - 1
        });
        asked.push(Asked { case, door });
    }
    (asked, doors)
}

/// The filter's configuration as a door's; nothing if the vector is about what only a filter in the proxy has:
/// routes and properties of the host, a bundle of its own, bodies, trailers, upgrades.
fn of_a_door(case: &Case) -> Option<Value> {
    let mut config = case.config.clone();
    let entries = config.as_object_mut()?;
    let of_envoy = entries.get("host").is_some_and(|host| host == "envoy");
    let is_example = of_envoy && entries.remove("bundle") == Some(serde_json::json!({"inline": "$bundle"}));
    entries.remove("host");
    let routes = entries.get("routes").and_then(Value::as_array)?;
    let inside = ["route_id", "route_name", "service_id", "service_name"];
    let by_path = routes.iter().all(|route| inside.iter().all(|name| route.get(name).is_none()));
    let sources = entries.get("credentials").and_then(Value::as_array);
    let by_header = sources.into_iter().flatten().all(|source| source.get("property").is_none());
    let own = ["max_age_seconds", "public_keys", "allow_unsigned", "audience", "portals", "policy"];
    let plain = own.iter().all(|name| !entries.contains_key(*name))
        && entries.get("preflight").is_none_or(|preflight| preflight == "deny");
    let http = case.expect.grpc_status.is_none()
        // Envoy announces a body that a denied HEAD does not have.
        && !matches!(&*case.request.method, "CONNECT" | "HEAD")
        && !case.name.starts_with("upgrades: ")
        && case.request.hosts.len() == 1;
    let expressed = is_example && by_path && by_header && plain && http && case.properties.is_empty();
    entries.insert("max_age_seconds".into(), 86_400.into());
    expressed.then_some(config)
}

/// What a proxy did is what the vector wants, as far as a door decides it.
fn complaint(portal: &Portal, case: &Case, seen: &Seen, tells: Tells) -> Option<String> {
    let expect = &case.expect;
    let shown = || String::from_utf8_lossy(&seen.body).chars().take(200).collect::<String>();
    match (&expect.upstream, seen.upstream.as_slice()) {
        (None, []) => {
            // A proxy may refuse by itself what its door would have refused.
            let by_itself = expect.status >= 400 && matches!(seen.status, 400 | 404 | 405 | 414 | 494 | 431);
            if seen.status != expect.status && !by_itself {
                return Some(format!("status {} for {}: {}", seen.status, expect.status, shown()));
            }
            let told = seen.json().get("reason").and_then(Value::as_str).map(str::to_owned);
            let (Some(told), Some(wanted), Tells::Reason) = (told, &expect.reason, tells) else {
                return None;
            };
            // Envoy joins a header's copies before it asks: what was ambiguous is then a key that nobody has.
            let joined = wanted == "credential_ambiguous" && told == "credential_unknown";
            (told != *wanted && !joined).then(|| format!("reason {told} for {wanted}"))
        }
        (Some(wanted), [arrived]) => {
            let one = |name: &str| match arrived.values(name).as_slice() {
                [] => String::new(),
                [value] => String::from_utf8_lossy(value).into_owned(),
                several => format!("{} copies", several.len()),
            };
            let identity = wanted.application.as_deref().map(|name| portal.identity(name));
            let resource = wanted.resource.as_deref().map(|name| portal.resource(name));
            let pairs = [
                ("x-gatepass-application-id", identity.as_ref().map(|known| known.application.clone())),
                ("x-gatepass-owner", identity.as_ref().map(|known| known.owner.clone())),
                ("x-gatepass-resource-id", resource.filter(|_| identity.is_some())),
                ("x-gatepass-would-deny", wanted.would_deny.clone()),
            ];
            pairs.into_iter().find_map(|(name, wanted)| {
                let (found, wanted) = (one(name), wanted.unwrap_or_default());
                let joined = name == "x-gatepass-would-deny"
                    && (&*found, &*wanted) == ("credential_unknown", "credential_ambiguous");
                (found != wanted && !joined).then(|| format!("`{name}` is `{found}`, not `{wanted}`"))
            })
        }
        (Some(_), []) => Some(format!("refused with {}: {}", seen.status, shown())),
        (_, arrived) => Some(format!("the upstream got {arrived:?}")),
    }
}

/// What a denial of a proxy says: nginx shows a page of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tells {
    Status,
    Reason,
}

fn run(proxy: &str, profile: &str, tells: Tells, start: impl FnOnce(&[u16], u16) -> Proxy) {
    let portal = Portal::example();
    let (asked, doors) = expressed(&portal);
    let relays: Vec<Relay> = doors.iter().map(|door| Relay::start(&portal, door, profile)).collect();
    let ports: Vec<u16> = relays.iter().map(|relay| relay.port).collect();
    let upstream = Upstream::start();
    let proxy_running = start(&ports, upstream.port);
    let mut complaints = Vec::new();
    for Asked { case, door } in &asked {
        let answer = xtask::client::send(proxy_running.ports[*door], &wire(&case.request));
        let seen = answer.map(|answer| super::real_envoy::seen(answer, upstream.take()));
        let by_itself = proxy == "nginx" && OF_NGINX.iter().any(|(name, _)| case.name.contains(name));
        let found = match &seen {
            _ if by_itself => None,
            Ok(seen) => complaint(&portal, case, seen, tells),
            Err(error) => Some(error.to_string()),
        };
        complaints.extend(found.map(|found| format!("{}: {found}", case.name)));
    }
    println!("{proxy}: {} requests, {} doors, {} complaints", asked.len(), doors.len(), complaints.len());
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert_eq!(asked.len(), EXPRESSED, "a change of a vector changes this number on purpose");
}

/// A proxy that runs, with a port for each door.
struct Proxy {
    ports: Vec<u16>,
    _process: Box<dyn std::any::Any>,
}

#[test]
fn nginx_with_auth_request_decides_as_the_filter() {
    run("nginx", "nginx", Tells::Status, nginx::start);
}

#[test]
fn envoy_with_ext_authz_decides_as_the_filter() {
    run("envoy", "envoy", Tells::Reason, envoy::start);
}
