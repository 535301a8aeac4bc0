//! Writes response heads into a buffer. Pure: what goes out is decided here, when it goes out elsewhere.

use crate::http1::date::DateText;
use crate::http1::{ServedBy, Version};
use actix_http::body::BodySize;
use actix_http::header;
use actix_http::{ResponseHead, StatusCode};
use kernel::{Problem, RequestId};

/// The field that names a request in its answer.
pub const REQUEST_ID_FIELD: &str = "x-request-id";

/// The field that says who gave an answer.
pub const SERVED_BY_FIELD: &str = "banyan-served-by";

/// How the body of an answer is delimited (RFC 9112 section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// No body and no length: 204 and 304.
    Bare,
    /// No body, but the fields that a GET would have had: HEAD. `None` where the length is not known.
    HeadOnly(Option<u64>),
    /// This many bytes.
    Length(u64),
    /// The chunked transfer coding.
    Chunked,
    /// The end of the connection is the end of the body: streams to HTTP/1.0.
    UntilClose,
}

/// What an answer tells about its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connection {
    /// Kept, as HTTP/1.1 does without saying so.
    Keep,
    /// Kept, said aloud for HTTP/1.0.
    KeepAloud,
    /// Closed after this answer.
    Close,
}

impl Connection {
    pub(crate) fn new(keep: bool, version: Version) -> Self {
        match (keep, version) {
            (false, _) => Self::Close,
            (true, Version::Http10) => Self::KeepAloud,
            (true, Version::Http11) => Self::Keep,
        }
    }
}

/// The fields that the loop adds to every answer.
#[derive(Clone, Copy)]
pub(crate) struct Envelope<'a> {
    /// Who gave the answer, where the client is told.
    pub(crate) served_by: Option<&'a ServedBy>,
    /// A cookie of the gateway's own.
    pub(crate) set_cookie: Option<&'a str>,
    pub(crate) date: DateText,
    pub(crate) request_id: RequestId,
    pub(crate) connection: Connection,
}

/// Decides how the body of an answer is delimited.
pub(crate) fn delivery(head: &ResponseHead, size: BodySize, is_head: bool, version: Version) -> Delivery {
    if matches!(head.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        return Delivery::Bare;
    }
    let length = match size {
        BodySize::None | BodySize::Sized(0) if is_head => Some(declared_length(head).unwrap_or(0)),
        BodySize::None => Some(0),
        BodySize::Sized(bytes) => Some(bytes),
        // `no_chunking`: the handler knows the length of its stream.
        BodySize::Stream if head.chunked() => None,
        BodySize::Stream => declared_length(head),
    };
    match (length, version) {
        (length, _) if is_head => Delivery::HeadOnly(length),
        (Some(bytes), _) => Delivery::Length(bytes),
        (None, Version::Http11) => Delivery::Chunked,
        (None, Version::Http10) => Delivery::UntilClose,
    }
}

fn declared_length(head: &ResponseHead) -> Option<u64> {
    head.headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Writes the head of an application's answer.
pub(crate) fn put_head(out: &mut Vec<u8>, head: &ResponseHead, delivery: Delivery, envelope: &Envelope<'_>) {
    let has_date = put_own_fields(out, head);
    match delivery {
        Delivery::Length(bytes) | Delivery::HeadOnly(Some(bytes)) => put_length(out, bytes),
        Delivery::Chunked => out.extend_from_slice(b"transfer-encoding: chunked\r\n"),
        Delivery::Bare | Delivery::HeadOnly(None) | Delivery::UntilClose => {}
    }
    put_envelope(out, envelope, has_date);
}

/// Writes status and fields of an application's answer, without framing and without what the gateway adds; gives whether
/// there was a `Date`.
pub(crate) fn put_own_fields(out: &mut Vec<u8>, head: &ResponseHead) -> bool {
    put_status(out, head.status, head.reason());
    let mut has_date = false;
    for (name, value) in head.headers() {
        match name.as_str() {
            // Hop-by-hop, or written by the loop itself.
            "connection" | "keep-alive" | "proxy-connection" | "te" | "trailer" | "transfer-encoding"
            | "upgrade" | "content-length" | REQUEST_ID_FIELD | SERVED_BY_FIELD => continue,
            "date" => has_date = true,
            _ => {}
        }
        put_field(out, name.as_str().as_bytes(), value.as_bytes());
    }
    has_date
}

/// Writes a whole problem answer; gives the length of its body. HEAD gets the head alone.
pub(crate) fn put_problem(
    out: &mut Vec<u8>,
    problem: &Problem,
    is_head: bool,
    envelope: &Envelope<'_>,
) -> u64 {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = problem.body(&envelope.request_id.to_string());
    put_status(out, status, status.canonical_reason().unwrap_or_default());
    put_field(out, b"content-type", Problem::MEDIA_TYPE.as_bytes());
    if let Some(seconds) = problem.retry_after_s {
        put_field(out, b"retry-after", itoa::Buffer::new().format(seconds).as_bytes());
    }
    if let Some(methods) = &problem.allow {
        put_field(out, b"allow", methods.as_bytes());
    }
    put_length(out, body.len() as u64);
    put_envelope(out, envelope, false);
    if is_head {
        return 0;
    }
    out.extend_from_slice(&body);
    body.len() as u64
}

pub(crate) fn put_status(out: &mut Vec<u8>, status: StatusCode, reason: &str) {
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(status.as_str().as_bytes());
    out.push(b' ');
    // A reason set by a handler must not end the line.
    out.extend(reason.bytes().filter(|b| !b.is_ascii_control()));
    out.extend_from_slice(b"\r\n");
}

pub(crate) fn put_envelope(out: &mut Vec<u8>, envelope: &Envelope<'_>, has_date: bool) {
    match envelope.connection {
        Connection::Keep => {}
        Connection::KeepAloud => out.extend_from_slice(b"connection: keep-alive\r\n"),
        Connection::Close => out.extend_from_slice(b"connection: close\r\n"),
    }
    if !has_date {
        put_field(out, b"date", &envelope.date);
    }
    if let Some(side) = envelope.served_by {
        let [first, slash, second] = side.parts().map(str::as_bytes);
        for part in [SERVED_BY_FIELD.as_bytes(), b": ", first, slash, second, b"\r\n"] {
            out.extend_from_slice(part);
        }
    }
    if let Some(cookie) = envelope.set_cookie {
        put_field(out, b"set-cookie", cookie.as_bytes());
    }
    out.extend_from_slice(REQUEST_ID_FIELD.as_bytes());
    out.extend_from_slice(b": ");
    envelope.request_id.put(out);
    out.extend_from_slice(b"\r\n\r\n");
}

pub(crate) fn put_length(out: &mut Vec<u8>, bytes: u64) {
    put_field(out, b"content-length", itoa::Buffer::new().format(bytes).as_bytes());
}

pub(crate) fn put_field(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.reserve(name.len() + value.len() + 4);
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests;
