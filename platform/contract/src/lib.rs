#![doc = include_str!("../README.md")]

mod define;
mod late;
#[cfg(test)]
mod tests;

pub use kernel::Context;
pub use late::Late;
pub use serde_json;

use std::future::Future;
use std::pin::Pin;

/// A future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why a call never came to an answer of the other side's own.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum CallError {
    /// The other side could not be reached, or did not answer in time. Asking again may help.
    #[error("{contract} is not available: {reason}")]
    Unavailable {
        /// The contract that was called.
        contract: String,
        /// What happened.
        reason: String,
    },
    /// The two sides do not speak the same version of the contract.
    #[error("{contract}.{operation}: {reason}")]
    Mismatch {
        /// The contract that was called.
        contract: String,
        /// The operation that was called.
        operation: String,
        /// What did not fit.
        reason: String,
    },
}

/// Whether an operation changes anything: a query may be asked twice, a command must not be doubled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Changes nothing.
    Query,
    /// Changes something.
    Command,
}

/// One operation of a contract, for maps and checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Name on the wire.
    pub name: &'static str,
    /// Query or command.
    pub kind: Kind,
}

/// Carries a call to where the contract is implemented: JSON bytes there, JSON bytes back.
pub trait Wire: Send + Sync + 'static {
    /// Asks `operation` of `contract`.
    ///
    /// # Errors
    /// [`CallError::Unavailable`] when no answer came before the context's deadline.
    fn call<'a>(
        &'a self,
        context: &'a Context,
        contract: &'static str,
        operation: &'static str,
        request: Vec<u8>,
    ) -> BoxFuture<'a, Result<Vec<u8>, CallError>>;
}
