//! What the header fields say about the message itself: its framing, its connection, its host. One pass, no copies.

use crate::http1::names::{RequestField, is};
use crate::http1::reader::Field;
use crate::http1::target::is_host;
use crate::http1::{Framing, Refusal, Version};

/// The fields that the loop itself must understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fields<'a> {
    pub(crate) framing: Framing,
    pub(crate) keep_alive: bool,
    pub(crate) expects_continue: bool,
    pub(crate) host: Option<&'a str>,
    pub(crate) traceparent: Option<&'a [u8]>,
    /// Whether `Connection` names fields.
    pub(crate) nominating: bool,
}

#[derive(Default)]
struct Seen<'a> {
    content_length: Option<&'a [u8]>,
    transfer_encoding: Option<&'a [u8]>,
    host: Option<&'a [u8]>,
    traceparent: Option<&'a [u8]>,
    expects_continue: bool,
    close: bool,
    keep_alive: bool,
    nominating: bool,
}

/// Reads the fields of a request.
///
/// # Errors
/// Every ambiguity about where the message ends or whom it is for, by name.
pub(crate) fn read<'a>(version: Version, fields: &[Field<'a, RequestField>]) -> Result<Fields<'a>, Refusal> {
    let mut seen = Seen::default();
    for field in fields {
        if field.kind != RequestField::Pass {
            seen.take(field)?;
        }
    }
    let keep_alive = match version {
        Version::Http11 => !seen.close,
        Version::Http10 => seen.keep_alive && !seen.close,
    };
    Ok(Fields {
        framing: framing(version, seen.content_length, seen.transfer_encoding)?,
        keep_alive,
        // An HTTP/1.0 client would take an interim answer for the answer.
        expects_continue: seen.expects_continue && version == Version::Http11,
        host: host(version, seen.host)?,
        traceparent: seen.traceparent,
        nominating: seen.nominating,
    })
}

impl<'a> Seen<'a> {
    /// The kind says what a name would be to the most lenient of readers; here it counts only as it is written.
    fn take(&mut self, field: &Field<'a, RequestField>) -> Result<(), Refusal> {
        let (name, value) = (field.name, field.value);
        match field.kind {
            RequestField::Host => once(&mut self.host, value, Refusal::HostRepeated),
            RequestField::Expect => self.take_expectation(value),
            RequestField::Connection => {
                self.take_connection(value);
                Ok(())
            }
            RequestField::TraceParent => {
                // Two of them name no trace; an empty one is none (W3C Trace Context section 3.2.1).
                self.traceparent = Some(if self.traceparent.is_some() { b"" } else { value });
                Ok(())
            }
            RequestField::ContentLength if is(name, b"content-length") => {
                once(&mut self.content_length, value, Refusal::ContentLengthRepeated)
            }
            RequestField::TransferEncoding if is(name, b"transfer-encoding") => {
                once(&mut self.transfer_encoding, value, Refusal::ChunkedNotLast)
            }
            _ => Ok(()),
        }
    }

    fn take_connection(&mut self, value: &[u8]) {
        for option in value.split(|&b| b == b',').map(<[u8]>::trim_ascii) {
            if option.eq_ignore_ascii_case(b"close") {
                self.close = true;
            } else if option.eq_ignore_ascii_case(b"keep-alive") {
                self.keep_alive = true;
            } else {
                self.nominating = true;
            }
        }
    }

    fn take_expectation(&mut self, value: &[u8]) -> Result<(), Refusal> {
        self.expects_continue = true;
        if value.eq_ignore_ascii_case(b"100-continue") { Ok(()) } else { Err(Refusal::Expectation) }
    }
}

fn once<'a>(slot: &mut Option<&'a [u8]>, value: &'a [u8], repeated: Refusal) -> Result<(), Refusal> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(repeated),
    }
}

fn framing(version: Version, length: Option<&[u8]>, encoding: Option<&[u8]>) -> Result<Framing, Refusal> {
    match (length, encoding) {
        (None, None) => Ok(Framing::None),
        (Some(_), Some(_)) => Err(Refusal::TwoLengths),
        (Some(length), None) => match content_length(length)? {
            0 => Ok(Framing::None),
            bytes => Ok(Framing::Length(bytes)),
        },
        (None, Some(_)) if version == Version::Http10 => Err(Refusal::TransferEncodingOn10),
        (None, Some(encoding)) if encoding.eq_ignore_ascii_case(b"chunked") => Ok(Framing::Chunked),
        (None, Some(encoding)) => Err(unknown_encoding(encoding)),
    }
}

fn content_length(value: &[u8]) -> Result<u64, Refusal> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(Refusal::ContentLength);
    }
    std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok()).ok_or(Refusal::ContentLength)
}

/// 400 where `chunked` stands anywhere but last and once, 501 for codings that nobody here knows.
fn unknown_encoding(value: &[u8]) -> Refusal {
    let is_chunked = |coding: &[u8]| coding.trim_ascii().eq_ignore_ascii_case(b"chunked");
    let mut codings = value.split(|&b| b == b',').rev();
    let _last = codings.next();
    if value.is_empty() || codings.any(is_chunked) { Refusal::ChunkedNotLast } else { Refusal::UnknownCoding }
}

fn host(version: Version, value: Option<&[u8]>) -> Result<Option<&str>, Refusal> {
    match value {
        None if version == Version::Http11 => Err(Refusal::HostMissing),
        None => Ok(None),
        Some(value) if is_host(value) => std::str::from_utf8(value).map(Some).map_err(|_| Refusal::Host),
        Some(_) => Err(Refusal::Host),
    }
}

/// Whether a comma-separated list has the token, in any case.
pub(crate) fn has_token(list: &[u8], token: &[u8]) -> bool {
    list.split(|&b| b == b',').any(|member| member.trim_ascii().eq_ignore_ascii_case(token))
}
