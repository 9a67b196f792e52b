//! The callbacks a proxy-wasm 0.2.1 host calls. All of them are exported: `ngx_wasm_module` calls some without
//! looking whether they exist.
//!
//! The SDK's dispatcher is not used: it panics on a context or a call token it does not know, which is a host's
//! mistake or a late answer, and never a reason to stop serving.

use std::cell::RefCell;

use crate::filter::Filter;
use crate::host::{Wasm, allocate};
use crate::request::Flow;

thread_local! {
    static FILTER: RefCell<Filter> = RefCell::new(Filter::default());
}

/// Runs a callback, or answers `otherwise` if the host calls back from within another one.
fn with<T>(otherwise: T, callback: impl FnOnce(&mut Filter) -> T) -> T {
    FILTER.with(|filter| match filter.try_borrow_mut() {
        Ok(mut filter) => callback(&mut filter),
        Err(_) => otherwise,
    })
}

/// Declares exported functions.
macro_rules! exports {
    ($(fn $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)? $body:block)+) => {$(
        #[expect(unsafe_code, reason = "the host finds callbacks by their names")]
        #[unsafe(no_mangle)]
        extern "C" fn $name($($argument: $type),*) $(-> $result)? $body
    )+};
}

const CONTINUE: u32 = 0;
const PAUSE: u32 = 1;

exports! {
    fn proxy_abi_version_0_2_1() {}
    fn _initialize() {}

    fn malloc(size: usize) -> *mut u8 { allocate(size) }
    fn proxy_on_memory_allocate(size: usize) -> *mut u8 { allocate(size) }

    fn proxy_on_context_create(context: u32, root: u32) { with((), |filter| filter.create(context, root)); }
    fn proxy_on_done(_context: u32) -> u32 { 1 }
    fn proxy_on_log(_context: u32) {}
    fn proxy_on_delete(context: u32) { with((), |filter| filter.delete(context)); }

    fn proxy_on_vm_start(_context: u32, _size: usize) -> u32 { 1 }
    fn proxy_on_configure(context: u32, size: usize) -> u32 {
        with(0, |filter| u32::from(filter.configure(&Wasm, context, size)))
    }
    fn proxy_on_tick(context: u32) { with((), |filter| filter.tick(&Wasm, context)); }
    fn proxy_on_queue_ready(_context: u32, _queue: u32) {}

    fn proxy_on_new_connection(_context: u32) -> u32 { CONTINUE }
    fn proxy_on_downstream_data(_context: u32, _size: usize, _end: u32) -> u32 { CONTINUE }
    fn proxy_on_downstream_connection_close(_context: u32, _peer: u32) {}
    fn proxy_on_upstream_data(_context: u32, _size: usize, _end: u32) -> u32 { CONTINUE }
    fn proxy_on_upstream_connection_close(_context: u32, _peer: u32) {}

    fn proxy_on_request_headers(context: u32, _count: usize, end: u32) -> u32 {
        // A request that cannot be judged now does not go on.
        match with(Flow::Stop, |filter| filter.request_headers(&Wasm, context, end != 0)) {
            Flow::Continue => CONTINUE,
            Flow::Stop => PAUSE,
        }
    }
    fn proxy_on_request_body(_context: u32, _size: usize, _end: u32) -> u32 { CONTINUE }
    fn proxy_on_request_trailers(_context: u32, _count: usize) -> u32 { CONTINUE }
    fn proxy_on_request_metadata(_context: u32, _count: usize) -> u32 { CONTINUE }
    fn proxy_on_response_headers(context: u32, _count: usize, _end: u32) -> u32 {
        match with(Flow::Stop, |filter| filter.response_headers(&Wasm, context)) {
            Flow::Continue => CONTINUE,
            Flow::Stop => PAUSE,
        }
    }
    fn proxy_on_response_body(_context: u32, _size: usize, _end: u32) -> u32 { CONTINUE }
    fn proxy_on_response_trailers(_context: u32, _count: usize) -> u32 { CONTINUE }
    fn proxy_on_response_metadata(_context: u32, _count: usize) -> u32 { CONTINUE }

    fn proxy_on_http_call_response(context: u32, token: u32, headers: usize, body: usize, _trailers: usize) {
        with((), |filter| filter.call_response(&Wasm, context, token, headers, body));
    }
    fn proxy_on_grpc_receive_initial_metadata(_context: u32, _token: u32, _headers: u32) {}
    fn proxy_on_grpc_receive(_context: u32, _token: u32, _size: usize) {}
    fn proxy_on_grpc_receive_trailing_metadata(_context: u32, _token: u32, _trailers: u32) {}
    fn proxy_on_grpc_close(_context: u32, _token: u32, _status: u32) {}
    fn proxy_on_foreign_function(_context: u32, _function: u32, _size: usize) {}
}
