//! The machine itself: what happens with each answer.

use super::lists::ListName;
use super::{
    Crawl, CrawlError, CrawlResult, List, Listed, Notice, Options, PartialList, Progress, Purpose, Step,
    Target,
};
use crate::Timestamp;
use crate::arrange::Arrange as _;
use crate::json::{Entry, Field, lenient_object};
use crate::konnect::list::{Listing, Next};
use crate::konnect::outbox::{Draft, Outbox, Outcome};
use crate::konnect::page::{self, Kind};
use crate::konnect::path::{page as page_path, path};
use crate::konnect::{Answer, ApiVersion, Method, RequestError, RequestId};
use crate::plain::Shown;

lenient_object! {
    RawNamed<'a> { id: Field<'a>, name: Field<'a> }
}

impl Crawl {
    /// A crawl of one portal through one API version.
    pub fn new(target: Target, api: ApiVersion, options: Options) -> Self {
        let outbox = Outbox::new(options.retry);
        Self {
            target,
            api,
            options,
            started: None,
            outbox,
            portal_id: "".into(),
            portal: None,
            auth_settings: None,
            lists: crate::ordered::OrderedMap::new(),
            owners: crate::ordered::OrderedMap::new(),
            owners_wanted: 0,
            again: crate::ordered::OrderedSet::new(),
            rereads: 0,
            joins: 0,
            notices: Vec::new(),
            partial: Vec::new(),
            finished: None,
        }
    }

    /// What to do next. The first call's `now` becomes the snapshot's `exported_at`.
    pub fn next(&mut self, now: Timestamp) -> Step {
        if self.started.is_none() {
            self.started = Some(now);
            self.begin();
        }
        if self.finished.is_some() {
            return Step::Done;
        }
        let requests = self.outbox.take(now);
        if requests.is_empty() { Step::Wait { until: self.outbox.wake_at() } } else { Step::Send(requests) }
    }

    /// Takes the answer to a request. `random`, from 0 to 1, spreads retries; it leaves no trace in the result.
    /// An answer that is not awaited, such as the same one twice, changes nothing.
    pub fn answer(&mut self, id: RequestId, answer: &Answer, now: Timestamp, random: f64) {
        if self.finished.is_some() {
            return;
        }
        match self.outbox.answer(id, answer, now, random) {
            None => return,
            Some(Outcome::Answered { purpose, body }) => self.answered(purpose, &body),
            Some(Outcome::Refused { purpose, error }) => self.refused(purpose, error),
        }
        if self.finished.is_none() && self.outbox.is_idle() {
            self.settle();
        }
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        let mut progress = Progress {
            requests: self.outbox.sent(),
            items_done: self.owners.len() as u64,
            items_total: self.owners_wanted,
            ..Progress::default()
        };
        for list in self.lists.values() {
            let (items, total) = match (&list.done, &list.listing) {
                (Some(done), _) => (done.items.len() as u64, done.total),
                (None, Some(listing)) => (listing.rows(), listing.total()),
                (None, None) => (0, None),
            };
            progress.lists_total = progress.lists_total.saturating_add(1);
            progress.lists_done = progress.lists_done.saturating_add(usize::from(list.done.is_some()));
            progress.items_done = progress.items_done.saturating_add(items);
            progress.items_total = progress.items_total.saturating_add(total.unwrap_or_default().max(items));
        }
        progress
    }

    /// The result, after [`Step::Done`].
    ///
    /// # Errors
    ///
    /// [`CrawlError`] if the portal could not be read; there is no snapshot then.
    pub fn into_result(self) -> Result<CrawlResult, CrawlError> {
        self.finished.unwrap_or(Err(CrawlError::Unfinished))
    }

    fn begin(&mut self) {
        match self.target.clone() {
            Target::Id(id) => self.ask_for_portal(&id.to_string()),
            Target::Name(_) => self.begin_list(&ListName::Portals),
        }
    }

    fn ask_for_portal(&mut self, id: &str) {
        self.portal_id = id.into();
        self.outbox.push(Purpose::Portal, Draft::get(path(self.api, &["portals", id])));
    }

    /// Reads a list from its start; whatever was read of it before is dropped.
    pub(super) fn begin_list(&mut self, name: &ListName) {
        let (round, attempts) =
            self.lists.get(name).map_or((0, 0), |list| (list.round.saturating_add(1), list.attempts));
        let listing = Some(Listing::new(self.options.page_size.max(1)));
        self.lists.insert(name.clone(), List { listing, round, attempts, done: None });
        self.ask_for_pages(name, round, 1, 1);
    }

    fn ask_for_pages(&mut self, name: &ListName, round: u32, first: u64, last: u64) {
        let whole = name.path(self.api, &self.portal_id);
        for number in first..=last {
            let draft = Draft::get(page_path(&whole, self.options.page_size.max(1), number));
            self.outbox.push(Purpose::Page { list: name.clone(), round, number }, draft);
        }
    }

    fn fail(&mut self, error: impl Into<CrawlError>) {
        self.finished = Some(Err(error.into()));
    }

    pub(super) fn finish(&mut self, result: CrawlResult) {
        self.finished = Some(Ok(result));
    }

    fn answered(&mut self, purpose: Purpose, body: &[u8]) {
        let portal = self.portal_id.clone();
        match purpose {
            Purpose::Portal => self.portal_answered(body),
            Purpose::AuthSettings => {
                if let Ok((settings, _)) = page::object(Kind::AuthSettings, body) {
                    self.auth_settings = Some(settings.json().into());
                } else {
                    self.unreadable(&["portals", &portal, "authentication-settings"]);
                }
            }
            Purpose::Owner { round, .. } if !self.is_current(&ListName::Applications, round) => {}
            Purpose::Owner { application, .. } => {
                if let Ok((item, _)) = page::object(Kind::Application, body) {
                    self.owners.insert(application, item.json().into());
                } else {
                    self.unreadable(&["portals", &portal, "applications", &application]);
                }
            }
            // A page of an attempt that was given up.
            Purpose::Page { list, round, .. } if !self.is_current(&list, round) => {}
            Purpose::Page { list, round, number } => match page::split(list.kind(), body) {
                Ok(page) => self.page_answered(&list, round, number, page),
                Err(_) => self.list_refused(&list, &Self::no_page(&list.path(self.api, &portal))),
            },
        }
    }

    fn is_current(&self, name: &ListName, round: u32) -> bool {
        self.lists.get(name).is_some_and(|list| list.round == round)
    }

    fn no_page(path: &str) -> RequestError {
        let message = "the answer is JSON of another shape than the API's documents say";
        RequestError::new("not_the_api", (Method::Get, path), message, "check --base-url and --api")
    }

    /// Ends the crawl over an answer that is no such object.
    fn unreadable(&mut self, segments: &[&str]) {
        let error = Self::no_page(&path(self.api, segments));
        self.fail(error);
    }

    fn portal_answered(&mut self, body: &[u8]) {
        let read = page::object(Kind::Portal, body);
        let (Ok((portal, _)), Ok(Entry::Object(named))) =
            (read, crate::json::from_slice::<Entry<RawNamed<'_>>>(body))
        else {
            let portal = self.portal_id.clone();
            return self.unreadable(&["portals", &portal]);
        };
        if !named.id.text().is_some_and(|id| id.eq_ignore_ascii_case(&self.portal_id)) {
            // Not even in part is that the portal that was asked for.
            let asked = path(self.api, &["portals", &self.portal_id]);
            let message = format!("asked for `{}`, the API answered with {}", self.portal_id, named.id);
            let remedy = "check --base-url and any proxy in between";
            return self.fail(RequestError::new("portal_other", (Method::Get, &asked), message, remedy));
        }
        self.portal = Some(portal.json().into());
        let settings = path(self.api, &["portals", &self.portal_id, "authentication-settings"]);
        self.outbox.push(Purpose::AuthSettings, Draft::get(settings));
        for name in ListName::of_portal(self.api) {
            self.begin_list(&name);
        }
    }

    fn page_answered(&mut self, name: &ListName, round: u32, number: u64, page: page::Page) {
        let Some(known) = self.lists.get_mut(name) else { return };
        let Some(attempt) = known.listing.as_mut() else { return };
        match attempt.page(number, page) {
            Next::Wait => {}
            Next::Ask(first, last) => self.ask_for_pages(name, round, first, last),
            Next::Whole => self.list_over(name, None),
            Next::Doubtful(doubt) => {
                known.attempts = known.attempts.saturating_add(1);
                if known.attempts < self.options.list_attempts {
                    self.begin_list(name);
                } else {
                    let attempts = known.attempts;
                    let reason = format!("{}, {attempts} times in a row", doubt.message());
                    self.list_over(name, Some(reason));
                }
            }
        }
    }

    fn list_over(&mut self, name: &ListName, partial: Option<String>) {
        let Some(known) = self.lists.get_mut(name) else { return };
        let Some(listing) = known.listing.take() else { return };
        known.attempts = 0;
        let total = listing.total();
        known.done = Some(Listed { items: listing.into_items(), total, partial, absent: false });
        self.follow_up(name);
    }

    fn refused(&mut self, purpose: Purpose, error: RequestError) {
        let gone = error.status() == Some(404);
        // No longer asked; or, of the settings, a 404 that the documents do not know: a portal without settings
        // has nobody to map.
        let passed_over = match &purpose {
            Purpose::AuthSettings => gone,
            Purpose::Owner { round, .. } => !self.is_current(&ListName::Applications, *round),
            Purpose::Page { list, round, .. } => !self.is_current(list, *round),
            Purpose::Portal => false,
        };
        match purpose {
            _ if passed_over => {}
            Purpose::Owner { .. } if gone && self.may_reread() => {
                self.again.insert(ListName::Applications);
            }
            Purpose::Owner { .. } if self.options.allow_partial => {
                self.note("owner_unreadable", error.to_string());
            }
            Purpose::Page { list, .. } => self.list_refused(&list, &error),
            Purpose::Portal | Purpose::AuthSettings | Purpose::Owner { .. } => self.fail(error),
        }
    }

    fn list_refused(&mut self, name: &ListName, error: &RequestError) {
        let status = error.status().unwrap_or_default();
        if let Some(parent) = name.parent()
            && status == 404
            && self.may_reread()
        {
            // The team or product was deleted after it was listed.
            self.lists.remove(name);
            self.again.insert(parent);
            return;
        }
        let absent = name.may_be_absent(status);
        if !absent && !self.options.allow_partial {
            return self.fail(error.clone());
        }
        if absent && *name == ListName::Strategies {
            let message = format!("client ids are left out, because their issuers cannot be read: {error}");
            self.note("auth_strategies_unreadable", message);
        }
        if let Some(list) = self.lists.get_mut(name) {
            // Pages that are still out belong to nobody.
            list.round = list.round.saturating_add(1);
            list.listing = None;
            let partial = (!absent).then(|| error.to_string());
            list.done = Some(Listed { partial, absent, ..Listed::default() });
            self.follow_up(name);
        }
    }

    pub(super) fn note(&mut self, code: &'static str, message: String) {
        self.notices.push(Notice { code, message });
    }

    /// What a finished list leads to.
    fn follow_up(&mut self, name: &ListName) {
        match name {
            ListName::Portals => self.choose_portal(),
            ListName::Teams => self.begin_team_lists(),
            ListName::Applications if self.api == ApiVersion::V3 => self.ask_for_owners(),
            _ => {}
        }
    }

    fn choose_portal(&mut self) {
        let Target::Name(wanted) = self.target.clone() else { return };
        let Some(all) = self.lists.remove(&ListName::Portals).and_then(|list| list.done) else { return };
        if let Some(reason) = all.partial {
            self.partial.push(PartialList {
                list: ListName::Portals.to_string(),
                total: all.total,
                items: all.items.len() as u64,
                reason,
            });
        }
        let mut there = Vec::new();
        let mut ids: Vec<String> = Vec::new();
        for portal in &all.items {
            let Ok(Entry::Object(named)) = crate::json::from_str::<Entry<RawNamed<'_>>>(portal.json()) else {
                continue;
            };
            let called = named.name.text().unwrap_or_default();
            if called == wanted {
                ids.extend(named.id.text().map(str::to_owned));
            }
            there.push(format!("`{}`", Shown(called)));
        }
        match ids.as_slice() {
            [id] => self.ask_for_portal(&id.clone()),
            [] => {
                there.arrange();
                there.truncate(10);
                let others = if there.is_empty() {
                    "there is no other either".to_owned()
                } else {
                    format!("there is {}", there.join(", "))
                };
                self.fail(CrawlError::PortalUnknown { name: Shown(&wanted).to_string(), others });
            }
            several => {
                let count = several.len();
                self.fail(CrawlError::PortalAmbiguous { name: Shown(&wanted).to_string(), count });
            }
        }
    }
}
