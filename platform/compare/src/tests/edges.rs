//! Edges at which the engine is easily wrong without anybody noticing: each of these was once.

use super::{json, json_under, told, typed};
use crate::limits::{DIFFERENCES_PER_CAUSE_MAX, SURPLUS_MAX};
use crate::{Bound, Form, Kind};

fn list(elements: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", elements.into_iter().collect::<Vec<_>>().join(","))
}

#[test]
fn what_is_left_of_an_inner_object_is_not_left_of_the_outer_one() {
    let (old, new) = (r#"{"a":{"x":1,"y":2},"b":1}"#, r#"{"b":1,"a":{"y":2,"z":3,"x":1}}"#);
    assert_eq!(json(old, new), ["extra $.a.z"]);
    assert_eq!(json(new, old), ["missing $.a.z"]);
}

#[test]
fn names_that_are_there_twice_are_told_in_large_objects_too() {
    let members = |ids: &mut dyn Iterator<Item = u32>| {
        let members: Vec<_> = ids.map(|id| format!("\"m{id}\":{id}")).collect();
        format!("{{{}}}", members.join(","))
    };
    let (old, new) = (members(&mut (0..40).chain([7])), members(&mut [7].into_iter().chain((0..40).rev())));
    let found = json_under("", &old, &new);
    assert!(found.differences.is_empty() && found.bounds_met.contains(Bound::DuplicateNames), "{found:?}");
}

#[test]
fn a_member_that_two_elements_share_names_neither() {
    let elements = |texts: &[&str]| list(texts.iter().map(|text| format!(r#"{{"id":1,"n":"{text}"}}"#)));
    let found = json(&elements(&["p", "a", "b", "q"]), &elements(&["p2", "x", "a", "b", "q2"]));
    assert_eq!(found, ["value $[0].n", "value $[3].n", "extra $[1]"]);
}

#[test]
fn a_member_names_elements_only_if_no_rule_is_about_it_and_it_is_a_text_or_a_number() {
    let elements = |ids: [&str; 2]| {
        let of = |id: &str, text: &str| format!(r#"{{"id":{id},"n":"{text}","m":"{text}"}}"#);
        list([of(ids[0], "a"), of(ids[1], "b")])
    };
    let found = json_under(r#"ignore = ["$[*].id"]"#, &elements(["1", "2"]), &elements(["2", "1"]));
    assert!(found.is_equal(), "{found:?}");
    let found = json(&elements(["[1]", "[2]"]), &elements(["[2]", "[1]"]));
    assert_eq!(found, ["value $[0].id[0]", "value $[1].id[0]"]);
}

#[test]
fn another_order_is_another_value_where_only_equality_is_asked() {
    let found = json_under(r#"ignore = ["$.a"]"#, r#"{"a":[1,2]}"#, r#"{"a":[2,1]}"#);
    assert_eq!(told(&found), ["value $.a (ignore)"]);
}

#[test]
fn more_explained_differences_than_are_listed_are_still_explained() {
    let elements =
        |at: usize| list((0..3 * DIFFERENCES_PER_CAUSE_MAX).map(|id| format!(r#"{{"id":{id},"at":{at}}}"#)));
    let found = json_under(r#"ignore = ["$[*].at"]"#, &elements(1), &elements(2));
    assert_eq!((found.differences.len(), found.unlisted), (DIFFERENCES_PER_CAUSE_MAX, 0));
    assert!(found.is_equal());
}

#[test]
fn elements_are_listed_one_by_one_up_to_the_limit_itself() {
    let kinds = |more: usize| {
        let new = list((0..=more).map(|element| format!("\"{element}\"")));
        json_under("", r#"["0"]"#, &new).differences.iter().map(|found| found.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(SURPLUS_MAX), [Kind::Extra; DIFFERENCES_PER_CAUSE_MAX]);
    assert_eq!(kinds(SURPLUS_MAX + 1), [Kind::Length]);
}

#[test]
fn media_types_are_read_in_any_case_and_a_byte_order_mark_is_none_of_the_text() {
    let found = typed("Application/JSONL", "{\"a\":1}\n{\"a\":2}", "{\"a\":1.0}\n\n{\"a\":2}\n");
    assert_eq!((found.is_equal(), found.form), (true, Form::Json), "{found:?}");
    let found = typed("application/json", "\u{FEFF}{\"a\":1}", "{\"a\":1.0}");
    assert_eq!((found.is_equal(), found.form), (true, Form::Json), "{found:?}");
}

#[test]
fn a_walk_that_takes_too_many_steps_ends_and_says_so() {
    // Each array is nearly as much as one alignment may be; a hundred and thirty of them are more than the walk may be.
    let arrays = |name: &str, length: usize| {
        let array = |of: usize| list((0..length).map(move |element| format!("\"{name}{of}-{element}\"")));
        let members: Vec<_> = (0..130).map(|of| format!("\"a{of}\":{}", array(of))).collect();
        format!("{{{}}}", members.join(","))
    };
    let found = json_under("", &arrays("old", 500), &arrays("new", 499));
    assert!(found.bounds_met.contains(Bound::Steps) && !found.is_equal());
}
