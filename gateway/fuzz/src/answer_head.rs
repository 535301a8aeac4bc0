//! Heads of upstreams' answers: what is accepted says in one way only where the answer ends.

use super::lines;
use gateway::http1::{AnswerFraming, AnswerHead, HeadScan, field_slots, parse_answer, scan_answer};

/// Checks an answer's head. The first byte says whether it answers a HEAD request.
pub fn answer_head(data: &[u8]) {
    let Some((kind, input)) = data.split_first() else { return };
    let to_head = kind % 2 == 1;
    let found = scan_answer(&mut HeadScan::default(), input);
    let mut scan = HeadScan::default();
    let arrived = (1..=input.len()).find_map(|arrived| scan_answer(&mut scan, &input[..arrived]).transpose());
    match arrived.transpose() {
        Err(_) => assert!(found.is_err(), "the split matters"),
        decided => assert_eq!(decided, found, "the split matters"),
    }
    let _ = parse_answer(input, &mut field_slots(), to_head);
    let Ok(Some(end)) = found else { return };
    let mut slots = field_slots();
    let raw = &input[..end];
    if let Ok(head) = parse_answer(raw, &mut slots, to_head) {
        assert_unambiguous(raw, &head, to_head);
    }
}

fn assert_unambiguous(raw: &[u8], head: &AnswerHead<'_>, to_head: bool) {
    let (first, fields) = lines::read(raw).expect("an accepted head has lines with colons");
    let accepted: Vec<_> = head.headers().map(|(name, value)| (name.as_bytes(), value)).collect();
    assert_eq!(accepted, fields, "others read other fields");
    head.headers().for_each(|(name, value)| lines::assert_field(name, value));
    assert!(head.reason.iter().all(|&byte| byte == b'\t' || !byte.is_ascii_control()), "{:?}", head.reason);
    let status = head.status.to_string();
    assert!((100..600).contains(&head.status) && first[8..].starts_with(format!(" {status}").as_bytes()));
    let is_1_1 = first.starts_with(b"HTTP/1.1 ");
    assert!(is_1_1 || first.starts_with(b"HTTP/1.0 "));
    assert_framing(&fields, head, to_head, is_1_1);
}

fn assert_framing(fields: &[lines::Field<'_>], head: &AnswerHead<'_>, to_head: bool, is_1_1: bool) {
    let lengths = lines::count(fields, "content-length");
    let codings = lines::count(fields, "transfer-encoding");
    assert!(lengths + codings <= 1, "two ways to find the end");
    let length = lines::value(fields, "content-length").and_then(|value| std::str::from_utf8(value).ok());
    let length = length.map(|digits| digits.parse::<u64>().expect("a length"));
    let chunked = lines::value(fields, "transfer-encoding");
    assert!(chunked.is_none_or(|coding| coding.eq_ignore_ascii_case(b"chunked") && is_1_1));
    let expected = match head.status {
        100..200 | 204 => AnswerFraming::None(None),
        304 => AnswerFraming::None(length),
        _ if to_head => AnswerFraming::None(length),
        _ if chunked.is_some() => AnswerFraming::Chunked,
        _ => length.map_or(AnswerFraming::UntilClose, AnswerFraming::Length),
    };
    assert_eq!(head.framing, expected);
    assert!(!head.keep || is_1_1 || lines::count(fields, "connection") > 0);
}
