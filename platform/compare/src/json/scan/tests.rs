//! The scanner against serde_json, and its limits.

use super::*;
use proptest::prelude::*;

fn accepted(text: &str) -> bool {
    scan(Cow::Borrowed(text)).is_ok()
}

#[test]
fn accepts_and_refuses_what_serde_json_does() {
    for text in [
        "",
        " ",
        "1",
        "01",
        "-",
        "-0",
        "1.",
        "1.5e",
        "1.5e+3",
        "1e5",
        ".5",
        "+1",
        "nul",
        "null",
        "nulls",
        "true false",
        "[]",
        "[",
        "[1,]",
        "[,]",
        "[1 2]",
        "{}",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "[1}",
        "{\"a\":1]",
        "\"",
        "\"\\\"",
        "\"\\u12\"",
        "\"\\x\"",
        "\"\u{1}\"",
        "\"a\nb\"",
        " [ 1 , { \"a\" : [ ] } ] ",
        "\"12345678\\\\\"",
        "\"1234567\u{1f}\"",
        "\"ääää\u{7f}\"",
        "[[[]]]]",
    ] {
        assert_eq!(accepted(text), serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text:?}");
    }
}

#[test]
fn parts_are_found_and_stepped_over() {
    let tree = scan(Cow::Borrowed(r#"{"a":[1,[2],{}],"b\n":"x"}"#)).unwrap();
    let names: Vec<_> = tree.names(0).collect();
    assert_eq!(names.iter().map(|&name| tree.value_of(name)).collect::<Vec<_>>(), ["a", "b\n"]);
    let elements: Vec<_> = tree.elements(names[0] + 1).map(|element| tree.text_of(element)).collect();
    assert_eq!(elements, ["1", "[2]", "{}"]);
}

#[test]
fn what_lies_too_deep_is_one_token() {
    let nested = |depth: usize| format!("{}[1,2]{}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    let within = nested(DEPTH_MAX);
    let tree = scan(Cow::Borrowed(&within)).unwrap();
    assert_ne!(tree.token(DEPTH_MAX as u32 - 1).kind, TokenKind::Deep);
    assert_eq!(tree.tokens.len(), DEPTH_MAX + 2);
    let below = nested(100_000);
    let tree = scan(Cow::Borrowed(&below)).unwrap();
    assert_eq!(tree.tokens.len(), DEPTH_MAX + 1);
    let deepest = tree.token(DEPTH_MAX as u32);
    assert_eq!(deepest.kind, TokenKind::Deep);
    assert_eq!(tree.text_of(DEPTH_MAX as u32).len(), below.len() - 2 * DEPTH_MAX);
    assert!(!accepted(&nested(1000)[1..]));
}

proptest! {
    #[test]
    fn agrees_with_serde_json_on_texts_near_json(text in r#"[\[\]{}",:0-9eE.+\-\\ua-f tn\x01ä]{0,24}"#) {
        // serde_json refuses a number that is no f64 and half a pair of surrogates; the scanner takes both.
        let strict = serde_json::from_str::<serde_json::Value>(&text);
        let ours = accepted(&text);
        let known = strict.as_ref().is_err_and(|error| {
            let told = error.to_string();
            told.contains("out of range") || told.contains("surrogate") || told.contains("end of hex escape")
        });
        prop_assert!(ours == strict.is_ok() || (ours && known), "{text:?}: {strict:?}");
    }
}
