//! The machine itself: subject after subject, change after change, request after request.

use crate::ordered::{OrderedMap, OrderedSet};

use serde_json::Value;

use super::decide::Decision;
use super::draft::Drafts;
use super::journal::{self, JournalEntry, Made};
use super::reading::Reading;
use super::task::{Look, Looked, Task, executable_in, kept, registration};
use super::{ApplyError, Options, Outcome, Step, Summary};
use crate::Timestamp;
use crate::konnect::outbox::{Draft, Outbox, Outcome as Reply};
use crate::konnect::page::Kind;
use crate::konnect::{Answer, RequestError, RequestId};
use crate::plan::Subject;
use crate::snapshot::{Change, Executable};

/// What an answer is for.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    /// The developer, before the subject's first change.
    Check,
    Look,
    /// The first or next page of a list that is looked at.
    Page {
        path: String,
        kind: Kind,
        number: u64,
    },
    Change(Draft),
}

/// The carrying out of a plan.
#[derive(Clone, Debug)]
pub struct Apply {
    pub(super) options: Options,
    pub(super) drafts: Drafts,
    subjects: Vec<Subject>,
    done_before: OrderedSet<(usize, usize)>,
    pub(super) outbox: Outbox<Purpose>,
    entries: Vec<JournalEntry>,
    begun: bool,
    subject: usize,
    change: usize,
    checked: bool,
    pub(super) task: Option<Task>,
    pub(super) reading: Option<Reading>,
    /// By registration: its application. Read once, if ever.
    pub(super) applications: Option<OrderedMap<String, String>>,
    now: Timestamp,
    summary: Summary,
    stopped: bool,
}

impl Apply {
    /// A run of a plan, after the runs that the journal tells of.
    ///
    /// # Errors
    ///
    /// [`ApplyError`] if the journal is of another plan, portal or API.
    pub fn new(
        options: Options,
        mut subjects: Vec<Subject>,
        journal: &[JournalEntry],
    ) -> Result<Self, ApplyError> {
        let done_before = journal::done(journal, &options)?;
        for held in subjects.iter_mut().filter(|subject| subject.held.is_some()) {
            held.changes.clear();
        }
        let drafts = Drafts { api: options.api, portal: options.portal.to_string() };
        let outbox = Outbox::new(options.retry);
        Ok(Self {
            options,
            drafts,
            subjects,
            done_before,
            outbox,
            entries: Vec::new(),
            begun: false,
            subject: 0,
            change: 0,
            checked: false,
            task: None,
            reading: None,
            applications: None,
            now: Timestamp::from_millis(0),
            summary: Summary::default(),
            stopped: false,
        })
    }

    /// What to do next. What [`Step::Record`] returned must be on disk before the next call.
    pub fn next(&mut self, now: Timestamp) -> Step {
        self.now = now;
        loop {
            if !self.entries.is_empty() {
                return Step::Record(std::mem::take(&mut self.entries));
            }
            if let Some(request) = self.outbox.take_one(now) {
                return Step::Send(request);
            }
            if !self.outbox.is_idle() {
                return Step::Wait { until: self.outbox.wake_at() };
            }
            if !self.advance() {
                return Step::Done(self.summary.clone());
            }
        }
    }

    /// Takes the answer to a request. `random`, from 0 to 1, spreads retries.
    pub fn answer(&mut self, id: RequestId, answer: &Answer, now: Timestamp, random: f64) {
        self.now = now;
        match self.outbox.answer(id, answer, now, random) {
            None => {}
            Some(Reply::Answered { purpose, body }) => self.answered(purpose, &body),
            Some(Reply::Refused { purpose, error }) => self.refused(purpose, &error),
        }
    }

    fn at(&self) -> String {
        self.now.to_string()
    }

    /// Begins what comes next; `false` if nothing does.
    fn advance(&mut self) -> bool {
        let Some(subject) = self.subjects.get(self.subject) else { return false };
        if self.stopped {
            self.end_subject(Outcome::NotTried);
            return true;
        }
        let Some(planned) = subject.changes.get(self.change).cloned() else {
            self.end_subject(Outcome::Done);
            return true;
        };
        if self.done_before.contains(&(self.subject, self.change)) {
            self.summary.before = self.summary.before.saturating_add(1);
            self.change = self.change.saturating_add(1);
            return true;
        }
        let executable = executable_in(subject, self.change, self.options.api);
        if matches!(executable, Executable::Manual | Executable::Developer) {
            self.summary.left = self.summary.left.saturating_add(1);
            self.entries.push(JournalEntry::Left {
                subject: self.subject,
                change: self.change,
                what: serde_json::to_value(&planned).unwrap_or_default(),
                executable: journal::word(executable),
                place: journal::place(executable).into(),
            });
            self.change = self.change.saturating_add(1);
            return true;
        }
        if !self.begun {
            self.begun = true;
            self.entries.push(JournalEntry::Begin {
                format: journal::JOURNAL_FORMAT.into(),
                plan: self.options.plan.clone(),
                portal_id: self.drafts.portal.clone(),
                api: self.options.api.as_str().into(),
                at: self.at(),
            });
        }
        if let (false, Some(developer), Some(_)) = (self.checked, subject.developer_id, &subject.seen) {
            let draft = Draft::get(self.drafts.developer(developer));
            self.outbox.push(Purpose::Check, draft);
            return true;
        }
        self.begin_change(Task::new(planned));
        true
    }

    pub(super) fn begin_change(&mut self, mut task: Task) {
        if let Some(id) = registration(&task.planned.change)
            && task.application.is_none()
        {
            let Some(applications) = &self.applications else {
                self.task = Some(task);
                let list = self.drafts.in_portal(&["application-registrations"]);
                return self.begin_reading(list, Kind::Registration, true);
            };
            task.application = applications.get(&id).cloned();
            if task.application.is_none() {
                self.task = Some(task);
                return self.looked(&Looked::Object(None));
            }
        }
        let look = task.look(&self.drafts);
        self.task = Some(task);
        match look {
            Look::Nothing => self.looked(&Looked::Nothing),
            Look::Object(path) => self.outbox.push(Purpose::Look, Draft::get(path)),
            Look::List(path, kind) => self.begin_reading(path, kind, false),
        }
    }

    pub(super) fn looked(&mut self, looked: &Looked) {
        let Some(mut task) = self.task.take() else { return };
        let decision = task.decide(&self.drafts, looked, self.options.even_if_moved);
        self.carry_out(task, decision);
    }

    fn carry_out(&mut self, task: Task, decision: Decision) {
        match decision {
            Decision::Send(draft) => {
                let body = draft.body.as_deref().and_then(|body| crate::json::value(body).ok());
                self.entries.push(JournalEntry::Sending {
                    subject: self.subject,
                    change: self.change,
                    method: draft.method.to_string(),
                    path: draft.path.clone(),
                    body: body.unwrap_or_default(),
                    before: task.before.clone(),
                    at: self.at(),
                });
                self.outbox.push(Purpose::Change(draft.clone()), draft);
                self.task = Some(task);
            }
            Decision::Done => {
                let made = if task.changed { Made::Now } else { Made::Already };
                let counter = if task.changed { &mut self.summary.made } else { &mut self.summary.already };
                *counter = counter.saturating_add(1);
                self.entries.push(JournalEntry::Done {
                    subject: self.subject,
                    change: self.change,
                    what: serde_json::to_value(&task.planned).unwrap_or_default(),
                    made,
                    after: task.after,
                    at: self.at(),
                });
                self.change = self.change.saturating_add(1);
            }
            Decision::Moved(error) => self.moved(error),
            Decision::Fail(error) => self.fail(error),
        }
    }

    fn moved(&mut self, error: String) {
        self.entries.push(JournalEntry::Moved { subject: self.subject, error: error.clone(), at: self.at() });
        self.end_subject(Outcome::Moved(error));
    }

    pub(super) fn fail(&mut self, error: String) {
        self.entries.push(JournalEntry::Failed {
            subject: self.subject,
            change: self.change,
            error: error.clone(),
            at: self.at(),
        });
        self.end_subject(Outcome::Failed(error));
    }

    fn end_subject(&mut self, outcome: Outcome) {
        let developer = self.subjects.get(self.subject).and_then(|subject| subject.developer_id);
        self.summary.subjects.push((developer, outcome));
        self.subject = self.subject.saturating_add(1);
        self.change = 0;
        self.checked = false;
        self.task = None;
        self.reading = None;
        // Pages of a list that nobody looks at any more.
        self.outbox.clear_unsent();
    }

    fn answered(&mut self, purpose: Purpose, body: &[u8]) {
        let value: Option<Value> =
            std::str::from_utf8(body).ok().and_then(|body| crate::json::value(body).ok());
        match purpose {
            Purpose::Check => self.check(value.as_ref()),
            Purpose::Look => self.looked(&Looked::Object(Some(value.unwrap_or_default()))),
            Purpose::Page { path, kind, number } => self.page(path, kind, number, body),
            Purpose::Change(_) => {
                let Some(mut task) = self.task.take() else { return };
                let decision = task.follow(&self.drafts, Some(&value.unwrap_or_default()));
                self.carry_out(task, decision);
            }
        }
    }

    fn refused(&mut self, purpose: Purpose, error: &RequestError) {
        let status = error.status().unwrap_or_default();
        match purpose {
            Purpose::Check if status == 404 => self.check(None),
            Purpose::Look if status == 404 => self.looked(&Looked::Object(None)),
            Purpose::Change(draft) if Task::is_done_by(&draft, status) => {
                let Some(mut task) = self.task.take() else { return };
                let decision = task.follow(&self.drafts, None);
                self.carry_out(task, decision);
            }
            Purpose::Change(_) if error.is_unclear() => {
                self.fail(format!(
                    "{error}; whether it was carried out is unknown, run apply again to find out"
                ));
            }
            _ => {
                // Every other subject would be refused too.
                self.stopped |= status == 401;
                self.fail(error.to_string());
            }
        }
    }

    /// Compares the live developer with what the plan saw. What the plan itself would make of it is no
    /// surprise: an earlier run may have been stopped before it could write that down.
    fn check(&mut self, developer: Option<&Value>) {
        let Some(subject) = self.subjects.get(self.subject) else { return };
        let status = developer.and_then(|developer| developer.get("status")).and_then(Value::as_str);
        let planned = subject.changes.iter().any(|planned| match (&planned.change, status) {
            (Change::DeleteDeveloper { .. }, None) => developer.is_none(),
            (
                Change::ApproveDeveloper { .. }
                | Change::RejectDeveloper { .. }
                | Change::RevokeDeveloper { .. },
                Some(status),
            ) => super::decide::target(&planned.change) == Some(status),
            _ => false,
        });
        let seen = subject.seen.as_deref();
        let gone = developer.is_none() && !planned;
        if !gone && (planned || status == seen || self.options.even_if_moved) {
            self.checked = true;
            self.entries.push(JournalEntry::Checked {
                subject: self.subject,
                developer_id: subject.developer_id,
                before: developer.map(kept).unwrap_or_default(),
                at: self.now.to_string(),
            });
            return;
        }
        let now = if developer.is_none() { "gone" } else { status.unwrap_or("without a status") };
        let seen = seen.unwrap_or_default();
        self.moved(format!(
            "the developer was `{seen}` when the plan was made, and is `{now}` now; export and plan again"
        ));
    }
}
