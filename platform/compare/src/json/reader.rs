//! The words of a JSON text (RFC 8259), one after the other: for whoever makes tokens of them, and for whoever only compares.

use crate::json::TokenKind;
use crate::json::scan::Refused;
use crate::limits::DEPTH_MAX;

/// A place in a JSON text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    /// Offset of the next byte.
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    /// At the beginning of the text.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte that comes next.
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Everything that is still to come.
    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// What was read since `start`.
    #[inline]
    pub(super) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// The next byte that is no space; not stepped over.
    #[inline]
    pub(super) fn next_byte(&mut self) -> Result<u8, Refused> {
        match self.peek() {
            // Mostly there is no space.
            Some(byte) if byte > b' ' => Ok(byte),
            _ => {
                self.skip_space();
                self.peek().ok_or(Refused::Malformed)
            }
        }
    }

    #[inline(never)]
    pub(super) fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// A text, whose first quote comes next: eight characters at a time, where there are so many.
    #[inline]
    pub(super) fn string(&mut self) -> Result<TokenKind, Refused> {
        self.at += 1;
        for word in self.rest().as_chunks::<8>().0 {
            let marks = Marks::of(u64::from_le_bytes(*word));
            if marks.any == 0 {
                self.at += 8;
                continue;
            }
            self.at += marks.plain();
            if marks.is_quote() {
                self.at += 1;
                return Ok(TokenKind::Plain);
            }
            break;
        }
        self.string_by_bytes()
    }

    /// The rest of a text.
    #[inline(never)]
    fn string_by_bytes(&mut self) -> Result<TokenKind, Refused> {
        let mut kind = TokenKind::Plain;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    kind = TokenKind::Escaped;
                    self.escape()?;
                }
                Some(0x20..) => self.at += 1,
                _ => return Err(Refused::Malformed),
            }
        }
        self.at += 1;
        Ok(kind)
    }

    fn escape(&mut self) -> Result<(), Refused> {
        let bytes = self.text.as_bytes();
        match bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                let digits = bytes.get(self.at + 2..self.at + 6).ok_or(Refused::Malformed)?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err(Refused::Malformed);
                }
                self.at += 6;
            }
            _ => return Err(Refused::Malformed),
        }
        Ok(())
    }

    /// The colon behind a name.
    #[inline]
    pub(super) fn colon(&mut self) -> Result<(), Refused> {
        if self.next_byte()? != b':' {
            return Err(Refused::Malformed);
        }
        self.at += 1;
        Ok(())
    }

    #[inline]
    pub(super) fn number(&mut self) -> Result<(), Refused> {
        self.skip_byte(|byte| byte == b'-');
        let leading_zero = self.peek() == Some(b'0');
        let whole = self.digits();
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
        Ok(())
    }

    #[inline]
    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at - start
    }

    /// One of the three words without quotes.
    #[inline]
    pub(super) fn literal(&mut self, word: &[u8]) -> Result<(), Refused> {
        if !self.rest().starts_with(word) {
            return Err(Refused::Malformed);
        }
        self.at += word.len();
        Ok(())
    }

    #[inline]
    fn skip_byte(&mut self, wanted: impl Fn(u8) -> bool) -> bool {
        let there = self.peek().is_some_and(wanted);
        self.at += usize::from(there);
        there
    }

    /// Steps over a value, so many containers down; all of it is looked at.
    pub(super) fn skip_value(&mut self, depth: usize) -> Result<(), Refused> {
        match self.next_byte()? {
            b'"' => self.string().map(drop),
            b'{' => self.skip_container(b'}', depth + 1),
            b'[' => self.skip_container(b']', depth + 1),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            _ => self.number(),
        }
    }

    fn skip_container(&mut self, end: u8, depth: usize) -> Result<(), Refused> {
        if depth > DEPTH_MAX {
            return Err(Refused::TooLarge);
        }
        self.at += 1;
        if self.next_byte()? == end {
            self.at += 1;
            return Ok(());
        }
        loop {
            if end == b'}' {
                self.name()?;
            }
            self.skip_value(depth)?;
            let behind = self.next_byte()?;
            self.at += 1;
            match behind {
                b',' => {}
                _ if behind == end => return Ok(()),
                _ => return Err(Refused::Malformed),
            }
        }
    }

    /// A member's name and the colon behind it.
    #[inline]
    pub(super) fn name(&mut self) -> Result<TokenKind, Refused> {
        if self.next_byte()? != b'"' {
            return Err(Refused::Malformed);
        }
        let kind = self.string()?;
        self.colon()?;
        Ok(kind)
    }
}

/// What ends a run of plain characters among eight: a quote, a backslash, a control character. Each is marked by its high
/// bit; bytes behind the first one may be marked wrongly, as the subtraction borrows.
#[derive(Clone, Copy)]
pub(super) struct Marks {
    any: u64,
    quotes: u64,
}

impl Marks {
    #[inline]
    pub(super) const fn of(word: u64) -> Self {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        const fn zero(word: u64) -> u64 {
            word.wrapping_sub(ONES) & !word
        }
        let quotes = zero(word ^ (ONES * b'"' as u64));
        let backslashes = zero(word ^ (ONES * b'\\' as u64));
        let controls = word.wrapping_sub(ONES * 0x20) & !word;
        Self { any: (quotes | backslashes | controls) & HIGH, quotes }
    }

    /// Characters before the first that is marked; 8 if none is.
    #[inline]
    pub(super) const fn plain(self) -> usize {
        self.any.trailing_zeros() as usize / 8
    }

    /// Whether the first that is marked is a quote.
    #[inline]
    pub(super) const fn is_quote(self) -> bool {
        self.any & self.any.wrapping_neg() & self.quotes != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_of_eight_find_what_a_byte_loop_finds(text in r#"[a-z"\\\x00-\x24äß]{0,40}"#) {
            let text = format!("\"{text}");
            let (mut words, mut bytes) = (Reader::new(&text), Reader::new(&text));
            bytes.at += 1;
            prop_assert_eq!((words.string(), words.at), (bytes.string_by_bytes(), bytes.at));
        }

        #[test]
        fn a_value_is_stepped_over_if_it_is_one(text in r#"[\[\]{}",:0-9eE.+\-\\ua-f tn\x01ä]{0,24}"#) {
            let mut reader = Reader::new(&text);
            let over = reader.skip_value(0).is_ok() && { reader.skip_space(); reader.at == text.len() };
            prop_assert_eq!(over, crate::json::scan(text.as_str().into()).is_ok(), "{:?}", text);
        }
    }
}
