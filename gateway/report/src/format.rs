//! The report as people and machines read it. Whatever came out of an answer is inert in every format: see `inert`.

pub(crate) mod curl;
mod html;
mod inert;
mod json;
mod junit;
mod markdown;
mod marked;
mod plot;
mod sides;
mod style;
#[cfg(test)]
mod tests;
mod text;

use crate::{CauseReport, Report, Sample, SampleDifference};

/// The most differences that are shown of a sample, of the cause that it is shown for.
const SHOWN_MAX: usize = 3;

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For a terminal.
    #[default]
    Text,
    /// One self-contained page.
    Html,
    /// For programs: the shape of [`Report`].
    Json,
    /// For a merge request.
    Markdown,
    /// For a build server: a test case a route.
    Junit,
}

impl Format {
    /// All of them, by the names that they are asked for with.
    pub const ALL: [(&'static str, Self); 5] = [
        ("text", Self::Text),
        ("html", Self::Html),
        ("json", Self::Json),
        ("md", Self::Markdown),
        ("junit", Self::Junit),
    ];

    /// The format of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(one, _)| *one == name).map(|(_, format)| *format)
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::Json => "application/json",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Junit => "application/xml",
        }
    }
}

impl Report {
    /// The report in a format.
    #[must_use]
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Text => text::render(self),
            Format::Html => html::render(self),
            Format::Json => json::render(self),
            Format::Markdown => markdown::render(self),
            Format::Junit => junit::render(self),
        }
    }
}

/// The differences of a sample that are of this cause.
fn shown<'a>(cause: &'a CauseReport, sample: &'a Sample) -> impl Iterator<Item = &'a SampleDifference> {
    let of_cause =
        |one: &&SampleDifference| one.kind == cause.kind && without_indices(&one.place) == cause.path;
    sample.differences.iter().filter(of_cause)
}

/// `$.a[3].b` as `$.a[*].b`, as causes are written.
fn without_indices(place: &str) -> String {
    let mut out = String::with_capacity(place.len());
    let mut rest = place;
    while let Some(at) = rest.find('[') {
        let (before, index) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let digits = index.bytes().skip(1).take_while(u8::is_ascii_digit).count();
        // What is behind the digits may be half a character there.
        let (whole, behind) = index.split_at_checked(digits + 2).unwrap_or_default();
        if digits > 0 && whole.ends_with(']') {
            out.push_str("[*]");
            rest = behind;
        } else {
            out.push('[');
            rest = index.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}
