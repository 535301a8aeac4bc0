//! Writes the head that an upstream gets: never the client's bytes, but what was understood of them.

use crate::http1::fields::has_token;
use crate::http1::forward::lines::Lines;
use crate::http1::forward::vouch::{self, Client};
use crate::http1::names::RequestField;
use crate::http1::response::{put_field, put_length};
use crate::http1::{Framing, REQUEST_ID_FIELD, RequestHead, Version};
use kernel::{RequestId, TraceContext};

/// What the head tells besides what the client said.
pub(crate) struct Telling<'a> {
    pub(crate) client: Client,
    /// What was written of the client last, where it may be the same again.
    pub(crate) kept: Option<&'a vouch::Kept>,
    pub(crate) request_id: RequestId,
    pub(crate) trace: TraceContext,
    /// Whether the trace is the client's, and its state thus worth to be passed on.
    pub(crate) trace_is_theirs: bool,
    /// The host to name; the instance's own where `None`.
    pub(crate) host: Option<&'a str>,
    pub(crate) via: bool,
    /// Whether the client still holds its body back until it is asked.
    pub(crate) expects_continue: bool,
}

/// A head for an upstream, written as far as it does not depend on the instance.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Draft {
    /// Where the instance's base path stands, and its length.
    base: Option<(usize, usize)>,
    /// Where the instance's authority stands, and its length.
    authority: Option<(usize, usize)>,
    /// Where what names the request begins.
    ids: usize,
    /// Length of the head without what each attempt adds.
    end: usize,
    /// Whether another protocol is asked for.
    pub(crate) upgrade: bool,
    /// Whether the client marked it as a dry run. The mark does not go on: only the platform's own counts.
    pub(crate) dry_run: bool,
}

impl Draft {
    /// Of a head whose target is written here.
    fn of(head: &RequestHead<'_>, target_at: usize) -> Self {
        let base = head.target.path.starts_with('/').then_some((target_at, 0));
        Self { base, ..Self::default() }
    }
}

/// Writes the head of a request into `out`, which is empty, up to what [`finish`] adds.
pub(crate) fn write(out: &mut Vec<u8>, head: &RequestHead<'_>, telling: &Telling<'_>) -> Draft {
    // In the usual form, the first lines go on as they came.
    let as_it_came = head.version == Version::Http11 && head.target.authority.is_none();
    let (mut draft, mut lines) = if as_it_came && telling.host.is_some() {
        (Draft::of(head, head.method.len() + 1), Lines::with_first(head.raw, head.fields))
    } else {
        let mut draft = put_request_line(out, head);
        put_host(out, telling.host, &mut draft);
        (draft, Lines::new(head.raw, head.fields))
    };
    let host_goes_on = draft.authority.is_none() && as_it_came;
    let nominating = head.nominating;
    let (mut has_zero, mut trailers, mut upgrade) = (false, false, None);
    for (position, field) in head.fields.iter().enumerate() {
        let goes_on = match field.kind {
            RequestField::Pass => !nominating || !is_nominated(head, field.name),
            RequestField::Host => host_goes_on,
            RequestField::Vouched => telling.client.trusted,
            RequestField::TraceState => telling.trace_is_theirs,
            _ => false,
        };
        if goes_on {
            lines.pass(position);
            continue;
        }
        lines.stop(position, out);
        match field.kind {
            RequestField::ContentLength => has_zero |= head.framing == Framing::None,
            RequestField::DryRun => draft.dry_run = true,
            RequestField::Te => trailers |= has_token(field.value, b"trailers"),
            RequestField::Upgrade => upgrade = Some(field.value),
            _ => {}
        }
    }
    lines.finish(out);
    let upgrade = upgrade.filter(|protocols| nominating && may_upgrade(head, protocols));
    put_framing(out, head, has_zero);
    put_connection(out, upgrade, trailers);
    if telling.expects_continue {
        put_field(out, b"expect", b"100-continue");
    }
    match telling.kept {
        Some(kept) => kept.put(out, head, &telling.client),
        None => vouch::put(out, head, &telling.client),
    }
    if telling.via {
        put_field(out, b"via", if head.version == Version::Http10 { b"1.0 banyan" } else { b"1.1 banyan" });
    }
    draft.ids = out.len();
    put_ids(out, &telling.trace, &telling.request_id);
    draft.end = out.len();
    draft.upgrade = upgrade.is_some();
    draft
}

fn put_ids(out: &mut Vec<u8>, trace: &TraceContext, request_id: &RequestId) {
    out.extend_from_slice(b"traceparent: ");
    trace.put(out);
    for part in [b"\r\n", REQUEST_ID_FIELD.as_bytes(), b": "] {
        out.extend_from_slice(part);
    }
    request_id.put(out);
    out.extend_from_slice(b"\r\n");
}

/// Gives a head that [`write`] has written, and to which nothing was added, to another request of the same content.
pub(crate) fn rename(out: &mut Vec<u8>, draft: &mut Draft, trace: &TraceContext, request_id: &RequestId) {
    out.truncate(draft.ids);
    put_ids(out, trace, request_id);
    draft.end = out.len();
}

/// Adds a field that is the gateway's own to a head that [`write`] has written.
pub(crate) fn add(out: &mut Vec<u8>, draft: &mut Draft, name: &str, value: &str) {
    put_field(out, name.as_bytes(), value.as_bytes());
    draft.end = out.len();
}

fn put_request_line(out: &mut Vec<u8>, head: &RequestHead<'_>) -> Draft {
    out.extend_from_slice(head.method.as_bytes());
    out.push(b' ');
    let draft = Draft::of(head, out.len());
    out.extend_from_slice(head.target.path_and_query.as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\n");
    draft
}

fn put_host(out: &mut Vec<u8>, host: Option<&str>, draft: &mut Draft) {
    out.extend_from_slice(b"host: ");
    match host {
        Some(host) => out.extend_from_slice(host.as_bytes()),
        None => draft.authority = Some((out.len(), 0)),
    }
    out.extend_from_slice(b"\r\n");
}

fn put_framing(out: &mut Vec<u8>, head: &RequestHead<'_>, has_zero: bool) {
    match head.framing {
        Framing::Length(bytes) => put_length(out, bytes),
        Framing::Chunked => put_field(out, b"transfer-encoding", b"chunked"),
        // Some servers refuse these methods without a length.
        Framing::None if has_zero || matches!(head.method, "POST" | "PUT" | "PATCH") => put_length(out, 0),
        Framing::None => {}
    }
}

fn put_connection(out: &mut Vec<u8>, upgrade: Option<&[u8]>, trailers: bool) {
    let options: &[u8] = match (upgrade.is_some(), trailers) {
        (true, true) => b"upgrade, te",
        (true, false) => b"upgrade",
        (false, true) => b"te",
        (false, false) => return,
    };
    put_field(out, b"connection", options);
    if let Some(protocols) = upgrade {
        put_field(out, b"upgrade", protocols);
    }
    if trailers {
        put_field(out, b"te", b"trailers");
    }
}

fn is_nominated(head: &RequestHead<'_>, name: &[u8]) -> bool {
    let mut lines = head.fields.iter().filter(|field| field.kind == RequestField::Connection);
    lines.any(|line| has_token(line.value, name))
}

/// Other protocols may be asked for where the request ends with its head. Another version of HTTP may not: behind it
/// requests would pass that nobody here has looked at. Nor TLS, which would have to be ended here.
fn may_upgrade(head: &RequestHead<'_>, protocols: &[u8]) -> bool {
    let names_http = |protocol: &[u8]| {
        let name = protocol.trim_ascii().to_ascii_lowercase();
        name.is_empty() || name.starts_with(b"h2") || name.starts_with(b"http") || name.starts_with(b"tls")
    };
    head.version == Version::Http11
        && head.framing == Framing::None
        && is_nominated(head, b"upgrade")
        && !protocols.split(|&b| b == b',').any(names_http)
}

/// Makes the head ready for one attempt: sets in what only the instance knows, adds the time that is left, and ends
/// the head. Whatever an earlier attempt put there is taken back, the body behind the head with it.
pub(crate) fn finish(
    out: &mut Vec<u8>,
    draft: &mut Draft,
    instance: (&str, &str),
    budget_ms: Option<(&str, u64)>,
) {
    let (authority, base_path) = instance;
    out.truncate(draft.end);
    // The later place first, so that the earlier one stays where it is.
    let grown = set(out, &mut draft.authority, authority);
    draft.end = draft.end.saturating_add_signed(grown);
    let grown = set(out, &mut draft.base, base_path);
    draft.end = draft.end.saturating_add_signed(grown);
    if let Some((at, _)) = &mut draft.authority {
        *at = at.saturating_add_signed(grown);
    }
    if let Some((name, budget_ms)) = budget_ms {
        put_field(out, name.as_bytes(), itoa::Buffer::new().format(budget_ms).as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

fn set(out: &mut Vec<u8>, place: &mut Option<(usize, usize)>, text: &str) -> isize {
    let Some((at, length)) = place else { return 0 };
    if *length == 0 && text.is_empty() {
        return 0;
    }
    let (start, end) = (*at, *at + *length);
    let before = out.len();
    if end <= before {
        out.splice(start..end, text.bytes());
    }
    *length = text.len();
    out.len().cast_signed() - before.cast_signed()
}

#[cfg(test)]
mod tests;
