//! What strangers wrote stays inert in every format, and every format says what there is to say.

use super::*;
use crate::told::tests::report_with;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

/// What does something somewhere.
const LIVE: [&str; 12] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "\u{1b}[2J\u{1b}]0;title\u{7}",
    "\u{9b}31m",
    "\r\nrm -rf /\r",
    "a\u{202e}b\u{2066}c\u{200f}",
    "]]> --> <![CDATA[",
    "| a | b |\n|---|\n```\n# head\n[x](javascript:alert(1)) ![x](http://x/y) <b>",
    "` `` ``` <u>",
    "=cmd|' /C calc'!A0\u{0}\u{7f}",
];

/// Elements of a page, and of XML: what begins with `<` and a letter.
fn tags(text: &str) -> usize {
    text.as_bytes()
        .windows(2)
        .filter(|pair| pair[0] == b'<' && (pair[1].is_ascii_alphabetic() || pair[1] == b'!'))
        .count()
}

/// Orders to a terminal, and what turns the direction of writing: said here once more, and not by the code under test.
fn drives(character: char) -> bool {
    let number = u32::from(character);
    number < 0x20
        || (0x7f..0xa0).contains(&number)
        || (0x200e..=0x200f).contains(&number)
        || (0x2028..=0x202e).contains(&number)
        || (0x2066..=0x2069).contains(&number)
}

fn check(words: &str) {
    let (report, plain) = (report_with(words), report_with("x"));
    for (name, format) in Format::ALL {
        let text = report.render(format);
        let live: Vec<char> = text.chars().filter(|c| *c != '\n' && drives(*c)).collect();
        assert!(live.is_empty(), "{name}: {live:?} of {words:?}");
        if matches!(format, Format::Html | Format::Junit) {
            assert_eq!(tags(&text), tags(&plain.render(format)), "{name}: {words:?}");
        }
    }
    let json = report.render(Format::Json);
    assert!(!json.contains(['<', '>', '&']) && serde_json::from_str::<Report>(&json).is_ok());
    let markdown = report.render(Format::Markdown);
    for event in Parser::new_ext(&markdown, Options::all()) {
        let html = matches!(event, Event::Html(_) | Event::InlineHtml(_));
        let link = matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. }));
        assert!(!html && !link, "{event:?} of {words:?} in {markdown}");
    }
}

#[test]
fn what_is_live_elsewhere_is_dead_here() {
    LIVE.iter().for_each(|words| check(words));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_inert(words in "(\\PC|[<>&\"'`|\\[\\]()!\u{0}-\u{1f}\u{7f}-\u{9f}\u{202a}-\u{202e}]){0,40}") {
        check(&words);
    }
}

#[test]
fn every_format_says_the_verdict_first_and_names_the_cause() {
    let report = report_with("some-text");
    for (name, format) in Format::ALL {
        let text = report.render(format);
        let verdict =
            text.to_lowercase().find("different").unwrap_or_else(|| panic!("{name} has no verdict"));
        let cause = text.find("some-text").unwrap_or_else(|| panic!("{name} has no cause"));
        assert!(verdict < cause || format == Format::Json, "{name}");
        assert!(text.contains("100"), "{name}");
    }
    let text = report.render(Format::Text);
    for part in [
        "curl -isS",
        "≠",
        "ignore = [",
        "the new side is slower",
        "not compared: deadline 3: 3 of these may differ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_page_needs_nothing_from_elsewhere() {
    let page = report_with("x").render(Format::Html);
    for part in ["src=", "href=", "url(", "<script", "@import"] {
        assert!(!page.contains(part), "{part}");
    }
    for part in ["<svg", "<mark>", "prefers-color-scheme:dark", "default-src 'none'"] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn formats_are_asked_for_by_name() {
    for (name, format) in Format::ALL {
        assert_eq!(Format::named(name), Some(format));
    }
    assert_eq!(Format::named("csv"), None);
}

#[test]
fn a_place_is_of_the_cause_that_it_is_without_its_indices() {
    assert_eq!(without_indices("$.a[3]['b[1]'][0].c"), "$.a[*]['b[*]'][*].c");
    assert_eq!(without_indices("$['a']["), "$['a'][");
    assert_eq!(without_indices("$['[0\u{fffd}']"), "$['[0\u{fffd}']", "half a character behind the digit");
}
