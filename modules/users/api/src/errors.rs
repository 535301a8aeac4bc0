//! What can go wrong in a call to users.

use contract::CallError;
use serde::{Deserialize, Serialize};

/// Why users did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum UsersError {
    /// No such account.
    #[error("no such user")]
    NotFound,
    /// Nickname and password do not fit.
    #[error("wrong nickname or password")]
    WrongCredentials,
    /// Only the user may do this, to the user's own account.
    #[error("only the user may change the account")]
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
    #[error("users is not available: {reason}")]
    Unavailable {
        /// What is away.
        reason: String,
    },
    /// Our fault; the log of the serving process has the rest.
    #[error("users failed: {reason}")]
    Internal {
        /// What failed, for the log only.
        reason: String,
    },
    /// The call itself failed.
    #[error(transparent)]
    Call(#[from] CallError),
}
