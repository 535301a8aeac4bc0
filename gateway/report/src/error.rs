//! What can go wrong with keeping and reading what was found.

use storage::StorageError;

/// Why something was not kept or cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The store.
    #[error("the report's store: {0}")]
    Store(#[from] StorageError),
    /// What is kept is of a later release, or was damaged.
    #[error("what is kept of the route {route} cannot be read: {reason}")]
    Kept {
        /// The route.
        route: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A sample is encrypted with another key, or none is set, or it was changed.
    #[error("a sample cannot be decrypted: is report.key the one that it was kept with?")]
    Sealed,
    /// A sample could not be encrypted.
    #[error("a sample could not be encrypted")]
    Seal,
    /// A setting.
    #[error(transparent)]
    Setting(#[from] crate::ReportSettingError),
    /// The system gives no thread.
    #[error("the thread that keeps the report cannot be started: {0}")]
    Thread(#[source] std::io::Error),
}
