//! From a judged pair to what the report takes.

use crate::parallel::coding;
use crate::parallel::compared::oriented;
use crate::parallel::judge::{Pair, Seen};
use crate::parallel::question::Question;
use crate::parallel::taken::{Fields, Taken};
use bytes::Bytes;
use compare::Comparison;
use report::{Asked, Exchange, Finding, Observed, Recorded};
use std::sync::Arc;

/// Puts together what was found.
pub(crate) fn observed(
    question: &Question,
    asked: Asked,
    pair: &Pair,
    comparison: &Comparison,
    seen: Seen<'_>,
) -> Observed {
    let to_compare = &question.to_compare;
    let (old, new) = oriented(asked, to_compare.serving, &pair.first, &pair.second);
    Observed {
        route: to_compare.compared.route.clone(),
        asked,
        serving: to_compare.serving,
        old: taken(old),
        new: taken(new),
        findings: Finding::all_of(comparison),
        lag: matches!(seen, Seen::Twice { lag: true, .. }),
        again: match seen {
            Seen::Twice { itself, .. } if asked == Asked::Other => Some(Finding::all_of(itself)),
            _ => None,
        },
        exchange: Exchange::default(),
    }
}

fn taken(taken: &Taken) -> report::Taken {
    report::Taken { duration: taken.took, status: taken.status }
}

/// Puts together what was asked and answered.
pub(crate) fn exchange(question: &Question, asked: Asked, pair: &Pair) -> Exchange {
    let (old, new) = oriented(asked, question.to_compare.serving, &pair.first, &pair.second);
    let head = question.with_head(usize::MAX, |head| {
        let headers = head.headers().map(|(name, value)| (name.to_owned(), question.raw.slice_ref(value)));
        (head.method.to_owned(), head.target.path_and_query.to_string(), headers.collect())
    });
    let (method, target, headers) = head.unwrap_or_default();
    Exchange {
        request_id: question.request_id.to_string(),
        method,
        target,
        headers,
        body: question.body.clone(),
        old_url: url(old),
        new_url: url(new),
        old: recorded(old),
        new: recorded(new),
    }
}

fn url(taken: &Taken) -> Option<Arc<str>> {
    let instance = taken.instance.as_ref()?;
    Some(format!("http://{}{}", instance.authority(), instance.base_path()).into())
}

fn recorded(taken: &Taken) -> Recorded {
    let (body, fields) = coding::decoded(&taken.body, taken.fields());
    Recorded { status: taken.status, headers: owned(&fields), body }
}

fn owned(fields: &Fields<'_>) -> Vec<(String, Bytes)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), Bytes::copy_from_slice(value))).collect()
}
