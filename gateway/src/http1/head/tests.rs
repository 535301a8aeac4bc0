//! Each way to smuggle or to confuse by name, and that nothing makes the parser fail hard.

use super::*;
use crate::http1::{FIELDS_MAX, HeadScan, field_slots};
use proptest::prelude::*;

/// Runs `check` on what `raw` parses to.
fn with<T>(raw: &[u8], check: impl FnOnce(&RequestHead<'_>) -> T) -> Result<T, Refusal> {
    let end = HeadScan::default().scan(raw)?.expect("a whole head");
    assert_eq!(end, raw.len());
    let mut slots = field_slots();
    parse(raw, &mut slots, 1_000).map(|head| check(&head))
}

fn fields(lines: &str) -> Result<Framing, Refusal> {
    with(format!("POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n").as_bytes(), |head| head.framing)
}

fn line(line: &str) -> Result<(), Refusal> {
    with(format!("{line}\r\nHost: a\r\n\r\n").as_bytes(), |_| ())
}

#[test]
fn a_plain_head_is_read() {
    let raw = b"POST /a?b HTTP/1.1\r\nHost: example.com\r\nContent-Length: 5\r\nX-Y:\t z \r\nExpect: 100-Continue\r\n\r\n";
    with(raw, |head| {
        assert_eq!((head.method, head.target.path, head.target.query), ("POST", "/a", Some("b")));
        assert_eq!((head.host, head.version), (Some("example.com"), Version::Http11));
        assert_eq!((head.framing, head.keep_alive, head.expects_continue), (Framing::Length(5), true, true));
        assert_eq!(head.header("x-y"), Some(&b"z"[..]));
        assert_eq!(head.headers().count(), 4);
    })
    .unwrap();
}

#[test]
fn the_target_names_the_host_before_the_field_does() {
    let raw = b"GET http://one/a HTTP/1.1\r\nHost: two\r\n\r\n";
    assert_eq!(with(raw, |head| head.host.map(str::to_owned)), Ok(Some("one".to_owned())));
}

#[test]
fn framing_that_is_clear() {
    assert_eq!(fields(""), Ok(Framing::None));
    assert_eq!(fields("Content-Length: 0\r\n"), Ok(Framing::None));
    assert_eq!(fields("content-length: 007\r\n"), Ok(Framing::Length(7)));
    assert_eq!(fields("Transfer-Encoding: Chunked \r\n"), Ok(Framing::Chunked));
}

#[test]
fn framing_that_is_not_clear() {
    use Refusal::{ChunkedNotLast, ContentLength, ContentLengthRepeated, TwoLengths, UnknownCoding};
    for (name, lines, refusal) in [
        ("CL.TE", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", TwoLengths),
        ("TE.CL", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", TwoLengths),
        ("CL.0 with TE", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", TwoLengths),
        ("differing lengths", "Content-Length: 5\r\nContent-Length: 6\r\n", ContentLengthRepeated),
        ("equal lengths twice", "Content-Length: 5\r\ncontent-length: 5\r\n", ContentLengthRepeated),
        ("listed lengths", "Content-Length: 5, 5\r\n", ContentLength),
        ("signed length", "Content-Length: +5\r\n", ContentLength),
        ("negative length", "Content-Length: -5\r\n", ContentLength),
        ("empty length", "Content-Length:\r\n", ContentLength),
        ("hexadecimal length", "Content-Length: 0x5\r\n", ContentLength),
        ("length with a space", "Content-Length: 1 0\r\n", ContentLength),
        ("length that does not fit", "Content-Length: 18446744073709551616\r\n", ContentLength),
        ("TE.TE", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", ChunkedNotLast),
        ("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", ChunkedNotLast),
        ("chunked twice in one line", "Transfer-Encoding: chunked, chunked\r\n", ChunkedNotLast),
        ("chunked not last", "Transfer-Encoding: chunked, gzip\r\n", ChunkedNotLast),
        ("empty coding", "Transfer-Encoding:\r\n", ChunkedNotLast),
        ("unknown coding before chunked", "Transfer-Encoding: gzip, chunked\r\n", UnknownCoding),
        ("unknown coding", "Transfer-Encoding: gzip\r\n", UnknownCoding),
        ("identity", "Transfer-Encoding: identity\r\n", UnknownCoding),
        ("nearly chunked", "Transfer-Encoding: xchunked\r\n", UnknownCoding),
        ("quoted", "Transfer-Encoding: \"chunked\"\r\n", UnknownCoding),
        ("with a parameter", "Transfer-Encoding: chunked;a=b\r\n", UnknownCoding),
    ] {
        assert_eq!(fields(lines), Err(refusal), "{name}");
    }
}

#[test]
fn http_1_0_knows_no_chunks() {
    let raw = b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(with(raw, |_| ()), Err(Refusal::TransferEncodingOn10));
}

#[test]
fn lines_that_two_readers_read_in_two_ways() {
    for (name, lines) in [
        ("obs-fold with a space", "A: b\r\n c\r\n"),
        ("obs-fold with a tab", "A: b\r\n\tc\r\n"),
        ("fold before the first field", " A: b\r\n"),
        ("space before the colon", "Transfer-Encoding : chunked\r\n"),
        ("tab before the colon", "Content-Length\t: 5\r\n"),
        ("no colon", "Transfer-Encoding\r\n"),
        ("no name", ": a\r\n"),
        ("space in the name", "A B: c\r\n"),
        ("NUL in the name", "A\0B: c\r\n"),
        ("letter beyond ASCII in the name", "\u{e4}: c\r\n"),
        ("NUL in the value", "A: b\0c\r\n"),
        ("escape in the value", "A: b\x1bc\r\n"),
        ("DEL in the value", "A: b\x7fc\r\n"),
        ("vertical tab in front of the value", "Transfer-Encoding:\x0bchunked\r\n"),
        ("bare CR in the value", "A: b\rTransfer-Encoding: chunked\r\n"),
        ("bare CR at the end of the value", "A: b\r\r\n"),
        ("bare CR in front of the name", "\rA: b\r\n"),
    ] {
        assert_eq!(fields(lines), Err(Refusal::Field), "{name}");
    }
    assert_eq!(fields("A: b\n"), Err(Refusal::BareLineFeed), "bare LF");
    assert_eq!(fields("A: b\n\nGET / HTTP/1.1\r\n"), Err(Refusal::BareLineFeed), "bare LF twice");
}

#[test]
fn the_host_is_there_once() {
    let host = |lines: &str| with(format!("GET / HTTP/1.1\r\n{lines}\r\n").as_bytes(), |_| ());
    assert_eq!(host(""), Err(Refusal::HostMissing));
    assert_eq!(host("Host: a\r\nhost: a\r\n"), Err(Refusal::HostRepeated));
    for value in ["", "a b", "a,b:c", "u@a", "a/b", "[::1", "a:99999999"] {
        assert_eq!(host(&format!("Host: {value}\r\n")), Err(Refusal::Host), "{value}");
    }
    assert_eq!(with(b"GET / HTTP/1.0\r\n\r\n", |head| head.host.is_none()), Ok(true));
    assert_eq!(with(b"GET http://a/ HTTP/1.1\r\n\r\n", |_| ()), Err(Refusal::HostMissing));
}

#[test]
fn request_lines() {
    for good in ["GET / HTTP/1.1", "M-SEARCH * HTTP/1.1", "OPTIONS * HTTP/1.1", "GET //a HTTP/1.1"] {
        let expected = if good.starts_with('M') { Err(Refusal::Target) } else { Ok(()) };
        assert_eq!(line(good), expected, "{good}");
    }
    for other_version in ["GET / HTTP/2.0", "PRI * HTTP/2.0", "GET / HTTP/0.9", "GET / HTTP/1.2"] {
        assert_eq!(line(other_version), Err(Refusal::Version), "{other_version}");
    }
    for bad in [
        "GET /",
        "GET  / HTTP/1.1",
        "GET /  HTTP/1.1",
        "GET / HTTP/1.1 ",
        "GET / http/1.1",
        " GET / HTTP/1.1",
    ] {
        assert!(matches!(line(bad), Err(Refusal::RequestLine | Refusal::Field)), "{bad}: {:?}", line(bad));
    }
    for bad in
        ["GET /\r HTTP/1.1", "GET /\0 HTTP/1.1", "GET /\x7f HTTP/1.1", "G\tT / HTTP/1.1", "GET /\t/ HTTP/1.1"]
    {
        assert_eq!(line(bad), Err(Refusal::RequestLine), "{}", bad.escape_debug());
    }
    assert_eq!(line("CONNECT a:443 HTTP/1.1"), Err(Refusal::Connect));
    assert_eq!(line(&format!("GET /{} HTTP/1.1", "a".repeat(1_000))), Err(Refusal::TargetTooLong));
    assert_eq!(line("GET /\u{e4} HTTP/1.1"), Err(Refusal::Target));
}

#[test]
fn the_number_of_fields_is_bounded() {
    assert_eq!(fields(&"A: b\r\n".repeat(FIELDS_MAX - 1)), Ok(Framing::None));
    assert_eq!(fields(&"A: b\r\n".repeat(FIELDS_MAX)), Err(Refusal::TooManyFields));
}

#[test]
fn who_keeps_the_connection() {
    let keeps = |version: &str, connection: &str| {
        let raw = format!("GET / HTTP/{version}\r\nHost: a\r\nConnection: {connection}\r\n\r\n");
        with(raw.as_bytes(), |head| head.keep_alive).unwrap()
    };
    for (version, connection, kept) in [
        ("1.1", "", true),
        ("1.1", "upgrade , Close", false),
        ("1.1", "closed", true),
        ("1.0", "", false),
        ("1.0", "Keep-Alive", true),
        ("1.0", "keep-alive, close", false),
    ] {
        assert_eq!(keeps(version, connection), kept, "{version} {connection}");
    }
}

#[test]
fn two_traces_are_none() {
    let trace = |lines: &str| {
        let raw = format!("GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n");
        with(raw.as_bytes(), |head| head.traceparent.map(<[u8]>::to_vec)).unwrap()
    };
    assert_eq!(trace(""), None);
    assert_eq!(trace("Traceparent: a\r\n"), Some(b"a".to_vec()));
    assert_eq!(trace("traceparent: a\r\ntraceparent: b\r\n"), Some(Vec::new()));
}

#[test]
fn only_one_expectation_is_known() {
    assert_eq!(fields("Expect: 200-ok\r\n"), Err(Refusal::Expectation));
    assert_eq!(fields("Expect: 100-continue, x\r\n"), Err(Refusal::Expectation));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_fail_hard(raw in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut slots = field_slots();
        let _ = parse(&raw, &mut slots, 100);
    }

    #[test]
    fn broken_heads_never_fail_hard(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut raw = b"POST http://h:1/a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: a\r\n\r\n".to_vec();
        let at = at.index(raw.len());
        raw[at] = byte;
        let mut slots = field_slots();
        if let Ok(head) = parse(&raw, &mut slots, 100) {
            prop_assert!(head.host.is_some());
            prop_assert!(head.headers().all(|(_, value)| !value.contains(&b'\n') && !value.contains(&b'\r')));
        }
    }
}
