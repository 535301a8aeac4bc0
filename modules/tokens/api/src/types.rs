//! The types on the wire.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Whom to make a token for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Issue {
    /// The user's id.
    pub user_id: i64,
}

/// A signed token, as `POST /api/tokens` answers it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Token {
    /// A JWT (RFC 7519).
    pub token: String,
}

/// Which token to revoke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoke {
    /// The token's id (`jti`).
    pub token_id: String,
    /// When it would have expired, epoch seconds: after that the revocation may be forgotten.
    pub expires_at: i64,
}

/// Whose tokens to revoke.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct RevokeUser {
    /// The user's id.
    pub user_id: i64,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
