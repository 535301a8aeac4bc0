//! Raw HTML that Markdown passes through: complete tags are kept for the tokenizer, everything else becomes text.

/// The longest raw tag in bytes. Bounds how far a `<` is looked behind, and so the work on hostile input.
const TAG_MAX_BYTES: usize = 4096;

/// Appends `html` with every `<` escaped that does not open a complete tag (CommonMark 0.31, 6.6), and without
/// comments, processing instructions and declarations. Behind an HTML tokenizer no text is lost: "`<div` is a tag"
/// stays to be read.
pub(crate) fn normalise(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + 8);
    let mut rest = html;
    // Once an end was looked for in vain it is not looked for again: the search would be quadratic.
    let mut ends = Ends { comment: true, angle: true };
    while let Some(at) = rest.find('<') {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let taken = match ends.hidden_bytes(tail).or_else(|| tag_bytes(tail)) {
            Some(Span::Hidden(bytes)) => bytes,
            Some(Span::Tag(bytes)) => {
                out.push_str(tail.get(..bytes).unwrap_or_default());
                bytes
            }
            None => {
                out.push_str("&lt;");
                1
            }
        };
        rest = tail.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

enum Span {
    Hidden(usize),
    Tag(usize),
}

struct Ends {
    comment: bool,
    angle: bool,
}

impl Ends {
    /// The length of what no browser shows, if that is what `tail` starts with.
    fn hidden_bytes(&mut self, tail: &str) -> Option<Span> {
        let (end, may_end) = if tail.starts_with("<!--") {
            ("-->", &mut self.comment)
        } else if tail.starts_with("<!") || tail.starts_with("<?") {
            (">", &mut self.angle)
        } else {
            return None;
        };
        if !*may_end {
            return None;
        }
        let at = tail.find(end);
        *may_end = at.is_some();
        at.map(|at| Span::Hidden(at + end.len()))
    }
}

/// The length of the complete open or closing tag that `tail` starts with.
fn tag_bytes(tail: &str) -> Option<Span> {
    let bytes = tail.as_bytes();
    let mut scan = Scan { rest: bytes.get(1..bytes.len().min(TAG_MAX_BYTES))? };
    let closing = scan.take(b'/');
    scan.name()?;
    if !closing {
        while scan.attribute()? {}
    }
    scan.spaces();
    let _ = !closing && scan.take(b'/');
    if !scan.take(b'>') {
        return None;
    }
    let limit = bytes.len().min(TAG_MAX_BYTES);
    Some(Span::Tag(limit - scan.rest.len()))
}

/// Reads the parts of a tag from the front.
struct Scan<'a> {
    rest: &'a [u8],
}

impl Scan<'_> {
    fn take(&mut self, byte: u8) -> bool {
        let there = self.rest.first() == Some(&byte);
        if there {
            self.skip(1);
        }
        there
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    fn skip_while(&mut self, fits: impl Fn(u8) -> bool) -> usize {
        let count = self.rest.iter().take_while(|byte| fits(**byte)).count();
        self.skip(count);
        count
    }

    fn spaces(&mut self) -> usize {
        self.skip_while(|byte| byte.is_ascii_whitespace())
    }

    fn name(&mut self) -> Option<()> {
        let letter = self.rest.first().is_some_and(u8::is_ascii_alphabetic);
        letter.then(|| self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'-')).map(drop)
    }

    /// Reads one attribute: `Some(false)` when there is none, `None` when what is there is no attribute.
    fn attribute(&mut self) -> Option<bool> {
        let spaced = self.spaces() > 0;
        let starts = self.rest.first().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b':'));
        if !starts {
            return Some(false);
        }
        if !spaced {
            return None;
        }
        self.skip_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'.' | b'-'));
        let before = self.rest;
        self.spaces();
        if self.take(b'=') {
            self.spaces();
            self.value()?;
        } else {
            self.rest = before;
        }
        Some(true)
    }

    fn value(&mut self) -> Option<()> {
        for quote in [b'"', b'\''] {
            if self.take(quote) {
                self.skip_while(|byte| byte != quote);
                return self.take(quote).then_some(());
            }
        }
        let bare = |byte: u8| !byte.is_ascii_whitespace() && !b"\"'=<>`".contains(&byte);
        (self.skip_while(bare) > 0).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn complete_tags_stay_and_other_angles_become_text() {
        for (raw, normal) in [
            ("<b>x</b >", "<b>x</b >"),
            ("<a href='x>y' title=\"<\" z q=1/>", "<a href='x>y' title=\"<\" z q=1/>"),
            ("<div is a tag", "&lt;div is a tag"),
            ("<a b=\"open", "&lt;a b=\"open"),
            ("1 < 2 <3 </ > <>", "1 &lt; 2 &lt;3 &lt;/ > &lt;>"),
            ("<a b='x'c>", "&lt;a b='x'c>"),
            ("a<!-- b <i> -->c<?php d ?>e<!DOCTYPE f>g", "aceg"),
            ("<!-- never closed <i>", "&lt;!-- never closed <i>"),
        ] {
            assert_eq!(normalise(raw), normal, "{raw}");
        }
    }
}
