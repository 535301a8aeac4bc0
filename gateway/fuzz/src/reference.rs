//! The chunked coding decoded from a whole buffer by its grammar (RFC 9112 section 7.1), in the most obvious way, to
//! compare our decoder with. It knows none of our limits but the number of digits.

use super::lines::is_token;

/// How far a body in a buffer goes.
#[derive(Debug, PartialEq, Eq)]
pub enum Chunked {
    /// It is whole: its data, and how many bytes it took.
    Whole(Vec<u8>, usize),
    /// So far nothing is wrong.
    Unfinished,
    /// It is no chunked body.
    Bad,
}

/// Most digits of a size.
const DIGITS_MAX: usize = 15;

/// Decodes the body at the front of `input`.
pub fn decode(input: &[u8]) -> Chunked {
    let (mut data, mut rest) = (Vec::new(), input);
    loop {
        let (line, after) = match line(rest) {
            Ok(Some(found)) => found,
            Ok(None) => return partial(rest, is_size_line, has_size),
            Err(()) => return Chunked::Bad,
        };
        if !is_size_line(line) || !has_size(line) {
            return Chunked::Bad;
        }
        let digits = line.split(|&byte| byte == b';').next().unwrap_or_default();
        let size = std::str::from_utf8(digits).ok().and_then(|digits| u64::from_str_radix(digits, 16).ok());
        let Some(size) = size else { return Chunked::Bad };
        rest = after;
        if size == 0 {
            return trailers(data, rest, input.len());
        }
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let Some((chunk, behind)) = rest.split_at_checked(size) else { return Chunked::Unfinished };
        data.extend_from_slice(chunk);
        match behind {
            [b'\r', b'\n', next @ ..] => rest = next,
            [] | [b'\r'] => return Chunked::Unfinished,
            _ => return Chunked::Bad,
        }
    }
}

fn trailers(data: Vec<u8>, mut rest: &[u8], input_bytes: usize) -> Chunked {
    loop {
        match line(rest) {
            Ok(Some(([], after))) => return Chunked::Whole(data, input_bytes - after.len()),
            Ok(Some((line, after))) if is_trailer(line) && is_whole_trailer(line) => rest = after,
            Ok(None) => return partial(rest, is_trailer, is_whole_trailer),
            _ => return Chunked::Bad,
        }
    }
}

/// What an unfinished line may still become; a CR at its end may be half of what ends it.
fn partial(rest: &[u8], begins_well: fn(&[u8]) -> bool, may_end: fn(&[u8]) -> bool) -> Chunked {
    let good = match rest {
        [line @ .., b'\r'] => begins_well(line) && may_end(line),
        _ => begins_well(rest),
    };
    if good { Chunked::Unfinished } else { Chunked::Bad }
}

type Line<'a> = Option<(&'a [u8], &'a [u8])>;

/// The line at the front and what follows it; `None` while it has no end; an error for a CR or LF alone.
fn line(input: &[u8]) -> Result<Line<'_>, ()> {
    match input.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        None => Ok(None),
        Some(at) => match &input[at..] {
            [b'\r', b'\n', after @ ..] => Ok(Some((&input[..at], after))),
            [b'\r'] => Ok(None),
            _ => Err(()),
        },
    }
}

/// Whether the line begins as one with a chunk size does.
fn is_size_line(line: &[u8]) -> bool {
    let (digits, extension) = match line.iter().position(|&byte| byte == b';') {
        Some(at) => line.split_at(at),
        None => (line, &[][..]),
    };
    let begun = !digits.is_empty() || extension.is_empty();
    begun && digits.len() <= DIGITS_MAX && digits.iter().all(u8::is_ascii_hexdigit) && is_text(extension)
}

/// Whether the line begins as a trailer field does.
fn is_trailer(line: &[u8]) -> bool {
    match line.iter().position(|&byte| byte == b':') {
        Some(at) => at > 0 && line[..at].iter().copied().all(is_token) && is_text(&line[at..]),
        None => line.iter().copied().all(is_token),
    }
}

fn has_size(line: &[u8]) -> bool {
    line.first().is_some_and(u8::is_ascii_hexdigit)
}

/// Whether the line may end: it has its colon, or is the empty one behind the last.
fn is_whole_trailer(line: &[u8]) -> bool {
    line.is_empty() || line.contains(&b':')
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == b'\t' || !byte.is_ascii_control())
}
