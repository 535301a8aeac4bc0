//! What an upstream may say, and what it may not.

use super::*;
use crate::http1::field_slots;
use proptest::prelude::*;

fn framing(raw: &str, to_head: bool) -> Result<(AnswerFraming, bool), BadAnswer> {
    let raw = raw.replace('\n', "\r\n");
    let end = scan(&mut HeadScan::default(), raw.as_bytes())?.unwrap();
    let mut slots = field_slots();
    parse(&raw.as_bytes()[..end], &mut slots, to_head).map(|head| (head.framing, head.keep))
}

#[test]
fn bodies_end_where_the_head_says() {
    use AnswerFraming::{Chunked, Length, None as NoBody, UntilClose};
    for (head, expected) in [
        ("HTTP/1.1 200 OK\nContent-Length: 5\n\n", (Length(5), true)),
        ("HTTP/1.1 200\nTransfer-Encoding: chunked\n\n", (Chunked, true)),
        ("HTTP/1.1 200 OK\nConnection: close\n\n", (UntilClose, false)),
        ("HTTP/1.1 200 OK\n\n", (UntilClose, true)),
        ("HTTP/1.0 200 OK\nContent-Length: 5\n\n", (Length(5), false)),
        ("HTTP/1.0 200 OK\nContent-Length: 5\nConnection: Keep-Alive\n\n", (Length(5), true)),
        ("HTTP/1.1 204 No\nContent-Length: 5\n\n", (NoBody(None), true)),
        ("HTTP/1.1 304 Not\nContent-Length: 5\n\n", (NoBody(Some(5)), true)),
        ("HTTP/1.1 103 Early\n\n", (NoBody(None), true)),
    ] {
        assert_eq!(framing(head, false), Ok(expected), "{head}");
    }
    let head = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n";
    assert_eq!(framing(head, true), Ok((NoBody(None), true)));
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    use BadAnswer::{Field, Length, NotHttp, StatusCode, TransferEncoding};
    for (head, expected) in [
        ("HTTP/1.1 200 OK\nContent-Length: 5\nTransfer-Encoding: chunked\n\n", Length),
        ("HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 6\n\n", Length),
        ("HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 5\n\n", Length),
        ("HTTP/1.1 200 OK\nContent-Length: 5, 5\n\n", Length),
        ("HTTP/1.1 200 OK\nContent-Length: +5\n\n", Length),
        ("HTTP/1.1 200 OK\nContent-Length: 99999999999999999999\n\n", Length),
        ("HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked\n\n", TransferEncoding),
        ("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n", TransferEncoding),
        ("HTTP/1.0 200 OK\nTransfer-Encoding: chunked\n\n", TransferEncoding),
        ("HTTP/1.1 200 OK\nA : b\n\n", Field),
        ("HTTP/1.1 200 OK\nA: b\n folded\n\n", Field),
        ("HTTP/1.1 099 OK\n\n", StatusCode),
        ("HTTP/1.1 600 OK\n\n", StatusCode),
        ("HTTP/2.0 200 OK\n\n", NotHttp),
        ("HTTP/1.7 200 OK\n\n", NotHttp),
        ("\nHTTP/1.1 200 OK\n\n", NotHttp),
        ("ICY 200 OK\n\n", NotHttp),
    ] {
        assert_eq!(framing(head, false), Err(expected), "{head}");
    }
    let bare = b"HTTP/1.1 200 OK\nA: b\r\n\r\n";
    assert_eq!(scan(&mut HeadScan::default(), bare), Err(BadAnswer::BareLineFeed));
}

#[test]
fn heads_have_limits() {
    let fields = |count: usize| format!("HTTP/1.1 200 OK\n{}\n", "A: b\n".repeat(count));
    assert_eq!(framing(&fields(100), false), Ok((AnswerFraming::UntilClose, true)));
    assert_eq!(framing(&fields(101), false), Err(BadAnswer::TooManyFields));
    let long = format!("HTTP/1.1 200 OK\nA: {}", "b".repeat(HEAD_MAX_BYTES));
    assert_eq!(framing(&long, false), Err(BadAnswer::HeadTooLarge));
    let (whole, mut slots) = (format!("{long}\n\n").replace('\n', "\r\n"), field_slots());
    let arrived = arrived(whole.as_bytes(), &mut HeadScan::default(), &mut slots, false);
    assert_eq!(arrived.err(), Some(BadAnswer::HeadTooLarge), "all of it at once");
    assert_eq!(scan(&mut HeadScan::default(), b"HTTP/1.1 200"), Ok(None));
    assert_eq!(scan(&mut HeadScan::default(), b"GARB"), Err(BadAnswer::NotHttp));
}

proptest! {
    #[test]
    fn no_bytes_make_it_fail_hard(raw in "(HTTP/1.[01] [0-9]{3} )?[ -~\r\n]{0,80}\r\n\r\n") {
        if let Ok(Some(end)) = scan(&mut HeadScan::default(), raw.as_bytes()) {
            let mut slots = field_slots();
            let _ = parse(&raw.as_bytes()[..end], &mut slots, false);
        }
    }
}
