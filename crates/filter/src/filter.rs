//! All contexts of one instance. A context the host never created is answered without a trap.

use crate::host::{Host, Level, Map, Response};
use crate::request::{Flow, Verdict};
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
    vary: Option<String>,
}

impl Filter {
    /// A context begins; `root` is 0 for a root context.
    pub fn create(&mut self, context: u32, root: u32) {
        if root == 0 {
            self.roots.insert(context, Root::default());
        } else {
            self.requests.insert(context, Request { root, vary: None });
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
        let Some(Verdict { flow, vary }) = root.and_then(|root| root.request_headers(host, ends)) else {
            return not_configured(host);
        };
        if let (Some(request), true) = (self.requests.get_mut(&context), vary.is_some()) {
            request.vary = vary;
        }
        flow
    }

    /// The response's headers are there.
    pub fn response_headers(&mut self, host: &dyn Host, context: u32) {
        let vary = self.requests.get_mut(&context).and_then(|request| request.vary.take());
        if let Some(vary) = vary
            && host.add_header(Map::Response, b"vary", vary.as_bytes()).is_err()
        {
            host.log(Level::Warn, "gatepass: the host does not add `vary` to a response");
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
