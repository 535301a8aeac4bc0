//! Rules as written: what is read, what is refused and how that is told.

use super::*;

fn read(text: &str) -> RuleSet {
    toml::from_str(text).unwrap()
}

#[test]
fn rules_are_written_as_in_a_features_file() {
    let set = read(
        r#"
        ignore = ["$.messages[*].updated_at", "header date"]
        generated = ["$.id", { path = "$.token", pattern = "^[0-9a-f]+$" }]
        unordered = ["$.tags", { path = "$.messages", key = "id" }]
        tolerance = [{ path = "$.score", relative = 0.01 }, { path = "$.at", time_ms = 2000 }]
        normalise = [{ path = "$.url", pattern = "host-[0-9]+", replace = "host" }]
        statuses = [[200, 201]]
        headers = ["Content-Type", "location", "content-type"]
        "#,
    );
    let rules = Rules::compile(&set).unwrap();
    assert_eq!(rules.rules.len(), 9);
    assert_eq!(rules.headers().collect::<Vec<_>>(), ["content-type", "location"]);
    assert_eq!(rules.rules[3].reference.to_string(), "generated[1] $.token");
    assert_eq!(read(&toml::to_string(&set).unwrap()), set);
}

#[test]
fn a_rule_that_is_wrong_is_refused_with_its_place() {
    for (text, key, index, reason) in [
        (r#"ignore = ["$.a", "$.b["]"#, "ignore", 1, "expected"),
        (r#"ignore = ["a.b"]"#, "ignore", 0, "is no place"),
        (r#"generated = [{ path = "$.a", pattern = "(" }]"#, "generated", 0, "unclosed group"),
        (r#"tolerance = [{ path = "$.a" }]"#, "tolerance", 0, "needs one of"),
        (r#"tolerance = [{ path = "$.a", relative = 1.5 }]"#, "tolerance", 0, "below 1"),
        (r#"tolerance = [{ path = "$.a", absolute = -1.0 }]"#, "tolerance", 0, "from 0 up"),
        (r#"unordered = [{ path = "header vary", key = "id" }]"#, "unordered", 0, "have a key"),
        (r#"generated = ["status"]"#, "generated", 0, "takes `ignore`"),
        ("statuses = [[200, 201], [204]]", "statuses", 1, "two status codes"),
        (r#"headers = ["a b"]"#, "headers", 0, "no name of a field"),
        (r#"normalise = [{ path = "$.a[?@.b]", pattern = "x" }]"#, "normalise", 0, "filters look at values"),
    ] {
        let fault = Rules::compile(&read(text)).unwrap_err();
        assert_eq!((fault.key, fault.index, fault.scope), (key, index, Scope::Route), "{text}");
        assert!(fault.reason.contains(reason), "{text}: {}", fault.reason);
    }
}

#[test]
fn a_table_with_an_unknown_key_is_refused_by_its_name() {
    let error = toml::from_str::<RuleSet>(r#"generated = [{ path = "$.a", patern = "x" }]"#).unwrap_err();
    assert!(error.to_string().contains("patern"), "{error}");
}

#[test]
fn rules_for_all_and_of_the_route_add_up_and_headers_are_replaced() {
    let all = read(
        r#"ignore = ["$.a"]
                      headers = ["etag"]"#,
    );
    let route = read(r#"ignore = ["$.b"]"#);
    let rules = Rules::merge(&all, &route).unwrap();
    assert_eq!(rules.headers().collect::<Vec<_>>(), ["etag"]);
    let names: Vec<_> = rules.rules.iter().map(|rule| rule.reference.to_string()).collect();
    assert_eq!(names, ["all routes: ignore[0] $.a", "ignore[0] $.b"]);
    let route = read("headers = []");
    assert_eq!(Rules::merge(&all, &route).unwrap().headers().count(), 0);
}

#[test]
fn too_many_rules_are_refused() {
    let set = RuleSet { ignore: vec!["$.a".into(); crate::limits::RULES_MAX + 1], ..RuleSet::default() };
    assert_eq!(Rules::compile(&set).unwrap_err().index, crate::limits::RULES_MAX);
}

#[test]
fn same_bytes_looks_at_status_chosen_headers_trailers_and_body() {
    let rules = Rules::default();
    let one = Answer {
        status: 200,
        headers: &[("Content-Type", b"text/plain"), ("date", b"1")],
        body: b"x",
        trailers: &[("a", b"1"), ("b", b"2")],
    };
    let reordered = Answer {
        headers: &[("date", b"2"), ("content-type", b"text/plain")],
        trailers: &[("B", b"2"), ("a", b"1")],
        ..one
    };
    assert!(rules.same_bytes(&one, &reordered));
    for other in [
        Answer { status: 201, ..one },
        Answer { headers: &[("content-type", b"text/html")], ..one },
        Answer { headers: &[], ..one },
        Answer { body: b"y", ..one },
        Answer { trailers: &[("a", b"1")], ..one },
        Answer { trailers: &[("a", b"1"), ("b", b"2"), ("b", b"3")], ..one },
    ] {
        assert!(!rules.same_bytes(&one, &other), "{other:?}");
        assert!(!rules.same_bytes(&other, &one), "{other:?}");
    }
}
