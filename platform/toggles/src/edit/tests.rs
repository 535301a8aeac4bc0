//! Edits change what they name and nothing else, in every way in which a toggle can be written.

use super::{EditError, set_enabled, set_percent};
use crate::file::from_text;
use proptest::prelude::*;

/// The lines of `after` that are not in `before`, with both checked to be files without faults.
fn new_lines(before: &str, after: &str) -> Vec<String> {
    for text in [before, after] {
        assert_eq!(from_text(text).faults, [], "{text}");
    }
    assert_eq!(before.lines().count(), after.lines().count(), "{after}");
    let pairs = before.lines().zip(after.lines());
    pairs.filter(|(before, after)| before != after).map(|(_, after)| after.to_owned()).collect()
}

const FILE: &str = r#"# The head of the file.
default = "monolith"   # stays

[toggles."messages.serve"] # the toggle
description = "the extracted service answers"
enabled   =   false  # why it is off
strategies = [
    { name = "userWithId", parameters = { userIds = "1,2" } }, # the testers
    { name = "flexibleRollout", parameters = { rollout = "5", stickiness = "userId", groupId = "messages" } }, # all others
]

# Another one.
[toggles.other]
enabled = true

[[routes]]
name = "messages"   # not looked at
"#;

#[test]
fn a_toggle_is_switched_and_everything_around_it_stays() {
    let on = set_enabled(FILE, "messages.serve", true).unwrap();
    assert_eq!(new_lines(FILE, &on), ["enabled   =   true  # why it is off"]);
    assert_eq!(set_enabled(&on, "messages.serve", false).unwrap(), FILE);
    let other = set_enabled(FILE, "other", false).unwrap();
    assert_eq!(new_lines(FILE, &other), ["enabled = false"]);
}

#[test]
fn a_percentage_changes_the_rollout_and_switches_on() {
    let changed = set_percent(FILE, "messages.serve", 25).unwrap();
    assert_eq!(
        new_lines(FILE, &changed),
        [
            "enabled   =   true  # why it is off",
            "    { name = \"flexibleRollout\", parameters = { rollout = \"25\", stickiness = \"userId\", groupId = \
             \"messages\" } }, # all others",
        ]
    );
}

#[test]
fn a_toggle_without_strategies_gets_a_rollout() {
    let changed = set_percent(FILE, "other", 7).unwrap();
    let line = "strategies = [{ name = \"flexibleRollout\", parameters = { rollout = \"7\", stickiness = \"default\", \
                groupId = \"other\" } }]";
    assert!(changed.contains(line), "{changed}");
    assert_eq!(changed.replace(&format!("{line}\n"), ""), FILE);
    assert_eq!(from_text(&changed).faults, []);
}

#[test]
fn every_way_to_write_a_toggle_is_understood() {
    for (before, after) in [
        (
            "toggles.t.enabled = false # c\n",
            "toggles.t.enabled = true # c\ntoggles.t.strategies = [{ name = \"flexibleRollout\", parameters = { rollout = \"9\", stickiness = \"default\", groupId = \"t\" } }]\n",
        ),
        (
            "[toggles]\nt = { enabled = false, strategies = [{ name = \"flexibleRollout\", parameters = { rollout = 1 } }] }\n",
            "[toggles]\nt = { enabled = true, strategies = [{ name = \"flexibleRollout\", parameters = { rollout = 9 } }] }\n",
        ),
        (
            "[toggles.t]\nenabled = true\n[[toggles.t.strategies]] # c\nname = \"flexibleRollout\"\n[toggles.t.strategies.parameters]\nrollout = '1' # d\n",
            "[toggles.t]\nenabled = true\n[[toggles.t.strategies]] # c\nname = \"flexibleRollout\"\n[toggles.t.strategies.parameters]\nrollout = \"9\" # d\n",
        ),
        (
            "[toggles.t]\nenabled = true\nstrategies = [{ name = \"default\" }]\n",
            "[toggles.t]\nenabled = true\nstrategies = [{ name = \"flexibleRollout\" , parameters = { rollout = \"9\", stickiness = \"default\", groupId = \"t\" } }]\n",
        ),
        (
            "[toggles.t]\nenabled = true\nstrategies = [\n  { name = \"userWithId\", parameters = { userIds = \"1\" } },\n]\n",
            "[toggles.t]\nenabled = true\nstrategies = [\n  { name = \"userWithId\", parameters = { userIds = \"1\" } },\n  { name = \"flexibleRollout\", parameters = { rollout = \"9\", stickiness = \"default\", groupId = \"t\" } },\n]\n",
        ),
        (
            "[toggles.t]\nenabled = true\nstrategies = []\n",
            "[toggles.t]\nenabled = true\nstrategies = [{ name = \"flexibleRollout\", parameters = { rollout = \"9\", stickiness = \"default\", groupId = \"t\" } }]\n",
        ),
    ] {
        let changed = set_percent(before, "t", 9).unwrap();
        assert_eq!(changed, after);
        assert_eq!(from_text(&changed).faults, [], "{changed}");
    }
}

#[test]
fn of_several_rollouts_the_one_for_all_is_meant() {
    let rollout =
        |more: &str| format!("{{ name = \"flexibleRollout\", parameters = {{ rollout = 1 }}{more} }}");
    let some = rollout(", constraints = [{ contextName = \"a\", operator = \"IN\", values = [\"b\"] }]");
    let text = |list: &[&str]| format!("[toggles.t]\nenabled = true\nstrategies = [{}]\n", list.join(", "));
    let changed = set_percent(&text(&[&some, &rollout("")]), "t", 9).unwrap();
    assert_eq!(changed, text(&[&some, &rollout("").replace('1', "9")]));
    for several in [[&rollout(""), &rollout("")], [&some, &some]] {
        let error = set_percent(&text(&[several[0], several[1]]), "t", 9).unwrap_err();
        assert!(matches!(error, EditError::SeveralRollouts { .. }), "{error}");
    }
    let error = set_percent(&text(&["{ name = \"default\" }", &rollout("")]), "t", 9).unwrap_err();
    assert!(matches!(error, EditError::OnForEverybody { .. }), "{error}");
}

#[test]
fn what_cannot_be_changed_is_named() {
    for (text, name, message) in [
        (FILE, "messages.server", "there is no toggle `messages.server`; did you mean `messages.serve`?"),
        ("default = \"monolith\"\n", "a", "there is no toggle `a`"),
        ("toggles = 5\n", "a", "`toggles` is not a table of tables"),
        ("[toggles]\na = 5\n", "a", "`toggles` is not a table of tables"),
        ("[toggles.a]\nstrategies = 5\n", "a", "`strategies` is not a list of tables"),
        ("[toggles.a]\nstrategies = [5]\n", "a", "`strategies` is not a list of tables"),
        (
            "[toggles.a]\nstrategies = [{ name = \"flexibleRollout\", parameters = 5 }]\n",
            "a",
            "`parameters` is not a table",
        ),
        ("[toggles\n", "a", "the file is not TOML"),
    ] {
        let error = set_percent(text, name, 5).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    assert!(matches!(set_percent(FILE, "other", 101), Err(EditError::Percent(101))));
}

proptest! {
    #[test]
    fn any_percentage_is_read_back_as_it_was_set(percent in 0..=100u8, first in 0..=100u8) {
        let text = set_percent(FILE, "other", first).unwrap();
        let text = set_percent(&text, "other", percent).unwrap();
        let features = from_text(&text).into_result().unwrap().features;
        let toggle = features.iter().find(|toggle| toggle.name == "other").unwrap();
        let strategies = toggle.strategies.as_ref().unwrap();
        prop_assert_eq!(strategies.len(), 1);
        prop_assert_eq!(&strategies[0].parameters.as_ref().unwrap()["rollout"], &percent.to_string());
    }

    #[test]
    fn no_text_makes_an_edit_panic(text in "(\\[?toggles|\\.|a|\"|=|\\[|\\]|\\{|\\}|,|enabled|strategies|parameters|name|flexibleRollout|rollout|true|5| |\n){0,30}") {
        let _ = set_percent(&text, "a", 5);
        let _ = set_enabled(&text, "a", true);
        let _ = from_text(&text);
    }
}
