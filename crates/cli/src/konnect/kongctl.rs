//! Requests through `kongctl api`, which has the token: this process never sees one.
//!
//! The command line is that of Kong's reference (developer.konghq.com/kongctl/api): `kongctl api METHOD ENDPOINT`, with
//! `-o json`, `--base-url`, and `-f -` for a body from standard input. What came is on standard output; a status of 400
//! or more ends it with 1 and `request failed with status 404 Not Found: BODY` on standard error.

use std::io::{self, Read, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use gatepass::konnect::{Answer, Failure, FailureKind, Request, Response};

/// Largest answer that is read.
const BODY_MAX: u64 = 64 << 20;

/// What kongctl says before a status.
const STATUS: &str = "request failed with status ";

/// A kongctl that sends requests.
#[derive(Clone, Debug)]
pub(crate) struct Kongctl {
    pub(crate) program: PathBuf,
    pub(crate) base_url: String,
    pub(crate) timeout: Duration,
}

/// What a kongctl that ended has said.
struct Said {
    status: ExitStatus,
    out: Vec<u8>,
    err: Vec<u8>,
}

impl Kongctl {
    /// Sends a request and waits for its answer.
    pub(crate) fn send(&self, request: &Request) -> Answer {
        match self.run(request) {
            Ok(Some(said)) if said.status.success() => answered(said.out),
            Ok(Some(said)) => refused(&said),
            Ok(None) => {
                failure(FailureKind::Timeout, format!("kongctl gave no answer in {:?}", self.timeout))
            }
            Err(error) => {
                let program = self.program.display();
                let message = format!("cannot run `{program}`: {error}");
                failure(FailureKind::Program, message)
            }
        }
    }

    fn run(&self, request: &Request) -> io::Result<Option<Said>> {
        let mut command = Command::new(&self.program);
        command
            .args(["api", &request.method.as_str().to_ascii_lowercase(), &request.path])
            .args(["--output", "json", "--base-url", &self.base_url])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if request.body.is_some() {
            command.args(["--body-file", "-"]);
        }
        let mut child = command.spawn()?;
        if let (Some(mut input), Some(body)) = (child.stdin.take(), &request.body) {
            // A kongctl that ends without reading says why by itself.
            let _ = input.write_all(body.as_bytes());
        }
        let said = self.listen(&mut child);
        if said.is_err() || matches!(said, Ok(None)) {
            let _ = child.kill();
        }
        let status = child.wait()?;
        Ok(said?.map(|(out, err)| Said { status, out, err }))
    }

    /// All it says until it closes both streams, or nothing if that takes too long.
    fn listen(&self, child: &mut Child) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
        let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else { return Ok(None) };
        let (send, heard) = mpsc::channel();
        let read = |mut stream: Box<dyn Read + Send>| {
            let mut bytes = Vec::new();
            stream.by_ref().take(BODY_MAX).read_to_end(&mut bytes).map(|_| bytes)
        };
        std::thread::Builder::new().name("kongctl".into()).spawn(move || {
            let errors =
                std::thread::Builder::new().name("kongctl".into()).spawn(move || read(Box::new(err)));
            let out = read(Box::new(out));
            let err = errors.and_then(|errors| errors.join().unwrap_or_else(|_| Ok(Vec::new())));
            // Nobody listens any more after a timeout.
            let _ = send.send((out, err));
        })?;
        match heard.recv_timeout(self.timeout) {
            Ok((out, err)) => Ok(Some((out?, err?))),
            Err(_) => Ok(None),
        }
    }
}

/// kongctl tells no status of what went well, and prints JSON.
fn answered(body: Vec<u8>) -> Answer {
    let content_type = Some("application/json".to_owned());
    Answer::Response(Response { status: 200, content_type, retry_after: None, body })
}

/// A status that kongctl names, or what it says in its own words.
fn refused(said: &Said) -> Answer {
    let text = String::from_utf8_lossy(&said.err);
    if let Some((_, rest)) = text.split_once(STATUS) {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        if let Ok(status) = digits.parse() {
            let body = rest.find('{').zip(rest.rfind('}')).and_then(|(from, to)| rest.get(from..=to));
            return Answer::Response(Response {
                status,
                content_type: Some("application/problem+json".into()),
                retry_after: None,
                body: body.unwrap_or_default().as_bytes().to_vec(),
            });
        }
    }
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing");
    let first = first.strip_prefix("Error: ").unwrap_or(first);
    let kind = if text.contains("failed to call Konnect API") {
        FailureKind::Connection
    } else {
        FailureKind::Program
    };
    failure(kind, format!("kongctl: {first}"))
}

fn failure(kind: FailureKind, message: String) -> Answer {
    Answer::Failure(Failure { kind, message })
}
