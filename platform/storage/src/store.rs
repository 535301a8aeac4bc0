//! A module's own store.

use crate::{AnyConnection, EmbeddedMigrations, StorageError};
use kernel::Context;

/// The migrations of a module, for both engines.
#[derive(Clone, Copy)]
pub struct Migrations {
    /// The module's name: also the SQLite file's and the PostgreSQL schema's.
    pub module: &'static str,
    /// Those for SQLite.
    pub sqlite: fn() -> EmbeddedMigrations,
    /// Those for PostgreSQL.
    pub postgres: fn() -> EmbeddedMigrations,
}

/// A module's own store. Clones share it.
#[derive(Clone)]
pub struct Store {}

impl Store {
    /// Reads: runs `work` on one of the module's reading connections, outside of any transaction.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when no answer came within the deadline; whatever `work` gives.
    pub async fn read<T, E, F>(&self, context: &Context, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let _ = (context, work);
        std::future::pending().await
    }

    /// Writes: runs `work` in a transaction of its own; once this answers `Ok`, the effect is durable.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when no answer came within the deadline; whatever `work` gives, and then nothing
    /// was changed.
    pub async fn write<T, E, F>(&self, context: &Context, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let _ = (context, work);
        std::future::pending().await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when it does not.
    pub async fn ping(&self, context: &Context) -> Result<(), StorageError> {
        let _ = context;
        std::future::pending().await
    }
}
