//! Writes the few tags that may come out, always closed and never crossed, and escapes everything else.

use crate::{autolink, href};

/// Tags that may be open at once; what would be deeper is dropped like an unknown tag.
const OPEN_MAX: usize = 32;

/// A tag that may come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    A,
    Abbr,
    Acronym,
    B,
    Code,
    Em,
    I,
    Strong,
}

impl Tag {
    /// The tag of this lower-case name, if it may come out.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "a" => Self::A,
            "abbr" => Self::Abbr,
            "acronym" => Self::Acronym,
            "b" => Self::B,
            "code" => Self::Code,
            "em" => Self::Em,
            "i" => Self::I,
            "strong" => Self::Strong,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::Abbr => "abbr",
            Self::Acronym => "acronym",
            Self::B => "b",
            Self::Code => "code",
            Self::Em => "em",
            Self::I => "i",
            Self::Strong => "strong",
        }
    }

    fn has_title(self) -> bool {
        matches!(self, Self::A | Self::Abbr | Self::Acronym)
    }
}

/// Collects the HTML. Text is held back until a tag or a block ends it, so that a link that Markdown hands over in
/// several pieces is still seen as one.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    out: String,
    text: String,
    open: Vec<Tag>,
}

impl Writer {
    /// A writer with room for `capacity` bytes.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { out: String::with_capacity(capacity), ..Self::default() }
    }

    /// Plain text; bare links in it become links where links may be.
    pub(crate) fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Opens a tag. An `a` inside an `a` is dropped: HTML knows no nested links.
    pub(crate) fn open(&mut self, tag: Tag, href: Option<&str>, title: Option<&str>) {
        if self.open.len() >= OPEN_MAX || (tag == Tag::A && self.is_in(Tag::A)) {
            return;
        }
        self.flush();
        self.out.push('<');
        self.out.push_str(tag.name());
        let href = href.filter(|_| tag == Tag::A).and_then(href::safe);
        if let Some(href) = &href {
            self.attribute("href", href);
        }
        if let Some(title) = title.filter(|title| tag.has_title() && !title.is_empty()) {
            self.attribute("title", title);
        }
        if href.is_some_and(|href| !href::is_mail(&href)) {
            self.out.push_str(" rel=\"nofollow\"");
        }
        self.out.push('>');
        self.open.push(tag);
    }

    /// Closes a tag and all that are open inside it; without such a tag nothing happens.
    pub(crate) fn close(&mut self, tag: Tag) {
        let Some(at) = self.open.iter().rposition(|open| *open == tag) else { return };
        self.flush();
        for inner in self.open.drain(at..).rev() {
            push_end(&mut self.out, inner);
        }
    }

    /// Ends a block: what follows starts on a new line.
    pub(crate) fn end_block(&mut self) {
        self.flush();
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// Closes what is open and gives the HTML, without newlines at its ends.
    pub(crate) fn finish(mut self) -> String {
        self.flush();
        self.out.truncate(self.out.trim_end_matches('\n').len());
        for tag in self.open.drain(..).rev() {
            push_end(&mut self.out, tag);
        }
        self.out
    }

    fn is_in(&self, tag: Tag) -> bool {
        self.open.contains(&tag)
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape_attribute(&mut self.out, value);
        self.out.push('"');
    }

    fn flush(&mut self) {
        if self.is_in(Tag::A) || self.is_in(Tag::Code) {
            escape_text(&mut self.out, &self.text);
        } else {
            autolink::write(&mut self.out, &self.text);
        }
        self.text.clear();
    }
}

fn push_end(out: &mut String, tag: Tag) {
    out.push_str("</");
    out.push_str(tag.name());
    out.push('>');
}

/// Appends `text` so that HTML reads it as text: `&`, `<` and `>` are escaped, as the HTML standard serialises text.
pub fn escape_text(out: &mut String, text: &str) {
    escape(out, text, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        _ => None,
    });
}

/// Appends `value` so that it can stand between the double quotes of an attribute.
pub fn escape_attribute(out: &mut String, value: &str) {
    escape(out, value, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        _ => None,
    });
}

fn escape(out: &mut String, text: &str, replacement: impl Fn(u8) -> Option<&'static str>) {
    let mut rest = text;
    while let Some((at, with)) = rest.bytes().enumerate().find_map(|(at, b)| Some((at, replacement(b)?))) {
        // The escaped characters are one byte each, so both cuts are on a character's edge.
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        out.push_str(with);
        rest = after.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
}
