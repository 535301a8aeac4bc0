//! Bytes that are kept while they pass, up to a bound.

use bytes::Bytes;

/// A body that is kept while it passes. Beyond its bound nothing of it is kept.
#[derive(Debug)]
pub(crate) struct Kept {
    bytes: Vec<u8>,
    max_bytes: usize,
    is_over: bool,
}

impl Kept {
    /// Keeps a body of `max_bytes` at most. `expected_bytes` is how long it is said to be.
    pub(crate) fn new(max_bytes: usize, expected_bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(expected_bytes.min(max_bytes)), max_bytes, is_over: false }
    }

    /// Keeps a run; the first that does not fit lets go of all.
    pub(crate) fn push(&mut self, run: &[u8]) {
        if self.is_over {
            return;
        }
        if run.len() > self.max_bytes - self.bytes.len() {
            (self.is_over, self.bytes) = (true, Vec::new());
            return;
        }
        self.bytes.extend_from_slice(run);
    }

    /// The body; `None` when it did not fit.
    pub(crate) fn finish(self) -> Option<Bytes> {
        (!self.is_over).then(|| self.bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_kept_up_to_its_bound_and_then_not_at_all() {
        let mut kept = Kept::new(5, 3);
        kept.push(b"abc");
        kept.push(b"de");
        assert_eq!(kept.finish().unwrap(), "abcde");
        let mut kept = Kept::new(5, 1 << 30);
        kept.push(b"abc");
        kept.push(b"def");
        assert_eq!(kept.bytes.capacity(), 0);
        kept.push(b"g");
        assert_eq!(kept.finish(), None);
    }
}
