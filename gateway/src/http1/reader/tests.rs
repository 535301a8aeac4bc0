//! Sixteen bytes at once are read as one by one.

use super::*;
use proptest::prelude::*;

/// What `run` must find, byte by byte.
fn one_by_one(bytes: &[u8], good: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|&byte| !good(byte)).unwrap_or(bytes.len())
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_of_target(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'#'
}

fn is_of_value(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}

/// The lengths of the token, the target and the value that bytes begin with.
fn lengths(bytes: &[u8]) -> [usize; 3] {
    [
        token_length(bytes),
        run(bytes, kinds::beyond_target, |byte| class(byte) & TARGET != 0),
        run(bytes, kinds::controls, is_of_value),
    ]
}

fn expected(bytes: &[u8]) -> [usize; 3] {
    [one_by_one(bytes, is_token), one_by_one(bytes, is_of_target), one_by_one(bytes, is_of_value)]
}

#[test]
fn each_byte_is_judged_by_itself_wherever_it_stands() {
    for byte in 0..=u8::MAX {
        for other in [0, b'\t', b' ', b'#', b':', b'a', b'Z', 0x7f, 0x80, 0xff] {
            for place in 0..19 {
                let mut bytes = *b"Accept-EncodingzAZ-";
                bytes[place] = byte;
                bytes[(place + 1) % 19] = other;
                assert_eq!(lengths(&bytes), expected(&bytes), "{byte:#x} at {place}, then {other:#x}");
            }
        }
    }
}

#[test]
fn what_is_missing_is_told_from_what_is_wrong() {
    let read = |raw: &[u8]| {
        let mut slots = field_slots();
        Reader::new(raw).fields(&mut slots, |_| ()).map(|()| slots.len())
    };
    let whole = b"Host: a\r\nX:  b\tc \r\n\r\n";
    for end in 0..whole.len() {
        assert_eq!(read(&whole[..end]), Err(Fault::Partial), "{end}");
    }
    assert_eq!(read(whole), Ok(2));
    for wrong in [": a\r\n", "a b: c\r\n", "a: b\n\r\n", "a: b\rc", "a: \0", "\ra: b", "\n", "a:\r\r"] {
        assert_eq!(read(wrong.as_bytes()), Err(Fault::Field), "{wrong:?}");
    }
    for (line, expected) in [
        ("GET / ", Ok(true)),
        ("GET /# ", Ok(false)),
        ("GET /\u{e4} ", Ok(false)),
        ("GET", Err(Fault::Partial)),
        ("GET /abc", Err(Fault::Partial)),
        ("GET /#abc", Err(Fault::Partial)),
        (" / ", Err(Fault::FirstLine)),
        ("GET  ", Err(Fault::FirstLine)),
        ("GET /\r\n", Err(Fault::FirstLine)),
    ] {
        let mut reader = Reader::new(line.as_bytes());
        let plain = reader.method().and_then(|_| reader.target()).map(|(_, plain)| plain);
        assert_eq!(plain, expected, "{line:?}");
    }
}

#[test]
fn versions_and_status_lines() {
    let read = |line: &str| {
        let mut reader = Reader::new(line.as_bytes());
        let digit = 1 - reader.either([b"HTTP/1.1 ", b"HTTP/1.0 "])?;
        let (status, reason) = reader.status()?;
        Ok((digit, status, String::from_utf8_lossy(reason).into_owned()))
    };
    assert_eq!(read("HTTP/1.1 200 All right\r\n"), Ok((1, 200, "All right".into())));
    assert_eq!(read("HTTP/1.0 404 \r\n"), Ok((0, 404, String::new())));
    assert_eq!(read("HTTP/1.1 599\r\n"), Ok((1, 599, String::new())));
    for partial in
        ["", "HTT", "HTTP/1.", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20", "HTTP/1.1 200", "HTTP/1.1 200 O\r"]
    {
        assert_eq!(read(partial), Err(Fault::Partial), "{partial}");
    }
    for wrong in [
        "HTTP/1.2 ",
        "HTTP/2.0 ",
        "http/1.1 ",
        "HTTP/1.1200",
        "HTTP/1.1 2x0 ",
        "HTTP/1.1 2000 ",
        "HTTP/1.1 200 \0",
    ] {
        assert_eq!(read(wrong), Err(Fault::FirstLine), "{wrong}");
    }
}

proptest! {
    #[test]
    fn sixteen_at_once_are_as_one_by_one(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        prop_assert_eq!(lengths(&bytes), expected(&bytes));
    }

    #[test]
    fn values_are_trimmed(value in "[ \t]{0,3}[!-~]{0,3}[ \t]{0,3}[!-~]{0,3}[ \t]{0,3}") {
        let expected = value.trim_matches([' ', '\t']);
        prop_assert_eq!(trim(value.as_bytes()), expected.as_bytes());
    }
}
