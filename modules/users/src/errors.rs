//! What can go wrong, and what callers and users are told of it.

use contract::CallError;
use host::ApiError;
use identity::PasswordError;
use kernel::Problem;
use storage::StorageError;
use tokens_api::TokensError;
use users_api::UsersError;

/// Why the module did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// No such account.
    #[error("no such user")]
    NotFound,
    /// Nickname and password do not fit.
    #[error("wrong nickname or password")]
    WrongCredentials,
    /// Somebody else's account.
    #[error("only the user may change the account")]
    Forbidden,
    /// A value that is not as it must be.
    #[error("{field}: {reason}")]
    Invalid {
        /// The field at fault.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The store.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Hashing.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The tokens' module.
    #[error(transparent)]
    Tokens(#[from] TokensError),
}

impl Failure {
    pub(crate) fn invalid(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Invalid { field, reason: reason.into() }
    }

    /// A nickname is the only unique value.
    pub(crate) fn of_naming(error: StorageError) -> Self {
        match error {
            StorageError::Unique { .. } => Self::invalid("nickname", "is taken already"),
            error => Self::Storage(error),
        }
    }

    /// Whether asking again may help.
    fn passes(&self) -> bool {
        matches!(
            self,
            Self::Storage(StorageError::Unavailable { .. })
                | Self::Password(PasswordError::Busy)
                | Self::Tokens(
                    TokensError::Unavailable { .. } | TokensError::Call(CallError::Unavailable { .. })
                )
        )
    }
}

impl From<Failure> for UsersError {
    fn from(failure: Failure) -> Self {
        let reason = failure.to_string();
        match failure {
            Failure::NotFound => Self::NotFound,
            Failure::WrongCredentials => Self::WrongCredentials,
            Failure::Forbidden => Self::Forbidden,
            Failure::Invalid { field, reason } => Self::Invalid { field: field.to_owned(), reason },
            failure if failure.passes() => Self::Unavailable { reason },
            _ => Self::Internal { reason },
        }
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotFound => Problem::not_found().into(),
            Failure::WrongCredentials => Problem::unauthenticated().into(),
            Failure::Forbidden => Problem::forbidden("only the user may change the account").into(),
            Failure::Invalid { field, reason } => Problem::invalid_field(field, reason).into(),
            failure if failure.passes() => {
                Self::because(Problem::unavailable("accounts cannot be read or changed now"), failure)
            }
            failure => Self::because(Problem::internal(), failure),
        }
    }
}
