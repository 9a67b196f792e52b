//! The door for hosts without JavaScript: plain functions over the module's own memory.
//!
//! Pointers, lengths and handles are 32 bits wide in WebAssembly; no 64-bit integer crosses, so that hosts that
//! have none can use it too. An answer is a pointer to three little-endian words: status (0 answer, 1 error),
//! pointer and length. They are valid until the next call; the text is the caller's, to be given back with
//! [`gatepass_free`].

#![expect(unsafe_code, reason = "the host writes into and reads from this module's memory by address")]
// The wide pointers of other targets are for tests only.
#![allow(clippy::not_unsafe_ptr_arg_deref, reason = "these are exports: whoever calls them is not Rust")]

use std::alloc::{Layout, alloc, dealloc};
use std::cell::Cell;
use std::ptr::NonNull;

use crate::surface::{self, Answer, Refusal};

/// The number of this interface.
pub const ABI: u32 = 1;

/// What an answer's pointer points to.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct AnswerRecord {
    /// 0 for an answer, 1 for an error.
    pub status: u32,
    /// Where the text or the bytes are.
    pub pointer: *mut u8,
    /// How long they are.
    pub length: usize,
}

thread_local! {
    static ANSWER: Cell<AnswerRecord> =
        const { Cell::new(AnswerRecord { status: 0, pointer: std::ptr::null_mut(), length: 0 }) };
}

/// The number of this interface: 1.
#[unsafe(no_mangle)]
pub extern "C" fn gatepass_abi() -> u32 {
    ABI
}

/// Memory for `length` bytes; null if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn gatepass_alloc(length: usize) -> *mut u8 {
    match Layout::array::<u8>(length) {
        Ok(_) if length == 0 => NonNull::dangling().as_ptr(),
        // SAFETY: the layout has a size.
        Ok(layout) => unsafe { alloc(layout) },
        Err(_) => std::ptr::null_mut(),
    }
}

/// Gives back memory that [`gatepass_alloc`] or an answer gave.
#[unsafe(no_mangle)]
pub extern "C" fn gatepass_free(pointer: *mut u8, length: usize) {
    if length == 0 || pointer.is_null() {
        return;
    }
    if let Ok(layout) = Layout::array::<u8>(length) {
        // SAFETY: the caller gives back what it was given, with the same length.
        unsafe { dealloc(pointer, layout) }
    }
}

/// Opens a snapshot. The answer is JSON with the `handle`.
#[unsafe(no_mangle)]
pub extern "C" fn gatepass_open(
    options: *const u8,
    options_length: usize,
    bytes: *const u8,
    bytes_length: usize,
) -> *const AnswerRecord {
    answer(surface::open(given(options, options_length), given(bytes, bytes_length)))
}

/// Calls a method of a handle; 0 for methods that need none.
#[unsafe(no_mangle)]
pub extern "C" fn gatepass_call(
    handle: u32,
    method: *const u8,
    method_length: usize,
    body: *const u8,
    body_length: usize,
) -> *const AnswerRecord {
    let method = String::from_utf8_lossy(given(method, method_length));
    answer(surface::call(handle, &method, given(body, body_length)))
}

/// Lets go of a handle; 1 if there was one.
#[unsafe(no_mangle)]
pub extern "C" fn gatepass_close(handle: u32) -> u32 {
    u32::from(surface::close(handle))
}

fn given<'a>(pointer: *const u8, length: usize) -> &'a [u8] {
    if pointer.is_null() || length == 0 {
        return &[];
    }
    // SAFETY: the caller says that these bytes are there, and waits until the call is over.
    unsafe { std::slice::from_raw_parts(pointer, length) }
}

fn answer(result: Result<Answer, Refusal>) -> *const AnswerRecord {
    let (status, bytes) = match result {
        Ok(Answer::Text(text)) => (0, text.into_bytes()),
        Ok(Answer::Bytes(bytes)) => (0, bytes),
        Err(refusal) => (1, refusal.to_json().into_bytes()),
    };
    // Boxed, the bytes take exactly their length, which is what they are given back with.
    let bytes = bytes.into_boxed_slice();
    let length = bytes.len();
    let pointer = Box::into_raw(bytes).cast::<u8>();
    ANSWER.with(|cell| {
        cell.set(AnswerRecord { status, pointer, length });
        cell.as_ptr().cast_const()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(handle: u32, method: &str, body: &str) -> (u32, String) {
        let record = gatepass_call(handle, method.as_ptr(), method.len(), body.as_ptr(), body.len());
        // SAFETY: the record is valid until the next call.
        let record = unsafe { *record };
        let text = String::from_utf8(given(record.pointer, record.length).to_vec()).unwrap();
        gatepass_free(record.pointer, record.length);
        (record.status, text)
    }

    #[test]
    fn answers_and_errors_cross() {
        let (status, text) = called(0, "version", "");
        assert_eq!(status, 0);
        assert!(text.starts_with(r#"{"version":""#), "{text}");
        let (status, text) = called(7, "decide", "{}");
        assert_eq!(status, 1);
        assert!(text.contains(r#""code":"handle_unknown""#), "{text}");
    }

    #[test]
    fn memory_is_given_and_taken() {
        let empty = gatepass_alloc(0);
        assert!(!empty.is_null());
        gatepass_free(empty, 0);
        let some = gatepass_alloc(64);
        assert!(!some.is_null());
        gatepass_free(some, 64);
        assert!(gatepass_alloc(usize::MAX).is_null());
    }
}
