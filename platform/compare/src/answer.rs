//! An answer as the engine sees it: status, header fields, body, trailer fields. All borrowed.

/// One side's answer, whole, without content coding (an answer that has one is compared as opaque bytes).
#[derive(Debug, Clone, Copy, Default)]
pub struct Answer<'a> {
    /// The status code, 100 to 599.
    pub status: u16,
    /// Header fields in the order in which they came; names in any case.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body without transfer coding.
    pub body: &'a [u8],
    /// Trailer fields in the order in which they came; names in any case.
    pub trailers: &'a [(&'a str, &'a [u8])],
}

impl<'a> Answer<'a> {
    /// Every value of a header field, in order.
    pub fn header(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        values(self.headers, name)
    }

    /// The media type of the body, without parameters and as written.
    pub(crate) fn content_type(&self) -> Option<&'a str> {
        self.header("content-type").next().and_then(|value| std::str::from_utf8(value).ok())
    }

    /// Whether the body is coded (gzip and the like), so that its structure cannot be read.
    pub(crate) fn is_coded(&self) -> bool {
        self.header("content-encoding").any(|value| !value.trim_ascii().eq_ignore_ascii_case(b"identity"))
    }
}

/// Every value of a field, in order.
pub(crate) fn values<'a>(fields: &'a [(&'a str, &'a [u8])], name: &str) -> impl Iterator<Item = &'a [u8]> {
    fields.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}
