//! Reading a portal out of Konnect: the host sends the requests, the state machine in here says which.

use std::cell::RefCell;
use std::rc::Rc;

use gatepass::konnect::crawl::{Crawl, CrawlError, CrawlResult, Options, Progress, Step, Target};
use gatepass::konnect::{ApiVersion, Request};
use gatepass::{PortalId, Problem, Problems, Region, Severity, Timestamp};
use serde::Serialize;

use super::exchange::{Sent, received, sent, times};
use super::handles::{self, Held};
use crate::surface::body::{Body, api_version};
use crate::surface::{Answer, Refusal, json};

/// A crawl, until its result is taken.
#[derive(Debug)]
pub(super) struct OpenCrawl {
    crawl: Option<Crawl>,
    result: Option<Result<CrawlResult, CrawlError>>,
    allow_partial: bool,
}

#[derive(Serialize)]
struct Handle {
    handle: u32,
}

/// What to do next.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "CrawlStep"))]
#[serde(tag = "step", rename_all = "snake_case")]
pub(super) enum NextStep {
    Send { requests: Vec<Sent>, progress: ProgressCounts },
    Wait { until: Option<Timestamp>, progress: ProgressCounts },
    Done { progress: ProgressCounts },
}

/// How far an export is. Totals grow while lists are found.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "CrawlProgress"))]
pub(super) struct ProgressCounts {
    lists_done: usize,
    lists_total: usize,
    items_done: u64,
    items_total: u64,
    requests: u64,
}

/// What is worth a look in an export.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "CrawlNotes"))]
pub(super) struct Notes {
    partial: Vec<PartialEntry>,
    notices: Vec<NoticeEntry>,
}

/// A list that is not whole.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "PartialList"))]
pub(super) struct PartialEntry {
    list: String,
    total: Option<u64>,
    items: u64,
    reason: String,
}

/// Something worth a look.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Notice"))]
pub(super) struct NoticeEntry {
    code: &'static str,
    message: String,
}

/// `{api, portal_id or portal_name, region, allow_partial, page_size, redact_secret}`: a crawl as a handle.
pub(super) fn new(body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let api = body.read_member("api", "`v2` or `v3`", |value| api_version(value.as_str()?));
    let region = body
        .read_member("region", "a region's code, such as `eu`", |value| Region::from_code(value.as_str()?));
    let id: Option<PortalId> = body.parsed("portal_id");
    let name = body.text("portal_name");
    let allow_partial = body.flag("allow_partial");
    let defaults = Options::default();
    let page_size = body
        .read_member("page_size", "a whole number above 0", |value| value.as_u64().filter(|size| *size > 0));
    let redact = body.text("redact_secret").map(|secret| secret.into_bytes().into_boxed_slice());
    let target = id.map(Target::Id).or(name.map(Target::Name));
    if target.is_none() {
        body.missing("portal_id");
    }
    body.finish()?;
    let Some(target) = target else { return Err(Refusal::new("body_invalid", "", "`portal_id` is missing")) };
    let page_size = page_size.unwrap_or(defaults.page_size);
    let options = Options { region, allow_partial, page_size, redact, ..defaults };
    let crawl = Crawl::new(target, api.unwrap_or(ApiVersion::V3), options);
    let open = OpenCrawl { crawl: Some(crawl), result: None, allow_partial };
    json(&Handle { handle: handles::insert(Held::Crawl(Rc::new(RefCell::new(open))))? })
}

/// The API that a portal is managed through.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "stated for the generator of the packages' types")]
pub(super) enum ApiWord {
    V2,
    V3,
}

/// `{now}`: what to do next.
pub(super) fn next(open: &mut OpenCrawl, body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let now: Option<Timestamp> = body.required("now");
    body.finish()?;
    let (Some(crawl), Some(now)) = (open.crawl.as_mut(), now) else { return Err(over()) };
    let step = crawl.next(now);
    let progress = counts(crawl.progress());
    json(&match step {
        Step::Send(requests) => NextStep::Send {
            requests: requests.iter().map(|request: &Request| sent(request)).collect(),
            progress,
        },
        Step::Wait { until } => NextStep::Wait { until, progress },
        Step::Done => NextStep::Done { progress },
    })
}

/// `{request_id, status, headers, body, now, random}` or `{request_id, failure: {kind, message}, now, random}`.
pub(super) fn answer(open: &mut OpenCrawl, body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let received = received(&mut body);
    let times = times(&mut body);
    body.finish()?;
    let (Some(crawl), Some((id, answer)), Some((now, random))) = (open.crawl.as_mut(), received, times)
    else {
        return Err(over());
    };
    crawl.answer(id, &answer, now, random);
    json(&counts(crawl.progress()))
}

/// The snapshot's text. Refused if a list is known to be incomplete, unless that was allowed.
pub(super) fn finish(open: &mut OpenCrawl, body: &[u8]) -> Result<Answer, Refusal> {
    Body::read(body)?.finish()?;
    let allow_partial = open.allow_partial;
    let result = result(open)?;
    if !allow_partial && !result.partial.is_empty() {
        let mut problems = Problems::default();
        for partial in &result.partial {
            problems.push(Problem {
                severity: Severity::Error,
                code: "list_partial",
                path: format!("/collected/{}", partial.list.replace('~', "~0")),
                message: partial.to_string(),
                remedy: "export again, or allow a partial snapshot",
            });
        }
        return Err(Refusal::of("export_partial", "the portal could not be read whole", problems));
    }
    String::from_utf8(result.snapshot.clone())
        .map(Answer::Text)
        .map_err(|_| Refusal::new("answer_unwritable", "", "the snapshot is not UTF-8"))
}

/// What is worth a look: incomplete lists, and notices.
pub(super) fn notes(open: &mut OpenCrawl, body: &[u8]) -> Result<Answer, Refusal> {
    Body::read(body)?.finish()?;
    let result = result(open)?;
    let partial = result.partial.iter().map(|partial| PartialEntry {
        list: partial.list.clone(),
        total: partial.total,
        items: partial.items,
        reason: partial.reason.clone(),
    });
    let notices = result
        .notices
        .iter()
        .map(|notice| NoticeEntry { code: notice.code, message: notice.message.clone() });
    json(&Notes { partial: partial.collect(), notices: notices.collect() })
}

fn result(open: &mut OpenCrawl) -> Result<&CrawlResult, Refusal> {
    if let Some(crawl) = open.crawl.take_if(|_| open.result.is_none()) {
        open.result = Some(crawl.into_result());
    }
    match &open.result {
        Some(Ok(result)) => Ok(result),
        Some(Err(error)) => Err(refused(error)),
        None => Err(over()),
    }
}

fn refused(error: &CrawlError) -> Refusal {
    let code = match error {
        CrawlError::Request(_) => "request_failed",
        CrawlError::PortalUnknown { .. } => "portal_unknown",
        CrawlError::PortalAmbiguous { .. } => "portal_ambiguous",
        CrawlError::Unfinished => "export_unfinished",
    };
    Refusal::new(code, "", error.to_string())
}

fn over() -> Refusal {
    Refusal::new("export_over", "", "the export is over; begin another")
}

const fn counts(progress: Progress) -> ProgressCounts {
    let Progress { lists_done, lists_total, items_done, items_total, requests } = progress;
    ProgressCounts { lists_done, lists_total, items_done, items_total, requests }
}
