//! What a features file may say, and what is said about its faults, with their places.

mod comparing;
mod outside;
mod promotion;

use super::*;
use crate::method::MethodSet;
use proptest::prelude::*;

const KNOWN: Known<'_> = Known {
    modules: &["messages", "stats", "tokens", "users"],
    tokens: KnownTokens::House,
    toggles_from_server: false,
    policy: None,
    legacy_url: None,
};

/// A route of four lines, to be put behind what a test is about.
const ROUTE: &str = "[[routes]]\nname = \"r\"\nmatch = { path = \"/r\" }\nmodule = \"users\"\n";

fn findings(text: &str) -> Vec<String> {
    let report = parse("f.toml", text, &KNOWN).map_or_else(|report| report, |loaded| loaded.warnings);
    report.to_string().lines().map(str::to_owned).collect()
}

#[test]
fn the_file_of_the_repository_is_right_and_says_what_it_means() {
    let text = include_str!("../../../features.toml");
    let Loaded { features, warnings } = parse("features.toml", text, &KNOWN).unwrap();
    assert!(warnings.is_empty(), "{warnings}");
    assert_eq!(features.default, Some(DefaultSide::Monolith));
    let names: Vec<_> = features.routes.iter().map(|route| &*route.name).collect();
    assert_eq!(names, ["messages.read", "messages.write", "users", "tokens", "tokens.keys", "stats"]);
    assert!(features.toggles.features.iter().all(|toggle| !toggle.enabled));
}

#[test]
fn a_route_is_read_as_written() {
    let text = "[toggles.a]\nenabled = false\n[toggles.b]\ndescription = \"it\"\nenabled = false\n[[routes]]\n\
                name = \"m\"\nmatch = { methods = [\"GET\", \"PUT\"], path = \"/m/{id}\" }\nmodule = \"messages\"\n\
                service = \"m2\"\nserve = \"b\"\ncompare = \"a\"\n";
    let features = parse("f.toml", text, &KNOWN).unwrap().features;
    let route = features.routes.first().unwrap();
    assert_eq!(route.methods.to_string(), "GET, HEAD, PUT");
    assert_eq!((route.pattern.as_str(), route.line), ("/m/{id}", 6));
    assert_eq!(route.old, OldSide::Module("messages".into()));
    let service = features.upstream(route.service.unwrap()).unwrap();
    assert_eq!((&*service.name, service.kind, service.line), ("m2", UpstreamKind::Service, 10));
    assert_eq!((route.serve.as_deref(), route.compare.as_deref()), (Some("b"), Some("a")));
    assert_eq!(features.default, None);
}

#[test]
fn a_route_without_methods_takes_all() {
    let features = parse("f.toml", ROUTE, &KNOWN).unwrap().features;
    assert_eq!(features.routes.first().unwrap().methods, MethodSet::ANY);
}

#[test]
fn every_fault_has_its_place_and_its_reason() {
    for (text, expected) in [
        (
            "defualt = \"monolith\"\n",
            "1:1: error: unknown key `defualt` in the file; did you mean `default`?",
        ),
        ("default = \"flack\"\n", "1:11: error: `default` names no `[[legacy]]` upstream: `flack`"),
        ("default = 1\n", "1:11: error: `default` must be a string, and is of type integer"),
        ("toggles = 1\n", "1:11: error: toggles: must be a table of toggles, and is of type integer"),
        (
            "routes = {}\n",
            "1:10: error: `routes` must be a list of tables: `[[routes]]`, and is of type table",
        ),
        ("[toggles.a]\nenabled = \"yes\"\n", "2:11: error: toggle \"a\": enabled: "),
        ("[toggles.a]\n", "1:1: error: toggle \"a\": "),
        (
            "[toggles.a]\nenabled = true\nstrategies = [{ name = \"x\" }]\n",
            "3:24: error: toggle \"a\": strategies[0].name",
        ),
        ("[toggles.a]\nenabled = false\n", "1:10: warning: no route uses toggle `a`"),
    ] {
        let findings = findings(text);
        assert!(
            findings.iter().any(|line| line.starts_with(&format!("f.toml:{expected}"))),
            "{text}: {findings:#?}"
        );
    }
}

#[test]
fn every_fault_of_a_route_has_its_place_and_its_reason() {
    for (change, expected) in [
        (("name = \"r\"\n", ""), "1:1: error: the route has no `name`"),
        (("\"r\"", "\"r r\""), "2:8: error: the name of a route has 1 to 128 letters"),
        (
            ("\"r\"", "\"default\""),
            "2:8: error: `default` is what logs and metrics call requests that no route",
        ),
        (
            ("module = \"users\"\n", ""),
            "1:1: error: route `r` lacks its old side: a `module` of this process",
        ),
        (
            ("module = \"users\"", "legacy = \"x\""),
            "4:10: error: `legacy` names no `[[legacy]]` upstream: `x`",
        ),
        (("\"users\"\n", "\"users\"\nlegacy = \"x\"\n"), "5:10: error: route `r` has `module` and `legacy`"),
        (
            ("\"users\"", "\"user\""),
            "4:10: error: no module `user` runs in this process; did you mean `users`?",
        ),
        (
            ("\"users\"", "\"orders\""),
            "4:10: error: no module `orders` runs in this process; there are `messages`,",
        ),
        (("path = \"/r\"", ""), "3:9: error: `match` of route `r` has no `path`"),
        (("path = \"/r\"", "path = \"/r/*\""), "3:18: error: `*`: write `{rest..}` instead"),
        (("{ path", "{ methods = [], path"), "3:21: error: `methods` is empty, so the route takes nothing"),
        (("{ path", "{ methods = \"GET\", path"), "3:21: error: `methods` must be a list of strings"),
        (
            ("{ path", "{ methods = [1], path"),
            "3:22: error: `methods` must be a string, and is of type integer",
        ),
        (("{ path", "{ methods = [\"get\"], path"), "3:22: error: methods are written in capitals: `GET`"),
        (
            ("{ path", "{ methods = [\"DELTE\"], path"),
            "3:22: error: unknown method `DELTE`; did you mean `DELETE`?",
        ),
        (("{ path", "{ methods = [\"HEAD\"], path"), "3:21: error: HEAD goes where GET goes"),
        (
            ("\"users\"\n", "\"users\"\nservce = \"u\"\n"),
            "5:1: error: unknown key `servce` in route `r`; did you mean",
        ),
        (("\"users\"\n", "\"users\"\nfallback = true\n"), "5:12: error: `fallback` needs a `service`"),
        (
            ("\"users\"\n", "\"users\"\n[routes.promotion]\n"),
            "5:1: error: `promotion` needs a `serve` toggle",
        ),
        (
            ("\"users\"\n", "\"users\"\nservice = \"u\"\nserve = \"x\"\n"),
            "6:9: error: `serve` names no toggle of this",
        ),
    ] {
        let text = ROUTE.replacen(change.0, change.1, 1);
        assert_ne!(text, ROUTE);
        let findings = findings(&text);
        assert!(
            findings.iter().any(|line| line.starts_with(&format!("f.toml:{expected}"))),
            "{text}: {findings:#?}"
        );
    }
}

#[test]
fn a_dial_needs_a_service() {
    let text = |toggles: &str, dial: &str| format!("{toggles}{ROUTE}{dial}");
    let off = "[toggles.a]\nenabled = false\n[toggles.b]\nenabled = false\n";
    let on = "[toggles.a]\nenabled = true\n";
    for (text, expected) in [
        (text(off, "serve = \"a\"\n"), "9:9: error: `serve` needs a `service`"),
        (text(off, "compare = \"a\"\n"), "9:11: error: `compare` needs a `service`"),
        (
            text(off, "service = \"u\"\nserve = \"a\"\ncompare = \"a\"\n"),
            "11:11: error: `serve` and `compare` are one",
        ),
        (
            text(off, "service = \"u\"\nserve = \"c\"\n"),
            "10:9: error: `serve` names no toggle of this file: `c`; there are",
        ),
    ] {
        let findings = findings(&text);
        assert!(
            findings.iter().any(|line| line.starts_with(&format!("f.toml:{expected}"))),
            "{text}: {findings:#?}"
        );
    }
    assert!(findings(&text(on, "service = \"u\"\nserve = \"a\"\n")).is_empty(), "a service may answer");
    assert!(findings(&text(off, "service = \"u\"\nserve = \"a\"\ncompare = \"b\"\n")).is_empty());
}

#[test]
fn a_name_or_a_request_belongs_to_one_route() {
    let findings_of = |second: &str| findings(&format!("{ROUTE}{second}"));
    let same_name = ROUTE.replace("/r", "/s");
    assert_eq!(findings_of(&same_name), ["f.toml:6:8: error: route `r` is already on line 2"]);
    let same_path = ROUTE.replace("\"r\"", "\"s\"");
    assert_eq!(
        findings_of(&same_path),
        ["f.toml:7:18: error: the route on line 1 (`r`) takes the same methods on the same paths"]
    );
    let shape = |name: &str, method: &str, path: &str| {
        let route = ROUTE.replace("\"r\"", name);
        route.replace("path = \"/r\"", &format!("methods = [\"{method}\"], path = \"{path}\""))
    };
    let pair = |a: (&str, &str), b: (&str, &str)| {
        findings(&format!("{}{}", shape("\"a\"", a.0, a.1), shape("\"b\"", b.0, b.1))).len()
    };
    assert_eq!(pair(("GET", "/a/{x}"), ("GET", "/a/{y}")), 1, "names in braces make no difference");
    assert_eq!(pair(("GET", "/a/{x}"), ("POST", "/a/{y}")), 0);
    assert_eq!(pair(("GET", "/a/{x}"), ("GET", "/a/{y..}")), 0, "one is more specific");
}

#[test]
fn all_faults_are_reported_in_the_order_of_the_file() {
    let text =
        "[[routes]]\nname = \"r\"\nmatch = { methods = [\"GTE\"], path = \"r\" }\nmodule = \"user\"\nx = 1\n";
    let places: Vec<_> =
        findings(text).iter().map(|line| line.split(": ").next().unwrap().to_owned()).collect();
    assert_eq!(places, ["f.toml:3:22", "f.toml:3:37", "f.toml:4:10", "f.toml:5:1"]);
}

#[test]
fn a_text_that_is_no_toml_is_refused_at_the_place() {
    let findings = findings("default = \"monolith\"\nroutes = \n[[routes]]\nmodule = = \"users\"\nname = \n");
    assert!(findings.iter().any(|line| line.starts_with("f.toml:2:")), "{findings:#?}");
    assert_eq!(findings.iter().filter(|line| line.starts_with("f.toml:4:")).count(), 1, "{findings:#?}");
    assert!(findings.iter().any(|line| line.starts_with("f.toml:5:")), "{findings:#?}");
    assert!(findings.iter().all(|line| !line.contains("has no")), "{findings:#?}");
}

#[test]
fn files_that_cannot_be_read_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("features.toml");
    assert!(check(&path, &KNOWN).to_string().contains("features.toml: error: cannot be read: "));
    std::fs::write(&path, [b'#', 0xff]).unwrap();
    assert!(check(&path, &KNOWN).to_string().contains("UTF-8"));
    std::fs::write(&path, vec![b'#'; usize::try_from(FILE_MAX_BYTES).unwrap()]).unwrap();
    assert!(check(&path, &KNOWN).is_empty());
    std::fs::write(&path, vec![b'#'; usize::try_from(FILE_MAX_BYTES).unwrap() + 1]).unwrap();
    assert!(check(&path, &KNOWN).to_string().contains("more than 8388608 bytes"));
}

#[test]
fn the_number_of_routes_is_bounded() {
    let mut text = String::new();
    for number in 0..=ROUTES_MAX {
        text.push_str(
            &ROUTE.replace("\"r\"", &format!("\"r{number}\"")).replace("/r", &format!("/r{number}")),
        );
    }
    assert!(findings(&text).iter().any(|line| line.contains("20000 routes at most")));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        let _ = parse("f.toml", &text, &KNOWN);
    }

    /// Cutting a good file anywhere must neither panic nor give a place outside of it.
    #[test]
    fn a_cut_file_is_read_or_refused(cut in 0_usize..3000) {
        let whole = include_str!("../../../features.toml");
        let text: String = whole.chars().take(cut).collect();
        let report = parse("f.toml", &text, &KNOWN).map_or_else(|report| report, |loaded| loaded.warnings);
        for finding in report.findings() {
            let (line, _) = finding.place.unwrap();
            prop_assert!(line as usize <= text.lines().count() + 1);
        }
    }
}
