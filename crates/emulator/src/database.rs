//! The database: one organisation of Konnect, open to tests for comparison.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Map, Value};

use crate::clock;
use crate::options::{EmulatorError, Options, Storage};

/// A handle to the emulator's database. Tables and columns are in `src/schema.sql`.
#[derive(Clone, Debug)]
pub struct Database {
    connection: Arc<Mutex<Connection>>,
}

/// How many rows of each kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Portals.
    pub portals: u64,
    /// Developers.
    pub developers: u64,
    /// Teams.
    pub teams: u64,
    /// Memberships of developers in teams.
    pub team_developers: u64,
    /// Roles assigned to teams.
    pub team_roles: u64,
    /// Applications.
    pub applications: u64,
    /// Registrations, of any status.
    pub registrations: u64,
    /// API products (v2), in a portal or not.
    pub products: u64,
    /// Versions of API products (v2), in a portal or not.
    pub product_versions: u64,
    /// Versions in portals (v2).
    pub portal_product_versions: u64,
    /// APIs and API packages (v3).
    pub apis: u64,
    /// Publications (v3).
    pub publications: u64,
    /// Implementations (v3).
    pub implementations: u64,
}

impl Database {
    pub(crate) fn open(options: &Options) -> Result<Self, EmulatorError> {
        let connection = match &options.storage {
            Storage::Memory => Connection::open_in_memory()?,
            Storage::File(path) => Connection::open(path)?,
        };
        connection.set_prepared_statement_cache_capacity(256);
        // A journal in memory is enough: the data can be made again.
        connection.execute_batch(
            "PRAGMA foreign_keys = ON; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;",
        )?;
        connection.execute_batch(include_str!("schema.sql"))?;
        let Some(now) = clock::millis(&options.now) else {
            let reason = format!("`{}` is not an RFC 3339 date and time", options.now);
            return Err(EmulatorError::Option { name: "now", reason });
        };
        connection.execute("INSERT OR IGNORE INTO settings VALUES ('now', ?)", [now])?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic in one request leaves a transaction that was rolled back, so the connection is still good.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many rows of each kind there are.
    ///
    /// # Errors
    ///
    /// [`EmulatorError::Database`] if SQLite refuses.
    pub fn counts(&self) -> Result<Counts, EmulatorError> {
        let connection = self.lock();
        let count = |table: &str| -> Result<u64, EmulatorError> {
            let found: i64 =
                connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
            Ok(found.unsigned_abs())
        };
        Ok(Counts {
            portals: count("portals")?,
            developers: count("developers")?,
            teams: count("teams")?,
            team_developers: count("team_developers")?,
            team_roles: count("team_roles")?,
            applications: count("applications")?,
            registrations: count("registrations")?,
            products: count("products")?,
            product_versions: count("product_versions")?,
            portal_product_versions: count("portal_product_versions")?,
            apis: count("apis")?,
            publications: count("publications")?,
            implementations: count("implementations")?,
        })
    }

    /// The rows of a query, each as a JSON object of its columns.
    ///
    /// # Errors
    ///
    /// [`EmulatorError::Database`] if SQLite refuses.
    pub fn query(&self, sql: &str, values: &[&str]) -> Result<Vec<Map<String, Value>>, EmulatorError> {
        let connection = self.lock();
        let mut statement = connection.prepare(sql)?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query(params_from_iter(values))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let mut members = Map::new();
            for (at, name) in names.iter().enumerate() {
                members.insert(name.clone(), json(row.get_ref(at)?));
            }
            found.push(members);
        }
        Ok(found)
    }

    /// The first column of the first row as text, for a look at one value.
    ///
    /// # Errors
    ///
    /// [`EmulatorError::Database`] if SQLite refuses or there is no row.
    pub fn text(&self, sql: &str, values: &[&str]) -> Result<String, EmulatorError> {
        Ok(self.lock().query_row(sql, params_from_iter(values), |row| row.get(0))?)
    }

    /// Changes rows behind the API's back; says how many.
    ///
    /// # Errors
    ///
    /// [`EmulatorError::Database`] if SQLite refuses.
    pub fn execute(&self, sql: &str, values: &[&str]) -> Result<usize, EmulatorError> {
        Ok(self.lock().execute(sql, params_from_iter(values))?)
    }
}

fn json(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into(),
    }
}
