//! Reads an upstream's answer head, as strictly as a client's request: an answer that two readers could delimit in two
//! ways would give one client the bytes of another.

use crate::http1::HeadScan;
use crate::http1::fields::has_token;
use crate::http1::names::{AnswerField, answer_field};
use crate::http1::reader::{Fault, Field, FieldSlots, Reader};

/// Places for the field lines of an answer.
pub type AnswerSlots<'a> = FieldSlots<'a, AnswerField>;

/// Largest head of an answer, bytes.
pub(crate) const HEAD_MAX_BYTES: usize = 64 * 1024;

/// Why an answer cannot be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAnswer {
    /// It does not begin as an answer of HTTP/1 does, or its status line is malformed.
    #[error("the head is not HTTP/1")]
    NotHttp,
    /// A line ends with LF alone.
    #[error("a line of the head does not end with CRLF")]
    BareLineFeed,
    /// A field line is malformed.
    #[error("a header field is malformed")]
    Field,
    /// More field lines than the limit.
    #[error("more than {} header fields", crate::http1::FIELDS_MAX)]
    TooManyFields,
    /// The head is larger than the limit.
    #[error("the head is larger than {HEAD_MAX_BYTES} bytes")]
    HeadTooLarge,
    /// A status that no HTTP version knows.
    #[error("the status is not between 100 and 599")]
    StatusCode,
    /// `Content-Length` is malformed, repeated, or stands beside `Transfer-Encoding`.
    #[error("the length is malformed or contradicts itself")]
    Length,
    /// A transfer coding other than one `chunked`, or any in HTTP/1.0.
    #[error("the transfer coding is not chunked")]
    TransferEncoding,
    /// The chunked body breaks its grammar or a limit.
    #[error("the chunked body is malformed")]
    Chunking,
    /// 101 to a request that asked for no upgrade, or for another one.
    #[error("another protocol was chosen that was not asked for")]
    Upgrade,
    /// More interim answers than the limit.
    #[error("more than {} interim answers", super::INTERIM_MAX)]
    TooManyInterim,
}

/// How the body of an answer is delimited (RFC 9112 section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerFraming {
    /// No body; the length is what a GET would have had.
    None(Option<u64>),
    /// This many bytes.
    Length(u64),
    /// The chunked transfer coding.
    Chunked,
    /// The end of the connection is the end of the body.
    UntilClose,
}

impl AnswerFraming {
    /// How long the body will be, where the head says so.
    pub(crate) fn length(self) -> Option<u64> {
        match self {
            Self::None(_) => Some(0),
            Self::Length(bytes) => Some(bytes),
            Self::Chunked | Self::UntilClose => None,
        }
    }
}

/// The head of an answer.
#[derive(Debug)]
pub struct AnswerHead<'a> {
    /// 100 to 599.
    pub status: u16,
    /// Whether the first line is one of HTTP/1.1 and has all its parts: then it can go on as it came.
    pub(crate) has_status_line: bool,
    /// The reason phrase, which may be empty.
    pub reason: &'a [u8],
    pub(crate) fields: &'a [Field<'a, AnswerField>],
    /// All of it, as it came.
    pub(crate) raw: &'a [u8],
    /// How the body is delimited.
    pub framing: AnswerFraming,
    /// Whether the upstream keeps the connection.
    pub keep: bool,
    /// The protocols that the upstream chooses.
    pub upgrade: Option<&'a [u8]>,
    /// Whether `Connection` names fields that stay behind.
    pub nominating: bool,
}

/// Looks for the end of a head in what has come; `None` while it has not.
///
/// # Errors
/// What can never become a head.
pub fn scan(scan: &mut HeadScan, input: &[u8]) -> Result<Option<usize>, BadAnswer> {
    let begins_well = input.iter().zip(b"HTTP/1.").all(|(came, expected)| came == expected);
    if !begins_well {
        return Err(BadAnswer::NotHttp);
    }
    match scan.scan(input) {
        Ok(Some(end)) if end > HEAD_MAX_BYTES => Err(BadAnswer::HeadTooLarge),
        Ok(None) if input.len() >= HEAD_MAX_BYTES => Err(BadAnswer::HeadTooLarge),
        Ok(end) => Ok(end),
        Err(_) => Err(BadAnswer::BareLineFeed),
    }
}

/// Parses `raw`, which is one head; `to_head` when it answers a HEAD request.
///
/// # Errors
/// What is wrong with it.
pub fn parse<'a, 'b: 'a>(
    raw: &'b [u8],
    slots: &'a mut AnswerSlots<'b>,
    to_head: bool,
) -> Result<AnswerHead<'a>, BadAnswer> {
    match read(raw, slots)? {
        lines if lines.raw.len() == raw.len() => lines.understand(slots, to_head),
        _ => Err(BadAnswer::Field),
    }
}

/// The head that `input` begins with; `None` while it has not come whole. Nearly every head comes whole: that is one look at
/// each of its bytes. `searched` remembers how far one was searched that has not.
///
/// # Errors
/// What can never become a head, or is wrong with one.
pub(crate) fn arrived<'a, 'b: 'a>(
    input: &'b [u8],
    searched: &mut HeadScan,
    slots: &'a mut AnswerSlots<'b>,
    to_head: bool,
) -> Result<Option<AnswerHead<'a>>, BadAnswer> {
    let at_once = if searched.has_begun() { None } else { read(input, slots).ok() };
    let lines = match at_once.filter(|lines| lines.raw.len() <= HEAD_MAX_BYTES) {
        Some(lines) => lines,
        None => match scan(searched, input)?.and_then(|end| input.get(..end)) {
            Some(raw) => read(raw, slots)?,
            None => return Ok(None),
        },
    };
    lines.understand(slots, to_head).map(Some)
}

/// The lines of a head.
struct Lines<'a> {
    is_1_1: bool,
    status: u16,
    reason: &'a [u8],
    raw: &'a [u8],
}

fn read<'b>(raw: &'b [u8], slots: &mut AnswerSlots<'b>) -> Result<Lines<'b>, Fault> {
    let mut reader = Reader::new(raw);
    let is_1_1 = reader.either([b"HTTP/1.1 ", b"HTTP/1.0 "])? == 0;
    let (status, reason) = reader.status()?;
    reader.fields(slots, answer_field)?;
    Ok(Lines { is_1_1, status, reason, raw: reader.read() })
}

impl<'b> Lines<'b> {
    fn has_status_line(&self) -> bool {
        // The space in front of the reason may be missing.
        self.is_1_1 && self.raw.get(b"HTTP/1.1 200".len()) == Some(&b' ')
    }

    fn understand<'a>(&self, slots: &'a AnswerSlots<'b>, to_head: bool) -> Result<AnswerHead<'a>, BadAnswer> {
        let status = Some(self.status).filter(|status| (100..600).contains(status));
        let status = status.ok_or(BadAnswer::StatusCode)?;
        let seen = Seen::of(slots)?;
        Ok(AnswerHead {
            status,
            has_status_line: self.has_status_line(),
            reason: self.reason,
            fields: slots,
            raw: self.raw,
            framing: seen.framing(status, self.is_1_1, to_head)?,
            keep: !seen.close && (self.is_1_1 || seen.keep_alive),
            upgrade: seen.upgrade,
            nominating: seen.nominating,
        })
    }
}

impl From<Fault> for BadAnswer {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::FirstLine => Self::NotHttp,
            Fault::TooManyFields => Self::TooManyFields,
            Fault::Field | Fault::Partial => Self::Field,
        }
    }
}

#[derive(Default)]
struct Seen<'a> {
    length: Option<u64>,
    chunked: bool,
    close: bool,
    keep_alive: bool,
    nominating: bool,
    upgrade: Option<&'a [u8]>,
}

impl<'a> Seen<'a> {
    fn of(fields: &'a [Field<'_, AnswerField>]) -> Result<Self, BadAnswer> {
        let mut seen = Self::default();
        for field in fields {
            match field.kind {
                AnswerField::Connection => seen.take_connection(field.value),
                AnswerField::ContentLength => seen.take_length(field.value)?,
                AnswerField::TransferEncoding if seen.chunked => return Err(BadAnswer::TransferEncoding),
                AnswerField::TransferEncoding if field.value.eq_ignore_ascii_case(b"chunked") => {
                    seen.chunked = true;
                }
                AnswerField::TransferEncoding => return Err(BadAnswer::TransferEncoding),
                AnswerField::Upgrade => seen.upgrade = Some(field.value),
                _ => {}
            }
        }
        Ok(seen)
    }

    fn take_connection(&mut self, value: &[u8]) {
        self.close |= has_token(value, b"close");
        self.keep_alive |= has_token(value, b"keep-alive");
        self.nominating |=
            !value.eq_ignore_ascii_case(b"close") && !value.eq_ignore_ascii_case(b"keep-alive");
    }

    /// Lengths that differ are an attack or a fault; one that is repeated is at least a fault.
    fn take_length(&mut self, value: &[u8]) -> Result<(), BadAnswer> {
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let length = std::str::from_utf8(value).ok().filter(|_| digits).and_then(|text| text.parse().ok());
        match (self.length, length) {
            (None, Some(length)) => self.length = Some(length),
            _ => return Err(BadAnswer::Length),
        }
        Ok(())
    }

    fn framing(&self, status: u16, is_1_1: bool, to_head: bool) -> Result<AnswerFraming, BadAnswer> {
        if self.chunked && self.length.is_some() {
            return Err(BadAnswer::Length);
        }
        if self.chunked && !is_1_1 {
            return Err(BadAnswer::TransferEncoding);
        }
        Ok(match (self.length, self.chunked) {
            _ if status < 200 || status == 204 => AnswerFraming::None(None),
            _ if to_head || status == 304 => AnswerFraming::None(self.length),
            (Some(bytes), _) => AnswerFraming::Length(bytes),
            (None, true) => AnswerFraming::Chunked,
            (None, false) => AnswerFraming::UntilClose,
        })
    }
}

impl<'a> AnswerHead<'a> {
    /// The field lines in the order in which they came.
    pub fn headers(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> + use<'a> {
        self.fields.iter().map(|field| (str::from_utf8(field.name).unwrap_or_default(), field.value))
    }

    /// Whether `Connection` names this field.
    pub(crate) fn is_nominated(&self, name: &[u8]) -> bool {
        let mut lines = self.fields.iter().filter(|field| field.kind == AnswerField::Connection);
        lines.any(|line| has_token(line.value, name))
    }
}

#[cfg(test)]
mod tests;
