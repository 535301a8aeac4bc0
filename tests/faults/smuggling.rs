//! HTTP that two readers could read in two ways is refused, once, and nothing that is hidden in it is ever answered.

use serde_json::{Value, json};
use testkit::{Backend, Banyan, RawAnswer, both_backends, raw};

/// What is hidden: it would make an account.
const HIDDEN: &str = "POST /api/users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 54\r\n\r\n\
                      {\"nickname\": \"mallory\", \"password\": \"mallory's horse\"}";

/// Name, head after `POST /api/users HTTP/1.1\r\nHost: a\r\n`, and body; the hidden request follows each.
const FRAMING: [(&str, &str, &str); 24] = [
    ("CL.TE", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    ("TE.CL", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
    ("CL 0 and TE", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    ("two lengths", "Content-Length: 2\r\nContent-Length: 0\r\n", "{}"),
    ("one length twice", "Content-Length: 2\r\nContent-Length: 2\r\n", "{}"),
    ("a list of lengths", "Content-Length: 2, 2\r\n", "{}"),
    ("a signed length", "Content-Length: +2\r\n", "{}"),
    ("a negative length", "Content-Length: -1\r\n", ""),
    ("a hexadecimal length", "Content-Length: 0x2\r\n", "{}"),
    ("a length that does not fit", "Content-Length: 18446744073709551618\r\n", "{}"),
    ("an empty length", "Content-Length:\r\n", ""),
    ("a space before the colon", "Content-Length : 2\r\n", "{}"),
    ("a folded length", "Content-Length:\r\n 2\r\n", "{}"),
    ("a folded field", "X: a\r\n\tb\r\nContent-Length: 2\r\n", "{}"),
    ("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    ("chunked, chunked", "Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"),
    ("chunked not last", "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
    ("TE with a space", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
    ("TE with a vertical tab", "Transfer-Encoding: \u{b}chunked\r\n", "0\r\n\r\n"),
    ("a bare LF", "Content-Length: 2\nX: a\r\n", "{}"),
    ("a bare CR", "X: a\rContent-Length: 2\r\n", ""),
    ("a NUL in a value", "X: a\0b\r\n", ""),
    ("a control character in a name", "X\u{1}: a\r\n", ""),
    ("DEL in a value", "X: a\u{7f}b\r\n", ""),
];

/// Chunked bodies that break the grammar of RFC 9112, 7.1.
const CHUNKS: [(&str, &str); 10] = [
    ("no size", "\r\n{}\r\n0\r\n\r\n"),
    ("no hexadecimal size", "x\r\n{}\r\n0\r\n\r\n"),
    ("a signed size", "+2\r\n{}\r\n0\r\n\r\n"),
    ("0x", "0x2\r\n{}\r\n0\r\n\r\n"),
    ("a size that does not fit", "10000000000000002\r\n{}\r\n0\r\n\r\n"),
    ("a space before the size", " 2\r\n{}\r\n0\r\n\r\n"),
    ("LF after the size", "2\n{}\r\n0\r\n\r\n"),
    ("more data than said", "1\r\n{}\r\n0\r\n\r\n"),
    ("LF after the data", "2\r\n{}\n0\r\n\r\n"),
    ("a control character in an extension", "2;a=\u{1}\r\n{}\r\n0\r\n\r\n"),
];

/// Whole heads whose first line or host is not as it must be.
const HEADS: [(&str, &str); 14] = [
    ("no host", "POST /api/users HTTP/1.1\r\n\r\n"),
    ("two hosts", "POST /api/users HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
    ("a host with a path", "POST /api/users HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    ("a host with a space", "POST /api/users HTTP/1.1\r\nHost: a b\r\n\r\n"),
    ("a host with a user", "POST /api/users HTTP/1.1\r\nHost: u@a\r\n\r\n"),
    ("two spaces", "POST  /api/users HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("a tab", "POST\t/api/users\tHTTP/1.1\r\nHost: a\r\n\r\n"),
    ("no version", "POST /api/users\r\nHost: a\r\n\r\n"),
    ("a control character in the target", "POST /api/\u{1}users HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("a space in the target", "POST /api users HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("no method", " /api/users HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("a method that is no token", "PO(ST /api/users HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("a field without a name", "POST /api/users HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n"),
    ("a field without a colon", "POST /api/users HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n"),
];

/// Refused once, as a problem with the request's id, and the connection is closed.
fn expect_refused(name: &str, answer: &RawAnswer) {
    let text = answer.text();
    assert_eq!(answer.statuses(), [400], "{name}: {text}");
    assert!(answer.closed, "{name}: where the next request begins is not known: {text}");
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let field = |wanted: &str| {
        let fields = head.lines().filter_map(|line| line.split_once(": "));
        fields.into_iter().find(|(field, _)| field.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
    };
    assert_eq!(field("content-type"), Some("application/problem+json"), "{name}: {text}");
    assert_eq!(field("connection"), Some("close"), "{name}: {text}");
    let problem: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{name}: {error}: {text}"));
    assert_eq!(problem["status"], 400, "{name}");
    assert!(problem["error"].as_str().is_some_and(|error| !error.is_empty()), "{name}");
    let id = problem["request_id"].as_str();
    assert!(id.is_some_and(|id| id.len() == 36) && id == field("x-request-id"), "{name}: {text}");
}

async fn expect_nobody_was_made(banyan: &Banyan) {
    let users = banyan.get("/api/users").send().await.expect_status(200).json();
    assert_eq!(users, json!({"users": []}));
}

both_backends! {
    /// The control: what is hidden below is answered when it stands by itself behind a clear request.
    async fn a_clear_request_is_followed_by_the_next(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        for (name, first) in [
            ("no body", "GET /stats HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
            ("a length", "PUT /stats HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}".to_owned()),
            (
                "chunks",
                "POST /api/users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nX: y\r\n\r\n"
                    .to_owned(),
            ),
        ] {
            let answer = raw(banyan.public(), format!("{first}{HIDDEN}").as_bytes()).await;
            assert_eq!(answer.statuses().len(), 2, "{name}: {}", answer.text());
        }
        let users = banyan.get("/api/users").send().await.json();
        assert_eq!(users["users"][0]["nickname"], "mallory");
    }

    /// Two ways to say how long a body is, and every way to say it wrongly.
    async fn unclear_framing(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        for (name, fields, body) in FRAMING {
            let request = format!("POST /api/users HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}{HIDDEN}");
            expect_refused(name, &raw(banyan.public(), request.as_bytes()).await);
        }
        expect_nobody_was_made(&banyan).await;
    }

    /// Chunks that are none.
    async fn broken_chunks(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        for (name, body) in CHUNKS {
            let head = "POST /api/users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
            expect_refused(name, &raw(banyan.public(), format!("{head}{body}{HIDDEN}").as_bytes()).await);
        }
        expect_nobody_was_made(&banyan).await;
    }

    /// First lines and hosts.
    async fn broken_heads(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        for (name, head) in HEADS {
            expect_refused(name, &raw(banyan.public(), format!("{head}{HIDDEN}").as_bytes()).await);
        }
        expect_nobody_was_made(&banyan).await;
    }
}
