//! What is told without tokens, and what is left to the walk.

use super::*;

#[test]
fn the_same_value_is_seen_however_it_is_written() {
    for (old, new) in [
        ("1", " 1.0 "),
        (r#"{"a":1,"b":[true,null]}"#, r#" { "b" : [ true , null ] , "a" : 1e0 } "#),
        (r#"{"a":"ä\n"}"#, "{\"a\":\"\\u00e4\\u000a\"}"),
        (r#"{"a":{"b":1,"c":[2,{"d":[]}]},"e":3,"f":{}}"#, r#"{"f":{},"e":3,"a":{"c":[2,{"d":[]}],"b":1}}"#),
        (r#"{"long name of one":1,"long name of two":2}"#, r#"{"long name of two":2,"long name of one":1}"#),
        ("[[],{},[{}]]", "[ [ ] , { } , [ { } ] ]"),
    ] {
        assert!(same(old, new) && same(new, old), "{old} {new}");
    }
}

#[test]
fn what_is_not_the_same_value_never_is() {
    for (old, new) in [
        ("1", "12"),
        ("[1]", "[1,1]"),
        (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":12}"#),
        (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1.5}"#),
        (r#"{"a":1,"b":2}"#, r#"{"b":2}"#),
        (r#"{"a":1}"#, r#"{"b":1}"#),
        (r#"{"a":[1,2],"b":2}"#, r#"{"b":2,"a":[2,1]}"#),
        ("{}", "[]"),
        ("{}", "{}x"),
        ("null", "nul"),
        ("\"a\"", "\"a"),
        // Neither is JSON, as equal as they are.
        (r#"{"a":1,"b":[1,]}"#, r#"{"b":[1,],"a":1}"#),
        (r#"{"a":01,"b":1}"#, r#"{"b":1,"a":01}"#),
        ("[1,]", "[1,]"),
        ("tru", "tru"),
        (r#"{"a":1,"a":2,"b":2}"#, r#"{"b":2,"a":2,"a":1}"#),
    ] {
        assert!(!same(old, new) && !same(new, old), "{old} {new}");
    }
}

#[test]
fn a_short_name_has_the_key_that_any_name_has() {
    for name in ["", "a", "ab", "price", "1234567", "12345678", "ä", "123456789"] {
        let text = format!("\"{name}\":12345678");
        for text in [text.as_str(), text.get(..name.len() + 3).unwrap()] {
            let Ok(read) = super::name(&mut Reader::new(text)) else { panic!("{text}") };
            assert_eq!((read.key, read.start, read.end), (tree::key(name.as_bytes()), 1, name.len() + 1));
        }
    }
}

#[test]
fn work_is_bounded() {
    let nested = |depth| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(same(&nested(DEPTH_MAX), &nested(DEPTH_MAX)));
    assert!(!same(&nested(DEPTH_MAX + 1), &nested(DEPTH_MAX + 1)));
    let members = |count: usize| (0..count).map(|name| format!("\"{name}\":1")).collect::<Vec<_>>();
    let object = |members: &[String]| format!("{{{}}}", members.join(","));
    for (count, told) in [(ASIDE_MAX, true), (ASIDE_MAX + 2, false)] {
        let (forth, mut back) = (members(count), members(count));
        back.reverse();
        assert_eq!(same(&object(&forth), &object(&back)), told);
    }
    let last = |depth| (0..depth).fold("1".to_owned(), |inner, _| format!("{{\"b\":[1],\"a\":[{inner}]}}"));
    let first = |depth| (0..depth).fold("1".to_owned(), |inner, _| format!("{{\"a\":[{inner}],\"b\":[1]}}"));
    assert!(same(&first(60), &last(60)) && same(&last(3), &first(3)));
    assert!(!same(&last(60), &first(60)), "each level is read once more than the one around it");
}
