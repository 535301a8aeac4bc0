//! What can go wrong with a store.

use diesel::result::{DatabaseErrorKind, Error};
use std::cell::Cell;
use std::path::PathBuf;

/// Why a unit of work was not done, or a store could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The database is away, or too busy; asking again may help. A read did nothing. A write did nothing, except when
    /// the answer was lost on its way (the caller's time ran out, or the line broke, while the commit was under way):
    /// then it may have been done, which is why commands carry a key that makes them repeatable.
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
        source: Error,
    },
    /// No such row.
    #[error("no such row")]
    NotFound,
    /// Anything else the database said.
    #[error("the database refused: {source}")]
    Database {
        /// The database's own words.
        #[source]
        source: Error,
    },
    /// The work panicked. Its changes were rolled back and nobody else's were touched.
    #[error("{module}: a unit of work panicked and was rolled back")]
    Panicked {
        /// Whose work.
        module: &'static str,
    },
    /// The store cannot be opened as it is set up: somebody must act, asking again does not help.
    #[error("{module}: cannot open the store: {reason}")]
    Setup {
        /// Whose store.
        module: String,
        /// What is wrong, and where possible what to do.
        reason: String,
    },
    /// A migration failed; it was rolled back, those before it stay.
    #[error("{module}: a migration failed: {source}")]
    Migration {
        /// Whose migration.
        module: &'static str,
        /// The words of the database, or of the migration's reader.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file of secrets cannot be used.
    #[error("{}: {reason}", path.display())]
    Secrets {
        /// The file.
        path: PathBuf,
        /// What is wrong with it. Never holds anything of its content.
        reason: String,
    },
    /// The database could not be provisioned.
    #[error("cannot {action}: {reason}")]
    Provision {
        /// What was being done.
        action: String,
        /// The database's own words.
        reason: String,
    },
}

impl StorageError {
    /// The store cannot be opened as it is set up.
    pub(crate) fn setup(module: &str, reason: impl ToString) -> Self {
        Self::Setup { module: module.to_owned(), reason: reason.to_string() }
    }
}

impl From<Error> for StorageError {
    fn from(source: Error) -> Self {
        match source {
            Error::NotFound => Self::NotFound,
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Unique { source },
            source if is_passing(&source) => {
                Self::Unavailable { module: MODULE.get(), reason: source.to_string() }
            }
            source => Self::Database { source },
        }
    }
}

thread_local! {
    /// Whose work this thread does. A unit of work turns Diesel's error into ours before it returns, where nothing
    /// but the thread knows the module.
    static MODULE: Cell<&'static str> = const { Cell::new("storage") };
}

/// Says that this thread does the work of `module`.
pub(crate) fn thread_works_for(module: &'static str) {
    MODULE.set(module);
}

/// SQLite's words (never translated) for a state that passes: Diesel has no kind for them.
const PASSING_SQLITE: [&str; 6] = [
    "database is locked",
    "database table is locked",
    "database or disk is full",
    "disk I/O error",
    "unable to open database file",
    "locking protocol",
];

/// PostgreSQL's words for the same, as an English server says them: Diesel does not give the code.
const PASSING_POSTGRES: [&str; 3] = [
    "canceling statement due to statement timeout",
    "canceling statement due to lock timeout",
    "deadlock detected",
];

/// Whether asking again may help: the line to the database is gone, or it is too busy.
fn is_passing(error: &Error) -> bool {
    match error {
        Error::BrokenTransactionManager => true,
        Error::RollbackErrorOnCommit { commit_error, .. } => is_passing(commit_error),
        Error::DatabaseError(kind, information) => match kind {
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::SerializationFailure => true,
            DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::ReadOnlyTransaction
            | DatabaseErrorKind::RestrictViolation
            | DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::ExclusionViolation => false,
            _ => {
                PASSING_SQLITE.contains(&information.message())
                    || PASSING_POSTGRES.contains(&information.message())
            }
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database_error(kind: DatabaseErrorKind, message: &str) -> StorageError {
        Error::DatabaseError(kind, Box::new(message.to_owned())).into()
    }

    #[test]
    fn a_lost_line_and_a_busy_file_are_worth_asking_again() {
        thread_works_for("users");
        for error in [
            database_error(DatabaseErrorKind::ClosedConnection, "server closed the connection unexpectedly"),
            database_error(DatabaseErrorKind::UnableToSendCommand, "no connection to the server"),
            database_error(DatabaseErrorKind::SerializationFailure, "could not serialize access"),
            database_error(DatabaseErrorKind::Unknown, "database is locked"),
            database_error(DatabaseErrorKind::Unknown, "canceling statement due to statement timeout"),
            Error::BrokenTransactionManager.into(),
        ] {
            assert!(matches!(error, StorageError::Unavailable { module: "users", .. }), "{error:?}");
        }
    }

    #[test]
    fn a_refusal_is_not() {
        let error = database_error(DatabaseErrorKind::CheckViolation, "database is locked");
        assert!(matches!(error, StorageError::Database { .. }));
        let error = database_error(DatabaseErrorKind::Unknown, "permission denied for schema tokens");
        assert!(matches!(error, StorageError::Database { .. }));
        assert!(matches!(
            database_error(DatabaseErrorKind::UniqueViolation, ""),
            StorageError::Unique { .. }
        ));
        assert!(matches!(StorageError::from(Error::NotFound), StorageError::NotFound));
    }
}
