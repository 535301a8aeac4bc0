//! Multipart bodies (RFC 2046 section 5.1): an array of their parts, each with its header fields and its body.

use super::media::{is_lines, named, parameter};
use super::text::{lines, quoted};
use super::{html, text, urlencoded, xml};
use crate::comparison::Form;
use crate::json::{Refused, scan};
use crate::shown::Shown;
use std::borrow::Cow;

/// Parts of one body; with more it is compared as text.
const PARTS_MAX: usize = 1024;

/// The parts as `[{"headers": {…}, "body": …}]`.
pub(super) fn to_json(content_type: &str, body: &str) -> Result<String, Refused> {
    let boundary = parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty());
    let delimiter = format!("--{}", boundary.ok_or(Refused::Malformed)?);
    let mut json = String::with_capacity(body.len() * 2);
    json.push('[');
    let mut pieces = body.split(&*delimiter);
    // What is before the first delimiter belongs to nobody.
    pieces.next();
    for (index, piece) in pieces.enumerate() {
        if piece.starts_with("--") {
            json.push(']');
            return Ok(json);
        }
        if index == PARTS_MAX {
            return Err(Refused::Malformed);
        }
        if index > 0 {
            json.push(',');
        }
        part(&mut json, piece)?;
    }
    Err(Refused::Malformed)
}

fn part(json: &mut String, piece: &str) -> Result<(), Refused> {
    let piece = piece.strip_prefix("\r\n").or(piece.strip_prefix('\n')).ok_or(Refused::Malformed)?;
    let piece = piece.strip_suffix("\r\n").or(piece.strip_suffix('\n')).unwrap_or(piece);
    let (head, body) = head_and_body(piece).ok_or(Refused::Malformed)?;
    let mut content_type = "";
    json.push_str("{\"headers\":{");
    for (index, line) in head.lines().enumerate() {
        let (name, value) = line.split_once(':').ok_or(Refused::Malformed)?;
        if index > 0 {
            json.push(',');
        }
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        if name == "content-type" {
            content_type = value;
        }
        quoted(json, &name);
        json.push(':');
        quoted(json, value);
    }
    json.push_str("},\"body\":");
    content(json, content_type, body);
    json.push('}');
    Ok(())
}

/// Where a part's head ends; a part may have none.
fn head_and_body(piece: &str) -> Option<(&str, &str)> {
    let without = piece.strip_prefix("\r\n").or(piece.strip_prefix('\n')).map(|body| ("", body));
    without.or_else(|| piece.split_once("\r\n\r\n")).or_else(|| piece.split_once("\n\n"))
}

/// The body of a part by its own structure; what has none by its hash. Parts of parts are bytes.
fn content(json: &mut String, content_type: &str, body: &str) {
    let form = if content_type.is_empty() { Form::Text } else { named(content_type) };
    let structured = match form {
        Form::Json if is_lines(content_type) => Some(text::json_lines(body)),
        Form::Json => Some(body.to_owned()),
        Form::Html => html::to_json(body).ok(),
        Form::Xml => xml::to_json(body).ok(),
        Form::Form => Some(urlencoded::to_json(body)),
        Form::Text => None,
        Form::Multipart | Form::Opaque | Form::Same => {
            return quoted(json, &Shown::hash_of(body.as_bytes()).text);
        }
    };
    match structured.filter(|structured| scan(Cow::Borrowed(structured)).is_ok()) {
        Some(structured) => json.push_str(&structured),
        None => lines(json, body),
    }
}
