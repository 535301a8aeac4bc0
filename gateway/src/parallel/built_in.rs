//! What this platform's own answers make up themselves: the `request_id` of a problem (RFC 9457) is another one in every answer, by
//! what it is for. It is explained as if a rule said so, and never taken for a difference or for noise.

use crate::parallel::taken::Fields;
use compare::{Comparison, Kind, RuleRef, Scope};
use kernel::Problem;
use std::sync::Arc;

/// Where it is.
const REQUEST_ID: &str = "$.request_id";

/// Explains the `request_id` of two problems, where it is of the same type in both.
pub(crate) fn explain(comparison: &mut Comparison, old: &Fields<'_>, new: &Fields<'_>) {
    if !(is_problem(old) && is_problem(new)) {
        return;
    }
    let ids =
        comparison.differences.iter_mut().filter(|one| one.explained.is_none() && one.kind == Kind::Value);
    for difference in ids.filter(|one| one.place.to_string() == REQUEST_ID) {
        let path = Arc::from(REQUEST_ID);
        difference.explained = Some(RuleRef { scope: Scope::BuiltIn, key: "generated", index: 0, path });
    }
}

fn is_problem(fields: &Fields<'_>) -> bool {
    let media_type =
        |value: &[u8]| value.split(|byte| *byte == b';').next().map(<[u8]>::trim_ascii).map(<[u8]>::to_vec);
    let mut types = fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    types
        .next()
        .and_then(|(_, value)| media_type(value))
        .is_some_and(|value| value.eq_ignore_ascii_case(Problem::MEDIA_TYPE.as_bytes()))
}
