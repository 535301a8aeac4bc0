//! SQL against a test's database from outside of the product: as a module's role, as the superuser, in a file.

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use std::path::Path;
use url::Url;

/// A connection to either engine.
pub enum Sql {
    /// To a server.
    Postgres(PgConnection),
    /// To a file.
    Sqlite(SqliteConnection),
}

/// One row of [`Sql::texts`].
#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

impl Sql {
    /// Logs in to a server.
    ///
    /// # Errors
    /// The server's own words.
    pub fn login(url: &Url) -> Result<Self, String> {
        PgConnection::establish(url.as_str()).map(Self::Postgres).map_err(|error| error.to_string())
    }

    /// Opens an SQLite file.
    ///
    /// # Panics
    /// When it cannot be opened.
    #[must_use]
    pub fn open(file: &Path) -> Self {
        let path = file.to_str().expect("a path in UTF-8");
        Self::Sqlite(SqliteConnection::establish(path).unwrap_or_else(|error| panic!("{path}: {error}")))
    }

    /// Runs one statement or several.
    ///
    /// # Errors
    /// The database's own words.
    pub fn run(&mut self, sql: &str) -> Result<(), String> {
        let done = match self {
            Self::Postgres(connection) => connection.batch_execute(sql),
            Self::Sqlite(connection) => connection.batch_execute(sql),
        };
        done.map_err(|error| error.to_string())
    }

    /// The rows of a query with one column named `text`.
    ///
    /// # Errors
    /// The database's own words.
    pub fn texts(&mut self, sql: &str) -> Result<Vec<String>, String> {
        let rows: Result<Vec<Row>, _> = match self {
            Self::Postgres(connection) => sql_query(sql).load(connection),
            Self::Sqlite(connection) => sql_query(sql).load(connection),
        };
        rows.map(|rows| rows.into_iter().map(|row| row.text).collect()).map_err(|error| error.to_string())
    }
}
