//! The types on the wire.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A user as the HTTP API and the other modules see it. Times are epoch seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct User {
    /// Ascending.
    pub id: i64,
    /// When the account was made.
    pub created_at: i64,
    /// When nickname or presence last changed.
    pub updated_at: i64,
    /// When the user last made an authenticated call.
    pub last_seen_at: i64,
    /// 1 to 32 characters, unique.
    pub nickname: String,
    /// Seen during the last minute and not gone since.
    pub online: bool,
    /// Where to go from here.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// Relative links of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Links {
    /// The user.
    #[serde(rename = "self")]
    pub this: String,
    /// The user's messages.
    pub messages: String,
    /// Where tokens are made.
    pub tokens: String,
}

impl Links {
    /// The links of the user with this id.
    #[must_use]
    pub fn of(id: i64) -> Self {
        Self {
            this: format!("/api/users/{id}"),
            messages: format!("/api/messages?user_id={id}"),
            tokens: "/api/tokens".to_owned(),
        }
    }
}

/// An account to make.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewUser {
    /// 1 to 32 characters without control characters, not taken.
    pub nickname: String,
    /// 8 characters (a setting) to 1 KiB.
    pub password: String,
}

/// Nickname and password of a caller.
#[derive(Clone, Serialize, Deserialize)]
pub struct Credentials {
    /// The nickname.
    pub nickname: String,
    /// The password.
    pub password: String,
}

/// Which account.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct GetUser {
    /// The user's id.
    pub id: i64,
}

/// What may be changed of an account; what is absent stays.
#[derive(Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Changes {
    /// A new nickname.
    #[serde(default)]
    pub nickname: Option<String>,
    /// A new password.
    #[serde(default)]
    pub password: Option<String>,
}

/// Changes to one account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UpdateUser {
    /// The user's id.
    pub id: i64,
    /// What changes.
    pub changes: Changes,
}

/// Who was seen.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Seen {
    /// The user's id.
    pub user_id: i64,
}

/// Who left.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Leave {
    /// The user's id.
    pub user_id: i64,
}

/// The id of an authenticated user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserId {
    /// The user's id.
    pub user_id: i64,
}

/// Which accounts, and how many of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListUsers {
    /// Only those who are online, or only those who are not.
    pub online: Option<bool>,
    /// Only those changed strictly after this epoch second.
    pub updated_since: Option<i64>,
    /// 1 to 1000.
    pub limit: Option<u32>,
    /// Where the page before ended: `(updated_at, nickname)` of its last user.
    pub after: Option<(i64, String)>,
}

/// A page of accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The accounts.
    pub users: Vec<User>,
    /// Whether there are more behind the last one.
    pub more: bool,
}

// Passwords never reach a log, not even by way of Debug.
impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser").field("nickname", &self.nickname).finish_non_exhaustive()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("nickname", &self.nickname).finish_non_exhaustive()
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").field("nickname", &self.nickname).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_a_password() {
        let shown = format!(
            "{:?} {:?} {:?}",
            NewUser { nickname: "a".into(), password: "hunter22".into() },
            Credentials { nickname: "a".into(), password: "hunter22".into() },
            Changes { nickname: None, password: Some("hunter22".into()) },
        );
        assert!(!shown.contains("hunter22"), "{shown}");
    }
}
