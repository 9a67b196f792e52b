//! A filter that asks its host for what Gatepass asks for when it allows, and decides nothing: the headers come and go
//! back with four more, as long as those that say who called.
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

const ADDED: [(&[u8], &[u8]); 4] = [
    (b"x-gatepass-application-id", b"000a0000-0000-4000-8000-000000000000"),
    (b"x-gatepass-owner", b"developer:000d0000-0000-4000-8000-000000000000"),
    (b"x-gatepass-resource-id", b"000e0000-0000-4000-8000-000000000000"),
    (b"x-gatepass-serial", b"1795735703856"),
];

/// A header map as hosts encode it: the number, the lengths, and then names and values, each with a zero behind it.
fn with_more(encoded: &[u8]) -> Vec<u8> {
    let count = u32::from_le_bytes([encoded[0], encoded[1], encoded[2], encoded[3]]);
    let texts = 4 + 8 * count as usize;
    let mut more = Vec::with_capacity(encoded.len() + 256);
    more.extend((count + 4).to_le_bytes());
    more.extend(&encoded[4..texts]);
    for (name, value) in ADDED {
        more.extend((name.len() as u32).to_le_bytes());
        more.extend((value.len() as u32).to_le_bytes());
    }
    more.extend(&encoded[texts..]);
    for text in ADDED.iter().flat_map(|(name, value)| [name, value]) {
        more.extend(*text);
        more.push(0);
    }
    more
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_request_headers(_context: u32, _count: u32, _ends: u32) -> u32 {
    let (mut data, mut size, mut time) = (std::ptr::null_mut(), 0, 0);
    unsafe {
        proxy_get_header_map_pairs(0, &mut data, &mut size);
        proxy_get_current_time_nanoseconds(&mut time);
        let more = with_more(std::slice::from_raw_parts(data, size));
        proxy_set_header_map_pairs(0, more.as_ptr(), more.len());
        dealloc(data, Layout::from_size_align_unchecked(size.max(1), 1));
    }
    0
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_response_headers(_context: u32, _count: u32, _ends: u32) -> u32 {
    unsafe { proxy_add_header_map_value(2, b"vary".as_ptr(), 4, b"apikey".as_ptr(), 6) };
    0
}
