//! Reads a text beside another one that was read already: tokens of what both begin and end with are taken over, and only
//! what lies between is read. Of answers that differ in one value, that is next to nothing.

use super::{Open, Refused, Scanner};
use crate::json::common;
use crate::json::tree::{Token, TokenKind, Tree};
use crate::limits::TOKENS_MAX;
use std::borrow::Cow;

/// Less than this in common is not worth looking for, bytes.
const WORTH_BYTES: usize = 256;
/// How often the way back into the other text is looked for.
const TRIES_MAX: usize = 4;

/// Reads a JSON text, beside another.
pub(crate) fn scan_beside<'a>(text: Cow<'a, str>, other: &Tree<'_>) -> Result<Tree<'a>, Refused> {
    let front = common::front(text.as_bytes(), other.text.as_bytes());
    if front < WORTH_BYTES {
        return super::scan(text);
    }
    let rest = |text: &str| text.len() - front;
    let back = common::back(tail(&text, rest(&text)), tail(&other.text, rest(&other.text)));
    let mut scanner = Scanner::new(&text)?;
    let read = scanner.run_beside(other, front, back);
    let tokens = scanner.tokens;
    let tree = Tree { text, tokens };
    read.map(|()| tree)
}

fn tail(text: &str, length: usize) -> &[u8] {
    text.as_bytes().get(text.len() - length..).unwrap_or_default()
}

/// Behind what the scanner stands.
enum Behind {
    /// The beginning of a container.
    Bracket {
        object: bool,
    },
    Name,
    Value,
}

impl Scanner<'_> {
    /// Reads what lies between the bytes that both texts have at their ends.
    fn run_beside(&mut self, other: &Tree<'_>, front: usize, back: usize) -> Result<(), Refused> {
        let mut opened = match self.take_front(other, front) {
            None => self.value()?,
            Some(Behind::Bracket { object }) => self.behind_bracket(object)?,
            Some(Behind::Name) => self.reader.colon().map(|()| true)?,
            Some(Behind::Value) => self.behind_value()?,
        };
        let back_from = self.reader.text.len() - back;
        let mut tries = TRIES_MAX;
        while opened || self.behind_value()? {
            opened = self.value()?;
            if !opened && self.reader.at >= back_from && tries > 0 {
                tries -= 1;
                if self.take_back(other)? {
                    return Ok(());
                }
            }
        }
        self.is_over()
    }

    /// Takes over the tokens of the first `front` bytes, which both texts have. `None`: there are none.
    fn take_front(&mut self, other: &Tree<'_>, front: usize) -> Option<Behind> {
        let (mut container, mut taken) = (0, 1);
        if !is_open(other.token(container), front) {
            return None;
        }
        let behind = 'down: loop {
            let Token { kind, next: end, start, .. } = other.token(container);
            let object = kind == TokenKind::Object;
            self.open.push(Open { token: container, object });
            self.reader.at = start as usize + 1;
            let mut behind = Behind::Bracket { object };
            let mut is_name = object;
            let mut at = container + 1;
            while at < end {
                let token = other.token(at);
                // What ends where the texts part may go on otherwise: `1` as `12`.
                if token.end as usize >= front {
                    if !is_open(token, front) {
                        break 'down behind;
                    }
                    (container, taken) = (at, at + 1);
                    continue 'down;
                }
                self.reader.at = token.end as usize;
                behind = if is_name { Behind::Name } else { Behind::Value };
                is_name = object && !is_name;
                (at, taken) = (token.next, token.next);
            }
            break behind;
        };
        self.tokens.extend_from_slice(other.tokens.get(..taken as usize)?);
        Some(behind)
    }

    /// Behind a value, with only bytes to come that the other text ends with as well: if there, too, they stand behind a
    /// value, in the same containers, their tokens are the same.
    fn take_back(&mut self, other: &Tree<'_>) -> Result<bool, Refused> {
        let left = self.reader.rest().len();
        let Some((path, from)) = self.way_to(other, other.text.len() - left) else { return Ok(false) };
        let rest = other.tokens.get(from as usize..).unwrap_or_default();
        let before = self.tokens.len();
        if before + rest.len() > TOKENS_MAX {
            return Err(Refused::TooLarge);
        }
        // Offsets of both texts differ by as much as their lengths do; wrapping, as either may be the longer one.
        let bytes = (self.reader.text.len() as u32).wrapping_sub(other.text.len() as u32);
        let tokens = (before as u32).wrapping_sub(from);
        let moved = |token: &Token| Token {
            kind: token.kind,
            start: token.start.wrapping_add(bytes),
            end: token.end.wrapping_add(bytes),
            next: token.next.wrapping_add(tokens),
        };
        self.tokens.extend(rest.iter().map(moved));
        for (open, container) in self.open.drain(..).zip(path) {
            let there = moved(&other.token(container));
            if let Some(token) = self.tokens.get_mut(open.token as usize) {
                (token.end, token.next) = (there.end, there.next);
            }
        }
        Ok(true)
    }

    /// The containers of the other text in which a value ends at this offset, and the token behind it; only if they are
    /// of the kinds that are open here.
    fn way_to(&self, other: &Tree<'_>, offset: usize) -> Option<(Vec<u32>, u32)> {
        let mut path = Vec::with_capacity(self.open.len());
        let mut container = 0;
        for open in &self.open {
            let Token { kind, next: end, .. } = other.token(container);
            let wanted = if open.object { TokenKind::Object } else { TokenKind::Array };
            if kind != wanted {
                return None;
            }
            path.push(container);
            let mut at = container + 1;
            loop {
                // Values only: behind a name, it is another place.
                let value = if open.object { at + 1 } else { at };
                if at >= end {
                    return None;
                }
                let token = other.token(value);
                if token.end as usize == offset && path.len() == self.open.len() {
                    return Some((path, token.next));
                }
                if token.end as usize > offset {
                    container = value;
                    break;
                }
                at = token.next;
            }
        }
        None
    }
}

/// Whether it is a container with parts of its own that begins among the first `front` bytes and ends behind them.
fn is_open(token: Token, front: usize) -> bool {
    matches!(token.kind, TokenKind::Object | TokenKind::Array)
        && (token.start as usize) < front
        && token.end as usize >= front
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::scan;
    use proptest::prelude::*;

    fn same(text: &str, other: &str) {
        let other = scan(Cow::Borrowed(other)).unwrap();
        let (alone, beside) = (scan(Cow::Borrowed(text)), scan_beside(Cow::Borrowed(text), &other));
        match (alone, beside) {
            (Ok(alone), Ok(beside)) => assert_eq!(beside.tokens, alone.tokens, "{text} {}", other.text),
            (alone, beside) => assert_eq!(beside.err(), alone.err(), "{text} {}", other.text),
        }
    }

    /// What both begin with, so that it is worth while, and what both end with.
    fn around(inside: &str) -> String {
        let pad = "x".repeat(WORTH_BYTES);
        format!(r#"{{"pad":"{pad}","a":[1,{{"b":[{inside}],"c":{{"d":12}}}},"e",[[]]],"f":{{}}}}"#)
    }

    #[test]
    fn one_change_is_read_between_what_was_read_before() {
        for (text, other) in [
            ("1", "2"),
            ("1", "12"),
            ("12", "1"),
            ("", "1"),
            ("1", ""),
            (r#""a""#, r#""ab""#),
            (r#"{"a":1}"#, r#"{"a":2}"#),
            (r#"{"a":1}"#, r#"{"ab":1}"#),
            ("1],[2", "1,2"),
            ("1,2", r#"1],"x":[2"#),
            ("[1],2", "[1,2]"),
            (r#"1],"b":[2"#, "1,2"),
            (r#"{"z":7]"#, "[7]"),
            ("[7}", r#"{"z":7}"#),
            ("nul", "null"),
            ("1 ", "1"),
            ("1]", "1"),
        ] {
            same(&around(text), &around(other));
        }
        let whole = around("1");
        same(&format!("{whole}]"), &whole);
        same(&format!(" {whole} "), &whole);
        same(&whole[..whole.len() - 1], &whole);
    }

    proptest! {
        #[test]
        fn a_text_beside_another_has_the_tokens_that_it_has_alone(
            text in r#"([0-2]|"a"|\{"a":[12]\}|\[1?\]|\[|\]|\},\{|,|\{"b":){0,8}"#,
            other in r#"(([0-2]|"a"|\{"a":[12]\}|\[1?\]),){0,6}3"#,
            cut in 0_usize..600,
        ) {
            let (text, other) = (around(&text), around(&other));
            same(&text, &other);
            // A change anywhere.
            let mut changed = other.clone();
            let at = cut % changed.len();
            changed.replace_range(at..=at, "1");
            same(&changed, &other);
            changed.replace_range(at..=at, "");
            same(&changed, &other);
        }
    }
}
