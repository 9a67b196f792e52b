//! The machine itself: what happens with each answer.

use std::fmt::Write as _;

use super::lists::ListName;
use super::{Crawl, CrawlError, CrawlResult, List, Listed, Notice, Options, PartialList, Progress, Purpose, Step, Target};
use crate::Timestamp;
use crate::json::{Entry, Field, Shown, lenient_object};
use crate::konnect::list::{Listing, Next};
use crate::konnect::outbox::{Draft, Outbox, Outcome};
use crate::konnect::page::{self, Kind};
use crate::konnect::path::{page as page_path, path};
use crate::konnect::{Answer, ApiVersion, Method, RequestError, RequestId};

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
            lists: std::collections::BTreeMap::new(),
            owners: std::collections::BTreeMap::new(),
            again: std::collections::BTreeSet::new(),
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
        let mut progress = Progress { requests: self.outbox.sent(), ..Progress::default() };
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
            Target::Name(_) => self.begin_list(ListName::Portals),
        }
    }

    fn ask_for_portal(&mut self, id: &str) {
        self.portal_id = id.into();
        self.outbox.push(Purpose::Portal, Draft::get(path(self.api, &["portals", id])));
    }

    /// Reads a list from its start; whatever was read of it before is dropped.
    pub(super) fn begin_list(&mut self, name: ListName) {
        let (round, attempts) = self.lists.get(&name).map_or((0, 0), |list| (list.round.saturating_add(1), list.attempts));
        let listing = Some(Listing::new(self.options.page_size.max(1)));
        self.lists.insert(name.clone(), List { listing, round, attempts, done: None });
        self.ask_for_pages(&name, round, 1, 1);
    }

    fn ask_for_pages(&mut self, name: &ListName, round: u32, first: u64, last: u64) {
        let list = name.path(self.api, &self.portal_id);
        for number in first..=last {
            let draft = Draft::get(page_path(&list, self.options.page_size.max(1), number));
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
        match purpose {
            Purpose::Portal => self.portal_answered(body),
            Purpose::AuthSettings => match page::object(Kind::AuthSettings, body) {
                Ok((settings, _)) => self.auth_settings = Some(settings.json().into()),
                Err(_) => self.unreadable(&path(self.api, &["portals", &self.portal_id, "authentication-settings"])),
            },
            Purpose::Owner { application, round } => {
                if !self.is_current(&ListName::Applications, round) {
                    return;
                }
                match page::object(Kind::Application, body) {
                    Ok((item, _)) => {
                        self.owners.insert(application, item.json().into());
                    }
                    Err(_) => self.unreadable(&path(self.api, &["portals", &self.portal_id, "applications", &application])),
                }
            }
            Purpose::Page { list, round, number } => {
                if !self.is_current(&list, round) {
                    return;
                }
                match page::split(list.kind(), body) {
                    Ok(page) => self.page_answered(list, round, number, page),
                    Err(_) => self.list_refused(&list, self.no_page(&list.path(self.api, &self.portal_id))),
                }
            }
        }
    }

    fn is_current(&self, name: &ListName, round: u32) -> bool {
        self.lists.get(name).is_some_and(|list| list.round == round)
    }

    fn no_page(&self, path: &str) -> RequestError {
        let message = "the answer is JSON of another shape than the API's documents say";
        RequestError::new("not_the_api", (Method::Get, path), message, "check --base-url and --api")
    }

    fn unreadable(&mut self, path: &str) {
        let error = self.no_page(path);
        self.fail(error);
    }

    fn portal_answered(&mut self, body: &[u8]) {
        let read = page::object(Kind::Portal, body);
        let (Ok((portal, _)), Ok(Entry::Object(named))) = (read, serde_json::from_slice::<Entry<RawNamed<'_>>>(body))
        else {
            return self.unreadable(&path(self.api, &["portals", &self.portal_id]));
        };
        if !named.id.text().is_some_and(|id| id.eq_ignore_ascii_case(&self.portal_id)) {
            self.partial.push(PartialList {
                list: "portal".into(),
                total: None,
                items: 1,
                reason: format!("asked for `{}`, the API answered with {}", self.portal_id, named.id),
            });
        }
        self.portal = Some(portal.json().into());
        let settings = path(self.api, &["portals", &self.portal_id, "authentication-settings"]);
        self.outbox.push(Purpose::AuthSettings, Draft::get(settings));
        for name in ListName::of_portal(self.api) {
            self.begin_list(name);
        }
    }

    fn page_answered(&mut self, name: ListName, round: u32, number: u64, page: page::Page) {
        let Some(list) = self.lists.get_mut(&name) else { return };
        let Some(listing) = list.listing.as_mut() else { return };
        match listing.page(number, page) {
            Next::Wait => {}
            Next::Ask(first, last) => self.ask_for_pages(&name, round, first, last),
            Next::Whole => self.list_over(&name, None),
            Next::Doubtful(doubt) => {
                list.attempts = list.attempts.saturating_add(1);
                if list.attempts < self.options.list_attempts {
                    self.begin_list(name);
                } else {
                    let attempts = list.attempts;
                    let reason = format!("{}, {attempts} times in a row", doubt.message());
                    self.list_over(&name, Some(reason));
                }
            }
        }
    }

    fn list_over(&mut self, name: &ListName, partial: Option<String>) {
        let Some(list) = self.lists.get_mut(name) else { return };
        let Some(listing) = list.listing.take() else { return };
        list.attempts = 0;
        let total = listing.total();
        list.done = Some(Listed { items: listing.into_items(), total, partial, absent: false });
        self.follow_up(name);
    }

    fn refused(&mut self, purpose: Purpose, error: RequestError) {
        let gone = error.status() == Some(404);
        match purpose {
            Purpose::Portal => self.fail(error),
            // The documents know no 404 here; a portal without settings has nobody to map.
            Purpose::AuthSettings if gone => {}
            Purpose::AuthSettings => self.fail(error),
            Purpose::Owner { round, .. } if !self.is_current(&ListName::Applications, round) => {}
            Purpose::Owner { .. } if gone && self.may_reread() => {
                self.again.insert(ListName::Applications);
            }
            Purpose::Owner { .. } if self.options.allow_partial => self.note("owner_unreadable", error.to_string()),
            Purpose::Owner { .. } => self.fail(error),
            Purpose::Page { list, round, .. } if self.is_current(&list, round) => self.list_refused(&list, error),
            Purpose::Page { .. } => {}
        }
    }

    fn list_refused(&mut self, name: &ListName, error: RequestError) {
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
            return self.fail(error);
        }
        if absent && *name == ListName::Strategies {
            let mut message = "client ids are left out, because their issuers cannot be read: ".to_owned();
            // Writing to a text cannot fail.
            let _ = write!(message, "{error}");
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
        let Some(portals) = self.lists.remove(&ListName::Portals).and_then(|list| list.done) else { return };
        if let Some(reason) = portals.partial {
            self.partial.push(PartialList {
                list: ListName::Portals.to_string(),
                total: portals.total,
                items: portals.items.len() as u64,
                reason,
            });
        }
        let mut names = Vec::new();
        let mut ids: Vec<String> = Vec::new();
        for item in &portals.items {
            let Ok(Entry::Object(named)) = serde_json::from_str::<Entry<RawNamed<'_>>>(item.json()) else { continue };
            let name = named.name.text().unwrap_or_default();
            if name == wanted {
                ids.extend(named.id.text().map(str::to_owned));
            }
            names.push(format!("`{}`", Shown(name)));
        }
        match ids.as_slice() {
            [id] => self.ask_for_portal(&id.clone()),
            [] => {
                names.sort_unstable();
                names.truncate(10);
                let others = if names.is_empty() { "there is no other either".to_owned() } else { format!("there is {}", names.join(", ")) };
                self.fail(CrawlError::PortalUnknown { name: Shown(&wanted).to_string(), others });
            }
            several => {
                let count = several.len();
                self.fail(CrawlError::PortalAmbiguous { name: Shown(&wanted).to_string(), count });
            }
        }
    }
}
