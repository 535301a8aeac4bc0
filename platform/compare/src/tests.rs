//! What the engine finds, form by form and rule by rule.

mod arrays;
mod edges;
mod forms;
mod json;
mod properties;
mod rules;

use crate::{Answer, Comparison, RuleSet, Rules, compare};

const JSON: [(&str, &[u8]); 1] = [("content-type", b"application/json")];

fn with(rules: &str) -> Rules {
    Rules::compile(&toml::from_str::<RuleSet>(rules).unwrap()).unwrap()
}

fn answer<'a>(headers: &'a [(&'a str, &'a [u8])], body: &'a str) -> Answer<'a> {
    Answer { status: 200, headers, body: body.as_bytes(), trailers: &[] }
}

/// Compares two JSON bodies under rules.
fn json_under(rules: &str, old: &str, new: &str) -> Comparison {
    compare(&with(rules), &answer(&JSON, old), &answer(&JSON, new))
}

/// Compares two bodies of one media type.
fn typed(content_type: &str, old: &str, new: &str) -> Comparison {
    let headers: [(&str, &[u8]); 1] = [("Content-Type", content_type.as_bytes())];
    compare(&Rules::default(), &answer(&headers, old), &answer(&headers, new))
}

/// Every difference as `kind place`, with `(rule)` where one explains it.
fn told(comparison: &Comparison) -> Vec<String> {
    let differences = comparison.differences.iter();
    differences
        .map(|difference| {
            let explained = difference.explained.as_ref().map(|rule| format!(" ({})", rule.key));
            format!("{} {}{}", difference.kind, difference.place, explained.unwrap_or_default())
        })
        .collect()
}

fn json(old: &str, new: &str) -> Vec<String> {
    told(&json_under("", old, new))
}
