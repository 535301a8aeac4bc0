//! A report to tell of: made of counts as any other, with what strangers wrote wherever they can.

use crate::counts::{CauseCounts, Counts};
use crate::told::{Report, RouteReport, StoreReport};
use crate::{Cause, Limits, Sample, SampleAnswer, SampleDifference, Text, Verdict};
use std::collections::BTreeMap;
use std::time::Duration;

/// A report on one route, in which strangers wrote `words` wherever they can.
pub(crate) fn report_with(words: &str) -> Report {
    let cause = Cause::new(&format!("$['{words}']"), "value");
    let mut counts = Counts { compared: 4_000, same_asked: 200, lagged: 2, ..Counts::default() };
    let of = CauseCounts { other: 100, asked_again: 100, lag: 2, explained: 5, ..CauseCounts::default() };
    counts.causes.insert(cause.clone(), of);
    counts.signatures.insert([cause.clone()].into(), 100);
    counts.dropped.insert("deadline".into(), 3);
    for us in 0..4_000 {
        counts.old.record(Duration::from_micros(500 + us));
        counts.new.record(Duration::from_micros(900 + us));
    }
    let samples = BTreeMap::from([(cause.clone(), vec![sample_with(words, &cause)])]);
    let route = RouteReport::of("messages.read", &counts, Limits::default(), &samples);
    Report {
        verdict: Verdict::of_all([route.verdict]),
        routes: vec![route],
        since: "2026-11-21T00:00:00.000Z".into(),
        generated_at: "2026-11-21T12:00:00.000Z".into(),
        store: StoreReport { kept: true, error: Some(words.into()), ..StoreReport::default() },
    }
}

fn sample_with(words: &str, cause: &Cause) -> Sample {
    let text = |end: &str| Text { text: format!("{words}{end}"), bytes: 9, cut: false };
    let answer =
        |end| SampleAnswer { status: 200, headers: vec![(words.into(), words.into())], body: text(end) };
    Sample {
        method: words.into(),
        target: format!("/{words}"),
        headers: vec![(words.into(), words.into())],
        body: text(""),
        request_id: words.into(),
        old_url: Some(words.into()),
        old: answer("1"),
        new: answer("2"),
        differences: vec![SampleDifference {
            place: cause.path.clone(),
            kind: "value".into(),
            old: Some(format!("{words}1")),
            new: Some(format!("{words}2")),
            explained: Some(words.into()),
        }],
        ..Sample::default()
    }
}

#[test]
fn the_first_members_of_the_json_stay_as_they_are() {
    let json = serde_json::to_value(report_with("x")).unwrap();
    let route = &json["routes"][0];
    assert_eq!((&route["route"], &route["verdict"]), (&"messages.read".into(), &"different".into()));
    assert_eq!((&route["compared"], &route["dropped"]["deadline"]), (&4_000.into(), &3.into()));
    assert!(
        route["difference_rate"]["estimate"].is_number() && route["difference_rate"]["upper_95"].is_number()
    );
    for side in ["old", "new"] {
        let latency = &route["latency_ms"][side];
        assert!(latency["p50"].is_number() && latency["p99"].is_number(), "{latency}");
    }
    let causes = route["causes"].as_array().unwrap();
    let classes: Vec<_> = causes.iter().map(|cause| cause["class"].as_str().unwrap()).collect();
    assert_eq!(classes, ["real", "lag", "explained"]);
    assert_eq!(
        (&causes[0]["path"], &causes[0]["kind"], &causes[0]["count"]),
        (&"$['x']".into(), &"value".into(), &100.into())
    );
    assert_eq!(causes[0]["samples"].as_array().unwrap().len(), 1);
    let curl = causes[0]["samples"][0]["curl"].as_str().unwrap();
    assert!(curl.starts_with("OLD='x'\n") && curl.matches("curl -isS -X 'x'").count() == 2, "{curl}");
}

#[test]
fn a_report_is_read_back_from_its_json() {
    let report = report_with("a \"b\" \u{1b}");
    let back: Report = serde_json::from_str(&report.render(crate::Format::Json)).unwrap();
    assert_eq!(serde_json::to_value(&back).unwrap(), serde_json::to_value(&report).unwrap());
}
