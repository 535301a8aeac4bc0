//! What a route asks beyond method and path.

use super::names;
use crate::condition::{Conditions, HostRule, Wanted};
use crate::features::draft::{RouteDraft, WantedDraft};
use crate::features::reader::Reader;
use std::collections::HashSet;

/// The most fields, and the most parameters, that one route asks for.
const WANTED_MAX: usize = 16;

/// Checks the conditions of a route; every fault is noted.
pub(super) fn checked(reader: &mut Reader<'_>, draft: &RouteDraft<'_>) -> Conditions {
    let host = draft.host.as_ref().map(|host| {
        HostRule::parse(host.get_ref()).map_err(|fault| reader.error(host.span(), fault.to_string()))
    });
    let headers = wanted(reader, &draft.headers, "headers", str::to_ascii_lowercase);
    for header in draft.headers.iter().filter(|header| !names::is_token(header.name.get_ref())) {
        reader.error(header.name.span(), format!("`{}` is no name of a header field", header.name.get_ref()));
    }
    for header in draft.headers.iter().filter(|header| header.name.get_ref().eq_ignore_ascii_case("host")) {
        reader.error(header.name.span(), "the host is matched by `host = \"…\"`, without port and case");
    }
    Conditions {
        host: host.and_then(Result::ok).unwrap_or_default(),
        headers,
        query: wanted(reader, &draft.query, "query", str::to_owned),
    }
}

fn wanted(
    reader: &mut Reader<'_>,
    drafts: &[WantedDraft<'_>],
    key: &str,
    canonical: fn(&str) -> String,
) -> Vec<Wanted> {
    if let Some(beyond) = drafts.get(WANTED_MAX) {
        reader.error(beyond.name.span(), format!("`{key}` has {WANTED_MAX} entries at most"));
    }
    let mut seen = HashSet::new();
    for draft in drafts {
        let name = *draft.name.get_ref();
        if name.is_empty() || !seen.insert(canonical(name)) {
            reader
                .error(draft.name.span(), format!("`{key}` names `{name}`, which is empty or there already"));
        }
    }
    let wanted = |draft: &WantedDraft<'_>| Wanted {
        name: (*draft.name.get_ref()).into(),
        value: draft.value.as_ref().map(|value| (*value.get_ref()).into()),
    };
    drafts.iter().map(wanted).collect()
}
