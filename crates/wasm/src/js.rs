//! The door for JavaScript. Errors are thrown as their JSON text; the package makes `GatepassError`s of them.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::surface::{self, Answer, Refusal};

/// Opens a snapshot. The answer is JSON with the `handle`.
///
/// # Errors
///
/// The error's JSON text.
#[wasm_bindgen]
pub fn open(options: &str, bytes: &[u8]) -> Result<String, String> {
    text(surface::open(options.as_bytes(), bytes))
}

/// Calls a method that answers in JSON; handle 0 for methods that need none.
///
/// # Errors
///
/// The error's JSON text.
#[wasm_bindgen]
pub fn call(handle: u32, method: &str, body: &str) -> Result<String, String> {
    text(surface::call(handle, method, body.as_bytes()))
}

/// Calls a method that takes or answers in bytes.
///
/// # Errors
///
/// The error's JSON text.
#[wasm_bindgen(js_name = callBytes)]
pub fn call_bytes(handle: u32, method: &str, body: &[u8]) -> Result<Vec<u8>, String> {
    match surface::call(handle, method, body) {
        Ok(Answer::Text(text)) => Ok(text.into_bytes()),
        Ok(Answer::Bytes(bytes)) => Ok(bytes),
        Err(refusal) => Err(refusal.to_json()),
    }
}

/// Lets go of a handle; whether there was one.
#[wasm_bindgen]
pub fn close(handle: u32) -> bool {
    surface::close(handle)
}

fn text(result: Result<Answer, Refusal>) -> Result<String, String> {
    match result {
        Ok(Answer::Text(text)) => Ok(text),
        Ok(Answer::Bytes(_)) => {
            Err(Refusal::new("answer_is_bytes", "", "the method answers in bytes").to_json())
        }
        Err(refusal) => Err(refusal.to_json()),
    }
}
