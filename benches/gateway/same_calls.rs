//! A filter that asks its host for what Gatepass asks for when it allows, and decides nothing.
#![crate_type = "cdylib"]

use std::alloc::{Layout, alloc, dealloc};

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_get_header_map_pairs(map: u32, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_set_header_map_pairs(map: u32, data: *const u8, size: usize) -> u32;
    fn proxy_add_header_map_value(map: u32, name: *const u8, name_size: usize, value: *const u8, size: usize) -> u32;
    fn proxy_get_current_time_nanoseconds(time: *mut u64) -> u32;
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_abi_version_0_2_1() {}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_memory_allocate(size: usize) -> *mut u8 {
    unsafe { alloc(Layout::from_size_align_unchecked(size.max(1), 1)) }
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_context_create(_context: u32, _root: u32) {}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_vm_start(_context: u32, _size: u32) -> u32 {
    1
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_configure(_context: u32, _size: u32) -> u32 {
    1
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_request_headers(_context: u32, _count: u32, _ends: u32) -> u32 {
    let (mut data, mut size, mut time) = (std::ptr::null_mut(), 0, 0);
    unsafe {
        proxy_get_header_map_pairs(0, &mut data, &mut size);
        proxy_get_current_time_nanoseconds(&mut time);
        proxy_set_header_map_pairs(0, data, size);
        dealloc(data, Layout::from_size_align_unchecked(size.max(1), 1));
    }
    0
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_response_headers(_context: u32, _count: u32, _ends: u32) -> u32 {
    unsafe { proxy_add_header_map_value(2, b"vary".as_ptr(), 4, b"apikey".as_ptr(), 6) };
    0
}
