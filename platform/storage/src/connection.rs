//! One connection type for both engines.

/// A connection to a module's own database: SQLite file or PostgreSQL schema.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// PostgreSQL.
    Postgres(diesel::PgConnection),
    /// SQLite.
    Sqlite(diesel::SqliteConnection),
}

/// Runs the same body once for each engine, with Diesel's whole face of that engine: for what the derived
/// connection cannot do (upsert, batch insert, `Model::as_returning()`).
#[macro_export]
macro_rules! both {
    ($connection:expr, |$c:ident| $body:expr) => {
        match $connection {
            $crate::AnyConnection::Postgres($c) => $body,
            $crate::AnyConnection::Sqlite($c) => $body,
        }
    };
}
