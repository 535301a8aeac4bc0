//! Two bodies and rules: whatever comes, the comparison ends, finds nothing between equal bodies, and sees the same from
//! both sides.

use compare::{Answer, Comparison, Kind, RuleSet, Rules, UnorderedRule, compare as compared};
use std::collections::BTreeMap;

/// Media types that the first byte of the input chooses from.
const MEDIA_TYPES: [&str; 8] = [
    "application/json",
    "text/html",
    "application/xml",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/mixed; boundary=x",
    "application/x-ndjson",
    "application/octet-stream",
];

/// Checks an input: a byte for the media type, a line with the path of a rule, the old body, a NUL, the new body.
pub fn compare(data: &[u8]) {
    let Some((&choice, rest)) = data.split_first() else { return };
    let line = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
    let (path, bodies) = rest.split_at(line);
    let bodies = bodies.get(1..).unwrap_or_default();
    let middle = bodies.iter().position(|&byte| byte == 0).unwrap_or(bodies.len());
    let (old, new) = bodies.split_at(middle);
    let new = new.get(1..).unwrap_or_default();
    let media_type = MEDIA_TYPES[usize::from(choice) % MEDIA_TYPES.len()];
    let headers: [(&str, &[u8]); 1] = [("content-type", media_type.as_bytes())];
    let old = Answer { status: 200, headers: &headers, body: old, trailers: &[] };
    let new = Answer { body: new, ..old };
    for rules in [Some(Rules::default()), ruled(path)].into_iter().flatten() {
        assert_pair(&rules, &old, &new);
    }
}

/// Rules of both kinds at a path, if it is one.
fn ruled(path: &[u8]) -> Option<Rules> {
    let path = std::str::from_utf8(path).ok()?.to_owned();
    let unordered = vec![UnorderedRule { path: path.clone(), key: None }];
    Rules::compile(&RuleSet { generated: vec![path.into()], unordered, ..RuleSet::default() }).ok()
}

fn assert_pair(rules: &Rules, old: &Answer<'_>, new: &Answer<'_>) {
    let (there, back) = (compared(rules, old, new), compared(rules, new, old));
    assert_eq!(there.is_equal(), back.is_equal(), "{there:?}\n{back:?}");
    if there.unlisted == 0 && back.unlisted == 0 {
        assert_eq!(causes(&there, false), causes(&back, true), "{there:?}\n{back:?}");
    }
    if old.body == new.body {
        assert!(there.differences.is_empty());
    }
    // Bytes apart, but read by structure: a copy with a space behind it has the same values.
    let spaced = [old.body, b" "].concat();
    let same = compared(rules, old, &Answer { body: &spaced, ..*old });
    if serde_json::from_slice::<serde_json::Value>(old.body).is_ok()
        && old.headers[0].1 == b"application/json"
    {
        assert!(same.is_equal(), "{same:?}");
    }
}

/// How often each kind of difference is at each cause.
fn causes(comparison: &Comparison, swapped: bool) -> BTreeMap<(String, Kind, bool), usize> {
    let mut causes = BTreeMap::new();
    for found in &comparison.differences {
        let kind = if swapped { found.kind.swapped() } else { found.kind };
        *causes.entry((found.place.cause(), kind, found.explained.is_some())).or_default() += 1;
    }
    causes
}
