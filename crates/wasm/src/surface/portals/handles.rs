//! What stays in here between calls. Numbers are never given twice, so that a forgotten handle never names
//! somebody else's portal.

use std::cell::RefCell;
use std::rc::Rc;

use gatepass::Snapshot;
use gatepass::konnect::apply::Apply;

use super::crawl::OpenCrawl;
use crate::surface::Refusal;

/// A portal that was opened.
#[derive(Debug)]
pub(super) struct OpenPortal {
    pub(super) snapshot: Snapshot,
    /// The SHA-256 of the file, for plans; `None` if nobody asked for it.
    pub(super) digest: Option<[u8; 32]>,
}

/// What a handle names.
#[derive(Clone, Debug)]
pub(super) enum Held {
    Portal(Rc<OpenPortal>),
    Crawl(Rc<RefCell<OpenCrawl>>),
    Apply(Rc<RefCell<Apply>>),
}

#[derive(Default)]
struct Handles {
    last: u32,
    /// In the order of their numbers, which only grow.
    held: Vec<(u32, Held)>,
}

impl Handles {
    fn place(&self, handle: u32) -> Option<usize> {
        self.held.binary_search_by_key(&handle, |(number, _)| *number).ok()
    }
}

thread_local! {
    static HANDLES: RefCell<Handles> = RefCell::default();
}

/// Keeps something and names it.
pub(super) fn insert(held: Held) -> Result<u32, Refusal> {
    HANDLES.with_borrow_mut(|handles| {
        let number = handles.last.checked_add(1).ok_or_else(|| {
            Refusal::new("handles_exhausted", "", "every handle number was used; load the module again")
        })?;
        handles.last = number;
        handles.held.push((number, held));
        Ok(number)
    })
}

/// What a handle names. Shared, so that nothing is borrowed while a method runs.
pub(super) fn get(handle: u32) -> Result<Held, Refusal> {
    let held =
        HANDLES.with_borrow(|handles| handles.held.get(handles.place(handle)?).map(|(_, held)| held.clone()));
    held.ok_or_else(|| {
        Refusal::new("handle_unknown", "", format!("there is nothing with handle {handle}; it was freed"))
    })
}

/// Lets go of something.
pub(super) fn remove(handle: u32) -> bool {
    HANDLES.with_borrow_mut(|handles| {
        let place = handles.place(handle);
        // Dropped where it is taken out: nothing that is held asks for handles.
        place.map(|place| handles.held.remove(place)).is_some()
    })
}
