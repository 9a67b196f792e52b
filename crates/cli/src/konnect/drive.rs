//! Drives a crawl: sends what it asks for, a few requests at a time, and hands it the answers.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gatepass::konnect::crawl::{Crawl, CrawlError, CrawlResult, Progress, Step};
use gatepass::konnect::{Answer, Request, RequestId};

use super::clock::{Clock, random};
use super::transport::Transport;

/// How long beyond a request's own time an answer is waited for: a thread that died gives none.
const GRACE: Duration = Duration::from_secs(30);

/// Threads that send requests. They end by themselves when this is dropped, each after its request.
struct Pool {
    requests: Sender<Request>,
    answers: Receiver<(RequestId, Answer)>,
    over: Arc<AtomicBool>,
}

impl Pool {
    fn start(transport: &Arc<Transport>, threads: usize) -> io::Result<Self> {
        let (requests, queue) = mpsc::channel::<Request>();
        let (answered, answers) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        let over = Arc::new(AtomicBool::new(false));
        for _ in 0..threads.max(1) {
            let (transport, queue, answered) = (Arc::clone(transport), Arc::clone(&queue), answered.clone());
            let over = Arc::clone(&over);
            let work = move || {
                loop {
                    // Whoever waits holds the lock: the others wait for it instead.
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(request) = next else { return };
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    let answer = transport.send(&request);
                    if answered.send((request.id, answer)).is_err() {
                        return;
                    }
                }
            };
            std::thread::Builder::new().name("konnect".into()).spawn(work)?;
        }
        Ok(Self { requests, answers, over })
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// Why a crawl did not end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DriveError {
    #[error(transparent)]
    Crawl(#[from] CrawlError),
    #[error("cannot start a thread for requests: {0}; try again with a smaller --concurrency")]
    Thread(io::Error),
    #[error("a request ended without any answer; try again, and report this to the Gatepass project")]
    Lost,
}

/// Carries out a crawl with at most so many requests at a time.
pub(crate) fn crawl(
    transport: &Arc<Transport>,
    concurrency: usize,
    timeout: Duration,
    mut crawl: Crawl,
    mut watch: impl FnMut(Progress),
) -> Result<CrawlResult, DriveError> {
    let pool = Pool::start(transport, concurrency).map_err(DriveError::Thread)?;
    let clock = Clock::start();
    let patience = timeout.saturating_add(GRACE);
    let mut out = 0_usize;
    loop {
        // Until when to wait for an answer, and whether none by then means that none will come.
        let (wait, last) = match crawl.next(clock.now()) {
            Step::Done => return Ok(crawl.into_result()?),
            Step::Send(requests) => {
                for request in requests {
                    out = out.saturating_add(1);
                    pool.requests.send(request).map_err(|_| DriveError::Lost)?;
                }
                continue;
            }
            Step::Wait { until: None } if out == 0 => return Err(DriveError::Lost),
            Step::Wait { until: None } => (patience, true),
            Step::Wait { until: Some(at) } => (clock.until(at), false),
        };
        match pool.answers.recv_timeout(wait) {
            Ok((id, answer)) => {
                out = out.saturating_sub(1);
                crawl.answer(id, &answer, clock.now(), random());
                watch(crawl.progress());
            }
            Err(RecvTimeoutError::Timeout) if !last => {}
            Err(_) => return Err(DriveError::Lost),
        }
    }
}
