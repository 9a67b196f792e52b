//! A host in memory, that remembers what it was asked to do.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::headers::{Pairs, encode};
use crate::host::{Call, Host, HostError, Level, Map, MetricKind, Response};
use crate::{Filter, Flow};

pub(crate) const NOW_MS: i64 = 1_800_000_000_000;

const ROOT: u32 = 1;
const REQUEST: u32 = 2;

type List = Vec<(String, Vec<u8>)>;

/// The state of the host.
#[derive(Default)]
pub(crate) struct Fake {
    pub(crate) now_ms: Cell<i64>,
    pub(crate) configuration: RefCell<Vec<u8>>,
    pub(crate) request: RefCell<List>,
    pub(crate) added_to_response: RefCell<List>,
    pub(crate) answer_headers: RefCell<List>,
    pub(crate) answer_body: RefCell<Vec<u8>>,
    pub(crate) properties: RefCell<BTreeMap<&'static str, Vec<u8>>>,
    pub(crate) responses: RefCell<Vec<Response>>,
    pub(crate) calls: RefCell<Vec<Call>>,
    pub(crate) metrics: RefCell<BTreeMap<String, i64>>,
    pub(crate) logs: RefCell<Vec<String>>,
    pub(crate) ticks: RefCell<Vec<u32>>,
    /// Host calls by name.
    pub(crate) asked: RefCell<Vec<&'static str>>,
    /// Names of calls that fail.
    pub(crate) broken: RefCell<Vec<&'static str>>,
    /// What is kept beyond an instance, with its version.
    pub(crate) shared: RefCell<BTreeMap<String, (Vec<u8>, u32)>>,
    names: RefCell<Vec<String>>,
}

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Played {
    /// What the upstream gets, or `None` if it gets nothing.
    pub(crate) upstream: Option<List>,
    pub(crate) response: Option<Response>,
    pub(crate) asked: Vec<&'static str>,
}

impl Played {
    pub(crate) fn status(&self) -> u32 {
        self.response.as_ref().map_or(200, |response| response.status)
    }

    pub(crate) fn reason(&self) -> &'static str {
        self.response.as_ref().map_or("", |response| response.details)
    }

    /// All values of a header, as the upstream sees them.
    pub(crate) fn sees(&self, name: &str) -> Vec<String> {
        let headers = self.upstream.as_ref().unwrap();
        let values = headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        values.map(|(_, value)| String::from_utf8_lossy(value).into_owned()).collect()
    }
}

impl Fake {
    /// A filter with a configuration that must be good.
    pub(crate) fn configured(configuration: &str) -> (Self, Filter) {
        let fake = Self::default();
        fake.now_ms.set(NOW_MS);
        let mut filter = Filter::default();
        filter.create(ROOT, 0);
        assert!(fake.configure(&mut filter, configuration), "{:?}", fake.logs.borrow());
        (fake, filter)
    }

    pub(crate) fn configure(&self, filter: &mut Filter, configuration: &str) -> bool {
        *self.configuration.borrow_mut() = configuration.as_bytes().to_vec();
        filter.configure(self, ROOT, configuration.len())
    }

    pub(crate) fn tick(&self, filter: &mut Filter) {
        filter.tick(self, ROOT);
    }

    /// Answers the last call.
    pub(crate) fn answer(&self, filter: &mut Filter, headers: &[(&str, &str)], body: &[u8]) {
        *self.answer_headers.borrow_mut() =
            headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
        *self.answer_body.borrow_mut() = body.to_vec();
        let token = u32::try_from(self.calls.borrow().len()).unwrap();
        filter.call_response(self, ROOT, token, headers.len(), body.len());
    }

    /// Plays one request through the filter.
    pub(crate) fn play<V: AsRef<[u8]>>(&self, filter: &mut Filter, headers: &[(&str, V)]) -> Played {
        *self.request.borrow_mut() =
            headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_ref().to_vec())).collect();
        self.asked.borrow_mut().clear();
        self.added_to_response.borrow_mut().clear();
        self.responses.borrow_mut().clear();
        filter.create(REQUEST, ROOT);
        let flow = filter.request_headers(self, REQUEST, true);
        let after = filter.response_headers(self, REQUEST);
        filter.delete(REQUEST);
        let response = self.responses.borrow_mut().pop();
        assert_eq!(
            flow == Flow::Stop || after == Flow::Stop,
            response.is_some() || self.broken.borrow().contains(&"respond")
        );
        let upstream = (flow == Flow::Continue).then(|| self.request.borrow().clone());
        Played { upstream, response, asked: self.asked.borrow().clone() }
    }

    /// A `GET` on Envoy.
    pub(crate) fn get(&self, filter: &mut Filter, path: &str, headers: &[(&str, &str)]) -> Played {
        let mut all = vec![(":authority", "api.example.com"), (":method", "GET"), (":path", path)];
        all.extend(headers);
        self.play(filter, &all)
    }

    /// A `GET` on an nginx host.
    pub(crate) fn get_nginx(&self, filter: &mut Filter, path: &str, headers: &[(&str, &str)]) -> Played {
        self.get_nginx_from(filter, "API.example.com:8000", path, headers)
    }

    /// The same with another `Host` than the request line's.
    pub(crate) fn get_nginx_from(
        &self,
        filter: &mut Filter,
        host: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Played {
        let mut properties = self.properties.borrow_mut();
        properties.insert("ngx.host", b"api.example.com".to_vec());
        properties.insert("ngx.request_uri", path.as_bytes().to_vec());
        properties.insert("ngx.request_id", b"nginx-id".to_vec());
        drop(properties);
        let mut all =
            vec![(":authority", "machine"), (":method", "GET"), (":path", "/decoded"), ("Host", host)];
        all.extend(headers);
        self.play(filter, &all)
    }

    pub(crate) fn metric(&self, name: &str) -> i64 {
        self.metrics.borrow().get(name).copied().unwrap_or(-1)
    }

    fn ask(&self, name: &'static str) -> Result<(), HostError> {
        self.asked.borrow_mut().push(name);
        if self.broken.borrow().contains(&name) { Err(HostError(12)) } else { Ok(()) }
    }

    fn list(&self, map: Map) -> &RefCell<List> {
        match map {
            Map::Request => &self.request,
            Map::Response => &self.added_to_response,
            Map::Call => &self.answer_headers,
        }
    }
}

impl Host for Fake {
    fn write_log(&self, _level: Level, text: &str) -> Result<(), HostError> {
        if self.broken.borrow().contains(&"log") {
            return Err(HostError(12));
        }
        self.logs.borrow_mut().push(text.to_owned());
        Ok(())
    }

    fn now_nanos(&self) -> Result<u64, HostError> {
        self.ask("now")?;
        Ok(u64::try_from(self.now_ms.get()).unwrap() * 1_000_000)
    }

    fn configuration(&self, _size: usize) -> Result<Vec<u8>, HostError> {
        self.ask("configuration")?;
        Ok(self.configuration.borrow().clone())
    }

    fn headers(&self, map: Map) -> Result<Vec<u8>, HostError> {
        self.ask("headers")?;
        Ok(encode(&self.list(map).borrow()))
    }

    fn set_headers(&self, map: Map, encoded: &[u8]) -> Result<(), HostError> {
        self.ask("set_headers")?;
        let pairs = Pairs::decode(encoded.to_vec()).unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        *self.list(map).borrow_mut() =
            pairs.iter().map(|(name, value)| (text(name), value.to_vec())).collect();
        Ok(())
    }

    /// Like nginx: only the first copy changes.
    fn replace_header(&self, map: Map, name: &[u8], value: &[u8]) -> Result<(), HostError> {
        self.ask("replace_header")?;
        let mut list = self.list(map).borrow_mut();
        match list.iter_mut().find(|(other, _)| other.as_bytes().eq_ignore_ascii_case(name)) {
            Some((_, old)) => *old = value.to_vec(),
            None => list.push((String::from_utf8(name.to_vec()).unwrap(), value.to_vec())),
        }
        Ok(())
    }

    fn add_header(&self, map: Map, name: &[u8], value: &[u8]) -> Result<(), HostError> {
        self.ask("add_header")?;
        self.list(map).borrow_mut().push((String::from_utf8(name.to_vec()).unwrap(), value.to_vec()));
        Ok(())
    }

    fn property(&self, path: &[u8]) -> Result<Vec<u8>, HostError> {
        self.ask("property")?;
        let path = String::from_utf8(path.to_vec()).unwrap().replace('\0', ".");
        self.properties.borrow().get(path.as_str()).cloned().ok_or(HostError::NOT_FOUND)
    }

    fn respond(&self, response: &Response) -> Result<(), HostError> {
        self.ask("respond")?;
        self.responses.borrow_mut().push(response.clone());
        Ok(())
    }

    fn call(&self, call: &Call) -> Result<u32, HostError> {
        self.ask("call")?;
        self.calls.borrow_mut().push(call.clone());
        Ok(u32::try_from(self.calls.borrow().len()).unwrap())
    }

    fn call_body(&self, size: usize) -> Result<Vec<u8>, HostError> {
        self.ask("call_body")?;
        Ok(self.answer_body.borrow().iter().copied().take(size).collect())
    }

    fn set_tick_period(&self, milliseconds: u32) -> Result<(), HostError> {
        self.ask("set_tick_period")?;
        self.ticks.borrow_mut().push(milliseconds);
        Ok(())
    }

    fn define_metric(&self, _kind: MetricKind, name: &str) -> Result<u32, HostError> {
        self.ask("define_metric")?;
        self.metrics.borrow_mut().insert(name.to_owned(), 0);
        let mut names = self.names.borrow_mut();
        names.push(name.to_owned());
        Ok(u32::try_from(names.len() - 1).unwrap())
    }

    fn increment_metric(&self, id: u32, by: i64) -> Result<(), HostError> {
        *self.metrics.borrow_mut().get_mut(&self.names.borrow()[id as usize]).unwrap() += by;
        Ok(())
    }

    fn record_metric(&self, id: u32, value: u64) -> Result<(), HostError> {
        *self.metrics.borrow_mut().get_mut(&self.names.borrow()[id as usize]).unwrap() =
            i64::try_from(value).unwrap();
        Ok(())
    }

    fn shared(&self, key: &str) -> Result<(Vec<u8>, u32), HostError> {
        self.ask("shared")?;
        self.shared.borrow().get(key).cloned().ok_or(HostError::NOT_FOUND)
    }

    fn share(&self, key: &str, value: &[u8], version: u32) -> Result<(), HostError> {
        self.ask("share")?;
        let mut shared = self.shared.borrow_mut();
        let before = shared.get(key).map_or(0, |(_, version)| *version);
        if version != 0 && version != before {
            return Err(HostError(8));
        }
        shared.insert(key.to_owned(), (value.to_vec(), before + 1));
        Ok(())
    }
}
