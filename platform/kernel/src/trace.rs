//! W3C Trace Context (<https://www.w3.org/TR/trace-context/>, level 1): which trace a request belongs to.

use crate::Random;
use crate::text::hex;
use std::fmt;

/// The four fields of a `traceparent` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    /// Trace id, never zero.
    pub trace_id: u128,
    /// Id of the span that asks, never zero.
    pub span_id: u64,
    /// Trace flags; bit 0 says that the caller samples this trace.
    pub flags: u8,
}

impl TraceContext {
    /// A new trace, not sampled.
    #[must_use]
    pub fn start(random: &dyn Random) -> Self {
        let mut bytes = [0; 24];
        random.fill(&mut bytes);
        Self::from_random(bytes)
    }

    /// A new trace, not sampled, of random bytes that are nobody else's.
    #[must_use]
    pub fn from_random(bytes: [u8; 24]) -> Self {
        let (trace, span) = bytes.as_chunks::<8>().0.split_at_checked(2).unwrap_or_default();
        let number = |chunk: &[u8; 8]| u64::from_le_bytes(*chunk);
        let trace_id = trace.iter().fold(0, |id, chunk| id << 64 | u128::from(number(chunk)));
        Self { trace_id: trace_id.max(1), span_id: span.first().map_or(1, number).max(1), flags: 0 }
    }

    /// Reads a `traceparent` value; `None` when it is not valid, as the specification asks: then a new trace starts.
    #[must_use]
    pub fn parse(header: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(header).ok()?;
        let mut parts = text.splitn(5, '-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let extra = parts.next();
        if version.len() != 2 || trace.len() != 32 || span.len() != 16 || flags.len() != 2 {
            return None;
        }
        // A later version may add fields; version 00 may not, and ff is forbidden.
        if version == "ff" || (version == "00" && extra.is_some()) {
            return None;
        }
        let lower_hex = |part: &str| part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if ![version, trace, span, flags].into_iter().all(lower_hex) {
            return None;
        }
        let trace_id = u128::from_str_radix(trace, 16).ok()?;
        let span_id = u64::from_str_radix(span, 16).ok()?;
        let flags = u8::from_str_radix(flags, 16).ok()?;
        (trace_id != 0 && span_id != 0).then_some(Self { trace_id, span_id, flags })
    }

    /// The same trace with a span id of our own, to be passed on.
    #[must_use]
    pub fn child(self, random: &dyn Random) -> Self {
        Self { span_id: random.next_u64().max(1), ..self }
    }
}

impl TraceContext {
    /// Appends the value of `traceparent`, as `Display` writes it.
    pub fn put(&self, out: &mut Vec<u8>) {
        let rest = u128::from(self.span_id) << 64 | u128::from(self.flags) << 56;
        let (trace, rest) = (hex(self.trace_id), hex(rest));
        let mut text = *b"00-00000000000000000000000000000000-0000000000000000-00";
        for (from, to) in [(trace.get(..), 3..35), (rest.get(..16), 36..52), (rest.get(16..18), 53..55)] {
            if let (Some(from), Some(to)) = (from, text.get_mut(to)) {
                to.copy_from_slice(from);
            }
        }
        out.extend_from_slice(&text);
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, self.flags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRandom;
    use proptest::prelude::*;

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_valid_header_comes_back_as_it_was() {
        let parsed = TraceContext::parse(VALID.as_bytes()).unwrap();
        assert_eq!(parsed.to_string(), VALID);
        let mut written = Vec::new();
        parsed.put(&mut written);
        assert_eq!(written, VALID.as_bytes());
        assert_eq!(parsed.flags, 1);
    }

    #[test]
    fn broken_headers_are_refused() {
        for header in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TraceContext::parse(header.as_bytes()), None, "{header}");
        }
    }

    #[test]
    fn a_later_version_may_say_more() {
        let header = "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more";
        assert!(TraceContext::parse(header.as_bytes()).is_some());
    }

    proptest! {
        #[test]
        fn parsing_never_fails_hard(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = TraceContext::parse(&bytes);
        }

        #[test]
        fn what_is_started_can_be_parsed(seed in any::<u64>()) {
            let trace = TraceContext::start(&SeededRandom::new(seed));
            prop_assert_eq!(TraceContext::parse(trace.to_string().as_bytes()), Some(trace));
        }
    }
}
