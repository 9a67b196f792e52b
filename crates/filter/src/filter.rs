//! All contexts of one instance. A context the host never created is answered without a trap.

use crate::host::{Host, Level, Response};
use crate::request::{Flow, Verdict};
use crate::response::After;
use crate::root::Root;
use crate::table::Table;

/// A filter instance: several configured filters may share it.
#[derive(Debug, Default)]
pub struct Filter {
    roots: Table<u32, Root>,
    requests: Table<u32, Request>,
}

#[derive(Debug)]
struct Request {
    root: u32,
    state: State,
}

/// How far a request has come.
#[derive(Debug)]
enum State {
    Undecided,
    /// It was answered, or its response was dealt with.
    Done,
    Passed(After),
}

impl Filter {
    /// A context begins; `root` is 0 for a root context.
    pub fn create(&mut self, context: u32, root: u32) {
        if root == 0 {
            self.roots.insert(context, Root::default());
        } else {
            self.requests.insert(context, Request { root, state: State::Undecided });
        }
    }

    /// A context ends.
    pub fn delete(&mut self, context: u32) {
        if self.requests.remove(&context).is_none() {
            self.roots.remove(&context);
        }
    }

    /// A configuration of `size` bytes has arrived; `false` refuses it.
    pub fn configure(&mut self, host: &dyn Host, context: u32, size: usize) -> bool {
        self.roots.get_mut(&context).is_some_and(|root| root.configure(host, size))
    }

    /// Time has passed.
    pub fn tick(&mut self, host: &dyn Host, context: u32) {
        if let Some(root) = self.roots.get_mut(&context) {
            root.tick(host);
        }
    }

    /// A call was answered, with so many headers (none if it failed) and bytes.
    pub fn call_response(&mut self, host: &dyn Host, context: u32, token: u32, headers: usize, body: usize) {
        if let Some(root) = self.roots.get_mut(&context) {
            root.call_response(host, token, headers, body);
        }
    }

    /// A request's headers are there; `ends` says that there is no body.
    pub fn request_headers(&mut self, host: &dyn Host, context: u32, ends: bool) -> Flow {
        let root = self.requests.get(&context).and_then(|request| self.roots.get_mut(&request.root));
        let verdict = root.and_then(|root| root.request_headers(host, ends));
        let (flow, state) = match verdict {
            Some(Verdict { flow: Flow::Continue, after }) => (Flow::Continue, State::Passed(after)),
            Some(Verdict { flow: Flow::Stop, .. }) => (Flow::Stop, State::Done),
            None => (not_configured(host), State::Done),
        };
        if let Some(request) = self.requests.get_mut(&context) {
            request.state = state;
        }
        flow
    }

    /// The response's headers are there.
    pub fn response_headers(&mut self, host: &dyn Host, context: u32) -> Flow {
        let request = self.requests.get_mut(&context);
        let root = request.as_ref().map(|request| request.root);
        let state = request.map(|request| std::mem::replace(&mut request.state, State::Done));
        let root = root.and_then(|root| self.roots.get_mut(&root));
        match (state, root) {
            (Some(State::Passed(after)), Some(root)) => {
                root.response_headers(host, Some(after)).unwrap_or_else(|| not_configured(host))
            }
            (Some(State::Undecided), Some(root)) => {
                root.response_headers(host, None).unwrap_or_else(|| not_configured(host))
            }
            // Dealt with: answered before, or the host has deleted the context; some hosts trap on a second answer.
            (Some(State::Done) | None, _) => Flow::Continue,
            (_, None) => not_configured(host),
        }
    }
}

/// Without a configuration there is nothing to allow by.
fn not_configured(host: &dyn Host) -> Flow {
    let response = Response {
        status: 503,
        grpc_status: -1,
        details: "bundle_stale",
        headers: vec![("cache-control", "no-store".to_owned()), ("retry-after", "1".to_owned())],
        body: String::new(),
    };
    if let Err(error) = host.respond(&response) {
        host.log(Level::Error, &format!("gatepass: the host does not answer (status {})", error.0));
    }
    Flow::Stop
}
