//! The HTTP server: one thread, as many connections as are needed, and an end that lets answers finish.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Collected, Limited};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};

use super::RelayError;
use super::answer::{AUTHZEN, Answer, Doors};
use super::state::Shared;

/// Most connections at a time; further ones wait.
const CONNECTIONS_MAX: usize = 1024;

/// Largest body that is read.
const BODY_MAX: usize = 1 << 20;

/// How long a connection may be idle, or take to send a request's head. Not a minute: whoever asks every minute would
/// meet a connection that is just being closed.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// How long answers may take to finish when the relay stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Serves until the process is asked to stop, or polling ends.
pub(super) fn serve(
    listen: SocketAddr,
    doors: Doors,
    shared: &Arc<Shared>,
    polling: oneshot::Receiver<Infallible>,
) -> Result<(), RelayError> {
    let refused = |source| RelayError::Listen { address: listen, source };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(refused)?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await.map_err(refused)?;
        let stop = stop().map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        anstream::eprintln!("listening on http://{address}");
        let graceful = GracefulShutdown::new();
        let ended = {
            let accepting = pin!(accept(&listener, Arc::new(doors), Arc::clone(shared), &graceful));
            tokio::select! {
                () = accepting => Ok(()),
                () = stop => Ok(()),
                _ = polling => Err(RelayError::PollerDied),
            }
        };
        drop(listener);
        // Whoever is not done by then is cut off.
        let _late = tokio::time::timeout(STOP_TIMEOUT, graceful.shutdown()).await;
        if ended.is_ok() {
            anstream::eprintln!("stopped");
        }
        ended
    })
}

async fn accept(listener: &TcpListener, doors: Arc<Doors>, shared: Arc<Shared>, graceful: &GracefulShutdown) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    while let Ok(permit) = Arc::clone(&room).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            // No more file descriptors, as a rule: some will be free soon.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let (doors, shared) = (Arc::clone(&doors), Arc::clone(&shared));
        let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let (doors, shared) = (Arc::clone(&doors), Arc::clone(&shared));
            async move { Ok::<_, Infallible>(answer(&doors, &shared, request).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that ends early is the client's matter.
            let _ended = connection.await;
            drop(permit);
        });
    }
}

/// Only AuthZEN's questions have bodies; nothing else waits for one.
async fn answer(doors: &Doors, shared: &Shared, request: hyper::Request<hyper::body::Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    let (path, target) = (head.uri.path(), head.uri.path_and_query());
    let target = target.map_or(path, hyper::http::uri::PathAndQuery::as_str);
    if let Some(answer) = doors.authorize(shared, &head.method, target, &head.headers) {
        return answer;
    }
    if path.starts_with(AUTHZEN) && head.method == hyper::Method::POST {
        // A body that is too long or breaks off is no question.
        let body = Limited::new(body, BODY_MAX).collect().await.map(Collected::to_bytes);
        return doors.authzen(shared, path, &head.headers, &body.unwrap_or_default());
    }
    doors.answer(shared, &head.method, path, &head.headers)
}

/// Ends when the process is asked to stop.
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        let interrupt = tokio::signal::ctrl_c();
        #[cfg(unix)]
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _asked = interrupt.await;
    })
}
