//! The functions a filter can import: those of Rust SDK 0.2.5, each where its subject is.

mod buffers;
mod calls;
mod context;
mod header_maps;
mod metrics;
mod property;
mod shared_data;

use crate::{
    abi::{Call, HostFunction, Status, Stop},
    profile::Profile,
};

type Run = fn(&mut Call<'_, '_>) -> Result<(), Stop>;

const fn function(name: &'static str, parameters: &'static str, run: Run) -> HostFunction {
    HostFunction { name, parameters, run }
}

/// Every host function, under the module name `env`.
pub(crate) static FUNCTIONS: &[HostFunction] = &[
    function("proxy_log", "iii", context::log),
    function("proxy_get_log_level", "i", context::get_log_level),
    function("proxy_get_current_time_nanoseconds", "i", context::get_current_time),
    function("proxy_set_tick_period_milliseconds", "i", context::set_tick_period),
    function("proxy_set_effective_context", "i", context::set_effective_context),
    function("proxy_done", "", unsupported),
    function("proxy_continue_stream", "i", context::continue_stream),
    function("proxy_close_stream", "i", unsupported),
    function("proxy_send_local_response", "iiiiiiii", context::send_local_response),
    function("proxy_get_status", "iii", unsupported),
    function("proxy_get_buffer_bytes", "iiiii", buffers::get),
    function("proxy_set_buffer_bytes", "iiiii", buffers::set),
    function("proxy_get_header_map_pairs", "iii", header_maps::get_pairs),
    function("proxy_set_header_map_pairs", "iii", header_maps::set_pairs),
    function("proxy_get_header_map_value", "iiiii", header_maps::get_value),
    function("proxy_add_header_map_value", "iiiii", header_maps::add_value),
    function("proxy_replace_header_map_value", "iiiii", header_maps::replace_value),
    function("proxy_remove_header_map_value", "iii", header_maps::remove_value),
    function("proxy_get_property", "iiii", property::get),
    function("proxy_set_property", "iiii", property::set),
    function("proxy_get_shared_data", "iiiii", shared_data::get),
    function("proxy_set_shared_data", "iiiii", shared_data::set),
    function("proxy_register_shared_queue", "iii", unsupported),
    function("proxy_resolve_shared_queue", "iiiii", unsupported),
    function("proxy_dequeue_shared_queue", "iii", unsupported),
    function("proxy_enqueue_shared_queue", "iii", unsupported),
    function("proxy_http_call", "iiiiiiiiii", calls::http_call),
    function("proxy_grpc_call", "iiiiiiiiiiii", unsupported),
    function("proxy_grpc_stream", "iiiiiiiii", unsupported),
    function("proxy_grpc_send", "iiii", unsupported),
    function("proxy_grpc_cancel", "i", unsupported),
    function("proxy_grpc_close", "i", unsupported),
    function("proxy_call_foreign_function", "iiiiii", unsupported),
    function("proxy_define_metric", "iiii", metrics::define),
    function("proxy_get_metric", "ii", metrics::get),
    function("proxy_record_metric", "iI", metrics::record),
    function("proxy_increment_metric", "iI", metrics::increment),
];

/// What this host leaves out; `ngx_wasm_module` traps on what it leaves out itself.
fn unsupported(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    match call.profile() {
        Profile::Envoy => Err(Status::Unimplemented.into()),
        Profile::Kong => Err(Stop::Trap(format!("function not yet implemented: {}", call.name))),
    }
}
