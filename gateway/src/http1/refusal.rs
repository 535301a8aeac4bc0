//! Why a request is refused before anything answers it, and what its client is told.

use kernel::Problem;

/// A request that the loop itself refuses. The connection is closed after the answer, since where the next request
/// would begin is not certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request line is not `method SP target SP version CRLF` (RFC 9112 section 3).
    #[error("the request line is malformed")]
    RequestLine,
    /// The version is neither HTTP/1.0 nor HTTP/1.1.
    #[error("only HTTP/1.0 and HTTP/1.1 are spoken here")]
    Version,
    /// The target has none of the forms of RFC 9112 section 3.2, or forbidden characters.
    #[error("the request target is malformed")]
    Target,
    /// The target is longer than the limit.
    #[error("the request target is too long")]
    TargetTooLong,
    /// CONNECT: this is no tunnel.
    #[error("CONNECT is not supported")]
    Connect,
    /// A line ends with LF alone.
    #[error("a line of the head does not end with CRLF")]
    BareLineFeed,
    /// A field line is malformed: no token as the name, whitespace before the colon, a folded line, a control
    /// character or a bare CR.
    #[error("a header field is malformed")]
    Field,
    /// More field lines than the limit.
    #[error("too many header fields")]
    TooManyFields,
    /// The head is larger than the limit.
    #[error("the request head is too large")]
    HeadTooLarge,
    /// HTTP/1.1 without `Host`.
    #[error("the Host field is missing")]
    HostMissing,
    /// More than one `Host`.
    #[error("the Host field is repeated")]
    HostRepeated,
    /// `Host` is no host with an optional port.
    #[error("the Host field is malformed")]
    Host,
    /// `Content-Length` is empty, signed, a list, or does not fit.
    #[error("the Content-Length field is malformed")]
    ContentLength,
    /// More than one `Content-Length`, even with one value: no honest client does that.
    #[error("the Content-Length field is repeated")]
    ContentLengthRepeated,
    /// `Content-Length` beside `Transfer-Encoding`: the classic of request smuggling (RFC 9112 section 6.1).
    #[error("Content-Length and Transfer-Encoding exclude each other")]
    TwoLengths,
    /// `Transfer-Encoding` whose last coding is not one `chunked`, or an empty or repeated one.
    #[error("chunked must be the last transfer coding, once")]
    ChunkedNotLast,
    /// `Transfer-Encoding` in an HTTP/1.0 request.
    #[error("HTTP/1.0 knows no Transfer-Encoding")]
    TransferEncodingOn10,
    /// A transfer coding other than `chunked`.
    #[error("the transfer coding is not implemented")]
    UnknownCoding,
    /// An `Expect` other than `100-continue`.
    #[error("the expectation is unknown")]
    Expectation,
    /// The chunked body breaks the grammar or a limit of RFC 9112 section 7.1.
    #[error("the chunked body is malformed")]
    Chunking,
    /// The body is larger than this many bytes.
    #[error("the body may have {0} bytes at most")]
    BodyTooLarge(usize),
    /// The head or the body did not come in time.
    #[error("the request did not arrive in time")]
    TooSlow,
}

impl Refusal {
    /// The status that says it.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::TooSlow => 408,
            Self::BodyTooLarge(_) => 413,
            Self::TargetTooLong => 414,
            Self::Expectation => 417,
            Self::TooManyFields | Self::HeadTooLarge => 431,
            Self::Connect | Self::UnknownCoding => 501,
            Self::Version => 505,
            _ => 400,
        }
    }

    /// What the client is told.
    #[must_use]
    pub fn problem(self) -> Problem {
        let title = match self.status() {
            408 => "request timeout",
            413 => "content too large",
            414 => "URI too long",
            417 => "expectation failed",
            431 => "request header fields too large",
            501 => "not implemented",
            505 => "HTTP version not supported",
            _ => "bad request",
        };
        Problem::new(self.status(), title).detail(self.to_string())
    }
}
