//! What was asked, kept so that it can be asked again: of the other side, of the same side, and later of both.

use crate::http1::forward::request_head::Draft;
use crate::http1::{Framing, HostPolicy, RequestHead, head, reader};
use crate::parallel::{ToCompare, Writes};
use bytes::Bytes;
use kernel::{RequestId, TraceContext};
use std::net::SocketAddr;

/// A request that was answered.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) to_compare: ToCompare,
    /// Its head, as it came.
    pub(crate) raw: Bytes,
    /// Its head, as the serving side got it; `None` where the other side's is another one.
    pub(crate) sent: Option<Sent>,
    /// Its body, without transfer coding.
    pub(crate) body: Bytes,
    pub(crate) remote: Option<SocketAddr>,
    pub(crate) request_id: RequestId,
    pub(crate) trace: TraceContext,
    /// Whether the client began the trace.
    pub(crate) trace_is_theirs: bool,
    /// Whether asking changes nothing (RFC 9110 section 9.2.1).
    pub(crate) is_safe: bool,
}

/// The head that the serving side got, as far as it does not depend on the instance.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) head: Vec<u8>,
    pub(crate) draft: Draft,
    /// Which host it names.
    pub(crate) policy: HostPolicy,
    /// The one that the client asked.
    pub(crate) host: Box<[u8]>,
    pub(crate) https: bool,
}

impl Question {
    /// The memory that it holds.
    pub(crate) fn bytes(&self) -> usize {
        let sent = self.sent.as_ref().map_or(0, |sent| sent.head.len() + sent.host.len());
        self.raw.len() + sent + self.body.len()
    }

    /// Reads the head again; it was read once, so that nothing is wrong with it.
    pub(crate) fn with_head<T>(
        &self,
        target_max_bytes: usize,
        read: impl FnOnce(&RequestHead<'_>) -> T,
    ) -> Option<T> {
        let mut slots = reader::field_slots();
        let head = head::parse(&self.raw, &mut slots, target_max_bytes).ok()?;
        // The body is at hand, whole: nothing of it is waited for, and its length is known.
        let framing =
            if self.body.is_empty() { Framing::None } else { Framing::Length(self.body.len() as u64) };
        Some(read(&RequestHead { framing, expects_continue: false, ..head }))
    }

    /// Whether only the head of an answer is asked for.
    pub(crate) fn is_head(&self) -> bool {
        self.raw.starts_with(b"HEAD ")
    }

    /// Whether it is sent as a dry run.
    pub(crate) fn is_dry_run(&self) -> bool {
        !self.is_safe && self.to_compare.compared.writes == Writes::DryRun
    }
}

/// Whether asking with this method changes nothing.
pub(crate) fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE")
}
