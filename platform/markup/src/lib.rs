//! markup (face; being built)

/// Markdown to HTML that is safe to show: see README.
#[must_use]
pub fn render(source: &str) -> String {
    source.to_owned()
}

/// The `http(s)` links of rendered HTML, in order, each once, at most `max`.
#[must_use]
pub fn links(html: &str, max: usize) -> Vec<String> {
    let _ = (html, max);
    Vec::new()
}
