//! The part in which two texts differ.

/// A text in three parts, the middle one of which differs from the other text's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    pub(crate) before: &'a str,
    pub(crate) differs: &'a str,
    pub(crate) behind: &'a str,
}

/// Both texts, without what they begin and end with in common.
pub(crate) fn parts<'a>(old: &'a str, new: &'a str) -> (Parts<'a>, Parts<'a>) {
    let start: usize =
        old.chars().zip(new.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (old_rest, new_rest) = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
    let pairs = old_rest.chars().rev().zip(new_rest.chars().rev());
    let end: usize = pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    (split(old, start, end), split(new, start, end))
}

fn split(text: &str, start: usize, end: usize) -> Parts<'_> {
    let (before, rest) = text.split_at_checked(start).unwrap_or((text, ""));
    let (differs, behind) = rest.split_at_checked(rest.len() - end).unwrap_or((rest, ""));
    Parts { before, differs, behind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_marked() {
        for (old, new, expected) in [
            ("<b>a</b>", "<i>a</i>", (("<", "b>a</b", ">"), ("<", "i>a</i", ">"))),
            ("aXb", "ab", (("a", "X", "b"), ("a", "", "b"))),
            ("aaa", "aa", (("aa", "a", ""), ("aa", "", ""))),
            ("ä1", "ö1", (("", "ä", "1"), ("", "ö", "1"))),
            ("äX", "äY", (("ä", "X", ""), ("ä", "Y", ""))),
            ("", "", (("", "", ""), ("", "", ""))),
        ] {
            let (a, b) = parts(old, new);
            let plain = |p: Parts<'static>| (p.before, p.differs, p.behind);
            assert_eq!((plain(a), plain(b)), expected);
        }
    }
}
