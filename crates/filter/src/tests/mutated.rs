//! A short, deterministic form of fuzzing: what comes from outside, with bytes changed, cut, doubled and moved.
//! Nothing may panic, and nothing is let through without a credential that is right to the byte.

use serde_json::json;

use crate::config::Config;
use crate::random::Random;
use crate::testing::{Fake, Sample};

const R1: &str = "00000000-0000-4000-8000-000000000001";

/// Bytes that mean something to somebody.
const ODD: &[u8] = b"\0\t\n\r \"#%&'*+,-./0:;=?@AZ[\\]_az{|}~\x7f\x80\xc3\xff";

fn below(random: &mut Random, bound: usize) -> usize {
    usize::try_from(random.next()).unwrap() % bound.max(1)
}

fn mutate(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..=below(random, 3) {
        let at = below(random, bytes.len());
        let odd = ODD[below(random, ODD.len())];
        match below(random, 6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at.min(bytes.len()), odd),
            2 if !bytes.is_empty() => bytes[at] = odd,
            3 if !bytes.is_empty() => drop(bytes.remove(at)),
            4 if !bytes.is_empty() => bytes[at] ^= 1 << below(random, 8),
            _ => {
                let tail = bytes[at.min(bytes.len())..].to_vec();
                bytes.extend(tail.iter().take(64));
            }
        }
    }
}

fn config() -> String {
    json!({
        "version": 1, "host": "envoy", "bundle": {"inline": Sample::new().base64()},
        "log": {"denials_per_second": 10000, "allow_one_in": 1},
        "credentials": [{"kind": "api_key", "header": "apikey"}, {"kind": "api_key", "query": "key"},
                        {"kind": "api_key", "header": "authorization", "scheme": "Bearer"}],
        "routes": [{"host": "api.example.com", "path_prefix": "/orders", "resource_id": R1}],
        "open": [{"path_prefix": "/health"}],
    })
    .to_string()
}

#[test]
fn mutated_configurations_are_read_or_refused() {
    let mut random = Random::new(11);
    let (mut read, mut refused) = (0, 0);
    let mut good: serde_json::Value = serde_json::from_str(&config()).unwrap();
    good["bundle"] = json!({"fetch": {"upstream": "relay", "chunk_path": "/v1/chunks/", "interval_ms": 100}});
    good["allow_unsigned"] = true.into();
    let good = good.to_string();
    for _ in 0..5_000 {
        let mut bytes = good.clone().into_bytes();
        mutate(&mut random, &mut bytes);
        match Config::read(&bytes) {
            Ok(_) => read += 1,
            Err(problems) => {
                assert!(!problems.listed().is_empty());
                refused += 1;
            }
        }
    }
    assert!(read > 50 && refused > 1_000, "{read} {refused}");
}

#[test]
fn mutated_requests_pass_only_with_the_key_itself() {
    let (fake, mut filter) = Fake::configured(&config());
    let mut random = Random::new(12);
    let (mut passed, mut stopped) = (0, 0);
    for round in 0..20_000_u32 {
        let mut fields = [
            b"api.example.com".to_vec(),
            b"GET".to_vec(),
            b"/orders/v1?key=good".to_vec(),
            b"good".to_vec(),
            b"Bearer good".to_vec(),
        ];
        let which = below(&mut random, fields.len());
        mutate(&mut random, &mut fields[which]);
        let [authority, method, path, key, bearer] = &fields;
        let (shows_key, shows_bearer) = (round % 2 == 0, round % 3 == 0);
        let mut headers: Vec<(&str, &[u8])> =
            vec![(":authority", authority), (":method", method), (":path", path)];
        headers.extend(shows_key.then_some(("apikey", key.as_slice())));
        headers.extend(shows_bearer.then_some(("authorization", bearer.as_slice())));
        let played = fake.play(&mut filter, &headers);
        fake.logs.borrow_mut().clear();
        if played.upstream.is_none() {
            stopped += 1;
            continue;
        }
        if played.sees("x-gatepass-application-id").is_empty() {
            assert!(path.starts_with(b"/health"), "{}", String::from_utf8_lossy(path));
            continue;
        }
        passed += 1;
        let says = |bytes: &[u8]| bytes.windows(4).any(|window| window == b"good");
        let shown = says(path) || (shows_key && says(key)) || (shows_bearer && says(bearer));
        // A percent-encoded letter of the key is the letter.
        assert!(shown || path.contains(&b'%'), "{fields:?}");
        assert!(path.starts_with(b"/orders"), "{}", String::from_utf8_lossy(path));
        // Another scheme's `authorization` is no credential of ours, and the upstream's to read.
        let is_other_scheme = |value: &str| {
            !value.split(' ').next().is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"))
        };
        assert!(played.sees("apikey").iter().all(|value| !value.contains("good")), "{fields:?}");
        let bearers = played.sees("authorization");
        assert!(bearers.iter().all(|value| is_other_scheme(value) || !value.contains("good")), "{fields:?}");
    }
    assert!(passed > 1_000 && stopped > 1_000, "{passed} {stopped}");
}
