//! The server behind the real Envoy: it remembers each request as it came, to the byte.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use super::check::Arrived;

/// What every upstream answers, on all hosts.
pub(crate) const BODY: &str = "from upstream";
/// It has a `Vary` of its own, which must stay.
pub(crate) const HEADERS: [(&str, &str); 2] = [("content-type", "text/plain"), ("vary", "accept-encoding")];

/// A server on loopback; its thread ends with the process.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) port: u16,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Upstream {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let remembering = Arc::clone(&arrived);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // One at a time: the tests send one at a time. A connection that ends early is none.
                let _ = answer(stream, &remembering);
            }
        });
        Self { port, arrived }
    }

    /// What came since the last time.
    pub(crate) fn take(&self) -> Vec<Arrived> {
        std::mem::take(&mut *self.arrived.lock().unwrap())
    }
}

fn answer(stream: TcpStream, arrived: &Mutex<Vec<Arrived>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let request_line = line(&mut reader)?;
    let mut headers = Vec::new();
    loop {
        let header = line(&mut reader)?;
        let Some(colon) = header.iter().position(|byte| *byte == b':') else { break };
        let name = String::from_utf8_lossy(&header[..colon]).to_ascii_lowercase();
        headers.push((name, header[colon + 1..].trim_ascii().to_vec()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| std::str::from_utf8(value).ok()?.parse().ok()).unwrap_or(0);
    std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
    let mut parts = request_line.splitn(2, |byte| *byte == b' ');
    let method = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let rest = parts.next().unwrap_or_default();
    let path = rest.strip_suffix(b" HTTP/1.1").unwrap_or(rest).to_vec();
    let is_tunnel = method == "CONNECT";
    let body = if method == "HEAD" || is_tunnel { "" } else { BODY };
    // Remembered before the answer: whoever has the answer finds it.
    arrived.lock().unwrap().push(Arrived { method, path, headers });
    let mut stream = reader.into_inner();
    stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
    for (name, value) in HEADERS {
        write!(stream, "{name}: {value}\r\n")?;
    }
    if !is_tunnel {
        write!(stream, "content-length: {}\r\nconnection: close\r\n", BODY.len())?;
    }
    write!(stream, "\r\n{body}")
}

fn line(reader: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    Ok(line.trim_ascii_end().to_vec())
}
