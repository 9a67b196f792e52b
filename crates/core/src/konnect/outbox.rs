//! Requests on their way: which may be sent now, which wait, which are out, and which must go again.

use std::collections::VecDeque;

use crate::ordered::OrderedMap;

use super::exchange::{Answer, FailureKind, Method, Request, RequestId, Response};
use super::failure::{self, RequestError};
use super::retry::{RetryPolicy, retry_after};
use crate::Timestamp;
use crate::json::Field;

/// A request before it has a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Option<String>,
    /// Sent again after an unclear failure only if that can do no harm.
    pub(super) idempotent: bool,
}

impl Draft {
    pub(super) fn get(path: String) -> Self {
        Self { method: Method::Get, path, body: None, idempotent: true }
    }
}

#[derive(Clone, Debug)]
struct Job<P> {
    purpose: P,
    draft: Draft,
    attempts: u32,
}

/// What became of a request for good.
#[derive(Clone, Debug)]
pub(super) enum Outcome<P> {
    /// A status from 200 to 299, and a body that is no web page.
    Answered { purpose: P, body: Vec<u8> },
    /// Anything else, after as many attempts as the policy allows.
    Refused { purpose: P, error: RequestError },
}

/// The requests of one state machine.
#[derive(Clone, Debug)]
pub(super) struct Outbox<P> {
    policy: RetryPolicy,
    next_id: u64,
    queued: VecDeque<Job<P>>,
    delayed: Vec<(Timestamp, Job<P>)>,
    in_flight: OrderedMap<RequestId, Job<P>>,
    /// Until when everything waits, because the server said it is asked too often.
    paused_until: Option<Timestamp>,
    sent: u64,
}

impl<P> Outbox<P> {
    pub(super) const fn new(policy: RetryPolicy) -> Self {
        Self {
            policy,
            next_id: 0,
            queued: VecDeque::new(),
            delayed: Vec::new(),
            in_flight: OrderedMap::new(),
            paused_until: None,
            sent: 0,
        }
    }

    pub(super) fn push(&mut self, purpose: P, draft: Draft) {
        self.queued.push_back(Job { purpose, draft, attempts: 0 });
    }

    /// Whether nothing is queued, waiting or out.
    pub(super) fn is_idle(&self) -> bool {
        self.queued.is_empty() && self.delayed.is_empty() && self.in_flight.is_empty()
    }

    /// How many requests were sent, repeats included.
    pub(super) const fn sent(&self) -> u64 {
        self.sent
    }

    /// The requests that may be sent now.
    pub(super) fn take(&mut self, now: Timestamp) -> Vec<Request> {
        if self.paused_until.is_some_and(|until| until > now) {
            return Vec::new();
        }
        self.paused_until = None;
        let (due, later): (Vec<_>, Vec<_>) = self.delayed.drain(..).partition(|(at, _)| *at <= now);
        self.delayed = later;
        let due = due.into_iter().map(|(_, job)| job);
        let jobs: Vec<Job<P>> = due.chain(self.queued.drain(..)).collect();
        jobs.into_iter().map(|job| self.send(job)).collect()
    }

    /// The one request that may be sent now, if none is out.
    pub(super) fn take_one(&mut self, now: Timestamp) -> Option<Request> {
        if !self.in_flight.is_empty() || self.paused_until.is_some_and(|until| until > now) {
            return None;
        }
        self.paused_until = None;
        let due = self.delayed.iter().position(|(at, _)| *at <= now);
        let job = match due {
            Some(position) => self.delayed.swap_remove(position).1,
            None => self.queued.pop_front()?,
        };
        Some(self.send(job))
    }

    /// Forgets what was not sent yet.
    pub(super) fn clear_unsent(&mut self) {
        self.queued.clear();
        self.delayed.clear();
    }

    fn send(&mut self, mut job: Job<P>) -> Request {
        let id = RequestId::from_number(self.next_id);
        self.next_id = self.next_id.saturating_add(1);
        self.sent = self.sent.saturating_add(1);
        job.attempts = job.attempts.saturating_add(1);
        let Draft { method, path, body, idempotent } = job.draft.clone();
        self.in_flight.insert(id, job);
        Request { id, method, path, body, idempotent }
    }

    /// When to ask for requests again if no answer comes before; `None` if only answers are awaited.
    pub(super) fn wake_at(&self) -> Option<Timestamp> {
        let first = self.delayed.iter().map(|(at, _)| *at).min();
        match (self.paused_until, first) {
            // While paused nothing goes out, however early it is due.
            (Some(pause), first) if !self.queued.is_empty() || first.is_some() => {
                Some(if self.queued.is_empty() {
                    first.map_or(pause, |first| first.max(pause))
                } else {
                    pause
                })
            }
            (_, first) => first,
        }
    }

    /// Takes an answer; `None` if the request goes again, or if nobody waits for it (an answer twice).
    pub(super) fn answer(
        &mut self,
        id: RequestId,
        answer: &Answer,
        now: Timestamp,
        random: f64,
    ) -> Option<Outcome<P>> {
        let job = self.in_flight.remove(&id)?;
        let place = (job.draft.method, job.draft.path.as_str());
        let (error, asked_at) = match answer {
            Answer::Response(response) => match response.status {
                200..=299 if !failure::is_html(response) => {
                    let Some(error) = torn(place, response) else {
                        let purpose = job.purpose;
                        return Some(Outcome::Answered { purpose, body: response.body.clone() });
                    };
                    (error, None)
                }
                200..=299 => (RequestError::html(place, response.status), None),
                _ => {
                    let asked = response.retry_after.as_deref().and_then(|header| retry_after(header, now));
                    (RequestError::of_response(place, response), asked)
                }
            },
            Answer::Failure(failure) => (RequestError::of_failure(place, failure), None),
        };
        self.retry_or_refuse(job, answer, error, asked_at, now, random)
    }

    fn retry_or_refuse(
        &mut self,
        job: Job<P>,
        answer: &Answer,
        error: RequestError,
        asked_at: Option<Timestamp>,
        now: Timestamp,
        random: f64,
    ) -> Option<Outcome<P>> {
        let harmless = job.draft.idempotent || !error.is_unclear();
        let latest =
            now.millis().saturating_add(i64::try_from(self.policy.max_retry_after_ms).unwrap_or(i64::MAX));
        let too_late = asked_at.is_some_and(|at| at.millis() > latest);
        if !passes(answer, &error) || !harmless || too_late || job.attempts >= self.policy.max_attempts {
            return Some(Outcome::Refused { purpose: job.purpose, error });
        }
        let delay = i64::try_from(self.policy.delay_ms(job.attempts, random)).unwrap_or(i64::MAX);
        let own = Timestamp::from_millis(now.millis().saturating_add(delay));
        // The server's word is a lower bound; the jitter after it keeps clients from returning together.
        let at = asked_at
            .map_or(own, |asked| Timestamp::from_millis(asked.max(now).millis().saturating_add(delay / 4)));
        if error.status() == Some(429) {
            self.paused_until = self.paused_until.max(Some(at));
        }
        self.delayed.push((at, job));
        None
    }
}

/// Whether a failure may pass by itself.
fn passes(answer: &Answer, error: &RequestError) -> bool {
    match answer {
        Answer::Response(response) => match response.status {
            408 | 425 | 429 | 500 | 502..=504 => true,
            200..=299 => error.code() == "body_torn",
            _ => false,
        },
        Answer::Failure(failure) => matches!(failure.kind, FailureKind::Timeout | FailureKind::Connection),
    }
}

/// The error of a JSON body that ends too early or is garbled: a connection that broke unnoticed.
fn torn(place: (Method, &str), response: &Response) -> Option<RequestError> {
    // A change was carried out, whatever became of the words about it; some answer with the text `Created`.
    if place.0 != Method::Get {
        return None;
    }
    let error = crate::json::from_slice::<Field<'_>>(&response.body).err()?;
    let message = format!("the answer is not whole JSON ({error})");
    Some(RequestError::new("body_torn", place, message, "try again; check any proxy in between"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::konnect::{Failure, Response};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn outbox(idempotent: bool) -> (Outbox<u8>, RequestId) {
        let mut outbox = Outbox::new(RetryPolicy::default());
        outbox.push(7, Draft { idempotent, ..Draft::get("/v2/portals".into()) });
        let id = outbox.take(NOW).remove(0).id;
        (outbox, id)
    }

    fn status(status: u16, retry_after: Option<&str>) -> Answer {
        Answer::Response(Response { status, retry_after: retry_after.map(Into::into), ..Response::default() })
    }

    #[test]
    fn throttling_pauses_everything_until_the_server_allows() {
        let (mut outbox, id) = outbox(true);
        outbox.push(8, Draft::get("/v2/other".into()));
        assert!(outbox.answer(id, &status(429, Some("3")), NOW, 0.0).is_none());
        assert!(outbox.take(NOW).is_empty());
        let wake = outbox.wake_at().unwrap();
        assert!(wake.millis() >= NOW.millis() + 3000, "{wake}");
        assert_eq!(outbox.take(wake).len(), 2);
    }

    #[test]
    fn each_final_status_ends_at_once_and_each_passing_one_after_the_last_attempt() {
        for (answer, attempts) in [
            (status(401, None), 1),
            (status(403, None), 1),
            (status(404, None), 1),
            (status(429, Some("86400")), 1),
            (status(302, None), 1),
            (status(503, None), 6),
            (Answer::json(200, "{\"data\": ["), 6),
            (Answer::Failure(Failure { kind: FailureKind::Certificate, message: String::new() }), 1),
            (Answer::Failure(Failure { kind: FailureKind::Timeout, message: String::new() }), 6),
        ] {
            let (mut outbox, mut id) = outbox(true);
            for attempt in 1.. {
                match outbox.answer(id, &answer, NOW, 0.5) {
                    Some(Outcome::Refused { .. }) => {
                        assert_eq!(attempt, attempts, "{answer:?}");
                        break;
                    }
                    Some(Outcome::Answered { .. }) => panic!("{answer:?} is no success"),
                    None => id = outbox.take(outbox.wake_at().unwrap()).remove(0).id,
                }
            }
            assert!(outbox.is_idle());
        }
    }

    #[test]
    fn what_may_have_been_carried_out_is_not_sent_again_blindly() {
        let (mut outbox, id) = outbox(false);
        let answer = Answer::Failure(Failure { kind: FailureKind::Timeout, message: "no answer".into() });
        let Some(Outcome::Refused { error, .. }) = outbox.answer(id, &answer, NOW, 0.5) else { panic!() };
        assert!(error.is_unclear());
    }

    #[test]
    fn an_answer_twice_counts_once() {
        let (mut outbox, id) = outbox(true);
        assert!(outbox.answer(id, &Answer::json(200, "{}"), NOW, 0.5).is_some());
        assert!(outbox.answer(id, &Answer::json(200, "{}"), NOW, 0.5).is_none());
    }
}
