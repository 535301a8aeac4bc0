//! Arrays: one change is one difference.

use super::{json, json_under, told};
use crate::{Bound, limits::SURPLUS_MAX};

fn list(elements: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", elements.into_iter().collect::<Vec<_>>().join(","))
}

#[test]
fn one_inserted_element_is_one_difference() {
    let numbers = |range: std::ops::Range<u32>| range.map(|number| (number * 7 % 100).to_string());
    let old = list(numbers(0..100));
    let new = list(numbers(0..40).chain(["7777".to_owned()]).chain(numbers(40..100)));
    assert_eq!(json(&old, &new), ["extra $[40]"]);
    assert_eq!(json(&new, &old), ["missing $[40]"]);
    // With elements of which each differs a little, too.
    let noisy = |noise: u32, ids: &[u32]| {
        list(ids.iter().map(|id| format!("{{\"n\":\"n{id}\",\"t\":[{id},2],\"at\":{}}}", noise + id)))
    };
    let found = json(&noisy(0, &[1, 2, 3, 4]), &noisy(100, &[1, 2, 9, 3, 4]));
    assert_eq!(found.iter().filter(|told| !told.ends_with("at")).collect::<Vec<_>>(), ["extra $[2]"]);
}

#[test]
fn repeated_elements_are_told_apart_by_where_they_stand() {
    assert_eq!(json("[1,2,1,2,1]", "[1,2,1,1,2,1]").len(), 1);
    assert_eq!(json(r#"["a","b","a"]"#, r#"["a","a","b","a"]"#).len(), 1);
    assert_eq!(json("[0,0,0,0]", "[0,0,0]").len(), 1);
}

#[test]
fn a_changed_element_is_compared_with_its_other_self() {
    assert_eq!(json("[1,2,3]", "[1,5,3]"), ["value $[1]"]);
    assert_eq!(json("[1,2,3,4]", "[9,2,5,4]"), ["value $[0]", "value $[2]"]);
    let (old, new) = (r#"[{"a":1,"b":2,"c":3},{"a":4,"b":5,"c":6}]"#, r#"[{"a":4,"b":5,"c":7}]"#);
    assert_eq!(json(old, new), ["value $[1].c", "missing $[0]"]);
}

#[test]
fn objects_that_name_themselves_are_matched_by_that() {
    let old = r#"[{"id":1,"v":"a"},{"id":2,"v":"b"},{"id":3,"v":"c"}]"#;
    let new = r#"[{"id":3,"v":"c"},{"id":1,"v":"x"},{"id":2,"v":"b"}]"#;
    assert_eq!(json(old, new), ["order $", "value $[0].v"]);
    let ids = |from: u32| list((from..from + 3).map(|id| format!("{{\"id\":{id},\"v\":{}}}", id % 10)));
    // Ids that are made up anew name nothing: elements are paired by what else they have.
    assert_eq!(json(&ids(10), &ids(20)), ["value $[0].id", "value $[1].id", "value $[2].id"]);
}

#[test]
fn many_more_elements_are_one_difference_of_length() {
    let long = list((0..SURPLUS_MAX as u32 + 1).map(|number| number.to_string()));
    let found = json_under("", "[]", &long);
    assert_eq!(told(&found), ["length $"]);
    assert_eq!(found.differences[0].old.as_ref().unwrap().text, "0 elements");
    assert_eq!(json("[]", "[1,2]"), ["extra $[0]", "extra $[1]"]);
}

#[test]
fn an_element_that_moved_is_a_matter_of_order() {
    assert_eq!(json("[1,2,3,4,5,6]", "[2,3,4,5,6,1]"), ["order $"]);
    let moved = json("[1,2,3,4,5,6]", "[2,3,4,5,6,1,7]");
    assert_eq!(moved, ["order $", "extra $[6]"]);
}

#[test]
fn long_arrays_are_aligned_between_anchors() {
    let lines = |skip: &[u32], more: u32| {
        list(
            (0..3000)
                .filter(|line| !skip.contains(line))
                .map(|line| format!("\"l{line}\""))
                .chain((0..more).map(|line| format!("\"m{line}\""))),
        )
    };
    assert_eq!(
        json(&lines(&[], 0), &lines(&[5, 1500, 2990], 0)),
        ["missing $[5]", "missing $[1500]", "missing $[2990]"]
    );
    let unlike =
        json_under("", &list((0..3000).map(|n| n.to_string())), &list((5000..9000).map(|n| n.to_string())));
    assert!(unlike.bounds_met.contains(Bound::Alignment));
}

#[test]
fn a_rule_at_an_index_holds_for_the_element_of_either_side() {
    let (before, after) = (r#"{"l":["a","b","2"]}"#, r#"{"l":["a","x","b","c"]}"#);
    let under = |index: usize, old: &str, new: &str| {
        told(&json_under(&format!("generated = [\"$.l[{index}]\"]"), old, new))
    };
    assert_eq!(under(3, before, after), ["value $.l[2] (generated)", "extra $.l[1]"]);
    assert_eq!(under(3, after, before), ["value $.l[3] (generated)", "missing $.l[1]"]);
    assert_eq!(under(4, before, after), ["value $.l[2]", "extra $.l[1]"]);
}
