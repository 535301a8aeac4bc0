//! What can go wrong in a call to messages.

use contract::CallError;
use serde::{Deserialize, Serialize};

/// Why messages did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum MessagesError {
    /// No such message.
    #[error("no such message")]
    NotFound,
    /// Nobody is signed in.
    #[error("authentication required")]
    Unauthenticated,
    /// Only the author may change a message.
    #[error("only the author may change a message")]
    Forbidden,
    /// A value that is not as it must be.
    #[error("{field}: {reason}")]
    Invalid {
        /// The field at fault.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Too busy, or the store is away. Asking again may help.
    #[error("messages is not available: {reason}")]
    Unavailable {
        /// What is away.
        reason: String,
    },
    /// Our fault; the log of the serving process has the rest.
    #[error("messages failed: {reason}")]
    Internal {
        /// What failed, for the log only.
        reason: String,
    },
    /// The call itself failed.
    #[error(transparent)]
    Call(#[from] CallError),
}
