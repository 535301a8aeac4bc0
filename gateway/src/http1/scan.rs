//! Finds where a request head ends, over as many reads as it takes, looking at each byte once.

use crate::http1::Refusal;
use memchr::memchr_iter;
use memchr::memmem::Finder;
use std::sync::LazyLock;

/// How far a head was searched for its end.
#[derive(Debug, Default, Clone, Copy)]
pub struct HeadScan {
    scanned: usize,
    line_start: usize,
}

impl HeadScan {
    /// Looks at what came since the last call. `input` begins with the head and holds all of it that has arrived.
    ///
    /// Gives the length of the head with its empty line, or `None` while that has not come. Two bytes mean an empty
    /// line in front of the request line (RFC 9112 section 2.2).
    ///
    /// # Errors
    /// [`Refusal::BareLineFeed`] as soon as a line ends with LF alone: what a lenient parser takes as the end of the
    /// head may be a part of a value for the next one.
    pub fn scan(&mut self, input: &[u8]) -> Result<Option<usize>, Refusal> {
        // Nearly every head comes whole, and is then looked at in two strides instead of line by line.
        if self.scanned == 0
            && let Some(end) = whole(input)
        {
            return Ok(Some(end));
        }
        let fresh = input.get(self.scanned..).unwrap_or_default();
        for offset in memchr_iter(b'\n', fresh) {
            let end = self.scanned + offset;
            let line = input.get(self.line_start..end).unwrap_or_default();
            match line.split_last() {
                Some((b'\r', [])) => return Ok(Some(end + 1)),
                Some((b'\r', _)) => self.line_start = end + 1,
                _ => return Err(Refusal::BareLineFeed),
            }
        }
        self.scanned = input.len();
        Ok(None)
    }

    /// Whether anything was looked at already.
    #[must_use]
    pub(crate) fn has_begun(&self) -> bool {
        self.scanned > 0
    }

    /// Whether the request line has come whole.
    #[must_use]
    pub fn has_request_line(&self) -> bool {
        self.line_start > 0
    }
}

/// The end of a head that is all there and whose lines all end as they should.
fn whole(input: &[u8]) -> Option<usize> {
    static END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\r\n\r\n"));
    if matches!(input.first(), None | Some(b'\r' | b'\n')) {
        return None;
    }
    let head = input.get(..END.find(input)? + 4)?;
    let pairs = head.iter().zip(head.get(1..)?);
    let bare = pairs.fold(false, |bare, (before, byte)| bare | ((*byte == b'\n') & (*before != b'\r')));
    (!bare).then_some(head.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_end_is_found_however_the_head_arrives() {
        let input = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nrest";
        let mut scan = HeadScan::default();
        for arrived in 0..27 {
            assert_eq!(scan.scan(&input[..arrived]), Ok(None), "{arrived}");
        }
        assert_eq!(scan.scan(input), Ok(Some(27)));
    }

    #[test]
    fn a_bare_line_feed_is_refused_at_once() {
        for input in [&b"GET / HTTP/1.1\n"[..], b"GET / HTTP/1.1\r\nA: b\n", b"\n", b"GET / HTTP/1.1\r\n\n"] {
            assert_eq!(HeadScan::default().scan(input), Err(Refusal::BareLineFeed), "{input:?}");
        }
    }

    #[test]
    fn an_empty_line_in_front_has_two_bytes() {
        assert_eq!(HeadScan::default().scan(b"\r\nGET / HTTP/1.1\r\n"), Ok(Some(2)));
    }

    proptest! {
        #[test]
        fn the_split_does_not_matter(input in "[a\r\n]{0,12}", at in 0usize..12) {
            let input = input.as_bytes();
            let whole = HeadScan::default().scan(input);
            let mut scan = HeadScan::default();
            let parts = match scan.scan(&input[..at.min(input.len())]) {
                Ok(None) => scan.scan(input),
                decided => decided,
            };
            prop_assert_eq!(parts, whole);
        }
    }
}
