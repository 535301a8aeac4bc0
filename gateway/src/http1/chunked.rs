//! The chunked transfer coding (RFC 9112 section 7.1), strictly: CRLF exact, sizes, extensions and trailers bounded.

/// Most hexadecimal digits of a chunk size, leading zeros included.
const SIZE_MAX_DIGITS: u8 = 15;
/// Most bytes of chunk extensions in one body: without a bound, one byte of body could cost kilobytes of reading.
const EXTENSIONS_MAX_BYTES: u16 = 8 * 1024;
/// Most bytes of trailer fields in one body.
const TRAILERS_MAX_BYTES: u16 = 8 * 1024;

/// The coding is broken, or one of its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the chunked coding is malformed")]
pub struct BadChunk;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first digit of a size.
    Size,
    /// After at least one digit.
    SizeDigits(u8),
    Extension,
    /// CR of the size line seen.
    SizeEnd,
    Data,
    /// All data of a chunk seen: CR, then LF.
    DataCr,
    DataLf,
    /// At the start of a trailer line or of the last empty line.
    TrailerStart,
    TrailerName,
    TrailerValue,
    TrailerLf,
    LastLf,
    Done,
}

/// Decodes a chunked body piece by piece. Any split of the bytes gives the same data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkedDecoder {
    state: State,
    left: u64,
    extension_bytes: u16,
    trailer_bytes: u16,
}

impl Default for ChunkedDecoder {
    fn default() -> Self {
        Self { state: State::Size, left: 0, extension_bytes: 0, trailer_bytes: 0 }
    }
}

impl ChunkedDecoder {
    /// Whether the whole body with its last line has been read.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Whether the data has ended, and trailer fields or the last empty line are read.
    #[must_use]
    pub fn is_in_trailers(&self) -> bool {
        use State::{LastLf, TrailerLf, TrailerName, TrailerStart, TrailerValue};
        matches!(self.state, TrailerStart | TrailerName | TrailerValue | TrailerLf | LastLf)
    }

    /// Reads from the front of `input` up to the end of the next run of data, the start of the trailers, the end of
    /// the body, or of `input`. Gives how many bytes were used, and the data, which is the end of these.
    ///
    /// # Errors
    /// [`BadChunk`]; nothing more can be read then.
    pub fn step<'i>(&mut self, input: &'i [u8]) -> Result<(usize, &'i [u8]), BadChunk> {
        for (at, &byte) in input.iter().enumerate() {
            match self.state {
                State::Data => return Ok(self.take_data(input, at)),
                State::Done => return Ok((at, &[])),
                State::SizeEnd if self.left == 0 => {
                    self.state = self.framing_byte(byte)?;
                    return Ok((at + 1, &[]));
                }
                _ => self.state = self.framing_byte(byte)?,
            }
        }
        Ok((input.len(), &[]))
    }

    fn take_data<'i>(&mut self, input: &'i [u8], from: usize) -> (usize, &'i [u8]) {
        let rest = input.get(from..).unwrap_or_default();
        let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(rest.len());
        self.left -= length as u64;
        if self.left == 0 {
            self.state = State::DataCr;
        }
        (from + length, rest.get(..length).unwrap_or_default())
    }

    fn framing_byte(&mut self, byte: u8) -> Result<State, BadChunk> {
        match (self.state, byte) {
            (State::Size, _) => self.digit(0, byte),
            (State::SizeDigits(_), b'\r') => Ok(State::SizeEnd),
            (State::SizeDigits(_), b';') => Ok(State::Extension),
            (State::SizeDigits(count), _) => self.digit(count, byte),
            (State::Extension, b'\r') => Ok(State::SizeEnd),
            (State::Extension, _) => {
                count(&mut self.extension_bytes, EXTENSIONS_MAX_BYTES, byte, State::Extension)
            }
            (State::SizeEnd, b'\n') if self.left == 0 => Ok(State::TrailerStart),
            (State::SizeEnd, b'\n') => Ok(State::Data),
            (State::DataCr, b'\r') => Ok(State::DataLf),
            (State::DataLf, b'\n') => Ok(State::Size),
            (State::TrailerStart, b'\r') => Ok(State::LastLf),
            (State::TrailerName, b':') => Ok(State::TrailerValue),
            (State::TrailerStart | State::TrailerName, _) if is_token(byte) => {
                self.trailer(byte, State::TrailerName)
            }
            (State::TrailerValue, b'\r') => Ok(State::TrailerLf),
            (State::TrailerValue, _) => self.trailer(byte, State::TrailerValue),
            (State::TrailerLf, b'\n') => Ok(State::TrailerStart),
            (State::LastLf, b'\n') => Ok(State::Done),
            _ => Err(BadChunk),
        }
    }

    fn digit(&mut self, digits: u8, byte: u8) -> Result<State, BadChunk> {
        let value = char::from(byte).to_digit(16).ok_or(BadChunk)?;
        if digits >= SIZE_MAX_DIGITS {
            return Err(BadChunk);
        }
        self.left = self.left * 16 + u64::from(value);
        Ok(State::SizeDigits(digits + 1))
    }

    fn trailer(&mut self, byte: u8, state: State) -> Result<State, BadChunk> {
        count(&mut self.trailer_bytes, TRAILERS_MAX_BYTES, byte, state)
    }
}

/// Counts a byte of what is thrown away; control characters other than the tab are refused.
fn count(bytes: &mut u16, max_bytes: u16, byte: u8, state: State) -> Result<State, BadChunk> {
    if *bytes >= max_bytes || (byte.is_ascii_control() && byte != b'\t') {
        return Err(BadChunk);
    }
    *bytes += 1;
    Ok(state)
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests;
