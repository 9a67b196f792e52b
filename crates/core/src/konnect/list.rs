//! One list, page by page, until its `total` and an empty or short page agree; and the signs that it changed
//! while it was read.
//!
//! Kong's own examples state totals that disagree with their lists, and lists have no cursor: an object that
//! is deleted while pages are read pulls a later one past the reader. So a list counts as read only if its
//! total never changed, every page is there, no object came on two pages, and there are exactly as many as
//! the total says.

use crate::arrange::Arrange as _;
use crate::ordered::{OrderedMap, OrderedSet};

use super::page::{Item, Page};

/// Why an attempt at a list does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Two pages stated different totals.
    TotalChanged,
    /// An object came on two pages.
    Repeated,
    /// Another page came than was asked for.
    OtherPage,
    /// There are fewer or more objects than the total.
    CountDiffers,
}

impl Doubt {
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::TotalChanged => "its total changed while it was read",
            Self::Repeated => "an object came on two of its pages",
            Self::OtherPage => "the API answered with another page than was asked for",
            Self::CountDiffers => "it holds fewer or more objects than its total says",
        }
    }
}

/// What to do after a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Ask for the pages from the first to the last of these.
    Ask(u64, u64),
    /// Other pages are still to come.
    Wait,
    /// The whole list is here, without a doubt.
    Whole,
    /// The attempt failed.
    Doubtful(Doubt),
}

/// How many pages of one list are asked for together: a total is only the server's word.
const MAX_PAGES_AT_ONCE: u64 = 64;

/// One attempt at a list.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    page_size: u64,
    pages: OrderedMap<u64, Vec<Item>>,
    keys: OrderedSet<Box<str>>,
    total: Option<u64>,
    highest_asked: u64,
    doubt: Option<Doubt>,
}

impl Listing {
    /// An attempt whose first page has been asked for.
    pub(super) const fn new(page_size: u64) -> Self {
        Self {
            page_size,
            pages: OrderedMap::new(),
            keys: OrderedSet::new(),
            total: None,
            highest_asked: 1,
            doubt: None,
        }
    }

    /// The total as first stated.
    pub(super) const fn total(&self) -> Option<u64> {
        self.total
    }

    /// How many objects came so far.
    pub(super) fn rows(&self) -> u64 {
        self.pages.values().map(|page| page.len() as u64).sum()
    }

    /// The objects, sorted by what identifies them, so that the order of answers leaves no trace. What came
    /// twice on different pages is there once.
    pub(super) fn into_items(self) -> Vec<Item> {
        let repeated = self.doubt.is_some();
        let mut items: Vec<Item> = self.pages.into_iter().flat_map(|(_, items)| items).collect();
        items.arrange();
        if repeated {
            items.dedup();
        }
        items
    }

    /// Takes a page that was asked for.
    pub(super) fn page(&mut self, number: u64, page: Page) -> Next {
        if page.number.is_some_and(|said| said != number) {
            self.doubt = self.doubt.or(Some(Doubt::OtherPage));
        }
        if number == 1 || self.pages.is_empty() {
            self.total = self.total.or(page.total);
        }
        if page.total != self.total {
            self.doubt = self.doubt.or(Some(Doubt::TotalChanged));
        }
        // Objects without a key are kept, and the snapshot's reader reports them. Within one page nothing can
        // have shifted: an API that repeats itself there counts its repeats.
        let keys: OrderedSet<&str> = page.items.iter().map(Item::key).filter(|key| !key.is_empty()).collect();
        if keys.iter().any(|key| self.keys.contains(*key)) {
            self.doubt = self.doubt.or(Some(Doubt::Repeated));
        }
        self.keys.extend(keys.into_iter().map(Into::into));
        self.pages.insert(number, page.items);
        if (self.pages.len() as u64) < self.highest_asked {
            return Next::Wait;
        }
        self.next()
    }

    /// What to do when every page asked for is here.
    fn next(&mut self) -> Next {
        if let Some(doubt) = self.doubt {
            return Next::Doubtful(doubt);
        }
        let rows = self.rows();
        let last = self.pages.values().next_back().map_or(0, |items| items.len() as u64);
        let first = self.pages.values().next().map_or(0, |items| items.len() as u64);
        // A server may give less than it was asked for; a first page that others follow shows how much.
        let given = self.page_size.min(first.max(1));
        let full = if self.pages.len() > 1 { given } else { self.page_size };
        match self.total {
            Some(total) if rows < total && last > 0 => {
                let missing = total.saturating_sub(rows).div_ceil(given);
                // After a short page the rest is a guess, and guesses are made one page at a time.
                self.ask(if last == given { missing } else { 1 })
            }
            Some(total) if rows != total => self.fail(Doubt::CountDiffers),
            // An exact fit is a fit only if nothing comes after it; without a total only emptiness ends.
            Some(_) if last >= full && last > 0 => self.ask(1),
            None if last > 0 => self.ask(1),
            _ => Next::Whole,
        }
    }

    fn ask(&mut self, more: u64) -> Next {
        let from = self.highest_asked.saturating_add(1);
        self.highest_asked = self.highest_asked.saturating_add(more.min(MAX_PAGES_AT_ONCE));
        Next::Ask(from, self.highest_asked)
    }

    fn fail(&mut self, doubt: Doubt) -> Next {
        self.doubt = Some(doubt);
        Next::Doubtful(doubt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::konnect::page::{Kind, read};

    fn page(number: u64, total: u64, ids: std::ops::Range<u64>) -> Page {
        let data: Vec<String> = ids.map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
        let body = format!(
            r#"{{"meta":{{"page":{{"number":{number},"size":10,"total":{total}}}}},"data":[{}]}}"#,
            data.join(",")
        );
        read(Kind::Team, body.as_bytes()).unwrap()
    }

    #[test]
    fn a_short_page_and_the_total_agree() {
        assert_eq!(Listing::new(10).page(1, page(1, 3, 0..3)), Next::Whole);
        assert_eq!(Listing::new(10).page(1, page(1, 0, 0..0)), Next::Whole);
    }

    #[test]
    fn an_exact_fit_asks_for_an_empty_page() {
        let mut list = Listing::new(10);
        assert_eq!(list.page(1, page(1, 20, 0..10)), Next::Ask(2, 2));
        assert_eq!(list.page(2, page(2, 20, 10..20)), Next::Ask(3, 3));
        assert_eq!(list.page(3, page(3, 20, 0..0)), Next::Whole);
    }

    #[test]
    fn further_pages_are_asked_for_at_once_and_may_come_in_any_order() {
        let mut list = Listing::new(10);
        assert_eq!(list.page(1, page(1, 25, 0..10)), Next::Ask(2, 3));
        assert_eq!(list.page(3, page(3, 25, 20..25)), Next::Wait);
        assert_eq!(list.page(2, page(2, 25, 10..20)), Next::Whole);
        assert_eq!(list.into_items().len(), 25);
    }

    #[test]
    fn a_server_that_gives_smaller_pages_is_read_whole() {
        let mut list = Listing::new(100);
        assert_eq!(list.page(1, page(1, 25, 0..10)), Next::Ask(2, 3));
        assert_eq!(list.page(2, page(2, 25, 10..20)), Next::Wait);
        assert_eq!(list.page(3, page(3, 25, 20..25)), Next::Whole);
    }

    #[test]
    fn a_list_that_changes_is_noticed() {
        let mut grows = Listing::new(10);
        assert_eq!(grows.page(1, page(1, 15, 0..10)), Next::Ask(2, 2));
        assert_eq!(grows.page(2, page(2, 16, 10..16)), Next::Doubtful(Doubt::TotalChanged));
        let mut shifts = Listing::new(10);
        assert_eq!(shifts.page(1, page(1, 15, 0..10)), Next::Ask(2, 2));
        assert_eq!(shifts.page(2, page(2, 15, 9..14)), Next::Doubtful(Doubt::Repeated));
        let mut shrinks = Listing::new(10);
        assert_eq!(shrinks.page(1, page(1, 15, 0..10)), Next::Ask(2, 2));
        assert_eq!(shrinks.page(2, page(2, 15, 11..15)), Next::Ask(3, 3));
        assert_eq!(shrinks.page(3, page(3, 15, 0..0)), Next::Doubtful(Doubt::CountDiffers));
    }

    #[test]
    fn wrong_totals_are_never_taken_for_whole() {
        // Kong's examples: 2 with 4 items, 10 with 1 item, on a server that ignores paging.
        assert_eq!(Listing::new(10).page(1, page(1, 2, 0..4)), Next::Doubtful(Doubt::CountDiffers));
        let mut one_of_ten = Listing::new(10);
        assert_eq!(one_of_ten.page(1, page(1, 10, 0..1)), Next::Ask(2, 10));
        let mut last = Next::Wait;
        for number in 2..=10 {
            last = one_of_ten.page(number, page(1, 10, 0..1));
        }
        assert_eq!(last, Next::Doubtful(Doubt::OtherPage));
    }

    #[test]
    fn without_a_total_only_an_empty_page_ends_the_list() {
        let strip = |mut page: Page| {
            page.total = None;
            page
        };
        let mut list = Listing::new(2);
        assert_eq!(list.page(1, strip(page(1, 0, 0..2))), Next::Ask(2, 2));
        assert_eq!(list.page(2, strip(page(2, 0, 2..3))), Next::Ask(3, 3));
        assert_eq!(list.page(3, strip(page(3, 0, 0..0))), Next::Whole);
        assert_eq!(list.total(), None);
    }

    #[test]
    fn repeats_within_one_page_are_counted_as_the_api_counts_them() {
        let mut list = Listing::new(10);
        let mut twice = page(1, 4, 0..2);
        twice.items.extend(twice.items.clone());
        assert_eq!(list.page(1, twice), Next::Whole);
    }
}
