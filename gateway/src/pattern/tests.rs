//! What patterns are refused and what they match.

use super::*;
use proptest::prelude::*;

fn matches(pattern: &str, path: &str) -> bool {
    Pattern::parse(pattern).unwrap().agreement(CleanPath::new(path).unwrap()) == Agreement::Matches
}

#[test]
fn patterns_match_what_they_say() {
    for (pattern, path, expected) in [
        ("/", "/", true),
        ("/", "/a", false),
        ("/api/messages", "/api/messages", true),
        ("/api/messages", "/api/messages/", false),
        ("/api/messages/", "/api/messages/", true),
        ("/api/messages/", "/api/messages", false),
        ("/api/messages", "/api/Messages", false),
        ("/api/messages/{id}", "/api/messages/1", true),
        ("/api/messages/{id}", "/api/messages/a%20b", true),
        ("/api/messages/{id}", "/api/messages/", false),
        ("/api/messages/{id}", "/api/messages", false),
        ("/api/messages/{id}", "/api/messages/1/x", false),
        ("/api/messages/{rest..}", "/api/messages", true),
        ("/api/messages/{rest..}", "/api/messages/", true),
        ("/api/messages/{rest..}", "/api/messages/1/x", true),
        ("/api/messages/{rest..}", "/api/messagesx", false),
        ("/{rest..}", "/", true),
        ("/{rest..}", "/a/b/", true),
        ("/caf\u{e9}", "/caf%C3%A9", true),
        ("/a.b", "/a%2eb", true),
        ("/a+b", "/a%2Bb", false),
        ("/a+b", "/a+b", true),
        ("/{a}/x/{b}", "/1/x/2", true),
        ("/{a}/x/{b}", "/1/y/2", false),
    ] {
        assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
    }
}

#[test]
fn bad_patterns_are_refused_with_a_way_out() {
    for (pattern, expected) in [
        ("", "starts with `/`"),
        ("api", "starts with `/`"),
        ("/a//b", "`//` never matches"),
        ("/a/../b", "`..` never matches"),
        ("/a/.", "`.` never matches"),
        ("/a/x{id}", "`x{id}`: braces hold a whole segment"),
        ("/a/{id}.json", "`{id}.json`: braces hold a whole segment"),
        ("/a/{id", "`{id`: braces hold a whole segment"),
        ("/a/{}", "`{}`: a name has letters"),
        ("/a/{1d}", "`{1d}`: a name has letters"),
        ("/a/{id:[0-9]+}", "no regular expressions"),
        ("/a/{tail:.*}", "write `{tail..}` instead"),
        ("/a/{..}", "`{..}`: a name has letters"),
        ("/{a}/{a}", "the name `a` is used twice"),
        ("/{rest..}/a", "must be the last segment"),
        ("/a/*", "`*`: write `{rest..}` instead"),
        ("/a/:id", "`:id`: write `{id}` instead"),
        ("/caf%C3%A9", "`%` cannot stand in a pattern"),
        ("/a?b=c", "`?` cannot stand in a pattern"),
        ("/a b", "` ` cannot stand in a pattern"),
        ("/a\u{fffd}", "cannot stand in a pattern"),
    ] {
        let message = Pattern::parse(pattern).unwrap_err().to_string();
        assert!(message.contains(expected), "{pattern}: {message}");
    }
}

#[test]
fn size_and_depth_are_bounded() {
    let deep = |segments: usize| Pattern::parse(&"/a".repeat(segments));
    assert!(deep(parse::PATTERN_MAX_SEGMENTS).is_ok());
    assert_eq!(deep(parse::PATTERN_MAX_SEGMENTS + 1), Err(PatternFault::TooLong));
    let long = |bytes: usize| Pattern::parse(&format!("/{}", "a".repeat(bytes)));
    assert!(long(SEGMENT_MAX_BYTES).is_ok());
    assert_eq!(long(SEGMENT_MAX_BYTES + 1), Err(PatternFault::TooLong));
}

#[test]
fn names_do_not_make_a_shape() {
    let shape = |text| Pattern::parse(text).unwrap().shape();
    assert_eq!(shape("/a/{x}/{y..}"), shape("/a/{id}/{rest..}"));
    assert_ne!(shape("/a/{x}"), shape("/a/{x..}"));
}

#[test]
fn agreement_counts_segments_from_the_left() {
    let agreement = |pattern, path| Pattern::parse(pattern).unwrap().agreement(CleanPath::new(path).unwrap());
    assert_eq!(agreement("/a/b/c", "/a/b/d"), Agreement::Until(2));
    assert_eq!(agreement("/a/b", "/a/b/d"), Agreement::Until(2));
    assert_eq!(agreement("/a/b/c", "/a"), Agreement::Until(1));
    assert_eq!(agreement("/x", "/a"), Agreement::Until(0));
}

proptest! {
    #[test]
    fn any_text_is_either_a_pattern_or_refused(text in "\\PC*") {
        let _ = Pattern::parse(&text);
    }

    #[test]
    fn text_made_of_the_notation_is_either_a_pattern_or_refused(text in "[/{}.:*a%é;]{0,40}") {
        if let Ok(pattern) = Pattern::parse(&text) {
            prop_assert_eq!(pattern.as_str(), text.as_str());
        }
    }
}
