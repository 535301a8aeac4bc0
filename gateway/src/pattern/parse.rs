//! Reads a pattern's text into segments.

use super::Segment;
use crate::path::SEGMENT_MAX_BYTES;

/// The longest pattern, in bytes.
pub(super) const PATTERN_MAX_BYTES: usize = 1024;
/// The most segments of a pattern.
pub(super) const PATTERN_MAX_SEGMENTS: usize = 32;

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternFault {
    /// It does not start with `/`.
    #[error("a path pattern starts with `/`")]
    NotAbsolute,
    /// Too long, or too deep.
    #[error(
        "a path pattern has {PATTERN_MAX_BYTES} bytes and {PATTERN_MAX_SEGMENTS} segments at most, \
         a segment {SEGMENT_MAX_BYTES} bytes"
    )]
    TooLong,
    /// Two slashes in a row: such a path never gets here.
    #[error("`//` never matches: paths with empty segments are refused")]
    EmptySegment,
    /// `.` or `..`: such a path never gets here.
    #[error("`{0}` never matches: paths with dot segments are refused")]
    DotSegment(String),
    /// A brace that is not around the whole segment.
    #[error("`{0}`: braces hold a whole segment, as in `/items/{{id}}`")]
    PartOfSegment(String),
    /// The name in the braces is not a name.
    #[error(
        "`{0}`: a name has letters, digits and `_`, as in `{{id}}` or `{{rest..}}` (no regular expressions)"
    )]
    BadName(String),
    /// Two segments with one name.
    #[error("the name `{0}` is used twice")]
    NameTwice(String),
    /// `{rest..}` is not at the end.
    #[error("`{0}` takes everything that follows and must be the last segment")]
    RestNotLast(String),
    /// Written as other routers write it.
    #[error("`{written}`: write `{instead}` instead")]
    OtherDialect {
        /// What stands there.
        written: String,
        /// What means the same here.
        instead: String,
    },
    /// A character that no decoded path may have, or an escape.
    #[error("`{0}` cannot stand in a pattern; write characters as they are, not percent-encoded")]
    BadCharacter(char),
}

/// Splits and checks a pattern.
pub(super) fn segments(text: &str) -> Result<Vec<Segment>, PatternFault> {
    let relative = text.strip_prefix('/').ok_or(PatternFault::NotAbsolute)?;
    if text.len() > PATTERN_MAX_BYTES {
        return Err(PatternFault::TooLong);
    }
    let mut names: Vec<&str> = Vec::new();
    let mut segments = Vec::new();
    let mut parts = relative.split('/').peekable();
    while let Some(part) = parts.next() {
        let last = parts.peek().is_none();
        segments.push(segment(part, last, &mut names)?);
    }
    if segments.len() > PATTERN_MAX_SEGMENTS { Err(PatternFault::TooLong) } else { Ok(segments) }
}

fn segment<'p>(part: &'p str, last: bool, names: &mut Vec<&'p str>) -> Result<Segment, PatternFault> {
    if part.is_empty() && !last {
        return Err(PatternFault::EmptySegment);
    }
    let Some(inside) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
        return literal(part);
    };
    let (name, segment) = match inside.strip_suffix("..") {
        Some(name) => (name, Segment::Rest),
        None => (inside, Segment::Param),
    };
    if !is_name(name) {
        return Err(bad_name(part, inside));
    }
    if names.contains(&name) {
        return Err(PatternFault::NameTwice(name.to_owned()));
    }
    if segment == Segment::Rest && !last {
        return Err(PatternFault::RestNotLast(part.to_owned()));
    }
    names.push(name);
    Ok(segment)
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn bad_name(part: &str, inside: &str) -> PatternFault {
    let (name, expression) = inside.split_once(':').unwrap_or((inside, ""));
    if is_name(name) && matches!(expression, ".*" | ".+") {
        return PatternFault::OtherDialect { written: part.to_owned(), instead: format!("{{{name}..}}") };
    }
    PatternFault::BadName(part.to_owned())
}

fn literal(part: &str) -> Result<Segment, PatternFault> {
    if let Some(instead) = dialect(part) {
        return Err(PatternFault::OtherDialect { written: part.to_owned(), instead });
    }
    if part.contains(['{', '}']) {
        return Err(PatternFault::PartOfSegment(part.to_owned()));
    }
    if let Some(bad) = part.chars().find(|&character| !is_literal(character)) {
        return Err(PatternFault::BadCharacter(bad));
    }
    let bare = part.split(';').next().unwrap_or_default();
    if bare == "." || bare == ".." {
        return Err(PatternFault::DotSegment(part.to_owned()));
    }
    if part.len() > SEGMENT_MAX_BYTES {
        return Err(PatternFault::TooLong);
    }
    Ok(Segment::Literal(part.into()))
}

/// What a segment of another router's notation is here: `*`, `**` and `:id`.
fn dialect(part: &str) -> Option<String> {
    if part == "*" || part == "**" {
        return Some("{rest..}".to_owned());
    }
    let name = part.strip_prefix(':')?;
    is_name(name).then(|| format!("{{{name}}}"))
}

/// U+FFFD stands for bytes that are no UTF-8 when the in-process router decodes a path; a literal must not equal it.
fn is_literal(character: char) -> bool {
    !character.is_control()
        && !character.is_whitespace()
        && !matches!(character, '%' | '?' | '#' | '\\' | '{' | '}' | '\u{fffd}')
}
