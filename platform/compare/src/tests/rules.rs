//! Rules: what each explains, and what it does not.

use super::{JSON, answer, json_under, told, with};
use crate::{Answer, compare};

#[test]
fn each_rule_explains_what_it_is_for() {
    for (rules, old, new, found) in [
        (r#"ignore = ["$.a"]"#, r#"{"a":1}"#, r#"{"a":"x"}"#, "value $.a (ignore)"),
        (r#"ignore = ["$.a"]"#, r#"{"a":1}"#, "{}", "missing $.a (ignore)"),
        (r#"ignore = ["$..at"]"#, r#"{"l":[{"at":1}]}"#, r#"{"l":[{"at":2}]}"#, "value $.l[0].at (ignore)"),
        (r#"ignore = ["$.l[*]"]"#, r#"{"l":[1]}"#, r#"{"l":[1,2]}"#, "extra $.l[1] (ignore)"),
        (r#"ignore = ["$.a"]"#, r#"{"a":{"b":1}}"#, r#"{"a":{"b":2}}"#, "value $.a (ignore)"),
        (r#"generated = ["$.id"]"#, r#"{"id":"a"}"#, r#"{"id":"b"}"#, "value $.id (generated)"),
        (r#"generated = ["$.id"]"#, r#"{"id":"a"}"#, r#"{"id":1}"#, "type $.id"),
        (r#"generated = ["$.id"]"#, r#"{"id":"a"}"#, "{}", "missing $.id"),
        (r#"generated = ["$.o"]"#, r#"{"o":{"a":1}}"#, r#"{"o":{"b":1}}"#, "value $.o (generated)"),
        (
            r#"generated = [{ path = "$.id", pattern = "^[0-9]+$" }]"#,
            r#"{"id":"12"}"#,
            r#"{"id":"7"}"#,
            "value $.id (generated)",
        ),
        (
            r#"generated = [{ path = "$.id", pattern = "^[0-9]+$" }]"#,
            r#"{"id":"12"}"#,
            r#"{"id":"x"}"#,
            "value $.id",
        ),
        (r#"unordered = ["$.l"]"#, r#"{"l":[1,2]}"#, r#"{"l":[2,1]}"#, "order $.l (unordered)"),
        (
            r#"tolerance = [{ path = "$.a", absolute = 0.1 }]"#,
            r#"{"a":1.0}"#,
            r#"{"a":1.1}"#,
            "value $.a (tolerance)",
        ),
        (r#"tolerance = [{ path = "$.a", absolute = 0.1 }]"#, r#"{"a":1.0}"#, r#"{"a":1.11}"#, "value $.a"),
        (
            r#"tolerance = [{ path = "$.a", relative = 0.01 }]"#,
            r#"{"a":"1000"}"#,
            r#"{"a":"1009"}"#,
            "value $.a (tolerance)",
        ),
        (r#"tolerance = [{ path = "$.a", relative = 0.01 }]"#, r#"{"a":1000}"#, r#"{"a":1011}"#, "value $.a"),
        (
            r#"tolerance = [{ path = "$.t", time_ms = 2000 }]"#,
            r#"{"t":"2026-01-01T00:00:00Z"}"#,
            r#"{"t":"2026-01-01T01:00:02+01:00"}"#,
            "value $.t (tolerance)",
        ),
        (
            r#"tolerance = [{ path = "$.t", time_ms = 2000 }]"#,
            r#"{"t":"2026-01-01T00:00:00Z"}"#,
            r#"{"t":"2026-01-01T00:00:02.001Z"}"#,
            "value $.t",
        ),
        (
            r#"normalise = [{ path = "$.u", pattern = "host-[0-9]+", replace = "host" }]"#,
            r#"{"u":"http://host-1/x"}"#,
            r#"{"u":"http://host-22/x"}"#,
            "value $.u (normalise)",
        ),
        (
            r#"normalise = [{ path = "$.u", pattern = "host-[0-9]+", replace = "host" }]"#,
            r#"{"u":"http://host-1/x"}"#,
            r#"{"u":"http://host-1/y"}"#,
            "value $.u",
        ),
    ] {
        let comparison = json_under(rules, old, new);
        assert_eq!(told(&comparison), [found], "{rules} {old} {new}");
        assert_eq!(comparison.is_equal(), found.ends_with(')'), "{found}");
        // Elsewhere the rule does nothing.
        let elsewhere = json_under(rules, &format!("{{\"z\":{old}}}"), &format!("{{\"z\":{new}}}"));
        assert!(!elsewhere.is_equal() || rules.contains(".."), "{rules}");
    }
}

#[test]
fn unordered_arrays_are_multisets_or_matched_by_key() {
    let rules = r#"unordered = ["$"]"#;
    let objects = r#"[{"a":1,"b":1,"c":1},{"a":2,"b":2,"c":2}]"#;
    let found = json_under(rules, objects, r#"[{"c":2,"a":2,"b":2},{"a":1,"b":1,"c":9}]"#);
    assert_eq!(told(&found), ["order $ (unordered)", "value $[0].c"].split_at(1).1);
    assert_eq!(told(&json_under(rules, "[1,1,2]", "[2,1]")), ["order $ (unordered)", "missing $[1]"]);
    let rules = r#"unordered = [{ path = "$", key = "k" }]"#;
    let found =
        json_under(rules, r#"[{"k":1,"v":1},{"k":2,"v":2}]"#, r#"[{"k":2,"v":2},{"k":1,"v":5},{"k":3}]"#);
    assert_eq!(told(&found), ["order $ (unordered)", "value $[0].v", "extra $[2]"]);
}

#[test]
fn an_order_within_an_unordered_array_still_matters() {
    let rules = r#"unordered = ["$.l"]"#;
    let found = json_under(rules, r#"{"l":[[1,2],[3,4]]}"#, r#"{"l":[[3,4],[2,1]]}"#);
    assert!(!found.is_equal(), "{found:?}");
}

#[test]
fn elements_are_matched_without_what_a_rule_takes_out() {
    let list = |noise: u32, ids: &[u32]| {
        let elements: Vec<_> = ids.iter().map(|id| format!("{{\"v\":{id},\"at\":{}}}", noise + id)).collect();
        format!("[{}]", elements.join(","))
    };
    let rules = r#"ignore = ["$[*].at"]"#;
    let found = json_under(rules, &list(0, &[1, 2, 3]), &list(50, &[3, 1, 2]));
    let unexplained: Vec<_> =
        found.unexplained().map(|found| format!("{} {}", found.kind, found.place)).collect();
    assert_eq!(unexplained, ["order $"]);
    let found = json_under(rules, &list(0, &[1, 2, 3]), &list(50, &[1, 7, 2, 3]));
    let unexplained: Vec<_> =
        found.unexplained().map(|found| format!("{} {}", found.kind, found.place)).collect();
    assert_eq!(unexplained, ["extra $[1]"]);
}

#[test]
fn status_and_fields_have_rules_of_their_own() {
    let rules = with(
        r#"
        statuses = [[200, 201]]
        headers = ["location", "vary", "date", "etag"]
        ignore = ["header etag", "trailer t"]
        tolerance = [{ path = "header date", time_ms = 1000 }]
        normalise = [{ path = "header location", pattern = "^https?://[^/]+" }]
        unordered = ["header vary"]
        "#,
    );
    let old = Answer {
        status: 200,
        headers: &[
            ("Location", b"http://old/x"),
            ("vary", b"a, b"),
            ("date", b"Sun, 06 Nov 1994 08:49:37 GMT"),
            ("server", b"1"),
        ],
        body: b"",
        trailers: &[("T", b"1")],
    };
    let new = Answer {
        status: 201,
        headers: &[
            ("location", b"https://new/x"),
            ("Vary", b"b"),
            ("Vary", b"a"),
            ("date", b"Sun, 06 Nov 1994 08:49:38 GMT"),
            ("etag", b"x"),
        ],
        trailers: &[("t", b"2")],
        ..old
    };
    let comparison = compare(&rules, &old, &new);
    assert!(comparison.is_equal(), "{comparison:?}");
    assert_eq!(
        told(&comparison),
        [
            "value status (statuses)",
            "value header location (normalise)",
            "value header vary (unordered)",
            "value header date (tolerance)",
            "extra header etag (ignore)",
            "value trailer t (ignore)",
        ]
    );
    let gone = Answer { status: 404, headers: &[("location", b"http://old/y")], trailers: &[], ..old };
    let found = told(&compare(&rules, &old, &gone));
    assert_eq!(
        found,
        [
            "value status",
            "value header location",
            "missing header vary",
            "missing header date",
            "missing trailer t (ignore)"
        ]
    );
}

#[test]
fn a_rule_about_the_whole_body_covers_it() {
    for (rules, new, equal) in [
        (r#"ignore = ["body"]"#, "anything", true),
        (r#"normalise = [{ path = "body", pattern = "[0-9]+", replace = "0" }]"#, r#"{"a":77}"#, true),
        (r#"normalise = [{ path = "body", pattern = "[0-9]+", replace = "0" }]"#, r#"{"b":1}"#, false),
        (r#"ignore = ["header x"]"#, r#"{"a":2}"#, false),
    ] {
        let found = compare(&with(rules), &answer(&JSON, r#"{"a":1}"#), &answer(&JSON, new));
        assert_eq!(found.is_equal(), equal, "{rules} {found:?}");
    }
}
