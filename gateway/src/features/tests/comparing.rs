//! `[routes.comparison]` and `[comparison]`: what is read, and what is refused at its place.

use super::*;
use crate::parallel::Writes;
use std::time::Duration;

const DIAL: &str = "[toggles.c]\nenabled = true\n[[legacy]]\nname = \"flack\"\nurl = \"http://a\"\n\
                    [[legacy]]\nname = \"flack-2\"\nurl = \"http://b\"\n\
                    [[services]]\nname = \"s\"\n[[services]]\nname = \"knowing\"\ndry_run = true\n\
                    [[routes]]\nname = \"r\"\nmatch = { path = \"/r\" }\nlegacy = \"flack\"\nservice = \"s\"\n\
                    compare = \"c\"\n";

fn of(comparison: &str) -> String {
    format!("{DIAL}[routes.comparison]\n{comparison}\n")
}

#[test]
fn a_comparison_is_read() {
    let text = of("ignore = [\"$.at\"]\ngenerated = [\"$.id\", { path = \"$.key\", pattern = \"^[a-z]+$\" }]\n\
                   unordered = [{ path = \"$.list\", key = \"id\" }]\ntolerance = [{ path = \"$.n\", relative = 0.1 }]\n\
                   statuses = [[200, 201]]\nheaders = [\"ETag\"]\nwrites = \"dry-run\"\nrecheck = \"2s\"\n\
                   noise = \"flack-2\"\nnoise_sample = 0.25\nenough = 5000\nallowed_difference = 0.01")
        .replace("service = \"s\"", "service = \"knowing\"");
    let features = parse("f.toml", &text, &KNOWN).unwrap().features;
    let comparison = &features.routes[0].comparison;
    assert_eq!(comparison.rule_count, 6);
    assert_eq!(comparison.rules.headers().collect::<Vec<_>>(), ["etag"]);
    assert_eq!((comparison.writes, comparison.recheck), (Writes::DryRun, Duration::from_secs(2)));
    assert_eq!(&*features.upstream(comparison.noise.unwrap()).unwrap().name, "flack-2");
    assert_eq!((comparison.noise_sample, comparison.limits.enough), (0.25, 5000));
    assert_eq!(comparison.limits.allowed_difference, 0.01);
}

#[test]
fn a_service_may_be_the_second_instance_of_the_old_side() {
    let features = parse("f.toml", &of("noise = \"knowing\""), &KNOWN).unwrap().features;
    let noise = features.routes[0].comparison.noise.unwrap();
    assert_eq!(&*features.upstream(noise).unwrap().name, "knowing");
}

#[test]
fn what_nobody_says_has_defaults() {
    let features = parse("f.toml", DIAL, &KNOWN).unwrap().features;
    let comparison = &features.routes[0].comparison;
    assert_eq!((comparison.writes, comparison.recheck), (Writes::Skip, Duration::from_millis(250)));
    assert_eq!((comparison.noise, comparison.noise_sample, comparison.limits.enough), (None, 0.05, 1000));
    assert_eq!(
        parse("f", &of("recheck = \"0\""), &KNOWN).unwrap().features.routes[0].comparison.recheck,
        Duration::ZERO
    );
}

#[test]
fn a_route_of_writes_that_are_skipped_is_warned_of() {
    let warned = |methods: &str, comparison: &str| {
        let text = of(comparison).replace("match = {", &format!("match = {{ methods = [{methods}],"));
        parse("f.toml", &text, &KNOWN).unwrap().warnings.to_string()
    };
    let said = warned("\"POST\", \"DELETE\"", "");
    assert!(said.contains("f.toml:19:11: warning: the route takes only what changes something"), "{said}");
    for (methods, comparison) in [("\"POST\"", "writes = \"send\""), ("\"GET\", \"POST\"", "")] {
        let said = warned(methods, comparison);
        assert!(!said.contains("ever compared"), "{said}");
    }
}

#[test]
fn a_wrong_comparison_is_refused_at_its_place() {
    for (comparison, expected) in [
        (
            "ignroe = []",
            "21:1: error: unknown key `ignroe` in `comparison` of route `r`; did you mean `ignore`?",
        ),
        ("ignore = [\"$.a\", \"$.\"]", "21:18: error: `ignore`: "),
        ("ignore = 5", "21:10: error: `ignore`: "),
        ("generated = [{ path = \"$.a\", pattern = \"(\" }]", "21:14: error: `generated`: "),
        ("tolerance = [{ path = \"$.a\", relativ = 1 }]", "21:"),
        ("statuses = [[99999]]", "21:"),
        ("writes = \"maybe\"", "21:10: error: `writes` is \"skip\", "),
        ("writes = \"dry-run\"", "21:10: error: service `s` is not said to know dry runs"),
        ("recheck = \"soon\"", "21:11: error: `recheck` is a time"),
        ("recheck = \"61s\"", "21:11: error: `recheck` is a time"),
        (
            "noise = \"nobody\"",
            "21:9: error: `noise` names no `[[legacy]]` upstream and no `[[services]]`: `nobody`",
        ),
        ("noise = \"flack\"", "21:9: error: `noise` is another instance of the old side"),
        (
            "noise = \"s\"",
            "21:9: error: `noise` is another instance of the old side, and this is the new side",
        ),
        ("noise_sample = 2", "21:16: error: a share is between 0 and 1"),
        ("noise_sample = \"2\"", "21:16: error: `noise_sample` must be a number"),
        ("enough = -1", "21:10: error: `enough` must be a whole number"),
    ] {
        let findings = findings(&of(comparison));
        let found = findings.iter().any(|line| line.starts_with(&format!("f.toml:{expected}")));
        assert!(found, "{comparison}: {findings:#?}");
    }
}

#[test]
fn rules_for_all_are_added_and_their_faults_said_once() {
    let text = format!("[comparison]\nignore = [\"$.\"]\n{}", of("ignore = [\"$.b\"]"));
    let second = "[[routes]]\nname = \"q\"\nmatch = { path = \"/q\" }\nlegacy = \"flack\"\n";
    let faults = findings(&format!("{text}{second}"));
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert!(faults[0].starts_with("f.toml:2:11: error: `ignore`: "), "{faults:#?}");
    let unknown = findings(&format!("[comparison]\nwrites = \"skip\"\n{DIAL}"));
    assert!(unknown[0].contains("unknown key `writes` in `comparison`"), "{unknown:#?}");
}

#[test]
fn a_comparison_without_its_toggle_is_odd() {
    let text = of("").replace("compare = \"c\"\n", "serve = \"c\"\n");
    let found = findings(&text);
    assert!(
        found[0].contains("20:1: ") && found[0].contains("warning: the route has no `compare` toggle"),
        "{found:#?}"
    );
}
