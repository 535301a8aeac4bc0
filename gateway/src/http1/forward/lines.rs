//! Field lines that go on as they came: neighbours are copied in one piece. Their heads were found well-formed, so all that
//! stands between two names is one line.

use crate::http1::reader::Field;

/// Copies lines of one head.
pub(crate) struct Lines<'h, K> {
    raw: &'h [u8],
    fields: &'h [Field<'h, K>],
    /// Where the lines begin that go on and are not copied yet.
    from: Option<usize>,
}

impl<'h, K> Lines<'h, K> {
    /// Of the head `raw`, which has these fields and ends with its empty line.
    pub(crate) fn new(raw: &'h [u8], fields: &'h [Field<'h, K>]) -> Self {
        Self { raw, fields, from: None }
    }

    /// The same, and the first line of the head goes on too.
    pub(crate) fn with_first(raw: &'h [u8], fields: &'h [Field<'h, K>]) -> Self {
        Self { raw, fields, from: Some(0) }
    }

    /// The line at this position goes on, behind all that went on before.
    pub(crate) fn pass(&mut self, position: usize) {
        if self.from.is_none() {
            self.from = Some(self.start(position));
        }
    }

    /// The line at this position does not: what went on before it is written.
    pub(crate) fn stop(&mut self, position: usize, out: &mut Vec<u8>) {
        if let Some(from) = self.from.take() {
            let lines = self.raw.get(from..self.start(position));
            out.extend_from_slice(lines.unwrap_or_default());
        }
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self, out: &mut Vec<u8>) {
        self.stop(self.fields.len(), out);
    }

    /// Where a line begins; behind the last, where the empty line does.
    fn start(&self, position: usize) -> usize {
        self.fields.get(position).map_or(self.raw.len().saturating_sub(2), |field| field.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http1::{field_slots, parse};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn exactly_the_lines_that_go_on_are_copied(
            lines in proptest::collection::vec(("[a-zA-Z-]{1,8}", " ?[a-z]{0,8} ?", any::<bool>()), 0..20),
        ) {
            let written: Vec<_> =
                lines.iter().map(|(name, value, _)| format!("X-{name}:{value}\r\n")).collect();
            let raw = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", written.concat());
            let mut slots = field_slots();
            let head = parse(raw.as_bytes(), &mut slots, 100).unwrap();
            let (mut passing, mut out) = (Lines::new(raw.as_bytes(), head.fields), Vec::new());
            passing.stop(0, &mut out);
            for (position, (_, _, goes_on)) in lines.iter().enumerate() {
                if *goes_on { passing.pass(position + 1) } else { passing.stop(position + 1, &mut out) }
            }
            passing.finish(&mut out);
            let expected: String =
                written.iter().zip(&lines).filter(|(_, (_, _, on))| *on).map(|(line, _)| &**line).collect();
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
