//! Reads the lines of a head in one pass, strictly (RFC 9112 sections 2 to 5): CRLF ends a line and nothing else does, a
//! name is a token with its colon right behind it, a value has no control characters. What a peer might read in another
//! way is a fault here. Knows nothing of what fields mean.

mod kinds;

use smallvec::SmallVec;

/// Most field lines a head may have.
pub const FIELDS_MAX: usize = 100;

/// One field line; `K` says what its name means to whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a, K> {
    /// A token, in the case in which it came.
    pub(crate) name: &'a [u8],
    /// Without the white space around it.
    pub(crate) value: &'a [u8],
    pub(crate) kind: K,
    /// Where its line begins within the head.
    pub(crate) at: usize,
}

/// Places for the field lines of a head, on the stack of whoever reads.
pub type FieldSlots<'a, K> = SmallVec<[Field<'a, K>; FIELDS_MAX]>;

/// Empty places.
#[must_use]
pub const fn field_slots<'a, K>() -> FieldSlots<'a, K> {
    SmallVec::new_const()
}

/// Why bytes are not a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// They end before the head does.
    Partial,
    /// The first line is malformed.
    FirstLine,
    /// A field line is.
    Field,
    /// There are more of them than the limit.
    TooManyFields,
}

/// What bytes a request's method or a field's name is made of (RFC 9110 section 5.6.2).
const TOKEN: u8 = 1;
/// What a request's target is made of: whatever is neither a space nor a control character.
const VISIBLE: u8 = 2;
/// The same, without what no target may have: `#` and bytes beyond ASCII.
const TARGET: u8 = 4;
/// What a host is made of that is no address in brackets (RFC 3986 section 3.2.2), `%` included.
const REG_NAME: u8 = 8;

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0x21_u8;
    loop {
        let token = byte.is_ascii_alphanumeric()
            || matches!(byte, b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+')
            || matches!(byte, b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~');
        let target = byte < 0x7f && byte != b'#';
        let visible = byte != 0x7f;
        let reg_name = byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'%' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')')
            || matches!(byte, b'*' | b'+' | b',' | b';' | b'=');
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            classes[byte as usize] = (token as u8 * TOKEN)
                | (visible as u8 * VISIBLE)
                | (target as u8 * TARGET)
                | (reg_name as u8 * REG_NAME);
        }
        if byte == u8::MAX {
            return classes;
        }
        byte += 1;
    }
}

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

/// The head that is being read, and what is left of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    raw: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// `raw` begins with a head; what follows it is not looked at.
    pub(crate) fn new(raw: &'a [u8]) -> Self {
        Self { raw, rest: raw }
    }

    fn at(&self) -> usize {
        self.raw.len() - self.rest.len()
    }

    /// What has been read.
    pub(crate) fn read(&self) -> &'a [u8] {
        self.raw.get(..self.at()).unwrap_or_default()
    }

    /// The first `length` bytes of the rest, which a space ends, are a word; the space is read too.
    fn word(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        match self.rest.split_at_checked(length) {
            Some((word, [b' ', after @ ..])) if length > 0 => {
                self.rest = after;
                Ok(word)
            }
            Some((_, [])) => Err(Fault::Partial),
            _ => Err(Fault::FirstLine),
        }
    }

    /// The method of a request.
    pub(crate) fn method(&mut self) -> Result<&'a [u8], Fault> {
        self.word(token_length(self.rest))
    }

    /// The target of a request, and whether it is made of what targets may have.
    pub(crate) fn target(&mut self) -> Result<(&'a [u8], bool), Fault> {
        let plain = run(self.rest, kinds::beyond_target, |byte| class(byte) & TARGET != 0);
        let others = self.rest.get(plain..).unwrap_or_default();
        let more = others.iter().position(|&byte| class(byte) & VISIBLE == 0).unwrap_or(others.len());
        Ok((self.word(plain + more)?, more == 0))
    }

    /// One of two texts, the version with what is behind it: the index of the one that stands here.
    pub(crate) fn either<const N: usize>(&mut self, texts: [&[u8; N]; 2]) -> Result<usize, Fault> {
        if let Some((text, after)) = self.rest.split_first_chunk::<N>()
            && let Some(found) = texts.iter().position(|known| *known == text)
        {
            self.rest = after;
            return Ok(found);
        }
        let is_partial = self.rest.len() < N && texts.iter().any(|text| text.starts_with(self.rest));
        Err(if is_partial { Fault::Partial } else { Fault::FirstLine })
    }

    /// The status of an answer, and its reason phrase, to the end of the line.
    pub(crate) fn status(&mut self) -> Result<(u16, &'a [u8]), Fault> {
        let digit = |byte: &u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
        let [hundreds, tens, ones, after @ ..] = self.rest else { return Err(Fault::Partial) };
        let digits = (digit(hundreds), digit(tens), digit(ones));
        let (Some(hundreds), Some(tens), Some(ones)) = digits else { return Err(Fault::FirstLine) };
        self.rest = match after {
            [b' ', after @ ..] => after,
            // The space is left away by servers that have no reason to give.
            [] | [b'\r', ..] => after,
            _ => return Err(Fault::FirstLine),
        };
        let reason =
            self.line().map_err(|fault| if fault == Fault::Field { Fault::FirstLine } else { fault })?;
        Ok((hundreds * 100 + tens * 10 + ones, reason))
    }

    /// Everything to the end of the line, which is read too.
    #[inline]
    fn line(&mut self) -> Result<&'a [u8], Fault> {
        let length = run(self.rest, kinds::controls, |byte| byte == b'\t' || !byte.is_ascii_control());
        match self.rest.split_at_checked(length) {
            Some((line, [b'\r', b'\n', after @ ..])) => {
                self.rest = after;
                Ok(line)
            }
            Some((_, [] | [b'\r'])) => Err(Fault::Partial),
            _ => Err(Fault::Field),
        }
    }

    /// All field lines and the empty line behind them.
    pub(crate) fn fields<K>(
        &mut self,
        slots: &mut FieldSlots<'a, K>,
        kind: impl Fn(&[u8]) -> K,
    ) -> Result<(), Fault> {
        slots.clear();
        loop {
            let at = self.at();
            match self.rest.split_at_checked(token_length(self.rest)) {
                Some((name @ [_, ..], [b':', after @ ..])) => {
                    if slots.len() == FIELDS_MAX {
                        return Err(Fault::TooManyFields);
                    }
                    self.rest = after;
                    let value = trim(self.line()?);
                    slots.push(Field { name, value, kind: kind(name), at });
                }
                Some(([], [b'\r', b'\n', after @ ..])) => {
                    self.rest = after;
                    return Ok(());
                }
                Some((_, []) | ([], [b'\r'])) => return Err(Fault::Partial),
                _ => return Err(Fault::Field),
            }
        }
    }
}

/// How many bytes at the front may be in the name of a host.
pub(crate) fn reg_name_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|&byte| class(byte) & REG_NAME == 0).unwrap_or(bytes.len())
}

/// How many bytes at the front are a token.
fn token_length(bytes: &[u8]) -> usize {
    run(bytes, kinds::beyond_letters, |byte| class(byte) & TOKEN != 0)
}

/// How many bytes at the front are `good`. Sixteen are looked at at once: `doubtful` has a bit for each that may not be.
fn run(bytes: &[u8], doubtful: impl Fn(&[u8; 16]) -> u32, good: impl Fn(u8) -> bool) -> usize {
    let (chunks, last) = bytes.as_chunks::<16>();
    for (index, chunk) in chunks.iter().enumerate() {
        let mut doubts = doubtful(chunk);
        while doubts != 0 {
            let place = doubts.trailing_zeros() as usize;
            if !chunk.get(place).is_some_and(|byte| good(*byte)) {
                return index * 16 + place;
            }
            doubts &= doubts - 1;
        }
    }
    let before = chunks.len() * 16;
    before + last.iter().position(|byte| !good(*byte)).unwrap_or(last.len())
}

/// Without spaces and tabs around it: nearly always one space in front.
fn trim(value: &[u8]) -> &[u8] {
    let value = value.strip_prefix(b" ").unwrap_or(value);
    match value {
        [b' ' | b'\t', ..] | [.., b' ' | b'\t'] => trim_all(value),
        _ => value,
    }
}

#[cold]
fn trim_all(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

#[cfg(test)]
mod tests;
