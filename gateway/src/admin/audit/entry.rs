//! One entry of the audit log.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;
use utoipa::ToSchema;

/// The most bytes that `before` or `after` of one entry may have as JSON; of more only the size is kept.
const VALUE_MAX_BYTES: usize = 16 * 1024;
/// The most characters of any text of an entry.
const TEXT_MAX_CHARS: usize = 512;

/// An entry as it is kept: a line of the file, an item of `GET /api/audit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Record {
    /// Its own id (UUID version 7).
    pub id: String,
    /// When: RFC 3339, UTC, milliseconds.
    pub at: String,
    /// What.
    #[serde(flatten)]
    pub entry: Entry,
}

/// What was changed, or was to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Entry {
    /// Who did it.
    pub who: Who,
    /// What was done.
    pub action: Action,
    /// To what: `service messages`, `instance messages/m-1`, `features`, `toggle messages.serve`.
    pub subject: String,
    /// How it was; `null` where there was nothing, or nothing is known.
    #[serde(default)]
    #[schema(value_type = Object, nullable)]
    pub before: Value,
    /// How it is to be; `null` where there is nothing, or nothing is known.
    #[serde(default)]
    #[schema(value_type = Object, nullable)]
    pub after: Value,
    /// What came of it.
    pub outcome: Outcome,
    /// Why it did not come about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The id of the call to the admin API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The id of the entry that announced it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

/// Who changed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Who {
    /// By what right.
    pub by: By,
    /// Where the call came from: address and port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    /// What the caller says it is called (`x-user`). Nobody has verified it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

/// By what right something was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// The admin side's token was shown.
    Token,
    /// The call came over loopback, where no token is set.
    Loopback,
    /// Somebody edited the features file, and it was seen to have changed.
    File,
    /// A command of this program, at the terminal.
    Command,
    /// A promotion, by what this gateway has seen.
    Promotion,
    /// A promotion, by another gateway of the fleet.
    Fleet,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Action {
    /// A breaker was forced open or closed, or let decide by itself.
    #[serde(rename = "breaker.force")]
    BreakerForce,
    /// An instance was registered, or came back elsewhere.
    #[serde(rename = "instance.register")]
    InstanceRegister,
    /// An instance was taken out.
    #[serde(rename = "instance.leave")]
    InstanceLeave,
    /// The features were read again.
    #[serde(rename = "features.reload")]
    FeaturesReload,
    /// A toggle was edited.
    #[serde(rename = "toggle.edit")]
    ToggleEdit,
    /// A rule of a comparison was added.
    #[serde(rename = "rule.add")]
    RuleAdd,
    /// The share of a route was raised, held, sent back or cleared.
    #[serde(rename = "promotion.step")]
    Promotion,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Asked for; what came of it is told by another entry with `of`.
    Begun,
    /// Made.
    Made,
    /// Not made: it was not right.
    Refused,
    /// Not made: it did not succeed.
    Failed,
}

impl Entry {
    /// An entry about something that is made.
    #[must_use]
    pub fn new(who: Who, action: Action, subject: impl Into<String>) -> Self {
        Self {
            who,
            action,
            subject: subject.into(),
            before: Value::Null,
            after: Value::Null,
            outcome: Outcome::Made,
            reason: None,
            request_id: None,
            of: None,
        }
    }

    /// From what to what.
    #[must_use]
    pub fn change(self, before: Value, after: Value) -> Self {
        Self { before, after, ..self }
    }

    /// It did not come about.
    #[must_use]
    pub fn not_made(self, outcome: Outcome, reason: impl Into<String>) -> Self {
        Self { outcome, reason: Some(reason.into()), ..self }
    }

    /// With all texts and values cut to their bounds.
    pub(super) fn bounded(mut self) -> Self {
        let texts = [&mut self.who.remote, &mut self.who.user, &mut self.reason];
        texts.into_iter().flatten().for_each(cut);
        cut(&mut self.subject);
        for value in [&mut self.before, &mut self.after] {
            let bytes = value.to_string().len();
            if bytes > VALUE_MAX_BYTES {
                *value = json!({ "left_out_bytes": bytes });
            }
        }
        self
    }
}

fn cut(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(TEXT_MAX_CHARS) {
        text.truncate(end);
    }
}

impl Who {
    /// Somebody at the terminal, or the file itself.
    #[must_use]
    pub const fn local(by: By) -> Self {
        Self { by, remote: None, user: None }
    }
}

/// As it is written.
fn name<T: Serialize>(value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => f.write_str(&name),
        _ => Err(fmt::Error),
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        name(self, f)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        name(self, f)
    }
}

/// `token 127.0.0.1:4000 (says: alice)`.
impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        name(&self.by, f)?;
        if let Some(remote) = &self.remote {
            write!(f, " {remote}")?;
        }
        match &self.user {
            Some(user) => write!(f, " (says: {user})"),
            None => Ok(()),
        }
    }
}
