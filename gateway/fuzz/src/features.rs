//! Features files: refused with places that exist, or read into something that is consistent in itself.

use gateway::features::{
    DefaultSide, Features, Known, KnownTokens, Loaded, NAME_MAX_BYTES, OldSide, Report, Severity, parse,
};
use gateway::{Matcher, Pattern};
use std::collections::HashSet;

const MODULES: [&str; 3] = ["messages", "tokens", "users"];

/// Checks what is made of the text of a features file, for a process with modules and for a gateway that stands alone.
pub fn features(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let with_modules = Known { modules: &MODULES, tokens: KnownTokens::House, ..Known::default() };
    let alone = Known { legacy_url: Some("http://127.0.0.1:5000"), ..Known::default() };
    let on_a_server = Known { toggles_from_server: true, ..with_modules };
    for known in [with_modules, alone, on_a_server] {
        let read = parse("f.toml", text, &known);
        match read {
            Ok(Loaded { features, warnings }) => {
                assert!(warnings.is_ok(), "{warnings}");
                assert_places(&warnings, text);
                assert_features(&features);
                assert_same(&features, text, &known);
                assert_same(&features, &format!("{text}\n# a comment"), &known);
            }
            Err(report) => {
                assert!(!report.is_ok() && !report.is_empty());
                assert!(
                    report.findings().iter().any(|finding| finding.severity == Severity::Error),
                    "{report}"
                );
                assert_places(&report, text);
            }
        }
    }
}

fn assert_places(report: &Report, text: &str) {
    let lines: Vec<_> = text.split('\n').collect();
    for finding in report.findings() {
        assert!(!finding.reason.is_empty(), "{report}");
        let Some((line, column)) = finding.place else { continue };
        let there = line.checked_sub(1).and_then(|line| lines.get(line as usize));
        let there = there.unwrap_or_else(|| panic!("no line {line}: {report}"));
        assert!(column >= 1 && column as usize <= there.chars().count() + 1, "no column {column}: {report}");
    }
    assert_eq!(report.to_string().is_empty(), report.is_empty());
}

fn assert_features(features: &Features) {
    assert_unique(features.routes.iter().map(|route| &*route.name));
    assert_unique(features.upstreams.iter().map(|upstream| &*upstream.name));
    for upstream in &features.upstreams {
        assert_eq!(features.upstream(upstream.id), Some(upstream));
    }
    let known = |id| assert!(features.upstream(id).is_some(), "{id:?} is nobody");
    if let Some(DefaultSide::Legacy(id)) = features.default {
        known(id);
    }
    for route in &features.routes {
        assert_eq!(Pattern::parse(route.pattern.as_str()).as_ref(), Ok(&route.pattern));
        assert!(!route.methods.is_empty());
        route.service.into_iter().for_each(known);
        if let OldSide::Legacy(id) = route.old {
            known(id);
        }
    }
    // May be too large; must not fail in another way.
    let _ = Matcher::new(features.routes.iter().map(Into::into));
}

/// They are labels of logs and metrics.
fn assert_unique<'n>(names: impl Iterator<Item = &'n str>) {
    let mut seen = HashSet::new();
    for name in names {
        assert!(
            !name.is_empty() && name.len() <= NAME_MAX_BYTES && !name.contains(char::is_control),
            "{name:?}"
        );
        assert!(seen.insert(name), "{name:?} twice");
    }
}

/// Reading is pure, and a comment at the end says nothing.
fn assert_same(features: &Features, text: &str, known: &Known<'_>) {
    let Features { default, user_id, toggles, upstreams, routes } =
        parse("f.toml", text, known).expect("still right").features;
    assert_eq!((default, user_id), (features.default, features.user_id.clone()));
    assert_eq!(toggles, features.toggles);
    assert_eq!(upstreams, features.upstreams);
    assert_eq!(routes, features.routes);
}
