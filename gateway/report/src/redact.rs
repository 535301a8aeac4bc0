//! Makes unreadable in a sample what nobody who looks at a report needs to read: passwords, tokens, cookies,
//! credentials, and what the settings name. A keyed hash takes the place of each, so that equal ones are seen to be equal.
//!
//! Texts are scanned, not parsed: a body that is cut, broken or of another type than it says is redacted all the same.

mod fields;
mod json;
mod markup;
mod names;
mod tokens;

use crate::observed::{Exchange, Finding, Recorded};
use crate::sample::{Sample, SampleAnswer, SampleDifference, Text};
use crate::seal::Keys;
use crate::{Observed, ReportSettings};
use bytes::Bytes;
use kernel::Timestamp;
use names::Names;

/// Differences that a sample names.
const DIFFERENCES_MAX: usize = 32;
/// Bytes of a header field's value that a sample keeps.
const FIELD_MAX_BYTES: usize = 1024;
/// Header fields that a sample keeps of a message.
const FIELDS_MAX: usize = 64;
/// Bytes of a request's target that a sample keeps.
const TARGET_MAX_BYTES: usize = 4096;

/// Redacts.
pub(crate) struct Redactor {
    names: Names,
    keys: Keys,
    body_max_bytes: usize,
}

impl Redactor {
    pub(crate) fn new(settings: &ReportSettings, keys: Keys) -> Self {
        let names = Names::new(&settings.redact);
        Self { names, keys, body_max_bytes: settings.sample_body_max_bytes }
    }

    /// The sample of an exchange.
    pub(crate) fn sample(&self, observed: &Observed, now: Timestamp) -> Sample {
        let Exchange { request_id, method, target, headers, body, old_url, new_url, old, new } =
            &observed.exchange;
        let (target, _) = cut(target, TARGET_MAX_BYTES);
        let url = |url: &Option<std::sync::Arc<str>>| url.as_deref().map(str::to_owned);
        Sample {
            at_ms: now.0,
            request_id: request_id.clone(),
            method: method.clone(),
            target: tokens::redact(&fields::target(target, self), self),
            headers: self.headers(headers),
            body: self.body(body),
            old_url: url(old_url),
            new_url: url(new_url),
            old: self.answer(old),
            new: self.answer(new),
            differences: observed.findings.iter().take(DIFFERENCES_MAX).map(|f| self.difference(f)).collect(),
            curl: String::new(),
        }
    }

    fn answer(&self, answer: &Recorded) -> SampleAnswer {
        let Recorded { status, headers, body } = answer;
        SampleAnswer { status: *status, headers: self.headers(headers), body: self.body(body) }
    }

    fn headers(&self, headers: &[(String, Bytes)]) -> Vec<(String, String)> {
        let shown = headers.iter().take(FIELDS_MAX).map(|(name, value)| {
            let value = String::from_utf8_lossy(value);
            let (value, _) = cut(&value, FIELD_MAX_BYTES);
            (name.clone(), fields::header(name, value, self))
        });
        shown.collect()
    }

    fn body(&self, body: &Bytes) -> Text {
        let head = body.get(..self.body_max_bytes).unwrap_or(body);
        let mut text = String::from_utf8_lossy(head).into_owned();
        if head.len() < body.len() {
            // What is left of a character that was cut.
            text.truncate(text.trim_end_matches(char::REPLACEMENT_CHARACTER).len());
        }
        Text { text: self.text(&text), bytes: body.len() as u64, cut: head.len() < body.len() }
    }

    fn difference(&self, finding: &Finding) -> SampleDifference {
        let secret = self.names.in_place(&finding.place);
        let show = |shown: &Option<String>| {
            let shown = shown.as_deref()?;
            Some(if secret { self.hashed(shown) } else { self.text(shown) })
        };
        SampleDifference {
            place: finding.place.clone(),
            kind: finding.cause.kind.clone(),
            old: show(&finding.old),
            new: show(&finding.new),
            explained: finding.explained.clone(),
        }
    }

    /// A text of any kind.
    pub(crate) fn text(&self, text: &str) -> String {
        let redacted = if text.trim_start().starts_with('<') {
            markup::redact(text, self)
        } else if fields::is_multipart(text) {
            fields::multipart(text, self)
        } else if fields::is_form(text) {
            fields::form(text, self)
        } else {
            json::redact(text, self)
        };
        tokens::redact(&redacted, self)
    }

    /// Whether the value of a field of this name is a secret.
    fn hides(&self, name: &str) -> bool {
        self.names.hide(name)
    }

    fn hashed(&self, secret: &str) -> String {
        self.keys.hashed(secret.as_bytes())
    }
}

/// The beginning of a text, and whether it is not all of it.
fn cut(text: &str, max_bytes: usize) -> (&str, bool) {
    let head = text.get(..text.floor_char_boundary(max_bytes)).unwrap_or(text);
    (head, head.len() < text.len())
}

#[cfg(test)]
mod tests;
