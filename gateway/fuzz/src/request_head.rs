//! Request heads: the end is found however they arrive, and what is accepted can be read in one way only.

use super::lines;
use gateway::http1::{Framing, HeadScan, RequestHead, Version, field_slots, parse};

/// Longest target that is accepted here.
const TARGET_MAX_BYTES: usize = 1_000;

/// Checks that a head is found, refused, or read as a reader line by line would.
pub fn request_head(data: &[u8]) {
    let found = HeadScan::default().scan(data);
    assert_eq!(scan_byte_by_byte(data), found, "the split matters");
    // Whoever calls the parser without the scan must at least not crash.
    let _ = parse(data, &mut field_slots(), TARGET_MAX_BYTES);
    let Ok(Some(end)) = found else { return };
    let (raw, _) = data.split_at(end);
    if raw != b"\r\n" {
        assert_eq!(
            raw.windows(4).position(|window| window == b"\r\n\r\n"),
            Some(end - 4),
            "not the first end"
        );
    }
    let mut slots = field_slots();
    if let Ok(head) = parse(raw, &mut slots, TARGET_MAX_BYTES) {
        assert_unambiguous(raw, &head);
        assert_round_trip(&head);
    }
}

fn scan_byte_by_byte(data: &[u8]) -> Result<Option<usize>, gateway::http1::Refusal> {
    let mut scan = HeadScan::default();
    let decided = (1..=data.len()).find_map(|arrived| scan.scan(&data[..arrived]).transpose());
    decided.transpose()
}

fn assert_unambiguous(raw: &[u8], head: &RequestHead<'_>) {
    let (first, fields) = lines::read(raw).expect("an accepted head has lines with colons");
    let accepted: Vec<_> = head.headers().map(|(name, value)| (name.as_bytes(), value)).collect();
    assert_eq!(accepted, fields, "others read other fields");
    head.headers().for_each(|(name, value)| lines::assert_field(name, value));
    let words: Vec<_> = first.split(|&byte| byte == b' ').collect();
    let [method, target, version] = words[..] else { panic!("{}", first.escape_ascii()) };
    assert_eq!(method, head.method.as_bytes());
    assert!(!method.is_empty() && method.iter().copied().all(lines::is_token));
    assert_eq!(version, if head.version == Version::Http10 { b"HTTP/1.0" } else { b"HTTP/1.1" });
    assert_target(target, head);
    assert_framing(&fields, head);
    assert_host(&fields, head);
}

fn assert_target(written: &[u8], head: &RequestHead<'_>) {
    let target = &head.target;
    assert!(written.len() <= TARGET_MAX_BYTES && written.iter().all(u8::is_ascii_graphic));
    assert!(target.path.starts_with('/') || (target.path == "*" && head.method == "OPTIONS"), "{target:?}");
    assert!(!target.path.contains(['?', '#']) && !target.query.is_some_and(|query| query.contains('#')));
    let query = target.query.map(|query| format!("?{query}")).unwrap_or_default();
    let (path, written) = (format!("{}{query}", target.path), String::from_utf8_lossy(written));
    match target.authority {
        None => assert_eq!(path, written),
        Some(authority) => {
            let behind = written.split_once("://").and_then(|(_, rest)| rest.strip_prefix(authority));
            assert!(behind.is_some_and(|behind| behind == path || format!("/{behind}") == path), "{written}");
        }
    }
}

fn assert_framing(fields: &[lines::Field<'_>], head: &RequestHead<'_>) {
    let (lengths, codings) =
        (lines::count(fields, "content-length"), lines::count(fields, "transfer-encoding"));
    assert!(lengths + codings <= 1, "two ways to find the end");
    let length = lines::value(fields, "content-length").map(|value| {
        let digits = std::str::from_utf8(value).expect("digits");
        assert!(!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()), "{digits}");
        digits.parse::<u64>().expect("a length that fits")
    });
    match head.framing {
        Framing::Chunked => {
            let coding = lines::value(fields, "transfer-encoding").expect("a coding");
            assert!(coding.eq_ignore_ascii_case(b"chunked") && head.version == Version::Http11);
        }
        Framing::Length(bytes) => assert!(bytes > 0 && length == Some(bytes)),
        Framing::None => assert!(codings == 0 && length.unwrap_or(0) == 0),
    }
    assert!(!head.expects_continue || head.framing != Framing::None);
}

fn assert_host(fields: &[lines::Field<'_>], head: &RequestHead<'_>) {
    let hosts = lines::count(fields, "host");
    assert!(hosts == 1 || (hosts == 0 && head.version == Version::Http10), "{hosts} hosts");
    let field = lines::value(fields, "host").map(|value| std::str::from_utf8(value).expect("ASCII"));
    assert_eq!(head.host, head.target.authority.or(field));
    let is_host = |host: &str| host.bytes().all(|b| b.is_ascii_graphic() && !b"/?#@\\\"<>{}|^`".contains(&b));
    assert!(head.host.is_none_or(|host| !host.is_empty() && is_host(host)), "{:?}", head.host);
}

/// All that was understood, without the bytes that it was read from.
fn meaning<'h>(head: &'h RequestHead<'_>) -> impl PartialEq + std::fmt::Debug + use<'h> {
    let said = (head.method, head.version, head.host, head.framing, head.traceparent);
    let target = (head.target.path, head.target.query, head.target.authority);
    (said, target, head.keep_alive, head.expects_continue, head.headers().collect::<Vec<_>>())
}

/// Writes the head as it was understood, and reads it again.
fn assert_round_trip(head: &RequestHead<'_>) {
    let authority = head.target.authority.map(|authority| format!("http://{authority}")).unwrap_or_default();
    let query = head.target.query.map(|query| format!("?{query}")).unwrap_or_default();
    let version = if head.version == Version::Http10 { "HTTP/1.0" } else { "HTTP/1.1" };
    let line = format!("{} {authority}{}{query} {version}\r\n", head.method, head.target.path);
    let mut written = line.into_bytes();
    for (name, value) in head.headers() {
        written.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    written.extend(b"\r\n");
    assert_eq!(HeadScan::default().scan(&written), Ok(Some(written.len())));
    let mut slots = field_slots();
    // The way of writing may be longer than what came.
    let again = parse(&written, &mut slots, TARGET_MAX_BYTES + 10);
    let again = again.unwrap_or_else(|refusal| panic!("{refusal:?}: {}", written.escape_ascii()));
    assert_eq!(meaning(&again), meaning(head), "{}", written.escape_ascii());
}
