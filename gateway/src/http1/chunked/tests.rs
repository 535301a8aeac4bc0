//! The decoder against tables of good and bad bodies, and against every split of their bytes.

use super::*;
use proptest::prelude::*;

/// Data, bytes used, whether the body ended; or the error.
fn decode(pieces: &[&[u8]]) -> Result<(Vec<u8>, usize, bool), BadChunk> {
    let mut decoder = ChunkedDecoder::default();
    let (mut data, mut used) = (Vec::new(), 0);
    for piece in pieces {
        let mut rest = *piece;
        while !rest.is_empty() && !decoder.is_done() {
            let (step, run) = decoder.step(rest)?;
            data.extend_from_slice(run);
            used += step;
            rest = &rest[step..];
        }
    }
    Ok((data, used, decoder.is_done()))
}

#[test]
fn good_bodies() {
    for (body, data) in [
        (&b"0\r\n\r\n"[..], &b""[..]),
        (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
        (b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", b"hello world"),
        (b"A\r\n0123456789\r\n000\r\n\r\n", b"0123456789"),
        (b"a;name=value;x=\"y\"\r\n0123456789\r\n0;last\r\n\r\n", b"0123456789"),
        (b"1\r\n\r\r\n0\r\nTrailer: value\r\nOther:\r\n\r\n", b"\r"),
    ] {
        assert_eq!(decode(&[body]), Ok((data.to_vec(), body.len(), true)), "{}", body.escape_ascii());
    }
}

#[test]
fn what_follows_the_body_is_not_touched() {
    let body = b"1\r\nx\r\n0\r\n\r\nGET / HTTP/1.1\r\n";
    assert_eq!(decode(&[body]), Ok((b"x".to_vec(), 11, true)));
}

#[test]
fn bad_bodies() {
    for (name, body) in [
        ("no digit", &b"\r\n"[..]),
        ("a sign", b"+5\r\nhello\r\n0\r\n\r\n"),
        ("a prefix", b"0x5\r\nhello\r\n"),
        ("no hexadecimal digit", b"g\r\n"),
        ("a space in front", b" 5\r\nhello"),
        ("a space behind", b"5 \r\nhello"),
        ("a size that does not fit", b"ffffffffffffffff\r\n"),
        ("endless zeros", b"0000000000000005\r\nhello"),
        ("size ended by LF", b"5\nhello\r\n0\r\n\r\n"),
        ("size ended by CR", b"5\rhello\r\n"),
        ("LF in an extension", b"5;a\nhello\r\n"),
        ("NUL in an extension", b"5;a\0\r\nhello\r\n"),
        ("data longer than its size", b"4\r\nhello\r\n0\r\n\r\n"),
        ("data ended by LF", b"5\r\nhello\n0\r\n\r\n"),
        ("data ended by CR", b"5\r\nhello\r0\r\n\r\n"),
        ("end ended by LF", b"0\r\n\n"),
        ("end with a bare CR", b"0\r\n\rX"),
        ("trailer without colon", b"0\r\nGET / HTTP/1.1\r\n\r\n"),
        ("trailer without name", b"0\r\n: x\r\n\r\n"),
        ("folded trailer", b"0\r\nA: b\r\n c\r\n\r\n"),
        ("trailer ended by LF", b"0\r\nA: b\n\r\n"),
        ("control character in a trailer", b"0\r\nA: \x01\r\n\r\n"),
    ] {
        assert_eq!(decode(&[body]), Err(BadChunk), "{name}");
    }
}

#[test]
fn what_is_thrown_away_is_bounded() {
    let mut extensions = b"0;".to_vec();
    extensions.resize(2 + usize::from(EXTENSIONS_MAX_BYTES), b'x');
    let mut trailers = b"0\r\nA".to_vec();
    trailers.resize(3 + usize::from(TRAILERS_MAX_BYTES), b'x');
    for mut body in [extensions, trailers] {
        assert!(decode(&[&body]).is_ok());
        body.push(b'x');
        assert_eq!(decode(&[&body]), Err(BadChunk));
    }
}

#[test]
fn extensions_are_bounded_over_all_chunks() {
    let body = b"1;123456789\r\nx\r\n".repeat(1_000);
    assert_eq!(decode(&[&body]), Err(BadChunk));
}

proptest! {
    #[test]
    fn any_split_gives_the_same(
        chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..40), 0..6),
        break_at in proptest::option::of((any::<prop::sample::Index>(), any::<u8>())),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let mut body = Vec::new();
        for chunk in &chunks {
            body.extend_from_slice(format!("{:x};e\r\n", chunk.len()).as_bytes());
            body.extend_from_slice(chunk);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"0\r\nT: v\r\n\r\nnext");
        if let Some((at, byte)) = break_at {
            let at = at.index(body.len());
            body[at] = byte;
        }
        let whole = decode(&[&body]);
        if break_at.is_none() {
            prop_assert_eq!(&whole, &Ok((chunks.concat(), body.len() - 4, true)));
        }
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len())).collect();
        cuts.extend([0, body.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &body[cut[0]..cut[1]]).collect();
        prop_assert_eq!(decode(&pieces), whole);
    }

    #[test]
    fn arbitrary_bytes_never_fail_hard(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&[&body]);
    }
}
