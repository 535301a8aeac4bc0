//! From a JSON text (RFC 8259) to its tokens, in one pass and without recursion.

use crate::json::spare;
use crate::json::tree::{Token, TokenKind, Tree};
use crate::limits::{BODY_MAX_BYTES, DEPTH_MAX, TOKENS_MAX};
use std::borrow::Cow;

/// Containers that most bodies have inside each other.
const OPEN_USUALLY: usize = 16;

/// Why there are no tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is no JSON.
    Malformed,
    /// It is larger than the limits allow.
    TooLarge,
}

/// Reads a JSON text.
pub(crate) fn scan(text: Cow<'_, str>) -> Result<Tree<'_>, Refused> {
    if text.len() > BODY_MAX_BYTES {
        return Err(Refused::TooLarge);
    }
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        at: 0,
        tokens: spare::take(text.len() / 12 + 4),
        open: Vec::with_capacity(OPEN_USUALLY),
    };
    let read = scanner.run();
    // Also what is not taken gives its list back.
    let tokens = scanner.tokens;
    let tree = Tree { text, tokens };
    read.map(|()| tree)
}

/// A container whose end was not met yet.
struct Open {
    token: u32,
    object: bool,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    tokens: Vec<Token>,
    open: Vec<Open>,
}

impl Scanner<'_> {
    fn run(&mut self) -> Result<(), Refused> {
        loop {
            let opened = self.value()?;
            if !opened && !self.behind_value()? {
                break;
            }
        }
        if self.at == self.bytes.len() { Ok(()) } else { Err(Refused::Malformed) }
    }

    /// Reads a value, or the beginning of a container that has parts: then says so.
    fn value(&mut self) -> Result<bool, Refused> {
        match self.next_byte()? {
            b'"' => self.string().map(|()| false),
            b'{' => self.open(true),
            b'[' => self.open(false),
            b't' => self.literal(b"true", TokenKind::True),
            b'f' => self.literal(b"false", TokenKind::False),
            b'n' => self.literal(b"null", TokenKind::Null),
            _ => self.number(),
        }
    }

    /// Steps from behind a value to the next one, closing what ends here. No further value: `false`.
    fn behind_value(&mut self) -> Result<bool, Refused> {
        loop {
            self.skip_space();
            let Some(open) = self.open.last() else { return Ok(false) };
            let object = open.object;
            match self.bytes.get(self.at) {
                Some(b',') => {
                    self.at += 1;
                    if object {
                        self.name()?;
                    }
                    return Ok(true);
                }
                Some(b'}') if object => self.close(),
                Some(b']') if !object => self.close(),
                _ => return Err(Refused::Malformed),
            }
        }
    }

    fn open(&mut self, object: bool) -> Result<bool, Refused> {
        let depth = self.open.len();
        let kind = if object { TokenKind::Object } else { TokenKind::Array };
        let kind = if depth == DEPTH_MAX { TokenKind::Deep } else { kind };
        let token = u32::try_from(self.tokens.len()).map_err(|_| Refused::TooLarge)?;
        let start = self.at;
        self.at += 1;
        self.push(kind, start)?;
        self.open.push(Open { token, object });
        let end = if object { b'}' } else { b']' };
        if self.next_byte()? == end {
            self.close();
            return Ok(false);
        }
        if object {
            self.name()?;
        }
        Ok(true)
    }

    fn close(&mut self) {
        self.at += 1;
        let Some(Open { token, .. }) = self.open.pop() else { return };
        if self.open.len() > DEPTH_MAX {
            return;
        }
        let (end, next) = (self.at as u32, self.tokens.len() as u32);
        if let Some(token) = self.tokens.get_mut(token as usize) {
            (token.end, token.next) = (end, next);
        }
    }

    /// A member's name and the colon behind it.
    fn name(&mut self) -> Result<(), Refused> {
        if self.next_byte()? != b'"' {
            return Err(Refused::Malformed);
        }
        self.string()?;
        if self.next_byte()? != b':' {
            return Err(Refused::Malformed);
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<(), Refused> {
        let start = self.at;
        self.at += 1;
        let mut kind = TokenKind::Plain;
        loop {
            self.skip_plain();
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    kind = TokenKind::Escaped;
                    self.escape()?;
                }
                _ => return Err(Refused::Malformed),
            }
        }
        self.at += 1;
        self.push(kind, start)
    }

    /// Steps over characters of a text that mean themselves, eight at a time where there are so many.
    #[inline]
    fn skip_plain(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let (words, _) = rest.as_chunks::<8>();
        let mut skipped = 0;
        for word in words {
            let special = special(u64::from_le_bytes(*word));
            if special != 0 {
                self.at += skipped + special.trailing_zeros() as usize / 8;
                return;
            }
            skipped += 8;
        }
        let tail = rest.get(skipped..).unwrap_or_default();
        let end = tail.iter().position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\');
        self.at += skipped + end.unwrap_or(tail.len());
    }

    fn escape(&mut self) -> Result<(), Refused> {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                let digits = self.bytes.get(self.at + 2..self.at + 6).ok_or(Refused::Malformed)?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err(Refused::Malformed);
                }
                self.at += 6;
            }
            _ => return Err(Refused::Malformed),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<bool, Refused> {
        let start = self.at;
        self.skip_byte(|byte| byte == b'-');
        let whole = self.digits();
        let leading_zero = self.bytes.get(self.at - whole) == Some(&b'0');
        if whole == 0 || (leading_zero && whole > 1) {
            return Err(Refused::Malformed);
        }
        if self.skip_byte(|byte| byte == b'.') && self.digits() == 0 {
            return Err(Refused::Malformed);
        }
        if self.skip_byte(|byte| byte == b'e' || byte == b'E') {
            self.skip_byte(|byte| byte == b'+' || byte == b'-');
            if self.digits() == 0 {
                return Err(Refused::Malformed);
            }
        }
        self.push(TokenKind::Number, start).map(|()| false)
    }

    fn digits(&mut self) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let digits = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        self.at += digits;
        digits
    }

    fn literal(&mut self, word: &[u8], kind: TokenKind) -> Result<bool, Refused> {
        let start = self.at;
        if !self.bytes.get(start..).is_some_and(|rest| rest.starts_with(word)) {
            return Err(Refused::Malformed);
        }
        self.at += word.len();
        self.push(kind, start).map(|()| false)
    }

    /// Adds a token that began at `start` and ends here, unless it lies too deep.
    #[inline]
    fn push(&mut self, kind: TokenKind, start: usize) -> Result<(), Refused> {
        if self.open.len() > DEPTH_MAX {
            return Ok(());
        }
        if self.tokens.len() == TOKENS_MAX {
            return Err(Refused::TooLarge);
        }
        let next = self.tokens.len() as u32 + 1;
        self.tokens.push(Token { kind, start: start as u32, end: self.at as u32, next });
        Ok(())
    }

    fn skip_byte(&mut self, wanted: impl Fn(u8) -> bool) -> bool {
        let there = self.bytes.get(self.at).is_some_and(|&byte| wanted(byte));
        self.at += usize::from(there);
        there
    }

    /// The next byte that is no space; not stepped over.
    #[inline]
    fn next_byte(&mut self) -> Result<u8, Refused> {
        self.skip_space();
        self.bytes.get(self.at).copied().ok_or(Refused::Malformed)
    }

    #[inline]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }
}

/// The high bit of every byte that ends a run of plain characters: a quote, a backslash, a control character. Bytes behind
/// the first one may be marked wrongly, as the subtraction borrows.
#[inline]
const fn special(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const fn zero(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word
    }
    let quote = zero(word ^ (ONES * b'"' as u64));
    let backslash = zero(word ^ (ONES * b'\\' as u64));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (quote | backslash | control) & HIGH
}

#[cfg(test)]
mod tests;
