use gatepass::{DecisionLine, LoggedDecision};
use serde_json::{Value, json};

use crate::testing::{Fake, Sample};

const R1: &str = "00000000-0000-4000-8000-000000000001";
const R2: &str = "00000000-0000-4000-8000-000000000002";

fn config(log: &Value) -> String {
    json!({
        "version": 1, "host": "envoy", "log": log, "bundle": {"inline": Sample::new().base64()},
        "credentials": [{"kind": "api_key", "header": "apikey"}, {"kind": "api_key", "query": "key"}],
        "routes": [{"path_prefix": "/orders", "resource_ids": [R2, R1]},
                   {"path_prefix": "/watched", "resource_id": R1, "mode": "monitor"}],
        "open": [{"path_prefix": "/health"}],
    })
    .to_string()
}

fn lines(fake: &Fake) -> Vec<DecisionLine> {
    let logs = std::mem::take(&mut *fake.logs.borrow_mut());
    logs.iter().filter(|line| line.starts_with('{')).map(|line| line.parse().unwrap()).collect()
}

#[test]
fn a_line_says_what_was_decided_about_what_and_no_secret() {
    let (fake, mut filter) = Fake::configured(&config(&json!({"allow_one_in": 1})));
    fake.get(&mut filter, "/orders/7?key=good", &[("x-request-id", "abc-1")]);
    fake.get(&mut filter, "/orders/a\u{e9}\"", &[("apikey", "waiting")]);
    fake.get(&mut filter, "/watched", &[("apikey", "stolen-secret")]);
    fake.get(&mut filter, "/health", &[("apikey", "good")]);
    fake.get(&mut filter, "/orders/%6f", &[("cookie", "stolen-secret")]);
    let all = fake.logs.borrow().join("\n");
    for secret in ["good", "waiting\"", "stolen-secret", "cookie"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    let lines = lines(&fake);
    let [allowed, denied, watched, open, odd] = &lines[..] else { panic!("{all}") };
    assert_eq!((allowed.decision, allowed.reason.as_deref()), (LoggedDecision::Allow, None));
    assert_eq!(allowed.application_id.unwrap().to_string(), "00000000-0000-4000-8000-0000000000a1");
    assert_eq!(allowed.developer_id.unwrap().to_string(), "00000000-0000-4000-8000-0000000000d1");
    assert_eq!(allowed.resource_id.unwrap().to_string(), R1, "what was granted");
    let asked: Vec<String> = allowed.resource_ids.iter().map(ToString::to_string).collect();
    assert_eq!(asked, [R2, R1]);
    assert_eq!((allowed.path.as_str(), allowed.method.as_str()), ("/orders/7", "GET"));
    assert_eq!((allowed.host.as_str(), allowed.request_id.as_deref()), ("api.example.com", Some("abc-1")));
    assert_eq!(allowed.at.unwrap().millis(), crate::testing::NOW_MS);

    assert_eq!((denied.decision, denied.reason.as_deref()), (LoggedDecision::Deny, Some("path_ambiguous")));
    assert_eq!((denied.http_status, denied.path.as_str()), (Some(400), "/orders/a%C3%A9%22"));
    assert_eq!(
        (watched.decision, watched.reason.as_deref(), watched.http_status),
        (LoggedDecision::WouldDeny, Some("credential_unknown"), Some(401))
    );
    assert_eq!((open.decision, open.application_id), (LoggedDecision::Open, None));
    assert_eq!(odd.reason.as_deref(), Some("path_ambiguous"));
    assert_eq!((odd.counts.logged, odd.counts.requests()), (5, 5));
    assert!(lines.iter().all(|line| line.instance == odd.instance && !line.instance.is_empty()));
}

#[test]
fn denials_name_the_application_for_whoever_asks_again() {
    let (fake, mut filter) = Fake::configured(&config(&json!({})));
    fake.get(&mut filter, "/watched", &[("apikey", "waiting")]);
    let [line] = &lines(&fake)[..] else { panic!() };
    assert_eq!(line.reason.as_deref(), Some("registration_pending"));
    assert_eq!(line.application_id.unwrap().to_string(), "00000000-0000-4000-8000-0000000000a2");
    assert_eq!(line.team_id.unwrap().to_string(), "00000000-0000-4000-8000-0000000000e1");
}

#[test]
fn nothing_is_lost_unseen() {
    let (fake, mut filter) = Fake::configured(&config(&json!({"denials_per_second": 3, "allow_one_in": 5})));
    let (mut requests, mut written) = (0, 0);
    for round in 0..400_u32 {
        fake.now_ms.set(fake.now_ms.get() + 20);
        if round == 200 {
            fake.broken.borrow_mut().push("log");
        }
        let (path, key) = match round % 4 {
            0 => ("/orders", "good"),
            1 => ("/orders", "waiting"),
            2 => ("/health", ""),
            _ => ("/watched", "nobody's"),
        };
        fake.get(&mut filter, path, &[("apikey", key)]);
        requests += 1;
        written += lines(&fake).len();
    }
    fake.broken.borrow_mut().clear();
    fake.now_ms.set(fake.now_ms.get() + 2000);
    fake.tick(&mut filter);
    let metric = |name: &str| fake.metric(&format!("gatepass_{name}"));
    assert_eq!(metric("log_logged"), i64::try_from(written).unwrap());
    assert!(written > 30, "{written}");
    assert!(metric("log_sampled_out") > 100 && metric("log_dropped") > 100);
    assert_eq!(metric("log_logged") + metric("log_sampled_out") + metric("log_dropped"), requests);
    let decided = ["allow", "open", "registration_pending", "credential_unknown", "resource_unpublished"];
    let decided: i64 = decided.iter().map(|word| metric(&format!("decisions_{word}")).max(0)).sum();
    assert_eq!(decided, requests, "{:?}", fake.metrics.borrow());
    assert_eq!(metric("would_deny"), 100);
}
