//! What is read from a page.

use crate::page::summary;
use proptest::prelude::*;

fn read(html: &str) -> (Option<String>, Option<String>) {
    let found = summary(html);
    (found.title, found.description)
}

#[test]
fn title_and_description_are_read_as_browsers_do() {
    let some = |text: &str| Some(text.to_owned());
    for (html, title, description) in [
        ("", None, None),
        ("<title> a\n\t b </title>", some("a b"), None),
        ("<TITLE>a &lt;b> <i>c</TITLE>", some("a <b> <i>c"), None),
        ("<title></title><meta property='og:title' content=o>", some("o"), None),
        ("<meta property='og:title' content=o><title>t</title>", some("t"), None),
        ("<title>t</title><svg><title>s</title></svg>", some("t"), None),
        ("<script>'<title>no</title>'</script><title>yes</title>", some("yes"), None),
        ("<style><title>no</title></style><!-- <title>no</title> -->", None, None),
        ("<meta name=DESCRIPTION content=' d  e '>", None, some("d e")),
        ("<meta property=og:description content=o><meta name=description content=d>", None, some("d")),
        ("<meta property=og:description content=o><meta name=description content=''>", None, some("o")),
        ("<meta name=description><meta name=keywords content=k>", None, None),
        ("<title>cut off", some("cut off"), None),
        ("<title>a\u{0}\u{7}b</title>", some("a\u{fffd}b"), None),
    ] {
        assert_eq!(read(html), (title, description), "{html}");
    }
}

#[test]
fn long_texts_are_cut() {
    let (title, description) =
        read(&format!("<title>{0}</title><meta name=description content={0}>", "\u{fc}".repeat(5000)));
    assert_eq!((title.unwrap().chars().count(), description.unwrap().chars().count()), (300, 1000));
}

proptest! {
    #[test]
    fn no_page_fails(html in any::<String>()) {
        let found = summary(&html);
        prop_assert!(found.title.is_none_or(|title| !title.contains(char::is_control)));
    }
}
