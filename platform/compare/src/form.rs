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
use crate::json::{Refused, Tree, scan};
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

/// Reads a body by its media type; without one, by what it looks like. What is not what it says is read as text, what is no
/// text either is opaque.
pub(crate) fn read<'a>(answer: &Answer<'a>) -> Read<'a> {
    if answer.body.len() > BODY_MAX_BYTES {
        return Read::TooLarge;
    }
    let form = of(answer);
    let parameters = answer.content_type().unwrap_or_default();
    let Some(body) = media::decoded(form, parameters, answer.body) else { return Read::Opaque };
    match structured(form, parameters, body.clone()) {
        Err(Refused::Malformed) if form != Form::Opaque => text::read(body).into(),
        read => read.map(|tree| (form, tree)).into(),
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
