//! Bodies: any split of the bytes gives the same, and the chunked coding is read as its grammar says.

use super::reference::{self, Chunked};
use gateway::http1::{BodyDecoder, Collector, Framing, Refusal};

/// Bytes of extensions and trailers that the decoder takes; only below is the reference right.
const LIMIT_BYTES: usize = 8 * 1024;

/// What came of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Decoded {
    data: Vec<u8>,
    used: usize,
    done: bool,
    refused: Option<Refusal>,
}

/// Checks a body. The first byte chooses its framing, the next three where it is split, the fifth the limit of the
/// collector.
pub fn body(data: &[u8]) {
    let Some(([kind, a, b, c, limit], input)) = data.split_first_chunk() else { return };
    let framing = match kind {
        0 => Framing::None,
        1..0x40 => Framing::Length(u64::from(*kind)),
        _ => Framing::Chunked,
    };
    let whole = decode(framing, [input]);
    assert!(whole.done || whole.refused.is_some() || whole.used == input.len(), "stopped too early");
    assert_eq!(decode(framing, input.chunks(1)), whole, "byte by byte");
    assert_eq!(decode(framing, split(input, [*a, *b, *c])), whole, "split");
    collect(framing, input, usize::from(*limit), &whole);
    match framing {
        Framing::Chunked if input.len() < LIMIT_BYTES => compare(&whole, input),
        Framing::Chunked => {}
        Framing::None => assert_eq!((whole.used, whole.done), (0, true)),
        Framing::Length(bytes) => {
            let bytes = usize::try_from(bytes).expect("a byte");
            assert_eq!((whole.used, whole.done), (bytes.min(input.len()), bytes <= input.len()));
            assert_eq!(whole.data, input[..whole.used]);
        }
    }
}

/// Feeds pieces until the body ends or is refused.
fn decode<'i>(framing: Framing, pieces: impl IntoIterator<Item = &'i [u8]>) -> Decoded {
    let mut decoder = BodyDecoder::new(framing);
    let mut decoded = Decoded { data: Vec::new(), used: 0, done: decoder.is_done(), refused: None };
    for mut piece in pieces {
        while !piece.is_empty() && !decoder.is_done() {
            match decoder.step(piece) {
                Ok((used, run)) => {
                    assert!(used > 0 && used <= piece.len() && run.len() <= used, "no progress");
                    assert_eq!(run, &piece[used - run.len()..used], "the data is the end of what was used");
                    decoded.data.extend_from_slice(run);
                    decoded.used += used;
                    piece = &piece[used..];
                }
                // How much of a refused body was used before depends on the split.
                Err(refusal) => return Decoded { used: 0, refused: Some(refusal), ..decoded },
            }
        }
    }
    Decoded { done: decoder.is_done(), ..decoded }
}

fn split(input: &[u8], at: [u8; 3]) -> impl Iterator<Item = &[u8]> {
    let mut at = at.map(|at| usize::from(at).min(input.len()));
    at.sort_unstable();
    let [a, b, c] = at;
    [&input[..a], &input[a..b], &input[b..c], &input[c..]].into_iter()
}

/// The collector takes what the decoder takes, up to its limit and no further.
fn collect(framing: Framing, input: &[u8], max_bytes: usize, whole: &Decoded) {
    let mut collector = match Collector::new(framing, max_bytes) {
        Ok(collector) => collector,
        Err(refusal) => {
            assert_eq!(refusal, Refusal::BodyTooLarge(max_bytes));
            return assert!(matches!(framing, Framing::Length(bytes) if bytes > max_bytes as u64));
        }
    };
    match collector.take(input) {
        Ok(used) => {
            assert_eq!((used, collector.is_done(), None), (whole.used, whole.done, whole.refused));
            assert!(whole.data.len() <= max_bytes);
            assert_eq!(collector.into_bytes(), whole.data);
        }
        Err(Refusal::BodyTooLarge(max_bytes)) => assert!(whole.data.len() > max_bytes),
        Err(refusal) => assert_eq!(Some(refusal), whole.refused),
    }
}

/// As the grammar says.
fn compare(ours: &Decoded, input: &[u8]) {
    match reference::decode(input) {
        Chunked::Whole(data, used) => {
            assert_eq!(*ours, Decoded { data, used, done: true, refused: None }, "{}", input.escape_ascii());
        }
        Chunked::Unfinished => assert!(!ours.done && ours.refused.is_none(), "{}", input.escape_ascii()),
        Chunked::Bad => assert_eq!(ours.refused, Some(Refusal::Chunking), "{}", input.escape_ascii()),
    }
}
