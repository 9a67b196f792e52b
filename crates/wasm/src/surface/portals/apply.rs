//! Carrying out a plan: the host sends the requests and keeps the journal, the state machine in here says what.

use std::cell::RefCell;
use std::rc::Rc;

use gatepass::konnect::ApiVersion;
use gatepass::konnect::apply::{self, Apply, JournalEntry, Options, Outcome, OutlineLine, Step, Summary};
use gatepass::plan::{Plan, digest};
use gatepass::{Api, DeveloperId, Timestamp};
use serde::Serialize;

use super::exchange::{Sent, received, sent, times};
use super::handles::{self, Held};
use crate::surface::body::{Body, api_version};
use crate::surface::{Answer, Refusal, json};

/// A plan about to be carried out.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct ApplyBegun {
    handle: u32,
    /// What carrying it out would do, change by change.
    outline: Vec<OutlineLine>,
}

/// What to do next.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ApplyStep"))]
#[serde(tag = "step", rename_all = "snake_case")]
pub(super) enum NextStep {
    /// Append these to the journal, and see that they are kept, before going on.
    Record { entries: Vec<JournalEntry> },
    /// Send this.
    Send { request: Sent },
    /// Nothing to send now.
    Wait { until: Option<Timestamp> },
    /// It is over.
    Done { summary: ApplySummary },
}

/// What became of a plan.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct ApplySummary {
    /// Whether every subject is done.
    success: bool,
    /// Changes made in this run.
    made: usize,
    /// Changes that were there already.
    already: usize,
    /// Changes made in an earlier run, by the journal.
    before: usize,
    /// Changes left to people.
    left: usize,
    /// Subject by subject, in the plan's order.
    subjects: Vec<SubjectOutcome>,
}

/// What became of one subject.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct SubjectOutcome {
    developer_id: Option<DeveloperId>,
    outcome: OutcomeWord,
    /// Why it is not done.
    message: Option<String>,
}

/// How a subject ended.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum OutcomeWord {
    Done,
    Failed,
    Moved,
    NotTried,
}

/// `{plan, api, journal, even_if_moved}`: a run of a plan as a handle. `plan` is the text of the plan file.
pub(super) fn new(body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let text: Option<String> = body.required("plan");
    let api = body.read_member("api", "`v2` or `v3`", |value| api_version(value.as_str()?));
    let even_if_moved = body.flag("even_if_moved");
    let mut journal: Vec<JournalEntry> = Vec::new();
    for (position, entry) in body.list("journal").into_iter().enumerate() {
        match serde_json::from_str(&entry.to_string()) {
            Ok(entry) => journal.push(entry),
            Err(error) => body.problem("value_invalid", format!("/journal/{position}"), error.to_string()),
        }
    }
    body.finish()?;
    let text = text.unwrap_or_default();
    let plan = Plan::read(text.as_bytes())
        .map_err(|error| Refusal::of("plan_refused", error.to_string(), error.problems().clone()))?;
    let api = api.or(plan.api.and_then(version)).ok_or_else(|| {
        Refusal::new(
            "value_missing",
            "/api",
            "the plan does not say how its portal is managed; name the `api`",
        )
    })?;
    if !even_if_moved && plan.blind() > 0 {
        let message = "the plan does not say what was there when it was made; plan again, or go on with `even_if_moved`";
        return Err(Refusal::new("plan_blind", "/plan", message));
    }
    let mut options = Options::new(api, plan.portal_id, digest(text.as_bytes()));
    options.even_if_moved = even_if_moved;
    let subjects: Vec<_> = plan.subjects.into_iter().map(left_to_people).collect();
    let outline = apply::outline(&options, &subjects);
    let apply = Apply::new(options, subjects, &journal)
        .map_err(|error| Refusal::new("journal_other", "/journal", error.to_string()))?;
    let handle = handles::insert(Held::Apply(Rc::new(RefCell::new(apply))))?;
    json(&ApplyBegun { handle, outline })
}

/// What is held is changed by nobody here.
fn left_to_people(mut subject: gatepass::plan::Subject) -> gatepass::plan::Subject {
    if subject.held.is_some() {
        subject.changes.clear();
    }
    subject
}

const fn version(api: Api) -> Option<ApiVersion> {
    match api {
        Api::V2 => Some(ApiVersion::V2),
        Api::V3 => Some(ApiVersion::V3),
        Api::Gateway28 => None,
    }
}

/// `{now}`: what to do next.
pub(super) fn next(apply: &mut Apply, body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let now: Option<Timestamp> = body.required("now");
    body.finish()?;
    let now = now.ok_or_else(|| Refusal::new("body_invalid", "/now", "`now` is missing"))?;
    json(&match apply.next(now) {
        Step::Record(entries) => NextStep::Record { entries },
        Step::Send(request) => NextStep::Send { request: sent(&request) },
        Step::Wait { until } => NextStep::Wait { until },
        Step::Done(summary) => NextStep::Done { summary: summed(summary) },
    })
}

/// As `crawl_answer`.
pub(super) fn answer(apply: &mut Apply, body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let received = received(&mut body);
    let times = times(&mut body);
    body.finish()?;
    let (Some((id, answer)), Some((now, random))) = (received, times) else {
        return Err(Refusal::new("body_invalid", "", "`request_id` or `now` is missing"));
    };
    apply.answer(id, &answer, now, random);
    Ok(Answer::Text("{}".to_owned()))
}

fn summed(summary: Summary) -> ApplySummary {
    let success = summary.is_success();
    let Summary { made, already, before, left, subjects } = summary;
    let subjects = subjects.into_iter().map(|(developer_id, outcome)| {
        let (outcome, message) = match outcome {
            Outcome::Done => (OutcomeWord::Done, None),
            Outcome::Failed(why) => (OutcomeWord::Failed, Some(why)),
            Outcome::Moved(why) => (OutcomeWord::Moved, Some(why)),
            Outcome::NotTried => (OutcomeWord::NotTried, None),
        };
        SubjectOutcome { developer_id, outcome, message }
    });
    ApplySummary { success, made, already, before, left, subjects: subjects.collect() }
}
