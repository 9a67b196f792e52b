//! What the filter asks of a proxy, answered by the relay: a question's headers, and the relay's own bundle.

use std::cell::{Cell, RefCell};

use gatepass_filter::{Call, Host, HostError, Level, Map, MetricKind, Pairs, Response, encode};

/// Headers as bytes.
pub(super) type Headers = Vec<(Vec<u8>, Vec<u8>)>;

/// A host that holds one question at a time.
#[derive(Default)]
pub(super) struct DoorHost {
    pub(super) configuration: Vec<u8>,
    pub(super) now_nanos: Cell<u64>,
    pub(super) request: RefCell<Headers>,
    pub(super) response: RefCell<Option<Response>>,
    /// A call that is not answered yet, with its token.
    call: RefCell<Option<(u32, Call)>>,
    tokens: Cell<u32>,
    pub(super) call_headers: RefCell<Headers>,
    pub(super) call_body: RefCell<Vec<u8>>,
}

impl DoorHost {
    pub(super) fn new(configuration: Vec<u8>) -> Self {
        Self { configuration, ..Self::default() }
    }

    pub(super) fn take_call(&self) -> Option<(u32, Call)> {
        self.call.borrow_mut().take()
    }
}

impl Host for DoorHost {
    fn log(&self, level: Level, text: &str) {
        if level >= Level::Warn && !text.contains("unsigned") {
            anstream::eprintln!("{text}");
        }
    }

    /// A door writes no decision log: the filter counts each line as dropped.
    fn write_log(&self, _: Level, _: &str) -> Result<(), HostError> {
        Err(HostError::NOT_FOUND)
    }

    fn shared(&self, _: &str) -> Result<(Vec<u8>, u32), HostError> {
        Err(HostError::NOT_FOUND)
    }

    fn share(&self, _: &str, _: &[u8], _: u32) -> Result<(), HostError> {
        Err(HostError::NOT_FOUND)
    }

    fn now_nanos(&self) -> Result<u64, HostError> {
        Ok(self.now_nanos.get())
    }

    fn configuration(&self, _: usize) -> Result<Vec<u8>, HostError> {
        Ok(self.configuration.clone())
    }

    fn headers(&self, map: Map) -> Result<Vec<u8>, HostError> {
        match map {
            Map::Request => Ok(encode(&self.request.borrow())),
            Map::Call => Ok(encode(&self.call_headers.borrow())),
            Map::Response => Err(HostError::NOT_FOUND),
        }
    }

    fn set_headers(&self, _: Map, encoded: &[u8]) -> Result<(), HostError> {
        let pairs = Pairs::decode(encoded.to_vec()).ok_or(HostError::MALFORMED)?;
        *self.request.borrow_mut() =
            pairs.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
        Ok(())
    }

    fn replace_header(&self, _: Map, _: &[u8], _: &[u8]) -> Result<(), HostError> {
        Err(HostError::NOT_FOUND)
    }

    fn add_header(&self, _: Map, _: &[u8], _: &[u8]) -> Result<(), HostError> {
        Err(HostError::NOT_FOUND)
    }

    fn property(&self, _: &[u8]) -> Result<Vec<u8>, HostError> {
        Err(HostError::NOT_FOUND)
    }

    fn respond(&self, response: &Response) -> Result<(), HostError> {
        *self.response.borrow_mut() = Some(response.clone());
        Ok(())
    }

    fn call(&self, call: &Call) -> Result<u32, HostError> {
        let token = self.tokens.get().wrapping_add(1);
        self.tokens.set(token);
        *self.call.borrow_mut() = Some((token, call.clone()));
        Ok(token)
    }

    fn call_body(&self, size: usize) -> Result<Vec<u8>, HostError> {
        let body = self.call_body.borrow();
        body.get(..size).map(<[u8]>::to_vec).ok_or(HostError::MALFORMED)
    }

    fn set_tick_period(&self, _: u32) -> Result<(), HostError> {
        Ok(())
    }

    fn define_metric(&self, _: MetricKind, _: &str) -> Result<u32, HostError> {
        Ok(0)
    }

    fn increment_metric(&self, _: u32, _: i64) -> Result<(), HostError> {
        Ok(())
    }

    fn record_metric(&self, _: u32, _: u64) -> Result<(), HostError> {
        Ok(())
    }
}
