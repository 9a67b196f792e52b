//! A request before the filter, as Envoy or nginx shows it: what passes has shown a key, and carries who it is.
#![no_main]

use std::cell::{Cell, RefCell};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatepass_filter::{Call, Filter, Flow, Host, HostError, Level, Map, MetricKind, Pairs, Response, encode};
use gatepass_fuzz::{APPLICATIONS, BUNDLE, KEY, NOW, RESOURCES};
use libfuzzer_sys::fuzz_target;

static CONFIGURATIONS: LazyLock<[String; 2]> = LazyLock::new(|| ["envoy", "kong"].map(configuration));

fn configuration(host: &str) -> String {
    let mut credentials = vec![serde_json::json!({"kind": "api_key", "header": "apikey"})];
    // Kong cannot take a key out of a query.
    if host == "envoy" {
        credentials.push(serde_json::json!({"kind": "api_key", "query": "apikey"}));
    }
    serde_json::json!({
        "version": 1, "host": host,
        "bundle": {"inline": STANDARD.encode(&*BUNDLE)},
        "credentials": credentials,
        "routes": [{"path_prefix": "/orders", "resource_id": RESOURCES[0].to_string()},
                   {"path_prefix": "/", "resource_id": RESOURCES[2].to_string()}],
    })
    .to_string()
}

// The first byte says which host; then the target, the host's name and header lines, each ended by a line feed.
fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let nginx = first % 2 == 1;
    let mut lines = rest.split(|byte| *byte == b'\n');
    let (target, authority) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let mut headers = vec![(&b":method"[..], &b"GET"[..]), (b":path", target), (b":authority", authority)];
    if nginx {
        headers.push((b"host", authority));
    }
    headers.extend(lines.map(|line| {
        let at = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        (&line[..at], line.get(at + 1..).unwrap_or_default())
    }));
    let host = Shown {
        configuration: &CONFIGURATIONS[usize::from(nginx)],
        headers: RefCell::new(encode(&headers)),
        target,
        authority,
        answered: Cell::new(false),
    };
    let mut filter = Filter::default();
    filter.create(1, 0);
    assert!(filter.configure(&host, 1, host.configuration.len()), "the configuration is good");
    filter.create(2, 1);
    let flow = filter.request_headers(&host, 2, true);
    assert_eq!(flow == Flow::Stop, host.answered.get(), "it passes, or is answered");
    if flow == Flow::Continue {
        let pairs = Pairs::decode(host.headers.borrow().clone()).expect("what the filter wrote can be read");
        let own: Vec<&[u8]> = pairs
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(b"x-gatepass-application-id"))
            .map(|(_, value)| value)
            .collect();
        assert_eq!(
            own,
            [APPLICATIONS[0].to_string().as_bytes()],
            "one application, and the one whose key was shown"
        );
        assert!(rest.windows(KEY.len()).any(|part| part == KEY) || rest.contains(&b'%'), "no key was shown");
        // Kong blanks what it cannot remove.
        let keys = pairs.iter().filter(|(name, _)| name.eq_ignore_ascii_case(b"apikey"));
        assert!(keys.into_iter().all(|(_, value)| nginx && value.is_empty()), "the key goes no further");
    }
});

struct Shown<'a> {
    configuration: &'a str,
    headers: RefCell<Vec<u8>>,
    target: &'a [u8],
    authority: &'a [u8],
    answered: Cell<bool>,
}

impl Host for Shown<'_> {
    fn write_log(&self, level: Level, text: &str) -> Result<(), HostError> {
        // Nothing of a request makes the filter complain; its configuration would.
        if level != Level::Info {
            eprintln!("{text}");
        }
        assert!(!text.contains(char::is_control), "a line of the log is one line: {text:?}");
        Ok(())
    }
    fn now_nanos(&self) -> Result<u64, HostError> {
        Ok(NOW as u64 * 1_000_000)
    }
    fn configuration(&self, _: usize) -> Result<Vec<u8>, HostError> {
        Ok(self.configuration.as_bytes().to_vec())
    }
    fn headers(&self, _: Map) -> Result<Vec<u8>, HostError> {
        Ok(self.headers.borrow().clone())
    }
    fn set_headers(&self, map: Map, encoded: &[u8]) -> Result<(), HostError> {
        if map == Map::Request {
            *self.headers.borrow_mut() = encoded.to_vec();
        }
        Ok(())
    }
    fn replace_header(&self, map: Map, name: &[u8], value: &[u8]) -> Result<(), HostError> {
        if map == Map::Request {
            let pairs = Pairs::decode(self.headers.borrow().clone()).ok_or(HostError::MALFORMED)?;
            let mut kept: Vec<(&[u8], &[u8])> =
                pairs.iter().filter(|(other, _)| !other.eq_ignore_ascii_case(name)).collect();
            kept.push((name, value));
            let encoded = encode(&kept);
            *self.headers.borrow_mut() = encoded;
        }
        Ok(())
    }
    fn add_header(&self, map: Map, name: &[u8], value: &[u8]) -> Result<(), HostError> {
        if map == Map::Request {
            let pairs = Pairs::decode(self.headers.borrow().clone()).ok_or(HostError::MALFORMED)?;
            let mut all: Vec<(&[u8], &[u8])> = pairs.iter().collect();
            all.push((name, value));
            let encoded = encode(&all);
            *self.headers.borrow_mut() = encoded;
        }
        Ok(())
    }
    fn property(&self, path: &[u8]) -> Result<Vec<u8>, HostError> {
        match path {
            b"ngx\0request_uri" => Ok(self.target.to_vec()),
            b"ngx\0host" => Ok(self.authority.to_ascii_lowercase()),
            _ => Err(HostError::NOT_FOUND),
        }
    }
    fn respond(&self, _: &Response) -> Result<(), HostError> {
        assert!(!self.answered.replace(true), "answered twice");
        Ok(())
    }
    fn call(&self, _: &Call) -> Result<u32, HostError> {
        Err(HostError::NOT_FOUND)
    }
    fn call_body(&self, _: usize) -> Result<Vec<u8>, HostError> {
        Err(HostError::NOT_FOUND)
    }
    fn set_tick_period(&self, _: u32) -> Result<(), HostError> {
        Ok(())
    }
    fn define_metric(&self, _: MetricKind, _: &str) -> Result<u32, HostError> {
        Ok(1)
    }
    fn increment_metric(&self, _: u32, _: i64) -> Result<(), HostError> {
        Ok(())
    }
    fn record_metric(&self, _: u32, _: u64) -> Result<(), HostError> {
        Ok(())
    }
    fn shared(&self, _: &str) -> Result<(Vec<u8>, u32), HostError> {
        Err(HostError::NOT_FOUND)
    }
    fn share(&self, _: &str, _: &[u8], _: u32) -> Result<(), HostError> {
        Ok(())
    }
}
