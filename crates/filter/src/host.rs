//! The proxy the filter runs in: everything it may be asked, and the only file that asks it.
//!
//! The SDK's host calls panic on a status they do not expect, which would be a permanent 503 on that worker.
//! Here each status that is not `Ok` becomes a [`HostError`], and what a host returns is checked before use.

/// A host call that did not succeed: the proxy-wasm status, or [`HostError::MALFORMED`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostError(pub u32);

impl HostError {
    /// There is nothing under that name.
    pub const NOT_FOUND: Self = Self(1);
    /// The status was `Ok`, yet what came with it cannot be used.
    pub const MALFORMED: Self = Self(u32::MAX);
}

/// Severity of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub enum Level {
    /// Something worth knowing.
    Info = 2,
    /// Something that should be changed.
    Warn = 3,
    /// Something that failed.
    Error = 4,
}

/// A header map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Map {
    /// Of the request from the client.
    Request = 0,
    /// Of the response to the client.
    Response = 2,
    /// Of the response to a call the filter made.
    Call = 6,
}

/// Kind of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum MetricKind {
    /// Only ever grows.
    Counter = 0,
    /// Goes up and down.
    Gauge = 1,
}

/// An answer in place of the upstream's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u32,
    /// gRPC status, or -1 if the host shall not care.
    pub grpc_status: i32,
    /// A word for the access log.
    pub details: &'static str,
    /// Header names, lower case and each once, and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body; for gRPC the status message.
    pub body: String,
}

/// A `GET` to another service. `Debug` shows the names of the headers only: one of them may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// Cluster name (Envoy) or `host:port` (nginx hosts).
    pub upstream: String,
    /// All headers, pseudo-headers included.
    pub headers: Vec<(&'static str, String)>,
    /// After how many milliseconds the host gives up.
    pub timeout_ms: u32,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Call")
            .field("upstream", &self.upstream)
            .field("headers", &names)
            .field("timeout_ms", &self.timeout_ms)
            .finish()
    }
}

/// What a proxy offers. Each method is one host call.
///
/// # Errors
///
/// Each method's error is the status with which the host refused.
#[expect(clippy::missing_errors_doc, reason = "all methods fail for the one reason that the trait names")]
pub trait Host {
    /// Writes a log line.
    fn write_log(&self, level: Level, text: &str) -> Result<(), HostError>;
    /// Writes a log line. One that cannot be written has nobody to tell.
    fn log(&self, level: Level, text: &str) {
        let _unwritten = self.write_log(level, text);
    }
    /// Nanoseconds since 1970 in UTC.
    fn now_nanos(&self) -> Result<u64, HostError>;
    /// The plugin configuration, of which the host announced the size.
    fn configuration(&self, size: usize) -> Result<Vec<u8>, HostError>;
    /// A whole header map, encoded as [`Pairs::decode`](crate::Pairs::decode) reads it.
    fn headers(&self, map: Map) -> Result<Vec<u8>, HostError>;
    /// Replaces a whole header map.
    fn set_headers(&self, map: Map, encoded: &[u8]) -> Result<(), HostError>;
    /// Sets the one value of a header.
    fn replace_header(&self, map: Map, name: &[u8], value: &[u8]) -> Result<(), HostError>;
    /// Adds a value to a header.
    fn add_header(&self, map: Map, name: &[u8], value: &[u8]) -> Result<(), HostError>;
    /// A property of the request; the parts of the path are separated by zero bytes.
    fn property(&self, path: &[u8]) -> Result<Vec<u8>, HostError>;
    /// Answers the request.
    fn respond(&self, response: &Response) -> Result<(), HostError>;
    /// Starts a call; the answer comes with the returned token.
    fn call(&self, call: &Call) -> Result<u32, HostError>;
    /// The body of a call's answer, of which the host announced the size.
    fn call_body(&self, size: usize) -> Result<Vec<u8>, HostError>;
    /// Asks for ticks. nginx hosts trap when asked twice.
    fn set_tick_period(&self, milliseconds: u32) -> Result<(), HostError>;
    /// Defines a metric, or finds one that is already defined.
    fn define_metric(&self, kind: MetricKind, name: &str) -> Result<u32, HostError>;
    /// Adds to a counter.
    fn increment_metric(&self, id: u32, by: i64) -> Result<(), HostError>;
    /// Sets a gauge.
    fn record_metric(&self, id: u32, value: u64) -> Result<(), HostError>;
    /// What is kept beyond this instance under a key, and its version. Only for Envoy: nginx hosts trap without a
    /// shared zone.
    fn shared(&self, key: &str) -> Result<(Vec<u8>, u32), HostError>;
    /// Keeps something beyond this instance if its version is still this one; 0 is any.
    fn share(&self, key: &str, value: &[u8], version: u32) -> Result<(), HostError>;
}

#[cfg(target_arch = "wasm32")]
pub(crate) use wasm::{Wasm, allocate};

#[cfg(target_arch = "wasm32")]
#[expect(
    unsafe_code,
    reason = "host functions are extern; each call passes pointers to live memory and checks what comes back"
)]
mod wasm {
    use std::alloc::{Layout, alloc};
    use std::cell::Cell;
    use std::ptr::null_mut;

    use super::{Call, Host, HostError, Level, Map, MetricKind, Response};
    use crate::headers::encode;

    const BUFFER_CALL_BODY: u32 = 4;
    const BUFFER_CONFIGURATION: u32 = 7;

    #[link(wasm_import_module = "env")]
    unsafe extern "C" {
        fn proxy_log(level: u32, text: *const u8, text_size: usize) -> u32;
        fn proxy_get_current_time_nanoseconds(time: *mut u64) -> u32;
        fn proxy_set_tick_period_milliseconds(period: u32) -> u32;
        fn proxy_get_buffer_bytes(
            buffer: u32,
            start: usize,
            max: usize,
            data: *mut *mut u8,
            size: *mut usize,
        ) -> u32;
        fn proxy_get_header_map_pairs(map: u32, data: *mut *mut u8, size: *mut usize) -> u32;
        fn proxy_set_header_map_pairs(map: u32, data: *const u8, size: usize) -> u32;
        fn proxy_replace_header_map_value(
            map: u32,
            name: *const u8,
            name_size: usize,
            value: *const u8,
            size: usize,
        ) -> u32;
        fn proxy_add_header_map_value(
            map: u32,
            name: *const u8,
            name_size: usize,
            value: *const u8,
            size: usize,
        ) -> u32;
        fn proxy_get_property(path: *const u8, path_size: usize, data: *mut *mut u8, size: *mut usize)
        -> u32;
        fn proxy_send_local_response(
            status: u32,
            details: *const u8,
            details_size: usize,
            body: *const u8,
            body_size: usize,
            headers: *const u8,
            headers_size: usize,
            grpc_status: i32,
        ) -> u32;
        fn proxy_http_call(
            upstream: *const u8,
            upstream_size: usize,
            headers: *const u8,
            headers_size: usize,
            body: *const u8,
            body_size: usize,
            trailers: *const u8,
            trailers_size: usize,
            timeout_ms: u32,
            token: *mut u32,
        ) -> u32;
        fn proxy_define_metric(kind: u32, name: *const u8, name_size: usize, id: *mut u32) -> u32;
        fn proxy_increment_metric(id: u32, by: i64) -> u32;
        fn proxy_record_metric(id: u32, value: u64) -> u32;
        fn proxy_get_shared_data(
            key: *const u8,
            key_size: usize,
            data: *mut *mut u8,
            size: *mut usize,
            version: *mut u32,
        ) -> u32;
        fn proxy_set_shared_data(
            key: *const u8,
            key_size: usize,
            value: *const u8,
            size: usize,
            version: u32,
        ) -> u32;
    }

    thread_local! {
        /// What the host asked us to allocate and has not yet handed back: address and size.
        static HANDED_OUT: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    }

    /// Memory for the host to write an answer into; null if there is none, which hosts report as an error.
    pub(crate) fn allocate(size: usize) -> *mut u8 {
        let Ok(layout) = Layout::array::<u8>(size) else { return null_mut() };
        if size == 0 {
            return null_mut();
        }
        // SAFETY: the layout is not empty.
        let data = unsafe { alloc(layout) };
        if !data.is_null() {
            HANDED_OUT.set((data as usize, size));
        }
        data
    }

    /// Takes ownership of what the host wrote. It can only be the memory that it just asked for, and not more of it.
    fn take(data: *mut u8, size: usize) -> Result<Vec<u8>, HostError> {
        if size == 0 {
            return Ok(Vec::new());
        }
        let (address, capacity) = HANDED_OUT.take();
        if data.is_null() || data as usize != address || size > capacity {
            return Err(HostError::MALFORMED);
        }
        // SAFETY: `allocate` made exactly this block with this capacity, and it is handed back only once; the host
        // wrote `size` bytes of it.
        Ok(unsafe { Vec::from_raw_parts(data, size, capacity) })
    }

    fn done(status: u32) -> Result<(), HostError> {
        if status == 0 { Ok(()) } else { Err(HostError(status)) }
    }

    fn fetched(call: impl FnOnce(*mut *mut u8, *mut usize) -> u32) -> Result<Vec<u8>, HostError> {
        let (mut data, mut size) = (null_mut(), 0);
        done(call(&raw mut data, &raw mut size))?;
        take(data, size)
    }

    /// The real host.
    pub(crate) struct Wasm;

    // SAFETY (all calls below): pointers and sizes are those of borrowed slices that outlive the call, or of locals
    // that the host writes one number into.
    impl Host for Wasm {
        fn write_log(&self, level: Level, text: &str) -> Result<(), HostError> {
            done(unsafe { proxy_log(level as u32, text.as_ptr(), text.len()) })
        }

        fn now_nanos(&self) -> Result<u64, HostError> {
            let mut time = 0;
            done(unsafe { proxy_get_current_time_nanoseconds(&raw mut time) }).map(|()| time)
        }

        fn configuration(&self, size: usize) -> Result<Vec<u8>, HostError> {
            fetched(|data, got| unsafe { proxy_get_buffer_bytes(BUFFER_CONFIGURATION, 0, size, data, got) })
        }

        fn headers(&self, map: Map) -> Result<Vec<u8>, HostError> {
            fetched(|data, got| unsafe { proxy_get_header_map_pairs(map as u32, data, got) })
        }

        fn set_headers(&self, map: Map, encoded: &[u8]) -> Result<(), HostError> {
            done(unsafe { proxy_set_header_map_pairs(map as u32, encoded.as_ptr(), encoded.len()) })
        }

        fn replace_header(&self, map: Map, name: &[u8], value: &[u8]) -> Result<(), HostError> {
            done(unsafe {
                proxy_replace_header_map_value(
                    map as u32,
                    name.as_ptr(),
                    name.len(),
                    value.as_ptr(),
                    value.len(),
                )
            })
        }

        fn add_header(&self, map: Map, name: &[u8], value: &[u8]) -> Result<(), HostError> {
            done(unsafe {
                proxy_add_header_map_value(map as u32, name.as_ptr(), name.len(), value.as_ptr(), value.len())
            })
        }

        fn property(&self, path: &[u8]) -> Result<Vec<u8>, HostError> {
            fetched(|data, got| unsafe { proxy_get_property(path.as_ptr(), path.len(), data, got) })
        }

        fn respond(&self, response: &Response) -> Result<(), HostError> {
            let headers = encode(&response.headers);
            done(unsafe {
                proxy_send_local_response(
                    response.status,
                    response.details.as_ptr(),
                    response.details.len(),
                    response.body.as_ptr(),
                    response.body.len(),
                    headers.as_ptr(),
                    headers.len(),
                    response.grpc_status,
                )
            })
        }

        fn call(&self, call: &Call) -> Result<u32, HostError> {
            let headers = encode(&call.headers);
            let trailers = encode::<&str, &str>(&[]);
            let mut token = 0;
            done(unsafe {
                proxy_http_call(
                    call.upstream.as_ptr(),
                    call.upstream.len(),
                    headers.as_ptr(),
                    headers.len(),
                    [].as_ptr(),
                    0,
                    trailers.as_ptr(),
                    trailers.len(),
                    call.timeout_ms,
                    &raw mut token,
                )
            })
            .map(|()| token)
        }

        fn call_body(&self, size: usize) -> Result<Vec<u8>, HostError> {
            fetched(|data, got| unsafe { proxy_get_buffer_bytes(BUFFER_CALL_BODY, 0, size, data, got) })
        }

        fn set_tick_period(&self, milliseconds: u32) -> Result<(), HostError> {
            done(unsafe { proxy_set_tick_period_milliseconds(milliseconds) })
        }

        fn define_metric(&self, kind: MetricKind, name: &str) -> Result<u32, HostError> {
            let mut id = 0;
            done(unsafe { proxy_define_metric(kind as u32, name.as_ptr(), name.len(), &raw mut id) })
                .map(|()| id)
        }

        fn increment_metric(&self, id: u32, by: i64) -> Result<(), HostError> {
            done(unsafe { proxy_increment_metric(id, by) })
        }

        fn record_metric(&self, id: u32, value: u64) -> Result<(), HostError> {
            done(unsafe { proxy_record_metric(id, value) })
        }

        fn shared(&self, key: &str) -> Result<(Vec<u8>, u32), HostError> {
            let mut version = 0;
            let value = fetched(|data, got| unsafe {
                proxy_get_shared_data(key.as_ptr(), key.len(), data, got, &raw mut version)
            })?;
            Ok((value, version))
        }

        fn share(&self, key: &str, value: &[u8], version: u32) -> Result<(), HostError> {
            done(unsafe {
                proxy_set_shared_data(key.as_ptr(), key.len(), value.as_ptr(), value.len(), version)
            })
        }
    }
}
