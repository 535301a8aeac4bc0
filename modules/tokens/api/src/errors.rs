//! What can go wrong in a call to tokens.

use contract::CallError;
use serde::{Deserialize, Serialize};

/// Why tokens did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum TokensError {
    /// Too busy, or the store is away. Asking again may help.
    #[error("tokens is not available: {reason}")]
    Unavailable {
        /// What is away.
        reason: String,
    },
    /// Our fault; the log of the serving process has the rest.
    #[error("tokens failed: {reason}")]
    Internal {
        /// What failed, for the log only.
        reason: String,
    },
    /// The call itself failed.
    #[error(transparent)]
    Call(#[from] CallError),
}
