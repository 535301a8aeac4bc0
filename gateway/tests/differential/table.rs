//! Requests with what is known of them: which all take, which all refuse, and where ours is the stricter one.

use crate::compare::read;

/// All three accept all of these: the bytes, and how many requests they are.
const ACCEPTED: [(&str, &str, usize); 21] = [
    ("a plain GET", "GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n", 1),
    ("an empty line in front", "\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n", 1),
    ("a length", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", 1),
    ("a length with zeros", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 003\r\n\r\nabc", 1),
    ("a length of zero", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 1),
    ("a GET with a body", "GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", 1),
    (
        "a body that is a request",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 28\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n",
        1,
    ),
    (
        "chunks",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n",
        1,
    ),
    (
        "chunks in any case",
        "POST /a HTTP/1.1\r\nhOST: h\r\ntRANSFER-eNCODING: ChunkeD\r\n\r\n03\r\nabc\r\n00\r\n\r\n",
        1,
    ),
    (
        "an extension",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=\"y\"\r\nabc\r\n0;z\r\n\r\n",
        1,
    ),
    ("no chunk", "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1),
    (
        "pipelined",
        "GET /a HTTP/1.1\r\nHost: h\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nxGET /c HTTP/1.1\r\nHost: h\r\n\r\n",
        3,
    ),
    ("absolute form", "GET http://other:80/a?b HTTP/1.1\r\nHost: h\r\n\r\n", 1),
    ("absolute form without a path", "GET http://other HTTP/1.1\r\nHost: other\r\n\r\n", 1),
    ("OPTIONS of the server", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 1),
    ("an unknown method", "M-SEARCH /a HTTP/1.1\r\nHost: h\r\n\r\n", 1),
    ("white space around a value", "GET /a HTTP/1.1\r\nHost:h\r\nX: \t a b\t \r\nY:\r\n\r\n", 1),
    ("fields of one name", "GET /a HTTP/1.1\r\nHost: h\r\nX: 1\r\nx: 2\r\n\r\n", 1),
    ("bytes beyond ASCII in a value", "GET /a HTTP/1.1\r\nHost: h\r\nX: \u{e4}\r\n\r\n", 1),
    (
        "an expectation",
        "POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
        1,
    ),
    ("HTTP/1.0 that is kept", "GET /a HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n", 1),
];

/// Ours takes none of these, and at least one of the others takes something.
const STRICTER: [(&str, &str); 16] = [
    ("no Host", "GET /a HTTP/1.1\r\n\r\n"),
    ("two hosts", "GET /a HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n"),
    ("a host with a path", "GET /a HTTP/1.1\r\nHost: h/i\r\n\r\n"),
    ("LF alone", "GET /a HTTP/1.1\nHost: h\n\n"),
    ("LF alone behind a field", "GET /a HTTP/1.1\r\nHost: h\r\nX: a\nContent-Length: 3\r\n\r\nabc"),
    ("one length twice", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
    (
        "CL.TE",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "TE.CL",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    ),
    (
        "chunked last of two",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "chunked twice",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "white space behind a size",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\n",
    ),
    (
        "a trailer without a colon",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nGET /b HTTP/1.1\r\n\r\n",
    ),
    ("another expectation", "GET /a HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n\r\n"),
    ("CONNECT", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"),
    ("a target of another scheme", "GET ftp://h/a HTTP/1.1\r\nHost: h\r\n\r\n"),
    ("a target with a fragment", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n"),
];

/// Nobody takes any of these.
const REFUSED: [(&str, &str); 16] = [
    ("no version", "GET /a\r\n\r\n"),
    ("another version", "GET /a HTTP/2.0\r\nHost: h\r\n\r\n"),
    ("two spaces", "GET  /a HTTP/1.1\r\nHost: h\r\n\r\n"),
    ("a space in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"),
    ("a space before the colon", "GET /a HTTP/1.1\r\nHost: h\r\nX : a\r\n\r\n"),
    ("no name", "GET /a HTTP/1.1\r\nHost: h\r\n: a\r\n\r\n"),
    ("a folded field", "GET /a HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n"),
    ("CR alone", "GET /a HTTP/1.1\r\nHost: h\r\nX: a\rY: b\r\n\r\n"),
    ("NUL", "GET /a HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"),
    ("two lengths", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc"),
    ("a signed length", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc"),
    ("a hexadecimal length", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0x3\r\n\r\nabc"),
    (
        "a length that does not fit",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551616\r\n\r\nabc",
    ),
    ("an unknown coding", "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    (
        "a size that does not fit",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n",
    ),
    (
        "data longer than its size",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
    ),
];

#[test]
fn what_is_plain_is_read_alike_by_all() {
    for (name, bytes, count) in ACCEPTED {
        let readings = read(bytes.as_bytes());
        assert_eq!(readings.discrepancy(), None, "{name}: {readings:#?}");
        // And the last one, which is always behind.
        for reading in [&readings.ours, &readings.actix, &readings.hyper] {
            assert_eq!(reading.requests.len(), count + 1, "{name}: {readings:#?}");
        }
    }
}

#[test]
fn ours_refuses_what_only_some_refuse() {
    for (name, bytes) in STRICTER {
        let readings = read(bytes.as_bytes());
        assert_eq!(readings.ours.requests, [], "{name}: {readings:#?}");
        assert!(readings.ours.statuses.iter().all(|status| *status >= 400), "{name}: {readings:#?}");
        let somebody = [&readings.actix, &readings.hyper].iter().any(|reading| !reading.requests.is_empty());
        assert!(somebody, "{name}: belongs into the other table: {readings:#?}");
    }
}

#[test]
fn what_nobody_takes_ours_does_not_take_either() {
    for (name, bytes) in REFUSED {
        let readings = read(bytes.as_bytes());
        for reading in [&readings.ours, &readings.actix, &readings.hyper] {
            assert_eq!(reading.requests, [], "{name}: {readings:#?}");
        }
        assert!(readings.ours.statuses.iter().any(|status| *status >= 400), "{name}: {readings:#?}");
    }
}
