//! Which paths are refused, and how segments are decoded.

use super::*;
use proptest::prelude::*;

fn fault(path: &str) -> Option<PathFault> {
    CleanPath::new(path).err()
}

#[test]
fn ordinary_paths_pass_as_they_are() {
    for path in [
        "/",
        "/api/messages",
        "/api/messages/",
        "/api/messages/1",
        "/.well-known/jwks.json",
        "/a/..b/...",
        "/a;v=1/b",
        "/caf%C3%A9/100%25/a%2Bb/a+b",
        "/a:b@c!$&'()*,=~|[]",
        "/%ff",
    ] {
        assert_eq!(fault(path), None, "{path}");
    }
}

#[test]
fn paths_that_servers_read_differently_are_refused() {
    use PathFault::{
        BadEscape, DotSegment, EmptySegment, EncodedControl, EncodedSeparator, ForbiddenByte, NotAbsolute,
    };
    for (path, expected) in [
        ("", NotAbsolute),
        ("*", NotAbsolute),
        ("api", NotAbsolute),
        ("//", EmptySegment),
        ("//api", EmptySegment),
        ("/api//messages", EmptySegment),
        ("/api/messages//", EmptySegment),
        ("/api/../admin", DotSegment),
        ("/..", DotSegment),
        ("/./a", DotSegment),
        ("/a/.", DotSegment),
        ("/%2e%2E/a", DotSegment),
        ("/.%2e", DotSegment),
        ("/..;/a", DotSegment),
        ("/..%3bfoobarbaz/a", DotSegment),
        ("/.;x=1", DotSegment),
        ("/%2e%2e%3b%41%41%41", DotSegment),
        ("/a%2fb", EncodedSeparator),
        ("/a%2Fb", EncodedSeparator),
        ("/a%5cb", EncodedSeparator),
        ("/a\\b", ForbiddenByte),
        ("/a%00", EncodedControl),
        ("/a%0d%0ab", EncodedControl),
        ("/a%7f", EncodedControl),
        ("/a%", BadEscape),
        ("/a%4", BadEscape),
        ("/a%zz", BadEscape),
        ("/a%+1", BadEscape),
        ("/a b", ForbiddenByte),
        ("/a#b", ForbiddenByte),
        ("/a?b", ForbiddenByte),
        ("/a\u{1}", ForbiddenByte),
        ("/café", ForbiddenByte),
    ] {
        assert_eq!(fault(path), Some(expected), "{path:?}");
    }
}

#[test]
fn where_something_stands_does_not_matter() {
    use PathFault::{DotSegment, EmptySegment, EncodedSeparator, ForbiddenByte};
    for (end, expected) in [
        ("//x", Some(EmptySegment)),
        ("/./x", Some(DotSegment)),
        ("/..", Some(DotSegment)),
        ("/..;a/x", Some(DotSegment)),
        ("/%2f", Some(EncodedSeparator)),
        ("\\x", Some(ForbiddenByte)),
        ("#", Some(ForbiddenByte)),
        ("\u{e4}", Some(ForbiddenByte)),
        ("/.x/", None),
        ("./x", None),
    ] {
        for before in 1..40 {
            assert_eq!(fault(&format!("/{}{end}", "a".repeat(before))), expected, "{end} behind {before}");
        }
    }
}

#[test]
fn the_trailing_slash_is_an_empty_last_segment() {
    let segments = |path| CleanPath::new(path).unwrap().segments().collect::<Vec<_>>();
    assert_eq!(segments("/"), [""]);
    assert_eq!(segments("/a"), ["a"]);
    assert_eq!(segments("/a/"), ["a", ""]);
}

#[test]
fn decoding_leaves_percent_and_plus_as_the_in_process_router_does() {
    let mut buffer = [0; SEGMENT_MAX_BYTES];
    for (raw, expected) in
        [("abc", "abc"), ("a%2Db", "a-b"), ("a%25b", "a%25b"), ("a%2Bb", "a%2Bb"), ("caf%C3%A9", "café")]
    {
        assert_eq!(decode(raw.as_bytes(), &mut buffer), Some(expected.as_bytes()), "{raw}");
    }
    assert_eq!(decode(&[b'a'; SEGMENT_MAX_BYTES + 1], &mut buffer), None);
}

proptest! {
    #[test]
    fn any_text_is_either_clean_or_refused(path in "\\PC*") {
        let _ = CleanPath::new(&path);
    }

    /// The same decoding as actix-web's router does, so that both read one literal in one path.
    #[test]
    fn decoding_agrees_with_the_in_process_router(segment in "([a-z.+;-]|%[0-9a-fA-F]{2}){0,20}") {
        prop_assume!(CleanPath::new(&format!("/{segment}")).is_ok());
        let url = actix_web::dev::Url::new(format!("/{segment}").parse().unwrap());
        let mut buffer = [0; SEGMENT_MAX_BYTES];
        let decoded = String::from_utf8_lossy(decode(segment.as_bytes(), &mut buffer).unwrap());
        prop_assert_eq!(url.path(), format!("/{decoded}"));
    }

    /// A clean path never climbs: no decoded segment is a dot segment or has a separator in it.
    #[test]
    fn what_is_clean_has_no_second_reading(path in "(/([a.;]|%2[ef5]|%5c|%3b|%2E){0,4}){1,4}") {
        if let Ok(clean) = CleanPath::new(&path) {
            let mut buffer = [0; SEGMENT_MAX_BYTES];
            for segment in clean.segments() {
                let decoded = decode(segment.as_bytes(), &mut buffer).unwrap();
                prop_assert!(!decoded.contains(&b'/') && !decoded.contains(&b'\\'));
                let bare = decoded.split(|&byte| byte == b';').next().unwrap();
                prop_assert!(bare != b"." && bare != b"..");
            }
        }
    }
}
