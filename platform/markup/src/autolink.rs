//! Bare links in text become links.

use crate::top_level;
use crate::writer::{escape_attribute, escape_text};
use linkify::{LinkFinder, LinkKind};

/// Appends `text`, escaped, with its bare links as `<a href="…" rel="nofollow">`.
pub(crate) fn write(out: &mut String, text: &str) {
    if !text.bytes().any(|byte| matches!(byte, b'.' | b':')) {
        return escape_text(out, text);
    }
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]).url_must_have_scheme(false);
    for span in finder.spans(text) {
        match span.kind().and_then(|_| prefix(span.as_str())) {
            Some(prefix) => write_link(out, prefix, span.as_str()),
            None => escape_text(out, span.as_str()),
        }
    }
}

fn write_link(out: &mut String, prefix: &str, link: &str) {
    out.push_str("<a href=\"");
    out.push_str(prefix);
    escape_attribute(out, link);
    out.push_str("\" rel=\"nofollow\">");
    escape_text(out, link);
    out.push_str("</a>");
}

/// What must stand before a bare link to make it a URL, or `None` when it is not to be linked.
fn prefix(link: &str) -> Option<&'static str> {
    match link.split_once("://") {
        Some((scheme, _)) => is_web(scheme).then_some(""),
        None => names_a_host(link).then_some("http://"),
    }
}

fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

fn names_a_host(link: &str) -> bool {
    let host = link.split(['/', '?', '#', ':']).next().unwrap_or_default();
    if host.contains('@') {
        return false;
    }
    let starts_with_www = host.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."));
    starts_with_www || host.rsplit_once('.').is_some_and(|(_, last)| top_level::is_usual(last))
}
