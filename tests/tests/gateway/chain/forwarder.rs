//! Stands between Envoy and the relay, and writes down what was polled and when.

use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use xtask::now_millis;

/// A poll of a filter, in milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct Poll {
    /// Which connection it came on: each filter has its own.
    pub(super) connection: usize,
    /// When the request was here.
    pub(super) arrived: i64,
    /// When the relay's answer was handed on.
    pub(super) delivered: i64,
}

/// Forwards to a relay; its threads end with the process.
pub(super) struct Forwarder {
    pub(super) port: u16,
    polls: Arc<Mutex<Vec<Poll>>>,
}

impl Forwarder {
    pub(super) fn start(relay: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let polls = Arc::new(Mutex::new(Vec::new()));
        let writing = Arc::clone(&polls);
        std::thread::spawn(move || {
            for (connection, stream) in listener.incoming().flatten().enumerate() {
                let polls = Arc::clone(&writing);
                std::thread::spawn(move || {
                    // A connection that ends is Envoy's matter.
                    let _ = forward(connection, &stream, relay, &polls);
                });
            }
        });
        Self { port, polls }
    }

    /// The polls so far.
    pub(super) fn polls(&self) -> Vec<Poll> {
        self.polls.lock().unwrap().clone()
    }
}

fn forward(
    connection: usize,
    envoy: &TcpStream,
    relay: u16,
    polls: &Mutex<Vec<Poll>>,
) -> std::io::Result<()> {
    let relay = TcpStream::connect(("127.0.0.1", relay))?;
    let (mut asking, mut answering) = (BufReader::new(envoy), BufReader::new(&relay));
    loop {
        let request = head(&mut asking)?;
        if request.is_empty() {
            return Ok(());
        }
        let arrived = now_millis();
        (&relay).write_all(&request)?;
        let mut answer = head(&mut answering)?;
        let length = if answer.starts_with(b"HTTP/1.1 304") { 0 } else { length(&answer) };
        (&mut answering).take(length).read_to_end(&mut answer)?;
        (&mut &*envoy).write_all(&answer)?;
        polls.lock().unwrap().push(Poll { connection, arrived, delivered: now_millis() });
    }
}

/// A message up to the empty line; nothing if the connection has ended.
fn head(stream: &mut impl std::io::BufRead) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_until(b'\n', &mut head)? == 0 {
            return Ok(Vec::new());
        }
    }
    Ok(head)
}

fn length(head: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let value = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    value.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}
