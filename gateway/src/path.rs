//! The path of a request, refused where two readers could understand it differently.
//!
//! The gateway chooses the side by the path, and the side chooses its handler by the path. Servers disagree about
//! `//`, `..`, `%2f`, `\` and `;`, and whoever finds such a spelling reaches a handler by a route that was not
//! meant for it. RFC 3986 §6.2.2 asks clients to send paths in normal form; what is not, is answered with 400
//! instead of being repaired, because a repair here would be one more reading that the others do not share.

mod decode;
#[cfg(test)]
mod tests;

pub(crate) use decode::{SEGMENT_MAX_BYTES, decode, escape};

use std::fmt;
use wide::u8x16;

/// Why a path is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// It does not start with `/`.
    #[error("the path must start with a slash")]
    NotAbsolute,
    /// A byte that no path may have: a control character, a space, `#`, a backslash, or a byte beyond ASCII.
    #[error("the path has a byte that must be percent-encoded")]
    ForbiddenByte,
    /// `%` without two hexadecimal digits.
    #[error("the path has a percent sign without two hexadecimal digits")]
    BadEscape,
    /// `%2f` or `%5c`: a separator for one server, data for another.
    #[error("the path has an encoded slash or backslash")]
    EncodedSeparator,
    /// `%00` to `%1f`, `%7f`.
    #[error("the path has an encoded control character")]
    EncodedControl,
    /// `.` or `..` as a segment, encoded or not, also with parameters as in `..;x`.
    #[error("the path has a dot segment")]
    DotSegment,
    /// Two slashes in a row.
    #[error("the path has an empty segment")]
    EmptySegment,
}

/// A path that everybody reads in the same way: starts with `/`, printable ASCII, whole escapes, no dot segments,
/// no empty segment but the last one (which makes the trailing slash).
///
/// Escapes stay as they were sent, for whoever is asked next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CleanPath<'a> {
    path: &'a str,
    has_escapes: bool,
}

impl<'a> CleanPath<'a> {
    /// Checks a path (without query).
    ///
    /// # Errors
    /// The first fault that makes the path ambiguous.
    pub fn new(path: &'a str) -> Result<Self, PathFault> {
        if is_plain(path.as_bytes()) {
            return Ok(Self { path, has_escapes: false });
        }
        let Some(relative) = path.strip_prefix('/') else { return Err(PathFault::NotAbsolute) };
        let mut rest = Some(relative.as_bytes());
        while let Some(begun) = rest {
            let segment;
            (segment, rest) = first_segment(begun);
            if segment.is_empty() && rest.is_some() {
                return Err(PathFault::EmptySegment);
            }
            check_segment(segment)?;
        }
        Ok(Self { path, has_escapes: path.contains('%') })
    }

    /// The path as it was sent.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.path
    }

    /// Whether some of its bytes are said by escapes.
    pub(crate) const fn has_escapes(self) -> bool {
        self.has_escapes
    }

    /// The parts between the slashes, still encoded. Only the last may be empty: `/a/` has `a` and ``.
    pub(crate) fn segments(self) -> impl Iterator<Item = &'a str> {
        let mut rest = self.path.get(1..);
        std::iter::from_fn(move || {
            let begun = rest?;
            let (segment, behind) = first_segment(begun.as_bytes());
            rest = behind.and_then(|behind| begun.get(begun.len() - behind.len()..));
            begun.get(..segment.len())
        })
    }
}

impl fmt::Debug for CleanPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.path, f)
    }
}

impl fmt::Display for CleanPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path)
    }
}

/// The bytes up to a slash, and those behind it; `None` without one. Segments are short: a search that is made for long
/// texts costs more than it finds.
fn first_segment(path: &[u8]) -> (&[u8], Option<&[u8]>) {
    let end = path.iter().position(|byte| *byte == b'/').unwrap_or(path.len());
    (path.get(..end).unwrap_or_default(), path.get(end + 1..))
}

/// Bytes that may stand in a segment as they are; `%` begins an escape.
#[expect(clippy::indexing_slicing, reason = "the compiler does it")]
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        plain[byte as usize] = !matches!(byte, b'%' | b'#' | b'?' | b'\\');
        byte += 1;
    }
    plain
};

/// Whether there is nothing to be looked at more closely: plain bytes only, no segment that is empty or begins with a dot.
/// Nearly all paths are like that.
fn is_plain(path: &[u8]) -> bool {
    let (chunks, rest) = path.as_chunks::<16>();
    // What is missing in the last one is taken by letters, which are plain.
    let mut last = [b'a'; 16];
    last.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
    let mut before = 0;
    let plain = chunks.iter().chain([&last]).all(|chunk| {
        let bytes = u8x16::new(*chunk);
        let is = |byte| bytes.simd_eq(u8x16::splat(byte));
        let graphic = bytes.simd_gt(u8x16::splat(b' ')) & bytes.simd_lt(u8x16::splat(0x7f));
        let special = is(b'%') | is(b'#') | is(b'?') | is(b'\\');
        let slashes = is(b'/').to_bitmask();
        // A segment begins behind a slash.
        let begins = (slashes << 1) | before;
        before = slashes >> 15;
        let ill = begins & (slashes | is(b'.').to_bitmask());
        (graphic & !special).to_bitmask() == 0xffff && ill == 0
    });
    plain && path.first() == Some(&b'/')
}

fn check_segment(segment: &[u8]) -> Result<(), PathFault> {
    let is_plain = |byte: &u8| PLAIN.get(usize::from(*byte)).copied().unwrap_or(false);
    let mut rest = segment;
    let mut escaped = false;
    while let Some(at) = rest.iter().position(|byte| !is_plain(byte)) {
        let Some([b'%', after @ ..]) = rest.get(at..) else { return Err(PathFault::ForbiddenByte) };
        let (value, after) = escape(after).ok_or(PathFault::BadEscape)?;
        check_escaped(value)?;
        rest = after;
        escaped = true;
    }
    if is_dots(segment, escaped) { Err(PathFault::DotSegment) } else { Ok(()) }
}

const fn check_escaped(value: u8) -> Result<(), PathFault> {
    match value {
        b'/' | b'\\' => Err(PathFault::EncodedSeparator),
        0..0x20 | 0x7f => Err(PathFault::EncodedControl),
        _ => Ok(()),
    }
}

/// Whether the segment is `.` or `..`, with or without parameters (`..;x` is `..` for servlet containers).
fn is_dots(segment: &[u8], escaped: bool) -> bool {
    let is = |bytes: &[u8]| matches!(bytes, b"." | b".." | [b'.', b';', ..] | [b'.', b'.', b';', ..]);
    if !escaped {
        return is(segment);
    }
    // Only the first three decoded bytes matter, and an escape takes three bytes to say one.
    let head = segment.get(..3 * 3).unwrap_or(segment);
    let mut buffer = [0; SEGMENT_MAX_BYTES];
    // A cut through an escape leaves its digits undecoded behind the bytes that matter.
    decode(head, &mut buffer).is_some_and(is)
}
