//! What a relay answers, honest or not, and a server that says it to the byte.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gatepass::Policy;

use super::portal::Portal;

/// An answer to a filter that asks for the bundle.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// A bundle as of then.
    pub(crate) fn bundle(portal: &Portal, as_of_millis: i64) -> Self {
        Self::new(200, portal.bundle(Policy::Strict))
            .header("x-gatepass-timestamp", portal.timestamp(Policy::Strict, as_of_millis))
            .header("etag", portal.entity_tag(Policy::Strict))
    }

    /// The portal is as it was, as of then.
    pub(crate) fn unchanged(portal: &Portal, as_of_millis: i64) -> Self {
        Self::new(304, "").header("x-gatepass-timestamp", portal.timestamp(Policy::Strict, as_of_millis))
    }
}

/// What a relay says at a time (in milliseconds) to whoever has this entity tag; nothing is a connection that ends.
pub(crate) type Reply = Arc<dyn Fn(i64, Option<&str>) -> Option<Answer> + Send + Sync>;

/// The same answer every time.
pub(crate) fn always(answer: Answer) -> Reply {
    Arc::new(move |_, _| Some(answer.clone()))
}

/// What a good relay says that sees the portal at every moment.
pub(crate) fn honest(portal: &Portal) -> Reply {
    good(portal, |now_millis| now_millis)
}

/// What a good relay says that saw the portal then.
pub(crate) fn as_of(portal: &Portal, then_millis: i64) -> Reply {
    good(portal, move |_| then_millis)
}

fn good(portal: &Portal, as_of: impl Fn(i64) -> i64 + Send + Sync + 'static) -> Reply {
    let (portal, tag) = (portal.clone(), portal.entity_tag(Policy::Strict));
    Arc::new(move |now_millis, known| {
        let is_known = known == Some(tag.as_str());
        let answer = if is_known { Answer::unchanged } else { Answer::bundle };
        Some(answer(&portal, as_of(now_millis)))
    })
}

/// A relay on loopback; its thread ends with the process.
pub(crate) struct Relay {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    reply: Mutex<Reply>,
    answered: AtomicUsize,
    known: Mutex<Option<String>>,
}

impl Relay {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let silent: Reply = Arc::new(|_, _| None);
        let shared = Arc::new(Shared {
            reply: Mutex::new(silent),
            answered: AtomicUsize::new(0),
            known: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A connection that ends early is none.
                let _ = serving.answer(stream);
                serving.answered.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { port, shared }
    }

    pub(crate) fn reply_with(&self, reply: Reply) {
        *self.shared.reply.lock().unwrap() = reply;
    }

    /// Changes what it says, and waits until whoever asks has heard it: when it has answered so often since.
    pub(crate) fn reply_until_heard(&self, reply: Reply, answers: usize, said: impl FnOnce() -> String) {
        self.reply_with(reply);
        let before = self.answered();
        for _ in 0..2000 {
            if self.answered() >= before + answers {
                return std::thread::sleep(Duration::from_millis(20));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the filter does not ask any more:\n{}", said());
    }

    /// How many answers it has given.
    pub(crate) fn answered(&self) -> usize {
        self.shared.answered.load(Ordering::SeqCst)
    }

    /// The last entity tag that came.
    pub(crate) fn known(&self) -> Option<String> {
        self.shared.known.lock().unwrap().clone()
    }
}

impl Shared {
    fn answer(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        let mut known = None;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                if line.trim_end().is_empty() {
                    break;
                }
                continue;
            };
            if name.eq_ignore_ascii_case("if-none-match") {
                known = Some(value.to_owned());
            }
        }
        let reply = Arc::clone(&*self.reply.lock().unwrap());
        let answer = reply(xtask::now_millis(), known.as_deref());
        if known.is_some() {
            *self.known.lock().unwrap() = known;
        }
        let Some(answer) = answer else { return Ok(()) };
        let mut stream = reader.into_inner();
        write!(stream, "HTTP/1.1 {} -\r\nconnection: close\r\n", answer.status)?;
        for (name, value) in &answer.headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        if answer.status != 304 && !answer.headers.iter().any(|(name, _)| name == "content-length") {
            write!(stream, "content-length: {}\r\n", answer.body.len())?;
        }
        stream.write_all(b"\r\n")?;
        stream.write_all(&answer.body)
    }
}
