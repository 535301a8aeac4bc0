//! What a request head says, safe to act on (RFC 9112 sections 2 to 6). Its lines are found by `reader`; what a peer might
//! read in another way is refused there, here, and in `target` and `fields`.

use crate::http1::names::{RequestField, request_field};
use crate::http1::reader::{Fault, Field, FieldSlots, Reader};
use crate::http1::{Framing, Refusal, fields, target, target::Target};

/// Places for the field lines of a request.
pub type RequestSlots<'a> = FieldSlots<'a, RequestField>;

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
    /// Whether `Connection` names anything but the two words that every client says.
    pub(crate) nominating: bool,
    pub(crate) fields: &'a [Field<'a, RequestField>],
    /// All of it, as it came.
    pub(crate) raw: &'a [u8],
}

impl<'a> RequestHead<'a> {
    /// The field lines in the order in which they came; names in the case in which they came.
    pub fn headers(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> + use<'a> {
        self.fields.iter().map(|field| (str::from_utf8(field.name).unwrap_or_default(), field.value))
    }

    /// The first value of a field; the name is matched in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        let name = name.as_bytes();
        // The first letters tell most names apart.
        let first = |name: &[u8]| name.first().map_or(0, |byte| byte | 0x20);
        let is_it =
            |field: &&Field<'_, _>| first(field.name) == first(name) && field.name.eq_ignore_ascii_case(name);
        self.fields.iter().find(is_it).map(|field| field.value)
    }
}

/// Parses `raw`, which must be exactly one head as [`HeadScan`](crate::http1::HeadScan) delimits it.
///
/// # Errors
/// What is wrong, by name.
pub fn parse<'a, 'b: 'a>(
    raw: &'b [u8],
    slots: &'a mut RequestSlots<'b>,
    target_max_bytes: usize,
) -> Result<RequestHead<'a>, Refusal> {
    match read(raw, slots).map_err(|fault| refusal(fault, raw))? {
        lines if lines.raw.len() == raw.len() => lines.understand(slots, target_max_bytes),
        _ => Err(Refusal::Field),
    }
}

/// Parses the head that `input` begins with, if it has come whole and nothing is wrong with it; what is wrong is for
/// [`parse`] to say. Nearly every head comes whole: this is one look at each of its bytes.
pub(crate) fn parse_front<'a, 'b: 'a>(
    input: &'b [u8],
    slots: &'a mut RequestSlots<'b>,
    target_max_bytes: usize,
) -> Option<RequestHead<'a>> {
    read(input, slots).ok()?.understand(slots, target_max_bytes).ok()
}

/// The lines of a head.
struct Lines<'a> {
    method: &'a [u8],
    target: &'a [u8],
    target_is_plain: bool,
    version: Version,
    raw: &'a [u8],
}

fn read<'b>(raw: &'b [u8], slots: &mut RequestSlots<'b>) -> Result<Lines<'b>, Fault> {
    let mut reader = Reader::new(raw);
    let method = reader.method()?;
    let (target, target_is_plain) = reader.target()?;
    let version = match reader.either([b"HTTP/1.1\r\n", b"HTTP/1.0\r\n"])? {
        0 => Version::Http11,
        _ => Version::Http10,
    };
    reader.fields(slots, request_field)?;
    Ok(Lines { method, target, target_is_plain, version, raw: reader.read() })
}

impl<'b> Lines<'b> {
    fn understand<'a>(
        &self,
        slots: &'a RequestSlots<'b>,
        target_max_bytes: usize,
    ) -> Result<RequestHead<'a>, Refusal> {
        if self.target.len() > target_max_bytes {
            return Err(Refusal::TargetTooLong);
        }
        let method = str::from_utf8(self.method).map_err(|_| Refusal::RequestLine)?;
        let target = if self.target_is_plain { str::from_utf8(self.target).ok() } else { None };
        let target = target::parse(method, target)?;
        let fields = fields::read(self.version, slots)?;
        Ok(RequestHead {
            method,
            version: self.version,
            host: target.authority.or(fields.host),
            framing: fields.framing,
            keep_alive: fields.keep_alive,
            expects_continue: fields.expects_continue && fields.framing != Framing::None,
            traceparent: fields.traceparent,
            nominating: fields.nominating,
            fields: slots,
            raw: self.raw,
            target,
        })
    }
}

fn refusal(fault: Fault, raw: &[u8]) -> Refusal {
    match fault {
        Fault::TooManyFields => Refusal::TooManyFields,
        Fault::FirstLine if names_other_version(raw) => Refusal::Version,
        Fault::FirstLine => Refusal::RequestLine,
        Fault::Field | Fault::Partial => Refusal::Field,
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
