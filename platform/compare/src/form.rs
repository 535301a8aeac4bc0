//! Structures of bodies. Each is brought into the form of JSON first, so that one walk and one language of paths serve all.

mod html;
mod media;
mod multipart;
mod node;
mod text;
mod urlencoded;
mod xml;

use crate::answer::Answer;
use crate::comparison::Form;
use crate::json::{self, Refused, Tree, scan, scan_beside};
use crate::limits::BODY_MAX_BYTES;
use std::borrow::Cow;

pub(crate) use media::of;

/// A body that was read.
pub(crate) enum Read<'a> {
    /// It has this structure.
    Tree(Form, Tree<'a>),
    /// Bytes without a structure that is known.
    Opaque,
    /// Larger than the limits allow.
    TooLarge,
}

/// What two bodies are.
pub(crate) enum Both<'a> {
    /// Of this form and of the same value, however they are written.
    Same(Form),
    /// Whatever reading them gave.
    Read(Read<'a>, Read<'a>),
}

/// Reads two bodies by their media types; without one, by what they look like. What is not what it says is read as text,
/// what is no text either is opaque.
pub(crate) fn read<'a>(old: &Answer<'a>, new: &Answer<'a>) -> Both<'a> {
    let (was, is) = match (Body::of(old), Body::of(new)) {
        (Ok(was), Ok(is)) => (was, is),
        (was, is) => {
            return Both::Read(
                was.map_or_else(|read| read, Body::read),
                is.map_or_else(|read| read, Body::read),
            );
        }
    };
    if !(was.is_json() && is.is_json()) {
        return Both::Read(was.read(), is.read());
    }
    // Where both run equal for long before they do not, it is rather a value than the order: that takes tokens anyway.
    let equal = json::common::front(was.text.as_bytes(), is.text.as_bytes());
    if equal < was.text.len().min(is.text.len()) / 8 && json::same(&was.text, &is.text) {
        return Both::Same(Form::Json);
    }
    let was = was.read();
    let is = match &was {
        Read::Tree(Form::Json, other) => is.read_beside(other),
        _ => is.read(),
    };
    Both::Read(was, is)
}

/// A body whose characters are known.
struct Body<'a> {
    form: Form,
    content_type: &'a str,
    text: Cow<'a, str>,
}

impl<'a> Body<'a> {
    /// What there is to be read; or else what it is.
    fn of(answer: &Answer<'a>) -> Result<Self, Read<'a>> {
        if answer.body.len() > BODY_MAX_BYTES {
            return Err(Read::TooLarge);
        }
        let form = of(answer);
        let content_type = answer.content_type().unwrap_or_default();
        let text = media::decoded(form, content_type, answer.body).ok_or(Read::Opaque)?;
        Ok(Self { form, content_type, text })
    }

    /// Whether it says that it is one JSON text.
    fn is_json(&self) -> bool {
        self.form == Form::Json && !media::is_lines(self.content_type)
    }

    fn read(self) -> Read<'a> {
        self.read_by(structured)
    }

    /// The same of a JSON text, beside one that was read.
    fn read_beside(self, other: &Tree<'_>) -> Read<'a> {
        self.read_by(|_, _, text| scan_beside(text, other))
    }

    fn read_by(self, read: impl FnOnce(Form, &str, Cow<'a, str>) -> Result<Tree<'a>, Refused>) -> Read<'a> {
        let Self { form, content_type, text } = self;
        match read(form, content_type, text.clone()) {
            Err(Refused::Malformed) if form != Form::Opaque => text::read(text).into(),
            read => read.map(|tree| (form, tree)).into(),
        }
    }
}

/// Reads a text in one form.
fn structured<'a>(form: Form, content_type: &str, body: Cow<'a, str>) -> Result<Tree<'a>, Refused> {
    match form {
        Form::Json if media::is_lines(content_type) => scan(Cow::Owned(text::json_lines(&body))),
        Form::Json => scan(body),
        Form::Html => scan(Cow::Owned(html::to_json(&body)?)),
        Form::Xml => scan(Cow::Owned(xml::to_json(&body)?)),
        Form::Form => scan(Cow::Owned(urlencoded::to_json(&body))),
        Form::Multipart => scan(Cow::Owned(multipart::to_json(content_type, &body)?)),
        Form::Text => text::read(body).map(|(_, tree)| tree),
        Form::Same | Form::Opaque => Err(Refused::Malformed),
    }
}

impl<'a> From<Result<(Form, Tree<'a>), Refused>> for Read<'a> {
    fn from(read: Result<(Form, Tree<'a>), Refused>) -> Self {
        match read {
            Ok((form, tree)) => Self::Tree(form, tree),
            Err(Refused::TooLarge) => Self::TooLarge,
            Err(Refused::Malformed) => Self::Opaque,
        }
    }
}
