//! Reads the lines of a head in one pass, strictly (RFC 9112 sections 2 to 5): CRLF ends a line and nothing else does, a
//! name is a token with its colon right behind it, a value has no control characters. What a peer might read in another
//! way is a fault here. Knows nothing of what fields mean.

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
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            classes[byte as usize] = token as u8 * TOKEN | visible as u8 * VISIBLE | target as u8 * TARGET;
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

/// The head that is being read, and how far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    raw: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// `raw` begins with a head; what follows it is not looked at.
    pub(crate) fn new(raw: &'a [u8]) -> Self {
        Self { raw, at: 0 }
    }

    /// What has been read.
    pub(crate) fn read(&self) -> &'a [u8] {
        self.raw.get(..self.at).unwrap_or_default()
    }

    fn rest(&self) -> &'a [u8] {
        self.raw.get(self.at..).unwrap_or_default()
    }

    /// The fault of bytes that are not as they should be: if there are any.
    fn unless_partial(&self, at: usize, fault: Fault) -> Fault {
        if at < self.raw.len() { fault } else { Fault::Partial }
    }

    /// The bytes of the class up to the one that ends them, which is read too.
    fn word(&mut self, of: u8, end: u8) -> Result<&'a [u8], Fault> {
        let rest = self.rest();
        let length = rest.iter().position(|&byte| class(byte) & of == 0).unwrap_or(rest.len());
        match rest.split_at_checked(length) {
            Some((word, [byte, ..])) if *byte == end && length > 0 => {
                self.at += length + 1;
                Ok(word)
            }
            _ => Err(self.unless_partial(self.at + length, Fault::FirstLine)),
        }
    }

    /// The method of a request.
    pub(crate) fn method(&mut self) -> Result<&'a [u8], Fault> {
        self.word(TOKEN, b' ')
    }

    /// The target of a request, and whether it is made of what targets may have.
    pub(crate) fn target(&mut self) -> Result<(&'a [u8], bool), Fault> {
        let word = self.word(VISIBLE, b' ')?;
        let plain = word.iter().fold(TARGET, |plain, &byte| plain & class(byte)) != 0;
        Ok((word, plain))
    }

    /// `HTTP/1.0` or `HTTP/1.1`: the digit behind the point. `end` follows it.
    pub(crate) fn version(&mut self, end: &[u8]) -> Result<u8, Fault> {
        const NAME: &[u8; 7] = b"HTTP/1.";
        let rest = self.rest();
        match rest.split_first_chunk() {
            Some((NAME, [digit @ (b'0' | b'1'), after @ ..])) if after.starts_with(end) => {
                self.at += NAME.len() + 1 + end.len();
                Ok(digit - b'0')
            }
            _ => {
                let begun = NAME.starts_with(rest.get(..NAME.len()).unwrap_or(rest));
                let short = begun && rest.len() < NAME.len() + 1 + end.len();
                Err(if short { Fault::Partial } else { Fault::FirstLine })
            }
        }
    }

    /// The status of an answer, and its reason phrase, to the end of the line.
    pub(crate) fn status(&mut self) -> Result<(u16, &'a [u8]), Fault> {
        let rest = self.rest();
        let digit = |byte: &u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
        let [hundreds, tens, ones, after @ ..] = rest else { return Err(Fault::Partial) };
        let digits = (digit(hundreds), digit(tens), digit(ones));
        let (Some(hundreds), Some(tens), Some(ones)) = digits else { return Err(Fault::FirstLine) };
        self.at += 3;
        match after.first() {
            Some(b' ') => self.at += 1,
            // The space is left away by servers that have no reason to give.
            Some(b'\r') | None => {}
            Some(_) => return Err(Fault::FirstLine),
        }
        let reason =
            self.line().map_err(|fault| if fault == Fault::Field { Fault::FirstLine } else { fault })?;
        Ok((hundreds * 100 + tens * 10 + ones, reason))
    }

    /// Everything to the end of the line, which is read too.
    fn line(&mut self) -> Result<&'a [u8], Fault> {
        let rest = self.rest();
        let length = plain_length(rest);
        match rest.split_at_checked(length) {
            Some((line, [b'\r', b'\n', ..])) => {
                self.at += length + 2;
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
            let rest = self.rest();
            let length = rest.iter().position(|&byte| class(byte) & TOKEN == 0).unwrap_or(rest.len());
            let at = self.at;
            match rest.split_at_checked(length) {
                Some((name, [b':', ..])) if length > 0 => {
                    if slots.len() == FIELDS_MAX {
                        return Err(Fault::TooManyFields);
                    }
                    self.at += length + 1;
                    let value = trim(self.line()?);
                    slots.push(Field { name, value, kind: kind(name), at });
                }
                Some(([], [b'\r', b'\n', ..])) => {
                    self.at += 2;
                    return Ok(());
                }
                Some((_, []) | ([], [b'\r'])) => return Err(Fault::Partial),
                _ => return Err(Fault::Field),
            }
        }
    }
}

/// How many bytes are no control characters, but for tabs. Eight are looked at at once.
fn plain_length(bytes: &[u8]) -> usize {
    let mut plain = 0;
    loop {
        let rest = bytes.get(plain..).unwrap_or_default();
        let (words, last) = rest.as_chunks::<8>();
        let found = words.iter().position(|word| controls(u64::from_le_bytes(*word)) != 0);
        let (before, tail) = match found.and_then(|at| Some((at, words.get(at)?))) {
            Some((at, word)) => (at * 8, word.as_slice()),
            None => (words.len() * 8, last),
        };
        let within = tail.iter().position(u8::is_ascii_control).unwrap_or(tail.len());
        plain += before + within;
        match bytes.get(plain) {
            Some(b'\t') => plain += 1,
            _ => return plain,
        }
    }
}

/// Not 0 if any of eight bytes is a control character: one is below `n` if taking `n` away borrows, and equal to another
/// if their difference is below 1. A borrow can only be seen in vain behind a byte for which it is right.
fn controls(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let below = |word: u64, n: u64| word.wrapping_sub(ONES * n) & !word & HIGH;
    below(word, 0x20) | below(word ^ (ONES * 0x7f), 1)
}

/// Without spaces and tabs around it.
fn trim(value: &[u8]) -> &[u8] {
    let is_white = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = value.iter().position(|byte| !is_white(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !is_white(byte)).map_or(start, |last| last + 1);
    value.get(start..end).unwrap_or_default()
}
