//! Reads a request head strictly (RFC 9112 sections 2 to 6). httparse finds the parts; what it lets through and a
//! peer might read in another way is refused here and in `scan`, `target` and `fields`.

use crate::http1::{Framing, Refusal, fields, target, target::Target};
use httparse::{Error, Header, Status};
use std::mem::MaybeUninit;

/// Most field lines a head may have; beyond it 431.
pub const FIELDS_MAX: usize = 100;

/// Places for the field lines of a head, on the stack of whoever parses.
pub type FieldSlots<'b> = [MaybeUninit<Header<'b>>; FIELDS_MAX];

/// Empty places for [`parse`].
#[must_use]
pub const fn field_slots<'b>() -> FieldSlots<'b> {
    [const { MaybeUninit::uninit() }; FIELDS_MAX]
}

/// The version of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
}

/// A request head that is safe to act on. Everything is borrowed from the bytes that came.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestHead<'a> {
    /// The method, case-sensitive.
    pub method: &'a str,
    /// The target.
    pub target: Target<'a>,
    /// The version.
    pub version: Version,
    /// Host and port: from an absolute-form target, else from `Host`; `None` only in HTTP/1.0.
    pub host: Option<&'a str>,
    /// How the body is delimited.
    pub framing: Framing,
    /// Whether the client wants to keep the connection.
    pub keep_alive: bool,
    /// Whether the client waits for `100 Continue` before it sends the body.
    pub expects_continue: bool,
    /// The value of `traceparent`, not checked.
    pub traceparent: Option<&'a [u8]>,
    pub(crate) headers: &'a [Header<'a>],
    /// All of it, as it came.
    pub(crate) raw: &'a [u8],
}

impl<'a> RequestHead<'a> {
    /// The field lines in the order in which they came; names in the case in which they came.
    pub fn headers(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> + use<'a> {
        self.headers.iter().map(|header| (header.name, header.value))
    }

    /// The first value of a field; the name is matched in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.headers().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// Parses `raw`, which must be exactly one head as [`HeadScan`](crate::http1::HeadScan) delimits it.
///
/// # Errors
/// What is wrong, by name.
pub fn parse<'a, 'b: 'a>(
    raw: &'b [u8],
    slots: &'a mut FieldSlots<'b>,
    target_max_bytes: usize,
) -> Result<RequestHead<'a>, Refusal> {
    let mut parsed = httparse::Request::new(&mut []);
    match parsed.parse_with_uninit_headers(raw, slots) {
        Ok(Status::Complete(length)) if length == raw.len() => {}
        Ok(_) => return Err(Refusal::Field),
        Err(error) => return Err(refusal(error, raw)),
    }
    let (Some(method), Some(target), Some(minor)) = (parsed.method, parsed.path, parsed.version) else {
        return Err(Refusal::RequestLine);
    };
    if target.len() > target_max_bytes {
        return Err(Refusal::TargetTooLong);
    }
    let version = if minor == 0 { Version::Http10 } else { Version::Http11 };
    let target = target::parse(method, target)?;
    let headers: &'a [Header<'b>] = parsed.headers;
    let fields = fields::read(version, headers)?;
    Ok(RequestHead {
        method,
        version,
        host: target.authority.or(fields.host),
        framing: fields.framing,
        keep_alive: fields.keep_alive,
        expects_continue: fields.expects_continue && fields.framing != Framing::None,
        traceparent: fields.traceparent,
        headers,
        raw,
        target,
    })
}

fn refusal(error: Error, raw: &[u8]) -> Refusal {
    match error {
        Error::TooManyHeaders => Refusal::TooManyFields,
        Error::HeaderName | Error::HeaderValue => Refusal::Field,
        Error::Version if names_other_version(raw) => Refusal::Version,
        Error::Token | Error::Version | Error::Status => Refusal::RequestLine,
        // httparse says so for a bare CR in either place.
        Error::NewLine => Refusal::Field,
    }
}

/// Whether the request line ends with a well-formed version that is not ours: 505 instead of 400.
fn names_other_version(raw: &[u8]) -> bool {
    let line = raw.split(|&b| b == b'\r').next().unwrap_or_default();
    let mut words = line.split(|&b| b == b' ').skip(2);
    match (words.next().and_then(|version| version.strip_prefix(b"HTTP/")), words.next()) {
        (Some(b"1.0" | b"1.1"), _) => false,
        (Some([major, b'.', minor]), None) => major.is_ascii_digit() && minor.is_ascii_digit(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
