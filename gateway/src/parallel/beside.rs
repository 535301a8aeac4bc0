//! An answer that is read beside one that is at hand: as long as both are the same, nothing of it is kept.

use crate::parallel::taken::{Taken, lines};
use bytes::Bytes;
use compare::Rules;
use std::time::Duration;

/// What a side answered.
#[derive(Debug)]
pub(crate) enum Answered {
    /// In everything that is compared the same to the byte as the answer beside which it was read; so long after the question.
    Same(Duration),
    /// Another, or there was none to be read beside.
    Another(Taken),
}

impl Answered {
    /// From the last byte of the question to the head of the answer.
    pub(crate) fn took(&self) -> Duration {
        match self {
            Self::Same(took) => *took,
            Self::Another(taken) => taken.took,
        }
    }
}

/// Whether two heads, as they were written here, are the same in every field that is compared: their lines are the same
/// one by one, or both of fields that nobody compares. `false` says nothing: lines may stand in another order.
pub(crate) fn same_head(rules: &Rules, one: &[u8], other: &[u8]) -> bool {
    if one == other {
        return true;
    }
    // The status is compared as a number, and its reason not at all.
    let (mut one, mut other) = (lines(one).skip(1), lines(other).skip(1));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(was), Some(is)) if was == is || !(is_compared(rules, was) || is_compared(rules, is)) => {}
            _ => return false,
        }
    }
}

fn is_compared(rules: &Rules, line: &[u8]) -> bool {
    let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
    rules.headers().any(|compared| compared.as_bytes().eq_ignore_ascii_case(name))
}

/// A body that comes.
pub(crate) struct Body<'a> {
    /// What it is the same as so far.
    beside: Option<&'a [u8]>,
    /// So many bytes of it.
    same: usize,
    own: Vec<u8>,
    expected_bytes: usize,
}

impl<'a> Body<'a> {
    /// A body of which nothing has come, of which so many bytes are expected. It is kept once it is not the same.
    pub(crate) fn new(beside: Option<&'a [u8]>, expected_bytes: usize) -> Self {
        let own = Vec::with_capacity(if beside.is_none() { expected_bytes } else { 0 });
        Self { beside, same: 0, own, expected_bytes }
    }

    /// The next bytes of it.
    pub(crate) fn push(&mut self, run: &[u8]) {
        if self.beside.is_some_and(|body| body.get(self.same..).is_some_and(|rest| rest.starts_with(run))) {
            self.same += run.len();
            return;
        }
        self.part();
        self.own.extend_from_slice(run);
    }

    /// Bytes so far.
    pub(crate) fn len(&self) -> usize {
        if self.beside.is_some() { self.same } else { self.own.len() }
    }

    /// All of it has come: `None` if it is the same.
    pub(crate) fn finish(mut self) -> Option<Bytes> {
        if self.beside.is_some_and(|body| body.len() == self.same) {
            return None;
        }
        self.part();
        Some(self.own.into())
    }

    /// From here on it is kept, with what was the same.
    fn part(&mut self) {
        if let Some(body) = self.beside.take() {
            let same = body.get(..self.same).unwrap_or_default();
            self.own.reserve_exact(self.expected_bytes.max(self.same));
            self.own.extend_from_slice(same);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use compare::RuleSet;

    #[test]
    fn heads_are_the_same_if_what_is_compared_of_them_is() {
        let rules =
            Rules::compile(&RuleSet { headers: Some(vec!["x-a".into()]), ..RuleSet::default() }).unwrap();
        let head = |lines: &str| format!("HTTP/1.1 200 OK\r\n{lines}\r\n");
        let same = |one: &str, other: &str| same_head(&rules, head(one).as_bytes(), head(other).as_bytes());
        for (one, other) in [
            ("x-a: 1\r\n", "x-a: 1\r\n"),
            ("date: 1\r\nx-a: 1\r\n", "date: 2\r\nx-a: 1\r\n"),
            ("date: 1\r\nx-a: 1\r\n", "server: x\r\nx-a: 1\r\n"),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("x-a: 1\r\n", "x-a: 2\r\n"),
            ("x-a: 1\r\n", "X-A: 2\r\n"),
            ("x-a: 1\r\n", ""),
            ("x-a: 1\r\n", "b: 1\r\n"),
            ("b: 1\r\n", "X-a: 1\r\n"),
            ("b: 1\r\n", "b: 1\r\nx-a: 1\r\n"),
            ("b: 1\r\nx-a: 1\r\n", "x-a: 1\r\nb: 1\r\n"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
        assert!(same_head(&rules, b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 Fine\r\n\r\n"));
    }

    #[test]
    fn a_body_is_kept_from_where_it_differs_and_then_whole() {
        let read = |beside: Option<&'static [u8]>, runs: &[&str]| {
            let mut body = Body::new(beside, 6);
            runs.iter().for_each(|run| body.push(run.as_bytes()));
            assert_eq!(body.len(), runs.concat().len());
            body.finish()
        };
        assert_eq!(read(Some(b"abcdef"), &["abc", "def"]), None);
        assert_eq!(read(Some(b""), &[]), None);
        for runs in [&["abc", "xyz"][..], &["abc"], &["abcdef", "g"], &["x"], &[]] {
            assert_eq!(read(Some(b"abcdef"), runs).unwrap(), runs.concat());
            assert_eq!(read(None, runs).unwrap(), runs.concat());
        }
    }
}
