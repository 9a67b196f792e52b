//! The two servers around the gateway: the APIs, and the bundle.

use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use gatepass::bundle::{self, BundleTimestamp, Manifest};
use gatepass::{Policy, ReadOptions, Snapshot, Timestamp};
use tiny_http::{Header, Request, Response, Server};

use crate::tools::TaskError;

/// A server on loopback; it ends when this is dropped.
pub struct Running {
    /// The port it listens on.
    pub port: u16,
    server: Arc<Server>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Running(port {})", self.port)
    }
}

impl Running {
    fn start(answer: impl Fn(Request) + Send + Sync + 'static) -> Result<Self, TaskError> {
        let server = Arc::new(Server::http(("127.0.0.1", 0)).map_err(TaskError::other)?);
        let port = server.server_addr().to_ip().map(|address| address.port()).unwrap_or_default();
        let accepting = Arc::clone(&server);
        let thread = std::thread::spawn(move || accepting.incoming_requests().for_each(&answer));
        Ok(Self { port, server, thread: Some(thread) })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported already.
            let _ = thread.join();
        }
    }
}

/// Starts the APIs: every request is answered with the request as it arrived, as JSON.
///
/// # Errors
///
/// [`TaskError::Other`] if no port can be had.
pub fn start_apis() -> Result<Running, TaskError> {
    Running::start(|request| {
        let headers: Vec<(String, String)> = request
            .headers()
            .iter()
            .map(|header| {
                (header.field.as_str().as_str().to_ascii_lowercase(), header.value.as_str().to_owned())
            })
            .collect();
        let seen = serde_json::json!({"method": request.method().as_str(), "path": request.url(), "headers": headers});
        let json = Header::from_bytes("content-type", "application/json");
        let mut response = Response::from_string(seen.to_string());
        if let Ok(json) = json {
            response.add_header(json);
        }
        // The caller may have gone.
        let _ = request.respond(response);
    })
}

/// What the bundle server publishes.
#[derive(Clone, Debug)]
struct Published {
    bytes: Vec<u8>,
    etag: String,
    policy: Policy,
    contents: Vec<bundle::PortalContents>,
    digest: [u8; 32],
}

/// How the bundle server behaves, for tests of faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// As it should.
    #[default]
    Honest,
    /// Answers 500.
    Broken,
    /// Serves bytes with one bit flipped.
    Corrupt,
    /// Serves the first half.
    Truncated,
}

/// Publishes bundles as a relay does: content under an `ETag`, its time in a header.
#[derive(Clone, Debug, Default)]
pub struct BundleServer {
    published: Arc<Mutex<Option<Published>>>,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl BundleServer {
    /// Builds a bundle from snapshot files and publishes it.
    ///
    /// # Errors
    ///
    /// [`TaskError::Other`] if a snapshot has errors or the bundle cannot be built.
    pub fn publish(&self, policy: Policy, snapshots: &[&[u8]]) -> Result<(), TaskError> {
        let mut contents = Vec::new();
        for bytes in snapshots {
            let reading = Snapshot::read(bytes, ReadOptions::default()).map_err(TaskError::other)?;
            contents.push(reading.snapshot.contents().map_err(TaskError::other)?);
        }
        let built = bundle::build(policy, &contents).map_err(TaskError::other)?;
        let (bytes, digest) = (built.to_bytes(), *built.content_digest());
        let etag = Manifest::entity_tag(&digest);
        if let Ok(mut published) = self.published.lock() {
            *published = Some(Published { bytes, etag, policy, contents, digest });
        }
        Ok(())
    }

    /// Changes how it behaves from the next answer on.
    pub fn behave(&self, behaviour: Behaviour) {
        if let Ok(mut current) = self.behaviour.lock() {
            *current = behaviour;
        }
    }

    /// Starts serving `GET /v1/bundle`.
    ///
    /// # Errors
    ///
    /// [`TaskError::Other`] if no port can be had.
    pub fn start(&self) -> Result<Running, TaskError> {
        let server = self.clone();
        Running::start(move |request| server.answer(request))
    }

    fn answer(&self, request: Request) {
        let behaviour = self.behaviour.lock().map(|behaviour| *behaviour).unwrap_or_default();
        let published = self.published.lock().ok().and_then(|published| published.clone());
        let Some(published) =
            published.filter(|_| behaviour != Behaviour::Broken && request.url() == "/v1/bundle")
        else {
            let _ = request.respond(Response::empty(500));
            return;
        };
        let known = request
            .headers()
            .iter()
            .any(|header| header.field.equiv("if-none-match") && header.value.as_str() == published.etag);
        let known = known && behaviour == Behaviour::Honest;
        let mut body = if known { Vec::new() } else { published.bytes.clone() };
        match behaviour {
            Behaviour::Corrupt => {
                let middle = body.len() / 2;
                if let Some(byte) = body.get_mut(middle) {
                    *byte ^= 1;
                }
            }
            Behaviour::Truncated => body.truncate(body.len() / 2),
            Behaviour::Honest | Behaviour::Broken => {}
        }
        let status = if known { 304 } else { 200 };
        let mut response = Response::from_data(body).with_status_code(status);
        let timestamp = timestamp(&published);
        for (name, value) in [("etag", published.etag.as_str()), ("x-gatepass-timestamp", timestamp.as_str())]
        {
            if let Ok(header) = Header::from_bytes(name, value) {
                response.add_header(header);
            }
        }
        // The gateway may have gone.
        let _ = request.respond(response);
    }
}

/// This server has the portal's state at every moment, so that its bundle is always as of now.
fn timestamp(published: &Published) -> String {
    let portals = published.contents.iter().map(|portal| (portal.id, portal.region));
    let as_of = Timestamp::from_millis(crate::now_millis());
    BundleTimestamp::new("", portals, published.policy, as_of, published.digest)
        .map(|stamp| stamp.to_header())
        .unwrap_or_default()
}
