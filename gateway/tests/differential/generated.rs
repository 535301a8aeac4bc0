//! Requests made of pieces that readers have been known to disagree about, some with a byte changed.

use crate::compare::read;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{RngSeed, TestRunner};

/// Inputs of one run; `PROPTEST_CASES` sets another number.
const CASES: u32 = 1_500;
/// Their seed; `PROPTEST_RNG_SEED` sets another one, and other inputs.
const SEED: u64 = 0x6261_6e79_616e;

const METHODS: [&str; 6] = ["GET", "POST", "HEAD", "OPTIONS", "PURGE", "get"];
const TARGETS: [&str; 10] =
    ["/", "/a?b=c", "/a%2fb", "//a", "/a;b", "/a\\b", "*", "http://h/x", "http://o:1?y", "/?\u{7c}<>"];
const ENDS: [&str; 8] = ["\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r"];
const FIELDS: [&str; 34] = [
    "Content-Length: 0",
    "Content-Length: 3",
    "Content-Length: 3",
    "Content-Length: 03",
    "Content-Length: 3 ",
    "Content-Length: 3, 3",
    "Content-Length: +3",
    "Content-Length: 0x3",
    "Content-Length:",
    "Content-Length : 3",
    "Content-Length:\t3",
    "Content\u{2d}length: 3",
    "Content_Length: 3",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: CHUNKED",
    "Transfer-Encoding: chunked,",
    "Transfer-Encoding: , chunked",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: chunked;x=y",
    "Transfer-Encoding: \"chunked\"",
    "Transfer-Encoding:\u{b}chunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding: identity",
    "transfer-encoding:",
    "Connection: keep-alive",
    "Connection: close",
    "Connection: transfer-encoding",
    "Host: other",
    "Expect: 100-continue",
    "Upgrade: h2c",
    "X: \u{e4}\t~",
    " folded: 3",
    "Y",
];
const BODIES: [&str; 14] = [
    "",
    "",
    "abc",
    "abc\r\n",
    "0\r\n\r\n",
    "3\r\nabc\r\n0\r\n\r\n",
    "3;x=y\r\nabc\r\n000\r\nT: v\r\n\r\n",
    "3\nabc\n0\n\n",
    "3\r\nabc0\r\n\r\n",
    "+3\r\nabc\r\n0\r\n\r\n",
    "3 \r\nabc\r\n0\r\n\r\n",
    "3;\nx\r\nabc\r\n0\r\n\r\n",
    "1\r\na\r\n1\r\nb\r\n0\r\nContent-Length: 9\r\n\r\n",
    "0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: h\r\n\r\n",
];
/// What a byte may be changed to.
const BYTES: &[u8] = b"\r\n\0 \t:;,0a\x0b\x7f\xff";

fn request() -> impl Strategy<Value = Vec<u8>> {
    let fields = proptest::collection::vec((select(&FIELDS[..]), select(&ENDS[..])), 0..4);
    let start = (select(&METHODS[..]), select(&TARGETS[..]), 0..8u8, select(&ENDS[..]));
    let change = proptest::option::weighted(0.3, (any::<Index>(), select(BYTES)));
    (start, fields, select(&BODIES[..]), change).prop_map(
        |((method, target, version, end), fields, body, change)| {
            let version = u8::from(version > 0);
            let fields: String = fields.iter().flat_map(|(field, end)| [*field, *end]).collect();
            let text = format!("{method} {target} HTTP/1.{version}{end}Host: h\r\n{fields}\r\n{body}");
            let mut bytes = text.into_bytes();
            if let Some((at, byte)) = change {
                *at.get_mut(&mut bytes) = byte;
            }
            bytes
        },
    )
}

fn config() -> ProptestConfig {
    let given = ProptestConfig::default();
    // 256 is proptest's own number.
    let cases = if given.cases == 256 { CASES } else { given.cases };
    let rng_seed = if given.rng_seed == RngSeed::Random { RngSeed::Fixed(SEED) } else { given.rng_seed };
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..given }
}

#[test]
fn nobody_reads_other_requests_than_ours() {
    let mut accepted = 0;
    let inputs = proptest::collection::vec(request(), 1..4);
    let counted = std::cell::RefCell::new(&mut accepted);
    let result = TestRunner::new(config()).run(&inputs, |requests| {
        let input = requests.concat();
        let readings = read(&input);
        let wrong = readings.discrepancy();
        prop_assert_eq!(wrong, None, "{}\n{:#?}", input.escape_ascii(), readings);
        **counted.borrow_mut() += readings.ours.requests.len();
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
    // Were all of them refused, nothing would have been compared.
    assert!(accepted > 100, "only {accepted} were accepted");
}
