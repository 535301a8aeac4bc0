//! Rules into files as people write them.

use super::*;

fn rule(rule: RuleKind, path: &str) -> RuleBody {
    RuleBody {
        rule,
        path: path.into(),
        key: None,
        absolute: None,
        relative: None,
        time_ms: None,
        statuses: None,
        preview: true,
        version: None,
    }
}

fn ignore(text: &str) -> String {
    add(text, "a", &rule(RuleKind::Ignore, "$.x")).unwrap()
}

const PLAIN: &str =
    "# all\n[[routes]]\nname = 'a' # one\nmodule = \"m\"\n\n# the other\n[[routes]]\nname = \"b\"\n";

#[test]
fn a_route_without_rules_gets_a_table_below_it_and_all_comments_stay() {
    assert_eq!(
        ignore(PLAIN),
        "# all\n[[routes]]\nname = 'a' # one\nmodule = \"m\"\n\n[routes.comparison]\nignore = [\"$.x\"]\n\n# the other\n\
         [[routes]]\nname = \"b\"\n"
    );
}

#[test]
fn each_rule_is_written_the_short_way() {
    let key = |key: &str| RuleBody { key: Some(key.into()), ..rule(RuleKind::Unordered, "$.list") };
    let near = RuleBody { relative: Some(0.01), time_ms: Some(5), ..rule(RuleKind::Tolerance, "$.n") };
    let statuses = RuleBody { statuses: Some(vec![200, 204]), ..rule(RuleKind::Statuses, "status") };
    for (rule, line) in [
        (statuses, "statuses = [[200, 204]]"),
        (rule(RuleKind::Generated, "$.id"), "generated = [\"$.id\"]"),
        (rule(RuleKind::Unordered, "$.list"), "unordered = [\"$.list\"]"),
        (key("id"), "unordered = [{ path = \"$.list\", key = \"id\" }]"),
        (near, "tolerance = [{ path = \"$.n\", relative = 0.01, time_ms = 5 }]"),
        (rule(RuleKind::Ignore, "$['a \"b\"']"), "ignore = [\"\"\"$['a \"b\"']\"\"\"]"),
    ] {
        let text = add(PLAIN, "a", &rule).unwrap();
        assert!(text.contains(&format!("[routes.comparison]\n{line}\n")), "{text}");
        let read: toml::Table = text.parse().unwrap();
        let added = &read["routes"][0]["comparison"].as_table().unwrap();
        assert_eq!(added.len(), 1, "{text}");
    }
}

#[test]
fn a_list_goes_on_as_it_began() {
    let within = |list: &str| {
        format!(
            "[[routes]]\nname = \"a\"\n[routes.comparison]\nwrites = \"skip\"\nignore = {list}\nrecheck = \"1s\" # why\n"
        )
    };
    for (before, after) in [
        ("[]", "[\"$.x\"]"),
        ("[\"$.a\"]", "[\"$.a\", \"$.x\"]"),
        ("[ \"$.a\" ] # c", "[ \"$.a\", \"$.x\" ] # c"),
        ("[\n  \"$.a\",\n]", "[\n  \"$.a\",\n  \"$.x\",\n]"),
        ("[\n  \"$.a\"\n]", "[\n  \"$.a\",\n  \"$.x\"\n]"),
        ("[\n  # of a\n  \"$.a\", # a\n]", "[\n  # of a\n  \"$.a\", # a\n  \"$.x\",\n]"),
        ("[\n  \"$.a\", # a\n  # the end\n]", "[\n  \"$.a\", # a\n  # the end\n  \"$.x\",\n]"),
    ] {
        assert_eq!(ignore(&within(before)), within(after), "{before}");
    }
}

#[test]
fn routes_and_rules_may_be_written_inline_or_as_tables() {
    let text = "routes = [{ name = \"b\" }, { name = \"a\", module = \"m\" }]\n";
    assert_eq!(
        ignore(text),
        "routes = [{ name = \"b\" }, { name = \"a\", module = \"m\" , comparison = { ignore = [\"$.x\"] } }]\n"
    );
    let text = "[[routes]]\nname = \"a\"\n[[routes.comparison.tolerance]]\npath = \"$.n\"\nabsolute = 1\n";
    let near = RuleBody { absolute: Some(2.0), ..rule(RuleKind::Tolerance, "$.m") };
    let edited: toml::Table = add(text, "a", &near).unwrap().parse().unwrap();
    let rules = edited["routes"][0]["comparison"]["tolerance"].as_array().unwrap();
    assert_eq!((rules.len(), rules[1]["path"].as_str()), (2, Some("$.m")));
}

#[test]
fn what_is_there_already_is_said() {
    let once = ignore(PLAIN);
    let again = add(&once, "a", &rule(RuleKind::Ignore, "$.x")).unwrap_err();
    assert_eq!(again.to_string(), "the route has this rule already");
    let same =
        |codes: &[u16]| RuleBody { statuses: Some(codes.into()), ..rule(RuleKind::Statuses, "status") };
    let once = add(PLAIN, "a", &same(&[200, 204])).unwrap();
    assert!(add(&once, "a", &same(&[200, 204])).is_err());
    let twice = add(&once, "a", &same(&[404, 410])).unwrap();
    assert!(twice.contains("statuses = [[200, 204], [404, 410]]"), "{twice}");
    let key = |key: &str| RuleBody { key: Some(key.into()), ..rule(RuleKind::Unordered, "$.list") };
    let once = add(PLAIN, "a", &key("id")).unwrap();
    assert!(add(&once, "a", &key("id")).is_err());
    assert!(add(&once, "a", &key("name")).is_ok(), "it is another rule");
}

#[test]
fn what_cannot_be_edited_is_refused() {
    for (text, reason) in [
        ("routes = [", "the file is not TOML"),
        ("", "the file has no route `a`"),
        ("[[routes]]\nname = \"b\"\n", "the file has no route `a`"),
        ("[[routes]]\nname = \"a\"\ncomparison = 1\n", "`comparison` is not a table"),
        ("[[routes]]\nname = \"a\"\n[routes.comparison]\nignore = 1\n", "`ignore` is not a list"),
    ] {
        let error = add(text, "a", &rule(RuleKind::Ignore, "$.x")).unwrap_err().to_string();
        assert!(error.starts_with(reason), "{text}: {error}");
    }
}
