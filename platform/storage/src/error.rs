//! What can go wrong with a store.

/// Why a unit of work was not done.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database is away, or too busy: nothing was done, asking again may help.
    #[error("{module}: the database is not available: {reason}")]
    Unavailable {
        /// Whose database.
        module: &'static str,
        /// What happened.
        reason: String,
    },
    /// A row with this key is there already.
    #[error("a unique value is taken already")]
    Unique {
        /// The database's own words.
        #[source]
        source: diesel::result::Error,
    },
    /// No such row.
    #[error("no such row")]
    NotFound,
    /// Anything else the database said.
    #[error("the database refused: {source}")]
    Database {
        /// The database's own words.
        #[source]
        source: diesel::result::Error,
    },
}

impl From<diesel::result::Error> for StorageError {
    fn from(source: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error};
        match source {
            Error::NotFound => Self::NotFound,
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Unique { source },
            source => Self::Database { source },
        }
    }
}
