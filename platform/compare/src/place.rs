//! Where a difference is: the status, a field, the body as a whole, or a place inside of it.

use serde::{Serialize, Serializer};
use std::fmt;

/// A step from a container to one of its parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// The member of an object.
    Name(Box<str>),
    /// The element of an array, counted from 0.
    Index(u32),
}

/// Where a difference is. Shown as `status`, `header content-type`, `trailer grpc-status`, `body`, or as a JSONPath
/// (RFC 9535) such as `$.messages[3].html`. Rules name places in the same words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// The status code.
    Status,
    /// A header field, by its name in lower case.
    Header(Box<str>),
    /// A trailer field, by its name in lower case.
    Trailer(Box<str>),
    /// The body as a whole, where it has no structure or another one on either side.
    Body,
    /// A place in the body. No step at all is its root, `$`.
    Path(Box<[Step]>),
}

impl Place {
    /// The place with every array index replaced by `[*]`: differences at one cause are counted together.
    #[must_use]
    pub fn cause(&self) -> String {
        Shape { place: self, indices: false }.to_string()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shape { place: self, indices: true }.fmt(formatter)
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A place with or without its indices.
struct Shape<'a> {
    place: &'a Place,
    indices: bool,
}

impl fmt::Display for Shape<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Status => formatter.write_str("status"),
            Place::Header(name) => write!(formatter, "header {name}"),
            Place::Trailer(name) => write!(formatter, "trailer {name}"),
            Place::Body => formatter.write_str("body"),
            Place::Path(steps) => {
                formatter.write_str("$")?;
                steps.iter().try_for_each(|step| match step {
                    Step::Name(name) => write_name(formatter, name),
                    Step::Index(index) if self.indices => write!(formatter, "[{index}]"),
                    Step::Index(_) => formatter.write_str("[*]"),
                })
            }
        }
    }
}

/// `.name` where RFC 9535 section 2.5.1.1 allows the shorthand, else `['name']` as in section 2.7.
fn write_name(formatter: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    if is_shorthand(name) {
        return write!(formatter, ".{name}");
    }
    formatter.write_str("['")?;
    for character in name.chars() {
        match character {
            '\'' => formatter.write_str("\\'")?,
            '\\' => formatter.write_str("\\\\")?,
            '\n' => formatter.write_str("\\n")?,
            '\r' => formatter.write_str("\\r")?,
            '\t' => formatter.write_str("\\t")?,
            control if control.is_control() => write!(formatter, "\\u{:04x}", control as u32)?,
            plain => write!(formatter, "{plain}")?,
        }
    }
    formatter.write_str("']")
}

fn is_shorthand(name: &str) -> bool {
    let first = |character: char| character.is_ascii_alphabetic() || character == '_';
    name.starts_with(first) && name.chars().all(|character| first(character) || character.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_json_path_and_its_cause_has_no_index() {
        let steps = [
            Step::Name("messages".into()),
            Step::Index(3),
            Step::Name("a b'\n[0]".into()),
            Step::Index(0),
            Step::Name("html".into()),
        ];
        let place = Place::Path(steps.into());
        assert_eq!(place.to_string(), "$.messages[3]['a b\\'\\n[0]'][0].html");
        assert_eq!(place.cause(), "$.messages[*]['a b\\'\\n[0]'][*].html");
        assert_eq!(Place::Path([].into()).to_string(), "$");
        assert_eq!(Place::Header("location".into()).cause(), "header location");
        assert_eq!(serde_json::to_string(&Place::Status).unwrap(), "\"status\"");
    }
}
