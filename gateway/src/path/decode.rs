//! Percent-decoding of one segment, without allocating.

/// The longest segment that is decoded, in bytes. No literal of a pattern is longer, so what does not fit cannot
/// equal one.
pub(crate) const SEGMENT_MAX_BYTES: usize = 255;

/// Decodes a segment as the router of actix-web does: every escape but `%25` and `%2B`, which stay as they are (and
/// thus never equal a literal, as no literal has a percent sign). `None` when the result does not fit.
pub(crate) fn decode<'b>(segment: &[u8], buffer: &'b mut [u8; SEGMENT_MAX_BYTES]) -> Option<&'b [u8]> {
    let mut length = 0;
    let mut rest = segment;
    while let Some((&byte, after)) = rest.split_first() {
        let (value, after) = match escape(after) {
            Some((value, behind)) if byte == b'%' && !matches!(value, b'%' | b'+') => (value, behind),
            _ => (byte, after),
        };
        *buffer.get_mut(length)? = value;
        length += 1;
        rest = after;
    }
    buffer.get(..length)
}

/// Reads the two digits behind a percent sign: the byte they stand for, and what follows.
pub(crate) fn escape(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (&[high, low], rest) = bytes.split_first_chunk()?;
    Some((digit(high)? << 4 | digit(low)?, rest))
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
