//! Everything a request can touch.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::call::{Answer, Call, CallSettings};
use crate::database::Database;
use crate::faults::FaultState;
use crate::log::Log;
use crate::options::{Api, EmulatorError, Options};
use crate::problem::Problem;
use crate::query::Query;

/// The emulator's state, shared by its requests.
#[derive(Clone, Debug)]
pub(crate) struct World(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    database: Database,
    settings: CallSettings,
    tokens: Vec<String>,
    faults: Mutex<FaultState>,
    log: Mutex<Log>,
    traces: AtomicU64,
}

/// What a request brought.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub(crate) path: Vec<(String, String)>,
    pub(crate) query: String,
    pub(crate) body: Vec<u8>,
}

impl World {
    pub(crate) fn new(database: Database, options: &Options) -> Result<Self, EmulatorError> {
        if options.page_size == 0 || options.maximum_page_size == 0 {
            return Err(EmulatorError::Option { name: "page-size", reason: "must be at least 1".to_owned() });
        }
        let settings = CallSettings {
            seed: options.seed,
            page_size: options.page_size.into(),
            maximum_page_size: options.maximum_page_size.into(),
            list_owners: options.list_owners,
        };
        Ok(Self(Arc::new(Inner {
            database,
            settings,
            tokens: options.tokens.clone(),
            faults: Mutex::default(),
            log: Mutex::default(),
            traces: AtomicU64::new(crate::random::hash(options.seed, "trace") >> 2),
        })))
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, FaultState> {
        self.0.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.0.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn trace(&self) -> u64 {
        self.0.traces.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether the `Authorization` header holds one of the tokens.
    pub(crate) fn knows(&self, header: Option<&str>) -> bool {
        let token = header
            .and_then(|header| header.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        token.is_some_and(|(_, token)| self.0.tokens.iter().any(|known| known == token.trim()))
    }

    /// Carries a request out, in a transaction that only an answer of 2xx commits.
    pub(crate) fn carry_out(
        &self,
        api: Api,
        arrived: Arrived,
        run: impl FnOnce(&mut Call<'_>) -> Answer,
    ) -> Answer {
        let connection = self.0.database.lock();
        let transaction = connection.unchecked_transaction()?;
        let mut call = Call {
            database: &transaction,
            settings: &self.0.settings,
            api,
            path: arrived.path,
            query: Query::parse(&arrived.query),
            body: arrived.body,
        };
        let answer = run(&mut call);
        drop(call);
        if answer.is_ok() {
            transaction.commit().map_err(Problem::from)?;
        }
        answer
    }
}
