//! An answer that was taken, from whichever side: what a client would see of it.

use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use upstream::Instance;

/// An answer. All of them are written in the same way, so that equal answers have equal bytes.
#[derive(Debug, Default, Clone)]
pub(crate) struct Taken {
    pub(crate) status: u16,
    /// From the last byte of the request to the head of the answer.
    pub(crate) took: Duration,
    /// Status line and fields as a client would get them: without framing, without what the gateway adds.
    pub(crate) head: Vec<u8>,
    pub(crate) body: Bytes,
    /// Trailer lines as they came, with line ends.
    pub(crate) trailers: Vec<u8>,
    /// Who gave it, where it came from outside of this process.
    pub(crate) instance: Option<Arc<Instance>>,
}

/// Fields of an answer, in order.
pub(crate) type Fields<'a> = Vec<(&'a str, &'a [u8])>;

impl Taken {
    /// The memory that it holds.
    pub(crate) fn bytes(&self) -> usize {
        self.head.len() + self.body.len() + self.trailers.len()
    }

    /// Its fields.
    pub(crate) fn fields(&self) -> Fields<'_> {
        // It was written from what had been parsed: every line but the first is a field.
        lines(&self.head).skip(1).filter_map(field).collect()
    }

    /// Its trailer fields; the decoder has checked every line.
    pub(crate) fn trailers(&self) -> Fields<'_> {
        lines(&self.trailers).filter_map(field).collect()
    }

    /// Whether the heads are the same to the byte, and there are no trailers: then only bodies are left to compare.
    pub(crate) fn has_head_of(&self, other: &Self) -> bool {
        self.status == other.status
            && self.head == other.head
            && self.trailers.is_empty()
            && other.trailers.is_empty()
    }
}

/// The lines of a head or of trailers, with their ends.
pub(crate) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let (line, behind) = rest.split_at_checked(end).filter(|(line, _)| !line.is_empty())?;
        rest = behind;
        Some(line)
    })
}

fn field(line: &[u8]) -> Option<(&str, &[u8])> {
    let (name, value) = line.split_at_checked(memchr::memchr(b':', line)?)?;
    Some((std::str::from_utf8(name).ok()?, value.get(1..)?.trim_ascii()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_trailers_are_found_again() {
        let taken = Taken {
            head: b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nx: 1\r\n\r\n".to_vec(),
            trailers: b"X-Sum: 5 \r\nempty:\r\n".to_vec(),
            ..Taken::default()
        };
        assert_eq!(taken.fields(), [("Content-Type", &b"a/b"[..]), ("x", b"1")]);
        assert_eq!(taken.trailers(), [("X-Sum", &b"5"[..]), ("empty", b"")]);
        assert_eq!(taken.bytes(), taken.head.len() + taken.trailers.len());
    }
}
