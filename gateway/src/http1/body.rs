//! Where a request body ends, and its bytes collected up to a limit. Pure: bytes in, bytes out.

use crate::http1::{ChunkedDecoder, Refusal};

/// How a body is delimited (RFC 9112 section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// No body.
    None,
    /// This many bytes, at least one.
    Length(u64),
    /// The chunked transfer coding.
    Chunked,
}

/// Follows a body to its end while its bytes pass.
#[derive(Debug, Clone, Copy)]
pub enum BodyDecoder {
    /// This many bytes are still to come; none at the end.
    Length(u64),
    /// The chunked transfer coding.
    Chunked(ChunkedDecoder),
}

impl BodyDecoder {
    /// At the start of a body.
    #[must_use]
    pub fn new(framing: Framing) -> Self {
        match framing {
            Framing::None => Self::Length(0),
            Framing::Length(bytes) => Self::Length(bytes),
            Framing::Chunked => Self::Chunked(ChunkedDecoder::default()),
        }
    }

    /// Whether the body has ended.
    #[must_use]
    pub fn is_done(&self) -> bool {
        match self {
            Self::Length(left) => *left == 0,
            Self::Chunked(decoder) => decoder.is_done(),
        }
    }

    /// Reads from the front of `input`: how many bytes were used, and the data among them. To be called until
    /// `input` is used up or the body has ended.
    ///
    /// # Errors
    /// [`Refusal::Chunking`].
    pub fn step<'i>(&mut self, input: &'i [u8]) -> Result<(usize, &'i [u8]), Refusal> {
        match self {
            Self::Length(left) => {
                let length = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
                *left -= length as u64;
                Ok((length, input.get(..length).unwrap_or_default()))
            }
            Self::Chunked(decoder) => decoder.step(input).map_err(|_| Refusal::Chunking),
        }
    }
}

/// A body that is being collected.
#[derive(Debug)]
pub struct Collector {
    decoder: BodyDecoder,
    max_bytes: usize,
    data: Vec<u8>,
}

/// Room that is made at once for a body whose length is known; the rest grows with what really arrives, since a
/// client can claim any length.
const RESERVE_MAX_BYTES: usize = 64 * 1024;

impl Collector {
    /// Starts to collect a body of at most `max_bytes`.
    ///
    /// # Errors
    /// [`Refusal::BodyTooLarge`] when the head already says so: nothing of the body needs to be read then.
    pub fn new(framing: Framing, max_bytes: usize) -> Result<Self, Refusal> {
        let mut data = Vec::new();
        if let Framing::Length(bytes) = framing {
            let length = usize::try_from(bytes).unwrap_or(usize::MAX);
            if length > max_bytes {
                return Err(Refusal::BodyTooLarge(max_bytes));
            }
            data.reserve_exact(length.min(RESERVE_MAX_BYTES));
        }
        Ok(Self { decoder: BodyDecoder::new(framing), max_bytes, data })
    }

    /// Takes from the front of `input` what belongs to the body; gives how many bytes that were.
    ///
    /// # Errors
    /// [`Refusal::BodyTooLarge`] or [`Refusal::Chunking`].
    pub fn take(&mut self, input: &[u8]) -> Result<usize, Refusal> {
        let mut rest = input;
        while !rest.is_empty() && !self.decoder.is_done() {
            let (used, run) = self.decoder.step(rest)?;
            if run.len() > self.max_bytes.saturating_sub(self.data.len()) {
                return Err(Refusal::BodyTooLarge(self.max_bytes));
            }
            self.data.extend_from_slice(run);
            rest = rest.get(used..).unwrap_or_default();
        }
        Ok(input.len() - rest.len())
    }

    /// Whether the body has ended.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.decoder.is_done()
    }

    /// How many bytes are still to come, as far as that is known.
    #[must_use]
    pub fn wanted(&self) -> usize {
        match &self.decoder {
            BodyDecoder::Length(left) => usize::try_from(*left).unwrap_or(usize::MAX),
            BodyDecoder::Chunked(_) => self.data.len(),
        }
    }

    /// The body.
    #[must_use]
    pub fn into_bytes(self) -> bytes::Bytes {
        self.data.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_ends_where_it_says() {
        let mut body = Collector::new(Framing::Length(5), 5).unwrap();
        assert_eq!(body.take(b"he"), Ok(2));
        assert!(!body.is_done());
        assert_eq!(body.take(b"lloGET"), Ok(3));
        assert!(body.is_done());
        assert_eq!(&body.into_bytes()[..], b"hello");
    }

    #[test]
    fn a_length_beyond_the_limit_is_refused_before_a_byte_is_read() {
        assert_eq!(Collector::new(Framing::Length(6), 5).err(), Some(Refusal::BodyTooLarge(5)));
        assert_eq!(Collector::new(Framing::Length(u64::MAX), 5).err(), Some(Refusal::BodyTooLarge(5)));
    }

    #[test]
    fn chunks_beyond_the_limit_are_refused_when_they_come() {
        let mut body = Collector::new(Framing::Chunked, 5).unwrap();
        assert_eq!(body.take(b"3\r\nabc\r\n"), Ok(8));
        assert_eq!(body.take(b"3\r\nabc\r\n"), Err(Refusal::BodyTooLarge(5)));
    }

    #[test]
    fn no_body_is_done_at_once() {
        let mut body = Collector::new(Framing::None, 0).unwrap();
        assert!(body.is_done());
        assert_eq!(body.take(b"GET"), Ok(0));
    }
}
