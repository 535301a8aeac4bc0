//! JSON by value.

use super::{JSON, answer, json, json_under};
use crate::limits::{DEPTH_MAX, DIFFERENCES_MAX, DIFFERENCES_PER_CAUSE_MAX};
use crate::{Answer, Bound, Form, Rules, compare};

#[test]
fn what_is_equal_by_value_is_equal() {
    for (old, new) in [
        (r#"{"a":1,"b":[true,null]}"#, r#" { "b" : [ true , null ] , "a" : 1.0 } "#),
        (r#"{"a":"\u00e4\n"}"#, "{\"\\u0061\":\"ä\\u000a\"}"),
        ("[1e2,-0]", "[100.0,0]"),
        (r#"{"a":{"b":1,"c":2},"d":3}"#, r#"{"d":3,"a":{"c":2,"b":1}}"#),
        ("12345678901234567890123", "12345678901234567890123.0"),
    ] {
        assert!(json(old, new).is_empty(), "{old} {new}");
    }
}

#[test]
fn every_kind_is_found_at_its_place() {
    for (old, new, found) in [
        (r#"{"a":1}"#, r#"{"a":2}"#, "value $.a"),
        (r#"{"a":9007199254740993}"#, r#"{"a":9007199254740992}"#, "value $.a"),
        (r#"{"a":true}"#, r#"{"a":false}"#, "value $.a"),
        (r#"{"a":{"b":"x"}}"#, r#"{"a":{"b":"y"}}"#, "value $.a.b"),
        (r#"{"a":1}"#, r#"{"a":"1"}"#, "type $.a"),
        (r#"{"a":null}"#, r#"{"a":false}"#, "type $.a"),
        (r#"{"a":[]}"#, r#"{"a":{}}"#, "type $.a"),
        (r#"{"a":1,"b":2}"#, r#"{"a":1}"#, "missing $.b"),
        (r#"{"b":2}"#, r#"{"a":1,"b":2}"#, "extra $.a"),
        (r#"{"a":null}"#, "{}", "missing $.a"),
        (r#"{"a":[1,2,3]}"#, r#"{"a":[3,1,2]}"#, "order $.a"),
        ("1", "2", "value $"),
        (r#"{"a b":[{"c":1}]}"#, r#"{"a b":[{"c":2}]}"#, "value $['a b'][0].c"),
    ] {
        assert_eq!(json(old, new), [found], "{old} {new}");
    }
}

#[test]
fn both_values_are_shown() {
    let found = json_under("", r#"{"a":[1,2]}"#, r#"{"a":"x"}"#);
    let difference = &found.differences[0];
    assert_eq!(difference.old.as_ref().unwrap().text, "[1,2]");
    assert_eq!(difference.new.as_ref().unwrap().text, "\"x\"");
    assert_eq!(found.form, Form::Json);
}

#[test]
fn names_that_are_there_twice_are_compared_in_order() {
    assert!(json(r#"{"a":1,"a":2,"b":0}"#, r#"{"b":0,"a":1,"a":2}"#).is_empty());
    let found = json_under("", r#"{"b":0,"a":1,"a":2}"#, r#"{"a":1,"a":3,"b":0}"#);
    assert_eq!(super::told(&found), ["value $.a"]);
    assert!(found.bounds_met.contains(Bound::DuplicateNames));
    assert_eq!(json(r#"{"a":1,"a":2}"#, r#"{"a":1}"#), ["missing $.a"]);
}

#[test]
fn what_lies_too_deep_is_compared_by_its_bytes() {
    let nested = |inner: &str| format!("{}{inner}{}", "[".repeat(DEPTH_MAX + 5), "]".repeat(DEPTH_MAX + 5));
    let found = json_under("", &nested("1"), &nested("2"));
    assert_eq!(found.differences.len(), 1);
    assert!(found.bounds_met.contains(Bound::Depth));
    assert!(json(&nested("1"), &nested("1")).is_empty());
    let hostile = "[".repeat(1_000_000);
    assert_eq!(super::typed("application/json", &hostile, "[]").differences.len(), 1);
}

#[test]
fn many_differences_are_counted_and_not_listed() {
    let object = |value: u8| {
        let members: Vec<_> = (0..1000).map(|name| format!("\"m{name}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    };
    let found = json_under("", &object(1), &object(2));
    assert_eq!(found.differences.len(), DIFFERENCES_MAX);
    assert_eq!(found.unlisted as usize, 1000 - DIFFERENCES_MAX);
    assert_eq!(found.unlisted_causes, found.unlisted, "each is a cause of its own");
    assert!(found.bounds_met.contains(Bound::Differences));
    let array = |value: u8| format!("[{}]", vec![format!("{{\"id\":1,\"v\":{value}}}"); 50].join(","));
    let found = json_under("", &array(1), &array(2));
    assert_eq!(found.differences.len(), DIFFERENCES_PER_CAUSE_MAX);
    assert_eq!(found.differences.len() + found.unlisted as usize, 50);
    assert_eq!(found.unlisted_causes, 0, "all are of the cause that is listed");
}

#[test]
fn one_cause_does_not_hide_another() {
    let array = |noise: u32, last: u8| {
        let elements: Vec<_> = (0..500).map(|id| format!("{{\"id\":{id},\"at\":{}}}", noise + id)).collect();
        format!("{{\"list\":[{}],\"last\":{last}}}", elements.join(","))
    };
    let found = super::told(&json_under("", &array(0, 1), &array(5000, 2)));
    assert!(found.contains(&"value $.last".to_owned()), "{found:?}");
}

#[test]
fn a_body_that_is_no_json_is_compared_as_text() {
    let found = super::typed("application/json", "{\"a\":1", "{\"a\":2");
    assert_eq!((found.form, super::told(&found)), (Form::Text, vec!["value $[0]".to_owned()]));
    let found = super::typed("application/json", "{\"a\":1}", "<html>");
    assert_eq!(super::told(&found), ["type body"]);
}

#[test]
fn an_empty_body_is_missing() {
    let (old, new) = (answer(&JSON, "{}"), answer(&JSON, ""));
    let found = compare(&Rules::default(), &old, &new);
    assert_eq!(super::told(&found), ["missing body"]);
    assert_eq!(super::told(&compare(&Rules::default(), &new, &old)), ["extra body"]);
    let both = Answer { headers: &[], ..new };
    assert_eq!(super::told(&compare(&Rules::default(), &new, &both)), ["missing header content-type"]);
}
