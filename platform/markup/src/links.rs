//! Finds the links in HTML that [`render`](crate::render) wrote.

/// What stands before the target of every link that the writer writes. In text and attributes `<` is always escaped,
/// so this can be nothing but a tag.
const OPENING: &str = "<a href=\"";

/// The `http(s)` links of rendered HTML, in order, each once, at most `max`.
///
/// `html` must come from [`render`](crate::render): other HTML writes its tags in other ways.
#[must_use]
pub fn links(html: &str, max: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for rest in html.split(OPENING).skip(1) {
        if found.len() >= max {
            break;
        }
        let target = unescaped(rest.split('"').next().unwrap_or_default());
        if is_web(&target) && !found.contains(&target) {
            found.push(target);
        }
    }
    found
}

fn is_web(target: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|start| target.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
}

/// Undoes [`escape_attribute`](crate::escape_attribute); `&amp;` last, or `&amp;lt;` would become `<`.
fn unescaped(value: &str) -> String {
    if !value.contains('&') {
        return value.to_owned();
    }
    value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
