//! A sample: one exchange in full, redacted, to be looked at by people.

use serde::{Deserialize, Serialize};

/// One exchange whose answers differed. Everything in it is redacted, cut, and otherwise as it came: whoever prints it
/// has to make it inert.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sample {
    /// When; epoch milliseconds.
    pub at_ms: i64,
    /// The request's id.
    pub request_id: String,
    /// Method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Header fields of the request.
    pub headers: Vec<(String, String)>,
    /// Body of the request.
    pub body: Text,
    /// Where the old side was asked; `None` for modules in the process.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub old_url: Option<String>,
    /// Where the new side was asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub new_url: Option<String>,
    /// The old side's answer.
    pub old: SampleAnswer,
    /// The new side's answer.
    pub new: SampleAnswer,
    /// How they differ.
    pub differences: Vec<SampleDifference>,
    /// Commands for a shell that ask the old side again, then the new one. Made when it is told of, not kept.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub curl: String,
}

/// An answer in a sample.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SampleAnswer {
    /// HTTP status.
    pub status: u16,
    /// Header fields.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Text,
}

/// A text, or what is left of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text {
    /// Its beginning; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// Bytes that it had before it was redacted and cut.
    pub bytes: u64,
    /// Whether `text` is its beginning only.
    pub cut: bool,
}

/// A difference in a sample.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SampleDifference {
    /// Its exact place: `$.messages[3].html`.
    pub place: String,
    /// `value`, `type`, `missing`, `extra`, `order`, `length`.
    pub kind: String,
    /// What the old side has there; `None`: nothing.
    pub old: Option<String>,
    /// What the new side has there; `None`: nothing.
    pub new: Option<String>,
    /// The rule that covers it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub explained: Option<String>,
}
