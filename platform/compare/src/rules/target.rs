//! What a rule is about: a place in the body, or one of the places around it.

use crate::rules::path::Path;

/// What a rule is about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Target {
    /// Places in the body.
    Path(Path),
    /// The status code.
    Status,
    /// The body as a whole.
    Body,
    /// A header field, by its name in lower case.
    Header(Box<str>),
    /// A trailer field, by its name in lower case.
    Trailer(Box<str>),
}

impl Target {
    /// Reads the words in which [`crate::Place`] shows itself.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text.split_once(' ').map(|(word, rest)| (word, rest.trim())) {
            Some(("header", name)) => field(name).map(Self::Header),
            Some(("trailer", name)) => field(name).map(Self::Trailer),
            _ if text == "status" => Ok(Self::Status),
            _ if text == "body" => Ok(Self::Body),
            _ if text.starts_with('$') => Path::parse(text).map(Self::Path),
            _ => Err(format!(
                "\"{text}\" is no place: a JSONPath begins with $; others are status, body, header NAME, trailer NAME"
            )),
        }
    }
}

/// The name of a field in lower case, if it is a token (RFC 9110 section 5.6.2).
pub(crate) fn field(name: &str) -> Result<Box<str>, String> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(format!("\"{name}\" is no name of a field"));
    }
    Ok(name.to_ascii_lowercase().into())
}
