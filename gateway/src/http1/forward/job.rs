//! What is known of a request that is to be passed on, once its head has been read.

use crate::http1::forward::desk::Desk;
use crate::http1::forward::request_head::{self, Draft, Telling};
use crate::http1::forward::vouch::{self, Client};
use crate::http1::record::{Part, Record};
use crate::http1::{Framing, RequestHead, Verdict};
use crate::parallel::Sent;
use std::net::SocketAddr;
use std::sync::Arc;
use upstream::Service;

/// To be passed on to an instance of a service.
#[derive(Debug, Clone)]
pub struct Forward {
    /// The name of the matched route, for logs and metrics.
    pub route: Arc<str>,
    /// Who is asked.
    pub service: Arc<Service>,
    /// Whether the service is the old application: the client is then told `legacy` instead of service and instance.
    pub legacy: bool,
    /// Hash of what the request sticks to; `None` where it sticks to nothing.
    pub hash: Option<u64>,
    /// Which host the upstream is told.
    pub host: HostPolicy,
    /// What answers instead when no connection is to be had: the breaker is open, there is no instance, or none can be
    /// reached. Nothing has been sent then.
    pub fallback: Option<Box<Verdict>>,
}

/// Which host an upstream is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostPolicy {
    /// The one that the client asked: the application builds its links from it.
    #[default]
    Preserve,
    /// The instance's own.
    Upstream,
}

/// A request to be passed on.
pub(crate) struct Job {
    pub(crate) forward: Forward,
    /// The head for the upstream, as far as it does not depend on the instance.
    pub(crate) head: Vec<u8>,
    pub(crate) draft: Draft,
    pub(crate) framing: Framing,
    /// Whether doing it twice is doing it once (RFC 9110 section 9.2.2).
    pub(crate) idempotent: bool,
    /// Whether the client still holds its body back.
    pub(crate) expects_continue: bool,
    /// Host and port that the client asked, within its head; `None` when it named none.
    pub(crate) host: Option<Part>,
    pub(crate) https: bool,
}

impl Job {
    /// Prepares the request with this head. A client that asks whether to go on and whose body has begun has not waited.
    pub(crate) fn new(
        forward: Forward,
        head: &RequestHead<'_>,
        arrival: Arrival<'_>,
        record: &Record,
        desk: &Desk,
    ) -> Self {
        let peer = arrival.remote.map(|remote| remote.ip().to_canonical());
        let trusted = peer.is_some_and(|peer| desk.trusted.contains(peer));
        let client = Client { peer, trusted, secure: false };
        let expects_continue = head.expects_continue && !arrival.body_begun;
        let mut out = desk.buffers.output();
        let draft = request_head::write(
            &mut out,
            head,
            &Telling {
                client,
                kept: arrival.kept,
                request_id: record.request_id,
                trace: record.trace,
                trace_is_theirs: record.trace_is_theirs,
                host: head.host.filter(|_| forward.host == HostPolicy::Preserve),
                via: desk.settings.via,
                expects_continue,
            },
        );
        let host = vouch::host(head, &client);
        Self {
            draft,
            framing: head.framing,
            idempotent: is_idempotent(head.method),
            expects_continue,
            host: host.and_then(|host| Part::of(head.raw, host)),
            https: vouch::is_https(head, &client),
            head: out,
            forward,
        }
    }
}

impl Job {
    /// The head, for the other side to be asked the same. `None` where that side is asked otherwise: a body that comes in
    /// chunks is sent by its length, and nothing is expected behind a head.
    pub(crate) fn sent(&self, head: &RequestHead<'_>) -> Option<Sent> {
        let is_same = self.framing != Framing::Chunked && !self.expects_continue;
        is_same.then(|| Sent {
            head: self.head.clone(),
            draft: self.draft,
            policy: self.forward.host,
            host: self.host.map(|host| Box::from(host.within(head.raw))).unwrap_or_default(),
            https: self.https,
        })
    }
}

/// How a head came.
#[derive(Clone, Copy)]
pub(crate) struct Arrival<'a> {
    /// From where.
    pub(crate) remote: Option<SocketAddr>,
    /// Whether more came behind it.
    pub(crate) body_begun: bool,
    /// What the connection's last request told of the client.
    pub(crate) kept: Option<&'a vouch::Kept>,
}

fn is_idempotent(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE" | "TRACE")
}
