//! What can go wrong, and what callers and users are told of it.

use host::ApiError;
use identity::KeyError;
use kernel::Problem;
use storage::StorageError;
use tokens_api::TokensError;
use users_api::UsersError;

/// Why the module did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The store.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A stored key, or signing with it.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No key was read yet.
    #[error("there is no key to sign with yet")]
    NoKey,
    /// The user's tokens were revoked after the password was checked, so that it may be the old one.
    #[error("the password changed while the token was made")]
    Overtaken,
    /// No id that we give.
    #[error("no id of a token: {0}")]
    TokenId(#[from] uuid::Error),
}

impl Failure {
    /// Whether asking again may help.
    pub(crate) fn passes(&self) -> bool {
        matches!(self, Self::Storage(StorageError::Unavailable { .. }) | Self::NoKey | Self::Overtaken)
    }
}

impl From<Failure> for TokensError {
    fn from(failure: Failure) -> Self {
        let reason = failure.to_string();
        if failure.passes() { Self::Unavailable { reason } } else { Self::Internal { reason } }
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        let problem = if failure.passes() {
            Problem::unavailable("tokens cannot be made or revoked now")
        } else {
            Problem::internal()
        };
        Self::because(problem, failure)
    }
}

/// What the user is told when the users' module did not check a password.
pub(crate) fn from_users(error: UsersError) -> ApiError {
    use contract::CallError;
    match error {
        UsersError::WrongCredentials => Problem::unauthenticated().into(),
        UsersError::Unavailable { .. } | UsersError::Call(CallError::Unavailable { .. }) => {
            ApiError::because(Problem::unavailable("passwords cannot be checked now"), error)
        }
        _ => ApiError::because(Problem::internal(), error),
    }
}
