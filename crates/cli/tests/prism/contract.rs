//! Kong's OpenAPI documents, each served by a Prism of its own, and the one address under which a client finds
//! them all.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use gatepass::konnect::ApiVersion;
use serde_json::Value;

/// What is below which path. The first that fits is meant: API Builder has a list below portals.
const DOCUMENTS: [(&str, &str, &str); 6] = [
    ("/v2/portals", "", "portal-management-v2.yaml"),
    ("/v2/api-products", "", "api-products-v2.yaml"),
    ("/v2/application-auth-strategies", "", "application-auth-strategies-v2.yaml"),
    ("/v3/portals", "/api-publications", "api-builder-v3.yaml"),
    ("/v3/portals", "", "portal-management-v3.yaml"),
    ("/v3/api", "", "api-builder-v3.yaml"),
];

/// The documents that a version's requests are in.
fn documents(api: ApiVersion) -> impl Iterator<Item = &'static str> {
    let version = match api {
        ApiVersion::V2 => "/v2/",
        ApiVersion::V3 => "/v3/",
    };
    // Auth strategies are v2's, whatever the portal is.
    let wanted = move |path: &str| path.starts_with(version) || path.ends_with("auth-strategies");
    DOCUMENTS.iter().filter(move |(path, _, _)| wanted(path)).map(|(_, _, document)| *document)
}

/// An answer of Prism's.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
    /// What is wrong with the request, by the document.
    pub(crate) wrong: Vec<String>,
}

struct Mock {
    document: &'static str,
    port: u16,
    child: Child,
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The documents of one version, being served.
pub(crate) struct Contract {
    mocks: Vec<Mock>,
    agent: ureq::Agent,
}

fn setting(name: &str) -> PathBuf {
    std::env::var_os(name)
        .map_or_else(|| panic!("{name} is not set; run `cargo xtask test`, which sets it"), PathBuf::from)
}

impl Contract {
    pub(crate) fn serve(api: ApiVersion) -> Self {
        let (prism, specs) = (setting("GATEPASS_PRISM"), setting("GATEPASS_SPECS"));
        let agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        let mut contract = Self { mocks: Vec::new(), agent };
        for document in documents(api) {
            if contract.mocks.iter().any(|mock| mock.document == document) {
                continue;
            }
            let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
            // Without `--errors`, which answers 500 where an example of Kong's contradicts its own schema: whether
            // the *request* is right is told in a header either way, and that is what is looked at.
            let child = Command::new(&prism)
                .args(["mock", "--host", "127.0.0.1", "--port", &port.to_string()])
                .arg(specs.join(document))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap_or_else(|error| panic!("`{}`: {error}", prism.display()));
            contract.mocks.push(Mock { document, port, child });
        }
        for mock in &mut contract.mocks {
            let up = (0..600).any(|_| {
                std::thread::sleep(Duration::from_millis(100));
                assert!(
                    mock.child.try_wait().unwrap().is_none(),
                    "Prism ended; run it by hand on {}",
                    mock.document
                );
                TcpStream::connect(("127.0.0.1", mock.port)).is_ok()
            });
            assert!(up, "Prism does not serve {} after a minute", mock.document);
        }
        contract
    }

    /// The Prism for a path, and the path as the document has it: without the version.
    fn place(&self, path: &str) -> Option<String> {
        let bare = path.split('?').next().unwrap_or_default();
        let (_, _, document) = DOCUMENTS
            .iter()
            .find(|(prefix, suffix, _)| bare.starts_with(prefix) && bare.ends_with(suffix))?;
        let mock = self.mocks.iter().find(|mock| mock.document == *document)?;
        Some(format!("http://127.0.0.1:{}{}", mock.port, path.get(3..)?))
    }

    /// Sends a request to the document it belongs to, with the headers that `gatepass` sends.
    pub(crate) fn send(&self, method: &str, path: &str, body: Option<&str>) -> Answered {
        let url = self.place(path).unwrap_or_else(|| panic!("{path} is in no document"));
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(url)
            .header("authorization", "Bearer kpat_prism")
            .header("accept", "application/json, application/problem+json");
        let answer = match body {
            Some(body) => {
                self.agent.run(request.header("content-type", "application/json").body(body).unwrap())
            }
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (violations, content_type) =
            (header("sl-violations"), header("content-type").unwrap_or_default());
        Answered {
            status: answer.status().as_u16(),
            content_type,
            wrong: violations.map_or_else(Vec::new, |text| of_the_request(&text)),
            body: answer.body_mut().read_to_vec().unwrap(),
        }
    }

    /// One address for all documents, as Konnect has it: `http://127.0.0.1:PORT`.
    pub(crate) fn front(self: &Arc<Self>) -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        // Whoever serves must not keep Prism alive: it ends with the test.
        let contract = Arc::downgrade(self);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(contract) = contract.upgrade() else { return };
                std::thread::spawn(move || contract.forward(stream));
            }
        });
        address
    }

    /// One request, one answer, and the connection ends.
    fn forward(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut first = String::new();
        if reader.read_line(&mut first).is_err() || first.is_empty() {
            return;
        }
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let mut words = first.split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let body = String::from_utf8(body).unwrap();
        let answer = self.send(method, path, Some(body.as_str()).filter(|body| !body.is_empty()));
        let head = format!(
            "HTTP/1.1 {} Told by Prism\r\ncontent-type: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            answer.status,
            answer.content_type,
            answer.body.len()
        );
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&answer.body));
    }
}

/// Prism also tells where an example of Kong's does not fit its schema, which is not the client's fault.
fn of_the_request(violations: &str) -> Vec<String> {
    let all: Vec<Value> = serde_json::from_str(violations).unwrap();
    all.iter().filter(|one| one["location"][0] == "request").map(Value::to_string).collect()
}
