//! What is around the body: status code, chosen header fields, trailer fields.

use crate::answer::{Answer, values};
use crate::comparison::{Difference, Kind};
use crate::found::Found;
use crate::place::Place;
use crate::rules::{Action, RuleRef, Rules, Target};
use crate::shown::Shown;
use xxhash_rust::xxh3::xxh3_64;

/// Compares the status codes.
pub(crate) fn status(rules: &Rules, old: &Answer<'_>, new: &Answer<'_>, found: &mut Found) {
    if old.status == new.status {
        return;
    }
    let together =
        rules.statuses.iter().find(|(_, group)| [old, new].iter().all(|side| group.contains(&side.status)));
    let ignored = rules.rules.iter().find(|rule| rule.target == Target::Status);
    let explained = together.map(|(rule, _)| rule).or(ignored.map(|rule| &rule.reference)).cloned();
    let shown = |status: u16| Some(Shown::of(status.to_string().as_bytes()));
    let (old, new) = (shown(old.status), shown(new.status));
    add(found, Difference { place: Place::Status, kind: Kind::Value, old, new, explained });
}

/// Compares the header fields that are chosen.
pub(crate) fn headers(rules: &Rules, old: &Answer<'_>, new: &Answer<'_>, found: &mut Found) {
    for name in rules.headers() {
        if old.header(name).eq(new.header(name)) {
            continue;
        }
        let place = Place::Header(name.into());
        let lines = (joined(old.headers, name), joined(new.headers, name));
        field(rules, &Target::Header(name.into()), place, lines, found);
    }
}

/// Compares all trailer fields: they are few, and say how the answer ended (`grpc-status`).
pub(crate) fn trailers(rules: &Rules, old: &Answer<'_>, new: &Answer<'_>, found: &mut Found) {
    let all = old.trailers.iter().chain(new.trailers);
    let mut names: Vec<Box<str>> = all.map(|(name, _)| name.to_ascii_lowercase().into()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let lines = (joined(old.trailers, &name), joined(new.trailers, &name));
        field(rules, &Target::Trailer(name.clone()), Place::Trailer(name), lines, found);
    }
}

/// Compares the values of one field.
fn field(
    rules: &Rules,
    target: &Target,
    place: Place,
    (old, new): (Option<String>, Option<String>),
    found: &mut Found,
) {
    let kind = match (&old, &new) {
        (Some(_), None) => Kind::Missing,
        (None, Some(_)) => Kind::Extra,
        (Some(old), Some(new)) if old != new && !same_media_type(&place, old, new) => Kind::Value,
        _ => return,
    };
    let explained = explain(rules, target, old.as_deref(), new.as_deref());
    let shown = |value: Option<String>| value.map(|value| Shown::of(value.as_bytes()));
    let (old, new) = (shown(old), shown(new));
    add(found, Difference { place, kind, old, new, explained });
}

/// The first rule about this place that explains the difference.
pub(crate) fn explain(
    rules: &Rules,
    target: &Target,
    old: Option<&str>,
    new: Option<&str>,
) -> Option<RuleRef> {
    let about = rules.rules.iter().filter(|rule| rule.target == *target);
    let explains = |action: &Action| match (action, old, new) {
        (Action::Ignore, ..) => true,
        (Action::Unordered(_), Some(old), Some(new)) => sorted_list(old) == sorted_list(new),
        (action, Some(old), Some(new)) => action.explains(old, new),
        _ => false,
    };
    about.into_iter().find(|rule| explains(&rule.action)).map(|rule| rule.reference.clone())
}

/// All values of a field in one line (RFC 9110 section 5.2). `None` if the field is not there.
fn joined(fields: &[(&str, &[u8])], name: &str) -> Option<String> {
    let lines: Vec<_> =
        values(fields, name).map(|value| String::from_utf8_lossy(value.trim_ascii())).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// Whether two media types differ only in how they are written (RFC 9110 section 8.3.1).
fn same_media_type(place: &Place, old: &str, new: &str) -> bool {
    let normal = |value: &str| {
        let mut parts: Vec<String> =
            value.split(';').map(|part| part.trim().replace('"', "").to_ascii_lowercase()).collect();
        parts.retain(|part| !part.is_empty());
        if let Some((_, parameters)) = parts.split_first_mut() {
            parameters.sort_unstable();
        }
        parts
    };
    matches!(place, Place::Header(name) if **name == *"content-type") && {
        // The boundary of multipart is made up anew for each answer.
        let told = |value| {
            normal(value).into_iter().filter(|part| !part.starts_with("boundary=")).collect::<Vec<_>>()
        };
        told(old) == told(new)
    }
}

fn sorted_list(value: &str) -> Vec<&str> {
    let mut members: Vec<_> = value.split(',').map(str::trim).collect();
    members.sort_unstable();
    members
}

/// Adds a difference whose place has no indices.
pub(crate) fn add(found: &mut Found, difference: Difference) {
    let cause = xxh3_64(format!("{}\0{}", difference.place, difference.kind).as_bytes());
    let explained = difference.explained.is_some();
    found.add(cause, explained, || difference);
}
