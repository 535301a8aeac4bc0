//! Rendered Markdown: whatever the source, only our tags come out, closed and not crossed, with safe targets.

/// Tags that may come out.
const TAGS: [&str; 8] = ["a", "abbr", "acronym", "b", "code", "em", "i", "strong"];
/// Attributes that may come out, on these tags only.
const ATTRIBUTES: [(&str, &[&str]); 3] =
    [("href", &["a"]), ("title", &["a", "abbr", "acronym"]), ("rel", &["a"])];
/// Schemes that a target may name; without one it is relative.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// Checks what a source is rendered to.
pub fn render(data: &[u8]) {
    let Ok(source) = std::str::from_utf8(data) else { return };
    let html = markup::render(source);
    assert_eq!(html, markup::render(source), "not pure");
    assert_html(&html);
    let links = markup::links(&html, 5);
    assert!(links.len() <= 5);
    for link in links {
        let scheme = link.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        assert!(scheme.is_some_and(|scheme| scheme == "http" || scheme == "https"), "{link:?}");
    }
}

/// Reads the HTML as strictly as it is written: a `<` is nothing but the start of one of our tags.
fn assert_html(html: &str) {
    let mut open = Vec::new();
    let mut pieces = html.split('<');
    assert_text(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (tag, text) = piece.split_once('>').unwrap_or_else(|| panic!("a tag without end: {html:?}"));
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "crossed in {html:?}"),
            None => open.push(assert_tag(tag)),
        }
        assert_text(text);
    }
    assert!(open.is_empty(), "left open: {open:?} in {html:?}");
}

fn assert_text(text: &str) {
    assert!(!text.contains('>'), "{text:?}");
    assert_escaped(text);
}

/// Every ampersand begins a reference that we write.
fn assert_escaped(text: &str) {
    let ours = ["amp;", "lt;", "gt;", "quot;"];
    for reference in text.split('&').skip(1) {
        assert!(ours.iter().any(|name| reference.starts_with(name)), "{text:?}");
    }
}

fn assert_tag(tag: &str) -> &str {
    let (name, mut rest) = tag.split_at(tag.find(' ').unwrap_or(tag.len()));
    assert!(TAGS.contains(&name), "{tag:?}");
    let mut seen = Vec::new();
    while !rest.is_empty() {
        let (attribute, behind) =
            rest.strip_prefix(' ').and_then(|rest| rest.split_once("=\"")).expect("an attribute");
        let (value, behind) = behind.split_once('"').expect("a quoted value");
        assert!(ATTRIBUTES.iter().any(|(known, on)| *known == attribute && on.contains(&name)), "{tag:?}");
        assert!(!seen.contains(&attribute), "twice in {tag:?}");
        assert!(!value.contains(['<', '>']), "{tag:?}");
        assert_escaped(value);
        match attribute {
            "href" => assert_target(value),
            "rel" => assert_eq!(value, "nofollow"),
            _ => {}
        }
        seen.push(attribute);
        rest = behind;
    }
    let leads_away = seen.contains(&"href") && !tag.to_ascii_lowercase().contains("href=\"mailto:");
    assert!(!leads_away || seen.contains(&"rel"), "{tag:?}");
    name
}

/// As a browser reads it: control characters and spaces at the ends, and line breaks anywhere, mean nothing
/// (URL Standard, section 4.4).
fn assert_target(target: &str) {
    let seen = target.replace("&amp;", "&").replace(['\t', '\n', '\r'], "");
    let seen = seen.trim_start_matches(|c| c <= ' ');
    if let Some((scheme, _)) = seen.split_once(':').filter(|(before, _)| !before.contains(['/', '?', '#'])) {
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
        let scheme = scheme.to_ascii_lowercase();
        assert!(!is_scheme || SCHEMES.contains(&&*scheme), "{target:?}");
    }
}
