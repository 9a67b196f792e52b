//! What can be asked, as a table of methods: JSON text in, JSON text out, bytes where a method says so.
//!
//! Portals and state machines stay in here and are named by handles. Nothing panics on input: an unknown handle, an
//! unknown method and a body of nonsense are errors like any other, and leave everything as it was.
//!
//! ```
//! use gatepass_wasm::surface::{Answer, call};
//! let Ok(Answer::Text(text)) = call(0, "report_names", b"{}") else { panic!() };
//! assert!(text.starts_with(r#"["needs_consume_permission","#));
//! let error = call(0, "report_names", br#"{"nmae": 1}"#).unwrap_err();
//! assert_eq!(error.message(), "the body has a problem: `nmae` is not a member of this body");
//! ```

mod body;
mod email;
#[cfg(feature = "portals")]
mod portals;
mod refusal;
mod validate;
mod words;

#[cfg(feature = "schema")]
pub use portals::schema;
pub use refusal::Refusal;

/// What a method answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// JSON text.
    Text(String),
    /// Raw bytes.
    Bytes(Vec<u8>),
}

/// Opens a snapshot: `options` is JSON (`allow_partial`, `digest`), the answer JSON with the `handle`.
///
/// # Errors
///
/// [`Refusal`] with every problem of the snapshot, or saying that this module holds no portals.
pub fn open(options: &[u8], bytes: &[u8]) -> Result<Answer, Refusal> {
    #[cfg(feature = "portals")]
    return portals::open(options, bytes);
    #[cfg(not(feature = "portals"))]
    {
        let _ = (options, bytes);
        Err(unknown_method("open"))
    }
}

/// Lets go of a handle; whether there was one.
pub fn close(handle: u32) -> bool {
    #[cfg(feature = "portals")]
    return portals::close(handle);
    #[cfg(not(feature = "portals"))]
    {
        let _ = handle;
        false
    }
}

/// Calls a method; handle 0 for those that need none.
///
/// # Errors
///
/// [`Refusal`] saying what is wrong with the handle, the method or the body.
pub fn call(handle: u32, method: &str, body: &[u8]) -> Result<Answer, Refusal> {
    match STATELESS.iter().find(|(name, _)| handle == 0 && *name == method) {
        Some((_, run)) => run(body),
        #[cfg(feature = "portals")]
        None => portals::call(handle, method, body),
        #[cfg(not(feature = "portals"))]
        None => Err(unknown_method(method)),
    }
}

type Stateless = fn(&[u8]) -> Result<Answer, Refusal>;

/// The methods that need no portal: the whole of the small module.
const STATELESS: &[(&str, Stateless)] = &[
    ("reasons", words::reasons),
    ("version", words::version),
    ("catalogue", words::catalogue),
    ("access_for", words::access_for),
    ("email_domain", email::email_domain),
    ("request_types", validate::request_types),
    ("check_request", validate::check_request),
    ("request_schema", validate::request_schema),
];

fn unknown_method(method: &str) -> Refusal {
    Refusal::new("method_unknown", "", format!("`{}` is not a method of this handle", body::shown(method)))
}

/// An answer in JSON.
fn json(value: &impl serde::Serialize) -> Result<Answer, Refusal> {
    serde_json::to_string(value)
        .map(Answer::Text)
        .map_err(|error| Refusal::new("answer_unwritable", "", error.to_string()))
}
