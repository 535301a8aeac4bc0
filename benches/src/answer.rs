//! Reads an HTTP/1.1 answer as far as a load generator must: its status and where it ends.

/// Header lines that an answer may have.
const HEADERS_MAX: usize = 32;

/// The head of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Its status.
    pub(crate) status: u16,
    /// Bytes of the head, the empty line included.
    pub(crate) head_bytes: usize,
    /// Bytes of the body that follows.
    pub(crate) body_bytes: usize,
}

impl Head {
    /// The head at the beginning of `bytes`; `None` while more must come.
    ///
    /// # Errors
    /// With the reason, when it is none, or the body is of a kind whose end this reader cannot find (chunked, until close).
    pub(crate) fn read(bytes: &[u8]) -> Result<Option<Self>, &'static str> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut response = httparse::Response::new(&mut headers);
        let Ok(parsed) = response.parse(bytes) else { return Err("no HTTP") };
        let httparse::Status::Complete(head_bytes) = parsed else { return Ok(None) };
        let status = response.code.unwrap_or_default();
        let length =
            response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
        let body_bytes = match length {
            Some(header) => decimal(header.value).ok_or("a Content-Length that is no number")?,
            None if matches!(status, 204 | 304) => 0,
            None => return Err("a body without Content-Length"),
        };
        Ok(Some(Self { status, head_bytes, body_bytes }))
    }
}

/// A whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: u16,
    /// Bytes of its head, the empty line included.
    pub(crate) head_bytes: usize,
    /// Bytes of head and body.
    pub(crate) bytes: usize,
}

impl Answer {
    /// The answer at the beginning of `bytes`; `None` while more must come.
    ///
    /// # Errors
    /// As [`Head::read`].
    pub(crate) fn read(bytes: &[u8]) -> Result<Option<Self>, &'static str> {
        let Some(Head { status, head_bytes, body_bytes }) = Head::read(bytes)? else { return Ok(None) };
        let whole = Self { status, head_bytes, bytes: head_bytes.saturating_add(body_bytes) };
        Ok((whole.bytes <= bytes.len()).then_some(whole))
    }
}

fn decimal(text: &[u8]) -> Option<usize> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nETag: x\r\n\r\nhello";

    #[test]
    fn an_answer_is_whole_with_its_last_byte_and_not_before() {
        let whole = Answer { status: 200, head_bytes: OK.len() - 5, bytes: OK.len() };
        assert_eq!(Answer::read(OK), Ok(Some(whole)));
        for end in 0..OK.len() {
            assert_eq!(Answer::read(&OK[..end]), Ok(None), "{end} bytes");
        }
    }

    #[test]
    fn an_answer_without_a_body_ends_with_its_head() {
        let read = Answer::read(b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n").unwrap().unwrap();
        assert_eq!((read.status, read.head_bytes), (304, read.bytes));
    }

    #[test]
    fn what_has_no_known_end_is_refused() {
        assert!(Answer::read(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(Answer::read(b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n").is_err());
        assert!(Answer::read(b"SSH-2.0-x\r\n").is_err());
    }
}
