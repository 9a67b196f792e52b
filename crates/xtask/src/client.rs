//! A plain HTTP/1.1 client that sends exactly the bytes it is given: attacks are made of bytes that ordinary
//! clients refuse to send.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::tools::TaskError;

/// An answer as it came over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Header names (as sent) and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Sends one `GET` to a port of this machine.
///
/// # Errors
///
/// [`TaskError::Other`] if there is no answer.
pub fn get(port: u16, path: &str) -> Result<Answer, TaskError> {
    request(port, "GET", path.as_bytes(), &[])
}

/// Sends one request without a body; `Host` is added unless it is among the headers.
///
/// # Errors
///
/// [`TaskError::Other`] if there is no answer.
pub fn request(
    port: u16,
    method: &str,
    path: &[u8],
    headers: &[(&[u8], &[u8])],
) -> Result<Answer, TaskError> {
    let mut bytes = format!("{method} ").into_bytes();
    bytes.extend_from_slice(path);
    bytes.extend_from_slice(b" HTTP/1.1\r\n");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(b"host")) {
        bytes.extend_from_slice(b"Host: localhost\r\n");
    }
    for (name, value) in headers {
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"Connection: close\r\n\r\n");
    send(port, &bytes)
}

/// Sends these bytes and reads the answer to its end.
///
/// # Errors
///
/// [`TaskError::Other`] if there is no answer within ten seconds, or it is not HTTP.
pub fn send(port: u16, bytes: &[u8]) -> Result<Answer, TaskError> {
    let exchange = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.set_write_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(bytes)?;
        // Not to the end of the stream: Envoy closes a second later than it answers.
        let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
        while !is_whole(&answer) {
            match stream.read(&mut piece)? {
                0 => break,
                read => answer.extend_from_slice(piece.get(..read).unwrap_or_default()),
            }
        }
        Ok(answer)
    };
    let answer = exchange().map_err(TaskError::other)?;
    parse(&answer).ok_or_else(|| {
        TaskError::other(format!("not an HTTP answer: {:?}", String::from_utf8_lossy(&answer)))
    })
}

/// Whether an answer that names its length has all of it.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(answer) = parse(bytes) else { return false };
    let length = answer.header("content-length").and_then(|length| length.parse::<usize>().ok());
    // A chunked answer is parsed only once its last chunk is there.
    length.map_or_else(|| answer.header("transfer-encoding").is_some(), |length| answer.body.len() >= length)
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(bytes.get(..end)?).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header =
        |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    let headers: Vec<(String, String)> = lines.filter_map(header).collect();
    let body = bytes.get(end.checked_add(4)?..)?;
    let chunked = headers
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("transfer-encoding") && value == "chunked");
    let body = if chunked { unchunked(body)? } else { body.to_vec() };
    Some(Answer { status, headers, body })
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(rest.get(..end)?).ok()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        let start = end.checked_add(2)?;
        let stop = start.checked_add(size)?;
        body.extend_from_slice(rest.get(start..stop)?);
        rest = rest.get(stop.checked_add(2)?..)?;
    }
}
