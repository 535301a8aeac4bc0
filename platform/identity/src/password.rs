//! Password hashing (Argon2id, RFC 9106) on threads of its own.

use kernel::Context;

/// Why a password was not hashed or checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many are waiting, or the deadline passed.
    #[error("too many passwords are being checked")]
    Busy,
    /// The stored hash cannot be read.
    #[error("the stored hash cannot be read")]
    Corrupt,
}

/// Hashes and checks passwords on a bounded number of threads, through a bounded queue.
#[derive(Clone)]
pub struct PasswordHasher {}

impl PasswordHasher {
    /// The hash to store (PHC string).
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when the queue is full or the deadline passes.
    pub async fn hash(&self, context: &Context, password: String) -> Result<String, PasswordError> {
        let _ = (context, password);
        std::future::pending().await
    }

    /// Whether the password fits the stored hash. With `None` (no such user) it takes as long and says no.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when the queue is full or the deadline passes.
    pub async fn verify(
        &self,
        context: &Context,
        password: String,
        stored: Option<String>,
    ) -> Result<bool, PasswordError> {
        let _ = (context, password, stored);
        std::future::pending().await
    }
}
