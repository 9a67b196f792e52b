//! The same vectors as questions to AuthZEN, which is told who calls and does not read keys or paths: every vector whose
//! key belongs to an application, on a path of a resource, and whose answer comes from the rule.

use gatepass::bundle::Bundle;
use gatepass::{CredentialKey, Policy, Reason, Timestamp};
use serde_json::{Value, json};

use super::super::portal::Portal;
use super::super::vector::{self, Case, Host};
use super::relay::Relay;

const TOKEN: &str = "authzen-token-of-the-tests-0123456789";

/// How many vectors AuthZEN is asked, and how many reasons of a denial are among them. A change of a vector changes
/// these on purpose.
const ASKED: (usize, usize) = (175, 18);

/// The application and the resource of a vector, and the reason that the rule gives; nothing if the vector is about
/// something else: who the caller is, what the request means, how old the data are.
fn question(portal: &Portal, bundle: &Bundle, case: &Case) -> Option<(String, String, Option<Reason>)> {
    if case.config["bundle"] != json!({"inline": "$bundle"}) || case.config.get("policy").is_some() {
        return None;
    }
    let wanted = match (&case.expect.reason, &case.expect.upstream) {
        (Some(reason), _) => Some(reason),
        (None, Some(arrives)) => arrives.would_deny.as_ref(),
        (None, None) => return None,
    };
    // What is no reason of the rule is one of the gateway's own.
    let reason = wanted.map(|code| code.parse::<Reason>()).transpose().ok()?;
    if let Some(arrives) = &case.expect.upstream
        && let (Some(application), Some(resource)) = (&arrives.application, &arrives.resource)
    {
        return Some((portal.identity(application).application, portal.resource(resource), reason));
    }
    // Which resource a path is, and whether there is one, is the gateway's to say.
    let code = reason.filter(|reason| *reason != Reason::ResourceUnknown)?.code();
    let of_the_rule = ["application_", "developer_", "owner_", "registration_", "resource_", "role_"];
    if !of_the_rule.iter().any(|start| code.starts_with(start)) {
        return None;
    }
    let now = Timestamp::from_millis(xtask::now_millis());
    let mut keys = case.request.headers.iter().filter(|(name, _)| name.0.eq_ignore_ascii_case(b"apikey"));
    let key = keys.next().map(|(_, key)| CredentialKey::api_key(&key.0))?;
    let application = bundle.caller(&key, now).application_id()?.to_string();
    let path = std::str::from_utf8(&case.request.path.0).ok()?;
    let is_below =
        |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let routes = case.config["routes"].as_array().into_iter().flatten();
    let mut found = routes.filter(|route| route["path_prefix"].as_str().is_some_and(is_below));
    let resource = found.next()?["resource_id"].as_str()?.to_owned();
    Some((application, resource, reason))
}

fn ask(relay: &Relay, application: &str, resource: &str) -> Value {
    let body = json!({"subject": {"type": "application", "id": application}, "action": {"name": "consume"},
        "resource": {"type": "product_version", "id": resource}})
    .to_string();
    let head = format!(
        "POST /access/v1/evaluation HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let answer = xtask::client::send(relay.port, (head + &body).as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

#[test]
fn authzen_decides_as_the_filter() {
    let portal = Portal::example();
    let bytes = portal.bundle(Policy::Strict);
    let bundle = Bundle::open(&bytes).unwrap();
    let relay = Relay::with_authzen(&portal, TOKEN);
    let (mut asked, mut reasons) = (0, std::collections::BTreeSet::new());
    for case in vector::cases(Host::RealEnvoy) {
        let Some((application, resource, reason)) = question(&portal, &bundle, &case) else { continue };
        let answer = ask(&relay, &application, &resource);
        assert_eq!(answer["decision"], reason.is_none(), "{}: {answer}", case.name);
        let told = answer["context"]["reason"].as_str();
        assert_eq!(told, reason.map(Reason::code), "{}: {answer}", case.name);
        asked += 1;
        reasons.extend(reason);
    }
    assert_eq!((asked, reasons.len()), ASKED, "{reasons:?}");
}
