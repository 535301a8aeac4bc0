//! The question to an upstream: what the serving side was sent, under another name and marked; or else the client's head, read
//! and written again.

use crate::http1::forward::request_head::{self, Draft, Telling};
use crate::http1::forward::vouch::{self, Client};
use crate::http1::{HostPolicy, RequestHead};
use crate::parallel::SHADOW_FIELD;
use crate::parallel::desk::ParallelDesk;
use crate::parallel::question::Question;
use identity::{DRY_RUN_FIELD, Marked};
use std::borrow::Cow;

/// A request that is written as far as it does not depend on the instance.
pub(crate) struct Written<'q> {
    pub(crate) out: Vec<u8>,
    pub(crate) draft: Draft,
    /// Host that the client asked, for what names places; empty where it named none.
    pub(crate) host: Cow<'q, [u8]>,
    pub(crate) https: bool,
}

/// The client's request, with an id of its own under the same trace, and marked.
pub(crate) fn write<'q>(
    desk: &ParallelDesk,
    question: &'q Question,
    policy: HostPolicy,
) -> Option<Written<'q>> {
    let mut out = desk.buffers.output();
    let (trace, request_id) = (question.trace.child(desk.random()), desk.fresh_id());
    if let Some(sent) = question.sent.as_ref().filter(|sent| sent.policy == policy && !question.is_dry_run())
    {
        out.extend_from_slice(&sent.head);
        let mut draft = sent.draft;
        request_head::rename(&mut out, &mut draft, &trace, &request_id);
        request_head::add(&mut out, &mut draft, SHADOW_FIELD, "1");
        return Some(Written { out, draft, host: Cow::Borrowed(&sent.host), https: sent.https });
    }
    let written = question.with_head(desk.target_max_bytes(), |head| {
        let peer = question.remote.map(|remote| remote.ip().to_canonical());
        let client =
            Client { peer, trusted: peer.is_some_and(|peer| desk.trusted.contains(peer)), secure: false };
        let telling = Telling {
            client,
            kept: None,
            request_id,
            trace,
            trace_is_theirs: question.trace_is_theirs,
            host: head.host.filter(|_| policy == HostPolicy::Preserve),
            via: desk.forward.via,
            expects_continue: false,
        };
        let draft = write_head(desk, question, head, &telling, &mut out)?;
        let host = vouch::host(head, &client).unwrap_or_default().as_bytes().to_vec();
        Some((draft, host, vouch::is_https(head, &client)))
    });
    let (draft, host, https) = written.flatten()?;
    Some(Written { out, draft, host: Cow::Owned(host), https })
}

fn write_head(
    desk: &ParallelDesk,
    question: &Question,
    head: &RequestHead<'_>,
    telling: &Telling<'_>,
    out: &mut Vec<u8>,
) -> Option<Draft> {
    let mut draft = request_head::write(out, head, telling);
    request_head::add(out, &mut draft, SHADOW_FIELD, "1");
    if question.is_dry_run() {
        let (id, target) = (telling.request_id.to_string(), &head.target.path_and_query);
        let marked = Marked { request_id: &id, method: head.method, target };
        let mark = desk.dry_run_key()?.sign(marked, desk.clock().now());
        request_head::add(out, &mut draft, DRY_RUN_FIELD, &mark);
    }
    Some(draft)
}
