//! Good files are read as Unleash would, and each mistake is named with its place.

use super::from_text;
use crate::{Context, Toggles};
use kernel::Timestamp;

/// The only fault of a file: the text that it points to, and the fault as people see it.
fn fault(text: &str) -> (String, String) {
    let state = from_text(text);
    assert_eq!(state.faults.len(), 1, "{text}: {:?}", state.faults);
    let fault = &state.faults[0];
    let at = fault.span.clone().unwrap();
    (text[at].to_owned(), fault.to_string())
}

/// A toggle `t` with one strategy.
fn strategy(strategy: &str) -> String {
    format!("[toggles.t]\nenabled = true\nstrategies = [{{ {strategy} }}]\n")
}

#[test]
fn a_file_is_read_as_the_design_shows_it() {
    let text = r#"
        default = "monolith"
        [[segments]]
        name = "staff"
        constraints = [{ contextName = "userId", operator = "IN", values = [7, "8"] }]

        [toggles."messages.serve"]
        description = "the extracted service answers"
        enabled = true
        strategies = [
            { name = "default", segments = ["staff"] },
            { name = "flexibleRollout", parameters = { rollout = 0, stickiness = "userId", groupId = "messages" } },
        ]
        [toggles.plain]
        enabled = true
        [toggles.child]
        enabled = true
        dependencies = [{ feature = "messages.serve" }]
        [[routes]]
        name = "not looked at"
    "#;
    let toggles = Toggles::new();
    toggles.replace(from_text(text).into_result().unwrap()).unwrap();
    let on = |name: &str, user: &str| {
        let context = Context { user_id: Some(user), ..Context::new(Timestamp(0), 0) };
        toggles.load().is_enabled(toggles.resolve(name), &context)
    };
    assert!(on("plain", "1"));
    for (user, expected) in [("7", true), ("8", true), ("9", false)] {
        assert_eq!(on("messages.serve", user), expected, "{user}");
        assert_eq!(on("child", user), expected, "{user}");
    }
}

#[test]
fn segments_are_named_by_id_or_name() {
    let text = r#"
        segments = [
            { id = 4, name = "four", constraints = [{ contextName = "userId", operator = "IN", values = ["4"] }] },
            { name = "five", constraints = [{ contextName = "userId", operator = "IN", values = ["5"] }] },
        ]
        [toggles]
        id = { enabled = true, strategies = [{ name = "default", segments = [4] }] }
        name = { enabled = true, strategies = [{ name = "default", segments = ["four"] }] }
        five = { enabled = true, strategies = [{ name = "default", segments = ["five"] }] }
    "#;
    let toggles = Toggles::new();
    toggles.replace(from_text(text).into_result().unwrap()).unwrap();
    let on = |name: &str, user: &str| {
        let context = Context { user_id: Some(user), ..Context::new(Timestamp(0), 0) };
        toggles.load().is_enabled(toggles.resolve(name), &context)
    };
    assert!(on("id", "4") && on("name", "4") && on("five", "5"));
    assert!(!on("id", "5") && !on("name", "5") && !on("five", "4"));
}

#[test]
fn shapes_that_do_not_fit_are_named_with_their_place() {
    for (text, at, message) in [
        ("toggles = 5", "5", "toggles: must be a table of toggles"),
        ("segments = 5", "5", "segments: must be a list of tables"),
        ("[toggles]\nt = true", "true", "toggle \"t\": invalid type: boolean"),
        ("[toggles.t]\nenabled = 1", "1", "toggle \"t\": enabled: invalid type: integer `1`"),
        (
            "[toggles.t]\nenabled = true\nenabeld = 1",
            "enabeld",
            "toggle \"t\": enabeld: unknown field `enabeld`",
        ),
        ("segments = [{ name = \"s\" }]", "{ name = \"s\" }", "segments[0]: missing field `constraints`"),
        ("segments = [{ constraints = [] }]", "{ constraints = [] }", "segments[0]: has neither"),
    ] {
        let (found_at, found) = fault(text);
        assert!(found.starts_with(message), "{found}");
        assert_eq!(found_at, at, "{found}");
    }
    let text = strategy(r#"name = 5"#);
    assert_eq!(fault(&text).0, "5");
    assert!(
        fault(&text).1.starts_with("toggle \"t\": strategies[0].name: invalid type"),
        "{}",
        fault(&text).1
    );
    let text = strategy(
        r#"name = "default", constraints = [{ contextName = "a", operator = "IN", values = [[]] }]"#,
    );
    assert!(
        fault(&text).1.starts_with("toggle \"t\": strategies[0].constraints[0].values[0]:"),
        "{}",
        fault(&text).1
    );
}

#[test]
fn mistakes_that_unleash_would_take_in_silence_are_named_with_their_place() {
    for (written, at, message) in [
        (
            r#"name = "flexibelRollout""#,
            r#""flexibelRollout""#,
            "name: unknown strategy `flexibelRollout`; did you mean `flexibleRollout`?",
        ),
        (
            r#"name = "flexibleRollout", parameters = { rollout = 101 }"#,
            "101",
            "parameters.rollout: must be a whole number from 0 to 100, and is `101`",
        ),
        (
            r#"name = "flexibleRollout", parameters = { rollout = "-1" }"#,
            "\"-1\"",
            "parameters.rollout: must be",
        ),
        (r#"name = "flexibleRollout", parameters = { rollout = 2.5 }"#, "2.5", "parameters.rollout: must be"),
        (
            r#"name = "flexibleRollout""#,
            r#""flexibleRollout""#,
            "parameters: `flexibleRollout` needs `rollout`",
        ),
        (
            r#"name = "flexibleRollout", parameters = { rollout = 1, sticky = "userId" }"#,
            "sticky",
            "parameters.sticky: `flexibleRollout` has no such parameter; did you mean `stickiness`?",
        ),
        (
            r#"name = "default", parameters = { rollout = 1 }"#,
            "rollout",
            "parameters.rollout: `default` has no such parameter",
        ),
        (
            r#"name = "remoteAddress", parameters = { IPs = "10.0.0.0/33" }"#,
            r#""10.0.0.0/33""#,
            "parameters.IPs: `10.0.0.0/33` is neither",
        ),
        (r#"name = "default", segments = ["x"]"#, r#""x""#, "segments[0]: there is no segment \"x\""),
        (r#"name = "default", segments = [7]"#, "7", "segments[0]: there is no segment with id 7"),
        (
            r#"name = "default", variants = [{ name = "a", weight = 0 }]"#,
            "0",
            "variants: the weights add up to 0",
        ),
        (
            r#"name = "default", variants = [{ name = "a", weight = 1 }, { name = "a", weight = 1 }]"#,
            r#""a""#,
            "variants[1].name: there is another variant `a`",
        ),
        (
            r#"name = "default", variants = [{ name = "a", weight = 1, payload = { type = "jsn", value = "" } }]"#,
            r#""jsn""#,
            "variants[0].payload.type: unknown type of payload `jsn`; did you mean `json`?",
        ),
    ] {
        let (found_at, found) = fault(&strategy(written));
        assert!(found.starts_with(&format!("toggle \"t\": strategies[0].{message}")), "{found}");
        assert_eq!(found_at, at, "{found}");
    }
}

#[test]
fn constraints_that_can_never_mean_anything_are_named() {
    for (written, message) in [
        (
            r#"operator = "STR_STARTS_WTH", values = ["a"]"#,
            "operator: unknown operator `STR_STARTS_WTH`; did you mean `STR_STARTS_WITH`?",
        ),
        (r#"operator = "IN", value = "a""#, "values: `IN` needs `values`, a list"),
        (r#"operator = "NUM_GT", values = ["1"]"#, "value: `NUM_GT` needs a `value`"),
        (r#"operator = "NUM_GT", value = "many""#, "value: `many` is no number"),
        (r#"operator = "DATE_AFTER", value = "tomorrow""#, "value: `tomorrow` is no time"),
        (r#"operator = "NUM_EQ", value = "1.2.3""#, "value: `1.2.3` is no number"),
        (r#"operator = "DATE_BEFORE", value = 5"#, "value: `5` is no time"),
        (r#"operator = "SEMVER_EQ", value = "1.2""#, "value: `1.2` is no version"),
        (r#"operator = "SEMVER_EQ", value = "v1.2.3""#, "value: `v1.2.3` is no version"),
        (r#"operator = "REGEX", value = "(""#, "value: `(` is no regular expression"),
        (r#"operator = "IN_CIDR", values = ["10.0.0.0/8", "nowhere"]"#, "values: `nowhere` is neither"),
    ] {
        let text =
            strategy(&format!("name = \"default\", constraints = [{{ contextName = \"x\", {written} }}]"));
        let found = fault(&text).1;
        assert!(
            found.starts_with(&format!("toggle \"t\": strategies[0].constraints[0].{message}")),
            "{found}"
        );
        let text = format!("segments = [{{ id = 1, constraints = [{{ contextName = \"x\", {written} }}] }}]");
        let found = fault(&text).1;
        assert!(found.starts_with(&format!("segment 1.constraints[0].{message}")), "{found}");
    }
}

#[test]
fn parents_exist_and_have_no_parents() {
    let child = |name: &str, parent: &str| {
        format!("[toggles.{name}]\nenabled = true\ndependencies = [{{ feature = \"{parent}\" }}]\n")
    };
    for (text, message) in [
        (child("a", "a"), "a toggle cannot depend on itself"),
        (child("abc", "abd"), "there is no toggle `abd`; did you mean `abc`?"),
        (
            child("a", "b") + &child("b", "c") + "[toggles.c]\nenabled = true\n",
            "`b` depends on another toggle itself",
        ),
    ] {
        let found = fault(&text).1;
        assert!(found.contains(message), "{found}");
    }
}

#[test]
fn what_only_the_engine_refuses_is_named_too() {
    let text = strategy(r#"name = "flexibleRollout", parameters = { rollout = 5, groupId = 'a"b' }"#);
    assert!(fault(&text).1.contains("strategies[0]: the engine does not understand"), "{}", fault(&text).1);
}

#[test]
fn all_faults_are_found_and_come_in_the_order_of_the_file() {
    let text = "[toggles.z]\nenabled = 1\n[toggles.a]\nenabled = true\nstrategies = [{ name = \"x\" }, { name = \"y\" }]\n";
    let state = from_text(text);
    let toggles: Vec<_> = state.faults.iter().map(|fault| fault.toggle.as_deref().unwrap()).collect();
    assert_eq!(toggles, ["z", "a", "a"]);
    let error = state.into_result().unwrap_err().to_string();
    assert!(error.starts_with("toggle \"z\": enabled:") && error.ends_with("(and 2 more)"), "{error}");
}

#[test]
fn a_text_that_is_no_toml_is_a_fault_with_a_place() {
    let state = from_text("[toggles\n");
    assert_eq!(state.faults.len(), 1);
    assert!(state.faults[0].span.is_some());
}
