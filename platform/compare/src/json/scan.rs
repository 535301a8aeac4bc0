//! From a JSON text (RFC 8259) to its tokens, in one pass and without recursion.

mod beside;

pub(crate) use beside::scan_beside;

use crate::json::reader::Reader;
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
    let mut scanner = Scanner::new(&text)?;
    let read = scanner.value().and_then(|opened| scanner.run(opened));
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
    reader: Reader<'a>,
    tokens: Vec<Token>,
    open: Vec<Open>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Result<Self, Refused> {
        if text.len() > BODY_MAX_BYTES {
            return Err(Refused::TooLarge);
        }
        let tokens = spare::take(text.len() / 12 + 4);
        Ok(Self { reader: Reader::new(text), tokens, open: Vec::with_capacity(OPEN_USUALLY) })
    }

    /// Reads to the end; with `opened`, a value comes next, and else what is behind one.
    fn run(&mut self, mut opened: bool) -> Result<(), Refused> {
        while opened || self.behind_value()? {
            opened = self.value()?;
        }
        self.is_over()
    }

    /// Nothing may be behind the value.
    fn is_over(&self) -> Result<(), Refused> {
        if self.reader.rest().is_empty() { Ok(()) } else { Err(Refused::Malformed) }
    }

    /// Reads a value, or the beginning of a container that has parts: then says so.
    #[inline]
    fn value(&mut self) -> Result<bool, Refused> {
        let kind = match self.reader.next_byte()? {
            b'"' => {
                self.string()?;
                return Ok(false);
            }
            b'{' => return self.open(true),
            b'[' => return self.open(false),
            b't' => TokenKind::True,
            b'f' => TokenKind::False,
            b'n' => TokenKind::Null,
            _ => TokenKind::Number,
        };
        let start = self.reader.at;
        match kind {
            TokenKind::True => self.reader.literal(b"true")?,
            TokenKind::False => self.reader.literal(b"false")?,
            TokenKind::Null => self.reader.literal(b"null")?,
            _ => self.reader.number()?,
        }
        self.push(kind, start)?;
        Ok(false)
    }

    /// Steps from behind a value to the next one, closing what ends here. No further value: `false`.
    #[inline]
    fn behind_value(&mut self) -> Result<bool, Refused> {
        loop {
            let Some(object) = self.open.last().map(|open| open.object) else {
                self.reader.skip_space();
                return Ok(false);
            };
            match self.reader.next_byte()? {
                b',' => {
                    self.reader.at += 1;
                    if object {
                        self.name()?;
                    }
                    return Ok(true);
                }
                b'}' if object => self.close(),
                b']' if !object => self.close(),
                _ => return Err(Refused::Malformed),
            }
        }
    }

    fn open(&mut self, object: bool) -> Result<bool, Refused> {
        let depth = self.open.len();
        let kind = if object { TokenKind::Object } else { TokenKind::Array };
        let kind = if depth == DEPTH_MAX { TokenKind::Deep } else { kind };
        let token = u32::try_from(self.tokens.len()).map_err(|_| Refused::TooLarge)?;
        let start = self.reader.at;
        self.reader.at += 1;
        self.push(kind, start)?;
        self.open.push(Open { token, object });
        self.behind_bracket(object)
    }

    /// Steps from behind the beginning of a container to its first value. Without one: `false`.
    fn behind_bracket(&mut self, object: bool) -> Result<bool, Refused> {
        let end = if object { b'}' } else { b']' };
        if self.reader.next_byte()? == end {
            self.close();
            return Ok(false);
        }
        if object {
            self.name()?;
        }
        Ok(true)
    }

    fn close(&mut self) {
        self.reader.at += 1;
        let Some(Open { token, .. }) = self.open.pop() else { return };
        if self.open.len() > DEPTH_MAX {
            return;
        }
        let (end, next) = (self.reader.at as u32, self.tokens.len() as u32);
        if let Some(token) = self.tokens.get_mut(token as usize) {
            (token.end, token.next) = (end, next);
        }
    }

    /// A member's name and the colon behind it.
    #[inline]
    fn name(&mut self) -> Result<(), Refused> {
        if self.reader.next_byte()? != b'"' {
            return Err(Refused::Malformed);
        }
        self.string()?;
        self.reader.colon()
    }

    #[inline]
    fn string(&mut self) -> Result<(), Refused> {
        let start = self.reader.at;
        let kind = self.reader.string()?;
        self.push(kind, start)
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
        self.tokens.push(Token { kind, start: start as u32, end: self.reader.at as u32, next });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
