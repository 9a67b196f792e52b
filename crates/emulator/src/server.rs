//! The HTTP server, on a thread of its own, so that blocking tests can use it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread::JoinHandle;

use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::sync::oneshot;

use crate::database::Database;
use crate::dispatch::{self, Dropped};
use crate::faults::Faults;
use crate::log::Log;
use crate::options::{Api, Data, EmulatorError, Options};
use crate::seed;
use crate::world::World;

/// The emulator. See [`Emulator::start`].
#[derive(Clone, Copy, Debug)]
pub struct Emulator;

/// An emulator that answers until this is dropped.
#[derive(Debug)]
pub struct Running {
    base_url: String,
    world: World,
    tokens: Vec<String>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Starts an emulator on 127.0.0.1.
    ///
    /// # Errors
    ///
    /// [`EmulatorError`] if the port is taken, the database cannot be opened or the data not be loaded.
    pub fn start(options: &Options) -> Result<Running, EmulatorError> {
        let database = Database::open(options)?;
        fill(&database, &options.data)?;
        let world = World::new(database, options)?;
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, options.port)))?;
        listener.set_nonblocking(true)?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let (stop, stopped) = oneshot::channel();
        let router = dispatch::router(&world);
        let serve = move || {
            runtime.block_on(async move {
                tokio::select! {
                    () = serve(listener, router) => {}
                    _ = stopped => {}
                }
            });
        };
        let thread = std::thread::Builder::new().name("emulator".to_owned()).spawn(serve)?;
        Ok(Running {
            base_url,
            world,
            tokens: options.tokens.clone(),
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

fn fill(database: &Database, data: &Data) -> Result<(), EmulatorError> {
    let connection = database.lock();
    let transaction = connection.unchecked_transaction()?;
    match data {
        Data::Kept => {}
        Data::Generated(seed) => seed::generate(&transaction, *seed)?,
        Data::Snapshot(json) => seed::snapshot::load(&transaction, json)?,
    }
    Ok(transaction.commit()?)
}

async fn serve(listener: TcpListener, router: axum::Router) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    loop {
        // A client that has gone again is no reason to stop.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let router = TowerToHyperService::new(router.clone());
        let service = service_fn(move |request| {
            let answer = router.call(request);
            async move {
                let Ok(response) = answer.await;
                match response.extensions().get::<Dropped>() {
                    Some(_) => Err(io::Error::other("dropped by a fault")),
                    None => Ok(response),
                }
            }
        });
        tokio::spawn(async move {
            // A connection that ends early is the client's matter, or a fault's.
            let _ended = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

impl Running {
    /// `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The base of a generation's paths, as Konnect's `https://eu.api.konghq.com/v2`.
    pub fn api_url(&self, api: Api) -> String {
        format!("{}/{}", self.base_url, api.name())
    }

    /// A token that is accepted; empty if none is.
    pub fn token(&self) -> &str {
        self.tokens.first().map_or("", String::as_str)
    }

    /// The database, to compare with.
    pub fn database(&self) -> &Database {
        self.world.database()
    }

    /// The id of the first portal.
    ///
    /// # Errors
    ///
    /// [`EmulatorError::Database`] if there is none.
    pub fn portal_id(&self) -> Result<String, EmulatorError> {
        self.database().text("SELECT id FROM portals ORDER BY seq LIMIT 1", &[])
    }

    /// Switches faults on, or with `Faults::default()` off. What was counted for the faults before is forgotten.
    pub fn set_faults(&self, faults: Faults) {
        self.world.faults().set(faults);
    }

    /// The requests so far.
    pub fn log(&self) -> Log {
        self.world.log().clone()
    }

    /// Forgets the requests so far.
    pub fn clear_log(&self) {
        *self.world.log() = Log::default();
    }

    /// Waits until the emulator ends, which is when its process does.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ended = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}
