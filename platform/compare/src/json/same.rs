//! Whether two JSON texts are the same value, told while both are read side by side, once, and without tokens: members may
//! stand in another order, numbers and texts may be written in another way. What is not told so is left to the walk.

use crate::json::reader::{Marks, Reader};
use crate::json::scan::Refused;
use crate::json::string::unescape;
use crate::json::{TokenKind, number, tree};
use crate::limits::DEPTH_MAX;

/// Members of one object that are put aside until the other side comes to theirs.
const ASIDE_MAX: usize = 24;
/// Values that are put aside are read twice, those in them perhaps again: so many times the bytes of both texts at most.
const AGAIN_MAX: usize = 2;

/// They may be the same or not: it is not told here.
struct NotTold;

impl From<Refused> for NotTold {
    fn from(_: Refused) -> Self {
        Self
    }
}

type Told = Result<(), NotTold>;

/// Whether both texts are JSON, and the same value. `false` says nothing.
pub(crate) fn same(old: &str, new: &str) -> bool {
    let mut both = Both { aside: Vec::new(), bytes_left: AGAIN_MAX * (old.len() + new.len()) };
    let (mut old, mut new) = (Reader::new(old), Reader::new(new));
    both.values(&mut old, &mut new, 0).is_ok() && is_over(old) && is_over(new)
}

fn is_over(mut reader: Reader<'_>) -> bool {
    reader.skip_space();
    reader.rest().is_empty()
}

/// A member that was put aside: one side came to it, the other has not yet.
#[derive(Clone, Copy)]
struct Aside {
    of_one: bool,
    name: Name,
    value: (usize, usize),
}

/// A name. The reader stands behind its colon.
#[derive(Clone, Copy)]
struct Name {
    /// Tells it apart, from most others or, with less than eight bytes, from all.
    key: u64,
    start: usize,
    end: usize,
}

impl Name {
    #[inline]
    fn is(self, reader: &Reader<'_>, other: Self, of: &Reader<'_>) -> bool {
        self.key == other.key && (self.end - self.start < 8 || self.text(reader) == other.text(of))
    }

    #[inline]
    fn text<'a>(self, reader: &Reader<'a>) -> &'a [u8] {
        reader.text.as_bytes().get(self.start..self.end).unwrap_or_default()
    }
}

struct Both {
    /// Members that were put aside, of all objects that are being read.
    aside: Vec<Aside>,
    bytes_left: usize,
}

impl Both {
    /// Reads a value on either side, so many containers down. Which side is which says nothing here.
    fn values(&mut self, one: &mut Reader<'_>, other: &mut Reader<'_>, depth: usize) -> Told {
        match (one.next_byte()?, other.next_byte()?) {
            (b'"', b'"') => texts(one, other),
            (b'{', b'{') => self.objects(one, other, depth + 1),
            (b'[', b'[') => self.arrays(one, other, depth + 1),
            (b't', b't') => literals(one, other, b"true"),
            (b'f', b'f') => literals(one, other, b"false"),
            (b'n', b'n') => literals(one, other, b"null"),
            (b'-' | b'0'..=b'9', b'-' | b'0'..=b'9') => numbers(one, other),
            _ => Err(NotTold),
        }
    }

    fn arrays(&mut self, one: &mut Reader<'_>, other: &mut Reader<'_>, depth: usize) -> Told {
        if depth > DEPTH_MAX {
            return Err(NotTold);
        }
        (one.at, other.at) = (one.at + 1, other.at + 1);
        match (one.next_byte()? == b']', other.next_byte()? == b']') {
            (false, false) => {}
            (true, true) => {
                (one.at, other.at) = (one.at + 1, other.at + 1);
                return Ok(());
            }
            _ => return Err(NotTold),
        }
        loop {
            self.values(one, other, depth)?;
            let behind = (one.next_byte()?, other.next_byte()?);
            (one.at, other.at) = (one.at + 1, other.at + 1);
            match behind {
                (b',', b',') => {}
                (b']', b']') => return Ok(()),
                _ => return Err(NotTold),
            }
        }
    }

    /// As long as names come in one order, their values are read side by side. Where they do not, members are put aside.
    fn objects(&mut self, one: &mut Reader<'_>, other: &mut Reader<'_>, depth: usize) -> Told {
        if depth > DEPTH_MAX {
            return Err(NotTold);
        }
        let from = self.aside.len();
        let (mut left, mut right) = (first_name(one)?, first_name(other)?);
        // Whether the last names may be among what was put aside.
        let (mut left_new, mut right_new) = (false, false);
        loop {
            if let Some(name) = left.filter(|_| left_new && self.aside.len() > from)
                && let Some(there) = self.take(from, false, name, one, other)
            {
                self.against(one, other, there, depth)?;
                left = next_name(one)?;
                continue;
            }
            if let Some(name) = right.filter(|_| right_new && self.aside.len() > from)
                && let Some(there) = self.take(from, true, name, other, one)
            {
                self.against(other, one, there, depth)?;
                right = next_name(other)?;
                continue;
            }
            (left_new, right_new) = (false, false);
            match (left, right) {
                (Some(was), Some(is)) if was.is(one, is, other) => {
                    self.values(one, other, depth)?;
                    (left, right) = (next_name(one)?, next_name(other)?);
                    (left_new, right_new) = (true, true);
                }
                // Of what is short, rather than of a container.
                (Some(name), Some(_)) if !matches!(one.next_byte()?, b'{' | b'[') => {
                    self.put(from, true, name, one, depth)?;
                    (left, left_new) = (next_name(one)?, true);
                }
                (Some(_), Some(name)) => {
                    self.put(from, false, name, other, depth)?;
                    (right, right_new) = (next_name(other)?, true);
                }
                (None, None) if self.aside.len() == from => return Ok(()),
                _ => return Err(NotTold),
            }
        }
    }

    /// Puts a member aside, whose value comes next.
    fn put(&mut self, from: usize, of_one: bool, name: Name, reader: &mut Reader<'_>, depth: usize) -> Told {
        let before = self.aside.get(from..).unwrap_or_default();
        let twice = |aside: &Aside| aside.of_one == of_one && aside.name.is(reader, name, reader);
        // A name that is there twice is something to be told.
        if before.len() >= ASIDE_MAX || before.iter().any(twice) {
            return Err(NotTold);
        }
        reader.next_byte()?;
        let start = reader.at;
        reader.skip_value(depth)?;
        self.bytes_left = self.bytes_left.checked_sub(reader.at - start).ok_or(NotTold)?;
        self.aside.push(Aside { of_one, name, value: (start, reader.at) });
        Ok(())
    }

    /// The member of this name, where the side of `reader` came to it before.
    fn take(
        &mut self,
        from: usize,
        of_one: bool,
        name: Name,
        of: &Reader<'_>,
        reader: &Reader<'_>,
    ) -> Option<Aside> {
        let is = |aside: &Aside| aside.of_one == of_one && aside.name.is(reader, name, of);
        let at = self.aside.get(from..)?.iter().rposition(is)?;
        Some(self.aside.swap_remove(from + at))
    }

    /// Reads a value whose like was put aside.
    fn against(&mut self, here: &mut Reader<'_>, there: &mut Reader<'_>, aside: Aside, depth: usize) -> Told {
        let (start, end) = aside.value;
        let value = there.text.as_bytes().get(start..end).unwrap_or_default();
        here.next_byte()?;
        // What was put aside is known to be a value, and where it ends.
        if here.rest().starts_with(value) && !goes_on(value, here.rest().get(value.len())) {
            here.at += value.len();
            return Ok(());
        }
        let back = std::mem::replace(&mut there.at, start);
        self.values(here, there, depth)?;
        there.at = back;
        Ok(())
    }
}

fn texts(one: &mut Reader<'_>, other: &mut Reader<'_>) -> Told {
    let (from, at) = (one.at, other.at);
    let kind = one.string()?;
    let was = one.since(from);
    if other.rest().starts_with(was.as_bytes()) {
        other.at += was.len();
        return Ok(());
    }
    match (kind, other.string()?) {
        (TokenKind::Plain, TokenKind::Plain) => Err(NotTold),
        _ if unescape(was) == unescape(other.since(at)) => Ok(()),
        _ => Err(NotTold),
    }
}

fn numbers(one: &mut Reader<'_>, other: &mut Reader<'_>) -> Told {
    let (from, at) = (one.at, other.at);
    one.number()?;
    let was = one.since(from);
    if other.rest().starts_with(was.as_bytes()) && !goes_on(was.as_bytes(), other.rest().get(was.len())) {
        other.at += was.len();
        return Ok(());
    }
    other.number()?;
    if number::same(was, other.since(at)) { Ok(()) } else { Err(NotTold) }
}

fn literals(one: &mut Reader<'_>, other: &mut Reader<'_>, word: &[u8]) -> Told {
    one.literal(word)?;
    Ok(other.literal(word)?)
}

/// Whether a value that ends with a digit is a number that goes on behind it.
#[inline]
fn goes_on(value: &[u8], behind: Option<&u8>) -> bool {
    value.last().is_some_and(u8::is_ascii_digit) && matches!(behind, Some(b'0'..=b'9' | b'.' | b'e' | b'E'))
}

/// Steps into an object, to behind its first name. Without a member, over all of it.
fn first_name(reader: &mut Reader<'_>) -> Result<Option<Name>, NotTold> {
    reader.at += 1;
    if reader.next_byte()? == b'}' {
        reader.at += 1;
        return Ok(None);
    }
    name(reader).map(Some)
}

/// Steps from behind a value to behind the next name. Without one, out of the object.
#[inline]
fn next_name(reader: &mut Reader<'_>) -> Result<Option<Name>, NotTold> {
    let behind = reader.next_byte()?;
    reader.at += 1;
    match behind {
        b',' => name(reader).map(Some),
        b'}' => Ok(None),
        _ => Err(NotTold),
    }
}

#[inline]
fn name(reader: &mut Reader<'_>) -> Result<Name, NotTold> {
    if reader.next_byte()? != b'"' {
        return Err(NotTold);
    }
    let start = reader.at + 1;
    let key = match reader.text.as_bytes().get(start..).and_then(<[u8]>::first_chunk::<8>) {
        Some(word) if let Some(key) = short(u64::from_le_bytes(*word)) => {
            reader.at = start + (key >> 56) as usize + 1;
            key
        }
        _ => {
            // Escapes in names are rare.
            if reader.string()? != TokenKind::Plain {
                return Err(NotTold);
            }
            tree::key(reader.text.as_bytes().get(start..reader.at - 1).unwrap_or_default())
        }
    };
    let end = reader.at - 1;
    reader.colon()?;
    Ok(Name { key, start, end })
}

/// The key of a name of less than eight bytes, from the eight at which it begins: its bytes, and its length on top.
#[inline]
fn short(word: u64) -> Option<u64> {
    let marks = Marks::of(word);
    let length = marks.plain();
    marks.is_quote().then(|| word & ((1 << (8 * length)) - 1) | (length as u64) << 56)
}

#[cfg(test)]
mod tests;
