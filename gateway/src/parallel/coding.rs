//! Content codings (RFC 9110 section 8.4) taken off answers that differ, so that what is compared is what was meant: two
//! sides may compress the same text into different bytes.
//!
//! Sides are asked with the client's own `Accept-Encoding`: another one would ask another question, and answers that are
//! compressed alike are equal to the byte without being decoded at all.

use crate::parallel::taken::Fields;
use brotli_decompressor::Decompressor;
use bytes::Bytes;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use std::io::Read;

/// The most that a body may grow to, bytes; one that grows further is compared as it came.
pub(crate) const DECODED_MAX_BYTES: u64 = 4 * 1024 * 1024;
/// Room that a decoder of brotli reads with.
const BROTLI_BUFFER_BYTES: usize = 4096;

const CONTENT_ENCODING: &str = "content-encoding";

/// The body without its coding, and the fields without the one that names it. Where there is none, or one that cannot be
/// taken off, both are as they came.
pub(crate) fn decoded<'a>(body: &Bytes, mut fields: Fields<'a>) -> (Bytes, Fields<'a>) {
    let mut codings = fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case(CONTENT_ENCODING));
    let decoded = match (codings.next(), codings.next()) {
        (Some((_, coding)), None) => decode(body, coding.trim_ascii()),
        _ => None,
    };
    match decoded {
        Some(decoded) => {
            fields.retain(|(name, _)| !name.eq_ignore_ascii_case(CONTENT_ENCODING));
            (decoded.into(), fields)
        }
        None => (body.clone(), fields),
    }
}

fn decode(body: &[u8], coding: &[u8]) -> Option<Vec<u8>> {
    match coding.to_ascii_lowercase().as_slice() {
        b"gzip" | b"x-gzip" => read(MultiGzDecoder::new(body)),
        b"deflate" => read(ZlibDecoder::new(body)),
        b"br" => read(Decompressor::new(body, BROTLI_BUFFER_BYTES)),
        _ => None,
    }
}

fn read(decoder: impl Read) -> Option<Vec<u8>> {
    let mut decoded = Vec::new();
    let read = decoder.take(DECODED_MAX_BYTES + 1).read_to_end(&mut decoded).ok()?;
    (read as u64 <= DECODED_MAX_BYTES).then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::read::{GzEncoder, ZlibEncoder};

    fn all(mut from: impl Read) -> Bytes {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        bytes.into()
    }

    fn fields<'a>(coding: &'a [u8]) -> Fields<'a> {
        vec![("Content-Encoding", coding), ("x", b"1")]
    }

    #[test]
    fn codings_are_taken_off() {
        let text = b"the same text ".repeat(100);
        // What `brotli` of Python makes of "hello".
        let brotli = Bytes::from_static(b"\x0b\x02\x80hello\x03");
        for (coding, body, expected) in [
            ("gzip", all(GzEncoder::new(&*text, Compression::best())), &text[..]),
            ("X-GZIP ", all(GzEncoder::new(&*text, Compression::fast())), &text),
            ("deflate", all(ZlibEncoder::new(&*text, Compression::fast())), &text),
            ("br", brotli, b"hello"),
        ] {
            let (body, rest) = decoded(&body, fields(coding.as_bytes()));
            assert_eq!(body, expected, "{coding}");
            assert_eq!(rest, [("x", &b"1"[..])], "{coding}");
        }
    }

    #[test]
    fn what_cannot_be_decoded_stays_as_it_came() {
        let broken = Bytes::from_static(b"\x1f\x8bnothing");
        let bomb = all(GzEncoder::new(std::io::repeat(0).take(DECODED_MAX_BYTES + 1), Compression::best()));
        for (coding, body) in [("gzip", &broken), ("gzip", &bomb), ("zstd", &broken), ("gzip, br", &broken)] {
            let (same, rest) = decoded(body, fields(coding.as_bytes()));
            assert_eq!((&same, rest.len()), (body, 2), "{coding}");
        }
        assert_eq!(decoded(&broken, vec![("x", b"1")]), (broken.clone(), vec![("x", &b"1"[..])]));
    }
}
