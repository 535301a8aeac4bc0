//! Media types: which structure they promise, and in which characters.

use crate::answer::Answer;
use crate::comparison::Form;
use encoding_rs::Encoding;
use std::borrow::Cow;

/// The structure that an answer's body promises.
pub(crate) fn of(answer: &Answer<'_>) -> Form {
    if answer.is_coded() {
        return Form::Opaque;
    }
    match answer.content_type() {
        Some(content_type) => named(content_type),
        None => guessed(answer.body),
    }
}

/// The structure that a media type promises (with structured suffixes, RFC 6839).
pub(super) fn named(content_type: &str) -> Form {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    // Nearly all are, and need no copy.
    if media_type.eq_ignore_ascii_case("application/json") {
        return Form::Json;
    }
    let media_type = media_type.to_ascii_lowercase();
    match media_type.as_str() {
        "text/html" => Form::Html,
        "application/x-www-form-urlencoded" => Form::Form,
        "application/xml" | "text/xml" => Form::Xml,
        "application/javascript" | "application/graphql" | "application/toml" | "application/yaml" => {
            Form::Text
        }
        _ if is_json(&media_type) => Form::Json,
        _ if media_type.ends_with("+xml") => Form::Xml,
        _ if media_type.starts_with("multipart/") => Form::Multipart,
        _ if media_type.starts_with("text/") => Form::Text,
        // Protobuf and gRPC among them: without their schema they are bytes.
        _ => Form::Opaque,
    }
}

fn is_json(media_type: &str) -> bool {
    let subtype = media_type.split_once('/').map_or("", |(_, subtype)| subtype);
    matches!(subtype, "json" | "jsonl" | "x-ndjson" | "x-json" | "x-jsonlines") || subtype.ends_with("+json")
}

/// Whether it is one JSON text a line.
pub(super) fn is_lines(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim().as_bytes();
    ["jsonl", "x-ndjson", "x-jsonlines"].iter().any(|subtype| {
        let end = media_type.len().checked_sub(subtype.len()).and_then(|start| media_type.get(start..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(subtype.as_bytes()))
    })
}

/// What a body without a media type looks like.
fn guessed(body: &[u8]) -> Form {
    match body.trim_ascii_start().first() {
        Some(b'{' | b'[') => Form::Json,
        _ => Form::Text,
    }
}

/// The body's characters. `None` if it is no text.
pub(super) fn decoded<'a>(form: Form, content_type: &str, body: &'a [u8]) -> Option<Cow<'a, str>> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    if form == Form::Opaque {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(body) {
        return Some(Cow::Borrowed(text));
    }
    // JSON is UTF-8 (RFC 8259 section 8.1); other texts may say what they are.
    let encoding = Encoding::for_label(parameter(content_type, "charset")?.as_bytes())?;
    let readable = matches!(form, Form::Html | Form::Xml | Form::Text);
    readable.then(|| encoding.decode_without_bom_handling_and_without_replacement(body)).flatten()
}

/// A parameter of a media type, without quotes.
pub(super) fn parameter<'a>(content_type: &'a str, name: &str) -> Option<&'a str> {
    let mut parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, value) = parameters.find(|(known, _)| known.trim().eq_ignore_ascii_case(name))?;
    Some(value.trim().trim_matches('"'))
}
