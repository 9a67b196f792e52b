//! The APIs behind the gateway.

use std::sync::Arc;
use std::thread::JoinHandle;

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

/// Starts a server of files by their paths, each with the headers given; anything else is 404.
///
/// # Errors
///
/// [`TaskError::Other`] if no port can be had.
pub fn start_files(
    files: std::collections::BTreeMap<String, Vec<u8>>,
    headers: Vec<(&'static str, String)>,
) -> Result<Running, TaskError> {
    Running::start(move |request| {
        let mut response = match files.get(request.url()) {
            Some(bytes) => Response::from_data(bytes.clone()),
            None => Response::from_data(Vec::new()).with_status_code(404),
        };
        for (name, value) in &headers {
            if let Ok(header) = Header::from_bytes(*name, value.as_bytes()) {
                response.add_header(header);
            }
        }
        // The caller may have gone.
        let _ = request.respond(response);
    })
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
