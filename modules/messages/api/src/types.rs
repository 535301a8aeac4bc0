//! The types on the wire.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A message as the HTTP API and the other modules see it. Times are epoch seconds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Message {
    /// Ascending.
    pub id: i64,
    /// When it was posted.
    pub created_at: i64,
    /// When source or html last changed.
    pub updated_at: i64,
    /// What the author wrote, in Markdown.
    pub source: String,
    /// What browsers show: rendered, cleaned, with the previews of its links.
    pub html: String,
    /// The author's id.
    pub user_id: i64,
    /// Where to go from here.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// Relative links of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Links {
    /// The message.
    #[serde(rename = "self")]
    pub this: String,
    /// The author.
    pub user: String,
}

impl Links {
    /// The links of a message.
    #[must_use]
    pub fn of(id: i64, user_id: i64) -> Self {
        Self { this: format!("/api/messages/{id}"), user: format!("/api/users/{user_id}") }
    }
}

/// A message to post.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PostMessage {
    /// 1 character to 16 KiB of Markdown.
    pub source: String,
}

/// Which message.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct GetMessage {
    /// The message's id.
    pub id: i64,
}

/// A change of one message.
#[derive(Clone, Serialize, Deserialize)]
pub struct EditMessage {
    /// The message's id.
    pub id: i64,
    /// The new source; absent, nothing changes.
    pub source: Option<String>,
}

/// Which messages, and how many of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListMessages {
    /// Only those changed strictly after this epoch second.
    pub updated_since: Option<i64>,
    /// Only those by this author.
    pub user_id: Option<i64>,
    /// 1 to 1000.
    pub limit: Option<u32>,
    /// Where the page before ended: `(updated_at, id)` of its last message.
    pub after: Option<(i64, i64)>,
}

/// A page of messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The messages.
    pub messages: Vec<Message>,
    /// Whether there are more behind the last one.
    pub more: bool,
}

// What people write never reaches a log, not even by way of Debug.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PostMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostMessage").finish_non_exhaustive()
    }
}

impl fmt::Debug for EditMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EditMessage").field("id", &self.id).finish_non_exhaustive()
    }
}
