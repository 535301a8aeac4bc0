//! `[routes.promotion]`: what it means, and what is said of its faults.

use super::KNOWN;
use crate::features::parse;
use promotion::{OnBreach, Policy};
use std::time::Duration;

const ROUTE: &str = "[toggles.a]\nenabled = false\n[toggles.b]\nenabled = false\n[[routes]]\nname = \"r\"\n\
                     match = { path = \"/r\" }\nmodule = \"users\"\nservice = \"s\"\nserve = \"a\"\ncompare = \"b\"\n";

fn policy(body: &str) -> Result<Policy, String> {
    let text = format!("{ROUTE}[routes.promotion]\n{body}\n");
    let loaded = parse("f.toml", &text, &KNOWN).map_err(|report| report.to_string())?;
    Ok((**loaded.features.routes[0].promotion.as_ref().unwrap()).clone())
}

#[test]
fn it_is_read_as_written_and_what_is_not_there_has_its_default() {
    assert_eq!(policy(""), Ok(Policy::default()));
    let body = "steps = [0, 5, 0x64]\nevery = \"90s\"\nenough = 50\nallowed_difference = 0.01\nerror_ratio = 2\n\
                latency_ratio = 3.5\non_breach = \"hold\"";
    let expected = Policy {
        steps: vec![0, 5, 100],
        every: Duration::from_secs(90),
        enough: 50,
        allowed_difference: 0.01,
        error_ratio: 2.0,
        latency_ratio: 3.5,
        on_breach: OnBreach::Hold,
    };
    assert_eq!(policy(body), Ok(expected));
    for (text, seconds) in [("2m", 120), ("6h", 21_600), ("1d", 86_400), ("3000ms", 3)] {
        assert_eq!(policy(&format!("every = \"{text}\"")).unwrap().every, Duration::from_secs(seconds));
    }
}

#[test]
fn every_fault_has_its_place_and_its_reason() {
    for (body, expected) in [
        ("steps = []", "13:9: error: `steps` is a list of percentages"),
        ("steps = [5, 1]", "13:9: error: `steps` is"),
        ("steps = [101]", "13:9: error: `steps` is"),
        ("steps = [1.5]", "13:9: error: `steps` is"),
        ("every = \"soon\"", "13:9: error: `every` is a time up to 30 days"),
        ("every = \"0s\"", "13:9: error: `every` is"),
        ("every = \"31d\"", "13:9: error: `every` is"),
        ("allowed_difference = 0", "13:22: error: `allowed_difference` is a number above 0 and 1 at most"),
        ("allowed_difference = 1.5", "13:22: error: `allowed_difference` is"),
        ("latency_ratio = 0.9", "13:17: error: `latency_ratio` is a number of 1 at least and 1000 at most"),
        ("error_ratio = \"2\"", "13:15: error: `error_ratio` is"),
        ("on_breach = \"panic\"", "13:13: error: `on_breach` is \"back\""),
        ("step = [1]", "13:1: error: unknown key `step` in `promotion` of route `r`; did you mean `steps`?"),
    ] {
        let said = policy(body).unwrap_err();
        assert!(said.lines().any(|line| line.starts_with(&format!("f.toml:{expected}"))), "{body}: {said}");
    }
}

#[test]
fn it_needs_both_toggles() {
    for key in ["serve", "compare"] {
        let without: String =
            ROUTE.lines().filter(|line| !line.starts_with(key)).map(|line| format!("{line}\n")).collect();
        let said =
            parse("f.toml", &format!("{without}[routes.promotion]\n"), &KNOWN).unwrap_err().to_string();
        assert!(said.contains(&format!("error: `promotion` needs a `{key}` toggle")), "{said}");
    }
}
