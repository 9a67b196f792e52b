//! Portals as handles, with what is asked of them, and the machines that export and apply.

mod apply;
mod bundle;
mod contents;
mod crawl;
mod decide;
mod diff;
mod exchange;
mod handles;
mod open;
mod plan;
mod report;
#[cfg(feature = "schema")]
mod schema;

#[cfg(feature = "schema")]
pub use schema::schema;

use gatepass::Snapshot;
use gatepass::konnect::apply::Apply;
use handles::Held;

use super::{Answer, Refusal, Stateless, unknown_method};

/// Opens a snapshot.
pub(super) fn open(options: &[u8], bytes: &[u8]) -> Result<Answer, Refusal> {
    open::open(options, bytes)
}

/// Lets go of a handle; whether there was one.
pub(super) fn close(handle: u32) -> bool {
    handles::remove(handle)
}

/// Calls a method of a handle, or one that makes a handle.
pub(super) fn call(handle: u32, method: &str, body: &[u8]) -> Result<Answer, Refusal> {
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
            None => match PLANS.iter().find(|(name, _)| *name == method) {
                Some((_, run)) => run(&portal, body),
                None => Err(unknown_method(method)),
            },
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

type OfPortal = fn(&Snapshot, &[u8]) -> Result<Answer, Refusal>;
type OfPlan = fn(&handles::OpenPortal, &[u8]) -> Result<Answer, Refusal>;
type OfApply = fn(&mut Apply, &[u8]) -> Result<Answer, Refusal>;
type OfCrawl = fn(&mut crawl::OpenCrawl, &[u8]) -> Result<Answer, Refusal>;

/// The methods that need no handle.
const STATELESS: &[(&str, Stateless)] =
    &[("report_names", report::report_names), ("crawl_new", crawl::new), ("apply_new", apply::new)];

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

/// The methods of a portal that plan: a plan names the file that it was made from.
const PLANS: &[(&str, OfPlan)] = &[
    ("plan_approvals", plan::plan_approvals),
    ("plan_status", plan::plan_status),
    ("plan_revoke_stale", plan::plan_revoke_stale),
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
