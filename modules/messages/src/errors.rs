//! What can go wrong, and what callers and users are told of it.

use contract::CallError;
use host::ApiError;
use kernel::Problem;
use messages_api::MessagesError;
use storage::StorageError;

/// What a caller of the contract is told when the store did not do its part.
pub(crate) fn from_store(error: StorageError) -> MessagesError {
    let reason = error.to_string();
    match error {
        StorageError::Unavailable { .. } => MessagesError::Unavailable { reason },
        _ => MessagesError::Internal { reason },
    }
}

/// What a user is told.
pub(crate) fn to_user(error: MessagesError) -> ApiError {
    match error {
        MessagesError::NotFound => Problem::not_found().into(),
        MessagesError::Unauthenticated => Problem::unauthenticated().into(),
        MessagesError::Forbidden => Problem::forbidden("only the author may change a message").into(),
        MessagesError::Invalid { field, reason } => Problem::invalid_field(field, reason).into(),
        MessagesError::Unavailable { .. } | MessagesError::Call(CallError::Unavailable { .. }) => {
            ApiError::because(Problem::unavailable("messages cannot be reached now"), error)
        }
        MessagesError::Internal { .. } | MessagesError::Call(CallError::Mismatch { .. }) => {
            ApiError::because(Problem::internal(), error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_is_away_is_503_and_its_words_stay_with_us() {
        let away = StorageError::Unavailable { module: "messages", reason: "host=db.internal".into() };
        let error = to_user(from_store(away));
        assert_eq!((error.problem.status, error.problem.retry_after_s), (503, Some(1)));
        assert!(!error.problem.detail.contains("db.internal"));
        assert!(error.cause.is_some());
        assert_eq!(to_user(from_store(StorageError::NotFound)).problem.status, 500);
    }
}
