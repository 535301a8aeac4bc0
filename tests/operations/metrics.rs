//! `/metrics`: well-formed, and it counts what happened.

use blackbox::{post_message, sign_up};
use std::collections::{BTreeMap, BTreeSet};
use testkit::{Backend, Banyan, Client, both_backends};

/// Samples by their whole name, labels included.
type Samples = BTreeMap<String, f64>;

/// Reads the OpenMetrics text format, as strictly as a scraper does.
fn parse(text: &str) -> Samples {
    let (mut samples, mut families) = (Samples::new(), BTreeSet::new());
    let body = text.strip_suffix("# EOF\n").unwrap_or_else(|| panic!("no end: {text}"));
    for line in body.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.split(' ');
            let (kind, family) = (words.next().unwrap(), words.next().unwrap());
            assert!(["HELP", "TYPE", "UNIT"].contains(&kind), "{line}");
            if kind == "TYPE" {
                assert!(families.insert(family.to_owned()), "{family} twice");
            }
            continue;
        }
        let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        let bare = name.split('{').next().unwrap();
        assert!(families.iter().any(|family| bare.starts_with(family.as_str())), "{line} has no type");
        assert!(!name.contains('{') || name.ends_with('}'), "{line}");
        let value: f64 = value.parse().unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(samples.insert(name.to_owned(), value), None, "{name} twice");
    }
    samples
}

async fn samples(admin: &Client) -> Samples {
    let answer = admin.get("/metrics").send().await.expect_status(200);
    assert!(answer.header("content-type").starts_with("application/openmetrics-text; version=1.0.0"));
    parse(&answer.text())
}

/// The sum over all series of a name that have these labels.
fn sum(samples: &Samples, name: &str, labels: &[(&str, &str)]) -> f64 {
    let has = |key: &str| labels.iter().all(|(label, value)| key.contains(&format!("{label}=\"{value}\"")));
    samples
        .iter()
        .filter(|(key, _)| key.split('{').next() == Some(name) && has(key))
        .map(|(_, value)| value)
        .sum()
}

both_backends! {
    /// Requests by route and class, each once; durations by route, in buckets that add up.
    async fn requests_are_counted(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        for _ in 0..3 {
            post_message(&banyan, &ann, "hello").await;
        }
        for _ in 0..5 {
            banyan.get("/api/messages/77").send().await.expect_status(404);
        }
        banyan.get("/nowhere").send().await.expect_status(404);
        let samples = samples(banyan.admin()).await;
        let requests = |route, class| sum(&samples, "banyan_requests_total", &[("route", route), ("status", class)]);
        assert_eq!(requests("users", "2xx").to_string(), "1");
        assert_eq!(requests("tokens", "2xx").to_string(), "1");
        assert_eq!(requests("messages.write", "2xx").to_string(), "3");
        assert_eq!(requests("messages.read", "4xx").to_string(), "5");
        assert_eq!(requests("default", "4xx").to_string(), "1");
        let name = "banyan_request_duration_seconds";
        let of_writes = |suffix: &str, labels: &[(&str, &str)]| {
            let labels = [&[("route", "messages.write")], labels].concat();
            sum(&samples, &format!("{name}_{suffix}"), &labels)
        };
        assert_eq!(of_writes("count", &[]).to_string(), "3");
        assert_eq!(of_writes("bucket", &[("le", "+Inf")]).to_string(), "3");
        assert!(of_writes("sum", &[]) > 0.0);
    }

    /// Limits and losses are there from the start, before anything was lost.
    async fn losses_are_there_from_the_start(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let samples = samples(banyan.admin()).await;
        let names: BTreeSet<&str> = samples.keys().map(|key| key.split('{').next().unwrap()).collect();
        for name in ["banyan_log_lines_dropped_total", "banyan_egress_pages_dropped_total", "banyan_store_refused_total"] {
            assert!(names.contains(name), "{name} of {names:?}");
        }
        for module in ["users", "tokens", "messages"] {
            let of_module = samples.keys().filter(|key| key.contains(&format!("\"{module}\""))).count();
            assert!(of_module > 0, "{module}'s store: {names:?}");
        }
        assert!(names.iter().all(|name| name.starts_with("banyan_")), "{names:?}");
    }
}

#[test]
fn what_is_not_well_formed_is_seen() {
    let good = "# HELP a Things.\n# TYPE a counter\na_total{x=\"y z\"} 1\n# EOF\n";
    assert_eq!(parse(good).len(), 1);
    for bad in [
        "# TYPE a counter\na_total 1\n",
        "a_total 1\n# EOF\n",
        "# TYPE a counter\na_total one\n# EOF\n",
        "# TYPE a counter\na_total 1\na_total 2\n# EOF\n",
        "# TYPE a counter\n# TYPE a counter\n# EOF\n",
    ] {
        assert!(std::panic::catch_unwind(|| parse(bad)).is_err(), "{bad}");
    }
}
