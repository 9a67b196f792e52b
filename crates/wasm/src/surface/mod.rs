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

mod apply;
mod body;
mod bundle;
mod contents;
mod crawl;
mod decide;
mod diff;
mod exchange;
mod handles;
mod open;
mod plan;
mod refusal;
mod report;
#[cfg(feature = "schema")]
mod schema;
mod words;

pub use refusal::Refusal;
#[cfg(feature = "schema")]
pub use schema::schema;

use gatepass::Snapshot;
use gatepass::konnect::apply::Apply;
use handles::Held;

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
/// [`Refusal`] with every problem of the snapshot.
pub fn open(options: &[u8], bytes: &[u8]) -> Result<Answer, Refusal> {
    open::open(options, bytes)
}

/// Lets go of a handle; whether there was one.
pub fn close(handle: u32) -> bool {
    handles::remove(handle)
}

/// Calls a method; handle 0 for those that need none.
///
/// # Errors
///
/// [`Refusal`] saying what is wrong with the handle, the method or the body.
pub fn call(handle: u32, method: &str, body: &[u8]) -> Result<Answer, Refusal> {
    if handle == 0 {
        return match STATELESS.iter().find(|(name, _)| *name == method) {
            Some((_, run)) => run(body),
            None => Err(unknown_method(method)),
        };
    }
    let held = handles::get(handle)?;
    match held {
        Held::Portal(portal) => match PORTAL.iter().find(|(name, _)| *name == method) {
            Some((_, run)) => run(&portal.snapshot, body),
            None if method == "plan_approvals" => plan::plan_approvals(&portal, body),
            None => Err(unknown_method(method)),
        },
        Held::Apply(apply) => {
            match (APPLY.iter().find(|(name, _)| *name == method), apply.try_borrow_mut()) {
                (Some((_, run)), Ok(mut apply)) => run(&mut apply, body),
                _ => Err(unknown_method(method)),
            }
        }
        Held::Crawl(crawl) => {
            match (CRAWL.iter().find(|(name, _)| *name == method), crawl.try_borrow_mut()) {
                (Some((_, run)), Ok(mut crawl)) => run(&mut crawl, body),
                _ => Err(unknown_method(method)),
            }
        }
    }
}

type Stateless = fn(&[u8]) -> Result<Answer, Refusal>;
type OfPortal = fn(&Snapshot, &[u8]) -> Result<Answer, Refusal>;

type OfApply = fn(&mut Apply, &[u8]) -> Result<Answer, Refusal>;
type OfCrawl = fn(&mut crawl::OpenCrawl, &[u8]) -> Result<Answer, Refusal>;

/// The methods that need no handle.
const STATELESS: &[(&str, Stateless)] = &[
    ("reasons", words::reasons),
    ("report_names", words::report_names),
    ("version", words::version),
    ("catalogue", words::catalogue),
    ("access_for", words::access_for),
    ("email_domain", plan::email_domain),
    ("crawl_new", crawl::new),
    ("apply_new", apply::new),
];

/// The methods of a portal.
const PORTAL: &[(&str, OfPortal)] = &[
    ("decide", decide::decide),
    ("decide_many", decide::decide_many),
    ("decide_packed", decide::decide_packed),
    ("explain", decide::explain),
    ("report", report::report),
    ("contents", contents::contents),
    ("diff", diff::diff),
    ("to_bundle", bundle::to_bundle),
    ("bundle_timestamp", bundle::bundle_timestamp),
    ("what_if", open::what_if),
    ("check_rules", plan::check_rules),
];

/// The methods of a plan that is carried out.
const APPLY: &[(&str, OfApply)] = &[("apply_next", apply::next), ("apply_answer", apply::answer)];

/// The methods of an export.
const CRAWL: &[(&str, OfCrawl)] = &[
    ("crawl_next", crawl::next),
    ("crawl_answer", crawl::answer),
    ("crawl_finish", crawl::finish),
    ("crawl_notes", crawl::notes),
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
